"""The SQL of libraries, and of the role of readers who are limited to some."""

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


async def take_limited_role(
    connection: Connection, libraries: Sequence[str] | None, max_age: int | None, *, transaction: bool
) -> None:
    """Only what is in these libraries (slugs) and for this age can be seen until the `transaction` ends, or until
    `leave_limited_role`."""
    await execute(
        connection,
        """
        select set_config('api.limit_age', coalesce(%(age)s::text, ''), %(local)s),
            set_config('api.limit_roots', case when %(libraries)s::text[] is null then '' else coalesce((
                select array_agg(path || '/') from api.libraries where slug = any(%(libraries)s)
            ), '{}')::text end, %(local)s)
        """,
        {"local": transaction, "age": max_age, "libraries": None if libraries is None else list(libraries)},
    )
    try:
        await execute(connection, "set local role kyoo_limited" if transaction else "set role kyoo_limited")
    except (InvalidParameterValue, InsufficientPrivilege) as error:
        raise ForbiddenError("This server's database cannot limit readers: it lacks the role kyoo_limited") from error


async def leave_limited_role(connection: Connection) -> None:
    await execute(connection, "reset role")
    await execute(connection, "select set_config('api.limit_age', '', false), set_config('api.limit_roots', '', false)")


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


async def picture_visible(connection: Connection, identifier: str) -> bool:
    """Whether something that the reader can see shows the picture."""
    visible: bool = await fetch_value(connection, "select exists (select from api.images where id = %s)", [identifier])
    return visible
