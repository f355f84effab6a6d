"""The SQL of what webhooks are told: what is to be sent, what became of it, and the log of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is being sent; `tries` counts this one."""

    pk: int
    id: UUID
    type: str
    body: dict[str, Any]
    tries: int
    created_at: datetime


async def add_deliveries(connection: Connection, rows: Sequence[tuple[int, str, dict[str, Any]]]) -> None:
    """(webhook, type, body) of each."""
    if rows:
        await execute(
            connection,
            """
            insert into api.webhook_deliveries (webhook_pk, type, body)
            select webhook, type, body from rows from (
                jsonb_to_recordset(%s) as (webhook bigint, type text, body jsonb)
            ) with ordinality as given (webhook, type, body, place)
            order by place
            """,
            [Jsonb([{"webhook": pk, "type": kind, "body": body} for pk, kind, body in rows])],
        )


async def trim(connection: Connection, hooks: Collection[int], *, backlog: int) -> None:
    """No more wait for one webhook than these: the oldest are not told any more."""
    await execute(
        connection,
        """
        update api.webhook_deliveries set state = 'failed', reason = 'Too many waited'
        where pk in (
            select pk from (
                select pk, row_number() over (partition by webhook_pk order by pk desc) as place
                from api.webhook_deliveries where webhook_pk = any(%(hooks)s) and state = 'waiting'
            ) waiting where place > %(backlog)s
        )
        """,
        {"hooks": list(hooks), "backlog": backlog},
    )


async def claim(connection: Connection, hook: int, *, lease: float) -> Due | None:
    """The oldest message that is due; after `lease` seconds without a word somebody else may send it."""
    row = await fetch_one(
        connection,
        """
        update api.webhook_deliveries set tries = tries + 1, sent_at = clock_timestamp(),
            next_try = clock_timestamp() + make_interval(secs => %(lease)s)
        where pk = (
            select delivery.pk from api.webhook_deliveries delivery
            join api.webhooks hook on hook.pk = delivery.webhook_pk
            where delivery.webhook_pk = %(hook)s and delivery.state = 'waiting'
                and delivery.next_try <= clock_timestamp()
                and hook.enabled and hook.paused_until <= clock_timestamp()
            order by delivery.pk limit 1 for update of delivery skip locked
        )
        returning pk, id, type, body, tries, created_at
        """,
        {"hook": hook, "lease": lease},
    )
    return Due(**row) if row else None


async def arrived(connection: Connection, hook: int, delivery: int, status: int) -> None:
    await execute(
        connection,
        "update api.webhook_deliveries set state = 'done', status = %s, reason = null where pk = %s",
        [status, delivery],
    )
    await execute(
        connection,
        """
        update api.webhooks set failures = 0, failing_since = null, paused_until = '-infinity', reason = null
        where pk = %s and (failing_since is not null or reason is not null)
        """,
        [hook],
    )


async def failed(
    connection: Connection,
    hook: int,
    delivery: int,
    *,
    status: int | None,
    reason: str,
    again_in: float | None,
    pause: float | None,
) -> datetime | None:
    """It did not arrive; `again_in` seconds it is tried again, None: never. `pause`: seconds without any message.
    Since when the webhook has failed."""
    await execute(
        connection,
        """
        update api.webhook_deliveries set status = %(status)s, reason = %(reason)s,
            state = case when %(again)s::double precision is null then 'failed' else 'waiting' end,
            next_try = clock_timestamp() + make_interval(secs => coalesce(%(again)s, 0))
        where pk = %(pk)s
        """,
        {"pk": delivery, "status": status, "reason": reason, "again": again_in},
    )
    since: datetime | None = await fetch_value(
        connection,
        """
        update api.webhooks set failures = failures + 1, failing_since = coalesce(failing_since, clock_timestamp()),
            reason = %(reason)s, paused_until = case
                when %(pause)s::double precision is null then paused_until
                else clock_timestamp() + make_interval(secs => %(pause)s)
            end
        where pk = %(pk)s returning failing_since
        """,
        {"pk": hook, "reason": reason, "pause": pause},
    )
    return since


