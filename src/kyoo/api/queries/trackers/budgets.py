"""The SQL of what trackers allow us to ask: a row for each service and user, or one where all share it."""

from __future__ import annotations

from kyoo.core.database.postgres import Connection, execute, fetch_one, fetch_value


async def take(
    connection: Connection, service: str, subject: str, *, spacing: float, burst: int, daily: int
) -> float | None:
    """Take one request out of a budget: None when it may be made now, else the seconds until it may. A burst is allowed
    as long as it is made up for (GCRA). What the service said of its limits goes before `spacing`; no `daily` limit is
    0."""
    taken = await fetch_value(
        connection,
        """
        insert into api.tracker_budgets as budget (service, subject, next_at, used)
        values (%(service)s, %(subject)s, now() + make_interval(secs => %(spacing)s), 1)
        on conflict (service, subject) do update set
            next_at = greatest(budget.next_at, now())
                + make_interval(secs => greatest(%(spacing)s, coalesce(budget.spacing, 0))),
            used = case when budget.day = current_date then budget.used + 1 else 1 end, day = current_date
        where budget.blocked_until <= now()
            and budget.next_at <= now()
                + make_interval(secs => greatest(%(spacing)s, coalesce(budget.spacing, 0)) * (%(burst)s - 1))
            and (%(daily)s = 0 or budget.day <> current_date or budget.used < %(daily)s)
        returning true
        """,
        {"service": service, "subject": subject, "spacing": spacing, "burst": burst, "daily": daily},
    )
    if taken:
        return None
    row = await fetch_one(
        connection,
        """
        select extract(epoch from greatest(
            blocked_until,
            next_at - make_interval(secs => greatest(%(spacing)s, coalesce(spacing, 0)) * (%(burst)s - 1)),
            case when %(daily)s > 0 and day = current_date and used >= %(daily)s then current_date + 1 end
        ) - now())::double precision as seconds
        from api.tracker_budgets where service = %(service)s and subject = %(subject)s
        """,
        {"service": service, "subject": subject, "spacing": spacing, "burst": burst, "daily": daily},
    )
    return 0.05 if row is None else max(0.05, float(row["seconds"] or 0))


async def heed(
    connection: Connection, service: str, subject: str, *, spacing: float | None, blocked: float | None
) -> None:
    """Keep what an answer said: the seconds between two requests, and for how long none is allowed."""
    await execute(
        connection,
        """
        insert into api.tracker_budgets as budget (service, subject, spacing, blocked_until)
        values (%(service)s, %(subject)s, %(spacing)s, now() + make_interval(secs => %(blocked)s))
        on conflict (service, subject) do update set
            spacing = coalesce(excluded.spacing, budget.spacing),
            blocked_until = greatest(budget.blocked_until, excluded.blocked_until)
        """,
        {"service": service, "subject": subject, "spacing": spacing, "blocked": blocked or 0.0},
    )
