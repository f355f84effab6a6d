"""The SQL of statistics: sums by quarters of an hour, and what is read of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one

#: Titles and users that are named at most.
MOST = 20


async def keys(
    connection: Connection, users: Collection[UUID], entries: Collection[str]
) -> tuple[dict[UUID, int], dict[str, int]]:
    """The primary keys of profiles and entries that are there."""
    profiles = await fetch_all(connection, "select id, pk from api.profiles where id = any(%s)", [list(users)])
    found = await fetch_all(
        connection, "select id::text, pk from api.entries where id = any(%s::uuid[])", [list(entries)]
    )
    return {row["id"]: row["pk"] for row in profiles}, {row["id"]: row["pk"] for row in found}


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A row of `api.watching`."""

    profile_pk: int
    entry_pk: int
    position: int
    paused: bool
    at: datetime


async def under_way(connection: Connection, profiles: Collection[int]) -> list[UnderWay]:
    rows = await fetch_all(
        connection,
        "select profile_pk, entry_pk, position, paused, at from api.watching where profile_pk = any(%s)",
        [list(profiles)],
    )
    return [UnderWay(**row) for row in rows]


async def keep_under_way(connection: Connection, kept: Sequence[UnderWay], ended: Sequence[tuple[int, int]]) -> None:
    await execute(
        connection,
        """
        delete from api.watching using jsonb_to_recordset(%s) as gone (profile bigint, entry bigint)
        where profile_pk = gone.profile and entry_pk = gone.entry
        """,
        [Jsonb([{"profile": profile, "entry": entry} for profile, entry in ended])],
    )
    await execute(
        connection,
        """
        insert into api.watching (profile_pk, entry_pk, position, paused, at)
        select profile, entry, position, paused, at from jsonb_to_recordset(%s) as given (
            profile bigint, entry bigint, position integer, paused boolean, at timestamptz
        )
        on conflict (profile_pk, entry_pk) do update set
            position = excluded.position, paused = excluded.paused, at = excluded.at
        """,
        [
            Jsonb(
                [
                    {
                        "profile": row.profile_pk,
                        "entry": row.entry_pk,
                        "position": row.position,
                        "paused": row.paused,
                        "at": row.at.isoformat(),
                    }
                    for row in kept
                ]
            )
        ],
    )


async def add_watched(connection: Connection, sums: dict[tuple[int, int, datetime], tuple[int, int]]) -> None:
    """Seconds and ends, by profile, entry and quarter."""
    await execute(
        connection,
        """
        insert into api.watched as known (profile_pk, entry_pk, quarter, seconds, finished)
        select profile, entry, quarter, seconds, finished from jsonb_to_recordset(%s) as given (
            profile bigint, entry bigint, quarter timestamptz, seconds integer, finished integer
        )
        on conflict (profile_pk, entry_pk, quarter) do update set
            seconds = known.seconds + excluded.seconds, finished = known.finished + excluded.finished
        """,
        [
            Jsonb(
                [
                    {
                        "profile": profile,
                        "entry": entry,
                        "quarter": quarter.isoformat(),
                        "seconds": seconds,
                        "finished": finished,
                    }
                    for (profile, entry, quarter), (seconds, finished) in sums.items()
                ]
            )
        ],
    )


async def take_encoding(connection: Connection, stream: str) -> list[DictRow]:
    """The players of a stream that was being encoded until now; they are to be written anew."""
    return await fetch_all(
        connection,
        "delete from api.encoding where stream = %s returning client, profile_pk, what, since",
        [stream],
    )


async def add_encoding(
    connection: Connection, stream: str, client: str, *, profile: int | None, what: str, since: datetime
) -> None:
    await execute(
        connection,
        "insert into api.encoding (stream, client, profile_pk, what, since) values (%s, %s, %s, %s, %s)",
        [stream, client, profile, what, since],
    )


