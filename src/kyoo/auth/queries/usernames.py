"""SQL of auth.username_looks: what usernames look like, each look of one user."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_value


async def replace(connection: Connection, user_id: UUID, looks: list[bytes]) -> None:
    """Raises psycopg.errors.UniqueViolation when one is another user's."""
    await execute(connection, "delete from auth.username_looks where user_id = %s", [user_id])
    await execute(
        connection,
        "insert into auth.username_looks (look, user_id) select look, %s from unnest(%s::bytea[]) look",
        [user_id, looks],
    )


async def claim_free(connection: Connection, user_id: UUID, looks: list[bytes]) -> None:
    """Those of `looks` that are nobody's become this user's."""
    await execute(
        connection,
        """insert into auth.username_looks (look, user_id) select look, %s from unnest(%s::bytea[]) look
           on conflict do nothing""",
        [user_id, looks],
    )


async def any_taken(connection: Connection, looks: list[bytes]) -> bool:
    return bool(
        await fetch_value(connection, "select exists (select from auth.username_looks where look = any(%s))", [looks])
    )


async def without_looks(connection: Connection) -> list[DictRow]:
    """`{id, username}` of users, the oldest first."""
    return await fetch_all(
        connection,
        """select id, username from auth.users u
           where not exists (select from auth.username_looks l where l.user_id = u.id) order by created_date, id""",
        [],
    )
