"""The embedded Postgres: made, started, killed, started again, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.waiting import PATIENCE, until

from kyoo.core.database.postgres import DatabaseUnavailableError
from kyoo.scanner.folders.walk import Walker
from kyoo.serve.data_directory import DataDirectoryError, exclusive
from kyoo.serve.postgres import embedded
from kyoo.serve.postgres.embedded import (
    LONGEST_LOG,
    EmbeddedPostgres,
    account_name,
    running_servers,
    telling,
    unprivileged_user,
)

PARENT = """
import asyncio, sys, pathlib
from kyoo.serve.postgres.embedded import EmbeddedPostgres
async def main():
    server = EmbeddedPostgres(pathlib.Path(sys.argv[1]))
    await server.start()
    print(server.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def gone(pid: int, within: float = PATIENCE) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


async def test_data_survives_a_stop_and_a_start(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for number in (1, 2):
        server = EmbeddedPostgres(closed / "postgres")
        await server.start()
        pid = server.pid
        assert pid is not None
        try:
            with psycopg.connect(server.conninfo()) as connection:
                connection.execute("create table if not exists public.starts (n int)")
                connection.execute("insert into public.starts values (%s)", [number])
                rows = connection.execute("select count(*) from public.starts").fetchone()
        finally:
            await server.stop()
        assert rows == (number,)
        assert gone(pid)


def test_a_killed_parent_takes_postgres_with_it_and_the_next_start_works(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path / "postgres")], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    server = EmbeddedPostgres(tmp_path / "postgres")
    asyncio.run(server.start())  # at once: the former server may still be shutting down
    asyncio.run(server.stop())
    assert gone(pid)


async def test_a_killed_server_is_started_again(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    keeper = asyncio.create_task(server.keep_running())
    try:
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: server.pid not in (None, first))

        def answers() -> bool:
            try:
                psycopg.connect(server.conninfo()).close()
            except psycopg.OperationalError:
                return False
            return True

        await until(answers)
    finally:
        keeper.cancel()
        await server.stop()


@pytest.mark.exhaustive
async def test_a_server_that_does_not_last_is_started_less_and_less_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "FIRST_PAUSE", 0.1)
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    keeper = asyncio.create_task(server.keep_running())
    starts: list[float] = []
    start = server._start_server

    def start_in_vain() -> None:
        starts.append(time.monotonic())
        start()

    monkeypatch.setattr(server, "_start_server", start_in_vain)
    monkeypatch.setattr(server, "programs", tmp_path)
    try:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await until(lambda: len(starts) == 5)
        pauses = [after - before for before, after in itertools.pairwise(starts)]
        # 0.1, 0.2, 0.4 and 0.8, each and what it takes to see that it ended.
        assert all(pause > 0.1 * 2**i for i, pause in enumerate(pauses))
    finally:
        keeper.cancel()
        await server.stop()


