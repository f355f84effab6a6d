"""Reading movies, series and collections: their lists, one of them with its relations, a random one, their pictures."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, get_args
from uuid import UUID

from kyoo.api.models.base import Genre, SerieStatus, ShowKind, WatchStatus
from kyoo.api.queries.catalogue.search import shows_by_name
from kyoo.api.queries.fragments import (
    READER,
    available,
    collection_of,
    embedded_videos,
    entry_joins,
    entry_json,
    pairs,
    show_image,
    show_joins,
    show_json,
    show_translation,
    shown_in,
    studios_of,
    watch_join,
)
from kyoo.api.queries.lists.listing import Owner
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.queries.lists.resources import Listing, Property, Resource, Type, Variant
from kyoo.api.reader import Reader
from kyoo.core.database.postgres import Connection, Query, fetch_one, fetch_value

_TRANSLATION = (show_translation(),)

#: The name in the reader's language, for sorting a whole library: joins that can be hashed for the first languages of
#: the reader, and the general pick for the rest.
_NAME = (
    *(
        f"left join api.show_translations s_n{place} on s_n{place}.show_pk = s.pk"
        f" and s_n{place}.language = (%(languages)s::text[])[{place}]"
        for place in (1, 2, 3)
    ),
    """left join lateral (
        select t.name from api.show_translations t
        where s_n1.show_pk is null and s_n2.show_pk is null and s_n3.show_pk is null and t.show_pk = s.pk
        order by array_position(%(languages)s::text[], t.language), t.language limit 1
    ) s_n on true""",
)


def _lacks(languages: int) -> str:
    """The condition that a show has no name in any of that many first languages of the reader."""
    return " and ".join(
        "not exists (select from api.show_languages better where better.show_pk = s.pk"
        f" and better.language = (%(languages)s::text[])[{place}])"
        for place in range(1, languages + 1)
    )


#: The same as sets of rows, each with an index that has them in order: of each of those languages the shows that have
#: no name in one before it; and what is left.
_NAMED = (
    *(
        Variant(
            sql="s_n.name",
            needs=(
                f"""join api.show_translations s_n on s_n.show_pk = s.pk
                    and s_n.language = (%(languages)s::text[])[{place}]""",
            ),
            where=_lacks(place - 1) or "true",
        )
        for place in (1, 2, 3)
    ),
    Variant(
        sql="s_n.name",
        needs=(
            """join lateral (
                select t.name from api.show_translations t where t.show_pk = s.pk
                order by array_position(%(languages)s::text[], t.language), t.language limit 1
            ) s_n on true""",
        ),
        where=_lacks(3),
    ),
)

_WATCH = (watch_join(),)
_NOT_LISTED = f"not exists (select from api.watchlist w where w.show_pk = s.pk and w.profile_pk = {READER}{{}})"

#: As many random orders have an index (schema/tables.sql).
SHUFFLES = 8

_AIRED = Property(Type.DATE, "s.start_air")

SHOWS = Resource(
    properties={
        "slug": Property(Type.TEXT, "s.slug", filterable=False, nullable=False),
        "name": Property(
            Type.TEXT,
            "coalesce(s_n1.name, s_n2.name, s_n3.name, s_n.name)",
            filterable=False,
            needs=_NAME,
            variants=_NAMED,
        ),
        "kind": Property(Type.ENUM, "s.kind", values=get_args(ShowKind), sortable=False),
        "genres": Property(Type.ENUM, contains="s.genres @> array[{value}]", values=get_args(Genre)),
        "status": Property(Type.ENUM, "s.status", values=get_args(SerieStatus), sortable=False),
        "runtime": Property(Type.FLOAT, "s.runtime", sortable=False),
        "airDate": _AIRED,
        "startAir": _AIRED,
        "endAir": Property(Type.DATE, "s.end_air"),
        "originalLanguage": Property(Type.TEXT, "s.original_language", sortable=False),
        "tags": Property(
            Type.TEXT,
            contains="s_t.tags @> array[{value}] and s.pk = any(array(select tagged.show_pk"
            " from api.show_translations tagged where tagged.tags @> array[{value}]))",
            needs=_TRANSLATION,
        ),
        "watchStatus": Property(
            Type.ENUM,
            "s_w.status",
            values=get_args(WatchStatus),
            enum="api.watch_status",
            needs=_WATCH,
            apart=_NOT_LISTED.format(""),
        ),
        "score": Property(Type.INT, "s_w.score", needs=_WATCH, apart=_NOT_LISTED.format(" and w.score is not null")),
        "isAvailable": Property(Type.BOOL, "(s.available_count > 0)", sortable=False),
        "rating": Property(Type.INT, "(s.rating ->> {parameter})::int", parameter=True),
        "nextRefresh": Property(Type.DATE, "s.next_refresh"),
        "createdAt": Property(Type.TIMESTAMP, "s.created_at", filterable=False, nullable=False),
        "studios": Property(
            Type.TEXT,
            contains="s.pk in (select su.show_pk from api.show_studios su join api.studios u on u.pk = su.studio_pk"
            " where u.slug = {value})",
        ),
        "staff": Property(
            Type.TEXT,
            contains="s.pk in (select r.show_pk from api.roles r join api.staff p on p.pk = r.staff_pk"
            " where p.slug = {value})",
        ),
    },
    default=("slug",),
    key="s.pk",
    shuffles=SHUFFLES,
)

SHOW_SEARCH = shows_by_name("s.pk")

_ANTI_JOIN = "which shows have no name in the better language is an anti join of two narrow indexes, 1 ms"
_UNINDEXED: dict[ShowKind | None, dict[str, str]] = {
    None: {"name": _ANTI_JOIN},
    "movie": {"name": _ANTI_JOIN, "endAir": "films have no end"},
    "serie": {"name": _ANTI_JOIN},
    "collection": {},
}


@cache
def show_listing(kind: ShowKind | None = None) -> Listing:
    """A list of shows of one kind, or of all: then each says its kind."""
    where = ("s.kind = %(kind)s",) if kind else ()
    return Listing(
        resource=SHOWS,
        source="api.shows s",
        where=where,
        params={"kind": kind} if kind else {},
        search=SHOW_SEARCH,
        item=show_json("s", kind=kind is None),
        item_from=f"join api.shows s on s.pk = page.pk {show_joins('s')}",
        unindexed=_UNINDEXED[kind],
    )


def browsed(kind: ShowKind | None, page: PageRequest) -> Listing:
    """The list of shows that `page` asks for; in random order, without those that the reader has hidden."""
    listing = show_listing(kind)
    shuffled = not page.query and any(key.removeprefix("-").partition(":")[0] == "random" for key in page.sort)
    return listing.restricted(NOT_HIDDEN) if shuffled else listing


#: For random picks and lists in random order.
NOT_HIDDEN = shown_in("random", "s.pk")
OUTSIDE_COLLECTIONS = "s.collection_pk is null"
IN_COLLECTION = "s.collection_pk = %(collection)s"
BY_STUDIO = "s.pk in (select show_pk from api.show_studios where studio_pk = %(studio)s)"


def identified(alias: str, name: str) -> tuple[str, dict[str, Any]]:
    """The condition that `alias` is the row that a client names by id or slug, with its parameter."""
    try:
        return f"{alias}.id = %(name)s", {"name": UUID(name)}
    except ValueError:
        return f"{alias}.slug = %(name)s", {"name": name}


def owner(kind: ShowKind, name: str) -> Owner:
    """The show that a list belongs to: the list's parameter `show`, which also has the name of the kind."""
    condition, params = identified("owning", name)
    return Owner(
        ("show", kind),
        f"select owning.pk from api.shows owning where owning.kind = '{kind}' and {condition}",
        params,
        f"No {kind} found with the id or slug: {name}",
    )


