"""Default deny: a route without a declared permission keeps the service from starting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from fastapi import APIRouter, FastAPI

from kyoo.core.permissions import Authentication, UndeclaredPermissionError, public, requires
from kyoo.core.postgres import Database
from kyoo.core.service import make_service
from kyoo.core.tokens import SharedSecret, Verifier


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


def service(database: Database, router: APIRouter) -> FastAPI:
    authentication = Authentication(Verifier(SharedSecret("a secret of more than thirty-two bytes")))
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
