"""How ffmpeg is started: in a cage, and on a file that is open already."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kyoo.core.cage import landlock
from kyoo.core.cage.confinement import Cage
from kyoo.core.cage.landlock import Access
from kyoo.core.cage.processes import Launcher, Process, library_path
from kyoo.core.errors import KyooError
from kyoo.core.tasks import made_in_thread
from kyoo.transcoder.ffmpeg.program import VERSION, plain, unsafe

#: Buffered output of one ffmpeg (bytes); beyond twice this its pipe is not read, and it waits. Small, so that an
#: encoder that is held back does not run on for long.
PIPE_BUFFER = 96 * 1024
#: How much ffmpeg stands back for requests and logins, which a few encoders would starve
#: (docs/decisions/0014-priorities.md).
NICENESS = 10
VERSION_LIMIT = 30.0


@dataclass(frozen=True)
class Outputs:
    """Files open for writing, and how many bytes each may have."""

    files: tuple[int, ...] = ()
    largest: int = 0


NOTHING = Outputs()


class FfmpegError(Exception):
    """ffmpeg failed or took too long; the message is its last words."""


class UnusableFfmpegError(KyooError):
    """The configured ffmpeg is not there, does not start, or is not safe. The message is one line for the operator."""


class Ffmpeg:
    """`program` with `memory` bytes of address space at most; `devices` are those of a graphics card. `checked`:
    refuse a version that is known not to be safe."""

    def __init__(self, program: str, *, memory: int, devices: Sequence[str] = (), checked: bool = True) -> None:
        self.program = shutil.which(program) or program
        self._memory = memory
        self._devices = tuple(devices)
        self._checked = checked
        self._launcher = Launcher()

    @cached_property
    def _access(self) -> Access:
        found = landlock.of_program(self.program, library_path=library_path())
        # A driver finds its device by what the kernel says of it.
        described = ("/sys/dev/char", "/sys/devices", "/sys/bus/pci", "/proc/driver/nvidia") if self._devices else ()
        return found._replace(reads=(*found.reads, *described), devices=self._devices)

    async def open(self) -> None:
        """Be ready to start ffmpeg. Raises UnusableFfmpegError and NoCageError."""
        try:
            support = await self._launcher.open()
            await self._check()
        except BaseException:
            await self.close()
            raise
        self._launcher.describe(support)

    async def close(self) -> None:
        await self._launcher.close()

    async def _check(self) -> None:
        try:
            said = await self.run([self.program, "-version"], VERSION_LIMIT)
        except FileNotFoundError:
            raise UnusableFfmpegError(f"There is no ffmpeg at {self.program} (KYOO_FFMPEG)") from None
        except (FfmpegError, OSError) as error:
            raise UnusableFfmpegError(
                f"ffmpeg at {self.program} does not start: {error}. KYOO_FFMPEG is the program itself, not a script"
            ) from None
        found = VERSION.match(said)
        if self._checked and (problem := unsafe(found["version"] if found else "")):
            raise UnusableFfmpegError(f"KYOO_FFMPEG {problem}")

    async def start(self, command: Sequence[str], source: Path | None = None, outputs: Outputs = NOTHING) -> Process:
        """Start ffmpeg. Its descriptor 3 is `source`, open for reading; 4, 5, … are `outputs`. It ends with us. Raises
        FileNotFoundError when there is no ffmpeg, OSError when there is no source."""
        if shutil.which(command[0]) is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
        cage = Cage(memory=self._memory, access=self._access, output=outputs.largest, niceness=NICENESS)
        if source is None:
            return await self._launcher.start(command, cage, buffer=PIPE_BUFFER)
        file = await open_source(source)
        try:
            return await self._launcher.start(command, cage, [file, *outputs.files], buffer=PIPE_BUFFER)
        finally:
            os.close(file)

    async def run(
        self, command: Sequence[str], limit: float, source: Path | None = None, outputs: Outputs = NOTHING
    ) -> str:
        """Run ffmpeg to its end, at most `limit` seconds; what it says. Raises FfmpegError, and as `start` does."""
        process = await self.start(command, source, outputs)
        try:
            async with asyncio.timeout(limit):
                said, words = await asyncio.gather(process.stdout.read(), process.stderr.read())
                await process.wait()
        except TimeoutError:
            raise FfmpegError(f"it took longer than {limit:.0f} s") from None
        finally:
            await asyncio.shield(process.close())
        if process.returncode:
            lines = [line for said in words.decode(errors="replace").splitlines() if (line := plain(said))]
            raise FfmpegError(lines[-1] if lines else f"exit code {process.returncode}")
        return said.decode(errors="replace")


async def open_source(source: Path) -> int:
    """A descriptor of the file, for reading. Whoever is cancelled while a thread opens it leaves none behind."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    return await made_in_thread(lambda: os.open(source, flags), os.close)
