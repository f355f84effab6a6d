"""The SQL of forgetting people."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kyoo.core.postgres import Connection, execute


async def delete_profiles(connection: Connection, users: Sequence[UUID]) -> int:
    """Delete the profiles of these users, with history and watch list; how many there were."""
    return await execute(connection, "delete from api.profiles where id = any(%s)", [list(users)])
