"""Serves an ASGI application on a free port of this machine, for what must be reached through a real socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from kyoo.core.forwarded import Forwarded


@asynccontextmanager
async def served(
    app: Any, listener: socket.socket | None = None, *, trusted: list[str] | None = None
) -> AsyncIterator[str]:
    """Gives the origin, without a trailing slash. The application's own lifespan is run, too. `trusted`: the gateways
    in front of it, those of this machine by default."""
    listener = listener or socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Forwarded(app, trusted=trusted),
        proxy_headers=False,
        log_config=None,
        access_log=False,
        ws="wsproto",  # as the product
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,  # as the product
        lifespan="on",
    )
    server = uvicorn.Server(config)
    # The signals of the test run are its own.
    server.capture_signals = _no_signals  # type: ignore[assignment, method-assign]
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not running.done():
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


class _no_signals:  # noqa: N801 (stands for a function)
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...
