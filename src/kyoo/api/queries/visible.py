"""The SQL of what the reader of a connection may see of things that are named: Postgres hides the other rows
(schema/limits.sql)."""

from __future__ import annotations

from collections.abc import Collection

from kyoo.core.database.postgres import Connection, fetch_all, fetch_value


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


async def file_visible(connection: Connection, path: str) -> bool:
    """Whether the reader can see the file at this path."""
    visible: bool = await fetch_value(connection, "select exists (select from api.videos where path = %s)", [path])
    return visible


async def picture_visible(connection: Connection, identifier: str) -> bool:
    """Whether something that the reader can see shows the picture."""
    visible: bool = await fetch_value(connection, "select exists (select from api.images where id = %s)", [identifier])
    return visible
