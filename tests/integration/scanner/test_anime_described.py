"""The worked example from plain names, with the public lists and with services that need no key: season 1, its two
recaps beside it, the third film, season 2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.fakes.anime_lists import AnimeLists
from tests.fakes.catalogue import FakeCatalogue
from tests.fakes.metadata.seasons import anilist, tvmaze
from tests.fakes.serving import served
from tests.integration.scanner.conftest import Kyoo
from tests.providers.lines import line
from tests.providers.subjects import anilist_over, tvmaze_over

from kyoo.scanner.anime import keeping
from kyoo.scanner.providers.records import EpisodeRecord, ShowRecord, Texts

FILMS = {
    "Made in Abyss - Journey's Dawn (2019).mkv": 119,
    "Made in Abyss - Wandering Twilight (2019).mkv": 108,
    "Made in Abyss - Dawn of the Deep Soul (2020).mkv": 105,
    "Demon Slayer Mugen Train (2020).mkv": 117,
}
EPISODES = [
    *(f"Made in Abyss/Season 1/Made in Abyss - S01E{number:02}.mkv" for number in range(1, 14)),
    *(f"Made in Abyss/Season 2/Made in Abyss - S02E{number:02}.mkv" for number in (1, 2)),
    "Demon Slayer - Kimetsu no Yaiba/Demon Slayer - Kimetsu no Yaiba - S01E26.mkv",
    "Demon Slayer - Kimetsu no Yaiba/Demon Slayer - Kimetsu no Yaiba - S02E01.mkv",
]


@pytest.fixture
async def anime(start: Callable[..., Kyoo]) -> Kyoo:
    kyoo = start(providers=[tvmaze_over(line(tvmaze())), anilist_over(line(anilist()))])
    kyoo.transcoder.usual = 25 * 60
    kyoo.transcoder.durations = {name: minutes * 60 for name, minutes in FILMS.items()}
    fake = AnimeLists()
    # AniDB's titles would tell the films by themselves.
    fake.contents = {path: content for path, content in fake.contents.items() if "titles" not in path}
    async with served(fake.app()) as url:
        await keeping.refresh(kyoo.database, url, every=1, limit=10**6)
    return kyoo


async def watched(kyoo: Kyoo, slug: str) -> list[tuple[Any, ...]]:
    """The entries with files as they are watched: their numbers or names, their content, their files."""
    return [
        (
            (entry["seasonNumber"], entry["episodeNumber"]) if entry["kind"] == "episode" else entry["name"],
            entry["content"],
            [video["path"].rsplit("/", 1)[1] for video in entry["videos"]],
        )
        for entry in await kyoo.items(f"/api/series/{slug}/entries", limit=250, sort="order")
        if entry["videos"]
    ]


@pytest.mark.parametrize("films_first", [False, True])
async def test_films_stand_between_the_seasons_and_recaps_are_never_next(anime: Kyoo, films_first: bool) -> None:
    for names in ([*FILMS], EPISODES) if films_first else (EPISODES, [*FILMS]):
        anime.add(*names)
        await anime.scan()
    assert await anime.items("/api/movies") == []
    found = await watched(anime, "made-in-abyss")
    assert [what for what, *_ in found] == [
        *((1, number) for number in range(1, 14)),
        "Made in Abyss: Journey's Dawn",
        "Made in Abyss: Wandering Twilight",
        "Made in Abyss: Dawn of the Deep Soul",
        (2, 1),
        (2, 2),
    ]
    assert {what: content for what, content, _ in found if content != "story"} == {
        "Made in Abyss: Journey's Dawn": "recap",
        "Made in Abyss: Wandering Twilight": "recap",
    }
    assert [names for what, _, names in found if isinstance(what, str)] == [[name] for name in [*FILMS][:3]]

    play = {"percent": 100, "time": 1, "videoId": None, "playedDate": None}
    plays = [{"entry": f"made-in-abyss-s1e{number}", **play} for number in range(1, 14)]
    assert (await anime.client.post("/api/profiles/me/history", json=plays)).status_code == 201
    (following,) = await anime.items("/api/profiles/me/nextup")
    assert (following["kind"], following["name"]) == ("movie", "Made in Abyss: Dawn of the Deep Soul")
    assert following["poster"]["source"].endswith("/100643.jpg")

    slayer = (await anime.items("/api/series", query="Demon Slayer"))[0]["slug"]
    assert [(what, content) for what, content, _ in await watched(anime, slayer)] == [
        ((1, 26), "story"),
        ("Demon Slayer: Mugen Train", "story"),
        ((2, 1), "story"),
    ]
    before = await anime.videos()
    await anime.scan()
    assert await anime.videos() == before


@pytest.mark.parametrize("first", [slice(0, 2), slice(0, 1), slice(1, 2)], ids=["together", "film", "special"])
async def test_a_film_and_the_special_that_it_is_keep_their_files(anime: Kyoo, first: slice) -> None:
    names = [next(iter(FILMS)), "Made in Abyss/Made in Abyss S00E01.mkv"]
    anime.add(EPISODES[0], *names[first])
    await anime.scan()
    anime.add(*names)
    await anime.scan()
    held = []
    for name in names:
        file = await anime.context.api.video(str((await anime.videos())[name]["id"]))
        assert file is not None
        held += [entry["slug"] for entry in file["entries"]]
    # A film that was there before stays an entry of its own.
    assert held == ["made-in-abyss-movie-1" if first == slice(0, 1) else "made-in-abyss-sp1", "made-in-abyss-sp1"]


def film(identifier: str, name: str, day: str, minutes: int) -> ShowRecord:
    return ShowRecord(
        provider="themoviedatabase",
        kind="movie",
        id=identifier,
        ids={"themoviedatabase": identifier},
        texts={"en": Texts(name=name, description=f"About {name}.")},
        original_language="ja",
        start=date.fromisoformat(day),
        runtime=minutes,
        is_anime=True,
    )


def with_keys() -> list[FakeCatalogue]:
    """TheTVDB, which lists the films among the specials and flags them, and TMDB, which knows them as films."""
    regular = [
        EpisodeRecord(
            season=season,
            number=number,
            absolute=number + (13 if season == 2 else 0),
            id=f"{season}{number:02}",
            air_date=date.fromisoformat(first) + timedelta(weeks=number - 1),
            runtime=25,
        )
        for season, count, first in ((1, 13, "2017-07-07"), (2, 12, "2022-07-06"))
        for number in range(1, count + 1)
    ]
    specials = [
        EpisodeRecord(season=0, number=1, air_date=date(2019, 1, 4), runtime=119, is_movie=True),
        EpisodeRecord(season=0, number=2, air_date=date(2019, 1, 18), runtime=108, is_movie=True),
        EpisodeRecord(season=0, number=3, air_date=date(2020, 1, 17), runtime=105, airs_before=(2, 1)),
        EpisodeRecord(season=0, number=8, air_date=date(2017, 9, 1), runtime=2),
    ]
    serie = ShowRecord(
        provider="tvdb",
        kind="serie",
        id="326109",
        ids={"tvdb": "326109", "themoviedatabase": "72636"},
        texts={"en": Texts(name="Made in Abyss")},
        original_language="ja",
        start=date(2017, 7, 7),
        episodes=[*regular, *specials],
        is_anime=True,
    )
    films = [
        film("526426", "Made in Abyss: Journey's Dawn", "2019-01-04", 119),
        film("526429", "Made in Abyss: Wandering Twilight", "2019-01-18", 108),
        film("573730", "Made in Abyss: Dawn of the Deep Soul", "2020-01-17", 105),
    ]
    return [
        FakeCatalogue(name="tvdb", kinds=frozenset({"serie"}), shows=[serie]),
        FakeCatalogue(name="themoviedatabase", kinds=frozenset({"movie"}), shows=films),
    ]


async def test_with_keys_the_same_comes_out(start: Callable[..., Kyoo]) -> None:
    kyoo = start(providers=with_keys())
    kyoo.transcoder.usual = 25 * 60
    kyoo.transcoder.durations = {name: minutes * 60 for name, minutes in FILMS.items()}
    async with served(AnimeLists().app()) as url:
        await keeping.refresh(kyoo.database, url, every=1, limit=10**6)
    kyoo.add(*(name for name in EPISODES if name.startswith("Made")), *[*FILMS][:3])
    await kyoo.scan()
    assert await kyoo.items("/api/movies") == []
    found = await watched(kyoo, "made-in-abyss")
    assert [what for what, *_ in found] == [
        *((1, number) for number in range(1, 14)),
        "Made in Abyss: Journey's Dawn",
        "Made in Abyss: Wandering Twilight",
        "Made in Abyss: Dawn of the Deep Soul",
        (2, 1),
        (2, 2),
    ]
    assert [content for _, content, _ in found].count("recap") == 2
    everything = await kyoo.items("/api/series/made-in-abyss/entries", limit=250, sort="order")
    assert [entry["order"] for entry in everything if entry["kind"] == "episode"] == list(range(1, 26))
    assert {entry["number"]: entry["content"] for entry in everything if entry["kind"] == "special"} == {8: "ova"}
    assert len([entry for entry in everything if entry["kind"] == "movie"]) == 3
