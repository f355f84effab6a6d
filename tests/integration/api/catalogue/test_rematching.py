"""A file that was identified wrongly first keeps what people have done with it: plays, progress, score and dates."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed
from tests.integration.api.viewers.watching import ago, items, next_up, play, record, say, watch_status


async def history(api: httpx2.AsyncClient) -> list[tuple[str, int, str]]:
    """Entry, percent and show of each play, the last one first."""
    plays = await items(api, "/profiles/me/history")
    return [(item["slug"], item["progress"]["percent"], item["show"]["slug"]) for item in plays]


async def serie(library: Library, slug: str, episodes: int = 3) -> None:
    entries = [episode_seed(1, number, airDate="2020-01-01") for number in range(1, episodes + 1)]
    await library.serie(slug, status="finished", entries=entries)


async def relink(api: httpx2.AsyncClient, how: str, video: dict[str, Any], target: dict[str, Any]) -> None:
    """Link a file to something else, by one of the ways that there are."""
    old = (await api.get(f"/videos/{video['id']}")).json()["slugs"]
    body = [{"id": video["id"], "for": [target]}]
    if how == "replaced":
        assert (await api.put("/videos/link", json=body)).status_code == 201
    elif how == "replaced by nothing, then by it":
        assert (await api.put("/videos/link", json=[{"id": video["id"], "for": []}])).status_code == 201
        assert (await api.put("/videos/link", json=body)).status_code == 201
    elif how == "linked, then unlinked":
        assert (await api.post("/videos/link", json=body)).status_code == 201
        assert (await api.request("DELETE", "/videos/link", json=old)).json() == old
    else:
        assert (await api.request("DELETE", "/videos/link", json=old)).json() == old
        assert (await api.post("/videos/link", json=body)).status_code == 201


WAYS = ["replaced", "replaced by nothing, then by it", "linked, then unlinked", "unlinked, then linked"]


@pytest.mark.parametrize("how", WAYS)
async def test_a_film_that_was_another_one(api: httpx2.AsyncClient, library: Library, how: str) -> None:
    video = await library.video("/library/a.mkv")
    await library.movie("wrong", videos=[video["id"]])
    await library.movie("right")
    began = ago(days=3)
    await record(api, play("wrong", 40, videoId=video["id"], playedDate=began))
    await api.put("/movies/wrong/score", json={"score": 8})
    before = await watch_status(api, "movies/wrong")
    await relink(api, how, video, {"movie": "right"})
    assert await history(api) == [("right", 40, "right")]
    after = await watch_status(api, "movies/right")
    assert (after["status"], after["percent"]) == ("watching", 40)
    assert await next_up(api) == ["right"]
    assert after == before
    assert await watch_status(api, "movies/wrong") is None
    await api.delete("/movies/wrong")
    assert await history(api) == [("right", 40, "right")]
    video_now = (await api.get(f"/videos/{video['id']}")).json()
    assert video_now["progress"]["percent"] == 40


@pytest.mark.parametrize("how", WAYS)
async def test_episodes_of_another_serie(api: httpx2.AsyncClient, library: Library, how: str) -> None:
    await serie(library, "wrong")
    await serie(library, "right")
    videos = [
        await library.video(f"/library/{number}.mkv", **{"for": [{"slug": f"wrong-s1e{number}"}]})
        for number in (1, 2, 3)
    ]
    await record(
        api,
        play("wrong-s1e1", 100, videoId=videos[0]["id"], playedDate=ago(days=5)),
        play("wrong-s1e2", 30, videoId=videos[1]["id"], playedDate=ago(days=4)),
    )
    started = (await watch_status(api, "series/wrong"))["startedAt"]
    await api.put("/series/wrong/score", json={"score": 5})
    for number, video in enumerate(videos, 1):
        await relink(api, how, video, {"serie": "right", "season": 1, "episode": number})
    assert await history(api) == [("right-s1e2", 30, "right"), ("right-s1e1", 100, "right")]
    status = await watch_status(api, "series/right")
    assert (status["status"], status["seenCount"], status["startedAt"]) == ("watching", 1, started)
    # The last file, which nobody has played, takes along what was said.
    assert status["score"] == 5
    assert await next_up(api) == ["right-s1e2"]


async def test_a_finished_serie_stays_finished_at_its_date(api: httpx2.AsyncClient, library: Library) -> None:
    await serie(library, "wrong", 1)
    await serie(library, "right", 1)
    video = await library.video("/library/1.mkv", **{"for": [{"slug": "wrong-s1e1"}]})
    await record(api, play("wrong-s1e1", 100, videoId=video["id"], playedDate=ago(days=50)))
    await api.put("/series/wrong/score", json={"score": 9})
    before = await watch_status(api, "series/wrong")
    assert before["status"] == "completed"
    await relink(api, "replaced", video, {"serie": "right", "season": 1, "episode": 1})
    assert await watch_status(api, "series/right") == before
    assert await next_up(api) == []


async def test_one_file_of_several_takes_its_own_plays_only(api: httpx2.AsyncClient, library: Library) -> None:
    await serie(library, "one")
    await library.movie("film")
    videos = [
        await library.video(f"/library/{number}.mkv", **{"for": [{"slug": f"one-s1e{number}"}]}) for number in (1, 2)
    ]
    await record(
        api,
        play("one-s1e1", 100, videoId=videos[0]["id"], playedDate=ago(days=5)),
        play("one-s1e2", 100, videoId=videos[1]["id"], playedDate=ago(days=4)),
    )
    await api.put("/series/one/score", json={"score": 7})
    await relink(api, "replaced", videos[1], {"movie": "film"})
    assert await history(api) == [("film", 100, "film"), ("one-s1e1", 100, "one")]
    film, one = await watch_status(api, "movies/film"), await watch_status(api, "series/one")
    assert (film["status"], film["score"]) == ("completed", None)
    assert (one["status"], one["score"], one["seenCount"]) == ("watching", 7, 1)
    assert await next_up(api) == ["one-s1e2"]


async def test_what_was_only_said_goes_along(api: httpx2.AsyncClient, library: Library) -> None:
    video = await library.video("/library/a.mkv")
    await library.movie("wrong", videos=[video["id"]])
    await library.movie("right")
    await say(api, "movies/wrong", "completed", score=6, completedAt="2024-05-01T10:00:00Z")
    before = await watch_status(api, "movies/wrong")
    await relink(api, "replaced", video, {"movie": "right"})
    await api.delete("/movies/wrong")
    assert await watch_status(api, "movies/right") == before


async def test_what_is_in_the_list_already_stays_as_it_is(api: httpx2.AsyncClient, library: Library) -> None:
    video = await library.video("/library/a.mkv")
    await library.movie("wrong", videos=[video["id"]])
    await library.movie("right")
    await say(api, "movies/right", "planned", score=3)
    await record(api, play("wrong", 100, videoId=video["id"], playedDate=ago(days=1)))
    await api.put("/movies/wrong/score", json={"score": 9})
    await relink(api, "replaced", video, {"movie": "right"})
    status = await watch_status(api, "movies/right")
    assert (status["status"], status["score"]) == ("completed", 3)


async def test_a_serie_that_is_unlinked_whole_and_linked_file_by_file(
    api: httpx2.AsyncClient, library: Library
) -> None:
    """Nobody has played it: what was said of it follows the last of its files, when all are of one show."""
    for slug in ("wrong", "right", "other"):
        await serie(library, slug)

    async def unlinked(slug: str) -> list[dict[str, Any]]:
        found = (await api.get(f"/series/{slug}/videos")).json()["items"]
        for video in found:
            await api.request("DELETE", "/videos/link", json=video["slugs"])
        return list(found)

    async def linked(video: dict[str, Any], slug: str, number: int) -> None:
        link = {"id": video["id"], "for": [{"slug": f"{slug}-s1e{number}"}]}
        assert (await api.post("/videos/link", json=[link])).status_code == 201

    for number in (1, 2, 3):
        await library.video(f"/library/{number}.mkv", **{"for": [{"slug": f"wrong-s1e{number}"}]})
    await say(api, "series/wrong", "planned", score=7)
    before = await watch_status(api, "series/wrong")
    # One of them turns out to be of something else: nobody can tell.
    for number, video in enumerate(await unlinked("wrong"), 1):
        await linked(video, "other" if number == 1 else "wrong", number)
    assert await watch_status(api, "series/other") is None
    assert await watch_status(api, "series/wrong") == before
    for number, video in enumerate([*await unlinked("other"), *reversed(await unlinked("wrong"))], 1):
        assert await watch_status(api, "series/right") is None
        await linked(video, "right", number)
    assert await watch_status(api, "series/right") == before
    assert await watch_status(api, "series/wrong") is None
    # What is said of the first one from now on is not of these files any more.
    await say(api, "series/wrong", "planned", score=2)
    await linked(video, "right", 3)
    assert (await watch_status(api, "series/wrong"))["score"] == 2


@pytest.mark.parametrize("how", WAYS)
async def test_one_file_that_has_left_is_no_heir_when_the_others_are_deleted(
    api: httpx2.AsyncClient, library: Library, how: str
) -> None:
    await serie(library, "kept")
    await library.movie("film")
    one, two = [
        await library.video(f"/library/{number}.mkv", **{"for": [{"slug": f"kept-s1e{number}"}]}) for number in (1, 2)
    ]
    await say(api, "series/kept", "completed", score=9)
    before = await watch_status(api, "series/kept")
    await relink(api, how, one, {"movie": "film"})
    await api.request("DELETE", "/videos", json=[two["path"]])
    await library.movie("film", videos=[one["id"]])
    assert await watch_status(api, "movies/film") is None
    assert await watch_status(api, "series/kept") == before


async def test_a_seed_takes_the_file_and_its_plays(api: httpx2.AsyncClient, library: Library) -> None:
    video = await library.video("/library/a.mkv")
    await library.movie("wrong", videos=[video["id"]])
    await record(api, play("wrong", 50, videoId=video["id"]))
    await api.request("DELETE", "/videos/link", json=["wrong"])
    assert await history(api) == [("wrong", 50, "wrong")]
    await library.movie("right", videos=[video["id"]])
    assert await history(api) == [("right", 50, "right")]


async def test_a_file_of_two_entries_keeps_both(api: httpx2.AsyncClient, library: Library) -> None:
    await serie(library, "one")
    await serie(library, "two")
    video = await library.video("/library/12.mkv", **{"for": [{"slug": "one-s1e1"}, {"slug": "one-s1e2"}]})
    await record(
        api,
        play("one-s1e1", 100, videoId=video["id"], playedDate=ago(days=5)),
        play("one-s1e2", 20, videoId=video["id"], playedDate=ago(days=2)),
    )
    links = [{"serie": "two", "season": 1, "episode": number} for number in (1, 2)]
    assert (await api.put("/videos/link", json=[{"id": video["id"], "for": links}])).status_code == 201
    assert await history(api) == [("two-s1e2", 20, "two"), ("two-s1e1", 100, "two")]
