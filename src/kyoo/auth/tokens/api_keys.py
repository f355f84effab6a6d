"""API keys of other programs: who may make and take back which, and whose one is. No HTTP, no SQL."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from cachetools import TLRUCache
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from kyoo.auth.accounts.authority import Authority
from kyoo.auth.audit import Actor, Target, record
from kyoo.auth.queries import api_keys
from kyoo.auth.throttle import Throttle, TooManyAttemptsError, network_of
from kyoo.auth.tokens.claims import Claims, granted_permissions, limited_as
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.auth.tokens.principals import Principal, Principals
from kyoo.core.database.postgres import Database
from kyoo.core.errors import ConflictError, ForbiddenError
from kyoo.core.tokens import Identity

WRITE = "apikeys.write"

#: Nobody guesses a key of so many characters, such as those that we make (86): a right one passes, whoever shares its
#: address with somebody who guesses.
UNGUESSABLE = 32
#: How many addresses this process knows to have guessed too often.
REMEMBERED = 4096


class ApiKeys:
    """Those that are stored can be made and deleted; those of the configuration are in principals.py."""

    def __init__(self, database: Database, authority: Authority, principals: Principals, throttle: Throttle) -> None:
        self._database = database
        self._authority = authority
        self._principals = principals
        self._throttle = throttle
        #: Networks, and until when by the monotonic clock their guesses are not looked at: no right key costs a query.
        self._refused: TLRUCache[str, float] = TLRUCache(REMEMBERED, ttu=lambda _network, until, _now: until)

    async def identify(self, secret: str, by: Actor) -> Principal:
        """Whose key it is. Raises ForbiddenError for a wrong one, TooManyAttemptsError after too many from an
        address."""
        self._refuse_guess(secret, by.address)
        try:
            return await self._principals.of_api_key(secret)
        except ForbiddenError:
            try:
                await self._throttle.key_attempt(by.address).begin()
            except TooManyAttemptsError as error:
                self._refuse(network_of(by.address or ""), error.retry_after)
                raise
            async with self._database.connection() as connection:
                await record(connection, "api_key.refused", by)
            raise

    def remembered(self, secret: str, address: str | None) -> Principal | None:
        """Whose key it is, if nobody need be asked. Raises TooManyAttemptsError like `identify`."""
        self._refuse_guess(secret, address)
        return self._principals.remembered_api_key(secret)

    def _refuse_guess(self, secret: str, address: str | None) -> None:
        if len(secret) >= UNGUESSABLE or not self._refused:
            return
        wait = self._refused.get(network_of(address or ""), 0) - time.monotonic()
        if wait > 0:
            raise TooManyAttemptsError(timedelta(seconds=wait))

    def _refuse(self, network: str, seconds: int) -> None:
        self._refused[network] = time.monotonic() + seconds

    async def create(self, name: str, claims: Claims, by: Actor, maker: Identity) -> dict[str, Any]:
        """The row of a new key and its `token`; it is limited as its maker is. Raises ConflictError first, then
        ForbiddenError for a permission that the maker does not hold."""
        taken = ConflictError("An API key with this name already exists")
        if any(key.name == name for key in self._principals.configured_keys):
            raise taken
        secret = new_secret()
        try:
            async with self._database.transaction() as connection:
                if await api_keys.names_among(connection, [name]):
                    raise taken
                rights = await self._authority.rights(connection, maker, WRITE)
                claims = limited_as(claims, rights.claims)
                rights.refuse_escalation(claims)
                row = await api_keys.insert(
                    connection, name=name, token_hash=hash_secret(secret), claims=claims, caller=maker.subject
                )
                granted = sorted(granted_permissions(claims))
                await record(connection, "api_key.created", by, Target("api_key", row["id"], name), permissions=granted)
        except UniqueViolation as error:
            raise taken from error
        return {**row, "token": secret}

    async def delete(self, key_id: UUID, by: Actor, administrator: Identity) -> DictRow:
        """Raises NotFoundError, and ForbiddenError when the key, or who made it, is beyond the administrator."""
        async with self._database.transaction() as connection:
            await self._authority.over_key(connection, key_id, administrator, WRITE)
            row = await api_keys.delete(connection, key_id)
            assert row is not None, "the row is locked"
            await record(connection, "api_key.deleted", by, Target("api_key", key_id, row["name"]))
        self._principals.forget(key_id)
        return row
