"""Which title of the services each show is, and who the others may be."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.postgres import Connection, execute, fetch_all, fetch_one
from kyoo.scanner.queries.files import below


async def of_show(connection: Connection, show_id: int) -> DictRow | None:
    return await fetch_one(connection, "select * from scanner.matches where show_id = %s", [show_id])


async def store(
    connection: Connection,
    show_id: int,
    *,
    ids: dict[str, str],
    language: str | None,
    why: str,
    candidates: list[dict[str, Any]],
    evidence: str,
) -> None:
    """What a search came to. New evidence is a new question to whoever said that it is none of them."""
    await execute(
        connection,
        """
        insert into scanner.matches as m (show_id, ids, language, why, candidates, evidence)
        values (%(show)s, %(ids)s, %(language)s, %(why)s, %(candidates)s, %(evidence)s)
        on conflict (show_id) do update set
            ids = excluded.ids, language = excluded.language, why = excluded.why, candidates = excluded.candidates,
            evidence = excluded.evidence, searched_at = now(),
            dismissed = m.dismissed and split_part(m.evidence, ' ', 1) = split_part(excluded.evidence, ' ', 1)
        """,
        {
            "show": show_id,
            "ids": Jsonb(ids),
            "language": language,
            "why": why,
            "candidates": Jsonb(candidates),
            "evidence": evidence,
        },
    )


async def forget(connection: Connection, show_id: int) -> None:
    """Somebody says what it is: it is looked up anew."""
    await execute(connection, "delete from scanner.matches where show_id = %s", [show_id])


async def dismiss(connection: Connection, show_id: int) -> bool:
    """A person says that it is none of them. False when there is nothing to be unsure about."""
    return bool(
        await execute(
            connection,
            "update scanner.matches set dismissed = true where show_id = %s and ids = '{}'",
            [show_id],
        )
    )


async def languages_below(connection: Connection, folder: str, show_id: int, limit: int) -> dict[str, int]:
    """Original languages of the other titles below a folder, of the first files there, language → titles."""
    low, high = below(folder)
    rows = await fetch_all(
        connection,
        """
        select m.language, count(*) as titles
        from (
            select distinct near.show_id
            from (
                select show_id from scanner.files
                where path > %(low)s collate "C" and path < %(high)s collate "C" and show_id is not null
                order by path limit %(limit)s
            ) near
        ) beside
        join scanner.matches m using (show_id)
        where m.language is not null and m.show_id <> %(show)s
        group by m.language
        """,
        {"low": low, "high": high, "limit": limit, "show": show_id},
    )
    return {row["language"]: row["titles"] for row in rows}


async def unsure(connection: Connection, text: str, after: int, limit: int) -> list[DictRow]:
    """The shows that nobody is sure about and that have files, each with the first of them."""
    return await fetch_all(
        connection,
        """
        select m.show_id as id, s.kind, s.title, s.year, s.slug, m.why, m.candidates, m.searched_at,
               f.paths[1:5] as paths, cardinality(f.paths) as files
        from scanner.matches m
        join scanner.shows s on s.id = m.show_id
        cross join lateral (
            select array_agg(path order by path) as paths from scanner.files f
            where f.show_id = s.id and f.missing_since is null
        ) f
        where m.ids = '{}' and not m.dismissed and m.show_id > %(after)s and f.paths is not null
          and (%(text)s = '' or strpos(lower(s.title), lower(%(text)s)) > 0
               or exists (select from unnest(f.paths) path where strpos(lower(path), lower(%(text)s)) > 0))
        order by m.show_id limit %(limit)s
        """,
        {"after": after, "text": text, "limit": limit},
    )
