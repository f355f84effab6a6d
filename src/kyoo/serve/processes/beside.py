"""What the processes of one `kyoo serve --workers N` are to each other. All answer clients, on the same sockets. The
first one starts the others, has the encoders and makes backups; what it alone can answer is handed over to it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kyoo.serve.http.bounds import refuse

#: Of one connection to the next (RFC 9110 §7.6.1), and what is written anew.
NOT_PASSED_ON = {
    *(b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"proxy-connection"),
    *(b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"),
}
#: Of this machine, and nobody else's: where the processes reach each other, and whom they believe what they hand over.
HOST = "127.0.0.1"


@dataclass(frozen=True)
class ServerProcess:
    """Which process this is, the first is 0, and where each of them is reached by the others."""

    number: int
    addresses: tuple[str, ...]

    @property
    def address(self) -> str:
        return self.addresses[self.number]

    @property
    def first(self) -> str:
        return self.addresses[0]


def server_processes(listeners: list[socket.socket]) -> list[ServerProcess]:
    """One for each listener."""
    addresses = tuple(f"http://{HOST}:{listener.getsockname()[1]}" for listener in listeners)
    return [ServerProcess(number, addresses) for number in range(len(listeners))]


class Inside:
    """What one process asks another: each application by its prefix, without the exchange, which has been made."""

    def __init__(self, applications: dict[str, ASGIApp]) -> None:
        self._applications = applications

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        prefix = "/" + scope["path"].split("/")[1]
        if prefix in self._applications:
            await self._applications[prefix](scope, receive, send)
        else:
            await refuse(scope, send, 404, "Not found")


class ToFirst:
    """Has the first process answer. `close` it."""

    def __init__(self, address: str) -> None:
        self._client = httpx2.AsyncClient(
            base_url=address, trust_env=False, timeout=httpx2.Timeout(None, connect=2.0), follow_redirects=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await refuse(scope, send, 404, "Not found")
            return
        request = Request(scope, receive)
        headers = [pair for pair in scope["headers"] if pair[0] not in NOT_PASSED_ON]
        headers.append((b"x-forwarded-proto", scope["scheme"].encode()))
        if client := scope.get("client"):
            headers.append((b"x-forwarded-for", client[0].encode("latin-1", "ignore")))
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        asked = self._client.build_request(
            scope["method"],
            "/",
            headers=[pair for pair in headers if pair[0] != b"content-length"],
            content=await request.body() or None,
            extensions={"target": target},
        )
        try:
            answer = await self._client.send(asked, stream=True)
        except httpx2.TransportError:
            await refuse(scope, send, 503, "The server is starting or ending")
            return
        try:
            response = StreamingResponse(_pieces(answer), answer.status_code)
            response.raw_headers = [
                (key.lower(), value) for key, value in answer.headers.raw if key.lower() not in NOT_PASSED_ON
            ]
            await response(scope, receive, send)
        finally:
            await answer.aclose()


async def _pieces(answer: httpx2.Response) -> AsyncIterator[bytes]:
    async for piece in answer.aiter_raw():
        yield piece


def sockets(count: int) -> list[socket.socket]:
    """Where so many processes are reached by each other."""
    return [socket.create_server((HOST, 0)) for _ in range(count)]
