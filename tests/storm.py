"""Viewers who seek without rest, all on one transcoder of any tree: what they get, and how many encoders it has."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil

from kyoo.core.files import encode_path
from tests import media
from tests.trees import python_of
from tests.waiting import PATIENCE

SECONDS = 120
NOISE = 6
#: What each viewer watches; each begins with another one.
QUALITIES = ("480p", "360p", "240p", "original")
FOREIGN = ("PG", "POSTGRES", "KYOO_", "KEIBI_", "GOCODER_", "SCANNER_", "PUBLIC_URL")
TREE = Path(__file__).parent.parent


def films(count: int, size: str = "1280x720", noise: int = NOISE) -> list[Path]:
    """Of two minutes, with a keyframe every 4 s; no two are the same to a server. Without `noise` 720p has 4.5 Mbit/s,
    as what is streamed has, with 6 of it 18, as discs have."""
    short = media.movie(
        name="storm.mkv",
        seconds=16,
        size=size,
        gop=96,
        audios=[media.Audio(codec="ac3")],
        video_options=["-vf", f"noise=alls={noise}:allf=t", "-sc_threshold", "0"],
    )
    repeated = ["-stream_loop", "-1", "-i", str(short), "-map", "0", "-c", "copy", "-t", str(SECONDS)]
    return [media.make(f"storm{number}.mkv", [*repeated, "-metadata", f"title={number}"]) for number in range(count)]


@dataclass
class Outcome:
    """Seconds to the first bytes of what was served, and what else happened."""

    served: list[float] = field(default_factory=list)
    refused: int = 0
    #: Of what was served, that whose encoder was killed half way.
    broken: int = 0
    wrong: list[str] = field(default_factory=list)
    #: At each look: encoders of pictures, and others.
    samples: list[tuple[int, int]] = field(default_factory=list)
    killed: int = 0

    @property
    def share(self) -> float:
        """Of the requests, those that got their segment."""
        return len(self.served) / max(1, len(self.served) + self.refused + len(self.wrong))

    def quantile(self, part: int) -> float:
        return statistics.quantiles(self.served, n=100, method="inclusive")[part - 1]

    @property
    def most(self) -> tuple[int, int]:
        """Encoders of pictures, and others, at once."""
        return max(heavy for heavy, _ in self.samples), max(light for _, light in self.samples)


class Transcoder:
    """`kyoo transcoder` of a tree over a library of its own, which asks nobody for a token."""

    def __init__(self, tree: Path, conninfo: str, folder: Path, **variables: str) -> None:
        self._tree, self._folder = tree, folder
        self.library, self.cache = folder / "library", folder / "cache"
        self.library.mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.log = folder / "transcoder.log"
        self._environment = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)} | {
            "PYTHONPATH": str(tree / "src"),
            "POSTGRES_URL": conninfo,
            "KYOO_AUTH": "off",
            "KYOO_LIBRARY": str(self.library),
            "KYOO_CACHE_ROOT": str(self.cache),
            "KYOO_METADATA_ROOT": str(folder / "metadata"),
            **variables,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        command = [python_of(self._tree), "-c", "from kyoo.cli import main; main()", "transcoder"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--host=127.0.0.1", f"--port={self._port}"],
                env=self._environment,
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.url}/video/health", trust_env=False).status_code == 200:
                    return
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self._tree} does not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> int:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def encoders(self) -> Iterator[tuple[psutil.Process, bool]]:
        """Its running ffmpegs, and whether each encodes pictures."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    command = child.cmdline()
                    if child.status() != psutil.STATUS_ZOMBIE and "-nostdin" in command:
                        yield child, "libx264" in command


