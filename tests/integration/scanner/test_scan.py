"""From files in a folder to shows in the api."""

from __future__ import annotations

from tests.integration.scanner.conftest import Kyoo


async def test_films_and_episodes_become_shows(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv", "Show/Season 1/Show S01E01 - Pilot.mkv", "Show/Season 1/Show S01E02.mkv", "notes.txt")
    await kyoo.scan()
    assert await kyoo.titles() == ["Alien", "Show"]
    film = await kyoo.get("/api/movies/alien", **{"with": "videos"})
    assert (film["airDate"], film["runtime"], film["isAvailable"]) == ("1979-01-01", 10, True)
    assert [video["path"] for video in film["videos"]] == [str(kyoo.library / "Alien (1979).mkv")]
    entries = await kyoo.items("/api/series/show/entries")
    assert [(e["seasonNumber"], e["episodeNumber"], e["name"], e["order"]) for e in entries] == [
        (1, 1, "Pilot", 1),
        (1, 2, None, 2),
    ]
    assert all(len(entry["videos"]) == 1 for entry in entries)
    progress = await kyoo.get("/scanner/progress")
    assert {key: progress[key] for key in ("running", "found", "registered", "identified", "probed", "failed")} == {
        "running": False,
        "found": 3,
        "registered": 3,
        "identified": 3,
        "probed": 3,
        "failed": 0,
    }
    assert await kyoo.items("/scanner/scan") == []
