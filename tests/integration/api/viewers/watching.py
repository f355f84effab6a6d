"""What the tests of history, watch list and next up share: a serie to watch, and how a client tells what it plays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, film_seed, special_seed

SERIE = "made-in-abyss"
EPISODE = "made-in-abyss-s1e13"
SPECIAL = "made-in-abyss-sp3"
FILM = "dawn-of-the-deep-soul"
LAST = "made-in-abyss-s2e1"


async def seed_abyss(library: Library, **more: Any) -> dict[str, Any]:
    """A serie: an episode, a special that is no story, a film and an episode, all aired; and a movie `bubble`."""
    await library.movie("bubble")
    return await library.serie(
        SERIE,
        **{
            "entries": [
                episode_seed(1, 13, airDate="2017-09-29"),
                special_seed(3, 13.5, airDate="2018-01-01"),
                film_seed(14, FILM, airDate="2020-01-17"),
                episode_seed(2, 1, order=15, airDate="2022-07-06"),
            ],
            **more,
        },
    )


async def seed_video(library: Library, slug: str = EPISODE) -> str:
    """The id of a new file of an entry."""
    made = await library.video(f"/library/{slug}.mkv", **{"for": [{"slug": slug}]})
    return str(made["id"])


def play(entry: str, percent: int, **more: Any) -> dict[str, Any]:
    return {"entry": entry, "percent": percent, "time": percent * 10, "videoId": None, "playedDate": None, **more}


async def record(api: httpx2.AsyncClient, *plays: dict[str, Any], **options: Any) -> int:
    """Posts plays; how many were new."""
    response = await api.post("/profiles/me/history", json=plays, **options)
    assert response.status_code == 201, response.text
    assert response.json() == {"status": 201, "inserted": response.json()["inserted"]}
    return int(response.json()["inserted"])


async def say(api: httpx2.AsyncClient, show: str, status: str, **more: Any) -> dict[str, Any]:
    """Posts a watch status: `say(api, "movies/bubble", "completed", score=8)`; what is answered."""
    response = await api.post(f"/{show}/watchstatus", json={"status": status, **more})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def items(api: httpx2.AsyncClient, path: str, **options: Any) -> list[dict[str, Any]]:
    response = await api.get(path, **options)
    assert response.status_code == 200, response.text
    page: dict[str, list[dict[str, Any]]] = response.json()
    return page["items"]


async def next_up(api: httpx2.AsyncClient, **options: Any) -> list[str]:
    """The slugs of what is next."""
    return [item["slug"] for item in await items(api, "/profiles/me/nextup", **options)]


async def watch_status(api: httpx2.AsyncClient, show: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.get(f"/{show}")).json()
    status: dict[str, Any] = answer["watchStatus"]
    return status


def ago(**span: int) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()
