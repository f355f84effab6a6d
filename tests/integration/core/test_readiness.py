"""Ready tells the truth: about Postgres, the version of its schema, disks and programs."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
import structlog
from fastapi import FastAPI
from tests.fakes import s3
from tests.machine import scaled
from tests.outage import away
from tests.waiting import PATIENCE, until

from kyoo import __version__
from kyoo.core.database.migrations import files_of
from kyoo.core.database.postgres import Database
from kyoo.core.http import readiness
from kyoo.core.http.readiness import Check, health_routes, program, space_in
from kyoo.serve.postgres.embedded import EmbeddedPostgres


async def ready(database: Database, checks: Mapping[str, Check] = {}) -> tuple[int, dict[str, Any]]:
    app = FastAPI()
    app.include_router(health_routes("/api", "api", database, checks))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://kyoo.test") as client:
        assert (await client.get("/api/health")).status_code == 200
        answer = await client.get("/api/ready")
    return answer.status_code, answer.json()


async def test_all_is_well(database: Database, tmp_path: Path) -> None:
    checks = {"pictures": space_in(tmp_path / "made" / "later"), "sh": program("/bin/sh")}
    assert await ready(database, checks) == (200, {"status": "healthy", "database": "healthy"})
    assert list(tmp_path.iterdir()) == []


async def test_a_schema_of_another_version(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = files_of("api").migrations[-1].name
    for name, release in (("0001_pre_catalogue.sql", "0.0.1"), ("9999_pre_later.sql", "9.9.9")):
        async with database.connection() as connection:
            await connection.execute("delete from api.migrations where name > %s and name <> 'schema'", [name])
            await connection.execute("insert into api.migrations values (%s, '', '') on conflict do nothing", [name])
            await connection.execute("update api.migrations set release = %s", [release])
        text = f"the schema api is at {name} of release {release}; release {__version__} has {ours}"
        assert await ready(database) == (500, {"status": "unhealthy", "database": text})
    monkeypatch.setenv("KYOO_READY_ON_NEWER_SCHEMA", "true")
    assert (await ready(database))[0] == 200
    async with database.connection() as connection:
        await connection.execute("drop table api.migrations")
    assert "at no migration" in (await ready(database))[1]["database"]


async def test_a_full_disk(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = {"pictures": space_in(tmp_path)}
    assert (await ready(database, checks))[0] == 200
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3 * 1024**2))
    answer = {"status": "unhealthy", "database": "healthy", "pictures": "the disk is full: 3 MB left of at least 64"}
    assert await ready(database, checks) == (500, answer)
    monkeypatch.setenv("KYOO_LEAST_FREE", "2")
    assert (await ready(database, checks))[0] == 200


async def test_a_folder_that_cannot_be_written(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, body = await ready(database, {"cache": space_in(tmp_path / "file" / "below")})
    assert (status, body["cache"]) == (500, "cannot be written: Not a directory")
    assert str(tmp_path) not in str(body)


async def test_a_program_that_is_not_there(database: Database, tmp_path: Path) -> None:
    plain = tmp_path / "ffmpeg"
    plain.touch()
    for path in (tmp_path / "absent", plain):
        status, body = await ready(database, {"ffmpeg": program(str(path))})
        assert (status, body["ffmpeg"]) == (500, "is not there")


async def test_a_bucket_is_reached_once(database: Database, bucket: s3.Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "REMEMBERED", 0.0)
    absent = {"pictures": space_in("s3://no-such-bucket/kyoo")}
    with structlog.testing.capture_logs() as logs:
        await readiness.say_at_start(absent)
    assert [(line["what"], line["log_level"]) for line in logs] == [("pictures", "warning")]

    async def says(checks: Mapping[str, Check], text: str | None) -> bool:
        status, body = await ready(database, checks)
        assert (status == 200) == ("pictures" not in body)
        return body.get("pictures") == text

    await until(lambda: says(absent, "there is no such bucket"))
    # It is made later: nobody starts the replica again.
    httpx2.put(f"{bucket.endpoint}/no-such-bucket", timeout=PATIENCE).raise_for_status()
    await until(lambda: says(absent, None))
    # It goes: the replica stays, as all others would go too.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert await says(absent, None)
    await until(lambda: says({"pictures": space_in(bucket.url)}, "the store does not answer"))


async def test_a_disk_that_does_not_answer(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "READY_SECONDS", 0.2)
    told = threading.Event()

    def look() -> str | None:
        # Whoever waits for it would be told something else.
        return None if told.wait(PATIENCE) else "answers late"

    status, body = await ready(database, {"pictures": look})
    told.set()
    assert (status, body["disk"]) == (500, "does not answer")


async def test_postgres_away(conninfo: str, postgres: EmbeddedPostgres) -> None:
    database = Database(conninfo)
    await database.open()
    async with away(postgres, conninfo):
        begun = time.monotonic()
        status, body = await ready(database)
        # Far less than a request waits for a connection that is busy.
        assert time.monotonic() - begun < scaled(5)
    assert (status, body["status"]) == (500, "unhealthy")
    await database.close()
