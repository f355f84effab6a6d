"""A server that ends while others ask: whoever could connect is answered (kyoo/serve/http/server.py)."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable

import pytest
import uvloop
from fastapi import FastAPI
from tests.waiting import PATIENCE

from kyoo.serve.http.draining import Drain
from kyoo.serve.http.protocols import FIRST_SECONDS
from kyoo.serve.http.server import Server, make_server

POST = b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nfour"
ROUNDS, CLIENTS = 5, 10


def application() -> FastAPI:
    app = FastAPI()

    @app.post("/length")
    async def length() -> str:
        return "four"

    return app


async def started(listener: socket.socket) -> tuple[Server, asyncio.Task[None]]:
    server = make_server(application(), drain=Drain(0, 5))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    return server, running


async def test_a_new_connection_is_kept_for_its_first_request() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    server, running = await started(listener)
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    server.should_exit = True
    # It has looked by then.
    await asyncio.sleep(0.3)
    writer.write(POST)
    assert (await asyncio.wait_for(reader.readline(), PATIENCE)).startswith(b"HTTP/1.1 200")
    writer.close()
    await asyncio.wait_for(running, PATIENCE)


async def test_an_older_connection_that_asks_for_nothing_is_closed_at_once() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    server, running = await started(listener)
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    await asyncio.sleep(FIRST_SECONDS + 0.1)
    server.should_exit = True
    begun = time.monotonic()
    assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
    assert time.monotonic() - begun < FIRST_SECONDS
    writer.close()
    await running


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_whoever_has_connected_is_answered(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """The loop is busy as they connect, so that they still wait to be taken when the server ends."""
    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(storms()) == {"HTTP/1.1 200 OK": ROUNDS * CLIENTS}


async def storms() -> Counter[str]:
    ends: Counter[str] = Counter()
    for _ in range(ROUNDS):
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        server, running = await started(listener)
        waiting = [socket.create_connection(listener.getsockname()) for _ in range(CLIENTS)]
        for one in waiting:
            one.sendall(POST)
        server.should_exit = True
        # Until it looks.
        time.sleep(0.15)
        ends.update(await asyncio.gather(*(asyncio.to_thread(answered, one) for one in waiting)))
        await running
    return ends


def answered(connection: socket.socket) -> str:
    with connection:
        connection.settimeout(PATIENCE)
        try:
            return connection.recv(15).decode() or "nothing"
        except ConnectionError:
            return "reset"
