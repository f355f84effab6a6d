"""The SQL of marking a season or a whole serie as seen, and as not seen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kyoo.core.database.postgres import Connection, fetch_all, fetch_one, fetch_value

#: The entries of a serie, or of one season of it; season 0 is the specials.
_MARKED = """entry.show_pk = %(serie)s and entry.kind <> 'extra' and (
    %(season)s::integer is null or entry.season_number = %(season)s
    or (%(season)s = 0 and entry.kind = 'special')
)"""


async def has_season(connection: Connection, serie: int, season: int) -> bool:
    """Whether the serie has that season, or entries of it."""
    found: bool = await fetch_value(
        connection,
        f"""
        select exists (select from api.seasons where show_pk = %(serie)s and season_number = %(season)s)
            or exists (select from api.entries entry where {_MARKED})
        """,
        {"serie": serie, "season": season},
    )
    return found


async def unseen_entries(connection: Connection, profile: int, serie: int, season: int | None) -> list[UUID]:
    """The entries to mark: not seen since the present watch began, and not to be aired in the future."""
    rows = await fetch_all(
        connection,
        f"""
        select entry.id from api.entries entry
        left join api.watchlist list on list.profile_pk = %(profile)s and list.show_pk = entry.show_pk
        where {_MARKED} and (entry.available_since is not null or coalesce(entry.air_date <= current_date, true))
            and not exists (
                select from api.history play
                where play.profile_pk = %(profile)s and play.entry_pk = entry.pk
                    and api.is_finished(play.percent, play.external)
                    and play.played_date >= coalesce(list.seen_since, '-infinity')
            )
        order by entry."order", entry.pk
        """,
        {"profile": profile, "serie": serie, "season": season},
    )
    return [row["id"] for row in rows]


async def forget_plays(connection: Connection, profile: int, serie: int, season: int | None) -> dict[str, Any]:
    """Delete the plays of these entries: `{entries, first}`, how many had any, and the earliest entry of the story
    among all of them."""
    row = await fetch_one(
        connection,
        f"""
        with forgotten as (
            delete from api.history play using api.entries entry
            where play.profile_pk = %(profile)s and entry.pk = play.entry_pk and {_MARKED}
            returning play.entry_pk
        )
        select (select count(distinct entry_pk) from forgotten)::integer as entries, (
            select entry.pk from api.entries entry where {_MARKED} and entry.content = 'story'
            order by entry."order", entry.pk limit 1
        ) as first
        """,
        {"profile": profile, "serie": serie, "season": season},
    )
    assert row is not None
    return row
