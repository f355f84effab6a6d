"""How far the scanner is, counted from the files and the queue."""

from __future__ import annotations

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, fetch_all, fetch_one


async def counts(connection: Connection) -> DictRow:
    row = await fetch_one(
        connection,
        """
        select
            count(*) filter (where missing_since is null) as found,
            count(*) filter (where missing_since is null and video_id is not null) as registered,
            count(*) filter (where missing_since is null and state = 'identified') as identified,
            count(*) filter (where missing_since is null and probed_at is not null) as probed,
            count(*) filter (where missing_since is null and state = 'failed') as failed,
            count(*) filter (where missing_since is not null) as missing,
            greatest(max(updated_at), (select max(updated_at) from scanner.roots)) as updated_at,
            exists (
                select from queue.procrastinate_jobs
                where queue_name in ('scan', 'identify') and task_name in ('scanner:scan', 'scanner:identify')
                  and (status = 'doing' or status = 'todo' and coalesce(scheduled_at, now()) <= now())
            ) as running
        from scanner.files where state <> 'ignored'
        """,
    )
    assert row is not None
    return row


async def left_out(connection: Connection, limit: int) -> list[DictRow]:
    """The files that are not shown on purpose, newest first."""
    return await fetch_all(
        connection,
        """
        select path, error as message from scanner.files
        where state = 'ignored' and error is not null and missing_since is null
        order by updated_at desc, path limit %s
        """,
        [limit],
    )


async def unmatched(connection: Connection, limit: int) -> list[DictRow]:
    """The files that have no entry, or as extras no show, newest first."""
    return await fetch_all(
        connection,
        """
        select f.path, case
            when f.kind = 'extra' then 'No film or serie is called ' || (f.parsed->>'title')
            when r.status = 'failed' then 'Its show cannot be identified: ' || coalesce(r.error->>'message', '?')
            else 'Its show waits to be identified'
        end as message
        -- The few first: all files of a first scan have a request, which would be looked up for each.
        from (
            select path, kind, parsed, show_id, updated_at from scanner.files f
            where missing_since is null and video_id is not null and (
                state = 'registered'
                or kind = 'extra' and state = 'identified' and show_id is null
                   and not exists (select from scanner.show_titles t where t.title_key = f.title_key)
            )
            order by updated_at desc, path limit %s
        ) f left join scanner.requests r on r.show_id = f.show_id
        order by f.updated_at desc, f.path
        """,
        [limit],
    )


async def warnings(connection: Connection) -> list[DictRow]:
    return await fetch_all(
        connection, "select path, warning as message from scanner.roots where warning is not null order by path"
    )


async def errors(connection: Connection, limit: int) -> list[DictRow]:
    """The files that could not be taken, and those that could not be read, newest first."""
    return await fetch_all(
        connection,
        """
        select path, coalesce(error, probe_error) as message from scanner.files
        where (state = 'failed' or probe_error is not null) and state <> 'ignored'
        order by updated_at desc limit %s
        """,
        [limit],
    )
