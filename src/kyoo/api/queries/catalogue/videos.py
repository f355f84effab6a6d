"""Reading files: their lists, one with its neighbours, and what became of some."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from kyoo.api.queries.fragments import (
    BEST_VIDEO,
    EDITION,
    READER,
    as_json,
    completed,
    embedded_videos,
    entry_joins,
    entry_json,
    iso,
    pairs,
    progress_json,
    show_joins,
    show_json,
)
from kyoo.api.queries.lists.resources import UNDRAWN, Listing, Property, Resource, Search, Tier, Type, words_tiers
from kyoo.api.reader import Reader
from kyoo.core.database.postgres import Connection, fetch_all, fetch_one, fetch_value

_VIDEO = {
    "edition": f"to_json({EDITION})",
    "guess": "v.guess",
    "createdAt": f"to_json({iso('v.created_at')})",
    "updatedAt": f"to_json({iso('v.updated_at')})",
}


def video_entries(of_serie: str = "") -> str:
    """The entries of a file, as text; extras are no entries of the wire."""
    return f"""(select concat('[', string_agg({entry_json("e", videos=False, progress=None)}, ','
            order by e.show_pk, e."order", e.pk), ']')
        from api.entry_videos ev join api.entries e on e.pk = ev.entry_pk {entry_joins("e", progress=False)}
        where ev.video_pk = v.pk and e.kind <> 'extra' {of_serie})"""


def _slugs(of_serie: str = "") -> str:
    return f"""coalesce((select json_agg(ev.slug order by e.show_pk, e."order", e.pk)
        from api.entry_videos ev join api.entries e on e.pk = ev.entry_pk
        where ev.video_pk = v.pk {of_serie}), '[]')"""


#: The reader's latest play of what is in the file, in this version or another.
_PROGRESS_JOIN = f"""left join lateral (
        select h.percent, h.time, h.played_date, played.id as video_id
        from api.entry_videos ev
        cross join lateral (
            select * from api.history h where h.profile_pk = {READER} and h.entry_pk = ev.entry_pk
            order by h.played_date desc, h.pk desc limit 1
        ) h
        left join api.videos played on played.pk = h.video_pk
        where ev.video_pk = v.pk
        order by h.played_date desc, h.pk desc limit 1
    ) v_p on true"""


def _full(of_serie: str = "", **more: str) -> str:
    return completed(
        "v.wire",
        **_VIDEO,
        slugs=_slugs(of_serie),
        progress=progress_json("v_p"),
        entries=video_entries(of_serie),
        **more,
    )


def _first_entry(of_serie: str = "") -> tuple[str, ...]:
    """Joins the place of each file's first entry, made for all files at once: a sort needs them all."""
    return (
        f"""left join (
            select distinct on (ev.video_pk) ev.video_pk, s.slug as show, e."order"
            from api.entry_videos ev join api.entries e on e.pk = ev.entry_pk join api.shows s on s.pk = e.show_pk
            where e.kind <> 'extra' {of_serie}
            order by ev.video_pk, s.slug, e."order"
        ) placed on placed.video_pk = v.pk""",
    )


def _resource(of_serie: str = "") -> Resource:
    needs = _first_entry(of_serie)
    return Resource(
        properties={
            "path": Property(Type.TEXT, "v.path", filterable=False, nullable=False),
            "entry": Property(
                Type.TEXT,
                "placed.show",
                filterable=False,
                needs=needs,
                then=(Property(Type.FLOAT, 'placed."order"', needs=needs),),
            ),
        },
        default=("path",),
        key="v.pk",
    )


#: By the words of the path, where the words of the guessed title are, too; `unlinked` files only, or any.
def _path_search(*, unlinked: bool = False) -> Search:
    return Search(
        tiers=words_tiers("v.words"),
        terms="api.search_all(%(query)s, false)::text as typed, api.search_all(%(query)s, true)::text as begun",
        needs=(
            f"""join (
                select video_pk, (score * 0.8)::real as score
                from api.search_misspelt_files(%(query)s, {str(unlinked).lower()})
            ) found on found.video_pk = v.pk""",
        ),
        where="true",
        score="found.score",
    )


_PATH_SEARCH = _path_search()

VIDEOS = Listing(
    resource=_resource(),
    source="api.videos v",
    search=_PATH_SEARCH,
    item=_full(),
    item_from=f"join api.videos v on v.pk = page.pk {_PROGRESS_JOIN}",
    unindexed={
        "random": UNDRAWN,
        "entry": "a file can have several entries, so that the first of each is sought; clients ask it of a serie",
    },
)

