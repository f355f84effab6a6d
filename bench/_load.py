"""A load of requests that costs little itself: one request again and again on each of some lasting connections.

`python -m bench._load`, told what to do by JSON on its standard input; see `Load`. A process of its own, so that it
takes nothing from the process that is measured."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop


@dataclass
class Load:
    """`request` is the head of a request without a body; every answer must have one of `statuses`."""

    port: int
    request: str
    clients: int
    seconds: float
    statuses: tuple[int, ...] = (200,)


@dataclass
class Outcome:
    requests: int = 0
    seconds: float = 0
    #: Milliseconds of each answer.
    waits: list[float] = field(default_factory=list)
    fault: str = ""


class Client(asyncio.Protocol):
    def __init__(self, load: Load, outcome: Outcome) -> None:
        self._load, self._outcome = load, outcome
        self._request = load.request.encode()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._until = time.perf_counter() + load.seconds
        self._answer = b""
        self._begun = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        self._begun = time.perf_counter()
        if self._begun >= self._until:
            self._transport.close()
            self.done.set_result(None)
            return
        self._answer = b""
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found:
            return
        status = int(head[9:12])
        if status not in self._load.statuses:
            self._fail(self._answer[:500].decode("latin-1"))
            return
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        whole = len(body) >= int(length) if length else status == 304 or body.endswith(b"0\r\n\r\n")
        if whole:
            self._outcome.requests += 1
            self._outcome.waits.append((time.perf_counter() - self._begun) * 1000)
            self._ask()

    def _fail(self, fault: str) -> None:
        self._outcome.fault = fault
        if not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail(f"the connection ended: {exc}")


async def run(load: Load) -> Outcome:
    loop = asyncio.get_running_loop()
    outcome = Outcome()
    begun = time.perf_counter()
    made = [
        (await loop.create_connection(lambda: Client(load, outcome), "127.0.0.1", load.port))[1]
        for _ in range(load.clients)
    ]
    async with asyncio.timeout(load.seconds + 30):
        await asyncio.gather(*(client.done for client in made))
    outcome.seconds = time.perf_counter() - begun
    return outcome


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(run(Load(**json.load(sys.stdin)))))))
