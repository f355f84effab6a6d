"""The connection to Postgres: where it is, the pool, and plain helpers over psycopg. No SQL of any service."""

from __future__ import annotations

import asyncio
import os
import re
import select
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, LiteralString

import psycopg
import structlog
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from pydantic import AfterValidator, AliasChoices, Field, SecretStr

from kyoo.core.database.keepalives import TELL, configuration, with_keepalives
from kyoo.core.database.notifications import Notifications
from kyoo.core.errors import KyooError, is_shortage
from kyoo.core.kinds import HeaderSecret, absolute, matching, readable_file
from kyoo.core.settings import AtStart, Settings

#: The oldest server the SQL of the services runs on.
MINIMUM_VERSION = 15

#: Seconds after which whoever waits is told that the server cannot be reached.
IMPATIENCE = 0.8
#: Seconds between two lines about a want of connections.
SAY_AGAIN = 30.0

#: libpq's variables that say where a server is; any of them selects an external server.
LOCATING_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSERVICE", "PGPASSFILE")


def _ports(text: str) -> str:
    """A port, or one for each of several hosts."""
    for port in text.split(","):
        if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
            raise ValueError("must be a number from 1 to 65535")
    return text


def _addresses(text: str) -> str:
    try:
        for address in text.split(","):
            ip_address(address)
    except ValueError:
        raise ValueError("must be an IP address") from None
    return text


def check_url(url: SecretStr) -> SecretStr:
    """`url`; ValueError when it is no connection string of Postgres. It may hold a password."""
    try:
        parts = conninfo_to_dict(url.get_secret_value())
        _ports(str(parts.get("port") or 5432))
    except psycopg.ProgrammingError:
        raise ValueError("must be postgresql://user:password@host:port/database") from None
    return url


#: Hosts, addresses and folders of sockets, with commas between them.
HOSTS = r"(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,252}|[0-9A-Fa-f:.]+|[/@][^,:]{1,250})(?:,[^,\s]{1,253})*"
#: Postgres cuts names after 63 bytes.
Name = matching(r"[^\s/\\]{1,63}", "a name of at most 63 characters without blanks")

Connection = psycopg.AsyncConnection[DictRow]
Query = LiteralString | sql.SQL | sql.Composed
Params = Mapping[str, Any] | Sequence[Any] | None


log = structlog.get_logger()


class DatabaseSettings(Settings):
    """Where the server is. libpq reads its PG* variables itself: these are those whose nonsense it would not name."""

    url: Annotated[SecretStr, AfterValidator(check_url)] | None = Field(
        default=None, validation_alias=AliasChoices("POSTGRES_URL")
    )
    host: Annotated[str, matching(HOSTS, "a host or the folder of a socket")] | None = Field(
        default=None, validation_alias=AliasChoices("PGHOST")
    )
    port: Annotated[str, AfterValidator(_ports)] | None = Field(default=None, validation_alias=AliasChoices("PGPORT"))
    user: Annotated[str, Name] | None = Field(default=None, validation_alias=AliasChoices("PGUSER"))
    password: HeaderSecret | None = Field(default=None, validation_alias=AliasChoices("PGPASSWORD"))
    database: Annotated[str, Name] | None = Field(default=None, validation_alias=AliasChoices("PGDATABASE"))
    address: Annotated[str, AfterValidator(_addresses)] | None = Field(
        default=None, validation_alias=AliasChoices("PGHOSTADDR")
    )
    service: Annotated[str, Name] | None = Field(default=None, validation_alias=AliasChoices("PGSERVICE"))
    passfile: Annotated[Path, AfterValidator(absolute), AtStart(readable_file)] | None = Field(
        default=None, validation_alias=AliasChoices("PGPASSFILE")
    )
    sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] | None = Field(
        default=None, validation_alias=AliasChoices("PGSSLMODE")
    )


class DatabaseUnavailableError(KyooError):
    """No usable Postgres: unreachable, refused, or too old. The message is one line for the operator."""

    status = 503


def external_conninfo(environ: Mapping[str, str] = os.environ) -> str | None:
    """The libpq connection string of the external server that the environment names, or None for the embedded one."""
    if url := environ.get("POSTGRES_URL"):
        return url
    if not any(environ.get(name) for name in LOCATING_VARIABLES):
        return None
    # libpq reads its PG* variables itself; only Kyoo's defaults differ from libpq's.
    defaults = {"PGUSER": ("user", "kyoo"), "PGDATABASE": ("dbname", "kyoo")}
    return make_conninfo("", **{key: value for name, (key, value) in defaults.items() if not environ.get(name)})


def describe(conninfo: str) -> str:
    """`host:port/dbname` of a connection string, without its secrets, for messages."""
    parts = conninfo_to_dict(conninfo)
    host = parts.get("host") or os.environ.get("PGHOST") or "localhost"
    port = parts.get("port") or os.environ.get("PGPORT") or "5432"
    return f"{host}:{port}/{parts.get('dbname') or os.environ.get('PGDATABASE') or 'kyoo'}"


