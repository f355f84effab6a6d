"""What the ASGI applications of all services have in common: errors, permissions, health, trailing slashes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import structlog
from fastapi import APIRouter, FastAPI
from prometheus_client import Metric
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kyoo.core import telemetry
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import Queue
from kyoo.core.errors import ErrorBody, KyooError, database_problem, error_object, install_error_handlers
from kyoo.core.http.body_limit import MAX_BYTES, BodyLimit
from kyoo.core.http.documentation import add_documentation
from kyoo.core.http.ended_sessions import CHANNEL, EndedSessions, EndsWithSession
from kyoo.core.http.permissions import ASKED, Authentication, guard_bodies, refuse_undeclared
from kyoo.core.http.quick_routes import quicken
from kyoo.core.http.readiness import Check, health_routes, say_at_start
from kyoo.core.http.security_headers import Caching, SafeAnswers
from kyoo.core.http.sending import Sending
from kyoo.core.http.storable import StorableRequests, UnstorableError, pass_on
from kyoo.core.metrics import Measured, Source, gauges
from kyoo.core.tasks import ended

log = structlog.get_logger()


@dataclass(frozen=True)
class Runtime:
    """What the composition gives every service. `peer` reaches the whole instance through its gateway, as the
    service account; `public_url` is the origin clients use (no trailing slash)."""

    database: Database
    queue: Queue
    authentication: Authentication
    peer: httpx2.AsyncClient
    public_url: str
    #: Where other processes of the same service reach this one; None: there are none.
    address: str | None = None
    #: Where that one is reached to which this one leaves work that has to be in one process; None: to each other.
    leader: str | None = None


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class TrailingSlash:
    """Accepts `/x/` as `/x`, in place: a redirect would lose the body of a POST in some clients."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self.app(scope, receive, send)


class HeadAsGet:
    """Answers HEAD wherever GET is answered, without the body (RFC 9110 §9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET", ASKED: "HEAD"}, receive, without_body)


class CutShort:
    """An answer that fails after its first bytes cannot become an error: the connection ends, and the log says why in
    one line; with a traceback only when the fault is ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = Sending(send)
        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            if scope["type"] != "http" or not sending.begun:
                raise
            # Starlette hides errors that have a handler behind one of its own.
            cause = error.__cause__ or error
            expected = isinstance(cause, KyooError | OSError) or database_problem(cause)
            trace = {} if expected else {"exc_info": cause}
            where = {"method": scope["method"], "path": scope["path"]}
            log.error("answer cut short", **where, reason=" ".join(str(cause).split()), **trace)  # noqa: TRY400


def specificity(route: BaseRoute) -> list[int]:
    """Sorts routes so that one with a word comes before one that takes anything in its place, in whatever order their
    routers are."""
    return [2 if ":path}" in part else int("{" in part) for part in getattr(route, "path", "").split("/")]


def make_service(
    name: str,
    *,
    prefix: str,
    database: Database,
    authentication: Authentication,
    routers: list[APIRouter],
    lifespan: Lifespan,
    error_body: ErrorBody = error_object,
    state: dict[str, Any] | None = None,
    max_body: int = MAX_BYTES,
    max_upload: int = MAX_BYTES,
    caching: Caching = "private",
    schema: str | None = None,
    checks: Mapping[str, Check] = {},
    measures: Sequence[Source] = (),
) -> FastAPI:
    """A FastAPI application whose routes carry their public paths (`/api/…`). `state` is what handlers find in
    `request.app.state`, `max_body` how many bytes a request may send, `max_upload` one with files, `caching`
    who may keep answers that do not say so; `schema` and `checks` are what it must have to be ready,
    `measures` what it tells of itself (metrics.py). Raises UndeclaredPermissionError when a route declares no
    permission."""
    ended_sessions = EndedSessions()

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        async def catch_up() -> None:
            await ended_sessions.catch_up(database)

        saying = asyncio.create_task(say_at_start(checks))
        try:
            async with database.notifications.listen(CHANNEL, ended_sessions.hear, catch_up), lifespan(app):
                yield
        finally:
            await ended(saying)

    measured = telemetry.is_wanted()
    app = SafeAnswers(
        title=name,
        lifespan=running,
        openapi_url=None,
        redirect_slashes=False,
        # Sent by telemetry.py; FastAPI would look at each request whether it is. What it would write down of a failure
        # can have the values of a request in it.
        telemetry={"auto_configure": False, "logs": False, "tracing": measured, "metrics": measured},
    )
    add_documentation(app, prefix)
    app.caching = caching
    app.state.authentication = authentication
    for key, value in (state or {}).items():
        setattr(app.state, key, value)
    install_error_handlers(app, error_body)
    service = prefix.strip("/")

    async def of_pool() -> list[Metric]:
        values = {(service, name): float(value) for name, value in database.stats().items()}
        return [gauges("kyoo_database_pool", "Connections to Postgres, and who waits.", ["service", "what"], values)]

    app.state.measures = [of_pool, *measures]
    # Next to the routes.
    app.add_middleware(Measured, service=service)
    app.add_exception_handler(UnstorableError, pass_on)
    app.add_middleware(StorableRequests, error_body=error_body)
    app.add_middleware(BodyLimit, max_bytes=max_body, max_upload=max_upload, error_body=error_body)
    app.add_middleware(TrailingSlash)
    app.add_middleware(CutShort)
    app.add_middleware(EndsWithSession, ended=ended_sessions, error_body=error_body)
    # Taken over as they are: including a router makes each of its routes anew, which is most of the time of a start.
    all_routers = (health_routes(prefix, schema, database, checks), *routers)
    app.router.routes.extend(sorted((route for router in all_routers for route in router.routes), key=specificity))
    refuse_undeclared(app)
    guard_bodies(app)
    quicken(app)
    return app
