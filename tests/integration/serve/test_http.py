"""Clients that never finish asking are sent away; those that take their time are not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI, Request
from tests.waiting import PATIENCE as LONG

from kyoo.serve.http.bounds import Bounds
from kyoo.serve.http.protocols import HEAD_BYTES, MOST_PIPELINED
from kyoo.serve.http.server import make_server

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
PATIENCE = 0.3


@asynccontextmanager
async def serving(
    begun: asyncio.Event | None = None, gone: asyncio.Event | None = None, **bounds: float
) -> AsyncIterator[Connect]:
    """`begun` and `gone`: that somebody asked for /until-gone, and is seen to have left."""
    app = FastAPI()
    begun, gone = begun or asyncio.Event(), gone or asyncio.Event()

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(2 * PATIENCE)
        return "done"

    @app.get("/until-gone")
    async def until_gone(request: Request) -> None:
        begun.set()
        while not await request.is_disconnected():
            await asyncio.sleep(PATIENCE / 10)
        gone.set()

    @app.post("/late")
    async def late(request: Request) -> int:
        await asyncio.sleep(3 * PATIENCE)
        return len(await request.body())

    listener = socket.create_server(("127.0.0.1", 0))
    server = make_server(app, bounds=Bounds(**{"head_seconds": PATIENCE} | bounds))  # type: ignore[arg-type]
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


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_an_answer_without_a_body_leaves(version: bytes) -> None:
    async with serving() as connect:
        reader, writer = await connect()
        for _ in range(1 if version == b"1.0" else 3):
            writer.write(b"HEAD /slow HTTP/" + version + b"\r\nHost: x\r\n\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LONG)
            assert head.startswith(b"HTTP/1.1 405")


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
    async with serving(body_rate=1) as connect:
        reader, writer = await connect()
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b'"done"' in await asyncio.wait_for(reader.readuntil(b'"done"'), LONG)
        writer.write(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n1")
        await asyncio.sleep(2 * PATIENCE)
        writer.write(b"2")
        assert (await asyncio.wait_for(reader.read(), LONG)).endswith(b"\r\n\r\n2")


async def test_a_head_without_end_is_refused() -> None:
    async with serving(head_seconds=60) as connect:
        for line in (b"X-Long: %b\r\n" % (b"a" * 1000), b"X: 1\r\n"):
            reader, writer = await connect()
            writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n")
            # A reset, when there was more to read.
            with contextlib.suppress(ConnectionResetError):
                for _ in range(HEAD_BYTES // len(line) + 1):
                    writer.write(line)
                await writer.drain()
                assert (await asyncio.wait_for(reader.read(), LONG)).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "fields",
    [b"Content-Length: 10", b"Transfer-Encoding: chunked", b"\r\n".join(b"X-%d: 1" % number for number in range(300)),
     b"X-Long: " + b"a" * 20_000],
    ids=["a body", "chunks", "many fields", "a long field"],
)  # fmt: skip
async def test_what_opens_no_websocket_is_not_waited_for(fields: bytes) -> None:
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" + fields)
        writer.write(b"\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(), LONG)).startswith(b"HTTP/1.1 400")


CHUNKED = b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("beginning", "line"),
    [
        (b"1\r\n1\r\n0\r\n", b"X-Long: %b\r\n" % (b"a" * 1000)),
        (b"0\r\n", b"X: 1\r\n"),
        (b"0\r\nX: ", b"a" * 1000),
        (b"1;", b"a" * 1000),
    ],
    ids=["many fields", "many short fields", "one field", "the name of a chunk"],
)
async def test_what_stands_around_a_body_without_end_is_refused(beginning: bytes, line: bytes) -> None:
    async with serving(head_seconds=60) as connect:
        reader, writer = await connect()
        writer.write(CHUNKED + beginning)
        with contextlib.suppress(ConnectionError):
            for _ in range(16 * HEAD_BYTES // len(line)):
                writer.write(line)
            await writer.drain()
        with contextlib.suppress(ConnectionError):
            assert (await asyncio.wait_for(reader.read(), LONG)).startswith(b"HTTP/1.1 400")


async def test_small_chunks_and_fields_behind_a_body_are_taken() -> None:
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(CHUNKED + b"1\r\n1\r\n" * HEAD_BYTES + b"0\r\nX-Sum: 1\r\n\r\n")
        assert (await asyncio.wait_for(reader.readuntil(b"65536"), LONG)).startswith(b"HTTP/1.1 200")


async def test_who_asks_for_too_much_before_an_answer_is_sent_away() -> None:
    async with serving(head_seconds=60) as connect:
        reader, writer = await connect()
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" * 10_000)
        with contextlib.suppress(ConnectionError):
            assert (await asyncio.wait_for(reader.read(), PATIENCE)).count(b"HTTP/1.1 200") == 0


async def test_some_requests_may_wait_for_the_answers_to_earlier_ones() -> None:
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(b"GET /none HTTP/1.1\r\nHost: x\r\n\r\n" * MOST_PIPELINED)
        writer.write(b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(), LONG)).count(b"HTTP/1.1 404") == MOST_PIPELINED + 1


async def test_a_request_ends_with_its_connection_whatever_was_asked_after_it() -> None:
    begun, gone = asyncio.Event(), asyncio.Event()
    async with serving(begun, gone) as connect:
        _, writer = await connect()
        writer.write(b"GET /until-gone HTTP/1.1\r\nHost: x\r\n\r\nGET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.wait_for(begun.wait(), LONG)
        writer.transport.abort()
        await asyncio.wait_for(gone.wait(), LONG)


async def test_a_long_head_and_a_long_body_are_taken() -> None:
    body = b"b" * (4 * HEAD_BYTES)
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(b"POST /length HTTP/1.1\r\nHost: x\r\nX-Long: %b\r\n" % (b"a" * (HEAD_BYTES // 2)))
        writer.write(b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        assert (await asyncio.wait_for(reader.read(), LONG)).endswith(b"%d" % len(body))


async def drip(writer: asyncio.StreamWriter, every: float, piece: bytes = b"x") -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)


@contextlib.asynccontextmanager
async def dripping(writer: asyncio.StreamWriter, every: float, piece: bytes = b"x") -> AsyncIterator[None]:
    task = asyncio.create_task(drip(writer, every, piece))
    try:
        yield
    finally:
        task.cancel()


POST = b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


@pytest.mark.parametrize("head", [POST % 10_000, POST.replace(b"Content-Length: %d", b"Transfer-Encoding: chunked")])
async def test_a_body_that_drips_in_is_answered_408(head: bytes) -> None:
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(head)
        async with dripping(writer, PATIENCE / 10, b"1\r\nx\r\n" if b"chunked" in head else b"x"):
            answer = await asyncio.wait_for(reader.read(), LONG)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408")
        assert json.loads(body)["status"] == 408


async def test_a_slow_but_steady_upload_arrives() -> None:
    async with serving(body_rate=1000) as connect:
        reader, writer = await connect()
        size = 6000
        writer.write((POST % size).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        begun = time.monotonic()
        for _ in range(size // 200):
            writer.write(b"b" * 200)
            await asyncio.sleep(PATIENCE / 10)
        assert (await asyncio.wait_for(reader.read(), LONG)).endswith(b"%d" % size)
        assert time.monotonic() - begun > 2 * PATIENCE


async def test_no_body_takes_for_ever_however_fast_it_is() -> None:
    async with serving(body_rate=1, body_seconds=PATIENCE) as connect:
        reader, writer = await connect()
        writer.write(POST % 10**9)
        async with dripping(writer, 0.02, b"x" * 1000):
            assert b"HTTP/1.1 408" in await asyncio.wait_for(reader.read(), LONG)


async def test_a_body_that_nobody_reads_does_not_go_on_for_ever() -> None:
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n")
        async with dripping(writer, PATIENCE / 10):
            answer = await asyncio.wait_for(reader.read(), LONG)
        assert answer.startswith(b"HTTP/1.1 404")
        assert b"408" not in answer


async def test_whom_the_service_keeps_waiting_is_not_late() -> None:
    async with serving() as connect:
        reader, writer = await connect()
        body = b"x" * 500_000
        writer.write(b"POST /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        assert (await asyncio.wait_for(reader.read(), LONG)).endswith(b"%d" % len(body))


async def test_a_408_is_not_written_into_another_answer() -> None:
    async with serving() as connect:
        reader, writer = await connect()
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" + POST % 10_000)
        async with dripping(writer, PATIENCE / 10):
            answers = await asyncio.wait_for(reader.read(), LONG)
        assert answers.startswith(b"HTTP/1.1 200")
        assert b'"done"' in answers
