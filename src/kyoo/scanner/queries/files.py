"""The files of the library: what a scan knows of them, what is registered, what belongs to a show."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from psycopg.rows import DictRow, class_row
from psycopg.types.json import Jsonb

from kyoo.core.postgres import Connection, execute, fetch_all, fetch_value


class Known(NamedTuple):
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


async def known(connection: Connection, scopes: list[str], chunk: int = 2000) -> AsyncIterator[list[Known]]:
    """The files at or below `scopes`, in chunks small enough for the event loop. Needs a transaction."""
    bounds = [below(scope) for scope in scopes]
    async with connection.cursor("known_files", row_factory=class_row(Known)) as cursor:
        await cursor.execute(
            """
            select path, size, mtime_ns, state, video_id is not null as video, missing_since is not null as missing,
                   mount
            from scanner.files
            where path = any(%(exact)s)
               or exists (select from unnest(%(low)s::text[], %(high)s::text[]) as b(low, high)
                          where path collate "C" > low and path collate "C" < high)
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


_COLUMNS = """
    path text, size bigint, mtime_ns bigint, inode bigint, mount text, content_id text, parsed jsonb, kind text,
    title_key text, rendering text, part integer, version integer, state text, error text, moved_from text,
    relink boolean
"""


async def store(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert files, or bring them up to date after their content changed. Keys of a row: see `_COLUMNS`."""
    await execute(
        connection,
        f"""
        insert into scanner.files as f (path, size, mtime_ns, inode, mount, content_id, parsed, kind, title_key,
                                        rendering, part, version, state, error)
        select path, size, mtime_ns, inode, mount, content_id, parsed, kind, title_key,
               rendering, part, version, state, error
        from jsonb_to_recordset(%s) as r({_COLUMNS})
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
            probe_error = case when f.content_id = excluded.content_id then f.probe_error end
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
            show_id = case when r.relink and not f.pinned then null else f.show_id end
        from jsonb_to_recordset(%s) as r({_COLUMNS})
        where f.path = r.moved_from
        """,
        [Jsonb(rows)],
    )


async def read_before(connection: Connection, revision: int, after: str, limit: int) -> list[DictRow]:
    """Files behind the path `after` whose names were read before this revision, and that no person gave a place."""
    return await fetch_all(
        connection,
        """
        select path, size, mtime_ns, inode, mount, parsed, show_id from scanner.files
        where parsed is not null and coalesce((parsed->>'revision')::integer, 0) < %s
          and state in ('registered', 'identified', 'ignored') and not pinned and not parsed ? 'joined'
          and missing_since is null and path > %s
        order by path limit %s
        """,
        [revision, after, limit],
    )


async def rematch(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """These names mean something else now: their files are registered again, and linked anew. Keys: `_COLUMNS`."""
    await execute(
        connection,
        f"""
        update scanner.files f set
            parsed = r.parsed, kind = r.kind, title_key = r.title_key, rendering = r.rendering, part = r.part,
            version = r.version, state = 'found', error = null, relink = f.video_id is not null, show_id = null,
            updated_at = now()
        from jsonb_to_recordset(%s) as r({_COLUMNS})
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
        from jsonb_to_recordset(%s) as r({_COLUMNS})
        where f.path = r.path
        """,
        [revision, Jsonb(rows)],
    )


async def by_paths(connection: Connection, paths: list[str]) -> list[DictRow]:
    return await fetch_all(connection, "select * from scanner.files where path = any(%s) order by path", [paths])


async def parsed_of(connection: Connection, paths: list[str]) -> dict[str, Any]:
    rows = await fetch_all(connection, "select path, parsed from scanner.files where path = any(%s)", [paths])
    return {row["path"]: row["parsed"] for row in rows}


async def taken_renderings(connection: Connection, renderings: list[str]) -> list[DictRow]:
    return await fetch_all(
        connection,
        "select path, rendering, part, version from scanner.files where rendering = any(%s)",
        [renderings],
    )


async def set_rendering(connection: Connection, path: str, rendering: str) -> None:
    await execute(connection, "update scanner.files set rendering = %s where path = %s", [rendering, path])


async def assign_shows(connection: Connection, assigned: list[tuple[str, int]]) -> None:
    await execute(
        connection,
        """
        update scanner.files f set show_id = r.show_id
        from unnest(%s::text[], %s::bigint[]) as r(path, show_id)
        where f.path = r.path and f.show_id is distinct from r.show_id
        """,
        [[path for path, _ in assigned], [show for _, show in assigned]],
    )


async def set_registered(connection: Connection, registered: list[tuple[str, str, str]]) -> None:
    """Store what the api answered: (path, video id, state)."""
    await execute(
        connection,
        """
        update scanner.files f set
            video_id = r.video_id, state = r.state, error = null, moved_from = null, relink = false, updated_at = now()
        from unnest(%s::text[], %s::uuid[], %s::text[]) as r(path, video_id, state)
        where f.path = r.path
        """,
        [list(column) for column in zip(*registered, strict=True)],
    )


async def set_failed(connection: Connection, path: str, error: str) -> None:
    await execute(
        connection,
        """
        update scanner.files set state = 'failed', error = %(error)s, updated_at = now()
        where path = %(path)s and (state, error) is distinct from ('failed', %(error)s)
        """,
        {"path": path, "error": error},
    )


async def set_identified(connection: Connection, show_id: int, video_ids: list[str]) -> None:
    await execute(
        connection,
        """
        update scanner.files set state = 'identified', updated_at = now()
        where show_id = %s and video_id = any(%s::uuid[]) and state = 'registered'
        """,
        [show_id, video_ids],
    )


async def of_show(connection: Connection, show_id: int) -> list[DictRow]:
    """The registered files of a show, in the order of their paths."""
    return await fetch_all(
        connection, "select * from scanner.files where show_id = %s and video_id is not null order by path", [show_id]
    )


async def count_of_show(connection: Connection, show_id: int) -> int:
    return int(await fetch_value(connection, "select count(*) from scanner.files where show_id = %s", [show_id]))


async def shows_of(connection: Connection, videos: list[str]) -> dict[str, int]:
    """Video → the show that it belongs to."""
    rows = await fetch_all(
        connection,
        """
        select video_id::text, show_id from scanner.files
        where video_id = any(%s::uuid[]) and show_id is not null
        """,
        [videos],
    )
    return {row["video_id"]: row["show_id"] for row in rows}


async def paths_of(connection: Connection, videos: list[str], show_ids: list[int]) -> list[str]:
    rows = await fetch_all(
        connection,
        "select path from scanner.files where video_id = any(%s::uuid[]) and show_id = any(%s)",
        [videos, show_ids],
    )
    return [row["path"] for row in rows]


async def shows_at(connection: Connection, paths: list[str]) -> dict[str, int]:
    """Path → the show of the file there."""
    rows = await fetch_all(
        connection, "select path, show_id from scanner.files where path = any(%s) and show_id is not null", [paths]
    )
    return {row["path"]: row["show_id"] for row in rows}


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


async def films_inside(connection: Connection, series: list[str], titles: list[str]) -> list[DictRow]:
    """The films that stand in one of these series, by TheTVDB's id or the title key, and are shows of their own:
    (path, parsed, show)."""
    return await fetch_all(
        connection,
        """
        select f.path, f.parsed, to_jsonb(s) as show
        from scanner.files f join scanner.shows s on s.id = f.show_id
        where f.parsed ? 'film_of' and not f.pinned and s.kind = 'movie'
          and (f.parsed -> 'film_of' ->> 0 = any(%s) or f.parsed -> 'film_of' ->> 3 = any(%s))
        order by f.path
        """,
        [series, titles],
    )


async def films_of_show(connection: Connection, show_id: int) -> list[DictRow]:
    """The files of a serie that are films."""
    return await fetch_all(
        connection,
        "select path, parsed from scanner.files where show_id = %s and parsed ? 'film_of' order by path",
        [show_id],
    )


async def hand_over(connection: Connection, show_id: int, parsed: dict[str, dict[str, Any]]) -> None:
    """These files (path → what their names say now) belong to that show, and are to be linked anew."""
    await execute(
        connection,
        """
        update scanner.files f set show_id = %s, parsed = r.parsed || jsonb_build_object(
                'revision', coalesce(f.parsed -> 'revision', '0'), 'joined', true),
            state = case f.state when 'identified' then 'registered' else f.state end, updated_at = now()
        from jsonb_each(%s) as r(path, parsed) where f.path = r.path
        """,
        [show_id, Jsonb(parsed)],
    )


async def extras_titled(connection: Connection, title_keys: list[str]) -> list[DictRow]:
    """The registered extras whose names give one of these titles."""
    return await fetch_all(
        connection,
        """
        select * from scanner.files
        where kind = 'extra' and title_key = any(%s) and video_id is not null and state <> 'ignored' order by path
        """,
        [title_keys],
    )


async def shows_below(connection: Connection, folders: list[str]) -> list[int]:
    """The shows with files in or below these folders."""
    bounds = [below(folder) for folder in folders]
    rows = await fetch_all(
        connection,
        """
        select distinct f.show_id
        from unnest(%s::text[], %s::text[]) as b(low, high)
        join scanner.files f on f.path > b.low collate "C" and f.path < b.high collate "C"
        where f.show_id is not null
        """,
        [[low for low, _ in bounds], [high for _, high in bounds]],
    )
    return [row["show_id"] for row in rows]


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


async def unidentified_shows(connection: Connection) -> list[int]:
    """Shows with registered files that still lack their entries."""
    rows = await fetch_all(
        connection, "select distinct show_id from scanner.files where state = 'registered' and show_id is not null"
    )
    return [row["show_id"] for row in rows]


async def forget_registration(connection: Connection, paths: list[str]) -> None:
    """The api does not know these files (any more): register them again."""
    await execute(
        connection,
        """
        update scanner.files set state = 'found', video_id = null, moved_from = null, updated_at = now()
        where path = any(%s) and video_id is not null
        """,
        [paths],
    )


async def forget_identification(connection: Connection, paths: list[str]) -> None:
    """The api knows these files but not their entries (any more): identify them again."""
    await execute(
        connection,
        """
        update scanner.files set state = 'registered', updated_at = now()
        where path = any(%s) and state = 'identified' and kind <> 'extra'
        """,
        [paths],
    )


async def registered_paths(connection: Connection) -> list[str]:
    rows = await fetch_all(connection, "select path from scanner.files where video_id is not null")
    return [row["path"] for row in rows]


async def by_videos(connection: Connection, video_ids: list[str]) -> list[DictRow]:
    return await fetch_all(connection, "select * from scanner.files where video_id = any(%s::uuid[])", [video_ids])


async def pin(
    connection: Connection, video_id: str, show_id: int, episodes: list[tuple[int | None, int]] | None
) -> None:
    """A person says where this file belongs."""
    await execute(
        connection,
        """
        update scanner.files set show_id = %s, pinned = true, chosen_episodes = coalesce(%s, chosen_episodes),
            state = case when video_id is null then state else 'registered' end, updated_at = now()
        where video_id = %s::uuid
        """,
        [show_id, Jsonb(episodes) if episodes else None, video_id],
    )


async def has_any(connection: Connection, show_id: int) -> bool:
    return bool(
        await fetch_value(connection, "select exists (select from scanner.files where show_id = %s)", [show_id])
    )


async def unprobed(connection: Connection, limit: int) -> list[DictRow]:
    return await fetch_all(
        connection,
        """
        select path, show_id from scanner.files
        where probed_at is null and video_id is not null and missing_since is null
        order by updated_at limit %s
        """,
        [limit],
    )


async def set_probed(connection: Connection, path: str, duration: float | None, error: str | None) -> None:
    await execute(
        connection,
        """
        update scanner.files set duration = %s, probe_error = %s, probed_at = now(), updated_at = now() where path = %s
        """,
        [duration, error, path],
    )


async def unshared(connection: Connection, folders: list[str], show_id: int) -> set[str]:
    """Those of `folders` that hold films and episodes of this show only."""
    bounds = [below(folder) for folder in folders]
    rows = await fetch_all(
        connection,
        """
        select b.folder from unnest(%s::text[], %s::text[], %s::text[]) as b(folder, low, high)
        where not exists (
            select from scanner.files f
            where f.path > b.low collate "C" and f.path < b.high collate "C"
              and f.kind <> 'extra' and f.show_id is distinct from %s
        )
        """,
        [folders, [low for low, _ in bounds], [high for _, high in bounds], show_id],
    )
    return {row["folder"] for row in rows}
