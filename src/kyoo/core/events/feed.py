"""What happens, as this process hears of it: one for all who follow, fed by one connection that listens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import psycopg
import structlog

from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.events import Event
from kyoo.core.tasks import ended

log = structlog.get_logger()

CHANNEL = "events"
#: Events read at once.
BATCH = 500
#: Seconds before the database is asked again after it did not answer.
PAUSE = 1.0

Follower = Callable[[list[Event]], None]


class Feed:
    """Followers are given each event once and in order, from the moment on at which they came. A process that was cut
    off from the database reads what it has missed: the rows are the truth, a notification only says to look."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followers: list[Follower] = []
        self._wake = asyncio.Event()
        #: The newest event that was handed out; None before the first look.
        self.seen: int | None = None
        #: The newest event that was told of; None: there may be others, of which nobody has told this process.
        self._told: int | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        reader = asyncio.create_task(self._read_for_ever())
        try:
            async with self._database.notifications.listen(CHANNEL, self._hear, self._catch_up):
                yield
        finally:
            await ended(reader)

    def follow(self, follower: Follower) -> None:
        """`follower` must not wait."""
        self._followers.append(follower)

    async def _hear(self, payload: str) -> None:
        if self._told is not None:
            self._told = int(payload)
        self._wake.set()

    async def _catch_up(self) -> None:
        self._told = None
        self._wake.set()

    async def _read_for_ever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self.seen is not None and self._told is not None and self._told <= self.seen:
                # Read together with one before it.
                continue
            try:
                await self._read()
            except psycopg.Error as error:
                log.warning("events cannot be read", reason=" ".join(str(error).split()))
                await self._catch_up()
                await asyncio.sleep(PAUSE)

    async def _read(self) -> None:
        # What is told from here on is read here, or later.
        self._told = self._told or 0
        while True:
            async with self._database.connection() as connection:
                if self.seen is None:
                    self.seen = await events.newest(connection)
                    return
                found = await events.since(connection, self.seen, limit=BATCH)
                if not found and not await events.has_all_since(connection, self.seen):
                    # Another database than before.
                    self.seen = await events.newest(connection)
                    return
            if found:
                self.seen = found[-1].id
                self._hand_out(found)
            if len(found) < BATCH:
                return

    def _hand_out(self, found: list[Event]) -> None:
        for follower in self._followers:
            try:
                follower(found)
            except Exception:
                log.exception("an event makes no sense")
