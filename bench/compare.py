"""Two trees of this project beside each other, over HTTP: the same requests on the same large library, taking turns.

Run: `python -m bench.compare --before TREE --after TREE [--keep DIR] [PART …]`. Each tree runs as `kyoo serve` with a
data directory of its own, a copy of one that the first tree has made (`--keep` leaves it there for the next time).
Answers are compared, too: of the same request both trees must say the same. PART: only requests that contain it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row
from tests.integration.api.large import fill
from tests.integration.api.seeds import OTHER_USER, USER, episode_seed, movie_seed, serie_seed, video_seed
from tests.trees import python_of

from bench.api import CLAIMS, LIMITED, ROUTES
from kyoo.serve.postgres.embedded import DATABASE
from kyoo.serve.postgres.embedded import USER as OWNER

#: Calls of each tree for one line, and the seconds after which there are enough.
CALLS, PATIENCE = 50, 2.0
ENOUGH = 5
ADMIN = {"username": "ada", "email": "ada@example.org", "password": "four bats in a belfry"}
CHILD = {"username": "kim", "email": "kim@example.org", "password": "five bats in a belfry"}

READS = [
    *(route for route, _ in ROUTES),
    "/shows/random",
    "/movies/{movie}?with=studios,collection,videos",
    "/series/{serie}",
    "/series/{serie}/seasons",
    "/series/{serie}/staff",
    "/movies?limit=50",
    "/studios?limit=20",
    "/staff?limit=20",
    "/staff?limit=20&query=river",
]


class Server:
    """`kyoo serve` of a tree on a data directory, asked over one connection."""

    def __init__(self, tree: Path, data: Path) -> None:
        self.tree, self.data = tree.resolve(), data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.tokens: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)

    def start(self) -> None:
        foreign = ("PG", "POSTGRES", "KYOO_", "KEIBI_", "GOCODER_", "SCANNER_", "PUBLIC_URL")
        environ = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        command = [
            python_of(self.tree),
            "-c",
            "from kyoo.cli import main; main()",
            "serve",
        ]
        log = self.data.with_suffix(".log")
        empty = self.data.with_suffix(".videos")
        empty.mkdir(exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*command, f"--library={empty}", f"--data-dir={self.data}", "--host=127.0.0.1", f"--port={self.port}"],
                env={**environ, "PYTHONPATH": str(self.tree / "src")},
                stdout=output,
                stderr=output,
            )
        until = time.monotonic() + 300
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.call("GET", "/api/ready")[0] == 200:
                    return
            self._connection.close()
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.tree} does not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.2)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)

    def log_in(self, account: dict[str, str]) -> None:
        login = {"login": account["username"], "password": account["password"]}
        self.tokens[account["username"]] = json.loads(self.call("POST", "/auth/sessions", login)[1])["token"]

    def call(self, method: str, path: str, body: Any = None, account: str = "") -> tuple[int, bytes, float]:
        """Status, body and milliseconds of a request of the account."""
        headers = {"Accept-Language": "fr, en, *"}
        if account:
            headers["Authorization"] = f"Bearer {self.tokens[account]}"
        payload = None
        if body is not None:
            payload, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        start = time.perf_counter()
        self._connection.request(method, path.replace(" ", "%20"), payload, headers)
        answer = self._connection.getresponse()
        found = answer.read()
        return answer.status, found, (time.perf_counter() - start) * 1000

    def took(self, method: str, path: str, body: Any = None, account: str = ADMIN["username"]) -> float:
        """Milliseconds until the whole answer, which must be a success."""
        status, found, took = self.call(method, path, body, account)
        if status >= 400:
            raise RuntimeError(f"{self.tree}: {method} {path}: {status} {found[:500]!r}")
        return took

    def ask(self, method: str, path: str, body: Any = None, account: str = ADMIN["username"]) -> Any:
        """The JSON of the answer, which must be a success."""
        status, found, _ = self.call(method, path, body, account)
        if status >= 400:
            raise RuntimeError(f"{self.tree}: {method} {path}: {status} {found[:500]!r}")
        return json.loads(found)

    def database(self) -> psycopg.Connection[Any]:
        return psycopg.connect(_conninfo(self.data), autocommit=True, row_factory=dict_row)

    def until_quiet(self) -> None:
        """Wait until its processes have next to nothing to do: jobs that follow from a start are over."""
        assert self._process is not None
        quiet, until = 0, time.monotonic() + 240
        while quiet < 3 and time.monotonic() < until:
            before = _ticks(self._process.pid)
            time.sleep(1)
            quiet = quiet + 1 if _ticks(self._process.pid) - before < 0.1 * os.sysconf("SC_CLK_TCK") else 0


def _conninfo(data: Path) -> str:
    return make_conninfo(host=str(data / "postgres.run"), user=OWNER, dbname=DATABASE)


def _ticks(root: int) -> int:
    """Processor time of a process and all that came from it."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
            ticks[int(folder.name)] = int(fields[11]) + int(fields[12])

    def inside(pid: int) -> bool:
        while pid > 1 and pid != root:
            pid = parents.get(pid, 0)
        return pid == root

    return sum(spent for pid, spent in ticks.items() if inside(pid))


