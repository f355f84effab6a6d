"""A stranger's code in place of a decoder gets at nothing: no file, no socket, no secret, no process, no program."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import psutil
import psycopg
import pytest
import uvloop
from tests.cages import attack
from tests.machine import scaled
from tests.waiting import until

from kyoo.core.cage import landlock, processes
from kyoo.core.cage.confinement import Cage, Support
from kyoo.core.cage.landlock import Access
from kyoo.core.cage.processes import CallError, CallTimeoutError, Launcher, NoCageError
from kyoo.core.cage.seccomp import ARCHITECTURES, Filter, build
from kyoo.core.cage.syscalls import AARCH64, X86_64
from kyoo.transcoder.ffmpeg.running import Ffmpeg
from kyoo.transcoder.libav.pool import InspectionPool

HERE = Support.here()
ATTACKS = "tests.cages.in_place_of_libav"
#: What Python itself needs to run in place of ffmpeg.
PYTHON = (sys.prefix, sys.base_prefix)
GIGABYTE = 1024**3

needs_all = pytest.mark.skipif(bool(HERE.lacks), reason="; ".join(HERE.lacks))


@pytest.fixture
def victim() -> Iterator[int]:
    """A process of ours."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process.pid
        process.kill()


@pytest.fixture
def targets(tmp_path: Path, victim: int, conninfo: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What there is to be had here, as in a real instance."""
    monkeypatch.setenv("KYOO_SECRET_OF_OURS", "secret")
    monkeypatch.setenv("POSTGRES_URL", "postgresql://kyoo:secret@localhost/kyoo")
    data = tmp_path / "data"
    data.mkdir()
    key, other = data / "signing.key", tmp_path / "another film.mkv"
    for file in (key, other):
        file.write_text("secret")
    listeners = [socket.socket(family, kind) for family in (socket.AF_INET, socket.AF_UNIX) for kind in (1, 2)]
    listeners.append(socket.socket(socket.AF_UNIX))
    tcp, udp, stream, datagram, abstract = listeners
    for made in (tcp, udp):
        made.bind(("127.0.0.1", 0))
    stream.bind(str(data / "stream"))
    datagram.bind(str(data / "datagram"))
    abstract.bind(f"\0kyoo-{os.getpid()}")
    for made in (tcp, stream, abstract):
        made.listen()
    postgres = Path(psycopg.conninfo.conninfo_to_dict(conninfo)["host"] or "").glob(".s.PGSQL.*[0-9]")  # type: ignore[arg-type]
    yield {
        "parent": os.getpid(),
        "victim": victim,
        "files": [str(key), str(other)],
        "system": ["/etc/passwd", "/etc/shadow", "/etc/hostname", str(Path.home() / ".bashrc"), __file__],
        "folders": [str(data), str(tmp_path)],
        "system folders": ["/", "/tmp", "/dev/shm", "/etc", str(Path.home())],
        "gently": False,
        "addresses": [
            (1, tcp.getsockname()),
            (2, udp.getsockname()),
            (1, str(data / "stream")),
            (2, str(data / "datagram")),
            (1, f"\0kyoo-{os.getpid()}"),
            *((1, str(path)) for path in postgres),
        ],
        "program": sys.executable,
        "variables": [*processes.environment(), "PYTHONPATH", "OPENBLAS_NUM_THREADS"],
        "descriptors": [0, 1, 2, 3],
    }
    for made in listeners:
        made.close()
    assert (key.read_text(), other.read_text()) == ("secret", "secret")


@pytest.fixture
async def film(tmp_path: Path) -> AsyncIterator[int]:
    (tmp_path / "film.mkv").write_text("film")
    descriptor = os.open(tmp_path / "film.mkv", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


Mode = Literal["auto", "off"]


async def as_function(targets: dict[str, Any], film: int, module: str = ATTACKS, mode: Mode = "auto") -> list[str]:
    """What a function in place of libav gets."""
    launcher = Launcher(module, mode)
    cage = Cage(memory=4 * GIGABYTE)
    # The answer has a descriptor of its own.
    targets = targets | {"descriptors": [0, 1, 2, 3, 4]}
    try:
        answer = await launcher.call("look", cage, 60, [film], targets=targets)
    finally:
        await launcher.close()
    got: list[str] = json.loads(answer.split(b"\n", 1)[1])
    return got


async def as_program(targets: dict[str, Any], film: int, module: str | None = None, mode: Mode = "auto") -> list[str]:
    """What a program in place of ffmpeg gets."""
    launcher = Launcher(module, mode)
    access = landlock.of_program(sys.executable)
    access = access._replace(reads=(*access.reads, *PYTHON))
    code = Path(attack.__file__).read_text()
    command = [sys.executable, "-I", "-S", "-c", code, json.dumps(targets | {"system": targets["system"][:-1]})]
    try:
        process = await launcher.start(command, Cage(memory=4 * GIGABYTE, access=access), [film])
        said, words = await asyncio.gather(process.stdout.read(), process.stderr.read())
        assert (await process.wait(), words) == (0, b"")
    finally:
        await launcher.close()
    got: list[str] = json.loads(said)
    return got


@needs_all
async def test_code_in_place_of_libav_gets_at_nothing(targets: dict[str, Any], film: int) -> None:
    assert await as_function(targets, film) == []


@needs_all
async def test_code_in_place_of_ffmpeg_gets_at_nothing(targets: dict[str, Any], film: int) -> None:
    assert await as_program(targets, film) == []


@needs_all
async def test_the_transcoder_has_its_decoders_in_such_cages(targets: dict[str, Any], tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    film.write_text("film")
    looks = InspectionPool(1, memory=4 * GIGABYTE)
    looks._launcher = Launcher(ATTACKS)
    ffmpeg = Ffmpeg(sys.executable, memory=4 * GIGABYTE)
    ffmpeg.__dict__["_access"] = ffmpeg._access._replace(reads=(*ffmpeg._access.reads, *PYTHON))
    files = [*targets["files"], str(film)]
    try:
        # Two readers of the film, and the answer.
        asked = targets | {"descriptors": [0, 1, 2, 3, 4, 5], "files": files}
        assert json.loads(await looks.run("probe", film, 60, targets=asked)) == []
        asked = targets | {"files": files, "system": targets["system"][:-1]}
        command = [sys.executable, "-I", "-S", "-c", Path(attack.__file__).read_text(), json.dumps(asked)]
        assert json.loads(await ffmpeg.run(command, 60, film)) == []
    finally:
        await looks.close()
        await ffmpeg.close()
    assert film.read_text() == "film"


@needs_all
def test_an_ordinary_user_has_the_same_cage(targets: dict[str, Any]) -> None:
    code = (
        "import json, os, sys; from tests.cages.attack import attack; from kyoo.core.cage import confinement as c;"
        "os.getuid() or os.setuid(65534); c.enter(c.Cage(memory=2**32), c.Support.here());"
        "print(json.dumps(attack(json.loads(sys.argv[1]))))"
    )
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    asked = targets | {"variables": [*variables, "LC_CTYPE", "LINES", "COLUMNS"], "descriptors": [0, 1, 2]}
    command = [sys.executable, "-c", code, json.dumps(asked)]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, json.loads(done.stdout or "null")) == (0, "", [])


async def test_without_a_cage_it_gets_at_a_lot(targets: dict[str, Any], film: int) -> None:
    """The attack is one: what the other tests find is not its inability."""
    got = await as_function(targets | {"gently": True}, film, mode="off")
    reads = [path for path in (*targets["files"], "/etc/passwd") if f"read {path}" in got]
    assert len(reads) == 3
    # Postgres's socket is for its own user and for root, who is none without its capabilities.
    assert len([name for name in got if name.startswith("reach")]) >= 5
    assert {"fork", "start /bin/sh", f"signal 0 to {targets['victim']}", "a signal by a file"} <= set(got)
    for file in targets["files"]:
        Path(file).write_text("secret")


@pytest.mark.skipif(not HERE.seccomp, reason="no seccomp")
async def test_without_landlock_the_rest_still_holds(targets: dict[str, Any], film: int) -> None:
    module = "tests.cages.without_landlock"
    assert await as_function(targets, film, module) == []
    got = await as_program(targets, film, module)
    # What may be read then is said at the start.
    assert [name for name in got if not name.startswith(("read /", "list /"))] == []


@pytest.mark.skipif(HERE.landlock < 6, reason="no Landlock that knows of signals")
async def test_without_seccomp_files_and_signals_still_hold(targets: dict[str, Any], film: int) -> None:
    module = "tests.cages.without_seccomp"
    targets = targets | {"gently": True}
    for got in (await as_function(targets, film, module), await as_program(targets, film, module)):
        outside = ("read /", "change /", "cut /", "remove /", "rename /", "link /", "list /", "write into", "make a")
        assert [name for name in got if name.startswith(outside)] == []
        assert f"signal 0 to {targets['victim']}" not in got
        assert not any(name == f"reach {address}" for kind, address in targets["addresses"][:1] for name in got)


async def test_a_process_has_limits() -> None:
    launcher = Launcher(ATTACKS)
    cage = Cage(memory=GIGABYTE, seconds=1, niceness=3)
    try:
        found = json.loads(await launcher.call("limits", cage, 30))
        assert found.pop("nice") == os.nice(0) + 3
        assert found == {"CORE": [0, 0], "AS": [GIGABYTE] * 2, "FSIZE": [0, 0], "NOFILE": [256, 256], "CPU": [1, 1]}
        # Without the limit of a second, in which a slow machine fills no memory.
        patient = Cage(memory=GIGABYTE)
        assert await launcher.call("memory", patient, 30, bytes=GIGABYTE // 4) == str(GIGABYTE // 4).encode()
        with pytest.raises(CallError, match="MemoryError"):
            await launcher.call("memory", patient, 30, bytes=GIGABYTE)
        begun = time.monotonic()
        with pytest.raises(CallError, match=r"SIGXCPU|SIGKILL"):
            await launcher.call("work", cage, 30)
        assert time.monotonic() - begun < scaled(20)
        with pytest.raises(CallTimeoutError):
            await launcher.call("hold", cage, 0.3)
    finally:
        await launcher.close()


async def test_an_answer_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "BIGGEST_ANSWER", 8 * 1024**2)
    launcher = Launcher(ATTACKS)
    try:
        with pytest.raises(CallError, match="no end"):
            await launcher.call("endless", Cage(memory=GIGABYTE), 30)
    finally:
        await launcher.close()


def caged(launcher: psutil.Process) -> list[psutil.Process]:
    return [child for child in launcher.children() if child.status() != psutil.STATUS_ZOMBIE]


async def test_a_launcher_that_is_killed_takes_its_processes_along_and_is_replaced() -> None:
    before = {child.pid for child in psutil.Process().children()}
    launcher = Launcher(ATTACKS)
    try:
        holding = asyncio.create_task(launcher.call("hold", Cage(memory=GIGABYTE), 30))
        await until(lambda: any(caged(child) for child in psutil.Process().children() if child.pid not in before))
        (program,) = [child for child in psutil.Process().children() if child.pid not in before]
        (held,) = caged(program)
        program.kill()
        with pytest.raises(CallError, match="SIGKILL"):
            await holding
        await until(lambda: not psutil.pid_exists(held.pid))
        assert json.loads(await launcher.call("limits", Cage(memory=GIGABYTE), 30))
    finally:
        await launcher.close()


async def test_who_starts_a_process_and_goes_away_leaves_none_behind() -> None:
    launcher = Launcher()
    sleep = landlock.of_program("/bin/sleep")
    try:
        process = await launcher.start(["/bin/sleep", "60"], Cage(memory=GIGABYTE, access=sleep))
        await until(lambda: psutil.Process(process.pid).name() == "sleep")
        process.kill()
        assert await process.wait() == -9
        assert (await process.stdout.read(), await process.stderr.read()) == (b"", b"")
        with pytest.raises(psutil.NoSuchProcess):
            psutil.Process(process.pid)
        other = await launcher.start(["/bin/sleep", "60"], Cage(memory=GIGABYTE, access=sleep))
    finally:
        await launcher.close()
    await until(lambda: not psutil.pid_exists(other.pid))


async def test_a_program_that_is_not_named_is_not_started() -> None:
    launcher = Launcher()
    try:
        process = await launcher.start(["/bin/ls", "/"], Cage(memory=GIGABYTE, access=landlock.of_program("/bin/cat")))
        said, words = await asyncio.gather(process.stdout.read(), process.stderr.read())
        assert (await process.wait(), said) == (127, b"")
        assert b"Permission denied" in words
    finally:
        await launcher.close()


async def test_what_a_kernel_lacks_is_said_and_can_be_required(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Support(7, seccomp=True).lacks == []
    assert len(Support(0, seccomp=False).lacks) == 2
    launcher = Launcher("tests.cages.without_landlock", "required")
    with pytest.raises(NoCageError, match="Landlock"):
        await launcher.open()
    await launcher.close()


class Recorder:
    """A kernel that writes down what it is told."""

    def __init__(self) -> None:
        self.attributes = b""
        self.rules: list[tuple[int, str]] = []
        self.restricted = False

    def create_ruleset(self, attributes: bytes) -> int:
        self.attributes = attributes
        return -1

    def add_rule(self, ruleset: int, rule: bytes) -> None:
        assert not self.restricted
        descriptor = int.from_bytes(rule[8:], sys.byteorder)
        self.rules.append(
            (int.from_bytes(rule[:8], sys.byteorder), str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        )

    def restrict_self(self, ruleset: int) -> None:
        self.restricted = True


@pytest.mark.parametrize(
    ("version", "files", "length"),
    [
        (1, 0x1FFF, 8),
        (2, 0x3FFF, 8),
        (3, 0x7FFF, 8),
        (4, 0x7FFF, 16),
        (5, 0xFFFF, 16),
        (6, 0xFFFF, 24),
        (9, 0xFFFF, 24),
    ],
)
def test_each_landlock_is_told_what_it_knows(tmp_path: Path, version: int, files: int, length: int) -> None:
    (tmp_path / "program").touch()
    kernel = Recorder()
    access = Access((str(tmp_path / "program"), str(tmp_path / "absent")), (str(tmp_path),), ("/dev/null",))
    landlock.confine(access, version, kernel)
    assert (int.from_bytes(kernel.attributes[:8], sys.byteorder), len(kernel.attributes)) == (files, length)
    assert kernel.restricted
    device = 0b1110 | (1 << 15 if version >= 5 else 0)
    assert kernel.rules == [
        (0b0101, str(tmp_path / "program")),
        (0b1100, str(tmp_path)),
        (device & ~0b1000, "/dev/null"),
    ]


def run(program: list[tuple[int, int, int, int]], number: int, arguments: list[int], arch: int) -> int:
    """What the kernel's machine for filters returns."""
    words = {0: number, 4: arch}
    for index, argument in enumerate(arguments):
        words[16 + 8 * index], words[20 + 8 * index] = argument & 0xFFFFFFFF, argument >> 32
    accumulator, position = 0, 0
    while True:
        code, true, false, value = program[position]
        position += 1
        match code:
            case 0x20:
                accumulator = words.get(value, 0)
            case 0x06:
                return value
            case 0x15:
                position += true if accumulator == value else false
            case 0x35:
                position += true if accumulator >= value else false
            case 0x45:
                position += true if accumulator & value else false
            case _:
                raise AssertionError(code)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_decides_alike_on_every_machine(machine: str) -> None:
    architecture = ARCHITECTURES[machine]
    calls, allowed = architecture.calls, 0x7FFF0000

    def decides(wanted: Filter, name: str, *arguments: int) -> bool:
        return run(build(architecture, wanted), calls[name], list(arguments), architecture.audit) == allowed

    strict = Filter(77)
    program = Filter(77, opens=True, program=(0x7F0000001000, 0x7F0000002000, 0x7F0000003000))
    assert all(decides(strict, name) for name in ("read", "write", "mmap", "futex", "exit_group", "lseek"))
    assert not decides(strict, "openat", 0, 0, 0)
    assert decides(program, "openat", 0, 0, os.O_RDONLY | os.O_CLOEXEC)
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC):
        assert not decides(program, "openat", 0, 0, flags)
    assert decides(Filter(77, opens=True, devices=True), "openat", 0, 0, os.O_RDWR)
    assert decides(program, "execve", 0x7F0000001000, 0x7F0000002000, 0x7F0000003000)
    assert not decides(program, "execve", 0x7F0000001000, 0x7F0000002000, 0x7E0000003000)
    assert not decides(strict, "execve", 0, 0, 0)
    assert decides(strict, "clone", 0x10000 | 0x100)
    assert not decides(strict, "clone", 17)
    assert decides(strict, "tgkill", 77, 78, 6)
    assert not decides(strict, "kill", 78, 0)
    assert not decides(strict, "kill", 2**32 - 1, 0)
    assert not decides(strict, "fcntl", 1, 8, 77)
    assert not decides(strict, "prlimit64", 1, 0, 0)
    assert not decides(strict, "ioctl", 0, 0x5412, 0)
    assert not decides(strict, "memfd_create", 0, 0)
    everything = build(architecture, strict)
    assert len(everything) < 4096
    known = set(calls.values())
    for number in set(range(600)) - known:
        assert run(everything, number, [], architecture.audit) != allowed
    assert run(everything, calls["read"], [], 0x40000003) == 0x80000000
    if machine == "x86_64":
        assert run(everything, 0x40000000 | calls["read"], [], architecture.audit) != allowed


