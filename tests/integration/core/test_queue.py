"""The queue: what becomes of jobs that are cut off, fail while another one of their kind waits, or are asked for while
nobody listens."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import procrastinate
import psycopg
import pytest
from tests.queued import queue_conninfo
from tests.waiting import PATIENCE, until

from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import LONGEST_PAUSE, BackOff, Queue, make_queue, migrate_queue, pauses
from kyoo.core.database.queue_events import tell_changes
from kyoo.serve.processes.worker import take_back


@pytest.fixture
async def queue(conninfo: str) -> AsyncIterator[Queue]:
    queue = make_queue(conninfo)
    async with queue.open_async():
        yield queue


def jobs(conninfo: str) -> list[tuple[int, str]]:
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute("select id, status::text from queue.procrastinate_jobs order by id").fetchall()
        return [(row[0], row[1]) for row in rows]


async def test_a_job_that_is_cut_off_while_its_like_waits_is_that_one(queue: Queue, conninfo: str) -> None:
    scan = queue.configure_task("scan", queue="scan", queueing_lock="scan", lock="scan")
    cut_off = await scan.defer_async()
    other = await queue.configure_task("probe", queue="scan", queueing_lock="probe").defer_async()
    with psycopg.connect(queue_conninfo(conninfo)) as connection:
        connection.execute("update queue.procrastinate_jobs set status = 'doing'")
    waiting = await scan.defer_async()

    await take_back(queue, seconds_since_heartbeat=0)

    assert jobs(conninfo) == [(other, "todo"), (waiting, "todo")]
    assert cut_off not in dict(jobs(conninfo))


async def test_a_job_that_fails_while_its_like_waits_does_not_keep_the_lock(queue: Queue, conninfo: str) -> None:
    runs: list[int] = []
    scan = queue.configure_task("scan", queue="scan", queueing_lock="scan", lock="scan")

    @queue.task(name="scan", queue="scan", retry=procrastinate.RetryStrategy(max_attempts=3, wait=0))
    async def _scan() -> None:
        runs.append(1)
        if len(runs) == 1:
            await scan.defer_async()
            raise OSError("the api is away")

    await scan.defer_async()
    await queue.run_worker_async(queues=["scan"], wait=False, install_signal_handlers=False, delete_jobs="successful")

    assert len(runs) == 2
    assert jobs(conninfo) == []


async def test_a_job_that_is_cut_off_by_a_stop_waits_for_the_next_worker(queue: Queue, conninfo: str) -> None:
    runs: list[int] = []
    started = asyncio.Event()

    @queue.task(name="slow", queue="slow", retry=BackOff())
    async def _slow() -> None:
        runs.append(1)
        started.set()
        await asyncio.sleep(60 if len(runs) == 1 else 0)

    async def work(*, wait: bool) -> None:
        await queue.run_worker_async(
            queues=["slow"],
            wait=wait,
            install_signal_handlers=False,
            delete_jobs="successful",
            shutdown_graceful_timeout=0.1,
        )

    job = await queue.configure_task("slow", queue="slow").defer_async()
    worker = asyncio.create_task(work(wait=True))
    await started.wait()
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert jobs(conninfo) == [(job, "todo")]
    await work(wait=False)
    assert jobs(conninfo) == []


async def test_a_job_asked_for_while_nobody_listened_runs_at_once(queue: Queue, conninfo: str) -> None:
    ran = asyncio.Event()

    @queue.task(name="job", queue="lane")
    async def _job() -> None:
        ran.set()

    listeners = "from pg_stat_activity where datname = current_database() and query like 'LISTEN %'"
    with psycopg.connect(queue_conninfo(conninfo), autocommit=True) as connection:

        def is_listening() -> bool:
            return connection.execute(f"select {listeners}").fetchone() is not None

        never = 2 * PATIENCE
        worker = asyncio.create_task(
            queue.run_worker_async(queues=["lane"], install_signal_handlers=False, fetch_job_polling_interval=never)
        )
        await until(is_listening)
        # It has looked for jobs.
        await asyncio.sleep(0.5)
        # Without the triggers, which notify.
        connection.execute("set session_replication_role = replica")
        connection.execute("insert into procrastinate_jobs (task_name, queue_name) values ('job', 'lane')")
        connection.execute(f"select pg_terminate_backend(pid) {listeners}")
        await asyncio.wait_for(ran.wait(), PATIENCE)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


def test_postgres_is_asked_again_however_long_it_is_away() -> None:
    *short, longest = itertools.islice(pauses(), 2000)
    assert short[:3] == [0.25, 0.5, 1.0]
    assert longest == LONGEST_PAUSE


async def test_what_is_told_of_the_queue(queue: Queue, conninfo: str, database: Database) -> None:
    async def told() -> list[tuple[str, int, int, int]]:
        async with database.transaction() as connection:
            await tell_changes(connection)
        async with database.connection() as connection:
            found = await events.since(connection, seen[0])
        seen[0] = found[-1].id if found else seen[0]
        return [(e.type, e.body["waiting"], e.body["running"], e.body["failed"]) for e in found]

    def change(statement: str) -> None:
        with psycopg.connect(queue_conninfo(conninfo)) as connection:
            connection.execute(statement.encode())

    seen = [0]
    await queue.configure_task("scan", queue="scan").defer_async()
    await queue.configure_task("scan", queue="scan").defer_async()
    assert await told() == [("queued", 2, 0, 0)]
    assert await told() == []
    change("update procrastinate_jobs set status = 'doing' where id = (select min(id) from procrastinate_jobs)")
    assert await told() == [("started", 1, 1, 0)]
    change("update procrastinate_jobs set status = 'failed' where status = 'doing'")
    assert await told() == [("failed", 1, 0, 1)]
    change("delete from procrastinate_jobs where status = 'todo'")
    assert await told() == [("ended", 0, 0, 1)]
    change("delete from procrastinate_jobs")
    assert await told() == [("queued", 0, 0, 0)]
    assert await told() == []


async def test_a_job_is_taken_as_quickly_from_thousands_that_postgres_has_not_counted_yet(conninfo: str) -> None:
    """In pages of the database that are read, which do not depend on how busy the machine is."""
    take = "explain (analyze, buffers, format json) select * from queue.procrastinate_fetch_job_v2(%s, %s)"

    def read(connection: psycopg.Connection) -> int:
        [[[answer]]] = connection.execute(take, [["identify"], worker])
        return int(answer["Plan"]["Shared Hit Blocks"])

    with psycopg.connect(queue_conninfo(conninfo), autocommit=True) as connection:
        worker = connection.execute("insert into procrastinate_workers default values returning id").fetchone()[0]  # type: ignore[index]
        connection.execute(
            """
            insert into procrastinate_jobs (queue_name, task_name, priority, lock, args, scheduled_at)
            select 'identify', 'scanner:identify', 0, 'show ' || n, '{}'::jsonb, null::timestamptz
            from generate_series(1, 3000) n
            union all
            select 'identify', 'scanner:refresh', -5, 'show ' || n, '{}', now() + interval '1 hour'
            from generate_series(1, 1500) n
            """
        )
        read(connection)
        assert read(connection) < 1000
        taken = connection.execute("select count(*) from procrastinate_jobs where status = 'doing'").fetchone()
    assert taken == (2,)


async def test_a_job_of_one_lane_is_taken_as_quickly_however_many_wait_in_another(conninfo: str) -> None:
    take = "explain (analyze, buffers, format json) select * from queue.procrastinate_fetch_job_v2(%s, %s)"
    waits = """
        insert into procrastinate_jobs (queue_name, task_name, priority, lock, args)
        select %s, 'a task', 0, %s || n, '{}' from generate_series(1, %s) n
    """
    migrate_queue(conninfo, [("identify", "default"), ("describe",)])
    with psycopg.connect(queue_conninfo(conninfo), autocommit=True) as connection:
        worker = connection.execute("insert into procrastinate_workers default values returning id").fetchone()[0]  # type: ignore[index]

        def read(queues: list[str]) -> int:
            [[[answer]]] = connection.execute(take, [queues, worker])
            return int(answer["Plan"]["Shared Hit Blocks"])

        connection.execute(waits, ["describe", "first ", 3])
        alone = [read(["describe"]) for _ in range(3)][-1]
        connection.execute(waits, ["identify", "identify ", 6000])
        connection.execute(waits, ["describe", "last ", 3])
        assert [read(["describe"]) for _ in range(2)][-1] < alone + 40
        taken = connection.execute(
            "select queue_name, count(*) from procrastinate_jobs where status = 'doing' group by 1"
        )
        assert taken.fetchall() == [("describe", 5)]