async def storm(
    server: Transcoder,
    paths: list[Path],
    *,
    viewers: int,
    seconds: float,
    kill: float | None = None,
    seed: int = 1,
) -> Outcome:
    """`viewers` seek in `paths` for so long. `kill` (s): how often an encoder is killed."""
    outcome = Outcome()
    until = time.monotonic() + seconds
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100)
    async with httpx2.AsyncClient(base_url=server.url, timeout=120, trust_env=False, limits=limits) as http:
        looking = [asyncio.create_task(look(server, outcome))]
        if kill is not None:
            looking.append(asyncio.create_task(kill_some(server, outcome, kill, random.Random(seed))))
        try:
            await asyncio.gather(
                *(
                    viewer(
                        http,
                        f"viewer-{number}",
                        paths[number % len(paths)],
                        until,
                        random.Random(seed + number),
                        outcome,
                    )
                    for number in range(viewers)
                )
            )
        finally:
            for task in looking:
                task.cancel()
            await asyncio.gather(*looking, return_exceptions=True)
    return outcome


async def viewer(
    http: httpx2.AsyncClient, name: str, path: Path, until: float, chance: random.Random, outcome: Outcome
) -> None:
    """Seeks somewhere, waits for the first picture and the first sound, and seeks on; now and then in another quality,
    and now and then it stays for a while."""
    base = f"/video/{encode_path(path)}"
    headers = {"X-CLIENT-ID": name}
    qualities = itertools.cycle(chance.sample(QUALITIES, len(QUALITIES)))
    quality, last = next(qualities), SECONDS // 4 - 2
    while time.monotonic() < until:
        if chance.random() < 0.1:
            quality = next(qualities)
            await http.get(f"{base}/0/{quality}/index.m3u8", headers=headers)
        number = chance.randrange(last)
        stays = chance.random() < 0.2
        for following in range(number, number + (3 if stays else 1)):
            await asyncio.gather(
                ask(http, f"{base}/0/{quality}/segment-{following}.mp4", headers, until, outcome, whole=stays),
                ask(http, f"{base}/audio/0/128k/segment-{following}.mp4", headers, until, outcome, whole=stays),
            )


async def ask(
    http: httpx2.AsyncClient, url: str, headers: dict[str, str], until: float, outcome: Outcome, *, whole: bool
) -> None:
    """A segment, or its first bytes. Who is refused comes back when it is told to."""
    while True:
        begun, arrived = time.monotonic(), False
        try:
            async with http.stream("GET", url, headers=headers) as answer:
                if answer.status_code == 200:
                    async for _ in answer.aiter_raw():
                        if not arrived:
                            outcome.served.append(time.monotonic() - begun)
                            arrived = True
                        if not whole:
                            break
                    return
                text = (await answer.aread()).decode()
                if answer.status_code != 503:
                    outcome.wrong.append(f"{answer.status_code} {text} {url}")
                    return
                outcome.refused += 1
                pause = float(answer.headers["Retry-After"])
        except httpx2.HTTPError as error:
            if arrived:
                outcome.broken += 1
            else:
                outcome.wrong.append(f"{error!r} {url}")
            return
        if time.monotonic() + pause > until:
            return
        await asyncio.sleep(pause)


async def look(server: Transcoder, outcome: Outcome) -> None:
    while True:
        kinds = [heavy for _, heavy in await asyncio.to_thread(lambda: list(server.encoders()))]
        outcome.samples.append((kinds.count(True), kinds.count(False)))
        await asyncio.sleep(0.2)


async def kill_some(server: Transcoder, outcome: Outcome, every: float, chance: random.Random) -> None:
    while True:
        await asyncio.sleep(every)
        running = await asyncio.to_thread(lambda: [process for process, _ in server.encoders()])
        if running:
            with contextlib.suppress(psutil.NoSuchProcess):
                chance.choice(running).kill()
                outcome.killed += 1


@asynccontextmanager
async def stormy(
    tree: Path, conninfo: str, folder: Path, sources: list[Path], **variables: str
) -> AsyncIterator[tuple[Transcoder, list[Path]]]:
    """A transcoder that knows its films."""
    server = Transcoder(tree, conninfo, folder, **variables)
    paths = [media.placed(source, server.library / source.name) for source in sources]
    await asyncio.to_thread(server.start)
    try:
        async with httpx2.AsyncClient(base_url=server.url, timeout=120, trust_env=False) as http:
            for path in paths:
                (await http.get(f"/video/{encode_path(path)}/info")).raise_for_status()
        yield server, paths
    finally:
        await asyncio.to_thread(server.stop)
