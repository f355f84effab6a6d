"""A scan: comparing the library folders with what is known of them, and acting on the differences.

New files are registered, renamed ones keep what they are, vanished ones are removed, unless so many vanished at once
that a disk must be missing. How to walk is in `folders/walk.py`, what is read of a new file in `file_reader.py`.
"""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH116

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from kyoo.core.errors import BadRequestError
from kyoo.core.files import path_of, text_of
from kyoo.scanner import work
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.folders.walk import Chunk, FoundFile, Walker
from kyoo.scanner.queries import belonging, files, folders, requests, shows
from kyoo.scanner.queries.files import StoredFile
from kyoo.scanner.scanning import file_reader
from kyoo.scanner.scanning.file_reader import FileReader, FileReading
from kyoo.scanner.scanning.missing import Vanished, review_warnings
from kyoo.scanner.scanning.renewing import close_left, renew
from kyoo.scanner.shows.registration import register

T = TypeVar("T")

#: A walk that takes longer has its first files registered before it ends.
PATIENCE = 1.0


async def scan(
    context: ScannerContext,
    paths: list[str] | None = None,
    *,
    reconcile: bool = False,
    remove_missing: bool = False,
) -> None:
    """Bring everything at or below `paths` (None: all roots) up to date; a library without changes costs no write.

    `reconcile`: also compare with the api, which may have lost files or shows. `remove_missing`: remove what is kept as
    missing and is still not there. Raises ApiUnavailableError: run it again, nothing is lost.
    """
    await Scan(context, paths).run(reconcile=reconcile, remove_missing=remove_missing)


