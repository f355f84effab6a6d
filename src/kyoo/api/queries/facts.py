"""The SQL of events about shows: the names of what they are about are looked up by the statement that records them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from kyoo.api.queries.viewers.watchlist import answer_json
from kyoo.core.database.postgres import Connection, execute

#: Things that one event names at most.
ITEMS = 100


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in what somebody watches; `listed` says that the place in the watch list is told."""

    show: int
    entry: int | None
    type: str
    body: dict[str, Any] = field(default_factory=dict)
    listed: bool = False


_WATCHING = sql.SQL(
    """
    select events.record(
        'watch', given.type, %(user)s,
        case when given.type = 'progress' then 'progress ' || %(user)s::text || ' ' || entry.id end, %(origin)s,
        given.body || jsonb_build_object(
            'show', jsonb_build_object('id', show.id, 'slug', show.slug, 'kind', show.kind),
            'entry', case when entry.pk is not null then jsonb_build_object('id', entry.id, 'slug', entry.slug) end
        ) || case when given.listed then jsonb_build_object('watchStatus', (
            select case show.kind when 'movie' then {movie} else {serie} end from api.watchlist
            where watchlist.profile_pk = %(profile)s::bigint and watchlist.show_pk = show.pk
        )) else '{{}}' end
    )
    from rows from (jsonb_to_recordset(%(changes)s) as (
        show bigint, entry bigint, type text, body jsonb, listed boolean
    )) with ordinality as given (show_pk, entry_pk, type, body, listed, place)
    join api.shows show on show.pk = given.show_pk
    left join api.entries entry on entry.pk = given.entry_pk
    order by given.place
    """
).format(movie=answer_json("movie"), serie=answer_json("serie"))


async def record_watching(
    connection: Connection, user: UUID, profile: int | None, changes: Sequence[Change], origin: str | None
) -> None:
    """Record what changed for `user`; only what is `listed` needs the profile."""
    if changes:
        rows = Jsonb([asdict(change) for change in changes])
        await execute(connection, _WATCHING, {"user": user, "profile": profile, "changes": rows, "origin": origin})


async def record_shows(connection: Connection, what: str, shows: Collection[int], fields: Collection[str] = ()) -> None:
    """Record that these shows were added or changed; those that are gone meanwhile are left out."""
    if shows:
        await execute(
            connection,
            """
            select events.record('catalogue', %(what)s, null, null, null, items.body)
            from (
                select jsonb_build_object('items', jsonb_agg(
                    jsonb_build_object('kind', kind, 'id', id, 'slug', slug) || %(fields)s::jsonb
                )) || case when %(more)s then '{"more": true}'::jsonb else '{}' end as body, count(*) as found
                from (select kind, id, slug from api.shows where pk = any(%(pks)s) order by pk limit %(most)s) show
            ) items
            where items.found > 0
            """,
            {
                "what": what,
                "pks": list(shows),
                "fields": Jsonb({"fields": sorted(fields)} if fields else {}),
                "more": len(set(shows)) > ITEMS,
                "most": ITEMS,
            },
        )


async def record_picture(connection: Connection, picture: str) -> None:
    """Record that what shows this picture was changed; shows, for what is inside them. Of each thing, the last such
    event is kept."""
    await execute(
        connection,
        """
        select events.record(
            'catalogue', 'changed', null, 'picture ' || id, null,
            jsonb_build_object('items', jsonb_build_array(
                jsonb_build_object('kind', kind, 'id', id, 'slug', slug, 'fields', jsonb_build_array('pictures'))
            ))
        )
        from (
            select show.kind::text, show.id, show.slug from api.image_places place
            left join api.seasons season on place.owner = 'season' and season.pk = place.owner_pk
            left join api.entries entry on place.owner = 'entry' and entry.pk = place.owner_pk
            left join api.roles role on place.owner = 'role' and role.pk = place.owner_pk
            join api.shows show on show.pk = coalesce(
                season.show_pk, entry.show_pk, role.show_pk, case when place.owner = 'show' then place.owner_pk end
            )
            where place.image_id = %(picture)s
            union
            select 'studio', studio.id, studio.slug from api.image_places place
            join api.studios studio on studio.pk = place.owner_pk
            where place.image_id = %(picture)s and place.owner = 'studio'
            union
            select 'staff', person.id, person.slug from api.image_places place
            join api.staff person on person.pk = place.owner_pk
            where place.image_id = %(picture)s and place.owner = 'staff'
            order by 2 limit %(most)s
        ) shown
        """,
        {"picture": picture, "most": ITEMS},
    )
