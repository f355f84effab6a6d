"""SQL of auth.signing_keys."""

from __future__ import annotations

from psycopg.rows import DictRow

from kyoo.core.postgres import Connection, execute, fetch_all

#: Serialises the making of the first key by all replicas (an arbitrary constant of ours).
LOCK = 7_413_882


async def lock(connection: Connection) -> None:
    await execute(connection, "select pg_advisory_xact_lock(%s)", [LOCK])


async def every(connection: Connection) -> list[DictRow]:
    """`{kid, algorithm, private_pem}`, the newest first."""
    return await fetch_all(
        connection, "select kid, algorithm, private_pem from auth.signing_keys order by created_at desc, kid"
    )


async def insert(connection: Connection, kid: str, algorithm: str, private_pem: str) -> None:
    await execute(
        connection,
        "insert into auth.signing_keys (kid, algorithm, private_pem) values (%s, %s, %s)",
        [kid, algorithm, private_pem],
    )
