"""Errors that carry an HTTP status, and the handlers that turn every failure into the wire's error object."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from procrastinate.exceptions import ConnectorException
from starlette.exceptions import HTTPException

from kyoo.core.faults import told

log = structlog.get_logger()

#: Shapes the body of an error: (status, message, details) → JSON value. Each service has its own (contract, "Errors").
ErrorBody = Callable[[int, str, Any], Any]


class KyooError(Exception):
    """An expected failure; `message` is shown to the user, `details` is any JSON value."""

    status = 500

    def __init__(self, message: str, details: Any = None, *, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        if status is not None:
            self.status = status


class BadRequestError(KyooError):
    status = 400


class UnauthorizedError(KyooError):
    status = 401


class ForbiddenError(KyooError):
    status = 403


class NotFoundError(KyooError):
    status = 404


class ConflictError(KyooError):
    status = 409


class InvalidError(KyooError):
    """The request is well-formed but means nothing: wrong value, unknown property, unavailable language."""

    status = 422


#: Seconds after which whoever was told 503 may ask again.
RETRY_AFTER = 2

#: SQLSTATE classes and codes of a server that is away, is starting or ending, or has too many connections.
AWAY = ("08", "57P01", "57P02", "57P03", "53300")


#: What Postgres, and poolers in front of it, say to whom they have no connection for: a failure to connect has no code.
_SHORTAGE = re.compile(
    "too many clients|too many connections|connection slots are reserved|no more connections allowed"
)


def is_shortage(error: BaseException | None) -> bool:
    """Whether Postgres has no connection left."""
    return isinstance(error, psycopg.OperationalError) and (
        error.sqlstate == "53300" or (error.sqlstate is None and _SHORTAGE.search(str(error)) is not None)
    )


def database_problem(error: BaseException | None) -> KyooError | None:
    """What a failure of Postgres means to a caller; None when it is no state of the server but a fault of ours."""
    if isinstance(error, ConnectorException):
        error = error.__cause__
    if isinstance(error, psycopg.errors.DiskFull):
        return KyooError("The disk of the database is full", status=507)
    if is_shortage(error):
        return KyooError("The database has no connection left", status=503)
    if isinstance(error, psycopg.OperationalError) and (error.sqlstate is None or error.sqlstate.startswith(AWAY)):
        return KyooError("The database does not answer", status=503)
    return None


def error_object(status: int, message: str, details: Any = None) -> dict[str, Any]:
    """`{status, message, details?}`: the error object of auth and api (docs/protocol/README.md#errors)."""
    body: dict[str, Any] = {"status": status, "message": message}
    if details is not None:
        body["details"] = details
    return body


def install_error_handlers(app: FastAPI, body: ErrorBody = error_object) -> None:
    """Make every failure of `app` answer with `body`; malformed JSON is 400, an invalid request 422, a crash 500; a
    database that is away 503, or has no room 507."""

    def respond(status: int, message: str, details: Any = None, headers: Any = None) -> Response:
        if status == 503:
            headers = {"Retry-After": str(RETRY_AFTER)} | dict(headers or {})
        return JSONResponse(jsonable_encoder(body(status, message, details)), status, headers=headers)

    async def on_expected(_: Request, error: Exception) -> Response:
        assert isinstance(error, KyooError)
        return respond(error.status, error.message, error.details)

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return respond(error.status_code, str(error.detail or ""), headers=error.headers)

    async def on_invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        message, faults = told(error.errors(), error.body)
        malformed = any(fault.type == "json_invalid" for fault in faults)
        return respond(400 if malformed else 422, message, {"errors": [fault.as_json() for fault in faults]})

    async def on_database(request: Request, error: Exception) -> Response:
        problem = database_problem(error)
        if problem is None:
            return await on_crash(request, error)
        reason = " ".join(str(error.__cause__ or error).split())
        log.error(problem.message, method=request.method, path=request.url.path, reason=reason)
        return respond(problem.status, problem.message)

    async def on_data(request: Request, error: Exception) -> Response:
        """A value of the request that no column can hold: a NUL character, a number beyond all bounds."""
        log.warning("a request holds an unusable value", method=request.method, path=request.url.path, error=str(error))
        return respond(422, "Invalid request: it holds a value that cannot be stored or compared")

    async def on_crash(request: Request, error: Exception) -> Response:
        log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
        return respond(500, "Internal server error")

    app.add_exception_handler(KyooError, on_expected)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(psycopg.OperationalError, on_database)
    app.add_exception_handler(psycopg.DataError, on_data)
    app.add_exception_handler(ConnectorException, on_database)
    app.add_exception_handler(Exception, on_crash)
