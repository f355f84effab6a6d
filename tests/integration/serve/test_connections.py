"""How many connections, requests and sockets there may be at once: of one address, of one user, and in all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI, WebSocket
from tests.integration.serve.test_alone import service
from tests.machine import scaled
from tests.samples import sampled
from tests.waiting import PATIENCE
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import InvalidStatus

from kyoo.core.http.frames import frame_of, writer
from kyoo.serve.http.bounds import Bounds, network_of
from kyoo.serve.http.server import make_server

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[..., Awaitable[Streams]]
GET = b"GET %b HTTP/1.1\r\nHost: x\r\n%b\r\n"
OTHER = "127.0.0.2"


@asynccontextmanager
async def serving(*, trusted: str = "192.0.2.1", **bounds: float) -> AsyncIterator[tuple[Connect, int]]:
    """A server with these bounds; what connects to it, from an address of this machine, and its port."""
    app = FastAPI()
    free = asyncio.Event()

    @app.get("/health")
    async def health() -> str:
        return "healthy"

    @app.get("/held")
    async def held() -> str:
        await free.wait()
        return "done"

    @app.websocket("/ws")
    async def talk(client: WebSocket) -> None:
        await client.accept("kyoo" if "kyoo" in client.scope["subprotocols"] else None)
        await client.send_text(",".join(client.scope["subprotocols"]))
        with contextlib.suppress(Exception):
            while True:
                await client.receive_text()

    @app.websocket("/frames")
    async def write_frames(client: WebSocket) -> None:
        write, n = writer(client.scope), 0
        assert not write(frame_of("before it is open"))
        await client.accept()
        while write(frame_of(f"{n} {'ü' * 20_000}")):
            n += 1
        await client.send_text(f"{n} frames")
        await client.close()
        assert not write(frame_of("after its end"))

    listener = socket.create_server(("127.0.0.1", 0))
    server = make_server(app, bounds=Bounds(**bounds), trusted=[trusted])  # type: ignore[arg-type]
    running = asyncio.create_task(server.serve(sockets=[listener]))
    async with contextlib.AsyncExitStack() as stack:
        port = listener.getsockname()[1]

        async def connect(address: str = "127.0.0.1") -> Streams:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
            stack.callback(writer.close)
            return reader, writer

        try:
            yield connect, port
        finally:
            free.set()
            server.should_exit = True
            await running
            listener.close()


async def ask(streams: Streams, path: bytes = b"/health", headers: bytes = b"") -> int:
    """The status of the answer."""
    reader, writer = streams
    writer.write(GET % (path, headers))
    line = await asyncio.wait_for(reader.readline(), PATIENCE)
    return int(line.split()[1])


async def error(streams: Streams) -> dict[str, object]:
    """The rest of an answer that ends the connection: the object in its body."""
    reader, _ = streams
    rest = await asyncio.wait_for(reader.read(), PATIENCE)
    assert b"retry-after" in rest
    body = json.loads(rest.partition(b"\r\n\r\n")[2])
    assert isinstance(body, dict)
    return body


async def test_an_address_has_so_many_connections_and_others_have_theirs() -> None:
    async with serving(connections_per_address=3) as (connect, _):
        held = [await connect() for _ in range(3)]
        assert [await ask(one) for one in held] == [200] * 3
        refused = await connect()
        assert await ask(refused) == 429
        assert (await error(refused))["status"] == 429
        assert await ask(await connect(OTHER)) == 200
        held[0][1].close()
        await held[0][1].wait_closed()
        assert await ask(await connect()) == 200


async def test_who_is_refused_need_not_ask_to_be_told_so() -> None:
    async with serving(connections_per_address=1) as (connect, _):
        assert await ask(await connect()) == 200
        reader, _ = await connect()
        assert (await asyncio.wait_for(reader.read(), PATIENCE)).startswith(b"HTTP/1.1 429")


async def test_a_trusted_gateway_is_not_capped_but_who_comes_through_it_is() -> None:
    async with serving(trusted="127.0.0.1", connections_per_address=2) as (connect, port):
        ada, eve = b"X-Forwarded-For: 198.51.100.1\r\n", b"X-Forwarded-For: 198.51.100.2\r\n"
        for _ in range(2):
            _, writer = await connect()
            writer.write(GET % (b"/held", eve))
        await asyncio.sleep(0.1)
        refused = await connect()
        assert await ask(refused, headers=eve) == 429
        assert await ask(await connect(), headers=ada) == 200
        assert [await ask(await connect()) for _ in range(5)] == [200] * 5
        # Whoever names another address to a server that trusts nobody but the gateway names it in vain.
        await connect(OTHER)
        await connect(OTHER)
        assert await ask(await connect(OTHER), headers=ada) == 429
        with pytest.raises(InvalidStatus) as refusal:
            await open_socket(f"ws://127.0.0.1:{port}/ws", additional_headers={"X-Forwarded-For": "198.51.100.2"})
        assert refusal.value.response.status_code == 429


async def test_sockets_are_connections_too() -> None:
    async with serving(connections_per_address=2) as (connect, port):
        url = f"ws://127.0.0.1:{port}/ws"
        async with open_socket(url), open_socket(url):
            assert await ask(await connect()) == 429
        assert await ask(await connect()) == 200


async def test_a_native_client_may_offer_its_token_as_a_subprotocol() -> None:
    async with serving() as (connect, _):
        reader, writer = await connect()
        headers = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        headers += b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: kyoo, Bearer abc\r\n"
        writer.write(GET % (b"/ws", headers))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        assert head.startswith(b"HTTP/1.1 101")
        assert b"sec-websocket-protocol: kyoo\r\n" in head.lower()
        assert (await asyncio.wait_for(reader.readexactly(17), PATIENCE))[2:] == b"kyoo,Bearer abc"


async def test_when_all_places_are_taken_who_asks_for_nothing_makes_room() -> None:
    async with serving(connections=16, connections_per_address=100) as (connect, _):
        idle = [await connect() for _ in range(4)]
        begun = [await connect() for _ in range(4)]
        for _, writer in begun:
            writer.write(b"GET /held HTTP/1.1\r\n")
        busy = [await connect() for _ in range(8)]
        for _, writer in busy:
            writer.write(GET % (b"/held", b""))
        await asyncio.sleep(0.1)
        # Eight wait for nothing: eight more find room, in their places.
        more = [await connect(OTHER) for _ in range(8)]
        for one in more:
            assert await ask(one) == 200
            one[1].write(GET % (b"/held", b""))
        assert [await asyncio.wait_for(reader.read(), PATIENCE) for reader, _ in [*idle, *begun]] == [b""] * 8
        await asyncio.sleep(0.1)
        refused = await connect(OTHER)
        assert await ask(refused) == 503
        assert (await error(refused))["status"] == 503


def test_a_host_has_one_network_of_ipv6_and_one_address_of_ipv4() -> None:
    assert network_of("192.0.2.7") == "192.0.2.7"
    assert network_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert network_of("2001:db8:1:2::7") == network_of("2001:db8:1:2:ffff::8") != network_of("2001:db8:1:3::7")
    assert network_of("fe80::1%eth0") == network_of("fe80::2%eth0")
    assert network_of("nonsense:") == "nonsense:"


@pytest.mark.parametrize("hundreds", sampled([4, 20], lambda hundreds: hundreds == 4))
async def test_slow_bodies_stop_nobody(conninfo: str, tmp_path: Path, hundreds: int) -> None:
    """At `kyoo auth` by itself. The clients are as one gateway, so that nothing but time bounds them."""
    body = {"username": "ada", "email": "ada@example.org", "password": "correct horse battery"}
    login = b"POST /auth/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{"
    slow: list[Streams] = []
    with service("auth", conninfo, tmp_path, KYOO_HEAD_SECONDS="3") as url:
        port = int(url.rpartition(":")[2])
        async with httpx2.AsyncClient(base_url=url, timeout=scaled(5)) as client:
            assert (await client.post("/auth/users", json=body)).status_code == 201
            for _ in range(hundreds):
                slow += await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(100)))
            for _, writer in slow:
                writer.write(login)
            assert (await client.get("/auth/health")).status_code == 200
            named = {"login": "ada", "password": "correct horse battery"}
            assert (await client.post("/auth/sessions", json=named)).status_code == 201
            answers = await asyncio.gather(*(asyncio.wait_for(reader.read(), 60) for reader, _ in slow))
            assert {answer[:12] for answer in answers} == {b"HTTP/1.1 408"}
            assert (await client.get("/auth/health")).status_code == 200
    for _, writer in slow:
        writer.close()


async def test_frames_that_are_ready_go_out_in_order_until_the_client_must_be_waited_for() -> None:
    async with serving() as (_, port), open_socket(f"ws://127.0.0.1:{port}/frames") as client:
        texts = [text async for text in client]
        assert [text.split()[0] for text in texts] == [str(n) for n in range(len(texts))]
        assert texts[-1] == f"{len(texts) - 1} frames"
        assert len(texts) > 1
