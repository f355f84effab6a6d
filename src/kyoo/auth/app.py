"""Builds the ASGI application of the auth service: its table of contents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from kyoo.auth.accounts.pictures import MAX_BYTES
from kyoo.auth.context import create_context
from kyoo.auth.routes import (
    api_keys,
    audit,
    device_login,
    exchange,
    export,
    federation,
    info,
    invitations,
    logos,
    me,
    oidc,
    passkeys,
    password_reset,
    presign,
    second_factors,
    sessions,
    users,
)
from kyoo.auth.routes.access import account_authentication
from kyoo.auth.settings import AuthSettings
from kyoo.auth.throttle import TooManyAttemptsError
from kyoo.core.faults import told
from kyoo.core.http.readiness import space_in
from kyoo.core.http.service import HeadAsGet, Runtime, make_service

#: Far above the claims of a user, the largest JSON there is. Anybody may send some before they are known.
MAX_JSON = 256 * 1024
#: What a form may add to a picture, the largest thing there is: boundaries and the headers of its parts.
FORM_OVERHEAD = 16 * 1024


Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


def error_body(status: int, message: str, details: Any = None) -> dict[str, Any]:
    """`{status, message, details}`, `details` being there even when it is null (docs/protocol/README.md#errors)."""
    return {"status": status, "message": message, "details": details}


async def _on_invalid(_request: Request, error: Exception) -> JSONResponse:
    """422 for whatever is wrong with a body, also when it is no JSON at all."""
    assert isinstance(error, RequestValidationError)
    message, _ = told(error.errors(), error.body)
    return JSONResponse(error_body(422, message), 422)


def _as_kyoo_does(known: Handler) -> Handler:
    """The framework's own 400 says that it cannot read a body (one nested too deeply): 422 like any other such body.
    Of a route that does not exist there is nothing to say."""

    async def on_http(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == 400:
            return JSONResponse(error_body(422, "Invalid request: the body cannot be read"), 422)
        if isinstance(error, HTTPException) and error.status_code in (404, 405):
            error = HTTPException(error.status_code, "", error.headers)
        answer = known(request, error)
        return await answer if isinstance(answer, Awaitable) else answer

    return on_http


async def _on_too_many(_: Request, error: Exception) -> JSONResponse:
    """429 that says when to come back (RFC 9110 §10.2.3)."""
    assert isinstance(error, TooManyAttemptsError)
    body = error_body(error.status, error.message, error.details)
    return JSONResponse(body, error.status, headers={"Retry-After": str(error.retry_after)})


def create_app(settings: AuthSettings, runtime: Runtime) -> FastAPI:
    """Raises KyooError when the settings cannot work; its lifespan does when the database does not fit them."""
    context = create_context(settings, runtime)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with context.running():
            yield

    app = make_service(
        "auth",
        prefix="/auth",
        database=runtime.database,
        authentication=account_authentication(context),
        # `me` before `{id}`: it is never a username.
        routers=[
            exchange.router,
            info.router,
            presign.router,
            me.router,
            logos.router,
            sessions.router,
            second_factors.router,
            users.router,
            api_keys.router,
            audit.router,
            invitations.router,
            password_reset.router,
            device_login.router,
            passkeys.router,
            export.router,
            oidc.router,
            federation.router,
        ],
        lifespan=lifespan,
        error_body=error_body,
        schema="auth",
        checks={"pictures": space_in(settings.profile_picture_path)},
        state={"context": context},
        max_body=MAX_JSON,
        # Answers hold tokens, keys, codes and links, and what else is nobody's business.
        caching="no-store",
        max_upload=MAX_BYTES + FORM_OVERHEAD,
    )
    app.add_middleware(HeadAsGet)
    app.add_middleware(exchange.WithoutBody)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(TooManyAttemptsError, _on_too_many)
    app.add_exception_handler(HTTPException, _as_kyoo_does(app.exception_handlers[HTTPException]))
    return app
