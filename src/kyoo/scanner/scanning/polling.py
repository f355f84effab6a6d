"""Looking for what changes in network shares: a folder that something was put into, or taken from, has a new time.
Costs a call a folder; what changes inside a file is found by the scans of everything."""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH116

from __future__ import annotations

import contextlib
import os
import time

from kyoo.core.files import text_of
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.folders.abreast import Abreast
from kyoo.scanner.folders.mounts import shared_below
from kyoo.scanner.folders.walk import is_skipped_folder

#: In nanoseconds: the times of some file systems are of so many seconds only.
TICK = 2 * 10**9


class Poller:
    """Remembers the times of the folders of network shares from one look to the next. Blocking."""

    def __init__(self, context: ScannerContext) -> None:
        self._roots = [str(root) for root in context.settings.library]
        self._times: dict[str, int] = {}
        #: The folders in each.
        self._inside: dict[str, list[str]] = {}

    def changed(self) -> set[str]:
        """The folders that changed since the last look, in the texts of paths; none at the first look at a share."""
        times: dict[str, int] = {}
        inside: dict[str, list[str]] = {}
        changed: set[str] = set()
        known = self._times
        reads = Abreast(self._read)
        try:
            for share in (share for root in self._roots for share in shared_below(root)):
                is_new = share not in known
                # Level by level, so that many can be asked for at once.
                level = [share]
                while level:
                    below: list[str] = []
                    for folder, found in zip(level, reads.each(level), strict=True):
                        if found is None and folder not in known:
                            continue
                        # One that does not answer is as it was.
                        times[folder], inside[folder] = found or (known[folder], self._inside[folder])
                        below += inside[folder]
                        if known.get(folder) != times[folder] and not is_new:
                            changed.add(folder)
                    level = below
        finally:
            reads.close()
        self._times, self._inside = times, inside
        return {text_of(folder) for folder in changed}

    def _read(self, folder: str) -> tuple[int, list[str]] | None:
        """Its time and the folders in it; None for what cannot be looked into."""
        with contextlib.suppress(OSError):
            # Before the list: what comes in between is a change of the next look.
            changed = os.stat(folder).st_mtime_ns
            if self._times.get(folder) == changed:
                return changed, self._inside[folder]
            if 0 <= time.time_ns() - changed < TICK:
                # What happens within a tick of the server's clock does not show in it.
                changed = 0
            with os.scandir(folder) as scan:
                return changed, [
                    entry.path
                    for entry in scan
                    if entry.is_dir(follow_symlinks=False) and not is_skipped_folder(entry.name)
                ]
        return None
