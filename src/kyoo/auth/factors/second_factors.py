"""The second factor of a login: TOTP and recovery codes, and who needs one. Passkeys as such are in passkeys.py; no
HTTP, no SQL."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.auth.accounts.authority import Authority
from kyoo.auth.audit import Actor, record, user_target
from kyoo.auth.factors.codes import new_recovery_code, normal_code
from kyoo.auth.factors.totp import matching_step, new_totp_secret, totp_uri
from kyoo.auth.queries import challenges, second_factors, users
from kyoo.auth.throttle import Throttle
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.auth.tokens.principals import Principals
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import ConflictError, ForbiddenError, NotFoundError
from kyoo.core.tokens import Identity

#: How long a user has for the second step of a login.
CHALLENGE_LIFETIME = timedelta(minutes=5)
#: Wrong answers before the first step has to be done again.
MAX_FAILURES = 5
RECOVERY_CODES = 10


class SecondFactorNeededError(ForbiddenError):
    """The password was right, or a provider knows the user, but it is not enough. Old clients only show the message."""

    def __init__(self, kinds: list[str], challenge: str) -> None:
        super().__init__(
            "This account needs a second factor; programs that cannot ask for one need an app password",
            {"secondFactor": kinds, "challenge": challenge},
        )


@dataclass(frozen=True)
class TotpSetup:
    secret: bytes
    uri: str


async def renew_recovery_codes(connection: Connection, user_id: UUID) -> list[str]:
    """New codes in place of all former ones; the only time they are known."""
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    await second_factors.replace_recovery_codes(connection, user_id, [hash_secret(normal_code(code)) for code in codes])
    return codes


async def drop_useless_recovery_codes(connection: Connection, user_id: UUID) -> None:
    """Without any second factor there is nothing to recover from."""
    if not await second_factors.kinds(connection, user_id):
        await second_factors.replace_recovery_codes(connection, user_id, [])


def check_challenge(row: DictRow | None) -> DictRow:
    """Raises ForbiddenError when there is no such challenge (any more)."""
    if row is None:
        raise ForbiddenError("This login took too long, or failed too often; begin again", {"challengeExpired": True})
    return row


class SecondFactors:
    """`required`: every user of the instance has to set one up."""

    def __init__(
        self,
        database: Database,
        principals: Principals,
        throttle: Throttle,
        *,
        authority: Authority,
        public_url: str,
        required: bool,
    ) -> None:
        self._database = database
        self._principals = principals
        self._throttle = throttle
        self._authority = authority
        self._issuer = urlsplit(public_url).hostname or "Kyoo"
        self._required = required

    async def state(self, user_id: UUID) -> dict[str, Any]:
        """`{totp, passkeys, recovery_codes, required}`: what a user has set up."""
        async with self._database.connection() as connection:
            row = await second_factors.state(connection, user_id)
        return {**row, "required": self._required}

    async def demand(self, user_id: UUID, by: Actor) -> None:
        """Raise SecondFactorNeededError when the user, who has done the first step of a login, has a second factor."""
        async with self._database.connection() as connection:
            kinds = await second_factors.kinds(connection, user_id)
            if not kinds:
                return
            token = new_secret()
            await challenges.insert(
                connection,
                hash_secret(token),
                "second_factor",
                user_id=user_id,
                device=by.device,
                lifetime=CHALLENGE_LIFETIME,
            )
        raise SecondFactorNeededError(kinds, token)

    async def answer(self, challenge: str, code: str, by: Actor) -> DictRow:
        """Use up a challenge with the right code: `{user_id, username, device}`. Raises ForbiddenError for a wrong one,
        and TooManyAttemptsError."""
        token_hash = hash_secret(challenge)
        async with self._database.connection() as connection:
            row = check_challenge(await challenges.find(connection, token_hash, "second_factor"))
        user_id: UUID = row["user_id"]
        try:
            await self.verify(user_id, code, by)
        except ForbiddenError:
            async with self._database.transaction() as connection:
                await challenges.fail(connection, token_hash, MAX_FAILURES)
                await record(connection, "login.failed", by, user_target(user_id, row["username"]), step=2)
            raise
        async with self._database.connection() as connection:
            return check_challenge(await challenges.take(connection, token_hash, "second_factor"))

    async def verify(self, user_id: UUID, code: str, by: Actor) -> None:
        """Use up a TOTP or recovery code of a user. Raises ForbiddenError, and TooManyAttemptsError."""
        attempt = self._throttle.attempt("second factor", str(user_id), by.address)
        await attempt.check()
        await attempt.begin()
        typed = normal_code(code)
        async with self._database.transaction() as connection:
            if not await self._use_totp(connection, user_id, typed):
                if not await second_factors.use_recovery_code(connection, user_id, hash_secret(typed)):
                    raise ForbiddenError("Wrong code")
                user = await users.by_id(connection, user_id)
                name = user["username"] if user else ""
                by = by.logged_in_as(user_id, name)
                await record(connection, "recovery_code.used", by, user_target(user_id, name))
        await attempt.succeeded()

    async def _use_totp(self, connection: Connection, user_id: UUID, code: str) -> bool:
        row = await second_factors.totp_of(connection, user_id)
        if row is None or row["confirmed_date"] is None:
            return False
        step = matching_step(bytes(row["secret"]), code, time.time())
        return step is not None and await second_factors.use_totp_step(connection, user_id, step)

    async def begin_totp(self, user_id: UUID, username: str) -> TotpSetup:
        """A secret for the user's authenticator app; nothing asks for its codes until `confirm_totp`. Raises
        ConflictError when TOTP is set up already."""
        secret = new_totp_secret()
        async with self._database.connection() as connection:
            if not await second_factors.begin_totp(connection, user_id, secret):
                raise ConflictError("TOTP is set up already; remove it first")
        return TotpSetup(secret, totp_uri(secret, username, self._issuer))

    async def confirm_totp(self, user_id: UUID, code: str, by: Actor) -> list[str]:
        """From now on logins need a code; gives new recovery codes. Raises NotFoundError, ForbiddenError."""
        attempt = self._throttle.attempt("second factor", str(user_id), by.address)
        await attempt.check()
        async with self._database.connection() as connection:
            row = await second_factors.totp_of(connection, user_id)
        if row is None or row["confirmed_date"] is not None:
            raise NotFoundError("There is no TOTP to confirm; begin the set-up")
        step = matching_step(bytes(row["secret"]), normal_code(code), time.time())
        if step is None:
            await attempt.begin()
            raise ForbiddenError("Wrong code")
        async with self._database.transaction() as connection:
            await second_factors.confirm_totp(connection, user_id, step)
            await record(connection, "totp.added", by, user_target(user_id, by.name or ""))
            codes = await renew_recovery_codes(connection, user_id)
        self._principals.forget(user_id)
        return codes

    async def remove_totp(self, user_id: UUID, code: str, by: Actor) -> None:
        """Raises NotFoundError, ForbiddenError."""
        async with self._database.connection() as connection:
            row = await second_factors.totp_of(connection, user_id)
        if row is None or row["confirmed_date"] is None:
            raise NotFoundError("TOTP is not set up")
        await self.verify(user_id, code, by)
        async with self._database.transaction() as connection:
            await second_factors.delete_totp(connection, user_id)
            await drop_useless_recovery_codes(connection, user_id)
            await record(connection, "totp.removed", by, user_target(user_id, by.name or ""))
        self._principals.forget(user_id)

    async def new_recovery_codes(self, user_id: UUID, code: str | None, by: Actor) -> list[str]:
        """Replace the recovery codes; `code` is needed by who has TOTP. Raises NotFoundError, ForbiddenError."""
        async with self._database.connection() as connection:
            kinds = await second_factors.kinds(connection, user_id)
        if not kinds:
            raise NotFoundError("There is no second factor to recover from")
        if "totp" in kinds:
            await self.verify(user_id, code or "", by)
        async with self._database.transaction() as connection:
            codes = await renew_recovery_codes(connection, user_id)
            await record(connection, "recovery_codes.renewed", by, user_target(user_id, by.name or ""))
        return codes

    async def remove_all(self, user_id: UUID, by: Actor, administrator: Identity) -> None:
        """For who lost everything: an administrator takes the second factors away. Raises NotFoundError, and
        ForbiddenError when the user is beyond the administrator."""
        async with self._database.transaction() as connection:
            user, _ = await self._authority.over_user(connection, user_id, administrator)
            await second_factors.delete_all(connection, user_id)
            await record(connection, "second_factors.removed", by, user_target(user_id, user["username"]))
        self._principals.forget(user_id)
