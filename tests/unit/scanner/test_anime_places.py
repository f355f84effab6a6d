"""Episodes of anime at services that have a title for each season: the right title and number there, or none."""

from __future__ import annotations

from typing import Any

import pytest

from kyoo.scanner.anime.model import Anime, Family
from kyoo.scanner.anime.numbering import Numbering
from kyoo.scanner.anime.places import places


def part(key: str, season: int | None, offset: int = 0, **ids: tuple[str, ...]) -> Anime:
    numbering = Numbering(season, offset)
    return Anime(f"anidb:{key}", key, ids={"anidb": (key,), "tvdb": ("9",), **ids}, tvdb=numbering, tmdb=numbering)


#: Season 2 is two cours at AniDB and AniList, one title at MyAnimeList; season 3 is two at MyAnimeList only.
FAMILY = Family.of(
    "9",
    [
        part("1", 1, anilist=("11",), mal=("21",)),
        part("2", 2, anilist=("12",), mal=("22",)),
        part("3", 2, 12, anilist=("13",), mal=("22",)),
        part("4", 3, anilist=("14",), mal=("24", "25")),
    ],
)


def said(found: dict[str, list[dict[str, Any]]]) -> dict[str, tuple[str, int]]:
    return {service: (one["serieId"], one["episode"]) for service, (one,) in found.items()}


@pytest.mark.parametrize("provider", ["tvdb", "themoviedatabase"])
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ((1, 5), {"anidb": ("1", 5), "anilist": ("11", 5), "mal": ("21", 5)}),
        ((2, 12), {"anidb": ("2", 12), "anilist": ("12", 12), "mal": ("22", 12)}),
        ((2, 13), {"anidb": ("3", 1), "anilist": ("13", 1), "mal": ("22", 13)}),
        ((3, 20), {"anidb": ("4", 20), "anilist": ("14", 20)}),
        ((4, 1), {}),
        ((0, 1), {}),
    ],
)
def test_an_episode_has_its_title_and_number(
    provider: str, number: tuple[int, int], expected: dict[str, tuple[str, int]]
) -> None:
    assert said(places(FAMILY, provider, number)) == expected


def test_what_counts_in_another_way_has_none() -> None:
    assert places(FAMILY, "tvmaze", (1, 5)) == {}


def test_parts_that_are_one_title_elsewhere_are_not_counted_across_seasons() -> None:
    family = Family.of("9", [part("1", 1, mal=("21",)), part("2", 2, mal=("21",))])
    assert said(places(family, "tvdb", (2, 3))) == {"anidb": ("2", 3)}
