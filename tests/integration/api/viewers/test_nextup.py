"""What to watch next."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, film_seed
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
    seed_video,
    watch_status,
)

from kyoo.api.models.show import EntryWithShow
from kyoo.core.http.pages import Page


@pytest.fixture
async def abyss(library: Library) -> dict[str, Any]:
    return await seed_abyss(library)


async def test_the_last_played_comes_first_and_a_score_changes_nothing(
    api: httpx2.AsyncClient, abyss: dict[str, Any]
) -> None:
    await say(api, f"series/{SERIE}", "watching", startedAt="2024-12-22")
    await say(api, "movies/bubble", "watching")
    assert await next_up(api) == [EPISODE, "bubble"]
    await say(api, "movies/bubble", "watching", score=85)
    assert await next_up(api) == [EPISODE, "bubble"]


async def test_the_next_entry_of_a_serie_is_on_its_page_too(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await say(api, f"series/{SERIE}", "watching")
    serie = (await api.get(f"/series/{SERIE}?with=nextEntry")).json()
    assert serie["nextEntry"]["slug"] == EPISODE


async def test_what_is_half_seen_stays_next_with_its_progress(
    api: httpx2.AsyncClient, library: Library, abyss: dict[str, Any]
) -> None:
    video = await seed_video(library)
    await record(
        api,
        play(EPISODE, 58, videoId=video, time=1692, playedDate="2025-02-01"),
        play("bubble", 100, time=120, playedDate="2025-02-02"),
    )
    (following,) = await items(api, "/profiles/me/nextup")
    assert following["slug"] == EPISODE
    assert following["progress"] == {
        "percent": 58,
        "time": 1692,
        "playedDate": "2025-02-01T00:00:00.000Z",
        "videoId": video,
    }
    assert [link["id"] for link in following["videos"]] == [video]
    assert following["show"]["slug"] == SERIE
    assert (await watch_status(api, "movies/bubble"))["percent"] == 100


async def test_what_is_finished_leads_to_the_next_story(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await record(api, play(EPISODE, 98))
    (following,) = await items(api, "/profiles/me/nextup")
    assert (following["slug"], following["kind"]) == (FILM, "movie")
    assert following["progress"] == {"percent": 0, "time": 0, "playedDate": None, "videoId": None}
    await record(api, play(SPECIAL, 100))
    assert await next_up(api) == [FILM]
    await record(api, play(FILM, 100), play(LAST, 100))
    assert await next_up(api) == []
    assert (await watch_status(api, f"series/{SERIE}"))["status"] == "completed"


@pytest.mark.parametrize("content", ["recap", "filler", "ova"])
async def test_next_is_never_a_recap(api: httpx2.AsyncClient, library: Library, content: str) -> None:
    await library.serie(
        "show",
        entries=[
            episode_seed(1, 1, content=content, airDate="2020-01-01"),
            episode_seed(1, 2, airDate="2020-01-01"),
            episode_seed(1, 3, content=content, airDate="2020-01-01"),
            episode_seed(1, 4, airDate="2020-01-01"),
        ],
    )
    await say(api, "series/show", "watching")
    assert await next_up(api) == ["show-s1e2"]
    await record(api, play("show-s1e2", 100))
    assert await next_up(api) == ["show-s1e4"]


async def test_made_in_abyss_from_its_first_episode_to_its_last(api: httpx2.AsyncClient, library: Library) -> None:
    """Season 1, films 1 and 2 beside it as recaps, film 3, season 2."""
    first = [episode_seed(1, number, airDate="2017-07-07") for number in range(1, 14)]
    recaps = [film_seed(8.5, "journeys-dawn", content="recap"), film_seed(13.5, "wandering-twilight", content="recap")]
    deep = film_seed(14, FILM, airDate="2020-01-17")
    second = [episode_seed(2, number, order=14 + number, airDate="2022-07-06") for number in range(1, 13)]
    # In the order in which nobody watches them.
    await library.serie(SERIE, entries=[*recaps, deep, *second, *first])
    shown = [entry["slug"] for entry in await items(api, f"/series/{SERIE}/entries")]
    files = [await library.video(f"/{slug}.mkv", **{"for": [{"slug": slug}]}) for slug in shown]
    before, after = [f"{SERIE}-s1e{n}" for n in range(1, 14)], [f"{SERIE}-s2e{n}" for n in range(1, 13)]
    assert shown == [*before[:8], "journeys-dawn", *before[8:], "wandering-twilight", FILM, *after]

    await say(api, f"series/{SERIE}", "watching")
    watched = []
    while slugs := await next_up(api):
        watched += slugs
        await record(api, play(slugs[0], 100))
    story = [*before, FILM, *after]
    assert watched == story
    assert (await watch_status(api, f"series/{SERIE}"))["status"] == "completed"

    # The player goes the same way, and leads from a recap back into the story.
    followed = {slug: (await api.get(f"/videos/{slug}?with=next,previous")).json() for slug in shown}
    assert len(followed) == len(files)
    assert [followed[slug]["next"] and followed[slug]["next"]["video"] for slug in story] == [*story[1:], None]
    assert [followed[slug]["previous"] and followed[slug]["previous"]["video"] for slug in story] == [None, *story[:-1]]
    assert [followed[recap["slug"]]["next"]["video"] for recap in recaps] == [before[8], FILM]

    # Who watches a recap goes on behind it, wherever the list was.
    await say(api, f"series/{SERIE}", "rewatching")
    await record(api, play("journeys-dawn", 100))
    assert await next_up(api) == [before[8]]


async def test_entries_that_nobody_can_have_seen_yet_are_left_out(api: httpx2.AsyncClient, library: Library) -> None:
    await library.serie(
        "future", entries=[episode_seed(1, 1, airDate="2999-01-01"), episode_seed(1, 2, airDate="2999-01-01")]
    )
    await library.serie("unknown", entries=[episode_seed(1, 1), episode_seed(1, 2)])
    await say(api, "series/future", "watching")
    await say(api, "series/unknown", "watching")
    assert await next_up(api) == []
    await seed_video(library, "future-s1e1")
    await seed_video(library, "unknown-s1e1")
    assert sorted(await next_up(api)) == ["future-s1e1", "unknown-s1e1"]


async def test_pages_sorts_and_filters(api: httpx2.AsyncClient, library: Library) -> None:
    for number in range(1, 6):
        aired = f"202{number}-01-01"
        await library.serie(f"s{number}", entries=[episode_seed(number, 9 - number, order=number, airDate=aired)])
        started = f"2025-01-0{number}" if number % 2 else None
        await say(api, f"series/s{number}", "watching", startedAt=started)
    descending = ["s5-s5e4", "s4-s4e5", "s3-s3e6", "s2-s2e7", "s1-s1e8"]
    for sort in ("-order", "-seasonNumber", "episodeNumber", "number", "-airDate", "-added"):
        assert await next_up(api, params={"sort": sort}) == descending, sort
    # Never played ones last, in a stable order.
    assert await next_up(api) == ["s5-s5e4", "s3-s3e6", "s1-s1e8", "s2-s2e7", "s4-s4e5"]
    assert (await next_up(api, params={"sort": "lastPlayed"}))[:3] == ["s1-s1e8", "s3-s3e6", "s5-s5e4"]
    assert await next_up(api, params={"filter": "seasonNumber gt 3"}) == ["s5-s5e4", "s4-s4e5"]
    assert await next_up(api, params={"query": "5x4"}) == ["s5-s5e4"]
    for sort in ("", "lastPlayed", "started", "-started", "-added", "random:3"):
        whole = await next_up(api, params={"sort": sort})
        paged: list[str] = []
        url: str | None = f"/profiles/me/nextup?limit=1&sort={sort}"
        while url:
            page = (await api.get(url)).json()
            paged += [item["slug"] for item in page["items"]]
            url = page["next"]
        assert (paged, len(paged)) == (whole, 5), sort
    assert (await api.get("/profiles/me/nextup?sort=slug")).status_code == 422


async def test_the_shape(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await record(api, play(EPISODE, 50), play("bubble", 50))
    page = TypeAdapter(Page[EntryWithShow]).validate_json(
        (await api.get("/profiles/me/nextup")).content, extra="forbid"
    )
    assert {item.slug for item in page.items} == {EPISODE, "bubble"}
    await record(api, play(SPECIAL, 50))
    page = TypeAdapter(Page[EntryWithShow]).validate_json(
        (await api.get("/profiles/me/nextup")).content, extra="forbid"
    )
    assert {item.slug for item in page.items} == {SPECIAL, "bubble"}