async def check_server(conninfo: str) -> None:
    """Raise DatabaseUnavailableError unless a server of at least MINIMUM_VERSION answers within 5 seconds."""
    try:
        conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        # Not quoted: it may hold a password.
        raise DatabaseUnavailableError("POSTGRES_URL is no connection string of Postgres") from None
    try:
        async with await psycopg.AsyncConnection.connect(conninfo, connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise DatabaseUnavailableError(f"Postgres at {describe(conninfo)} cannot be reached: {reason}") from error
    if version < MINIMUM_VERSION:
        raise DatabaseUnavailableError(
            f"Postgres at {describe(conninfo)} is version {version}; at least {MINIMUM_VERSION} is needed"
        )


class _Pool(AsyncConnectionPool[Connection]):
    """Hands out the connection that came back last: its statements are prepared and their plans known, and those that
    nobody needs are idle long enough to be closed. (The base class hands out the one that has waited longest.)

    Whoever asks while the server cannot be reached is told so after IMPATIENCE seconds, and not when a connection that
    is busy would be waited for: unless this pool is `patient`."""

    def __init__(self, *args: Any, patient: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self._patient = patient
        #: Why the last attempt to connect failed, and since when one is under way.
        self._failure: psycopg.OperationalError | None = None
        self._trying_since: float | None = None
        self._said_at = -SAY_AGAIN

    async def getconn(self, timeout: float | None = None) -> Connection:  # noqa: ASYNC109 (the base class's)
        """Whoever is cancelled while waiting is: the base class waits with `asyncio.wait_for`, which before Python 3.12
        forgets it when the connection comes in the same moment. They would work on though they were told to stop."""
        task = asyncio.current_task()
        assert task is not None
        before = task.cancelling()
        try:
            connection = await self._getconn(timeout)
        except PoolTimeout as late:
            if task.cancelling() > before:
                raise asyncio.CancelledError from late
            raise
        if task.cancelling() > before:
            await self.putconn(connection)
            raise asyncio.CancelledError
        return connection

    async def _getconn(self, timeout: float | None) -> Connection:  # noqa: ASYNC109 (the base class's)
        patience = self.timeout if timeout is None else timeout
        if self._patient or patience <= IMPATIENCE:
            return await super().getconn(patience)
        for _ in range(2):
            try:
                return await super().getconn(IMPATIENCE)
            except PoolTimeout as late:
                if self._failure is not None:
                    raise PoolTimeout(" ".join(str(self._failure).split())) from self._failure
                # On a busy machine an attempt takes its time; no server answers one that takes this long.
                if self._trying_since is not None and time.monotonic() - self._trying_since > IMPATIENCE:
                    raise PoolTimeout("Postgres does not answer an attempt to connect") from late
        return await super().getconn(max(0.1, patience - 2 * IMPATIENCE))

    async def _connect(self, timeout: float | None = None) -> Connection:  # noqa: ASYNC109 (the base class's)
        self._trying_since = self._trying_since or time.monotonic()
        try:
            connection = await super()._connect(timeout)
        except psycopg.OperationalError as error:
            self._failure = error
            if is_shortage(error) and time.monotonic() - self._said_at > SAY_AGAIN:
                self._said_at = time.monotonic()
                # The log says it by name: to a caller it is only a database that does not answer.
                log.warning(
                    "Postgres has no connection left: raise its max_connections, or lower KYOO_POSTGRES_CONNECTIONS",
                    pool=self.name,
                    connections=len(self._pool),
                    wanted=self.max_size,
                    reason=" ".join(str(error).split()),
                )
            raise
        finally:
            self._trying_since = None
        self._failure = None
        return connection

    async def _get_ready_connection(self, timeout: float | None) -> Connection | None:  # noqa: ASYNC109 (the base class's)
        self._pool.rotate(1)
        return await super()._get_ready_connection(timeout)


async def _check(connection: Connection) -> None:
    """Raises OperationalError when the server has closed an idle connection. It has sent something then; as long as it
    has not, asking it would cost a round trip for nothing."""
    unread = select.poll()
    unread.register(connection.fileno(), select.POLLIN)
    if unread.poll(0):
        await AsyncConnectionPool.check_connection(connection)


async def _configure(connection: Connection) -> None:
    """Moments are told in UTC, and days begin there, whatever the server is set to: official clients refuse a moment
    that does not end in Z (docs/protocol/README.md#values)."""
    await connection.execute(TELL, configuration(connection, TimeZone="UTC"))


class _Lent(AbstractAsyncContextManager[Connection]):
    """A connection of the pool, given back at the end. The pool's own context commits before that, for which there is
    nothing in autocommit mode; it ends what is left of a transaction in either case."""

    __slots__ = ("_connection", "_pool")

    def __init__(self, pool: _Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Connection:
        self._connection = await self._pool.getconn()
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._pool.putconn(self._connection)


class Database:
    """A pool of connections in autocommit mode with dict rows; transactions are opened where they are needed.
    `patience` is how many seconds to wait for a connection that is busy, `patient` whether also for a server that is
    away; `min_size` how many are kept though nobody needs them, `max_apart` how many another pool may have."""

    def __init__(
        self,
        conninfo: str,
        *,
        name: str = "kyoo",
        min_size: int = 1,
        max_size: int = 10,
        max_apart: int = 10,
        patience: float = 10,
        patient: bool = False,
    ) -> None:
        self.conninfo = conninfo = with_keepalives(conninfo)
        self._patient, self._max_apart = patient, max_apart
        self._apart: list[Database] = []
        self.notifications = Notifications(conninfo, name)
        self._pool = _Pool(
            conninfo,
            name=name,
            patient=patient,
            connection_class=psycopg.AsyncConnection[DictRow],
            kwargs={
                "autocommit": True,
                "row_factory": dict_row,
                "application_name": name,
                # What comes a second time will come more often.
                "prepare_threshold": 1,
            },
            min_size=min_size,
            max_size=max_size,
            # The pool closes one connection each time this passes; a busy one costs the server up to 20 MB.
            max_idle=10,
            timeout=patience,
            # The pauses between its attempts double until it gives up; whoever comes then has it begin again.
            reconnect_timeout=patience if patient else min(patience, 2 * IMPATIENCE),
            check=_check,
            configure=_configure,
            open=False,
        )

    async def open(self) -> None:
        await self._pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        for other in self._apart:
            await other.close()
        await self._pool.close()

    def apart(self) -> Database:
        """Another pool to the same server, for connections whose state nobody else may meet. Whoever uses it opens it;
        it is closed with this one, and has no connection while none is needed."""
        other = Database(
            self.conninfo, name=self._pool.name, min_size=0, max_size=self._max_apart, patient=self._patient
        )
        self._apart.append(other)
        return other

    async def resize(self, pool: int, apart: int) -> None:
        """Have so many connections at most, and so many in each pool apart."""
        self._max_apart = apart
        await self._pool.resize(min(self._pool.min_size, pool), pool)
        for other in self._apart:
            await other.resize(apart, apart)

    def stats(self) -> dict[str, int]:
        """Of the pool and those apart: connections there may be and are, free ones, who waits for one and who has."""
        every = [self._pool.get_stats(), *(other._pool.get_stats() for other in self._apart)]  # noqa: SLF001 (its own)
        names = ("pool_max", "pool_size", "pool_available", "requests_waiting", "requests_queued")
        return {name: sum(stats.get(name, 0) for stats in every) for name in names}

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        return _Lent(self._pool)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection inside a transaction, committed at the end and undone by any exception."""
        async with self.connection() as connection, connection.transaction():
            yield connection


_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|%)")


@lru_cache(maxsize=256)
def numbered(query: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement with parameters `%(name)s` as Postgres takes it, `$1` and so on, and the names in that order. psycopg
    would find them anew each time in a long one, which takes as long as the rest of what it does."""
    names: dict[str, str] = {}

    def place(match: re.Match[str]) -> str:
        name = match[1]
        return "%" if name is None else names.setdefault(name, f"${len(names) + 1}")

    return _PLACEHOLDER.sub(place, query).encode(), tuple(names)


async def _run(
    connection: Connection, query: Query, params: Params, *, prepare: bool | None = None
) -> psycopg.AsyncCursor[DictRow]:
    if not isinstance(query, str) or not isinstance(params, Mapping):
        return await connection.execute(query, params, prepare=prepare)
    statement, names = numbered(query)
    cursor = psycopg.AsyncRawCursor(connection, row_factory=dict_row)
    return await cursor.execute(statement, [params[name] for name in names], prepare=prepare)


async def fetch_all(
    connection: Connection, query: Query, params: Params = None, *, prepare: bool | None = None
) -> list[DictRow]:
    """`prepare=False`: its plan is good for these parameters only."""
    return await (await _run(connection, query, params, prepare=prepare)).fetchall()


async def fetch_one(connection: Connection, query: Query, params: Params = None) -> DictRow | None:
    return await (await _run(connection, query, params)).fetchone()


async def fetch_value(connection: Connection, query: Query, params: Params = None) -> Any:
    """The first column of the first row, or None when there is no row."""
    row = await fetch_one(connection, query, params)
    return None if row is None else next(iter(row.values()))


async def execute(connection: Connection, query: Query, params: Params = None) -> int:
    """Run a statement and return the number of rows it touched."""
    return (await _run(connection, query, params)).rowcount
