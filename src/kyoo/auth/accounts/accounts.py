"""What may happen to an account and its sessions: login, changes, end. How one begins is in registration.py. The rules
only: no HTTP, no SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from kyoo.auth.accounts import confusable_names
from kyoo.auth.accounts.authority import Authority, keep_an_administrator
from kyoo.auth.accounts.pictures import UserPictures
from kyoo.auth.audit import Actor, device_target, record, user_target
from kyoo.auth.factors import app_passwords
from kyoo.auth.factors.password_policy import PasswordPolicy
from kyoo.auth.factors.passwords import Passwords
from kyoo.auth.factors.second_factors import SecondFactors
from kyoo.auth.queries import app_passwords as app_password_queries
from kyoo.auth.queries import deletions, device_logins, password_resets, pictures, second_factors, sessions, users
from kyoo.auth.settings import AuthSettings
from kyoo.auth.throttle import Throttle
from kyoo.auth.tokens.claims import (
    ALWAYS_PROTECTED,
    Claims,
    check_claims,
    granted_permissions,
)
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.auth.tokens.principals import Principals
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kyoo.core.tokens import Identity

log = structlog.get_logger()

#: How long after a login what decides how one logs in can be changed.
FRESH = timedelta(minutes=10)
#: `how` of a session that a user lets in from another device.
DEVICE_LOGIN = "device login"
#: The constraint that a username violates which looks like another.
LOOKS = "username_looks_pkey"


def taken(constraint: str | None) -> ConflictError:
    if constraint == LOOKS:
        return ConflictError("This username looks like one that is already taken")
    what = "e-mail" if constraint == "users_email" else "username"
    return ConflictError(f"This {what} is already taken")


def _refuse_unusable(merged: Claims) -> None:
    """Raise InvalidError when claims that are fine one by one are too many together: they travel in a header."""
    try:
        check_claims(merged)
    except ValueError as error:
        raise InvalidError(f"The account would have too much: {error}") from error


def _changes(
    present: Claims, *, username: str | None, email: str | None, claims: Claims, disabled: bool | None
) -> dict[str, Any]:
    """What an edit changes, for the audit log: names of fields and claims, and permissions, but no other value."""
    fields = [
        name
        for name, value in {"username": username, "email": email, "disabled": disabled}.items()
        if value is not None
    ]
    changes: dict[str, Any] = {"fields": fields, "claims": sorted(claims)}
    if disabled is not None:
        changes["disabled"] = disabled
    if "permissions" in claims:
        before, after = granted_permissions(present), granted_permissions(claims)
        changes |= {"granted": sorted(after - before), "revoked": sorted(before - after)}
    return changes


class Accounts:
    """Rows are those of `queries.users` and `queries.sessions`; a new session's row has its `token`, too."""

    def __init__(
        self,
        database: Database,
        settings: AuthSettings,
        principals: Principals,
        passwords: Passwords,
        pictures: UserPictures,
        *,
        authority: Authority,
        policy: PasswordPolicy,
        throttle: Throttle,
        second_factors: SecondFactors,
    ) -> None:
        self._database = database
        self._settings = settings
        self._principals = principals
        self._passwords = passwords
        self._pictures = pictures
        self._authority = authority
        self._policy = policy
        self._throttle = throttle
        self._second_factors = second_factors

    async def log_in(self, login: str, password: str, by: Actor) -> dict[str, Any]:
        """A new session. Which failure has which status: docs/protocol/auth.md#sessions. Unknown accounts take as
        long as known ones. Raises TooManyAttemptsError, and SecondFactorNeededError when the password is not enough."""
        async with self._database.connection() as connection:
            user = await users.credentials_of_login(connection, login)
            app_password = await app_passwords.matching(connection, user["id"] if user else None, password)
        if user is not None and app_password is not None:
            return await self._log_in_with(app_password, user, by)
        by = await self._prove(login, user, password, by)
        assert by.id is not None, "it has proved who it is"
        async with self._database.transaction() as connection:
            return await self.open_session(connection, by.id, by, how="password")

    async def identify(self, login: str, password: str, by: Actor) -> Actor:
        """`by` as the user whose password this is, without a session. Raises what `log_in` does; app passwords are for
        programs and do not count."""
        async with self._database.connection() as connection:
            user = await users.credentials_of_login(connection, login)
        return await self._prove(login, user, password, by)

    async def _prove(self, login: str, user: DictRow | None, password: str, by: Actor) -> Actor:
        account = login.lower() if user is None else str(user["id"])
        attempt = self._throttle.attempt("password", account, by.address)
        hashed = None if user is None else user["password"]
        right = await self._passwords.verify(password, hashed, by.address, attempt)
        if user is None:
            raise NotFoundError("No account exists with this username or e-mail")
        if hashed is None:
            raise InvalidError("This account has no password; log in with one of its linked providers")
        if not right:
            async with self._database.connection() as connection:
                await record(connection, "login.failed", by, user_target(user["id"], user["username"]))
            raise ForbiddenError("Invalid password")
        renewed = (
            await self._passwords.hash(password, by.address) if self._passwords.is_outdated(user["password"]) else None
        )
        if renewed is not None:
            async with self._database.connection() as connection:
                await users.replace_password_hash(connection, user["id"], user["password"], renewed)
        await self._second_factors.demand(user["id"], by)
        return by.logged_in_as(user["id"], user["username"])

    async def log_in_as(self, user_id: UUID, by: Actor, *, how: str) -> dict[str, Any]:
        """A new session of a user whom a provider vouches for. Raises SecondFactorNeededError."""
        await self._second_factors.demand(user_id, by)
        async with self._database.transaction() as connection:
            user = await users.by_id(connection, user_id)
            by = by.logged_in_as(user_id, user["username"] if user else "")
            return await self.open_session(connection, user_id, by, how=how)

    async def _log_in_with(self, app_password: UUID, user: DictRow, by: Actor) -> dict[str, Any]:
        async with self._database.transaction() as connection:
            await app_password_queries.touch(connection, app_password)
            by = by.logged_in_as(user["id"], user["username"])
            return await self.open_session(connection, user["id"], by, how="app password", app_password=app_password)

    async def log_in_with_code(self, challenge: str, code: str, by: Actor) -> dict[str, Any]:
        """The second step of a login: a TOTP or recovery code. Raises ForbiddenError, TooManyAttemptsError."""
        user = await self._second_factors.answer(challenge, code, by)
        by = replace(by.logged_in_as(user["user_id"], user["username"]), device=user["device"])
        async with self._database.transaction() as connection:
            return await self.open_session(connection, user["user_id"], by, how="second factor")

    async def open_session(
        self, connection: Connection, user_id: UUID, by: Actor, *, how: str, app_password: UUID | None = None
    ) -> dict[str, Any]:
        """A new session on the device of `by`, who has proved to be this user; `how` is for the audit log. Raises
        ForbiddenError when the account is disabled."""
        token = new_secret()
        if self._settings.sessions_per_user and await sessions.delete_surplus(
            connection, user_id, self._settings.sessions_per_user - 1
        ):
            self._principals.forget(user_id)
        row = await sessions.insert(
            connection,
            user_id,
            hash_secret(token),
            by.device,
            app_password=app_password,
            by_device_login=how == DEVICE_LOGIN,
        )
        if row is None:
            raise ForbiddenError("This account is disabled")
        await record(connection, "session.opened", by, device_target("session", row["id"], by.device), how=how)
        return {**row, "token": token}

    async def require_fresh(self, session: UUID) -> None:
        """Raise ForbiddenError unless the session was opened just now. Who finds a session open, or steals it, cannot
        make a way in that outlives it."""
        async with self._database.connection() as connection:
            if not await sessions.is_fresh(connection, session, FRESH):
                minutes = int(FRESH.total_seconds() // 60)
                message = f"Log in again first: this can be done in the {minutes} minutes after a login on this device"
                raise ForbiddenError(message, {"freshLogin": True})

    async def require_fresh_if_protected(self, session: UUID, user_id: UUID) -> None:
        """The same on routes of the contract, for users with a second factor. Others may sit before a client that
        knows no more than the contract, where no login is asked for again."""
        async with self._database.connection() as connection:
            protected = await second_factors.kinds(connection, user_id)
        if protected:
            await self.require_fresh(session)

    async def close_session(
        self, session: UUID, user_id: UUID, by: Actor, administrator: Identity | None = None
    ) -> DictRow:
        """End a session of a user; `administrator` None = their own. Raises NotFoundError, ForbiddenError."""
        async with self._database.transaction() as connection:
            if administrator is not None:
                await self._authority.over_user(connection, user_id, administrator)
            row = await sessions.delete(connection, session, user_id)
            if row is None:
                raise NotFoundError("You have no such session" if by.id == user_id else "The user has no such session")
            target = device_target("session", session, row["device"])
            await record(connection, "session.closed", by, target, user=str(user_id))
        self._principals.forget(user_id)
        return row

    async def edit(
        self,
        user_id: UUID,
        *,
        username: str | None,
        email: str | None,
        claims: Claims,
        by: Actor,
        administrator: Identity | None = None,
        disabled: bool | None = None,
    ) -> DictRow:
        """Change an account; `administrator` None = its own user, whose protected claims the caller has refused.

        A disabled account has no sessions, and the API keys it made do not work. Raises NotFoundError, ConflictError,
        InvalidError (claims that are too many together), ForbiddenError (beyond the administrator, disabling oneself,
        the last administrator).
        """
        if disabled and by.id == user_id:
            raise ForbiddenError("You cannot disable your own account")
        try:
            async with self._database.transaction() as connection:
                present = await self._editable(connection, user_id, claims, disabled, administrator)
                row = await users.update(
                    connection, user_id, username=username, email=email, claims=claims, disabled=disabled
                )
                assert row is not None, "the row is locked"
                if username is not None and username != present["username"]:
                    await confusable_names.claim(connection, user_id, username)
                if email is not None:
                    # Links for new passwords went to the former address.
                    await password_resets.delete_of_user(connection, user_id)
                if disabled:
                    await sessions.delete_all(connection, user_id)
                changes = _changes(present["claims"], username=username, email=email, claims=claims, disabled=disabled)
                # A user's own settings change with every preference: nothing to audit.
                if administrator is not None or changes["fields"]:
                    await record(connection, "user.edited", by, user_target(user_id, row["username"]), **changes)
        except UniqueViolation as error:
            raise taken(error.diag.constraint_name) from error
        self._principals.forget(user_id)
        if disabled is not None or claims.keys() & ALWAYS_PROTECTED:
            # The API keys that the user made follow.
            self._principals.forget_all()
        return row

    async def _editable(
        self,
        connection: Connection,
        user_id: UUID,
        claims: Claims,
        disabled: bool | None,
        administrator: Identity | None,
    ) -> DictRow:
        """The row of an account before an edit, which is allowed."""
        if administrator is None:
            user, rights = await users.lock(connection, user_id), None
        else:
            user, rights = await self._authority.over_user(connection, user_id, administrator)
        if user is None:
            raise NotFoundError("No such user")
        after = {**user["claims"], **claims}
        _refuse_unusable(after)
        if rights is not None:
            rights.refuse_escalation(after)
            await keep_an_administrator(connection, user_id, user, after, disabled=disabled)
        return user

    async def change_password(self, user_id: UUID, session: UUID, old: str | None, new: str, by: Actor) -> None:
        """Set a password and close every other session of the user, with devices that were let in and links for new
        passwords that nobody has used yet. Raises InvalidError, ForbiddenError, and TooManyAttemptsError: who took over
        a session has no more guesses than at the login."""
        async with self._database.connection() as connection:
            user = await users.password_of(connection, user_id)
        if user is None:
            raise ForbiddenError("Only users have a password")
        if user["password"] is not None:
            if old is None:
                raise InvalidError("oldPassword is missing")
            # Counted apart from logins, so that who fails at those keeps no user from a new password.
            attempt = self._throttle.attempt("password change", str(user_id), by.address)
            if not await self._passwords.verify(old, user["password"], by.address, attempt):
                raise ForbiddenError("Invalid password")
        else:
            await self.require_fresh_if_protected(session, user_id)
        await self._policy.check(new, by.name or "")
        hashed = await self._passwords.hash(new, by.address)
        async with self._database.transaction() as connection:
            await users.set_password(connection, user_id, hashed)
            await sessions.delete_others(connection, user_id, session)
            await password_resets.delete_of_user(connection, user_id)
            await device_logins.delete_of_user(connection, user_id)
            await record(connection, "password.changed", by, user_target(user_id, by.name or ""))
        self._principals.forget(user_id)

    async def remove_picture(self, user_id: UUID, by: Actor, administrator: Identity | None = None) -> None:
        """Remove the uploaded picture of a user; `administrator` None = their own. Raises NotFoundError,
        ForbiddenError."""
        async with self._database.transaction() as connection:
            if administrator is not None:
                user, _ = await self._authority.over_user(connection, user_id, administrator)
            picture = await pictures.delete(connection, user_id)
            if picture is None:
                raise NotFoundError("No uploaded picture")
            if administrator is not None:
                await record(connection, "picture.removed", by, user_target(user_id, user["username"]))
        await self._pictures.remove_object(picture)

    async def delete(self, user_id: UUID, by: Actor, administrator: Identity | None = None) -> DictRow | None:
        """End an account with its sessions, API keys and picture; None when there is no such user. `administrator` None
        = its own user. Raises NotFoundError, and ForbiddenError for an account that can do more: when all are gone, the
        next who registers may do anything."""
        picture = await self._pictures.object_of(user_id)
        async with self._database.transaction() as connection:
            if administrator is not None:
                await self._authority.over_user(connection, user_id, administrator, "users.delete")
            row = await users.delete(connection, user_id)
            if row is not None:
                await deletions.insert(connection, user_id)
                await record(connection, "user.deleted", by, user_target(user_id, row["username"]))
        self._principals.forget_all()
        if picture is not None:
            await self._pictures.remove_object(picture)
        return row
