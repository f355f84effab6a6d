"""What viewers wait for on two trees of this project, in turns: one alone, and twelve who seek without rest.

Run: `python -m bench.playing --before TREE [--seconds N] [--rounds N] [--noise N] [alone] [storm]`. Needs no server:
it starts the embedded Postgres, and each tree's transcoder on a library of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2
import psycopg
from tests.storm import NOISE, TREE, Outcome, Transcoder, films, storm, stormy

from kyoo.core.files import encode_path
from kyoo.serve.postgres.embedded import EmbeddedPostgres

VIEWERS = 12
#: A player that is gone is forgotten soon, so that one measurement does not slow the next one down.
ALONE = {"KYOO_CLIENT_IDLE": "1"}


class Trees:
    """Every tree's transcoder, on a database and a folder of its own."""

    def __init__(self, before: Path | None, folder: Path, postgres: EmbeddedPostgres, noise: int) -> None:
        self.trees = {**({"before": before.resolve()} if before else {}), "after": TREE}
        self._folder, self._postgres, self._started, self._noise = folder, postgres, 0, noise

    @asynccontextmanager
    async def started(self, name: str, **variables: str) -> AsyncIterator[tuple[Transcoder, list[Path]]]:
        self._started += 1
        database = f"playing_{self._started}"
        async with await psycopg.AsyncConnection.connect(self._postgres.conninfo(), autocommit=True) as connection:
            await connection.execute(f"create database {database}")
        sources, place = films(4, noise=self._noise), self._folder / database
        async with stormy(self.trees[name], self._postgres.conninfo(database), place, sources, **variables) as made:
            yield made


async def first_bytes(http: httpx2.AsyncClient, url: str, *, whole: bool = False) -> float:
    """Milliseconds until the first bytes, or all of them."""
    begun = time.perf_counter()
    async with http.stream("GET", url) as answer:
        answer.raise_for_status()
        async for _ in answer.aiter_raw():
            if not whole:
                break
    return (time.perf_counter() - begun) * 1000


async def waits(server: Transcoder, path: Path, turn: int) -> dict[str, float]:
    """What a viewer waits for, nobody else being there. No segment is asked for twice."""
    found: dict[str, float] = {}
    base = f"/video/{encode_path(path)}"

    async def play(what: str, *urls: str) -> None:
        """The last one is waited for."""
        headers = {"X-CLIENT-ID": f"{what} {turn}"}
        async with httpx2.AsyncClient(base_url=server.url, timeout=60, trust_env=False, headers=headers) as http:
            for url in urls[:-1]:
                await first_bytes(http, base + url, whole=True)
            found[what] = await first_bytes(http, base + urls[-1])
        until = time.monotonic() + 20
        while list(server.encoders()) and time.monotonic() < until:  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.1)

    await play("copy, from the beginning", "/0/original/segment-0.mp4")
    await play("encode, from the beginning", "/0/480p/segment-0.mp4")
    await play("encode, in the middle", f"/0/480p/segment-{9 + turn}.mp4")
    await play("seek in a copy", "/0/original/segment-1.mp4", f"/0/original/segment-{19 + turn}.mp4")
    await play("seek in an encode", "/0/360p/segment-0.mp4", f"/0/360p/segment-{14 + turn}.mp4")
    switch = ("/0/240p/index.m3u8", "/0/240p/init.mp4", "/0/240p/segment-3.mp4")
    await play("switch of quality", "/0/original/segment-2.mp4", *switch)
    sound = ("/audio/0/192k/index.m3u8", "/audio/0/192k/init.mp4", "/audio/0/192k/segment-3.mp4")
    await play("switch of sound", "/audio/0/128k/segment-2.mp4", *sound)
    return found


async def alone(trees: Trees, rounds: int) -> None:
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    async with AsyncExitStack() as stack:
        servers = {name: await stack.enter_async_context(trees.started(name, **ALONE)) for name in trees.trees}
        for turn in range(rounds):
            for name, (server, paths) in servers.items():
                for what, took in (await waits(server, paths[turn % len(paths)], turn)).items():
                    found[what][name].append(took)
    print(f"{'first bytes, ms (median of ' + str(rounds) + ')':34}" + "".join(f"{name:>10}" for name in trees.trees))
    for what, times in found.items():
        print(f"{what:34}" + "".join(f"{statistics.median(times[name]):10.0f}" for name in trees.trees), flush=True)


def line(name: str, outcome: Outcome) -> str:
    heavy, light = outcome.most
    return (
        f"{name:9} {len(outcome.served):5} served ({outcome.share:6.1%})  {outcome.refused:4} × 503  "
        f"{len(outcome.wrong):4} wrong   first bytes p50 {outcome.quantile(50):6.2f} s  "
        f"p90 {outcome.quantile(90):6.2f} s  p99 {outcome.quantile(99):6.2f} s   "
        f"encoders at most {heavy}, copies and sound {light}"
    )


async def storms(trees: Trees, rounds: int, seconds: float) -> None:
    found = {name: Outcome() for name in trees.trees}
    for turn in range(rounds):
        for name, whole in found.items():
            async with trees.started(name) as (server, paths):
                one = await storm(server, paths, viewers=VIEWERS, seconds=seconds, seed=turn)
            print(line(f"{name} {turn + 1}", one), flush=True)
            for wrong in one.wrong[:3]:
                print(f"          {wrong[:200]}")
            whole.served += one.served
            whole.refused += one.refused
            whole.wrong += one.wrong
            whole.samples += one.samples
    for name, outcome in found.items():
        print(line(name, outcome))
    if "before" in found:
        print(f"p90 of first bytes: {found['after'].quantile(90) / found['before'].quantile(90):.2f} × of before")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--noise", type=int, default=NOISE, help="in the films of the viewers: tests/storm.py")
    parser.add_argument("parts", nargs="*", choices=["alone", "storm"], default=["alone", "storm"])
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kyoo-playing-"))
    postgres = EmbeddedPostgres(folder / "postgres")
    await postgres.start()
    try:
        trees = Trees(given.before, folder, postgres, given.noise)
        if "alone" in given.parts:
            await alone(trees, given.rounds)
        if "storm" in given.parts:
            await storms(trees, given.rounds, given.seconds)
    finally:
        await postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
