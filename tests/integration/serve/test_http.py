"""Clients that never finish asking are sent away; those that take their time are not."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI, Request
from tests.waiting import PATIENCE as LONG

from kyoo.serve import http
from kyoo.serve.supervisor import make_server

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
PATIENCE = 0.3


@asynccontextmanager
async def serving() -> AsyncIterator[Connect]:
    app = FastAPI()

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(2 * PATIENCE)
        return "done"

    listener = socket.create_server(("127.0.0.1", 0))
    server = make_server(app)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    async with contextlib.AsyncExitStack() as stack:

        async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            stack.callback(writer.close)
            return reader, writer

        try:
            yield connect
        finally:
            server.should_exit = True
            await running
            listener.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "HEAD_SECONDS", PATIENCE)


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /slow HTTP/1.1\r\nHost: x\r\nX-Half: ",
        b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1",
        b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1GET /slow HT",
    ],
)
async def test_who_asks_for_nothing_is_sent_away(beginning: bytes) -> None:
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(beginning)
        if beginning.startswith(b"POST"):
            assert (await reader.readuntil(b"\r\n\r\n1")).startswith(b"HTTP/1.1 200")
            # Between requests a connection may rest, but not for ever by doing nothing of use.
            await asyncio.sleep(2 * PATIENCE)
            writer.write(b"\r\n")
        assert await asyncio.wait_for(reader.read(), LONG) == b""


async def test_an_answer_or_a_body_may_take_longer() -> None:
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b'"done"' in await asyncio.wait_for(reader.readuntil(b'"done"'), LONG)
        writer.write(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n1")
        await asyncio.sleep(2 * PATIENCE)
        writer.write(b"2")
        assert (await asyncio.wait_for(reader.read(), LONG)).endswith(b"\r\n\r\n2")


async def test_a_head_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "HEAD_SECONDS", 60)
    async with serving() as connect:
        for line in (b"X-Long: %b\r\n" % (b"a" * 1000), b"X: 1\r\n"):
            reader, writer = await connect()
            writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n")
            # A reset, when there was more to read.
            with contextlib.suppress(ConnectionResetError):
                for _ in range(http.HEAD_BYTES // len(line) + 1):
                    writer.write(line)
                await writer.drain()
                assert (await asyncio.wait_for(reader.read(), LONG)).startswith(b"HTTP/1.1 400")


async def test_a_long_head_and_a_long_body_are_taken() -> None:
    body = b"b" * (4 * http.HEAD_BYTES)
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(b"POST /length HTTP/1.1\r\nHost: x\r\nX-Long: %b\r\n" % (b"a" * (http.HEAD_BYTES // 2)))
        writer.write(b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        assert (await asyncio.wait_for(reader.read(), LONG)).endswith(b"%d" % len(body))
