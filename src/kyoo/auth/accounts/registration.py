"""How an account begins: who may register, with which claims, under which names. No HTTP, no SQL."""

from __future__ import annotations

from typing import Any

import structlog
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from kyoo.auth.accounts import confusable_names, invitations
from kyoo.auth.accounts.accounts import LOOKS, Accounts, taken
from kyoo.auth.accounts.authority import Authority
from kyoo.auth.audit import Actor, record, user_target
from kyoo.auth.factors.password_policy import PasswordPolicy
from kyoo.auth.factors.passwords import Kind, Passwords
from kyoo.auth.queries import users
from kyoo.auth.settings import AuthSettings
from kyoo.auth.throttle import Throttle
from kyoo.auth.tokens.claims import ADMINISTER, Claims, limited_as, new_account_claims
from kyoo.core import events
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import ForbiddenError
from kyoo.core.events import Fact
from kyoo.core.tokens import Identity

log = structlog.get_logger()


class Registrations:
    def __init__(
        self,
        database: Database,
        settings: AuthSettings,
        accounts: Accounts,
        passwords: Passwords,
        *,
        authority: Authority,
        policy: PasswordPolicy,
        throttle: Throttle,
    ) -> None:
        self._database = database
        self._settings = settings
        self._accounts = accounts
        self._passwords = passwords
        self._authority = authority
        self._policy = policy
        self._throttle = throttle

    async def register(
        self,
        username: str,
        email: str,
        password: str,
        by: Actor,
        *,
        invitation: str | None = None,
        administrator: Identity | None = None,
    ) -> dict[str, Any]:
        """A new account and its first session. `invitation` is the token of one; `administrator` makes the account for
        somebody else, and lets them in. Raises ConflictError, TooManyAttemptsError, and ForbiddenError when the server,
        or the invitation, is closed."""
        if self._settings.disable_registration and not invitation:
            raise ForbiddenError("Registration is disabled on this server")
        await self._policy.check(password, username, email)
        if not invitation and administrator is None:
            await self.count(by)
        await self._refuse_early(username, email, invitation)
        hashed = await self._passwords.hash(password, by.address, Kind.REGISTRATION)
        try:
            async with self._database.transaction() as connection:
                brought: Claims = {}
                details = {}
                if invitation:
                    invited = await invitations.redeem(connection, invitation)
                    brought = invited["claims"]
                    details["invitation"] = str(invited["id"])
                rights = None
                if administrator is not None:
                    rights = await self._authority.rights(connection, administrator, ADMINISTER)
                    details["administrator"] = str(administrator.subject)
                let_in = invitation is not None or rights is not None
                claims = {**await self.claims(connection, let_in=let_in), **brought}
                if rights is not None:
                    claims = limited_as(claims, rights.claims)
                user = await self.insert(connection, username, email, hashed, claims)
                by = by.logged_in_as(user["id"], username)
                await record(connection, "user.registered", by, user_target(user["id"], username), **details)
                session = await self._accounts.open_session(connection, user["id"], by, how="registration")
        except UniqueViolation as error:
            raise taken(error.diag.constraint_name) from error
        log.info("a user registered", user=str(user["id"]))
        return session

    async def _refuse_early(self, username: str, email: str, invitation: str | None) -> None:
        """Refuse what is sure to fail before the costly part. Raises ForbiddenError, ConflictError."""
        async with self._database.connection() as connection:
            if invitation:
                await invitations.require_valid(connection, invitation)
            if constraint := await users.taken(connection, username, email):
                raise taken(constraint)
            if await confusable_names.is_taken(connection, username):
                raise taken(LOOKS)

    async def count(self, by: Actor) -> None:
        """Count a new account of this address. Raises TooManyAttemptsError."""
        await self._throttle.count_registration(by.address)

    async def claims(self, connection: Connection, *, let_in: bool) -> Claims:
        """What a new account starts with. Of two who register at once into the empty table, one waits for the other."""
        first = not await users.any_exists(connection)
        if first:
            await users.lock_first_registration(connection)
            first = not await users.any_exists(connection)
        return new_account_claims(
            self._settings.extra_claims, self._settings.first_user_claims, first=first, let_in=let_in
        )

    async def insert(
        self, connection: Connection, username: str, email: str, hashed: str | None, claims: Claims
    ) -> DictRow:
        """Raises psycopg.errors.UniqueViolation for a name that is taken, or looks like one, and for an e-mail."""
        user = await users.insert(connection, username=username, email=email, password=hashed, claims=claims)
        await confusable_names.claim(connection, user["id"], username)
        made = {"key": "user.registered", "values": {"id": str(user["id"]), "username": username}}
        await events.record(connection, Fact("notices", "notice", made))
        return user
