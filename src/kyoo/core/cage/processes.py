"""Starting caged processes from the event loop: programs, and functions of a module. What they may do is in
confinement.py."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import structlog
from pydantic import AliasChoices, Field

from kyoo.core.cage.confinement import Cage, Support
from kyoo.core.errors import KyooError
from kyoo.core.settings import Settings

log = structlog.get_logger()

#: Bytes of an answer of a function; more is nonsense.
BIGGEST_ANSWER = 256 * 1024**2
#: Bytes of what a function says on standard error that are kept.
LAST_WORDS = 2000
#: Seconds without work after which a launcher that has a module loaded is ended.
IDLE = 10.0


class CageSettings(Settings):
    """Whether there are cages: `auto` takes what the kernel has, `required` refuses to do with less than all of it."""

    mode: Literal["auto", "required", "off"] = Field(default="auto", validation_alias=AliasChoices("KYOO_CAGE"))


class NoCageError(KyooError):
    """KYOO_CAGE=required, and the kernel lacks something."""


class CallError(Exception):
    """A function in a cage gave no answer; the message says how its process ended."""


class CallFailedError(CallError):
    """It raised an exception, which the message names."""


class CallTimeoutError(CallError):
    """It took too long."""


class Pipe(NamedTuple):
    """Our end of a pipe."""

    reader: asyncio.StreamReader
    transport: asyncio.ReadTransport


class Process:
    """A running caged process, like one of asyncio's: `stdout` and `stderr` are to be read to their ends."""

    def __init__(self, report: socket.socket, stdout: Pipe, stderr: Pipe) -> None:
        self.stdout, self.stderr = stdout.reader, stderr.reader
        self._pipes = (stdout, stderr)
        self.pid = 0
        self.returncode: int | None = None
        self._report = report
        self._started = asyncio.Event()
        self._following = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        """What the launcher says of the process; when it says nothing more, all of its processes are killed."""
        loop = asyncio.get_running_loop()
        said = b""
        status = -int(signal.SIGKILL)
        try:
            with contextlib.suppress(OSError):
                while piece := await loop.sock_recv(self._report, 256):
                    said += piece
                    *lines, said = said.split(b"\n")
                    for word, number in (line.split() for line in lines):
                        if word == b"pid":
                            self.pid = int(number)
                            self._started.set()
                        else:
                            status = int(number)
        finally:
            self.returncode = status
            self._started.set()
            self._report.close()

    async def started(self) -> None:
        await self._started.wait()

    def kill(self) -> None:
        """End it, and what it has started."""
        with contextlib.suppress(OSError):
            self._report.shutdown(socket.SHUT_WR)

    def processor_seconds(self) -> float:
        """What it has used of processors so far; 0 when that is not known (any more)."""
        if self.returncode is not None:
            return 0.0
        try:
            # proc_pid_stat(5): the name may have blanks, and ends with the last bracket; then utime and stime.
            said = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return 0.0

    def stand_back(self, niceness: int) -> None:
        """From now on it stands back so much for us, with all of its threads; never less again."""
        if self.returncode is not None:
            return
        priority = os.getpriority(os.PRIO_PROCESS, 0) + niceness
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{self.pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), priority)

    async def close(self) -> None:
        """End it; what it would still say is of no use."""
        self.kill()
        await self.wait()
        for pipe in self._pipes:
            pipe.transport.close()

    async def wait(self) -> int:
        await asyncio.shield(self._following)
        assert self.returncode is not None
        return self.returncode


