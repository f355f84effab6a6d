"""`python -m bench.realtime`: from a fact to the screens, over three replicas of the api, against a bare NOTIFY that
goes round in the same seconds; a storm of reconnections; memory of a socket. `SOCKETS` says how many there are, `RATE`
how many facts a second there are for one user."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import psutil
import psycopg
from joserfc import jwt
from joserfc.jwk import OctKey
from websockets.asyncio.client import ClientConnection, connect

from kyoo.core import events
from kyoo.core.events import Fact
from kyoo.core.migrations import migrate
from kyoo.core.postgres import Database
from kyoo.core.queue import migrate_queue
from kyoo.serve.embedded import EmbeddedPostgres

REPLICAS, SECONDS = 3, 10
RATE = int(os.environ.get("RATE", "100"))
SOCKETS = int(os.environ.get("SOCKETS", "1000"))
SECRET = "a secret of the benchmark, which is long enough"


@dataclass(eq=False)
class Screen:
    """One socket: what it was told, and when."""

    user: UUID
    url: str
    connection: ClientConnection | None = None
    told: list[tuple[str, int, float]] = field(default_factory=list)
    after: str | None = None

    async def open(self) -> None:
        claims = {"sub": str(self.user), "sid": str(self.user), "username": "b", "permissions": ["core.read"]}
        token = jwt.encode({"alg": "HS256"}, {**claims, "exp": int(time.time()) + 3600}, OctKey.import_key(SECRET))
        headers = {"Authorization": f"Bearer {token}"}
        self.connection = await connect(
            f"{self.url}/api/ws", additional_headers=headers, open_timeout=60, compression=None, ping_interval=None
        )
        after = {} if self.after is None else {"after": self.after}
        await self.connection.send(json.dumps({"action": "subscribe", "topics": ["watch", "catalogue"], **after}))
        answer = json.loads(await self.connection.recv())
        assert answer["status"] == 200, answer
        self.after = answer["after"]

    async def listen(self) -> None:
        assert self.connection is not None
        async for text in self.connection:
            event = json.loads(text)
            self.told.append((event["topic"], event["n"], time.perf_counter()))
            self.after = event["id"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(conninfo: str, folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    port = free_port()
    variables = {"POSTGRES_URL": conninfo, "JWT_SECRET": SECRET, "IMAGES_PATH": str(folder / "images")}
    bounds = {"KYOO_CONNECTIONS_PER_ADDRESS": "5000", "KYOO_SOCKETS_PER_USER": "1000"}
    command = [sys.executable, "-m", "kyoo.cli", "api", "--host=127.0.0.1", f"--port={port}"]
    with (folder / f"{port}.log").open("wb") as log:
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables, **bounds}
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    return process, f"127.0.0.1:{port}"


async def until_ready(url: str) -> None:
    async with httpx2.AsyncClient() as client:
        while True:
            with contextlib.suppress(httpx2.HTTPError):
                if (await client.get(f"http://{url}/api/ready")).status_code == 200:
                    return
            await asyncio.sleep(0.1)


async def go_round(conninfo: str, until: float) -> list[float]:
    """What a bare NOTIFY takes from one connection to another, again and again."""
    took = []
    async with (
        await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as ear,
        await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as mouth,
    ):
        await ear.execute("listen bare")
        while time.perf_counter() < until:
            begun = time.perf_counter()
            await mouth.execute("notify bare")
            await anext(ear.notifies(timeout=10, stop_after=1), None)
            took.append(time.perf_counter() - begun)
            await asyncio.sleep(0.05)
    return took


Moments = dict[tuple[str, int], float]


async def tell(database: Database, user: UUID, until: float) -> tuple[Moments, Moments]:
    """`RATE` facts a second for the screens of one user, one a second for all; when each was begun and committed."""
    begun: Moments = {}
    committed: Moments = {}

    async def one(topic: str, n: int, owner: UUID | None) -> None:
        begun[topic, n] = time.perf_counter()
        async with database.transaction() as connection:
            body = {"n": n} if owner else {"n": n, "items": []}
            await events.record(connection, Fact(topic, "progress" if owner else "added", body, owner=owner))
        committed[topic, n] = time.perf_counter()

    n = 0
    async with asyncio.TaskGroup() as group:
        start = time.perf_counter()
        while (now := time.perf_counter()) < until:
            while n < (now - start) * RATE:
                group.create_task(one("watch", n, user))
                if n % RATE == 0:
                    group.create_task(one("catalogue", n, None))
                n += 1
            await asyncio.sleep(0.002)
    return begun, committed


def shown(name: str, seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"| {name} | {1000 * statistics.median(ordered):.1f} | {1000 * p95:.1f} |"


async def measure(conninfo: str, folder: Path) -> None:
    database = Database(conninfo, max_size=8, patience=120)
    await database.open()
    replicas = [start(conninfo, folder) for _ in range(REPLICAS)]
    try:
        await asyncio.gather(*(until_ready(url) for _, url in replicas))
        empty = sum(psutil.Process(process.pid).memory_info().rss for process, _ in replicas)
        users = [uuid4() for _ in range(SOCKETS // REPLICAS)]
        screens = [Screen(user, f"ws://{url}") for user in users for _, url in replicas]
        for start_at in range(0, len(screens), 50):
            await asyncio.gather(*(screen.open() for screen in screens[start_at : start_at + 50]))
        full = sum(psutil.Process(process.pid).memory_info().rss for process, _ in replicas)
        listening = [asyncio.create_task(screen.listen()) for screen in screens]
        until = time.perf_counter() + SECONDS
        bare, (begun, committed) = await asyncio.gather(go_round(conninfo, until), tell(database, users[0], until))
        own = sum(topic == "watch" for topic, _ in begun)
        common = len(begun) - own
        for _ in range(300):
            if all(len(one.told) >= common + own * (one.user == users[0]) for one in screens):
                break
            await asyncio.sleep(0.1)
        took: dict[str, list[float]] = defaultdict(list)
        lost = out_of_order = 0
        for screen in screens:
            wanted = common + (own if screen.user == users[0] else 0)
            lost += wanted - len(screen.told)
            for topic, n, at in screen.told:
                took[topic].append(at - begun[topic, n])
                took[f"{topic} after commit"].append(max(0.0, at - committed[topic, n]))
        first = [[n for topic, n, _ in screen.told if topic == "watch"] for screen in screens[:REPLICAS]]
        out_of_order = sum(one != first[0] for one in first)
        print(f"{len(screens)} sockets over {REPLICAS} replicas; {RATE} facts a second for three, one for all.\n")
        print("| from the fact to | p50 ms | p95 ms |\n| --- | --- | --- |")
        print(shown("another connection, by a bare NOTIFY", bare))
        print(shown("the three screens of one user, one at each replica", took["watch"]))
        print(shown("the same, from the commit on", took["watch after commit"]))
        print(shown("all screens, from the commit on", took["catalogue after commit"]))
        ratio = statistics.median(took["watch after commit"]) / statistics.median(bare)
        print(f"\n{ratio:.1f} times a bare NOTIFY. Lost: {lost}; told in another order: {out_of_order}.")
        print(f"Memory: {(full - empty) / len(screens) / 1024:.0f} kB for each socket that follows two topics.")
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        await asyncio.gather(*(screen.connection.close() for screen in screens if screen.connection))
        begun_at = time.perf_counter()
        await asyncio.gather(*(screen.open() for screen in screens))
        print(f"Storm: {len(screens)} at once are back after {time.perf_counter() - begun_at:.1f} s.")
        await asyncio.gather(*(screen.connection.close() for screen in screens if screen.connection))
    finally:
        for process, _ in replicas:
            process.terminate()
        for process, _ in replicas:
            process.wait(30)
        await database.close()


async def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="kyoo-bench-"))
    server = EmbeddedPostgres(folder / "postgres")
    await server.start()
    try:
        for schema in ("events", "auth", "api"):
            await asyncio.to_thread(migrate, server.conninfo(), schema)
        await asyncio.to_thread(migrate_queue, server.conninfo())
        await measure(server.conninfo(), folder)
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
