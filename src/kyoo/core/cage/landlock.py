"""Which files a caged process can reach, by the kernel's Landlock (Linux 5.13): none but those that are named here.

Newer kernels know more (their ABI says how much): what the kernel does not know is left out."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION, PATH_BENEATH = 1, 1

# linux/landlock.h
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
#: All rights over files that each ABI knows.
FIRST, REFER = (1 << 13) - 1, 1 << 13
#: What a rule about something that is no folder may name.
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
#: Binding and connecting of TCP; abstract sockets and signals to the outside.
TCP, OUTSIDE = 0b11, 0b11


class Access(NamedTuple):
    """What a process may reach. A folder stands for all that is in it; what does not exist is left out.

    `programs` can be started and read; `reads` read; `devices` used. Nothing can be written: whoever is to write gets
    the file open."""

    programs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


class Kernel(Protocol):
    """The three system calls. Each raises OSError."""

    def create_ruleset(self, attributes: bytes) -> int: ...

    def add_rule(self, ruleset: int, rule: bytes) -> None: ...

    def restrict_self(self, ruleset: int) -> None: ...


class _Linux:
    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def _call(self, number: int, *arguments: object) -> int:
        result: int = self._libc.syscall(ctypes.c_long(number), *arguments)
        if result < 0:
            raise OSError(ctypes.get_errno(), "Landlock does not take the rules")
        return result

    def create_ruleset(self, attributes: bytes) -> int:
        return self._call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)

    def add_rule(self, ruleset: int, rule: bytes) -> None:
        self._call(ADD_RULE, ruleset, PATH_BENEATH, rule, 0)

    def restrict_self(self, ruleset: int) -> None:
        self._call(RESTRICT_SELF, ruleset, 0)


def abi() -> int:
    """Which Landlock the kernel has; 0 when none, or when it is switched off or kept from us."""
    if sys.platform != "linux":
        return 0
    return max(0, int(ctypes.CDLL(None, use_errno=True).syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)))


def handled(version: int) -> int:
    """The rights over files that are denied unless a rule gives them."""
    rights = FIRST
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEVICE)):
        rights |= right if version >= since else 0
    return rights


def attributes(version: int) -> bytes:
    """struct landlock_ruleset_attr, as long as the kernel knows it."""
    head = struct.pack("Q", handled(version))
    if version >= 4:
        head += struct.pack("Q", TCP)
    if version >= 6:
        head += struct.pack("Q", OUTSIDE)
    return head


def confine(access: Access, version: int, kernel: Kernel | None = None) -> None:
    """Hold this thread and what it starts to `access`, for ever. It must have no_new_privs. Raises OSError."""
    kernel = kernel or _Linux()
    rights = handled(version)
    ruleset = kernel.create_ruleset(attributes(version))
    reading = READ_FILE | READ_DIR
    try:
        for paths, wanted in (
            (access.programs, EXECUTE | READ_FILE),
            (access.reads, reading),
            (access.devices, reading | WRITE_FILE | IOCTL_DEVICE),
        ):
            for path in paths:
                _allow(kernel, ruleset, path, wanted & rights)
        kernel.restrict_self(ruleset)
    finally:
        if ruleset > 2:
            os.close(ruleset)


def _allow(kernel: Kernel, ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= OF_FILES
        # struct landlock_path_beneath_attr, packed
        kernel.add_rule(ruleset, struct.pack("=Qi", rights, place))
    finally:
        os.close(place)


#: Where shared libraries are, and what they read of the machine. Nothing secret is in these.
SYSTEM = (
    *("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/nix/store", "/gnu/store"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload"),
    *("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/version", "/sys/devices/system"),
)


def of_program(program: str, *, library_path: Iterable[str] = ()) -> Access:
    """What it takes to start a program: itself, its loader (ELF, PT_INTERP), its libraries."""
    real = os.path.realpath(program)
    loader = _loader(real)
    return Access((real, *(() if loader is None else (loader,))), (*SYSTEM, *library_path, *_beside(real)))


def _beside(real: str) -> tuple[str, ...]:
    """The `lib` folder beside a program's `bin`, as those have that are installed in a folder of their own."""
    return tuple(str(folder) for folder in (Path(real).parent.parent / "lib", Path(real).parent.parent / "lib64"))


def _loader(path: str) -> str | None:
    """The dynamic loader that an ELF file of 64 bits names."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(64)
            if len(head) < 64 or head[:6] != b"\x7fELF\x02\x01":
                return None
            offset, size, count = (*struct.unpack_from("<Q", head, 32), *struct.unpack_from("<HH", head, 54))
            for number in range(count):
                file.seek(offset + number * size)
                kind, _, start, _, _, length = struct.unpack("<IIQQQQ", file.read(40))
                if kind == 3:  # PT_INTERP
                    file.seek(start)
                    return os.fsdecode(file.read(min(length, 4096)).rstrip(b"\0"))
    except (OSError, struct.error):
        return None
    return None
