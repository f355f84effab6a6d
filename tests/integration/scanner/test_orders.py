"""The order of episodes of a serie: another one, and back, with files and all that was watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.fakes.catalogue import FakeCatalogue
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.providers.base import Order, UnavailableError
from kyoo.scanner.providers.records import EpisodeRecord, SeasonRecord, ShowRecord, Texts

#: id of an episode → season and number, in each order
AIRED = {"11": (1, 1), "12": (1, 2), "13": (1, 3), "21": (2, 1)}
DVD = {"13": (1, 1), "11": (1, 2), "12": (1, 3), "21": (2, 1)}
ABSOLUTE = {"11": (1, 1), "12": (1, 2), "13": (1, 3), "21": (1, 4)}


def episodes(numbers: dict[str, tuple[int, int]]) -> list[EpisodeRecord]:
    return [
        EpisodeRecord(season=season, number=number, id=identifier, texts={"en": Texts(name=f"Story {identifier}")})
        for identifier, (season, number) in numbers.items()
    ]


@dataclass
class Ordered(FakeCatalogue):
    name: str = "tvdb"
    known: dict[str, dict[str, tuple[int, int]]] = field(default_factory=lambda: {"dvd": DVD, "absolute": ABSOLUTE})

    async def orders(self, identifier: str) -> list[Order]:
        self._ask(f"orders {identifier}")
        return [Order(name, f"The {name}") for name in self.known]

    async def episodes(self, identifier: str, order: str) -> list[EpisodeRecord]:
        self._ask(f"order {order} of {identifier}")
        return episodes(self.known.get(order, {}))


@pytest.fixture
def catalogue() -> Ordered:
    ship = ShowRecord(
        provider="tvdb",
        kind="serie",
        id="78874",
        ids={"tvdb": "78874"},
        texts={"en": Texts(name="Ship")},
        year=2002,
        seasons=[SeasonRecord(number=1), SeasonRecord(number=2)],
        episodes=episodes(AIRED),
    )
    return Ordered(shows=[ship])


@pytest.fixture
async def ship(start: Callable[..., Kyoo], catalogue: Ordered) -> Kyoo:
    kyoo = start(providers=[catalogue])
    kyoo.add(*(f"Ship (2002) {{tvdb-78874}}/Ship S{season:02}E{number:02}.mkv" for season, number in AIRED.values()))
    await kyoo.scan()
    return kyoo


async def entries(kyoo: Kyoo) -> dict[str, tuple[str, list[str], int]]:
    """Slug → name, files, and how far it was watched."""
    return {
        entry["slug"]: (
            entry["name"],
            [video["path"].rsplit(" ", 1)[1].removesuffix(".mkv") for video in entry["videos"]],
            entry["progress"]["percent"],
        )
        for entry in await kyoo.items("/api/series/ship/entries", limit=250, sort="order")
    }


async def choose(kyoo: Kyoo, order: str | None, status: int = 202, **more: Any) -> None:
    url = "/scanner/series/ship/order"
    body = {"provider": "tvdb", "order": order} | more
    answer = await (kyoo.client.put(url, json=body) if order else kyoo.client.delete(url))
    assert answer.status_code == status, answer.text
    await kyoo.work()


async def watch(kyoo: Kyoo) -> None:
    """Story 11 from its file, and story 12 by a mark."""
    (video,) = [video for path, video in (await kyoo.videos()).items() if "S01E01" in path]
    plays = [
        {"entry": "ship-s1e1", "videoId": video["id"], "percent": 40, "time": 9, "playedDate": None},
        {"entry": "ship-s1e2", "videoId": None, "percent": 100, "time": 0, "playedDate": None, "external": True},
    ]
    assert (await kyoo.client.post("/api/profiles/me/history", json=plays)).status_code == 201


AS_AIRED = {
    "ship-s1e1": ("Story 11", ["S01E01"], 40),
    "ship-s1e2": ("Story 12", ["S01E02"], 100),
    "ship-s1e3": ("Story 13", ["S01E03"], 0),
    "ship-s2e1": ("Story 21", ["S02E01"], 0),
}


async def test_another_order_and_back(ship: Kyoo) -> None:
    await watch(ship)
    assert await entries(ship) == AS_AIRED
    assert await ship.get("/scanner/series/ship/orders") == {
        "items": [
            {"provider": "tvdb", "order": "dvd", "name": "The dvd"},
            {"provider": "tvdb", "order": "absolute", "name": "The absolute"},
        ],
        "chosen": None,
    }
    await choose(ship, "dvd")
    on_dvd = {
        "ship-s1e1": ("Story 13", ["S01E03"], 0),
        "ship-s1e2": ("Story 11", ["S01E01"], 40),
        "ship-s1e3": ("Story 12", ["S01E02"], 100),
        "ship-s2e1": ("Story 21", ["S02E01"], 0),
    }
    assert await entries(ship) == on_dvd
    assert (await ship.get("/scanner/series/ship/orders"))["chosen"] == {
        "provider": "tvdb",
        "order": "dvd",
        "follow": False,
    }
    await ship.scan()
    assert await entries(ship) == on_dvd
    await choose(ship, "absolute")
    assert await entries(ship) == {
        "ship-s1e1": ("Story 11", ["S01E01"], 40),
        "ship-s1e2": ("Story 12", ["S01E02"], 100),
        "ship-s1e3": ("Story 13", ["S01E03"], 0),
        "ship-s1e4": ("Story 21", ["S02E01"], 0),
    }
    assert [season["slug"] for season in await ship.items("/api/series/ship/seasons")] == ["ship-s1"]
    await choose(ship, None)
    assert await entries(ship) == AS_AIRED


async def test_a_file_that_comes_later_stands_in_the_chosen_order(ship: Kyoo) -> None:
    gone = next(ship.library.rglob("*S01E03.mkv"))
    gone.unlink()
    await ship.scan()
    await choose(ship, "dvd")
    assert (await entries(ship))["ship-s1e1"] == ("Story 13", [], 0)
    ship.add(str(gone.relative_to(ship.library)))
    await ship.scan()
    assert (await entries(ship))["ship-s1e1"] == ("Story 13", ["S01E03"], 0)
    assert (await entries(ship))["ship-s1e3"] == ("Story 12", ["S01E02"], 0)


async def test_names_that_count_by_the_chosen_order(ship: Kyoo) -> None:
    await watch(ship)
    await choose(ship, "dvd", follow=True)
    # Whoever watched the file S01E01 saw what the order has first; the mark is about the story.
    assert await entries(ship) == {
        "ship-s1e1": ("Story 13", ["S01E01"], 40),
        "ship-s1e2": ("Story 11", ["S01E02"], 0),
        "ship-s1e3": ("Story 12", ["S01E03"], 100),
        "ship-s2e1": ("Story 21", ["S02E01"], 0),
    }


async def test_an_order_of_a_provider_that_does_not_number(start: Callable[..., Kyoo], catalogue: Ordered) -> None:
    """TheTVDB says how the episodes are numbered; they can stand as in a group of TMDB, which has ids of its own."""
    ids = {identifier: f"9{identifier}" for identifier in AIRED}
    (ship,) = catalogue.shows
    said = {"provider": "themoviedatabase", "id": "655", "ids": {"themoviedatabase": "655", "tvdb": "78874"}}
    own = [
        episode.model_copy(update={"id": ids[episode.id or ""], "absolute": number})
        for number, episode in enumerate(episodes(AIRED), 1)
    ]
    group = {ids[identifier]: place for identifier, place in DVD.items()}
    other = Ordered(
        "themoviedatabase", shows=[ship.model_copy(update={**said, "episodes": own})], known={"group": group}
    )
    catalogue.known = {}
    kyoo = start(providers=[catalogue, other])
    kyoo.add(*(f"Ship (2002) {{tvdb-78874}}/Ship S{season:02}E{number:02}.mkv" for season, number in AIRED.values()))
    await kyoo.scan()
    await watch(kyoo)
    assert await entries(kyoo) == AS_AIRED
    (found,) = (await kyoo.get("/scanner/series/ship/orders"))["items"]
    assert found == {"provider": "themoviedatabase", "order": "group", "name": "The group"}
    await choose(kyoo, "group", provider="themoviedatabase")
    places = {slug: (files, percent) for slug, (_, files, percent) in (await entries(kyoo)).items()}
    assert places == {
        "ship-s1e1": (["S01E03"], 0),
        "ship-s1e2": (["S01E01"], 40),
        "ship-s1e3": (["S01E02"], 100),
        "ship-s2e1": (["S02E01"], 0),
    }
    await choose(kyoo, None)
    assert await entries(kyoo) == AS_AIRED


async def test_what_cannot_be_chosen(ship: Kyoo, catalogue: Ordered) -> None:
    await choose(ship, "nonsense", 422)
    assert (await ship.client.get("/scanner/series/nothing/orders")).status_code == 404
    assert (await ship.client.delete("/scanner/series/nothing/order")).status_code == 404
    catalogue.failing = UnavailableError("tvdb", "down")
    assert (await ship.get("/scanner/series/ship/orders"))["items"] == []
    await choose(ship, "dvd", 503)
    assert await entries(ship) == {slug: (name, names, 0) for slug, (name, names, _) in AS_AIRED.items()}
