"""From names and the public lists to trackers: an episode of a split cour is told to MyAnimeList and AniList as the
title and the number that it has there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.fakes.anime_lists import AnimeLists
from tests.fakes.catalogue import FakeCatalogue
from tests.fakes.serving import served
from tests.integration.api.trackers.tracked import Tracked, tracked
from tests.integration.scanner.conftest import Kyoo, token

from kyoo.scanner.anime import keeping
from kyoo.scanner.providers.records import EpisodeRecord, ShowRecord, Texts

#: AniDB → AniList, MyAnimeList: two cours that are one season at TheTVDB, and the season after them.
TITLES = {16947: (140960, 50265, 12), 17061: (142838, 50602, 13), 17784: (158927, 53887, 12)}
FRIBB = "/Fribb/anime-lists/master/anime-list-full.json"


def catalogue() -> FakeCatalogue:
    episodes = [
        EpisodeRecord(
            season=season,
            number=number,
            absolute=number + (25 if season == 2 else 0),
            id=f"{season}{number:02}",
            air_date=first + timedelta(weeks=number - 1),
            runtime=25,
        )
        for season, count, first in ((1, 25, date(2022, 4, 9)), (2, 12, date(2023, 10, 7)))
        for number in range(1, count + 1)
    ]
    serie = ShowRecord(
        provider="tvdb",
        kind="serie",
        id="405920",
        ids={"tvdb": "405920", "themoviedatabase": "120089"},
        texts={"en": Texts(name="Spy x Family")},
        original_language="ja",
        start=date(2022, 4, 9),
        episodes=episodes,
        is_anime=True,
    )
    return FakeCatalogue(name="tvdb", kinds=frozenset({"serie"}), shows=[serie])


@pytest.fixture
async def told(start: Callable[..., Kyoo], tmp_path: Path) -> AsyncIterator[tuple[Kyoo, Tracked]]:
    """The scanner in front of an api that has trackers."""
    kyoo = start(providers=[catalogue()])
    lists = AnimeLists()
    known = json.loads(lists.contents[FRIBB])
    known += [
        {"anidb_id": anidb, "anilist_id": anilist, "mal_id": mal, "tvdb_id": 405920}
        for anidb, (anilist, mal, _) in TITLES.items()
    ]
    lists.contents[FRIBB] = json.dumps(known).encode()
    async with served(lists.app()) as url:
        await keeping.refresh(kyoo.database, url, every=1, limit=10**6)
    async with tracked(kyoo.runtime, tmp_path) as api:
        kyoo.front.services["/api"] = api.app
        api.api.headers["Authorization"] = f"Bearer {token('core.read', 'core.play')}"
        for anilist, mal, episodes in TITLES.values():
            api.fakes.mal.add(mal, f"Title {mal}", episodes)
            api.fakes.anilist.add(anilist, f"Title {mal}", episodes, mal=mal)
        yield kyoo, api


async def test_an_episode_of_a_split_cour_is_told_as_what_it_is_there(told: tuple[Kyoo, Tracked]) -> None:
    kyoo, api = told
    kyoo.add(
        "Spy x Family/[G] Spy x Family - 11 [1080p].mkv",
        "Spy x Family/[G] Spy x Family Part 2 - 03 [1080p].mkv",
        "Spy x Family/Spy x Family - S01E25.mkv",
        "Spy x Family/[G] Spy x Family Season 2 - 08 [1080p].mkv",
    )
    await kyoo.scan()
    await api.link("mal", "anilist")
    for entry, title, number in (("s1e11", 16947, 11), ("s1e15", 17061, 3), ("s2e8", 17784, 8), ("s1e25", 17061, 13)):
        play = {"entry": f"spy-x-family-{entry}", "videoId": None, "percent": 100, "time": 0, "playedDate": None}
        answer = await api.api.post("/profiles/me/history", json=[play])
        assert answer.status_code == 201, answer.text
        await api.settled()
        anilist, mal, _ = TITLES[title]
        assert (entry, api.fakes.mal.list[mal]["num_episodes_watched"]) == (entry, number)
        assert (entry, api.fakes.anilist.list[anilist]["progress"]) == (entry, number)
    # No other title was touched, and the cour whose last episode was seen is complete there.
    assert set(api.fakes.mal.list) == {mal for _, mal, _ in TITLES.values()}
    assert api.fakes.mal.list[50602]["status"] == "completed"
    assert api.fakes.mal.list[50265]["status"] == "watching"
