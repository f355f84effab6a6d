"""The bytes that Postgres builds are the documented models, member for member."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from tests.integration.api.conftest import Library
from tests.integration.api.everything import SHARED, URLS, seed_everything
from tests.integration.api.seeds import episode_seed, movie_seed, season_seed, serie_seed, texts, video_seed

from kyoo.api.app import ROUTERS


@pytest.fixture
async def rich(app: FastAPI, api: httpx2.AsyncClient, library: Library) -> None:
    await seed_everything(app, api, library)


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


#: What JSON and SQL have a meaning for.
ODD = 'Say "no" \\ and\n\tnever %s {yes} \u2028 $1 \' 🦊'


async def test_texts_come_out_as_they_went_in(api: httpx2.AsyncClient, library: Library) -> None:
    """Objects are put together as text (decision 0019)."""
    named = {**texts(ODD), "latinName": ODD, "description": ODD, "tagline": ODD, "aliases": [ODD], "tags": [ODD]}
    odd_ids = {ODD: [{"dataId": ODD, "link": None}]}
    await library.movie("odd-film", translations={"en": named}, externalId=odd_ids)
    movie = (await api.get("/movies/odd-film")).json()
    assert [movie[key] for key in ("name", "description", "tagline", "aliases", "tags")] == [
        ODD,
        ODD,
        ODD,
        [ODD],
        [ODD],
    ]
    assert movie["original"] == {"language": "en", "name": ODD, "latinName": ODD}
    assert movie["externalId"] == odd_ids
    entry = episode_seed(1, 1, order=1.25, translations={"en": {"name": ODD, "description": ODD}})
    await library.serie("odd-serie", entries=[entry])
    await library.video(f"/odd/{ODD}.mkv", rendering="odd", **{"for": [{"slug": "odd-serie-s1e1"}]})
    (found,) = (await api.get("/series/odd-serie/entries")).json()["items"]
    assert (found["name"], found["description"], found["order"]) == (ODD, ODD, 1.25)
    assert [video["path"] for video in found["videos"]] == [f"/odd/{ODD}.mkv"]
    assert found["progress"] == {"percent": 0, "time": 0, "playedDate": None, "videoId": None}
    # Without what is optional.
    bare = {"status": "unknown", "runtime": None, "airDate": None}
    await library.movie("bare-film", **bare)
    movie = (await api.get("/movies/bare-film")).json()
    nothing = ("runtime", "airDate", "minAge", "description", "tagline", "poster", "trailerUrl", "watchStatus")
    assert [movie[key] for key in nothing] == [None] * len(nothing)


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
    # Built by their models, not by Postgres.
    others |= {"/api/libraries", "/api/profiles/me/devices", "/api/rooms/{name}", "/api/asyncapi.json"}
    modelled = ("/trackers", "/me/imports", "/webhooks", "/statistics", "/me/calendar")
    others |= {path for path in ready if any(part in path for part in modelled)}
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