class Scan:
    def __init__(self, context: ScannerContext, paths: list[str] | None) -> None:
        self._context = context
        self._database = context.runtime.database
        self._walker = Walker(context.settings.library, context.settings.ignore_pattern)
        self._full = paths is None
        self._scopes = _outermost(map(text_of, context.settings.library) if paths is None else paths)
        for scope in self._scopes:
            if self._walker.root_of(scope) is None:
                raise BadRequestError(f"{scope} is outside the library")
        self._reader = FileReader(context.settings.library)
        self._vanished = Vanished(context, self._walker)
        #: What is known of the scopes and was not seen yet.
        self._unseen: dict[str, StoredFile] = {}
        #: New and changed files: to be taken, and those that may still be growing.
        self._fresh: list[FoundFile] = []
        self._restless: list[FoundFile] = []
        #: Files that an earlier scan stored and could not register.
        self._waiting: list[str] = []
        self._unreadable: list[str] = []
        self._sidecars: dict[str, str] = {}
        self._taken = 0
        self._is_told = False

    async def run(self, *, reconcile: bool, remove_missing: bool) -> None:
        if self._full:
            await work.anime_lists(self._context.runtime.queue)
        if reconcile:
            await self._begin()
            await self._reconcile()
        async with self._database.transaction() as connection:
            async for rows in files.known(connection, self._scopes):
                self._unseen.update((row.path, row) for row in rows)
        started = time.monotonic()
        async for chunk in self._walker.chunks(self._scopes):
            await self._compare(chunk)
            if time.monotonic() - started > PATIENCE:
                await self._take_fresh()
        await self._remove_replaced()
        await self._take_fresh()
        await self._take_restless()
        await self._vanished.remove(self._not_seen(), give_up=remove_missing)
        await self._compare_sidecars()
        if self._full:
            renewed = await renew(self._database, self._reader)
            for paths in self._batches(list(renewed)):
                await register(self._context, paths)
            if renewed:
                await close_left(self._context, renewed)
        if self._taken:
            await work.probe(self._context.runtime.queue)
        if self._full:
            await review_warnings(self._context, self._vanished)
            await self._resume()
        if self._is_told:
            await self._context.reporter.tell("ended")

    async def _begin(self) -> None:
        """Somebody has asked for this scan, or it has found something; one that finds nothing writes nothing."""
        if not self._is_told:
            self._is_told = True
            await self._context.reporter.tell("started")

    async def _compare(self, chunk: Chunk) -> None:
        back: list[str] = []
        for found in chunk.files:
            known = self._unseen.pop(found.path, None)
            if known is None or known.size != found.size or known.mtime_ns != found.mtime_ns:
                self._fresh.append(found)
            elif known.state == "found":
                self._waiting.append(found.path)
            elif known.state == "failed" and self._full:
                self._fresh.append(found)
            if known is not None and known.missing:
                back.append(found.path)
        self._unreadable += chunk.unreadable
        self._sidecars |= chunk.sidecars
        async with self._database.connection() as connection:
            for problem in chunk.problems:
                if self._unseen.pop(problem.path, None) is None:
                    await files.store(connection, [FileReading.failed(problem.path, problem.reason).row()])
            if back:
                await files.mark_found(connection, back)

    async def _take_fresh(self) -> None:
        """Take the new files that are complete; the others are looked at again later."""
        fresh, self._fresh = self._fresh, []
        waiting, self._waiting = self._waiting, []
        youngest = time.time_ns() - self._context.settings.settle_time * 1e9
        self._restless += [found for found in fresh if found.mtime_ns > youngest]
        for batch in self._batches([found for found in fresh if found.mtime_ns <= youngest]):
            await self._take(batch)
        for paths in self._batches(waiting):
            await register(self._context, paths)

    async def _take_restless(self) -> None:
        """Wait until the youngest could have settled and look again; what still grows is left to a later scan."""
        if not self._restless:
            return
        settle = self._context.settings.settle_time
        age = (time.time_ns() - max(found.mtime_ns for found in self._restless)) / 1e9
        await asyncio.sleep(min(settle, max(0.0, settle - age)))
        steady, growing = await asyncio.to_thread(_look_again, self._restless)
        for batch in self._batches(steady):
            await self._take(batch)
        if growing:
            await work.scan_paths(self._context.runtime.queue, growing, delay=max(0.5, settle))

    def _batches(self, items: list[T]) -> Iterator[list[T]]:
        start = 0
        while start < len(items):
            size = self._context.settings.batch if self._taken else self._context.settings.first_batch
            batch = items[start : start + size]
            start += size
            self._taken += len(batch)
            yield batch

    async def _take(self, batch: list[FoundFile]) -> None:
        await self._begin()
        readings = await self._reader.read(batch)
        async with self._database.transaction() as connection:
            moved = await file_reader.store(connection, readings)
        for path in moved:
            self._unseen.pop(path, None)
        await register(self._context, [item.path for item in readings if item.state == "found"])

    def _not_seen(self) -> list[StoredFile]:
        """What vanished, as far as its folder could be read."""
        return [known for path, known in self._unseen.items() if not _inside(path, self._unreadable)]

    async def _remove_replaced(self) -> None:
        """Remove first what cannot have been renamed, as no new file has its size: a better copy that takes the place
        of a deleted one then finds the slug of its entry free."""
        vanished = self._not_seen()
        if await self._vanished.are_many(vanished):
            return
        sizes = {found.size for found in [*self._fresh, *self._restless]}
        certain = [known for known in vanished if known.size not in sizes and not known.missing]
        await self._vanished.remove(certain)
        for known in certain:
            self._unseen.pop(known.path)

    async def _compare_sidecars(self) -> None:
        """Shows whose .nfo files or pictures changed are written to the api again."""
        async with self._database.connection() as connection:
            known = await folders.known(connection, self._scopes)
            changed = {path: mark for path, mark in self._sidecars.items() if known.get(path) != mark}
            gone = [path for path in known.keys() - self._sidecars.keys() if not _inside(path, self._unreadable)]
            if not changed and not gone:
                return
            touched = set(await belonging.shows_below(connection, [*changed, *gone]))
            # What is to be identified looks into its folders then.
            touched -= await requests.pending(connection, touched)
        async with self._database.transaction() as connection:
            if changed:
                await folders.store(connection, changed)
            if gone:
                await folders.delete(connection, gone)
        await work.refresh(self._context.runtime.queue, touched, delay=min(2.0, self._context.settings.refresh_delay))

    async def _reconcile(self) -> None:
        """The api is the truth about what it holds: what it lost is registered or identified again."""
        paths, unmatched = await self._context.api.unmatched()
        async with self._database.transaction() as connection:
            lost = [path for path in await belonging.registered_paths(connection) if path not in paths]
            await belonging.forget_registration(connection, lost)
            await belonging.forget_identification(connection, sorted(unmatched))

    async def _resume(self) -> None:
        """Give jobs to whatever waits without one: after a crash, or after a failure that has passed."""
        async with self._database.transaction() as connection:
            lacking = await belonging.unidentified_shows(connection)
            if lacking:
                await requests.enqueue_shows(connection, lacking)
            waiting = await requests.waiting_shows(connection)
            unprobed = await files.unprobed(connection, 1)
            await shows.delete_unused(connection)
        await work.identify(self._context.runtime.queue, waiting)
        if unprobed:
            await work.probe(self._context.runtime.queue)


def _look_again(restless: list[FoundFile]) -> tuple[list[FoundFile], list[str]]:
    """Those that are as they were, and the paths of those that are not."""
    steady, growing = [], []
    for found in restless:
        try:
            status = os.stat(path_of(found.path))
        except OSError:  # gone again
            continue
        if (status.st_size, status.st_mtime_ns) == (found.size, found.mtime_ns):
            steady.append(found)
        else:
            growing.append(found.path)
    return steady, growing


def _outermost(paths: Iterable[str]) -> list[str]:
    """Without the paths that lie inside another one."""
    kept: list[str] = []
    for path in sorted({path.rstrip("/") or "/" for path in paths}, key=lambda path: path.split("/")):
        if not kept or not _inside(path, kept[-1:]):
            kept.append(path)
    return kept


def _inside(path: str, folders_: list[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders_)
