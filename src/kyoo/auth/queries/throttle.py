"""SQL of auth.attempts: how much was tried lately (the generic cell rate algorithm, one moment per subject)."""

from __future__ import annotations

from datetime import timedelta

from kyoo.core.database.postgres import Connection, execute, fetch_value


async def wait(connection: Connection, subject: bytes, cost: timedelta, window: timedelta) -> timedelta:
    """How long until `subject` may try once more; zero or less: it may now."""
    found = await fetch_value(
        connection,
        "select until + %s - %s - clock_timestamp() from auth.attempts where subject = %s",
        [cost, window, subject],
    )
    return timedelta(0) if found is None else found


async def take(connection: Connection, subject: bytes, cost: timedelta, window: timedelta) -> bool:
    """Count an attempt; False, counting nothing, when `window` is used up."""
    return (
        await execute(
            connection,
            """insert into auth.attempts as a (subject, until) values (%(subject)s, clock_timestamp() + %(cost)s)
               on conflict (subject) do update set until = greatest(a.until, clock_timestamp()) + %(cost)s
               where greatest(a.until, clock_timestamp()) + %(cost)s <= clock_timestamp() + %(window)s""",
            {"subject": subject, "cost": cost, "window": window},
        )
        == 1
    )


async def give_back(connection: Connection, subject: bytes, cost: timedelta) -> None:
    """Take back what one attempt counted."""
    await execute(connection, "update auth.attempts set until = until - %s where subject = %s", [cost, subject])


async def delete_past(connection: Connection) -> int:
    """Remove the subjects that time has caught up with."""
    return await execute(connection, "delete from auth.attempts where until < clock_timestamp()")
