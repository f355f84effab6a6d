"""Jobs of a worker that died run again."""

from __future__ import annotations

from kyoo.core.postgres import Database, fetch_all
from kyoo.core.queue import make_queue
from kyoo.serve.worker import take_back


async def states(database: Database) -> list[tuple[str, str]]:
    async with database.connection() as connection:
        rows = await fetch_all(
            connection, "select args ->> 'n' as n, status::text from queue.procrastinate_jobs order by id"
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
