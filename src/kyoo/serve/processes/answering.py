"""A process of `kyoo serve` that answers requests: the instance behind uvicorn, and what the other processes ask it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from kyoo.serve.composition import Instance
from kyoo.serve.http.gateway import ADMINISTRATION
from kyoo.serve.http.server import Server, make_server
from kyoo.serve.http.tls import TlsSettings, follow
from kyoo.serve.processes.beside import HOST, Inside
from kyoo.serve.processes.children import end
from kyoo.serve.services import SERVICES


@dataclass(frozen=True)
class Listeners:
    """Of clients, which all processes share; of the other processes, None when there are none; of `/metrics`."""

    clients: list[socket.socket]
    inside: socket.socket | None
    metrics: list[socket.socket]


@asynccontextmanager
async def answering(
    instance: Instance, listeners: Listeners, tls: TlsSettings | None, others: Sequence[asyncio.Task[None]] = ()
) -> AsyncIterator[asyncio.Task[None]]:
    """Answers while the context is open; the task ends by itself only when it fails. `others`: the processes beside
    this one, which end at the same time."""
    context = tls.context() if tls is not None else None
    server = make_server(instance.gateway, instance.runtime.public_url, tls=context)
    following = asyncio.create_task(follow(tls, context)) if tls is not None and context is not None else None
    running = await _started(server, listeners.clients)
    inside = make_server(Inside(_applications(instance)), trusted=[HOST])
    asked = await _started(inside, [listeners.inside]) if listeners.inside is not None else None
    try:
        yield running
    finally:
        if following is not None:
            following.cancel()

        async def leave() -> None:
            await server.leave(instance.applications.values())
            await running

        try:
            await asyncio.gather(leave(), end(others))
        finally:
            if asked is not None:
                inside.should_exit = True
                await asked


def _applications(instance: Instance) -> dict[str, ASGIApp]:
    found: dict[str, ASGIApp] = {SERVICES["transcoder"].prefix: instance.applications["transcoder"]}
    if instance.administration is not None:
        found[ADMINISTRATION] = instance.administration
    return found


async def _started(server: Server, listeners: list[socket.socket]) -> asyncio.Task[None]:
    running = asyncio.create_task(server.serve(sockets=listeners))
    while not server.started and not running.done():  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.005)
    return running
