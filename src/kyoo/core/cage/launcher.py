"""The launcher: a process without secrets and threads that forks the caged ones and tells how they end.

Run as `python -S -P -m kyoo.core.cage.launcher MODULE`, its standard input a Unix socket. Each message on the socket is
one byte and these descriptors: a report (a socket on which the answers go, and whose end means that the process is to
be killed), a request (a file of JSON), standard input, output and error, and those that the process is given besides.
A request names a program, or one of the functions in `CALLS` of MODULE, which is imported once (`-` for none)."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NoReturn

from kyoo.core.cage import confinement
from kyoo.core.cage.confinement import Cage, Support

#: Descriptors of a message, and the number of the first that a process is given besides its standard ones.
MOST, FIRST = 240, 3
#: Where descriptors are out of the way while they are put into their places.
AWAY = 512
PR_SET_PDEATHSIG = 1

#: A function that is called in a cage: the arguments of the request and the descriptors give the answer.
Call = Callable[[dict[str, Any], list[int]], bytes]


class Launcher:
    def __init__(self, control: socket.socket, calls: dict[str, Call], support: Support) -> None:
        self._control = control
        self._calls = calls
        self._support = support
        self._selector = selectors.DefaultSelector()
        self._reports: dict[int, socket.socket] = {}
        self._woken, wake = socket.socketpair()
        self._woken.setblocking(False)
        wake.setblocking(False)
        self._wake = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)

    def run(self) -> None:
        """Until the other end of the socket is gone."""
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    if not self._receive():
                        return
                elif key.fileobj is self._woken:
                    with contextlib.suppress(BlockingIOError):
                        self._woken.recv(4096)
                    self._reap()
                elif key.data in self._reports:
                    # The other end is gone: nobody wants this process any more. It is reported when it has ended.
                    self._selector.unregister(key.fileobj)
                    _kill(key.data)

    def _receive(self) -> bool:
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, 1, MOST)
        except ConnectionError:
            return False
        if not message:
            return False
        report = socket.socket(fileno=descriptors[0])
        pid = os.fork()
        if pid == 0:
            self._begin(report, descriptors[1:])
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        self._reports[pid] = report
        self._selector.register(report, selectors.EVENT_READ, pid)
        with contextlib.suppress(OSError):
            report.send(f"pid {pid}\n".encode())
        return True

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if os.WIFSTOPPED(status):
                # Only a process that asks to be traced is reported as stopped.
                _kill(pid)
                continue
            report = self._reports.pop(pid, None)
            if report is None:
                continue
            with contextlib.suppress(KeyError):
                self._selector.unregister(report)
            with contextlib.suppress(OSError):
                report.send(f"status {os.waitstatus_to_exitcode(status)}\n".encode())
            report.close()

    def _begin(self, report: socket.socket, descriptors: list[int]) -> NoReturn:
        """In the child."""
        launcher = os.getppid()
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            # Not a session: a kernel that shares time out among sessions would let encoders stand back for nobody.
            os.setpgid(0, 0)
            if sys.platform == "linux":
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
            if os.getppid() != launcher:
                os._exit(1)
            report.close()
            given = _settle(descriptors)
            with os.fdopen(given.pop(0), "rb") as file:
                file.seek(0)
                request = json.load(file)
            os.chdir("/")
            self._work(request, given)
        except BaseException as error:  # noqa: BLE001 (whatever it is, this process must not go on as a launcher)
            with contextlib.suppress(OSError):
                os.write(2, f"{type(error).__name__}: {error}\n".encode("utf-8", "replace"))
        os._exit(127)

    def _work(self, request: dict[str, Any], given: list[int]) -> NoReturn:
        cage = Cage.from_json(request["cage"])
        support = self._support if request["confined"] else Support(0, seccomp=False)
        if "command" in request:
            confinement.become(request["command"], request["environment"], cage, support)
        call = self._calls[request["call"]]
        # What libraries print must not get into the answer.
        out = os.dup(1)
        os.dup2(2, 1)
        confinement.enter(cage, support)
        _write(out, call(request["arguments"], given))
        # Nothing that a library would still do at its end is of use.
        os._exit(0)


def _settle(descriptors: list[int]) -> list[int]:
    """Put input, output, error and what is given besides into places 0, 1, 2, 3…, and close everything but these and
    the request. Gives the request and what is given besides."""
    request, *places = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, AWAY) for descriptor in descriptors]
    for number, descriptor in enumerate(places):
        os.dup2(descriptor, number)
    os.closerange(len(places), request)
    os.closerange(request + 1, os.sysconf("SC_OPEN_MAX"))
    return [request, *range(FIRST, len(places))]


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def main() -> None:
    # Ctrl-C and the end of a terminal reach the whole group; who asked decides.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    calls: dict[str, Call] = {} if sys.argv[1] == "-" else importlib.import_module(sys.argv[1]).CALLS
    support = Support.here()
    try:
        control.sendall(json.dumps(asdict(support)).encode() + b"\n")
    except ConnectionError:
        # Who asked for it has ended in the meantime.
        return
    Launcher(control, calls, support).run()


if __name__ == "__main__":
    main()
