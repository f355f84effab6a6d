"""Starting, stopping, being killed, and being started wrongly (issue: one clear line each, nothing changed)."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests import media
from tests.e2e.server import Server, all_gone, command, command_of, descendants, environment, free_port
from tests.e2e.site import SECRETS, Site
from tests.waiting import PATIENCE


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "videos"
    folder.mkdir()
    shutil.copy(media.movie(), folder / "A Quiet Harbour (2011).mkv")
    return folder


class ServerOfVariables(Server):
    """Told everything by variables, as `make run` and containers do; the other tests give options."""

    def command(self) -> list[str]:
        given = {"LIBRARY": self.library, "DATA_DIR": self.data_dir, "HOST": "127.0.0.1", "PORT": self.port}
        self.variables = {f"KYOO_{name}": str(value) for name, value in given.items()} | {"KYOO_PUBLIC_URL": self.url}
        return [sys.executable, "-m", "kyoo.cli", "serve"]


@pytest.fixture
def server(library: Path, tmp_path: Path) -> Iterator[Server]:
    server = ServerOfVariables(library, tmp_path / "data")
    server.start()
    yield server
    end_if_it_runs(server)


def end_if_it_runs(server: Server) -> None:
    if server._process is not None and server._process.poll() is None:
        server.stop(signal.SIGKILL)


def refused(arguments: list[str], **env: str) -> str:
    """The one line a start that must fail prints."""
    completed = subprocess.run(
        arguments, env=environment(**env), capture_output=True, text=True, timeout=60, check=False
    )
    assert completed.returncode != 0
    lines = completed.stderr.strip().splitlines()
    assert len(lines) == 1, completed.stderr
    return lines[0]


def ends(server: Server, how: signal.Signals) -> None:
    """Nothing of it is left behind."""
    pids = server.descendants()
    assert len(pids) >= 3  # Postgres and its helpers, and the worker
    assert server.stop(how) == (-signal.SIGKILL if how is signal.SIGKILL else 0)
    assert all_gone(pids) == []


def begins_again(server: Server) -> Server:
    again = Server(server.library, server.data_dir, port=server.port)
    again.start()
    assert httpx2.get(again.url, timeout=PATIENCE).status_code == 200
    names = {show["name"] for show in again.items("/api/shows")}
    assert names == {"A Quiet Harbour", "Second Film", "Third Film"}
    return again


def those_of(server: Server, *programs: bytes) -> list[int]:
    """The processes of the server that run one of these."""
    pids = server.descendants()
    return [pid for pid in pids if any(program in command_of(pid) for program in programs)]


def until_seen(server: Server, name: str) -> None:
    """Put a film into the library, and wait until it is known."""
    shutil.copy(server.library / "A Quiet Harbour (2011).mkv", server.library / f"{name} (2012).mkv")
    deadline = time.monotonic() + 60
    names: list[str] = []
    while name not in names and time.monotonic() < deadline:
        time.sleep(0.5)
        try:
            names = [show["name"] for show in server.items("/api/shows")]
        except (AssertionError, httpx2.HTTPError):
            continue
    assert name in names, server.log.read_text()


def a_killed_worker_and_a_killed_postgres_come_back(server: Server) -> None:
    worker = those_of(server, b"worker_main")
    for pid in those_of(server, b"bin/postgres"):
        os.kill(pid, signal.SIGKILL)
    until_seen(server, "Second Film")
    assert those_of(server, b"worker_main") == worker
    for pid in those_of(server, b"bin/postgres", b"worker_main"):
        os.kill(pid, signal.SIGKILL)
    until_seen(server, "Third Film")


@pytest.mark.exhaustive
def test_a_closed_terminal_ends_it_in_order(library: Path, tmp_path: Path) -> None:
    server = Server(library, tmp_path / "data")
    ours, theirs = pty.openpty()
    # In a session whose terminal this is; whoever runs the tests may have said nohup, which would be heeded.
    command = ["env", "--default-signal=HUP", "setsid", "--ctty", *server.command()]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment())
    os.close(theirs)
    said = b""
    while b"Ready" not in said:
        said += os.read(ours, 4096)
    pids = descendants(process.pid)
    assert len(pids) >= 3
    os.close(ours)
    assert process.wait(30) == 0
    assert all_gone(pids) == []


@pytest.mark.exhaustive
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="takes root and setpriv")
def test_root_without_its_capabilities_is_told(library: Path, tmp_path: Path) -> None:
    bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    line = refused([*bare, *command(library, tmp_path / "data", free_port())])
    assert line == (
        "kyoo: Postgres does not run as root, and this root may not run it as somebody else: it lacks "
        "CAP_CHOWN, CAP_SETGID, CAP_SETUID; start kyoo as an ordinary user"
    )


def test_secrets_and_files_are_for_nobody_else(site: Site) -> None:
    site.until_scanned(site.videos)
    site.items("/api/shows")
    environments = {pid: environment_of(pid) for pid in site.descendants()}
    (worker,) = those_of(site, b"worker_main")
    assert b"KYOO_REFRESH_DELAY=1" in environments[worker]
    for pid in site.descendants():
        found = environments.get(pid, b"")
        command = command_of(pid)
        assert [name for name, value in SECRETS.items() if value.encode() in found] == [], command
        assert b"CONNINFO" not in found
    opened = [path for path in [site.data_dir, *site.data_dir.rglob("*")] if is_open(path)]
    # The programs of Postgres, for the next release, are for whoever runs it.
    assert [path for path in opened if "postgres.programs" not in path.parts] == []
    video = next(site.library.glob("*.mkv"))
    assert (video.stat().st_mode & 0o777, site.library.stat().st_mode & 0o777) == (0o644, 0o755)
    # Two chapters of the life below, here for the start that they share.
    health_tells_the_truth(site)
    a_second_start_is_refused(site)


def is_open(path: Path) -> bool:
    """Whether others than its owner may do anything with it; what has gone meanwhile is not."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return bool(found.st_mode & 0o077) and not stat.S_ISSOCK(found.st_mode)


