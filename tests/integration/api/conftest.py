"""The api over ASGI with a real Postgres: its client, and a library to seed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import procrastinate
import pytest
from fastapi import FastAPI
from procrastinate.testing import InMemoryConnector
from tests.integration.api.seeds import PUBLIC_URL, SECRET, bearer, movie_seed, serie_seed, video_seed

from kyoo.api.app import create_app
from kyoo.api.settings import ApiSettings
from kyoo.core.database.postgres import Database
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier


@pytest.fixture(autouse=True)
def kept_launchers(shared_launchers: None) -> None:
    """None of these tests looks at how a caged process is started."""


@dataclass
class Peer:
    """Stands in for the rest of the instance: answers by path, remembers what was asked."""

    answers: dict[str, Callable[[httpx2.Request], httpx2.Response]] = field(default_factory=dict)
    requests: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.get(request.url.path)
        return answer(request) if answer else httpx2.Response(404, json={"status": 404, "message": "unknown"})


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
def queued() -> InMemoryConnector:
    """The jobs that were deferred, in memory."""
    return InMemoryConnector()


@pytest.fixture
async def runtime(database: Database, peer: Peer, queued: InMemoryConnector) -> AsyncIterator[Runtime]:
    queue = procrastinate.App(connector=queued)
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(peer), base_url=PUBLIC_URL)
    async with queue.open_async(), client:
        yield Runtime(
            database=database,
            queue=queue,
            authentication=Authentication(Verifier(SharedSecret(SECRET))),
            peer=client,
            public_url=PUBLIC_URL,
        )


@pytest.fixture
async def app(runtime: Runtime, tmp_path: Path) -> AsyncIterator[FastAPI]:
    made = create_app(ApiSettings(images=str(tmp_path / "images")), runtime)
    yield made
    await made.state.context.renderer.close()
    await made.state.context.sender.close()


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with core.read, core.write and users.read; other callers: `headers=bearer(…)`."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://localhost/api", headers=bearer(), follow_redirects=False
    ) as client:
        yield client


@dataclass
class Library:
    """Seeds through the api and gives back its answers, which must be successes."""

    api: httpx2.AsyncClient

    async def _post(self, path: str, body: Any) -> Any:
        response = await self.api.post(path, json=body)
        assert response.status_code in (200, 201), response.text
        return response.json()

    async def movie(self, slug: str, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await self._post("/movies", movie_seed(slug, **more))
        return answer

    async def serie(self, slug: str, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await self._post("/series", serie_seed(slug, **more))
        return answer

    async def video(self, path: str, **more: Any) -> dict[str, Any]:
        """Registers one file; `for` links it."""
        (answer,) = await self._post("/videos", [video_seed(path, **more)])
        return dict(answer)


@pytest.fixture
def library(api: httpx2.AsyncClient) -> Library:
    return Library(api)
