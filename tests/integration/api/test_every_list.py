"""Every list in every order, in small pages: the same items as at once, where values are missing or equal, too."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, film_seed, season_seed, special_seed, texts

from kyoo.api.queries.catalogue.credits import SHOW_ROLES, STAFF, STUDIOS
from kyoo.api.queries.catalogue.entries import ENTRIES, EXTRAS, NEWS, SEASONS
from kyoo.api.queries.catalogue.shows import SHOWS
from kyoo.api.queries.catalogue.videos import UNMATCHED, VIDEOS
from kyoo.api.queries.lists.resources import Resource
from kyoo.api.queries.viewers.history import HISTORY
from kyoo.api.queries.viewers.nextup import NEXT_UP
from kyoo.api.queries.viewers.watchlist import WATCHLIST

LISTS: dict[str, Resource] = {
    "/shows": SHOWS,
    "/movies": SHOWS,
    "/collections/all/shows": SHOWS,
    "/studios/studio-1/shows": SHOWS,
    "/staff/person-4/roles": SHOWS,
    "/profiles/me/watchlist": WATCHLIST.resource,
    "/series/serie/entries": ENTRIES,
    "/series/serie/extras": EXTRAS.resource,
    "/series/serie/seasons": SEASONS.resource,
    "/news": NEWS.resource,
    "/profiles/me/history": HISTORY.resource,
    "/profiles/me/nextup": NEXT_UP.resource,
    "/studios": STUDIOS.resource,
    "/staff": STAFF.resource,
    "/series/serie/staff": SHOW_ROLES.resource,
    "/videos": VIDEOS.resource,
    "/series/serie/videos": VIDEOS.resource,
    "/videos/unmatched": UNMATCHED.resource,
}
SEARCHES = ("e", "1", "ma", "studio 1", "film")


def orders(resource: Resource) -> list[str]:
    """Each property in both directions, and pairs of them."""
    names = [name.replace("<source>", "imdb") for name in resource.sortable()]
    alone = [f"{sign}{name}" for name in [*names, *(["random:7"] if names else [])] for sign in ("", "-")]
    return [*alone, *(f"{one},-{two}" for one, two in zip(names, reversed(names), strict=True) if one != two)]


async def walk(api: httpx2.AsyncClient, url: str, limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    following: str | None = f"{url}&limit={limit}"
    while following:
        response = await api.get(following)
        assert response.status_code == 200, (following, response.text)
        page = response.json()
        assert len(page["items"]) == limit or page["next"] is None
        items += page["items"]
        assert len(items) < 100, f"no end of {url}"
        following = page["next"]
    return items


@pytest.fixture
async def filled(api: httpx2.AsyncClient, library: Library) -> None:
    def character(number: int) -> dict[str, Any] | None:
        latin = f"Latin {number}" if number % 2 else None
        return {"name": f"Character {number}", "latinName": latin, "image": None} if number < 3 else None

    def person(number: int) -> dict[str, Any]:
        latin = None if number % 2 else f"Latin {number}"
        named = {"slug": f"person-{number}", "name": f"Person {number // 2}", "latinName": latin}
        return {**named, "image": None, "externalId": {}}

    kinds = ("actor", "actor", "director", "writter", "music")
    staff = [{"kind": kind, "character": character(n), "staff": person(n)} for n, kind in enumerate(kinds)]
    studios = [
        {"slug": f"studio-{n}", "externalId": {}, "translations": {"en": {"name": f"Studio {n}", "logo": None}}}
        for n in range(3)
    ]
    videos = [(await library.video(f"/v/{number}.mkv"))["id"] for number in range(11)]
    entries = [
        episode_seed(1, 1, airDate="2017-07-07", videos=videos[:1]),
        episode_seed(1, 2, airDate="2017-07-07", videos=videos[1:2]),
        special_seed(1, 3, runtime=None, videos=videos[2:3]),
        film_seed(4, "film", airDate="2020-01-17"),
        episode_seed(2, 1, order=5, airDate="2030-01-01"),
        episode_seed(2, 2, order=6.5),
    ]
    extra = {"kind": "other", "thumbnail": None}
    extras = [
        {**extra, "slug": f"extra-{n}", "name": f"Extra {n // 2}", "runtime": n or None, "video": videos[3 + n]}
        for n in range(3)
    ]
    seasons = [season_seed(1, startAir="2017-07-07"), season_seed(2), season_seed(3)]
    more: dict[str, Any] = {"staff": staff, "studios": studios}
    await library.serie("serie", entries=entries, extras=extras, seasons=seasons, **more)
    texts_of_all = {key: value for key, value in texts("All").items() if key != "trailer"}
    collection = {"slug": "all", "genres": [], "rating": {}, "externalId": {}, "originalLanguage": "en"}
    for number in range(5):
        await library.movie(
            f"movie-{number}",
            airDate=None if number == 2 else f"200{number // 2}-01-01",
            rating={} if number % 2 else {"imdb": number},
            staff=staff[number:],
            studios=studios[: number % 3],
            videos=videos[6 + number : 7 + number] if number < 2 else [],
            collection={**collection, "translations": {"en": texts_of_all}} if number else None,
        )
    for number, status in enumerate(("watching", "completed", "planned", "watching")):
        said = {"status": status, "score": number or None}
        assert (await api.post(f"/movies/movie-{number}/watchstatus", json=said)).status_code == 200
    day = "2024-01-02T10:00:00.123Z"
    plays = [("serie-s1e1", "2024-01-01T10:00:00Z"), ("serie-s1e2", day), ("serie-s1e1", day), ("movie-3", day)]
    body = [{"entry": entry, "videoId": None, "percent": 50, "time": 1, "playedDate": date} for entry, date in plays]
    assert (await api.post("/profiles/me/history", json=body)).status_code == 201


@pytest.mark.exhaustive
async def test_every_order_of_every_list(api: httpx2.AsyncClient, filled: None, subtests: pytest.Subtests) -> None:
    for url, resource in LISTS.items():
        rows = len(await walk(api, f"{url}?ignoreInCollection=false", 250))
        for order in orders(resource):
            with subtests.test(url=url, sort=order):
                whole = await walk(api, f"{url}?ignoreInCollection=false&sort={order}", 250)
                assert len(whole) == rows > 1
                assert await walk(api, f"{url}?ignoreInCollection=false&sort={order}", 2) == whole


async def test_every_search_of_every_list(api: httpx2.AsyncClient, filled: None, subtests: pytest.Subtests) -> None:
    for url in LISTS:
        for query in SEARCHES:
            with subtests.test(url=url, query=query):
                assert await walk(api, f"{url}?query={query}", 1) == await walk(api, f"{url}?query={query}", 250)
