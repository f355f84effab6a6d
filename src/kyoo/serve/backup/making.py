"""Making a backup while the server runs: the database as it is at one moment, then every stored file that is not there
from an earlier one, and at last the word that it is whole."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psycopg
from obstore.exceptions import BaseError
from obstore.exceptions import NotFoundError as NotStoredError
from obstore.store import ObjectStore

from kyoo import __version__
from kyoo.core.blobs import open_store
from kyoo.core.database.keepalives import TELL, configuration, with_keepalives
from kyoo.serve.backup.dumping import BackupError, dump
from kyoo.serve.backup.target import ABOUT, DATABASE, FILES, NAMED, Backup, File, Target, UnreadableBackupError, place

#: One backup at a time is made of a database (an arbitrary constant of ours).
LOCK = 5_190_525
#: Files that are copied at once.
AT_ONCE = 8
#: Bytes of a file that are kept in memory; of larger ones on the disk.
IN_MEMORY = 8 * 1024**2
BLOCK = 1024**2

#: Told how far it is: what is done, and how many of how many.
Progress = Callable[[str, int, int], None]


class Stored(NamedTuple):
    """One file of a store, as the store lists it."""

    store_name: str
    store: ObjectStore
    name: str
    size: int
    modified: str


class BusyError(BackupError):
    """Another backup is being made."""


def make_backup(
    conninfo: str,
    stores: dict[str, str] | None,
    target: Target,
    *,
    reason: str = "asked for",
    progress: Progress = lambda *_: None,
) -> Backup:
    """`stores` are the places of the stored files by name, None: the database alone. Blocking. Raises BackupError; the
    target then holds nothing that looks like a whole backup."""
    with _alone(conninfo) as postgres, _written(target):
        name = _fresh_name(target)
        progress("database", 0, 1)
        size, sha256 = _keep_database(conninfo, target, f"backups/{name}/{DATABASE}")
        files = None if stores is None else _keep_files(stores, target, progress)
        packed = None
        if files is not None:
            packed = gzip.compress(json.dumps(files).encode(), mtime=0)
            target.store.put(f"backups/{name}/{FILES}", packed)
        backup = Backup(
            name=name,
            release=__version__,
            reason=reason,
            postgres=postgres,
            database_size=size,
            database_sha256=sha256,
            files=None if files is None else len(files),
            files_sha256=None if packed is None else hashlib.sha256(packed).hexdigest(),
            size=size + sum(file.size for file in files or ()),
        )
        if target.folder is not None:
            # What it speaks of is on the disk before it speaks.
            os.sync()
        target.store.put(f"backups/{name}/{ABOUT}", json.dumps(backup.to_json(), indent=2).encode())
        if target.folder is not None:
            os.sync()
    return backup


@contextmanager
def _alone(conninfo: str) -> Iterator[int]:
    """Gives the version of Postgres."""
    try:
        with psycopg.connect(with_keepalives(conninfo), autocommit=True, application_name="kyoo backup") as connection:
            connection.execute(TELL, configuration(connection))
            row = connection.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()
            if row is None or not row[0]:
                raise BusyError("A backup is being made already")
            yield connection.info.server_version // 10_000
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be read: {' '.join(str(error).split())}") from error


@contextmanager
def _written(target: Target) -> Iterator[None]:
    """What the place and its stores say becomes one line."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise target.failure(error) from error


def _fresh_name(target: Target) -> str:
    there = target.names()
    while (name := datetime.now(UTC).strftime(NAMED)) in there:
        time.sleep(0.1)
    return name


def _keep_database(conninfo: str, target: Target, name: str) -> tuple[int, str]:
    """Its size and hash."""
    folder = None
    if target.folder is not None:
        folder = target.folder / Path(name).parent
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder) as scratch:
        file = Path(scratch) / DATABASE
        # Of this end alone: pg_dump takes those of the server as an option of the connection, which poolers refuse.
        dump(with_keepalives(conninfo, copies=True), file)
        sha256 = hash_of(file)
        size = file.stat().st_size
        if target.folder is not None:
            file.replace(target.folder / name)
        else:
            target.store.put(name, file)
    return size, sha256


def hash_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _keep_files(stores: dict[str, str], target: Target, progress: Progress) -> list[File]:
    """Every file of the stores, copied unless its content is there."""
    there = {sha256 for sha256, _ in target.kept()}
    before = _known(target)
    waiting: list[Stored] = []
    found: list[File] = []
    for store_name, location in stores.items():
        store = open_store(location)
        for batch in store.list(chunk_size=1000):
            for meta in batch:
                modified = f"{meta['last_modified'].isoformat()} {meta.get('e_tag') or ''}"
                known = before.get((store_name, meta["path"]))
                if known and known.modified == modified and known.size == meta["size"] and known.sha256 in there:
                    found.append(known)
                else:
                    waiting.append(Stored(store_name, store, meta["path"], meta["size"], modified))
    known_already, whole = len(found), len(found) + len(waiting)
    progress("files", known_already, whole)
    with copying() as pool:
        for number, file in enumerate(pool.map(lambda one: _keep_file(target, there, one), waiting), 1):
            if file is not None:
                found.append(file)
            progress("files", known_already + number, whole)
    return sorted(found)


@contextmanager
def copying() -> Iterator[ThreadPoolExecutor]:
    """Threads that copy files; what waits is left when the context ends early."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _known(target: Target) -> dict[tuple[str, str], File]:
    """The files of the newest whole backup that has some."""
    for backup in target.backups():
        # Of a list that is damaged nothing is known: its files are read again.
        with suppress(UnreadableBackupError):
            if backup.files is not None:
                return {(file.store, file.name): file for file in target.files(backup)}
    return {}


def _keep_file(target: Target, there: set[str], stored: Stored) -> File | None:
    """None: it has gone meanwhile."""
    digest = hashlib.sha256()
    count = 0
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as copy:
        try:
            for block in stored.store.get(stored.name).stream(BLOCK):
                digest.update(block)
                copy.write(block)
                count += len(block)
        except (NotStoredError, FileNotFoundError):
            return None
        sha256 = digest.hexdigest()
        if sha256 not in there:
            copy.seek(0)
            target.store.put(place(sha256), copy)
            there.add(sha256)
    # What changed while it was read is read again the next time.
    modified = stored.modified if count == stored.size else ""
    return File(stored.store_name, stored.name, count, sha256, modified)
