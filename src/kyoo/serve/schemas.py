"""Brings every schema of the database to this release, in a process of its own: Alembic's memory goes back with it."""

from __future__ import annotations

import asyncio
import sys

import psycopg

from kyoo.core.errors import KyooError
from kyoo.core.migrations import migrate, pending
from kyoo.core.queue import migrate_queue
from kyoo.serve import environment

SERVICES = ["auth", "api", "scanner", "transcoder"]


class MigrationError(KyooError):
    """A migration failed; nothing of it is kept. The message is one line for the operator."""


async def migrate_all(conninfo: str, services: list[str]) -> list[str]:
    """Migrate the schemas that are behind (none usually) and the queue; return the names of those migrated.
    Raises MigrationError."""
    try:
        behind = await asyncio.to_thread(pending, conninfo, services)
        await _migrate_services(conninfo, behind)
        await asyncio.to_thread(migrate_queue, conninfo)
    except psycopg.Error as error:
        raise MigrationError(f"The database cannot be migrated: {_reason(error)}") from error
    return behind


async def _migrate_services(conninfo: str, behind: list[str]) -> None:
    if behind:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "kyoo.serve.schemas", *behind),
            env=environment.of_migrations(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl-C in a terminal reaches us alone: a migration that has begun is finished.
            start_new_session=True,
        )
        _, errors = await process.communicate(conninfo.encode())
        if process.returncode != 0:
            lines = errors.decode(errors="replace").strip().splitlines() or ["no reason given"]
            raise MigrationError(f"The database cannot be migrated: {lines[-1]}")


def main() -> None:
    """Migrate the services that are named. What Postgres refuses ends it with the reason on standard error."""
    from sqlalchemy.exc import DBAPIError

    conninfo = sys.stdin.read()
    for service in sys.argv[1:]:
        try:
            migrate(conninfo, service)
        except (psycopg.Error, DBAPIError) as error:
            sys.exit(f"schema {service}: {_reason(error)}")


def _reason(error: Exception) -> str:
    """What Postgres says, without the statement and the place: SQLAlchemy's own text ends in a link."""
    cause = getattr(error, "orig", None) or error
    said = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
    return " ".join((said or str(cause)).split())


if __name__ == "__main__":
    main()
