"""What a stranger's code would try from inside a decoder. Prints, or answers, the names of what it got.

Needs nothing but Python, and not even a file of it once it is loaded: it runs as a program in place of ffmpeg, and as a
function in place of libav."""

# ruff: noqa

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import platform
import resource
import signal
import socket
import struct
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
NUMBERS = {
    # name: (x86_64, aarch64)
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "mount": (165, 40),
    "chroot": (161, 51),
    "setns": (308, 268),
    "pidfd_open": (434, 434),
    "kcmp": (312, 272),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "execveat": (322, 281),
    "clone3": (435, 435),
    "openat2": (437, 437),
    "open_by_handle_at": (304, 265),
    "setsid": (112, 157),
    "setpriority": (141, 140),
    "sethostname": (170, 161),
    "socket": (41, 198),
    "socketpair": (53, 199),
}


def call(name, *arguments):
    """The result of a system call. Raises OSError."""
    number = NUMBERS[name][0 if X86 else 1]
    result = LIBC.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def attempts(targets):
    """Name and attempt; one that does not raise has succeeded."""
    parent, victim = targets["parent"], targets["victim"]
    for path in targets["files"]:
        yield f"read {path}", lambda path=path: os.read(os.open(path, os.O_RDONLY), 1)
        yield f"change {path}", lambda path=path: os.open(path, os.O_WRONLY | os.O_APPEND)
        yield f"cut {path}", lambda path=path: os.truncate(path, 0)
        yield f"remove {path}", lambda path=path: os.unlink(path)
        yield f"rename {path}", lambda path=path: os.rename(path, path + ".stolen")
        yield f"open up {path}", lambda path=path: os.chmod(path, 0o777)
        yield f"link {path}", lambda path=path: os.link(path, path + ".link")
    for folder in targets["folders"]:
        yield f"list {folder}", lambda folder=folder: os.listdir(folder)
        yield f"write into {folder}", lambda folder=folder: os.open(f"{folder}/new", os.O_CREAT | os.O_WRONLY)
        yield f"make a folder in {folder}", lambda folder=folder: os.mkdir(f"{folder}/sub")
        yield f"point out of {folder}", lambda folder=folder: os.symlink("/etc/passwd", f"{folder}/out")
        yield f"be a device in {folder}", lambda folder=folder: os.mknod(f"{folder}/device", 0o600 | 0o020000, 0x101)
    for who in ("self", str(parent), "1", str(victim)):
        for what in ("environ", "maps", "mem", "root", "cmdline", "fd"):
            yield f"read /proc/{who}/{what}", lambda who=who, what=what: os.open(f"/proc/{who}/{what}", os.O_RDONLY)
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 17, 38):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            yield f"socket {family} {kind}", lambda family=family, kind=kind: call("socket", family, kind, 0)
    yield "two sockets", lambda: call("socketpair", 1, 1, 0, (ctypes.c_int * 2)())
    for kind, address in targets["addresses"]:
        yield f"reach {address}", lambda kind=kind, address=address: connect(kind, address)
    for folder in targets["system folders"]:
        yield f"list {folder}", lambda folder=folder: os.listdir(folder)
    for path in targets["system"]:
        yield f"read {path}", lambda path=path: os.read(os.open(path, os.O_RDONLY), 1)
    for number, pid in ((0, parent), (0, victim), (0, 1), (0, -1), (0, 0), (signal.SIGCONT, victim)):
        yield f"signal {number} to {pid}", lambda pid=pid, number=number: os.kill(pid, number)
    yield "a signal by a file", lambda: signal_by_file(victim)
    yield "attach to a process", lambda: call("ptrace", 16, victim, 0, 0)
    yield "be traced", lambda: call("ptrace", 0, 0, 0, 0)
    yield "read a process", lambda: read_memory(victim)
    yield "a handle of a process", lambda: call("pidfd_open", parent, 0)
    yield "compare processes", lambda: call("kcmp", os.getpid(), parent, 1, 0, 0)
    yield "slow a process down", lambda: call("setpriority", 0, victim, 19)
    yield "limit a process", lambda: resource.prlimit(victim, resource.RLIMIT_CORE, (0, 0))
    yield "more memory", lambda: raise_limit(resource.RLIMIT_AS)
    yield "larger files", lambda: raise_limit(resource.RLIMIT_FSIZE)
    for program in ("/bin/sh", sys.executable, targets["program"]):
        yield f"start {program}", lambda program=program: started(program)
    yield "start a program in memory", start_from_memory
    yield "fork", fork
    yield "leave the session", lambda: call("setsid")
    for name, arguments in (
        ("io_uring_setup", (4, ctypes.create_string_buffer(120))),
        ("userfaultfd", (0,)),
        ("bpf", (0, ctypes.create_string_buffer(120), 120)),
        ("perf_event_open", (ctypes.create_string_buffer(struct.pack("IIQ", 1, 112, 0), 128), 0, -1, -1, 0)),
        ("keyctl", (0, -3, 1)),
        ("unshare", (0x10000000,)),
        ("unshare", (0x00020000,)),
        ("mount", (b"none", b"/nowhere/at/all", b"tmpfs", 0, 0)),
        ("chroot", (b"/nowhere/at/all",)),
        ("shmget", (0, 4096, 0o1600)),
        ("msgget", (0, 0o1600)),
        ("mq_open", (b"kyoo-attack", os.O_CREAT | os.O_RDWR, 0o600, 0)),
        ("sethostname", (b"attacked", -1)),
    ):
        yield f"{name} {arguments[0]}", lambda name=name, arguments=arguments: reached(name, *arguments)
    yield "openat2", lambda: call("openat2", -100, b"/etc/passwd", struct.pack("QQQ", 0, 0, 0), 24)