def test_the_tables_have_the_numbers_of_this_kernel() -> None:
    """Where its headers are installed."""
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    generic = Path("/usr/include/asm-generic/unistd.h")
    if header.exists():
        numbers = dict(
            line.split()[1:3] for line in header.read_text().splitlines() if line.startswith("#define __NR_")
        )
        assert {name: int(numbers[f"__NR_{name}"]) for name in X86_64} == X86_64
    if generic.exists():
        lines = [line.split() for line in generic.read_text().splitlines() if line.startswith("#define __NR")]
        found = {line[1].removeprefix("__NR3264_").removeprefix("__NR_"): line[2] for line in lines if len(line) == 3}
        plain = {name: number for name, number in AARCH64.items() if found.get(name, "x").isdigit()}
        assert plain == {name: int(found[name]) for name in plain}
        assert len(plain) > 80
    assert len(X86_64) > len(AARCH64) > 85


def test_root_has_nothing_of_root_in_a_cage() -> None:
    code = (
        "import os, sys; from kyoo.core.cage.confinement import _give_up, Cage; _give_up(Cage(memory=2**32));"
        "print([line for line in open('/proc/self/status') if line.startswith(('Cap', 'NoNew'))])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "NoNewPrivs:\\t1" in said
    for kind in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
        assert f"{kind}:\\t0000000000000000" in said
    assert resource.getrlimit(resource.RLIMIT_AS)[0] > 2**32 or resource.getrlimit(resource.RLIMIT_AS)[0] == -1


def test_a_launcher_whose_server_has_gone_ends_in_silence() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.close()
        command = [sys.executable, "-S", "-P", "-m", "kyoo.core.cage.launcher", "-"]
        environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, stdin=theirs, env=environment, capture_output=True, timeout=60, check=False)  # type: ignore[call-overload]
    assert (done.returncode, done.stderr) == (0, b"")


def test_no_descriptor_of_another_thread_is_closed() -> None:
    """In the event loop of `kyoo serve`, whose transports close a descriptor and then the file that it was of."""
    ended = threading.Event()

    def open_and_close() -> int:
        lost = 0
        while not ended.is_set():
            descriptor = os.open(os.devnull, os.O_RDONLY)
            try:
                os.close(descriptor)
            except OSError:
                lost += 1
        return lost

    async def pipes() -> None:
        for _ in range(4000):
            pipe, theirs = await processes._pipe(1024)
            os.close(theirs)
            pipe.transport.close()

    with ThreadPoolExecutor(4) as threads:
        losses = [threads.submit(open_and_close) for _ in range(4)]
        try:
            uvloop.run(pipes())
        finally:
            ended.set()
    assert [loss.result() for loss in losses] == [0] * 4
