"""What is missing, what is beside the story, and what has several cuts: missing episodes, extras, editions."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import READ, USER, bearer, episode_seed, movie_seed, special_seed
from tests.integration.api.viewers.watching import items, play, record


def numbers(found: list[dict[str, Any]]) -> list[tuple[int, int, bool]]:
    return [(item["seasonNumber"], item["episodeNumber"], item["entry"] is not None) for item in found]


@pytest.fixture
async def gaps(library: Library) -> None:
    """Season 1 lacks the file of 2 and knows nothing of 4; of season 2 only 1 was aired; season 3 counts by date."""
    await library.serie(
        "gaps",
        entries=[
            episode_seed(1, 1, order=1),
            episode_seed(1, 2, order=2),
            episode_seed(1, 3, order=3),
            episode_seed(1, 5, order=4),
            episode_seed(1, 6, order=5),
            episode_seed(2, 1, order=6, airDate="2020-01-01"),
            episode_seed(2, 2, order=7, airDate="2999-01-01"),
            episode_seed(3, 20200101, order=8),
            episode_seed(3, 20200801, order=9),
            special_seed(1, 0.5, airDate="2020-01-01"),
            special_seed(4, 0.6, airDate="2020-01-01"),
        ],
    )
    for number in (1, 3, 5):
        await library.video(f"/gaps {number}.mkv", **{"for": [{"slug": f"gaps-s1e{number}"}]})
    await library.serie("whole", entries=[episode_seed(1, 1), episode_seed(1, 2, airDate="2999-01-01")])
    await library.video("/whole.mkv", **{"for": [{"slug": "whole-s1e1"}]})


async def test_missing_episodes_of_a_serie(api: httpx2.AsyncClient, gaps: None) -> None:
    found = await items(api, "/series/gaps/missing")
    # Nothing says that 1x06 was aired, nor that days without an episode are gaps.
    assert numbers(found) == [(1, 2, True), (1, 4, False), (2, 1, True)]
    assert found[0]["entry"]["slug"] == "gaps-s1e2"
    assert numbers(await items(api, "/series/gaps/missing?sort=-seasonNumber,episodeNumber")) == [
        (2, 1, True), (1, 2, True), (1, 4, False)
    ]  # fmt: skip
    assert numbers(await items(api, "/series/gaps/missing?filter=seasonNumber eq 2")) == [(2, 1, True)]
    assert await items(api, "/series/whole/missing") == []
    assert (await api.get("/series/nothing/missing")).status_code == 404


async def test_missing_episodes_in_pages(api: httpx2.AsyncClient, gaps: None) -> None:
    first = (await api.get("/series/gaps/missing?limit=2")).json()
    second = (await api.get(first["next"])).json()
    assert numbers([*first["items"], *second["items"]]) == [(1, 2, True), (1, 4, False), (2, 1, True)]
    assert second["next"] is None


async def test_all_that_is_missing(api: httpx2.AsyncClient, gaps: None) -> None:
    (serie,) = await items(api, "/missing")
    assert (serie["slug"], serie["kind"]) == ("gaps", "serie")
    assert serie["missing"] == [
        {"seasonNumber": 1, "episodeNumber": 2, "name": "Episode 1x2", "airDate": None},
        {"seasonNumber": 1, "episodeNumber": 4, "name": None, "airDate": None},
        {"seasonNumber": 2, "episodeNumber": 1, "name": "Episode 2x1", "airDate": "2020-01-01"},
    ]
    assert await items(api, "/missing?filter=genres has war") == []


async def test_an_extra_is_played(api: httpx2.AsyncClient, library: Library) -> None:
    file = await library.video("/Trailer.mkv")
    extra = {"kind": "trailer", "slug": "show-trailer", "name": "Trailer", "runtime": 2, "thumbnail": None}
    await library.serie("show", entries=[episode_seed(1, 1)], extras=[{**extra, "video": file["id"]}])
    (found,) = await items(api, "/series/show/extras")
    assert found["video"] == {"slug": "show-trailer", "id": file["id"]}
    video = (await api.get(f"/videos/{found['video']['slug']}?with=show,next,previous")).json()
    assert (video["path"], video["slugs"], video["entries"]) == ("/Trailer.mkv", ["show-trailer"], [])
    assert video["show"]["slug"] == "show"
    assert (video["previous"], video["next"]) == (None, None)
    played = await api.get(f"/videos/{found['video']['slug']}/master.m3u8")
    assert (played.status_code, played.headers["location"].startswith("/video/")) == (302, True)
    await record(api, play("show-trailer", 40, videoId=file["id"]))
    assert (await items(api, "/series/show/extras"))[0]["progress"]["percent"] == 40
    await api.request("DELETE", "/videos", json=["/Trailer.mkv"])
    assert (await items(api, "/series/show/extras"))[0]["video"] is None


async def test_the_extras_of_a_film(api: httpx2.AsyncClient, library: Library) -> None:
    film, trailer = await library.video("/film.mkv"), await library.video("/trailer.mkv")
    extra = {"kind": "trailer", "slug": "film-trailer", "name": "Trailer", "runtime": 2, "thumbnail": None}
    seed = {"videos": [film["id"]], "extras": [{**extra, "video": trailer["id"]}]}
    made = await library.movie("film", **seed)
    assert (made["videos"], [extra["slug"] for extra in made["extras"]]) == ([{"slug": "film"}], ["film-trailer"])
    assert "extras" not in await library.movie("film", videos=[])
    (found,) = await items(api, "/movies/film/extras")
    assert found["video"] == {"slug": "film-trailer", "id": trailer["id"]}
    # It is no part of the film: not its file, not in the news, not to be watched next, not what makes it available.
    movie = (await api.get("/movies/film?with=videos")).json()
    assert [video["path"] for video in movie["videos"]] == ["/film.mkv"]
    assert [entry["slug"] for entry in await items(api, "/news")] == ["film"]
    play = {"videoId": trailer["id"], "percent": 100, "time": 100, "playedDate": None}
    assert (await api.post("/profiles/me/history", json=[{"entry": "film-trailer", **play}])).status_code == 201
    assert await items(api, "/profiles/me/watchlist") == []
    assert await items(api, "/movies/film/extras?filter=kind eq interview") == []
    await api.request("DELETE", "/videos", json=["/film.mkv"])
    assert (await api.get("/movies/film")).json()["isAvailable"] is False
    assert (await api.get("/movies/none/extras")).status_code == 404
    twice = await api.post(
        "/movies", json=movie_seed("other", extras=[{**extra, "slug": "other", "video": film["id"]}])
    )
    assert twice.status_code == 422
    assert (await api.get("/movies/other")).status_code == 404


async def test_cuts_have_names(api: httpx2.AsyncClient, library: Library) -> None:
    guess = {"title": "Film", "from": "guess", "history": [], "raw": {"edition": "Extended"}}
    long = [
        await library.video(f"/Film extended {part}.mkv", rendering="long", part=part, guess=guess) for part in (1, 2)
    ]
    short = await library.video("/Film.mkv", rendering="short")
    await library.movie("film", videos=[short["id"], *(video["id"] for video in long)])

    async def editions() -> dict[str, str | None]:
        videos = (await api.get("/movies/film?with=videos")).json()["videos"]
        return {video["slug"]: video["edition"] for video in videos}

    assert await editions() == {"film": None, "film-p1-long": "Extended", "film-p2-long": "Extended"}
    named = await api.patch("/videos/film-p1-long", json={"edition": " Director's Cut "})
    assert (named.status_code, named.json()["edition"]) == (200, "Director's Cut")
    await api.patch("/videos/film", json={"edition": "Theatrical"})
    # A file that is registered again keeps the name.
    await library.video("/Film.mkv", rendering="short", version=2)
    assert await editions() == {
        "film": "Theatrical", "film-p1-long": "Director's Cut", "film-p2-long": "Director's Cut"
    }  # fmt: skip
    await api.patch("/videos/film-p2-long", json={"edition": None})
    await api.patch("/videos/film", json={"edition": ""})
    assert await editions() == {"film": None, "film-p1-long": "Extended", "film-p2-long": "Extended"}
    assert (await api.get("/videos/film-p1-long")).json()["edition"] == "Extended"
    assert (await api.patch("/videos/nothing", json={"edition": "x"})).status_code == 404
    assert (await api.patch("/videos/film", json={"edition": "\0"})).status_code == 422
    assert (await api.patch("/videos/film", json={})).status_code == 422
    reader = bearer(USER, (READ,))
    assert (await api.patch("/videos/film", json={"edition": "x"}, headers=reader)).status_code == 403
