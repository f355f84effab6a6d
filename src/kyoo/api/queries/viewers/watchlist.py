"""The SQL of the watch list: profiles, the shows in it and what is next in them, and the pages of the list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Literal
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from kyoo.api.queries.catalogue.shows import SHOW_SEARCH, SHOWS
from kyoo.api.queries.fragments import READER, entry_joins, entry_json, show_joins, show_json
from kyoo.api.queries.lists.resources import Listing, Resource
from kyoo.api.watchlist import Listed, Rearranged, Show
from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value
from kyoo.core.errors import NotFoundError

Kind = Literal["movie", "serie"]

NEXT_ENTRY = f"(select {entry_json('e')} from api.entries e {entry_joins('e')} where e.pk = s_w.next_entry_pk)"

#: What the wire says of a show in the list, by its kind.
ANSWER: dict[Kind, sql.SQL] = {
    "movie": sql.SQL("'percent', seen_count"),
    "serie": sql.SQL("'startedAt', api.iso(started_at), 'seenCount', seen_count"),
}


SAVE = """
insert into api.watchlist as list (
    profile_pk, show_pk, status, score, seen_count, next_entry_pk, started_at, last_played_at, completed_at, seen_since,
    set_aside_at
)
select %(profile)s, given.*
from jsonb_to_recordset(%(listings)s) as given (
    show_pk bigint, status api.watch_status, score smallint, seen_count integer, next_entry_pk bigint,
    started_at timestamptz, last_played_at timestamptz, completed_at timestamptz, seen_since timestamptz,
    set_aside_at timestamptz
)
on conflict (profile_pk, show_pk) do update set
    status = excluded.status, score = excluded.score, seen_count = excluded.seen_count,
    next_entry_pk = excluded.next_entry_pk, started_at = excluded.started_at,
    last_played_at = excluded.last_played_at, completed_at = excluded.completed_at,
    seen_since = excluded.seen_since, set_aside_at = excluded.set_aside_at, updated_at = now()
"""


#: The watch list of the reader: shows with the entry to watch next, those being watched first.
WATCHLIST = Listing(
    resource=Resource(
        properties={
            **SHOWS.properties,
            "watchStatus": replace(SHOWS.properties["watchStatus"], sql="w.status", needs=(), nullable=False, apart=""),
            "score": replace(SHOWS.properties["score"], sql="w.score", needs=(), apart=""),
        },
        default=("watchStatus", "slug"),
        key="s.pk",
    ),
    source="api.watchlist w join api.shows s on s.pk = w.show_pk",
    where=(f"w.profile_pk = {READER}",),
    search=SHOW_SEARCH,
    item=show_json("s", of_serie={"nextEntry": NEXT_ENTRY}),
    item_from=f"join api.shows s on s.pk = page.pk {show_joins('s')}",
    unindexed={"isAvailable": "almost everything is available: the planner hashes the few thousand shows"},
)


@dataclass(frozen=True, slots=True)
class ShowStanding:
    """A show, its place in the list (None when it is not listed), how many of its entries the profile has seen, and the
    story entry after the furthest of them."""

    show: Show
    listing: Listed | None
    seen: int
    resume: int | None


async def lock_profile(connection: Connection, user: UUID) -> int:
    """The profile of a user, made on first use; writes of one profile follow one another until the transaction ends."""
    for_update = "select pk from api.profiles where id = %s for update"
    found = await fetch_value(connection, for_update, [user])
    if found is None:
        await execute(connection, "insert into api.profiles (id) values (%s) on conflict do nothing", [user])
        found = await fetch_value(connection, for_update, [user])
    return int(found)


async def shows(connection: Connection, profile: int, pks: Iterable[int]) -> dict[int, ShowStanding]:
    """What the rules need to know of these shows, by pk."""
    rows = await fetch_all(
        connection,
        """
        select show.pk, show.kind, show.status as show_status, coalesce(
                api.next_story(show.pk, -1),
                (select pk from api.entries where show_pk = show.pk and kind <> 'extra' order by "order", pk limit 1)
            ) as first,
            (select count(*) from api.entries where show_pk = show.pk and kind <> 'extra')::integer as total,
            seen.entries as seen, api.next_story(show.pk, coalesce(seen.place, -1)) as resume,
            list.*
        from api.shows show
        left join api.watchlist list on list.show_pk = show.pk and list.profile_pk = %(profile)s
        cross join lateral api.seen(%(profile)s, show.pk, list.seen_since) seen
        where show.pk = any(%(pks)s)
        """,
        {"profile": profile, "pks": list(pks)},
    )
    return {
        row["pk"]: ShowStanding(
            Show(row["pk"], row["kind"], row["show_status"], row["first"], row["total"]),
            Listed(**{field.name: row[field.name] for field in fields(Listed)}) if row["show_pk"] else None,
            row["seen"],
            row["resume"],
        )
        for row in rows
    }


async def show(connection: Connection, profile: int, pk: int) -> ShowStanding:
    """The same of one show. NotFoundError when it was deleted since its pk was looked up."""
    known = (await shows(connection, profile, [pk])).get(pk)
    if known is None:
        raise NotFoundError("The show was deleted at the same time")
    return known


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody who has a show in the list."""

    profile: int
    show: Show
    listing: Listed
    rearranged: Rearranged


