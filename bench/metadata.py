"""Describing a library by doubles of the services without a key: titles a second, requests a title, memory.

Run: `python -m bench.metadata`. The floor is the same scan with nobody to ask. The pace of the services is left out: it
is theirs (some 0.5 to 8 requests a second), and would be all that is measured.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import structlog
from tests.fakes.gate import OpenGate
from tests.fakes.metadata.anilist import anilist
from tests.fakes.metadata.faults import Faulty
from tests.fakes.metadata.tvmaze import tvmaze
from tests.fakes.metadata.wikimedia import wikimedia
from tests.fakes.metadata.world import Title
from tests.integration.scanner.conftest import SECRET, token
from tests.providers.subjects import anilist_over, tvmaze_over, wikidata_over

from bench.scanner import answer_probe, count
from kyoo.api.app import create_app as create_api
from kyoo.api.settings import ApiSettings
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import make_queue, migrate_queue
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier
from kyoo.scanner.context import create_context
from kyoo.scanner.gate import SharedCache
from kyoo.scanner.jobs import blueprint
from kyoo.scanner.providers.base import Provider
from kyoo.scanner.providers.client import Line, outside_client
from kyoo.scanner.scanning.comparing import scan
from kyoo.scanner.settings import ScannerSettings
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.services import SCHEMAS

FILMS, SERIES, EPISODES = 160, 16, 12


def world() -> tuple[Title, ...]:
    films = [
        Title(n, "movie", {"en": f"Film number {n}", "fr": f"Film numéro {n}"}, 1950 + n % 70,
              plots={"en": "Something happens.", "fr": "Il se passe quelque chose."}, runtime=25,
              cast=(("Bo Reed", "One"), ("Cy Vane", "Two")))
        for n in range(FILMS)
    ]  # fmt: skip
    series = [
        Title(1000 + n, "serie", {"en": f"A serie {n}"}, 1990 + n, plots={"en": "It goes on."}, runtime=25,
              seasons=(EPISODES, EPISODES))
        for n in range(SERIES)
    ]  # fmt: skip
    return (*films, *series)


def make_library(root: Path, titles: tuple[Title, ...]) -> int:
    root.mkdir()
    files = 0
    for title in titles:
        folder = root / f"{title.name} ({title.year})"
        folder.mkdir()
        names = [f"{folder.name}.mkv"] if title.kind == "movie" else [
            f"{title.name} S{season:02}E{episode:02}.mkv"
            for season, episodes in enumerate(title.seasons, 1)
            for episode in range(1, episodes + 1)
        ]  # fmt: skip
        for name in names:
            (folder / name).touch()
        files += len(names)
    return files


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    titles = world()
    print(f"{FILMS} films and {SERIES} series of {2 * EPISODES} episodes\n")
    print("| who is asked | files/s to the end | titles described | requests a title | peak memory of the process |")
    print("| --- | --- | --- | --- | --- |")
    for asked in (False, True):
        with tempfile.TemporaryDirectory(prefix="kyoo-bench-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # noqa: ASYNC240 (nothing else runs)
            postgres = EmbeddedPostgres(folder / "postgres")
            await postgres.start()
            try:
                await measure(folder, postgres.conninfo(), titles, asked=asked)
            finally:
                await postgres.stop()


async def measure(folder: Path, conninfo: str, titles: tuple[Title, ...], *, asked: bool) -> None:
    for service in SCHEMAS:
        await asyncio.to_thread(migrate, conninfo, service)
    await asyncio.to_thread(migrate_queue, conninfo)
    database, queue = Database(conninfo), make_queue(conninfo)
    services: dict[str, Callable[..., Any]] = {}

    async def front(scope: Any, receive: Any, send: Any) -> None:
        await services["/" + scope["path"].split("/")[1]](scope, receive, send)

    bearer = {"authorization": f"Bearer {token('core.read', 'core.write', 'core.play')}"}
    peer = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=front), base_url="http://bench.test", headers=bearer)
    runtime = Runtime(database, queue, Authentication(Verifier(SharedSecret(SECRET))), peer, "http://bench.test")
    services["/api"], services["/video"] = create_api(ApiSettings(images=str(folder / "images")), runtime), answer_probe
    # A blueprint keeps the namespace it was added under.
    queue.add_tasks_from(copy.deepcopy(blueprint), namespace="scanner")
    root = folder / "library"
    files = make_library(root, titles)
    doubles = [Faulty(tvmaze(titles)), Faulty(wikimedia(titles)), Faulty(anilist(titles))]
    lines = [Line(outside_client(httpx2.ASGITransport(app=app)), OpenGate(), SharedCache(database)) for app in doubles]
    makers: tuple[Callable[[Line], Provider], ...] = (tvmaze_over, wikidata_over, anilist_over)
    providers = [make(line) for make, line in zip(makers, lines, strict=True)] if asked else []
    await database.open()
    async with queue.open_async(), peer:
        context = create_context(ScannerSettings(library=[root], settle_time=0), runtime, providers)
        worker = asyncio.create_task(
            queue.run_worker_async(
                queues=["identify", "describe"],
                concurrency=6,
                additional_context={"scanner": context},
                install_signal_handlers=False,
                delete_jobs="successful",
            )
        )
        await asyncio.sleep(0.5)
        start = time.perf_counter()
        await scan(context)
        while await count(database, PENDING):  # noqa: ASYNC110 (the queue has no event for it)
            await asyncio.sleep(0.1)
        took = time.perf_counter() - start
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
    described = await count(database, "select count(distinct show_id) from scanner.records")
    requests = sum(len(double.log) for double in doubles)
    for line in lines:
        await line.http.aclose()
    await database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    who = "TVmaze, Wikidata, AniList (doubles)" if asked else "nobody"
    print(
        f"| {who} | {files / took:.0f} | {described} of {len(titles)} | {requests / len(titles):.1f} | {peak:.0f} MB |",
        flush=True,
    )


PENDING = """
select count(*) from queue.procrastinate_jobs
where status in ('todo', 'doing') and task_name in ('scanner:identify', 'scanner:describe')
"""


if __name__ == "__main__":
    asyncio.run(main())
