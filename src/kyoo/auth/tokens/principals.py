"""Who a credential stands for: looks accounts up, and remembers them for a few seconds. One indexed query at most per
look-up. Knows neither HTTP nor JWTs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg import OperationalError
from psycopg.rows import DictRow

from kyoo.auth.queries import api_keys, sessions, users
from kyoo.auth.settings import ApiKeyConfig
from kyoo.auth.tokens.activity import Activity
from kyoo.auth.tokens.claims import Claims, limits_of, still_granted
from kyoo.auth.tokens.lifetime import SessionLifetime
from kyoo.auth.tokens.opaque import hash_secret
from kyoo.core.caches import LRU
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import ForbiddenError, UnauthorizedError
from kyoo.core.tokens import NIL_UUID

REMEMBERED = 16_384
MAX_SECRET_LENGTH = 1024
#: For so long after the database last confirmed a credential it is believed when the database cannot be asked, so that
#: a restart of the database stops no film.
GRACE_SECONDS = 60
#: How long such a credential waits for the database.
PATIENCE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Principal:
    """An account with its present claims. `session` is the key's own id for an API key, nil for a guest.

    `presigned_until` (seconds since the epoch) and `presigned_for` are set when the account is only lent by a presign
    signature: for the one request that `presigned_for` names (`GET /api/shows`).
    """

    subject: UUID
    session: UUID
    username: str
    claims: Claims
    presigned_until: int | None = None
    presigned_for: str | None = None
    #: The server demands a second factor and the user has none: there are no claims until it is set up.
    restricted: bool = False
    by_app_password: bool = False


@dataclass(frozen=True)
class ConfiguredKey:
    """An API key given by the configuration; its id follows from its name, so that it survives restarts."""

    id: UUID
    name: str
    claims: Claims

    @classmethod
    def named(cls, name: str, claims: Claims) -> ConfiguredKey:
        return cls(uuid5(NAMESPACE_URL, f"kyoo:api-key:{name}"), name, claims)

    def principal(self) -> Principal:
        return Principal(self.id, self.id, self.name, self.claims)


@dataclass(slots=True)
class Remembered:
    """A principal and, by the monotonic clock, when the database confirmed it and until when it is not asked again."""

    principal: Principal
    confirmed: float
    fresh_until: float


class Memory:
    """The principals of the last credentials: fresh for some seconds, and kept for GRACE_SECONDS for when the database
    cannot be asked."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: LRU[Hashable, Remembered] = LRU("credentials", REMEMBERED)
        #: Grows with each `forget`, so that a look-up that began before is not remembered after.
        self.generation = 0

    def fresh(self, credential: Hashable) -> Principal | None:
        known = self._known.find(credential, lambda one: time.monotonic() < one.fresh_until)
        return None if known is None else known.principal

    def kept(self, credential: Hashable) -> Principal | None:
        known = self._known.get(credential)
        in_grace = known is not None and time.monotonic() < known.confirmed + GRACE_SECONDS
        return known.principal if known is not None and in_grace else None

    def put(self, credential: Hashable, principal: Principal, generation: int) -> None:
        if generation != self.generation:
            return
        now = time.monotonic()
        self._known[credential] = Remembered(principal, now, now + self._seconds)

    def keep(self, credential: Hashable) -> None:
        """The database is away: what is kept is good for some seconds more."""
        known = self._known[credential]
        known.fresh_until = min(time.monotonic() + self._seconds, known.confirmed + GRACE_SECONDS)

    def forget(self, subject: UUID) -> None:
        self.generation += 1
        for credential in [key for key, known in self._known.items() if known.principal.subject == subject]:
            del self._known[credential]

    def clear(self) -> None:
        self.generation += 1
        self._known.clear()


