"""What callers and logs are told when Postgres is away or full."""

from __future__ import annotations

import json
import logging
import sys

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from kyoo.core.errors import install_error_handlers
from kyoo.core.logs import Line


def queued(cause: Exception) -> Exception:
    """As the queue passes on what its connection raised."""
    error = ConnectorException()
    error.__cause__ = cause
    return error


AWAY = "connection failed: the server\n\tclosed the connection"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (psycopg.OperationalError(AWAY), 503),
        (psycopg.errors.AdminShutdown("terminating connection"), 503),
        (psycopg.errors.CannotConnectNow("the database system is starting up"), 503),
        (PoolTimeout("couldn't get a connection after 10.00 sec"), 503),
        (queued(psycopg.OperationalError(AWAY)), 503),
        (psycopg.errors.DiskFull("could not extend file"), 507),
        (psycopg.errors.DeadlockDetected("deadlock detected"), 500),
        (queued(psycopg.errors.UndefinedTable("relation does not exist")), 500),
    ],
)
async def test_what_a_caller_is_told(error: Exception, status: int) -> None:
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/x")
    async def fails() -> None:
        raise error

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(base_url="http://t", transport=transport) as client:
        answer = await client.get("/x")
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert "relation" not in answer.text


def fail(error: Exception) -> None:
    raise error


def logged(error: Exception, *, as_json: bool) -> str:
    try:
        fail(error)
    except type(error):
        record = logging.LogRecord("lib", logging.ERROR, "", 0, "Task %s\n failed", ("listener",), sys.exc_info())
    return Line(as_json=as_json).format(record)


def test_a_database_that_is_away_is_no_traceback() -> None:
    line = "ERROR lib: Task listener failed\n  connection failed: the server closed the connection"
    assert logged(queued(psycopg.OperationalError(AWAY)), as_json=False) == line
    assert logged(ExceptionGroup("two", [psycopg.OperationalError(AWAY)] * 2), as_json=False) == line
    assert "Traceback" in logged(ValueError("a fault of ours"), as_json=False)


def test_libraries_log_json_too() -> None:
    entry = json.loads(logged(ValueError("a fault of ours"), as_json=True))
    assert (entry["event"], entry["level"], entry["logger"]) == ("Task listener failed", "error", "lib")
    assert entry["exception"].endswith("ValueError: a fault of ours")