async def switch_off(connection: Connection, hook: int, reason: str) -> bool:
    """Whether it was on. What waits for it is not told."""
    was_on = await execute(
        connection, "update api.webhooks set enabled = false, reason = %s where pk = %s and enabled", [reason, hook]
    )
    await drop_waiting(connection, hook)
    return bool(was_on)


async def drop_waiting(connection: Connection, hook: int) -> None:
    await execute(
        connection,
        """
        update api.webhook_deliveries set state = 'failed', reason = coalesce(reason, 'It was switched off')
        where webhook_pk = %s and state = 'waiting'
        """,
        [hook],
    )


async def next_due(connection: Connection, hook: int) -> float | None:
    """Seconds until something is due; None: nothing waits."""
    seconds: float | None = await fetch_value(
        connection,
        """
        select extract(epoch from greatest(min(delivery.next_try), hook.paused_until) - clock_timestamp())
            ::double precision
        from api.webhooks hook join api.webhook_deliveries delivery on delivery.webhook_pk = hook.pk
        where hook.pk = %s and hook.enabled and delivery.state = 'waiting'
        group by hook.pk
        """,
        [hook],
    )
    return None if seconds is None else max(0.0, seconds)


async def hooks_due(connection: Connection) -> list[int]:
    rows = await fetch_all(
        connection,
        """
        select pk from api.webhooks hook where enabled and paused_until <= now() and exists (
            select from api.webhook_deliveries delivery
            where delivery.webhook_pk = hook.pk and delivery.state = 'waiting' and delivery.next_try <= now()
        )
        """,
    )
    return [row["pk"] for row in rows]


# The log.


async def log(connection: Connection, hook: int, limit: int) -> list[DictRow]:
    return await fetch_all(
        connection,
        """
        select id, type, state, tries, status, reason, sent_at, created_at,
            case when state = 'waiting' then next_try end as next_try
        from api.webhook_deliveries where webhook_pk = %s order by pk desc limit %s
        """,
        [hook, limit],
    )


async def add_test(connection: Connection, hook: int, body: dict[str, Any]) -> DictRow:
    """A message that is in the log and not to be sent by anybody else."""
    row = await fetch_one(
        connection,
        """
        insert into api.webhook_deliveries (webhook_pk, type, body, state, tries, sent_at)
        values (%s, 'test', %s, 'failed', 1, clock_timestamp()) returning pk, id
        """,
        [hook, Jsonb(body)],
    )
    assert row is not None
    return row


async def note_test(connection: Connection, pk: int, state: str, status: int | None, reason: str | None) -> None:
    await execute(
        connection,
        "update api.webhook_deliveries set state = %s, status = %s, reason = %s where pk = %s",
        [state, status, reason, pk],
    )


async def retry(connection: Connection, hook: int, delivery: UUID) -> bool:
    return bool(
        await execute(
            connection,
            """
            update api.webhook_deliveries set state = 'waiting', next_try = now(), created_at = now()
            where webhook_pk = %s and id = %s and state <> 'done' and type <> 'test'
            """,
            [hook, delivery],
        )
    )


async def hurry(connection: Connection, hook: int) -> None:
    """It is there again: what has failed is due now."""
    await execute(connection, "update api.webhooks set paused_until = '-infinity', failures = 0 where pk = %s", [hook])
    await execute(
        connection,
        """
        update api.webhook_deliveries set next_try = clock_timestamp()
        where webhook_pk = %s and state = 'waiting' and reason is not null
        """,
        [hook],
    )


async def forget(connection: Connection, *, kept: int, older_than: timedelta) -> None:
    """Of what was told, so many rows of each webhook are kept, and no older ones."""
    await execute(
        connection,
        """
        delete from api.webhook_deliveries where pk in (
            select pk from (
                select pk, created_at, row_number() over (partition by webhook_pk order by pk desc) as place
                from api.webhook_deliveries where state <> 'waiting'
            ) told where place > %(kept)s or created_at < now() - %(age)s
        )
        """,
        {"kept": kept, "age": older_than},
    )
