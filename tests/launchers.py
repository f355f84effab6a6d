"""Launchers of caged processes that go from one test to the next: each takes half a second of a processor to start."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kyoo.core.cage.confinement import Support
from kyoo.core.cage.processes import Launcher, launcher_command, launcher_environment

#: Of these modules, and of programs. Those of tests that attack their cage are their own.
SHARED = (None, "kyoo.core.pictures.decoding", "kyoo.transcoder.libav.inspections")

Key = tuple[Any, ...]


class Running:
    """A launcher, in the place of asyncio's process, which would end with the loop of its test."""

    def __init__(self, module: str | None) -> None:
        self.control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                launcher_command(module), stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=launcher_environment()
            )
        self.support = Support(**json.loads(self.control.recv(256)))
        self.control.setblocking(False)
        self.is_given_back = False

    @property
    def returncode(self) -> int | None:
        return self._process.poll()

    @property
    def is_idle(self) -> bool:
        """Whether it runs, and nothing below it."""
        with contextlib.suppress(OSError):
            pid = self._process.pid
            return self.returncode is None and not Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return False

    async def wait(self) -> int:
        return 0 if self.is_given_back else await asyncio.to_thread(self._process.wait)

    def end(self) -> None:
        self.control.close()
        self._process.wait()


class Launchers:
    """Those that nobody uses now."""

    def __init__(self) -> None:
        self._kept: dict[Key, list[Running]] = {}

    def take(self, module: str | None) -> Running:
        kept = self._kept.get(_key(module), [])
        while kept:
            running = kept.pop()
            if running.is_idle:
                running.is_given_back = False
                return running
            running.end()
        return Running(module)

    def give_back(self, module: str | None, running: Running) -> None:
        running.is_given_back = True
        self._kept.setdefault(_key(module), []).append(running)

    def end(self) -> None:
        for kept in self._kept.values():
            for running in kept:
                running.end()
        self._kept.clear()


def _key(module: str | None) -> Key:
    return (module, *sorted(launcher_environment().items()))


@contextlib.contextmanager
def shared(launchers: Launchers) -> Iterator[None]:
    """Whoever needs a launcher takes one of those, and gives it back at its end."""
    start, end = Launcher._start, Launcher._end

    async def begin(self: Launcher) -> None:
        if self._module not in SHARED or self._mode == "required":
            await start(self)
            return
        self._end()
        running: Any = await asyncio.to_thread(launchers.take, self._module)
        self._process, self._control, self._support = running, running.control, running.support

    def give_back(self: Launcher) -> None:
        running: Any = self._process
        if isinstance(running, Running) and self._control is not None and running.is_idle:
            self._control = None
            launchers.give_back(self._module, running)
        end(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Launcher, "_start", begin)
        patch.setattr(Launcher, "_end", give_back)
        yield
