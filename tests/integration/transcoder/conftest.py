"""A transcoder over a library of the test's own, without authentication."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from tests import media

from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import make_queue
from kyoo.core.files import encode_path
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.transcoder.app import create_app
from kyoo.transcoder.settings import TranscoderSettings

ALONE = Authentication(verifier=None, missing_status=401, malformed_status=401)


@pytest.fixture(autouse=True)
def kept_launchers(shared_launchers: None) -> None:
    """None of these tests looks at how a caged process is started."""


@dataclass
class Service:
    """The running application, a client of it, and the library's folder."""

    app: FastAPI
    http: httpx2.AsyncClient
    library: Path
    settings: TranscoderSettings
    client_id: str = "player"
    tracked: list[Any] = field(default_factory=list)

    def add(self, source: Path, name: str | None = None) -> Path:
        return media.placed(source, self.library / (name or source.name))

    def url(self, path: Path, tail: str) -> str:
        return f"/video/{encode_path(path)}/{tail}"

    async def get(self, path: Path, tail: str, *, client: str | None = None, **options: Any) -> httpx2.Response:
        headers = {"X-CLIENT-ID": client or self.client_id, **options.pop("headers", {})}
        return await self.http.get(self.url(path, tail), headers=headers, **options)


Start = Callable[..., Awaitable[Service]]


@asynccontextmanager
async def running(
    database: Database,
    folder: Path,
    authentication: Authentication = ALONE,
    **settings: Any,
) -> AsyncIterator[Service]:
    library = folder / "library"
    library.mkdir(exist_ok=True)
    chosen = TranscoderSettings(
        **{
            "library": [library],
            "cache_root": folder / "cache",
            "metadata_root": str(folder / "metadata"),
            "preset": "ultrafast",
            **settings,
        }
    )
    queue = make_queue(database.conninfo)
    async with queue.open_async(), httpx2.AsyncClient(base_url="http://peer") as peer:
        runtime = Runtime(database, queue, authentication, peer, "http://kyoo.test")
        app = create_app(chosen, runtime)
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://kyoo.test", timeout=60) as http,
        ):
            yield Service(app, http, library, chosen)


@pytest.fixture
async def start(database: Database, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a service with settings of the test's choice."""
    async with AsyncExitStack() as stack:

        async def begin(authentication: Authentication = ALONE, **settings: Any) -> Service:
            return await stack.enter_async_context(running(database, tmp_path, authentication, **settings))

        yield begin


@pytest.fixture
async def service(start: Start) -> Service:
    return await start()
