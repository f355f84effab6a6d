"""The SQL of a database of Kyoo 5, which is only read (docs/operating/moving.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

#: Rows that are asked for at once.
BLOCK = 2000

Rows = Iterator[dict[str, Any]]
Source = psycopg.Connection[Any]

_SHOW = """
    show.pk as show, show.slug, show.kind::text as kind, show.external_id as ids,
    extract(year from show.start_air)::integer as year, coalesce((
        select name from kyoo.show_translations where show_translations.pk = show.pk
        order by language <> 'en', language limit 1
    ), '') as name
"""


def schemas(connection: Source) -> set[str]:
    """Which of its two schemas a database has: accounts, and all else."""
    rows = connection.execute(
        """
        select table_schema from information_schema.tables
        where (table_schema, table_name) in (('keibi', 'users'), ('kyoo', 'history'))
        """
    ).fetchall()
    return {str(schema) for (schema,) in rows}


def accounts(connection: Source) -> list[dict[str, Any]]:
    """The oldest first."""
    return (
        connection.cursor(row_factory=dict_row)
        .execute(
            """
        select id, username, email, password, claims, created_date, last_seen from keibi.users
        order by created_date, pk
        """
        )
        .fetchall()
    )


def listed(connection: Source, user: UUID) -> Rows:
    return _rows(connection, _LISTED, user)


def played(connection: Source, user: UUID) -> Rows:
    return _rows(connection, _PLAYED, user)


_LISTED = f"""
    select {_SHOW}, list.status::text as status, list.score, list.started_at, list.completed_at, list.updated_at
    from kyoo.watchlist list
    join kyoo.profiles profile on profile.pk = list.profile_pk
    join kyoo.shows show on show.pk = list.show_pk
    where profile.id = %s and show.kind in ('movie', 'serie') order by list.show_pk
"""
_PLAYED = f"""
    select {_SHOW}, entry.slug as entry_slug, play.percent, play.time, play.played_date, play.external,
        case when entry.kind = 'special' then 0 else entry.season_number end as season,
        case when show.kind = 'serie' and entry.kind in ('episode', 'special') then entry.episode_number end as number,
        coalesce(video.path, (
            select file.path from kyoo.entry_video_join link join kyoo.videos file on file.pk = link.video_pk
            where link.entry_pk = entry.pk order by file.path limit 1
        )) as path
    from kyoo.history play
    join kyoo.profiles profile on profile.pk = play.profile_pk
    join kyoo.entries entry on entry.pk = play.entry_pk
    join kyoo.shows show on show.pk = entry.show_pk
    left join kyoo.videos video on video.pk = play.video_pk
    where profile.id = %s and entry.kind <> 'extra' and show.kind in ('movie', 'serie') order by play.pk
"""


def _rows(connection: psycopg.Connection[Any], query: Any, user: UUID) -> Iterator[dict[str, Any]]:
    with connection.transaction(), connection.cursor("moving", row_factory=dict_row) as cursor:
        cursor.itersize = BLOCK
        yield from cursor.execute(query, [user])
