"""Bringing a backup back, into a new data directory and an empty database. A file says that it is under way: what is
cut off is finished by the next attempt, or by the next start of the server, and never taken for whole."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from obstore.exceptions import BaseError
from obstore.exceptions import NotFoundError as NotStoredError
from obstore.store import ObjectStore

from kyoo import __version__
from kyoo.api.queries.catalogue.taking_in import complete
from kyoo.core.blobs import open_store, remove_unfinished
from kyoo.core.database.postgres import Database, check_server, external_conninfo
from kyoo.serve.backup.dumping import BackupError, bring_back, is_new
from kyoo.serve.backup.making import BLOCK, IN_MEMORY, Progress, copying, hash_of
from kyoo.serve.backup.target import DATABASE, NAMED, Backup, File, Target
from kyoo.serve.postgres.embedded import embedded_postgres_server
from kyoo.serve.postgres.schemas import migrate_all
from kyoo.serve.services import NAMES

UNDER_WAY = "restoring.json"
#: What `kyoo serve` makes by itself, and nobody misses.
TRIFLES = {"lock", ".ignore", UNDER_WAY, "lost+found", "postgres.log", "postgres.log.1"}
#: What is set aside when a server that is there is replaced.
REPLACED = ("postgres", "images", "profile_pictures", "metadata", "secrets", "postgres.programs")


@dataclass(frozen=True)
class Request:
    """Which backup is to be brought back. `aside`: the folder that takes what is there, to be kept afterwards or not;
    None: nothing is there. `step`: `asked`; `cleared` when that was done and an external database was seen to be empty;
    `given up` when what was set aside is to come back."""

    location: str
    name: str
    aside: str | None = None
    keep_aside: bool = True
    step: Literal["asked", "cleared", "given up"] = "asked"

    def write(self, data_dir: Path) -> None:
        unfinished = data_dir / f".{UNDER_WAY}.new"
        unfinished.write_text(json.dumps(asdict(self)))
        unfinished.replace(data_dir / UNDER_WAY)

    @staticmethod
    def read(data_dir: Path) -> Request | None:
        """None: nothing is under way."""
        try:
            return Request(**json.loads((data_dir / UNDER_WAY).read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise BackupError(f"{data_dir / UNDER_WAY} is damaged: delete it, and restore again") from error


def check(target: Target, name: str | None) -> Backup:
    """The backup to bring back, of which everything was seen to be there. Raises BackupError."""
    backup = target.chosen(name)
    if _order(backup.release) > _order(__version__):
        raise BackupError(f"The backup {backup.name} was made by release {backup.release}: install that one first")
    kept = {sha256 for sha256, _ in target.kept()} if backup.files else set()
    lost = sum(file.sha256 not in kept for file in target.files(backup))
    if lost:
        raise BackupError(f"{lost} files of the backup {backup.name} are not in {target.location} any more")
    return backup


def check_empty(data_dir: Path) -> None:
    """Raises BackupError when something of a server is in a folder."""
    there = sorted(path.name for path in data_dir.iterdir()) if data_dir.exists() else []
    if held := [name for name in there if name not in TRIFLES and not name.startswith(".")]:
        raise BackupError(f"{data_dir} is not empty: it has {', '.join(held[:5])}. Name a new folder with --data-dir")


async def restore(
    data_dir: Path, stores: dict[str, str], request: Request, progress: Progress, *, trusted: bool = False
) -> Backup:
    """Do what `request` says, from the beginning if it was cut off. The data directory is held by whoever calls.
    `trusted`: also a dump that holds more than ours. Raises BackupError; the next attempt goes on."""
    target = await asyncio.to_thread(Target, request.location, make=False)
    backup = await asyncio.to_thread(check, target, request.name)
    external = external_conninfo()
    if request.step == "asked":
        await asyncio.to_thread(request.write, data_dir)
        if external is not None and not await asyncio.to_thread(is_new, external):
            (data_dir / UNDER_WAY).unlink()
            raise BackupError("The database is not empty: make a new one, and name it with POSTGRES_URL")
        if request.aside is not None:
            await asyncio.to_thread(_set_aside, data_dir, request.aside)
        request = replace(request, step="cleared")
        await asyncio.to_thread(request.write, data_dir)
    # Half a database of an attempt before.
    for name in ("postgres", "postgres.run"):
        await asyncio.to_thread(shutil.rmtree, data_dir / name, ignore_errors=True)
    files = await asyncio.to_thread(target.files, backup)
    await asyncio.to_thread(_bring_files, target, files, stores, progress)
    progress("database", 0, 1)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=data_dir) as scratch:
        dumped = Path(scratch) / DATABASE
        await asyncio.to_thread(_fetch_database, target, backup, dumped)
        async with _new_database(data_dir, external) as conninfo:
            if await asyncio.to_thread(is_new, conninfo):
                await asyncio.to_thread(bring_back, conninfo, dumped, trusted=trusted)
            await migrate_all(conninfo, NAMES)
            if backup.files is None:
                await _without_files(conninfo)
    (data_dir / UNDER_WAY).unlink()
    if request.aside is not None and not request.keep_aside:
        await asyncio.to_thread(shutil.rmtree, data_dir / request.aside, ignore_errors=True)
    return backup


def give_up(data_dir: Path, request: Request) -> bool:
    """Put what was set aside back in its place; whether there was something. For a backup that turned out to be
    damaged."""
    if request.aside is None:
        return False
    # What is there from now on is not half a database to be removed.
    replace(request, step="given up").write(data_dir)
    folder = data_dir / request.aside
    for name in REPLACED:
        if (folder / name).exists():
            shutil.rmtree(data_dir / name, ignore_errors=True)
            (folder / name).rename(data_dir / name)
    shutil.rmtree(folder, ignore_errors=True)
    (data_dir / UNDER_WAY).unlink(missing_ok=True)
    return True


def _set_aside(data_dir: Path, aside: str) -> None:
    folder = data_dir / aside
    folder.mkdir(exist_ok=True)
    for name in REPLACED:
        if (data_dir / name).exists():
            (data_dir / name).rename(folder / name)


def aside_now() -> str:
    return f"replaced-{datetime.now(UTC).strftime(NAMED)}"


@asynccontextmanager
async def _new_database(data_dir: Path, external: str | None) -> AsyncIterator[str]:
    if external is not None:
        await check_server(external)
        yield external
        return
    async with embedded_postgres_server(data_dir / "postgres") as server:
        yield server.conninfo()


async def _without_files(conninfo: str) -> None:
    """Pictures are downloaded again."""
    database = Database(conninfo, name="kyoo restore", max_size=1)
    await database.open()
    try:
        async with database.transaction() as connection:
            await complete(connection)
    finally:
        await database.close()


def _fetch_database(target: Target, backup: Backup, path: Path) -> None:
    try:
        with path.open("wb") as file:
            for block in target.store.get(f"backups/{backup.name}/{DATABASE}").stream(BLOCK):
                file.write(block)
    except (NotStoredError, FileNotFoundError) as error:
        raise BackupError(f"The backup {backup.name} has no database any more") from error
    except (BaseError, OSError) as error:
        raise target.failure(error) from error
    if hash_of(path) != backup.database_sha256:
        raise BackupError(f"The database of the backup {backup.name} is damaged: take another one")


def _bring_files(target: Target, files: list[File], locations: dict[str, str], progress: Progress) -> None:
    try:
        stores = {name: open_store(location) for name, location in locations.items()}
        for location in locations.values():
            remove_unfinished(location, older=timedelta(0))
        with copying() as pool:
            copies = pool.map(
                lambda file: _bring_file(target, file, stores[file.store]),
                [file for file in files if file.store in stores],
            )
            for number, _ in enumerate(copies, 1):
                progress("files", number, len(files))
    except (BaseError, OSError) as error:
        raise BackupError(f"The files cannot be written: {str(error).partition(chr(10))[0][:300]}") from error


def _bring_file(target: Target, file: File, store: ObjectStore) -> None:
    digest = hashlib.sha256()
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as copy:
        try:
            for block in target.store.get(file.place).stream(BLOCK):
                digest.update(block)
                copy.write(block)
        except (NotStoredError, FileNotFoundError) as error:
            raise BackupError(f"A file of the backup is not in {target.location} any more: {file.place}") from error
        if digest.hexdigest() != file.sha256:
            raise BackupError(f"A file of the backup is damaged: {file.place}. Take another backup")
        copy.seek(0)
        store.put(file.name, copy)


def _order(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".") if part.isdigit())
