"""A server that scans a large library and describes it by doubles of TVmaze and Wikidata, in a process of their own:
first titles, files and titles a second, requests a title, memory of all processes, and what people wait for meanwhile.

Run: `python -m bench.library [FILES] [SECONDS]`; SECONDS is when it stops, done or not. The files hold nothing that can
be decoded, so every one is also probed in vain; every folder has a poster. The pace of the services is left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import psycopg
from PIL import Image
from tests.e2e.server import Server, free_port
from tests.fakes.metadata import running as metadata
from tests.fakes.metadata.world import Title

from kyoo.serve.postgres.embedded import EmbeddedPostgres

FILES, SECONDS = 5000, 300.0
SEASONS = (20, 20, 20)
#: What people look at meanwhile.
LOOKS = (
    "/api/shows?limit=30&sort=-createdAt",
    "/api/series?limit=30&sort=name",
    "/api/news?limit=20",
    "/scanner/progress",
)
IDLE_SECONDS = 8.0

COUNTS = """
select (select count(*) from api.shows where available_count > 0),
    (select count(*) from scanner.files where state not in ('found')),
    (select count(*) from scanner.files where state = 'identified'),
    (select count(*) from scanner.matches),
    (select count(*) from scanner.shows),
    (select coalesce(sum(requests), 0) from scanner.services)
"""


def world(files: int) -> tuple[Title, ...]:
    """Three files in four are of series of 60 episodes, the others are films."""
    series = files * 3 // 4 // sum(SEASONS)
    return (
        *(
            Title(number, "serie", {"en": f"Serie of {number:06}"}, 1960 + number % 60, seasons=SEASONS,
                  plots={"en": "It goes on."}, cast=(("Bo Reed", "One"), ("Cy Vane", "Two")))
            for number in range(1, series + 1)
        ),
        *(
            Title(10_000 + number, "movie", {"en": f"Film of {number:06}", "fr": f"Film des {number:06}"},
                  1950 + number % 70, plots={"en": "Something happens."}, cast=(("Bo Reed", "One"),))
            for number in range(files - series * sum(SEASONS))
        ),
    )  # fmt: skip


def make_library(root: Path, titles: tuple[Title, ...]) -> int:
    picture = io.BytesIO()
    Image.effect_noise((300, 450), 40).convert("RGB").save(picture, "JPEG")
    count = 0
    for title in titles:
        folder = root / f"{title.name} ({title.year})"
        folder.mkdir(parents=True)
        (folder / "poster.jpg").write_bytes(picture.getvalue())
        names = [
            f"{title.name} S{season:02}E{episode:02} 1080p WEB-DL.mkv"
            for season, episodes in enumerate(title.seasons, 1)
            for episode in range(1, episodes + 1)
        ] or [f"{folder.name}.mkv"]
        for name in names:
            (folder / name).write_text(name)
        count += len(names)
    return count


class Looks(threading.Thread):
    """A person who looks at pages, twenty a second."""

    def __init__(self, client: httpx2.Client) -> None:
        super().__init__(daemon=True)
        self._client = client
        self._ended = threading.Event()
        self.waits: list[float] = []
        self.failed = 0

    def run(self) -> None:
        while not self._ended.wait(0.05):
            begun = time.perf_counter()
            with contextlib.suppress(httpx2.HTTPError):
                answer = self._client.get(LOOKS[len(self.waits) % len(LOOKS)])
                self.failed += answer.status_code != 200
                self.waits.append(time.perf_counter() - begun)

    def end(self) -> tuple[float, float]:
        """Milliseconds that half of the answers, and 95 in a hundred, take at most."""
        self._ended.set()
        self.join()
        found = statistics.quantiles(self.waits, n=100, method="inclusive")
        return found[49] * 1000, found[94] * 1000


def spent(pid: int) -> float:
    """Seconds of a processor that a process and all below it have taken."""
    total = 0.0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:2])
    return total


#: What runs on the machine → what its command line holds.
PARTS = {"web process": "kyoo.cli serve", "worker": "kyoo.serve.processes.worker_main", "Postgres": "postgres"}


def waited(pid: int) -> dict[str, tuple[float, float]]:
    """Of each part of a server: the seconds it ran, and those for which it was ready and had no core."""
    found = dict.fromkeys(PARTS, (0.0, 0.0))
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.Error, OSError):
            command = " ".join(process.cmdline())
            part = next((name for name, word in PARTS.items() if word in command), None)
            if part is None:
                continue
            for thread in Path(f"/proc/{process.pid}/task").iterdir():
                ran, ready, _ = map(int, (thread / "schedstat").read_text().split())
                found[part] = found[part][0] + ran / 1e9, found[part][1] + ready / 1e9
    return found


def settle(pid: int, within: float = 180.0) -> None:
    """Wait until a server has nothing to do."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        before = spent(pid)
        time.sleep(3)
        if spent(pid) - before < 0.15:
            return


