"""The whole database as one file, and back: by pg_dump and pg_restore of the embedded Postgres, for others as well."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import pq, sql

from kyoo.core.errors import KyooError
from kyoo.serve.embedded import LAUNCHER, PROGRAMS, telling
from kyoo.serve.services import SCHEMAS

#: Hours that it may take: a hundred thousand files take seconds.
PATIENCE = 6 * 3600
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


class BackupError(KyooError):
    """A backup cannot be made, read or brought back. The message is one line for the operator, without secrets."""

    status = 409


def dump(conninfo: str, path: Path) -> None:
    """Write all of it, as it is at one moment. Raises BackupError; a file that is there then is not whole."""
    _run(_program("pg_dump", conninfo), ["--format=custom", "--compress=6", f"--file={path}"], conninfo)
    path.chmod(0o600)


def bring_back(conninfo: str, path: Path) -> None:
    """Everything of a dump into a database without schemas of ours, or nothing of it. Functions, policies and rights
    are made anew by the next migration: roles are not the same on every server. Raises BackupError."""
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--dbname="]
    _run(_program("pg_restore", conninfo), [*options, str(path)], conninfo)
    with psycopg.connect(conninfo) as connection:
        for service in SCHEMAS:
            # A release that knew less had fewer.
            found = connection.execute("select to_regclass(%s)", [f"{service}.migrations"]).fetchone()
            if found is not None and found[0] is not None:
                query = sql.SQL("update {} set hash = '' where name = 'schema'")
                connection.execute(query.format(sql.Identifier(service, "migrations")))


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
    """libpq is told by variables where the server is: arguments can be read by everybody on the machine."""
    done = subprocess.run(
        # It ends with this process.
        [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), "-", str(program), "--no-password", *options],
        env={**_variables(conninfo), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(f"{program.name} ends with: {telling(done.stderr)}")


def _variables(conninfo: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name.startswith("PG") or name in ("PATH", "HOME")}
    given = {
        option.envvar.decode(): option.val.decode()
        for option in pq.Conninfo.parse(conninfo.encode())
        if option.envvar and option.val
    }
    return inherited | given
