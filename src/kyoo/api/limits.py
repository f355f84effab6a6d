"""Readers who see some libraries only, or nothing above their age: the limits of a request, the database under them.

The claims `libraries` (a list of slugs) and `maxAge` of a token limit its bearer. Every request to the api is made
under the limits of its caller: whatever it asks of the database is asked as the role whose rows Postgres limits
(migration 0007), so no query has to think of it, and none can forget. Jobs are not limited.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from kyoo.api.queries.libraries import leave_limited_role, take_limited_role
from kyoo.core.permissions import Authentication
from kyoo.core.postgres import Connection, Database
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

_current: ContextVar[Limits] = ContextVar("limits", default=UNLIMITED)


def limits_of(identity: Identity) -> Limits:
    libraries, age = identity.claims.get("libraries"), identity.claims.get("maxAge")
    if libraries is not None and not isinstance(libraries, list):
        libraries = []
    if age is not None and (isinstance(age, bool) or not isinstance(age, int) or abs(age) > 1000):
        age = -1
    return Limits(None if libraries is None else tuple(str(slug) for slug in libraries), age)


def limited() -> bool:
    """Whether the present request is made by a limited reader."""
    return _current.get().any


class LimitingAuthentication(Authentication):
    """Limits the request to what its caller may see; all routes authenticate."""

    async def identify(self, connection: Any) -> Identity | None:
        identity = await super().identify(connection)
        _current.set(UNLIMITED if identity is None else limits_of(identity))
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
    """The database as the present request may see it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.conninfo = database.conninfo

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        limits = _current.get()
        async with self._database.connection() as connection:
            if not limits.any:
                yield connection
                return
            try:
                await take_limited_role(connection, limits.libraries, limits.max_age, transaction=False)
                yield connection
            finally:
                try:
                    await leave_limited_role(connection)
                except BaseException:
                    # Nobody else may get a connection in this role.
                    await connection.close()
                    raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self._database.transaction() as connection:
            limits = _current.get()
            if limits.any:
                await take_limited_role(connection, limits.libraries, limits.max_age, transaction=True)
            yield connection
