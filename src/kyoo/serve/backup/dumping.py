"""The whole database as one file, and back: by pg_dump and pg_restore of the embedded Postgres, for others as well."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import IO

import psycopg
from psycopg import pq, sql

from kyoo.core.database.migrations import UnknownSchemaError, migrate
from kyoo.core.database.queue import migrate_queue
from kyoo.core.errors import KyooError
from kyoo.serve.backup.limited import without_rights
from kyoo.serve.backup.strangers import strangers
from kyoo.serve.postgres.embedded import LAUNCHER, PROGRAMS, telling
from kyoo.serve.services import SCHEMAS

#: Hours that it may take: a hundred thousand files take seconds.
PATIENCE = 6 * 3600
#: What one server notes for itself about a column, and another does not know (Postgres 15.20 and 17.12 do).
OF_ONE_SERVER = re.compile(rb"ALTER TABLE (ONLY )?\S+ ALTER COLUMN .+ SET \(pg_\w+=[^)]*\);\s*$")
FAILURE = re.compile(r"\b(error|ERROR|FATAL|fatal):")
#: Of what a dump should not hold.
MOST_NAMED = 5
#: Bytes that are passed on at once.
BLOCK = 256 * 1024
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


class BackupError(KyooError):
    """A backup cannot be made, read or brought back. The message is one line for the operator, without secrets."""

    status = 409


def dump(conninfo: str, path: Path) -> None:
    """Write all of it, as it is at one moment. Raises BackupError; a file that is there then is not whole."""
    _run(_program("pg_dump", conninfo), ["--format=custom", "--compress=6", f"--file={path}"], conninfo)
    path.chmod(0o600)


def bring_back(conninfo: str, path: Path, *, trusted: bool = False) -> None:
    """Everything of a dump into a database without schemas of ours, or nothing of it. What is in it runs without rights
    (limited.py), and what this release did not make is refused, unless it is `trusted`. Functions, policies and rights
    are made anew by the next migration: roles are not the same on every server. Raises BackupError."""
    try:
        with without_rights(conninfo) as limited:
            _run_dump(limited, path)
            _forget_functions(limited)
            if not trusted:
                for schema in SCHEMAS:
                    migrate(limited, schema)
                migrate_queue(limited)
                with psycopg.connect(limited) as connection:
                    found = list(islice(strangers(connection), MOST_NAMED))
                if found:
                    raise BackupError(
                        f"The dump holds what is not of this program: {', '.join(found)}. If you know why, and trust "
                        "whoever made it: kyoo restore --trust"
                    )
        # As the user whose roles and rights they name.
        _forget_functions(conninfo)
    except UnknownSchemaError as error:
        raise BackupError(error.message) from error
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be brought back: {' '.join(str(error).split())}") from error


def _run_dump(conninfo: str, path: Path) -> None:
    with tempfile.TemporaryFile() as said:
        options = ["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file=-"]
        psql = subprocess.Popen(
            _command(_program("psql", conninfo), options),
            env=_environment(conninfo),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        assert psql.stdin is not None
        try:
            psql.stdin.write(b"begin;\n")
            for section in ("pre-data", "data", "post-data"):
                _pass_on(conninfo, path, section, psql.stdin)
            # Said only when all of it has been: what ends before is undone.
            psql.stdin.write(b"commit;\n")
            psql.stdin.close()
            status = psql.wait(PATIENCE)
        except BrokenPipeError:
            status = psql.wait(PATIENCE)
        finally:
            psql.kill()
            with contextlib.suppress(BrokenPipeError):
                psql.stdin.close()
            psql.wait()
        if status != 0:
            said.seek(0)
            words = said.read().decode(errors="replace")
            raise BackupError(f"The database cannot be brought back: {_reason(words)}")


def _forget_functions(conninfo: str) -> None:
    """Have the next migration make everything anew but tables."""
    with psycopg.connect(conninfo) as connection:
        for service in SCHEMAS:
            # A release that knew less had fewer.
            found = connection.execute("select to_regclass(%s)", [f"{service}.migrations"]).fetchone()
            if found is not None and found[0] is not None:
                query = sql.SQL("update {} set hash = '' where name = 'schema'")
                connection.execute(query.format(sql.Identifier(service, "migrations")))


def _pass_on(conninfo: str, path: Path, section: str, to: IO[bytes]) -> None:
    """One part of a dump, as statements."""
    options = ["--no-owner", "--no-privileges", f"--section={section}", "--file=-", str(path)]
    with tempfile.TemporaryFile() as said:
        reader = subprocess.Popen(
            _command(_program("pg_restore", conninfo), options),
            env=_environment(conninfo),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        assert reader.stdout is not None
        try:
            if section == "pre-data":
                to.writelines(line for line in reader.stdout if not OF_ONE_SERVER.match(line))
            else:
                shutil.copyfileobj(reader.stdout, to, BLOCK)
            reader.stdout.close()
            status = reader.wait(PATIENCE)
        finally:
            reader.stdout.close()
            reader.kill()
            reader.wait()
        if status != 0:
            said.seek(0)
            raise BackupError(f"The dump cannot be read: {_reason(said.read().decode(errors='replace'))}")


def is_new(conninfo: str) -> bool:
    """Whether the database has no schema of ours."""
    with psycopg.connect(conninfo) as connection:
        query = "select from pg_namespace where nspname = any (%s)"
        return connection.execute(query, [[*SCHEMAS, "queue"]]).fetchone() is None


def _program(name: str, conninfo: str) -> Path:
    """Ours, or that of the machine when the server is newer than ours. Raises BackupError."""
    with psycopg.connect(conninfo, connect_timeout=10) as connection:
        wanted = connection.info.server_version // 10_000
    candidates = [PROGRAMS / name, *([Path(found)] if (found := shutil.which(name)) else [])]
    for candidate in candidates:
        if _major(candidate) >= wanted:
            return candidate
    raise BackupError(f"Postgres {wanted} needs a {name} of its version: install its postgresql-client-{wanted}")


def _major(program: Path) -> int:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = VERSION.search(said)
    return int(found[1]) if found else 0


def _run(program: Path, options: list[str], conninfo: str) -> None:
    done = subprocess.run(
        _command(program, options),
        env=_environment(conninfo),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(f"{program.name} ends with: {_reason(done.stderr)}")


def _command(program: Path, options: list[str]) -> list[str]:
    """It ends with this process."""
    launch = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), "-", str(program)]
    no_password = ["--no-password"] if program.name != "pg_restore" else []
    return [*launch, *no_password, *options]


def _reason(output: str) -> str:
    """The first line that says what is wrong."""
    lines = [line for line in output.splitlines() if FAILURE.search(line)]
    return lines[0] if lines else telling(output)


def _environment(conninfo: str) -> dict[str, str]:
    """libpq is told by variables where the server is: arguments can be read by everybody on the machine."""
    return {**_variables(conninfo), "LC_ALL": "C.UTF-8"}


def _variables(conninfo: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name.startswith("PG") or name in ("PATH", "HOME")}
    given = {
        option.envvar.decode(): option.val.decode()
        for option in pq.Conninfo.parse(conninfo.encode())
        if option.envvar and option.val
    }
    return inherited | given
