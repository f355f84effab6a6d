"""SQL of auth.federation_codes: consents that another instance is about to redeem."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_one


async def insert(
    connection: Connection,
    *,
    code_hash: bytes,
    user_id: UUID,
    client: str,
    redirect_url: str,
    challenge: str,
    nonce: str | None,
) -> None:
    await execute(
        connection,
        """insert into auth.federation_codes (code_hash, user_id, client, redirect_url, challenge, nonce)
           values (%s, %s, %s, %s, %s, %s)""",
        [code_hash, user_id, client, redirect_url, challenge, nonce],
    )


async def take(connection: Connection, code_hash: bytes) -> DictRow | None:
    """Remove a consent and give it: `{user_id, client, redirect_url, challenge, nonce, age}`."""
    return await fetch_one(
        connection,
        """delete from auth.federation_codes where code_hash = %s
           returning user_id, client, redirect_url, challenge, nonce, clock_timestamp() - created_at as age""",
        [code_hash],
    )


async def delete_older(connection: Connection, age: timedelta) -> int:
    return await execute(
        connection, "delete from auth.federation_codes where created_at < clock_timestamp() - %s", [age]
    )
