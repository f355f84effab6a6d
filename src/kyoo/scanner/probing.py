"""Probing files: the transcoder measures them once, which also warms its cache for the first play."""

from __future__ import annotations

import time

import structlog

from kyoo.scanner import work
from kyoo.scanner.api import ApiError, ApiUnavailableError, UnreadableFileError
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.queries import files

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
            await _probe(context, row["path"])
            if row["show_id"] is not None:
                delay = context.settings.refresh_delay
                await work.refresh(context.runtime.queue, [row["show_id"]], delay=delay)
            if time.monotonic() > until:
                await work.probe(context.runtime.queue)
                return
        if not rows:
            return


async def _probe(context: ScannerContext, path: str) -> None:
    duration: float | None = None
    problem: str | None = None
    try:
        duration = await context.api.duration(path)
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
        await files.set_probed(connection, path, duration, problem)
