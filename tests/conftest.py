"""Fixtures every kind of test shares: one embedded Postgres for the run, a fresh database for each test."""

from __future__ import annotations

import gc
import os
import shutil
import ssl
import tempfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpcore2
import hypothesis
import pytest
import structlog
from argon2 import PasswordHasher
from httpx2._config import DEFAULT_TIMEOUT_CONFIG
from xdist.scheduler import LoadFileScheduling

from kyoo.auth.factors import passwords
from kyoo.core.database import postgres as pools
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import migrate_queue
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.services import SCHEMAS
from tests.databases import Databases, WarmPool
from tests.kept import running
from tests.launchers import Launchers, shared
from tests.waiting import PATIENCE

# How long one example takes on a busy machine says nothing.
hypothesis.settings.register_profile("kyoo", deadline=None)
hypothesis.settings.load_profile("kyoo")

# A client waits for an answer as long as such a machine may need, unless it is told how long: not for five seconds.
DEFAULT_TIMEOUT_CONFIG.read = PATIENCE

#: Durability is of no use to a test run; real code paths stay the same.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # It would work beside the tests, and while it looks at a table, no `vacuum` of theirs can end its work.
    "autovacuum": "off",
    "shared_buffers": "128MB",
    "max_connections": "200",
}


def fast_folder() -> str | None:
    """Memory, where there is plenty: a database is copied from the template for every test."""
    memory = Path("/dev/shm")
    try:
        roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 1024**3
    except OSError:
        roomy = False
    return str(memory) if roomy else None


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """A hash as the server makes it takes a processor an eighth of a second, and some tests make many: in this process
    they are weak ones of the same kind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes as the server makes them."""
    monkeypatch.setattr(passwords, "PasswordHasher", PasswordHasher)


@pytest.fixture(scope="session", autouse=True)
def _certificates_read_once() -> Iterator[None]:
    """Every client reads those of the system, which takes longer than most tests; some tests have their own."""
    make = httpcore2.default_ssl_context
    made: dict[tuple[object, ...], ssl.SSLContext] = {}

    def remembered(**options: Any) -> ssl.SSLContext:
        key = (*options.items(), os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        if key not in made:
            made[key] = make(**options)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", remembered)
        yield


@pytest.fixture(scope="session")
def idle_launchers() -> Iterator[Launchers]:
    launchers = Launchers()
    yield launchers
    launchers.end()


@pytest.fixture
def shared_launchers(idle_launchers: Launchers) -> Iterator[None]:
    """For tests that do not look at how caged processes are started."""
    with shared(idle_launchers):
        yield


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for the databases of this run."""
    folder = Path(tempfile.mkdtemp(prefix="kyoo-tests-", dir=fast_folder()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The Postgres of the whole run, its template database migrated once."""
    with scratch() as folder:
        server = EmbeddedPostgres(folder / "postgres", settings=FAST)
        with running(server):
            prepare(server.conninfo())
            yield server


def prepare(conninfo: str) -> None:
    """The schemas as they are today."""
    for service in SCHEMAS:
        migrate(conninfo, service)
    migrate_queue(conninfo)


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Iterator[Databases]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pools, "_Pool", WarmPool)
        databases = Databases(postgres)
        yield databases
        databases.end()


@pytest.fixture
def conninfo(databases: Databases) -> Iterator[str]:
    """A database of the test's own, every schema as it is today, without a row."""
    with databases.lend() as conninfo:
        yield conninfo


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    """An open pool on the test's own database."""
    database = Database(conninfo, max_size=8)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def _uncached(configure: Callable[..., None]) -> Callable[..., None]:
    """A logger that is cached could not be listened to by later tests of the same process."""

    def configured(**options: Any) -> None:
        configure(**options | {"cache_logger_on_first_use": False})

    return configured


structlog.configure = _uncached(structlog.configure)

# As the server writes them. What structlog shows by itself has the values of all variables in it, and takes seconds.
for processor in structlog.get_config()["processors"]:
    if isinstance(processor, structlog.dev.ConsoleRenderer):
        processor.exception_formatter = structlog.dev.plain_traceback


#: Files below `tests/e2e` whose tests use one server, which takes long to fill, by the fixture that is the server.
TOGETHER = {
    "demo": (
        "accessibility",
        "administration",
        "demo",
        "editing",
        "metadata",
        "pages",
        "player",
        "webhooks",
        "following",
    ),
    # The first one finds the library empty.
    "site": (
        "a_first_scan",
        "accounts",
        "lifecycle",
        "live",
        "matching",
        "players",
        "playing",
        "rooms",
        "trackers",
        "watching",
        "websocket",
    ),
}
SERVERS = {f"tests/e2e/test_{name}.py": server for server, names in TOGETHER.items() for name in names}


#: Of these any test can run in any process: their server is quickly started, and whoever watches a film mostly waits.
WATCHING = "tests/playing/"
LOTS = 6


class ByServer(LoadFileScheduling):
    """Tests of one file run in one process, and so do those of files that use one server."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        if file.startswith(WATCHING):
            return f"{file} {zlib.crc32(nodeid.encode()) % LOTS}"
        return SERVERS.get(file, file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Raise UsageError for a file that would have a server of many files filled once more, in another process."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        for server in TOGETHER:
            is_needed = file.startswith("tests/e2e/") and server in getattr(item, "fixturenames", ())
            if is_needed and SERVERS.get(file) != server:
                raise pytest.UsageError(f"{file} uses `{server}`: add it to TOGETHER in tests/conftest.py")


def pytest_collection_finish() -> None:
    """What is imported by now lives until the end: the collector, which would look at all of it again and again, took a
    tenth of the time of a run."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByServer:
    return ByServer(config, log)
