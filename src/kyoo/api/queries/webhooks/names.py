"""What shows and entries are called, for those who tell of them outside."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kyoo.core.database.postgres import Connection, fetch_all


async def of(connection: Connection, shows: Collection[str], entries: Collection[str]) -> dict[str, dict[str, Any]]:
    """What shows and entries are called, by their ids, in English or as somebody called them first; and what they are
    called elsewhere (`ids`), which trackers/coordinates.py reads."""
    rows = await fetch_all(
        connection,
        """
        select show.id::text as id, jsonb_build_object(
            'name', text.name, 'kind', show.kind, 'year', extract(year from show.start_air)::integer,
            'ids', show.external_id, 'seasons', (
                select count(distinct season_number) from api.entries where show_pk = show.pk and kind = 'episode'
            )
        ) as names
        from api.shows show
        left join lateral (
            select name from api.show_translations where show_pk = show.pk order by language <> 'en', language limit 1
        ) text on true
        where show.id = any(%(shows)s::uuid[])
        union all
        select entry.id::text, jsonb_build_object(
            'name', text.name, 'kind', entry.kind, 'season', entry.season_number, 'number', entry.episode_number,
            'ids', entry.external_id
        )
        from api.entries entry
        left join lateral (
            select name from api.entry_translations where entry_pk = entry.pk
            order by language <> 'en', language limit 1
        ) text on true
        where entry.id = any(%(entries)s::uuid[])
        """,
        {"shows": list(shows), "entries": list(entries)},
    )
    return {row["id"]: row["names"] for row in rows}
