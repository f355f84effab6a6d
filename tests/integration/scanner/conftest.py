"""The scanner against the real api in one process; the transcoder is a double, the network can be cut."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from tests.fakes.transcoder import FakeTranscoder
from tests.queued import add_tasks, queue_conninfo
from tests.waiting import PATIENCE

from kyoo.api.app import create_app as create_api
from kyoo.api.settings import ApiSettings
from kyoo.core.database.postgres import Database, fetch_all, fetch_value
from kyoo.core.database.queue import make_queue
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier
from kyoo.scanner.app import create_app as create_scanner
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.jobs import blueprint
from kyoo.scanner.providers.base import Provider
from kyoo.scanner.settings import ScannerSettings

SECRET = "a secret that only the tests of the scanner know"
PUBLIC_URL = "http://kyoo.test"
SCANNER_PERMISSIONS = ("scanner.trigger", "scanner.guess", "scanner.search", "scanner.add")


def token(*permissions: str) -> str:
    claims = {
        "sub": "6a8f5a5e-2a83-4f9b-9d3c-1f9d6f7f5c11",
        "sid": "0b1a7b5c-5f0c-4a9a-8a55-0f6f2f2b9a10",
        "username": "scanner",
        "permissions": list(permissions),
        "exp": int(time.time()) + 3600,
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


@dataclass
class Front:
    """Stands for the gateway: brings every request to its service with a token, unless the way is `cut`."""

    services: dict[str, Any] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        prefix = "/" + scope["path"].split("/")[1]
        self.asked.append(f"{scope['method']} {scope['path']}")
        if prefix in self.cut:
            await JSONResponse({"status": 502, "message": "Bad gateway"}, 502)(scope, receive, send)
            return
        names = {name for name, _ in scope["headers"]}
        if b"authorization" not in names:
            bearer = f"Bearer {token('core.read', 'core.write', 'core.play', *SCANNER_PERMISSIONS)}".encode()
            scope = {**scope, "headers": [*scope["headers"], (b"authorization", bearer)]}
        await self.services[prefix](scope, receive, send)

    def count(self, prefix: str) -> int:
        return sum(request.startswith(prefix) for request in self.asked)


@dataclass
class Kyoo:
    """The instance as the tests see it."""

    library: Path
    database: Database
    runtime: Runtime
    front: Front
    transcoder: FakeTranscoder
    scanner: FastAPI
    client: httpx2.AsyncClient

    @property
    def context(self) -> ScannerContext:
        context: ScannerContext = self.scanner.state.context
        return context

    def add(self, *names: str, content: str | None = None, age: float = 100) -> list[Path]:
        """Make files in the library, each with a content of its own, last changed `age` seconds ago."""
        made = []
        for name in names:
            path = self.library / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if content is not None else f"content of {name}")
            self.age(path, age)
            made.append(path)
        return made

    @staticmethod
    def age(path: Path, seconds: float) -> None:
        import os

        changed = time.time() - seconds
        os.utime(path, (changed, changed))

    async def scan(self, *paths: Path | str, **options: bool) -> None:
        """Scan and do all the work that follows from it."""
        from kyoo.scanner import work

        if paths:
            await work.scan_paths(self.runtime.queue, [str(path) for path in paths])
        else:
            await work.scan_all(self.runtime.queue, **options)
        await self.work()

    async def work(self) -> None:
        """Run the jobs of the scanner until none can run now."""
        while await self.value(
            """
            select exists (
                select from queue.procrastinate_jobs j
                where status = 'todo' and coalesce(scheduled_at, now()) <= now() and task_name ^@ 'scanner:'
                  -- A job waits for an earlier one of its lock that is to be repeated later.
                  and not exists (select from queue.procrastinate_jobs o
                                  where o.lock = j.lock and o.status = 'todo' and o.scheduled_at > now())
            )
            """
        ):
            await asyncio.wait_for(
                self.runtime.queue.run_worker_async(
                    queues=["scan", "identify", "describe", "probe"],
                    wait=False,
                    concurrency=2,
                    additional_context={"scanner": self.context},
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    # It waits for nothing: a connection to be told of new jobs would be made in vain.
                    listen_notify=False,
                ),
                PATIENCE,
            )

    async def get(self, url: str, **params: Any) -> Any:
        assert "?" not in url, "the client drops a query in the address when it is given parameters, even none"
        response = await self.client.get(url, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    async def items(self, url: str, **params: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.get(url, **params))["items"]
        return items

    async def titles(self) -> list[str]:
        shows = await self.items("/api/shows", limit=250, sort="name", ignoreInCollection="false")
        return [show["name"] for show in shows]

    async def videos(self) -> dict[str, dict[str, Any]]:
        """The files that the api knows: path below the library → video."""
        return {
            str(Path(video["path"]).relative_to(self.library)): video
            for video in await self.items("/api/videos", limit=250)
        }

    async def rows(self, query: str, *params: Any) -> list[dict[str, Any]]:
        async with self.database.connection() as connection:
            return await fetch_all(connection, query, params)

    async def change_queue(self, statement: str) -> None:
        async with await psycopg.AsyncConnection.connect(queue_conninfo(self.database.conninfo)) as connection:
            await connection.execute(statement)

    async def value(self, query: str, *params: Any) -> Any:
        async with self.database.connection() as connection:
            return await fetch_value(connection, query, params)


@pytest.fixture
async def start(database: Database, conninfo: str, tmp_path: Path) -> AsyncIterator[Callable[..., Kyoo]]:
    """Makes the instance with settings of the test's own. Nothing settles, nothing is delayed, unless asked for."""
    library = tmp_path / "library"
    library.mkdir()
    queue = make_queue(conninfo)
    add_tasks(queue, blueprint, "scanner")
    front, transcoder = Front(), FakeTranscoder()
    transport = httpx2.ASGITransport(app=front, raise_app_exceptions=False)
    peer = httpx2.AsyncClient(transport=transport, base_url=PUBLIC_URL, follow_redirects=False)

    made: list[FastAPI] = []

    def make(*, providers: list[Provider] | None = None, **settings: Any) -> Kyoo:
        runtime = Runtime(
            database=database,
            queue=queue,
            authentication=Authentication(Verifier(SharedSecret(SECRET)), 403, 403),
            peer=peer,
            public_url=PUBLIC_URL,
        )
        values: dict[str, Any] = {
            "library": [library],
            "settle_time": 0,
            "refresh_delay": 0,
            "debounce": 0.2,
            "switched_on": (),
            "anime_lists_interval": 0,
        } | settings
        scanner = create_scanner(ScannerSettings(**values), runtime, providers)
        made.append(scanner)
        api = create_api(ApiSettings(images=str(tmp_path / "images")), runtime)
        front.services = {"/api": api, "/scanner": scanner, "/video": transcoder.app()}
        return Kyoo(library, database, runtime, front, transcoder, scanner, peer)

    async with queue.open_async(), peer:
        yield make
        for scanner in made:
            await scanner.state.context.sources.close()


@pytest.fixture
def kyoo(start: Callable[..., Kyoo]) -> Kyoo:
    return start()