# ------------------------------------------------------------------------------------------------------------ the data


def make_library(tree: Path, data: Path) -> None:
    """A data directory with the large library, and two users: one of everything, and one with limits."""
    server = Server(tree, data)
    server.start()
    try:
        for account in (ADMIN, CHILD):
            server.tokens[account["username"]] = server.ask("POST", "/auth/users", account, "")["token"]
        user, child = (server.ask("GET", "/auth/users/me", None, a["username"])["id"] for a in (ADMIN, CHILD))
        claims = {"permissions": ["core.read", "core.play"], "verified": True, **CLAIMS}
        server.ask("PATCH", f"/auth/users/{child}", {"claims": claims})
        asyncio.run(_fill(_conninfo(data)))
        with server.database() as connection:
            for owner, identifier in ((USER, user), (OTHER_USER, child)):
                connection.execute("update api.profiles set id = %s where id = %s", [identifier, owner])
        server.until_quiet()
    finally:
        server.stop()


async def _fill(conninfo: str) -> None:
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True, row_factory=dict_row) as connection:
        await fill(connection)


NAMES = {
    "movie": "select slug from api.shows where kind = 'movie' and pk % 4 <> 3 and min_age <= 12 order by pk"
    " offset 99 limit 1",
    # One that the reader watches, limited or not.
    "serie": "select slug from api.shows join api.watchlist w on show_pk = pk where kind = 'serie' and"
    " next_entry_pk is not null and min_age <= 12 order by pk, profile_pk offset 20 limit 1",
    "video": "select slug from api.entries where kind = 'episode' and available_since is not null"
    ' and "order" = 10 order by pk offset 99 limit 1',
}


# ---------------------------------------------------------------------------------------------------------- the writes


