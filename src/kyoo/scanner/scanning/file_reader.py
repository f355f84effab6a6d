"""What is learnt of a new file: the identity of its content, what its name says, and whether it is a renamed one."""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH119, PTH120

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from kyoo.core.database.postgres import Connection
from kyoo.core.files import content_id, path_of
from kyoo.scanner.anime import lookup
from kyoo.scanner.folders.walk import FoundFile
from kyoo.scanner.local import embedded, file_names
from kyoo.scanner.naming import REVISION
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.queries import files, naming
from kyoo.scanner.scanning.leftovers import Leftovers
from kyoo.scanner.shows.registration import own_rendering

#: Disks and network folders answer several reads at once sooner than one after the other.
READERS = 4

log = structlog.get_logger()


@dataclass
class FileReading:
    """A new or changed file as it will be stored. `state`: found, ignored or failed, the last two with the reason."""

    found: FoundFile
    state: str
    parsed: ParsedName | None = None
    content: str | None = None
    error: str | None = None
    rendering: str | None = None
    moved_from: str | None = None
    relink: bool = False

    @property
    def path(self) -> str:
        return self.found.path

    @classmethod
    def failed(cls, path: str, reason: str) -> FileReading:
        return cls(FoundFile(path, 0, 0, 0, None), "failed", error=reason)

    def row(self) -> dict[str, Any]:
        parsed = self.parsed
        return {
            **self.found._asdict(),
            "content_id": self.content,
            "parsed": file_names.to_json(parsed) | {"revision": REVISION} if parsed else None,
            "kind": parsed.kind if parsed else None,
            "title_key": file_names.title_key(parsed.title) if parsed else None,
            "rendering": self.rendering,
            "part": parsed.part if parsed else None,
            "version": parsed.version if parsed else 1,
            "state": self.state,
            "error": self.error,
            "moved_from": self.moved_from,
            "relink": self.relink,
        }


class FileReader:
    def __init__(self, roots: Iterable[Path]) -> None:
        self._roots = tuple(roots)
        self._siblings = file_names.Siblings()
        self._leftovers = Leftovers(self._roots)

    async def read(self, batch: list[FoundFile]) -> list[FileReading]:
        """In the order of `batch`. A file that cannot be read is `failed`, with the reason."""
        slices = [batch[start::READERS] for start in range(min(READERS, len(batch)))]
        parts = await asyncio.gather(*(asyncio.to_thread(self._read_all, part) for part in slices))
        readings = {reading.path: reading for part in parts for reading in part}
        return [readings[found.path] for found in batch]

    def _read_all(self, batch: list[FoundFile]) -> list[FileReading]:
        return [self._read(found) for found in batch]

    def _read(self, found: FoundFile) -> FileReading:
        try:
            content = content_id(Path(path_of(found.path)))
        except OSError as error:
            return FileReading(found, "failed", error=f"The file cannot be read: {error.strerror or error}")
        try:
            return self.name(found, content)
        except Exception:
            # A fault of ours, which must not keep every other file out of the library.
            log.exception("a name cannot be read", path=found.path)
            return FileReading(found, "failed", content=content, error="The name of the file cannot be read; rename it")

    def name(self, found: FoundFile, content: str | None) -> FileReading:
        """What the name says, without a look at the content."""
        parsed, left_out = self._leftovers.judge(found, file_names.parse_file(found.path, self._roots))
        if left_out:
            return FileReading(found, "ignored", parsed, content, error=left_out)
        numbered = file_names.numbered_title(parsed)
        if (
            numbered
            and self._siblings.count(os.path.dirname(found.path), numbered[0]) >= file_names.EPISODES_IN_A_FOLDER
        ):
            parsed = file_names.as_episode(parsed, *numbered)
        return FileReading(found, "found", parsed, content, rendering=parsed.rendering)


