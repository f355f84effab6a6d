"""The SQL of linked accounts at trackers, turns at sending, and looks at what changed there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value

#: Errors of the link itself, which are over when anything works.
PASSING = (
    "unreachable",
    "no_answer",
    "nonsense",
    "too_large",
    "down",
    "limited",
    "busy",
    "application",
    "unlinked",
)


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked account; the fields are columns of `api.trackers`, and `user` the id of its owner."""

    pk: int
    user: UUID
    profile_pk: int
    service: str
    account: str | None
    secrets: bytes | None
    expires_at: datetime | None
    mode: str
    scrobble: bool
    unwatch: bool
    scores: bool
    activities: dict[str, Any]
    error_code: str | None


_LINKED = """
select tracker.pk, profile.id as user, tracker.profile_pk, tracker.service, tracker.account, tracker.secrets,
    tracker.expires_at, tracker.mode, tracker.scrobble, tracker.unwatch, tracker.scores, tracker.activities,
    tracker.error_code
from api.trackers tracker join api.profiles profile on profile.pk = tracker.profile_pk
"""


async def linked(connection: Connection, pk: int, *, for_update: bool = False) -> Linked | None:
    lock = "for update of tracker" if for_update else ""
    row = await fetch_one(connection, f"{_LINKED} where tracker.pk = %(pk)s {lock}", {"pk": pk})
    return Linked(**row) if row else None


async def is_still(connection: Connection, linked: Linked) -> bool:
    """Whether the account is still linked, as which it stays until the transaction ends."""
    query = """
    select true from api.trackers where pk = %(pk)s and account is not distinct from %(account)s for key share
    """
    return bool(await fetch_value(connection, query, {"pk": linked.pk, "account": linked.account}))


async def linked_to(connection: Connection, user: UUID, service: str) -> Linked | None:
    row = await fetch_one(
        connection,
        f"{_LINKED} where profile.id = %(user)s and tracker.service = %(service)s",
        {"user": user, "service": service},
    )
    return Linked(**row) if row else None


async def of_profile(connection: Connection, profile: int) -> list[DictRow]:
    """The trackers of a profile that are to be told: pk, service and choices. One indexed look, on every write."""
    return await fetch_all(
        connection,
        """
        select pk, service, scrobble, unwatch, scores from api.trackers
        where profile_pk = %(profile)s and mode in ('both', 'out')
        """,
        {"profile": profile},
    )


async def live_of(connection: Connection, user: UUID) -> list[int]:
    """The trackers of a user that show what they watch now."""
    rows = await fetch_all(
        connection,
        """
        select tracker.pk from api.trackers tracker join api.profiles profile on profile.pk = tracker.profile_pk
        where profile.id = %(user)s and tracker.mode in ('both', 'out') and tracker.scrobble
            and tracker.error_code is distinct from 'unlinked'
        """,
        {"user": user},
    )
    return [row["pk"] for row in rows]


async def overview(connection: Connection, user: UUID) -> dict[str, DictRow]:
    """What the page shows of each linked tracker of a user, by service."""
    rows = await fetch_all(
        connection,
        """
        select tracker.service, tracker.account, tracker.since, tracker.mode, tracker.scrobble, tracker.unwatch,
            tracker.scores, tracker.last_sync, tracker.error_at, tracker.error_code, tracker.error,
            count(*) filter (where letter.state = 'waiting') as queued,
            count(*) filter (where letter.state = 'failed') as failed
        from api.trackers tracker
        join api.profiles profile on profile.pk = tracker.profile_pk
        left join api.tracker_outbox letter on letter.tracker_pk = tracker.pk
        where profile.id = %(user)s
        group by tracker.pk
        """,
        {"user": user},
    )
    return {row["service"]: row for row in rows}


async def link(connection: Connection, profile: int, service: str, *, account: str | None, mode: str = "both") -> int:
    """Make the link, or take up the one that there is, whose choices and outbox stay; its pk. The secrets come next.
    What was agreed on with another account, or with one that has no name, is nothing that this one could have lost, and
    what was to be taken back there is nothing to take back here."""
    await execute(
        connection,
        """
        delete from api.tracker_outbox letter using api.trackers tracker
        where tracker.pk = letter.tracker_pk and tracker.profile_pk = %(profile)s and tracker.service = %(service)s
            and tracker.account is distinct from coalesce(%(account)s, '')
            and (letter.what in ('removed', 'unwatched') or letter.what = 'score' and letter.facts ->> 'score' is null)
        """,
        {"profile": profile, "service": service, "account": account},
    )
    await execute(
        connection,
        """
        delete from api.tracker_bases base using api.trackers tracker
        where tracker.pk = base.tracker_pk and tracker.profile_pk = %(profile)s and tracker.service = %(service)s
            and tracker.account is distinct from coalesce(%(account)s, '')
        """,
        {"profile": profile, "service": service, "account": account},
    )
    return int(
        await fetch_value(
            connection,
            """
            insert into api.trackers (profile_pk, service, account, mode)
            values (%(profile)s, %(service)s, %(account)s, %(mode)s)
            on conflict (profile_pk, service) do update set
                activities = case
                    when api.trackers.account = excluded.account then api.trackers.activities
                    else '{}'
                end,
                account = excluded.account, since = now(), error_at = null, error_code = null, error = null
            returning pk
            """,
            {"profile": profile, "service": service, "account": account, "mode": mode},
        )
    )


