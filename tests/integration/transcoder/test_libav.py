"""What a file does to libav harms one process, which is replaced; and such processes never outlive their use."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
from tests import media
from tests.integration.transcoder.conftest import Service
from tests.waiting import until

from kyoo.transcoder.libav import pool as pools
from kyoo.transcoder.libav.pool import LookError, LookPool
from kyoo.transcoder.models.media import Probed


def children(pid: int | None = None) -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process(pid).children()
        if child.status() != psutil.STATUS_ZOMBIE and "kyoo.transcoder.libav" in child.cmdline()
    ]


@pytest.fixture
async def pool() -> AsyncIterator[LookPool]:
    made = LookPool(1)
    yield made
    await made.close()
    assert children() == []


def film() -> Path:
    return media.movie(seconds=3, size="320x180")


async def probe(pool: LookPool, limit: float = 30) -> Probed:
    return Probed.model_validate_json(await pool.run("probe", film(), limit, content_id="x", patience=5))


async def harming(harm: Callable[[psutil.Process], None], *, often: bool) -> None:
    """Do this to the process as soon as it is there, and `often` to those that replace it."""
    harmed: set[int] = set()
    while often or not harmed:
        for child in children():
            if child.pid not in harmed:
                harmed.add(child.pid)
                harm(child)
        await asyncio.sleep(0.005)


async def test_a_process_that_is_killed_is_replaced_and_nothing_is_lost(pool: LookPool) -> None:
    harm = asyncio.create_task(harming(psutil.Process.kill, often=False))
    found = await probe(pool)
    assert found.complete
    assert harm.done()
    # Also one that waits for work.
    children()[0].kill()
    assert (await probe(pool)).media.videos


async def test_a_file_that_crashes_libav_is_unreadable_and_the_next_one_is_not(service: Service) -> None:
    path = service.add(film())
    harm = asyncio.create_task(harming(lambda child: child.send_signal(signal.SIGSEGV), often=True))
    answer = await service.get(path, "master.m3u8")
    assert answer.status_code == 500
    assert answer.json() == {"errors": ["The file cannot be read as media: the program that read it crashed (SIGSEGV)"]}
    info = (await service.get(path, "info")).json()
    assert (info["videos"], info["size"]) == ([], path.stat().st_size)
    harm.cancel()
    other = service.add(media.movie(seconds=4, size="320x180"), "other.mkv")
    assert (await service.get(other, "info")).json()["videos"] != []


async def test_a_file_that_hangs_libav_is_given_up_and_the_next_one_is_not(pool: LookPool) -> None:
    harm = asyncio.create_task(harming(psutil.Process.suspend, often=True))
    with pytest.raises(LookError, match="too long"):
        await probe(pool, limit=1)
    harm.cancel()
    assert (await probe(pool)).complete


async def test_a_file_that_is_no_media_costs_no_process(pool: LookPool, tmp_path: Path) -> None:
    await probe(pool)
    (before,) = children()
    (tmp_path / "text.mkv").write_text("this is no film")
    with pytest.raises(LookError) as failed:
        await pool.run("probe", tmp_path / "text.mkv", 30, content_id="x", patience=5)
    assert str(tmp_path) not in str(failed.value)
    assert children() == [before]


async def test_memory_is_limited_and_idle_processes_end(pool: LookPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "IDLE", 0.2)
    await probe(pool)
    (child,) = children()
    assert 0 < child.rlimit(psutil.RLIMIT_AS)[0] < 8 * 1024**3
    assert child.rlimit(resource.RLIMIT_CORE) == (0, 0)
    await until(lambda: children() == [])
    assert (await probe(pool)).complete


async def test_a_caller_that_goes_away_leaves_no_process_behind(pool: LookPool) -> None:
    asking = asyncio.create_task(probe(pool))
    await until(lambda: bool(children()))
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    assert children() == []


SERVER = """
import asyncio, sys
from pathlib import Path
from kyoo.transcoder.libav.pool import LookPool

async def main():
    await LookPool(1).run("probe", Path(sys.argv[1]), 30, content_id="x", patience=5)
    print("ready", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_no_process_outlives_a_killed_server() -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER, str(film())], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        await asyncio.to_thread(server.stdout.readline)
        (child,) = children(server.pid)
        os.kill(child.pid, signal.SIGSTOP)
        server.kill()
    await until(lambda: not psutil.pid_exists(child.pid) or child.status() == psutil.STATUS_ZOMBIE)
