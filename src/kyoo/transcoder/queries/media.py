"""Rows of `transcoder.media` and `transcoder.paths`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one


async def by_path(connection: Connection, path: bytes, size: int, mtime_ns: int) -> DictRow | None:
    """The media of an unchanged path: `id, probed (text), probe_version, extract_version, thumbs_version`."""
    return await fetch_one(
        connection,
        """
        select media.id, media.probed::text as probed, media.probe_version, media.extract_version, media.thumbs_version
        from transcoder.paths
        join transcoder.media using (content_id)
        where paths.path = %s and paths.size = %s and paths.mtime_ns = %s
        """,
        [path, size, mtime_ns],
    )


async def by_content(connection: Connection, content_id: str) -> DictRow | None:
    """The same columns by content id."""
    return await fetch_one(
        connection,
        """
        select id, probed::text as probed, probe_version, extract_version, thumbs_version
        from transcoder.media
        where content_id = %s
        """,
        [content_id],
    )


async def save_media(connection: Connection, content_id: str, probed: str, probe_version: int) -> DictRow:
    """Insert or replace what was probed; what was made of the content before stays. Gives the columns of `by_path`."""
    row = await fetch_one(
        connection,
        """
        insert into transcoder.media (content_id, probed, probe_version)
        values (%s, %s, %s)
        on conflict (content_id) do update set probed = excluded.probed, probe_version = excluded.probe_version
        returning id, probed::text as probed, probe_version, extract_version, thumbs_version
        """,
        [content_id, probed, probe_version],
    )
    assert row is not None
    return row


async def save_path(connection: Connection, path: bytes, size: int, mtime_ns: int, content_id: str) -> None:
    await execute(
        connection,
        """
        insert into transcoder.paths (path, size, mtime_ns, content_id)
        values (%s, %s, %s, %s)
        on conflict (path) do update
        set size = excluded.size, mtime_ns = excluded.mtime_ns, content_id = excluded.content_id, missing_since = null
        """,
        [path, size, mtime_ns, content_id],
    )


async def set_extract_version(connection: Connection, content_id: str, version: int) -> None:
    await execute(
        connection,
        "update transcoder.media set extract_version = %s where content_id = %s",
        [version, content_id],
    )


async def set_thumbs_version(connection: Connection, content_id: str, version: int) -> None:
    await execute(
        connection,
        "update transcoder.media set thumbs_version = %s where content_id = %s",
        [version, content_id],
    )


async def all_paths(connection: Connection) -> list[DictRow]:
    """`{path, missing}` of every path."""
    return await fetch_all(connection, "select path, missing_since is not null as missing from transcoder.paths")


async def mark_missing(connection: Connection, gone: Sequence[bytes], back: Sequence[bytes]) -> None:
    """Remember which paths are not found any more, and which are found again."""
    await execute(connection, "update transcoder.paths set missing_since = now() where path = any(%s)", [list(gone)])
    await execute(connection, "update transcoder.paths set missing_since = null where path = any(%s)", [list(back)])


async def forget_missing(connection: Connection, days: int) -> int:
    """Forget paths that have been missing for so long, and content that has no path left and is older than a day; how
    many contents."""
    await execute(
        connection, "delete from transcoder.paths where missing_since < now() - make_interval(days => %s)", [days]
    )
    return await execute(
        connection,
        """
        delete from transcoder.media
        where created_at < now() - interval '1 day'
            and not exists (select from transcoder.paths where paths.content_id = media.content_id)
        """,
    )


async def known_contents(connection: Connection, content_ids: Collection[str]) -> set[str]:
    """Those of these contents that there are."""
    rows = await fetch_all(
        connection, "select content_id from transcoder.media where content_id = any(%s)", [list(content_ids)]
    )
    return {row["content_id"] for row in rows}
