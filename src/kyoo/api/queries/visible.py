"""The SQL of what the reader of a connection may see of things that are named."""

from __future__ import annotations

from collections.abc import Collection

from kyoo.core.database.postgres import Connection, fetch_all


async def visible(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of these ids that are of a show, studio or person whom the reader may see."""
    rows = await fetch_all(
        connection,
        """
        select id::text from api.shows where id = any(%(ids)s::uuid[])
        union all select id::text from api.studios where id = any(%(ids)s::uuid[])
        union all select id::text from api.staff where id = any(%(ids)s::uuid[])
        """,
        {"ids": list(ids)},
    )
    return {row["id"] for row in rows}
