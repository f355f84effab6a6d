"""Requests a second, and what one costs, over HTTP through the gateway of a running `kyoo serve`, with 1, 4 and 16
clients. `/api/health`, which asks nobody anything, is the floor.

Run: `python -m bench.http`. With `--tree FOLDER` (another state of this repository) its server runs beside ours on the
same database, and they are asked in turn; with `--workers N`, one with N processes beside one with one. `--keep DIR`
leaves the database there and uses it again the next time. CPU is of the serving processes alone, and of Postgres; the
load comes from a process of its own (`bench/_load.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from PIL import Image
from psycopg.rows import dict_row
from tests import media
from tests.e2e.server import descendants, environment, free_port
from tests.integration.api.large import FULL, SMALL, Scale, fill
from tests.integration.api.seeds import USER
from tests.trees import python_of

from bench._load import Load, Outcome
from kyoo.core.files import encode_path
from kyoo.serve.postgres.embedded import EmbeddedPostgres

HERE = Path(__file__).parent.parent
CLIENTS = (1, 4, 16)
ROUNDS, SECONDS = 3, 1.5
PICTURE = "0123456789abcdef" * 4
ACCOUNT = {"username": "bench", "email": "bench@example.org", "password": "a quiet minute, please"}

ROUTES = {
    "health (floor)": "/api/health",
    "film": "/api/movies/{movie}",
    "list of shows": "/api/shows?limit=20&sort=name",
    "search": "/api/shows?limit=20&query=river",
    "watch list": "/api/profiles/me/watchlist?limit=20",
    "picture": f"/api/images/{PICTURE}?quality=low",
    "playlist": "/video/{video}/master.m3u8?clientId=bench",
}


@dataclass
class Server:
    """A running `kyoo serve` of the tree at `tree`."""

    name: str
    tree: Path
    port: int
    process: subprocess.Popen[bytes]


@dataclass
class Cost:
    """Requests a second; milliseconds of a request: of the server's CPU, of Postgres' CPU, and the worst in 100."""

    rate: float
    cpu: float
    postgres: float
    p99: float


def cpu_seconds(*pids: int) -> float:
    """What the threads of these processes have used (Linux, proc_pid_schedstat(5)), to the nanosecond."""
    used = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                used += int(thread.read_text().split()[0])
    return used / 1e9


def told_to(pid: int) -> bytes:
    """The command line of a process."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextlib.contextmanager
def serving(name: str, tree: Path, conninfo: str, folder: Path, library: Path, workers: int = 1) -> Iterator[Server]:
    port = free_port()
    data = folder / f"data-{name}"
    # One issuer, so that a token of one is a token of the other.
    command = [python_of(tree), "-m", "kyoo.cli", "serve", f"--library={library}", f"--data-dir={data}"]
    command += ["--host=127.0.0.1", f"--port={port}", "--public-url=http://bench.test"]
    command += [f"--workers={workers}"] if workers > 1 else []
    variables = {"POSTGRES_URL": conninfo, "IMAGES_PATH": str(folder / "images"), "PYTHONPATH": str(tree / "src")}
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment(**variables), cwd=tree, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"http://127.0.0.1:{port}/api/ready").status_code == 200:
                    break
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((folder / f"{name}.log").read_text())
            time.sleep(0.1)
        yield Server(name, tree, port, process)
    finally:
        process.terminate()
        process.wait(30)


async def prepare(conninfo: str, folder: Path, server: Server, scale: Scale) -> tuple[str, str]:
    """Fill an empty database; the token of a user whose watch list is the large one, and the slug of a film."""
    origin = f"http://127.0.0.1:{server.port}"
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True, row_factory=dict_row) as connection:
        cursor = await connection.execute("select count(*) as shows from api.shows")
        row = await cursor.fetchone()
        assert row is not None
        if row["shows"] < scale.shows:
            # The number of each row counts there.
            await connection.execute("truncate api.shows, api.videos, api.profiles restart identity cascade")
            await connection.execute("truncate api.entries restart identity cascade")
            await fill(connection, scale)
            httpx2.post(f"{origin}/auth/users", json=ACCOUNT, timeout=30).raise_for_status()
            await connection.execute(
                "insert into auth.users select (jsonb_populate_record(u, jsonb_build_object('id', %s::text,"
                " 'username', 'bench2', 'email', 'bench2@example.org'))).* from auth.users u",
                [USER],
            )
        login = {"login": "bench2", "password": ACCOUNT["password"]}
        answer = httpx2.post(f"{origin}/auth/sessions", json=login, timeout=30).raise_for_status()
        cursor = await connection.execute("select slug from api.shows where kind = 'movie' order by pk offset 99")
        row = await cursor.fetchone()
        assert row is not None
    (folder / "images").mkdir(exist_ok=True)
    picture = BytesIO()
    Image.effect_noise((320, 480), 60).convert("RGB").save(picture, "webp", quality=80)
    (folder / "images" / f"{PICTURE}.low.webp").write_bytes(picture.getvalue())
    return answer.json()["token"], row["slug"]


