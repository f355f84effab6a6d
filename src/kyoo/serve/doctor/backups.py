"""Backups: whether there are some, how old the newest whole one is, and whether it lies elsewhere than the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kyoo.core.settings import OptionError, read
from kyoo.serve.backup.dumping import BackupError
from kyoo.serve.backup.settings import BackupSettings
from kyoo.serve.backup.target import Target
from kyoo.serve.doctor.findings import Finding
from kyoo.serve.doctor.subject import Subject

#: Of the time between two: one that failed is tried again long before.
LATE = 1.5


def backups(subject: Subject) -> Iterator[Finding]:
    try:
        settings = read(BackupSettings)
    except OptionError:
        return  # said by name already
    if settings.backup_target is None:
        yield Finding(
            "backups",
            "none are made by themselves",
            "Set KYOO_BACKUP to a folder on another disk, or s3://bucket/prefix; or run kyoo backup every night",
            advice=True,
        )
        return
    try:
        found = Target(settings.backup_target, make=False).backups()
    except BackupError as error:
        yield Finding("backups", error.message, "Mount its disk, or look at the rights; the log says what failed")
        return
    newest = next((backup for backup in found if backup.files is not None), None)
    if newest is None or datetime.now(UTC) - newest.made > timedelta(hours=settings.every * LATE):
        age = f"the newest is of {newest.made:%Y-%m-%d %H:%M} UTC" if newest else "there is none yet"
        yield Finding("backups", f"{age}, in {settings.backup_target}", "The log of the worker says why: “no backup”")
        return
    yield Finding(
        "backups", f"{len(found)} in {settings.backup_target}, the newest of {newest.made:%Y-%m-%d %H:%M} UTC"
    )
    folder = Target(settings.backup_target).folder
    if folder is not None and subject.data_dir.exists() and folder.stat().st_dev == subject.data_dir.stat().st_dev:
        yield Finding(
            "backups", f"{folder} is on the disk of the data directory", "Keep them on another disk, or in S3"
        )
