"""The orders of episodes that people chose for series."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_one


async def chosen(connection: Connection, show_id: int) -> DictRow | None:
    return await fetch_one(connection, "select * from scanner.episode_orders where show_id = %s", [show_id])


async def choose(
    connection: Connection,
    show_id: int,
    order: tuple[str, str] | None,
    episodes: list[dict[str, Any]],
    *,
    follow: bool,
) -> None:
    """`order`: provider and name; None: that of airing. `follow`: the names of the files count by it."""
    provider, name = order or (None, None)
    await execute(
        connection,
        """
        insert into scanner.episode_orders (show_id, provider, name, episodes) values (%s, %s, %s, %s)
        on conflict (show_id) do update set
            provider = excluded.provider, name = excluded.name, episodes = excluded.episodes, chosen_at = now()
        """,
        [show_id, provider, name, Jsonb(episodes)],
    )
    await execute(
        connection,
        "update scanner.shows set reordered = %s where id = %s",
        [order is not None and not follow, show_id],
    )


async def renew(connection: Connection, show_id: int, episodes: list[dict[str, Any]]) -> bool:
    """Whether the chosen order is another one now."""
    return (
        await execute(
            connection,
            """
            update scanner.episode_orders set episodes = %(episodes)s
            where show_id = %(show)s and episodes is distinct from %(episodes)s
            """,
            {"show": show_id, "episodes": Jsonb(episodes)},
        )
        > 0
    )
