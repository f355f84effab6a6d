"""The SQL of scanner.records and scanner.matches: what providers say of shows, and which title each show is."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.postgres import Connection, execute, fetch_all, fetch_one, fetch_value


async def of_show(connection: Connection, show_id: int) -> list[DictRow]:
    return await fetch_all(connection, "select * from scanner.records where show_id = %s order by provider", [show_id])


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