async def test_a_damaged_cluster_is_one_clear_line(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("18\n")
    with pytest.raises(DatabaseUnavailableError, match=r"The embedded Postgres does not start: .*see .*postgres\.log"):
        await EmbeddedPostgres(folder).start()


def test_one_kyoo_a_data_directory(tmp_path: Path) -> None:
    with exclusive(tmp_path), pytest.raises(DataDirectoryError, match="Another kyoo is running"), exclusive(tmp_path):
        pass
    with exclusive(tmp_path):
        pass


def test_a_data_directory_inside_a_library_is_left_out_of_it(tmp_path: Path) -> None:
    with exclusive(tmp_path / "data"):
        (tmp_path / "data" / "cache").mkdir()
        (tmp_path / "data" / "cache" / "9.mp4").write_bytes(b"a segment")
        (tmp_path / "film.mp4").touch()
        walker = Walker((tmp_path,))
        found = [file.path for chunk in walker.walk(str(tmp_path)) for file in chunk.files]
        assert found == [str(tmp_path / "film.mp4")]


def test_the_reason_is_told_and_not_the_last_words() -> None:
    ending = "LOG:  starting\nFATAL:  could not write lock file: No space left on device\nLOG:  shut down\n"
    assert telling(ending) == "FATAL:  could not write lock file: No space left on device"
    made = 'initdb: error: could not create directory "x"\ninitdb: removing data directory "x"\n'
    assert telling(made).startswith("initdb: error")
    assert telling("something else\n\n") == "something else"
    assert telling("") == "no output"


async def test_the_log_stays_small(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.log.write_bytes(b"x" * (LONGEST_LOG + 1))
    await server.start()
    try:
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            connection.execute("create table public.once (n int primary key)")
            for _ in range(100):
                with contextlib.suppress(psycopg.errors.UniqueViolation):
                    connection.execute("insert into public.once values (1)")
    finally:
        await server.stop()
    assert server.log.with_suffix(".log.1").stat().st_size == LONGEST_LOG + 1
    assert server.log.stat().st_size < 20_000
    assert server.log.stat().st_mode & 0o777 == 0o600


async def test_a_database_of_another_account_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    folder.chmod(0o750)
    (folder / "PG_VERSION").write_text("18\n")
    name = account_name(os.geteuid())
    server = EmbeddedPostgres(folder)
    server.user = "-"
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(DataDirectoryError, match=f"belongs to {name}; start kyoo as {name}"):
        await server.start()
    assert folder.stat().st_mode & 0o777 == 0o750


async def test_a_backup_that_root_put_back_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    for _ in range(2):
        server = EmbeddedPostgres(folder)
        await server.start()
        await server.stop()
        # What `cp -r` makes as root; for another user nothing changes.
        for path in (folder, *folder.rglob("*")):
            os.chown(path, os.geteuid(), os.getegid())


def test_a_data_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataDirectoryError, match="cannot be written"), exclusive(tmp_path / "file" / "data"):
        pass


@pytest.fixture
def stranger() -> Iterator[int]:
    """The number of a process of the account that Postgres runs as, and no Postgres."""
    user = None if unprivileged_user() == "-" else unprivileged_user()
    with subprocess.Popen(["sleep", "60"], user=user) as process:
        yield process.pid
        process.kill()


@pytest.mark.parametrize("left", ["a number that another program has", "nothing: the power went", "nonsense"])
async def test_a_lock_file_that_was_left_behind_holds_nothing_up(
    tmp_path_factory: pytest.TempPathFactory, left: str, stranger: int
) -> None:
    # A short path: below a long one, sockets are in a folder that goes with the server.
    server = EmbeddedPostgres(tmp_path_factory.mktemp("short") / "postgres")
    await server.start()
    lock = (server.folder / "postmaster.pid").read_text().split("\n")
    sockets = next(server.sockets.glob("*.lock"))
    await server.stop()
    content = {"a": "\n".join([str(stranger), *lock[1:]]), "nothing:": "", "nonsense": "nonsense\n"}[
        left.split(maxsplit=1)[0]
    ]
    (server.folder / "postmaster.pid").write_text(content)
    sockets.write_text(content)
    await server.start()
    try:
        assert server.pid is not None
        psycopg.connect(server.conninfo()).close()
    finally:
        await server.stop()


async def test_a_copy_starts_beside_the_original(tmp_path: Path) -> None:
    original = EmbeddedPostgres(tmp_path / "original" / "postgres")
    await original.start()
    try:
        with psycopg.connect(original.conninfo(), autocommit=True) as connection:
            connection.execute("create table public.texts (text text)")
            connection.execute("insert into public.texts values ('of both')")
            connection.execute("checkpoint")
        # All of it: lock files and the socket that belong to the server of the original, too.
        subprocess.run(["cp", "-a", tmp_path / "original", tmp_path / "copy"], check=True)
        copy = EmbeddedPostgres(tmp_path / "copy" / "postgres")
        await copy.start()
        try:
            with psycopg.connect(copy.conninfo(), autocommit=True) as connection:
                connection.execute("insert into public.texts values ('of the copy')")
            with psycopg.connect(original.conninfo()) as connection:
                assert connection.execute("select text from public.texts").fetchall() == [("of both",)]
            assert original.pid is not None
            assert copy.pid not in (None, original.pid)
        finally:
            await copy.stop()
    finally:
        await original.stop()


async def test_a_new_cluster_is_on_the_disk_and_waits_for_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        written.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(os, "sync", lambda: pytest.fail("all that the machine writes is waited for"))
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    try:
        made = {
            server.folder,
            *(server.folder / name for name in ("PG_VERSION", "base/1/PG_VERSION", "pg_wal", "base")),
        }
        assert made <= set(written)
        assert len(written) > 900
    finally:
        await server.stop()


@pytest.mark.exhaustive
async def test_a_server_that_runs_is_never_locked_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    await server.start()
    try:
        assert server.pid in running_servers(server.folder)
        lock = (server.folder / "postmaster.pid").read_text()
        second = EmbeddedPostgres(tmp_path / "postgres")
        # Its process can be seen, or only its socket, as from another container.
        for seen in (True, False):
            with monkeypatch.context() as patch:
                if seen:
                    patch.setattr(asyncio, "sleep", _at_once)
                    patch.setattr(os, "kill", lambda *_: None)
                else:
                    patch.setattr(embedded, "running_servers", lambda _: [])
                with pytest.raises(DatabaseUnavailableError, match="runs on"):
                    await second.start()
            assert (server.folder / "postmaster.pid").read_text() == lock
        psycopg.connect(server.conninfo()).close()
    finally:
        await server.stop()
    assert running_servers(server.folder) == []


async def _at_once(_: float) -> None:
    pass


def test_a_shell_in_the_folder_is_no_server(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as process:
        assert running_servers(tmp_path) == []
        process.kill()
