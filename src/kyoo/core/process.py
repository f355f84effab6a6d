"""Processes that must not outlive their parent, whatever ends it (`kill -9` included)."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import resource
import signal
import stat
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
M_ARENA_MAX = -8
ENOUGH_FILES = 65_536


def die_with_parent(parent: int, how: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to send `how` to this process when its parent (pid `parent`) ends; exit at once if it already has.

    Linux only; elsewhere nothing is asked, and a parent that ends in an orderly way still stops its children.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def stop_at_signals(stop: Callable[[], None]) -> None:
    """Have `stop` called when this process is to end: by Ctrl-C, by whoever manages it, by a terminal that is closed.
    What `nohup` says is heeded."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)

    def hung_up() -> None:
        # Writing to a terminal that is gone is an error, and the end has lines of its own.
        nothing = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):
            if os.isatty(descriptor) or not _is_open(descriptor):
                os.dup2(nothing, descriptor)
        os.close(nothing)
        stop()

    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        loop.add_signal_handler(signal.SIGHUP, hung_up)


def _is_open(descriptor: int) -> bool:
    """A terminal that was closed is none any more, and no longer takes what is written."""
    try:
        os.write(descriptor, b"")
        return not stat.S_ISCHR(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def stand_back() -> None:
    """Whoever watches comes before whatever is scanned; programs that jobs start inherit this."""
    os.nice(15)


def raise_open_files() -> None:
    """Let this process have more than the usual 1024 files and sockets open, if the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, ENOUGH_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def share_heaps() -> None:
    """Let all threads share two heaps: the many of glibc keep what a burst of work in threads has left behind."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 2)


def settle() -> None:
    """What is there when a process is ready stays until its end, and the collector leaves it alone from now on: to look
    at all of it held up every request for a tenth of a second."""
    # What a server that started again has left behind.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
