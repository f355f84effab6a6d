"""Default deny: a route without a declared permission keeps the service from starting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import APIRouter, Body, FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.types import Message

from kyoo.core.database.postgres import Database
from kyoo.core.http.permissions import Authentication, UndeclaredPermissionError, public, requires
from kyoo.core.http.service import make_service
from kyoo.core.tokens import SharedSecret, Verifier

SECRET = "a secret of more than thirty-two bytes"


def bearer(*permissions: str, **claims: Any) -> dict[str, str]:
    claims |= {"sub": str(uuid4()), "sid": str(uuid4()), "username": "somebody", "permissions": permissions}
    return {"authorization": f"Bearer {jwt.encode({'alg': 'HS256'}, claims, OctKey.import_key(SECRET))}"}


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


def service(database: Database, router: APIRouter) -> FastAPI:
    authentication = Authentication(Verifier(SharedSecret(SECRET)))
    return make_service(
        "test", prefix="/t", database=database, authentication=authentication, routers=[router], lifespan=nothing
    )


async def test_a_route_that_forgot_its_permission_refuses_to_start(database: Database) -> None:
    router = APIRouter(prefix="/t")

    @router.get("/open", dependencies=[public()])
    async def declared() -> None: ...

    @router.get("/{name}/forgotten")
    async def forgotten(name: str) -> None: ...

    with pytest.raises(UndeclaredPermissionError, match=r"\['GET'\] /t/\{name\}/forgotten declares no permission"):
        service(database, router)


async def test_a_permission_of_the_whole_router_counts(database: Database) -> None:
    router = APIRouter(prefix="/t", dependencies=[requires("core.read")])

    @router.get("/things")
    async def things() -> list[str]:
        return []

    app = service(database, router)
    async with httpx2.AsyncClient(base_url="http://t", transport=httpx2.ASGITransport(app)) as client:
        assert (await client.get("/t/things")).status_code == 403
        assert (await client.get("/t/things", headers={"Authorization": "nonsense"})).status_code == 422
        assert (await client.get("/t/things", headers={"Authorization": "Bearer a.b.c"})).status_code == 403
        assert (await client.get("/t/health/")).status_code == 200
        assert (await client.get("/t/docs/oauth2-redirect")).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"authorization": "Bearer a.b.c"}, 403),
        (bearer(), 403),
        (bearer("core.write", verified=False), 403),
        (bearer("core.write"), 400),
    ],
    ids=["nobody", "nonsense", "who may not", "who waits", "who may"],
)
async def test_the_body_of_who_may_not_is_not_read(database: Database, headers: dict[str, str], status: int) -> None:
    router = APIRouter(prefix="/t")

    @router.post("/things", dependencies=[requires("core.write")])
    async def make(things: list[Any] = Body()) -> None: ...

    reads, statuses = 0, []

    async def receive() -> Message:
        nonlocal reads
        reads += 1
        raise OSError("it breaks off")

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    scope = {
        "type": "http", "method": "POST", "path": "/t/things", "query_string": b"", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()]
        + [(b"content-type", b"application/json"), (b"content-length", b"33000000")],
    }  # fmt: skip
    await service(database, router)(scope, receive, send)
    assert (statuses[0], reads) == (status, int(status == 400))
