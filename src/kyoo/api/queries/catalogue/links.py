"""Which files an entry has: links made and removed, and what follows from them: availability, its counters, the
libraries of shows, the ages of files.

Whoever changes links, files, entries or the age of a show calls `refresh` at the end of the same transaction; it makes
everything right that is derived from them, whatever it was before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all

Row = dict[str, Any]


async def lock_shows(
    connection: Connection,
    entries: Sequence[int] = (),
    videos: Sequence[UUID] = (),
    paths: Sequence[str] = (),
    slugs: Sequence[str] = (),
) -> list[int]:
    """Take the shows of these entries, and those that these files and links are of, in one order for all callers, so
    that the links of a show change one change at a time: their pks. Whoever changes files, too, takes shows first."""
    of_entries = "select show_pk from api.entries where pk = any(%(entries)s)"
    of_links = "select entry.show_pk from api.entry_videos link join api.entries entry on entry.pk = link.entry_pk"
    of_videos = f"{of_links} where link.video_pk in (select pk from api.videos where "
    # Only what is asked: each costs more to plan than to find.
    wanted = [
        *([of_entries] if entries else []),
        *([of_videos + "id = any(%(videos)s))"] if videos else []),
        *([of_videos + "path = any(%(paths)s))"] if paths else []),
        *([of_links + " where link.slug = any(%(slugs)s)"] if slugs else []),
    ]
    if not wanted:
        return []
    rows = await fetch_all(
        connection,
        f"select pk from api.shows where pk in ({' union all '.join(wanted)}) order by pk for no key update",
        {"entries": list(entries), "videos": list(videos), "paths": list(paths), "slugs": list(slugs)},
    )
    return [row["pk"] for row in rows]


async def link(connection: Connection, pairs: Sequence[tuple[int, UUID]]) -> list[Row]:
    """Link entries (pk) and videos (id): `{entry_pk, video, slug, created}` for each pair that exists, in the given
    order. A link that was there keeps its slug; unknown videos are left out.

    Source: docs/protocol/api.md#slugs-of-files."""
    return await fetch_all(
        connection,
        """
        with given as (
            select entry_pk, video, min(place) as place
            from unnest(%(entries)s::bigint[], %(videos)s::uuid[]) with ordinality as given (entry_pk, video, place)
            group by entry_pk, video
        ), wanted as (
            select given.*, video.pk as video_pk, video.rendering, video.part, video.version, entry.slug as entry_slug,
                stored.slug as stored_slug
            from given
            join api.videos video on video.id = given.video
            join api.entries entry on entry.pk = given.entry_pk
            left join api.entry_videos stored on stored.entry_pk = entry.pk and stored.video_pk = video.pk
        ), judged as (
            -- The first rendering of an entry has the short form, any other one ends with its rendering.
            select wanted.*, case
                    when before.links = 0 then wanted.rendering <> first_value(wanted.rendering)
                        over (partition by wanted.entry_pk order by wanted.place)
                    when before.short is null then before.others
                    else wanted.rendering <> before.short
                end as suffixed
            from wanted cross join lateral (
                select count(*) as links, coalesce(bool_or(video.rendering <> wanted.rendering), false) as others,
                    min(video.rendering) filter (where not link.suffixed) as short
                from api.entry_videos link join api.videos video on video.pk = link.video_pk
                where link.entry_pk = wanted.entry_pk
            ) before
            where wanted.stored_slug is null
        ), named as (
            select judged.*, concat(
                    entry_slug, '-p' || part, case when version <> 1 then '-v' || version end,
                    case when suffixed then '-' || rendering end
                ) as slug
            from judged
        ), saved as (
            insert into api.entry_videos (entry_pk, video_pk, slug, suffixed)
            select named.entry_pk, named.video_pk,
                case when taken.slug is null then named.slug else named.slug || '-' || named.rendering end,
                named.suffixed or taken.slug is not null
            from named left join api.entry_videos taken on taken.slug = named.slug
            order by named.place
            returning entry_pk, video_pk, slug
        )
        select wanted.entry_pk, wanted.video, coalesce(wanted.stored_slug, saved.slug) as slug,
            wanted.stored_slug is null as created
        from wanted left join saved using (entry_pk, video_pk)
        order by wanted.place
        """,
        {"entries": [pair[0] for pair in pairs], "videos": [pair[1] for pair in pairs]},
    )


async def refresh(
    connection: Connection, shows: Sequence[int], videos: Sequence[UUID] = (), *, aged: bool = False
) -> None:
    """Make everything agree with the links that is derived from them, of these shows and of `videos`: the files that
    have other links or another path now, those that are gone, too. The shows of all of them must be in `shows`, but for
    those that are gone themselves. `aged`: the age of the shows may be another one."""
    if shows:
        await _count(connection, shows)
    if videos:
        await execute(
            connection,
            """
            select api.mark_files(array(select pk from api.videos where id = any(%(videos)s))),
                api.place_shows(%(shows)s, %(videos)s)
            """,
            {"shows": list(shows), "videos": list(videos)},
        )
    if aged:
        await execute(connection, "select api.mark_files(api.misaged_files(%s))", [list(shows)])


