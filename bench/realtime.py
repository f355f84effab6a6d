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
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psutil
import psycopg
from joserfc import jwt
from joserfc.jwk import OctKey
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from kyoo.core import events
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import migrate_queue
from kyoo.core.events import Fact
from kyoo.serve.postgres.embedded import EmbeddedPostgres

REPLICAS, SECONDS = 3, 10
RATE = int(os.environ.get("RATE", "100"))
SOCKETS = int(os.environ.get("SOCKETS", "1000"))
SECRET = "a secret of the benchmark, which is long enough"


@dataclass(eq=False)
class Screen(asyncio.Protocol):
    """One socket: what it was told, and when. While it listens it does nothing but note when bytes come: a thousand
    clients share the machine with what is measured, and read what they were told afterwards."""

    user: UUID
    url: str
    told: list[tuple[str, int, float]] = field(default_factory=list)
    after: str | None = None
    transport: asyncio.Transport | None = None
    came: list[tuple[float, bytes]] | None = None

    def data_received(self, data: bytes) -> None:
        if self.came is None:
            self._hear(time.perf_counter(), data)
        else:
            self.came.append((time.perf_counter(), data))
            if data[0] & 0x0F == Opcode.PING:
                # Has to be answered.
                self.read()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()
        if not self.answer.done():
            self.answer.set_exception(exc or ConnectionError("closed"))

    async def open(self) -> None:
        claims = {"sub": str(self.user), "sid": str(self.user), "username": "b", "permissions": ["core.read"]}
        token = jwt.encode({"alg": "HS256"}, {**claims, "exp": int(time.time()) + 3600}, OctKey.import_key(SECRET))
        uri = parse_uri(f"{self.url}/api/ws")
        loop = asyncio.get_running_loop()
        self.protocol, self.answer, self.gone = ClientProtocol(uri), loop.create_future(), asyncio.Event()
        self.transport, _ = await loop.create_connection(lambda: self, uri.host, uri.port)
        request = self.protocol.connect()
        request.headers["Authorization"] = f"Bearer {token}"
        self.protocol.send_request(request)
        self._write()
        async with asyncio.timeout(60):
            answer = await self.answer
        assert answer["status"] == 200, answer
        self.after = answer["after"]

    def listen(self) -> None:
        self.came = []

    def read(self) -> int:
        """How much this screen was told until now."""
        came, self.came = self.came or [], []
        for at, data in came:
            self._hear(at, data)
        return len(self.told)

    async def close(self) -> None:
        self.came = None
        if self.protocol.state is State.OPEN:
            self.protocol.send_close()
            self._write()
        await self.gone.wait()

    def _hear(self, at: float, data: bytes) -> None:
        self.protocol.receive_data(data)
        for event in self.protocol.events_received():
            if isinstance(event, Response):
                after = {} if self.after is None else {"after": self.after}
                topics = {"action": "subscribe", "topics": ["watch", "catalogue"], **after}
                self.protocol.send_text(json.dumps(topics).encode())
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._take(json.loads(bytes(event.data)), at)
        self._write()

    def _take(self, message: dict[str, Any], at: float) -> None:
        if message["action"] == "event":
            self.told.append((message["topic"], message["n"], at))
            self.after = message["id"]
        else:
            self.answer.set_result(message)

    def _write(self) -> None:
        assert self.transport is not None
        for data in self.protocol.data_to_send():
            if data:
                self.transport.write(data)
            else:
                self.transport.close()


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
        for screen in screens:
            screen.listen()
        until = time.perf_counter() + SECONDS
        bare, (begun, committed) = await asyncio.gather(go_round(conninfo, until), tell(database, users[0], until))
        own = sum(topic == "watch" for topic, _ in begun)
        common = len(begun) - own
        for _ in range(300):
            if all(one.read() >= common + own * (one.user == users[0]) for one in screens):
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
        await asyncio.gather(*(screen.close() for screen in screens))
        begun_at = time.perf_counter()
        await asyncio.gather(*(screen.open() for screen in screens))
        print(f"Storm: {len(screens)} at once are back after {time.perf_counter() - begun_at:.1f} s.")
        await asyncio.gather(*(screen.close() for screen in screens))
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
