"""Requests a second, the time of an answer and memory with one, two and three processes of the api behind nginx, beside
one `kyoo serve`, on one database. All of it shares the cores of this machine, with Postgres, nginx and the load."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from tests.integration.api.large import SMALL
from tests.replicas.cluster import Cluster, cluster

from bench._load import Load, Outcome
from bench.http import HERE, ROUTES, Server, prepare, serving

SECONDS, CLIENTS = 2.0, 16
COUNTS = (1, 2, 3)
ASKED = ("film", "list of shows", "search", "watch list")


def memory(*pids: int) -> float:
    """Megabytes that only these processes hold (proc_pid_smaps(5), Pss: what is shared counts in parts)."""
    kilobytes = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1000


def load(port: int, path: str, token: str, seconds: float) -> Outcome:
    request = f"GET {path} HTTP/1.1\r\nHost: bench.test\r\nAuthorization: Bearer {token}\r\n"
    request += "Accept: */*\r\nAccept-Language: fr, en, *\r\nUser-Agent: bench\r\n\r\n"
    told = json.dumps(asdict(Load(port, request, CLIENTS, seconds)))
    command = [sys.executable, "-m", "bench._load"]
    done = subprocess.run(command, input=told, stdout=subprocess.PIPE, text=True, check=True, cwd=HERE)
    outcome = Outcome(**json.loads(done.stdout))
    if outcome.fault:
        raise RuntimeError(f"{path}: {outcome.fault}")
    return outcome


def port_of(running: Cluster) -> int:
    port = urlsplit(running.url).port
    assert port is not None
    return port


async def compare(conninfo: str, folder: Path) -> None:
    found: dict[str, dict[str, Outcome]] = {}
    held: dict[str, float] = {}

    def ask(name: str, port: int, token: str, movie: str) -> None:
        for route in ASKED:
            path = ROUTES[route].format(movie=movie, video="")
            load(port, path, token, 0.5)
            found.setdefault(route, {})[name] = load(port, path, token, SECONDS)

    library = folder / "films"
    library.mkdir()
    with serving("single", HERE, conninfo, folder, library) as single:
        token, movie = await prepare(conninfo, folder, single, SMALL)
        ask("kyoo serve", single.port, token, movie)
        held["kyoo serve, without worker and Postgres"] = memory(single.process.pid)
    for count in COUNTS:
        name = f"{count} api"
        place = folder / name.replace(" ", "-")
        place.mkdir()
        async with AsyncExitStack() as stack:
            running = await stack.enter_async_context(cluster(conninfo, place, auth=1, api=count))
            api = running.replicas["api"]
            there = Server(name, HERE, port_of(running), api[0].process)
            # Another issuer than that of the single server, so another token.
            token, movie = await prepare(conninfo, folder, there, SMALL)
            ask(name, there.port, token, movie)
            held[f"each of {count} api"] = memory(*(one.process.pid for one in api)) / count
            held[f"auth beside {count} api"] = memory(*(one.process.pid for one in running.replicas["auth"]))
    print(f"\nrequests a second, p95 ms; {CLIENTS} clients")
    for route, by in found.items():
        line = f"{route:<15}"
        for name, outcome in by.items():
            p95 = sorted(outcome.waits)[int(len(outcome.waits) * 0.95)]
            line += f"   {name}: {outcome.requests / outcome.seconds:6,.0f}/s {p95:6.1f}"
        print(line)
    print("\nmemory, MB")
    for name, megabytes in held.items():
        print(f"{name:<45} {megabytes:6.0f}")
