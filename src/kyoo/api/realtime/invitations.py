"""Credentials of guests in rooms: an API key of the room's, lent by a presigned signature, gone with the room. And what
else rooms ask of other services."""

from __future__ import annotations

import secrets
import string
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
import structlog

from kyoo.api.queries.catalogue.videos import find_video
from kyoo.api.queries.realtime import rooms
from kyoo.core.database.postgres import Database
from kyoo.core.errors import KyooError
from kyoo.core.files import encode_path

log = structlog.get_logger()

Row = dict[str, Any]

PERMISSIONS = ["core.read", "core.play"]


class Invitations:
    """`peer` acts as the service account, which may make keys."""

    def __init__(self, database: Database, peer: httpx2.AsyncClient, public_url: str, hours: int) -> None:
        self._database = database
        self._peer = peer
        self._public_url = public_url
        self._hours = hours

    def link_of(self, room: Row) -> str:
        return f"{self._public_url}/rooms/{room['slug']}?link={room['link']}"

    async def make(self, room: Row, member: str, name: str, pictures: Iterable[str]) -> tuple[UUID, str]:
        """The key that stands for a guest, and the signature by which the guest may follow the room, play its video and
        see its pictures; it sees no more than the owner of the room."""
        claims = {"permissions": PERMISSIONS, **room["limits"]}
        key = await self._ask("POST", "/auth/keys", {"name": f"RoomGuest{_letters(16)}", "claims": claims})
        rules = [
            {"verb": "GET", "url": "/api/ws"},
            {"verb": "GET", "url": f"/api/rooms/{room['id']}"},
            {"verb": "GET", "url": f"/api/rooms/{room['slug']}"},
            # To come in anew for the next video.
            {"verb": "POST", "url": f"/api/rooms/{room['id']}/join"},
            {"verb": "GET", "url": f"/api/videos/{room['video_id']}"},
            {"verb": "GET", "prefix": f"/api/videos/{room['video_id']}/"},
            {"verb": "GET", "prefix": f"/video/{encode_path(room['path'])}/"},
            *({"verb": "GET", "url": f"/api/images/{picture}"} for picture in pictures),
        ]
        body = {
            "for": rules,
            "duration": f"{self._hours}h",
            "claims": {"wsRoutes": [f"room:{room['id']}"], "roomMember": member, "roomName": name},
        }
        made = UUID(key["id"])
        try:
            signed = await self._ask("POST", "/auth/presign", body, headers={"X-Api-Key": key["token"]})
        except BaseException:
            await self.take_back([made])
            raise
        return made, str(signed["signature"])

    async def take_back(self, keys: Iterable[UUID]) -> None:
        """What was lent by these keys is of no use from now on; sockets that were opened with it end."""
        for key in keys:
            await self._ask("DELETE", f"/auth/keys/{key}", missing_is_fine=True)

    async def take_back_lost(self) -> None:
        """What was lent to guests who are in no room any more, whatever became of it."""
        async with self._database.connection() as connection:
            keys = await rooms.lost_keys(connection)
        if keys:
            await self.take_back(keys)
            async with self._database.connection() as connection:
                await rooms.forget_keys(connection, keys)

    async def next_of(self, video: UUID) -> Row | None:
        """`{pk, id}` of the video that follows."""
        answer = await self._ask("GET", f"/api/videos/{video}?with=next")
        following = (answer.get("next") or {}).get("video")
        if not following:
            return None
        async with self._database.connection() as connection:
            return await find_video(connection, following)

    async def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        missing_is_fine: bool = False,
    ) -> Row:
        try:
            answer = await self._peer.request(method, path, json=body, headers=headers)
            if missing_is_fine and answer.status_code == 404:
                return {}
            if answer.status_code >= 400:
                log.warning("a room was refused something", service=path.split("/")[1], status=answer.status_code)
                raise KyooError("The server does not let guests into rooms", status=502)
            asked: Row = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise KyooError("Another service cannot be reached", status=502) from error
        return asked


def skeleton(name: str) -> str:
    """The same for names that people cannot tell apart by their case, width, blanks or what is not seen."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in folded if letter.isprintable() and not letter.isspace())


def secret_of(link: str) -> str:
    """Of the whole address, or the secret by itself."""
    try:
        found = parse_qs(urlsplit(link).query).get("link")
    except ValueError:
        found = None
    return found[0] if found else link


def _letters(count: int) -> str:
    """Names of keys have letters only."""
    return "".join(secrets.choice(string.ascii_letters) for _ in range(count))