def reached(name, *arguments):
    """Raises OSError when the call was refused; its arguments may be nonsense, lest it do harm where it is not."""
    try:
        call(name, *arguments)
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EPERM, errno.EACCES):
            raise


def connect(kind, address):
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family, kind) as made:
        made.settimeout(2)
        made.connect(address if isinstance(address, str) else tuple(address))
        made.send(b"secret")


def signal_by_file(victim):
    fcntl.fcntl(1, fcntl.F_SETOWN, victim)
    if fcntl.fcntl(1, fcntl.F_GETOWN) != victim:
        raise OSError(errno.EPERM, "not the owner")


def read_memory(victim):
    into = ctypes.create_string_buffer(8)
    local = struct.pack("QQ", ctypes.addressof(into), 8)
    remote = struct.pack("QQ", 0x400000, 8)
    try:
        call("process_vm_readv", victim, local, 1, remote, 1, 0)
    except OSError as error:
        # The address is nonsense: it was looked at.
        if error.errno != errno.EFAULT:
            raise


def raise_limit(kind):
    before = resource.getrlimit(kind)
    if before[1] == resource.RLIM_INFINITY:
        return
    resource.setrlimit(kind, (before[1] + 4096, before[1] + 4096))


def started(program):
    """Without a fork: where it succeeds nothing of us is left, so it is told before."""
    if fork_allowed():
        pid = os.fork()
        if pid == 0:
            with contextlib.suppress(OSError):
                os.execve(program, [program, "-c", "exit"], {})
            os._exit(111)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 111:
            raise OSError(errno.EACCES, program)
        return
    os.execve(program, [program, "-c", "exit"], {})


def fork_allowed():
    try:
        fork()
    except OSError:
        return False
    return True


def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def start_from_memory():
    place = call("memfd_create", b"x", 0)
    os.write(place, b"\x7fELF")
    try:
        call("execveat", place, b"", (ctypes.c_char_p * 2)(b"x"), (ctypes.c_char_p * 1)(), 0x1000)
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise


def secrets(targets):
    """What lies about in the process itself."""
    found = [f"variable {name}" for name in os.environ if name not in targets["variables"]]
    for descriptor in range(1024):
        with contextlib.suppress(OSError):
            os.fstat(descriptor)
            if descriptor not in targets["descriptors"]:
                found.append(f"descriptor {descriptor}")
    return found


def attack(targets):
    got = secrets(targets)
    for name, attempt in attempts(targets):
        # These would leave something behind, or stop us, where nothing hinders them.
        if targets["gently"] and name.startswith(("shmget", "msgget", "mq_open", "leave", "be traced")):
            continue
        try:
            attempt()
        except (OSError, ValueError, OverflowError):
            continue
        got.append(name)
    return got


if __name__ == "__main__":
    print(json.dumps(attack(json.loads(sys.argv[1]))))
