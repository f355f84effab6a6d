"""One clock for all replicas: that of Postgres, as each process knows it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg

from kyoo.api.queries.realtime.rooms import database_time
from kyoo.core.database.postgres import Database
from kyoo.core.tasks import ended

#: Seconds between two comparisons, and how many questions each takes: the quickest answer is the truest.
EVERY, QUESTIONS = 60.0, 5


class ServerClock:
    def __init__(self, database: Database) -> None:
        self._database = database
        #: What the clock of Postgres is ahead of ours, in seconds.
        self._ahead = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self._ahead, UTC)

    def milliseconds(self) -> float:
        return round((time.time() + self._ahead) * 1000, 1)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        comparing = asyncio.create_task(self._compare_for_ever())
        try:
            yield
        finally:
            await ended(comparing)

    async def compare(self) -> None:
        answers = []
        async with self._database.connection() as connection:
            for _ in range(QUESTIONS):
                asked = time.time()
                there = await database_time(connection)
                heard = time.time()
                answers.append((heard - asked, there - (asked + heard) / 2))
        _, self._ahead = min(answers)

    async def _compare_for_ever(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error):
                await self.compare()
            await asyncio.sleep(EVERY)
