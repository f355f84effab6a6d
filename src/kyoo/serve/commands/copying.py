"""`kyoo export` and `kyoo import`: everything that the database knows in one file, and such a file into a new one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
import psycopg

from kyoo.api.queries.catalogue.taking_in import complete
from kyoo.core.database.copying import CopyError, check_file, export_rows, import_rows
from kyoo.core.database.postgres import Database, check_server, external_conninfo
from kyoo.serve.data_directory import exclusive
from kyoo.serve.postgres.embedded import embedded_postgres_server
from kyoo.serve.postgres.reaching import reachable
from kyoo.serve.postgres.schemas import migrate_all
from kyoo.serve.services import NAMES


async def export(data_dir: Path, path: Path) -> None:
    """Also of a database that this release does not know, and of a server that runs."""
    async with reachable(data_dir) as conninfo:
        await check_server(conninfo)
        try:
            counts = await asyncio.to_thread(export_rows, conninfo, NAMES, path)
        except psycopg.Error as error:
            raise CopyError(f"The database cannot be read: {error.diag.message_primary or error}") from error
    click.echo(f"{path} has {_told(counts)}. It holds hashes of passwords and keys: keep it to yourself.")


async def take_in(data_dir: Path, path: Path) -> None:
    """Into a new database, made for it; one that has users or shows is refused."""
    await asyncio.to_thread(check_file, path)
    async with _new(data_dir) as conninfo:
        await check_server(conninfo)
        await migrate_all(conninfo, NAMES)
        counts = await asyncio.to_thread(import_rows, conninfo, NAMES, path)
        database = Database(conninfo, name="kyoo import", max_size=1)
        await database.open()
        try:
            async with database.transaction() as connection:
                await complete(connection)
        finally:
            await database.close()
    click.echo(f"Taken in: {_told(counts)}. Start the server with the same folders of videos.")


@asynccontextmanager
async def _new(data_dir: Path) -> AsyncIterator[str]:
    """The server that the environment names, else the embedded one, started for the time, which makes its cluster."""
    if (external := external_conninfo()) is not None:
        yield external
        return
    await asyncio.to_thread(data_dir.mkdir, parents=True, exist_ok=True)
    with exclusive(data_dir):
        async with embedded_postgres_server(data_dir / "postgres") as server:
            yield server.conninfo()


def _told(counts: dict[str, int]) -> str:
    wanted = {"auth.users": "users", "api.shows": "shows", "api.videos": "files", "api.history": "plays"}
    return ", ".join(f"{counts.get(table, 0)} {name}" for table, name in wanted.items())
