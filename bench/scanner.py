"""The scanner on a library of empty files: first scan into the real api, and a rescan that finds nothing new.

Run: `python -m bench.scanner`. The floor is a plain walk of the same folders in the same run.
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import structlog
from starlette.responses import JSONResponse

from kyoo.api.app import create_app as create_api
from kyoo.api.settings import ApiSettings
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database, execute, fetch_value
from kyoo.core.database.queue import make_queue, migrate_queue
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.scanner.context import create_context
from kyoo.scanner.folders.walk import Walker
from kyoo.scanner.jobs import blueprint
from kyoo.scanner.queries import files
from kyoo.scanner.scanning.comparing import scan
from kyoo.scanner.scanning.file_reader import FileReader, store
from kyoo.scanner.settings import ScannerSettings
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.services import SCHEMAS

FIRST_SERIES, FIRST_FILMS, RESCAN_FILES = 20, 300, 40_000


def make_series(root: Path, count: int, prefix: str) -> None:
    for show in range(count):
        for season in range(1, 5):
            folder = root / f"{prefix} {show:04}" / f"Season {season}"
            folder.mkdir(parents=True)
            for episode in range(1, 26):
                (folder / f"{prefix} {show:04} S{season:02}E{episode:02} 1080p WEB-DL.mkv").touch()


def make_films(root: Path, count: int) -> None:
    for film in range(count):
        folder = root / f"Film number {film} ({1950 + film % 70})"
        folder.mkdir()
        (folder / f"{folder.name} [1080p].mkv").touch()


def plain_walk(root: Path) -> float:
    """Seconds for listing the folders and looking at each file."""
    start = time.perf_counter()
    for folder, _, names in os.walk(root):
        for name in names:
            os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118
    return time.perf_counter() - start


async def answer_probe(scope: Any, receive: Any, send: Any) -> None:
    """A transcoder that knows every file already."""
    await JSONResponse({"duration": 1500.0, "videos": [{}], "audios": []})(scope, receive, send)


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory(prefix="kyoo-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # noqa: ASYNC240 (nothing else runs)
        postgres = EmbeddedPostgres(folder / "postgres")
        await postgres.start()
        try:
            await measure(folder, postgres.conninfo())
        finally:
            await postgres.stop()


async def measure(folder: Path, conninfo: str) -> None:
    for service in SCHEMAS:
        await asyncio.to_thread(migrate, conninfo, service)
    await asyncio.to_thread(migrate_queue, conninfo)
    database, queue = Database(conninfo), make_queue(conninfo)
    services: dict[str, Callable[..., Any]] = {}

    async def front(scope: Any, receive: Any, send: Any) -> None:
        await services["/" + scope["path"].split("/")[1]](scope, receive, send)

    peer = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=front), base_url="http://bench.test")
    runtime = Runtime(database, queue, Authentication(None), peer, "http://bench.test")
    services["/api"], services["/video"] = create_api(ApiSettings(images=str(folder / "images")), runtime), answer_probe
    queue.add_tasks_from(blueprint, namespace="scanner")
    await database.open()
    async with queue.open_async(), peer:
        await first_scan(folder / "first", runtime)
        await rescan(folder / "rescan", runtime)
    await database.close()


async def count(database: Database, query: str) -> int:
    async with database.connection() as connection:
        return int(await fetch_value(connection, query) or 0)


async def first_scan(root: Path, runtime: Runtime) -> None:
    root.mkdir()  # noqa: ASYNC240 (nothing else runs)
    make_series(root, FIRST_SERIES, "A serie")
    make_films(root, FIRST_FILMS)
    context = create_context(ScannerSettings(library=[root], settle_time=0), runtime)
    total = FIRST_SERIES * 100 + FIRST_FILMS
    worker = asyncio.create_task(
        runtime.queue.run_worker_async(
            queues=["identify"],
            concurrency=2,
            additional_context={"scanner": context},
            install_signal_handlers=False,
            delete_jobs="successful",
        )
    )
    await asyncio.sleep(0.5)
    start = time.perf_counter()
    scanning = asyncio.create_task(scan(context))
    first_title = registered = identified = 0.0
    while not identified:
        await asyncio.sleep(0.05)
        now = time.perf_counter() - start
        if not first_title and await count(
            runtime.database, "select count(*) from api.shows where available_count > 0"
        ):
            first_title = now
        if not registered and scanning.done():
            await scanning
            registered = now
        if registered and not await count(
            runtime.database, "select count(*) from scanner.files where state <> 'identified'"
        ):
            identified = now
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    print(f"first scan of {total:,} files ({FIRST_SERIES} series, {FIRST_FILMS} films), api and worker in one process")
    print(f"  first titles after     {first_title:6.2f} s")
    print(f"  all files registered   {registered:6.2f} s   {total / registered:8,.0f} files/s")
    print(f"  all shows identified   {identified:6.2f} s   {total / identified:8,.0f} files/s")


async def rescan(root: Path, runtime: Runtime) -> None:
    root.mkdir()  # noqa: ASYNC240 (nothing else runs)
    make_series(root, RESCAN_FILES // 100, "Another serie")
    context = create_context(ScannerSettings(library=[root], settle_time=0), runtime)
    reader = FileReader([root])
    async with runtime.database.transaction() as connection:
        # What a finished first scan leaves behind.
        for chunk in Walker((root,)).walk(str(root)):
            if chunk.files:
                await store(connection, await reader.read(chunk.files))
        await execute(
            connection,
            "update scanner.files set state = 'identified', video_id = gen_random_uuid(), probed_at = now()"
            " where path like %s",
            [f"{root}/%"],
        )
    async with runtime.database.connection() as connection:
        await execute(connection, "analyze scanner.files")
        assert await files.count_below(connection, str(root)) == RESCAN_FILES
    floor = min(plain_walk(root) for _ in range(3))
    times = []
    for _ in range(3):
        start = time.perf_counter()
        await scan(context)
        times.append(time.perf_counter() - start)
    best = min(times)
    print(f"rescan of {RESCAN_FILES:,} unchanged files")
    print(f"  plain walk (floor)     {floor:6.2f} s   {RESCAN_FILES / floor:8,.0f} files/s")
    print(
        f"  rescan                 {best:6.2f} s   {RESCAN_FILES / best:8,.0f} files/s   {best / floor:.1f} × the floor"
    )


if __name__ == "__main__":
    asyncio.run(main())