async def store(connection: Connection, readings: list[FileReading]) -> list[str]:
    """Store what was read; a file whose content was known under a path that is gone takes over that file's row.
    Returns those old paths."""
    await translate(connection, readings)
    moved = await _find_renames(connection, readings)
    await separate_renderings(connection, readings)
    renamed = [reading.row() for reading in readings if reading.moved_from]
    if renamed:
        await files.move(connection, renamed)
    if others := [reading.row() for reading in readings if not reading.moved_from]:
        await files.store(connection, others)
    return moved


async def translate(connection: Connection, readings: list[FileReading]) -> None:
    """Names of anime become those of their series, as the public lists have them."""
    named = [(reading, reading.parsed) for reading in readings if reading.state == "found" and reading.parsed]
    better = await lookup.translated(connection, [parsed for _, parsed in named])
    for (reading, _), parsed in zip(named, better, strict=True):
        reading.parsed = parsed


async def _find_renames(connection: Connection, readings: list[FileReading]) -> list[str]:
    usable = [reading for reading in readings if reading.state == "found" and reading.content]
    contents = {reading.content for reading in usable if reading.content and reading.found.size}
    inodes = {reading.found.inode for reading in usable if not reading.found.size}
    twins = await files.twins(connection, list(contents), list(inodes))
    known = {twin["path"] for twin in twins}
    gone = await asyncio.to_thread(lambda: [twin for twin in twins if not os.path.lexists(path_of(twin["path"]))])
    new = [reading for reading in usable if reading.path not in known]
    for matches in (_same_inode, _same_name, _same_content):
        for reading in new:
            if reading.moved_from:
                continue
            source = next((twin for twin in gone if matches(reading, twin)), None)
            if source is not None:
                reading.moved_from = source["path"]
                gone.remove(source)
    moved = [reading for reading in new if reading.moved_from]
    said = await naming.said_of(connection, [reading.moved_from for reading in moved if reading.moved_from])
    for reading in moved:
        before = said.get(reading.moved_from or "")
        if before and reading.parsed:
            reading.parsed = embedded.told(reading.parsed, before["tags"] or {})
        reading.relink = (
            before is None
            or before["parsed"] is None
            or meaning(file_names.from_json(before["parsed"])) != meaning(reading.parsed)
        )
    return [reading.moved_from for reading in moved if reading.moved_from]


def _same_inode(reading: FileReading, twin: dict[str, Any]) -> bool:
    found = reading.found
    return bool(
        twin["content_id"] == reading.content and twin["inode"] == found.inode and twin["mtime_ns"] == found.mtime_ns
    )


def _same_name(reading: FileReading, twin: dict[str, Any]) -> bool:
    return os.path.basename(twin["path"]) == os.path.basename(reading.path) and _same_content(reading, twin)


def _same_content(reading: FileReading, twin: dict[str, Any]) -> bool:
    # All empty files are alike, which says nothing.
    return twin["content_id"] == reading.content and reading.found.size > 0


def meaning(parsed: ParsedName | None) -> Any:
    """What decides where a file belongs."""
    if parsed is None:
        return None
    title = file_names.title_key(parsed.title)
    return (parsed.kind, title, parsed.year, parsed.episodes, parsed.date, parsed.external_ids, parsed.film_of)


async def separate_renderings(connection: Connection, readings: list[FileReading]) -> None:
    """Two files never share rendering, part and version: the later one gets a rendering of its own."""
    wanted = [reading for reading in readings if reading.rendering and reading.parsed]
    taken = {
        (row["rendering"], row["part"], row["version"]): row["path"]
        for row in await naming.taken_renderings(
            connection, [reading.rendering for reading in wanted if reading.rendering]
        )
    }
    for reading in wanted:
        assert reading.parsed is not None
        key = (reading.rendering, reading.parsed.part, reading.parsed.version)
        if taken.setdefault(key, reading.path) not in (reading.path, reading.moved_from):
            reading.rendering = own_rendering(reading.path)
        else:
            taken[key] = reading.path
