"""Probing files: the transcoder measures them once, which also warms its cache for the first play."""

from __future__ import annotations

import time
from typing import Literal

import structlog
from psycopg.rows import DictRow

from kyoo.scanner import work
from kyoo.scanner.api_client import ApiError, ApiUnavailableError, UnreadableFileError
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.folders.walk import FoundFile
from kyoo.scanner.local import embedded
from kyoo.scanner.local.file_names import from_json
from kyoo.scanner.queries import files, naming
from kyoo.scanner.scanning import file_reader, renewing
from kyoo.scanner.scanning.file_reader import FileReading
from kyoo.scanner.shows.registration import register

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
            learnt = await _probe(context, row)
            if learnt == "name":
                await register(context, [row["path"]])
                await renewing.close_left(context, {row["path"]: row["show_id"]})
            elif learnt == "something" and row["show_id"] is not None:
                delay = context.settings.refresh_delay
                await work.refresh(context.runtime.queue, [row["show_id"]], delay=delay)
            if time.monotonic() > until:
                await work.probe(context.runtime.queue)
                return
        if not rows:
            return


async def _probe(context: ScannerContext, row: DictRow) -> Literal["name", "something", "nothing"]:
    """Measure a file, and keep what came of it. What was learnt: its `name` if its tags tell what that leaves out,
    as it then waits to be registered again; `nothing` of a file that tells nothing and never did."""
    duration, tags, problem = await _measured(context, row["path"])
    if problem:
        log.warning("a file cannot be read", path=row["path"], reason=problem)
    parsed = from_json(row["parsed"])
    better = embedded.told(parsed, tags)
    is_told = not row["pinned"] and file_reader.meaning(better) != file_reader.meaning(parsed)
    # In one, as a file that was probed is not looked into again.
    async with context.runtime.database.transaction() as connection:
        await files.set_probed(connection, row["path"], duration, problem, tags)
        if is_told:
            found = FoundFile(*(row[name] for name in FoundFile._fields))
            one = FileReading(found, "found", better, rendering=row["rendering"])
            await file_reader.translate(connection, [one])
            await naming.rematch(connection, [one.row()])
    if is_told:
        return "name"
    return "something" if duration or tags or row["duration"] or row["tags"] else "nothing"


async def _measured(context: ScannerContext, path: str) -> tuple[float | None, dict[str, str], str | None]:
    """Its length, its tags, and why it cannot be read."""
    try:
        return *await context.api.measure(path), None
    except UnreadableFileError as error:
        return None, {}, error.message
    except ApiUnavailableError as error:
        if not error.about_request:
            raise
        # The transcoder lives but fails on this file: trying the same again would hold up all others.
        return None, {}, error.message
    except ApiError as error:
        return None, {}, error.message
