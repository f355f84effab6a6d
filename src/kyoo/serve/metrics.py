"""`/metrics` on a port of its own, which no gateway leads to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Annotated

import psycopg
import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from psycopg_pool import PoolTimeout
from pydantic import AfterValidator, AliasChoices, Field
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from kyoo.core.metrics import Source, written
from kyoo.core.settings import AtStart, Settings, read
from kyoo.serve.options import host_name, known_here, listen

#: Seconds for all that is looked up.
LONGEST = 5.0

log = structlog.get_logger()


class MetricsSettings(Settings):
    host: Annotated[str, AfterValidator(host_name), AtStart(known_here)] = Field(
        default="127.0.0.1", validation_alias=AliasChoices("KYOO_METRICS_HOST")
    )
    #: None: nothing is said.
    port: int | None = Field(default=None, ge=1, le=65535, validation_alias=AliasChoices("KYOO_METRICS_PORT"))


class Metrics:
    """The ASGI application."""

    def __init__(self, sources: list[Source]) -> None:
        self._sources = sources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        if scope["path"] != "/metrics":
            return PlainTextResponse("Not found\n", 404)
        try:
            async with asyncio.timeout(LONGEST):
                text = await written(self._sources)
        except (psycopg.Error, PoolTimeout, TimeoutError):
            # What needs no database is said without it.
            text = await written([])
        return Response(text, headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})


class _Server(uvicorn.Server):
    """Without its signal handlers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen_for_metrics(processes: int = 1) -> list[list[socket.socket]]:
    """The listeners of each process, from the port that is given on; none if none is."""
    settings = read(MetricsSettings)
    if settings.port is None:
        return [[] for _ in range(processes)]
    with ExitStack() as opened:
        found = [
            [opened.enter_context(one) for one in listen(settings.host, settings.port + number)]
            for number in range(processes)
        ]
        opened.pop_all()
    return found


@asynccontextmanager
async def metrics(applications: Iterable[FastAPI], listeners: list[socket.socket]) -> AsyncIterator[None]:
    """Answers while the context is open, if there is anything to listen on."""
    if not listeners:
        yield
        return
    sources = [source for application in applications for source in application.state.measures]
    server = _Server(
        uvicorn.Config(Metrics(sources), lifespan="off", access_log=False, log_config=None, server_header=False)
    )
    running = asyncio.create_task(server.serve(sockets=listeners))
    try:
        yield
    finally:
        server.should_exit = True
        await running
