"""How many websockets each user has open, and may have, over all processes of the api."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import psycopg
import structlog

from kyoo.api.queries.realtime import open_sockets as queries
from kyoo.core.database.postgres import Database
from kyoo.core.errors import KyooError
from kyoo.core.tasks import ended
from kyoo.core.tokens import Identity

#: Seconds after which others know what was opened and closed; after which a process says again that it is there; and
#: after which what a silent one had open does not count.
TELL, SAY_AGAIN, SILENCE = 1.0, 30.0, timedelta(seconds=100)

log = structlog.get_logger()


class TooManySocketsError(KyooError):
    status = 429


class OpenSockets:
    """Guests are told apart by their addresses. What other processes have open is up to a second old."""

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._most = most
        self._process = uuid4()
        self._open: Counter[str] = Counter()
        #: Whose sockets have changed since it was told.
        self._changed: set[str] = set()
        self._said = time.monotonic()

    @property
    def total(self) -> int:
        return self._open.total()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        telling = asyncio.create_task(self._tell_for_ever())
        try:
            yield
        finally:
            await ended(telling)
            with contextlib.suppress(psycopg.Error):
                async with self._database.connection() as connection:
                    await queries.leave(connection, self._process)

    @asynccontextmanager
    async def one_more(self, identity: Identity, address: str | None) -> AsyncIterator[None]:
        """Raises TooManySocketsError."""
        owner = f"guest {address}" if identity.is_guest else str(identity.subject)
        # Counted before it waits: others of the same user come at the same moment.
        self._open[owner] += 1
        here = self._open[owner]
        try:
            if here + await self._elsewhere(owner) > self._most:
                raise TooManySocketsError(f"{identity.username} has {self._most} sockets open already: close some")
            self._changed.add(owner)
            yield
        finally:
            self._open[owner] -= 1
            if not self._open[owner]:
                del self._open[owner]
            self._changed.add(owner)

    async def tell(self) -> None:
        """Have the others know what has changed. Raises psycopg.Error."""
        changed, self._changed = self._changed, set()
        try:
            async with self._database.connection() as connection:
                if changed:
                    await queries.say(
                        connection, self._process, {owner: self._open[owner] for owner in sorted(changed)}
                    )
                if time.monotonic() - self._said > SAY_AGAIN:
                    await queries.still_here(connection, self._process, SILENCE)
                    self._said = time.monotonic()
        except BaseException:
            self._changed |= changed
            raise

    async def _elsewhere(self, owner: str) -> int:
        try:
            async with self._database.connection() as connection:
                return await queries.elsewhere(connection, owner, self._process, SILENCE)
        except psycopg.Error:
            return 0  # those that are known here count

    async def _tell_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TELL)
            if not self._changed and time.monotonic() - self._said <= SAY_AGAIN:
                continue
            try:
                await self.tell()
            except psycopg.Error as error:
                log.info("open sockets cannot be reported", reason=" ".join(str(error).split()))
