"""SQL of auth.app_passwords."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one

COLUMNS = "id, name, created_date, last_used"


async def of_user(connection: Connection, user_id: UUID) -> list[DictRow]:
    return await fetch_all(
        connection, f"select {COLUMNS} from auth.app_passwords where user_id = %s order by created_date, id", [user_id]
    )


async def by_secret(connection: Connection, secret_hash: bytes) -> DictRow | None:
    """`{id, user_id}`."""
    return await fetch_one(
        connection, "select id, user_id from auth.app_passwords where secret_hash = %s", [secret_hash]
    )


async def insert(connection: Connection, user_id: UUID, name: str, secret_hash: bytes) -> DictRow:
    row = await fetch_one(
        connection,
        f"insert into auth.app_passwords (user_id, name, secret_hash) values (%s, %s, %s) returning {COLUMNS}",
        [user_id, name, secret_hash],
    )
    assert row is not None
    return row


async def touch(connection: Connection, app_password: UUID) -> None:
    """Note that somebody logged in with it now."""
    await execute(
        connection, "update auth.app_passwords set last_used = clock_timestamp() where id = %s", [app_password]
    )


async def delete(connection: Connection, app_password: UUID, user_id: UUID) -> DictRow | None:
    return await fetch_one(
        connection,
        f"delete from auth.app_passwords where id = %s and user_id = %s returning {COLUMNS}",
        [app_password, user_id],
    )
