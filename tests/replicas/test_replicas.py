"""Two of each service behind nginx: one of them may end, hang or be restarted, and nobody notices."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from kyoo.core.files import encode_path
from tests import media
from tests.integration.transcoder.test_sessions import long_movie
from tests.replicas.cluster import Cluster, Replica, cluster
from tests.waiting import PATIENCE, until

FILM = "Long Film (2010).mkv"


@pytest.fixture
async def running(conninfo: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with cluster(conninfo, tmp_path, auth=2, api=2, transcoder=2) as made:
        media.placed(long_movie(), made.library / FILM)
        yield made


class Visitor:
    """Somebody who loops over pages, plays, seeks, writes and listens; what failed is kept."""

    def __init__(self, running: Cluster, headers: dict[str, str], *, writes: bool = True) -> None:
        self._works = {"read": self._read, "play": self._play, "listen": self._listen}
        if writes:
            self._works["write"] = self._write
        self.done: Counter[str] = Counter()
        self.failed: list[str] = []
        self.codes: list[int] = []
        self._running = running
        self._headers = headers | {"X-CLIENT-ID": "visitor"}
        self._film = encode_path(running.library / FILM)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Visitor:
        self._tasks = [asyncio.create_task(work()) for work in self._works.values()]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def more(self) -> None:
        """Everything has been done once more."""
        before = self.done.copy()
        await until(lambda: self.failed or all(self.done[work] > before[work] for work in self._works))
        assert self.failed == []

    async def _ask(self, work: str, client: httpx2.AsyncClient, method: str, path: str, **options: object) -> None:
        try:
            answer = await client.request(method, path, headers=self._headers, **options)  # type: ignore[arg-type]
            if answer.status_code >= 300:
                self.failed.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        except httpx2.HTTPError as error:
            self.failed.append(f"{method} {path}: {error!r}")
        self.done[work] += 1

    async def _loop(self, work: str, method: str, paths: list[str], **options: object) -> None:
        async with self._running.client as client:
            for path in itertools.cycle(paths):
                await self._ask(work, client, method, path, **options)

    async def _read(self) -> None:
        await self._loop("read", "GET", ["/api/shows", "/auth/users/me", "/api/news", "/api/health"])

    async def _play(self) -> None:
        base = f"/video/{self._film}"
        names = ["master.m3u8", "0/transcode/index.m3u8", "0/transcode/init.mp4"]
        names += [f"0/transcode/segment-{number}.mp4" for number in (0, 1, 2, 12, 13, 5, 6)]
        await self._loop("play", "GET", [f"{base}/{name}" for name in names])

    async def _write(self) -> None:
        await self._loop(
            "write", "POST", ["/auth/presign"], json={"for": [{"verb": "GET", "url": "/api/x"}], "duration": "1h"}
        )

    async def _listen(self) -> None:
        url = self._running.url.replace("http", "ws") + "/api/ws"
        while True:
            try:
                socket = await connect(url, proxy=None, additional_headers=self._headers)
            except (InvalidHandshake, OSError) as error:
                self.failed.append(f"websocket: {error!r}")
                continue
            async with socket:
                with contextlib.suppress(ConnectionClosed):
                    while True:
                        await socket.send(json.dumps({"action": "ping"}))
                        async with asyncio.timeout(PATIENCE):
                            await socket.recv()
                        self.done["listen"] += 1
                        await asyncio.sleep(0.02)
                self.codes.append(socket.close_code or 0)


@pytest.mark.exhaustive
async def test_replicas_come_and_go(running: Cluster) -> None:
    """One story, as starting them is what costs: each part begins with all of them there."""
    async with running.client as client:
        headers = await running.log_in(client)
        async with Visitor(running, headers) as visitor:
            # Each of them: tests/replicas/test_everybody.py.
            services = running.replicas
            await rolling_restart([services["auth"][1], *services["api"], services["transcoder"][1]], visitor)
        await an_ended_session_stays_ended(running, client)
        await a_playing_stream_goes_on(running, client, headers)


async def rolling_restart(replicas: list[Replica], visitor: Visitor) -> None:
    await visitor.more()
    for one in replicas:
        await one.restart()
        await visitor.more()
    # Each api told its sockets to come back elsewhere.
    assert len(visitor.codes) >= 1
    assert set(visitor.codes) == {1012}


async def an_ended_session_stays_ended(running: Cluster, client: httpx2.AsyncClient) -> None:
    for first in running.replicas["auth"][:1]:
        headers = await running.log_in(client)
        assert (await client.get("/api/shows", headers=headers)).status_code == 200
        assert (await client.delete("/auth/sessions/current", headers=headers)).status_code == 200
        await first.kill()
        for _ in range(4):
            assert (await client.get("/api/shows", headers=headers)).status_code == 403
        first.start()
        await until(first.is_ready)
        for _ in range(4):
            assert (await client.get("/api/shows", headers=headers)).status_code == 403


async def a_playing_stream_goes_on(running: Cluster, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    base = f"/video/{encode_path(running.library / FILM)}/0/transcode"
    numbers = itertools.count()

    async def next_segment() -> None:
        """As players do, it is asked for again when it breaks off."""
        url = f"{base}/segment-{next(numbers)}.mp4"

        async def arrives() -> bool:
            with contextlib.suppress(httpx2.TransportError):
                answer = await client.get(url, headers=headers | {"X-CLIENT-ID": "player"})
                assert answer.status_code == 200, answer.text
                return True
            return False

        await until(arrives)

    for one in running.replicas["transcoder"]:
        await next_segment()
        await one.kill()
        await next_segment()
        await next_segment()
        one.start()
        await until(one.is_ready)
    # Hung, as a machine that swaps: it takes connections and answers none.
    other = running.replicas["transcoder"][0]
    await next_segment()
    asked_directly = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{running.replicas['transcoder'][1].port}")
    jwt = (await client.get("/auth/jwt", headers=headers)).json()["token"]
    other.process.send_signal(signal.SIGSTOP)
    async with asked_directly as direct:
        for number in (20, 21):
            answer = await direct.get(
                f"{base}/segment-{number}.mp4",
                headers={"Authorization": f"Bearer {jwt}", "X-CLIENT-ID": "player"},
                timeout=PATIENCE,
            )
            assert answer.status_code == 200
    other.process.send_signal(signal.SIGCONT)
    await next_segment()
    streams = (await client.get("/video/streams", headers=headers)).json()
    assert [stream["path"] for stream in streams] == [str(running.library / FILM)]