async def show_pk(connection: Connection, kind: ShowKind, name: str) -> int | None:
    condition, params = identified("s", name)
    pk: int | None = await fetch_value(
        connection, f"select s.pk from api.shows s where s.kind = %(kind)s and {condition}", {**params, "kind": kind}
    )
    return pk


def _translations(kind: ShowKind) -> str:
    members = ("name", "description", "tagline", "aliases", "tags", "poster", "thumbnail", "banner", "logo")
    text = {member: f"t.{member}" for member in members}
    if kind != "collection":
        text["trailerUrl"] = "t.trailer_url"
    return f"""(select json_object_agg(t.language, {pairs(**text)} order by t.language)
        from api.show_translations t where t.show_pk = s.pk)"""


def _entry_where(condition: str) -> str:
    return f"(select {entry_json('e')} from api.entries e {entry_joins('e')} where {condition})"


_RELATIONS = {
    "studios": studios_of("s"),
    "collection": collection_of("s"),
    "videos": f"(select {embedded_videos('e')} from api.entries e where e.show_pk = s.pk and e.kind = 'movie')",
    "firstEntry": _entry_where(
        f"""e.show_pk = s.pk and e.kind <> 'extra' and {available()}
        order by e."order", e.pk limit 1"""
    ),
    "nextEntry": _entry_where("e.pk = s_w.next_entry_pk"),
}


