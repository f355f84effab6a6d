"""The SQL of reading from trackers: which shows are meant, how they stand here, imports, what both sides agreed on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value


async def shows_by_ids(
    connection: Connection, positions: Sequence[int], providers: Sequence[str], ids: Sequence[str]
) -> list[tuple[int, int]]:
    """Pairs (position, show) of which an id of the show, or of one of its entries, is the one given."""
    rows = await fetch_all(
        connection,
        """
        with given as (
            select * from unnest(%(positions)s::integer[], %(providers)s::text[], %(ids)s::text[])
                as given (position, provider, id)
        ),
        -- Materialised, so that both are joined by provider and id: by the provider alone it is each with each.
        known as materialized (
            select show.pk, listed.provider, one ->> 'dataId' as id
            from api.shows show
            cross join lateral jsonb_each(show.external_id) as listed (provider, items)
            cross join lateral jsonb_array_elements(listed.items) as one
            where show.kind <> 'collection' and jsonb_typeof(listed.items) = 'array'
        )
        select given.position, known.pk
        from given join known using (provider, id)
        union
        select given.position, entry.show_pk
        from given
        join api.entries entry on entry.kind <> 'extra' and (
            entry.external_id @> jsonb_build_object(
                given.provider, jsonb_build_array(jsonb_build_object('serieId', given.id)))
            or entry.kind = 'movie' and entry.external_id @> jsonb_build_object(
                given.provider, jsonb_build_array(jsonb_build_object('dataId', given.id)))
        )
        """,
        {"positions": list(positions), "providers": list(providers), "ids": list(ids)},
    )
    return [(row["position"], row["pk"]) for row in rows]


async def plays(connection: Connection, profile: int, shows: Collection[int]) -> dict[int, list[DictRow]]:
    """The entries of shows that are no extras, by show: `pk`, `id`, `entry` as facts and the finished `plays`, each
    `{pk, at}`."""
    rows = await fetch_all(
        connection,
        """
        select entry.show_pk, entry.pk, entry.id, entry.slug, jsonb_build_object(
                'slug', entry.slug, 'kind', entry.kind, 'season', entry.season_number, 'number', entry.episode_number,
                'ids', entry.external_id
            ) as entry, coalesce(done.plays, '[]') as plays
        from api.entries entry
        left join lateral (
            select jsonb_agg(jsonb_build_object('pk', pk, 'at', api.iso(played_date)) order by played_date) as plays
            from api.history
            where profile_pk = %(profile)s and entry_pk = entry.pk and api.is_finished(percent, external)
        ) done on true
        where entry.show_pk = any(%(shows)s) and entry.kind <> 'extra'
        order by entry."order", entry.pk
        """,
        {"profile": profile, "shows": list(shows)},
    )
    found: dict[int, list[DictRow]] = {}
    for row in rows:
        found.setdefault(row["show_pk"], []).append(row)
    return found


async def listed_at(connection: Connection, profile: int, shows: Collection[int]) -> dict[int, Any]:
    """When the places of shows in the list changed last."""
    rows = await fetch_all(
        connection,
        "select show_pk, updated_at from api.watchlist where profile_pk = %(profile)s and show_pk = any(%(shows)s)",
        {"profile": profile, "shows": list(shows)},
    )
    return {row["show_pk"]: row["updated_at"] for row in rows}


async def watched_shows(connection: Connection, profile: int) -> list[int]:
    """Every show that a profile has listed or played."""
    rows = await fetch_all(
        connection,
        """
        select show_pk from api.watchlist where profile_pk = %(profile)s
        union
        select entry.show_pk from api.history play join api.entries entry on entry.pk = play.entry_pk
        where play.profile_pk = %(profile)s and entry.kind <> 'extra'
        """,
        {"profile": profile},
    )
    return [row["show_pk"] for row in rows]


async def forget_plays(connection: Connection, pks: Collection[int]) -> None:
    await execute(connection, "delete from api.history where pk = any(%(pks)s)", {"pks": list(pks)})


async def first_story(connection: Connection, show: int) -> int | None:
    found = await fetch_value(connection, "select api.next_story(%(show)s, -1)", {"show": show})
    return None if found is None else int(found)


# Imports.

KEPT_IMPORTS = 20


async def add_import(connection: Connection, tracker: int, rule: str, *, dry_run: bool) -> UUID:
    """A new one; the oldest of the account are forgotten."""
    made: UUID = await fetch_value(
        connection,
        """
        insert into api.tracker_imports (tracker_pk, rule, dry_run) values (%(tracker)s, %(rule)s, %(dry)s)
        returning id
        """,
        {"tracker": tracker, "rule": rule, "dry": dry_run},
    )
    await execute(
        connection,
        """
        delete from api.tracker_imports where tracker_pk = %(tracker)s and id not in (
            select id from api.tracker_imports where tracker_pk = %(tracker)s
            order by created_at desc limit %(kept)s
        )
        """,
        {"tracker": tracker, "kept": KEPT_IMPORTS},
    )
    return made


async def begin_import(connection: Connection, identifier: UUID) -> DictRow | None:
    """Take an import to run; also one whose worker died."""
    return await fetch_one(
        connection,
        """
        update api.tracker_imports set state = 'running' where id = %(id)s and state in ('queued', 'running')
        returning tracker_pk, rule, dry_run
        """,
        {"id": identifier},
    )


async def find_import(connection: Connection, user: UUID, service: str, identifier: UUID) -> DictRow | None:
    return await fetch_one(
        connection,
        """
        select done.state, done.counts, done.changes, done.unmatched, done.reason
        from api.tracker_imports done
        join api.trackers tracker on tracker.pk = done.tracker_pk
        join api.profiles profile on profile.pk = tracker.profile_pk
        where done.id = %(id)s and profile.id = %(user)s and tracker.service = %(service)s
        """,
        {"id": identifier, "user": user, "service": service},
    )
