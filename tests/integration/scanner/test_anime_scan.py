"""Anime from plain names: seasons under titles of their own and films inside of a serie, each in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.fakes.anime_lists import AnimeLists
from tests.fakes.serving import served
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.anime import keeping

ABYSS = "Made in Abyss"


@pytest.fixture
async def anime(kyoo: Kyoo) -> Kyoo:
    """An instance that has the lists."""
    async with served(AnimeLists().app()) as url:
        await keeping.refresh(kyoo.database, url, every=1, limit=10**6)
    return kyoo


async def watch_order(kyoo: Kyoo, slug: str) -> list[tuple[str, str, list[str]]]:
    """(slug, content, files) of the entries of a serie, as they are watched."""
    entries = await kyoo.items(f"/api/series/{slug}/entries", limit=250, sort="order")
    return [
        (entry["slug"], entry["content"], [video["path"].rsplit("/", 1)[1] for video in entry["videos"]])
        for entry in entries
    ]


async def slugs(kyoo: Kyoo, kind: str) -> list[str]:
    return sorted(show["slug"] for show in await kyoo.items(f"/api/{kind}"))


async def test_seasons_under_other_titles_are_seasons_of_their_serie(anime: Kyoo) -> None:
    anime.add(
        "[G] Dr. Stone - 01 [1080p].mkv",
        "[G] Dr. Stone - New World - 03 [1080p].mkv",
        "Dr. Stone - New World Part 2/[G] Dr. Stone - New World Part 2 - 02 [1080p].mkv",
        "[G] Spy x Family Part 2 - 03 [1080p].mkv",
        "[G] Spy x Family Season 2 - 08 [1080p].mkv",
    )
    await anime.scan()
    assert await slugs(anime, "series") == ["dr-stone", "spy-x-family"]
    assert [slug for slug, *_ in await watch_order(anime, "dr-stone")] == [
        "dr-stone-s1e1",
        "dr-stone-s3e3",
        "dr-stone-s3e13",
    ]
    assert [slug for slug, *_ in await watch_order(anime, "spy-x-family")] == [
        "spy-x-family-s1e15",
        "spy-x-family-s2e8",
    ]
    (guess,) = [video["guess"] for path, video in (await anime.videos()).items() if "New World - 03" in path]
    assert guess["history"][0]["title"] == "Dr. Stone - New World"


FILMS = {
    "Made in Abyss - Dawn of the Deep Soul (2020).mkv": "made-in-abyss-movie-3",
    "Made in Abyss Movie 1 - Journey's Dawn (2019).mkv": "made-in-abyss-movie-1",
    "Wandering Twilight (2019) {tmdb-526429}.mkv": "made-in-abyss-movie-2",
}


@pytest.mark.parametrize("films_first", [True, False])
async def test_films_join_their_serie_whichever_is_there_first(anime: Kyoo, films_first: bool) -> None:
    episodes = [f"{ABYSS}/Season {season}/{ABYSS} - S{season:02}E01.mkv" for season in (1, 2)]
    # Only TheTVDB's id says what the serie is to the film that has nothing but an id.
    episodes.append(f"{ABYSS}/Season 1/{ABYSS} - S01E02 {{tvdb-326109}}.mkv")
    for names in [list(FILMS), episodes] if films_first else [episodes, list(FILMS)]:
        anime.add(*names)
        await anime.scan()
    assert await slugs(anime, "movies") == []
    assert await slugs(anime, "series") == ["made-in-abyss"]
    found = {name: slug for slug, _, names in await watch_order(anime, "made-in-abyss") for name in names}
    assert {name: found[name] for name in FILMS} == FILMS
    assert await anime.rows("select 1 from scanner.files where state <> 'identified'") == []
    before = await anime.videos()
    await anime.scan()
    assert await anime.videos() == before


async def test_what_was_watched_of_a_film_follows_it(anime: Kyoo) -> None:
    (name, slug), *_ = FILMS.items()
    anime.add(name)
    await anime.scan()
    (movie,) = await anime.items("/api/movies")
    video = (await anime.videos())[name]["id"]
    play: dict[str, Any] = {"entry": movie["slug"], "videoId": video, "percent": 40, "time": 900}
    answer = await anime.client.post("/api/profiles/me/history", json=[play | {"playedDate": "2024-05-01T20:00:00Z"}])
    assert answer.status_code == 201
    anime.add(f"{ABYSS}/{ABYSS} - S01E01.mkv")
    await anime.scan()
    assert await slugs(anime, "movies") == []
    history = await anime.items("/api/profiles/me/history")
    assert [(entry["slug"], entry["progress"]["percent"]) for entry in history] == [(slug, 40)]


async def test_a_film_without_its_serie_is_a_film(anime: Kyoo) -> None:
    anime.add(*FILMS, "Gekijouban Kimetsu no Yaiba - Mugen Ressha Hen (2020).mkv")
    await anime.scan()
    assert len(await slugs(anime, "movies")) == 4
    assert await slugs(anime, "series") == []


async def test_a_season_by_its_id_joins_and_makes_its_serie(anime: Kyoo) -> None:
    anime.add("Abyss of Gold/Abyss of Gold - 05 {anilist-114745}.mkv")
    await anime.scan()
    assert [slug for slug, *_ in await watch_order(anime, "made-in-abyss")] == ["made-in-abyss-s2e5"]
    assert await slugs(anime, "series") == ["made-in-abyss"]


async def test_what_a_person_chose_stays(anime: Kyoo) -> None:
    (name, _), *_ = FILMS.items()
    anime.add(name)
    await anime.scan()
    video = (await anime.videos())[name]["id"]
    slug = (await anime.items("/api/movies"))[0]["slug"]
    body = {"title": "My Cut", "year": 2020, "videos": [{"id": video}]}
    assert (await anime.client.post(f"/scanner/movies/{slug}/remap", json=body)).status_code == 201
    await anime.work()
    anime.add(f"{ABYSS}/{ABYSS} - S01E01.mkv")
    await anime.scan()
    assert await slugs(anime, "movies") == ["my-cut"]


async def test_names_count_as_they_stand_without_lists(kyoo: Kyoo) -> None:
    kyoo.add("[G] Dr. Stone - New World - 03 [1080p].mkv", f"{ABYSS} Movie 1.mkv", f"{ABYSS}/{ABYSS} - S01E01.mkv")
    await kyoo.scan()
    assert await slugs(kyoo, "series") == ["dr-stone-new-world", "made-in-abyss"]
    assert len(await slugs(kyoo, "movies")) == 1


async def test_names_are_read_again_when_lists_come(
    start: Callable[..., Kyoo],
) -> None:
    async with served(AnimeLists().app()) as url:
        kyoo = start(anime_lists_url=url)
        names = [f"{ABYSS}/{ABYSS} - S01E01.mkv", *list(FILMS)[:2], "[G] Dr. Stone - New World - 03 [1080p].mkv"]
        kyoo.add(*names)
        await kyoo.scan()
        assert await slugs(kyoo, "series") == ["dr-stone-new-world", "made-in-abyss"]
        kyoo.context.settings.anime_lists_interval = 3600
        await kyoo.scan()
    assert await slugs(kyoo, "movies") == []
    assert [slug for slug, *_ in await watch_order(kyoo, "dr-stone")] == ["dr-stone-s3e3"]
    found = {name: slug for slug, _, held in await watch_order(kyoo, "made-in-abyss") for name in held}
    assert {name: found[name] for name in list(FILMS)[:2]} == {name: FILMS[name] for name in list(FILMS)[:2]}


async def test_recaps_and_fillers_are_never_next(kyoo: Kyoo) -> None:
    numbers = ["01", "02", "02.5", "03", "04"]
    kyoo.add(*(f"Garden/Garden - {number}.mkv" for number in numbers))
    filler = kyoo.add("Garden/Garden - 03.nfo", content="<episodedetails><tag>filler</tag></episodedetails>")
    assert filler
    await kyoo.scan()
    order = await watch_order(kyoo, "garden")
    assert [(content, names) for _, content, names in order] == [
        ("story", ["Garden - 01.mkv"]),
        ("story", ["Garden - 02.mkv"]),
        ("recap", ["Garden - 02.5.mkv"]),
        ("filler", ["Garden - 03.mkv"]),
        ("story", ["Garden - 04.mkv"]),
    ]
    play = {"percent": 100, "time": 1, "videoId": None, "playedDate": None}
    for slug, *_ in order[:2]:
        answer = await kyoo.client.post("/api/profiles/me/history", json=[{"entry": slug, **play}])
        assert answer.status_code == 201
    assert [entry["slug"] for entry in await kyoo.items("/api/profiles/me/nextup")] == ["garden-s1e4"]
    video = await kyoo.get("/api/videos/garden-s1e2", **{"with": "next"})
    assert video["next"]["video"] == "garden-s1e4"
