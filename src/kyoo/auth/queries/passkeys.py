"""SQL of auth.passkeys."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one

COLUMNS = "id, name, created_date, last_used"


async def of_user(connection: Connection, user_id: UUID) -> list[DictRow]:
    """`{id, name, created_date, last_used, credential_id, transports}`, the oldest first."""
    return await fetch_all(
        connection,
        f"""select {COLUMNS}, credential_id, transports from auth.passkeys
            where user_id = %s order by created_date, id""",
        [user_id],
    )


async def by_credential(connection: Connection, credential_id: bytes) -> DictRow | None:
    """`{id, user_id, username, public_key, sign_count}`."""
    return await fetch_one(
        connection,
        """select p.id, p.user_id, u.username, p.public_key, p.sign_count
           from auth.passkeys p join auth.users u on u.id = p.user_id
           where p.credential_id = %s""",
        [credential_id],
    )


async def insert(
    connection: Connection,
    user_id: UUID,
    *,
    name: str,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    transports: list[str],
) -> DictRow:
    """Raises psycopg.errors.UniqueViolation when the credential is registered."""
    row = await fetch_one(
        connection,
        f"""insert into auth.passkeys (user_id, name, credential_id, public_key, sign_count, transports)
            values (%s, %s, %s, %s, %s, %s) returning {COLUMNS}""",
        [user_id, name, credential_id, public_key, sign_count, transports],
    )
    assert row is not None
    return row


async def use(connection: Connection, passkey: UUID, sign_count: int) -> None:
    await execute(
        connection,
        "update auth.passkeys set last_used = clock_timestamp(), sign_count = %s where id = %s",
        [sign_count, passkey],
    )


async def delete(connection: Connection, passkey: UUID, user_id: UUID) -> DictRow | None:
    return await fetch_one(
        connection, f"delete from auth.passkeys where id = %s and user_id = %s returning {COLUMNS}", [passkey, user_id]
    )
