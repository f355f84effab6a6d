"""How many connections to Postgres this process may have, and how its pools divide them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
import structlog
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row
from pydantic import AliasChoices, Field

from kyoo.core.settings import Settings, read
from kyoo.core.tasks import ended

log = structlog.get_logger()

#: The connections of pools that nothing holds back, and the fewest that a process works with.
MOST, FEWEST = 10, 1
MOST_OF_QUEUE = 4
#: With fewer than these, requests will wait for each other.
ENOUGH = 8

#: What the names of our connections begin with, and how those end on which each process listens.
OURS, LISTENING = "kyoo", "listening"


#: Seconds between two looks at who shares the server.
LOOK_AGAIN = 15.0


class Pools(Protocol):
    """The Database of postgres.py, which stands above this module."""

    def connection(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]: ...
    async def resize(self, pool: int, limited: int) -> None: ...


class Queue(Protocol):
    """The queue of queue.py."""

    @property
    def connector(self) -> Any: ...


class PoolSettings(Settings):
    #: Of one process, at most. A server that has fewer to give gives each process its share.
    connections: int = Field(default=25, ge=4, le=500, validation_alias=AliasChoices("KYOO_POSTGRES_CONNECTIONS"))


@dataclass(frozen=True)
class Share:
    """The sizes of the pools of a process: of all requests or jobs, of limited readers, of the queue."""

    pool: int = MOST
    limited: int = MOST
    queue: int = MOST_OF_QUEUE

    @classmethod
    def of(cls, connections: int, held: int) -> Share:
        """`held`: those that the process keeps beside its pools, to listen."""
        rest = connections - held
        queue = max(FEWEST, min(MOST_OF_QUEUE, rest // 6))
        limited = max(FEWEST, (rest - queue) // 2)
        return cls(max(FEWEST, rest - queue - limited), limited, queue)


@dataclass(frozen=True)
class Tenant:
    """A process that shares the connections of a server: with so many `processes` of ours (None: those that are there,
    and this one). `held` are its connections beside its pools."""

    name: str
    processes: int | None = None
    held: int = 1

    async def share(self, conninfo: str) -> Share:
        """On a connection of its own, before there are pools. Raises psycopg.Error."""
        conninfo = make_conninfo(conninfo, application_name=self.name)
        async with await psycopg.AsyncConnection.connect(conninfo, connect_timeout=5, autocommit=True) as connection:
            return self._computed(*await _occupied(connection), others=1)

    @asynccontextmanager
    async def at_home(self, database: Pools, queue: Queue) -> AsyncIterator[None]:
        """Give back and take what comes and goes with other processes and programs, while the context is open."""
        task = asyncio.create_task(self._adapt(database, queue))
        try:
            yield
        finally:
            await ended(task)

    async def _adapt(self, database: Pools, queue: Queue) -> None:
        share: Share | None = None
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            try:
                async with database.connection() as connection:
                    now = self._computed(*await _occupied(connection), others=0, said=share)
                if now != share:
                    share = now
                    await database.resize(share.pool, share.limited)
                    await queue.connector.pool.resize(0, share.queue)
            except psycopg.Error:
                # Whoever needs the database says that it is away.
                continue

    def _computed(self, most: int, strangers: int, listening: int, *, others: int, said: Share | None = None) -> Share:
        wanted = read(PoolSettings).connections
        taken = max(0, most - strangers) // (self.processes or max(1, listening + others))
        share = Share.of(min(taken, wanted), self.held)
        if taken < wanted and share != said:
            say = log.info if taken >= ENOUGH else log.warning
            say(
                "Postgres has fewer connections than this process could use",
                process=self.name,
                max_connections=most,
                held_by_others=strangers,
                wanted=wanted,
                taken=taken,
            )
        return share


async def _occupied(connection: psycopg.AsyncConnection[Any]) -> tuple[int, int, int]:
    """How many connections users like this one may make, how many of them other programs have, how many processes of
    ours are there."""
    cursor = connection.cursor(row_factory=tuple_row)
    await cursor.execute(
        """
        select
            least(
                (select sum(case name when 'max_connections' then setting::int else -setting::int end) from pg_settings
                 where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')),
                (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user),
                (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
            )::int,
            count(*) filter (where application_name is null or not starts_with(application_name, %(ours)s))::int,
            count(*) filter (where datname = current_database()
                             and application_name ~ ('^' || %(ours)s || '.* ' || %(listening)s || '$'))::int
        -- Postgres' own processes lack one of them; their kind is told to superusers only.
        from pg_stat_activity where datid is not null and usesysid is not null
        """,
        {"ours": OURS, "listening": LISTENING},
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2]
