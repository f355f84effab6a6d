"""A file that a person linked in the api, past the scanner, stays there under every name."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.scanner.conftest import Kyoo


async def entries_of(kyoo: Kyoo, name: str) -> list[str]:
    video = await kyoo.get(f"/api/videos/{(await kyoo.videos())[name]['id']}")
    return [str(entry["slug"]) for entry in video["entries"]]


@pytest.mark.parametrize(
    ("links", "entries"),
    [
        ([{"serie": "harbour-nights", "season": 1, "episode": 2}], ["harbour-nights-s1e2"]),
        ([{"movie": "paper-fold"}], ["paper-fold"]),
        ([{"serie": "bikes", "season": 1, "episode": 1}], ["bikes-s1e1"]),
        (
            [{"serie": "harbour-nights", "season": 1, "episode": number} for number in (1, 2)],
            ["harbour-nights-s1e1", "harbour-nights-s1e2"],
        ),
    ],
)
async def test_it_stays_when_it_is_renamed(kyoo: Kyoo, links: list[dict[str, Any]], entries: list[str]) -> None:
    others = ["Harbour Nights S01E01.mkv", "Harbour Nights S01E02.mkv", "Paper Fold (2001).mkv", "Bikes S01E01.mkv"]
    kyoo.add("Bikes S01E05.mkv", *others)
    await kyoo.scan()
    video = (await kyoo.videos())["Bikes S01E05.mkv"]
    answer = await kyoo.client.put("/api/videos/link", json=[{"id": video["id"], "for": links}])
    assert answer.status_code == 201, answer.text
    (kyoo.library / "Bikes S01E05.mkv").rename(kyoo.library / "Other Show S03E04.mkv")
    for _ in range(2):
        await kyoo.scan(reconcile=True)
        assert sorted(await entries_of(kyoo, "Other Show S03E04.mkv")) == entries
    assert "Other Show" not in await kyoo.titles()
    # For good: also when it is written again with its show.
    serie = "harbour-nights" if "harbour" in entries[0] else "bikes" if "bikes" in entries[0] else None
    path = f"/scanner/series/{serie}/refresh" if serie else "/scanner/movies/paper-fold/refresh"
    assert (await kyoo.client.post(path)).status_code == 201
    await kyoo.work()
    assert sorted(await entries_of(kyoo, "Other Show S03E04.mkv")) == entries


async def test_what_the_scanner_linked_follows_the_name(kyoo: Kyoo) -> None:
    kyoo.add("Bikes S01E05.mkv", "Bikes S01E01.mkv")
    await kyoo.scan()
    (kyoo.library / "Bikes S01E05.mkv").rename(kyoo.library / "Other Show S03E04.mkv")
    await kyoo.scan()
    assert await entries_of(kyoo, "Other Show S03E04.mkv") == ["other-show-s3e4"]
