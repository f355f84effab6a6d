"""The SQL of what trackers are still to be told: writing it beside the fact, taking it to send, what became of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value


@dataclass(frozen=True, slots=True)
class NewOrder:
    """`item` keeps the order of what is about one show, which may be deleted meanwhile."""

    tracker: int
    item: UUID
    show: int
    entry: int | None
    what: str
    facts: dict[str, Any]
    urgent: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    pk: int
    item: UUID
    what: str
    facts: dict[str, Any]
    sent_at: datetime | None
    tries: int
    show_pk: int | None
    created_at: datetime


async def add(connection: Connection, orders: Sequence[NewOrder]) -> list[int]:
    """The keys of the new rows, in the same order."""
    rows = await fetch_all(
        connection,
        """
        insert into api.tracker_outbox (tracker_pk, item, show_pk, entry_pk, what, facts, urgent)
        select given.tracker, given.item, given.show, given.entry, given.what, given.facts::jsonb, given.urgent
        from unnest(
            %(trackers)s::bigint[], %(items)s::uuid[], %(shows)s::bigint[], %(entries)s::bigint[], %(whats)s::text[],
            %(facts)s::text[], %(urgents)s::boolean[]
        ) with ordinality as given (tracker, item, show, entry, what, facts, urgent, position)
        order by given.position
        returning pk
        """,
        {
            "trackers": [order.tracker for order in orders],
            "items": [order.item for order in orders],
            "shows": [order.show for order in orders],
            "entries": [order.entry for order in orders],
            "whats": [order.what for order in orders],
            "facts": [json.dumps(order.facts, default=str) for order in orders],
            "urgents": [order.urgent for order in orders],
        },
    )
    return [row["pk"] for row in rows]


async def room(connection: Connection, trackers: Sequence[int], size: int) -> set[int]:
    """Those of the trackers whose outbox is not full."""
    rows = await fetch_all(
        connection,
        """
        select given.pk from unnest(%(trackers)s::bigint[]) as given (pk)
        where not exists (
            select from api.tracker_outbox where tracker_pk = given.pk offset %(size)s limit 1
        )
        """,
        {"trackers": list(trackers), "size": size},
    )
    return {row["pk"] for row in rows}


async def due(connection: Connection, tracker: int, limit: int) -> list[Waiting]:
    """What may be sent now, what somebody waits for first. Nothing overtakes another thing about the same show, or the
    same thing that has to wait."""
    rows = await fetch_all(
        connection,
        """
        select pk, item, what, facts, sent_at, tries, show_pk, created_at from api.tracker_outbox letter
        where tracker_pk = %(tracker)s and state = 'waiting' and next_try <= now() and not exists (
            select from api.tracker_outbox earlier
            where earlier.tracker_pk = letter.tracker_pk and earlier.item = letter.item and earlier.pk < letter.pk
                and earlier.state = 'waiting' and (earlier.next_try > now() or earlier.what <> letter.what)
        )
        order by urgent desc, pk
        limit %(limit)s
        """,
        {"tracker": tracker, "limit": limit},
    )
    return [Waiting(**row) for row in rows]


async def sending(connection: Connection, pks: Sequence[int]) -> None:
    """Before they are sent: should we end here, nobody knows whether they arrived."""
    await execute(
        connection,
        "update api.tracker_outbox set sent_at = coalesce(sent_at, now()), tries = tries + 1 where pk = any(%(pks)s)",
        {"pks": list(pks)},
    )


async def done(connection: Connection, pks: Sequence[int]) -> None:
    await execute(connection, "delete from api.tracker_outbox where pk = any(%(pks)s)", {"pks": list(pks)})


async def refused(connection: Connection, pk: int, code: str, reason: str) -> None:
    await execute(
        connection,
        """
        update api.tracker_outbox set state = 'failed', sent_at = null, code = %(code)s, reason = %(reason)s
        where pk = %(pk)s
        """,
        {"pk": pk, "code": code, "reason": reason},
    )


async def postpone(
    connection: Connection, pks: Sequence[int], *, seconds: float, code: str, reason: str, arrived: bool, tried: bool
) -> None:
    """Try again later. `arrived`: it may have been done; `tried`: it was sent at all."""
    await execute(
        connection,
        """
        update api.tracker_outbox set next_try = now() + make_interval(secs => %(seconds)s), code = %(code)s,
            reason = %(reason)s, sent_at = case when %(arrived)s then sent_at end,
            tries = case when %(tried)s then tries else greatest(tries - 1, 0) end
        where pk = any(%(pks)s)
        """,
        {
            "pks": list(pks),
            "seconds": seconds,
            "code": code,
            "reason": reason,
            "arrived": arrived,
            "tried": tried,
        },
    )


async def waiting(connection: Connection, tracker: int, shows: Collection[int]) -> list[DictRow]:
    """What a tracker is still to be told of shows: show_pk, entry_pk, what."""
    return await fetch_all(
        connection,
        """
        select show_pk, entry_pk, what from api.tracker_outbox
        where tracker_pk = %(tracker)s and show_pk = any(%(shows)s) and state = 'waiting'
        """,
        {"tracker": tracker, "shows": list(shows)},
    )


async def withdraw(connection: Connection, tracker: int, show: int, kinds: Collection[str]) -> None:
    """Not to be told any more: what is newer was taken over from there."""
    await execute(
        connection,
        """
        delete from api.tracker_outbox
        where tracker_pk = %(tracker)s and show_pk = %(show)s and state = 'waiting' and what = any(%(kinds)s)
        """,
        {"tracker": tracker, "show": show, "kinds": list(kinds)},
    )


async def states(connection: Connection, pks: Sequence[int]) -> dict[int, DictRow]:
    """What became of rows; those that are done are gone. Of one that may not overtake another, why that has to wait."""
    rows = await fetch_all(
        connection,
        """
        select pk, state, coalesce(reason, (
            select earlier.reason from api.tracker_outbox earlier
            where earlier.tracker_pk = letter.tracker_pk and earlier.item = letter.item and earlier.pk < letter.pk
                and earlier.state = 'waiting' and earlier.next_try > now()
            order by earlier.pk limit 1
        )) as reason
        from api.tracker_outbox letter where pk = any(%(pks)s)
        """,
        {"pks": list(pks)},
    )
    return {row["pk"]: row for row in rows}


async def trackers_due(connection: Connection) -> list[int]:
    """The trackers that have something to be sent, those first that were served least lately."""
    rows = await fetch_all(
        connection,
        """
        select tracker.pk from api.trackers tracker
        where tracker.mode in ('both', 'out') and tracker.error_code is distinct from 'unlinked'
            and tracker.leased_until < now() and exists (
                select from api.tracker_outbox where tracker_pk = tracker.pk and state = 'waiting' and next_try <= now()
            )
        order by tracker.served_at limit 1000
        """,
    )
    return [row["pk"] for row in rows]


async def next_due(connection: Connection, tracker: int) -> float | None:
    """The seconds until something of a tracker is due; None: nothing waits."""
    seconds = await fetch_value(
        connection,
        """
        select extract(epoch from min(next_try) - now())::double precision from api.tracker_outbox
        where tracker_pk = %(tracker)s and state = 'waiting'
        """,
        {"tracker": tracker},
    )
    return None if seconds is None else max(0.0, float(seconds))


# For its owner.


async def page(connection: Connection, user: UUID, service: str, *, after: int, limit: int) -> list[DictRow]:
    return await fetch_all(
        connection,
        """
        select letter.pk, letter.id, letter.what, letter.facts -> 'show' ->> 'slug' as show,
            letter.facts -> 'entry' ->> 'slug' as entry, letter.state, letter.tries, letter.reason, letter.next_try,
            letter.created_at
        from api.tracker_outbox letter
        join api.trackers tracker on tracker.pk = letter.tracker_pk
        join api.profiles profile on profile.pk = tracker.profile_pk
        where profile.id = %(user)s and tracker.service = %(service)s and letter.pk > %(after)s
        order by letter.pk
        limit %(limit)s
        """,
        {"user": user, "service": service, "after": after, "limit": limit},
    )


_OWN = """
from api.trackers tracker join api.profiles profile on profile.pk = tracker.profile_pk
where tracker.pk = letter.tracker_pk and letter.id = %(id)s and profile.id = %(user)s and tracker.service = %(service)s
"""


async def retry(connection: Connection, user: UUID, service: str, letter: UUID) -> DictRow | None:
    """Let a row be tried again at once; its pk, and those of its show, entry and tracker."""
    return await fetch_one(
        connection,
        f"""
        update api.tracker_outbox letter set state = 'waiting', next_try = now(), reason = null, code = null
        {_OWN} returning letter.pk, letter.tracker_pk, letter.show_pk, letter.entry_pk, letter.facts
        """,
        {"id": letter, "user": user, "service": service},
    )


async def renew(connection: Connection, pk: int, facts: dict[str, Any]) -> None:
    """What is known of its show and entry now: ids may have been found since."""
    await execute(
        connection,
        "update api.tracker_outbox set facts = %(facts)s::jsonb where pk = %(pk)s",
        {"pk": pk, "facts": json.dumps(facts, default=str)},
    )


async def drop(connection: Connection, user: UUID, service: str, letter: UUID) -> bool:
    found = await fetch_one(
        connection,
        """
        delete from api.tracker_outbox letter using api.trackers tracker, api.profiles profile
        where tracker.pk = letter.tracker_pk and profile.pk = tracker.profile_pk and letter.id = %(id)s
            and profile.id = %(user)s and tracker.service = %(service)s
        returning letter.pk
        """,
        {"id": letter, "user": user, "service": service},
    )
    return found is not None


async def counts(connection: Connection) -> list[DictRow]:
    """`{service, state, count}` of all accounts."""
    return await fetch_all(
        connection,
        """
        select trackers.service, outbox.state, count(*) as count
        from api.tracker_outbox outbox join api.trackers on trackers.pk = outbox.tracker_pk
        group by trackers.service, outbox.state
        """,
    )
