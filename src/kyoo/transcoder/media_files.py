"""From a path in a URL to what is known about the file: one stat and one indexed read when it is known already."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import structlog
from psycopg.errors import ForeignKeyViolation
from psycopg.rows import DictRow
from pydantic import ValidationError

from kyoo.core.caches import LRU, TTL
from kyoo.core.database.postgres import Database
from kyoo.core.errors import BadRequestError, KyooError, NotFoundError
from kyoo.core.files import LibraryRoots, content_id, decode_path
from kyoo.transcoder.libav.pool import InspectionError, InspectionPool
from kyoo.transcoder.mime import media_type
from kyoo.transcoder.models.media import Media, Probed
from kyoo.transcoder.queries import media as queries
from kyoo.transcoder.single_flight import SingleFlight

log = structlog.get_logger()

#: Raise to have known files probed again.
PROBE_VERSION = 15
#: Stored instead of PROBE_VERSION when the keyframes took too long; a job with more patience redoes it.
WITHOUT_KEYFRAMES = 12
REMEMBERED = 64
#: Seconds for which a file that cannot be read is not tried again.
FAILURE_REMEMBERED = 30.0
#: Bytes of what is found: the times of all frames of a day.
BIGGEST_PROBE = 64 * 1024**2
#: Extra seconds a probe gets to end by itself, beyond the patience it was told.
GRACE = 15.0


class NoMediaError(KyooError):
    """The file is there but is no media that can be read. Players do not try again, as they do after 500."""

    status = 422


@dataclass
class KnownFile:
    """A file of the library and what its content holds."""

    path: Path
    id: int
    media: Media
    probe_version: int
    extract_version: int
    thumbs_version: int

    @property
    def content_id(self) -> str:
        return self.media.content_id


@dataclass(frozen=True)
class Stat:
    size: int
    mtime_ns: int


class MediaLibrary:
    def __init__(
        self, database: Database, roots: LibraryRoots, inspections: InspectionPool, probe_timeout: float
    ) -> None:
        self._database = database
        self.roots = roots
        self._below = {folder for root in roots.roots for folder in (root, Path(os.path.realpath(root)))}
        self._timeout = probe_timeout
        self._known: LRU[tuple[Path, Stat], KnownFile] = LRU("files", REMEMBERED)
        self._failed: TTL[tuple[Path, Stat], str] = TTL("unreadable files", REMEMBERED, FAILURE_REMEMBERED)
        self._flights: SingleFlight[KnownFile] = SingleFlight()
        self._inspections = inspections

    async def locate(self, encoded: str) -> tuple[Path, Stat]:
        """The checks of docs/protocol/video.md#paths, in its order. Raises BadRequestError or NotFoundError."""
        if not encoded:
            raise BadRequestError("The path is empty")
        return await self.check(decode_path(encoded))

    async def check(self, path: Path) -> tuple[Path, Stat]:
        """A path that may be named, and its size and time. Raises BadRequestError or NotFoundError."""
        if not any(root in path.parents for root in self._below):
            raise BadRequestError("The path is outside the library")
        if media_type(path) is None:
            raise BadRequestError("The file is neither video nor audio")
        return path, await asyncio.to_thread(self._stat, path)

    def _stat(self, path: Path) -> Stat:
        self.roots.check(path)
        try:
            status = path.stat()
        except OSError:
            raise NotFoundError("No such file") from None
        return Stat(status.st_size, status.st_mtime_ns)

    async def find(self, encoded: str) -> KnownFile:
        """What is known about the file; it is probed when it is new. Raises NoMediaError besides `locate`'s."""
        return await self.known(*await self.locate(encoded))

    async def known(self, path: Path, stat: Stat, *, patience: float | None = None) -> KnownFile:
        """`patience` (s) is for jobs: with it a file whose keyframes took too long before is probed again."""
        key = (path, stat)
        found = self._known.find(key, lambda one: patience is None or one.probe_version >= PROBE_VERSION)
        if found is not None:
            return found
        failure = self._failed.find(key)
        if failure is not None and patience is None:
            raise NoMediaError(failure)
        return await self._flights.run((path, stat, patience), lambda: self._load(path, stat, patience))

    def forget(self, path: Path, stat: Stat) -> None:
        self._known.pop((path, stat), None)

    async def _load(self, path: Path, stat: Stat, patience: float | None) -> KnownFile:
        least = WITHOUT_KEYFRAMES if patience is None else PROBE_VERSION
        raw = os.fsencode(path)
        async with self._database.connection() as connection:
            row = await queries.by_path(connection, raw, stat.size, stat.mtime_ns)
        if row is None or row["probe_version"] < least:
            row = await self._identify(path, stat, least, patience or self._timeout)
        return self._remember(path, stat, row)

    async def _identify(self, path: Path, stat: Stat, least: int, patience: float) -> DictRow:
        """Another path of known content, or new content. A file that only moved is not probed again."""
        raw = os.fsencode(path)
        try:
            identity = await asyncio.to_thread(content_id, path)
        except OSError as error:
            raise NotFoundError(f"The file cannot be read: {error.strerror}") from error
        async with self._database.connection() as connection:
            row = await queries.by_content(connection, identity)
        if row is None or row["probe_version"] < least:
            found = await self._probe(path, stat, identity, patience)
            version = PROBE_VERSION if found.complete else WITHOUT_KEYFRAMES
            async with self._database.transaction() as connection:
                row = await queries.save_media(connection, identity, found.media.model_dump_json(), version)
                await queries.save_path(connection, raw, stat.size, stat.mtime_ns, identity)
        else:
            try:
                async with self._database.connection() as connection:
                    await queries.save_path(connection, raw, stat.size, stat.mtime_ns, identity)
            except ForeignKeyViolation:
                # Forgotten at this moment: it is new again.
                return await self._identify(path, stat, least, patience)
        return row

    async def _probe(self, path: Path, stat: Stat, identity: str, patience: float) -> Probed:
        try:
            answer = await self._inspections.run(
                "probe", path, patience + GRACE, content_id=identity, patience=patience
            )
            return _understood(answer, identity, stat.size)
        except InspectionError as error:
            message = f"The file cannot be read as media: {error}"
            # Whoever asked is told, and the scanner lists it among the problems of the library.
            log.debug("unreadable media", path=str(path), reason=str(error))
            self._failed[path, stat] = message
            raise NoMediaError(message) from error

    def _remember(self, path: Path, stat: Stat, row: DictRow) -> KnownFile:
        file = KnownFile(
            path=path,
            id=row["id"],
            media=Media.model_validate_json(row["probed"]),
            probe_version=row["probe_version"],
            extract_version=row["extract_version"],
            thumbs_version=row["thumbs_version"],
        )
        self._known[path, stat] = file
        return file


def _understood(answer: bytes, identity: str, size: int) -> Probed:
    """What the process that has read the file says of it; not which file it is, under which all that is made of it is
    kept. Raises InspectionError."""
    if len(answer) > BIGGEST_PROBE:
        raise InspectionError("there is too much in it")
    try:
        found = Probed.model_validate_json(answer)
    except ValidationError:
        raise InspectionError("the program that read it answers nonsense") from None
    found.media.content_id, found.media.size = identity, size
    return found
