"""Looks into files, each in a caged process of its own: a file that crashes libav, hangs it, eats its memory or runs
code in it costs that process, and is reported like any that cannot be read."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from kyoo.core.cage.confinement import Cage
from kyoo.core.cage.processes import CallError, CallFailedError, CallTimeoutError, Launcher
from kyoo.transcoder.ffmpeg.program import plain

log = structlog.get_logger()

MODULE = "kyoo.transcoder.libav.inspections"
#: How often a file is open: while a container reads at one place, something else reads at another.
READERS = 2
#: Bytes of the line before what is found.
LONGEST_HEAD = 64 * 1024


class InspectionError(Exception):
    """Nothing came of the look; the message says why. Not about the path: the message does not name it."""


class InspectionPool:
    """At most `size` looks at once, `niceness` below us in priority, each with `memory` bytes of address space at most.
    `decoders`: those that the operator opens besides ours."""

    def __init__(self, size: int, *, memory: int, niceness: int = 0, decoders: Sequence[str] = ()) -> None:
        self._slots = asyncio.Semaphore(size)
        self._memory = memory
        self._niceness = niceness
        self._decoders = list(decoders)
        self._launcher = Launcher(MODULE)

    async def run(self, look: str, path: Path, limit: float, **arguments: Any) -> bytes:
        """What `look` (of `INSPECTIONS`) finds in the file. Raises InspectionError, also after `limit` seconds."""
        async with self._slots:
            try:
                return await self._run(look, path, limit, arguments)
            except CallTimeoutError as error:
                raise InspectionError(str(error)) from None
            except CallError:
                # Something else may have ended the process: only a file that does it twice is to blame.
                try:
                    return await self._run(look, path, limit, arguments)
                except CallError as died:
                    if not isinstance(died, CallFailedError):
                        raise InspectionError(f"the program that read it crashed ({died})") from None
                    log.warning("a look into a file failed", look=look, path=str(path), error=plain(str(died)[:500]))
                    raise InspectionError("the program that read it crashed") from None

    async def _run(self, look: str, path: Path, limit: float, arguments: dict[str, Any]) -> bytes:
        cage = Cage(memory=self._memory, seconds=int(limit * (os.cpu_count() or 1)) + 1, niceness=self._niceness)
        try:
            files = await asyncio.to_thread(open_readers, path)
        except OSError as error:
            raise InspectionError(error.strerror or "it does not open") from None
        try:
            answer = await self._launcher.call(
                "look", cage, limit, files, look=look, decoders=self._decoders, **arguments
            )
        except OSError as error:
            raise InspectionError(f"the program that reads it does not start: {error.strerror}") from None
        finally:
            for file in files:
                os.close(file)
        head, _, found = answer.partition(b"\n")
        try:
            said = json.loads(head[:LONGEST_HEAD])
            problem, wrong = said.get("problem"), said.get("error")
        except (ValueError, AttributeError, RecursionError):
            raise CallError("nonsense") from None
        if wrong is not None:
            log.warning("a look into a file failed", look=look, path=str(path), error=plain(str(wrong)[:500]))
        if problem is not None:
            raise InspectionError(plain(str(problem)[:500]))
        return found

    async def version(self) -> str:
        """Of the ffmpeg that looks into files. Raises CallError."""
        return (await self._launcher.call("version", Cage(memory=self._memory), 30)).decode(errors="replace")

    async def close(self) -> None:
        await self._launcher.close()


def open_readers(path: Path) -> list[int]:
    """Raises OSError."""
    opened: list[int] = []
    try:
        for _ in range(READERS):
            # What is no file by now must not hold us up.
            opened.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY))  # noqa: PERF401
    except OSError:
        for descriptor in opened:
            os.close(descriptor)
        raise
    return opened
