"""Notes when sessions, users and API keys were last used: after the answer, in batches, at most once a minute each."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from kyoo.auth.queries import api_keys, sessions, users
from kyoo.core.database.postgres import Database
from kyoo.core.tasks import ended

log = structlog.get_logger()

RESOLUTION = timedelta(minutes=1)
#: Uses that come within this time are written together, in seconds.
BATCH_DELAY = 0.5
RETRY_DELAY = 5


class Activity:
    """`run` writes in the background for as long as its context is open, and what is left when it closes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sessions: set[UUID] = set()
        self._users: set[UUID] = set()
        self._keys: set[UUID] = set()
        self._wake = asyncio.Event()

    def session_used(self, session: UUID, user: UUID, last_used: datetime) -> None:
        if datetime.now(UTC) - last_used >= RESOLUTION:
            self._sessions.add(session)
            self._users.add(user)
            self._wake.set()

    def key_used(self, key: UUID, last_used: datetime) -> None:
        if datetime.now(UTC) - last_used >= RESOLUTION:
            self._keys.add(key)
            self._wake.set()

    async def flush(self) -> None:
        """Write what was noted. On failure the notes are kept."""
        taken_sessions, taken_users, taken_keys = self._sessions, self._users, self._keys
        self._sessions, self._users, self._keys = set(), set(), set()
        try:
            async with self._database.connection() as connection:
                # In order, so that two replicas never wait for each other's rows.
                if taken_sessions:
                    await sessions.touch(connection, sorted(taken_sessions))
                if taken_users:
                    await users.touch(connection, sorted(taken_users))
                if taken_keys:
                    await api_keys.touch(connection, sorted(taken_keys))
        except BaseException:
            self._sessions |= taken_sessions
            self._users |= taken_users
            self._keys |= taken_keys
            raise

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._write_forever())
        try:
            yield
        finally:
            await ended(task)
            try:
                await self.flush()
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("the last uses of sessions are not noted", error=str(error))

    async def _write_forever(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(BATCH_DELAY)
            self._wake.clear()
            try:
                await self.flush()
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("the last uses of sessions cannot be noted yet", error=str(error))
                await asyncio.sleep(RETRY_DELAY)
                self._wake.set()
