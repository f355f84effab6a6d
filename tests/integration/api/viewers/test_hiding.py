"""Out of sight: taken out of next up until played again, hidden from rows; scores and marks of whole seasons."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import GUEST, OTHER_USER, bearer, episode_seed, special_seed
from tests.integration.api.viewers.watching import (
    EPISODE,
    SERIE,
    ago,
    items,
    next_up,
    play,
    record,
    say,
    seed_abyss,
    seed_video,
    watch_status,
)

from kyoo.api.models.profile import HiddenShow
from kyoo.core.http.pages import Page


@pytest.fixture
async def abyss(library: Library) -> dict[str, Any]:
    return await seed_abyss(library)


@pytest.fixture
async def seasons(library: Library) -> None:
    await library.serie(
        "long",
        entries=[
            episode_seed(1, 1, order=1, airDate="2020-01-01"),
            special_seed(1, 1.5, airDate="2020-01-02"),
            episode_seed(1, 2, order=2, airDate="2020-01-03"),
            episode_seed(2, 1, order=3, airDate="2021-01-01"),
            episode_seed(2, 2, order=4, airDate="2999-01-01"),
        ],
    )


# ------------------------------------------------------------------------------------------------------------- next up


@pytest.mark.parametrize("name", [EPISODE, SERIE])
async def test_what_is_removed_from_next_up_comes_back_when_it_is_played_again(
    api: httpx2.AsyncClient, library: Library, abyss: dict[str, Any], name: str
) -> None:
    video = await seed_video(library)
    await record(api, play(EPISODE, 10, videoId=video))
    await record(api, play("bubble", 10))
    removed = await api.delete(f"/profiles/me/nextup/{name}")
    assert (removed.status_code, removed.json()["slug"], removed.json()["kind"]) == (200, SERIE, "serie")
    assert await next_up(api) == ["bubble"]
    assert (await watch_status(api, f"series/{SERIE}"))["status"] == "watching"
    assert (await items(api, "/profiles/me/history"))[1]["progress"]["percent"] == 10
    # The same play goes on, as a player reports it.
    assert await record(api, play(EPISODE, 12, videoId=video)) == 0
    assert sorted(await next_up(api)) == ["bubble", EPISODE]


async def test_a_new_play_or_a_word_brings_it_back_but_not_a_score(
    api: httpx2.AsyncClient, abyss: dict[str, Any]
) -> None:
    await record(api, play("bubble", 10, playedDate=ago(days=3)))
    assert (await api.delete("/profiles/me/nextup/bubble")).status_code == 200
    await api.put("/movies/bubble/score", json={"score": 80})
    assert await next_up(api) == []
    await record(api, play("bubble", 20))
    assert await next_up(api) == ["bubble"]
    await api.delete("/profiles/me/nextup/bubble")
    await say(api, "movies/bubble", "watching")
    assert await next_up(api) == ["bubble"]


async def test_only_what_is_in_ones_own_next_up_can_be_removed(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await record(api, play("bubble", 10))
    other = bearer(OTHER_USER)
    assert (await api.delete("/profiles/me/nextup/bubble", headers=other)).status_code == 404
    assert (await api.delete("/profiles/me/nextup/nothing")).status_code == 404
    assert (await api.delete("/profiles/me/nextup/bubble", headers=GUEST)).status_code == 401
    assert await next_up(api) == ["bubble"]


# ---------------------------------------------------------------------------------------------------------------- rows


async def test_a_hidden_show_is_in_no_row_and_in_every_list(api: httpx2.AsyncClient, library: Library) -> None:
    film = await library.video("/film.mkv")
    await library.movie("film", videos=[film["id"]])
    await record(api, play("film", 10))
    hidden = await api.put("/movies/film/hidden")
    assert hidden.json() == {"rows": ["news", "nextup", "random", "recommendations"]}
    assert await next_up(api) == []
    for row in ("/news", "/shows?sort=random", "/shows?sort=-random:5", "/movies?sort=random"):
        assert await items(api, row) == [], row
    assert (await api.get("/shows/random")).status_code == 404
    for found in ("/shows", "/shows?query=film", "/movies?sort=name", "/profiles/me/watchlist"):
        assert [item["slug"] for item in await items(api, found)] == ["film"], found
    # Somebody else still sees it.
    assert len(await items(api, "/news", headers=bearer(OTHER_USER))) == 1
    assert (await api.delete("/movies/film/hidden")).status_code == 204
    assert (await api.delete("/movies/film/hidden")).status_code == 404
    assert len(await items(api, "/news")) == 1
    assert await next_up(api) == ["film"]


async def test_a_show_can_be_hidden_from_one_row(api: httpx2.AsyncClient, library: Library) -> None:
    film = await library.video("/film.mkv")
    await library.movie("film", videos=[film["id"]])
    await api.put("/movies/film/hidden")
    await api.put("/movies/film/hidden", json={"rows": ["news"]})
    assert await items(api, "/news") == []
    assert len(await items(api, "/shows?sort=random")) == 1
    page = (await api.get("/profiles/me/hidden")).json()
    TypeAdapter(Page[HiddenShow]).validate_python(page)
    assert [(item["slug"], item["hiddenFrom"]) for item in page["items"]] == [("film", ["news"])]
    assert await items(api, "/profiles/me/hidden", headers=GUEST) == []
    assert (await api.put("/movies/film/hidden", json={"rows": ["lists"]})).status_code == 422
    assert (await api.put("/movies/film/hidden", headers=GUEST)).status_code == 401
    assert (await api.put("/series/film/hidden")).status_code == 404


# -------------------------------------------------------------------------------------------------------------- scores


async def test_a_score_changes_nothing_else(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    before = await say(api, f"series/{SERIE}", "watching")
    after = (await api.put(f"/series/{SERIE}/score", json={"score": 91})).json()
    assert after == {**before, "score": 91, "updatedAt": after["updatedAt"]}
    assert (await watch_status(api, f"series/{SERIE}"))["score"] == 91
    assert [item["slug"] for item in await items(api, "/shows?filter=score ge 90")] == [SERIE]
    assert (await api.put(f"/series/{SERIE}/score", json={"score": None})).json()["score"] is None
    for wrong in ({"score": 101}, {"score": -1}, {"score": "high"}, {}):
        assert (await api.put(f"/series/{SERIE}/score", json=wrong)).status_code == 422


async def test_who_scores_has_seen(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    assert (await api.put("/movies/bubble/score", json={"score": None})).status_code == 404
    scored = (await api.put("/movies/bubble/score", json={"score": 60})).json()
    assert (scored["status"], scored["score"], scored["percent"]) == ("completed", 60, 100)
    assert (await api.put("/movies/bubble/score", json={"score": 60}, headers=GUEST)).status_code == 401


# --------------------------------------------------------------------------------------------------------------- marks


async def test_a_season_is_marked_and_the_serie_goes_on_after_it(api: httpx2.AsyncClient, seasons: None) -> None:
    marked = (await api.post("/series/long/seasons/1/seen")).json()
    assert marked["marked"] == 2
    assert (marked["watchStatus"]["status"], marked["watchStatus"]["seenCount"]) == ("watching", 2)
    assert await next_up(api) == ["long-s2e1"]
    # Marks are no plays.
    assert await items(api, "/profiles/me/history") == []
    assert (await api.post("/series/long/seasons/1/seen")).json()["marked"] == 0
    assert (await api.post("/series/long/seasons/0/seen")).json()["watchStatus"]["seenCount"] == 3
    assert await next_up(api) == ["long-s2e1"]


async def test_an_earlier_season_does_not_lead_back(api: httpx2.AsyncClient, seasons: None) -> None:
    await api.post("/series/long/seasons/2/seen")
    assert (await api.post("/series/long/seasons/1/seen")).json()["watchStatus"]["seenCount"] == 3
    serie = (await api.get("/series/long?with=nextEntry")).json()
    assert serie["nextEntry"]["slug"] == "long-s2e2"


async def test_a_season_is_unmarked_with_its_plays(api: httpx2.AsyncClient, seasons: None) -> None:
    await record(api, play("long-s1e1", 100), play("long-s1e2", 40), play("long-s2e1", 100))
    unmarked = (await api.delete("/series/long/seasons/1/seen")).json()
    assert (unmarked["marked"], unmarked["watchStatus"]["seenCount"]) == (2, 1)
    assert await next_up(api) == ["long-s1e1"]
    assert [item["slug"] for item in await items(api, "/profiles/me/history")] == ["long-s2e1"]
    entries = {item["slug"]: item["progress"]["percent"] for item in await items(api, "/series/long/entries")}
    assert (entries["long-s1e1"], entries["long-s1e2"], entries["long-s2e1"]) == (0, 0, 100)


async def test_a_whole_serie_is_marked_and_unmarked(api: httpx2.AsyncClient, library: Library) -> None:
    await library.serie("short", entries=[episode_seed(1, 1), episode_seed(1, 2)])
    await api.put("/series/short/score", json={"score": 70})
    await api.delete("/series/short/watchstatus")
    marked = (await api.post("/series/short/seen")).json()["watchStatus"]
    assert (marked["status"], marked["seenCount"]) == ("completed", 2)
    assert marked["completedAt"]
    await api.put("/series/short/score", json={"score": 70})
    unmarked = (await api.delete("/series/short/seen")).json()
    assert unmarked["marked"] == 2
    assert (unmarked["watchStatus"]["status"], unmarked["watchStatus"]["seenCount"]) == ("planned", 0)
    assert unmarked["watchStatus"]["score"] == 70
    assert await next_up(api) == []


async def test_marks_of_what_there_is_not(api: httpx2.AsyncClient, seasons: None) -> None:
    assert (await api.post("/series/nothing/seen")).status_code == 404
    assert (await api.post("/series/long/seasons/9/seen")).status_code == 404
    assert (await api.post("/series/long/seasons/x/seen")).status_code == 422
    assert (await api.post("/series/long/seen", headers=GUEST)).status_code == 401
    assert (await api.delete("/series/long/seen")).json() == {"marked": 0, "watchStatus": None}
