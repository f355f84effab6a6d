"""Backups that a running server makes: when somebody asks on the pages, by schedule, and before a migration; and the
wish to replace the server by a backup, which the next start fulfils (restoring.py)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import structlog

from kyoo import __version__
from kyoo.core.database.migrations import pending
from kyoo.core.database.postgres import external_conninfo
from kyoo.core.errors import ConflictError
from kyoo.core.settings import read
from kyoo.core.tasks import apart
from kyoo.serve.backup.dumping import BackupError, is_new
from kyoo.serve.backup.making import BusyError, make_backup
from kyoo.serve.backup.restoring import Request, aside_now, check
from kyoo.serve.backup.settings import BackupSettings
from kyoo.serve.backup.target import Backup, Target
from kyoo.serve.services import SCHEMAS

#: Seconds between two looks whether a backup is due; also after one that failed.
LOOK_AGAIN = 600.0

log = structlog.get_logger()


@dataclass
class Keeper:
    """What the pages see. `stores` are the places of stored files by name; `restart` starts the server again, once it
    is known how. `doing` is what is under way, and how far; `failure` why the last backup or restore failed."""

    data_dir: Path
    conninfo: str
    stores: dict[str, str]
    restart: Callable[[], None] | None = None
    doing: tuple[str, int, int] | None = None
    failure: str | None = None
    closed: bool = False

    @property
    def location(self) -> str:
        return read(BackupSettings).place(self.data_dir)

    async def backups(self) -> list[Backup]:
        """Those that are whole, the newest first. Raises BackupError."""
        return await apart(lambda: Target(self.location).backups())

    def start(self) -> asyncio.Task[None]:
        """Begin a backup. Raises BusyError."""
        if self.doing is not None:
            raise BusyError("A backup is being made already")
        self.doing, self.failure = ("database", 0, 1), None
        return asyncio.create_task(self._make())

    async def _make(self) -> None:
        def progress(*how_far: str | int) -> None:
            if self.closed:
                raise BackupError("The server stopped meanwhile")
            self.doing = how_far  # type: ignore[assignment]

        try:
            backup = await apart(
                lambda: make_backup(self.conninfo, self.stores, Target(self.location), progress=progress)
            )
            log.info("backup made", name=backup.name, where=self.location)
        except BackupError as error:
            self.failure = error.message
            log.error("no backup", reason=error.message)  # noqa: TRY400 (the line says all)
        finally:
            self.doing = None

    async def replace(self, location: str, name: str | None, *, keep: bool) -> Backup:
        """Have the server start again as it was in a backup; what is there now is set aside, to be kept or not. Raises
        BackupError when the backup is not whole."""
        if external_conninfo() is not None:
            raise ConflictError(
                "The database is a server of its own: stop kyoo, make a new database, and run kyoo restore"
            )
        if self.restart is None:
            raise ConflictError("The server is starting")
        backup = await apart(lambda: check(Target(location, make=False), name))
        Request(location, backup.name, aside=aside_now(), keep_aside=keep).write(self.data_dir)
        self.restart()
        return backup


async def keep_making(conninfo: str, stores: dict[str, str]) -> None:
    """Backups by schedule, for ever; where several processes do this, one of them makes each."""
    settings = read(BackupSettings)
    while settings.backup_target is not None:
        try:
            await apart(lambda: make_due(conninfo, stores, settings))
        except BusyError:
            log.debug("another process makes a backup")
        except BackupError as error:
            log.error("no backup", reason=error.message, seconds=LOOK_AGAIN)  # noqa: TRY400 (the line says all)
        await asyncio.sleep(LOOK_AGAIN)
    await asyncio.Event().wait()


def make_due(conninfo: str, stores: dict[str, str], settings: BackupSettings) -> Backup | None:
    """A backup when the newest is too old, and only so many of them are kept. Raises BackupError."""
    assert settings.backup_target is not None
    target = Target(settings.backup_target)
    newest = next((backup for backup in target.backups() if backup.files is not None), None)
    if newest is not None and datetime.now(UTC) - newest.made < timedelta(hours=settings.every):
        return None
    backup = make_backup(conninfo, stores, target, reason="by schedule")
    log.info("backup made", name=backup.name, where=target.location)
    target.rotate(settings.keep)
    return backup


def before_migrations(conninfo: str, data_dir: Path) -> Backup | None:
    """The database alone, when this release is about to change it. A backup that fails keeps nobody from starting: a
    migration that fails changes nothing."""
    settings = read(BackupSettings)
    try:
        if is_new(conninfo) or not pending(conninfo, SCHEMAS):
            return None
        target = Target(settings.place(data_dir))
        backup = make_backup(conninfo, None, target, reason=f"before release {__version__}")
        target.rotate(settings.keep)
    except (BackupError, psycopg.Error) as error:
        reason = " ".join(str(error).split())
        log.warning("the database is migrated without a backup", reason=reason)
        return None
    return backup
