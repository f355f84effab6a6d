"""Starts the whole server as a user does, and looks at its processes from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from playwright.sync_api import BrowserContext

from tests.waiting import PATIENCE

FOREIGN = ("PG", "POSTGRES", "KYOO_", "KEIBI_", "GOCODER_", "SCANNER_", "PUBLIC_URL")


class Server:
    """`kyoo serve` on a free port of this machine, known to browsers as `name`. The log is kept in `log`."""

    def __init__(self, library: Path, data_dir: Path, *, port: int | None = None, name: str = "127.0.0.1") -> None:
        self.library = library
        self.data_dir = data_dir
        self.port = port or free_port()
        self.url = f"http://{name}:{self.port}"
        self.log = data_dir.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None
        self._token: str | None = None
        #: The first user, who is the administrator.
        self.account = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
        #: Set in its environment.
        self.variables: dict[str, str] = {}
        #: How many videos the library holds, when a fixture made it, and how often it was started.
        self.videos = self.started = 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def command(self) -> list[str]:
        return command(self.library, self.data_dir, self.port, f"--public-url={self.url}")

    def start(self) -> None:
        begun = time.monotonic()
        self.started += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdout=log,
                stderr=log,
                env=environment(**self.variables),
            )
        while True:
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.url}/api/ready", timeout=60).status_code == 200:
                    return
            if self._process.poll() is not None or time.monotonic() - begun > 300:
                raise AssertionError(f"The server does not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit status; the test fails if it takes long."""
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(PATIENCE)

    def client(self) -> httpx2.Client:
        """A client of the first user, who is the administrator."""
        if self._token is None:
            answer = httpx2.post(f"{self.url}/auth/users", json=self.account, timeout=PATIENCE)
            if answer.status_code == 409:
                login = {"login": self.account["username"], "password": self.account["password"]}
                answer = httpx2.post(f"{self.url}/auth/sessions", json=login, timeout=PATIENCE)
            assert answer.status_code == 201, answer.text
            self._token = answer.json()["token"]
        headers = {"Authorization": f"Bearer {self._token}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=60, follow_redirects=True)

    @property
    def token(self) -> str:
        self.client().close()
        assert self._token is not None
        return self._token

    def log_in(self, context: BrowserContext, token: str | None = None) -> None:
        """A browser as the first user (or whose token it is), as the pages do it but without the form."""
        cookie: Any = {"name": f"kyoo-{self.port}", "value": token or self.token, "url": self.url, "httpOnly": True}
        storage = [{"name": "session", "value": "some id"}]
        context.set_storage_state({"origins": [{"origin": self.url, "localStorage": storage}]})  # type: ignore[arg-type]
        context.add_cookies([cookie | {"sameSite": "Strict"}])

    def items(self, path: str) -> list[dict[str, Any]]:
        """All items of a list, following its pages."""
        found: list[dict[str, Any]] = []
        with self.client() as client:
            url: str | None = path
            while url:
                answer = client.get(url)
                assert answer.status_code == 200, answer.text
                page = answer.json()
                found += page["items"]
                url = page["next"]
        return found

    def until_scanned(self, videos: int, within: float = 300) -> None:
        """Wait until `videos` files are registered and none is left to identify."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            with self.client() as client:
                progress = client.get("/scanner/progress").json()
            known = self.items("/api/videos?limit=250")
            if len(known) == videos and progress["identified"] + progress["failed"] >= videos:
                return
            time.sleep(0.25)
        raise AssertionError(f"{len(known)} of {videos} videos, {progress}\n{self.log.read_text()[-4000:]}")

    def descendants(self) -> list[int]:
        return descendants(self.pid)


def command(library: Path | str, data_dir: Path, port: int, *more: str) -> list[str]:
    options = [f"--library={library}", f"--data-dir={data_dir}", "--host=127.0.0.1", f"--port={port}"]
    # Of an option given twice, the last counts.
    return [sys.executable, "-m", "kyoo.cli", "serve", *options, f"--public-url=http://127.0.0.1:{port}", *more]


def environment(**more: str) -> dict[str, str]:
    """This environment without what would point the server elsewhere; nothing is fetched from the internet."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    quick = {"KYOO_ANIME_LISTS_INTERVAL": "0", "KYOO_PROVIDERS": "none", "KYOO_DRAIN_NOTICE": "0"}
    return own | quick | more


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """All processes below `pid`, whatever session they are in."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            child = int(folder.name)
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            parents.setdefault(parent, []).append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def command_of(pid: int) -> bytes:
    """The command line of a process, parts ended by NUL; empty when it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def alive(pids: list[int]) -> list[int]:
    """Those of `pids` that still run (zombies do not)."""
    running = []
    for pid in pids:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                running.append(pid)
    return running


def all_gone(pids: list[int], within: float = PATIENCE) -> list[int]:
    """Wait for `pids` to end; those that did not are returned."""
    deadline = time.monotonic() + within
    while (left := alive(pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


Started = TypeVar("Started", bound=Server)


@contextlib.contextmanager
def running(server: Started) -> Iterator[Started]:
    try:
        server.start()
        yield server
    finally:
        pids = server.descendants()
        with contextlib.suppress(ProcessLookupError):
            server.stop()
        assert all_gone(pids) == []
