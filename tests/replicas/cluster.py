"""Starts replicas of each service behind a gateway, on one database and one folder, as they run on several machines."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from kyoo.serve.composition import SERVICE_PERMISSIONS
from kyoo.serve.http.draining import OF_A_SERVICE
from kyoo.serve.services import SERVICES
from tests.e2e.server import all_gone, descendants, environment, free_port
from tests.gateways.programs import HERE, Host, in_front_of
from tests.waiting import PATIENCE, until

KEY = "k" * 40
WORKER = "worker"
GATEWAY = "gateway"


@dataclass(eq=False)
class Replica:
    """One process; `port` is None for a worker."""

    name: str
    port: int | None
    command: list[str]
    variables: dict[str, str]
    log: Path
    host: Host = HERE
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*self.host.prefix, *self.command],
                env=environment(**self.variables),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    async def is_ready(self) -> bool:
        """A worker is soon."""
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        if self.port is None:
            return True
        with contextlib.suppress(httpx2.HTTPError):
            async with httpx2.AsyncClient(timeout=PATIENCE) as client:
                return (await client.get(f"{self.url}{SERVICES[self.name].prefix}/ready")).status_code == 200
        return False

    @property
    def url(self) -> str:
        return f"http://{self.host.address}:{self.port}"

    async def stop(self) -> int:
        """As whoever runs it does; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, PATIENCE)

    async def restart(self) -> None:
        assert await self.stop() == 0, self.log.read_text()[-4000:]
        self.start()
        await until(self.is_ready)

    async def kill(self) -> None:
        self.process.kill()
        await asyncio.to_thread(self.process.wait)


@dataclass(eq=False)
class Cluster:
    url: str
    library: Path
    replicas: dict[str, list[Replica]]

    @property
    def all(self) -> list[Replica]:
        return [replica for group in self.replicas.values() for replica in group]

    @property
    def client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self.url, timeout=PATIENCE)

    async def log_in(self, client: httpx2.AsyncClient, name: str = "ada") -> dict[str, str]:
        """Headers of a user, who is registered if need be; the first one is the administrator."""
        account = {"username": name, "email": f"{name}@example.org", "password": "correct horse"}
        answer = await client.post("/auth/users", json=account)
        if answer.status_code == 409:
            answer = await client.post("/auth/sessions", json={"login": name, "password": account["password"]})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}


def replica(
    name: str,
    number: int,
    url: str,
    conninfo: str,
    folder: Path,
    library: Path,
    given: Mapping[str, str],
    host: Host = HERE,
    gateway: Host = HERE,
) -> Replica:
    port = None if name == WORKER else free_port()
    data = folder / "data"
    variables = {
        "POSTGRES_URL": conninfo,
        # Each process has a few of the connections of the tests' Postgres.
        "KYOO_POSTGRES_CONNECTIONS": "8",
        # The default is for gateways that heed within a second what they are told; here all share one busy machine.
        "KYOO_DRAIN_NOTICE": str(3 * OF_A_SERVICE.notice),
        "KYOO_PUBLIC_URL": url,
        "KYOO_URL": url,
        "KYOO_APIKEY": KEY,
        "KEIBI_APIKEY_SERVICE": KEY,
        "KEIBI_APIKEY_SERVICE_CLAIMS": json.dumps({"permissions": SERVICE_PERMISSIONS}),
        "JWKS_URL": f"{url}/.well-known/jwks.json",
        "JWT_ISSUER": url,
        "KYOO_LIBRARY": str(library),
        "PROFILE_PICTURE_PATH": str(data / "profiles"),
        "IMAGES_PATH": str(data / "images"),
        "GOCODER_METADATA_ROOT": str(data / "metadata"),
        # Not shared: each machine has its own.
        "GOCODER_CACHE_ROOT": str(folder / f"cache-{name}-{number}"),
        "KYOO_DATA_DIR": str(data),
        "FORWARDED_ALLOW_IPS": gateway.address,
    }
    if name == WORKER:
        variables = {key: value for key, value in variables.items() if key in FOR_WORKERS}
        command = [WORKER, f"--public-url={url}"]
    else:
        heeded = FOR_SERVICES | OWN[name]
        variables = {key: value for key, value in variables.items() if key in heeded}
        command = [name, f"--host={host.address}", f"--port={port}"]
    # Those of stores are for the services that have them, those of S3 itself for all.
    variables |= {key: value for key, value in given.items() if key in variables or key.startswith("AWS_")}
    command = [sys.executable, "-m", "kyoo.cli", *command]
    return Replica(name, port, command, variables, folder / f"{name}-{number}.log", host)


