"""What people say of movies and series, and the list of it (docs/protocol/api.md#watch-state)."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.seeds import GUEST, OTHER_USER, bearer, episode_seed
from tests.integration.api.viewers.watching import (
    EPISODE,
    FILM,
    LAST,
    SERIE,
    SPECIAL,
    items,
    next_up,
    play,
    record,
    say,
    seed_abyss,
    watch_status,
)

from kyoo.api.models.profile import ListedMovie, ListedSerie, WatchedShow
from kyoo.core.http.pages import Page

WATCHLIST = "/profiles/me/watchlist"


@pytest.fixture
async def abyss(library: Library) -> dict[str, Any]:
    return await seed_abyss(library)


async def slugs(api: httpx2.AsyncClient, **params: Any) -> list[str]:
    return [item["slug"] for item in await items(api, WATCHLIST, params=params)]


async def test_a_movie_that_was_completed(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    assert await slugs(api) == []
    answer = await say(api, "movies/bubble", "completed", completedAt="2024-12-21", score=85)
    assert answer == {
        "status": "completed",
        "score": 85,
        "completedAt": "2024-12-21T00:00:00.000Z",
        "percent": 100,
        "createdAt": answer["createdAt"],
        "updatedAt": answer["updatedAt"],
    }
    (listed,) = await items(api, WATCHLIST)
    assert (listed["slug"], listed["kind"]) == ("bubble", "movie")
    expected = {"status": "completed", "score": 85, "completedAt": "2024-12-21T00:00:00.000Z", "percent": 100}
    assert listed["watchStatus"] == expected
    assert await watch_status(api, "movies/bubble") == expected
    shows = await items(api, "/shows", params={"filter": "watchStatus eq completed"})
    assert [(show["slug"], show["watchStatus"]) for show in shows] == [("bubble", expected)]


async def test_watching_a_movie_again(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await say(api, "movies/bubble", "completed", completedAt="2024-12-21", score=85)
    answer = await say(api, "movies/bubble", "rewatching")
    assert (answer["status"], answer["percent"], answer["score"]) == ("rewatching", 0, 85)
    assert answer["completedAt"] == "2024-12-21T00:00:00.000Z"
    assert await next_up(api) == ["bubble"]


async def test_the_list_is_filtered_and_sorted_by_status(api: httpx2.AsyncClient, library: Library) -> None:
    for slug, status, score in [
        ("a", "planned", None),
        ("b", "watching", 10),
        ("c", "completed", 30),
        ("d", "dropped", 20),
        ("e", "watching", None),
        ("f", "rewatching", None),
    ]:
        await library.movie(slug)
        await say(api, f"movies/{slug}", status, score=score)
    assert await slugs(api) == ["b", "e", "f", "c", "d", "a"]
    assert await slugs(api, sort="-watchStatus,-slug") == ["a", "d", "c", "f", "e", "b"]
    assert await slugs(api, sort="score") == ["b", "d", "c", "a", "e", "f"]
    assert await slugs(api, sort="-score") == ["c", "d", "b", "a", "e", "f"]
    assert await slugs(api, filter="watchStatus eq watching") == ["b", "e"]
    assert await slugs(api, filter="score ge 20") == ["c", "d"]
    assert await slugs(api, filter="not watchStatus eq watching") == ["f", "c", "d", "a"]
    assert await slugs(api, query="b") == ["b"]
    for sort in ("", "watchStatus", "-watchStatus", "score", "-score", "-name", "random:5"):
        whole = await slugs(api, sort=sort)
        paged: list[str] = []
        url: str | None = f"{WATCHLIST}?limit=1&sort={sort}"
        while url:
            page = (await api.get(url)).json()
            paged += [item["slug"] for item in page["items"]]
            url = page["next"]
        assert (paged, len(paged)) == (whole, 6), sort


async def test_series_carry_their_next_entry(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await say(api, f"series/{SERIE}", "watching")
    await say(api, "movies/bubble", "planned")
    page = TypeAdapter(Page[WatchedShow]).validate_json((await api.get(WATCHLIST)).content, extra="forbid")
    assert [show.slug for show in page.items] == [SERIE, "bubble"]
    serie, movie = await items(api, WATCHLIST)
    assert serie["nextEntry"]["slug"] == EPISODE
    assert "nextEntry" not in movie


async def test_the_shape_of_the_answers(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    for kind, model in (("movies/bubble", ListedMovie), (f"series/{SERIE}", ListedSerie)):
        for method in ("POST", "DELETE"):
            response = await api.request(method, f"/{kind}/watchstatus", json={"status": "planned"})
            TypeAdapter(model).validate_json(response.content, extra="forbid")


async def test_a_serie_that_was_completed_has_been_seen_whole(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    answer = await say(api, f"series/{SERIE}", "completed", startedAt="2024-01-01", completedAt="2024-02-01")
    assert (answer["seenCount"], answer["startedAt"], answer["completedAt"]) == (
        4,
        "2024-01-01T00:00:00.000Z",
        "2024-02-01T00:00:00.000Z",
    )
    assert await next_up(api) == []
    again = await say(api, f"series/{SERIE}", "rewatching")
    assert (again["seenCount"], again["completedAt"]) == (0, "2024-02-01T00:00:00.000Z")
    assert await next_up(api) == [EPISODE]


async def test_a_rewatch_counts_from_its_start(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    for slug in (EPISODE, SPECIAL, FILM, LAST):
        await record(api, play(slug, 100, playedDate="2024-01-01"))
    status = await watch_status(api, f"series/{SERIE}")
    assert (status["status"], status["seenCount"]) == ("completed", 4)
    await say(api, f"series/{SERIE}", "rewatching")
    await record(api, play(EPISODE, 100))
    status = await watch_status(api, f"series/{SERIE}")
    assert (status["status"], status["seenCount"]) == ("rewatching", 1)
    assert await next_up(api) == [FILM]
    await record(api, play(FILM, 100), play(LAST, 100))
    status = await watch_status(api, f"series/{SERIE}")
    assert (status["status"], status["completedAt"]) == ("completed", "2024-01-01T00:00:00.000Z")


async def test_a_score_can_be_changed_and_taken_back(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    completed = await say(api, "movies/bubble", "completed", score=50)
    changed = await say(api, "movies/bubble", "completed", score=70)
    assert (changed["score"], changed["completedAt"]) == (70, completed["completedAt"])
    assert (await say(api, "movies/bubble", "completed"))["score"] == 70
    assert (await say(api, "movies/bubble", "completed", score=None))["score"] is None


async def test_what_was_planned_starts_when_it_is_played(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    assert (await say(api, f"series/{SERIE}", "planned"))["startedAt"] is None
    assert await next_up(api) == []
    await record(api, play(EPISODE, 20, playedDate="2025-01-01"))
    status = await watch_status(api, f"series/{SERIE}")
    assert (status["status"], status["startedAt"]) == ("watching", "2025-01-01T00:00:00.000Z")


async def test_planned_then_watching_appears_in_next_up(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await say(api, f"series/{SERIE}", "planned")
    await say(api, f"series/{SERIE}", "watching")
    assert await next_up(api) == [EPISODE]


async def test_what_was_watched_before_it_was_listed_goes_on(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await record(api, play(EPISODE, 100))
    await api.delete(f"/series/{SERIE}/watchstatus")
    answer = await say(api, f"series/{SERIE}", "watching")
    assert answer["seenCount"] == 1
    assert await next_up(api) == [FILM]


async def test_dropped_shows_are_not_next(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await record(api, play(EPISODE, 100))
    await say(api, f"series/{SERIE}", "dropped")
    assert await next_up(api) == []
    await say(api, f"series/{SERIE}", "watching")
    assert await next_up(api) == [FILM]


async def test_a_started_movie_is_not_completed(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await record(api, play("bubble", 3))
    status = await watch_status(api, "movies/bubble")
    assert status == {"status": "watching", "score": None, "completedAt": None, "percent": 3}


async def test_the_percent_of_a_movie_follows_each_report(
    api: httpx2.AsyncClient, library: Library, abyss: dict[str, Any]
) -> None:
    video = (await library.video("/library/bubble.mkv", **{"for": [{"movie": "bubble"}]}))["id"]
    for percent in (1, 40, 41):
        await record(api, play("bubble", percent, videoId=video))
        assert (await watch_status(api, "movies/bubble"))["percent"] == percent
    await record(api, play("bubble", 96, videoId=video))
    status = await watch_status(api, "movies/bubble")
    assert (status["status"], status["percent"], status["completedAt"] is None) == ("completed", 96, False)


async def test_only_finished_entries_are_counted_and_extras_never(api: httpx2.AsyncClient, library: Library) -> None:
    file = (await library.video("/library/trailer.mkv"))["id"]
    trailer = {"kind": "trailer", "slug": "abyss-trailer", "name": "Trailer", "runtime": None, "thumbnail": None}
    await seed_abyss(library, extras=[{**trailer, "video": file}])
    await record(api, play("abyss-trailer", 100))
    assert await slugs(api) == []
    await record(api, play(EPISODE, 96), play(SPECIAL, 20), play(FILM, 94))
    assert (await watch_status(api, f"series/{SERIE}"))["seenCount"] == 1
    await record(api, play(SPECIAL, 100), play("abyss-trailer", 100))
    assert (await watch_status(api, f"series/{SERIE}"))["seenCount"] == 2


async def test_a_batch_is_taken_in_watch_order(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await record(api, play(FILM, 100), play(EPISODE, 100), play(SPECIAL, 100))
    assert await next_up(api) == [LAST]
    assert (await watch_status(api, f"series/{SERIE}"))["seenCount"] == 3


async def test_a_batch_is_taken_in_the_order_of_its_dates(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await record(api, play(EPISODE, 100, playedDate="2025-02-02"), play(FILM, 100, playedDate="2025-02-01"))
    assert await next_up(api) == [FILM]


async def test_new_episodes_of_an_airing_serie_are_next(api: httpx2.AsyncClient, library: Library) -> None:
    await seed_abyss(library, status="airing")
    await record(api, *(play(slug, 100) for slug in (EPISODE, SPECIAL, FILM, LAST)))
    status = await watch_status(api, f"series/{SERIE}")
    assert (status["status"], status["completedAt"], status["seenCount"]) == ("watching", None, 4)
    assert await next_up(api) == []
    new = episode_seed(2, 2, order=16, airDate="2022-07-13")
    await seed_abyss(library, status="airing", entries=[new])
    assert await next_up(api) == ["made-in-abyss-s2e2"]


async def test_a_new_season_opens_a_completed_serie_again(api: httpx2.AsyncClient, library: Library) -> None:
    await seed_abyss(library)
    await say(api, f"series/{SERIE}", "completed", completedAt="2023-01-01")
    older = episode_seed(1, 1, order=1, airDate="2017-07-07")
    await seed_abyss(library, entries=[older])
    assert (await watch_status(api, f"series/{SERIE}"))["status"] == "completed"
    newer = episode_seed(3, 1, order=20, airDate="2024-01-01")
    await seed_abyss(library, entries=[newer])
    assert (await watch_status(api, f"series/{SERIE}"))["status"] == "watching"
    assert await next_up(api) == ["made-in-abyss-s3e1"]


async def test_new_episodes_without_a_date_open_a_completed_serie_when_they_come_last(
    api: httpx2.AsyncClient, library: Library
) -> None:
    """Libraries without a provider of metadata know no dates."""
    first = [episode_seed(1, number, order=number) for number in (1, 3)]
    await library.serie("plain", status="unknown", entries=first)
    await record(api, play("plain-s1e1", 100), play("plain-s1e3", 100))
    assert (await watch_status(api, "series/plain"))["status"] == "completed"
    await library.serie("plain", status="unknown", entries=[*first, episode_seed(1, 2, order=2)])
    assert (await watch_status(api, "series/plain"))["status"] == "completed"
    video = await library.video("/plain 4.mkv")
    await library.serie("plain", status="unknown", entries=[*first, episode_seed(1, 4, order=4, videos=[video["id"]])])
    assert (await watch_status(api, "series/plain"))["status"] == "watching"
    assert await next_up(api) == ["plain-s1e4"]


async def test_a_serie_that_has_ended_is_completed_by_who_has_seen_it_all(
    api: httpx2.AsyncClient, library: Library
) -> None:
    await seed_abyss(library, status="airing")
    other = {"headers": bearer(OTHER_USER)}
    await record(api, *(play(slug, 100, playedDate="2024-03-01T00:00:00Z") for slug in (EPISODE, SPECIAL, FILM, LAST)))
    await record(api, play(EPISODE, 100), **other)
    # The last episode comes with the end: it is still to be watched.
    last = episode_seed(2, 2, order=16, airDate="2022-07-13")
    await seed_abyss(library, status="finished", entries=[last])
    assert await next_up(api) == ["made-in-abyss-s2e2"]
    await seed_abyss(library, status="airing")
    await record(api, play("made-in-abyss-s2e2", 100, playedDate="2024-03-02T00:00:00Z"))
    assert (await watch_status(api, f"series/{SERIE}"))["status"] == "watching"
    await seed_abyss(library, status="finished")
    status = await watch_status(api, f"series/{SERIE}")
    assert (status["status"], status["completedAt"]) == ("completed", "2024-03-02T00:00:00.000Z")
    assert await next_up(api, **other) == [FILM]


async def test_what_is_next_follows_the_watch_order(api: httpx2.AsyncClient, library: Library) -> None:
    async def following(**options: Any) -> str:
        serie = (await api.get("/series/serie?with=nextEntry", **options)).json()
        return str(serie["nextEntry"]["slug"])

    seed = [episode_seed(1, number, order=number) for number in (1, 2, 3)]
    await library.serie("serie", entries=seed)
    await record(api, play("serie-s1e1", 100), play("serie-s1e2", 100))
    amid = {"headers": bearer(OTHER_USER)}
    await record(api, play("serie-s1e2", 100), play("serie-s1e3", 40), **amid)
    # One that comes before what was next.
    seed.append(episode_seed(1, 4, order=2.5))
    await library.serie("serie", entries=seed)
    assert (await following(), await following(**amid)) == ("serie-s1e4", "serie-s1e3")
    # What turns out to be a recap.
    seed[-1] = {**seed[-1], "content": "recap"}
    await library.serie("serie", entries=seed)
    assert await following() == "serie-s1e3"
    # Others come before it when it is moved.
    seed[2] = {**seed[2], "order": 9}
    await library.serie("serie", entries=[*seed, episode_seed(1, 5, order=8)])
    assert (await following(), await following(**amid)) == ("serie-s1e5", "serie-s1e3")
    status = await watch_status(api, "series/serie")
    assert (status["status"], status["seenCount"]) == ("watching", 2)


@pytest.mark.parametrize("kind", ["series", "movies"])
async def test_errors(api: httpx2.AsyncClient, abyss: dict[str, Any], kind: str) -> None:
    known = {"series": SERIE, "movies": "bubble"}[kind]
    other = {"series": "bubble", "movies": SERIE}[kind]
    body = {"status": "planned"}
    for unknown in ("nothing", other, "00000000-0000-4000-8000-000000000000", "a b", "é"):
        assert (await api.post(f"/{kind}/{unknown}/watchstatus", json=body)).status_code == 404
        assert (await api.delete(f"/{kind}/{unknown}/watchstatus")).status_code == 404
    assert (await api.delete(f"/{kind}/{known}/watchstatus")).status_code == 404
    for wrong in ({}, {"status": "seen"}, {**body, "score": 101}, {**body, "score": -1}, {**body, "completedAt": "x"}):
        assert (await api.post(f"/{kind}/{known}/watchstatus", json=wrong)).status_code == 422
    assert (await api.post(f"/{kind}/{known}/watchstatus", json=body, headers=GUEST)).status_code == 401
    assert (await api.delete(f"/{kind}/{known}/watchstatus", headers=GUEST)).status_code == 401
    assert await slugs(api) == []


async def test_removal_answers_what_was_there(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await say(api, "movies/bubble", "planned", score=7)
    response = await api.delete("/movies/bubble/watchstatus")
    assert (response.status_code, response.json()["status"], response.json()["score"]) == (200, "planned", 7)
    assert response.json()["completedAt"] is None
    assert await slugs(api) == []
    by_id = abyss["id"]
    await say(api, f"series/{by_id}", "planned")
    assert (await api.delete(f"/series/{by_id}/watchstatus")).status_code == 200


async def test_the_list_of_somebody_else(api: httpx2.AsyncClient, abyss: dict[str, Any], peer: Peer) -> None:
    peer.answers["/auth/users/jane"] = lambda _: httpx2.Response(200, json={"id": str(OTHER_USER)})
    await say(api, "movies/bubble", "completed")
    response = await api.post(f"/series/{SERIE}/watchstatus", json={"status": "planned"}, headers=bearer(OTHER_USER))
    assert response.status_code == 200
    (shown,) = await items(api, "/profiles/jane/watchlist")
    assert (shown["slug"], shown["watchStatus"]["status"]) == (SERIE, "planned")
