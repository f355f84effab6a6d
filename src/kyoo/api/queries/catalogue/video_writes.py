"""Writing files: registered, moved, forgotten; and links removed. Links are made in `links.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kyoo.api.queries.catalogue.videos import told
from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one

Row = dict[str, Any]


async def move_videos(connection: Connection, moved: Mapping[str, str]) -> list[UUID]:
    """Give files known by their old path (key) the new one (value): the files that were moved. Where the new path is
    known, the old one stays.

    Old paths may be new paths of others, as when episodes are renumbered: all of them are let go of first. Their
    renderings, too, which the registration that follows sets."""
    rows = await fetch_all(
        connection,
        """
        with given as (
            select * from unnest(%(old)s::text[], %(new)s::text[]) as given (old_path, new_path)
        )
        select video.pk, video.id, given.new_path from given join api.videos video on video.path = given.old_path
        where not exists (
            select from api.videos other
            where other.path = given.new_path and other.path not in (select old_path from given)
        )
        """,
        {"old": list(moved), "new": list(moved.values())},
    )
    if not rows:
        return []
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
    return [row["id"] for row in rows]


#: Registers files or overwrites those of the same paths: a row `{path, rendering, part, version, guess}` each, every
#: path once. `given` is what is known then, in the order of the rows, but for files that another transaction has just
#: written.
_SAVED = """
        with asked as materialized (
            select asked.*, known.pk, known.id,
                (known.rendering, known.part, known.version, known.guess)
                    is not distinct from (asked.rendering, asked.part, asked.version, asked.guess) as is_same
            from rows from (jsonb_to_recordset(%(videos)s::jsonb) as (
                path text, rendering text, part integer, version integer, guess jsonb
            )) with ordinality as asked (path, rendering, part, version, guess, place)
            left join api.videos known on known.path = asked.path
        ), saved as (
            insert into api.videos as stored (path, rendering, part, version, guess)
            -- What is known as it is would have its words cut and its JSON made before it is found to be there.
            select path, rendering, part, version, guess from asked where not is_same
            -- In one order for all callers.
            order by path
            on conflict (path) do update set
                rendering = excluded.rendering, part = excluded.part, version = excluded.version,
                guess = excluded.guess, updated_at = now()
            where (stored.rendering, stored.part, stored.version, stored.guess)
                is distinct from (excluded.rendering, excluded.part, excluded.version, excluded.guess)
            returning id, path
        ), given as (
            select asked.place, coalesce(asked.id, saved.id) as id, asked.path, asked.guess, asked.pk
            from asked left join saved on saved.path = asked.path
        )"""


async def save_videos(connection: Connection, videos: str) -> None:
    """Register the files of a JSON list. Raises UniqueViolation when another path has the same rendering, part and
    version."""
    await execute(connection, f"{_SAVED} select from saved", {"videos": videos})


async def save_and_tell(connection: Connection, videos: str, count: int) -> str | None:
    """The same, and the JSON of what became of these `count` files, as `videos.results` has it; None when not all
    of it was seen."""
    row = await fetch_one(
        connection,
        f"""{_SAVED}
        select count(given.id) as known, {told(guess=True)} as found from given
        """,
        {"videos": videos},
    )
    return row["found"] if row is not None and row["known"] == count else None


async def hold_videos(connection: Connection, paths: Sequence[str]) -> list[UUID]:
    """Keep others from linking, moving or deleting these files until the transaction ends; those that are known."""
    query = "select id from api.videos where path = any(%s) order by path for update"
    return [row["id"] for row in await fetch_all(connection, query, [list(paths)])]


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


async def unlink_others(connection: Connection, videos: Sequence[UUID], kept: Sequence[tuple[int, UUID]]) -> set[int]:
    """Remove the links of these files but the pairs (entry pk, video id) in `kept`; the shows that those were to."""
    rows = await fetch_all(
        connection,
        """
        with removed as (
            delete from api.entry_videos link using api.videos video
            where video.pk = link.video_pk and video.id = any(%(videos)s) and not exists (
                select from unnest(%(kept_entries)s::bigint[], %(kept_videos)s::uuid[]) as kept (entry_pk, video)
                where kept.entry_pk = link.entry_pk and kept.video = video.id
            )
            returning link.entry_pk
        )
        select distinct entry.show_pk from removed join api.entries entry on entry.pk = removed.entry_pk
        """,
        {
            "videos": list(videos),
            "kept_entries": [entry for entry, _ in kept],
            "kept_videos": [video for _, video in kept],
        },
    )
    return {row["show_pk"] for row in rows}
