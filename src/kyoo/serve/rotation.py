"""`kyoo auth rotate-keys`: a new signing key for a server that runs, or for one that is stopped. The rules of keys are
the auth service's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
from psycopg.conninfo import make_conninfo

from kyoo.auth.settings import AuthSettings
from kyoo.auth.signing import KEPT_AFTER, PUBLISHED_BEFORE, rotate
from kyoo.core.errors import KyooError
from kyoo.core.postgres import Database, check_server, external_conninfo
from kyoo.serve.embedded import DATABASE, USER, DataDirectoryError, embedded_postgres_server, exclusive, running_servers
from kyoo.serve.schemas import migrate_all


class KeysElsewhereError(KyooError):
    """The keys are not ours to rotate. The message is one line for the operator."""


async def rotate_keys(data_dir: Path, *, revoke: bool) -> None:
    """Rotate the keys in the database that the environment names, else in that of the data directory."""
    if AuthSettings().rsa_private_key_path is not None:
        raise KeysElsewhereError("The tokens are signed with RSA_PRIVATE_KEY_PATH: put a new key into that file")
    async with _reachable(data_dir) as conninfo:
        await check_server(conninfo)
        await migrate_all(conninfo, ["auth"])
        database = Database(conninfo, name="kyoo rotate-keys", max_size=1)
        await database.open()
        try:
            kid = await rotate(database, revoke=revoke)
        finally:
            await database.close()
    if revoke:
        click.echo(f"The key {kid} signs from now on. All others were taken back: JWTs and presigned links are void.")
    else:
        click.echo(
            f"The key {kid} signs in {PUBLISHED_BEFORE.seconds} seconds. "
            f"What the former keys signed stays good; they are removed after {KEPT_AFTER.days} days."
        )


@asynccontextmanager
async def _reachable(data_dir: Path) -> AsyncIterator[str]:
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
