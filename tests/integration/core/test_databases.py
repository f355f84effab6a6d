"""A database that a test gets is as new, whatever the one before did to it (`tests/databases.py`)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from tests.databases import TABLES, Databases

from kyoo.core.database.postgres import Connection, Database, fetch_value
from kyoo.serve.postgres.embedded import EmbeddedPostgres


@pytest.fixture
def databases(databases: Databases, postgres: EmbeddedPostgres) -> Iterator[Databases]:
    """New ones: those of the run may be at the end of their life."""
    mine = Databases(postgres)
    yield mine
    mine.end()


SEQUENCES = "select schemaname, sequencename, last_value from pg_sequences order by 1, 2"


def contents(conninfo: str) -> dict[str, Any]:
    """Every row, and the value of every sequence."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        rows = {table: connection.execute(f"table {table}").fetchall() for (table,) in connection.execute(TABLES)}
        return {table: found for table, found in rows.items() if found} | {
            "sequences": connection.execute(SEQUENCES).fetchall()
        }


async def test_what_a_test_wrote_is_gone(databases: Databases) -> None:
    with databases.lend() as conninfo:
        new = contents(conninfo)
        assert any(table.endswith(".migrations") for table in new), "a new database has rows"
    with databases.lend() as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("insert into auth.users (username, email) values ('a', 'a')")
            connection.execute("delete from auth.migrations")
            connection.execute("update events.forgotten set id = 17")
            connection.execute("select nextval('api.library_generations')")
        assert contents(conninfo) != new
    with databases.lend() as again:
        assert again == conninfo, "the next test has the same database"
        assert contents(again) == new


@asynccontextmanager
async def connected(conninfo: str) -> AsyncIterator[Connection]:
    database = Database(conninfo, max_size=1)
    await database.open()
    async with database.connection() as connection:
        yield connection
    await database.close()


async def test_a_connection_that_is_kept_has_forgotten_its_session(databases: Databases) -> None:
    with databases.lend() as conninfo:
        async with connected(conninfo) as connection:
            pid = connection.info.backend_pid
            await connection.execute("set search_path to nowhere; set role pg_monitor; select pg_advisory_lock(17)")
    with databases.lend() as again:
        async with connected(again) as connection:
            assert connection.info.backend_pid == pid, "it is kept"
            state = """
                select concat_ws(' ', current_setting('search_path'), session_user = current_user,
                                 (select count(*) from pg_locks where locktype = 'advisory'))
            """
            assert await fetch_value(connection, state) == '"$user", public t 0'


async def test_a_kept_connection_that_was_ended_is_replaced(databases: Databases) -> None:
    with databases.lend() as conninfo:
        async with connected(conninfo) as connection:
            pid = connection.info.backend_pid
        with psycopg.connect(conninfo, autocommit=True) as other:
            assert other.execute("select pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)
        async with connected(conninfo) as connection:
            assert await fetch_value(connection, "select 1") == 1


@pytest.mark.parametrize(
    "change",
    [
        "alter table auth.users add column more int",
        "drop index api.devices_process",
        "create table public.more ()",
        "create temporary table more ()",
        "grant select on auth.users to public",
        "analyze auth.migrations",
        "alter database {name} set work_mem = '5MB'",
        "create or replace function api.more() returns int return 1",
        "insert into events.forgotten select n from generate_series(1, 20000) n",
    ],
)
async def test_a_changed_database_is_not_used_again(databases: Databases, change: str) -> None:
    with databases.lend() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(change.format(name=connection.info.dbname))
    with databases.lend() as another:
        assert another != conninfo
