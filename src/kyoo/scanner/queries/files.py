"""The files of the library as a scan knows them: found, moved, measured, missing, gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from psycopg.rows import DictRow, class_row
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_value


class StoredFile(NamedTuple):
    """What a scan compares a file with."""

    path: str
    size: int
    mtime_ns: int
    state: str
    video: bool
    missing: bool
    mount: str | None


def below(scope: str) -> tuple[str, str]:
    """The bounds of all paths inside folder `scope` in byte order: "0" is what follows "/"."""
    prefix = scope.rstrip("/")
    return prefix + "/", prefix + "0"


async def known(connection: Connection, scopes: list[str], chunk: int = 2000) -> AsyncIterator[list[StoredFile]]:
    """The files at or below `scopes`, none of which lies in another, in chunks small enough for the event loop. Needs a
    transaction."""
    bounds = [below(scope) for scope in scopes]
    async with connection.cursor("known_files", row_factory=class_row(StoredFile)) as cursor:
        await cursor.execute(
            """
            select path, size, mtime_ns, state, video_id is not null as video, missing_since is not null as missing,
                   mount
            from scanner.files
            where path = any(%(exact)s)
            union all
            -- Each by the index: a first scan hears of thousands of folders, and each file would be held against each.
            select f.path, f.size, f.mtime_ns, f.state, f.video_id is not null, f.missing_since is not null, f.mount
            from unnest(%(low)s::text[], %(high)s::text[]) as b(low, high)
            join scanner.files f on f.path > b.low collate "C" and f.path < b.high collate "C"
            """
            if len(scopes) > 1
            else """
            select path, size, mtime_ns, state, video_id is not null as video, missing_since is not null as missing,
                   mount
            from scanner.files
            where path = any(%(exact)s) or (path > (%(low)s::text[])[1] and path < (%(high)s::text[])[1])
            """,
            {"exact": scopes, "low": [low for low, _ in bounds], "high": [high for _, high in bounds]},
        )
        while rows := await cursor.fetchmany(chunk):
            yield rows


async def count_below(connection: Connection, root: str) -> int:
    """How many files of a root are there, as far as is known."""
    low, high = below(root)
    return int(
        await fetch_value(
            connection,
            "select count(*) from scanner.files where path > %s and path < %s and missing_since is null",
            [low, high],
        )
    )


async def twins(connection: Connection, content_ids: list[str], inodes: list[int]) -> list[DictRow]:
    """The known files with one of these contents; empty ones, which are all alike, by one of these inodes."""
    return await fetch_all(
        connection,
        """
        select path, content_id, size, mtime_ns, inode from scanner.files where content_id = any(%s) and size > 0
        union all
        select path, content_id, size, mtime_ns, inode from scanner.files where inode = any(%s) and size = 0
        order by path
        """,
        [content_ids, inodes],
    )


COLUMNS = """
    path text, size bigint, mtime_ns bigint, inode bigint, mount text, content_id text, parsed jsonb, kind text,
    title_key text, rendering text, part integer, version integer, state text, error text, moved_from text,
    relink boolean
"""


async def store(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert files, or bring them up to date after their content changed. Keys of a row: see `COLUMNS`."""
    await execute(
        connection,
        f"""
        insert into scanner.files as f (path, size, mtime_ns, inode, mount, content_id, parsed, kind, title_key,
                                        rendering, part, version, state, error)
        select path, size, mtime_ns, inode, mount, content_id, parsed, kind, title_key,
               rendering, part, version, state, error
        from jsonb_to_recordset(%s) as r({COLUMNS})
        on conflict (path) do update set
            size = excluded.size, mtime_ns = excluded.mtime_ns, inode = excluded.inode, mount = excluded.mount,
            content_id = coalesce(excluded.content_id, f.content_id), parsed = coalesce(excluded.parsed, f.parsed),
            kind = coalesce(excluded.kind, f.kind), title_key = coalesce(excluded.title_key, f.title_key),
            error = excluded.error, missing_since = null, updated_at = now(),
            -- Other files made way for this rendering; it stays.
            rendering = coalesce(f.rendering, excluded.rendering),
            part = case when f.rendering is null then excluded.part else f.part end,
            version = case when f.rendering is null then excluded.version else f.version end,
            -- A file that is registered already stays so: only its content is new.
            state = case when f.video_id is null or 'failed' in (excluded.state, f.state) then excluded.state
                         else f.state end,
            probed_at = case when f.content_id = excluded.content_id then f.probed_at end,
            probe_error = case when f.content_id = excluded.content_id then f.probe_error end,
            tags = case when f.content_id = excluded.content_id then f.tags end
        """,
        [Jsonb(rows)],
    )