def ask(server: Server, path: str, token: str, clients: int, postgres: int) -> Cost:
    request = f"GET {path} HTTP/1.1\r\nHost: bench.test\r\nAuthorization: Bearer {token}\r\n"
    request += "Accept: */*\r\nAccept-Language: fr, en, *\r\nAccept-Encoding: gzip\r\nUser-Agent: bench\r\n\r\n"

    def load(seconds: float) -> Outcome:
        told = json.dumps(asdict(Load(server.port, request, clients, seconds)))
        command = [sys.executable, "-m", "bench._load"]
        done = subprocess.run(command, input=told, stdout=subprocess.PIPE, text=True, check=True, cwd=HERE)
        outcome = Outcome(**json.loads(done.stdout))
        if outcome.fault:
            raise RuntimeError(f"{server.name} {path}: {outcome.fault}")
        return outcome

    load(0.3)
    serving = [server.process.pid, *(pid for pid in descendants(server.process.pid) if b"server_main" in told_to(pid))]
    backends = [postgres, *descendants(postgres)]
    before = cpu_seconds(*serving), cpu_seconds(*backends)
    found = load(SECONDS)
    after = cpu_seconds(*serving), cpu_seconds(*backends)
    own, others = ((end - begin) * 1000 / found.requests for begin, end in zip(before, after, strict=True))
    return Cost(found.requests / found.seconds, own, others, sorted(found.waits)[int(len(found.waits) * 0.99)])


def middle(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(values) for values in zip(*(asdict(cost).values() for cost in costs), strict=True)))


def compare(servers: list[Server], paths: dict[str, str], token: str, postgres: int) -> None:
    print("requests a second | CPU ms a request: server, + Postgres | p99 ms; medians of", ROUNDS, "rounds")
    for name, path in paths.items():
        for clients in CLIENTS:
            costs: dict[str, list[Cost]] = {server.name: [] for server in servers}
            for _ in range(ROUNDS):
                for server in servers:
                    costs[server.name].append(ask(server, path, token, clients, postgres))
            found = {name: middle(of_one) for name, of_one in costs.items()}
            line = f"{name:<15} {clients:>2} clients"
            for tree, cost in found.items():
                line += f"   {tree:<6} {cost.rate:>7,.0f}/s  {cost.cpu:5.2f} + {cost.postgres:5.2f}  {cost.p99:6.1f}"
            if len(found) == 2:
                before, now = found.values()
                line += f"   {now.rate / before.rate:5.2f} × the requests, {before.cpu / now.cpu:5.2f} × less CPU"
            print(line, flush=True)


async def run(folder: Path, options: Any) -> None:
    library = folder / "library"
    film = library / "Sintel (2010).mkv"
    library.mkdir(exist_ok=True)
    postgres = EmbeddedPostgres(folder / "postgres")
    await postgres.start()
    postmaster = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    try:
        with contextlib.ExitStack() as stack:
            trees = [("before", options.tree), ("now", HERE)] if options.tree else [("now", HERE)]
            # The older first: ours migrates the database further.
            servers = [
                stack.enter_context(serving(name, tree, postgres.conninfo(), folder, library)) for name, tree in trees
            ]
            if options.workers > 1:
                several = f"{options.workers} of it"
                servers.append(
                    stack.enter_context(serving(several, HERE, postgres.conninfo(), folder, library, options.workers))
                )
            token, movie = await prepare(postgres.conninfo(), folder, servers[-1], FULL if options.full else SMALL)
            if not film.exists():
                # Not before: the rows of a library that is scanned have the numbers of those that fill it.
                media.placed(media.movie(), film)
            paths = {name: path.format(movie=movie, video=encode_path(film)) for name, path in ROUTES.items()}
            only = options.only.split(",") if options.only else list(paths)
            for server in servers:
                url = f"http://127.0.0.1:{server.port}{paths['playlist']}"
                httpx2.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=60).raise_for_status()
            compare(servers, {name: paths[name] for name in only}, token, postmaster)
    finally:
        await postgres.stop()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--tree", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", help="names of routes, with commas")
    parser.add_argument("--full", action="store_true", help="the library of bench.api")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kyoo-bench-") as name:
        folder = (options.keep or Path(name)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        await run(folder, options)


if __name__ == "__main__":
    asyncio.run(main())