def environment_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # gone meanwhile
        return b""


def health_tells_the_truth(server: Server) -> None:
    for prefix in ("api", "auth", "video", "scanner"):
        for probe in ("health", "ready"):
            answer = httpx2.get(f"{server.url}/{prefix}/{probe}", timeout=PATIENCE)
            assert (answer.status_code, answer.json()["status"]) == (200, "healthy")
    # Postgres is stopped for real, not killed: `keep_running` would start it again at once.
    postmaster = next(pid for pid in server.descendants() if b"bin/postgres\0-D" in command_of(pid))
    backends = [postmaster, *descendants(postmaster)]
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert httpx2.get(f"{server.url}/api/health", timeout=PATIENCE).status_code == 200
        answer = httpx2.get(f"{server.url}/api/ready", timeout=30)
        assert (answer.status_code, answer.json()["status"]) == (500, "unhealthy")
    finally:
        for pid in backends:
            os.kill(pid, signal.SIGCONT)


def a_second_start_is_refused(server: Server) -> None:
    line = refused(command(server.library, server.data_dir, free_port()))
    assert line == f"kyoo: Another kyoo is running on the data directory {server.data_dir}"
    assert httpx2.get(f"{server.url}/api/ready", timeout=PATIENCE).status_code == 200


@pytest.mark.exhaustive
def test_a_life_with_all_that_can_happen(server: Server) -> None:
    """One data directory for it, as each start takes seconds of a processor: nothing is left behind at any end, and the
    next start works."""
    server.until_scanned(1)
    health_tells_the_truth(server)
    a_second_start_is_refused(server)
    a_killed_worker_and_a_killed_postgres_come_back(server)
    ends(server, signal.SIGINT)
    again = begins_again(server)
    try:
        ends(again, signal.SIGKILL)
        last = begins_again(server)
    finally:
        end_if_it_runs(again)
    try:
        pids = last.descendants()
        # A signal that arrives twice at once.
        os.kill(last.pid, signal.SIGTERM)
        assert last.stop() == 0
        assert all_gone(pids) == []
        assert last.log.read_text().count("Stopped") == 2, "at each end but the one that was none"
    finally:
        end_if_it_runs(last)


def test_a_port_in_use(library: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused(command(library, tmp_path / "data", port))
    assert line == f"kyoo: Cannot listen on 127.0.0.1 port {port}: Address already in use"
    assert not (tmp_path / "data").exists()


@pytest.mark.exhaustive  # tests/unit/serve/test_options.py shows each line, a port in use how one is said
def test_folders_that_cannot_be_used(library: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    line = refused(command(nowhere, tmp_path / "data", free_port()))
    assert line == f"kyoo: --library must be a folder that exists, not '{nowhere}'"
    assert not (tmp_path / "data").exists()

    (tmp_path / "file").touch()
    line = refused(command(library, tmp_path / "file" / "data", free_port()))
    wish = f"must be a folder that can be made: {tmp_path / 'file'} is none"
    assert line == f"kyoo: --data-dir {wish}, not '{tmp_path / 'file' / 'data'}'"


#: Runs a program as this user, but for root without root's right to pass over permissions.
AS_ORDINARY = """
import ctypes, os, sys
if os.geteuid() == 0:
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.exhaustive
def test_folders_without_permission(library: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o000)
    ordinary = [sys.executable, "-c", AS_ORDINARY]
    try:
        line = refused([*ordinary, *command(closed, tmp_path / "data", free_port())])
        assert line == f"kyoo: --library must be a folder that can be read, not '{closed}'"
        line = refused([*ordinary, *command(library, closed / "data", free_port())])
        wish = "must be a folder that can be written (Permission denied)"
        assert line == f"kyoo: --data-dir {wish}, not '{closed / 'data'}'"
    finally:
        closed.chmod(0o700)


def test_an_external_postgres_that_cannot_be_reached(library: Path, tmp_path: Path) -> None:
    url = "postgresql://kyoo:s3cret@127.0.0.1:1/kyoo"
    line = refused(command(library, tmp_path / "data", free_port()), POSTGRES_URL=url)
    assert line.startswith("kyoo: Postgres at 127.0.0.1:1/kyoo cannot be reached: ")
    assert "s3cret" not in line
    assert not (tmp_path / "data").exists()
