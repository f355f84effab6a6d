"""Jobs of a worker that died run again; a worker outlives an outage of Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.outage import away
from tests.waiting import PATIENCE, until

from kyoo.core.database.postgres import Database, fetch_all
from kyoo.core.database.queue import Queue, make_queue
from kyoo.serve import services
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.processes import worker
from kyoo.serve.processes.worker import run_lane, take_back


async def states(database: Database) -> list[tuple[str, str]]:
    async with database.connection() as connection:
        rows = await fetch_all(
            connection,
            # Not that of each year, which is put there on its day.
            "select args ->> 'n' as n, status::text from queue.procrastinate_jobs where args ? 'n' order by id",
        )
    return [(row["n"], row["status"]) for row in rows]


async def cut_off(database: Database) -> None:
    """As after `kill -9`: every job is marked as running, and nobody runs it."""
    async with database.transaction() as connection:
        await connection.execute("set local search_path to queue")
        await connection.execute("update procrastinate_jobs set status = 'doing'")


async def test_a_job_that_was_cut_off_waits_again(database: Database, conninfo: str) -> None:
    queue = make_queue(conninfo)
    async with queue.open_async():
        await queue.configure_task("scanner:scan", queueing_lock="scan").defer_async(n=1)
        await cut_off(database)
        await take_back(queue, seconds_since_heartbeat=0)
        assert await states(database) == [("1", "todo")]


async def test_work_that_was_asked_for_again_meanwhile_waits_once(database: Database, conninfo: str) -> None:
    queue = make_queue(conninfo)
    async with queue.open_async():
        await queue.configure_task("scanner:scan", queueing_lock="scan").defer_async(n=1)
        await cut_off(database)
        await queue.configure_task("scanner:scan", queueing_lock="scan").defer_async(n=2)
        await queue.configure_task("scanner:scan", queueing_lock="other").defer_async(n=3)
        await take_back(queue, seconds_since_heartbeat=0)
        assert await states(database) == [("2", "todo"), ("3", "todo")]


async def test_a_running_job_of_a_worker_that_lives_is_left_alone(database: Database, conninfo: str) -> None:
    queue = make_queue(conninfo)
    async with queue.open_async():
        worker = await queue.job_manager.register_worker()
        await queue.configure_task("scanner:scan").defer_async(n=1)
        await cut_off(database)
        async with database.connection() as connection:
            await connection.execute("update queue.procrastinate_jobs set worker_id = %s", [worker])
        await take_back(queue, seconds_since_heartbeat=60)
        assert await states(database) == [("1", "doing")]


class Lane:
    """A lane whose jobs say when they run, and end when they may."""

    def __init__(self, database: Database, queue: Queue, asking: Queue) -> None:
        self.database = database
        self.asking = asking
        self.runs: list[int] = []
        self.running, self.may_end = asyncio.Event(), asyncio.Event()
        queue.task(name="job", queue="lane")(self._job)
        # As every lane of the server has: without any periodic job, procrastinate forgets to look after its listener.
        queue.periodic(cron="0 0 1 1 *")(queue.task(name="yearly")(self._yearly))

    async def _job(self, n: int) -> None:
        self.runs.append(n)
        self.running.set()
        await self.may_end.wait()

    async def _yearly(self, timestamp: int) -> None:
        raise AssertionError(timestamp)

    async def begin(self, n: int) -> None:
        """Have the job run."""
        self.running.clear()
        await self.asking.configure_task("job", queue="lane", lock="job").defer_async(n=n)
        await asyncio.wait_for(self.running.wait(), PATIENCE)

    async def workers(self) -> list[int]:
        async with self.database.connection() as connection:
            return [row["id"] for row in await fetch_all(connection, "select id from queue.procrastinate_workers")]


@pytest.fixture
async def lane(database: Database, conninfo: str) -> AsyncIterator[Lane]:
    queue, asking = make_queue(conninfo, patience=0.3), make_queue(conninfo)
    lane = Lane(database, queue, asking)
    async with queue.open_async(), asking.open_async():
        task = asyncio.create_task(run_lane(queue, {}, services.Lane(("lane",), 1)))
        yield lane
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await states(database) == []


async def test_a_job_runs_through_an_outage(lane: Lane, conninfo: str, postgres: EmbeddedPostgres) -> None:
    await lane.begin(1)
    worker = await lane.workers()
    async with away(postgres, conninfo):
        await asyncio.sleep(0.6)
    lane.may_end.set()
    await lane.begin(2)
    assert lane.runs == [1, 2]
    assert await lane.workers() == worker


async def test_a_job_ends_in_an_outage(lane: Lane, conninfo: str, postgres: EmbeddedPostgres) -> None:
    await lane.begin(1)
    async with away(postgres, conninfo):
        lane.may_end.set()
        await asyncio.sleep(0.6)
    await lane.begin(2)
    assert lane.runs == [1, 2]


async def test_a_part_of_the_worker_that_fails_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "FIRST_PAUSE", 0.01)

    class Panic(BaseException):
        """As libraries in Rust raise it."""

    begun = 0
    faults = [ValueError("one"), ExceptionGroup("two", [ValueError("two")]), Panic("three"), None]

    async def part() -> None:
        nonlocal begun
        begun += 1
        if begun > len(faults):
            await asyncio.Event().wait()
        fault = faults[begun - 1]
        if fault is not None:
            raise fault

    running = asyncio.create_task(worker.kept_running("a part", part))

    async def all_survived() -> bool:
        return begun == len(faults) + 1

    await until(all_survived)
    running.cancel()
    await asyncio.wait([running], timeout=PATIENCE)
    assert running.cancelled()
