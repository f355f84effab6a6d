"""Health and readiness: whether the process answers, and whether what it works with would let it do its work."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from pydantic import AliasChoices, Field

from kyoo import __version__
from kyoo.core.blobs import unreachable
from kyoo.core.database.migrations import files_of, read_state, state_query
from kyoo.core.database.postgres import Connection, Database, fetch_all
from kyoo.core.http.permissions import public
from kyoo.core.settings import Settings, read
from kyoo.core.tasks import apart

#: A database that takes longer to answer is as good as none to whoever routes requests.
READY_SECONDS = 1.0
#: Seconds for which what was found on disks is said again: anybody may ask.
REMEMBERED = 2.0
#: Seconds after which a disk that did not answer is looked at again.
HUNG = 30.0

#: What is wrong, in a line; None: nothing. Blocking; says no path, as anybody may ask.
Check = Callable[[], str | None]

log = structlog.get_logger()


def leave(app: FastAPI) -> None:
    """The process of this service goes: whoever routes requests chooses another one."""
    app.state.leaving = True


class ReadinessSettings(Settings):
    #: Megabytes that a disk must have left.
    least_free: int = Field(default=64, ge=0, le=1_000_000, validation_alias=AliasChoices("KYOO_LEAST_FREE"))
    #: Whether a schema that a newer release has migrated will do: while replicas are upgraded one by one.
    newer_schema: bool = Field(default=False, validation_alias=AliasChoices("KYOO_READY_ON_NEWER_SCHEMA"))


def space_in(location: str | Path) -> Check:
    """Whether a folder can be written and its disk has room; whether a store elsewhere was reached once."""
    text = str(location)
    if "://" in text and not text.startswith("file://"):
        return _ReachedOnce(text).check
    folder = Path(text.removeprefix("file://"))

    def check() -> str | None:
        where = folder
        while not where.exists() and where != where.parent:
            where = where.parent
        try:
            free = shutil.disk_usage(where).free // 1024**2
            # The figure knows nothing of quotas, nor of a disk that has turned read-only.
            with tempfile.TemporaryFile(dir=where) as file:
                file.write(b"\0" * 4096)
                file.flush()
        except OSError as error:
            return f"cannot be written: {error.strerror}"
        least = read(ReadinessSettings).least_free
        return f"the disk is full: {free} MB left of at least {least}" if free < least else None

    return check


class _ReachedOnce:
    """A store that is named wrongly keeps a replica from being ready. One that goes away later does not: all replicas
    would go with it, and what is in the database is still theirs to tell."""

    def __init__(self, location: str) -> None:
        self._location = location
        self._problem: str | None = "the store has not answered yet"
        self._lock = threading.Lock()
        self._look: threading.Thread | None = None

    def check(self) -> str | None:
        with self._lock:
            if self._problem is not None and (self._look is None or not self._look.is_alive()):
                # Whoever asks whether we are ready waits less long than a store may.
                self._look = threading.Thread(target=self._reach, daemon=True, name="store")
                self._look.start()
            look = self._look
        if look is not None:
            look.join(READY_SECONDS / 2)
        return self._problem

    def _reach(self) -> None:
        self._problem = unreachable(self._location)


async def say_at_start(checks: Mapping[str, Check]) -> None:
    """What is wrong from the beginning stands in the log, whether or not somebody asks."""
    for name, check in checks.items():
        if (problem := await apart(check)) is not None:
            log.warning("not ready", what=name, reason=problem)


def program(path: str) -> Check:
    """Whether a program is there and may be run."""

    def check() -> str | None:
        found = shutil.which(path)
        return None if found is not None and os.access(found, os.X_OK) else "is not there"

    return check


async def _schema_problem(connection: Connection, service: str) -> str | None:
    files = files_of(service)
    if not files.migrations:
        return None
    ours = files.migrations[-1].name
    try:
        state = read_state(await fetch_all(connection, state_query(service)))
    except psycopg.errors.UndefinedTable:
        return f"the schema {service} is at no migration; this release has {ours}"
    if state.is_current(files) or (state.is_newer and read(ReadinessSettings).newer_schema):
        return None
    there = max(state.migrations, default="none")
    return f"the schema {service} is at {there} of release {state.release}; release {__version__} has {ours}"


def health_routes(prefix: str, schema: str | None, database: Database, checks: Mapping[str, Check]) -> APIRouter:
    """`GET <prefix>/health` (the process answers) and `GET <prefix>/ready`: 500 when the database does not answer, is
    of another version, or one of `checks` finds something wrong."""
    router = APIRouter(prefix=prefix, tags=["health"], dependencies=[public()])
    remembered: tuple[float, dict[str, str]] = (-REMEMBERED, {})
    said: dict[str, str] = {}
    looking = asyncio.Lock()

    async def looked() -> dict[str, str]:
        nonlocal remembered
        async with looking:
            if time.monotonic() - remembered[0] > REMEMBERED:
                found = {name: problem for name, check in checks.items() if (problem := await asyncio.to_thread(check))}
                remembered = (time.monotonic(), found)
            return dict(remembered[1])

    async def of_database() -> str | None:
        try:
            async with asyncio.timeout(READY_SECONDS), database.connection() as connection:
                if schema is not None:
                    return await _schema_problem(connection, schema)
                await connection.execute("select 1")
        except (psycopg.Error, PoolTimeout, TimeoutError) as error:
            return type(error).__name__
        return None

    @router.get("/health")
    async def health() -> JSONResponse:
        return JSONResponse({"status": "healthy"})

    @router.get("/ready", responses={500: {"description": "What it works with would not let it do its work"}})
    async def ready(request: Request) -> JSONResponse:
        nonlocal remembered
        if getattr(request.app.state, "leaving", False):
            return JSONResponse({"status": "unhealthy", "process": "is about to end"}, 500)
        try:
            async with asyncio.timeout(READY_SECONDS):
                problems = await looked()
        except TimeoutError:
            # A network folder whose server is away. Not asked again soon: each look keeps a thread.
            problems = {"disk": "does not answer"}
            remembered = (time.monotonic() + HUNG, problems)
            problems = dict(problems)
        if problem := await of_database():
            problems["database"] = problem
        for name, text in problems.items():
            if said.get(name) != text:
                log.warning("not ready", what=name, reason=text)
        said.clear()
        said.update(problems)
        status = {"status": "unhealthy" if problems else "healthy", "database": "healthy"}
        return JSONResponse(status | problems, 500 if problems else 200)

    return router
