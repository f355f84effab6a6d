"""The SQL of what people follow: the series and films of their watch lists that are watched or planned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one

#: Entries of a calendar at most, of either kind.
MOST = 500


async def keep_calendar(connection: Connection, profile: int, token_hash: bytes, languages: Sequence[str]) -> None:
    """The address before this one is no more."""
    await execute(
        connection,
        """
        insert into api.calendars (profile_pk, token_hash, languages) values (%(profile)s, %(hash)s, %(languages)s)
        on conflict (profile_pk) do update set
            token_hash = excluded.token_hash, languages = excluded.languages, created_at = now()
        """,
        {"profile": profile, "hash": token_hash, "languages": list(languages)},
    )


async def calendar_of(connection: Connection, user: UUID) -> DictRow | None:
    return await fetch_one(
        connection,
        """
        select calendar.created_at from api.calendars calendar
        join api.profiles profile on profile.pk = calendar.profile_pk where profile.id = %s
        """,
        [user],
    )


async def forget_calendar(connection: Connection, user: UUID) -> bool:
    return bool(
        await execute(
            connection,
            "delete from api.calendars using api.profiles profile where profile.pk = profile_pk and profile.id = %s",
            [user],
        )
    )


async def owner_of(connection: Connection, token_hash: bytes) -> DictRow | None:
    """Whose calendar is at this address, and its languages."""
    return await fetch_one(
        connection,
        """
        select profile.pk, profile.id, calendar.languages from api.calendars calendar
        join api.profiles profile on profile.pk = calendar.profile_pk where calendar.token_hash = %s
        """,
        [token_hash],
    )


_NAMES = """
    coalesce((
        select name from api.show_translations where show_pk = show.pk
        order by array_position(%(languages)s::text[], language), language <> 'en', language limit 1
    ), show.slug) as show_name,
    (
        select name from api.entry_translations where entry_pk = entry.pk
        order by array_position(%(languages)s::text[], language), language <> 'en', language limit 1
    ) as name
"""


async def occasions(connection: Connection, profile: int, languages: Sequence[str]) -> list[DictRow]:
    """Entries of what a profile follows: those with an air date from two weeks ago on, and those that arrived in the
    last two weeks. Asks as the reader: nothing that limits hide is in it."""
    return await fetch_all(
        connection,
        f"""
        with followed as (
            select show_pk from api.watchlist
            where profile_pk = %(profile)s and status in ('watching', 'rewatching', 'planned')
        ), found as (
            (
                select entry.pk, 'airs' as what from api.entries entry join followed using (show_pk)
                where entry.kind <> 'extra' and entry.air_date >= current_date - 14
                order by entry.air_date, entry.pk limit %(most)s
            )
            union all
            (
                select entry.pk, 'arrived' from api.entries entry join followed using (show_pk)
                where entry.kind <> 'extra' and entry.available_since >= now() - interval '14 days'
                order by entry.available_since desc, entry.pk limit %(most)s
            )
        )
        select found.what, entry.id, entry.slug, entry.kind, entry.season_number, entry.episode_number, entry.air_date,
            entry.available_since, entry.updated_at, show.slug as show_slug, show.kind as show_kind, {_NAMES}
        from found join api.entries entry using (pk) join api.shows show on show.pk = entry.show_pk
        order by coalesce(entry.air_date, entry.available_since::date), entry.pk, found.what
        """,
        {"profile": profile, "languages": list(languages), "most": MOST},
    )


async def announce(connection: Connection, shows: Collection[str]) -> list[DictRow]:
    """The entries of these shows (ids) that arrived lately, once each, with those who follow them: one row for each
    user and show, with the first entry and how many there are. `user` is null for a show that nobody follows."""
    return await fetch_all(
        connection,
        f"""
        with fresh as (
            insert into api.announced (entry_pk)
            select entry.pk from api.entries entry join api.shows show on show.pk = entry.show_pk
            where show.id = any(%(shows)s::uuid[]) and show.kind = 'serie' and entry.kind <> 'extra'
                and entry.available_since > now() - interval '1 day'
            on conflict do nothing returning entry_pk
        ), grouped as (
            select entry.show_pk, count(*) as number, (array_agg(entry.pk order by entry."order", entry.pk))[1] as first
            from fresh join api.entries entry on entry.pk = fresh.entry_pk group by entry.show_pk
        )
        select profile.id as user, show.id as show_id, show.slug as show_slug, grouped.number, entry.id, entry.slug,
            entry.kind, entry.season_number, entry.episode_number, {_NAMES}
        from grouped
        join api.shows show on show.pk = grouped.show_pk
        join api.entries entry on entry.pk = grouped.first
        left join api.watchlist list on list.show_pk = grouped.show_pk
            and list.status in ('watching', 'rewatching', 'planned')
        left join api.profiles profile on profile.pk = list.profile_pk
        order by profile.pk, show.pk
        """,
        {"shows": list(shows), "languages": ["en"]},
    )


async def forget_announced(connection: Connection) -> None:
    await execute(connection, "delete from api.announced where at < now() - interval '3 days'")
