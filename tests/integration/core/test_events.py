"""Events are read in the order of commit, whatever is committed in which order; nothing is missed, and old ones go."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from tests.waiting import until

from kyoo.core import events
from kyoo.core.database.postgres import Database, execute, fetch_value
from kyoo.core.events import Event, Fact
from kyoo.core.events.feed import Feed


async def write(database: Database, *facts: Fact) -> None:
    async with database.transaction() as connection:
        await events.record(connection, *facts)


async def all_events(database: Database, after: int = 0) -> list[Event]:
    async with database.connection() as connection:
        return await events.since(connection, after)


def numbers(found: list[Event]) -> list[int]:
    return [event.body["n"] for event in found]


@contextlib.asynccontextmanager
async def following(database: Database) -> AsyncIterator[list[Event]]:
    got: list[Event] = []
    feed = Feed(database)
    feed.follow(got.extend)
    async with feed.running():
        await until(lambda: feed.seen is not None)
        yield got


async def test_an_event_is_there_with_its_fact_or_not_at_all(database: Database) -> None:
    owner = uuid4()
    with contextlib.suppress(ZeroDivisionError):
        async with database.transaction() as connection:
            await events.record(connection, Fact("watch", "progress", {"n": 0}))
            raise ZeroDivisionError
    await write(database, Fact("watch", "progress", {"n": 1}, owner=owner, origin="here"))
    (event,) = await all_events(database)
    assert (event.topic, event.type, event.owner, event.origin) == ("watch", "progress", owner, "here")


async def test_who_commits_first_is_first(database: Database) -> None:
    async with database.transaction() as slow:
        await events.record(slow, Fact("scan", "started", {"n": 1}))
        await write(database, Fact("scan", "started", {"n": 2}))
        (quick,) = await all_events(database)
    assert numbers(await all_events(database)) == [2, 1]
    assert numbers(await all_events(database, quick.id)) == [1]


async def test_a_reader_misses_nothing_of_writers_at_work(database: Database) -> None:
    """Transactions that overlap, some of them undone, read by two who follow and one who asks again and again."""
    chance = random.Random(7)
    written: list[int] = []

    async def writer(start: int) -> None:
        for n in range(start, start + 25):
            with contextlib.suppress(ZeroDivisionError):
                async with database.transaction() as connection:
                    await events.record(connection, Fact("scan", "progress", {"n": n}))
                    await asyncio.sleep(chance.choice([0, 0, 0.002]))
                    if chance.random() < 0.2:
                        raise ZeroDivisionError
                written.append(n)

    asked: list[Event] = []
    async with following(database) as first, following(database) as second:
        writing = asyncio.gather(*(writer(start) for start in range(0, 500, 100)))
        while not writing.done():
            asked += await all_events(database, asked[-1].id if asked else 0)
            await asyncio.sleep(0)
        await writing
        asked += await all_events(database, asked[-1].id if asked else 0)
        await until(lambda: len(first) == len(second) == len(written))
    for got in (asked, first, second):
        assert sorted(numbers(got)) == sorted(written)
        assert [event.id for event in got] == sorted(event.id for event in got)


async def test_a_later_one_takes_the_place_of_an_earlier_one(database: Database) -> None:
    for n in range(3):
        await write(database, Fact("watch", "progress", {"n": n}, replaces="watch:ada:e1"))
    await write(database, Fact("watch", "progress", {"n": 9}, replaces="watch:ada:e2"))
    first, _ = await all_events(database)
    async with following(database) as got:
        await write(database, Fact("watch", "progress", {"n": 3}, replaces="watch:ada:e1"))
        await until(lambda: numbers(got) == [3])
    assert numbers(await all_events(database, first.id)) == [9, 3]


async def test_who_was_cut_off_catches_up(database: Database) -> None:
    async with following(database) as got:
        async with database.connection() as connection:
            kill = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%% listening'"
            await execute(connection, kill)
        await write(database, Fact("scan", "started", {"n": 1}))
        await until(lambda: numbers(got) == [1])


async def test_a_follower_that_fails_takes_nothing_from_others(database: Database) -> None:
    feed = Feed(database)
    got: list[Event] = []

    def broken(_: list[Event]) -> None:
        raise ZeroDivisionError

    feed.follow(broken)
    feed.follow(got.extend)
    async with feed.running():
        await until(lambda: feed.seen is not None)
        await write(database, Fact("scan", "started", {"n": 1}))
        await until(lambda: numbers(got) == [1])


async def test_old_ones_go_and_who_asks_for_them_is_told(database: Database) -> None:
    await write(database, *(Fact("scan", "progress", {"n": n}) for n in range(3)))
    before = await all_events(database)
    async with database.transaction() as connection:
        age = "update events.log set at = now() - interval '25 hours' where id < %s"
        await execute(connection, age, [before[2].id])
        assert await events.forget(connection) == 2
        assert not await events.has_all_since(connection, before[0].id)
        assert await events.has_all_since(connection, before[1].id)
        assert not await events.has_all_since(connection, before[2].id + 1)
        assert await events.forget(connection, older_than=timedelta(0)) == 1
        assert await events.newest(connection) == before[2].id
        assert await events.forget(connection) == 0


async def test_a_consumer_takes_each_event_once(database: Database) -> None:
    await write(database, Fact("scan", "started", {"n": 0}))

    async def take(*topics: str, limit: int = 1000, fail: bool = False) -> list[int]:
        async with database.transaction() as connection:
            got = await events.take(connection, "trackers", topics or None, limit=limit)
            if fail:
                raise ZeroDivisionError
        return numbers(got)

    assert await take() == []
    await write(database, *(Fact("watch" if n % 2 else "scan", "x", {"n": n}) for n in range(1, 6)))
    with pytest.raises(ZeroDivisionError):
        await take(fail=True)
    assert await take("watch", limit=4) == [1, 3]
    assert await take("watch") == [5]
    assert await take() == []


async def test_readers_with_limits_write_events_and_read_none(database: Database) -> None:
    async with database.connection() as connection, connection.transaction():
        await execute(connection, "set local role kyoo_limited")
        await events.record(connection, Fact("watch", "progress", {"n": 1}))
    async with database.connection() as connection:
        await execute(connection, "set role kyoo_limited")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await fetch_value(connection, "select count(*) from events.log")
        await execute(connection, "reset role")
    assert numbers(await all_events(database)) == [1]
