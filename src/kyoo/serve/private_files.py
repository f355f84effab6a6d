"""What lies in the data directory is for nobody but us: files 0600, folders 0700."""

# Paths are strings here: a Path for each of 100,000 pictures costs more than the look at it.
# ruff: noqa: PTH101

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

#: What we make there. Postgres keeps its own folder to itself, and its account may be another one.
OURS = frozenset({"images", "profile_pictures", "cache", "metadata", "secrets"})
LOGS = "postgres.log"
FILES = (".ignore", "lock")


def make_private_files() -> None:
    """Whatever this process and its children make from now on is for nobody else."""
    os.umask(0o077)


def close_to_others(data_dir: Path) -> int:
    """Take the rights of others from what lies in the data directory: an older release, a copy or a restored backup
    gave them some. Only from what is ours, as the folder may hold other things; links are not followed. Returns how
    many files and folders were changed."""
    try:
        with os.scandir(data_dir) as scan:
            entries = list(scan)
    except OSError:
        return 0
    changed = 0
    if all(entry.name in OURS or entry.name.startswith(("postgres", *FILES)) for entry in entries):
        changed += _close(str(data_dir))
    waiting = []
    for entry in entries:
        if entry.name in OURS and entry.is_dir(follow_symlinks=False):
            waiting.append(entry.path)
        elif entry.name.startswith((LOGS, *FILES)):
            changed += _close(entry.path)
    while waiting:
        folder = waiting.pop()
        changed += _close(folder)
        with contextlib.suppress(OSError), os.scandir(folder) as scan:
            for entry in scan:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    changed += _close(entry.path)
    return changed


def _close(path: str) -> int:
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode) or not mode & 0o077:
            return 0
        os.chmod(path, stat.S_IMODE(mode) & 0o700)
    except OSError:  # gone meanwhile, or another's
        return 0
    return 1
