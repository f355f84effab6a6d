"""The SQL of what both sides agreed on last, by show and by the key of the title at the tracker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_value

Bases = dict[str, dict[str, Any]]


async def of_shows(connection: Connection, tracker: int, shows: Collection[int]) -> dict[int, Bases]:
    rows = await fetch_all(
        connection,
        "select show_pk, base from api.tracker_bases where tracker_pk = %(tracker)s and show_pk = any(%(shows)s)",
        {"tracker": tracker, "shows": list(shows)},
    )
    return {row["show_pk"]: row["base"] for row in rows}


async def all_of(connection: Connection, tracker: int) -> dict[int, Bases]:
    """Of every show that has a status or a score there."""
    rows = await fetch_all(
        connection,
        """
        select show_pk, (
            select jsonb_object_agg(key, jsonb_build_object('status', value -> 'status', 'score', value -> 'score'))
            from jsonb_each(base)
        ) as base
        from api.tracker_bases where tracker_pk = %(tracker)s and base <> '{}'
        """,
        {"tracker": tracker},
    )
    return {row["show_pk"]: row["base"] for row in rows}


async def keep(connection: Connection, tracker: int, bases: Mapping[int, Mapping[str, Mapping[str, Any]]]) -> None:
    """By show, of these titles; what is known of other titles of a show stays."""
    await execute(
        connection,
        """
        insert into api.tracker_bases as known (tracker_pk, show_pk, base)
        select %(tracker)s, * from unnest(%(shows)s::bigint[], %(bases)s::jsonb[])
        on conflict (tracker_pk, show_pk) do update set base = known.base || excluded.base
        """,
        {"tracker": tracker, "shows": list(bases), "bases": [Jsonb(base) for base in bases.values()]},
    )


async def change(connection: Connection, tracker: int, show: int, changed: Callable[[Bases], Bases]) -> None:
    """What the titles of a show are after `changed`, which is given what they were."""
    query = "select base from api.tracker_bases where tracker_pk = %(tracker)s and show_pk = %(show)s for update"
    before: Bases = await fetch_value(connection, query, {"tracker": tracker, "show": show}) or {}
    after = changed(before)
    if after != before:
        await keep(connection, tracker, {show: after})
