"""Shows like a show, and what somebody may like because of what they watched."""

from __future__ import annotations

import time
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import GUEST, OTHER_USER, bearer, movie_seed, serie_seed, texts
from tests.machine import scaled

from kyoo.api import jobs
from kyoo.api.catalogue import similar
from kyoo.core.database.postgres import Database, fetch_all


def person(slug: str, kind: str = "director") -> dict[str, Any]:
    staff: dict[str, Any] = {"slug": slug, "name": slug.title(), "latinName": None, "image": None, "externalId": {}}
    return {"kind": kind, "character": None, "staff": staff}


def about(name: str, description: str, *tags: str) -> dict[str, Any]:
    return {"en": texts(name, description=description, tags=[*tags])}


@pytest.fixture
async def library_of_eight(app: FastAPI, library: Library) -> None:
    space = "A lonely astronaut drifts through a distant galaxy aboard a damaged starship."
    await library.movie(
        "star-one",
        genres=["science-fiction", "adventure"],
        staff=[person("kubo")],
        translations=about("Star One", space, "space", "robots"),
    )
    await library.movie(
        "star-two",
        genres=["science-fiction", "adventure"],
        staff=[person("kubo")],
        translations=about("Star Two", "An astronaut repairs a starship in a galaxy far from home.", "space"),
    )
    await library.serie(
        "star-serie",
        genres=["science-fiction", "drama"],
        translations=about("Star Serie", "The crew of a starship meets strangers in every galaxy.", "space"),
    )
    await library.movie("kitchen", genres=["comedy"], translations=about("Kitchen", "Cooks quarrel at night.", "food"))
    await library.movie("bakery", genres=["comedy"], translations=about("Bakery", "Bread and love at night.", "food"))
    await library.movie("thriller", genres=["thriller"], staff=[person("kubo")])
    await library.movie("lonely", genres=["western"])
    await library.movie("war", genres=["war", "drama"])
    assert await similar.refresh(app.state.context)


async def slugs(api: httpx2.AsyncClient, path: str, **options: Any) -> list[str]:
    response = await api.get(path, **options)
    assert response.status_code == 200, response.text
    return [item["slug"] for item in response.json()["items"]]


async def test_similar_shows(api: httpx2.AsyncClient, library_of_eight: None) -> None:
    assert await slugs(api, "/movies/star-one/similar") == ["star-two", "star-serie", "thriller"]
    assert (await slugs(api, "/series/star-serie/similar"))[:2] == ["star-two", "star-one"]
    assert await slugs(api, "/movies/kitchen/similar") == ["bakery"]
    assert await slugs(api, "/movies/lonely/similar") == []
    assert await slugs(api, "/movies/star-one/similar?filter=kind eq serie") == ["star-serie"]
    assert await slugs(api, "/movies/star-one/similar?sort=-slug") == ["thriller", "star-two", "star-serie"]
    page = (await api.get("/movies/star-one/similar?limit=1")).json()
    assert (await slugs(api, page["next"])) == ["star-serie"]
    assert (await api.get("/movies/nothing/similar")).status_code == 404
    assert (await api.get("/series/star-one/similar")).status_code == 404


async def test_the_table_follows_the_library(
    app: FastAPI, api: httpx2.AsyncClient, library: Library, library_of_eight: None, database: Database
) -> None:
    context = app.state.context
    assert not await similar.refresh(context)
    async with database.connection() as connection:
        stored = "select show_pk, similar_pk, score, xmin::text from api.similar_shows order by 1, 2"
        before = await fetch_all(connection, stored)
    await api.delete("/movies/bakery")
    assert await slugs(api, "/movies/kitchen/similar") == []
    await library.movie("diner", genres=["comedy"], translations=about("Diner", "Coffee at night.", "food"))
    job: Any = type("Job", (), {"additional_context": {"api": context}})
    await jobs.relate_shows(job, 0)
    assert await slugs(api, "/movies/kitchen/similar") == ["diner"]
    assert before

    # What is the same is not written again.
    async with database.connection() as connection:
        first = await fetch_all(connection, stored)
        await connection.execute("update api.shows set updated_at = now() where slug = 'lonely'")
        assert await similar.refresh(context)
        assert await fetch_all(connection, stored) == first


async def test_recommendations(api: httpx2.AsyncClient, library_of_eight: None) -> None:
    mine = "/profiles/me/recommendations"
    assert await slugs(api, mine) == []
    await api.post("/movies/star-one/watchstatus", json={"status": "completed", "score": 90})
    await api.post("/movies/kitchen/watchstatus", json={"status": "completed", "score": 20})
    items = (await api.get(mine)).json()["items"]
    assert [item["slug"] for item in items] == ["star-two", "star-serie", "thriller"]
    assert {item["because"]["slug"] for item in items} == {"star-one"}
    assert items[0]["because"]["name"] == "Star One"

    # What is known already is no recommendation, neither is what was hidden.
    await api.post("/movies/star-two/watchstatus", json={"status": "planned"})
    assert await slugs(api, mine) == ["star-serie", "thriller"]
    assert (await api.put("/movies/thriller/hidden")).status_code == 200
    assert await slugs(api, mine) == ["star-serie"]
    await api.put("/movies/kitchen/score", json={"score": 95})
    assert set(await slugs(api, mine)) == {"star-serie", "bakery"}

    assert await slugs(api, mine, headers=GUEST) == []
    assert await slugs(api, mine, headers=bearer(OTHER_USER)) == []


@pytest.mark.parametrize("count", [1000, pytest.param(3000, marks=pytest.mark.exhaustive)])
def test_thousands_of_shows_are_related_in_seconds(count: int) -> None:
    shows = [
        {
            "pk": number,
            "genres": [f"genre {number % 19}", f"genre {number % 7}"],
            "tags": [f"tag {number * factor % 400}" for factor in (3, 7, 11, 13)],
            "makers": [number % 900],
            "leads": [number * factor % 4000 for factor in range(1, 9)],
            "studios": [number % 150],
            "collection": [number // 3] if number % 5 == 0 else [],
            "words": [f"word {number * factor % 5000}" for factor in range(1, 26)],
        }
        for number in range(count)
    ]
    started = time.perf_counter()
    related = list(similar.relate(shows))
    assert time.perf_counter() - started < scaled(30)
    assert all(0 < score <= 1 and show != other for show, other, score in related)
    best: dict[int, list[float]] = {}
    for show, _, score in related:
        best.setdefault(show, []).append(score)
    assert len(best) == len(shows)
    assert max(map(len, best.values())) == similar.KEPT


async def test_a_show_without_anything_to_compare(app: FastAPI, api: httpx2.AsyncClient) -> None:
    await api.post("/movies", json=movie_seed("one"))
    await api.post("/series", json=serie_seed("two"))
    assert await similar.refresh(app.state.context)
    assert await slugs(api, "/movies/one/similar") == []
