"""What the names of files say, and their renderings: read, read anew, corrected."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all
from kyoo.scanner.queries.files import COLUMNS


async def read_before(connection: Connection, revision: int, after: str, limit: int) -> list[DictRow]:
    """Files behind the path `after` whose names were read before this revision, and that no person gave a place."""
    return await fetch_all(
        connection,
        """
        select path, size, mtime_ns, inode, mount, parsed, tags, show_id from scanner.files
        where parsed is not null and coalesce((parsed->>'revision')::integer, 0) < %s
          and state in ('registered', 'identified', 'ignored') and not pinned and not parsed ? 'joined'
          and missing_since is null and path > %s
        order by path limit %s
        """,
        [revision, after, limit],
    )


async def rematch(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """These names mean something else now: their files are registered again, and linked anew. Keys: `COLUMNS`."""
    await execute(
        connection,
        f"""
        update scanner.files f set
            parsed = r.parsed, kind = r.kind, title_key = r.title_key, rendering = r.rendering, part = r.part,
            version = r.version, state = 'found', error = null, relink = f.video_id is not null, show_id = null,
            before = case when f.video_id is not null
                          then coalesce(f.before, jsonb_build_object('parsed', f.parsed, 'show', f.show_id)) end,
            updated_at = now()
        from jsonb_to_recordset(%s) as r({COLUMNS})
        where f.path = r.path
        """,
        [Jsonb(rows)],
    )


async def mark_read(connection: Connection, rows: list[dict[str, Any]], revision: int) -> None:
    """These names mean what they meant; what else they say is kept. One that is left out now stays as it is."""
    await execute(
        connection,
        f"""
        update scanner.files f set
            parsed = case when r.state = 'found' and f.state <> 'ignored' then r.parsed
                          else f.parsed || jsonb_build_object('revision', %s::integer) end,
            error = case when f.state = 'ignored' then r.error else f.error end
        from jsonb_to_recordset(%s) as r({COLUMNS})
        where f.path = r.path
        """,
        [revision, Jsonb(rows)],
    )


async def said_of(connection: Connection, paths: list[str]) -> dict[str, DictRow]:
    """What names and tags say of these files."""
    rows = await fetch_all(connection, "select path, parsed, tags from scanner.files where path = any(%s)", [paths])
    return {row["path"]: row for row in rows}


async def taken_renderings(connection: Connection, renderings: list[str]) -> list[DictRow]:
    return await fetch_all(
        connection,
        "select path, rendering, part, version from scanner.files where rendering = any(%s)",
        [renderings],
    )


async def set_rendering(connection: Connection, path: str, rendering: str) -> None:
    await execute(connection, "update scanner.files set rendering = %s where path = %s", [rendering, path])


async def titles(connection: Connection) -> list[tuple[str, str]]:
    """(kind, title) of all names."""
    rows = await fetch_all(
        connection,
        """
        select distinct kind, parsed ->> 'title' as title from scanner.files
        where kind in ('movie', 'episode') and parsed ? 'title'
        """,
    )
    return [(row["kind"], row["title"]) for row in rows]


async def outdate(connection: Connection, titles: list[str]) -> int:
    """Have the names with these titles read again, and those that the lists of anime had corrected."""
    return await execute(
        connection,
        """
        update scanner.files set parsed = parsed - 'revision'
        where parsed ? 'revision' and not pinned and not parsed ? 'joined'
          and (parsed ->> 'title' = any(%s) or parsed ?| '{read_as,film_of}')
        """,
        [titles],
    )
