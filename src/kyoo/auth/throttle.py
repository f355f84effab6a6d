"""How often anybody may try a password or make an account: per account and per address, counted in Postgres for all
replicas. No HTTP, no SQL."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from kyoo.auth.queries import throttle
from kyoo.core.database.postgres import Database
from kyoo.core.errors import KyooError


class TooManyAttemptsError(KyooError):
    """`retry_after` is in whole seconds."""

    status = 429

    def __init__(self, wait: timedelta, message: str = "Too many failed attempts; try again later") -> None:
        self.retry_after = max(1, math.ceil(wait.total_seconds()))
        super().__init__(message, {"retryAfter": self.retry_after})


@dataclass(frozen=True)
class AttemptLimit:
    """At most `attempts` in a row, one more for each `window / attempts` that passes."""

    attempts: int
    window: timedelta

    @property
    def cost(self) -> timedelta:
        return self.window / self.attempts


@dataclass(frozen=True)
class Subject:
    """Who is counted, and by which limit."""

    key: bytes
    limit: AttemptLimit

    @classmethod
    def of(cls, name: str, limit: AttemptLimit) -> Subject:
        return cls(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest(), limit)


class Attempt:
    """One attempt by several subjects: `check` first, `begin` right before the costly part, `succeeded` when it turns
    out right, which is then not counted. An attempt left alone is a failed one."""

    def __init__(self, database: Database, subjects: list[Subject]) -> None:
        self._database = database
        self._subjects = subjects

    async def check(self) -> None:
        """Raise TooManyAttemptsError when none is left; counts nothing."""
        async with self._database.connection() as connection:
            for subject in self._subjects:
                wait = await throttle.wait(connection, subject.key, subject.limit.cost, subject.limit.window)
                if wait > timedelta(0):
                    raise TooManyAttemptsError(wait)

    async def begin(self) -> None:
        """Count it. Raises TooManyAttemptsError when others used up what was left meanwhile."""
        async with self._database.connection() as connection:
            for subject in self._subjects:
                if not await throttle.take(connection, subject.key, subject.limit.cost, subject.limit.window):
                    raise TooManyAttemptsError(subject.limit.cost)

    async def succeeded(self) -> None:
        async with self._database.connection() as connection:
            for subject in self._subjects:
                await throttle.give_back(connection, subject.key, subject.limit.cost)


class Throttle:
    """A limit of zero attempts is no limit."""

    def __init__(
        self, database: Database, *, per_account: int, per_address: int, window: timedelta, registrations: int
    ) -> None:
        self._database = database
        self._per_account = per_account
        self._per_address = per_address
        self._window = window
        self._registrations = registrations

    async def count_registration(self, address: str | None) -> None:
        """Count a new account, made from this address or tried. Raises TooManyAttemptsError."""
        if address is None or self._registrations == 0:
            return
        limit = AttemptLimit(self._registrations, timedelta(hours=1))
        attempt = Attempt(self._database, [Subject.of(f"registration {network_of(address)}", limit)])
        try:
            await attempt.begin()
        except TooManyAttemptsError as error:
            message = "Too many accounts are made from your address; try again later"
            raise TooManyAttemptsError(limit.cost, message) from error

    def key_attempt(self, address: str | None) -> Attempt:
        """A wrong API key from this address; counted apart from passwords."""
        subjects = []
        if address is not None and self._per_address > 0:
            subjects.append(Subject.of(f"API key {network_of(address)}", AttemptLimit(self._per_address, self._window)))
        return Attempt(self._database, subjects)

    def attempt(self, what: str, account: str, address: str | None) -> Attempt:
        """An attempt at `what` ("password", "second factor"…) of an account, known or not. `address` None: an attempt
        from inside this process."""
        subjects = []
        if address is not None and self._per_address > 0:
            subjects.append(Subject.of(f"address {network_of(address)}", AttemptLimit(self._per_address, self._window)))
        if self._per_account > 0:
            subjects.append(Subject.of(f"{what} {account}", AttemptLimit(self._per_account, self._window)))
        return Attempt(self._database, subjects)


def network_of(address: str) -> str:
    """What one customer of a provider has: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped is not None else str(IPv6Network((parsed, 64), strict=False))
    return str(parsed)
