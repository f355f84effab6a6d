"""Serves an ASGI application on a port of this machine, for what must be reached through a real socket."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any, Literal

import uvicorn

from kyoo.core.http.forwarded import Forwarded


@asynccontextmanager
async def served(
    app: Any,
    listener: socket.socket | None = None,
    *,
    trusted: list[str] | None = None,
    lifespan: Literal["on", "off"] = "on",
) -> AsyncIterator[str]:
    """Gives the origin, without a trailing slash. `lifespan`: whether the application's own is run, too. `trusted`:
    the gateways in front of it, those of this machine by default."""
    listener = listener or socket.create_server(("127.0.0.1", 0))
    server = _server(Forwarded(app, trusted=trusted), lifespan)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not running.done():
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


@contextmanager
def served_beside(app: Any, port: int = 0) -> Iterator[str]:
    """The same in a thread of its own, for tests that have no event loop. A `port` of 0 is a free one."""
    listener = socket.create_server(("127.0.0.1", port))
    server = _server(app, "auto")
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def _server(app: Any, lifespan: Literal["auto", "on", "off"]) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        proxy_headers=False,
        log_config=None,
        access_log=False,
        ws="wsproto",  # as the product
        timeout_graceful_shutdown=1,
        # As the product. A client that is slow to ask again would find its connection closed.
        timeout_keep_alive=75,
        lifespan=lifespan,
    )
    server = uvicorn.Server(config)
    # The signals of the test run are its own.
    server.capture_signals = nullcontext  # type: ignore[assignment, method-assign]
    return server
