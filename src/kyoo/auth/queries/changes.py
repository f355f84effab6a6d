"""SQL of the news that processes send each other: the triggers of migration 0003 write them."""

from __future__ import annotations

from kyoo.core.postgres import Connection, execute

#: `account:<id>` (an account changed or ended, or one of its sessions did) or `keys` (of auth.signing_keys).
CHANNEL = "auth_changes"


async def listen(connection: Connection) -> None:
    await execute(connection, f"listen {CHANNEL}")