async def get_show(
    connection: Connection, kind: ShowKind, name: str, relations: Collection[str], reader: Reader
) -> dict[str, Any] | None:
    """`{show, language}`: the JSON of a show in the strict language mode; `language` is null when the reader has none
    of its languages. None when there is no such show."""
    condition, params = identified("s", name)
    statement = _one_show(kind, condition, frozenset(relations))
    return await fetch_one(connection, statement, {**reader.params(), **params, "kind": kind})


@cache
def _one_show(kind: ShowKind, condition: str, relations: frozenset[str]) -> Query:
    more = {name: _translations(kind) if name == "translations" else _RELATIONS[name] for name in sorted(relations)}
    return f"""
        select {show_json("s", more=more)} as show, s_t.language
        from api.shows s {show_joins("s", strict=True)}
        where s.kind = %(kind)s and {condition}"""


async def random_show(connection: Connection, kind: ShowKind | None, reader: Reader) -> dict[str, Any] | None:
    """`{kind, slug}` of any show that the reader has not hidden; None in an empty library."""
    of_kind = "s.kind = %(kind)s and" if kind else ""
    return await fetch_one(
        connection,
        # Drawn from an index: whole rows would be read for their keys.
        f"""
        select drawn.kind, drawn.slug from api.shows drawn
        where drawn.pk = (select s.pk from api.shows s where {of_kind} {NOT_HIDDEN} order by random() limit 1)
        """,
        {**reader.params(), "kind": kind},
    )


async def show_picture(
    connection: Connection, kind: ShowKind | None, name: str, picture: str, reader: Reader
) -> dict[str, Any] | None:
    """`{id, language}` of a show's poster, thumbnail, banner or logo; None when there is no such show. `name` may be
    `random`: any that has such a picture. The pick is that of the strict language mode; the original is not
    preferred."""
    pictured = f"exists (select from api.show_translations t where t.show_pk = s.pk and t.{picture} is not null)"
    condition, params = identified("s", name) if name != "random" else (pictured, {})
    of_kind = "s.kind = %(kind)s" if kind else "true"
    return await fetch_one(
        connection,
        f"""
        select ({show_image(picture)})::jsonb ->> 'id' as id, s_t.language
        from (select * from api.shows s where {of_kind} and {condition} order by random() limit 1) s
        {show_joins("s", strict=True)}
        """,
        {**reader.params(), **params, "kind": kind, "prefer_original": False},
    )


#: What of the limits of a reader (limits.py) was enough to see the show `s`: libraries and ages, of a collection
#: those of what it holds.
_SEEN = """(
    select coalesce(jsonb_agg(distinct jsonb_build_object(
        'libraries', array(select slug from api.libraries where pk = any(item.libraries) order by slug),
        'minAge', item.min_age
    )), '[]')
    from api.shows item where (item.pk = s.pk and s.kind <> 'collection') or item.collection_pk = s.pk
)"""


async def hold_show(connection: Connection, kind: ShowKind, name: str) -> int | None:
    """Keep others from writing about a show until the transaction ends: its pk, None when there is none."""
    condition, params = identified("s", name)
    row = await fetch_one(
        connection,
        f"select s.pk from api.shows s where s.kind = %(kind)s and {condition} for update",
        {**params, "kind": kind},
    )
    return None if row is None else int(row["pk"])


async def delete_show(connection: Connection, pk: int) -> dict[str, Any]:
    """Delete a show and all that is inside it: its `{id, slug, seen}`. A collection leaves its items; files stay
    known."""
    row = await fetch_one(
        connection,
        f"delete from api.shows s where s.pk = %(pk)s returning s.id, s.slug, {_SEEN} as seen",
        {"pk": pk},
    )
    assert row is not None
    return row
