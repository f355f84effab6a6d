"""Where files stand in their serie."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.placement import Place, numbered, orders, places


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


def test_seasons_follow_each_other() -> None:
    found = orders([numbered(1, 1), numbered(1, 12), numbered(2, 1), numbered(2, 2.5), numbered(0, 1)])
    assert found == {
        numbered(1, 1): 1,
        numbered(1, 12): 12,
        numbered(2, 1): 13,
        numbered(2, 2.5): 14.5,
        numbered(0, 1): 15,
    }


def test_numbers_that_go_on_over_seasons() -> None:
    found = orders([numbered(1, 61), numbered(21, 892), numbered(21, 893)])
    assert [found[numbered(1, 61)], found[numbered(21, 892)]] == [61, 892]


numbers = st.builds(
    numbered, st.sampled_from([None, 0, 1, 2, 3]), st.one_of(st.integers(0, 2000), st.sampled_from([1.5, 13.5]))
)


@given(st.sets(numbers, max_size=30))
def test_the_order_is_that_of_seasons_and_numbers(wanted: set[Place]) -> None:
    found = orders(wanted)
    assert found.keys() == wanted
    assert all(value >= 0 for value in found.values())
    story = sorted((p for p in wanted if p.kind in ("episode", "between")), key=lambda p: (p.season, p.number))
    values = [found[place] for place in story]
    assert values == sorted(values)
    specials = [found[place] for place in wanted if place.kind == "special"]
    assert not values or not specials or min(specials) > max(values)
