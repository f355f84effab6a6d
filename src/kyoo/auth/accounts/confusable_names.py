"""That no two users have names that look the same. What a name looks like is in usernames.py; no HTTP, no SQL."""

from __future__ import annotations

from uuid import UUID

from kyoo.auth.accounts.usernames import skeletons
from kyoo.auth.queries import usernames
from kyoo.core.database.postgres import Connection, Database


async def claim(connection: Connection, user_id: UUID, name: str) -> None:
    """Make the looks of a name this user's, and no others. Raises psycopg.errors.UniqueViolation."""
    await usernames.replace(connection, user_id, skeletons(name))


async def is_taken(connection: Connection, name: str) -> bool:
    return await usernames.any_taken(connection, skeletons(name))


async def claim_for_all(database: Database) -> None:
    """Claim the looks of who has none yet: users from before there were any, and of replicas of that age. Of two that
    look the same, the older one has them; the other keeps its name."""
    async with database.transaction() as connection:
        for user in await usernames.without_looks(connection):
            await usernames.claim_free(connection, user["id"], skeletons(user["username"]))