def write_files(server: Server, place: int, count: int, links: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Files are registered, registered again, and forgotten."""
    seeds = []
    for n in range(count):
        path = f"/library/hall/Compared {place}/Season 1/Compared {place} s01e{n:04} 1080p WEB.mkv"
        guess = {
            "title": f"Compared {place}",
            "kind": "episode",
            "episodes": [{"season": 1, "episode": n}],
            "from": "names",
            "history": [],
        }
        seeds.append({**video_seed(path), "guess": guess, "for": links[n : n + 1]})
    what = f"{count} files {'with' if links else 'without'} links"
    yield f"POST /videos: {what}", server.took("POST", "/api/videos", seeds)
    yield f"POST /videos: {what}, known already", server.took("POST", "/api/videos", seeds)
    if links:
        yield f"PUT /videos: {what}, known already", server.took("PUT", "/api/videos", seeds)
    yield f"DELETE /videos: {what}", server.took("DELETE", "/api/videos", [seed["path"] for seed in seeds])


def write_serie(server: Server, place: int, count: int) -> Iterator[tuple[str, float]]:
    """A serie with a file for each entry: seeded, seeded again, watched and deleted."""
    slug = f"compared-serie-{place}"
    entries = [episode_seed(1, n, order=n) for n in range(1, count + 1)]
    seed = serie_seed(slug, entries=entries)
    yield f"POST /series: {count} entries", server.took("POST", "/api/series", seed)
    yield f"POST /series: {count} entries, known already", server.took("POST", "/api/series", seed)
    links = [{"serie": slug, "season": 1, "episode": n} for n in range(1, count + 1)]
    files = write_files(server, place, count, links)
    yield from (next(files) for _ in range(3))
    plays = [
        {"entry": f"{slug}-s1e{n}", "videoId": None, "percent": 100, "time": 0, "playedDate": None}
        for n in range(1, min(20, count) + 1)
    ]
    yield "POST /profiles/me/history: one play", server.took("POST", "/api/profiles/me/history", plays[:1])
    yield "POST /profiles/me/history: 20 plays", server.took("POST", "/api/profiles/me/history", plays)
    status = {"status": "completed", "score": 80}
    yield "POST /series/{serie}/watchstatus", server.took("POST", f"/api/series/{slug}/watchstatus", status)
    yield f"DELETE /series/{{serie}}: {count} entries with files", server.took("DELETE", f"/api/series/{slug}")
    yield from files


def write_empty_serie(server: Server, place: int) -> Iterator[tuple[str, float]]:
    """A serie of entries without files is deleted."""
    entries = [episode_seed(1 + n // 50, n, order=n) for n in range(1, 501)]
    server.ask("POST", "/api/series", serie_seed(f"compared-empty-{place}", entries=entries))
    yield "DELETE /series/{serie}: 500 entries", server.took("DELETE", f"/api/series/compared-empty-{place}")


def write_movie(server: Server, place: int) -> Iterator[tuple[str, float]]:
    """A movie is seeded and deleted."""
    seed = movie_seed(f"compared-movie-{place}")
    yield "POST /movies", server.took("POST", "/api/movies", seed)
    yield "DELETE /movies/{movie}", server.took("DELETE", f"/api/movies/{seed['slug']}")


WRITES: dict[str, Callable[[Server, int], Iterator[tuple[str, float]]]] = {
    "writes: a file": lambda server, place: write_files(server, place, 1, []),
    "writes: files": lambda server, place: write_files(server, place, 200, []),
    "writes: a short serie": lambda server, place: write_serie(server, place, 1),
    "writes: a serie": lambda server, place: write_serie(server, place, 100),
    "writes: a serie without files": write_empty_serie,
    "writes: a movie": write_movie,
}
#: How often each is done.
ROUNDS = 12


# ----------------------------------------------------------------------------------------------------------- comparing


@dataclass
class Times:
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)

    def line(self, what: str, note: str = "") -> str:
        before, after = statistics.median(self.before), statistics.median(self.after)
        return f"{what:<74} {before:>8.2f} {after:>8.2f} {before / after:>6.2f} × faster{note}"


def compare_reads(before: Server, after: Server, account: str, routes: list[str], names: dict[str, str]) -> None:
    for route in routes:
        path = "/api" + route.format(**names)
        times = Times()
        bodies = [_comparable(server, path, account) for server in (before, after)]
        note = "" if bodies[0] == bodies[1] or "random" in route else "  ANSWERS DIFFER"
        for _ in range(4):
            before.took("GET", path, None, account)
            after.took("GET", path, None, account)
        until = time.perf_counter() + PATIENCE
        while len(times.after) < CALLS and (len(times.after) < ENOUGH or time.perf_counter() < until):
            times.before.append(before.took("GET", path, None, account))
            times.after.append(after.took("GET", path, None, account))
        print(times.line(route, note), flush=True)


def _comparable(server: Server, path: str, account: str) -> Any:
    """The answer without what differs between the servers, and between two runs of one where there is no order. Where
    the next page begins is told by the score of a search, which follows from statistics that each server gathers."""
    found = json.loads(
        server.call("GET", path, None, account)[1].replace(str(server.port).encode(), b"PORT") or b"null"
    )
    unordered = ("paths", "unmatched")
    if "query=" in path and isinstance(found, dict) and "next" in found:
        found["next"] = found["next"] is not None
    return {key: sorted(value) if key in unordered else value for key, value in (found or {}).items()}


def compare_writes(before: Server, after: Server, names: list[str]) -> None:
    for name in names:
        times: dict[str, Times] = {}
        for place in range(ROUNDS):
            # The first round is not counted: it prepares the statements.
            both = zip(WRITES[name](before, place), WRITES[name](after, place), strict=True)
            for (what, took), (_, other) in both:
                if place:
                    times.setdefault(what, Times()).before.append(took)
                    times[what].after.append(other)
        for what, taken in times.items():
            print(taken.line(what), flush=True)


def run(before: Server, after: Server, parts: list[str]) -> None:
    for server in (before, after):
        for account in (ADMIN, CHILD):
            server.log_in(account)
        server.until_quiet()
    with before.database() as connection:
        names = {key: connection.execute(query).fetchone()["slug"] for key, query in NAMES.items()}  # type: ignore[index]

    def wanted(routes: list[str]) -> list[str]:
        return [route for route in routes if not parts or any(part in route for part in parts)]

    print(f"milliseconds over HTTP, median; one client\n\n{'GET /api…':<74} {'before':>8} {'after':>8}")
    compare_reads(before, after, ADMIN["username"], wanted(READS), names)
    print("\nlimited to a library and an age: GET /api…", flush=True)
    compare_reads(before, after, CHILD["username"], wanted(LIMITED), names)
    print("\nwrites", flush=True)
    compare_writes(before, after, wanted(list(WRITES)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True, metavar="TREE")
    parser.add_argument("--after", type=Path, required=True, metavar="TREE")
    parser.add_argument("--keep", type=Path, metavar="DIR")
    parser.add_argument("part", nargs="*")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kyoo-compare-") as name:
        folder = Path(name)
        # Postgres runs as another user when this is root.
        folder.chmod(0o755)
        library = (given.keep or folder).absolute() / "library"
        if not library.exists():
            making = library.with_name("making")
            shutil.rmtree(making, ignore_errors=True)
            making.parent.mkdir(parents=True, exist_ok=True)
            make_library(given.before, making)
            making.rename(library)
        servers = []
        for key in ("before", "after"):
            # As a copy of cp is, the owners of the files are kept.
            subprocess.run(["cp", "-a", str(library), str(folder / key)], check=True)
            servers.append(Server(getattr(given, key), folder / key))
        try:
            for server in servers:
                server.start()
            run(servers[0], servers[1], given.part)
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    main()
