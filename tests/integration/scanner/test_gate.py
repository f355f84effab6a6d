"""Turns at a service of metadata, shared by replicas, and the answers that are kept for all of them."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.machine import scaled

from kyoo.core.database.postgres import Database, execute, fetch_one
from kyoo.scanner.gate import SharedCache, SharedGate
from kyoo.scanner.providers.base import UnavailableError
from kyoo.scanner.providers.client import Kept, Pace, RequestReport
from kyoo.scanner.queries import services

FAST = Pace(10, 1)
FAILED = RequestReport("down", 0, "answers 500", failed=True)
OK = RequestReport("ok", 0.1)


async def state(database: Database, name: str = "tmdb") -> dict[str, object]:
    async with database.connection() as connection:
        row = await fetch_one(connection, "select * from scanner.services where name = %s", [name])
    assert row is not None
    return row


async def test_two_replicas_share_one_pace(database: Database) -> None:
    gates = [SharedGate(database), SharedGate(database)]
    begun = time.monotonic()
    # Five at once after a rest (a burst of four more), then one each 0.1 s, whoever asks.
    await asyncio.gather(*(gates[n % 2].enter("tmdb", FAST, urgent=False) for n in range(10)))
    assert time.monotonic() - begun >= 0.45
    # Another service has turns of its own.
    begun = time.monotonic()
    await gates[0].enter("tvdb", FAST, urgent=False)
    assert time.monotonic() - begun < scaled(0.4)


async def test_a_person_does_not_wait_for_the_queue(database: Database) -> None:
    gate, slow = SharedGate(database, patience=1000), Pace(60, 600)
    jobs = [asyncio.create_task(gate.enter("tmdb", slow, urgent=False)) for _ in range(6)]
    await asyncio.wait(jobs, timeout=0.5)
    assert sum(job.done() for job in jobs) == 5
    begun = time.monotonic()
    await gate.enter("tmdb", slow, urgent=True)
    assert time.monotonic() - begun < scaled(2)
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)


async def test_a_turn_that_is_far_away_is_not_taken(database: Database) -> None:
    gate, slow = SharedGate(database, patience=5), Pace(1, 60)
    await gate.enter("tmdb", slow, urgent=False)
    due = (await state(database))["due"]
    with pytest.raises(UnavailableError) as raised:
        await gate.enter("tmdb", slow, urgent=False)
    assert raised.value.retry_after is not None
    assert 50 < raised.value.retry_after <= 60
    assert (await state(database))["due"] == due


async def test_the_pace_of_the_service_wins(database: Database) -> None:
    gate = SharedGate(database)
    await gate.enter("anilist", Pace(90, 60), urgent=False)
    await gate.report("anilist", RequestReport("ok", 0.1, interval=2.0))
    before = (await state(database, "anilist"))["due"]
    await gate.enter("anilist", Pace(90, 60), urgent=False)
    after = (await state(database, "anilist"))["due"]
    assert isinstance(before, datetime)
    assert isinstance(after, datetime)
    assert (
        timedelta(seconds=1.9) < after - max(before, datetime.now(UTC) - timedelta(seconds=1)) <= timedelta(seconds=3)
    )


async def test_over_its_limit_nobody_asks_until_it_says_so(database: Database) -> None:
    gate = SharedGate(database)
    await gate.enter("tmdb", FAST, urgent=False)
    await gate.report("tmdb", RequestReport("limited", 0, "over its limit", blocked=600))
    for replica in (gate, SharedGate(database)):
        with pytest.raises(UnavailableError) as raised:
            await replica.enter("tmdb", FAST, urgent=True)
        assert raised.value.retry_after is not None
        assert 590 < raised.value.retry_after <= 600
    found = await state(database)
    assert (found["state"], found["failures"]) == ("limited", 0)


async def test_an_outage_is_left_alone_and_found_to_be_over(database: Database) -> None:
    gate = SharedGate(database)
    for _ in range(2):
        await gate.enter("tmdb", FAST, urgent=False)
        await gate.report("tmdb", FAILED)
    await gate.enter("tmdb", FAST, urgent=False)
    await gate.report("tmdb", FAILED)
    found = await state(database)
    assert (found["state"], found["message"], found["failures"]) == ("down", "answers 500", 3)
    impatient = SharedGate(database, patience=1)
    with pytest.raises(UnavailableError):
        await impatient.enter("tmdb", FAST, urgent=False)
    async with database.connection() as connection:
        await execute(connection, "update scanner.services set blocked_until = now()")
    await impatient.enter("tmdb", FAST, urgent=False)
    await gate.report("tmdb", OK)
    found = await state(database)
    assert (found["state"], found["message"], found["failures"], found["blocked_until"]) == ("ok", None, 0, None)


async def test_another_key_opens_the_gate(database: Database) -> None:
    gate = SharedGate(database, patience=1)
    await gate.enter("tvdb", FAST, urgent=False)
    await gate.report("tvdb", RequestReport("refused", 0, "the key is refused (401)", failed=True))
    with pytest.raises(UnavailableError):
        await gate.enter("tvdb", FAST, urgent=False)
    async with database.connection() as connection:
        await services.forget(connection, "tvdb")
    await gate.enter("tvdb", FAST, urgent=False)


async def test_answers_are_kept_for_all_and_dropped_when_nobody_uses_them(database: Database) -> None:
    now = datetime.now(UTC)
    mine, others = SharedCache(database), SharedCache(database)
    await mine.put("a", "tmdb", Kept(200, b'{"id": 1}' * 1000, now, '"x"'))
    await mine.put("b", "tmdb", Kept(404, b"", now))
    found = await others.get("a")
    assert found is not None
    assert (found.status, found.body, found.etag, found.fresh_until) == (200, b'{"id": 1}' * 1000, '"x"', now)
    missing = await others.get("b")
    assert missing is not None
    assert missing.status == 404
    assert await others.get("c") is None
    async with database.connection() as connection:
        await execute(connection, "update scanner.answers set used_on = current_date - 61 where key = 'a'")
        assert await services.drop_answers(connection, unused_days=60, limit=10**9) == 1
        assert await services.drop_answers(connection, unused_days=60, limit=10**9) == 0
    assert await others.get("a") is None
    await mine.put("a", "tmdb", Kept(200, b"{}", now))
    async with database.connection() as connection:
        assert await services.drop_answers(connection, unused_days=60, limit=0) == 2
    assert await others.get("a") is None
