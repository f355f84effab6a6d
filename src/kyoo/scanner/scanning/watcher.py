"""Watching the library folders: changes become scan jobs. One process of all replicas watches; the others stand by."""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH112, PTH116

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable

import psycopg
import structlog
import watchfiles
from procrastinate.exceptions import ConnectorException
from watchfiles import Change

from kyoo.core.database.keepalives import TELL, configuration
from kyoo.core.files import text_of
from kyoo.scanner import work
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.folders.mounts import mounts
from kyoo.scanner.folders.walk import IGNORE_FILE, Walker, is_sidecar_name, is_skipped_folder, is_video_name
from kyoo.scanner.scanning.polling import Poller

log = structlog.get_logger()

#: Held by the process that watches (the number Kyoo uses for its leader).
LEADER_LOCK = 198_347
STAND_BY = 5.0
#: How often roots and mounts are compared with what is watched: a mount on top of a watched folder causes no event.
CHECK_ROOTS = 10.0

#: More changes than this in one folder make one scan of the folder.
PATHS_A_FOLDER = 20
#: A new folder is looked at again after this long: what is put into it while its watch is set up causes no event.
SECOND_LOOK = 5.0

#: What a restart of Postgres raises.
_DATABASE_ERRORS = (psycopg.Error, ConnectorException, OSError)


class NoEventsError(Exception):
    """Changes are not reported: the system lacks watches, the file system tells nothing, or a name is not UTF-8."""


