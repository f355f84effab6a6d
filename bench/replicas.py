"""What it costs that any transcoder answers: the first bytes of a segment from one by itself, from one among several,
and from one that hands the request over; a finished segment that is handed over, against reading it where it lies and
against sending the player elsewhere. Both transcoders share this process, so that what is handed over costs it twice.
Then, in processes of their own, one to three of the api behind nginx (`bench/_apis.py`)."""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import structlog
from tests import media
from tests.fakes.serving import served as serving
from tests.waiting import until

from bench import _apis
from bench.transcoder import film, forget, served
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import make_queue
from kyoo.core.files import encode_path
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.transcoder.app import create_app
from kyoo.transcoder.context import TranscoderContext
from kyoo.transcoder.settings import TranscoderSettings

ROUNDS = 5
TRACK = "0/480p"


@asynccontextmanager
async def transcoder(
    database: Database, folder: Path, name: str, *, among_others: bool
) -> AsyncIterator[tuple[httpx2.AsyncClient, TranscoderContext]]:
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = TranscoderSettings(
        library=[folder / "library"],
        cache_root=folder / name,
        metadata_root=str(folder / "metadata"),
        preset="veryfast",
    )
    async with httpx2.AsyncClient() as peer:
        queue = make_queue(database.conninfo)
        runtime = Runtime(database, queue, Authentication(None), peer, address, address if among_others else None)
        app = create_app(settings, runtime)
        async with (
            serving(app, listener),
            httpx2.AsyncClient(base_url=address, timeout=60, trust_env=False) as http,
        ):
            yield http, app.state.context


async def first_bytes(asked: httpx2.AsyncClient, contexts: list[TranscoderContext], url: str) -> float:
    """Milliseconds, with no encoder yet."""
    for context in contexts:
        await forget(context)
    return await served(asked, url, whole=False) * 1000


async def again(asked: httpx2.AsyncClient, url: str) -> float:
    """Milliseconds for all of a segment that is finished."""
    begun = time.perf_counter()
    answer = await asked.get(url, headers={"X-CLIENT-ID": "bench"})
    assert answer.status_code == 200
    return (time.perf_counter() - begun) * 1000


async def elsewhere(asked: httpx2.AsyncClient, url: str) -> float:
    """The same after an answer that says where it is."""
    begun = time.perf_counter()
    await asked.get("/video/health")
    await again(asked, url)
    return (time.perf_counter() - begun) * 1000


def say(what: str, times: list[float], floor: list[float]) -> None:
    found, least = statistics.median(times), statistics.median(floor)
    print(f"{what:52} {found:8.1f} ms   {found / least:5.2f} ×")


async def measure(conninfo: str, folder: Path) -> None:
    database = Database(conninfo)
    await database.open()
    path = media.placed(film(), folder / "library" / "film.mkv")
    url = f"/video/{encode_path(path)}/{TRACK}/segment-{{}}.mp4"
    async with (
        transcoder(database, folder, "single", among_others=False) as (single, its),
        transcoder(database, folder, "first", among_others=True) as (first, one),
    ):
        await single.get(f"/video/{encode_path(path)}/info")
        alone: list[float] = []
        leased: list[float] = []
        for number in range(ROUNDS):
            alone.append(await first_bytes(single, [its, one], url.format(number)))
            one.replicas._ours.clear()  # noqa: SLF001
            leased.append(await first_bytes(first, [its, one], url.format(number)))
        say("first bytes: a single transcoder", alone, alone)
        say("first bytes: one that takes a lease beside", leased, alone)
        async with transcoder(database, folder, "second", among_others=True) as (second, other):
            await until(lambda: one.replicas.peers and other.replicas.peers)
            handed = [await first_bytes(second, [its, one, other], url.format(number)) for number in range(ROUNDS)]
            say("first bytes: handed over", handed, alone)
            for context in (one, other):
                await forget(context)
            whole = [await served(first, url.format(number * 3), whole=True) * 1000 for number in range(5)]
            say("a store is read when the segment is finished: after", whole, alone)
            await again(first, url.format(0))
            rounds = range(40)
            here = [await again(first, url.format(0)) for _ in rounds]
            say("a finished segment: where it lies (also in a store)", here, here)
            say("a finished segment: handed over", [await again(second, url.format(0)) for _ in rounds], here)
            say("a finished segment: sent elsewhere", [await elsewhere(first, url.format(0)) for _ in rounds], here)
    await database.close()


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    folder = Path(tempfile.mkdtemp(prefix="kyoo-bench-"))
    server = EmbeddedPostgres(folder / "postgres")
    try:
        asyncio.run(server.start())
        for schema in ("events", "transcoder"):
            migrate(server.conninfo(), schema)
        asyncio.run(measure(server.conninfo(), folder))
        asyncio.run(_apis.compare(server.conninfo(), folder))
    finally:
        asyncio.run(server.stop())
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
