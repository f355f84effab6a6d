"""Links in metadata, which pages show: only those of the web are taken, wherever a seed or an edit can hold one."""

from __future__ import annotations

import copy
from typing import Any

import httpx2
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import (
    episode_seed,
    film_seed,
    movie_seed,
    season_seed,
    serie_seed,
    special_seed,
    texts,
)

GOOD = "https://films.example.org/1"
BAD = (
    *("javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)"),
    *(
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/movies/x",
        "films.example.org",
    ),
    *("https://a b", "https://", "http:films.example", "\u0001https://a", "https://x\njavascript:1", 5),
)
ITEM = {"tmdb": [{"dataId": "1", "link": GOOD}]}
SEASON_ITEM = {"tmdb": [{"serieId": "1", "season": 1, "link": GOOD}]}
EPISODE_ITEM = {"tmdb": [{"serieId": "1", "season": 1, "episode": 1, "link": GOOD}]}

STAFF = {"slug": "tim", "name": "Tim", "latinName": None, "image": None, "externalId": ITEM}
STUDIO = {"slug": "wb", "externalId": ITEM, "translations": {"en": {"name": "WB", "logo": None}}}
PLAIN = {key: value for key, value in texts("All").items() if key != "trailer"}
COLLECTION = {
    "slug": "all",
    "genres": [],
    "rating": {},
    "externalId": ITEM,
    "originalLanguage": "en",
    "translations": {"en": PLAIN},
}
SHOW = {
    "externalId": ITEM,
    "translations": {"en": texts("Dune", trailer=GOOD)},
    "studios": [STUDIO],
    "staff": [{"kind": "actor", "character": None, "staff": STAFF}],
}
MOVIE = movie_seed("dune", **SHOW, collection=COLLECTION)
SERIE = serie_seed(
    "abyss",
    **SHOW,
    seasons=[season_seed(1, externalId=SEASON_ITEM)],
    entries=[
        episode_seed(1, 1, externalId=EPISODE_ITEM),
        special_seed(1, 2, externalId=EPISODE_ITEM),
        film_seed(3, externalId=ITEM),
    ],
    extras=[],
)
EDITS: list[tuple[str, dict[str, Any]]] = [
    ("/movies/dune", {"externalId": ITEM}),
    ("/movies/dune", {"translations": {"en": {"trailerUrl": GOOD}}}),
    ("/movies/dune", {"studios": [STUDIO]}),
    ("/series/abyss", {"externalId": ITEM, "translations": {"en": {"trailerUrl": GOOD}}}),
    ("/seasons/abyss-s1", {"externalId": SEASON_ITEM}),
    ("/entries/abyss-s1e1", {"externalId": EPISODE_ITEM}),
    ("/staff/tim", {"externalId": ITEM}),
    ("/studios/wb", {"externalId": ITEM}),
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of each link in `value`."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in pairs for found in ([(value, key)] if inner == GOOD else places(inner))]


async def refused(api: httpx2.AsyncClient, method: str, path: str, body: dict[str, Any]) -> None:
    for number in range(len(places(body))):
        for link in BAD:
            changed = copy.deepcopy(body)
            container, key = places(changed)[number]
            container[key] = link
            answer = await api.request(method, path, json=changed)
            assert answer.status_code == 422, (path, key, link, answer.text)


async def test_only_links_of_the_web_are_taken(api: httpx2.AsyncClient, library: Library) -> None:
    assert (len(places(MOVIE)), len(places(SERIE))) == (5, 8)
    for path, body in (("/movies", MOVIE), ("/series", SERIE)):
        await refused(api, "POST", path, body)
        answer = await api.post(path, json=body)
        assert answer.status_code == 201, answer.text
    for path, body in EDITS:
        await refused(api, "PATCH", path, body)
        answer = await api.patch(path, json=body)
        assert answer.status_code == 200, (path, answer.text)
    assert (await api.get("/movies/dune")).json()["trailerUrl"] == GOOD


async def test_an_empty_link_is_none(api: httpx2.AsyncClient, library: Library) -> None:
    empty = {"externalId": {"tmdb": [{"dataId": "1", "link": ""}]}, "translations": {"en": texts("Dune", trailer="")}}
    await library.movie("dune", **empty)
    movie = (await api.get("/movies/dune")).json()
    assert (movie["trailerUrl"], movie["externalId"]["tmdb"][0]["link"]) == (None, None)
