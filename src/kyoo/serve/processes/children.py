"""The processes that `kyoo serve` starts beside itself: again when they die, and ended in order with it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog

from kyoo.core.pauses import pause

#: Between two starts of one, in seconds; the first again once it has run for so long.
FIRST_PAUSE, LONGEST_PAUSE, LASTING = 1.0, 60.0, 60.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Child:
    """`name` is what the log calls it. It runs `module`, and finds `told` as JSON on its standard input: not in its
    environment or its arguments, which every program of this account can read as long as it runs. `descriptors` are
    open in it, too. It has `patience` seconds to end."""

    name: str
    module: str
    arguments: tuple[str, ...]
    told: Any
    environment: dict[str, str] | None = None
    descriptors: tuple[int, ...] = ()
    patience: float = 12


async def keep(child: Child) -> None:
    """Run it until cancelled, which ends it in order."""
    failures = 0
    while True:
        begun = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", child.module, *child.arguments, f"--parent={os.getpid()}"),
            env=child.environment,
            stdin=asyncio.subprocess.PIPE,
            pass_fds=child.descriptors,
            start_new_session=True,
        )
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(child.told).encode())
            process.stdin.close()
            status = await process.wait()
        except asyncio.CancelledError:
            await _terminate(process, child.patience)
            raise
        failures = 1 if time.monotonic() - begun > LASTING else failures + 1
        seconds = pause(failures, FIRST_PAUSE, LONGEST_PAUSE)
        log.error("a process ended and is started again", process=child.name, status=status, seconds=seconds)
        await asyncio.sleep(seconds)


async def end(children: Iterable[asyncio.Task[None]]) -> None:
    """End what `keep` runs, all at once."""
    tasks = list(children)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _terminate(process: asyncio.subprocess.Process, patience: float) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(patience):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
