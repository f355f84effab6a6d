"""Films that TheTVDB has among the specials of a serie join it, without any list of anime."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.fakes.catalogue import FakeCatalogue
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.providers.records import EpisodeRecord, ShowRecord, Texts

FILM, EPISODES = "The Last Ferry (2012).mkv", ["Harbour Nights S01E01.mkv", "Harbour Nights S02E01.mkv"]


def catalogue() -> FakeCatalogue:
    """Of two films among the specials TheTVDB says which film one is."""
    specials = [
        EpisodeRecord(season=0, number=1, is_movie=True, ids={"tvdb": "9001"}, air_date=date(2012, 6, 1), runtime=95),
        EpisodeRecord(season=0, number=2, is_movie=True, air_date=date(2014, 6, 1), runtime=95),
    ]
    aired = {1: date(2008, 3, 1), 2: date(2013, 3, 1)}
    serie = ShowRecord(
        provider="tvdb",
        kind="serie",
        id="70003",
        ids={"tvdb": "70003"},
        texts={"en": Texts(name="Harbour Nights")},
        start=aired[1],
        episodes=[*(EpisodeRecord(season=season, number=1, air_date=day) for season, day in aired.items()), *specials],
    )
    film = ShowRecord(
        provider="tvdb",
        kind="movie",
        id="9001",
        ids={"tvdb": "9001"},
        texts={"en": Texts(name="The Last Ferry", description="It leaves.")},
        start=date(2012, 6, 1),
    )
    return FakeCatalogue(name="tvdb", shows=[serie, film])


@pytest.mark.parametrize("film_first", [False, True])
async def test_it_stands_between_the_seasons(start: Callable[..., Kyoo], film_first: bool) -> None:
    kyoo = start(providers=[catalogue()])
    kyoo.transcoder.durations = {FILM: 95 * 60}
    for names in ([FILM], EPISODES) if film_first else (EPISODES, [FILM]):
        kyoo.add(*names)
        await kyoo.scan()
    assert await kyoo.items("/api/movies") == []
    entries = [
        entry for entry in await kyoo.items("/api/series/harbour-nights/entries", sort="order") if entry["videos"]
    ]
    assert [(entry["kind"], entry["name"]) for entry in entries if entry["kind"] != "episode"] == [
        ("movie", "The Last Ferry")
    ]
    assert [entry["kind"] for entry in entries] == ["episode", "movie", "episode"]
    before = await kyoo.videos()
    await kyoo.scan(reconcile=True)
    assert await kyoo.videos() == before
    assert await kyoo.items("/api/movies") == []


async def test_a_film_that_a_person_chose_stays_one(start: Callable[..., Kyoo]) -> None:
    kyoo = start(providers=[catalogue()])
    kyoo.add(FILM)
    await kyoo.scan()
    chosen = {"title": "The Last Ferry", "year": 2012, "externalId": {"tvdb": "9001"}, "videos": []}
    assert (await kyoo.client.post("/scanner/movies/the-last-ferry/remap", json=chosen)).status_code == 201
    await kyoo.work()
    kyoo.add(*EPISODES)
    await kyoo.scan()
    assert [film["name"] for film in await kyoo.items("/api/movies")] == ["The Last Ferry"]
