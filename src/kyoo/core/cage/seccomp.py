"""The system calls of a caged process, as a filter of the kernel (seccomp, Linux 3.5). Knows nothing of files' names.

A list of what is allowed: everything else does not exist (ENOSYS), so that libraries fall back to what does."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Sequence
from typing import NamedTuple

from kyoo.core.cage.syscalls import AARCH64, X86_64


class Architecture(NamedTuple):
    """`audit` is its number in linux/audit.h, `seccomp` that of the system call."""

    audit: int
    calls: dict[str, int]
    seccomp: int


ARCHITECTURES = {
    "x86_64": Architecture(0xC000003E, X86_64, 317),
    "aarch64": Architecture(0xC00000B7, AARCH64, 277),
}
#: Calls of x86_64 that come by its 32-bit pointers' ABI.
X32 = 0x40000000

# linux/filter.h, linux/seccomp.h
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCH, ARGUMENTS = 0, 4, 16
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
SET_MODE_FILTER, ACTION_AVAILABLE, SPEC_ALLOW = 1, 2, 1 << 2

#: Checked by their arguments, below. Everything else in the table is allowed. Not in it is clone3: its flags lie in
#: memory, where a filter does not see them.
CHECKED = ("open", "openat", "clone", "execve", "kill", "tgkill", "prlimit64", "fcntl", "ioctl", "prctl")
FOR_DEVICES = ("memfd_create",)

#: O_WRONLY, O_RDWR, O_CREAT, O_TRUNC; these are the same on both architectures.
WRITING = 0x1 | 0x2 | 0o100 | 0o1000
CLONE_THREAD = 0x10000
#: Duplicating, flags, sizes of pipes. Not F_SETOWN, which sends signals to others.
FCNTL = (0, 1, 2, 3, 4, 1030, 1031, 1032)
#: TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
#: Names of threads and of memory; PR_GET_DUMPABLE and PR_GET_SECCOMP change nothing.
PRCTL = (15, 16, 0x53564D41, 3, 21)

Instruction = tuple[int, int, int, int]


class Filter(NamedTuple):
    """What the filter depends on. `opens`: whether files may be opened, for reading; `devices`: for anything.
    `program`: where in memory the arguments of the one `execve` lie that is allowed: nobody else knows these
    addresses, and after it nothing is there."""

    pid: int
    opens: bool = False
    devices: bool = False
    program: tuple[int, int, int] | None = None


def supported() -> bool:
    """Whether this kernel has what `confine` needs."""
    machine = ARCHITECTURES.get(os.uname().machine)
    if machine is None or sys.platform != "linux" or sys.byteorder != "little" or sys.maxsize < 2**32:
        return False
    action = ctypes.c_uint32(ERRNO)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(machine.seccomp, ACTION_AVAILABLE, 0, ctypes.byref(action)) == 0:
        return True
    # Linux before 4.14 has no such question. PR_GET_SECCOMP is answered where there is seccomp.
    return bool(ctypes.get_errno() != errno.EPERM and libc.prctl(21, 0, 0, 0, 0) >= 0)


def confine(wanted: Filter) -> None:
    """Hold this process to the filter, for ever. It must have no other thread and no_new_privs. Raises OSError."""
    machine = ARCHITECTURES[os.uname().machine]
    program = encode(build(machine, wanted))
    buffer = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer)), 16)
    libc = ctypes.CDLL(None, use_errno=True)
    # Without SPEC_ALLOW kernels before 5.16 slow a filtered process down against Spectre.
    if libc.syscall(machine.seccomp, SET_MODE_FILTER, SPEC_ALLOW, head) == 0:
        return
    if libc.prctl(22, 2, head, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel does not take the filter of system calls")


def encode(program: Sequence[Instruction]) -> bytes:
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def build(machine: Architecture, wanted: Filter) -> list[Instruction]:
    """The program for a machine."""
    calls = machine.calls
    program: list[Instruction] = [
        (LOAD, 0, 0, ARCH),
        (EQUAL, 1, 0, machine.audit),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    if calls is X86_64:
        program += [(AT_LEAST, 0, 1, X32), _error(errno.ENOSYS)]
    special = {*CHECKED, *FOR_DEVICES}
    plain = [name for name in calls if name not in special]
    plain += FOR_DEVICES if wanted.devices else ()
    # Those with arguments first: the kernel remembers which of the others are always allowed.
    for name in CHECKED:
        if name in calls:
            block = _checked(name, wanted)
            program += [(EQUAL, 0, len(block), calls[name]), *block]
    for name in plain:
        program += [(EQUAL, 0, 1, calls[name]), (RETURN, 0, 0, ALLOW)]
    return [*program, _error(errno.ENOSYS)]


def _checked(name: str, wanted: Filter) -> list[Instruction]:
    """What decides about one call; ends in a return on every way."""
    match name:
        case "open" | "openat":
            if not wanted.opens:
                return [_error(errno.EACCES)]
            if wanted.devices:
                return [(RETURN, 0, 0, ALLOW)]
            flags = 1 if name == "open" else 2
            return [_load(flags), (ANY_BIT, 0, 1, WRITING), _error(errno.EACCES), (RETURN, 0, 0, ALLOW)]
        case "clone":
            return [_load(0), (ANY_BIT, 1, 0, CLONE_THREAD), _error(errno.EPERM), (RETURN, 0, 0, ALLOW)]
        case "execve":
            return _execve(wanted.program)
        case "kill" | "tgkill":
            return _only(0, [wanted.pid], errno.EPERM)
        case "prlimit64":
            return _only(0, [0, wanted.pid], errno.EPERM)
        case "fcntl":
            return _only(1, FCNTL, errno.EPERM)
        case "ioctl":
            return [(RETURN, 0, 0, ALLOW)] if wanted.devices else _only(1, IOCTL, errno.ENOTTY)
        case _:
            return _only(0, PRCTL, errno.EPERM)


def _execve(program: tuple[int, int, int] | None) -> list[Instruction]:
    if program is None:
        return [_error(errno.EPERM)]
    block: list[Instruction] = []
    for number, address in enumerate(program):
        for high, half in ((False, address & 0xFFFFFFFF), (True, address >> 32)):
            block += [_load(number, high=high), (EQUAL, 1, 0, half), _error(errno.EPERM)]
    return [*block, (RETURN, 0, 0, ALLOW)]


def _only(argument: int, values: Sequence[int], error: int) -> list[Instruction]:
    """Allow when the lower half of an argument, which is all that these calls look at, is one of `values`."""
    block = [_load(argument)]
    for value in values:
        block += [(EQUAL, 0, 1, value), (RETURN, 0, 0, ALLOW)]
    return [*block, _error(error)]


def _load(argument: int, *, high: bool = False) -> Instruction:
    return (LOAD, 0, 0, ARGUMENTS + 8 * argument + 4 * high)


def _error(number: int) -> Instruction:
    return (RETURN, 0, 0, ERRNO | number)
