"""A pooler in front of Postgres, which works by session (docs/operating/sizing.md)."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tests.e2e.server import free_port
from tests.waiting import until

from kyoo.core.database.keepalives import SERVER
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database, fetch_value
from kyoo.core.database.queue import make_queue, migrate_queue

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
ROOT = os.geteuid() == 0

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed")


@pytest.fixture
async def pooled(conninfo: str) -> AsyncIterator[str]:
    known, port = conninfo_to_dict(conninfo), free_port()
    # It does not run as root; Postgres does not, either, and its socket is for its account alone.
    account = Path(str(known["host"])).stat().st_uid
    folder = Path(tempfile.mkdtemp(prefix="kyoo-pooler-"))
    settings = folder / "pgbouncer.ini"
    log = settings.with_suffix(".log")
    server = f"host={known['host']} port={known.get('port', 5432)} user={known['user']}"
    settings.write_text(
        f"[databases]\n* = {server}\n[pgbouncer]\npool_mode = session\nauth_type = any\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nlogfile = {log}\n"
    )
    if ROOT:
        os.chown(folder, account, -1)
        os.chown(settings, account, -1)
        Path(str(known["host"])).parent.chmod(0o711)
    assert PROGRAM is not None
    process = subprocess.Popen([PROGRAM, str(settings)], user=account if ROOT else None, stderr=subprocess.DEVNULL)
    given = make_conninfo(conninfo, host="127.0.0.1", port=port)

    async def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            await (await psycopg.AsyncConnection.connect(given)).close()
        except psycopg.OperationalError:
            return False
        return True

    try:
        await until(answers)
        yield given
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)
        shutil.rmtree(folder)


async def test_everything_that_connects_does_so_through_it(pooled: str) -> None:
    migrate_queue(pooled)
    migrate(pooled, "api")
    database, queue = Database(pooled, max_size=2), make_queue(pooled)
    await database.open()
    try:
        async with database.connection() as connection:
            for name, value in SERVER.items():
                setting = await fetch_value(connection, "select current_setting(%(name)s)", {"name": name})
                # A server that is reached over a socket of its machine takes no notice.
                assert setting in ("0", str(value)), name
            assert await fetch_value(connection, "show timezone") == "UTC"
        async with queue.open_async():
            assert await queue.configure_task("nothing").defer_async() > 0
            row = await queue.connector.execute_query_one_async("select count(*) as jobs from procrastinate_jobs")
            assert row["jobs"] == 1
    finally:
        await database.close()
