"""A running gateway of each kind, with the auth service and an echo behind it."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx2
import psycopg
import pytest
import pytest_asyncio
from fastapi import APIRouter, FastAPI, Request, WebSocket
from fastapi.responses import FileResponse, PlainTextResponse, StreamingResponse

from kyoo.auth.app import create_app
from kyoo.auth.settings import ApiKeyConfig, AuthSettings
from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import make_queue
from kyoo.core.errors import ForbiddenError
from kyoo.core.http.permissions import Authentication, requires
from kyoo.core.http.service import Runtime, make_service
from kyoo.core.tokens import Identity, JwksUrl, Verifier
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from tests.fakes.oidc_providers import free_port
from tests.gateways.programs import NAMES, Behind, gateway
from tests.samples import sampled

KEY = "k" * 40
FILM = bytes(range(256)) * 8192


@dataclass
class Site:
    """A gateway as clients see it."""

    name: str
    url: str
    client: httpx2.AsyncClient
    log: Path | None
    echo: FastAPI

    async def register(self, name: str = "ada", **claims: Any) -> str:
        """The session token of a new user."""
        body = {"username": name, "email": f"{name}@example.org", "password": "correct horse"}
        answer = await self.client.post("/auth/users", json=body)
        assert answer.status_code == 201, answer.text
        token = str(answer.json()["token"])
        if claims:
            changed = await self.client.patch("/auth/users/me", json={"claims": claims}, headers=bearer(token))
            assert changed.status_code == 200, changed.text
        return token

    async def presign(self, token: str, *rules: dict[str, str]) -> str:
        body = {"for": rules, "duration": "1h"}
        answer = await self.client.post("/auth/presign", json=body, headers=bearer(token))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["signature"])

    async def raw(self, target: str, method: str = "GET", **headers: str) -> httpx2.Response:
        """A request whose path is sent exactly as it is."""
        request = self.client.build_request(method, "/", headers=headers, extensions={"target": target.encode()})
        return await self.client.send(request)


@dataclass
class Running:
    """A gateway that goes from test to test, and the database of its users."""

    database: Database
    site: Site


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def echo(authentication: Authentication, database: Database, path: Path) -> FastAPI:
    """A service that lets in who may `core.read`, and says what reached it; its /video/film is the file at `path`."""
    router = APIRouter()

    async def say(request: Request, identity: Annotated[Identity, requires("core.read")]) -> dict[str, Any]:
        body = await request.body()
        return {
            "user": identity.username,
            "method": request.method,
            "target": request.scope["raw_path"].decode(),
            "query": request.url.query,
            "headers": dict(request.headers),
            "body": hashlib.sha256(body).hexdigest() if body else None,
        }

    @router.get("/api/endless", dependencies=[requires("core.read")])
    async def talk_on() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            while True:
                yield b"x"
                await asyncio.sleep(0.05)

        return StreamingResponse(pieces())

    @router.get("/api/crash", dependencies=[requires("core.read")])
    async def crash() -> None:
        raise AssertionError("a fault of ours")

    @router.get("/api/slow", dependencies=[requires("core.read")])
    async def think() -> None:
        await asyncio.sleep(60)

    @router.get("/video/film", dependencies=[requires("core.read")])
    async def film() -> FileResponse:
        return FileResponse(path)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    router.add_api_route("/{path:path}", say, methods=methods, include_in_schema=False)
    app = make_service(
        "echo",
        prefix="/api",
        database=database,
        authentication=authentication,
        routers=[router],
        lifespan=FastAPI().router.lifespan_context,  # type: ignore[arg-type]
    )

    @app.websocket("/api/ws")
    async def talk(socket: WebSocket) -> None:
        try:
            identity = await authentication.identify(socket)
        except ForbiddenError as error:
            await socket.send_denial_response(PlainTextResponse(error.message, error.status))
            return
        assert not any("Bearer" in offered for offered in socket.scope["subprotocols"]), (
            "a credential reaches a service"
        )
        await socket.accept("kyoo" if "kyoo" in socket.scope["subprotocols"] else None)
        assert identity is not None
        await socket.send_json({"user": identity.username, "said": await socket.receive_text()})
        await socket.close()

    return app


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=sampled(NAMES, lambda name: name != "caddy"))
async def running(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """One of each kind for all tests of a file: its service and its start would take most of the time of each."""
    name: str = request.param
    own = f"gateway_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f'create database "{own}" template kyoo strategy file_copy'.encode())
        database = Database(postgres.conninfo(own), max_size=8)
        await database.open()
        async with opened(name, database, tmp_path_factory.mktemp(name)) as site:
            yield Running(database, site)
        await database.close()
        connection.execute(f'drop database "{own}" with (force)'.encode())


@pytest_asyncio.fixture(loop_scope="module")
async def site(running: Running) -> Site:
    """Without the users of the test before, and without their cookies, whose owner a gateway knows for a moment."""
    running.site.client.cookies.clear()
    async with running.database.connection() as connection:
        for table in ("users", "audit", "attempts"):
            await connection.execute(f"delete from auth.{table}".encode())
    return running.site


@asynccontextmanager
async def opened(name: str, database: Database, tmp_path: Path) -> AsyncIterator[Site]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<!doctype html><title>the pages</title>")
    (pages / "assets").mkdir()
    (pages / "assets" / "app-1a2b.js").write_text("export {}")
    # nginx reads the pages as another user than root.
    for folder in (tmp_path, *tmp_path.parents):
        if folder.is_relative_to(tmp_path.parents[1]):
            folder.chmod(0o755)
    folder = tmp_path / "gateway"
    folder.mkdir()
    async with httpx2.AsyncClient(base_url=url, timeout=20) as client, httpx2.AsyncClient() as keys:
        verifier = Verifier(JwksUrl(keys, f"{url}/.well-known/jwks.json"), issuer=url)
        authentication = Authentication(verifier, 401, 401)
        runtime = Runtime(database, make_queue(database.conninfo), authentication, client, url)
        settings = AuthSettings(
            public_url=url,
            profile_picture_path=str(tmp_path / "pictures"),
            extra_claims={"permissions": ["core.read", "core.play"]},
            # Each test makes some.
            registrations_per_address=0,
            api_keys={"service": ApiKeyConfig(token=KEY, claims={"permissions": list(EVERY_PERMISSION)})},
        )
        film = tmp_path / "film"
        film.write_bytes(FILM)
        behind = Behind(create_app(settings, runtime), echo(authentication, database, film), pages, folder)
        async with gateway(name, behind, port) as log:
            yield Site(name, url, client, log, behind.echo)
