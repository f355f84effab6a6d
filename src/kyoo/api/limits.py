"""Readers who see some libraries only, or nothing above their age: the limits of a request, the database under them.

The claims `libraries` (a list of slugs) and `maxAge` of a token limit its bearer. Every request to the api is made
under the limits of its caller: whatever it asks of the database is asked as the role whose rows Postgres limits
(schema/limits.sql), so no query has to think of it, and none can forget. Jobs are not limited.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from kyoo.api.queries.libraries import CannotLimitError, admit_limited, limit
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.http.permissions import Authentication
from kyoo.core.tokens import Identity

# Types of an ASGI application, as it is called.
Scope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """None = no limit. An unreadable claim limits to nothing: it was meant to limit."""

    libraries: tuple[str, ...] | None = None
    max_age: int | None = None

    @property
    def any(self) -> bool:
        return self.libraries is not None or self.max_age is not None


#: Of whoever has not been identified.
NOTHING = Limits(libraries=(), max_age=-1)

UNLIMITED = Limits()

#: Seconds between two looks whether the role of limited readers was made.
ASK_AGAIN = 5.0

_current: ContextVar[Limits] = ContextVar("limits", default=UNLIMITED)


def limits_of(claims: Mapping[str, Any]) -> Limits:
    libraries, age = claims.get("libraries"), claims.get("maxAge")
    if libraries is not None and not isinstance(libraries, list):
        libraries = []
    if age is not None and (isinstance(age, bool) or not isinstance(age, int) or abs(age) > 1000):
        age = -1
    return Limits(None if libraries is None else tuple(str(slug) for slug in libraries), age)


def limited() -> bool:
    """Whether the present request is made by a limited reader."""
    return _current.get().any


@contextmanager
def within(limits: Limits) -> Iterator[None]:
    """See no more than `limits` allow, on behalf of somebody else; a limited caller keeps their own."""
    token = _current.set(_current.get() if limited() else limits)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def instead(limits: Limits) -> Iterator[None]:
    """See what somebody else may see, whoever has asked: their own secret stands for them."""
    token = _current.set(limits)
    try:
        yield
    finally:
        _current.reset(token)


class LimitingAuthentication(Authentication):
    """Limits the request to what its caller may see; all routes authenticate."""

    async def identify(self, connection: Any) -> Identity | None:
        identity = await super().identify(connection)
        _current.set(UNLIMITED if identity is None else limits_of(identity.limits))
        return identity


class LimitedRequests:
    """ASGI middleware: a request sees nothing before its caller is identified. Requests that are made inside of another
    one, in the same process, do not change the limits of the outer one."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        token = _current.set(NOTHING)
        try:
            await self._app(scope, receive, send)
        finally:
            _current.reset(token)


class LimitedDatabase(Database):
    """The database as the present request may see it. Limited readers have connections of their own: Postgres plans a
    statement anew whenever the role of a connection changes, which takes longer than most statements."""

    def __init__(self, database: Database) -> None:
        self._unlimited = database
        self._limited = database.apart()
        self.conninfo = database.conninfo
        self._ask_again = 0.0

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        limits = _current.get()
        return self._of_limited(limits) if limits.any else self._unlimited.connection()

    @asynccontextmanager
    async def _of_limited(self, limits: Limits) -> AsyncIterator[Connection]:
        await self._limited.open()
        async with self._limited.connection() as connection:
            try:
                await limit(connection, limits.libraries, limits.max_age)
            except CannotLimitError:
                if not await self._admitted():
                    raise
                await limit(connection, limits.libraries, limits.max_age)
            yield connection

    async def _admitted(self) -> bool:
        """Whether the role of limited readers is there by now. Not asked for every request that is refused."""
        if time.monotonic() < self._ask_again:
            return False
        self._ask_again = time.monotonic() + ASK_AGAIN
        async with self._unlimited.connection() as connection:
            return await admit_limited(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.connection() as connection, connection.transaction():
            yield connection
