"""The database fixtures and the pool."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

import psycopg
import pytest
from pydantic import TypeAdapter
from tests.machine import scaled
from tests.waiting import PATIENCE

from kyoo.core.database import postgres as core_postgres
from kyoo.core.database.postgres import Database, DatabaseUnavailableError, check_server, fetch_value
from kyoo.core.database.queue import make_queue
from kyoo.serve.postgres.embedded import EmbeddedPostgres


async def test_a_fresh_database_has_the_queue_and_takes_little_time(
    postgres: EmbeddedPostgres, database: Database
) -> None:
    async with database.connection() as connection:
        assert await fetch_value(connection, "select to_regclass('queue.procrastinate_jobs')::text")
    durations = []
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        for number in range(5):
            begun = time.perf_counter()
            admin.execute(f"create database timing_{number} template kyoo strategy wal_log")
            durations.append(time.perf_counter() - begun)
            admin.execute(f"drop database timing_{number}")
    assert min(durations) < scaled(1)


async def test_a_transaction_is_undone_by_an_exception(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("create table public.kept (n int)")

    async def insert_and_fail() -> None:
        async with database.transaction() as connection:
            await connection.execute("insert into public.kept values (1)")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await insert_and_fail()
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from public.kept") == 0


async def test_the_server_is_told_to_notice_that_a_machine_is_gone(conninfo: str, database: Database) -> None:
    """On a socket of this machine the values are of no use, and read 0; the source is where they come from."""
    query = "select array_agg(source order by name) from pg_settings where starts_with(name, 'tcp_')"
    async with database.connection() as connection:
        assert await fetch_value(connection, query) == ["session"] * 4
        assert connection.info.get_parameters()["tcp_user_timeout"] == "10000"
    async with make_queue(conninfo).open_async() as queue:
        [row] = await queue.connector.execute_query_all_async(query)
        assert row["array_agg"] == ["session"] * 4


async def backend(database: Database) -> int:
    async with database.connection() as connection:
        return int(await fetch_value(connection, "select pg_backend_pid()"))


async def test_the_pool_hands_out_the_connection_that_came_back_last(database: Database) -> None:
    """Its statements are prepared. After a crowd that needed several, one alone always gets the same."""

    async def hold(everybody_in: asyncio.Barrier) -> None:
        async with database.connection():
            await everybody_in.wait()

    everybody_in = asyncio.Barrier(4)
    await asyncio.gather(*(hold(everybody_in) for _ in range(4)))
    assert len({await backend(database) for _ in range(12)}) == 1


@pytest.mark.parametrize("turns", range(8))
async def test_whoever_is_cancelled_as_the_connection_comes_is_cancelled(conninfo: str, turns: int) -> None:
    """`turns` of the event loop after a connection was given back for which they wait."""
    one = Database(conninfo, max_size=1)
    await one.open()
    try:
        worked_on = asyncio.Event()

        async def wait() -> None:
            async with one.connection():
                await asyncio.sleep(0)
            worked_on.set()
            await asyncio.sleep(60)

        async with one.connection():
            waiter = asyncio.create_task(wait())
            await asyncio.sleep(0.01)
        for _ in range(turns):
            await asyncio.sleep(0)
        has_worked = worked_on.is_set()
        waiter.cancel()
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([waiter])
        assert waiter.cancelled()
        assert worked_on.is_set() == has_worked
        # The connection is not lost.
        async with one.connection() as connection:
            assert await fetch_value(connection, "select 1") == 1
    finally:
        await one.close()


async def test_a_connection_that_the_server_closed_is_not_handed_out(
    postgres: EmbeddedPostgres, database: Database
) -> None:
    gone = await backend(database)
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s, 5000)", [gone])
    assert await backend(database) != gone


async def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnavailableError, match=r"127\.0\.0\.1:1/films") as caught:
        await check_server("postgresql://somebody:s3cret@127.0.0.1:1/films")
    assert "s3cret" not in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("url", ["not a url", "host=x password=s3cret s3cret", "postgresql://a:s3cret@host/x?no=thing"])
async def test_what_is_no_connection_string_is_not_quoted(url: str) -> None:
    with pytest.raises(DatabaseUnavailableError, match="is no connection string") as caught:
        await check_server(url)
    assert "s3cret" not in caught.value.message


async def test_a_server_that_is_too_old(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_postgres, "MINIMUM_VERSION", 99)
    with pytest.raises(DatabaseUnavailableError, match="is version 18; at least 99 is needed"):
        await check_server(conninfo)


async def test_moments_are_in_utc_wherever_the_server_is(conninfo: str, database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(f"alter database {connection.info.dbname} set timezone to 'Asia/Kolkata'")
    elsewhere = Database(conninfo)
    await elsewhere.open()
    try:
        async with elsewhere.connection() as connection, connection.transaction():
            moment = await fetch_value(connection, "select now()")
        # As official clients want it (docs/protocol/README.md#values).
        assert TypeAdapter(datetime).dump_json(moment).endswith(b'Z"')
    finally:
        await elsewhere.close()