async def add_encoded(connection: Connection, profile: int | None, quarter: datetime, what: str, seconds: int) -> None:
    await execute(
        connection,
        """
        insert into api.encoded as known (profile_pk, quarter, what, seconds) values (%s, %s, %s, %s)
        on conflict (profile_pk, quarter, what) do update set seconds = known.seconds + excluded.seconds
        """,
        [profile, quarter, what, seconds],
    )


async def forget(connection: Connection) -> None:
    """What nobody has said anything of for a day is not under way."""
    await execute(connection, "delete from api.watching where at < now() - interval '1 day'")
    await execute(connection, "delete from api.encoding where since < now() - interval '1 day'")


_SUMS = """
    with bounds as (
        select (now() at time zone %(zone)s)::date - (%(days)s - 1) as first,
            (now() at time zone %(zone)s)::date as last
    ), found as (
        select watched.profile_pk, entry.show_pk, watched.seconds, watched.finished,
            (watched.quarter at time zone %(zone)s) as local
        from api.watched watched join api.entries entry on entry.pk = watched.entry_pk, bounds
        where watched.quarter >= (bounds.first::timestamp at time zone %(zone)s)
            and (%(user)s::uuid is null or watched.profile_pk = (select pk from api.profiles where id = %(user)s::uuid))
    )
"""


async def read(
    connection: Connection, user: UUID | None, *, days: int, zone: str, languages: Sequence[str]
) -> dict[str, Any]:
    """Of one user, or of all, in days of a time zone. Asks as the reader: what limits hide counts nowhere."""
    row = await fetch_one(
        connection,
        _SUMS
        + """
        select (select first from bounds)::text as first, (select last from bounds)::text as last,
            (
                select jsonb_agg(jsonb_build_object(
                    'day', day.day::date::text, 'seconds', coalesce(sum.seconds, 0),
                    'finished', coalesce(sum.finished, 0)
                ) order by day.day)
                from bounds, generate_series(bounds.first::timestamp, bounds.last, interval '1 day') as day (day)
                left join (
                    select local::date as day, sum(seconds) as seconds, sum(finished) as finished from found group by 1
                ) sum on sum.day = day.day::date
            ) as days,
            (
                select jsonb_agg(coalesce(sum.seconds, 0) order by hour.hour) from generate_series(0, 23) as hour (hour)
                left join (
                    select extract(hour from local) as hour, sum(seconds) as seconds from found group by 1
                ) sum on sum.hour = hour.hour
            ) as hours,
            (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'show', jsonb_build_object('id', show.id, 'slug', show.slug, 'kind', show.kind, 'name', coalesce((
                        select name from api.show_translations where show_pk = show.pk
                        order by array_position(%(languages)s::text[], language), language <> 'en', language limit 1
                    ), show.slug)),
                    'seconds', top.seconds, 'finished', top.finished
                ) order by top.seconds desc, top.finished desc, show.pk), '[]')
                from (
                    select show_pk, sum(seconds) as seconds, sum(finished) as finished from found
                    group by 1 order by 2 desc, 3 desc, 1 limit %(most)s
                ) top join api.shows show on show.pk = top.show_pk
            ) as titles,
            (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', profile.id, 'seconds', top.seconds, 'finished', top.finished
                ) order by top.seconds desc, top.finished desc, profile.pk), '[]')
                from (
                    select profile_pk, sum(seconds) as seconds, sum(finished) as finished from found
                    group by 1 order by 2 desc, 3 desc, 1 limit %(most)s
                ) top join api.profiles profile on profile.pk = top.profile_pk
            ) as users,
            (
                select coalesce(jsonb_object_agg(what, seconds), '{}') from (
                    select what, sum(seconds) as seconds from api.encoded, bounds
                    where quarter >= (bounds.first::timestamp at time zone %(zone)s) and (
                        %(user)s::uuid is null or profile_pk = (select pk from api.profiles where id = %(user)s::uuid)
                    )
                    group by 1
                ) sums
            ) as encoded
        """,
        {"user": user, "days": days, "zone": zone, "languages": list(languages), "most": MOST},
    )
    assert row is not None
    return row
