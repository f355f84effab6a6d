"""SQL of auth.challenges: what a client has to answer within minutes. Each counts once, and only until it expires."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, LiteralString
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection, execute, fetch_one

Kind = Literal["second_factor", "passkey_registration", "passkey_login"]

#: No user for a login that begins with a passkey: who it is, is not known yet.
COLUMNS: LiteralString = """c.user_id, c.nonce, c.device,
    (select u.username from auth.users u where u.id = c.user_id) as username"""


async def insert(
    connection: Connection,
    token_hash: bytes,
    kind: Kind,
    *,
    user_id: UUID | None,
    lifetime: timedelta,
    nonce: bytes | None = None,
    device: str | None = None,
) -> None:
    await execute(
        connection,
        """insert into auth.challenges (token_hash, kind, user_id, nonce, device, expire_at)
           values (%s, %s, %s, %s, %s, clock_timestamp() + %s)""",
        [token_hash, kind, user_id, nonce, device, lifetime],
    )


async def find(connection: Connection, token_hash: bytes, kind: Kind) -> DictRow | None:
    """`{user_id, nonce, device, username}`."""
    return await fetch_one(
        connection,
        f"""select {COLUMNS} from auth.challenges c
            where c.token_hash = %s and c.kind = %s and c.expire_at > clock_timestamp()""",
        [token_hash, kind],
    )


async def take(connection: Connection, token_hash: bytes, kind: Kind) -> DictRow | None:
    """The same, and the challenge is gone: of two who answer at once, one gets it."""
    return await fetch_one(
        connection,
        f"""delete from auth.challenges c
            where c.token_hash = %s and c.kind = %s and c.expire_at > clock_timestamp()
            returning {COLUMNS}""",
        [token_hash, kind],
    )


async def set_nonce(connection: Connection, token_hash: bytes, nonce: bytes) -> None:
    await execute(connection, "update auth.challenges set nonce = %s where token_hash = %s", [nonce, token_hash])


async def fail(connection: Connection, token_hash: bytes, limit: int) -> None:
    """Count a wrong answer; the challenge is gone when there were `limit` of them."""
    await execute(connection, "update auth.challenges set failures = failures + 1 where token_hash = %s", [token_hash])
    await execute(
        connection, "delete from auth.challenges where token_hash = %s and failures >= %s", [token_hash, limit]
    )


async def delete_expired(connection: Connection) -> int:
    return await execute(connection, "delete from auth.challenges where expire_at <= clock_timestamp()")
