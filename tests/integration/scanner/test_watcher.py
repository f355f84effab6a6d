"""The watcher on a real folder: what is put in, changed, renamed and taken out while it runs is seen."""

# ruff: noqa: PTH102, PTH123 (names that are bytes)

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import watchfiles
from procrastinate.exceptions import ConnectorException
from structlog.testing import capture_logs
from tests.integration.scanner.conftest import Kyoo
from tests.waiting import PATIENCE, until

from kyoo.scanner import work
from kyoo.scanner.folders import mounts
from kyoo.scanner.scanning import watcher
from kyoo.scanner.scanning.watcher import Watcher


@asynccontextmanager
async def watching(kyoo: Kyoo) -> AsyncIterator[None]:
    """The watcher and a worker, as the worker process runs them."""
    worker = asyncio.create_task(
        kyoo.runtime.queue.run_worker_async(
            queues=["scan", "identify", "probe"],
            concurrency=2,
            additional_context={"scanner": kyoo.context},
            install_signal_handlers=False,
            delete_jobs="successful",
            shutdown_graceful_timeout=2,
        )
    )
    watch = asyncio.create_task(Watcher(kyoo.context).run())
    # The first scan is deferred right before the watches are set; give them a moment.
    await until(lambda: kyoo.value("select count(*) > 0 from pg_locks where locktype = 'advisory' and objid = 198347"))
    await asyncio.sleep(0.5)
    try:
        yield
    finally:
        for task in (watch, worker):
            task.cancel()
        await asyncio.gather(watch, worker, return_exceptions=True)


