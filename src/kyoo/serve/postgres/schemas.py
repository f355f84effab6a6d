"""Brings every schema of the database to this release."""

from __future__ import annotations

import asyncio

import psycopg

from kyoo.core.database.migrations import UnknownSchemaError, migrate, pending
from kyoo.core.database.queue import migrate_queue
from kyoo.core.errors import KyooError
from kyoo.serve.services import LANES


class MigrationError(KyooError):
    """A migration failed; nothing of it is kept. The message is one line for the operator."""


async def migrate_all(conninfo: str, services: list[str]) -> list[str]:
    """Migrate the schemas that are behind (none usually), the events and the queue; return the names of those migrated.
    Raises MigrationError."""
    try:
        behind = await asyncio.to_thread(pending, conninfo, ["events", *services])
        for service in behind:
            await asyncio.to_thread(migrate, conninfo, service)
        await asyncio.to_thread(migrate_queue, conninfo, [lane.queues for lane in LANES])
    except UnknownSchemaError as error:
        raise MigrationError(error.message) from error
    except psycopg.Error as error:
        raise MigrationError(f"The database cannot be migrated: {_reason(error)}") from error
    return behind


def _reason(error: psycopg.Error) -> str:
    """What Postgres says, without the statement and the place."""
    return " ".join((error.diag.message_primary or str(error)).split())