#: The same for a limited reader, whom row level security keeps from the indexes of the search (schema/limits.sql).
LIMITED_VIDEOS = replace(
    VIDEOS,
    search=replace(
        _PATH_SEARCH,
        tiers=(
            Tier("v.pk in (select api.files_with(%(typed)s::tsquery))", 1),
            Tier("v.pk in (select api.files_with(%(begun)s::tsquery))", 0.9),
        ),
    ),
)

_OF_SERIE = "and e.show_pk = %(serie)s"

#: Files of the serie `%(serie)s`, and those that look like it: by a guessed title that a linked file has, or that is
#: in `%(titles)s`.
SERIE_VIDEOS = replace(
    VIDEOS,
    resource=_resource(_OF_SERIE),
    item=_full(_OF_SERIE),
    unindexed={},
    where=("v.pk in (select api.files_of_serie(%(serie)s, %(titles)s::text[]))",),
    # The files of a serie are few.
    search=replace(
        _PATH_SEARCH,
        needs=(),
        where="%(query)s <%% v.path",
        score="(word_similarity(%(query)s, v.path) * 0.8)::real",
    ),
)

UNMATCHED = Listing(
    resource=Resource(
        properties={
            "path": Property(Type.TEXT, "v.path", filterable=False, nullable=False),
            "createdAt": Property(Type.TIMESTAMP, "v.created_at", filterable=False, nullable=False),
        },
        default=("-createdAt",),
        key="v.pk",
    ),
    source="api.videos v",
    where=("not v.linked",),
    search=_path_search(unlinked=True),
    item=completed("v.wire", **_VIDEO),
    item_from="join api.videos v on v.pk = page.pk",
    unindexed={"random": UNDRAWN},
)


# ------------------------------------------------------------------------------------------------------------ one file


async def find_video(connection: Connection, name: str, *, by_id: bool = True) -> dict[str, Any] | None:
    """`{pk, id, path}` of the file that a client names by its id, by the slug of a link, or by the slug of an entry:
    then its best file."""
    if by_id and (identifier := _uuid(name)) is not None:
        return await fetch_one(connection, "select pk, id, path from api.videos where id = %s", [identifier])
    return await fetch_one(
        connection,
        f"""
        select pk, id, path from (
            (
                select v.pk, v.id, v.path, 0 as rank
                from api.entry_videos ev join api.videos v on v.pk = ev.video_pk where ev.slug = %(name)s
            )
            union all
            (
                select v.pk, v.id, v.path, 1 from api.entries e
                join api.entry_videos ev on ev.entry_pk = e.pk join api.videos v on v.pk = ev.video_pk
                where e.slug = %(name)s order by {BEST_VIDEO} limit 1
            )
        ) found
        order by rank limit 1
        """,
        {"name": name},
    )


def _neighbour(*, forward: bool) -> str:
    """The next or previous part of the file's last or first entry, else the story's next or previous entry."""
    current, step, beyond, direction = ("last", "+ 1", ">", "") if forward else ("first", "- 1", "<", "desc")
    part = pairs(video="ev.slug", entry=as_json(entry_json("e")))
    best = f"""(select ev.slug from api.entry_videos ev join api.videos v on v.pk = ev.video_pk
        where ev.entry_pk = e.pk order by {BEST_VIDEO} limit 1)"""
    return f"""coalesce((
            -- Extras have no neighbours.
            select {part}
            from api.entry_videos ev join api.videos other on other.pk = ev.video_pk
            join api.entries e on e.pk = ev.entry_pk {entry_joins("e")}
            where ev.entry_pk = {current}.pk and e.kind <> 'extra'
                and other.rendering = v.rendering and other.part = v.part {step}
            order by other.version desc limit 1
        ), (
            select {pairs(video=best, entry=as_json(entry_json("e")))}
            from api.entries e {entry_joins("e")}
            where e.pk = (
                select e.pk from api.entries e
                where e.show_pk = {current}.show_pk and e.kind <> 'extra' and e.content = 'story'
                    and e."order" {beyond} {current}."order"
                    and (e.available_since is not null or e.air_date <= current_date)
                order by e."order" {direction}, e.pk {direction} limit 1
            )
        ))"""


