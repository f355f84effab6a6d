"""The SQL of what trackers are told about: shows and entries with their ids and numbers, and how far somebody is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, fetch_all

_SHOW = """jsonb_build_object(
    'slug', show.slug, 'kind', show.kind, 'ids', show.external_id, 'year', extract(year from show.start_air)::integer,
    'name', coalesce((
        select name from api.show_translations where show_pk = show.pk order by (language = 'en') desc, language limit 1
    ), show.slug),
    'seasons', (
        select count(distinct season_number) from api.entries where show_pk = show.pk and kind = 'episode'
    )
)"""
_ENTRY = """jsonb_build_object(
    'slug', entry.slug, 'kind', entry.kind, 'season', entry.season_number, 'number', entry.episode_number,
    'ids', entry.external_id
)"""


async def shows(connection: Connection, profile: int, pks: Iterable[int]) -> dict[int, DictRow]:
    """By pk: `id`, `show` as facts, and the place in the list of `profile`: `status`, `score`, …, all null when it has
    none; `seen` entries and the slug of the `next` one; `partly`: a serie that is completed by its last entry, while
    others of it were not seen."""
    rows = await fetch_all(
        connection,
        f"""
        select show.pk, show.id, {_SHOW} as show, list.status, list.score, list.started_at, list.completed_at,
            seen.entries as seen, list.seen_count,
            show.kind = 'serie' and list.status = 'completed' and list.seen_count < (
                select count(*) from api.entries where show_pk = show.pk and kind <> 'extra'
            ) as partly,
            (select slug from api.entries where pk = list.next_entry_pk) as next
        from api.shows show
        left join api.watchlist list on list.show_pk = show.pk and list.profile_pk = %(profile)s
        cross join lateral api.seen(%(profile)s, show.pk, list.seen_since) seen
        where show.pk = any(%(pks)s)
        """,
        {"profile": profile, "pks": list(pks)},
    )
    return {row["pk"]: row for row in rows}


async def entries(connection: Connection, pks: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = await fetch_all(
        connection,
        f"select entry.pk, {_ENTRY} as entry from api.entries entry where entry.pk = any(%(pks)s)",
        {"pks": list(pks)},
    )
    return {row["pk"]: row["entry"] for row in rows}


async def entries_of(connection: Connection, profile: int, show: int) -> list[dict[str, Any]]:
    """All entries of a show that are no extras and were aired or are here, in the watch order: each with `seen`, and
    when it was seen last (`at`)."""
    rows = await fetch_all(
        connection,
        f"""
        select {_ENTRY} || jsonb_build_object('seen', play.at is not null, 'at', api.iso(play.at)) as entry
        from api.entries entry
        left join api.watchlist list on list.show_pk = entry.show_pk and list.profile_pk = %(profile)s
        left join lateral (
            select max(played_date) as at from api.history
            where profile_pk = %(profile)s and entry_pk = entry.pk and api.is_finished(percent, external)
                and played_date >= coalesce(list.seen_since, '-infinity')
        ) play on true
        where entry.show_pk = %(show)s and entry.kind <> 'extra'
            and (entry.available_since is not null or coalesce(entry.air_date <= current_date, true)
                or play.at is not null)
        order by entry."order", entry.pk
        """,
        {"profile": profile, "show": show},
    )
    return [row["entry"] for row in rows]


async def playing(connection: Connection, entry: str, identifier: Any) -> dict[str, Any] | None:
    """The facts of an entry by its id or slug, for what is being watched."""
    rows = await fetch_all(
        connection,
        f"""
        select jsonb_build_object('show', {_SHOW}, 'entry', {_ENTRY}) as facts
        from api.entries entry join api.shows show on show.pk = entry.show_pk
        where (entry.slug = %(slug)s or entry.id = %(id)s) and entry.kind <> 'extra'
        limit 1
        """,
        {"slug": entry, "id": identifier},
    )
    return rows[0]["facts"] if rows else None
