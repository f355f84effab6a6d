"""The turns of all replicas at the services of metadata, and their kept answers, in Postgres (the ports of
`providers/client.py`)."""

from __future__ import annotations

import asyncio
import zlib

from kyoo.core.database.postgres import Database
from kyoo.scanner.providers.base import UnavailableError
from kyoo.scanner.providers.client import Kept, Pace, RequestReport
from kyoo.scanner.queries import services

#: A job that would wait longer for its turn comes back later instead, so that the others go on.
PATIENCE = 20.0
#: So many failures in a row are an outage.
FAILURES = 3
#: Turns that jobs, and that people, can take at once after a rest.
BURST, URGENT_BURST = 4, 12


class SharedGate:
    def __init__(self, database: Database, *, patience: float = PATIENCE) -> None:
        self._database = database
        self._patience = patience

    async def enter(self, service: str, pace: Pace, *, urgent: bool) -> None:
        # Small windows have small bursts: no more than the service allows in one.
        burst = min(URGENT_BURST if urgent else BURST, max(pace.requests - 1, 0)) * pace.interval
        async with self._database.connection() as connection:
            wait = await services.take_turn(
                connection, service, interval=pace.interval, burst=burst, patience=self._patience
            )
            if wait is None:
                ahead = await services.wait(connection, service, burst)
                raise UnavailableError(service, "cannot be asked now", max(ahead, 1.0))
        left = self._patience
        while wait > 0:
            await asyncio.sleep(wait)
            left -= wait
            # It may have shut us out meanwhile.
            async with self._database.connection() as connection:
                wait = await services.blocked(connection, service)
            if wait > left:
                raise UnavailableError(service, "cannot be asked now", wait)

    async def report(self, service: str, report: RequestReport) -> None:
        async with self._database.connection() as connection:
            await services.report(
                connection,
                service,
                state=report.state,
                message=report.message,
                took=report.took,
                pace=report.interval,
                blocked=report.blocked,
                failed=report.failed,
                patience=FAILURES,
            )


class SharedCache:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> Kept | None:
        async with self._database.connection() as connection:
            row = await services.answer(connection, key)
        if row is None:
            return None
        try:
            body = zlib.decompress(row["body"]) if row["body"] else b""
        except zlib.error:  # not ours: ask again
            return None
        return Kept(row["status"], body, row["fresh_until"], row["etag"], row["modified"])

    async def put(self, key: str, service: str, kept: Kept) -> None:
        body = zlib.compress(kept.body, 3) if kept.body else b""
        async with self._database.connection() as connection:
            await services.keep_answer(
                connection,
                key,
                service=service,
                status=kept.status,
                body=body,
                etag=kept.etag,
                modified=kept.modified,
                fresh_until=kept.fresh_until,
            )
