"""`kyoo serve --workers 2`: both processes answer on one port, as one server."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests import media
from tests.e2e.server import Server, command_of, free_port, running
from tests.waiting import PATIENCE, wait_until

from kyoo.core.files import encode_path

FILM = "A Quiet Harbour (2011).mkv"


class Two(Server):
    """A server of two processes that answer, each known by its metrics."""

    def command(self) -> list[str]:
        return [*super().command(), "--workers=2"]

    @property
    def second(self) -> int:
        """The process beside the first."""
        [pid] = [one for one in self.descendants() if b"server_main" in command_of(one)]
        return pid

    def measured(self, number: int, name: str) -> dict[tuple[str, ...], float]:
        port = int(self.variables["KYOO_METRICS_PORT"]) + number
        text = httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE).text
        samples = [one for family in text_string_to_metric_families(text) for one in family.samples if one.name == name]
        return {tuple(one.labels.values()): one.value for one in samples}

    def answered(self, number: int, route: str) -> float:
        """How often a process has answered on a route."""
        found = self.measured(number, "kyoo_http_request_seconds_count")
        return sum(count for labels, count in found.items() if route in labels)

    @contextlib.contextmanager
    def connected_to(self, number: int) -> Iterator[httpx2.Client]:
        """One connection, to this process: the other one does not take any meanwhile."""
        other = self.pid if number else self.second
        os.kill(other, signal.SIGSTOP)
        try:
            client = self.client()
            assert client.get("/api/health").status_code == 200
        finally:
            os.kill(other, signal.SIGCONT)
        with contextlib.closing(client):
            yield client


def two_ports() -> int:
    """The first of two that are free."""
    while True:
        port = free_port()
        with contextlib.suppress(OSError, OverflowError), contextlib.ExitStack() as held:
            for one in (port, port + 1):
                held.enter_context(socket.create_server(("127.0.0.1", one)))
            return port


@pytest.fixture
def server(conninfo: str, tmp_path: Path) -> Iterator[Two]:
    media.placed(media.movie(), tmp_path / "videos" / FILM)
    made = Two(tmp_path / "videos", tmp_path / "data")
    made.variables = {"POSTGRES_URL": conninfo, "KYOO_METRICS_PORT": str(two_ports())}
    with running(made):
        wait_until(lambda: made.measured(1, "kyoo_websockets") == {(): 0.0})
        made.token  # noqa: B018 (makes the first account)
        yield made


def test_two_processes_are_one_server(server: Two) -> None:
    with server.connected_to(0) as first, server.connected_to(1) as second:
        for number, client in enumerate((first, second)):
            assert client.get("/auth/users/me").json()["username"] == "ada"
            assert server.answered(number, "/auth/users/me") == 1
        both_play_from_one_encoder(server, first, second)
        # What only the first one knows it is asked for.
        assert second.get("/server/backups").json()["doing"] is None
        assert second.get("/server/setup").json() == {"setup": False, "failure": None}
        refused = second.post("/server/setup/restore", json={"target": "/x"}, headers={"Origin": "http://else.where"})
        assert refused.status_code == 403, refused.text
        assert (server.answered(0, "/server/backups"), server.answered(1, "/server/backups")) == (1, 0)
        assert second.get("/server/backups", headers={"Authorization": "Bearer nobody"}).status_code in (401, 403)
        no_body_without_end_is_kept_on_its_way(server, second)
        an_ended_session_is_ended_in_both(server, first, second)
    the_second_dies_and_comes_back(server)


def no_body_without_end_is_kept_on_its_way(server: Two, second: httpx2.Client) -> None:
    before = most_memory(server.second)
    # Whoever is refused may find the connection closed before the answer is read.
    with contextlib.suppress(httpx2.TransportError):
        answer = second.post("/server/setup/backups", content=(b"x" * 2**20 for _ in range(256)))
        assert answer.status_code == 413, answer.text
    assert most_memory(server.second) - before < 100 * 2**20


def most_memory(pid: int) -> int:
    """The bytes that a process has held at most."""
    [line] = [one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmHWM")]
    return 1024 * int(line.split()[1])


def both_play_from_one_encoder(server: Two, first: httpx2.Client, second: httpx2.Client) -> None:
    film = f"/video/{encode_path(server.library / FILM)}"
    for client in (second, first):
        playlist = client.get(f"{film}/master.m3u8", headers={"X-CLIENT-ID": f"player {client is first}"})
        assert playlist.status_code == 200, playlist.text
        segment = client.get(f"{film}/0/original/segment-0.mp4", headers={"X-CLIENT-ID": f"player {client is first}"})
        assert segment.status_code == 200, segment.text
    assert sum(server.measured(0, "kyoo_players").values()) == 2
    assert sum(server.measured(1, "kyoo_players").values()) == 0
    for client in (first, second):
        [stream] = client.get("/video/streams").json()
        assert len(stream["viewers"]) == 2


def an_ended_session_is_ended_in_both(server: Two, first: httpx2.Client, second: httpx2.Client) -> None:
    login = {"login": server.account["username"], "password": server.account["password"]}
    token = first.post("/auth/sessions", json=login).json()["token"]
    theirs = {"Authorization": f"Bearer {token}"}
    for client in (first, second):
        assert client.get("/api/shows", headers=theirs).status_code == 200
    assert first.delete("/auth/sessions/current", headers=theirs).status_code < 300
    for client in (first, second):
        wait_until(lambda: client.get("/api/shows", headers=theirs).status_code in (401, 403))  # noqa: B023


def the_second_dies_and_comes_back(server: Two) -> None:
    former = server.second
    os.kill(former, signal.SIGKILL)

    def is_back() -> bool:
        # Each on a connection of its own, as new clients come.
        assert httpx2.get(f"{server.url}/api/health", timeout=PATIENCE).status_code == 200
        with contextlib.suppress(ValueError, httpx2.HTTPError):
            return server.second != former and bool(server.measured(1, "kyoo_websockets"))
        return False

    wait_until(is_back)
    with server.connected_to(1) as client:
        assert client.get("/auth/users/me").status_code == 200
