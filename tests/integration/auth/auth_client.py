"""An auth service in this process and a client of it. The fixtures are in conftest.py."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from fastapi import FastAPI
from tests.queued import add_tasks

from kyoo.auth.app import create_app
from kyoo.auth.jobs import blueprint
from kyoo.auth.settings import AuthSettings
from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import Queue, make_queue
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime

ORIGIN = "https://kyoo.test"
ADMIN_KEY = "1234apikey"
#: Remembered for longer than a test waits, so that only the news of another process can change it. How soon they
#: come is measured by `python -m bench auth`.
SLOW = {"exchange_cache_seconds": 60}


def _nobody(request: httpx2.Request) -> httpx2.Response:
    raise AssertionError(f"the auth service calls no other service, yet it asked {request.url}")


def make_runtime(database: Database) -> Runtime:
    return Runtime(
        database=database,
        queue=make_queue(database.conninfo),
        authentication=Authentication(None),
        peer=httpx2.AsyncClient(transport=httpx2.MockTransport(_nobody)),
        public_url=ORIGIN,
    )


class Auth:
    """A running auth service and short forms of what most tests do with it."""

    def __init__(self, app: FastAPI, client: httpx2.AsyncClient) -> None:
        self.app = app
        self.client = client

    async def register(self, name: str = "alice", **headers: str) -> str:
        """The session token of a new user `name`, whose password is "password of <name>"."""
        body = {"username": name, "email": f"{name}@kyoo.test", "password": f"password of {name}"}
        response = await self.client.post("/auth/users", json=body, headers=headers)
        assert response.status_code == 201, response.text
        return str(response.json()["token"])

    async def log_in(self, name: str = "alice") -> str:
        response = await self.client.post("/auth/sessions", json={"login": name, "password": f"password of {name}"})
        assert response.status_code == 201, response.text
        return str(response.json()["token"])

    async def add_administrator(self) -> None:
        """Beside the first user, whom nobody can demote or disable as long as it is the only one. Needs the key that
        the fixture `auth` has."""
        user = (await self.me(await self.register("boss")))["id"]
        everything = {"claims": {"permissions": list(EVERY_PERMISSION), "verified": True}}
        response = await self.client.patch(f"/auth/users/{user}", json=everything, headers={"X-Api-Key": ADMIN_KEY})
        assert response.status_code == 200, response.text

    async def jwt(self, **headers: str) -> str:
        response = await self.client.get("/auth/jwt", headers=headers)
        assert response.status_code == 200, response.text
        return str(response.json()["token"])

    async def me(self, token: str) -> dict[str, Any]:
        response = await self.client.get("/auth/users/me", headers=bearer(token))
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def presign(self, token: str, *rules: dict[str, str], **body: Any) -> str:
        response = await self.client.post(
            "/auth/presign", json={"for": rules, "duration": "1h", **body}, headers=bearer(token)
        )
        assert response.status_code == 200, response.text
        return str(response.json()["signature"])


def add_jobs(queue: Queue) -> None:
    """The jobs of the service on a queue."""
    add_tasks(queue, blueprint, "auth")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def running(database: Database, **settings: Any) -> AsyncIterator[Auth]:
    app = create_app(AuthSettings(**settings), make_runtime(database))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client,
    ):
        yield Auth(app, client)


MakeAuth = Callable[..., Awaitable[Auth]]
