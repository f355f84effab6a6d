"""The SQL of plays: which entries and videos they are of, the recent ones, writing them, the pages of the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kyoo.api.queries.catalogue.entries import ENTRIES, LIBRARY_ENTRY_SEARCH
from kyoo.api.queries.fragments import READER, entry_joins, entry_json, show_joins, show_json
from kyoo.api.queries.lists.resources import UNDRAWN, Listing, Property, Resource, Type
from kyoo.core.database.postgres import Connection, execute, fetch_all

_OWN = "no index holds plays by what their entries are; one person's plays are the bound, no client asks for it"
_OF_ENTRIES = ("seasonNumber", "episodeNumber", "number", "order", "airDate", "runtime", "isAvailable")


def _history(*, show: bool) -> Listing:
    """One item per play of the reader, with the progress of that play; what was seen elsewhere is hidden, and extras.
    With `show`, each item has the show of its entry."""
    return Listing(
        resource=Resource(
            properties={
                **ENTRIES.properties,
                "playedDate": Property(Type.TIMESTAMP, "h.played_date", nullable=False),
            },
            default=("-playedDate",),
            key="h.pk",
        ),
        source="api.history h join api.entries e on e.pk = h.entry_pk",
        where=(f"h.profile_pk = {READER}", "not h.external", "e.kind <> 'extra'"),
        search=LIBRARY_ENTRY_SEARCH,
        item=entry_json("e", progress="play", more={"show": show_json("s")} if show else {}),
        item_from=f"""join (
                select h.pk, h.entry_pk, h.percent, h.time, h.played_date, v.id as video_id
                from api.history h left join api.videos v on v.pk = h.video_pk
            ) play on play.pk = page.pk
            join api.entries e on e.pk = play.entry_pk
            {entry_joins("e", progress=False)}
            {f"join api.shows s on s.pk = e.show_pk {show_joins('s')}" if show else ""}""",
        unindexed={"random": UNDRAWN, **dict.fromkeys(_OF_ENTRIES, _OWN)},
    )


HISTORY = _history(show=False)
HISTORY_WITH_SHOWS = _history(show=True)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as the rules of watching see it; `order` is None for extras."""

    pk: int
    show_pk: int
    show_kind: str
    kind: str
    order: float | None


@dataclass(slots=True)
class Play:
    """A play that can go on; `pk` is None while it is not written yet."""

    pk: int | None
    entry: EntryRow
    percent: int
    time: int
    at: datetime


@dataclass(slots=True)
class NewPlay(Play):
    video: UUID | None
    external: bool


def as_uuid(key: str) -> UUID | None:
    """The UUID that `key` is, or None when it must be a slug."""
    try:
        return UUID(key)
    except ValueError:
        return None


async def entries(connection: Connection, keys: Iterable[str]) -> dict[str, EntryRow]:
    """The entries that have these ids or slugs, by the key asked for; unknown ones are left out."""
    wanted = {key: as_uuid(key) for key in keys if "\0" not in key}
    rows = await fetch_all(
        connection,
        """
        select given.key, entry.pk, entry.show_pk, show.kind as show_kind, entry.kind, entry."order"
        from unnest(%(keys)s::text[], %(ids)s::uuid[]) as given (key, id)
        join api.entries entry on entry.id = given.id
        join api.shows show on show.pk = entry.show_pk
        union all
        select entry.slug, entry.pk, entry.show_pk, show.kind, entry.kind, entry."order"
        from api.entries entry
        join api.shows show on show.pk = entry.show_pk
        where entry.slug = any(%(slugs)s)
        """,
        {
            "keys": [key for key, identifier in wanted.items() if identifier],
            "ids": [identifier for identifier in wanted.values() if identifier],
            "slugs": list(wanted),
        },
    )
    return {row.pop("key"): EntryRow(**row) for row in rows}


async def recent_plays(
    connection: Connection, profile: int, videos: Iterable[UUID], *, since: datetime
) -> dict[UUID, Play]:
    """The newest play of each of these videos by `profile`, when it is newer than `since`."""
    rows = await fetch_all(
        connection,
        """
        select video.id, play.pk, play.percent, play.time, play.played_date,
            entry.pk as entry_pk, entry.show_pk, show.kind as show_kind, entry.kind, entry."order"
        from api.videos video
        cross join lateral (
            select * from api.history
            where profile_pk = %(profile)s and video_pk = video.pk and played_date > %(since)s
            order by played_date desc, pk desc
            limit 1
        ) play
        join api.entries entry on entry.pk = play.entry_pk
        join api.shows show on show.pk = entry.show_pk
        where video.id = any(%(videos)s)
        """,
        {"profile": profile, "videos": list(videos), "since": since},
    )
    return {
        row["id"]: Play(
            row["pk"],
            EntryRow(row["entry_pk"], row["show_pk"], row["show_kind"], row["kind"], row["order"]),
            row["percent"],
            row["time"],
            row["played_date"],
        )
        for row in rows
    }


async def known_reports(
    connection: Connection, profile: int, reports: Iterable[tuple[int, datetime]]
) -> set[tuple[int, int, int, datetime]]:
    """What `profile` has reported of these entries for these very times: (entry, percent, time, at)."""
    wanted = list(reports)
    if not wanted:
        # Who plays gives no date.
        return set()
    rows = await fetch_all(
        connection,
        """
        select play.entry_pk, play.percent, play.time, play.played_date
        from unnest(%(entries)s::bigint[], %(dates)s::timestamptz[]) as given (entry, played_date)
        join api.history play
            on play.profile_pk = %(profile)s and play.entry_pk = given.entry and play.played_date = given.played_date
        """,
        {
            "profile": profile,
            "entries": [entry for entry, _ in wanted],
            "dates": [at for _, at in wanted],
        },
    )
    return {(row["entry_pk"], row["percent"], row["time"], row["played_date"]) for row in rows}


async def add_plays(connection: Connection, profile: int, plays: Sequence[NewPlay]) -> None:
    """Write new plays; a video that does not exist is left out of its play."""
    if not plays:
        return
    await execute(
        connection,
        """
        insert into api.history (profile_pk, entry_pk, video_pk, percent, time, external, played_date)
        select %(profile)s, given.entry, video.pk, given.percent, given.time, given.external, given.played_date
        from unnest(
            %(entries)s::bigint[], %(videos)s::uuid[], %(percents)s::smallint[], %(times)s::integer[],
            %(externals)s::boolean[], %(dates)s::timestamptz[]
        ) with ordinality as given (entry, video, percent, time, external, played_date, position)
        left join api.videos video on video.id = given.video
        order by given.position
        """,
        {
            **_columns(plays),
            "profile": profile,
            "entries": [play.entry.pk for play in plays],
            "videos": [play.video for play in plays],
            "externals": [play.external for play in plays],
        },
    )


async def change_plays(connection: Connection, plays: Sequence[Play]) -> None:
    """Write how far these plays have come."""
    if plays:
        await execute(
            connection,
            """
            update api.history play
            set percent = given.percent, time = given.time, played_date = given.played_date
            from unnest(
                %(pks)s::bigint[], %(percents)s::smallint[], %(times)s::integer[], %(dates)s::timestamptz[]
            ) as given (pk, percent, time, played_date)
            where play.pk = given.pk
            """,
            {**_columns(plays), "pks": [play.pk for play in plays]},
        )


def _columns(plays: Sequence[Play]) -> dict[str, list[Any]]:
    return {
        "percents": [play.percent for play in plays],
        "times": [play.time for play in plays],
        "dates": [play.at for play in plays],
    }
