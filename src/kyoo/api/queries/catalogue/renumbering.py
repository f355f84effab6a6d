"""The SQL of giving the episodes of a serie other numbers."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all


async def named(connection: Connection, serie: int, wanted: list[dict[str, Any]]) -> list[DictRow]:
    """The episodes that these ids mean, locked: `{pk, key, place}`, `place` being that in `wanted`, whose items are
    `{external_id, season, episode}`."""
    return await fetch_all(
        connection,
        """
        with given as (
            select place - 1 as place, external_id
            from rows from (jsonb_to_recordset(%(wanted)s) as (external_id jsonb))
                with ordinality as item (external_id, place)
        ), episodes as (
            select pk, key, external_id from api.entries
            where show_pk = %(serie)s and kind = 'episode' order by pk for update
        )
        select episodes.pk, episodes.key, given.place::integer from given
        join episodes on episodes.external_id @> given.external_id
        order by given.place, episodes.pk
        """,
        {"serie": serie, "wanted": Jsonb(wanted)},
    )


async def holders(connection: Connection, serie: int, keys: list[str], but: list[int]) -> list[str]:
    """The keys that other entries have."""
    rows = await fetch_all(
        connection,
        "select key from api.entries where show_pk = %s and key = any(%s) and pk <> all(%s) order by key",
        [serie, keys, but],
    )
    return [row["key"] for row in rows]


async def renumber(connection: Connection, serie: int, moves: list[dict[str, Any]]) -> None:
    """Give entries their new numbers: `{pk, season, episode}`. Their slugs and those of their links follow."""
    values = {"serie": serie, "moves": Jsonb(moves)}
    links = await fetch_all(
        connection,
        """
        select link.entry_pk, link.video_pk, substr(link.slug, length(entry.slug) + 1) as rest
        from jsonb_to_recordset(%(moves)s) as move (pk bigint)
        join api.entries entry on entry.pk = move.pk
        join api.entry_videos link on link.entry_pk = entry.pk
        where starts_with(link.slug, entry.slug)
        """,
        values,
    )
    # Two numbers may change places, and no two entries ever have one: all of them step aside first.
    await execute(
        connection,
        """
        update api.entry_videos set slug = 'moving-' || entry_pk || '-' || video_pk
        from jsonb_to_recordset(%(moves)s) as move (pk bigint) where entry_pk = move.pk
        """,
        values,
    )
    await execute(
        connection,
        """
        update api.entries set key = 'moving-' || entries.pk, slug = 'moving-' || entries.pk
        from jsonb_to_recordset(%(moves)s) as move (pk bigint) where entries.pk = move.pk
        """,
        values,
    )
    await execute(
        connection,
        """
        update api.entries set
            key = 's' || move.season || 'e' || move.episode,
            slug = show.slug || '-s' || move.season || 'e' || move.episode,
            season_number = move.season, episode_number = move.episode, updated_at = now()
        from jsonb_to_recordset(%(moves)s) as move (pk bigint, season integer, episode integer), api.shows show
        where entries.pk = move.pk and show.pk = %(serie)s
        """,
        values,
    )
    await execute(
        connection,
        """
        update api.entry_videos set slug = entry.slug || item.rest
        from jsonb_to_recordset(%(links)s) as item (entry_pk bigint, video_pk bigint, rest text)
        join api.entries entry on entry.pk = item.entry_pk
        where entry_videos.entry_pk = item.entry_pk and entry_videos.video_pk = item.video_pk
        """,
        {"links": Jsonb(links)},
    )


async def drop_empty_seasons(connection: Connection, serie: int) -> None:
    """Seasons without an episode, unless somebody wrote into them."""
    await execute(
        connection,
        """
        delete from api.seasons season
        where show_pk = %s and season_number > 0 and locks = '{}' and not exists (
            select from api.entries entry
            where entry.show_pk = season.show_pk and entry.kind = 'episode'
              and entry.season_number = season.season_number
        )
        """,
        [serie],
    )
