"""The application of the facade: the api's films, under the limits of whoever asks, in another wire."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import PlainTextResponse

from kyoo.api.limits import LimitedDatabase, LimitedRequests, LimitingAuthentication
from kyoo.api.queries.catalogue.shows import show_listing
from kyoo.api.queries.lists.listing import fetch_page
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.reader import Reader
from kyoo.core.http.permissions import requires
from kyoo.core.http.service import Runtime, make_service
from kyoo.core.tokens import Identity
from tests.fakes.titles.settings import TitlesSettings

router = APIRouter(prefix="/titles")


@router.get("/films")
async def films(request: Request, caller: Annotated[Identity, requires("core.read")]) -> PlainTextResponse:
    settings, database = request.app.state.context
    reader = Reader(caller.subject, ("en",), prefer_original=False)
    page = PageRequest(limit=settings.most, sort=("slug",))
    async with database.connection() as connection:
        rows = await fetch_page(connection, show_listing("movie"), page, reader.params())
    return PlainTextResponse("".join(f"{film['name']}\n" for film in json.loads(rows.items)))


def create_app(settings: TitlesSettings, runtime: Runtime) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    database = LimitedDatabase(runtime.database)
    app = make_service(
        "Titles",
        prefix="/titles",
        database=runtime.database,
        authentication=LimitingAuthentication(**vars(runtime.authentication)),
        routers=[router],
        lifespan=lifespan,
        schema="api",
        state={"context": (settings, database)},
    )
    app.add_middleware(LimitedRequests)
    return app
