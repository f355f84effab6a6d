"""The public lists of anime: as they were fetched, and what they say by id and title."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_value

#: Held while the lists are written, so that replicas do not write them twice at once.
ANIME_LOCK = 5_190_525


async def lists(connection: Connection) -> dict[str, DictRow]:
    """What is known of each list, without its content."""
    rows = await fetch_all(
        connection,
        """
        select name, etag, last_modified, checked_at, changed_at, error, content is not null as held
        from scanner.anime_lists
        """,
    )
    return {row["name"]: row for row in rows}


async def contents(connection: Connection) -> dict[str, bytes]:
    rows = await fetch_all(connection, "select name, content from scanner.anime_lists where content is not null")
    return {row["name"]: row["content"] for row in rows}


async def youngest_check(connection: Connection) -> Any:
    """When a list was last asked for; None before the first time."""
    return await fetch_value(connection, "select max(checked_at) from scanner.anime_lists")


async def store_list(
    connection: Connection, name: str, content: bytes, etag: str | None, last_modified: str | None
) -> None:
    await execute(
        connection,
        """
        insert into scanner.anime_lists (name, content, etag, last_modified, checked_at, changed_at)
        values (%s, %s, %s, %s, now(), now())
        on conflict (name) do update set content = excluded.content, etag = excluded.etag,
            last_modified = excluded.last_modified, checked_at = now(), changed_at = now(), error = null
        """,
        [name, content, etag, last_modified],
    )


async def checked(connection: Connection, name: str, error: str | None) -> None:
    """The list was asked for and is as before, or could not be had."""
    await execute(
        connection,
        """
        insert into scanner.anime_lists (name, checked_at, error) values (%s, now(), %s)
        on conflict (name) do update set checked_at = now(), error = excluded.error
        """,
        [name, error],
    )


async def replace(
    connection: Connection,
    records: Iterable[tuple[str, str | None, dict[str, Any]]],
    ids: Iterable[tuple[str, str, str]],
    titles: Iterable[tuple[str, str]],
) -> None:
    """Put all that the lists say in place of what they said. Records: (key, serie, record); ids: (service, id, key);
    titles: (title key, key)."""
    await connection.execute("select pg_advisory_xact_lock(%s)", [ANIME_LOCK])
    await execute(connection, "delete from scanner.anime")
    async with connection.cursor() as cursor:
        async with cursor.copy("copy scanner.anime (key, serie, record) from stdin") as copy:
            for key, serie, record in records:
                await copy.write_row((key, serie, Jsonb(record)))
        async with cursor.copy("copy scanner.anime_ids (service, id, key) from stdin") as copy:
            for row in ids:
                await copy.write_row(row)
        async with cursor.copy("copy scanner.anime_titles (title_key, key) from stdin") as copy:
            for title in titles:
                await copy.write_row(title)


async def titled(connection: Connection, title_keys: list[str]) -> list[DictRow]:
    """(title_key, record) of the anime with these titles."""
    return await fetch_all(
        connection,
        """
        select t.title_key, a.record from scanner.anime_titles t join scanner.anime a using (key)
        where t.title_key = any(%s) order by t.title_key, a.key
        """,
        [title_keys],
    )


async def identified(connection: Connection, ids: list[tuple[str, str]]) -> list[DictRow]:
    """(service, id, record) of the anime with one of these ids."""
    return await fetch_all(
        connection,
        """
        select i.service, i.id, a.record
        from unnest(%s::text[], %s::text[]) as wanted(service, id)
        join scanner.anime_ids i using (service, id) join scanner.anime a using (key)
        order by i.service, i.id, a.key
        """,
        [[service for service, _ in ids], [value for _, value in ids]],
    )


async def of_series(connection: Connection, series: list[str]) -> list[DictRow]:
    """(serie, record) of all anime of these series."""
    return await fetch_all(
        connection, "select serie, record from scanner.anime where serie = any(%s) order by serie, key", [series]
    )
