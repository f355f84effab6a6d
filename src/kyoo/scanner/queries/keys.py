"""The SQL of scanner.keys: sealed keys of services of metadata."""

from __future__ import annotations

from kyoo.core.database.postgres import Connection, execute, fetch_all


async def sealed(connection: Connection) -> dict[str, bytes]:
    """Service → sealed key."""
    return {row["service"]: bytes(row["sealed"]) for row in await fetch_all(connection, "select * from scanner.keys")}


async def store(connection: Connection, service: str, value: bytes) -> None:
    await execute(
        connection,
        """
        insert into scanner.keys (service, sealed) values (%s, %s)
        on conflict (service) do update set sealed = excluded.sealed, updated_at = now()
        """,
        [service, value],
    )


async def remove(connection: Connection, service: str) -> int:
    return await execute(connection, "delete from scanner.keys where service = %s", [service])
