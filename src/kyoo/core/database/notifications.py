"""What processes tell each other through Postgres (LISTEN and NOTIFY), heard on one connection per process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import psycopg
import structlog
from psycopg import sql

from kyoo.core.database.keepalives import TELL, configuration
from kyoo.core.database.shares import LISTENING
from kyoo.core.pauses import pause
from kyoo.core.tasks import ended

log = structlog.get_logger()

#: The pauses before a lost connection is made again, in seconds: doubled each time.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0
#: A start does not wait longer than this for the connection.
START_SECONDS = 5


async def _nothing() -> None:
    pass


@dataclass(eq=False)
class Listener:
    """`hear` gets each payload. `catch_up` runs whenever the connection is made anew: what was said before was said to
    nobody here."""

    channel: str
    hear: Callable[[str], Awaitable[None]]
    catch_up: Callable[[], Awaitable[None]]


class Notifications:
    """The connection is there while somebody listens. Needs a connection of its own: a pooler in front of Postgres must
    work by session. Nothing is written to it: that it is dead is known by the keepalives of `conninfo`."""

    def __init__(self, conninfo: str, name: str) -> None:
        self._conninfo = conninfo
        self._name = name
        self._listeners: list[Listener] = []
        self._task: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    @contextlib.asynccontextmanager
    async def listen(
        self,
        channel: str,
        hear: Callable[[str], Awaitable[None]],
        catch_up: Callable[[], Awaitable[None]] = _nothing,
    ) -> AsyncIterator[None]:
        """Listen for as long as the context is open. A database out of reach delays its beginning, and nothing else."""
        listener = Listener(channel, hear, catch_up)
        self._listeners.append(listener)
        # LISTEN cannot be said on a connection that is waiting: it is made anew.
        await self._stop()
        self._task = asyncio.create_task(self._hear_for_ever())
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(START_SECONDS):
                    await self._connected.wait()
            yield
        finally:
            self._listeners.remove(listener)
            if not self._listeners:
                await self._stop()

    async def _stop(self) -> None:
        if self._task is not None:
            await ended(self._task)
            self._task = None
            self._connected.clear()

    async def _hear_for_ever(self) -> None:
        failures = 0
        while True:
            try:
                await self._hear()
            except psycopg.Error as error:
                if self._connected.is_set():
                    failures = 0
                    self._connected.clear()
                if failures == 0:
                    # Once for each outage.
                    log.warning("what other processes say is not heard", reason=" ".join(str(error).split()))
            failures += 1
            await asyncio.sleep(pause(failures, FIRST_PAUSE, LONGEST_PAUSE))

    async def _hear(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._conninfo,
            autocommit=True,
            application_name=f"{self._name} {LISTENING}",
        )
        async with connection:
            await connection.execute(TELL, configuration(connection))
            for channel in {listener.channel for listener in self._listeners}:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            for listener in list(self._listeners):
                await listener.catch_up()
            self._connected.set()
            async for notification in connection.notifies():
                for listener in list(self._listeners):
                    if listener.channel == notification.channel:
                        await _tell(listener, notification.payload)


async def _tell(listener: Listener, payload: str) -> None:
    try:
        await listener.hear(payload)
    except psycopg.Error:
        raise
    except Exception:
        # Anybody who may write to the database can say anything; what comes after is heard all the same.
        log.exception("a notification makes no sense", channel=listener.channel)
