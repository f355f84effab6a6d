"""The place where backups are kept, a folder or S3: what lies where, which of them are whole, what nothing needs.

backups/2026-11-29T03-25-00Z/database.dump   the database
backups/2026-11-29T03-25-00Z/files.json.gz   the name, size and hash of every stored file
backups/2026-11-29T03-25-00Z/backup.json     written last: without it a backup is not whole
files/ab/abcd…                               stored files by the hash of their content, shared by all backups
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import structlog
from obstore.exceptions import BaseError
from obstore.exceptions import NotFoundError as NotStoredError
from obstore.store import ObjectStore
from pydantic import Field, TypeAdapter

from kyoo.core.blobs import open_store
from kyoo.serve.backup.dumping import BackupError

log = structlog.get_logger()

Text = Annotated[str, Field(max_length=1000)]
Count = Annotated[int, Field(ge=0)]

FORMAT = 1
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")
NAMED = "%Y-%m-%dT%H-%M-%SZ"
ABOUT, DATABASE, FILES = "backup.json", "database.dump", "files.json.gz"
#: Bytes of what is read whole: a description, and a list of some millions of files.
LONGEST_ABOUT, LONGEST_LIST = 1024**2, 1024**3
#: A file that no backup names may belong to one that is being made.
SPARED = timedelta(days=1)


class File(NamedTuple):
    """One stored file: in which store, under which name. `modified` says whether it is still the same."""

    store: str
    name: str
    size: int
    sha256: str
    modified: str

    @property
    def place(self) -> str:
        return place(self.sha256)


@dataclass(frozen=True)
class Backup:
    """`files` is how many stored files it has, None for one of the database alone; `size` is all of it in bytes."""

    name: str
    release: Text
    reason: Text
    postgres: Count
    database_size: Count
    database_sha256: Text
    files: Count | None
    files_sha256: Text | None
    size: Count

    @property
    def made(self) -> datetime:
        return datetime.strptime(self.name, NAMED).replace(tzinfo=UTC)

    def to_json(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}


class UnreadableBackupError(BackupError):
    """What describes a backup cannot be read."""


class ForeignError(UnreadableBackupError):
    """Another release wrote it, which can."""


descriptions = TypeAdapter(Backup)


def place(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256}"


class Target:
    """Blocking. Every method raises BackupError when the place does not answer as it should."""

    def __init__(self, location: str, *, make: bool = True) -> None:
        """`make` a folder that is not there; else it is a place without backups."""
        self.location = location
        if not make and self.folder is not None and not (self.folder / "backups").is_dir():
            raise BackupError(f"There is no backup in {location}", status=404)
        try:
            self.store: ObjectStore = open_store(location)
        except (BaseError, ValueError, OSError) as error:
            raise self.failure(error) from error

    @property
    def folder(self) -> Path | None:
        """Where it is one of this machine."""
        return None if "://" in self.location else Path(self.location)

    def failure(self, error: Exception) -> BackupError:
        return BackupError(f"{self.location} cannot be used for backups: {str(error).partition(chr(10))[0][:300]}")

    def names(self) -> list[str]:
        """Of all backups, whole or not, the newest first."""
        try:
            found = self.store.list_with_delimiter("backups")
        except (BaseError, OSError) as error:
            raise self.failure(error) from error
        names = (prefix.rstrip("/").rpartition("/")[2] for prefix in found["common_prefixes"])
        return sorted((name for name in names if NAME.fullmatch(name)), reverse=True)

    def backups(self) -> list[Backup]:
        """Those that are whole, the newest first. One that cannot be read keeps nobody from the others."""
        found = []
        for name in self.names():
            try:
                backup = self.backup(name)
            except UnreadableBackupError as error:
                log.warning("a backup is left out", reason=error.message)
            else:
                found += [backup] if backup is not None else []
        return found

    def backup(self, name: str) -> Backup | None:
        """None: there is none, or it is not whole. UnreadableBackupError for one that nobody here can bring back."""
        if not NAME.fullmatch(name):
            return None
        try:
            about = json.loads(self.read(f"backups/{name}/{ABOUT}", LONGEST_ABOUT))
            written = about.pop("format", None)
            backup = descriptions.validate_python({**about, "name": name}) if written == FORMAT else None
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise UnreadableBackupError(f"The backup {name} in {self.location} is damaged") from error
        if backup is None:
            raise ForeignError(f"The backup {name} was written by another release ({about.get('release')})")
        return backup

    def chosen(self, name: str | None) -> Backup:
        """The one of this name, else the newest. Raises BackupError when there is none."""
        names = [name] if name else self.names()
        found = next((backup for one in names if (backup := self.backup(one)) is not None), None)
        if found is None:
            raise BackupError(f"There is no backup{f' {name}' if name else ''} in {self.location}")
        return found

    def files(self, backup: Backup) -> list[File]:
        """Empty for a backup of the database alone. Raises UnreadableBackupError when the list is damaged."""
        if backup.files is None:
            return []
        try:
            packed = self.read(f"backups/{backup.name}/{FILES}", LONGEST_LIST)
            found = [File(*line) for line in json.loads(gzip.decompress(packed))]
        except (FileNotFoundError, ValueError, TypeError, OSError, EOFError, zlib.error) as error:
            raise UnreadableBackupError(f"The list of files of the backup {backup.name} is damaged") from error
        if len(found) != backup.files:
            raise UnreadableBackupError(f"The list of files of the backup {backup.name} is damaged")
        return found

    def kept(self) -> Iterator[tuple[str, datetime]]:
        """The hashes of all files that are there, with the moment at which each was written."""
        try:
            for batch in self.store.list("files", chunk_size=1000):
                for found in batch:
                    yield found["path"].rpartition("/")[2], found["last_modified"]
        except (BaseError, OSError) as error:
            raise self.failure(error) from error

    def read(self, name: str, most: int) -> bytes:
        """Raises FileNotFoundError."""
        try:
            found = self.store.get(name)
            if found.meta["size"] > most:
                raise BackupError(f"{name} in {self.location} is too large")
            return bytes(found.bytes())
        except (NotStoredError, FileNotFoundError) as error:
            raise FileNotFoundError(name) from error
        except (BaseError, OSError) as error:
            raise self.failure(error) from error

    def rotate(self, keep: int) -> list[str]:
        """Delete what is older than the newest `keep` whole backups, and files that none of those names. Which backups
        went: none while there is one of another release, of which nobody here knows what it needs."""
        for name in self.names():
            try:
                self.backup(name)
            except ForeignError as error:
                log.warning("old backups are kept", reason=error.message)
                return []
            except UnreadableBackupError:
                pass
        whole = self.backups()
        kept = whole[:keep]
        if not kept:
            return []
        gone = [name for name in self.names() if name < kept[-1].name]
        # Those beside them that were not finished, too, but for one that is being made.
        recent = (datetime.now(UTC) - SPARED).strftime(NAMED)
        gone += [name for name in self.names() if name not in {backup.name for backup in whole} and name < recent]
        gone = list(dict.fromkeys(gone))
        # Of one that is newer than all of these, nothing is known: its files are young.
        spared = datetime.now(UTC) - SPARED
        try:
            named = {file.sha256 for backup in kept for file in self.files(backup)}
            unused = [place(sha256) for sha256, written in self.kept() if sha256 not in named and written < spared]
        except UnreadableBackupError as error:
            log.warning("files of old backups are kept", reason=error.message)
            unused = []
        try:
            for name in gone:
                # First what makes it whole: whoever is interrupted leaves no half backup that looks so.
                for part in (ABOUT, FILES, DATABASE):
                    self._delete([f"backups/{name}/{part}"])
            for begin in range(0, len(unused), 1000):
                self._delete(unused[begin : begin + 1000])
        except (BaseError, OSError) as error:
            raise self.failure(error) from error
        if self.folder is not None:
            for name in gone:
                (self.folder / "backups" / name).rmdir()
        return gone

    def _delete(self, names: list[str]) -> None:
        try:
            self.store.delete(names)
        except (NotStoredError, FileNotFoundError):
            if len(names) > 1:
                for name in names:
                    self._delete([name])
