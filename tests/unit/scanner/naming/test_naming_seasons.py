"""Words for seasons, volumes and books: where they count, and where they are the title of a film."""

from __future__ import annotations

import pytest

from kyoo.scanner.naming import parse


@pytest.mark.parametrize(
    ("path", "title", "year"),
    [
        ("/films/Fishing Season (2006).mkv", "Fishing Season", 2006),
        ("/films/Fishing Season 2 (2008)/Fishing Season 2 (2008).mkv", "Fishing Season 2", 2008),
        ("/films/Fishing.Season.3.2010.1080p.BluRay.x264-GRP.mkv", "Fishing Season 3", 2010),
        ("/films/The Five Seasons (1981).mkv", "The Five Seasons", 1981),
        ("/films/Sword Bride - Vol. 2 (2004).mkv", "Sword Bride - Vol. 2", 2004),
        ("/films/Sword.Bride.Vol.2.2004.mkv", "Sword Bride Vol 2", 2004),
    ],
)
def test_films_with_a_season_or_volume_in_the_title(path: str, title: str, year: int) -> None:
    found = parse(path)
    assert (found.kind, found.title, found.year, found.seasons) == ("movie", title, year, ())


@pytest.mark.parametrize(
    ("path", "title", "episodes"),
    [
        ("/tv/Dusk/Dusk Season 2 (2019)/Dusk S02E05.mkv", "Dusk", ((2, 5),)),
        ("/tv/Dusk Season 2 (2019)/05 - Lost.mkv", "Dusk", ((2, 5),)),
        ("/tv/Dusk Season 2 (2019) - 05.mkv", "Dusk", ((2, 5),)),
        ("/tv/Road Show/Season (2014)/Road Show - 05.mkv", "Road Show", ((2014, 5),)),
        ("/tv/Windbender/Book 2 - Earth/07 The Wall.mkv", "Windbender", ((2, 7),)),
        ("/tv/Windbender (2005)/Book Three - Fire/07.mkv", "Windbender", ((3, 7),)),
        ("/tv/Sail/Arc 2 - The Strait/012 Fog.mkv", "Sail", ((None, 12),)),
        ("/tv/Sail/Part Two - The Strait/12 - Fog.mkv", "Sail", ((None, 12),)),
        ("/tv/Windbender Book 1 Chapter 2.mkv", "Windbender", ((1, 2),)),
        ("/tv/Windbender/Windbender - Book 3, Chapter 12 - The Gate.mkv", "Windbender", ((3, 12),)),
    ],
)
def test_seasons_and_books_of_series(path: str, title: str, episodes: tuple[tuple[int, int], ...]) -> None:
    found = parse(path)
    assert (found.kind, found.title, found.episodes) == ("episode", title, episodes)
