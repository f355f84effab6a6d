"""Few connections: they are shared out, a want of them is said, and nobody waits long to be told."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from psycopg_pool import PoolTimeout
from structlog.testing import capture_logs
from tests.machine import scaled
from tests.outage import away
from tests.waiting import until

from kyoo.core.database import shares
from kyoo.core.database.notifications import Notifications
from kyoo.core.database.postgres import Database, fetch_value
from kyoo.core.database.queue import Queue, make_queue
from kyoo.core.database.shares import Share, Tenant
from kyoo.core.errors import RETRY_AFTER, install_error_handlers
from kyoo.serve.postgres.embedded import EmbeddedPostgres

#: Of 20, three are Postgres' own superuser's.
USABLE = 17
#: Seconds: far less than a request waits for a connection that is busy.
SOON = 5


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder: Path = tmp_path_factory.mktemp("small")
    server = EmbeddedPostgres(folder / "postgres", settings={"max_connections": "20", "fsync": "off"})
    asyncio.run(server.start())
    try:
        with psycopg.connect(server.conninfo("postgres"), autocommit=True) as admin:
            admin.execute("create role plain login")
            admin.execute("create database plain owner plain")
        yield server
    finally:
        asyncio.run(server.stop())


@pytest.fixture
def plain(small: EmbeddedPostgres) -> str:
    return psycopg.conninfo.make_conninfo(small.conninfo("plain"), user="plain")


@contextlib.asynccontextmanager
async def process(conninfo: str, name: str) -> AsyncIterator[Database]:
    """What a process of ours holds of Postgres."""
    tenant = Tenant(f"kyoo {name}")
    found = await tenant.share(conninfo)
    database = Database(conninfo, name=tenant.name, max_size=found.pool, max_apart=found.limited)
    queue: Queue = make_queue(conninfo, max_size=found.queue)
    await database.open()
    listening = Notifications(conninfo, tenant.name).listen("channel", _hear)
    try:
        async with queue.open_async(), tenant.at_home(database, queue), listening:
            yield database
    finally:
        await database.close()


async def _hear(_: str) -> None:
    pass


async def request(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("select pg_sleep(0.02)")


async def test_processes_share_what_the_server_has(plain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "LOOK_AGAIN", 0.1)
    with capture_logs() as lines:
        async with contextlib.AsyncExitStack() as stack:
            pools = [await stack.enter_async_context(process(plain, f"number {n}")) for n in range(6)]

            async def settled() -> bool:
                return all(pool._pool.max_size == 1 for pool in pools)

            await until(settled)
            await asyncio.gather(*(request(pool) for pool in pools for _ in range(30)))
        # Alone again, it takes more.
        async with process(plain, "alone") as pool:

            async def grown() -> bool:
                return pool._pool.max_size > 5

            await until(grown)
    said = [line for line in lines if "fewer connections" in line["event"]]
    assert {line["taken"] for line in said} >= {USABLE // 6, USABLE}
    assert all(line["max_connections"] == USABLE for line in said)


async def test_other_programs_and_limits_of_the_user_count(small: EmbeddedPostgres, plain: str) -> None:
    tenant = Tenant("kyoo", processes=2)
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(psycopg.connect(plain, application_name="another program"))
        assert await tenant.share(plain) == Share.of((USABLE - 5) // 2, 1)
    with psycopg.connect(small.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("alter role plain connection limit 8")
        try:
            assert await tenant.share(plain) == Share.of(4, 1)
        finally:
            admin.execute("alter role plain connection limit -1")


@pytest.mark.parametrize("connections", range(1, 60))
@pytest.mark.parametrize("held", [1, 6])
def test_the_pools_of_a_process_add_up(connections: int, held: int) -> None:
    found = Share.of(connections, held)
    assert min(found.pool, found.limited, found.queue) >= 1
    assert found.pool + found.limited + found.queue + held <= max(connections, held + 3)
    assert Share.of(25, 1) == Share()


def service(database: Database) -> httpx2.AsyncClient:
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/")
    async def read() -> int:
        async with database.connection() as connection:
            return int(await fetch_value(connection, "select 1"))

    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://kyoo.test")


async def test_a_want_of_connections_is_said_by_name(plain: str) -> None:
    with contextlib.ExitStack() as others:
        for _ in range(USABLE):
            others.enter_context(psycopg.connect(plain))
        database = Database(plain, name="kyoo api", min_size=0)
        await database.open()
        begun = time.monotonic()
        with capture_logs() as lines:
            async with service(database) as client:
                answers = await asyncio.gather(*(client.get("/") for _ in range(5)))
        assert time.monotonic() - begun < scaled(SOON)
        await database.close()
    for answer in answers:
        assert (answer.status_code, answer.json()["message"]) == (503, "The database has no connection left")
        assert answer.headers["Retry-After"] == str(RETRY_AFTER)
    (said,) = [line for line in lines if "KYOO_POSTGRES_CONNECTIONS" in line["event"]]
    assert said["pool"] == "kyoo api"


async def test_a_server_that_is_away_is_told_within_a_second(conninfo: str, postgres: EmbeddedPostgres) -> None:
    database = Database(conninfo)
    await database.open()
    async with service(database) as client:
        async with away(postgres, conninfo):
            for _ in range(2):
                begun = time.monotonic()
                answer = await client.get("/")
                assert time.monotonic() - begun < scaled(SOON)
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(RETRY_AFTER))

        async def back() -> bool:
            return (await client.get("/")).status_code == 200

        await until(back)
    await database.close()


async def test_whoever_is_patient_waits_for_a_server_that_comes_back(conninfo: str, postgres: EmbeddedPostgres) -> None:
    database = Database(conninfo, patient=True)
    await database.open()
    async with away(postgres, conninfo):
        # What ended the connection it has is on its way.
        await asyncio.sleep(0.3)
        waiting = asyncio.create_task(request(database))
        await asyncio.sleep(1.5)
        assert not waiting.done()
    await waiting
    await database.close()


async def test_a_connection_that_is_busy_is_waited_for(conninfo: str) -> None:
    database = Database(conninfo, max_size=1)
    await database.open()
    async with database.connection():
        waiting = asyncio.create_task(request(database))
        await asyncio.sleep(1.5)
        assert not waiting.done()
    await waiting
    hasty = Database(conninfo, max_size=1, patience=0.1)
    await hasty.open()
    async with hasty.connection():
        with pytest.raises(PoolTimeout):
            await request(hasty)
    await hasty.close()
    await database.close()
