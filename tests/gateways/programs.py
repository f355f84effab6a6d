"""Starts a gateway on a free port: nginx and Caddy with the files of deploy/, whose addresses are replaced; or ours."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from fastapi import FastAPI

from kyoo.serve.http.gateway import Gateway
from kyoo.serve.http.web import web_client
from kyoo.serve.services import SERVICES
from tests.fakes.serving import served
from tests.gateways.install import PACKAGES, find

DEPLOY = Path(__file__).parents[2] / "deploy"
NAMES = ["nginx", "caddy", "builtin"]


@dataclass(frozen=True)
class Host:
    """Where a program runs: the address that it listens on, and what is written in front of its command."""

    address: str = "127.0.0.1"
    prefix: tuple[str, ...] = ()


HERE = Host()


@dataclass(frozen=True)
class Behind:
    """The applications behind a gateway, and the folder of the pages. `folder` is for the gateway's own files."""

    auth: FastAPI
    echo: FastAPI
    pages: Path
    folder: Path


@asynccontextmanager
async def gateway(name: str, behind: Behind, port: int) -> AsyncIterator[Path | None]:
    """Run a gateway on `port`; gives its access log, if it has one."""
    if name == "builtin":
        async with _builtin(behind, port):
            yield None
        return
    async with served(behind.auth) as auth, served(behind.echo) as echo:
        addresses = {service: [urlsplit(echo).netloc] for service in SERVICES} | {"auth": [urlsplit(auth).netloc]}
        async with in_front_of(name, addresses, behind.pages, behind.folder, port) as log:
            yield log


@asynccontextmanager
async def in_front_of(
    name: str, addresses: dict[str, list[str]], pages: Path, folder: Path, port: int, host: Host = HERE
) -> AsyncIterator[Path | None]:
    """Run nginx or Caddy on `port` of `host` in front of the replicas of each service; gives its access log, if it has
    one."""
    start = _nginx if name == "nginx" else _caddy
    command, environment, log = start(addresses, pages, folder, f"{host.address}:{port}")
    messages = folder / "messages"
    with messages.open("wb") as output:
        process = subprocess.Popen(
            [*host.prefix, *command],
            env={"PATH": os.environ["PATH"], **environment},
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
    try:
        await _answers(process, f"{host.address}:{port}", messages)
        yield log
    finally:
        process.terminate()
        process.wait(10)


def program(name: str) -> str:
    path = find(name)
    assert path is not None, f"{name} is not there; install it with: apt-get install {PACKAGES[name]}"
    return path


def documented(language: str, app: str) -> str:
    """What docs/operating/auth.md says to add for another application, which is at `app`."""
    page = (DEPLOY.parent / "docs/operating/auth.md").read_text()
    (block,) = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    assert "app:8080" in block
    return str(block).replace("app:8080", app)


Started = tuple[list[str], dict[str, str], Path | None]


def _nginx(addresses: dict[str, list[str]], pages: Path, folder: Path, address: str) -> Started:
    site = (DEPLOY / "nginx/kyoo.conf").read_text()
    servers = {
        f"server {service}:{SERVICES[service].port} max_fails=0;": " ".join(
            f"server {replica} max_fails=0;" for replica in replicas
        )
        for service, replicas in addresses.items()
    }
    for given, ours in {
        **servers,
        "listen 80;": f"listen {address};\n{documented('nginx', addresses['api'][0])}",
        "/usr/share/kyoo/web": str(pages),
        "/var/log/nginx": str(folder),
    }.items():
        assert given in site, f"deploy/nginx/kyoo.conf lacks {given}"
        site = site.replace(given, ours)
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; {user} pid {folder}/pid; worker_processes 1; error_log stderr crit;\n"
        f"events {{}}\nhttp {{\n{temporary}\n{site}\n}}\n"
    )
    return [program("nginx"), "-e", "stderr", "-c", str(configuration)], {}, folder / "kyoo.log"


def _caddy(addresses: dict[str, list[str]], pages: Path, folder: Path, address: str) -> Started:
    environment = {
        "HOME": str(folder),
        "KYOO_SITE": f"http://{address}",
        "KYOO_AUTH": " ".join(addresses["auth"]),
        "KYOO_API": " ".join(addresses["api"]),
        "KYOO_VIDEO": " ".join(addresses["transcoder"]),
        "KYOO_SCANNER": " ".join(addresses["scanner"]),
        "KYOO_WEB": str(pages),
    }
    configuration = folder / "Caddyfile"
    # No port for its administration, which is the same for every Caddy of a machine.
    site = (DEPLOY / "caddy/Caddyfile").read_text()
    first = "\thandle @api_open {"
    assert first in site
    site = site.replace(first, f"{documented('caddyfile', addresses['api'][0])}\n{first}")
    configuration.write_text("{\n\tadmin off\n}\n" + site)
    return [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(configuration)], environment, None


@asynccontextmanager
async def _builtin(behind: Behind, port: int) -> AsyncIterator[None]:
    import socket

    ours = Gateway()
    ours.mount(dict.fromkeys(SERVICES, behind.echo) | {"auth": behind.auth}, web=web_client(behind.pages))
    # Nobody is in front of it: what clients say of themselves does not count.
    async with served(ours, socket.create_server(("127.0.0.1", port)), trusted=[]):
        yield


async def _answers(process: subprocess.Popen[bytes], address: str, messages: Path) -> None:
    # Longer than Caddy looks for a service that has not started yet.
    async with httpx2.AsyncClient(timeout=30) as client:
        for _ in range(1000):
            assert process.poll() is None, messages.read_text()[-2000:]
            with contextlib.suppress(httpx2.TransportError):
                await client.get(f"http://{address}/auth/health")
                return
            await asyncio.sleep(0.05)
    raise AssertionError(f"the gateway does not answer: {messages.read_text()[-2000:]}")
