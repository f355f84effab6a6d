"""What a scan tells: that it begins and ends, how far it is and what failed; one that finds nothing tells nothing."""

from __future__ import annotations

import pytest
from tests.integration.scanner.conftest import Kyoo

from kyoo.core import events
from kyoo.core.events import Event
from kyoo.scanner import reporting
from kyoo.scanner.models.seed import SeedMovie


async def told(kyoo: Kyoo) -> list[Event]:
    async with kyoo.database.connection() as connection:
        return [event for event in await events.since(connection, 0) if event.topic == "scan"]


async def test_a_scan(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "EVERY", 0)
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
