"""The processes that look into files: started when there is something to see, ended when there is not. A file that
crashes libav, hangs it or eats its memory costs one such process, and is reported like any that cannot be read."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

from kyoo.transcoder import ffmpeg

#: Seconds without work after which a process is ended, and how many files it looks into before: libav leaks a little.
IDLE = 10.0
FILES = 500


class LookError(Exception):
    """Nothing came of the look; the message says why. Not about the path: the message does not name it."""


class _DiedError(Exception):
    pass


class _Child:
    def __init__(self, process: Process) -> None:
        self._process = process
        self.files = 0
        self.idle_since = 0.0

    @classmethod
    async def start(cls, niceness: int) -> _Child:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "kyoo.transcoder.libav", str(os.getpid())),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            # The last: numpy would have a stack and buffers for every core.
            env=ffmpeg.environment()
            | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"},
        )
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, process.pid, os.nice(0) + niceness)
        return cls(process)

    @property
    def usable(self) -> bool:
        return self._process.returncode is None and self.files < FILES

    async def look(self, request: bytes) -> bytes:
        """Raises _DiedError or LookError."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.files += 1
        try:
            self._process.stdin.write(request)
            await self._process.stdin.drain()
            head = json.loads(await self._process.stdout.readline())
            if "problem" in head:
                raise LookError(head["problem"])
            return await self._process.stdout.readexactly(head["length"])
        except (OSError, ValueError, asyncio.IncompleteReadError):
            status = await self._process.wait()
            raise _DiedError(_name(status)) from None

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


def _name(status: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"status {status}"


class LookPool:
    """At most `size` processes at once, `niceness` below ours in priority."""

    def __init__(self, size: int, *, niceness: int = 0) -> None:
        self._slots = asyncio.Semaphore(size)
        self._niceness = niceness
        self._idle: list[_Child] = []
        self._reaping: asyncio.Task[None] | None = None

    async def run(self, look: str, path: Path, limit: float, **arguments: Any) -> bytes:
        """What `look` (a name of `__main__.LOOKS`) finds in the file. Raises LookError, also after `limit` seconds."""
        request = json.dumps({"look": look, "path": os.fsencode(path).hex(), **arguments}).encode() + b"\n"
        async with self._slots:
            try:
                with contextlib.suppress(_DiedError):
                    return await self._run(request, limit)
                # Something else may have ended the process: only a file that does it twice is to blame.
                return await self._run(request, limit)
            except _DiedError as died:
                raise LookError(f"the program that read it crashed ({died})") from None

    async def _run(self, request: bytes, limit: float) -> bytes:
        while self._idle and not self._idle[-1].usable:
            await self._idle.pop().end()
        child = self._idle.pop() if self._idle else await _Child.start(self._niceness)
        try:
            async with asyncio.timeout(limit):
                found = await child.look(request)
        except TimeoutError:
            await child.end()
            raise LookError("it took too long") from None
        except LookError:
            self._keep(child)
            raise
        except BaseException:
            # Dead, or in the middle of something nobody waits for any more.
            await asyncio.shield(child.end())
            raise
        self._keep(child)
        return found

    def _keep(self, child: _Child) -> None:
        child.idle_since = time.monotonic()
        self._idle.append(child)
        if self._reaping is None or self._reaping.done():
            self._reaping = asyncio.create_task(self._reap())

    async def _reap(self) -> None:
        while self._idle:
            await asyncio.sleep(IDLE / 2)
            idle = [child for child in self._idle if child.idle_since < time.monotonic() - IDLE or not child.usable]
            self._idle = [child for child in self._idle if child not in idle]
            for child in idle:
                await child.end()

    async def close(self) -> None:
        if self._reaping is not None:
            self._reaping.cancel()
        idle, self._idle = self._idle, []
        for child in idle:
            await child.end()