async def move(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Rename files that are known: `moved_from` to `path`. What is known of their content stays. With `relink` the new
    name says something else, so the show is chosen anew (unless a person chose it)."""
    await execute(
        connection,
        f"""
        update scanner.files f set
            path = r.path, size = r.size, mtime_ns = r.mtime_ns, inode = r.inode, mount = r.mount,
            content_id = r.content_id, parsed = r.parsed, kind = r.kind, title_key = r.title_key,
            rendering = r.rendering, part = r.part, version = r.version, error = null, missing_since = null,
            updated_at = now(), state = r.state,
            moved_from = case when f.video_id is null then null else coalesce(f.moved_from, f.path) end,
            relink = f.relink or (r.relink and not f.pinned and f.video_id is not null),
            show_id = case when r.relink and not f.pinned then null else f.show_id end,
            before = case when r.relink and not f.pinned and f.video_id is not null
                          then coalesce(f.before, jsonb_build_object('parsed', f.parsed, 'show', f.show_id))
                          else f.before end
        from jsonb_to_recordset(%s) as r({COLUMNS})
        where f.path = r.moved_from
        """,
        [Jsonb(rows)],
    )


async def by_paths(connection: Connection, paths: list[str]) -> list[DictRow]:
    return await fetch_all(connection, "select * from scanner.files where path = any(%s) order by path", [paths])


async def set_failed(connection: Connection, path: str, error: str) -> None:
    await execute(
        connection,
        """
        update scanner.files set state = 'failed', error = %(error)s, updated_at = now()
        where path = %(path)s and (state, error) is distinct from ('failed', %(error)s)
        """,
        {"path": path, "error": error},
    )


async def delete(connection: Connection, paths: list[str]) -> None:
    await execute(connection, "delete from scanner.files where path = any(%s)", [paths])


async def mark_missing(connection: Connection, paths: list[str]) -> None:
    await execute(
        connection,
        """
        update scanner.files set missing_since = now(), updated_at = now()
        where path = any(%s) and missing_since is null
        """,
        [paths],
    )


async def mark_found(connection: Connection, paths: list[str]) -> None:
    await execute(
        connection,
        "update scanner.files set missing_since = null, updated_at = now() where path = any(%s)",
        [paths],
    )


async def missing_below(connection: Connection, root: str) -> bool:
    """Whether files of a root are kept as missing."""
    low, high = below(root)
    return bool(
        await fetch_value(
            connection,
            """
            select exists (select from scanner.files where path > %s and path < %s and missing_since is not null)
            """,
            [low, high],
        )
    )


async def has_any(connection: Connection, show_id: int) -> bool:
    return bool(
        await fetch_value(connection, "select exists (select from scanner.files where show_id = %s)", [show_id])
    )


async def unprobed(connection: Connection, limit: int) -> list[DictRow]:
    return await fetch_all(
        connection,
        """
        select path, size, mtime_ns, inode, mount, parsed, rendering, pinned, show_id, duration, tags
        from scanner.files
        where probed_at is null and video_id is not null and missing_since is null
        order by updated_at limit %s
        """,
        [limit],
    )


async def set_probed(
    connection: Connection, path: str, duration: float | None, error: str | None, tags: dict[str, str]
) -> None:
    await execute(
        connection,
        """
        update scanner.files set duration = %s, probe_error = %s, tags = %s, probed_at = now(), updated_at = now()
        where path = %s
        """,
        [duration, error, Jsonb(tags), path],
    )
