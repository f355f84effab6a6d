"""What a new process gives up before it works, for ever: in the launcher's child, between fork and work."""

from __future__ import annotations

import ctypes
import os
import random
import resource
import sys
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn

from kyoo.core.cage import landlock, seccomp
from kyoo.core.cage.landlock import Access
from kyoo.core.cage.seccomp import Filter

PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24
CAPABILITY_VERSION_3 = 0x20080522
MOST_FILES = 256


@dataclass(frozen=True)
class Support:
    """What the kernel has for cages. `landlock` is the version of its ABI, 0 for none."""

    landlock: int
    seccomp: bool

    @staticmethod
    def here() -> Support:
        return Support(landlock.abi(), seccomp.supported())

    @property
    def lacks(self) -> list[str]:
        """What is missing, and what follows."""
        missing = []
        if not self.landlock:
            missing.append("Landlock (Linux 5.13 and newer): files of the machine can be read")
        elif self.landlock < 3:
            missing.append(f"Landlock 3 (it has {self.landlock}): some changes to files are not confined")
        if not self.seccomp:
            missing.append("seccomp for this machine: system calls and sockets are not confined")
        return missing


@dataclass(frozen=True)
class Cage:
    """What a process may do. Its files are the descriptors it is given and, for a program, what `access` names.

    `memory` is its address space and `output` the largest file it may write, in bytes; `seconds` of processor time,
    None for no end; `niceness` how much it stands back."""

    memory: int
    access: Access = field(default_factory=Access)
    output: int = 0
    seconds: int | None = None
    niceness: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(value: dict[str, Any]) -> Cage:
        return Cage(**{**value, "access": Access(*map(tuple, value["access"]))})


def enter(cage: Cage, support: Support) -> None:
    """Confine this process to what it does with the files it has: none can be opened, nothing be started."""
    _give_up(cage)
    if support.landlock:
        landlock.confine(Access(), support.landlock)
    if support.seccomp:
        seccomp.confine(Filter(os.getpid()))


def become(command: list[str], environment: dict[str, str], cage: Cage, support: Support) -> NoReturn:
    """Become a program that is confined from its first instruction. Raises OSError."""
    _give_up(cage)
    if support.landlock:
        landlock.confine(cage.access, support.landlock)
    call = _Execve(command, environment)
    if support.seccomp:
        devices = bool(cage.access.devices)
        seccomp.confine(Filter(os.getpid(), opens=True, devices=devices, program=call.arguments))
    call.run()


def _give_up(cage: Cage) -> None:
    if cage.niceness:
        os.nice(cage.niceness)
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, cage.memory),
        (resource.RLIMIT_FSIZE, cage.output),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        *(() if cage.seconds is None else ((resource.RLIMIT_CPU, cage.seconds),)),
    ):
        hard = resource.getrlimit(kind)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (value, value))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        _drop_capabilities(libc)
        if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "no_new_privs is not to be had")


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """What makes root more than others: none of it is needed to work with files that are open already."""
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.capset((ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)())


class _Execve:
    """The arguments of `execve` at a place in memory that is drawn by lot, so that the filter can tell this call from
    any that the program may try later."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        values = [os.fsencode(part) for part in command]
        pairs = [os.fsencode(f"{name}={value}") for name, value in environment.items()]
        pointers = len(values) + len(pairs) + 2
        size = 8 * pointers + sum(len(text) + 1 for text in (*values, *pairs))
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.mmap.restype = ctypes.c_void_p
        lot = random.SystemRandom().randrange(2**28, 2**34) << 12
        private_anonymous, read_write = 0x22 if sys.platform == "linux" else 0x1002, 3
        self._libc.mmap.argtypes = (
            *(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int),
            *(ctypes.c_int, ctypes.c_int, ctypes.c_long),
        )
        place: int | None = self._libc.mmap(lot, size, read_write, private_anonymous, -1, 0)
        if place is None or place == ctypes.c_void_p(-1).value:
            raise OSError(ctypes.get_errno(), "no memory for the arguments of a program")
        text, starts = place + 8 * pointers, []
        for value in (*values, *pairs):
            ctypes.memmove(text, value + b"\0", len(value) + 1)
            starts.append(text)
            text += len(value) + 1
        array = (ctypes.c_uint64 * pointers).from_address(place)
        array[:] = [*starts[: len(values)], 0, *starts[len(values) :], 0]
        self.arguments = (starts[0], place, place + 8 * (len(values) + 1))

    def run(self) -> NoReturn:
        self._libc.execve(*(ctypes.c_void_p(address) for address in self.arguments))
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
