"""Files that are not where they were: deleted by a person, or gone with a disk that is not mounted.

Deleted ones leave the api. The others are kept and marked as missing, with a warning, and come back by themselves.
"""

from __future__ import annotations

import asyncio
import os

import structlog

from kyoo.core.files import path_of, text_of
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.folders.walk import Walker
from kyoo.scanner.queries import files, folders
from kyoo.scanner.queries.files import StoredFile

log = structlog.get_logger()


class Vanished:
    """The vanished files of one scan, judged root by root."""

    def __init__(self, context: ScannerContext, walker: Walker) -> None:
        self._context = context
        self._walker = walker
        self._removed: dict[str, int] = {}
        self._reasons: dict[str, str | None] = {}
        self._mounted: dict[str, bool] = {}

    async def root_problem(self, root: str) -> str | None:
        """Why nothing can be said about the files of this root, or None."""
        if root not in self._reasons:
            self._reasons[root] = await asyncio.to_thread(_root_problem, root)
        return self._reasons[root]

    async def are_many(self, vanished: list[StoredFile]) -> bool:
        """Whether a root lost so many files that a disk must be missing."""
        return any([await self._too_many(root, group) for root, group in self._by_root(vanished).items()])

    async def remove(self, vanished: list[StoredFile], *, give_up: bool = False) -> None:
        """Remove what was deleted and keep what is merely out of reach. `give_up`: what was missing before this scan is
        removed, too."""
        for root, group in self._by_root(vanished).items():
            new = [known for known in group if not known.missing]
            warning = await self._warning(root, new)
            if warning:
                keep = new
            else:
                keep = [known for known in new if not await self._is_mounted(known)]
                if keep:
                    volumes = ", ".join(sorted({str(known.mount) for known in keep}))
                    warning = f"{volumes} is not mounted; {len(keep)} files are kept until it comes back"
            kept = {known.path for known in keep}
            remove = [known for known in new if known.path not in kept]
            if give_up:
                remove += [known for known in group if known.missing]
            if keep:
                log.warning("files are missing", root=root, reason=warning, files=len(keep))
                async with self._context.runtime.database.transaction() as connection:
                    await files.mark_missing(connection, sorted(kept))
                    await folders.set_warning(connection, root, warning)
            await self._delete(root, remove)

    async def _delete(self, root: str, remove: list[StoredFile]) -> None:
        if not remove:
            return
        self._removed[root] = self._removed.get(root, 0) + len(remove)
        paths = [known.path for known in remove]
        # First there, then here: a scan that is cut off between the two repeats the harmless half.
        known_there = [known.path for known in remove if known.video]
        for start in range(0, len(known_there), 500):
            await self._context.api.remove(known_there[start : start + 500])
        async with self._context.runtime.database.connection() as connection:
            await files.delete(connection, paths)
        # What could never be read was in nobody's library: its place in the list of problems is settled, no more.
        if files_there := sum(known.state != "failed" for known in remove):
            log.info("files were removed", root=root, files=files_there)

    async def _warning(self, root: str, new: list[StoredFile]) -> str | None:
        if not new:
            return None
        if problem := await self.root_problem(root):
            return f"{problem}; {len(new)} files are kept until it comes back"
        if await self._too_many(root, new):
            return f"{len(new)} files disappeared at once; they are kept until they come back or are removed by hand"
        return None

    async def _too_many(self, root: str, vanished: list[StoredFile]) -> bool:
        count = sum(not known.missing for known in vanished) + self._removed.get(root, 0)
        if count <= self._context.settings.missing_count:
            return False
        async with self._context.runtime.database.connection() as connection:
            known = await files.count_below(connection, root) + self._removed.get(root, 0)
        return count > known * self._context.settings.missing_share

    async def _is_mounted(self, known: StoredFile) -> bool:
        if known.mount is None:
            return True
        if known.mount not in self._mounted:
            self._mounted[known.mount] = await asyncio.to_thread(os.path.ismount, path_of(str(known.mount)))
        return self._mounted[known.mount]

    def _by_root(self, vanished: list[StoredFile]) -> dict[str, list[StoredFile]]:
        groups: dict[str, list[StoredFile]] = {}
        for known in vanished:
            # A root that is no longer configured is no reason to forget its files: `root_of` gives none for them.
            root = self._walker.root_of(known.path)
            if root is not None:
                groups.setdefault(root, []).append(known)
        return groups


def _root_problem(root: str) -> str | None:
    try:
        with os.scandir(path_of(root)) as scan:
            return None if next(scan, None) is not None else "The library folder is empty"
    except FileNotFoundError:
        return "The library folder does not exist"
    except OSError as error:
        return f"The library folder cannot be read ({error.strerror})"


async def review_warnings(context: ScannerContext, vanished: Vanished) -> None:
    """After a full scan: say what is wrong with a root even when it never had files, and drop what is settled."""
    for root in map(text_of, context.settings.library):
        problem = await vanished.root_problem(root)
        async with context.runtime.database.connection() as connection:
            if await files.missing_below(connection, root):
                continue
            empty_is_fine = problem == "The library folder is empty"
            await folders.set_warning(connection, root, None if empty_is_fine else problem)
