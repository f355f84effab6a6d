"""Services by themselves, each in a process of its own, as replicas behind a gateway run them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx2
import pytest
from tests import media
from tests.e2e.server import environment, free_port
from tests.waiting import PATIENCE

from kyoo.auth.settings import AuthSettings
from kyoo.cli import main
from kyoo.core.files import encode_path

get = partial(httpx2.get, timeout=PATIENCE)


@contextlib.contextmanager
def service(name: str, conninfo: str, folder: Path, **variables: str) -> Iterator[str]:
    """The origin of a running service. It must end with status 0 when told to."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = folder / f"{name}.log"
    places = {
        "PROFILE_PICTURE_PATH": str(folder / "profiles"),
        "IMAGES_PATH": str(folder / "images"),
        "GOCODER_CACHE_ROOT": str(folder / "cache"),
        "GOCODER_METADATA_ROOT": str(folder / "metadata"),
    }
    command = [sys.executable, "-m", "kyoo.cli", name, "--host=127.0.0.1", f"--port={port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment(POSTGRES_URL=conninfo, **places, **variables), stdout=output, stderr=output
        )
    prefix = "video" if name == "transcoder" else name
    try:
        for _ in range(600):
            assert process.poll() is None, log.read_text()
            with contextlib.suppress(httpx2.HTTPError):
                if get(f"{url}/{prefix}/ready").status_code == 200:
                    break
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        assert process.wait(20) == 0, log.read_text()


class Gateway(BaseHTTPRequestHandler):
    """Knows nothing; keeps what it is asked, and by which key."""

    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["X-API-KEY"]))
        self.send_error(404)

    def log_message(self, *_: object) -> None: ...


@contextlib.contextmanager
def gateway() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        Gateway.asked.clear()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_api_trusts_the_tokens_of_an_auth_service_it_knows_by_its_keys(conninfo: str, tmp_path: Path) -> None:
    """And a scanner, which is told where the api is as Kyoo's scanner is."""
    claims = json.dumps({"permissions": ["scanner.add"]})
    ways = {"JWT_ISSUER": "http://films.example"}
    with (
        gateway() as front,
        service(
            "auth", conninfo, tmp_path, PUBLIC_URL="http://films.example",
            KEIBI_APIKEY_TOOL="key-of-a-tool", KEIBI_APIKEY_TOOL_CLAIMS=claims,
        ) as auth,
        service("api", conninfo, tmp_path, AUTH_SERVER=auth, **ways) as api,
        service(
            "scanner", conninfo, tmp_path, JWKS_URL=f"{auth}/.well-known/jwks.json", KYOO_URL=f"{front}/api",
            KYOO_APIKEY="key-of-the-scanner", SCANNER_LIBRARY_ROOT=str(tmp_path), STDOUT_LOG_LEVEL="INFO", **ways,
        ) as scanner,
    ):  # fmt: skip
        body = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
        opaque = httpx2.post(f"{auth}/auth/users", json=body, timeout=PATIENCE).json()["token"]
        jwt = get(f"{auth}/auth/jwt", headers={"Authorization": f"Bearer {opaque}"}).json()["token"]
        for url in (f"{api}/api/shows", f"{scanner}/scanner/scan"):
            assert get(url, headers={"Authorization": f"Bearer {jwt}"}).status_code == 200
            assert get(url).status_code == 403
            assert get(url, headers={"Authorization": f"Bearer {opaque}"}).status_code == 403
        jwt = get(f"{auth}/auth/jwt", headers={"X-API-KEY": "key-of-a-tool"}).json()["token"]
        refreshed = httpx2.post(
            f"{scanner}/scanner/movies/lamp/refresh", headers={"Authorization": f"Bearer {jwt}"}, timeout=PATIENCE
        )
        assert refreshed.status_code == 404, refreshed.text
        assert Gateway.asked == [("/api/movies/lamp?with=videos", "key-of-the-scanner")]


@pytest.mark.exhaustive
def test_a_transcoder_that_could_not_tell_who_may_play_does_not_start(conninfo: str) -> None:
    """Not even with an auth service somewhere: an empty variable of a compose file names none."""
    for variables in ({}, {"JWKS_URL": "", "AUTH_SERVER": "", "KYOO_URL": "http://gateway:8901"}):
        assert started_wrongly("transcoder", 2, POSTGRES_URL=conninfo, **variables) == (
            "kyoo: kyoo transcoder cannot tell who may play: set JWKS_URL or AUTH_SERVER, "
            "or KYOO_AUTH=off to serve every file to whoever reaches it"
        )


