"""The SQL of what people put out of their sight: shows hidden from rows, shows taken out of next up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kyoo.api.queries.catalogue.shows import SHOWS, identified
from kyoo.api.queries.fragments import READER, show_joins, show_json
from kyoo.api.queries.lists.resources import Listing
from kyoo.core.database.postgres import Connection, execute, fetch_one

_HIDDEN_FROM = f"""(select json_agg(hidden."row" order by hidden."row") from api.hidden
    where hidden.profile_pk = {READER} and hidden.show_pk = s.pk)"""

#: The shows that the reader has hidden from a row, each with the rows.
HIDDEN = Listing(
    resource=SHOWS,
    source="api.shows s",
    where=(f"s.pk in (select show_pk from api.hidden where profile_pk = {READER})",),
    item=show_json("s", more={"hiddenFrom": _HIDDEN_FROM}),
    item_from=f"join api.shows s on s.pk = page.pk {show_joins('s')}",
)


async def hide(connection: Connection, profile: int, show: int, rows: Sequence[str]) -> None:
    """Hide a show from these rows, and from these only."""
    await execute(
        connection,
        'delete from api.hidden where profile_pk = %s and show_pk = %s and "row" <> all(%s)',
        [profile, show, list(rows)],
    )
    await execute(
        connection,
        """
        insert into api.hidden (profile_pk, show_pk, "row") select %s, %s, unnest(%s::text[]) on conflict do nothing
        """,
        [profile, show, list(rows)],
    )


async def unhide(connection: Connection, profile: int, show: int) -> bool:
    """Show a show in every row again; whether it was hidden from any."""
    removed = await execute(
        connection,
        "delete from api.hidden where profile_pk = %s and show_pk = %s",
        [profile, show],
    )
    return removed > 0


async def set_aside(connection: Connection, user: UUID, name: str) -> dict[str, Any] | None:
    """Take the show of an entry, or a show, out of the next up of `user`: its `{pk, kind, id, slug}`. None when nothing
    of that id or slug is in it."""
    of_entry, params = identified("e", name)
    of_show, _ = identified("s", name)
    return await fetch_one(
        connection,
        f"""
        with named as (
            select e.show_pk, 0 as rank from api.entries e where {of_entry}
            union all
            select s.pk, 1 from api.shows s where {of_show}
        )
        update api.watchlist list set set_aside_at = now()
        from api.shows show
        where show.pk = list.show_pk and list.profile_pk = {READER} and list.show_pk = (
            select w.show_pk from named join api.watchlist w using (show_pk)
            where w.profile_pk = {READER} and w.next_entry_pk is not null and w.set_aside_at is null
                and w.status in ('watching', 'rewatching')
            order by rank limit 1
        )
        returning show.pk, show.kind, show.id, show.slug
        """,
        {**params, "reader": user},
    )
