"""The SQL of forgetting people."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kyoo.core.database.postgres import Connection, execute


async def delete_profiles(connection: Connection, users: Sequence[UUID]) -> int:
    """Delete the profiles of these users, with history and watch list, and their rooms; how many there were. Guests of
    these rooms lose what they were lent (kyoo.api.realtime.rooms)."""
    await execute(connection, "delete from api.rooms where owner = any(%s)", [list(users)])
    await execute(connection, "delete from api.room_members where id = any(%s)", [[str(user) for user in users]])
    return await execute(connection, "delete from api.profiles where id = any(%s)", [list(users)])
