"""SQL of auth.password_resets. A link counts only until it expires."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_one, fetch_value


async def insert(
    connection: Connection, token_hash: bytes, user_id: UUID, *, lifetime: timedelta, by_mail: bool
) -> DictRow:
    """`{expire_at}`."""
    row = await fetch_one(
        connection,
        """insert into auth.password_resets (token_hash, user_id, by_mail, expire_at)
           values (%s, %s, %s, clock_timestamp() + %s) returning expire_at""",
        [token_hash, user_id, by_mail, lifetime],
    )
    assert row is not None
    return row


async def mails_since(connection: Connection, user_id: UUID, age: timedelta) -> int:
    return int(
        await fetch_value(
            connection,
            """select count(*) from auth.password_resets
               where user_id = %s and by_mail and created_date > clock_timestamp() - %s""",
            [user_id, age],
        )
    )


async def user_of(connection: Connection, token_hash: bytes) -> UUID | None:
    found: UUID | None = await fetch_value(
        connection,
        "select user_id from auth.password_resets where token_hash = %s and expire_at > clock_timestamp()",
        [token_hash],
    )
    return found


async def take(connection: Connection, token_hash: bytes) -> DictRow | None:
    """Use up a link: `{id, username}` of its user."""
    return await fetch_one(
        connection,
        """delete from auth.password_resets r using auth.users u
           where r.token_hash = %s and r.expire_at > clock_timestamp() and u.id = r.user_id
           returning u.id, u.username""",
        [token_hash],
    )


async def delete_of_user(connection: Connection, user_id: UUID) -> int:
    return await execute(connection, "delete from auth.password_resets where user_id = %s", [user_id])


async def delete_expired(connection: Connection) -> int:
    return await execute(connection, "delete from auth.password_resets where expire_at <= clock_timestamp()")
