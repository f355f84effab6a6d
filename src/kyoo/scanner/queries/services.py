"""The SQL of scanner.services and scanner.answers: whose turn it is, how a service is, what it answered."""

from __future__ import annotations

from datetime import datetime

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value


async def take_turn(
    connection: Connection, name: str, *, interval: float, burst: float, patience: float
) -> float | None:
    """Take the next turn of a service (the generic cell rate algorithm): the seconds until it, None when that is over
    `patience`. After a rest `burst` seconds of turns can be taken at once. The service's own pace wins over
    `interval`."""
    found: float | None = await fetch_value(
        connection,
        """
        insert into scanner.services as s (name, due, requests)
        values (%(name)s, clock_timestamp() + make_interval(secs => %(interval)s), 1)
        on conflict (name) do update set
            due = greatest(s.due, clock_timestamp()) + make_interval(secs => coalesce(s.pace, %(interval)s)),
            requests = s.requests + 1
        where greatest(s.due - make_interval(secs => %(burst)s), s.blocked_until)
            <= clock_timestamp() + make_interval(secs => %(patience)s)
        returning greatest(0, extract(epoch from
            greatest(due - make_interval(secs => coalesce(pace, %(interval)s) + %(burst)s), blocked_until)
            - clock_timestamp()))::float8
        """,
        {"name": name, "interval": interval, "burst": burst, "patience": patience},
    )
    return found


async def wait(connection: Connection, name: str, burst: float) -> float:
    """The seconds until a turn could be taken."""
    found: float | None = await fetch_value(
        connection,
        """
        select greatest(0, extract(epoch from
            greatest(due - make_interval(secs => %(burst)s), blocked_until) - clock_timestamp()))::float8
        from scanner.services where name = %(name)s
        """,
        {"name": name, "burst": burst},
    )
    return found or 0.0


async def blocked(connection: Connection, name: str) -> float:
    """The seconds for which nobody may ask the service."""
    found: float | None = await fetch_value(
        connection,
        """
        select greatest(0, extract(epoch from blocked_until - clock_timestamp()))::float8
        from scanner.services where name = %s
        """,
        [name],
    )
    return found or 0.0


async def report(
    connection: Connection,
    name: str,
    *,
    state: str,
    message: str | None,
    took: float,
    pace: float | None,
    blocked: float,
    failed: bool,
    patience: int,
) -> None:
    """How a request went. From the failure number `patience` on in a row, nobody asks for a while that doubles each
    time, at most ten minutes; the first who asks then finds out."""
    await execute(
        connection,
        """
        update scanner.services set
            state = %(state)s,
            message = %(message)s,
            took = case when %(failed)s then took else coalesce(took * 0.8 + %(took)s * 0.2, %(took)s) end,
            pace = coalesce(%(pace)s, pace),
            failures = case when %(failed)s then failures + 1 when %(state)s = 'limited' then failures else 0 end,
            blocked_until = case
                when %(blocked)s > 0 then
                    greatest(blocked_until, clock_timestamp() + make_interval(secs => %(blocked)s))
                when %(failed)s and (failures + 1 >= %(patience)s or %(state)s = 'refused') then
                    clock_timestamp() + make_interval(
                        secs => least(600, 10 * 2 ^ least(greatest(failures + 1 - %(patience)s, 0), 10)))
                when %(failed)s or %(state)s = 'limited' then blocked_until
            end,
            answered_at = case when %(failed)s or %(state)s = 'limited' then answered_at else now() end,
            failed_at = case when %(failed)s then now() else failed_at end
        where name = %(name)s
        """,
        {
            "name": name,
            "state": state,
            "message": message,
            "took": took,
            "pace": pace,
            "blocked": blocked,
            "failed": failed,
            "patience": patience,
        },
    )


async def forget(connection: Connection, name: str) -> None:
    """Another key, or another address: what was known is of no use."""
    await execute(
        connection,
        """
        update scanner.services set state = 'unknown', message = null, blocked_until = null, failures = 0, pace = null
        where name = %s
        """,
        [name],
    )


async def state(connection: Connection, name: str) -> DictRow | None:
    """How a service is; `blocked_until` only while it is ahead."""
    return await fetch_one(
        connection,
        """
        select state, message, took, requests, answered_at, failed_at,
            case when blocked_until > now() then blocked_until end as blocked_until
        from scanner.services where name = %s
        """,
        [name],
    )


async def answer(connection: Connection, key: str) -> DictRow | None:
    """A kept answer; that it was used is noted once a day."""
    row = await fetch_one(connection, "select * from scanner.answers where key = %s", [key])
    if row is not None:
        await execute(
            connection,
            "update scanner.answers set used_on = current_date where key = %s and used_on < current_date",
            [key],
        )
    return row


async def keep_answer(
    connection: Connection,
    key: str,
    *,
    service: str,
    status: int,
    body: bytes,
    etag: str | None,
    modified: str | None,
    fresh_until: datetime,
) -> None:
    await execute(
        connection,
        """
        insert into scanner.answers (key, service, status, body, etag, modified, fresh_until)
        values (%(key)s, %(service)s, %(status)s, %(body)s, %(etag)s, %(modified)s, %(fresh)s)
        on conflict (key) do update set
            status = excluded.status, etag = excluded.etag, modified = excluded.modified,
            fresh_until = excluded.fresh_until, used_on = current_date,
            body = case when answers.body = excluded.body then answers.body else excluded.body end
        """,
        {
            "key": key,
            "service": service,
            "status": status,
            "body": body,
            "etag": etag,
            "modified": modified,
            "fresh": fresh_until,
        },
    )


async def drop_answers(connection: Connection, *, unused_days: int, limit: int) -> int:
    """Remove the answers that nobody used for that long, and the longest unused beyond `limit` bytes in all."""
    return await execute(
        connection,
        """
        delete from scanner.answers where key in (
            select key from (
                select key, used_on, sum(length(body)) over (order by used_on desc, key) as total from scanner.answers
            ) a
            where used_on < current_date - %(days)s::integer or total > %(limit)s
        )
        """,
        {"days": unused_days, "limit": limit},
    )


async def states(connection: Connection) -> list[DictRow]:
    """`{name, up, requests}` of each that has been asked."""
    return await fetch_all(
        connection,
        """
        select name, (state in ('ok', 'slow'))::integer as up, requests
        from scanner.services where state <> 'unknown'
        """,
    )