FOR_WORKERS = {
    *("POSTGRES_URL", "KYOO_POSTGRES_CONNECTIONS", "KYOO_LIBRARY", "KYOO_DATA_DIR", "PROFILE_PICTURE_PATH"),
    *("IMAGES_PATH", "GOCODER_METADATA_ROOT", "GOCODER_CACHE_ROOT"),
}
FOR_SERVICES = {
    *("POSTGRES_URL", "KYOO_POSTGRES_CONNECTIONS", "KYOO_PUBLIC_URL", "KYOO_URL", "KYOO_APIKEY", "JWKS_URL"),
    *("JWT_ISSUER", "KYOO_DRAIN_NOTICE", "FORWARDED_ALLOW_IPS"),
}
OWN = {
    "auth": {"KEIBI_APIKEY_SERVICE", "KEIBI_APIKEY_SERVICE_CLAIMS", "PROFILE_PICTURE_PATH"},
    "api": {"IMAGES_PATH"},
    "scanner": {"KYOO_LIBRARY"},
    "transcoder": {"KYOO_LIBRARY", "GOCODER_METADATA_ROOT", "GOCODER_CACHE_ROOT"},
}


@asynccontextmanager
async def cluster(
    conninfo: str,
    folder: Path,
    gateway: str = "nginx",
    given: Mapping[str, str] = {},
    hosts: Mapping[str, Sequence[Host]] = {},
    **counts: int,
) -> AsyncIterator[Cluster]:
    """So many replicas of each service (`auth=2`) behind `gateway`, with the variables `given` instead of what all
    have, each on one of the `hosts` of its service (the gateway on its first), else here. All that they start is gone
    in the end."""
    library, pages = folder / "library", folder / "pages"
    for place in (library, pages, folder / "gateway"):
        place.mkdir()
    (pages / "index.html").write_text("<!doctype html><title>the pages</title>")
    # nginx reads the pages as another user than root.
    for parent in (folder, *folder.parents[:2]):
        with contextlib.suppress(PermissionError):
            parent.chmod(0o755)
    port = free_port()
    front = hosts.get(GATEWAY, [HERE])[0]
    url = f"http://{front.address}:{port}"
    replicas = {
        name: [
            replica(name, number, url, conninfo, folder, library, given, host, front)
            for number, host in zip(range(count), itertools.cycle(hosts.get(name, [HERE])), strict=False)
        ]
        for name, count in counts.items()
    }
    made = Cluster(url, library, replicas)
    addresses = {
        name: [f"{one.host.address}:{one.port}" for one in replicas.get(name, [])] or [f"127.0.0.1:{free_port()}"]
        for name in SERVICES
    }
    async with in_front_of(gateway, addresses, pages, folder / "gateway", port, front):
        try:
            for one in made.all:
                one.start()
            for one in made.all:
                await until(one.is_ready)
            yield made
        finally:
            running = [one for one in made.all if hasattr(one, "process")]
            pids = [pid for one in running for pid in descendants(one.process.pid)]
            for one in running:
                one.process.send_signal(signal.SIGCONT)
                one.process.terminate()
            for one in running:
                await asyncio.to_thread(one.process.wait, PATIENCE)
            assert all_gone(pids) == []
