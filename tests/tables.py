"""`python -m tests.tables`: writes `schema/tables.sql` of each service anew, from what its migrations come to."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import psycopg

from kyoo.core.database.migrations import folder_of, migrate
from kyoo.core.database.tables import describe
from kyoo.serve.postgres.embedded import embedded_postgres_server
from kyoo.serve.services import SCHEMAS

HEAD = (
    "-- The tables as they are. Made by `make tables` from what the migrations come to; nothing applies this file.\n\n"
)


def file_of(service: str) -> Path:
    return folder_of(service) / "schema" / "tables.sql"


def tables_of(conninfo: str, service: str) -> str:
    """What the file of `service` has to say, by a database that is migrated."""
    with psycopg.connect(conninfo) as connection:
        return HEAD + describe(connection, service)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_postgres_server(Path(folder) / "postgres") as server:
            for service in SCHEMAS:
                migrate(server.conninfo(), service)
                file_of(service).write_text(tables_of(server.conninfo(), service))


if __name__ == "__main__":
    asyncio.run(main())