def test_a_transcoder_with_the_address_of_an_auth_service_asks_for_its_tokens(conninfo: str, tmp_path: Path) -> None:
    library = tmp_path / "videos"
    film = media.placed(media.movie(), library / "film.mkv")
    with (
        service("auth", conninfo, tmp_path) as auth,
        service("transcoder", conninfo, tmp_path, GOCODER_SAFE_PATH=str(library), AUTH_SERVER=auth) as url,
    ):
        body = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
        opaque = httpx2.post(f"{auth}/auth/users", json=body, timeout=PATIENCE).json()["token"]
        jwt = get(f"{auth}/auth/jwt", headers={"Authorization": f"Bearer {opaque}"}).json()["token"]
        info = f"{url}/video/{encode_path(film)}/info"
        assert get(info).status_code == 401
        assert get(info, headers={"Authorization": f"Bearer {opaque}"}).status_code == 403
        assert get(info, headers={"Authorization": f"Bearer {jwt}"}).status_code == 200


@pytest.mark.exhaustive
def test_a_transcoder_that_is_told_to_asks_for_no_token(conninfo: str, tmp_path: Path) -> None:
    library = tmp_path / "videos"
    film = media.placed(media.movie(), library / "film.mkv")
    with service("transcoder", conninfo, tmp_path, GOCODER_SAFE_PATH=str(library), KYOO_AUTH="off") as url:
        assert "whoever reaches this service can play every file" in (tmp_path / "transcoder.log").read_text()
        answer = get(f"{url}/video/{encode_path(film)}/info")
        assert answer.status_code == 200
        assert answer.json()["duration"] > 11
        assert get(f"{url}/video/{encode_path('/etc/passwd')}/info").status_code == 400


def started_wrongly(name: str, status: int, **variables: str) -> str:
    """What a service says before it ends."""
    command = [sys.executable, "-m", "kyoo.cli", name, "--host=127.0.0.1", f"--port={free_port()}"]
    done = subprocess.run(
        command, env=environment(**variables), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == status, done.stderr
    return done.stderr.strip()


def test_a_service_without_a_postgres_says_so() -> None:
    assert started_wrongly("auth", 1) == "kyoo: A service by itself needs a Postgres: set POSTGRES_URL or PGHOST"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PUBLIC_URL": "films.example"}, "PUBLIC_URL must begin with http:// or https://, not 'films.example'"),
        ({"EXTRA_CLAIMS": "{"}, "EXTRA_CLAIMS must be a JSON object, not '{'"),
        (
            {"KEIBI_APIKEY_TV": "x"},
            "KEIBI_APIKEY_TV needs KEIBI_APIKEY_TV_CLAIMS beside it: an API key and its claims",
        ),
        (
            {"OIDC_ID_CLIENTID": "x", "OIDC_ID_SECRET": "hunter2"},
            "the provider ID lacks OIDC_ID_AUTHORIZATION, OIDC_ID_TOKEN, OIDC_ID_PROFILE",
        ),
    ],
)
def test_a_service_that_is_told_nonsense_says_so_in_one_line(
    variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends before it does anything: its command is called in this process."""
    given = environment(POSTGRES_URL="postgresql://nobody@127.0.0.1:1/nothing", **variables)
    for name in os.environ.keys() - given.keys():
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(["auth", "--host=127.0.0.1", f"--port={free_port()}"])
    assert (ended.value.code, capsys.readouterr().err) == (2, f"kyoo: {said}\n")


@pytest.mark.parametrize(
    ("variables", "what"),
    [
        (
            {"OIDC_ID_CLIENTID": "x", "OIDC_ID_SECRET": "hunter2", "OIDC_ID_ISSUER": "https://id.example"},
            "logins at providers and other instances",
        ),
        ({"KYOO_FEDERATION_OFFER": "*"}, "logins at providers and other instances"),
        ({"KYOO_SMTP_URL": "smtp://mail.example"}, "links in mails"),
        ({}, None),
    ],
)
def test_what_leads_back_to_a_service(
    variables: dict[str, str], what: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert AuthSettings().leads_back == what


@pytest.mark.exhaustive
def test_what_leads_back_to_a_service_needs_its_address(conninfo: str) -> None:
    said = started_wrongly("auth", 1, POSTGRES_URL=conninfo, KYOO_SMTP_URL="smtp://mail.example")
    assert said == "kyoo: PUBLIC_URL is not set: links in mails lead back to it"


def test_a_worker_stands_back_for_requests(conninfo: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kyoo.cli", "worker", f"--library={tmp_path}", f"--data-dir={tmp_path / 'data'}"]
    with (tmp_path / "worker.log").open("wb") as output, subprocess.Popen(
        command, env=environment(POSTGRES_URL=conninfo), stdout=output, stderr=output
    ) as process:  # fmt: skip
        deadline, ours = time.monotonic() + PATIENCE, os.getpriority(os.PRIO_PROCESS, 0)
        while (nice := os.getpriority(os.PRIO_PROCESS, process.pid)) == ours and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    assert nice == min(ours + 15, 19)
