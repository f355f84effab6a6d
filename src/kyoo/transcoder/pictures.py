"""Covers and sprites: made once per content and kept in the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import obstore
import structlog
from obstore.store import ObjectStore

from kyoo.core.errors import NotFoundError
from kyoo.core.postgres import Database
from kyoo.transcoder.info import THUMBS
from kyoo.transcoder.libav.pool import LookError, LookPool
from kyoo.transcoder.library import KnownFile
from kyoo.transcoder.queries import media as queries
from kyoo.transcoder.single_flight import SingleFlight
from kyoo.transcoder.sprites import Layout, layout

log = structlog.get_logger()

#: Seconds for which a file that gave no picture is not tried again.
FAILURE_REMEMBERED = 300.0
#: Seconds after which whoever waits is told that there is no picture.
LIMIT = 330.0
COVER_VERSION = 1


@dataclass(frozen=True)
class Sprite:
    layout: Layout
    png: bytes


class Pictures:
    def __init__(self, database: Database, store: ObjectStore, look_memory: int, decoders: Sequence[str] = ()) -> None:
        self._database = database
        self._store = store
        self._covers: SingleFlight[bytes] = SingleFlight()
        self._sprites: SingleFlight[Sprite] = SingleFlight()
        self._failed: dict[tuple[str, str], tuple[float, str]] = {}
        # One at a time: pictures are never as urgent as a film that plays.
        self._looks = LookPool(1, memory=look_memory, niceness=15, decoders=decoders)

    async def close(self) -> None:
        await self._covers.close()
        await self._sprites.close()
        await self._looks.close()

    async def cover(self, file: KnownFile) -> bytes:
        """A JPEG. Raises NotFoundError when the file has no picture at all."""
        stored = await self._stored(f"{file.content_id}/cover-v{COVER_VERSION}.jpg")
        return stored or await self._covers.run(file.content_id, lambda: self._make_cover(file))

    async def sprite(self, file: KnownFile) -> Sprite:
        """Raises NotFoundError when the file has no picture or no duration."""
        found = await self._stored_sprite(file)
        return found or await self._sprites.run(file.content_id, lambda: self._make_sprite(file))

    async def layout(self, file: KnownFile) -> Layout:
        stored = await self._stored(_sprite_key(file, "json"))
        return Layout.model_validate_json(stored) if stored else (await self.sprite(file)).layout

    async def _stored_sprite(self, file: KnownFile) -> Sprite | None:
        png, plan = await asyncio.gather(
            self._stored(_sprite_key(file, "png")), self._stored(_sprite_key(file, "json"))
        )
        return Sprite(Layout.model_validate_json(plan), png) if png and plan else None

    async def _make_cover(self, file: KnownFile) -> bytes:
        cover = await self._look("cover", file)
        await obstore.put_async(self._store, f"{file.content_id}/cover-v{COVER_VERSION}.jpg", cover)
        return cover

    async def _make_sprite(self, file: KnownFile) -> Sprite:
        track = file.media.default_video
        if track is None or file.media.duration <= 0:
            raise NotFoundError("There is no sprite of this file: it has no picture or no duration")
        plan = layout(track, file.media.duration)
        png = await self._look("sprite", file)
        await obstore.put_async(self._store, _sprite_key(file, "png"), png)
        await obstore.put_async(self._store, _sprite_key(file, "json"), plan.model_dump_json().encode())
        async with self._database.connection() as connection:
            await queries.set_thumbs_version(connection, file.content_id, THUMBS)
        file.thumbs_version = THUMBS
        return Sprite(plan, png)

    async def _look(self, kind: str, file: KnownFile) -> bytes:
        failed = self._failed.get((kind, file.content_id))
        if failed is not None and failed[0] > time.monotonic():
            raise NotFoundError(failed[1])
        try:
            return await self._looks.run(kind, file.path, LIMIT, media=file.media.model_dump(mode="json"))
        except LookError as error:
            message = f"There is no {kind} of this file: {error}"
            self._failed = {key: value for key, value in self._failed.items() if value[0] > time.monotonic()}
            self._failed[kind, file.content_id] = (time.monotonic() + FAILURE_REMEMBERED, message)
            log.info("no picture", kind=kind, path=str(file.path), reason=str(error))
            raise NotFoundError(message) from error

    async def _stored(self, key: str) -> bytes | None:
        try:
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None


def _sprite_key(file: KnownFile, extension: str) -> str:
    return f"{file.content_id}/thumbs-v{THUMBS}.{extension}"
