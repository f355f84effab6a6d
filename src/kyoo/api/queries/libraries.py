"""The SQL of libraries, and of the role of readers who are limited to some or to an age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.errors import InsufficientPrivilege, InvalidParameterValue, LockNotAvailable, UndefinedObject

from kyoo.api.queries.fragments import iso, pairs
from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value
from kyoo.core.errors import ForbiddenError

_LIBRARY = pairs(
    id="library.id",
    slug="library.slug",
    name="library.name",
    path="library.path",
    createdAt=iso("library.created_at"),
    updatedAt=iso("library.updated_at"),
)


class CannotLimitError(ForbiddenError):
    def __init__(self) -> None:
        super().__init__("This server's database cannot limit readers: it lacks the role kyoo_limited")


async def limit(connection: Connection, libraries: Sequence[str] | None, max_age: int | None) -> None:
    """Only what is in these libraries (slugs) and for this age can be seen through the connection from now on."""
    try:
        admitted = await fetch_value(
            connection,
            """
            select has_schema_privilege('kyoo_limited', 'api', 'usage'), set_config('role', 'kyoo_limited', false),
                api.limit_reader(%s::text[], %s)
            """,
            [None if libraries is None else list(libraries), max_age],
        )
    except (UndefinedObject, InvalidParameterValue, InsufficientPrivilege) as error:
        raise CannotLimitError from error
    if not admitted:
        # The role came after the tables: nobody has told it of them.
        raise CannotLimitError


async def admit_limited(connection: Connection) -> bool:
    """Whether the database can limit readers now: the role may have been made since the first start."""
    return bool(await fetch_value(connection, "select api.admit_limited()"))


async def libraries(connection: Connection) -> list[dict[str, Any]]:
    rows = await fetch_all(connection, f"select {_LIBRARY} as json from api.libraries library order by slug")
    return [row["json"] for row in rows]


async def save_library(connection: Connection, slug: str, name: str, path: str) -> dict[str, Any]:
    """Create or change a library: its JSON."""
    row = await fetch_one(
        connection,
        f"""
        insert into api.libraries as library (slug, name, path, gathered)
        values (%(slug)s, %(name)s, %(path)s, false)
        on conflict (slug) do update set name = excluded.name, path = excluded.path, updated_at = now(),
            gathered = library.gathered and excluded.path = library.path
        returning {_LIBRARY} as json
        """,
        {"slug": slug, "name": name, "path": path},
    )
    assert row is not None
    return dict(row["json"])


async def delete_library(connection: Connection, slug: str) -> bool:
    return await execute(connection, "delete from api.libraries where slug = %s", [slug]) > 0


async def ungathered(connection: Connection) -> dict[int, datetime]:
    """The libraries that shows may not know of yet, and when each was changed."""
    rows = await fetch_all(connection, "select pk, updated_at from api.libraries where not gathered")
    return {row["pk"]: row["updated_at"] for row in rows}


async def await_writers(connection: Connection, patience: float) -> bool:
    """Wait for those who place shows by the libraries that there were before; False when they take more seconds."""
    try:
        async with connection.transaction():
            await execute(connection, "select set_config('lock_timeout', %s, true)", [str(round(patience * 1000))])
            await execute(connection, "select api.end_library_generation()")
    except LockNotAvailable:
        return False
    return True


async def misplaced_shows(connection: Connection) -> list[int]:
    """The shows that have files in other libraries than they know of."""
    every = await fetch_value(connection, "select array_agg(pk) from api.shows")
    rows = await fetch_all(
        connection,
        """
        select show.pk from api.held_libraries(%s) held join api.shows show on show.pk = held.show_pk
        where show.libraries <> held.libraries order by show.pk
        """,
        [every or []],
    )
    return [row["pk"] for row in rows]


async def gather_libraries(connection: Connection, shows: Sequence[int]) -> None:
    """Let these shows know which libraries their files are in."""
    await execute(connection, "select api.gather_libraries(%s)", [list(shows)])


async def mark_gathered(connection: Connection, libraries: Mapping[int, datetime]) -> None:
    """Unless one has changed again."""
    await execute(
        connection,
        """
        update api.libraries library set gathered = true
        from unnest(%s::bigint[], %s::timestamptz[]) as given (pk, changed_at)
        where library.pk = given.pk and library.updated_at = given.changed_at
        """,
        [list(libraries), list(libraries.values())],
    )
