"""Who has the data directory: one kyoo at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from kyoo.core.errors import KyooError


class DataDirectoryError(KyooError):
    """The data directory cannot be used. The message is one line for the operator."""


@contextlib.contextmanager
def exclusive(data_dir: Path) -> Iterator[None]:
    """Hold the data directory; raise DataDirectoryError when it cannot be written or another process holds it."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # A scanner whose library holds this directory leaves it out.
        (data_dir / ".ignore").touch(0o600)
    except OSError as error:
        raise DataDirectoryError(f"The data directory {data_dir} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise DataDirectoryError(f"Another kyoo is running on the data directory {data_dir}") from None
    try:
        yield
    finally:
        os.close(handle)


def is_held(data_dir: Path) -> bool:
    """Whether a kyoo runs on the data directory. Changes nothing."""
    try:
        handle = os.open(data_dir / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
