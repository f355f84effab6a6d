"""What the queue tells of itself: how much waits, runs and has failed in each queue, as it changes (core/events)."""

from __future__ import annotations

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all

#: Of several processes that look at once, one tells (an arbitrary constant of ours).
LOCK = 5_190_526


async def tell_changes(connection: Connection) -> None:
    """Record the queues that are not what was told of them last. In a transaction of the caller's."""
    await execute(
        connection,
        """
        with alone as materialized (select pg_try_advisory_xact_lock(%(lock)s) as held), now as (
            select queue_name as queue,
                count(*) filter (where status = 'todo' and coalesce(scheduled_at, now()) <= now()) as waiting,
                count(*) filter (where status = 'doing') as running,
                count(*) filter (where status = 'failed') as failed,
                (array_agg(task_name order by id) filter (where status = 'doing'))[1] as task,
                (array_agg(task_name order by id desc) filter (where status = 'failed'))[1] as last_failed
            from queue.procrastinate_jobs where (select held from alone) group by queue_name
        ), before as (
            select body ->> 'queue' as queue, (body ->> 'waiting')::integer as waiting,
                (body ->> 'running')::integer as running, (body ->> 'failed')::integer as failed
            from events.log where topic = 'jobs' and replaces like 'jobs %%' and (select held from alone)
        ), change as (
            select coalesce(now.queue, before.queue) as queue,
                coalesce(now.waiting, 0) as waiting, coalesce(now.running, 0) as running,
                coalesce(now.failed, 0) as failed, coalesce(before.waiting, 0) as had_waiting,
                coalesce(before.running, 0) as had_running, coalesce(before.failed, 0) as had_failed,
                now.task, now.last_failed
            from now full join before using (queue)
        ), told as (
            select *, case
                when failed > had_failed then 'failed'
                when waiting + running = 0 and had_waiting + had_running > 0 then 'ended'
                when running > 0 and had_running = 0 then 'started'
                else 'queued'
            end as type
            from change
            where (waiting, running, failed) is distinct from (had_waiting, had_running, had_failed)
        )
        select events.record('jobs', type, null, 'jobs ' || queue, null, jsonb_build_object(
            'queue', queue, 'waiting', waiting, 'running', running, 'failed', failed,
            'task', case when type = 'failed' then last_failed else task end
        ))
        from told
        """,
        {"lock": LOCK},
    )


async def depths(connection: Connection) -> list[DictRow]:
    """`{queue, waiting, running, failed, age}`; `age`: for how many seconds the oldest one that may run has waited."""
    return await fetch_all(
        connection,
        """
        select queue_name as queue,
            count(*) filter (where status = 'todo' and coalesce(scheduled_at, now()) <= now()) as waiting,
            count(*) filter (where status = 'doing') as running,
            count(*) filter (where status = 'failed') as failed,
            coalesce(extract(epoch from now() - (
                select min(event.at) from queue.procrastinate_events event
                where event.type = 'deferred' and event.job_id = min(job.id) filter (
                    where status = 'todo' and coalesce(scheduled_at, now()) <= now()
                )
            )), 0)::double precision as age
        from queue.procrastinate_jobs job group by queue_name
        """,
    )