async def _count(connection: Connection, shows: Sequence[int]) -> None:
    """`available_since` of the entries and the counters of seasons and shows."""
    await execute(
        connection,
        """
        with now_linked as (
            select entry.pk, entry.show_pk, entry.kind, entry.season_number, entry.available_since,
                exists (select from api.entry_videos link where link.entry_pk = entry.pk) as linked
            from api.entries entry where entry.show_pk = any(%(shows)s)
        ), changed as (
            update api.entries
            set available_since = case when now_linked.linked then now() end
            from now_linked
            where entries.pk = now_linked.pk and (entries.available_since is not null) <> now_linked.linked
        ), of_seasons as (
            update api.seasons
            set entries_count = counted.entries, available_count = counted.available
            from (
                select season.pk, count(now_linked.pk) as entries,
                    count(now_linked.pk) filter (where now_linked.linked) as available
                from api.seasons season left join now_linked on now_linked.show_pk = season.show_pk
                    and (now_linked.kind = 'episode' and now_linked.season_number = season.season_number
                        or now_linked.kind = 'special' and season.season_number = 0)
                where season.show_pk = any(%(shows)s)
                group by season.pk
            ) counted
            where seasons.pk = counted.pk
                and (seasons.entries_count, seasons.available_count) <> (counted.entries, counted.available)
        )
        update api.shows
        set entries_count = counted.entries, available_count = counted.available
        from (
            select show.pk, count(now_linked.pk) as entries,
                count(now_linked.pk) filter (where now_linked.linked) as available
            from api.shows show left join now_linked on now_linked.show_pk = show.pk and now_linked.kind <> 'extra'
            where show.pk = any(%(shows)s)
            group by show.pk
        ) counted
        where shows.pk = counted.pk
            and (shows.entries_count, shows.available_count) <> (counted.entries, counted.available)
        """,
        {"shows": list(shows)},
    )


async def shows_of(connection: Connection, videos: Sequence[UUID]) -> list[int]:
    """The shows of these files."""
    rows = await fetch_all(
        connection,
        """
        select distinct entry.show_pk from api.videos video
        join api.entry_videos link on link.video_pk = video.pk
        join api.entries entry on entry.pk = link.entry_pk
        where video.id = any(%s)
        """,
        [list(videos)],
    )
    return [row["show_pk"] for row in rows]


async def files_of(connection: Connection, shows: Sequence[int]) -> list[UUID]:
    """The files that these shows have."""
    rows = await fetch_all(
        connection,
        """
        select distinct video.id from api.entries entry
        join api.entry_videos link on link.entry_pk = entry.pk
        join api.videos video on video.pk = link.video_pk
        where entry.show_pk = any(%s)
        """,
        [list(shows)],
    )
    return [row["id"] for row in rows]


async def match(connection: Connection, wanted: Sequence[tuple[UUID, Row]]) -> list[Row]:
    """The entries that links mean: `{video, entry_pk, places}` in the given order. `wanted` is pairs of a video's id
    and a link in one of its forms: `{slug}`, `{movie}`, `{serie, season, episode}`, `{serie, order}`,
    `{serie, special}` or `{external_id}`. A show is named by id or slug. What matches nothing is left out; `places` are
    those of the links in `wanted`."""
    links = [{"video": str(video), **link, **_show_of(link)} for video, link in wanted]
    return await fetch_all(
        connection,
        """
        with given as (
            select * from rows from (
                jsonb_to_recordset(%(links)s) as (
                    video uuid, slug text, show_kind text, show_id uuid, show_slug text, season integer,
                    episode integer, "order" double precision, special integer, external_id jsonb
                )
            ) with ordinality as given (
                video, slug, show_kind, show_id, show_slug, season, episode, "order", special, external_id, place
            )
        ), of_show as (
            select given.*, show.pk as show_pk from given join api.shows show
                on show.kind = given.show_kind and show.slug = given.show_slug
            union all
            select given.*, show.pk from given join api.shows show
                on show.kind = given.show_kind and show.id = given.show_id
        ), matched as (
            select given.place, given.video, entry.pk
            from given join api.entries entry on entry.slug = given.slug
            union all
            select given.place, given.video, entry.pk
            from given join api.entries entry on entry.external_id @> given.external_id and entry.kind <> 'extra'
            where given.external_id <> '{}'
            union all
            select given.place, given.video, entry.pk
            from of_show given join api.entries entry on entry.show_pk = given.show_pk and entry.kind = 'movie'
            where given.show_kind = 'movie'
            union all
            select given.place, given.video, entry.pk
            from of_show given join api.entries entry on entry.show_pk = given.show_pk
                and entry.season_number = given.season and entry.episode_number = given.episode
                and entry.kind = 'episode'
            union all
            -- Season 0 is another name for the specials.
            select given.place, given.video, entry.pk
            from of_show given join api.entries entry on entry.show_pk = given.show_pk
                and entry.season_number is null and entry.kind = 'special'
                and entry.episode_number = coalesce(given.special, case when given.season = 0 then given.episode end)
            union all
            select given.place, given.video, entry.pk
            from of_show given join api.entries entry on entry.show_pk = given.show_pk
                and entry."order" = given."order" and entry.kind <> 'extra'
        )
        select video, pk as entry_pk, array_agg(place - 1) as places from matched
        group by video, pk order by min(place), pk
        """,
        {"links": Jsonb(links)},
    )


def _show_of(link: Row) -> Row:
    kind = "movie" if link.get("movie") is not None else "serie"
    name = link.get(kind)
    try:
        return {"show_kind": kind, "show_id": str(UUID(name))} if name is not None else {}
    except ValueError:
        return {"show_kind": kind, "show_slug": name}
