"""What may happen to an account and its sessions: registration, login, changes, end (auth.md §4.2, §6). The rules
only: no HTTP, no SQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from kyoo.auth.claims import Claims, new_account_claims, refuse_escalation
from kyoo.auth.passwords import Passwords
from kyoo.auth.pictures import Pictures
from kyoo.auth.principals import Principals
from kyoo.auth.queries import sessions, users
from kyoo.auth.settings import AuthSettings
from kyoo.auth.tokens import hash_secret, new_secret
from kyoo.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kyoo.core.postgres import Connection, Database

log = structlog.get_logger()


def _taken(error: UniqueViolation) -> ConflictError:
    what = "e-mail" if error.diag.constraint_name == "users_email" else "username"
    return ConflictError(f"This {what} is already taken")


class Accounts:
    """Rows are those of `queries.users` and `queries.sessions`; a new session's row has its `token`, too."""

    def __init__(
        self,
        database: Database,
        settings: AuthSettings,
        principals: Principals,
        passwords: Passwords,
        pictures: Pictures,
    ) -> None:
        self._database = database
        self._settings = settings
        self._principals = principals
        self._passwords = passwords
        self._pictures = pictures

    async def register(self, username: str, email: str, password: str, device: str | None) -> dict[str, Any]:
        """A new account and its first session. Raises ConflictError."""
        if self._settings.disable_registration:
            raise ForbiddenError("Registration is disabled on this server")
        hashed = await self._passwords.hash(password)
        try:
            async with self._database.transaction() as connection:
                first = await self._is_first(connection)
                claims = new_account_claims(self._settings.extra_claims, self._settings.first_user_claims, first=first)
                user = await users.insert(connection, username=username, email=email, password=hashed, claims=claims)
                session = await self._open_session(connection, user["id"], device)
        except UniqueViolation as error:
            raise _taken(error) from error
        log.info("a user registered", user=str(user["id"]), first=first)
        return session

    async def _is_first(self, connection: Connection) -> bool:
        """Whether no user exists; of two who register at once into the empty table, one waits for the other."""
        if await users.any_exists(connection):
            return False
        await users.lock_first_registration(connection)
        return not await users.any_exists(connection)

    async def log_in(self, login: str, password: str, device: str | None) -> dict[str, Any]:
        """A new session. The statuses of failures are the contract's (auth.md §6.1)."""
        async with self._database.connection() as connection:
            user = await users.credentials_of_login(connection, login)
        if user is None:
            raise NotFoundError("No account exists with this username or e-mail")
        if user["password"] is None:
            raise InvalidError("This account has no password; log in with one of its linked providers")
        if not await self._passwords.verify(password, user["password"]):
            raise ForbiddenError("Invalid password")
        renewed = await self._passwords.hash(password) if self._passwords.is_outdated(user["password"]) else None
        async with self._database.transaction() as connection:
            if renewed is not None:
                await users.replace_password_hash(connection, user["id"], user["password"], renewed)
            return await self._open_session(connection, user["id"], device)

    async def _open_session(self, connection: Connection, user_id: UUID, device: str | None) -> dict[str, Any]:
        token = new_secret()
        row = await sessions.insert(connection, user_id, hash_secret(token), device)
        return {**row, "token": token}

    async def close_session(self, session: UUID, user_id: UUID) -> DictRow:
        async with self._database.connection() as connection:
            row = await sessions.delete(connection, session, user_id)
        if row is None:
            raise NotFoundError("You have no such session")
        self._principals.forget(user_id)
        return row

    async def edit(
        self,
        user_id: UUID,
        *,
        username: str | None,
        email: str | None,
        claims: Claims,
        grantor: frozenset[str] | None,
    ) -> DictRow:
        """Change an account; `grantor` None = its own user, whose protected claims the caller has refused already.

        Raises NotFoundError, ConflictError, ForbiddenError (a permission that the grantor does not hold).
        """
        try:
            async with self._database.transaction() as connection:
                present = await users.claims_for_update(connection, user_id)
                if present is None:
                    raise NotFoundError("No such user")
                if grantor is not None:
                    refuse_escalation(claims, present, grantor)
                row = await users.update(connection, user_id, username=username, email=email, claims=claims)
        except UniqueViolation as error:
            raise _taken(error) from error
        assert row is not None, "the row is locked"
        self._principals.forget(user_id)
        return row

    async def change_password(self, user_id: UUID, session: UUID, old: str | None, new: str) -> None:
        """Set a password and close every other session of the user."""
        async with self._database.connection() as connection:
            user = await users.password_of(connection, user_id)
        if user is None:
            raise ForbiddenError("Only users have a password")
        if user["password"] is not None:
            if old is None:
                raise InvalidError("oldPassword is missing")
            if not await self._passwords.verify(old, user["password"]):
                raise ForbiddenError("Invalid password")
        hashed = await self._passwords.hash(new)
        async with self._database.transaction() as connection:
            await users.set_password(connection, user_id, hashed)
            await sessions.delete_others(connection, user_id, session)
        self._principals.forget(user_id)

    async def delete(self, user_id: UUID) -> DictRow | None:
        """End an account with its sessions, API keys and picture; None when there is no such user."""
        picture = await self._pictures.object_of(user_id)
        async with self._database.connection() as connection:
            row = await users.delete(connection, user_id)
        self._principals.forget_all()
        if picture is not None:
            await self._pictures.remove_object(picture)
        return row
