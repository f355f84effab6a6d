"""Without any list of anime: films that TheTVDB has among the specials of a serie join it, and what providers know as
one title under several names is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.fakes.catalogue import FakeCatalogue
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.providers.records import EpisodeRecord, ShowRecord, Texts, Title

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


SPECIAL = "Harbour Nights S00E01.mkv"


@pytest.mark.parametrize(
    "scans",
    [
        pytest.param([[SPECIAL], EPISODES, [FILM]], id="special first"),
        pytest.param([EPISODES, [SPECIAL], [FILM]], id="special, then film"),
        pytest.param([[FILM], EPISODES, [SPECIAL]], id="film first"),
        pytest.param([[FILM, *EPISODES], [SPECIAL]], id="film with the serie"),
        pytest.param([[FILM, SPECIAL, *EPISODES]], id="all at once"),
    ],
)
async def test_a_film_and_the_special_that_it_is_are_one_whichever_came_first(
    start: Callable[..., Kyoo], scans: list[list[str]]
) -> None:
    kyoo = start(providers=[catalogue()])
    kyoo.transcoder.durations = {FILM: 95 * 60}
    for names in scans:
        kyoo.add(*names)
        await kyoo.scan()
        await _later(kyoo)
    held = await _specials(kyoo)
    assert held == {"harbour-nights-sp1": [SPECIAL, FILM], "harbour-nights-movie-2": []}
    before = await kyoo.videos()
    await kyoo.scan(reconcile=True)
    await _later(kyoo)
    assert (await _specials(kyoo), await kyoo.videos()) == (held, before)


async def test_a_film_goes_to_its_special_and_back_with_what_was_watched(start: Callable[..., Kyoo]) -> None:
    kyoo = start(providers=[catalogue()])
    kyoo.transcoder.durations = {FILM: 95 * 60}
    kyoo.add(FILM, *EPISODES)
    await kyoo.scan()
    video = (await kyoo.videos())[FILM]["id"]
    play = {"percent": 100, "time": 5700, "playedDate": "2024-05-01T20:00:00Z", "videoId": video}
    told = await kyoo.client.post("/api/profiles/me/history", json=[{"entry": "harbour-nights-movie-1", **play}])
    assert told.status_code == 201

    async def watched() -> list[str]:
        return [entry["slug"] for entry in await kyoo.items("/api/profiles/me/history")]

    assert await watched() == ["harbour-nights-movie-1"]
    (special,) = kyoo.add(SPECIAL)
    await kyoo.scan()
    await _later(kyoo)
    assert await watched() == ["harbour-nights-sp1"]
    special.unlink()
    kyoo.add("Harbour Nights S02E02.mkv")
    await kyoo.scan()
    await _later(kyoo)
    assert await _specials(kyoo) == {"harbour-nights-movie-1": [FILM], "harbour-nights-movie-2": []}
    assert await watched() == ["harbour-nights-movie-1"]


async def test_a_special_takes_the_place_of_a_film_that_nobody_has(start: Callable[..., Kyoo]) -> None:
    kyoo = start(providers=[catalogue()])
    kyoo.add(*EPISODES)
    await kyoo.scan()
    assert set(await _specials(kyoo)) == {"harbour-nights-movie-1", "harbour-nights-movie-2"}
    kyoo.add("Harbour Nights S00E02.mkv")
    await kyoo.scan()
    await _later(kyoo)
    assert await _specials(kyoo) == {
        "harbour-nights-movie-1": [],
        "harbour-nights-sp2": ["Harbour Nights S00E02.mkv"],
    }


async def _specials(kyoo: Kyoo) -> dict[str, list[str]]:
    """The entries that are no episodes, with the names of their files."""
    return {
        entry["slug"]: sorted(video["path"].rpartition("/")[2] for video in entry["videos"])
        for entry in await kyoo.items("/api/series/harbour-nights/entries", sort="order")
        if entry["kind"] != "episode"
    }


async def _later(kyoo: Kyoo) -> None:
    """Do now what waits for its time."""
    await kyoo.change_queue("update procrastinate_jobs set scheduled_at = null where status = 'todo'")
    await kyoo.work()


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


@pytest.mark.parametrize("provider", ["themoviedatabase", "anilist"])
async def test_a_title_under_two_names_is_one(start: Callable[..., Kyoo], provider: str) -> None:
    film = ShowRecord(
        provider=provider,
        kind="movie",
        id="129",
        ids={provider: "129"},
        texts={"en": Texts(name="The Quiet Lamp"), "fr": Texts(name="La lampe muette")},
        aliases=[Title(text="La lampe muette", language="fr")],
        start=date(1994, 5, 1),
    )
    serie = ShowRecord(
        provider=provider,
        kind="serie",
        id="34",
        ids={provider: "34"},
        texts={"en": Texts(name="Harbour Nights"), "fr": Texts(name="Nuits du port")},
        aliases=[Title(text="Nuits du port", language="fr"), Title(text="Harbour Nights: Last Season")],
        start=date(2008, 3, 1),
        episodes=[EpisodeRecord(season=1, number=number) for number in (1, 2, 3)],
    )
    kyoo = start(providers=[FakeCatalogue(name=provider, shows=[film, serie])])
    kyoo.add("The Quiet Lamp (1994).mkv", "La lampe muette (1994).mkv")
    kyoo.add("Harbour Nights (2008)/Harbour Nights S01E01.mkv", "Nuits du port (2008)/Nuits du port S01E02.mkv")
    await kyoo.scan()
    assert await kyoo.titles() == ["Harbour Nights", "The Quiet Lamp"]
    kyoo.add("Nuits du port (2008)/Nuits du port S01E03.mkv", "Harbour Nights Last Season S01E02.mkv")
    await kyoo.scan()
    # The name of a season is that of its serie to some provider, and its numbers are others.
    assert len(await kyoo.titles()) == 3
    (lamp,) = await kyoo.items("/api/movies", **{"with": "videos"})
    assert len((await kyoo.get(f"/api/movies/{lamp['slug']}", **{"with": "videos"}))["videos"]) == 2
    harbour, _ = await kyoo.items("/api/series", sort="createdAt")
    entries = await kyoo.items(f"/api/series/{harbour['slug']}/entries", sort="order")
    assert [len(entry["videos"]) for entry in entries] == [1, 1, 1]
    (video,) = [video for path, video in (await kyoo.videos()).items() if path.startswith("La lampe")]
    apart = {"title": "My own cut", "year": 1994, "externalId": {}, "videos": [{"id": video["id"], "episodes": []}]}
    assert (await kyoo.client.post("/scanner/movies", json=apart)).status_code == 201
    await kyoo.work()
    await kyoo.scan(reconcile=True)
    assert len(await kyoo.items("/api/movies")) == 2
