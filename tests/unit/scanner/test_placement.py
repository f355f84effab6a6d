"""Where files stand in their serie."""

from __future__ import annotations

from datetime import date

from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.shows.placement import Place, numbered, places


def parsed(**more: object) -> ParsedName:
    return ParsedName("episode", "Show", "r", **more)  # type: ignore[arg-type]


def test_numbers() -> None:
    assert numbered(2, 3) == Place("episode", 2, 3)
    assert numbered(None, 152) == Place("episode", 1, 152)
    assert numbered(0, 4) == Place("special", number=4)
    assert numbered(None, 13.5) == Place("between", 1, 13.5)
    assert numbered(None, 13.5).special_number != numbered(2, 13.5).special_number


def test_places_of_names() -> None:
    assert places(parsed(episodes=((1, 1), (1, 2), (1, 1)))) == [Place("episode", 1, 1), Place("episode", 1, 2)]
    assert places(parsed(date=date(2024, 5, 1))) == [Place("episode", 2024, 501)]
    assert places(parsed(seasons=(2,))) == [Place("named", name="Season 2")]
    assert places(parsed(special=True, episode_title="The Making")) == [Place("named", name="The Making")]
    assert places(parsed(episodes=((1, 1),)), [(2, 7)]) == [Place("episode", 2, 7)]


def test_links() -> None:
    assert numbered(2, 3).link("show") == {"serie": "show", "season": 2, "episode": 3}
    assert numbered(0, 3).link("show") == {"serie": "show", "special": 3}
    assert Place("named", name="The Making").link("show") == {"slug": "show-the-making"}
