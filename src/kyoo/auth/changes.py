"""Hears, on one connection per process, what any process changed, and has it looked up again: a logout on one replica
is a logout on all of them. Holds no SQL."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import structlog
from psycopg.rows import dict_row

from kyoo.auth.principals import Principals
from kyoo.auth.queries import changes
from kyoo.auth.signing import SigningKeys
from kyoo.core.postgres import Connection

log = structlog.get_logger()

RETRY_DELAY = 1.0
#: A start does not wait longer than this for the connection.
START_SECONDS = 5


class Changes:
    """`run` listens for as long as its context is open. While the database is out of reach, the accounts are forgotten
    by themselves after the seconds that they are remembered."""

    def __init__(self, conninfo: str, principals: Principals, keys: SigningKeys) -> None:
        self._conninfo = conninfo
        self._principals = principals
        self._keys = keys
        self.listening = asyncio.Event()

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._listen_forever())
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.listening.wait(), START_SECONDS)
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                log.warning("changes by other processes are not heard", error=" ".join(str(error).split()))
            self.listening.clear()
            await asyncio.sleep(RETRY_DELAY)

    async def _listen(self) -> None:
        connection: Connection = await psycopg.AsyncConnection.connect(
            self._conninfo, autocommit=True, row_factory=dict_row, application_name="kyoo auth changes"
        )
        async with connection:
            await changes.listen(connection)
            # What was said before, or between two connections, was said to nobody here.
            self._principals.forget_all()
            await self._keys.load()
            self.listening.set()
            async for notification in connection.notifies():
                await self._hear(notification.payload)

    async def _hear(self, news: str) -> None:
        kind, _, subject = news.partition(":")
        if kind == "account":
            self._principals.forget(UUID(subject))
        elif kind == "keys":
            await self._keys.load()
