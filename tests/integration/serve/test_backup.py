"""Backups: everything comes back, on another machine, too; nothing that is half looks whole."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from tests.e2e.server import environment
from tests.fakes.s3 import Bucket
from tests.integration.core.test_migrations import BEFORE
from tests.queued import queue_conninfo
from tests.waiting import PATIENCE

from kyoo.core.database.migrations import migrate, pending
from kyoo.core.database.queue import migrate_queue
from kyoo.core.database.tables import names_of_tables
from kyoo.core.settings import OptionError
from kyoo.serve.backup.command import bring_back, make, places
from kyoo.serve.backup.dumping import BackupError
from kyoo.serve.backup.keeper import before_migrations, make_due
from kyoo.serve.backup.making import LOCK, BusyError, make_backup
from kyoo.serve.backup.restoring import UNDER_WAY, Request, give_up
from kyoo.serve.backup.settings import BackupSettings
from kyoo.serve.backup.target import Target
from kyoo.serve.doctor.backups import backups as look
from kyoo.serve.doctor.subject import Subject
from kyoo.serve.postgres.embedded import EmbeddedPostgres, embedded_postgres_server
from kyoo.serve.services import LANES, SCHEMAS

FILES = {
    "images/a.webp": b"a poster",
    "images/b.webp": b"a poster",
    "profile_pictures/ada/1.webp": b"a face",
    "secrets/secret.key": b"a key that tokens are encrypted with",
    "metadata/0123/sub-en.ass": b"subtitles" * 100_000,
}


@pytest.fixture
def source(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database with users, shows, plays and a job."""
    name = f"source_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template template0')
        conninfo = postgres.conninfo(name)
        with psycopg.connect(conninfo) as connection:
            connection.execute(gzip.decompress(BEFORE.read_bytes()))
        for schema in SCHEMAS:
            migrate(conninfo, schema)
        migrate_queue(conninfo, [lane.queues for lane in LANES])
        with psycopg.connect(queue_conninfo(conninfo)) as connection:
            connection.execute(
                "insert into procrastinate_jobs (queue_name, task_name, args) values ('scan', 'scanner:scan', '{}')"
            )
        yield conninfo
        admin.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    name = f"restored_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template template0')
        yield postgres.conninfo(name)
        admin.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Of the server whose files are kept; its database is elsewhere."""
    folder = tmp_path / "data"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "cache").mkdir()
    (folder / "cache" / "segment.m4s").write_bytes(b"scratch")
    return folder


def rows(conninfo: str) -> dict[str, Any]:
    """Everything of ours in a database, but for what says when a release was here."""
    with psycopg.connect(conninfo, row_factory=dict_row) as connection:
        found: dict[str, Any] = {
            f"{schema}.{name}": connection.execute(
                sql.SQL("select * from {} stored order by stored::text").format(sql.Identifier(schema, name))
            ).fetchall()
            for schema in [*SCHEMAS, "queue"]
            for name in names_of_tables(connection, schema)  # type: ignore[arg-type]
            if name != "migrations"
        }
        for kind, query in {
            "policies": "select schemaname, tablename, policyname, qual from pg_policies order by 1, 2, 3",
            "functions": "select oid::regprocedure::text as name from pg_proc where pronamespace::regnamespace::text = "
            "any (%(schemas)s) order by 1",
            "triggers": "select tgrelid::regclass::text as of, tgname from pg_trigger where not tgisinternal "
            "order by 1, 2",
            "indexes": "select schemaname, indexname, indexdef from pg_indexes where schemaname = any (%(schemas)s) "
            "order by 1, 2",
        }.items():
            found[kind] = connection.execute(query.encode(), {"schemas": [*SCHEMAS, "queue"]}).fetchall()
        return found


def files(folder: Path) -> dict[str, str]:
    """The hash of each file that is to come back."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for name in ("images", "profile_pictures", "metadata", "secrets")
        for path in (folder / name).rglob("*")
        if path.is_file()
    }


