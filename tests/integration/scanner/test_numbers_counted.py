"""Names that count through the seasons, or hold the season in the number: the files stand where a provider counts them,
as soon as one is heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.fakes.catalogue import FakeCatalogue
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.providers.records import EpisodeRecord, ShowRecord, Texts


@pytest.fixture
def kyoo(start: Callable[..., Kyoo]) -> Kyoo:
    episodes = [EpisodeRecord(season=season, number=number) for season in (1, 2) for number in range(1, 14)]
    serie = ShowRecord(
        provider="catalogue",
        kind="serie",
        id="77",
        ids={"catalogue": "77"},
        texts={"en": Texts(name="Nimbus Falls")},
        start=date(2011, 3, 1),
        episodes=episodes,
    )
    return start(providers=[FakeCatalogue(shows=[serie])])


async def stand(kyoo: Kyoo) -> dict[str, str]:
    """File → its entries. An entry that has no file must be one of the provider's 26."""
    entries: list[dict[str, Any]] = await kyoo.items("/api/series/nimbus-falls/entries", limit=250)
    assert len(entries) == 26
    found: dict[str, str] = {}
    for name, video in (await kyoo.videos()).items():
        file = await kyoo.context.api.video(str(video["id"]))
        assert file is not None
        places = [f"{entry['seasonNumber']}x{entry['episodeNumber']}" for entry in file["entries"]]
        found[name.removeprefix("Nimbus Falls/Nimbus Falls ").removesuffix(".mkv")] = " ".join(places)
    return found


@pytest.mark.parametrize(
    ("names", "later"),
    [
        ({"- 02": "1x2", "- 14": "2x1", "- 26": "2x13"}, {"- 15": "2x2"}),
        ({"101": "1x1", "113": "1x13", "201": "2x1"}, {"213": "2x13"}),
    ],
    ids=["through the seasons", "by hundreds"],
)
async def test_files_stand_where_they_count(kyoo: Kyoo, names: dict[str, str], later: dict[str, str]) -> None:
    kyoo.add(*(f"Nimbus Falls/Nimbus Falls {name}.mkv" for name in names))
    await kyoo.scan()
    assert await stand(kyoo) == names
    # Who comes later does so, too, and what was watched stays with its file.
    (video,) = [video["id"] for path, video in (await kyoo.videos()).items() if path.endswith(f"{[*names][-1]}.mkv")]
    entry = "nimbus-falls-s" + names[[*names][-1]].replace("x", "e")
    play = {"entry": entry, "percent": 100, "time": 700, "playedDate": "2024-05-01T20:00:00Z", "videoId": video}
    assert (await kyoo.client.post("/api/profiles/me/history", json=[play])).status_code == 201
    kyoo.add(*(f"Nimbus Falls/Nimbus Falls {name}.mkv" for name in later))
    await kyoo.scan()
    assert await stand(kyoo) == names | later
    assert [entry["slug"] for entry in await kyoo.items("/api/profiles/me/history")] == [entry]
    # Once is enough: a link that a person takes away stays away.
    assert (await kyoo.client.put("/api/videos/link", json=[{"id": video, "for": []}])).is_success
    kyoo.add("Nimbus Falls/tvshow.nfo", content="<tvshow><title>Nimbus Falls</title><plot>Ours.</plot></tvshow>")
    await kyoo.scan()
    assert (await stand(kyoo))[[*names][-1]] == ""


async def test_a_number_that_no_season_has_stays_as_it_is(kyoo: Kyoo) -> None:
    kyoo.add(*(f"Nimbus Falls/Nimbus Falls {number}.mkv" for number in (101, 114)))
    await kyoo.scan()
    slugs = [
        entry["slug"] for entry in await kyoo.items("/api/series/nimbus-falls/entries", limit=250) if entry["videos"]
    ]
    assert slugs == ["nimbus-falls-s1e101", "nimbus-falls-s1e114"]
