"""Files that are registered for what the catalogue lacks: the link appears when the entry comes."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from tests.integration.api.seeds import episode_seed, film_seed, movie_seed, serie_seed, special_seed, video_seed


async def register(api: httpx2.AsyncClient, *links: dict[str, Any], path: str = "/video/a.mkv") -> str:
    response = await api.post("/videos", json=[video_seed(path, **{"for": list(links)})])
    assert response.status_code == 201, response.text
    [created] = response.json()
    # The contract's answer: there is no entry.
    assert created["entries"] == []
    return str(created["id"])


async def slugs(api: httpx2.AsyncClient, video: str) -> list[str]:
    return sorted(entry["slug"] for entry in (await api.get(f"/videos/{video}")).json()["entries"])


SERIE = {"serie": "harbour", "season": 1, "episode": 2}


@pytest.mark.parametrize(
    ("link", "entry"),
    [
        (SERIE, "harbour-s1e2"),
        ({"serie": "harbour", "special": 1}, "harbour-sp1"),
        ({"serie": "harbour", "season": 0, "episode": 1}, "harbour-sp1"),
        ({"serie": "harbour", "order": 2}, "harbour-s1e2"),
        ({"slug": "harbour-s1e1"}, "harbour-s1e1"),
        ({"slug": "the-tide"}, "the-tide"),
    ],
)
async def test_the_link_comes_with_the_serie(api: httpx2.AsyncClient, link: dict[str, Any], entry: str) -> None:
    video = await register(api, link)
    seed = serie_seed(
        "harbour",
        entries=[episode_seed(1, 1), episode_seed(1, 2), special_seed(1, 5), film_seed(6, "the-tide")],
        seasons=[],
    )
    response = await api.post("/series", json=seed)
    assert response.status_code in (200, 201), response.text
    assert await slugs(api, video) == [entry]
    serie = (await api.get("/series/harbour")).json()
    assert serie["availableCount"] == 1


async def test_the_link_comes_with_a_later_episode(api: httpx2.AsyncClient) -> None:
    await api.post("/series", json=serie_seed("harbour", entries=[episode_seed(1, 1)], seasons=[]))
    video = await register(api, SERIE)
    await api.post("/series", json=serie_seed("harbour", entries=[episode_seed(1, 1)], seasons=[]))
    assert await slugs(api, video) == []
    await api.post("/series", json=serie_seed("harbour", entries=[episode_seed(1, 2)], seasons=[]))
    assert await slugs(api, video) == ["harbour-s1e2"]


async def test_the_link_comes_with_the_film(api: httpx2.AsyncClient) -> None:
    video = await register(api, {"movie": "bubble"})
    await api.post("/series", json=serie_seed("bubble", entries=[], seasons=[]))
    assert await slugs(api, video) == []
    await api.post("/movies", json=movie_seed("bubble"))
    assert await slugs(api, video) == ["bubble"]


async def test_a_file_that_belongs_elsewhere_wishes_no_more(api: httpx2.AsyncClient) -> None:
    await api.post("/movies", json=movie_seed("bubble"))
    video = await register(api, SERIE)
    await api.put("/videos/link", json=[{"id": video, "for": [{"movie": "bubble"}]}])
    await api.post("/series", json=serie_seed("harbour", entries=[episode_seed(1, 2)], seasons=[]))
    assert await slugs(api, video) == ["bubble"]


async def test_a_file_that_is_gone_wishes_nothing(api: httpx2.AsyncClient) -> None:
    video = await register(api, SERIE)
    await api.request("DELETE", "/videos", json=["/video/a.mkv"])
    response = await api.post("/series", json=serie_seed("harbour", entries=[episode_seed(1, 2)], seasons=[]))
    assert response.status_code == 201
    assert (await api.get(f"/videos/{video}")).status_code == 404


async def test_who_registers_while_the_show_is_written_is_linked(api: httpx2.AsyncClient) -> None:
    seed = serie_seed("harbour", entries=[episode_seed(1, number) for number in range(1, 9)], seasons=[])

    async def one(number: int) -> str:
        link = {"serie": "harbour", "season": 1, "episode": number}
        body = [video_seed(f"/video/{number}.mkv", rendering=f"r{number}", **{"for": [link]})]
        return str((await api.post("/videos", json=body)).json()[0]["id"])

    videos, _ = await asyncio.gather(
        asyncio.gather(*(one(number) for number in range(1, 9))), api.post("/series", json=seed)
    )
    assert [await slugs(api, video) for video in videos] == [[f"harbour-s1e{number}"] for number in range(1, 9)]


async def test_a_complete_serie_has_no_others(api: httpx2.AsyncClient) -> None:
    entries = [episode_seed(1, 1), episode_seed(1, 2), episode_seed(2, 1)]
    await api.post("/series", json=serie_seed("harbour", entries=entries, seasons=[]))
    created = await api.post("/videos", json=[video_seed("/video/a.mkv", **{"for": [SERIE]})])
    assert [entry["slug"] for entry in created.json()[0]["entries"]] == ["harbour-s1e2"]
    seed = serie_seed("harbour", entries=[episode_seed(1, 1)], seasons=[], complete=True)
    await api.post("/series", json=seed)
    left = (await api.get("/series/harbour/entries")).json()["items"]
    # What has a file stays.
    assert [entry["slug"] for entry in left] == ["harbour-s1e1", "harbour-s1e2"]
    assert (await api.get("/series/harbour")).json()["entriesCount"] == 2
