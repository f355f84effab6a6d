"""Names that a new version reads better: their files are matched again, and nothing that was watched is lost."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.local import file_names
from kyoo.scanner.naming import REVISION, ParsedName, parse
from kyoo.scanner.scanning import file_reader, renewing
from kyoo.scanner.scanning.leftovers import Leftovers

HOURS = "Green Valley/Green Valley S03E14-36 Hours.mkv"
SAME = "Show/Show S01E01.mkv"
FILM = "Orchard (2014).mkv"


async def scan_as_before(kyoo: Kyoo, misread: dict[str, str]) -> None:
    """A scan by a version that read some names as this one reads others."""

    def parse_as_before(path: str, **options: Any) -> ParsedName:
        return parse(misread.get(path.lstrip("/"), path), **options)

    with pytest.MonkeyPatch.context() as version:
        version.setattr(file_names, "parse", parse_as_before)
        for module in (file_reader, renewing):
            version.setattr(module, "REVISION", REVISION - 1)
        await kyoo.scan()


async def watch(kyoo: Kyoo, name: str, entry: str) -> str:
    video_id: str = (await kyoo.videos())[name]["id"]
    play = {"percent": 58, "time": 700, "playedDate": "2024-05-01T20:00:00Z"}
    answer = await kyoo.client.post("/api/profiles/me/history", json=[{"entry": entry, "videoId": video_id, **play}])
    assert answer.status_code == 201
    return video_id


async def history(kyoo: Kyoo) -> set[tuple[str, int, int]]:
    entries = await kyoo.items("/api/profiles/me/history")
    return {(entry["slug"], entry["progress"]["percent"], entry["progress"]["time"]) for entry in entries}


@pytest.mark.parametrize(
    ("name", "before", "old_entry", "entry"),
    [
        (HOURS, "Green Valley/Green Valley S03E15.mkv", "green-valley-s3e15", "green-valley-s3e14"),
        (HOURS, "Hours (2003).mkv", "hours", "green-valley-s3e14"),
        (FILM, "Orchard S01E02.mkv", "orchard-s1e2", "orchard"),
    ],
)
async def test_a_better_guess_takes_along_what_was_watched(
    kyoo: Kyoo, name: str, before: str, old_entry: str, entry: str
) -> None:
    kyoo.add(name, SAME)
    await scan_as_before(kyoo, {name: before})
    ids = {await watch(kyoo, name, old_entry), await watch(kyoo, SAME, "show-s1e1")}
    assert await history(kyoo) == {(old_entry, 58, 700), ("show-s1e1", 58, 700)}
    await kyoo.scan()
    videos = await kyoo.videos()
    assert {video["id"] for video in videos.values()} == ids
    assert [linked["slug"] for linked in videos[name]["entries"]] == [entry]
    assert await history(kyoo) == {(entry, 58, 700), ("show-s1e1", 58, 700)}


async def test_names_are_read_again_once_and_what_a_person_chose_stays(kyoo: Kyoo) -> None:
    kyoo.add(FILM, SAME)
    await scan_as_before(kyoo, {FILM: "Garden (2010).mkv"})
    body = {"title": "Another", "year": 1999, "videos": [{"id": (await kyoo.videos())[FILM]["id"]}]}
    assert (await kyoo.client.post("/scanner/movies/garden/remap", json=body)).status_code == 201
    await kyoo.work()
    before = await kyoo.videos()
    await kyoo.scan()
    assert await kyoo.videos() == before
    revisions = "select path, parsed->'revision' as revision from scanner.files order by path"
    assert [row["revision"] for row in await kyoo.rows(revisions)] == [REVISION - 1, REVISION]


async def test_a_sample_that_was_none_is_shown(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    kyoo.add("My Sample.mkv")
    with monkeypatch.context() as version:
        # Earlier versions left out whatever had the word at its end.
        version.setattr(Leftovers, "judge", lambda _self, _found, parsed: (parsed, "A sample"))
        await scan_as_before(kyoo, {})
    assert await kyoo.titles() == []
    await kyoo.scan()
    assert await kyoo.titles() == ["My Sample"]
