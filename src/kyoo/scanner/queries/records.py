"""The SQL of scanner.records and scanner.matches: what providers say of shows, and which title each show is."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value
from kyoo.scanner.queries.files import below


async def of_show(connection: Connection, show_id: int) -> list[DictRow]:
    return await fetch_all(connection, "select * from scanner.records where show_id = %s order by provider", [show_id])


async def one(connection: Connection, show_id: int, provider: str) -> DictRow | None:
    return await fetch_one(
        connection, "select * from scanner.records where show_id = %s and provider = %s", [show_id, provider]
    )


async def series_with_film(connection: Connection, film: str) -> list[DictRow]:
    """The series of the library among whose specials TheTVDB has this film of it: show and id of each."""
    return await fetch_all(
        connection,
        """
        select show_id, id from scanner.records
        where provider = 'tvdb'
          and jsonb_path_query_array(record, '$.episodes[*] ? (@.is_movie == true).ids.tvdb') ? %s
          and exists (select from scanner.files f where f.show_id = records.show_id)
        order by show_id
        """,
        [film],
    )


async def keep(connection: Connection, show_id: int, provider: str, identifier: str, record: dict[str, Any]) -> bool:
    """Whether it says something new."""
    changed = await fetch_value(
        connection,
        "select record is distinct from %s from scanner.records where show_id = %s and provider = %s and id = %s",
        [Jsonb(record), show_id, provider, identifier],
    )
    await execute(
        connection,
        """
        insert into scanner.records (show_id, provider, id, record) values (%s, %s, %s, %s)
        on conflict (show_id, provider) do update
        set id = excluded.id, record = excluded.record, fetched_at = excluded.fetched_at
        """,
        [show_id, provider, identifier, Jsonb(record)],
    )
    return changed is not False


async def drop(connection: Connection, show_id: int, providers: list[str]) -> int:
    return await execute(
        connection, "delete from scanner.records where show_id = %s and provider = any(%s)", [show_id, providers]
    )


async def match(connection: Connection, show_id: int) -> DictRow | None:
    return await fetch_one(connection, "select * from scanner.matches where show_id = %s", [show_id])


async def set_match(
    connection: Connection,
    show_id: int,
    *,
    state: str,
    why: str,
    ids: dict[str, str],
    candidates: list[dict[str, Any]],
    asked: str,
    failed: list[str],
) -> None:
    """What was found; what a person has chosen stays chosen."""
    await execute(
        connection,
        """
        insert into scanner.matches (show_id, state, why, ids, candidates, asked, failed)
        values (%(show)s, %(state)s, %(why)s, %(ids)s, %(candidates)s, %(asked)s, %(failed)s)
        on conflict (show_id) do update set
            state = case when matches.state = 'chosen' then matches.state else excluded.state end,
            why = case when matches.state = 'chosen' then matches.why else excluded.why end,
            ids = case when matches.state = 'chosen' then matches.ids || excluded.ids else excluded.ids end,
            candidates = excluded.candidates, asked = excluded.asked, failed = excluded.failed, tried_at = now()
        """,
        {
            "show": show_id,
            "state": state,
            "why": why,
            "ids": Jsonb(ids),
            "candidates": Jsonb(candidates),
            "asked": asked,
            "failed": failed,
        },
    )


async def choose(connection: Connection, show_id: int, ids: dict[str, str]) -> None:
    """A person says which title it is. What was known of another one is forgotten."""
    await execute(
        connection,
        """
        insert into scanner.matches (show_id, state, why, ids) values (%(show)s, 'chosen', 'Somebody chose it', %(ids)s)
        on conflict (show_id) do update set state = 'chosen', why = excluded.why, ids = excluded.ids, failed = '{}'
        """,
        {"show": show_id, "ids": Jsonb(ids)},
    )
    await execute(
        connection,
        "delete from scanner.records r where show_id = %(show)s and id is distinct from (%(ids)s::jsonb ->> provider)",
        {"show": show_id, "ids": Jsonb(ids)},
    )


async def dismiss(connection: Connection, show_id: int) -> bool:
    """A person says that no provider knows it. False when there is nothing to be unsure about."""
    return bool(
        await execute(
            connection,
            """
            update scanner.matches set state = 'chosen', why = 'Somebody says that it is none of them', ids = '{}'
            where show_id = %s and state = 'unsure'
            """,
            [show_id],
        )
    )


async def unsure(connection: Connection, text: str, after: int, limit: int) -> list[DictRow]:
    """The shows that nobody is sure about and that have files, each with the first of them."""
    return await fetch_all(
        connection,
        """
        select m.show_id as id, s.kind, s.title, s.year, case when s.api_id is not null then s.slug end as slug,
               m.why, m.candidates, m.tried_at, f.paths[1:5] as paths, cardinality(f.paths) as files
        from scanner.matches m
        join scanner.shows s on s.id = m.show_id
        cross join lateral (
            select array_agg(path order by path) as paths from scanner.files f
            where f.show_id = s.id and f.missing_since is null
        ) f
        where m.state = 'unsure' and m.show_id > %(after)s and f.paths is not null
          and (%(text)s = '' or strpos(lower(s.title), lower(%(text)s)) > 0
               or exists (select from unnest(f.paths) path where strpos(lower(path), lower(%(text)s)) > 0))
        order by m.show_id limit %(limit)s
        """,
        {"after": after, "text": text, "limit": limit},
    )


async def names(connection: Connection, show_ids: list[int]) -> list[str]:
    """What providers call these shows, in every language; other titles are none of them."""
    rows = await fetch_all(
        connection,
        """
        select distinct text.value ->> 'name' as name
        from scanner.records r, jsonb_each(r.record -> 'texts') text
        where r.show_id = any(%s) and text.value ? 'name'
        union select distinct record ->> 'original_title' from scanner.records
        where show_id = any(%s) and record ? 'original_title'
        """,
        [show_ids, show_ids],
    )
    return [row["name"] for row in rows if row["name"]]


async def languages_below(connection: Connection, folder: str, show_id: int, limit: int) -> dict[str, int]:
    """Original languages of the other titles below a folder, of the first files there: language → titles."""
    low, high = below(folder)
    rows = await fetch_all(
        connection,
        """
        select said.language, count(*) as titles
        from (
            select distinct near.show_id
            from (
                select show_id from scanner.files
                where path > %(low)s collate "C" and path < %(high)s collate "C" and show_id is not null
                order by path limit %(limit)s
            ) near
            where near.show_id <> %(show)s
        ) beside
        cross join lateral (
            select record ->> 'original_language' as language from scanner.records r
            where r.show_id = beside.show_id and record ? 'original_language' order by provider limit 1
        ) said
        group by said.language
        """,
        {"low": low, "high": high, "limit": limit, "show": show_id},
    )
    return {row["language"]: row["titles"] for row in rows}


async def lacking(connection: Connection, provider: str) -> list[int]:
    """The shows that this provider was not heard of."""
    rows = await fetch_all(
        connection,
        """
        select s.id from scanner.shows s
        where s.api_id is not null
            and not exists (select from scanner.records r where r.show_id = s.id and r.provider = %s)
        order by s.id
        """,
        [provider],
    )
    return [row["id"] for row in rows]


async def films_of(connection: Connection, show_id: int) -> list[DictRow]:
    """(number, provider, record) of the films that stand in a serie."""
    return await fetch_all(
        connection,
        "select number, provider, record from scanner.film_records where show_id = %s order by number, provider",
        [show_id],
    )


async def keep_film(connection: Connection, show_id: int, number: int, provider: str, record: dict[str, Any]) -> bool:
    """Whether it says something new."""
    return (
        await execute(
            connection,
            """
            insert into scanner.film_records as kept (show_id, number, provider, record) values (%s, %s, %s, %s)
            on conflict (show_id, number, provider) do update
            set record = excluded.record, fetched_at = excluded.fetched_at
            where kept.record is distinct from excluded.record
            """,
            [show_id, number, provider, Jsonb(record)],
        )
        > 0
    )


async def count(connection: Connection, provider: str) -> int:
    """The shows that a provider describes."""
    return int(await fetch_value(connection, "select count(*) from scanner.records where provider = %s", [provider]))


async def waiting(connection: Connection) -> tuple[int, int]:
    """The shows that some provider is still to be asked about, and those that nobody could be sure of."""
    row = await fetch_one(
        connection,
        """
        select count(*) filter (where m.show_id is null or m.failed <> '{}') as waiting,
            count(*) filter (where m.state = 'unsure') as unsure
        from scanner.shows s left join scanner.matches m on m.show_id = s.id where s.api_id is not null
        """,
    )
    return (row["waiting"], row["unsure"]) if row else (0, 0)
