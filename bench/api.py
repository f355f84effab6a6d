"""The reads that clients send, on a large library: 5,000 shows, 100,000 entries and files, 20,000 plays of the caller.

Run: `python -m bench.api`. The floor of each route is its own SQL, replayed on a bare connection in the same run.
`--keep DIR` leaves the database there and uses it again the next time.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import structlog
from psycopg.rows import dict_row
from tests.integration.api.large import fill
from tests.integration.api.seeds import SECRET, bearer

from kyoo.api.app import create_app
from kyoo.api.settings import ApiSettings
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database, fetch_value
from kyoo.core.database.queue import make_queue
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.tokens import SharedSecret, Verifier
from kyoo.serve.postgres.embedded import EmbeddedPostgres

SEQUENTIAL, CLIENTS, EACH = 100, 16, 10
#: Sequential calls stop after this many seconds.
PATIENCE = 6.0

#: What is asked, and the milliseconds that Kyoo takes on a machine of its own; None where nobody measured it.
ROUTES: list[tuple[str, float | None]] = [
    ("/shows?limit=20&sort=random", 87),
    ("/shows?limit=20&filter=genres has action", 49),
    ("/shows?limit=20&query=river", 386),
    ("/series?limit=20&query=river", None),
    ("/shows?limit=20&sort=name", None),
    ("/shows?limit=20&sort=-rating:themoviedatabase", None),
    ("/shows?limit=20&sort=watchStatus", None),
    ("/movies/{movie}", 35),
    ("/series/{serie}?with=firstEntry,nextEntry,studios,collection", 135),
    ("/series/{serie}/entries?limit=20", 352),
    ("/news?limit=10", 516),
    ("/news?limit=10&query=silver", None),
    ("/news?limit=10&query=of the", None),
    ("/news?limit=10&query=s", None),
    ("/news?limit=10&query=silvr", None),
    ("/profiles/me/nextup?limit=10", 111),
    ("/profiles/me/history?limit=50", 523),
    ("/profiles/me/history?limit=50&query=silver", None),
    ("/profiles/me/watchlist?limit=50", 48),
    ("/videos/{video}?with=show,next,previous", 148),
    ("/videos?limit=50", 354),
    ("/videos?limit=50&query=silver river", None),
    ("/videos?limit=50&query=s", None),
    ("/videos?limit=50&query=silvr rivr", None),
    ("/videos?limit=50&query=libary", None),
    ("/series/{serie}/videos?limit=50", 298),
    ("/videos/guesses", 1450),
    ("/videos/unmatched", 53),
]

#: What is asked once more by a reader who is limited to a library and an age, and sees some three in five of the shows.
LIMITED = [
    "/shows?limit=20&sort=random",
    "/shows?limit=20&query=river",
    "/shows?limit=20&sort=name",
    "/movies/{movie}",
    "/series/{serie}/entries?limit=20",
    "/news?limit=10",
    "/news?limit=10&query=silver",
    "/profiles/me/nextup?limit=10",
    "/profiles/me/history?limit=50",
    "/videos?limit=50",
    "/videos?limit=50&query=silver",
    "/videos?limit=50&query=silvr rivr",
    "/videos?limit=50&query=libary",
    "/series/{serie}/videos?limit=50",
]
CLAIMS = {"libraries": ["hall"], "maxAge": 12}


@dataclass
class Recorder:
    """Remembers the statements that pass through psycopg while it is on."""

    statements: list[tuple[Any, Any, Any]] = field(default_factory=list)
    on: bool = False

    def install(self) -> None:
        for kind in (psycopg.AsyncCursor, psycopg.AsyncServerCursor):
            self._listen(kind)

    def _listen(self, kind: Any) -> None:
        original = kind.execute
        recorder = self

        async def execute(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
            if recorder.on:
                recorder.statements.append((type(cursor), query, params))
            return await original(cursor, query, params, **options)

        def stream(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
            if recorder.on:
                recorder.statements.append((psycopg.AsyncCursor, query, params))
            return streamed(cursor, query, params, **options)

        streamed = kind.stream
        kind.execute, kind.stream = execute, stream


class Caller:
    """Calls an ASGI application with nothing in between."""

    def __init__(self, app: Any, **claims: Any) -> None:
        self.app = app
        self.headers = [(key.lower().encode(), value.encode()) for key, value in bearer(**claims).items()]
        self.headers += [(b"accept-language", b"fr, en, *"), (b"host", b"bench.test")]

    async def get(self, url: str) -> int:
        """The bytes of the answer, which must be a success."""
        request = httpx2.Request("GET", f"http://bench.test/api{url}")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": request.url.path,
            "raw_path": request.url.raw_path,
            "query_string": request.url.query,
            "root_path": "",
            "headers": self.headers,
            "client": ("127.0.0.1", 1),
            "server": ("bench.test", 80),
            "state": {},
        }
        status, size, asked = 0, 0, False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if asked:
                # Whoever streams waits for the client to hang up, which it does not.
                await asyncio.Event().wait()
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))

        await self.app(scope, receive, send)
        if status != 200:
            raise RuntimeError(f"{url}: {status}")
        return size


async def times(call: Callable[[], Awaitable[Any]], count: int) -> list[float]:
    """Milliseconds of up to `count` calls one after the other."""
    found: list[float] = []
    until = time.perf_counter() + PATIENCE
    while len(found) < count and (len(found) < 3 or time.perf_counter() < until):
        start = time.perf_counter()
        await call()
        found.append((time.perf_counter() - start) * 1000)
    return found


def p99(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, round(len(values) * 0.99))]


async def measure(url: str, caller: Caller, recorder: Recorder, bare: psycopg.AsyncConnection[Any]) -> list[float]:
    """Floor, median, p99, and with 16 clients median and p99; milliseconds."""
    recorder.statements, recorder.on = [], True
    await caller.get(url)
    recorder.on = False

    async def replay() -> None:
        for kind, query, params in statements:
            cursor = await kind(bare).execute(query, params)
            if cursor.description:
                await cursor.fetchall()

    # A pool asks the connection that it hands out whether it lives, with an empty query.
    statements = [called for called in recorder.statements if called[1] and not str(called[1]).startswith("set ")]
    await times(lambda: caller.get(url), 7)
    await times(replay, 7)
    floor = statistics.median(await times(replay, SEQUENTIAL))
    alone = await times(lambda: caller.get(url), SEQUENTIAL)
    each = EACH if statistics.median(alone) < 100 else 1
    together = await asyncio.gather(*(times(lambda: caller.get(url), each) for _ in range(CLIENTS)))
    crowd = [value for values in together for value in values]
    return [floor, statistics.median(alone), p99(alone), statistics.median(crowd), p99(crowd)]


async def run(conninfo: str, folder: Path) -> None:
    for schema in ("events", "api"):
        await asyncio.to_thread(migrate, conninfo, schema)
    recorder = Recorder()
    recorder.install()
    database = Database(conninfo)
    await database.open()
    async with database.connection() as connection:
        if not await fetch_value(connection, "select count(*) from api.shows"):
            await fill(connection)
        names = {
            "movie": "select slug from api.shows where kind = 'movie' and pk % 4 <> 3 and min_age <= 12"
            " offset 99 limit 1",
            # One that the caller watches, limited or not.
            "serie": "select slug from api.shows join api.watchlist w on show_pk = pk where kind = 'serie' and"
            " next_entry_pk is not null and min_age <= 12 order by pk offset 20 limit 1",
            "video": "select slug from api.entries where kind = 'episode' and available_since is not null"
            ' and "order" = 10 offset 99 limit 1',
        }
        for key, query in names.items():
            names[key] = await fetch_value(connection, query)
    peer = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(404)))
    runtime = Runtime(
        database,
        make_queue(conninfo),
        Authentication(Verifier(SharedSecret(SECRET))),
        peer,
        "http://bench.test",
    )
    app = create_app(ApiSettings(images=str(folder / "images")), runtime)
    caller, limited = Caller(app), Caller(app, **CLAIMS)
    bare = await psycopg.AsyncConnection.connect(conninfo, autocommit=True, row_factory=dict_row)
    print("milliseconds in process, HTTP parsing left out; Kyoo: on a machine of its own; floor: the SQL alone")
    print(
        f"\n{'GET /api…':<62} {'floor':>7} {'median':>7} {'p99':>7} {'16: med':>8} {'16: p99':>8} {'Kyoo':>6}  ratios"
    )
    for route, kyoo in ROUTES:
        url = route.format(**names)
        floor, median, worst, crowd, crowd_worst = await measure(url, caller, recorder, bare)
        against = f"{kyoo / median:5.1f} × faster" if kyoo else ""
        print(
            f"{route:<62} {floor:>7.1f} {median:>7.1f} {worst:>7.1f} {crowd:>8.1f} {crowd_worst:>8.1f} {kyoo or '':>6}"
            f"  {median / floor:4.2f} × floor {against}",
            flush=True,
        )
    print(f"\n{'limited to a library and an age: GET /api…':<62} {'all':>7} {'limited':>7}")
    for route in LIMITED:
        url = route.format(**names)
        both = []
        for reader in (caller, limited):
            await times(partial(reader.get, url), 7)
            both.append(statistics.median(await times(partial(reader.get, url), SEQUENTIAL)))
        print(f"{route:<62} {both[0]:>7.1f} {both[1]:>7.1f}  {both[1] / both[0]:4.2f} × unlimited", flush=True)
    await bare.close()
    await peer.aclose()
    await database.close()


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=Path)
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory(prefix="kyoo-bench-") as name:
        folder = keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder / "postgres")
        await postgres.start()
        try:
            await run(postgres.conninfo(), folder)
        finally:
            await postgres.stop()


if __name__ == "__main__":
    asyncio.run(main())
