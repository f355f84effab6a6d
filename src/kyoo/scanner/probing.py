"""Probing files: the transcoder measures them once, which also warms its cache for the first play."""

from __future__ import annotations

import time

import structlog
from psycopg.rows import DictRow

from kyoo.scanner import embedded, reading, renewing, work
from kyoo.scanner.api import ApiError, ApiUnavailableError, UnreadableFileError
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.names import from_json
from kyoo.scanner.queries import files, naming
from kyoo.scanner.reading import Reading
from kyoo.scanner.registration import register
from kyoo.scanner.walk import Found

log = structlog.get_logger()

#: Files looked up together.
BATCH = 50
#: One run ends after this long, so that a worker that is told to stop need not wait.
SECONDS = 60


async def probe(context: ScannerContext) -> None:
    """Probe the files that were not probed yet, one after the other, and have the runtimes written to their shows.
    Raises ApiUnavailableError when the transcoder cannot be reached; the rest then waits for the next run."""
    until = time.monotonic() + SECONDS
    while True:
        async with context.runtime.database.connection() as connection:
            rows = await files.unprobed(connection, BATCH)
        for row in rows:
            tags = await _probe(context, row["path"])
            if tags and await _read_anew(context, row, tags):
                continue
            if row["show_id"] is not None:
                delay = context.settings.refresh_delay
                await work.refresh(context.runtime.queue, [row["show_id"]], delay=delay)
            if time.monotonic() > until:
                await work.probe(context.runtime.queue)
                return
        if not rows:
            return


async def _read_anew(context: ScannerContext, row: DictRow, tags: dict[str, str]) -> bool:
    """Match the file again if its tags tell what its name leaves out. Whether they do."""
    parsed = from_json(row["parsed"])
    better = embedded.told(parsed, tags)
    if row["pinned"] or reading.meaning(better) == reading.meaning(parsed):
        return False
    found = Found(*(row[name] for name in Found._fields))
    one = Reading(found, "found", better, rendering=row["rendering"])
    async with context.runtime.database.transaction() as connection:
        await reading.translate(connection, [one])
        await naming.rematch(connection, [one.row()])
    await register(context, [one.path])
    await renewing.close_left(context, {one.path: row["show_id"]})
    return True


async def _probe(context: ScannerContext, path: str) -> dict[str, str]:
    """Measure a file, and keep what came of it. The tags inside."""
    tags: dict[str, str] = {}
    duration: float | None = None
    problem: str | None = None
    try:
        duration, tags = await context.api.measure(path)
    except UnreadableFileError as error:
        problem = error.message
    except ApiUnavailableError as error:
        if not error.about_request:
            raise
        # The transcoder lives but fails on this file: trying the same again would hold up all others.
        problem = error.message
    except ApiError as error:
        problem = error.message
    if problem:
        log.warning("a file cannot be read", path=path, reason=problem)
    async with context.runtime.database.connection() as connection:
        await files.set_probed(connection, path, duration, problem, tags)
    return tags
