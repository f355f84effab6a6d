"""Names read again after this program has learnt to read them better: who is somewhere else now is matched again, as
after a rename, and what was watched follows the file."""

from __future__ import annotations

import asyncio

from kyoo.core.database.postgres import Database
from kyoo.scanner import work
from kyoo.scanner.anime import lookup
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.folders.walk import FoundFile
from kyoo.scanner.local import embedded
from kyoo.scanner.local.file_names import from_json
from kyoo.scanner.metadata import joining
from kyoo.scanner.naming import REVISION, ParsedName
from kyoo.scanner.queries import naming, requests
from kyoo.scanner.scanning import file_reader
from kyoo.scanner.scanning.file_reader import FileReader, FileReading

BATCH = 1000


async def renew(database: Database, reader: FileReader) -> dict[str, int | None]:
    """Read the names again that an earlier revision read, but those of files that a person gave a place. Returns the
    paths to be registered again, each with the show it was of. Once for each revision: what is read is marked."""
    changed: dict[str, int | None] = {}
    last = ""
    while True:
        async with database.connection() as connection:
            rows = await naming.read_before(connection, REVISION, last, BATCH)
        if not rows:
            return changed
        last = rows[-1]["path"]
        olds = {row["path"]: from_json(row["parsed"]) for row in rows}
        found = [FoundFile(*(row[name] for name in FoundFile._fields)) for row in rows]
        read = await asyncio.to_thread(lambda batch: [reader.name(one, None) for one in batch], found)
        for one, row in zip(read, rows, strict=True):
            one.parsed = embedded.told(one.parsed, row["tags"] or {}) if one.parsed else None
        async with database.connection() as connection:
            await file_reader.translate(connection, read)
        moved = [one for one in read if one.state == "found" and _elsewhere(one, olds)]
        paths = {one.path for one in moved}
        async with database.transaction() as connection:
            await file_reader.separate_renderings(connection, moved)
            await naming.rematch(connection, [one.row() for one in moved])
            await naming.mark_read(connection, [one.row() for one in read if one.path not in paths], REVISION)
        changed |= {row["path"]: row["show_id"] for row in rows if row["path"] in paths}


async def close_left(context: ScannerContext, renewed: dict[str, int | None]) -> None:
    """Shows that there seemed to be make room for those that their files turned out to be of."""
    async with context.runtime.database.transaction() as connection:
        heirs = await joining.inherit(connection, renewed)
        await requests.enqueue_shows(connection, sorted(heirs))
    await work.identify(context.runtime.queue, heirs)


def _elsewhere(new: FileReading, olds: dict[str, ParsedName]) -> bool:
    old = olds[new.path]
    # A sample that turns out to be none was nowhere.
    return old.extra_kind == "sample" or bool(file_reader.meaning(old) != file_reader.meaning(new.parsed))


async def outdate(database: Database) -> int:
    """After the lists of anime changed: have the names read again that they correct or corrected. How many."""
    async with database.connection() as connection:
        known = await naming.titles(connection)
    changed: set[str] = set()
    for start in range(0, len(known), BATCH):
        # Whatever number a name has, its title decides.
        probes = [
            ParsedName("movie" if kind == "movie" else "episode", title, "", episodes=((None, 1),))
            for kind, title in known[start : start + BATCH]
        ]
        async with database.connection() as connection:
            read = await lookup.translated(connection, probes)
        changed |= {probe.title for probe, better in zip(probes, read, strict=True) if probe != better}
    async with database.transaction() as connection:
        return await naming.outdate(connection, sorted(changed))