class Launcher:
    """Starts caged processes, each in some 3 ms. `module` has the functions that `call` calls, by name in `CALLS`.

    With a module it comes when it is needed and goes when it is not; without one it is small and stays."""

    def __init__(self, module: str | None = None, mode: Literal["auto", "required", "off"] | None = None) -> None:
        self._module = module
        self._mode = mode or CageSettings().mode
        self._lock = asyncio.Lock()
        self._control: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._support = Support(0, seccomp=False)
        self._working = 0
        self._idle_since = time.monotonic()
        self._reaping: asyncio.Task[None] | None = None

    async def open(self) -> Support:
        """Start the launcher, if it does not run. Raises NoCageError."""
        async with self._lock:
            if self._control is None or self._process is None or self._process.returncode is not None:
                try:
                    await self._start()
                except BaseException:
                    self._end()
                    raise
            return self._support

    async def _start(self) -> None:
        self._end()
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *launcher_command(self._module),
                stdin=theirs.fileno(),
                stdout=DEVNULL,
                # What its children say goes where they are told to; this is for faults of ours.
                stderr=None,
                env=launcher_environment(),
            )
        hello = await asyncio.get_running_loop().sock_recv(self._control, 256)
        if not hello:
            raise OSError(f"the launcher of caged processes does not start (status {await self._process.wait()})")
        self._support = Support(**json.loads(hello))
        if self._mode == "required" and self._support.lacks:
            raise NoCageError(f"KYOO_CAGE=required, but this kernel lacks {'; '.join(self._support.lacks)}")

    def describe(self, support: Support) -> None:
        """Say in a line of the log what holds decoders, and what does not."""
        if self._mode == "off":
            log.warning("decoders run without a cage (KYOO_CAGE=off)")
        elif support.lacks:
            log.warning("decoders are not fully confined", this_kernel_lacks="; ".join(support.lacks))
        else:
            log.info("decoders run in a cage", landlock=support.landlock, seccomp=support.seccomp)

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None

    async def start(
        self, command: Sequence[str], cage: Cage, files: Iterable[int] = (), *, buffer: int = 64 * 1024
    ) -> Process:
        """Start a program with nothing on its standard input; `files` become its descriptors 3, 4, … Raises OSError."""
        request = {"command": list(command), "environment": environment()}
        return await self._launch(request, cage, files, buffer)

    async def call(self, function: str, cage: Cage, limit: float, files: Iterable[int] = (), **arguments: Any) -> bytes:
        """What a function of the module answers within `limit` seconds. Raises CallError and OSError."""
        self._working += 1
        try:
            # Loading the module is not the file's fault.
            await self.open()
            async with asyncio.timeout(limit):
                process = await self._launch({"call": function, "arguments": arguments}, cage, files, 64 * 1024)
                try:
                    return await _answer(process)
                finally:
                    await asyncio.shield(process.close())
        except TimeoutError:
            raise CallTimeoutError("it took too long") from None
        finally:
            self._working -= 1
            self._idle_since = time.monotonic()
            if self._reaping is None or self._reaping.done():
                self._reaping = asyncio.create_task(self._reap())

    async def _launch(self, request: dict[str, Any], cage: Cage, files: Iterable[int], buffer: int) -> Process:
        await self.open()
        assert self._control is not None
        request |= {"cage": cage.to_json(), "confined": self._mode != "off"}
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            answers, report = socket.socketpair()
            ours.callback(answers.close)
            theirs.callback(report.close)
            answers.setblocking(False)
            written = theirs.enter_context(temporary(json.dumps(request).encode()))
            nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
            theirs.callback(os.close, nothing)
            stdout, out = await _pipe(buffer)
            ours.callback(stdout.transport.close)
            theirs.callback(os.close, out)
            stderr, error = await _pipe(buffer)
            ours.callback(stderr.transport.close)
            theirs.callback(os.close, error)
            message = [report.fileno(), written.fileno(), nothing, out, error, *files]
            try:
                await self._send(message)
            except ConnectionError:
                # It was killed since; there is another.
                await self.close()
                await self.open()
                await self._send(message)
            process = Process(answers, stdout, stderr)
            # What is ours is the process's now.
            ours.pop_all()
        try:
            await process.started()
        except BaseException:
            await asyncio.shield(process.close())
            raise
        return process

    async def _send(self, descriptors: list[int]) -> None:
        while True:
            try:
                assert self._control is not None
                socket.send_fds(self._control, [b"."], descriptors)
            except BlockingIOError:
                await asyncio.sleep(0.01)
            else:
                return

    async def _reap(self) -> None:
        while self._module is not None and self._control is not None:
            await asyncio.sleep(IDLE / 2)
            if not self._working and self._idle_since < time.monotonic() - IDLE:
                await self.close()

    async def close(self) -> None:
        """End the launcher, and with it every process that it has started."""
        reaping, self._reaping = self._reaping, None
        if reaping is not None and reaping is not asyncio.current_task():
            reaping.cancel()
        self._end()
        process, self._process = self._process, None
        if process is not None:
            await process.wait()


def launcher_command(module: str | None) -> list[str]:
    return [sys.executable, "-S", "-P", "-m", "kyoo.core.cage.launcher", module or "-"]


def launcher_environment() -> dict[str, str]:
    return environment() | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}


async def _answer(process: Process) -> bytes:
    words = asyncio.create_task(_last_words(process.stderr))
    try:
        answer = bytearray()
        while piece := await process.stdout.read(1024**2):
            answer += piece
            if len(answer) > BIGGEST_ANSWER:
                raise CallError("its answer has no end")
        status = await process.wait()
        if status:
            if status < 0:
                raise CallError(_name(status))
            raise CallFailedError(await words or f"status {status}")
        return bytes(answer)
    finally:
        words.cancel()


async def _last_words(stderr: asyncio.StreamReader) -> str:
    said = b""
    while piece := await stderr.read(4096):
        said = (said + piece)[-LAST_WORDS:]
    lines = said.decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _name(status: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"status {status}"


class _End:
    """An end of a pipe that is closed once. A transport of uvloop closes the descriptor and then the file that it was
    given, whose descriptor may be another thread's by then: a connection, a film (uvloop's issue 763)."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pipe = os.fstat(descriptor)

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(self._descriptor), self._pipe):
                os.close(self._descriptor)


async def _pipe(buffer: int) -> tuple[Pipe, int]:
    """A new pipe, and the end of it to write to."""
    ours, theirs = os.pipe()
    reader = asyncio.StreamReader(limit=buffer)
    end = _End(ours)
    try:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), end
        )
    except BaseException:
        end.close()
        os.close(theirs)
        raise
    return Pipe(reader, transport), theirs


def temporary(content: bytes) -> IO[bytes]:
    """A file without a name, in memory where there is such a thing."""
    if sys.platform == "linux":
        file: IO[bytes] = os.fdopen(os.memfd_create("kyoo"), "w+b")
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115 (for the caller to close)
    file.write(content)
    file.flush()
    file.seek(0)
    return file


def environment() -> dict[str, str]:
    """None of our secrets; what the loader and a GPU driver need."""
    kept = ("PATH", "LD_LIBRARY_PATH", "LIBVA_DRIVER_NAME", "LIBVA_DRIVERS_PATH", "CUDA_VISIBLE_DEVICES")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C.UTF-8"}


def library_path() -> tuple[str, ...]:
    """The folders of LD_LIBRARY_PATH and of a GPU's drivers, which programs read, too."""
    given = (os.environ.get(name, "") for name in ("LD_LIBRARY_PATH", "LIBVA_DRIVERS_PATH"))
    return tuple(str(Path(folder)) for value in given for folder in value.split(os.pathsep) if folder)
