"""What a file does to libav harms one process, which is replaced; and such processes never outlive their use."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from structlog.testing import capture_logs
from tests import media
from tests.integration.transcoder.conftest import Service
from tests.launchers import Launchers
from tests.waiting import until

from kyoo.core.cage import processes
from kyoo.core.cage.processes import Launcher
from kyoo.core.files import content_id
from kyoo.transcoder.libav.pool import MODULE, InspectionError, InspectionPool
from kyoo.transcoder.models.media import Probed

HARMFUL = "tests.cages.harmful_files"


def launchers(pid: int | None = None) -> list[psutil.Process]:
    """The processes that have libav loaded, and fork one for each look."""
    found = []
    for child in psutil.Process(pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.status() != psutil.STATUS_ZOMBIE and {MODULE, HARMFUL} & {*child.cmdline()}:
                found.append(child)
    return found


def looking() -> list[psutil.Process]:
    """The processes that look into a file at this moment."""
    found = []
    for launcher in launchers():
        with contextlib.suppress(psutil.NoSuchProcess):
            found += [child for child in launcher.children() if child.status() != psutil.STATUS_ZOMBIE]
    return found


@pytest.fixture(autouse=True)
def kept_launchers(idle_launchers: Launchers) -> None:
    """Here each test starts its own, and sees it end."""
    idle_launchers.end()


@pytest.fixture
async def pool() -> AsyncIterator[InspectionPool]:
    made = InspectionPool(1, memory=4 * 1024**3)
    yield made
    await made.close()
    assert launchers() == []


def film() -> Path:
    return media.movie(seconds=3, size="320x180")


async def probe(pool: InspectionPool, limit: float = 30) -> Probed:
    return Probed.model_validate_json(await pool.run("probe", film(), limit, content_id="x", patience=5))


async def harming(harm: Callable[[psutil.Process], None]) -> None:
    """Do this to the first process that looks into a file."""
    while True:
        for child in looking():
            with contextlib.suppress(psutil.NoSuchProcess):
                harm(child)
                return
        await asyncio.sleep(0)


async def test_a_process_that_is_killed_is_replaced_and_nothing_is_lost(pool: InspectionPool) -> None:
    looks = [asyncio.create_task(probe(pool)) for _ in range(20)]
    await asyncio.wait([asyncio.create_task(harming(psutil.Process.kill)), *looks], return_when=asyncio.FIRST_COMPLETED)
    assert all(found.complete for found in await asyncio.gather(*looks))
    # Also the one that starts them.
    launchers()[0].kill()
    assert (await probe(pool)).media.videos


async def test_a_file_that_crashes_libav_is_unreadable_and_the_next_one_is_not(service: Service) -> None:
    service.app.state.context.inspections._launcher = Launcher(HARMFUL)
    path = service.library / "crash.mkv"
    path.write_bytes(b"CRASH")
    answer = await service.get(path, "master.m3u8")
    assert answer.status_code == 422
    assert answer.json() == {"errors": ["The file cannot be read as media: the program that read it crashed (SIGSEGV)"]}
    info = (await service.get(path, "info")).json()
    assert (info["videos"], info["size"]) == ([], path.stat().st_size)
    other = service.add(media.movie(seconds=4, size="320x180"), "other.mkv")
    assert (await service.get(other, "info")).json()["videos"] != []


@pytest.mark.parametrize(
    ("content", "problem", "error"),
    [
        (b"WRONG", "something in it is not understood", "ValueError: <object object at 0x"),
        (b"DIES ", "the program that read it crashed", "ValueError: an answer of <object object at 0x"),
        (b"HUGE ", "it takes too much memory", None),
        (b"no media", "Invalid data found when processing input", None),
    ],
)
async def test_what_goes_wrong_in_a_program_is_told_to_its_operator_alone(
    service: Service, content: bytes, problem: str, error: str | None
) -> None:
    service.app.state.context.inspections._launcher = Launcher(HARMFUL)
    path = service.library / "wrong.mkv"
    path.write_bytes(content)
    with capture_logs() as logs:
        answer = await service.get(path, "master.m3u8")
    assert answer.status_code == 422
    assert answer.json() == {"errors": [f"The file cannot be read as media: {problem}"]}
    said = [line for line in logs if line["event"] == "a look into a file failed"]
    assert [line["error"].startswith(error or "-") for line in said] == [True] * (error is not None)
    assert all((line["look"], line["path"]) == ("probe", str(path)) for line in said)


def saying(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], Any]) -> None:
    """Have a hostile file change what the process says that reads it."""
    run = InspectionPool.run

    async def changed(pool: InspectionPool, look: str, path: Path, limit: float, **arguments: Any) -> bytes:
        said = json.loads(await run(pool, look, path, limit, **arguments))
        change(said["media"])
        return json.dumps(said).encode()

    monkeypatch.setattr(InspectionPool, "run", changed)


async def test_a_file_that_says_to_be_another_is_kept_as_what_it_is(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = service.add(film())
    saying(monkeypatch, lambda found: found.update(content_id="../" + "0" * 40, size=1))
    info = (await service.get(path, "info")).json()
    assert (info["sha"], info["size"]) == (content_id(path), path.stat().st_size)


#: What a program that was taken over could say, to lead us elsewhere.
MISLEADING: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no number": lambda found: found.update(duration=float("nan")),
    "infinity": lambda found: found["videos"][0].update(end=float("inf")),
    "a line of a playlist": lambda found: found["videos"][0].update(mime_codec='x"\n/elsewhere.mp4'),
    "extension": lambda found: found["subtitles"][0].update(extension="/../../x"),
    "name": lambda found: found.update(attachments=[{"stream": 1, "name": "../x.ttf", "mime_type": None}]),
    "less": lambda found: found.pop("videos"),
}


async def test_what_leads_elsewhere_is_not_believed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    path = service.add(media.movie(seconds=3, size="320x180", subtitles=[media.Subtitle("subrip", "eng")]))
    for name, change in MISLEADING.items():
        with monkeypatch.context() as patch:
            saying(patch, change)
            answer = await service.get(path, "master.m3u8")
        # Nothing is kept of the one before, either.
        assert (name, answer.status_code, answer.json()) == (
            name,
            422,
            {"errors": ["The file cannot be read as media: the program that read it answers nonsense"]},
        )
        service.app.state.context.library._failed.clear()
    assert (await service.get(path, "master.m3u8")).status_code == 200


@pytest.mark.parametrize("answer", [b"[" * 50_000, b"1" * 5000, b'{"a":' * 50_000, b"[]", b"{" + b" " * 10**6 + b"}"])
async def test_an_answer_without_sense_is_a_problem_of_the_file(
    pool: InspectionPool, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    async def call(*_arguments: Any, **_options: Any) -> bytes:
        return answer

    monkeypatch.setattr(Launcher, "call", call)
    with pytest.raises(InspectionError, match="nonsense"):
        await pool.run("probe", film(), 5, content_id="x", patience=1)


@pytest.mark.exhaustive
async def test_a_file_that_hangs_libav_is_given_up_and_the_next_one_is_not(
    pool: InspectionPool, tmp_path: Path
) -> None:
    pool._launcher = Launcher(HARMFUL)
    for content, problem in ((b"HANG ", "too long"), (b"LIES ", "nonsense"), (b"CRASH", "SIGSEGV")):
        (tmp_path / "harmful.mkv").write_bytes(content)
        with pytest.raises(InspectionError, match=problem):
            await pool.run("probe", tmp_path / "harmful.mkv", 3, content_id="x", patience=1)
        assert looking() == []
    assert (await probe(pool)).complete


async def test_a_file_that_is_no_media_costs_no_process(pool: InspectionPool, tmp_path: Path) -> None:
    await probe(pool)
    (before,) = launchers()
    (tmp_path / "text.mkv").write_text("this is no film")
    with pytest.raises(InspectionError) as failed:
        await pool.run("probe", tmp_path / "text.mkv", 30, content_id="x", patience=5)
    assert str(tmp_path) not in str(failed.value)
    assert launchers() == [before]
    assert looking() == []


async def test_idle_processes_end(pool: InspectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "IDLE", 0.2)
    await probe(pool)
    assert looking() == []
    await until(lambda: launchers() == [])
    assert (await probe(pool)).complete


async def test_a_caller_that_goes_away_leaves_no_process_behind(pool: InspectionPool, tmp_path: Path) -> None:
    pool._launcher = Launcher(HARMFUL)
    (tmp_path / "hang.mkv").write_bytes(b"HANG ")
    asking = asyncio.create_task(pool.run("probe", tmp_path / "hang.mkv", 30, content_id="x", patience=1))
    await until(lambda: len(looking()) == 1)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    await until(lambda: looking() == [])


SERVER = """
import asyncio, sys
from pathlib import Path
from kyoo.transcoder.libav.pool import InspectionPool

async def main():
    await InspectionPool(1, memory=4 << 30).run("probe", Path(sys.argv[1]), 30, content_id="x", patience=5)
    print("ready", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.exhaustive
async def test_no_process_outlives_a_killed_server() -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER, str(film())], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        await asyncio.to_thread(server.stdout.readline)
        (child,) = launchers(server.pid)
        server.kill()
    await until(lambda: not psutil.pid_exists(child.pid) or child.status() == psutil.STATUS_ZOMBIE)