def memory(pid: int) -> float:
    """Bytes of a process and all below it; what they share counts once."""
    total = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.Error, OSError):
            total += process.memory_full_info().pss
    return total


@contextlib.contextmanager
def doubles(files: int) -> Iterator[dict[str, str]]:
    ports = free_port(), free_port()
    command = [sys.executable, "-m", "bench.library", "--doubles", str(files), *map(str, ports)]
    process = subprocess.Popen(command)
    try:
        for port in ports:
            while True:
                with contextlib.suppress(httpx2.HTTPError):
                    httpx2.get(f"http://127.0.0.1:{port}/", trust_env=False)
                    break
                time.sleep(0.1)
        yield metadata.variables(*(f"http://127.0.0.1:{port}" for port in ports))
    finally:
        process.terminate()
        process.wait()


def measure(folder: Path, files: int, seconds: float) -> None:
    (folder / "videos").mkdir()
    titles = world(files)
    with doubles(files) as variables:
        server = Server(folder / "videos", folder / "data")
        server.variables = variables
        server.start()
        try:
            with server.client() as client:
                time.sleep(IDLE_SECONDS)
                first_memory = memory(server.pid)
                library = folder / "aside"
                made = make_library(library, titles)
                look = Looks(client)
                look.start()
                begun = time.perf_counter()
                for path in library.iterdir():
                    path.rename(server.library / path.name)
                client.put("/scanner/scan")
                before_scan = waited(server.pid)
                report(follow(server, made, len(titles), begun, seconds), made, len(titles))
                took, after_scan = time.perf_counter() - begun, waited(server.pid)
                busy = look.end()
                failed, asked = look.failed, len(look.waits)
                # Of the same library, once nothing happens any more.
                settle(server.pid)
                look = Looks(client)
                look.start()
                time.sleep(IDLE_SECONDS)
                idle = look.end()
            print(f"memory of all processes, idle          {first_memory / 2**20:8,.0f} MB")
            for name, before, during in zip(
                ("half of the answers within", "95 of 100 within"), idle, busy, strict=True
            ):
                print(f"{name:27} idle {before:8.1f} ms   scanning {during:8.1f} ms   {during / before:5.1f} ×")
            for part, (ran, ready) in after_scan.items():
                shares = [100 * (now - then) / took for now, then in zip((ran, ready), before_scan[part], strict=True)]
                print(f"{part:27} ran {shares[0]:4.0f} % of the scan, and had no core for {shares[1]:4.0f} %")
            if failed:
                print(f"{failed} of {asked} answers were none")
        finally:
            server.stop()


def follow(server: Server, made: int, titles: int, begun: float, seconds: float) -> dict[str, Any]:
    """Look on until all is done, or the time is over."""
    found: dict[str, Any] = {"memory": 0.0, "counts": (0,) * 6}
    with psycopg.connect(EmbeddedPostgres(server.data_dir / "postgres").conninfo(), autocommit=True) as connection:
        while (now := time.perf_counter() - begun) < seconds and "described" not in found:
            row = connection.execute(COUNTS.encode()).fetchone()
            assert row is not None
            shows, registered, identified, described, *_ = found["counts"] = row
            steps = {"first": shows > 0, "registered": registered >= made, "identified": identified >= made}
            for step, is_done in (steps | {"described": described >= titles}).items():
                if is_done:
                    found.setdefault(step, now)
            found["memory"] = max(found["memory"], memory(server.pid))
            time.sleep(0.5)
        found["took"] = now
    return found


def report(found: dict[str, Any], files: int, titles: int) -> None:
    _, registered, identified, described, _, requests = found["counts"]
    print(
        f"{files:,} files of {titles:,} titles"
        + ("" if "described" in found else f", ended after {found['took']:.0f} s")
    )
    print(f"first titles after                     {found.get('first', float('nan')):8.1f} s")
    for name, count in (("registered", registered), ("identified", identified)):
        took = found.get(name, found["took"])
        print(f"{count:7,} files {name} after       {took:8.1f} s   {count / took:8,.0f} files/s")
    took = found.get("described", found["took"])
    print(f"{described:7,} titles looked for after       {took:8.1f} s   {described / took:8,.0f} titles/s")
    print(f"requests a title                       {requests / max(described, 1):8.1f}")
    print(f"memory of all processes, at most       {found['memory'] / 2**20:8,.0f} MB")


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--doubles"]:
        with metadata.serving(world(int(arguments[1])), (int(arguments[2]), int(arguments[3]))):
            asyncio.run(asyncio.Event().wait())
    files = int(arguments[0]) if arguments else FILES
    seconds = float(arguments[1]) if len(arguments) > 1 else SECONDS
    with tempfile.TemporaryDirectory(prefix="kyoo-bench-") as name:
        os.chmod(name, 0o755)  # noqa: PTH101
        measure(Path(name), files, seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
