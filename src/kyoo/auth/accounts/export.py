"""Everything this service holds about a user, for that user. Passwords, tokens and keys are not kept in clear, so none
are in it. No HTTP, no SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kyoo.auth.queries import api_keys, app_passwords, audit, invitations, passkeys, sessions, users
from kyoo.auth.tokens.lifetime import SessionLifetime
from kyoo.core.database.postgres import Database
from kyoo.core.errors import NotFoundError


async def export_of(
    database: Database, user_id: UUID, lifetime: SessionLifetime, elsewhere: dict[str, str]
) -> dict[str, Any]:
    """The rows of each kind; `elsewhere` are the URLs of what other services hold. Raises NotFoundError."""
    async with database.connection() as connection:
        user = await users.by_id(connection, user_id)
        if user is None:
            raise NotFoundError("This identity has no account")
        return {
            "exported_date": datetime.now(UTC),
            "user": user,
            "sessions": await sessions.of_user(connection, user_id, lifetime),
            "api_keys": await api_keys.of_creator(connection, user_id),
            "app_passwords": await app_passwords.of_user(connection, user_id),
            "passkeys": await passkeys.of_user(connection, user_id),
            "invitations": await invitations.of_creator(connection, user_id),
            "audit": await audit.about(connection, user_id),
            "elsewhere": elsewhere,
        }
