"""The bytes that Postgres builds are the documented models, member for member (DESIGN §2, hot reads)."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import (
    episode_seed,
    film_seed,
    image_url,
    movie_seed,
    season_seed,
    serie_seed,
    special_seed,
    texts,
    video_seed,
)

from kyoo.api import similar
from kyoo.api.app import ROUTERS

RICH = texts(
    "Rich",
    latinName="Rich",
    description="D",
    tagline="T",
    aliases=["R"],
    tags=["t"],
    trailer="https://videos.example.org/t",
    **{image: image_url(image) for image in ("poster", "thumbnail", "banner", "logo")},
)
COLLECTION = {
    "slug": "all",
    "genres": ["action"],
    "rating": {"imdb": 1},
    "externalId": {"imdb": [{"dataId": "c", "link": None}]},
    "originalLanguage": "en",
    "translations": {"en": {key: value for key, value in RICH.items() if key != "trailer"}},
}
EPISODE_ID = {"tvdb": [{"serieId": "1", "season": 1, "episode": 1, "link": "https://tvdb.example.org"}]}
PERSON = {
    "slug": "somebody",
    "name": "S",
    "latinName": "S",
    "image": image_url("s"),
    "externalId": {"imdb": [{"dataId": "s", "link": None, "label": "S"}]},
}
SHARED: dict[str, Any] = {
    "genres": ["action", "war"],
    "rating": {"imdb": 74},
    "externalId": {"imdb": [{"dataId": "tt1", "link": "https://imdb.example.org", "label": None}]},
    "translations": {"en": RICH, "ja": texts("Only a name")},
    "originalLanguage": "ja",
    "collection": COLLECTION,
    "studios": [
        {
            "slug": "a24",
            "externalId": {"imdb": [{"dataId": "s", "link": None}]},
            "translations": {"en": {"name": "A24", "logo": image_url("a24")}},
        }
    ],
    "staff": [
        {"kind": "actor", "character": {"name": "C", "latinName": "C", "image": image_url("c")}, "staff": PERSON},
        {"kind": "director", "character": None, "staff": PERSON},
    ],
}


@pytest.fixture
async def rich(app: FastAPI, api: httpx2.AsyncClient, library: Library) -> None:
    """One of everything, with every member set somewhere and missing elsewhere; a reader with plays and a list."""
    guess = {
        "title": "Rich",
        "kind": "episode",
        "extraKind": "trailer",
        "years": [2020],
        "episodes": [{"season": None, "episode": 1}],
        "externalId": {"imdb": "tt1"},
        "from": "test",
        "history": [{"title": "Rich", "from": "older", "history": []}],
    }
    film = await library.video("/film.mkv", guess=guess, part=1, version=2)
    episodes = [await library.video(f"/episode-{number}.mkv") for number in (1, 2, 3)]
    trailer = await library.video("/trailer.mkv")
    await library.video("/unmatched.mkv")
    await api.post("/movies", json=movie_seed("film", **SHARED, videos=[film["id"]]))
    await api.post("/movies", json=movie_seed("bare", airDate=None, runtime=None))
    season = {"name": "S", "description": "D", "poster": image_url("a"), "thumbnail": None, "banner": image_url("b")}
    await api.post(
        "/series",
        json=serie_seed(
            "serie",
            **SHARED,
            endAir="2020-01-01",
            seasons=[
                season_seed(
                    1,
                    startAir="2019-01-01",
                    endAir="2019-01-02",
                    externalId={"tvdb": [{"serieId": "1", "season": 1, "link": None}]},
                    translations={"en": season},
                )
            ],
            entries=[
                episode_seed(
                    1,
                    1,
                    videos=[episodes[0]["id"]],
                    airDate="2019-01-01",
                    thumbnail=image_url("e"),
                    externalId=EPISODE_ID,
                ),
                special_seed(1, 1.5, videos=[episodes[1]["id"]], externalId=EPISODE_ID),
                film_seed(2, "serie-film", videos=[episodes[2]["id"]], externalId=SHARED["externalId"]),
                episode_seed(1, 2, order=3, translations={}),
            ],
            extras=[
                {
                    "kind": "blooper",
                    "slug": "serie-blooper",
                    "name": "B",
                    "runtime": 3,
                    "thumbnail": image_url("x"),
                    "video": trailer["id"],
                }
            ],
        ),
    )
    await api.post("/series", json=serie_seed("bare", startAir=None, runtime=None))
    await api.post("/movies", json=movie_seed("alike-film", **SHARED))
    await api.post("/series", json=serie_seed("alike-serie", **SHARED))
    await similar.refresh(app.state.context)
    play = {"videoId": episodes[0]["id"], "percent": 50, "time": 600, "playedDate": None}
    await api.post(
        "/profiles/me/history",
        json=[
            {"entry": "serie-s1e1", **play},
            {"entry": "film", **play, "videoId": None, "percent": 100},
            {"entry": "serie-film", **play, "percent": 10},
        ],
    )
    await api.post("/movies/film/watchstatus", json={"status": "completed", "score": 80})
    gaps = [episode_seed(1, 1, airDate="2019-01-01"), episode_seed(1, 3)]
    await api.post("/series", json=serie_seed("gaps", entries=gaps))
    for show in ("movies/bare", "series/bare", "collections/all"):
        await api.put(f"/{show}/hidden")


#: Route → URLs that together show it in every form.
URLS: dict[str, list[str]] = {
    "/api/shows": ["/shows?ignoreInCollection=false"],
    "/api/search": ["/search?query=rich", "/search?query=a24", "/search?query=s"],
    "/api/movies": ["/movies"],
    "/api/series": ["/series"],
    "/api/collections": ["/collections"],
    "/api/movies/{name}": ["/movies/film?with=translations,studios,collection,videos", "/movies/bare"],
    "/api/series/{name}": [
        "/series/serie?with=translations,studios,collection,firstEntry,nextEntry",
        "/series/bare?with=firstEntry,nextEntry,collection",
    ],
    "/api/collections/{name}": ["/collections/all?with=translations"],
    "/api/collections/{name}/shows": ["/collections/all/shows"],
    "/api/collections/{name}/movies": ["/collections/all/movies"],
    "/api/collections/{name}/series": ["/collections/all/series"],
    "/api/series/{name}/seasons": ["/series/serie/seasons"],
    "/api/series/{name}/entries": ["/series/serie/entries?includeSeasons=true", "/series/serie/entries"],
    "/api/series/{name}/extras": ["/series/serie/extras"],
    "/api/series/{name}/videos": ["/series/serie/videos"],
    "/api/series/{name}/staff": ["/series/serie/staff"],
    "/api/movies/{name}/staff": ["/movies/film/staff"],
    "/api/movies/{name}/similar": ["/movies/film/similar"],
    "/api/series/{name}/similar": ["/series/serie/similar"],
    "/api/profiles/me/recommendations": ["/profiles/me/recommendations"],
    "/api/news": ["/news"],
    "/api/studios": ["/studios"],
    "/api/studios/{name}": ["/studios/a24?with=translations", "/studios/a24"],
    "/api/studios/{name}/shows": ["/studios/a24/shows"],
    "/api/studios/{name}/movies": ["/studios/a24/movies"],
    "/api/studios/{name}/series": ["/studios/a24/series"],
    "/api/staff": ["/staff"],
    "/api/staff/{name}": ["/staff/somebody"],
    "/api/staff/{name}/roles": ["/staff/somebody/roles"],
    "/api/videos": ["/videos"],
    "/api/videos/unmatched": ["/videos/unmatched"],
    "/api/videos/guesses": ["/videos/guesses"],
    "/api/videos/{name}": ["/videos/serie-s1e1?with=previous,next,show", "/videos/film-p1-v2", "/videos/serie-blooper"],
    "/api/profiles/me/watchlist": ["/profiles/me/watchlist"],
    "/api/profiles/me/history": ["/profiles/me/history"],
    "/api/profiles/me/nextup": ["/profiles/me/nextup"],
    "/api/profiles/me/hidden": ["/profiles/me/hidden"],
    "/api/movies/{name}/locks": ["/movies/film/locks"],
    "/api/series/{name}/locks": ["/series/serie/locks"],
    "/api/collections/{name}/locks": ["/collections/all/locks"],
    "/api/seasons/{name}/locks": ["/seasons/serie-s1/locks"],
    "/api/entries/{name}/locks": ["/entries/serie-s1e1/locks"],
    "/api/missing": ["/missing"],
    "/api/series/{name}/missing": ["/series/gaps/missing"],
}


def documented_model(path: str, verb: str = "GET") -> Any:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.path == path and verb in (route.methods or ()):
                documented = [answer["model"] for answer in route.responses.values() if "model" in answer]
                return documented[0] if documented else route.response_model
    raise AssertionError(f"no documented route {verb} {path}")


async def test_the_bytes_are_the_documented_model(
    api: httpx2.AsyncClient, rich: None, subtests: pytest.Subtests
) -> None:
    for path, urls in URLS.items():
        adapter: TypeAdapter[Any] = TypeAdapter(documented_model(path))
        for url in urls:
            with subtests.test(url=url):
                response = await api.get(url)
                assert response.status_code == 200, response.text
                assert response.headers["content-type"] == "application/json"
                adapter.validate_json(response.content, extra="forbid")
                assert response.json().get("items", [None]), f"{url} shows nothing"


def test_every_route_that_answers_with_ready_json_is_covered() -> None:
    ready = {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        and "GET" in (route.methods or ())
        and (route.response_model or any("model" in answer for answer in route.responses.values()))
    }
    # Other people's pages are the reader's own queries; the last two need a transcoder and have tests of their own.
    others = {path for path in ready if path.startswith("/api/profiles/{")}
    others |= {"/api/videos/{name}/prepare", "/api/videos/streams"}
    # Built by its model, not by Postgres.
    others |= {"/api/libraries"}
    assert ready - others <= set(URLS)


async def test_the_answers_of_writes(api: httpx2.AsyncClient) -> None:
    """Seeds and files answer as documented, too."""
    bodies = [
        ("/movies", movie_seed("film", **SHARED)),
        ("/series", serie_seed("serie", **SHARED, seasons=[season_seed(1)], entries=[episode_seed(1, 1)])),
        ("/videos", [video_seed("/a.mkv", **{"for": [{"movie": "film"}]})]),
    ]
    for path, body in bodies:
        response = await api.post(path, json=body)
        assert response.status_code == 201, response.text
        TypeAdapter(documented_model(f"/api{path}", "POST")).validate_json(response.content, extra="forbid")
    (video,) = (await api.get("/videos")).json()["items"]
    response = await api.post("/videos/link", json=[{"id": video["id"], "for": [{"slug": "serie-s1e1"}]}])
    TypeAdapter(documented_model("/api/videos/link", "POST")).validate_json(response.content, extra="forbid")