def _edge(name: str, direction: str) -> str:
    """Joins the first or last entry of the file, of the show that its first link belongs to; an extra, if that is all
    it holds."""
    return f"""left join lateral (
            select e.pk, e.show_pk, e."order" from api.entry_videos ev join api.entries e on e.pk = ev.entry_pk
            where ev.video_pk = v.pk
            order by (e.kind = 'extra'), e.show_pk, e."order" {direction}, e.pk {direction} limit 1
        ) {name} on true"""


_RELATIONS = {
    "previous": _neighbour(forward=False),
    "next": _neighbour(forward=True),
    "versions": embedded_videos("first"),
    "show": f"(select {show_json('s')} from api.shows s {show_joins('s')} where s.pk = first.show_pk)",
}


async def get_video(connection: Connection, pk: int, relations: Collection[str], reader: Reader) -> str | None:
    """The JSON of a file with the relations asked for."""
    more = {relation: _RELATIONS[relation] for relation in sorted(relations)}
    edges = f"{_edge('first', '')} {_edge('last', 'desc')}" if more else ""
    found: str | None = await fetch_value(
        connection,
        f"select {_full(**more)} from api.videos v {_PROGRESS_JOIN} {edges} where v.pk = %(pk)s",
        {**reader.params(), "pk": pk},
    )
    return found


async def bare_video(connection: Connection, pk: int) -> str:
    """The JSON of a file without what it is linked to."""
    found: str = await fetch_value(
        connection, f"select {completed('v.wire', **_VIDEO)} from api.videos v where pk = %s", [pk]
    )
    return found


async def neighbour_paths(connection: Connection, pk: int, reader: Reader) -> dict[str, str | None]:
    """`{previous, next}`: the paths of the files that come before and after a file."""
    edges = f"{_edge('first', '')} {_edge('last', 'desc')}"
    row = await fetch_one(
        connection,
        f"""
        select
            (select v.path from api.entry_videos ev join api.videos v on v.pk = ev.video_pk
                where ev.slug = around.previous) as previous,
            (select v.path from api.entry_videos ev join api.videos v on v.pk = ev.video_pk
                where ev.slug = around.next) as next
        from (
            select {_RELATIONS["previous"]} ->> 'video' as previous, {_RELATIONS["next"]} ->> 'video' as next
            from api.videos v {edges} where v.pk = %(pk)s
        ) around
        """,
        {**reader.params(), "pk": pk},
    )
    return {"previous": None, "next": None} if row is None else dict(row)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# --------------------------------------------------------------------------------------------------------- many files


async def ids_of(connection: Connection, paths: Sequence[str]) -> list[UUID]:
    """The ids of known files, in the given order."""
    rows = await fetch_all(connection, "select path, id from api.videos where path = any(%s)", [list(paths)])
    ids: dict[str, UUID] = {row["path"]: row["id"] for row in rows}
    return [ids[path] for path in paths]


def told(*, guess: bool) -> str:
    """The JSON list of what became of the files `given`, with their places in the order of the answer."""
    guessed = """',"guess":', given.guess,""" if guess else ""
    return f"""concat('[', string_agg(concat(
                '{{"id":"', given.id, '","path":', to_json(given.path), {guessed} ',"entries":', coalesce((
                    select json_agg(json_build_object('slug', link.slug) order by link.created_at, link.slug)::text
                    from api.entry_videos link where link.video_pk = given.pk
                ), '[]'), '}}'
            ), ',' order by given.place), ']')"""


async def results(
    connection: Connection, *, paths: Sequence[str] = (), ids: Sequence[UUID] = (), guess: bool = True
) -> str:
    """The JSON of what became of files, in the given order: `CreatedVideo`s or, without the guess, `LinkResult`s;
    unknown ones are left out."""
    key, values = ("path", "%(paths)s::text[]") if paths else ("id", "%(ids)s::uuid[]")
    found: str = await fetch_value(
        connection,
        f"""
        select {told(guess=guess)}
        from (
            select asked.place, video.*
            from unnest({values}) with ordinality asked (key, place) join api.videos video on video.{key} = asked.key
        ) given
        """,
        {"paths": list(paths), "ids": list(ids)},
    )
    return found


async def links_of(connection: Connection, videos: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """`{id, slugs}` of each file that is known, by id."""
    rows = await fetch_all(
        connection,
        """
        select video.id, coalesce(array_agg(link.slug) filter (where link.slug is not null), '{}') as slugs
        from api.videos video left join api.entry_videos link on link.video_pk = video.pk
        where video.id = any(%s)
        group by video.pk
        """,
        [list(videos)],
    )
    return {row["id"]: row for row in rows}
