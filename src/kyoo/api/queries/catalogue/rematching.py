"""The SQL of plays that follow their file to the entry that it turned out to be of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from kyoo.core.database.postgres import Connection, execute, fetch_all


async def videos_of_links(connection: Connection, slugs: Sequence[str]) -> list[UUID]:
    """The files of these links."""
    rows = await fetch_all(
        connection,
        """
        select distinct video.id from api.entry_videos link join api.videos video on video.pk = link.video_pk
        where link.slug = any(%s)
        """,
        [list(slugs)],
    )
    return [row["id"] for row in rows]


async def move_plays(connection: Connection, videos: Sequence[UUID]) -> list[dict[str, Any]]:
    """Give the plays of these files that are of entries which the file is no file of (any more) to one that it is of:
    the one of the same number, else the first. `{profile_pk, was_pk, percent, played_date, pk, show_pk, show_kind,
    kind, order}` of each, as they were played: `was_pk` is the show that it was of, the rest from `pk` on the entry it
    is of now. The profiles are locked until the transaction ends."""
    strays = """
        from api.videos video
        join api.history play on play.video_pk = video.pk
        join api.entries old on old.pk = play.entry_pk
        cross join lateral (
            select entry.* from api.entry_videos link join api.entries entry on entry.pk = link.entry_pk
            where link.video_pk = video.pk
            order by (entry.season_number, entry.episode_number)
                is not distinct from (old.season_number, old.episode_number) desc,
                (entry.kind = 'extra'), entry.show_pk, entry."order", entry.pk
            limit 1
        ) target
        where video.id = any(%(videos)s) and not exists (
            select from api.entry_videos link where link.video_pk = video.pk and link.entry_pk = play.entry_pk
        )"""
    params = {"videos": list(videos)}
    locked = await fetch_all(
        connection,
        f"""
        select pk from api.profiles where pk in (select play.profile_pk {strays}) order by pk for no key update
        """,
        params,
    )
    if not locked:
        return []
    return await fetch_all(
        connection,
        f"""
        with stray as (
            select play.pk as play_pk, play.profile_pk, old.pk as old_pk, old.show_pk as was_pk, play.percent,
                play.played_date, target.pk, target.show_pk, target.kind, target."order"
            {strays}
        ), moved as (
            update api.history play set entry_pk = stray.pk from stray where play.pk = stray.play_pk
        ), heir as (
            select profile_pk, old_pk, min(pk) as pk from stray group by 1, 2
        ), sums as (
            delete from api.watched sum using heir
            where sum.profile_pk = heir.profile_pk and sum.entry_pk = heir.old_pk
            returning sum.profile_pk, heir.pk as entry_pk, sum.quarter, sum.seconds, sum.finished
        ), summed as (
            insert into api.watched as known (profile_pk, entry_pk, quarter, seconds, finished)
            select profile_pk, entry_pk, quarter, sum(seconds), sum(finished) from sums group by 1, 2, 3
            on conflict (profile_pk, entry_pk, quarter) do update set
                seconds = known.seconds + excluded.seconds, finished = known.finished + excluded.finished
        )
        select stray.profile_pk, stray.was_pk, stray.percent, stray.played_date,
            stray.pk, stray.show_pk, show.kind as show_kind, stray.kind, stray."order"
        from stray join api.shows show on show.pk = stray.show_pk
        order by stray.played_date, stray."order", stray.play_pk
        """,
        params,
    )


async def remember_shows(connection: Connection, slugs: Sequence[str]) -> None:
    """Of the files that have no links but these, which are about to go, the show that each is of."""
    await execute(
        connection,
        """
        update api.videos video set left_show_pk = entry.show_pk
        from api.entry_videos link join api.entries entry on entry.pk = link.entry_pk
        where link.slug = any(%(slugs)s) and video.pk = link.video_pk and not exists (
            select from api.entry_videos kept where kept.video_pk = video.pk and kept.slug <> all (%(slugs)s)
        )
        """,
        {"slugs": list(slugs)},
    )


async def left_shows(connection: Connection, videos: Sequence[UUID]) -> list[int]:
    """The shows that these files were of before they had no link."""
    rows = await fetch_all(
        connection,
        "select distinct left_show_pk as pk from api.videos where id = any(%s) and left_show_pk is not null",
        [list(videos)],
    )
    return [row["pk"] for row in rows]


async def heirs(connection: Connection, shows: Collection[int], videos: Sequence[UUID]) -> dict[int, int]:
    """Those of these shows that have no file (any more), and the one show that these files are of and all that were of
    it before; none when they are of several, or of nothing yet."""
    rows = await fetch_all(
        connection,
        """
        select left_show.pk, min(entry.show_pk) as heir
        from unnest(%(shows)s::bigint[]) left_show (pk)
        cross join lateral (
            select pk from api.videos where id = any(%(videos)s)
            union
            select pk from api.videos where left_show_pk = left_show.pk
        ) video
        left join api.entry_videos link on link.video_pk = video.pk
        left join api.entries entry on entry.pk = link.entry_pk
        where not exists (
            select from api.entries entry join api.entry_videos link on link.entry_pk = entry.pk
            where entry.show_pk = left_show.pk
        )
        group by left_show.pk
        having count(distinct entry.show_pk) = 1 and count(*) = count(entry.pk)
        """,
        {"shows": list(shows), "videos": list(videos)},
    )
    return {row["pk"]: row["heir"] for row in rows}


async def forget_shows(connection: Connection, shows: Collection[int], heirs: Collection[int]) -> None:
    """What was of those of these shows that have an heir has found it; what was of one that has files left it alone."""
    await execute(
        connection,
        """
        with left_show as materialized (
            select given.pk, given.pk = any(%(heirs)s) as inherited, exists (
                select from api.entries entry join api.entry_videos link on link.entry_pk = entry.pk
                where entry.show_pk = given.pk
            ) as filled
            from unnest(%(shows)s::bigint[]) given (pk)
        )
        update api.videos video set left_show_pk = null from left_show
        where video.left_show_pk = left_show.pk and (left_show.inherited or left_show.filled and video.linked)
        """,
        {"shows": list(shows), "heirs": list(heirs)},
    )


async def listing_profiles(connection: Connection, shows: Collection[int]) -> list[int]:
    """Who has one of these shows in the watch list."""
    rows = await fetch_all(
        connection,
        """
        select pk from api.profiles where pk in (select profile_pk from api.watchlist where show_pk = any(%s))
        order by pk for no key update
        """,
        [list(shows)],
    )
    return [row["pk"] for row in rows]


async def played_shows(connection: Connection, profile: int, shows: Collection[int]) -> set[int]:
    """Those of these shows that `profile` has a play of."""
    rows = await fetch_all(
        connection,
        """
        select distinct entry.show_pk from api.history play join api.entries entry on entry.pk = play.entry_pk
        where play.profile_pk = %s and entry.show_pk = any(%s)
        """,
        [profile, list(shows)],
    )
    return {row["show_pk"] for row in rows}


async def unlist(connection: Connection, profile: int, shows: Collection[int]) -> None:
    """Take shows out of the list of `profile`."""
    await fetch_all(
        connection,
        "delete from api.watchlist where profile_pk = %s and show_pk = any(%s) returning show_pk",
        [profile, list(shows)],
    )
