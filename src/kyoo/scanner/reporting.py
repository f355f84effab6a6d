"""What the scanner tells while it works: that a scan begins and ends, how far it is, what failed (core/events)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Literal

import psycopg
import structlog

from kyoo.core import events
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.events import Fact
from kyoo.scanner.queries import progress

log = structlog.get_logger()

TOPIC = "scan"
#: Seconds between two events that only say how far it is. To count takes its time in a large library, of which it may
#: take this share; never longer, as a machine that is busy with other things counts slowly, too.
EVERY, SHARE, LONGEST = 1.0, 0.02, 10.0


class Reporter:
    """Of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told_at = float("-inf")
        self._took = 0.0
        self._later: asyncio.Task[None] | None = None

    async def tell(self, what: Literal["started", "ended"]) -> None:
        async with self._database.transaction() as connection:
            await events.record(connection, Fact(TOPIC, what, await _counts(connection)))
        self._told_at = time.monotonic()

    async def progress(self) -> None:
        """Not more often than anybody needs it, and the last word is said."""
        rest = self._told_at + max(EVERY, min(self._took / SHARE, LONGEST)) - time.monotonic()
        if rest > 0:
            if self._later is None or self._later.done():
                self._later = asyncio.create_task(self._progress_in(rest))
            return
        await self._progress()

    async def _progress_in(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await self._progress()
        except psycopg.Error as error:
            log.info("the progress of the scanner is not reported", reason=" ".join(str(error).split()))

    async def _progress(self) -> None:
        self._told_at = time.monotonic()
        async with self._database.transaction() as connection:
            counts = await _counts(connection)
            self._took = time.monotonic() - self._told_at
            await events.record(connection, Fact(TOPIC, "progress", counts, replaces="scan progress"))


async def failed(connection: Connection, title: str, paths: Sequence[str], reason: str) -> None:
    """A show could not be identified."""
    body = {"title": title, "path": paths[0] if paths else None, "files": len(paths), "reason": reason}
    await events.record(connection, Fact(TOPIC, "failed", body))


async def _counts(connection: Connection) -> dict[str, Any]:
    counts = await progress.counts(connection)
    return {key: value for key, value in counts.items() if key != "updated_at"}