class Watcher:
    def __init__(self, context: ScannerContext) -> None:
        self._context = context
        self._walker = Walker(context.settings.library, context.settings.ignore_pattern)
        self._roots = [str(root) for root in context.settings.library]

    async def run(self) -> None:
        """Watch as long as the task lives, whenever no other process does."""
        while True:
            try:
                async with self._leadership():
                    await self._lead()
            except _DATABASE_ERRORS as error:
                log.warning("the watcher starts again", reason=" ".join(str(error).split()))
            except Exception:
                # Whatever it is, it must not end the jobs that run beside it.
                log.exception("the watcher failed and starts again")
            await asyncio.sleep(STAND_BY)

    @contextlib.asynccontextmanager
    async def _leadership(self) -> AsyncIterator[None]:
        """Wait for the lock and hold it on a connection of its own; losing the connection ends the leadership."""
        conninfo = self._context.runtime.database.conninfo
        connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True, application_name="kyoo watcher")
        async with connection:
            await connection.execute(TELL, configuration(connection))
            while True:
                cursor = await connection.execute("select pg_try_advisory_lock(%s)", [LEADER_LOCK])
                row = await cursor.fetchone()
                if row and row[0]:
                    break
                await asyncio.sleep(STAND_BY)
            current = asyncio.current_task()
            assert current is not None
            keeper = asyncio.create_task(self._keep(connection, current))
            try:
                yield
            except asyncio.CancelledError:
                if not keeper.done():
                    raise
                current.uncancel()
                raise psycopg.OperationalError("the connection that holds the watcher's lock was lost") from None
            finally:
                keeper.cancel()

    @staticmethod
    async def _keep(connection: psycopg.AsyncConnection, leader: asyncio.Task[None]) -> None:
        try:
            while True:
                await asyncio.sleep(STAND_BY)
                await connection.execute("select 1")
        except psycopg.Error:
            leader.cancel()

    async def _lead(self) -> None:
        log.info("watching the library", folders=self._roots)
        queue = self._context.runtime.queue
        beside = [asyncio.create_task(each) for each in (self._rescan(), self._poll())]
        said = False
        try:
            await work.scan_all(queue)
            while True:
                watched = await asyncio.to_thread(self._present)
                try:
                    await self._watch(watched)
                    said = False
                except NoEventsError as error:
                    if not said:
                        said = True
                        log.warning(
                            "changes of the library are not reported; its folders are walked instead",
                            every=self._context.settings.poll_interval,
                            reason=str(error),
                        )
                    await asyncio.sleep(self._context.settings.poll_interval)
                await work.scan_all(queue)
        finally:
            for each in beside:
                each.cancel()

    async def _rescan(self) -> None:
        await self._repeat(self._context.settings.rescan_interval, self._scan_all)

    async def _scan_all(self) -> None:
        await work.scan_all(self._context.runtime.queue)

    async def _poll(self) -> None:
        """What others change in network shares is reported to nobody here. A share that is away and holds its callers
        up holds up nothing but this."""
        poller = Poller(self._context)

        async def look() -> None:
            if changed := await asyncio.to_thread(poller.changed):
                await work.scan_paths(self._context.runtime.queue, changed)

        await self._repeat(self._context.settings.poll_interval, look, at_once=True)

    @staticmethod
    async def _repeat(seconds: float, scan: Callable[[], Awaitable[None]], *, at_once: bool = False) -> None:
        while True:
            await asyncio.sleep(0 if at_once else seconds)
            at_once = False
            try:
                await scan()
            except _DATABASE_ERRORS as error:
                log.warning("no scan now, the database does not answer", reason=str(error))
            except Exception:
                log.exception("no scan now")

    def _present(self) -> dict[str, tuple[int, int]]:
        """The roots that are there and what is mounted below them, with what tells one folder or disk from another."""
        found = {}
        for root in self._roots:
            with contextlib.suppress(OSError):
                status = os.stat(root)
                found[root] = (status.st_dev, status.st_ino)
        # Not asked for their status: a server that is away would hold up the look at all others.
        for mount in mounts():
            if mount.point not in self._roots and self._walker.root_of(text_of(mount.point)) is not None:
                found[mount.point] = (-1, mount.number)
        return found

    async def _watch(self, watched: dict[str, tuple[int, int]]) -> None:
        """Turn changes into scans until the roots are others than `watched`. Raises NoEventsError."""
        stop = asyncio.Event()
        checks = asyncio.create_task(self._until_roots_change(watched, stop))
        try:
            if not any(root in watched for root in self._roots):
                await stop.wait()
                return
            async with contextlib.aclosing(
                self._changes([root for root in self._roots if root in watched], stop)
            ) as all_:
                async for batch in all_:
                    await self._scan(batch)
        finally:
            stop.set()
            checks.cancel()

    async def _changes(self, roots: list[str], stop: asyncio.Event) -> AsyncGenerator[set[tuple[Change, str]], None]:
        """What changes below the roots, until `stop`. Raises NoEventsError, whatever watchfiles raises."""
        try:
            reported = watchfiles.awatch(
                *roots,
                watch_filter=self._matters,
                debounce=int(self._context.settings.debounce * 1000),
                step=100,
                stop_event=stop,
                rust_timeout=1000,
                ignore_permission_denied=True,
            )
        except Exception as error:
            raise NoEventsError(_reason(error)) from error
        while True:
            try:
                batch = await anext(reported, None)
            except Exception as error:
                # A name that is not UTF-8 is an error inside a group: watchfiles cannot tell it, wherever it lies.
                raise NoEventsError(_reason(error)) from error
            if batch is None:
                return
            yield batch

    async def _until_roots_change(self, watched: dict[str, tuple[int, int]], stop: asyncio.Event) -> None:
        try:
            # No event exists for a disk that is mounted or unmounted.
            while await asyncio.to_thread(self._present) == watched:  # noqa: ASYNC110
                await asyncio.sleep(CHECK_ROOTS)
        finally:
            stop.set()

    def _matters(self, change: Change, path: str) -> bool:
        root = self._walker.root_of(text_of(path))
        if root is None:
            return False
        folder, name = os.path.split(path)
        if any(is_skipped_folder(part) for part in text_of(folder)[len(root) :].split("/") if part):
            return False
        if is_video_name(name) or is_sidecar_name(name) or name == IGNORE_FILE:
            return True
        # Folders matter when they come and go; whether a thing that is gone was one cannot be seen.
        if is_skipped_folder(name) or change is Change.modified:
            return False
        return change is Change.deleted or os.path.isdir(path)

    async def _scan(self, batch: Iterable[tuple[Change, str]]) -> None:
        paths, new_folders = await asyncio.to_thread(self._scopes, list(batch))
        await work.scan_paths(self._context.runtime.queue, paths)
        if new_folders:
            await work.scan_paths(self._context.runtime.queue, new_folders, delay=SECOND_LOOK)

    def _scopes(self, batch: list[tuple[Change, str]]) -> tuple[set[str], set[str]]:
        """What to scan for these changes, and which of it are new folders."""
        by_folder: dict[str, set[str]] = {}
        new_folders = set()
        for change, path in batch:
            folder, name = os.path.split(path)
            if change is Change.added and os.path.isdir(path):
                new_folders.add(path)
            # What lies beside the videos counts for its whole folder.
            whole = name == IGNORE_FILE or is_sidecar_name(name)
            by_folder.setdefault(folder, set()).add(folder if whole else path)
        scopes: set[str] = set()
        for folder, paths in by_folder.items():
            many = len(paths) > PATHS_A_FOLDER
            scopes |= {folder} if many and self._walker.root_of(text_of(folder)) else paths
        return set(map(text_of, scopes)), set(map(text_of, new_folders))


def _reason(error: BaseException) -> str:
    """The text of an error, of the first one in a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return " ".join(str(error).split())
