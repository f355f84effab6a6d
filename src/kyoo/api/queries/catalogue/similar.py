"""Similar shows: what they are compared by, their table, the lists made of it. How alike: `catalogue/similar.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import Any

from kyoo.api.queries.catalogue.shows import SHOW_SEARCH, SHOWS
from kyoo.api.queries.fragments import READER, pairs, show_joins, show_json, show_translation, shown_in
from kyoo.api.queries.lists.resources import Listing, Property, Type
from kyoo.core.database.postgres import Connection, execute, fetch_one

_SCORE = Property(Type.REAL, "r.score", filterable=False, sortable=False, nullable=False)

_RANKED = replace(SHOWS, properties={**SHOWS.properties, "similarity": _SCORE}, default=("-similarity",))

#: The shows most alike to the show `%(show)s`, the most alike first.
SIMILAR = Listing(
    resource=_RANKED,
    source="api.similar_shows r join api.shows s on s.pk = r.similar_pk",
    where=("r.show_pk = %(show)s",),
    search=SHOW_SEARCH,
    item=show_json("s"),
    item_from=f"join api.shows s on s.pk = page.pk {show_joins('s')}",
)

# What is alike to the last sixty shows that the reader watches or has seen and did not score low, and is not in their
# list. What is alike to several, to what was watched lately, to what was scored high comes first.
_RECOMMENDED = f"""(
    select r.similar_pk as show_pk, sum(r.score * liked.weight)::real as score,
        (array_agg(liked.show_pk order by r.score * liked.weight desc, liked.show_pk))[1] as because_pk
    from (
        select w.show_pk, coalesce(w.score, 60) / (100 + 5.0 * row_number() over (
                order by coalesce(w.last_played_at, w.updated_at) desc, w.show_pk
            )) as weight
        from api.watchlist w
        where w.profile_pk = {READER} and w.status in ('watching', 'rewatching', 'completed')
            and coalesce(w.score, 60) >= 50
        order by coalesce(w.last_played_at, w.updated_at) desc, w.show_pk
        limit 60
    ) liked
    join api.similar_shows r on r.show_pk = liked.show_pk
    where not exists (select from api.watchlist known
            where known.profile_pk = {READER} and known.show_pk = r.similar_pk)
        and {shown_in("recommendations", "r.similar_pk")}
    group by r.similar_pk
) r"""

#: What the reader may like, each with the show `because` of which it is here.
RECOMMENDATIONS = Listing(
    resource=_RANKED,
    source=f"{_RECOMMENDED} join api.shows s on s.pk = r.show_pk",
    search=SHOW_SEARCH,
    item=show_json("s", more={"because": pairs(kind="b.kind", id="b.id", slug="b.slug", name="b_t.name")}),
    item_from=f"""join {_RECOMMENDED} on r.show_pk = page.pk
        join api.shows s on s.pk = page.pk {show_joins("s")}
        join api.shows b on b.pk = r.because_pk {show_translation("b")}""",
)


async def library_changed(connection: Connection) -> dict[str, Any] | None:
    """`{shows, changed_at}` of the library as it is, None when the table was computed for just that."""
    return await fetch_one(
        connection,
        """
        select library.* from (
            select count(*) as shows, max(updated_at) as changed_at from api.shows where kind <> 'collection'
        ) library
        left join api.similar_runs run on true
        where (library.shows, library.changed_at) is distinct from (run.shows, run.changed_at)
        """,
    )


async def read_features(connection: Connection) -> AsyncIterator[dict[str, Any]]:
    """Movies and series with what they are compared by: `{pk, genres, tags, makers, leads, studios, collection,
    description}`. makers and leads are people; the description is the English one where there is one."""
    async with connection.cursor(name="features") as cursor:
        await cursor.execute(
            """
            select s.pk, s.genres, s.collection_pk as collection, t.description,
                array(
                    select distinct api.search_fold(tag)
                    from api.show_translations named cross join unnest(named.tags) tag where named.show_pk = s.pk
                ) as tags,
                array(
                    select distinct staff_pk from api.roles
                    where show_pk = s.pk and kind in ('director', 'writter')
                ) as makers,
                array(
                    select staff_pk from api.roles where show_pk = s.pk and kind = 'actor' order by "order", pk limit 8
                ) as leads,
                array(select studio_pk from api.show_studios where show_pk = s.pk) as studios
            from api.shows s
            left join lateral (
                select described.description from api.show_translations described
                where described.show_pk = s.pk and described.description is not null
                order by described.language <> 'en', described.language <> s.original_language, described.language
                limit 1
            ) t on true
            where s.kind <> 'collection'
            order by s.pk
            """
        )
        async for row in cursor:
            yield row


async def save_similar(
    connection: Connection, similar: Iterable[tuple[int, int, float]], library: dict[str, Any]
) -> None:
    """Make `similar` (show, similar show, score) the content of the table, in the transaction of `connection`; only
    what differs is written. `library` is what `library_changed` said before."""
    await execute(
        connection,
        "create temporary table computed (show_pk bigint, similar_pk bigint, score real) on commit drop",
    )
    async with connection.cursor().copy("copy computed from stdin") as copy:
        for row in similar:
            await copy.write_row(row)
    await execute(connection, "analyze computed")
    await execute(
        connection,
        """
        delete from api.similar_shows old
        where not exists (select from computed where (show_pk, similar_pk) = (old.show_pk, old.similar_pk))
        """,
    )
    await execute(
        connection,
        """
        insert into api.similar_shows as old (show_pk, similar_pk, score)
        select computed.* from computed
        -- A show may have been deleted meanwhile.
        where exists (select from api.shows where pk = show_pk) and exists (select from api.shows where pk = similar_pk)
        on conflict (show_pk, similar_pk) do update set score = excluded.score where old.score <> excluded.score
        """,
    )
    await execute(
        connection,
        """
        insert into api.similar_runs (shows, changed_at) values (%(shows)s, %(changed_at)s)
        on conflict (only_row) do update set shows = excluded.shows, changed_at = excluded.changed_at
        """,
        library,
    )
