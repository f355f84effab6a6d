"""The machine: memory, open files, what the kernel confines, watches of folders, the clock."""

from __future__ import annotations

import ctypes
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from kyoo.core.cage.confinement import Support
from kyoo.core.cage.processes import CageSettings
from kyoo.core.settings import read
from kyoo.serve.doctor.findings import Finding, size
from kyoo.serve.doctor.subject import Subject
from kyoo.transcoder.hls.admission import usable_cores

#: An idle server with its Postgres takes up to 350 MB; a login 64 MB more, an encoder some 200 MB.
LEAST_MEMORY, LEAST_AVAILABLE = 10**9, 200 * 10**6
#: Connections have three quarters of them (bounds.py).
LEAST_FILES = 4096
#: Seconds for which folders are counted.
COUNTING = 15.0
#: Watches that other programs of the machine may need.
OTHERS = 1000
#: Of inotify itself: the watcher has one, file managers and editors of a desktop take dozens.
LEAST_INSTANCES = 16
INOTIFY = Path("/proc/sys/fs/inotify")
CGROUP = Path("/sys/fs/cgroup")
#: adjtimex(2): the clock is not synchronised.
TIME_ERROR = 5
#: Before the first release: a clock that was never set.
FIRST_RELEASE = 1_767_225_600
#: Bytes of what adjtimex(2) fills in, and more.
TIMEX_BYTES = 512


def memory(_subject: Subject) -> Iterator[Finding]:
    figures = _memory_of_machine()
    if not figures:
        return
    total, available = figures["MemTotal"], figures["MemAvailable"]
    limit = _memory_of_group()
    if limit is not None and limit < total:
        total, who = limit, "this container may have"
    else:
        who = "the machine has"
    what = f"{who} {size(total)} of memory; {size(available)} of the machine are free"
    if total < LEAST_MEMORY:
        yield Finding("memory", what, "Give it at least 1 GB: an idle server takes up to 350 MB, each encoder 200 MB")
    elif available < LEAST_AVAILABLE:
        yield Finding("memory", what, "End other programs, or add memory: the system is about to kill processes")
    else:
        yield Finding("memory", what)


def _memory_of_machine() -> dict[str, int]:
    try:
        lines = [line.split() for line in Path("/proc/meminfo").read_text().splitlines()]
    except OSError:
        return {}
    figures = {line[0].rstrip(":"): int(line[1]) * 1024 for line in lines if len(line) > 1}
    return figures if {"MemTotal", "MemAvailable"} <= figures.keys() else {}


def _memory_of_group() -> int | None:
    """The limit of the container."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            text = (CGROUP / name).read_text().strip()
        except OSError:
            continue
        return int(text) if text.isdigit() else None
    return None


def cores(subject: Subject) -> Iterator[Finding]:
    there = usable_cores()
    what = f"{subject.workers} process{'es' * (subject.workers > 1)} for requests, {there} core{'s' * (there > 1)}"
    if subject.workers > there:
        yield Finding("cores", what, f"kyoo serve --workers {there} at most: more answer no faster")
    else:
        yield Finding("cores", what)


def open_files(_subject: Subject) -> Iterator[Finding]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < LEAST_FILES:
        yield Finding(
            "open files",
            f"a process may have {hard} files and connections open",
            f"Raise it to {LEAST_FILES} or more: LimitNOFILE= of a systemd unit, --ulimit nofile= of a container",
        )
    else:
        yield Finding("open files", f"a process may have {hard if hard >= 0 else 'any number of'} files open")


def confinement(_subject: Subject) -> Iterator[Finding]:
    mode = read(CageSettings).mode
    lacks = Support.here().lacks
    if mode == "off":
        yield Finding("confinement", "KYOO_CAGE=off: decoders run with limits only")
    elif lacks:
        yield Finding(
            "confinement",
            f"decoders of files are not wholly confined, as the kernel lacks {'; '.join(lacks)}",
            "Use a newer kernel, or say KYOO_CAGE=off when every file of the library can be trusted",
        )
    else:
        yield Finding("confinement", "decoders of files are confined by Landlock and seccomp")


def watches(subject: Subject) -> Iterator[Finding]:
    """A folder takes one watch of inotify(7)."""
    try:
        most = int((INOTIFY / "max_user_watches").read_text())
        instances = int((INOTIFY / "max_user_instances").read_text())
    except (OSError, ValueError):
        return
    if instances < LEAST_INSTANCES:
        yield Finding(
            "watching",
            f"an account may have {instances} instances of inotify",
            "sysctl fs.inotify.max_user_instances=128, and a file in /etc/sysctl.d with it",
        )
    folders, whole = _count_folders(subject.libraries, most)
    what = f"{'' if whole else 'more than '}{folders} folder{'s' * (folders != 1)} of videos; inotify may watch {most}"
    if folders + OTHERS > most:
        wanted = max(524_288, 2 * folders)
        yield Finding(
            "watching",
            what,
            f"sysctl fs.inotify.max_user_watches={wanted}, and a file in /etc/sysctl.d with it; until then folders "
            "are walked every KYOO_POLL_INTERVAL seconds",
        )
    else:
        yield Finding("watching", what)


def _count_folders(roots: tuple[Path, ...], most: int) -> tuple[int, bool]:
    """How many there are, and whether all were counted."""
    until = time.monotonic() + COUNTING
    count = 0
    for root in roots:
        for _folder in os.walk(root):
            count += 1
            if count > most:
                return count, False
            if count % 64 == 0 and time.monotonic() > until:
                return count, False
    return count, True


def clock(_subject: Subject) -> Iterator[Finding]:
    now = time.time()
    if now < FIRST_RELEASE:
        yield Finding(
            "clock",
            f"the clock says {time.strftime('%Y-%m-%d', time.gmtime(now))}",
            "Set it: timedatectl set-ntp true. Certificates and tokens of other servers are not valid yet",
        )
    elif _is_unsynchronised():
        yield Finding(
            "clock",
            "nothing keeps the clock right",
            "timedatectl set-ntp true, or install chrony: codes of authenticator apps and tokens depend on it",
            # In a container the host may keep it, which cannot be seen from here.
            advice=True,
        )
    else:
        yield Finding("clock", f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(now))} UTC")


def _is_unsynchronised() -> bool:
    """What the kernel says; False where it says nothing. In a container the clock is the affair of its host."""
    try:
        adjtimex = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return False
    # All of it zero: nothing is set, and the state is what it returns.
    return bool(adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)) == TIME_ERROR) and not _in_container()


def _in_container() -> bool:
    return any(Path(name).exists() for name in ("/.dockerenv", "/run/.containerenv")) or (
        "KUBERNETES_SERVICE_HOST" in os.environ
    )