async def followers(
    connection: Connection, show: int, *, added: Sequence[int], placed: Sequence[int], ended: bool
) -> list[Follower]:
    """Who has a show in the list, and what they find of it: the entries `added` (pks) are new, those `placed` are new
    or have another place in the watch order; `ended`: nothing new is expected any more. Their places in the list are
    locked."""
    rows = await fetch_all(
        connection,
        """
        select show.pk, show.kind, show.status as show_status, null::bigint as first,
            (select count(*) from api.entries where show_pk = show.pk and kind <> 'extra')::integer as total,
            seen.entries as seen, api.next_story(show.pk, coalesce(seen.place, -1)) as resume,
            -- What is being watched stays next.
            exists (
                select from api.entries entry
                where entry.pk = any(%(placed)s) and entry.show_pk = show.pk and (
                    entry.pk = following.pk
                    or entry.content = 'story' and entry."order" > coalesce(seen.place, -1)
                    and entry."order" < following."order"
                )
            ) and not exists (
                select from api.history play
                where play.profile_pk = list.profile_pk and play.entry_pk = following.pk
                    and not api.is_finished(play.percent, play.external)
                    and play.played_date >= coalesce(list.seen_since, '-infinity')
            ) as overtaken,
            -- Those without a date, when they come after all that was there.
            (
                select pk from api.entries entry
                where list.status = 'completed' and show.kind = 'serie' and entry.pk = any(%(added)s)
                    and entry.show_pk = show.pk and entry.kind <> 'extra' and entry.content = 'story'
                    and entry."order" > coalesce(seen.place, -1)
                    and coalesce(entry.air_date > list.completed_at::date, entry."order" > (
                        select coalesce(max("order"), -1) from api.entries
                        where show_pk = list.show_pk and kind <> 'extra' and pk <> all(%(added)s)
                    ))
                order by entry."order", entry.pk
                limit 1
            ) as reopens,
            list.*
        from api.watchlist list
        join api.shows show on show.pk = list.show_pk
        left join api.entries following on following.pk = list.next_entry_pk
        cross join lateral api.seen(list.profile_pk, list.show_pk, list.seen_since) seen
        where list.show_pk = %(show)s
        order by list.profile_pk
        for no key update of list
        """,
        {"show": show, "added": list(added), "placed": list(placed)},
    )
    return [
        Follower(
            row["profile_pk"],
            Show(row["pk"], row["kind"], row["show_status"], row["first"], row["total"]),
            Listed(**{field.name: row[field.name] for field in fields(Listed)}),
            Rearranged(row["seen"], row["resume"], row["overtaken"], row["reopens"], ended),
        )
        for row in rows
    ]


async def rearrange(connection: Connection, changed: Sequence[tuple[int, Listed]]) -> None:
    """Write what follows for places in lists (profile, place) from another order of the entries. Nobody has said
    anything: they count as changed when their owner last changed them."""
    if not changed:
        return
    rows = [{"profile_pk": profile, **asdict(listing)} for profile, listing in changed]
    await execute(
        connection,
        """
        update api.watchlist list set
            status = given.status, seen_count = given.seen_count, next_entry_pk = given.next_entry_pk,
            completed_at = given.completed_at
        from jsonb_to_recordset(%s) as given (
            profile_pk bigint, show_pk bigint, status api.watch_status, seen_count integer, next_entry_pk bigint,
            completed_at timestamptz
        )
        where list.profile_pk = given.profile_pk and list.show_pk = given.show_pk
        """,
        [Jsonb(json.dumps(rows, default=str), dumps=str)],
    )


async def next_stories(
    connection: Connection, places: Iterable[tuple[int, float | None]]
) -> dict[tuple[int, float | None], int | None]:
    """The story entry that follows each place (pk of the show, order) in the watch order, None after the last."""
    given = list(places)
    rows = await fetch_all(
        connection,
        """
        select show_pk, place, api.next_story(show_pk, place) as next
        from unnest(%(shows)s::bigint[], %(orders)s::double precision[]) as given (show_pk, place)
        """,
        {"shows": [show for show, _ in given], "orders": [order for _, order in given]},
    )
    return {(row["show_pk"], row["place"]): row["next"] for row in rows}


async def save(connection: Connection, profile: int, listings: Sequence[Listed]) -> None:
    """Write the places of shows in the list of `profile`."""
    if listings:
        rows = json.dumps([asdict(listing) for listing in listings], default=str)
        await execute(connection, SAVE, {"profile": profile, "listings": Jsonb(rows, dumps=str)})


async def take_back(connection: Connection, profile: int, shows: Iterable[int]) -> None:
    """Shows that were set aside are next up again."""
    await execute(
        connection,
        """
        update api.watchlist set set_aside_at = null
        where profile_pk = %s and show_pk = any(%s) and set_aside_at is not null
        """,
        [profile, list(shows)],
    )


async def answer(connection: Connection, profile: int, kind: Kind, show: int) -> bytes | None:
    """The wire's JSON of a listed show, None when it is not in the list."""
    query = sql.SQL("select ({json})::text as json from api.watchlist where profile_pk = %s and show_pk = %s")
    row = await fetch_one(connection, query.format(json=answer_json(kind)), [profile, show])
    return None if row is None else str(row["json"]).encode()


async def remove(connection: Connection, profile: int, kind: Kind, show: int) -> bytes | None:
    """Take a show out of the list of `profile`; the wire's JSON of what was there, None when it was not."""
    query = sql.SQL("delete from api.watchlist where profile_pk = %s and show_pk = %s returning ({json})::text as json")
    row = await fetch_one(connection, query.format(json=answer_json(kind)), [profile, show])
    return None if row is None else str(row["json"]).encode()


def answer_json(kind: Kind) -> sql.Composed:
    """What the wire says of a row of the watch list."""
    return sql.SQL(
        "jsonb_build_object('status', status, 'score', score, 'completedAt', api.iso(completed_at), {by_kind}, "
        "'createdAt', api.iso(created_at), 'updatedAt', api.iso(updated_at))"
    ).format(by_kind=ANSWER[kind])
