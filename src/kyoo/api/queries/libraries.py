"""The SQL of libraries, and of the role of readers who are limited to some or to an age."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg.errors import InsufficientPrivilege, InvalidParameterValue

from kyoo.api.queries.fragments import iso, pairs
from kyoo.core.errors import ForbiddenError
from kyoo.core.postgres import Connection, execute, fetch_all, fetch_one, fetch_value

_LIBRARY = pairs(
    id="library.id",
    slug="library.slug",
    name="library.name",
    path="library.path",
    createdAt=iso("library.created_at"),
    updatedAt=iso("library.updated_at"),
)


async def limit(connection: Connection, libraries: Sequence[str] | None, max_age: int | None) -> None:
    """Only what is in these libraries (slugs) and for this age can be seen through the connection from now on."""
    try:
        await execute(
            connection,
            "select set_config('role', 'kyoo_limited', false), api.limit_reader(%s::text[], %s)",
            [None if libraries is None else list(libraries), max_age],
        )
    except (InvalidParameterValue, InsufficientPrivilege) as error:
        raise ForbiddenError("This server's database cannot limit readers: it lacks the role kyoo_limited") from error


async def libraries(connection: Connection) -> list[dict[str, Any]]:
    rows = await fetch_all(connection, f"select {_LIBRARY} as json from api.libraries library order by slug")
    return [row["json"] for row in rows]


async def save_library(connection: Connection, slug: str, name: str, path: str) -> dict[str, Any]:
    """Create or change a library: its JSON."""
    row = await fetch_one(
        connection,
        f"""
        insert into api.libraries as library (slug, name, path) values (%(slug)s, %(name)s, %(path)s)
        on conflict (slug) do update set name = excluded.name, path = excluded.path, updated_at = now()
        returning {_LIBRARY} as json
        """,
        {"slug": slug, "name": name, "path": path},
    )
    assert row is not None
    return dict(row["json"])


async def delete_library(connection: Connection, slug: str) -> bool:
    return await execute(connection, "delete from api.libraries where slug = %s", [slug]) > 0


async def file_visible(connection: Connection, path: str) -> bool:
    """Whether the reader can see the file at this path."""
    visible: bool = await fetch_value(connection, "select exists (select from api.videos where path = %s)", [path])
    return visible


async def picture_visible(connection: Connection, identifier: str) -> bool:
    """Whether something that the reader can see shows the picture."""
    visible: bool = await fetch_value(connection, "select exists (select from api.images where id = %s)", [identifier])
    return visible
