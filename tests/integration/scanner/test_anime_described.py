"""The worked example from plain names, with the public lists and with services that need no key: season 1, its two
recaps beside it, the third film, season 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.fakes.anime_lists import AnimeLists
from tests.fakes.metadata.seasons import anilist, tvmaze
from tests.fakes.serving import served
from tests.integration.scanner.conftest import Kyoo
from tests.providers.lines import line
from tests.providers.subjects import anilist_over, tvmaze_over

from kyoo.scanner.anime import keeping

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
