"""What a scan tells: that it begins and ends, how far it is and what failed; one that finds nothing tells nothing."""

from __future__ import annotations

import pytest
from tests.integration.scanner.conftest import Kyoo

from kyoo.core import events
from kyoo.core.database.postgres import execute, fetch_value
from kyoo.core.events import Event
from kyoo.scanner import reporting
from kyoo.scanner.models.seed import SeedMovie
from kyoo.scanner.queries import progress


async def told(kyoo: Kyoo) -> list[Event]:
    async with kyoo.database.connection() as connection:
        return [event for event in await events.since(connection, 0) if event.topic == "scan"]


async def test_a_scan(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "EVERY", 0)
    monkeypatch.setattr(reporting, "SHARE", float("inf"))
    kyoo.add("Alien (1979).mkv", "Show/Show S01E01.mkv")
    await kyoo.scan()
    found = await told(kyoo)
    # The last one that says how far it is takes the place of the others.
    assert sorted(event.type for event in found) == ["ended", "progress", "started"]
    assert (found[0].type, found[0].body["found"]) == ("started", 0)
    last = next(event.body for event in found if event.type == "progress")
    assert (last["found"], last["identified"], last["failed"]) == (2, 2, 0)
    await kyoo.scan()
    assert len(await told(kyoo)) == 3
    await kyoo.scan(reconcile=True)
    assert [event.type for event in (await told(kyoo))[3:]] == ["started", "ended"]


async def test_a_show_that_cannot_be_identified(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_: SeedMovie) -> None:
        raise ValueError("no such thing")

    monkeypatch.setattr(kyoo.context.api, "seed_movie", refuse)
    (path,) = kyoo.add("Alien (1979).mkv")
    await kyoo.scan()
    (failure,) = [event.body for event in await told(kyoo) if event.type == "failed"]
    assert failure == {"title": "Alien", "path": str(path), "files": 1, "reason": "no such thing"}


async def test_the_few_files_with_a_problem_are_found_among_many(kyoo: Kyoo) -> None:
    """In rows that are read, which do not depend on how busy the machine is."""
    files = """
        insert into scanner.files (path, size, mtime_ns, inode, state, error)
        select '/' || %s::text || n, 1, 1, n, %s, %s from generate_series(1, %s) n
    """
    read = "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relid = 'scanner.files'::regclass"
    async with kyoo.database.transaction() as connection:
        await execute(connection, files, ["good ", "identified", None, 3000])
        await execute(connection, files, ["left ", "ignored", "A sample", 3])
        await execute(connection, files, ["bad ", "failed", "Too odd", 3])
        before = await fetch_value(connection, read)
        assert len(await progress.left_out(connection, 20)) == 3
        assert len(await progress.errors(connection, 20)) == 3
        assert await fetch_value(connection, read) - before < 100