async def keep_secrets(connection: Connection, pk: int, secrets: bytes, expires_at: datetime | None) -> None:
    await execute(
        connection,
        "update api.trackers set secrets = %(secrets)s, expires_at = %(expires)s where pk = %(pk)s",
        {"pk": pk, "secrets": secrets, "expires": expires_at},
    )


async def hurry(connection: Connection, pk: int, *, interval: int) -> None:
    """Whatever waits is due now, and the next look at the tracker too, if there are any by itself."""
    await execute(
        connection,
        "update api.tracker_outbox set next_try = now() where tracker_pk = %(pk)s and state = 'waiting'",
        {"pk": pk},
    )
    await execute(
        connection,
        "update api.trackers set next_sync = case when %(interval)s > 0 then now() end where pk = %(pk)s",
        {"pk": pk, "interval": interval},
    )


async def hurry_all(connection: Connection, service: str) -> None:
    """What waits for a service is due now: its application is another one."""
    await execute(
        connection,
        """
        update api.tracker_outbox letter set next_try = now() from api.trackers tracker
        where tracker.pk = letter.tracker_pk and tracker.service = %(service)s and letter.state = 'waiting'
        """,
        {"service": service},
    )


async def choose(connection: Connection, pk: int, **choices: Any) -> None:
    """Write `mode`, `scrobble`, `unwatch`, `scores`; None leaves one as it is."""
    await execute(
        connection,
        """
        update api.trackers set mode = coalesce(%(mode)s, mode), scrobble = coalesce(%(scrobble)s, scrobble),
            unwatch = coalesce(%(unwatch)s, unwatch), scores = coalesce(%(scores)s, scores)
        where pk = %(pk)s
        """,
        {"pk": pk, **choices},
    )


async def unlink(connection: Connection, pk: int) -> None:
    await execute(connection, "delete from api.trackers where pk = %(pk)s", {"pk": pk})


async def went_well(connection: Connection, pk: int) -> None:
    await execute(
        connection,
        """
        update api.trackers set last_sync = now(),
            error_at = case when error_code <> all(%(passing)s) then error_at end,
            error = case when error_code <> all(%(passing)s) then error end,
            error_code = case when error_code <> all(%(passing)s) then error_code end
        where pk = %(pk)s
        """,
        {"pk": pk, "passing": list(PASSING)},
    )


async def went_wrong(connection: Connection, pk: int, code: str, message: str) -> bool:
    """Keep what went wrong last; whether it is another thing than before."""
    return bool(
        await fetch_value(
            connection,
            """
            with before as (select error_code from api.trackers where pk = %(pk)s)
            update api.trackers tracker set error_at = now(), error_code = %(code)s, error = %(message)s
            from before where tracker.pk = %(pk)s
            returning before.error_code is distinct from %(code)s
            """,
            {"pk": pk, "code": code, "message": message},
        )
    )


async def take_turn(connection: Connection, pk: int, seconds: float) -> bool:
    """Whether it is ours now to send to a tracker; for so long nobody else does, whatever becomes of us."""
    return bool(
        await fetch_value(
            connection,
            """
            update api.trackers
            set leased_until = clock_timestamp() + make_interval(secs => %(seconds)s), served_at = clock_timestamp()
            where pk = %(pk)s and leased_until < clock_timestamp()
            returning true
            """,
            {"pk": pk, "seconds": seconds},
        )
    )


async def keep_turn(connection: Connection, pk: int, seconds: float) -> None:
    await execute(
        connection,
        """
        update api.trackers set leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
        where pk = %(pk)s
        """,
        {"pk": pk, "seconds": seconds},
    )


async def end_turn(connection: Connection, pk: int) -> None:
    await execute(connection, "update api.trackers set leased_until = '-infinity' where pk = %(pk)s", {"pk": pk})


# Looking at what changed there.


async def due_to_look(connection: Connection, services: Sequence[str]) -> list[int]:
    """The trackers whose next look is due, those first that were served least lately. One that was never read waits
    until its owner has chosen how."""
    rows = await fetch_all(
        connection,
        """
        select pk from api.trackers
        where next_sync <= now() and mode in ('both', 'in') and service = any(%(services)s)
            and error_code is distinct from 'unlinked' and activities <> '{}'
        order by served_at limit 1000
        """,
        {"services": list(services)},
    )
    return [row["pk"] for row in rows]


async def looked(connection: Connection, pk: int, activities: dict[str, Any] | None, interval: int) -> None:
    """When to look again, and what was there (None: as before)."""
    await execute(
        connection,
        """
        update api.trackers set activities = coalesce(%(activities)s, activities),
            next_sync = case when %(interval)s > 0 then now() + make_interval(secs => %(interval)s) end
        where pk = %(pk)s
        """,
        {"pk": pk, "activities": None if activities is None else Jsonb(activities), "interval": interval},
    )
