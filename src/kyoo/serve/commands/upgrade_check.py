"""`kyoo upgrade --check`: what the first start of this release will do with a data directory, before it does it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import psycopg

from kyoo import __version__
from kyoo.core.database.migrations import files_of
from kyoo.core.database.postgres import check_server, external_conninfo
from kyoo.core.settings import read
from kyoo.serve.backup.dumping import BackupError
from kyoo.serve.backup.settings import BackupSettings
from kyoo.serve.backup.target import Target
from kyoo.serve.doctor.database import schemas
from kyoo.serve.doctor.findings import Finding, size
from kyoo.serve.postgres.embedded import major_of, our_major
from kyoo.serve.postgres.major_upgrade import lacking, programs_of
from kyoo.serve.postgres.reaching import reachable

AREA = "upgrade"


async def check(data_dir: Path) -> bool:
    """Print what will be done, and what stands in the way; whether nothing does. Changes nothing."""
    findings = [Finding(AREA, f"this is release {__version__}")]
    major = None if external_conninfo() else major_of(data_dir / "postgres")
    if major is not None and major != our_major():
        findings += list(_of_cluster(data_dir, major))
    else:
        async with reachable(data_dir) as conninfo:
            await check_server(conninfo)
            findings += await asyncio.to_thread(lambda: list(_of_schemas(conninfo, data_dir)))
    findings += await asyncio.to_thread(lambda: list(_of_backups(data_dir)))
    for finding in findings:
        click.echo(f"{'ok  ' if finding.well else 'FIND'}  {finding.what}")
        if finding.todo:
            click.echo(f"      → {finding.todo}")
    return all(finding.well for finding in findings)


def _of_cluster(data_dir: Path, major: int) -> Iterator[Finding]:
    if major > our_major():
        yield Finding(
            AREA, f"the database is of Postgres {major}, this release has {our_major()}", "Install a later one"
        )
        return
    programs = programs_of(data_dir, major)
    if programs is None:
        yield Finding(AREA, f"there is no Postgres {major}, which made the database", lacking(data_dir, major))
        return
    yield Finding(AREA, f"the database will be upgraded from Postgres {major} ({programs}) to {our_major()}")
    held = sum(path.stat().st_size for path in (data_dir / "postgres").rglob("*") if path.is_file())
    yield _room(data_dir, 2 * held)


def _of_schemas(conninfo: str, data_dir: Path) -> Iterator[Finding]:
    waiting = False
    for service, state in schemas(conninfo).items():
        files = files_of(service)
        if state is None:
            yield Finding(AREA, f"the schema {service} will be made")
            continue
        known = {file.name: file.hash for file in files.migrations}
        strange = [name for name, value in state.migrations.items() if known.get(name) != value]
        if state.is_newer:
            yield Finding(
                AREA,
                f"the schema {service} is of the later release {state.release}",
                "Install that one, unless you want to go back by one release, which works on it",
            )
        elif strange:
            yield Finding(
                AREA,
                f"the schema {service} was made by files that are not known here ({strange[0]}): the start is refused",
                "Start the release that made it, or take everything along: kyoo export, kyoo import",
            )
        elif state.is_current(files):
            yield Finding(AREA, f"the schema {service} stays as it is")
        else:
            waiting = True
            names = [file.name for file in files.migrations if file.name not in state.migrations]
            what = f": {', '.join(names)}" if names else ": functions and policies"
            yield Finding(AREA, f"the schema {service} will be migrated{what}")
    if waiting and external_conninfo() is None:
        with psycopg.connect(conninfo) as connection:
            row = connection.execute("select pg_database_size(current_database())").fetchone()
        yield _room(data_dir, row[0] if row else 0)


def _room(data_dir: Path, needed: int) -> Finding:
    free = shutil.disk_usage(data_dir).free
    what = f"it takes up to {size(needed)} of the {size(free)} that are free"
    return Finding(AREA, what, "Make room" if needed > free else None)


def _of_backups(data_dir: Path) -> Iterator[Finding]:
    location = read(BackupSettings).place(data_dir)
    try:
        found = Target(location, make=False).backups()
    except BackupError:
        found = []
    if found:
        yield Finding(AREA, f"the newest backup in {location} is of {found[0].made:%Y-%m-%d %H:%M} UTC")
    else:
        yield Finding(AREA, f"there is no backup in {location}", f"kyoo backup --data-dir {data_dir} {location}")
