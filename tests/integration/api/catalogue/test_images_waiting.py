"""Pictures that wait by the thousand, of a host that is away or not: taking the next one reads few of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

import pytest

from kyoo.api.queries.catalogue import images
from kyoo.core.database.postgres import Connection, Database, execute, fetch_value

T = TypeVar("T")

MANY = 5000
#: Rows of pictures that may be looked at for one: those of a page of an index, and what other workers hold.
FEW = 3 * images.WOKEN

ADDED = """
insert into api.images (id, source, priority, attempts)
select encode(sha256((%(host)s || n)::bytea), 'hex'), 'https://' || %(host)s || '/' || n || '.jpg', %(priority)s, 0
from generate_series(1, %(many)s) n
"""
READ = """
select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
from pg_stat_xact_user_tables where schemaname = 'api' and relname = 'images'
"""


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    """Of a library whose pictures have just come: Postgres does not know yet how many there are."""
    async with database.connection() as connection:
        await execute(connection, "alter table api.images set (autovacuum_enabled = off)")
        for host, priority in (("away.example", 0), ("there.example", 10)):
            await execute(connection, ADDED, {"host": host, "priority": priority, "many": MANY})
    # The counts of rows read are those of a transaction.
    async with database.transaction() as connection:
        yield connection


async def rows_read(connection: Connection, asked: Awaitable[T]) -> tuple[T, int]:
    before = await fetch_value(connection, READ)
    answer = await asked
    return answer, int(await fetch_value(connection, READ)) - int(before)


async def test_the_next_of_thousands_is_found_at_once(connection: Connection) -> None:
    [first], read = await rows_read(connection, images.claim(connection, 1, 60))
    assert first.source.startswith("https://away.example/")
    assert read < FEW


async def test_those_of_a_host_that_is_away_are_not_passed_over_again_and_again(connection: Connection) -> None:
    await images.postpone(connection, "away.example", 600)
    for _ in range(3):
        [next_one], read = await rows_read(connection, images.claim(connection, 1, 60))
        assert next_one.source.startswith("https://there.example/")
        assert read < FEW
    # One more that tells the same writes nobody again.
    _, read = await rows_read(connection, images.postpone(connection, "away.example", 600))
    assert read < FEW


async def test_whose_pause_is_over_comes_before_what_is_less_wanted(connection: Connection) -> None:
    await images.postpone(connection, "away.example", 600)
    await execute(connection, "update api.images set retry_at = now() where source like %s", ["%away.example/7_.jpg"])
    claimed, read = await rows_read(connection, images.claim(connection, 12, 60))
    assert [one.source.startswith("https://away.example/7") for one in claimed].count(True) == 10
    assert read < FEW
