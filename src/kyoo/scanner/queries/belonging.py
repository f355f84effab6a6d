"""Which show each file belongs to, and what has come of that: registered, identified."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_value
from kyoo.scanner.queries.files import below


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
            video_id = r.video_id, state = r.state, error = null, moved_from = null, relink = false, before = null,
            updated_at = now()
        from unnest(%s::text[], %s::uuid[], %s::text[]) as r(path, video_id, state)
        where f.path = r.path
        """,
        [list(column) for column in zip(*registered, strict=True)],
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


async def held(connection: Connection, videos: list[str]) -> set[str]:
    """Those of these videos that are files of the scanner, of whatever show or of none."""
    rows = await fetch_all(
        connection, "select distinct video_id::text as id from scanner.files where video_id = any(%s::uuid[])", [videos]
    )
    return {row["id"] for row in rows}


async def paths_of(connection: Connection, videos: list[str], show_ids: list[int]) -> list[str]:
    rows = await fetch_all(
        connection,
        "select path from scanner.files where video_id = any(%s::uuid[]) and show_id = any(%s)",
        [videos, show_ids],
    )
    return [row["path"] for row in rows]


async def titles_of_videos(connection: Connection, videos: list[str]) -> list[str]:
    """The titles in the names of these files."""
    rows = await fetch_all(
        connection,
        "select distinct parsed ->> 'title' as title from scanner.files where video_id = any(%s::uuid[])",
        [videos],
    )
    return [row["title"] for row in rows if row["title"]]


async def titles_of_show(connection: Connection, show_id: int) -> list[str]:
    rows = await fetch_all(
        connection, "select distinct parsed ->> 'title' as title from scanner.files where show_id = %s", [show_id]
    )
    return [row["title"] for row in rows if row["title"]]


async def shows_at(connection: Connection, paths: list[str]) -> dict[str, int]:
    """Path → the show of the file there."""
    rows = await fetch_all(
        connection, "select path, show_id from scanner.files where path = any(%s) and show_id is not null", [paths]
    )
    return {row["path"]: row["show_id"] for row in rows}


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


async def unite(connection: Connection, source_id: int, target_id: int) -> bool:
    """Give `target` the files of `source` that no person took apart, and its names when it has no other. Whether it had
    any."""
    moved = await execute(
        connection,
        """
        update scanner.files f set show_id = %(target)s, updated_at = now(),
            state = case f.state when 'identified' then 'registered' else f.state end
        where show_id = %(source)s
          and (not pinned or exists (select from scanner.matches where show_id = %(source)s and state = 'chosen'))
        """,
        {"source": source_id, "target": target_id},
    )
    await execute(
        connection,
        """
        update scanner.show_titles set show_id = %(target)s
        where show_id = %(source)s and not exists (select from scanner.files where show_id = %(source)s)
        """,
        {"source": source_id, "target": target_id},
    )
    return moved > 0


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


async def keep_links(connection: Connection, path: str) -> None:
    """This file waits to be registered under its new name, and stays linked as it is."""
    await execute(
        connection,
        "update scanner.files set state = 'found', relink = false, before = null where path = %s",
        [path],
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
