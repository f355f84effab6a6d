"""Episodes with the numbers of another order: files, plays and places in the watch list stay with the episodes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, season_seed
from tests.integration.api.viewers.watching import items, play, record


def own(season: int, episode: int) -> dict[str, Any]:
    return {"tvdb": [{"serieId": "7", "season": season, "episode": episode, "link": None}]}


def wanted(moves: dict[tuple[int, int], tuple[int, int]]) -> list[dict[str, Any]]:
    return [
        {
            "externalId": {"tvdb": {"serieId": "7", "season": aired[0], "episode": aired[1]}},
            "season": season,
            "episode": episode,
        }
        for aired, (season, episode) in moves.items()
    ]


@pytest.fixture
async def ship(library: Library) -> dict[str, Any]:
    """Two seasons of two episodes; the first has two versions, and it and the second were watched."""
    keys = [(1, 1), (1, 2), (2, 1), (2, 2)]
    await library.serie(
        "ship",
        entries=[episode_seed(*key, order=place, externalId=own(*key)) for place, key in enumerate(keys, 1)],
        seasons=[season_seed(1), season_seed(2)],
    )
    first = await library.video("/1.mkv", **{"for": [{"slug": "ship-s1e1"}]})
    await library.video("/1 v2.mkv", version=2, rendering="abc", **{"for": [{"slug": "ship-s1e1"}]})
    await record(library.api, play("ship-s1e1", 100, videoId=first["id"]), play("ship-s1e2", 40))
    return first


async def entries(library: Library) -> dict[str, tuple[str, list[str], int]]:
    return {
        entry["slug"]: (entry["name"], sorted(video["slug"] for video in entry["videos"]), entry["progress"]["percent"])
        for entry in await items(library.api, "/series/ship/entries")
    }


async def renumber(library: Library, moves: dict[tuple[int, int], tuple[int, int]], status: int = 200) -> Any:
    answer = await library.api.put("/series/ship/numbers", json=wanted(moves))
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_episodes_change_places_with_all_that_is_theirs(library: Library, ship: dict[str, Any]) -> None:
    before = {entry["name"]: entry["id"] for entry in await items(library.api, "/series/ship/entries")}
    moves = {(1, 1): (1, 2), (1, 2): (1, 1), (2, 1): (1, 3)}
    assert await renumber(library, moves) == {"changed": 3}
    assert await entries(library) == {
        "ship-s1e2": ("Episode 1x1", ["ship-s1e2", "ship-s1e2-v2-abc"], 100),
        "ship-s1e1": ("Episode 1x2", [], 40),
        "ship-s1e3": ("Episode 2x1", [], 0),
        "ship-s2e2": ("Episode 2x2", [], 0),
    }
    assert {entry["name"]: entry["id"] for entry in await items(library.api, "/series/ship/entries")} == before
    assert await renumber(library, moves) == {"changed": 0}
    seasons = await items(library.api, "/series/ship/seasons")
    assert [(season["slug"], season["entriesCount"], season["availableCount"]) for season in seasons] == [
        ("ship-s1", 3, 1),
        ("ship-s2", 1, 0),
    ]
    played = await library.api.get("/videos/ship-s1e2", params={"with": "next"})
    assert played.json()["id"] == ship["id"]
    history = await items(library.api, "/profiles/me/history")
    assert {(entry["slug"], entry["progress"]["percent"]) for entry in history} == {
        ("ship-s1e2", 100),
        ("ship-s1e1", 40),
    }


async def test_a_season_that_lost_all_is_gone_and_all_come_back(library: Library, ship: dict[str, Any]) -> None:
    del ship
    absolute = {(1, 1): (1, 1), (1, 2): (1, 2), (2, 1): (1, 3), (2, 2): (1, 4)}
    assert await renumber(library, absolute) == {"changed": 2}
    assert [season["slug"] for season in await items(library.api, "/series/ship/seasons")] == ["ship-s1"]
    assert await renumber(library, {key: key for key in absolute}) == {"changed": 2}
    assert list(await entries(library)) == ["ship-s1e1", "ship-s1e2", "ship-s2e1", "ship-s2e2"]


async def test_two_episodes_never_have_one_number(library: Library, ship: dict[str, Any]) -> None:
    del ship
    before = await entries(library)
    for moves in ({(1, 1): (1, 2)}, {(1, 1): (3, 1), (1, 2): (3, 1)}):
        assert (await renumber(library, moves, 422))["details"] == {"in": "s1e2" if len(moves) == 1 else "s3e1"}
    assert await entries(library) == before
    assert await renumber(library, {(9, 9): (1, 1)}) == {"changed": 0}
    assert (await library.api.put("/series/nothing/numbers", json=[])).status_code == 404
    assert (await library.api.put("/series/ship/numbers", json=[{"season": 1, "episode": 1}])).status_code == 422
