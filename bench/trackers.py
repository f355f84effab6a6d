"""What trackers add to a progress message of a player and to a play that is reported: with none linked, with four that
hear nothing of it, with four that are told, and with one of the four dead.

Run: `python -m bench.trackers [--rounds N]`. The services are doubles in this process that answer at once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import procrastinate
import structlog
from procrastinate.testing import InMemoryConnector
from tests.integration.api.seeds import PUBLIC_URL, SECRET, movie_seed
from tests.integration.api.trackers.tracked import Tracked, tracked

from kyoo.api.realtime.session import Session
from kyoo.api.realtime.sockets import Socket
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.services import SCHEMAS

SERVICES = ("trakt", "simkl", "mal", "anilist")
#: Seconds that an answer may wait for trackers, here.
BUDGET = 0.3
#: What is allowed to be added when nothing is due.
TARGET = 30.0

Act = Callable[[int, int], Awaitable[None]]


class Player:
    """A film each round: a message of a socket, or a play that is reported."""

    def __init__(self, kyoo: Tracked) -> None:
        self._kyoo = kyoo
        self._films = 0
        self._videos: list[str] = []

    async def begin(self, films: int) -> None:
        for number in range(films):
            known = number + 1
            fakes = self._kyoo.fakes
            fakes.trakt.add("movie", known, f"Film {number}", tmdb=known)
            fakes.simkl.add("movies", known, f"Film {number}", tmdb=known)
            fakes.mal.add(known, f"Film {number}", 1, media_type="movie")
            fakes.anilist.add(known, f"Film {number}", 1)
            external: dict[str, Any] = {
                provider: [{"dataId": str(known)}] for provider in ("themoviedatabase", "myanimelist", "anilist")
            }
            await self._kyoo.api.post("/movies", json=movie_seed(f"film-{number}", externalId=external))
            video = {
                "path": f"/v/film-{number}.mkv",
                "rendering": f"r{number}",
                "part": None,
                "version": 1,
                "guess": {"title": "film", "from": "bench", "history": []},
                "for": [{"slug": f"film-{number}"}],
            }
            (made,) = (await self._kyoo.api.post("/videos", json=[video])).json()
            self._videos.append(made["id"])
        context = self._kyoo.app.state.context
        token = self._kyoo.api.headers["authorization"].removeprefix("Bearer ")
        identity = await context.runtime.authentication.verifier.verify(token)
        self._sent: list[str] = []

        async def send(text: str) -> None:
            self._sent.append(text)

        session = Session(context, identity, "")
        self._socket = Socket(context, session, browser="", write=lambda _: False, send=send, cut=lambda: None)

    async def close(self) -> None:
        await self._socket.close()

    def film(self) -> int:
        """One that was not played yet."""
        self._films += 1
        return self._films - 1

    async def message(self, film: int, percent: int) -> None:
        """The second message of a play, which is what a player sends every few seconds."""
        frame = {"action": "watch", "entry": f"film-{film}", "videoId": self._videos[film], "percent": percent}
        await self._socket.hear(json.dumps({**frame, "time": percent}))
        answer = json.loads(self._sent.pop())
        assert "error" not in answer, answer

    async def report(self, film: int, percent: int) -> None:
        play = {"entry": f"film-{film}", "videoId": None, "percent": percent, "time": 1, "playedDate": None}
        answer = await self._kyoo.api.post("/profiles/me/history", json=[play])
        assert answer.status_code == 201, answer.text


async def measure(player: Player, name: str, rounds: int, act: Act, percent: int, base: float | None) -> float:
    """The 95th percentile, which is printed with what is more than `base`."""
    taken = []
    for _ in range(rounds):
        film = player.film()
        if act == player.message:
            await act(film, 1)
        begun = time.perf_counter()
        await act(film, percent)
        taken.append(1000 * (time.perf_counter() - begun))
    taken.sort()
    median, high = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    added = "" if base is None else f"{high - base:+8.1f}"
    print(f"{name:<62}{median:8.1f}{high:8.1f}{added}", flush=True)
    return high


async def run(conninfo: str, folder: Path, rounds: int) -> bool:
    for schema in SCHEMAS:
        migrate(conninfo, schema)
    database = Database(conninfo, name="bench", max_size=8)
    await database.open()
    peer = httpx2.AsyncClient(
        transport=httpx2.MockTransport(lambda _: httpx2.Response(404, json={})), base_url=PUBLIC_URL
    )
    queue = procrastinate.App(connector=InMemoryConnector())
    few = max(5, rounds // 5)
    async with queue.open_async(), peer:
        runtime = Runtime(database, queue, Authentication(Verifier(SharedSecret(SECRET))), peer, PUBLIC_URL)
        async with tracked(runtime, folder, tracker_wait=BUDGET) as kyoo:
            player = Player(kyoo)
            await player.begin(6 * rounds + 3 * few + 10)
            print(f"{'milliseconds':<62}{'median':>8}{'95 %':>8}{'added':>8}", flush=True)
            acts: tuple[tuple[str, Act], ...] = (("message", player.message), ("report", player.report))
            for _ in range(5):
                await player.report(player.film(), 10)
            base = {
                (name, percent): await measure(player, f"{name} of {percent} %, no tracker", rounds, act, percent, None)
                for name, act in acts
                for percent in (10, 100)
                if (name, percent) != ("message", 100)
            }
            await kyoo.link(*SERVICES)
            quiet = True
            for name, act in acts:
                text = f"{name} of 10 %, four trackers: nothing is due"
                high = await measure(player, text, rounds, act, 10, base[name, 10])
                quiet &= high - base[name, 10] < TARGET
            told = base["report", 100]
            answered = await measure(
                player, "report of 100 %, four trackers are told", rounds, player.report, 100, told
            )
            kyoo.fakes.trakt.delay = 3600
            wait = f"{1000 * BUDGET:.0f} ms"
            text = "message of 10 %, one of four does not answer: nothing is due"
            await measure(player, text, few, player.message, 10, base["message", 10])
            text = f"report of 100 %, one of four does not answer (waits {wait})"
            high = await measure(player, text, few, player.report, 100, told)
            print(f"added when nothing is due: {'less' if quiet else 'MORE'} than {TARGET:.0f} ms")
            within = high - answered < 1000 * BUDGET + TARGET
            print(f"added by one that does not answer: {'within' if within else 'MORE THAN'} what an answer may wait")
            await player.close()
    await database.close()
    return quiet and within


async def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="kyoo-bench-") as name:
        folder = Path(name)
        await asyncio.to_thread(folder.chmod, 0o755)
        postgres = EmbeddedPostgres(folder / "postgres")
        await postgres.start()
        try:
            good = await run(postgres.conninfo(), folder, rounds)
        finally:
            await postgres.stop()
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
