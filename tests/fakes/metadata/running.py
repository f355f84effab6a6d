"""TVmaze and Wikidata of a made-up catalogue on ports of this machine, as a server of its own process asks them."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.fakes.metadata.faults import Faulty
from tests.fakes.metadata.tvmaze import tvmaze
from tests.fakes.metadata.wikimedia import wikimedia
from tests.fakes.metadata.world import Title
from tests.fakes.serving import served_beside

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


def variables(series: str, films: str) -> dict[str, str]:
    """By the origins of TVmaze and of Wikidata."""
    return {
        "KYOO_PROVIDERS": "tvmaze,wikidata",
        "KYOO_TVMAZE_URL": series,
        "KYOO_WIKIDATA_URL": films,
        "KYOO_WIKIPEDIA_URL": f"{films}/{{lang}}",
    }


@contextlib.contextmanager
def serving(world: tuple[Title, ...], ports: tuple[int, int] = (0, 0)) -> Iterator[Services]:
    """Ports of 0 are free ones."""
    doubles = Moody(tvmaze(world)), Moody(wikimedia(world))
    with served_beside(doubles[0], ports[0]) as series, served_beside(doubles[1], ports[1]) as films:
        yield Services(doubles, variables(series, films))
