"""The pictures of a seed on their way into its rows: each becomes an Image object, its blurhash known or pending."""

from __future__ import annotations

from typing import Any

from kyoo.api.catalogue.images import PENDING_BLURHASH, image_id
from kyoo.api.queries.catalogue import images
from kyoo.api.queries.catalogue.images import Owner, Source
from kyoo.core.database.postgres import Connection

Picture = dict[str, str]


class Pictures:
    """Collects pictures while rows are built; `record` fills in the blurhashes that are known, in place."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._pictures: dict[str, Picture] = {}
        self._priorities: dict[str, int] = {}
        self._places: dict[Owner, set[tuple[str, int]]] = {}

    def picture(self, url: str | None, priority: int) -> Picture | None:
        """The Image object of a URL; the same object for the same picture."""
        if url is None:
            return None
        identifier = image_id(url, self._public_url)
        self._priorities[identifier] = min(priority, self._priorities.get(identifier, priority))
        return self._pictures.setdefault(identifier, {"id": identifier, "source": url, "blurhash": PENDING_BLURHASH})

    async def record(self, connection: Connection) -> None:
        sources = [Source(p["id"], p["source"], self._priorities[p["id"]]) for p in self._pictures.values()]
        for identifier, blurhash in (await images.record(connection, sources)).items():
            self._pictures[identifier]["blurhash"] = blurhash

    @property
    def wanted(self) -> bool:
        """Whether there are pictures still to be downloaded."""
        return any(picture["blurhash"] == PENDING_BLURHASH for picture in self._pictures.values())

    def show(self, owner: Owner, pk: int, *pictures: Any) -> None:
        """The row `pk` of `owner` shows these (Image objects or None)."""
        self._places.setdefault(owner, set()).update((picture["id"], pk) for picture in pictures if picture)

    async def place(self, connection: Connection) -> None:
        for owner, places in self._places.items():
            await images.place(connection, owner, places)
