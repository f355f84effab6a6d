"""How often the services are asked: once what they need for a title, however many files it has, and then no more.

A request too many for each title is a thousand of them, and hours where a service allows few a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.fakes.gate import MemoryCache
from tests.fakes.metadata.anilist import anilist
from tests.fakes.metadata.faults import Faulty
from tests.fakes.metadata.tmdb import tmdb
from tests.fakes.metadata.tvdb import tvdb
from tests.fakes.metadata.tvmaze import tvmaze
from tests.fakes.metadata.wikimedia import wikimedia
from tests.fakes.metadata.world import Title
from tests.integration.scanner.conftest import Kyoo
from tests.providers.lines import line
from tests.providers.subjects import anilist_over, tmdb_over, tvdb_over, tvmaze_over, wikidata_over

from kyoo.scanner.providers.client import Line

SEASONS = (20, 20, 20)
WORLD = (
    Title(
        1,
        "movie",
        {"en": "The Quiet Lamp", "fr": "La lampe muette"},
        1994,
        plots={"en": "It is dark."},
        cast=(("Bo Reed", "One"),),
    ),
    Title(
        2,
        "serie",
        {"en": "Harbour Nights", "fr": "Nuits du port"},
        2001,
        plots={"en": "Ships come in."},
        cast=(("Bo Reed", "One"),),
        seasons=SEASONS,
    ),
)
FILM = ["The Quiet Lamp (1994)/The Quiet Lamp (1994).mkv"]
EPISODES = [
    [f"Harbour Nights/Season {season}/Harbour Nights S{season:02}E{number:02}.mkv" for number in range(1, count + 1)]
    for season, count in enumerate(SEASONS, 1)
]
#: Of a film: the search (Wikidata has one for ids and one for what they are), the title with all that it has, and where
#: texts come from elsewhere a request for each language. TheTVDB gives a token once.
OF_A_FILM = {"tvmaze": 0, "wikidata": 4 + 2, "anilist": 0, "tmdb": 1 + 1, "tvdb": 1 + 1 + 1}
#: Of a serie besides: its episodes, which TMDB and TheTVDB have in each of three and two languages; TheTVDB has the
#: numbers apart.
OF_A_SERIE = {"tvmaze": 1 + 2, "wikidata": 4 + 2, "anilist": 0, "tmdb": 1 + 1 + 3, "tvdb": 1 + 1 + 1 + 3}


@dataclass
class Asked:
    """The services, each with the line to it, which keeps answers."""

    doubles: dict[str, Faulty]
    lines: dict[str, Line]

    def counted(self) -> dict[str, int]:
        return {name: len(double.log) for name, double in self.doubles.items()}

    def forget_answers(self) -> None:
        """So that a question shows that would be answered from what was kept, and asked once that is too old."""
        for each in self.lines.values():
            assert isinstance(each.cache, MemoryCache)
            each.cache.kept.clear()


@pytest.fixture
def asked() -> Asked:
    made = {"tvmaze": tvmaze, "wikidata": wikimedia, "anilist": anilist, "tmdb": tmdb}
    doubles = {name: Faulty(double(WORLD)) for name, double in made.items()} | {"tvdb": Faulty(tvdb(WORLD, 500))}
    return Asked(doubles, {name: line(double) for name, double in doubles.items()})


@pytest.fixture
def kyoo(start: Callable[..., Kyoo], asked: Asked) -> Kyoo:
    over: dict[str, Any] = {
        "tvmaze": tvmaze_over,
        "wikidata": wikidata_over,
        "anilist": anilist_over,
        "tmdb": tmdb_over,
        "tvdb": tvdb_over,
    }
    made = start(providers=[over[name](each) for name, each in asked.lines.items()])
    made.transcoder.usual = 42 * 60
    return made


@pytest.mark.parametrize(
    ("scans", "most"),
    [
        pytest.param([FILM], OF_A_FILM, id="a film"),
        pytest.param([[name for season in EPISODES for name in season]], OF_A_SERIE, id="sixty episodes"),
        pytest.param(EPISODES, OF_A_SERIE, id="a season after the other"),
    ],
)
async def test_a_title_is_asked_about_once(
    kyoo: Kyoo, asked: Asked, scans: list[list[str]], most: dict[str, int]
) -> None:
    for names in scans:
        kyoo.add(*names)
        await kyoo.scan()
        asked.forget_answers()
    assert asked.counted() == most
    await kyoo.scan()
    await kyoo.scan(reconcile=True)
    await kyoo.scan(kyoo.library / scans[0][0].split("/")[0])
    assert asked.counted() == most
    [show] = await kyoo.items("/api/shows")
    assert show["description"]