class Principals:
    """Every failed look-up raises ForbiddenError."""

    def __init__(
        self,
        database: Database,
        activity: Activity,
        *,
        session_lifetime: SessionLifetime,
        second_factor_required: bool,
        guest_claims: Claims | None,
        configured_keys: Mapping[str, ApiKeyConfig],
        remember_seconds: float,
    ) -> None:
        self._database = database
        self._activity = activity
        self._session_lifetime = session_lifetime
        self._second_factor_required = second_factor_required
        self._guest_claims = guest_claims
        self._memory = Memory(remember_seconds)
        self.configured_keys = [ConfiguredKey.named(name, key.claims) for name, key in configured_keys.items()]
        self._configured_by_hash = {
            hash_secret(config.token.get_secret_value()): key
            for key, config in zip(self.configured_keys, configured_keys.values(), strict=True)
        }
        self._configured_by_id = {key.id: key for key in self.configured_keys}

    def forget(self, subject: UUID) -> None:
        """The account changed or ended: look it up again from now on. (Other processes do so within seconds.)"""
        self._memory.forget(subject)

    def forget_all(self) -> None:
        """The same for every account: a deleted user takes along the API keys it made."""
        self._memory.clear()

    def guest(self) -> Principal:
        """Raises UnauthorizedError when there are no guests."""
        if self._guest_claims is None:
            raise UnauthorizedError("Log in first")
        return Principal(NIL_UUID, NIL_UUID, "guest", self._guest_claims)

    async def of_session_token(self, token: str) -> Principal:
        if len(token) > MAX_SECRET_LENGTH:
            raise ForbiddenError("Invalid session token")
        token_hash = hash_secret(token)

        async def ask(connection: Connection) -> Principal:
            return self._of_session_row(
                await sessions.account_of_token(
                    connection, token_hash, self._session_lifetime, second_factor=self._second_factor_required
                )
            )

        return await self._look_up(token_hash, ask)

    def remembered_session_token(self, token: str) -> Principal | None:
        """The same, if nobody need be asked."""
        return self._memory.fresh(hash_secret(token)) if len(token) <= MAX_SECRET_LENGTH else None

    async def of_session(self, session: UUID) -> Principal:
        """By the id of a live session."""

        async def ask(connection: Connection) -> Principal:
            return self._of_session_row(
                await sessions.account_of_session(
                    connection, session, self._session_lifetime, second_factor=self._second_factor_required
                )
            )

        return await self._look_up(session, ask)

    async def of_api_key(self, secret: str) -> Principal:
        if len(secret) > MAX_SECRET_LENGTH:
            raise ForbiddenError("Invalid API key")
        token_hash = hash_secret(secret)
        if configured := self._configured_by_hash.get(token_hash):
            return configured.principal()

        async def ask(connection: Connection) -> Principal:
            return self._of_key_row(await api_keys.by_token(connection, token_hash))

        return await self._look_up(("key", token_hash), ask)

    def remembered_api_key(self, secret: str) -> Principal | None:
        """The same, if nobody need be asked."""
        if len(secret) > MAX_SECRET_LENGTH:
            return None
        token_hash = hash_secret(secret)
        if configured := self._configured_by_hash.get(token_hash):
            return configured.principal()
        return self._memory.fresh(("key", token_hash))

    async def of_subject(self, subject: UUID, session: UUID) -> Principal:
        """The present account of a token's claims `sub` and `sid`: a guest, an API key, or a live session."""
        if session == NIL_UUID:
            return self.guest()
        if subject != session:
            return await self.of_session(session)
        if configured := self._configured_by_id.get(session):
            return configured.principal()

        async def ask(connection: Connection) -> Principal:
            return self._of_key_row(await api_keys.by_id(connection, session))

        return await self._look_up(("key", session), ask)

    async def present_claims(self, connection: Connection, subject: UUID) -> Claims | None:
        """What a user or an API key may do as the transaction of `connection` sees it, whatever is remembered; None for
        one that is gone or disabled."""
        if configured := self._configured_by_id.get(subject):
            return configured.claims
        if (claims := await users.claims_of_enabled(connection, subject)) is not None:
            return claims
        key = await api_keys.by_id(connection, subject)
        return None if key is None else still_granted(key["claims"], key["maker_claims"])

    async def _look_up(self, credential: Hashable, ask: Callable[[Connection], Awaitable[Principal]]) -> Principal:
        """Whom `ask` finds, or who is remembered. Who is kept does not wait for a database that is away."""
        if known := self._memory.fresh(credential):
            return known
        generation = self._memory.generation
        patience = PATIENCE_SECONDS if self._memory.kept(credential) else None
        try:
            async with asyncio.timeout(patience), self._database.connection() as connection:
                principal = await ask(connection)
        except (OperationalError, TimeoutError):
            # Not who was forgotten in the meantime.
            if (kept := self._memory.kept(credential)) is None:
                raise
            self._memory.keep(credential)
            return kept
        self._memory.put(credential, principal, generation)
        return principal

    def _of_session_row(self, row: DictRow | None) -> Principal:
        if row is None:
            raise ForbiddenError("Unknown or expired session")
        self._activity.session_used(row["session"], row["subject"], row["last_used"])
        return Principal(
            row["subject"],
            row["session"],
            row["username"],
            limits_of(row["claims"]) if row["restricted"] else row["claims"],
            restricted=row["restricted"],
            by_app_password=row["by_app_password"],
        )

    def _of_key_row(self, row: DictRow | None) -> Principal:
        if row is None:
            raise ForbiddenError("Invalid API key")
        self._activity.key_used(row["id"], row["last_used"])
        return Principal(row["id"], row["id"], row["name"], still_granted(row["claims"], row["maker_claims"]))
