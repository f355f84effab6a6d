"""The doctor: what is well is said, what is not with what to do, and nothing is changed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from pydantic import SecretStr
from tests.e2e.server import environment
from tests.fakes.s3 import Bucket
from tests.fakes.serving import served
from tests.fakes.smtp import FakeSmtp
from tests.integration.test_access import URL, instance
from tests.queued import queue_conninfo

from kyoo.api.settings import ApiSettings
from kyoo.auth.settings import AuthSettings
from kyoo.core.http.forwarded import Forwarded
from kyoo.serve.composition import settings_of
from kyoo.serve.doctor import database, machine, media, network, places
from kyoo.serve.doctor.command import run
from kyoo.serve.doctor.findings import Finding
from kyoo.serve.doctor.subject import Subject, known
from kyoo.serve.options import ServeOptions

#: The Postgres of the tests works so.
OF_TESTS = "fsync is off: a crash can lose everything"
#: What depends on the machine that the tests run on.
OF_MACHINE = {"clock", "confinement", "memory", "cores", "watching", "open files", "hardware"}


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    folder = tmp_path / "videos"
    folder.mkdir()
    (folder / "film.mkv").write_bytes(b"film")
    return folder


@pytest.fixture
def subject(conninfo: str, tmp_path: Path, videos: Path) -> Subject:
    options = ServeOptions((videos,), tmp_path / "data", "localhost", 1, "http://localhost:1")
    settings = settings_of(options, "k" * 32, "serve")
    return Subject(options.data_dir, (videos,), options.public_url, settings, conninfo, embedded=False, running=True)


def faults(findings: Iterator[Finding]) -> list[str]:
    """What is not well; each says what to do."""
    found = [finding for finding in findings if not finding.well]
    assert all(finding.todo for finding in found)
    return [finding.what for finding in found]


async def told(given: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> tuple[bool, list[dict[str, Any]]]:
    well = await run(given, as_json=True)
    return well, json.loads(capsys.readouterr().out)


async def test_a_server_that_is_well(
    conninfo: str, tmp_path: Path, videos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTGRES_URL", conninfo)
    # How fast this machine is at the moment says nothing of the doctor.
    monkeypatch.setattr(media, "LEAST_SPEED", 0)
    data_dir = tmp_path / "data"
    _, findings = await told({"data_dir": str(data_dir), "library": (str(videos),)}, capsys)
    faulty = [line["what"] for line in findings if not line["well"] and line["area"] not in OF_MACHINE]
    assert faulty == [OF_TESTS]
    said = " ".join(line["what"] for line in findings)
    for word in (
        "Postgres 18",
        "libx264 works",
        "aac works",
        "webvtt works",
        "HDR is shown",
        "can be read",
        "is not asked",
    ):
        assert word in said, word
    assert not data_dir.exists(), "nothing is made"


async def test_options_that_cannot_be_are_findings_among_the_others(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTGRES_URL", conninfo)
    monkeypatch.setenv("KYOO_PRESET", "fastest")
    monkeypatch.setenv("KYOO_PRESETT", "fast")
    given = {"data_dir": str(tmp_path / "data"), "library": (str(tmp_path / "gone"),)}
    well, findings = await told(given, capsys)
    assert not well
    lines = [line["what"] for line in findings if line["area"] == "options"]
    assert any(line.startswith("KYOO_PRESET must be one of") for line in lines)
    assert any("KYOO_PRESETT is no variable of kyoo" in line for line in lines)
    assert any(line["area"] == "folders" and "No such file" in line["what"] for line in findings)
    assert any(line["what"].startswith("Postgres 18") for line in findings), "what can be looked at is"


def test_the_command_ends_with_one_and_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kyoo.cli", "doctor", f"--data-dir={tmp_path / 'data'}"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    assert "There is no database in" in done.stdout
    assert "→ Start kyoo serve, which makes one" in done.stdout
    assert done.stderr == ""
    assert not (tmp_path / "data").exists()


async def test_folders_come_from_the_database_when_none_is_named(subject: Subject) -> None:
    with psycopg.connect(subject.conninfo or "") as connection:
        connection.execute("insert into api.libraries (slug, name, path) values ('films', 'Films', '/nowhere/films')")
    found = await known(replace(subject, libraries=()))
    assert faults(places.libraries(found)) == ["/nowhere/films: No such file or directory"]


def test_a_database_that_is_not_as_it_should_be(subject: Subject) -> None:
    assert faults(database.database(subject)) == [OF_TESTS]
    with psycopg.connect(queue_conninfo(subject.conninfo or ""), autocommit=True) as connection:
        connection.execute(
            "insert into queue.procrastinate_jobs (queue_name, task_name, status) "
            "values ('scan', 'scanner:scan', 'failed')"
        )
        connection.execute(
            "insert into queue.procrastinate_jobs (queue_name, task_name, scheduled_at) "
            "values ('scan', 'scanner:scan', now() - interval '2 hours')"
        )
        connection.execute("create table api.twice as select 1 as one union all select 1")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("create unique index concurrently broken on api.twice (one)")
        connection.execute("update api.migrations set hash = 'other' where name like '0001%'")
        connection.execute("update auth.migrations set release = '999.0.0', hash = 'other'")
    said = " | ".join(faults(database.database(subject)))
    for word in ("api.broken", "are over an hour late", "the schema api was made by files that are not known"):
        assert word in said, said
    assert "the schema auth is of release 999.0.0" in said


def test_a_database_that_is_away(subject: Subject) -> None:
    away = replace(subject, conninfo="host=127.0.0.1 port=1 user=kyoo password=hunter2 dbname=kyoo")
    [line] = faults(database.database(away))
    assert line.startswith("Postgres does not answer")
    assert "hunter2" not in line


def test_folders_and_disks(subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(places.libraries(subject)) == []
    assert faults(places.disks(subject)) == []
    empty = tmp_path / "empty"
    empty.mkdir()
    assert faults(places.libraries(replace(subject, libraries=(empty,)))) == [f"{empty} is empty"]
    monkeypatch.setenv("KYOO_LEAST_FREE", "1000000")
    [line] = faults(places.disks(subject))
    assert "left" in line
    monkeypatch.setattr(places, "_file_system", lambda _: "nfs4")
    monkeypatch.delenv("KYOO_LEAST_FREE")
    assert "network file system" in faults(places.disks(replace(subject, embedded=True)))[0]


def test_a_store_is_tried(subject: Subject, bucket: Bucket) -> None:
    def of(location: str) -> Subject:
        return replace(subject, settings={**subject.settings, "api": ApiSettings(images=location)})

    assert [finding.what for finding in places.stores(of(bucket.url))] == [
        f"the folder of pictures {bucket.url} can be written and read"
    ]
    assert bucket.names() == [], "nothing is left"
    assert "cannot be used" in faults(places.stores(of("s3://no-such-bucket/kyoo")))[0]


def test_an_ffmpeg_that_cannot_encode(subject: Subject, tmp_path: Path) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(
        '#!/bin/sh\n[ "$1" = -version ] && echo ffmpeg version 9.0 && exit 0\necho no room >&2; exit 1\n'
    )
    program.chmod(0o755)
    settings = subject.settings["transcoder"].model_copy(update={"ffmpeg": str(program)})
    lines = faults(media.ffmpeg(replace(subject, settings={"transcoder": settings})))
    assert [line.split()[0] for line in lines] == ["libx264", "aac", "srt", "ass", "webvtt", "HDR"]
    assert all("no room" in line for line in lines)


def test_a_slow_machine(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LEAST_SPEED", 10_000)
    [tip] = [finding for finding in media.ffmpeg(subject) if finding.advice]
    assert tip.well
    assert tip.what.startswith("libx264 works: 720p at")
    assert "KYOO_PRESET" in str(tip.todo)


def test_memory_watches_and_clock(subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory.max").write_text("500000000\n")
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    assert faults(machine.memory(subject))[0].startswith("this container may have 500.0 MB")
    (tmp_path / "max_user_watches").write_text("900\n")
    (tmp_path / "max_user_instances").write_text("4\n")
    monkeypatch.setattr(machine, "INOTIFY", tmp_path)
    assert faults(machine.watches(subject)) == [
        "an account may have 4 instances of inotify",
        "1 folder of videos; inotify may watch 900",
    ]
    monkeypatch.setattr(machine.time, "time", lambda: 0)  # type: ignore[attr-defined]
    assert faults(machine.clock(subject)) == ["the clock says 1970-01-01"]


def test_mail(subject: Subject) -> None:
    def of(url: str) -> Subject:
        return replace(subject, settings={"auth": AuthSettings(smtp_url=SecretStr(url))})

    assert faults(network.mail(subject)) == []
    with FakeSmtp() as server:
        assert faults(network.mail(of(f"smtp://127.0.0.1:{server.port}"))) == []
        # A password is not sent without TLS.
        assert faults(network.mail(of(f"smtp://me:hunter2@127.0.0.1:{server.port}"))) != []
        assert server.messages == []
    [line] = faults(network.mail(of("smtp://me:hunter2@127.0.0.1:1")))
    assert "hunter2" not in line


async def test_what_answers_at_the_public_url(conninfo: str, tmp_path: Path, subject: Subject) -> None:
    assert "does not answer" in faults(network.public_url(subject))[0]
    async with instance(conninfo, tmp_path) as running, served(running.gateway) as url:
        there = await known(replace(subject, public_url=url))
        found = await asyncio.to_thread(lambda: list(network.public_url(there)))
        assert [finding.what for finding in found] == [f"{url} leads here"]
        stranger = replace(there, keys=frozenset({"another"}))
        assert await asyncio.to_thread(lambda: faults(network.public_url(stranger))) == [
            f"at {url} something else answers"
        ]
    needs = replace(subject, settings={"auth": AuthSettings(smtp_url=SecretStr("smtp://mail.example"))})
    assert "leads other devices to themselves" in faults(network.public_url(needs))[0]


def administrator(**more: Any) -> str:
    return json.dumps({"permissions": ["apikeys.write", "core.write", "users.write"], **more})


@pytest.mark.parametrize(
    ("headers", "trusted", "said"),
    [
        ({}, "", "none; you come from 10.9.8.7"),
        ({"X-Forwarded-For": "1.2.3.4"}, "", "requests come through a gateway at 10.9.8.7 that is not trusted"),
        ({"X-Forwarded-For": "1.2.3.4"}, "10.9.0.0/16", "is trusted; you come from 1.2.3.4"),
        ({"X-Forwarded-Proto": "http"}, "10.9.0.0/16", "does not say for whom it asks"),
        ({"Host": "films.example"}, "", f"you use http://films.example, and the public URL is {URL}"),
    ],
)
async def test_the_page_of_administrators_tells_of_gateways(
    headers: dict[str, str], trusted: str, said: str, conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trusted:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
    for name, claims in (("WHOLE", administrator()), ("LIMITED", administrator(maxAge=12))):
        monkeypatch.setenv(f"KEIBI_APIKEY_{name}", f"key {name}")
        monkeypatch.setenv(f"KEIBI_APIKEY_{name}_CLAIMS", claims)
    # Only the way here is looked at.
    monkeypatch.setattr("kyoo.serve.doctor.examining.LOOKS", {"clock": machine.clock})
    async with instance(conninfo, tmp_path) as running:
        front = httpx2.ASGITransport(Forwarded(running.gateway, URL), client=("10.9.8.7", 1))
        async with httpx2.AsyncClient(base_url=URL, transport=front) as client:
            answer = await client.get("/server/doctor", headers={"X-Api-Key": "key WHOLE", **headers})
            assert answer.status_code == 200
            assert said in " | ".join(line["what"] for line in answer.json()["findings"])
            limited = await client.get("/server/doctor", headers={"X-Api-Key": "key LIMITED"})
            assert limited.status_code == 403
