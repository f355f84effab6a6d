"""The ASGI application of the api: the table of contents of the service."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from kyoo.api.context import create_context
from kyoo.api.limits import LimitedRequests, LimitingAuthentication
from kyoo.api.measures import measures
from kyoo.api.routes import (
    collections,
    editing,
    editions,
    following,
    hiding,
    images,
    imports,
    libraries,
    marks,
    missing,
    movies,
    numbers,
    profiles,
    rooms,
    search,
    series,
    shows,
    similar,
    socket,
    staff,
    statistics,
    studios,
    tracker_imports,
    tracker_outbox,
    trackers,
    videos,
    watchstatus,
    webhooks,
)
from kyoo.api.routes.documentation import describe_errors
from kyoo.api.settings import ApiSettings
from kyoo.core.errors import error_object
from kyoo.core.http.readiness import space_in
from kyoo.core.http.service import HeadAsGet, Runtime, make_service

ROUTERS = [
    collections.router,
    editing.router,
    editions.router,
    following.router,
    hiding.router,
    images.router,
    imports.router,
    libraries.router,
    marks.router,
    missing.router,
    movies.router,
    numbers.router,
    profiles.router,
    rooms.router,
    search.router,
    series.router,
    shows.router,
    similar.router,
    socket.router,
    staff.router,
    statistics.router,
    studios.router,
    tracker_imports.router,
    tracker_outbox.router,
    trackers.router,
    videos.router,
    watchstatus.router,
    webhooks.own_router,
    webhooks.router,
]


def create_app(settings: ApiSettings, runtime: Runtime) -> FastAPI:
    """The api, all its routes below `/api`. Background work is in `jobs`, run by the worker."""
    context = create_context(settings, runtime)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            context.hub.listen(context.webhooks.hear)
            async with (
                context.hub.running(),
                context.devices.running(),
                context.sockets.running(),
                context.rooms.running(),
                context.webhooks.running(),
            ):
                yield
        finally:
            await context.sender.close()
            await context.trackers.close()
            await context.renderer.close()

    app = make_service(
        "Kyoo api",
        prefix="/api",
        database=runtime.database,
        authentication=LimitingAuthentication(**vars(runtime.authentication)),
        routers=ROUTERS,
        lifespan=lifespan,
        schema="api",
        checks={"pictures": space_in(settings.image_store)},
        state={"context": context},
        measures=[measures(context)],
    )
    app.add_exception_handler(405, _unknown_verb)
    app.add_exception_handler(psycopg.errors.UniqueViolation, _taken)
    app.add_exception_handler(psycopg.errors.ForeignKeyViolation, _deleted)
    app.add_exception_handler(psycopg.errors.InsufficientPrivilege, _limited)
    app.add_middleware(HeadAsGet)
    app.add_middleware(LimitedRequests)
    describe_errors(app)
    return app


async def _unknown_verb(request: Request, _: Exception) -> Response:
    """An unknown verb is answered as an unknown route."""
    return JSONResponse(error_object(404, f"Unknown route: {request.method} {request.url.path}"), 404)


async def _taken(_: Request, error: Exception) -> Response:
    """Two requests wanted the same slug or path at once, or a seed one that it cannot have."""
    assert isinstance(error, psycopg.errors.UniqueViolation)
    # Of several columns, some are none that a caller knows.
    taken = re.search(r"Key \(\w+\)=\((.*)\)", error.diag.message_detail or "")
    return JSONResponse(error_object(409, f"Already taken: {taken[1] if taken else 'it was made meanwhile'}"), 409)


async def _deleted(_: Request, __: Exception) -> Response:
    """What the request writes about was deleted while it was written."""
    return JSONResponse(error_object(404, "It was deleted at the same time"), 404)


async def _limited(_: Request, __: Exception) -> Response:
    """A caller who is limited to some libraries or an age wants to change the catalogue."""
    return JSONResponse(error_object(403, "Whoever is limited to libraries or an age cannot change the catalogue"), 403)
