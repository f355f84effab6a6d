"""TVmaze and Wikidata of a made-up catalogue on ports of this machine, as a server of its own process asks them."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.e2e.server import free_port
from tests.fakes.metadata.faults import Faulty
from tests.fakes.metadata.tvmaze import tvmaze
from tests.fakes.metadata.wikimedia import wikimedia
from tests.fakes.metadata.world import Title

KINDS = ("500", "html", "limited", "error body")


class Moody(Faulty):
    """Fails at random, and lets everybody ask as fast as they like."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.failing = 0.0
        self.chance = random.Random(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        async def unlimited(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-ratelimit-limit", b"1000")]
            await send(message)

        self.fault = self.chance.choice(KINDS) if self.chance.random() < self.failing else None
        return await super().__call__(scope, receive, unlimited)


@dataclass
class Services:
    """`variables` lead a server to them."""

    doubles: tuple[Moody, Moody]
    variables: dict[str, str]

    def fail(self, share: float, seed: int) -> None:
        """From now on this share of all requests fails."""
        for at, double in enumerate(self.doubles):
            double.failing, double.chance = share, random.Random(2 * seed + at)


def variables(ports: tuple[int, int]) -> dict[str, str]:
    return {
        "KYOO_PROVIDERS": "tvmaze,wikidata",
        "KYOO_TVMAZE_URL": f"http://127.0.0.1:{ports[0]}",
        "KYOO_WIKIDATA_URL": f"http://127.0.0.1:{ports[1]}",
        "KYOO_WIKIPEDIA_URL": f"http://127.0.0.1:{ports[1]}/{{lang}}",
    }


@contextlib.contextmanager
def serving(world: tuple[Title, ...], ports: tuple[int, int] | None = None) -> Iterator[Services]:
    doubles = Moody(tvmaze(world)), Moody(wikimedia(world))
    ports = ports or (free_port(), free_port())
    servers = [
        uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False))
        for app, port in zip(doubles, ports, strict=True)
    ]
    threads = []
    for server in servers:
        # The signals of the test run are its own.
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        threads.append(threading.Thread(target=server.run, daemon=True))
        threads[-1].start()
    try:
        yield Services(doubles, variables(ports))
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.should_exit = True
            thread.join(10)