async def test_what_happens_while_it_runs(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv", "keep/Cube (1997).mkv")

    async def holds(*names: str) -> bool:
        return set(await kyoo.videos()) == set(names)

    async with watching(kyoo):
        await until(lambda: holds("Alien (1979).mkv", "keep/Cube (1997).mkv"))
        kyoo.add("Brazil (1985).mkv")
        await until(lambda: holds("Alien (1979).mkv", "Brazil (1985).mkv", "keep/Cube (1997).mkv"))
        before = (await kyoo.videos())["Brazil (1985).mkv"]["id"]
        (kyoo.library / "Alien (1979).mkv").unlink()
        (kyoo.library / "Brazil (1985).mkv").rename(kyoo.library / "Brazil (1985) 1080p.mkv")
        await until(lambda: holds("Brazil (1985) 1080p.mkv", "keep/Cube (1997).mkv"))
        assert (await kyoo.videos())["Brazil (1985) 1080p.mkv"]["id"] == before
        # Folders: copied in with a tree below, renamed, moved away, moved in, deleted.
        source = kyoo.library.parent / "source"
        for number in (1, 2):
            (source / f"Season {number}").mkdir(parents=True)
            (source / f"Season {number}" / f"Show S0{number}E01.mkv").write_text(f"episode {number}")
        shutil.copytree(source, kyoo.library / "Show")
        show = ["Show/Season 1/Show S01E01.mkv", "Show/Season 2/Show S02E01.mkv"]
        await until(lambda: holds("Brazil (1985) 1080p.mkv", "keep/Cube (1997).mkv", *show))
        (kyoo.library / "Show").rename(kyoo.library / "The Show")
        moved = ["The " + name for name in show]
        await until(lambda: holds("Brazil (1985) 1080p.mkv", "keep/Cube (1997).mkv", *moved))
        (kyoo.library / "The Show").rename(kyoo.library.parent / "away")
        await until(lambda: holds("Brazil (1985) 1080p.mkv", "keep/Cube (1997).mkv"))
        (kyoo.library.parent / "away").rename(kyoo.library / "Show")
        await until(lambda: holds("Brazil (1985) 1080p.mkv", "keep/Cube (1997).mkv", *show))
        shutil.rmtree(kyoo.library / "Show")
        await until(lambda: holds("Brazil (1985) 1080p.mkv", "keep/Cube (1997).mkv"))


async def test_200_files_at_once_appear_exactly_once(start: Callable[..., Kyoo]) -> None:
    kyoo = start(settle_time=0.3)
    kyoo.add("keep/Cube (1997).mkv")
    async with watching(kyoo):
        for number in range(200):
            kyoo.add(f"Show/Season {number // 20}/Show S{number // 20:02}E{number % 20 + 1:02}.mkv", age=0)
            await asyncio.sleep(0.002)

        async def all_there() -> bool:
            return bool(await kyoo.value("select count(*) = 200 from api.videos where path like '%%Show%%'"))

        await until(all_there)

        async def all_linked() -> bool:
            progress = await kyoo.get("/scanner/progress")
            return bool(progress["identified"] == 201 and not progress["running"])

        await until(all_linked)
    assert await kyoo.value("select count(*) from scanner.files") == 201
    assert await kyoo.value("select count(*) from api.videos") == 201
    assert [serie["slug"] for serie in await kyoo.items("/api/series")] == ["show"]
    assert (await kyoo.get("/api/series/show"))["availableCount"] == 200


async def test_without_events_the_folders_are_walked(
    start: Callable[..., Kyoo], monkeypatch: pytest.MonkeyPatch
) -> None:
    kyoo = start(poll_interval=0.3)
    kyoo.add("Alien (1979).mkv")

    def refuse(*_: object, **__: object) -> object:
        raise OSError(28, "No space left on device (inotify watches)")

    monkeypatch.setattr(watchfiles, "awatch", refuse)
    async with watching(kyoo):
        kyoo.add("Brazil (1985).mkv")

        async def both() -> bool:
            return len(await kyoo.videos()) == 2

        await until(both)


async def test_names_that_are_not_utf8_stop_nothing(start: Callable[..., Kyoo]) -> None:
    kyoo = start(poll_interval=0.3)
    kyoo.add("Alien (1979).mkv")
    hostile = os.fsencode(kyoo.library) + b"/Am\xe9lie"
    os.mkdir(hostile)
    with capture_logs() as lines:
        async with watching(kyoo):

            async def holds(count: int) -> bool:
                return len(await kyoo.videos()) >= count

            await until(lambda: holds(1))
            kyoo.add("Brazil (1985).mkv")
            await until(lambda: holds(2))
            # Touched again and again, inside and at the top, while it watches.
            for number in range(3):
                with (
                    open(hostile + b"/\xff%d.mkv" % number, "wb"),
                    open(os.fsencode(kyoo.library) + b"/\xfe.mkv", "ab"),
                ):
                    await asyncio.sleep(0.1)
            kyoo.add("Cube (1997).mkv")
            await until(lambda: holds(3))
    # Once, and not at every look.
    (said,) = [line for line in lines if "its folders are walked instead" in line["event"]]
    assert "xe9lie" in said["reason"].lower()


async def test_a_fault_of_the_watcher_ends_nothing(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "STAND_BY", 0.05)
    led: list[int] = []

    async def fail() -> None:
        led.append(1)
        raise ExceptionGroup("unhandled errors", [ValueError("of any kind")])

    watch = Watcher(kyoo.context)
    monkeypatch.setattr(watch, "_lead", fail)
    running = asyncio.create_task(watch.run())

    async def again() -> bool:
        return len(led) >= 3

    await until(again)
    # It is cancelled all the same.
    running.cancel()
    await asyncio.wait([running], timeout=PATIENCE)
    assert running.cancelled()


async def test_a_root_that_comes_later_is_watched(start: Callable[..., Kyoo], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "CHECK_ROOTS", 0.2)
    kyoo = start()
    later = kyoo.library / "later"
    kyoo = start(library=[later])
    async with watching(kyoo):
        later.mkdir()

        async def appears(count: int) -> bool:
            return len(await kyoo.videos()) == count

        kyoo.add("later/Alien (1979).mkv")
        await until(lambda: appears(1))
        kyoo.add("later/Brazil (1985).mkv")
        await until(lambda: appears(2))


async def test_a_disk_mounted_below_a_root_is_looked_into(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    table = kyoo.library.parent / "mountinfo"
    table.write_text("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
    monkeypatch.setattr(mounts, "TABLE", table)
    monkeypatch.setattr(watcher, "CHECK_ROOTS", 0.1)
    monkeypatch.setattr(Watcher, "_matters", lambda *_: False)  # a mount causes no event
    disk = kyoo.library / "My disk"
    disk.mkdir()

    async def videos(count: int) -> bool:
        return len(await kyoo.videos()) == count

    async with watching(kyoo):
        kyoo.add("My disk/Alien (1979).mkv")
        await asyncio.sleep(1)
        assert await videos(0)
        with table.open("a") as file:
            print(f"31 22 8:17 / {str(disk).replace(' ', chr(92) + '040')} rw - ext4 /dev/sdb1 rw", file=file)
        await until(lambda: videos(1))


async def test_what_others_change_in_a_share_is_looked_for(
    start: Callable[..., Kyoo], monkeypatch: pytest.MonkeyPatch
) -> None:
    kyoo = start(poll_interval=0.1)
    share = kyoo.library / "share"
    share.mkdir()
    table = kyoo.library.parent / "mountinfo"
    table.write_text(f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n31 22 0:50 / {share} rw - nfs4 server:/films rw\n")
    monkeypatch.setattr(mounts, "TABLE", table)
    monkeypatch.setattr(Watcher, "_matters", lambda *_: False)  # nobody reports anything
    kyoo.add("share/Alien (1979).mkv")

    async def holds(*names: str) -> bool:
        return set(await kyoo.videos()) == set(names)

    async with watching(kyoo):
        await until(lambda: holds("share/Alien (1979).mkv"))
        kyoo.add("Unseen (1990).mkv")
        kyoo.add("share/new/Brazil (1985).mkv")
        await until(lambda: holds("share/Alien (1979).mkv", "share/new/Brazil (1985).mkv"))
        (kyoo.library / "share/Alien (1979).mkv").unlink()
        await until(lambda: holds("share/new/Brazil (1985).mkv"))
        # Nothing is put into the queue for looks that find nothing.
        jobs = "select last_value from queue.procrastinate_jobs_id_seq"

        async def quiet() -> bool:
            before = await kyoo.value(jobs)
            await asyncio.sleep(0.5)
            return bool(before == await kyoo.value(jobs))

        await until(quiet)


async def test_a_database_that_is_away_for_a_moment(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "STAND_BY", 0.1)
    asked: list[int] = []

    async def refuse_twice(_: object) -> None:
        asked.append(1)
        if len(asked) < 3:
            raise ConnectorException("the connection is closed")

    monkeypatch.setattr(work, "scan_all", refuse_twice)
    watch = asyncio.create_task(Watcher(kyoo.context).run())

    async def asked_again() -> bool:
        return len(asked) >= 3

    await until(asked_again)
    assert not watch.done()
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)


async def test_one_of_two_watches_and_the_other_takes_over(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "STAND_BY", 0.2)
    leading: list[str] = []

    async def lead(name: str) -> None:
        leading.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            leading.remove(name)

    tasks = {}
    for name in ("one", "two"):
        candidate = Watcher(kyoo.context)
        monkeypatch.setattr(candidate, "_lead", lambda name=name: lead(name))
        tasks[name] = asyncio.create_task(candidate.run())

    async def one_leads() -> bool:
        return len(leading) == 1

    await until(one_leads)
    await asyncio.sleep(0.6)
    assert len(leading) == 1
    first = leading[0]
    # The leader loses its connection, as when Postgres starts again.
    await kyoo.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kyoo watcher' limit 1"
    )

    async def still_one() -> bool:
        return len(leading) == 1

    await asyncio.sleep(1)
    await until(still_one)
    tasks[first].cancel()
    await asyncio.gather(tasks[first], return_exceptions=True)

    async def other_leads() -> bool:
        return leading == [name for name in tasks if name != first]

    await until(other_leads)
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
