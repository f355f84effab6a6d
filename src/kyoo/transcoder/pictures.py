"""Covers and sprites: made once per content and kept in the store."""

from __future__ import annotations

import time
from collections.abc import Sequence

import obstore
import structlog
from obstore.store import ObjectStore

from kyoo.core.database.postgres import Database
from kyoo.core.errors import NotFoundError
from kyoo.transcoder.info import THUMBS
from kyoo.transcoder.libav.pool import InspectionError, InspectionPool
from kyoo.transcoder.media_files import KnownFile
from kyoo.transcoder.queries import media as queries
from kyoo.transcoder.single_flight import SingleFlight
from kyoo.transcoder.sprites import Layout, layout

log = structlog.get_logger()

#: Seconds for which a file that gave no picture is not tried again.
FAILURE_REMEMBERED = 300.0
#: Seconds after which whoever waits is told that there is no picture.
LIMIT = 330.0
COVER_VERSION = 1
#: Extensions of what is stored of a sprite: the sheet as the page takes it, as the contract has it, and where in it the
#: pictures are.
WEBP, PNG, PLAN = "webp", "png", "json"


class FilePictures:
    def __init__(self, database: Database, store: ObjectStore, look_memory: int, decoders: Sequence[str] = ()) -> None:
        self._database = database
        self._store = store
        self._covers: SingleFlight[bytes] = SingleFlight()
        self._sprites: SingleFlight[bytes] = SingleFlight()
        self._failed: dict[tuple[str, str], tuple[float, str]] = {}
        # One at a time: pictures are never as urgent as a film that plays.
        self._inspections = InspectionPool(1, memory=look_memory, niceness=15, decoders=decoders)

    async def close(self) -> None:
        await self._covers.close()
        await self._sprites.close()
        await self._inspections.close()

    async def cover(self, file: KnownFile) -> bytes:
        """A JPEG. Raises NotFoundError when the file has no picture at all."""
        stored = await self._stored(f"{file.content_id}/cover-v{COVER_VERSION}.jpg")
        return stored or await self._covers.run(file.content_id, lambda: self._make_cover(file))

    async def sprite(self, file: KnownFile, kind: str) -> bytes:
        """The sheet of WEBP or PNG. Raises NotFoundError when the file has no picture or no duration."""
        stored = await self._stored(_sprite_key(file, kind))
        return stored or await self._sprites.run((file.content_id, kind), lambda: self._make_sprite(file, kind))

    async def layout(self, file: KnownFile) -> Layout:
        """Of the sheet, which is there afterwards; raises as `sprite` does."""
        stored = await self._stored(_sprite_key(file, PLAN))
        if stored is None:
            await self.sprite(file, WEBP)
            return _plan(file)
        return Layout.model_validate_json(stored)

    async def _make_cover(self, file: KnownFile) -> bytes:
        cover = await self._look("cover", file)
        await obstore.put_async(self._store, f"{file.content_id}/cover-v{COVER_VERSION}.jpg", cover)
        return cover

    async def _make_sprite(self, file: KnownFile, kind: str) -> bytes:
        plan = _plan(file)
        sheet = await self._look("sprite", file, kind=kind)
        await obstore.put_async(self._store, _sprite_key(file, kind), sheet)
        if kind == WEBP:
            await obstore.put_async(self._store, _sprite_key(file, PLAN), plan.model_dump_json().encode())
            async with self._database.connection() as connection:
                await queries.set_thumbs_version(connection, file.content_id, THUMBS)
            file.thumbs_version = THUMBS
        return sheet

    async def _look(self, look: str, file: KnownFile, **arguments: str) -> bytes:
        failed = self._failed.get((look, file.content_id))
        if failed is not None and failed[0] > time.monotonic():
            raise NotFoundError(failed[1])
        try:
            media = file.media.model_dump(mode="json")
            return await self._inspections.run(look, file.path, LIMIT, media=media, **arguments)
        except InspectionError as error:
            message = f"There is no {look} of this file: {error}"
            self._failed = {key: value for key, value in self._failed.items() if value[0] > time.monotonic()}
            self._failed[look, file.content_id] = (time.monotonic() + FAILURE_REMEMBERED, message)
            log.info("no picture", kind=look, path=str(file.path), reason=str(error))
            raise NotFoundError(message) from error

    async def _stored(self, key: str) -> bytes | None:
        try:
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None


def _plan(file: KnownFile) -> Layout:
    track = file.media.default_video
    if track is None or file.media.duration <= 0:
        raise NotFoundError("There is no sprite of this file: it has no picture or no duration")
    return layout(track, file.media.duration)


def _sprite_key(file: KnownFile, extension: str) -> str:
    return f"{file.content_id}/thumbs-v{THUMBS}.{extension}"
