"""Media segments in work and finished, and the scratch folder that keeps the finished ones. Starts no encoder."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import uuid
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from pathlib import Path

import structlog

from kyoo.core.errors import KyooError
from kyoo.core.tasks import made_in_thread

log = structlog.get_logger()

READ_SIZE = 512 * 1024
#: Bytes of finished segments kept in memory when the scratch folder cannot be written.
MEMORY_LIMIT = 64 * 1024**2


class Segment:
    """One segment. Readers follow it while it is made; once it is finished and stored it is read from its file."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.size = 0
        self.finished = False
        self.error: KyooError | None = None
        self.file: Path | None = None
        #: Requests that wait for it or are being sent it.
        self.readers = 0
        self._pieces: list[bytes] = []
        self._changed = asyncio.Event()

    def add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self.size += len(piece)
        self._notify()

    def finish(self) -> None:
        self.finished = True
        self._notify()

    def fail(self, error: KyooError) -> None:
        self.error = error
        self._notify()

    def stored(self, file: Path) -> None:
        """From now on the bytes are in `file`; readers under way keep the pieces they hold."""
        self.file = file
        self._pieces = []

    def write(self, path: Path) -> None:
        """All bytes of a finished segment into a file. Blocking; raises OSError."""
        with path.open("wb") as file:
            file.writelines(self._pieces)

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def begun(self) -> None:
        """Wait for the first bytes. Raises the error of the encoder when there will be none."""
        self.readers += 1
        try:
            while not self.size and not self.finished:
                if self.error is not None:
                    raise self.error
                await self._changed.wait()
        finally:
            self.readers -= 1

    async def read(self) -> AsyncGenerator[bytes, None]:
        """The bytes as they come. Raises the encoder's error when it fails half way."""
        if self.file is not None:
            async with aclosing(read_file(self.file)) as blocks:
                async for block in blocks:
                    yield block
            return
        pieces, position = self._pieces, 0
        self.readers += 1
        try:
            while True:
                if position < len(pieces):
                    yield pieces[position]
                    position += 1
                elif self.finished:
                    return
                elif self.error is not None:
                    raise self.error
                else:
                    await self._changed.wait()
        finally:
            self.readers -= 1


async def read_file(path: Path) -> AsyncGenerator[bytes, None]:
    file = await made_in_thread(lambda: path.open("rb"), lambda file: file.close())
    try:
        while block := await asyncio.to_thread(file.read, READ_SIZE):
            yield block
    finally:
        file.close()


class Scratch:
    """A folder of this process inside `<root>/kyoo_cache`, which is emptied of what dead processes left."""

    def __init__(self, root: Path) -> None:
        self._base = root / "kyoo_cache"
        self.folder = self._base / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._lock: int | None = None

    def open(self) -> None:
        """Blocking. A scratch folder that cannot be made is reported; segments then stay in memory."""
        try:
            self.folder.mkdir(parents=True)
            self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._remove_abandoned()
        except OSError as error:
            log.warning("the scratch folder cannot be used", folder=str(self.folder), reason=error.strerror)

    def _remove_abandoned(self) -> None:
        for other in self._base.iterdir():
            if other == self.folder or not other.is_dir():
                continue
            try:
                handle = os.open(other / "lock", os.O_RDWR | os.O_CLOEXEC)
            except OSError:
                # A neighbour just starting has no lock yet; an abandoned folder without one is gone next time.
                continue
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            else:
                shutil.rmtree(other, ignore_errors=True)
            finally:
                os.close(handle)

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class SegmentCache:
    """Finished segments, at most `limit` bytes; the least recently used are dropped, told by `forget`."""

    def __init__(self, scratch: Scratch, limit: int) -> None:
        self._scratch = scratch
        self._limit = limit
        self._kept: OrderedDict[Segment, Callable[[], None]] = OrderedDict()
        self._size = 0
        self._in_memory = 0
        self._names = 0
        self._complained = False

    async def keep(self, segment: Segment, forget: Callable[[], None]) -> None:
        """Store a finished segment; when the disk is full it stays in memory for a while."""
        # Shielded: an encoder that is ended now must not leave half a file behind.
        await asyncio.shield(asyncio.create_task(self._keep(segment, forget)))

    async def _keep(self, segment: Segment, forget: Callable[[], None]) -> None:
        self._names += 1
        path = self._scratch.folder / f"{self._names}.mp4"
        self._kept[segment] = forget
        self._size += segment.size
        try:
            await asyncio.to_thread(segment.write, path)
        except OSError as error:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            self._in_memory += segment.size
            if not self._complained:
                log.warning("a segment cannot be stored; it stays in memory", reason=error.strerror)
                self._complained = True
        else:
            self._complained = False
            if segment in self._kept:
                segment.stored(path)
            else:  # dropped in the meantime
                path.unlink(missing_ok=True)
        self._shrink()

    @property
    def size(self) -> int:
        """Bytes."""
        return self._size

    def touch(self, segment: Segment) -> None:
        if segment in self._kept:
            self._kept.move_to_end(segment)

    def _shrink(self) -> None:
        while self._kept and (self._size > self._limit or self._in_memory > MEMORY_LIMIT):
            over_memory = self._size <= self._limit
            victim = next((one for one in self._kept if one.file is None), None) if over_memory else None
            self.drop(victim or next(iter(self._kept)))

    def drop(self, segment: Segment) -> None:
        forget = self._kept.pop(segment, None)
        if forget is None:
            return
        forget()
        self._size -= segment.size
        if segment.file is not None:
            # An unlinked file can be read to its end by those who have it open.
            segment.file.unlink(missing_ok=True)
        else:
            self._in_memory = max(0, self._in_memory - segment.size)
