"""Writing files: registered, moved, forgotten; and links removed. Links are made in `queries.links`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kyoo.core.postgres import Connection, execute, fetch_all

Row = dict[str, Any]


async def move_videos(connection: Connection, moved: Mapping[str, str]) -> None:
    """Give files known by their old path (key) the new one (value); where the new path is known, the old one stays.

    Old paths may be new paths of others, as when episodes are renumbered: all of them are let go of first. Their
    renderings, too, which the registration that follows sets."""
    rows = await fetch_all(
        connection,
        """
        with given as (
            select * from unnest(%(old)s::text[], %(new)s::text[]) as given (old_path, new_path)
        )
        select video.pk, given.new_path from given join api.videos video on video.path = given.old_path
        where not exists (
            select from api.videos other
            where other.path = given.new_path and other.path not in (select old_path from given)
        )
        """,
        {"old": list(moved), "new": list(moved.values())},
    )
    if not rows:
        return
    moving = {"pks": [row["pk"] for row in rows], "paths": [row["new_path"] for row in rows]}
    await execute(
        connection,
        "update api.videos set path = 'moving/' || id, rendering = 'moving-' || id where pk = any(%(pks)s)",
        moving,
    )
    await execute(
        connection,
        """
        update api.videos set path = given.path
        from unnest(%(pks)s::bigint[], %(paths)s::text[]) as given (pk, path) where videos.pk = given.pk
        """,
        moving,
    )


async def save_videos(connection: Connection, videos: list[Row]) -> list[UUID]:
    """Register files or overwrite those of the same paths: their ids in the given order. A row is
    `{path, rendering, part, version, guess}`, every path once. Raises UniqueViolation when another path has the same
    rendering, part and version."""
    rows = await fetch_all(
        connection,
        """
        with given as (
            select * from rows from (
                jsonb_to_recordset(%(videos)s) as (
                    path text, rendering text, part integer, version integer, guess jsonb
                )
            ) with ordinality as given (path, rendering, part, version, guess, place)
        ), saved as (
            insert into api.videos as stored (path, rendering, part, version, guess)
            select path, rendering, part, version, guess from given order by place
            on conflict (path) do update set
                rendering = excluded.rendering, part = excluded.part, version = excluded.version,
                guess = excluded.guess, updated_at = now()
            where (stored.rendering, stored.part, stored.version, stored.guess)
                is distinct from (excluded.rendering, excluded.part, excluded.version, excluded.guess)
            returning id, path
        )
        select coalesce(saved.id, stored.id) as id
        from given left join saved using (path) left join api.videos stored on stored.path = given.path
        order by given.place
        """,
        {"videos": Jsonb(videos)},
    )
    return [row["id"] for row in rows]


async def lock_shows_of_paths(connection: Connection, paths: Sequence[str]) -> list[int]:
    """The shows that these files are linked to, taken as in `links.lock_shows`."""
    return await _lock(connection, "video.path = any(%s)", list(paths))


async def lock_shows_of_links(connection: Connection, slugs: Sequence[str]) -> list[int]:
    """The shows of these links, taken as in `links.lock_shows`."""
    return await _lock(connection, "link.slug = any(%s)", list(slugs))


async def _lock(connection: Connection, condition: str, values: list[Any]) -> list[int]:
    rows = await fetch_all(
        connection,
        f"""
        select pk from api.shows where pk in (
            select entry.show_pk from api.videos video
            join api.entry_videos link on link.video_pk = video.pk join api.entries entry on entry.pk = link.entry_pk
            where {condition}
        )
        order by pk for no key update
        """,
        [values],
    )
    return [row["pk"] for row in rows]


async def delete_videos(connection: Connection, paths: Sequence[str]) -> list[str]:
    """Forget files; the paths of those that were known."""
    rows = await fetch_all(connection, "delete from api.videos where path = any(%s) returning path", [list(paths)])
    return [row["path"] for row in rows]


async def unlink(connection: Connection, slugs: Sequence[str]) -> list[str]:
    """Remove links by their slugs; those that there were."""
    rows = await fetch_all(
        connection, "delete from api.entry_videos where slug = any(%s) returning slug", [list(slugs)]
    )
    return [row["slug"] for row in rows]


async def unlink_others(connection: Connection, videos: Sequence[UUID], kept: Sequence[tuple[int, UUID]]) -> None:
    """Remove the links of these files but the pairs (entry pk, video id) in `kept`."""
    await execute(
        connection,
        """
        delete from api.entry_videos link using api.videos video
        where video.pk = link.video_pk and video.id = any(%(videos)s) and not exists (
            select from unnest(%(kept_entries)s::bigint[], %(kept_videos)s::uuid[]) as kept (entry_pk, video)
            where kept.entry_pk = link.entry_pk and kept.video = video.id
        )
        """,
        {
            "videos": list(videos),
            "kept_entries": [entry for entry, _ in kept],
            "kept_videos": [video for _, video in kept],
        },
    )
