"""The database of a server, for commands about it: of one that runs, or of a data directory whose server is stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo

from kyoo.core.database.postgres import Database, check_server, external_conninfo
from kyoo.serve.data_directory import DataDirectoryError, exclusive
from kyoo.serve.postgres.embedded import DATABASE, USER, embedded_postgres_server, running_servers
from kyoo.serve.postgres.schemas import migrate_all


@asynccontextmanager
async def database_of_auth(data_dir: Path, command: str) -> AsyncIterator[Database]:
    """The database that the environment names, else that of the data directory, with the newest schema of auth."""
    async with reachable(data_dir) as conninfo:
        await check_server(conninfo)
        await migrate_all(conninfo, ["auth"])
        database = Database(conninfo, name=f"kyoo {command}", max_size=1)
        await database.open()
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def reachable(data_dir: Path) -> AsyncIterator[str]:
    """The connection string of a server that runs; the embedded one is started for the time when it does not."""
    if (external := external_conninfo()) is not None:
        yield external
        return
    folder = data_dir / "postgres"
    if not (folder / "PG_VERSION").exists():
        raise DataDirectoryError(f"There is no database in {data_dir}; name its folder with --data-dir")
    if (sockets := _sockets_of_running(folder)) is not None:
        yield make_conninfo(host=sockets, user=USER, dbname=DATABASE)
        return
    with exclusive(data_dir):
        async with embedded_postgres_server(folder) as server:
            yield server.conninfo()


def _sockets_of_running(folder: Path) -> str | None:
    """The folder of the Unix socket of the server that runs on a cluster (line 5 of its postmaster.pid)."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
        return lines[4] if int(lines[0]) in running_servers(folder) else None
    except (OSError, ValueError, IndexError):
        return None