async def test_everything_comes_back_into_a_new_data_directory(
    source: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTGRES_URL", source)
    await make(data_dir, str(tmp_path / "kept"), files=True, keep=None)
    assert "5 files" in capsys.readouterr().out
    kept = [path.name for path in (tmp_path / "kept" / "files").rglob("*") if path.is_file()]
    assert len(kept) == 4, "the same content is kept once, and scratch not at all"

    monkeypatch.delenv("POSTGRES_URL")
    new = tmp_path / "another machine"
    await bring_back(new, str(tmp_path / "kept"), None)
    assert files(new) == files(data_dir)
    async with embedded_postgres_server(new / "postgres") as server:
        before, after = rows(source), rows(server.conninfo())
        assert before.keys() == after.keys()
        for name, there in before.items():
            assert after[name] == there, name
        assert any(before[name] for name in ("auth.users", "api.shows", "api.history", "queue.procrastinate_jobs"))
        assert pending(server.conninfo(), SCHEMAS) == []
        with psycopg.connect(server.conninfo()) as connection:
            row = connection.execute("select has_schema_privilege('kyoo_limited', 'api', 'usage')").fetchone()
            assert row == (True,), "limited readers can read again"
    assert not (new / UNDER_WAY).exists()
    with pytest.raises(BackupError, match="is not empty: it has images"):
        await bring_back(new, str(tmp_path / "kept"), None)


async def test_a_bucket_and_a_server_of_its_own(
    source: str, empty: str, data_dir: Path, tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_URL", source)
    place = f"s3://{bucket.name}/backups of kyoo"
    await make(data_dir, place, files=True, keep=None)
    first = [name for name in bucket.names() if "/files/" in name]
    (data_dir / "images" / "c.webp").write_bytes(b"another")
    await make(data_dir, place, files=True, keep=None)
    second = [name for name in bucket.names() if "/files/" in name]
    assert len(second) == len(first) + 1, "only what is new is kept"
    older = Target(place).backups()[1]

    monkeypatch.setenv("POSTGRES_URL", empty)
    # The files go where this server keeps them.
    monkeypatch.setenv("KYOO_IMAGES", f"s3://{bucket.name}/images")
    await bring_back(tmp_path / "new", place, older.name)
    assert rows(empty) == rows(source)
    assert [name for name in bucket.names() if name.startswith("images/")] == ["images/a.webp", "images/b.webp"]
    with pytest.raises(BackupError, match="The database is not empty"):
        await bring_back(tmp_path / "newer", place, None)


async def test_the_database_alone(
    source: str, empty: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures are downloaded again."""
    monkeypatch.setenv("POSTGRES_URL", source)
    await make(data_dir, str(tmp_path / "kept"), files=False, keep=None)
    assert not (tmp_path / "kept" / "files").exists()
    monkeypatch.setenv("POSTGRES_URL", empty)
    await bring_back(tmp_path / "new", str(tmp_path / "kept"), None)
    with psycopg.connect(empty) as connection:
        states = connection.execute("select distinct status::text from api.images").fetchall()
    assert states in ([], [("pending",)])


def spoil_database(target: Path) -> None:
    [file] = target.glob("backups/*/database.dump")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content)


def spoil_file(target: Path) -> None:
    next(path for path in (target / "files").rglob("*") if path.is_file()).write_bytes(b"other")


def lose_file(target: Path) -> None:
    next(path for path in (target / "files").rglob("*") if path.is_file()).unlink()


def spoil_list(target: Path) -> None:
    [file] = target.glob("backups/*/files.json.gz")
    file.write_bytes(file.read_bytes()[:40])


def spoil_description(target: Path) -> None:
    [file] = target.glob("backups/*/backup.json")
    file.write_text('{"format": 1}')


def of_a_later_release(target: Path) -> None:
    [file] = target.glob("backups/*/backup.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | {"release": "999.0.0"}))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_database, "The database of the backup .* is damaged"),
        (spoil_file, "A file of the backup is damaged"),
        (lose_file, "1 files of the backup .* are not in"),
        (spoil_list, "The list of files of the backup .* is damaged"),
        (spoil_description, "The backup .* is damaged"),
        (of_a_later_release, "was made by release 999.0.0: install that one first"),
    ],
)
async def test_what_is_damaged_is_not_brought_back(
    spoil: Any, said: str, conninfo: str, empty: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    make_backup(conninfo, places(data_dir), Target(str(kept)))
    spoil(kept)
    monkeypatch.setenv("POSTGRES_URL", empty)
    with pytest.raises(BackupError, match=said):
        await bring_back(tmp_path / "new", str(kept), None)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regclass('auth.users')").fetchone() == (None,)


async def test_places_that_can_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (str(tmp_path / "file"), "/proc/backups", "ftp://host/x", "s3://"):
        with pytest.raises(OptionError, match="TARGET must be"):
            await make(tmp_path, target, files=True, keep=None)
    with pytest.raises(BackupError, match="There is no backup in"):
        await bring_back(tmp_path / "new", str(tmp_path / "nowhere"), None)
    assert not (tmp_path / "nowhere").exists()


def killed_when(seen: Any, *command: str, **variables: str) -> None:
    """Run a command, and kill it with all its children as soon as `seen()`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kyoo.cli", *command],
        env=environment(**variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not seen() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    assert process.poll() is None, "it was too quick to be killed"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


async def test_a_backup_that_is_killed_is_none(
    conninfo: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(600):
        (data_dir / "images" / f"{number}.webp").write_bytes(os.urandom(20_000))
    kept = tmp_path / "kept"

    def database_is_there() -> bool:
        return any(kept.glob("backups/*/.unfinished-*/*"))

    def files_come() -> bool:
        return len(list(kept.glob("files/*/*"))) > 20

    for moment in (database_is_there, files_come):
        killed_when(moment, "backup", f"--data-dir={data_dir}", str(kept), POSTGRES_URL=conninfo)
        assert Target(str(kept)).backups() == []
        with pytest.raises(BackupError, match="There is no backup in"):
            await bring_back(tmp_path / "new", str(kept), None)
    monkeypatch.setenv("POSTGRES_URL", conninfo)
    await make(data_dir, str(kept), files=True, keep=None)
    [backup] = Target(str(kept)).backups()
    assert backup.files == 605


@pytest.mark.exhaustive
async def test_a_restore_that_is_killed_goes_on(
    conninfo: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(600):
        (data_dir / "images" / f"{number}.webp").write_bytes(os.urandom(20_000))
    # As a start leaves it, which gives each lane an index.
    migrate_queue(conninfo, [lane.queues for lane in LANES])
    kept, new = tmp_path / "kept", tmp_path / "new"
    backup = make_backup(conninfo, places(data_dir), Target(str(kept)))

    def files_come() -> bool:
        return len(list((new / "images").glob("*"))) > 20

    def database_comes() -> bool:
        return (new / "postgres" / "PG_VERSION").exists()

    for moment in (files_come, database_comes):
        killed_when(moment, "restore", f"--data-dir={new}", str(kept))
        assert Request.read(new) == Request(str(kept), backup.name, step="cleared")
    (new / "images" / "half.webp#1").write_bytes(b"what a store leaves that is killed while it writes")
    await bring_back(new, str(kept), None)
    assert "A restore that was cut off goes on" in capsys.readouterr().out
    assert files(new) == files(data_dir)
    async with embedded_postgres_server(new / "postgres") as server:
        assert rows(server.conninfo()) == rows(conninfo)


def test_what_was_set_aside_comes_back(tmp_path: Path) -> None:
    """Also when that is cut off half-way: what came back already is not taken for half a database."""
    request = Request("/kept", "2026-01-01T00-00-00Z", aside="replaced", step="cleared")
    for name in ("postgres", "images"):
        (tmp_path / "replaced" / name).mkdir(parents=True)
        (tmp_path / "replaced" / name / "old").touch()
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").touch()
    request.write(tmp_path)
    # The first half.
    request_now = Request.read(tmp_path)
    assert request_now is not None
    (tmp_path / "replaced" / "images").rename(tmp_path / "replaced" / "later")
    assert give_up(tmp_path, request_now)
    assert [path.name for path in (tmp_path / "postgres").iterdir()] == ["old"]
    assert Request.read(tmp_path) is None
    assert not (tmp_path / "replaced").exists()


@pytest.mark.exhaustive
def test_only_so_many_are_kept(conninfo: str, data_dir: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    target = Target(str(kept))
    names = []
    for number in range(3):
        (data_dir / "images" / "a.webp").write_bytes(f"poster {number}".encode())
        names.append(make_backup(conninfo, places(data_dir), target).name)
    old = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%dT%H-%M-%SZ")
    (kept / "backups" / old).mkdir()
    (kept / "backups" / old / "database.dump").touch()
    before = set(kept.glob("files/*/*"))
    assert set(target.rotate(2)) == {old, names[0]}
    assert [backup.name for backup in target.backups()] == [names[2], names[1]]
    assert set(kept.glob("files/*/*")) == before, "young files may belong to one that is being made"
    for path in before:
        os.utime(path, (0, 0))
    target.rotate(2)
    content = {path.read_bytes() for path in kept.glob("files/*/*")}
    assert b"poster 0" not in content
    assert {b"poster 1", b"poster 2", b"a face"} <= content
    assert target.rotate(1) == [names[1]]


def test_one_is_made_when_it_is_due(conninfo: str, data_dir: Path, tmp_path: Path) -> None:
    settings = BackupSettings(backup_target=str(tmp_path / "kept"), every=1, keep=1)
    assert make_due(conninfo, places(data_dir), settings) is not None
    assert make_due(conninfo, places(data_dir), settings) is None
    [backup] = (tmp_path / "kept" / "backups").iterdir()
    backup.rename(backup.with_name((datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H-%M-%SZ")))
    about = next((tmp_path / "kept" / "backups").iterdir()) / "backup.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"name": about.parent.name}))
    assert make_due(conninfo, places(data_dir), settings) is not None
    assert len(list((tmp_path / "kept" / "backups").iterdir())) == 1
    with psycopg.connect(conninfo) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(BusyError):
            make_backup(conninfo, None, Target(str(tmp_path / "kept")))


#: Descriptions that cannot be read, and those of another release.
UNREADABLE, FOREIGN = ("", "{", "[]", "5", "null", '{"format": 1}', "\xff", "[" * 100_000), ('{"format": 9}',)


@pytest.mark.parametrize("wrong", [UNREADABLE, FOREIGN], ids=["unreadable", "foreign"])
def test_a_backup_that_cannot_be_read_keeps_nobody_from_others(
    conninfo: str, data_dir: Path, tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    target = Target(str(tmp_path / "kept"))
    older = [f"2020-01-{day:02}T00-00-00Z" for day in range(1, 2 * len(wrong) + 1)]
    for name, text in zip(older, wrong * 2, strict=True):
        folder = tmp_path / "kept" / "backups" / name
        folder.mkdir(parents=True)
        (folder / "backup.json").write_text(text, "latin-1")
    settings = BackupSettings(backup_target=target.location, every=1, keep=1)
    made = make_due(conninfo, places(data_dir), settings)
    assert made is not None
    assert target.backups() == [made]
    # One of another release may need what nobody here knows of.
    assert target.names() == [made.name, *(reversed(older) if wrong == FOREIGN else ())]
    # Nor does a list of files.
    (tmp_path / "kept" / "backups" / made.name / "files.json.gz").write_bytes(b"x")
    make_backup(conninfo, places(data_dir), target)
    target.rotate(2)
    assert len(target.names()) >= 2
    for field in ("size", "files", "release", "database_sha256"):
        about = tmp_path / "kept" / "backups" / made.name / "backup.json"
        good = about.read_text()
        about.write_text(json.dumps(json.loads(good) | {field: ["x"]}))
        assert made.name not in {backup.name for backup in target.backups()}
        about.write_text(good)


def test_the_database_is_kept_before_it_is_migrated(
    conninfo: str, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert before_migrations(conninfo, tmp_path) is None, "nothing waits"
    assert before_migrations(empty, tmp_path) is None, "there is nothing to keep"
    with psycopg.connect(conninfo) as connection:
        connection.execute("update api.migrations set hash = 'of the last release' where name = 'schema'")
    backup = before_migrations(conninfo, tmp_path)
    assert backup is not None
    assert backup.files is None
    assert Target(str(tmp_path / "backups")).backups() == [backup]
    # A place that does not work keeps nobody from starting.
    monkeypatch.setenv("KYOO_BACKUP", "s3://nowhere/x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    (tmp_path / "file").touch()
    monkeypatch.setenv("KYOO_BACKUP", str(tmp_path / "file"))
    assert before_migrations(conninfo, tmp_path) is None


def test_the_doctor_misses_backups(
    conninfo: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = Subject(data_dir, (), "http://localhost:1", {}, conninfo, embedded=False, running=False)

    def faults() -> list[str]:
        return [finding.what for finding in look(subject) if not finding.well]

    # A fresh server has none, and is well.
    (tip,) = look(subject)
    assert tip.well
    assert tip.todo is not None
    assert faults() == []
    kept = str(tmp_path / "kept")
    monkeypatch.setenv("KYOO_BACKUP", kept)
    assert faults() == [f"There is no backup in {kept}"]
    make_backup(conninfo, None, Target(kept))
    assert faults() == [f"there is none yet, in {kept}"]
    make_backup(conninfo, places(data_dir), Target(kept))
    assert faults() == [f"{kept} is on the disk of the data directory"]
