"""The watch order: episodes by their numbers, everything else where it is watched; and what is a recap."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.scanner.test_anime_numbering import family

from kyoo.scanner.anime.arranging import arranged, orders
from kyoo.scanner.anime.content import content_of, tells_again
from kyoo.scanner.anime.model import Family
from kyoo.scanner.anime.order import Slot, watch_order
from kyoo.scanner.providers.records import EpisodeRecord, Relation, RelationKind, ShowRecord, Texts


def episode(season: int, number: int, day: str | None = None, name: str | None = None, **more: object) -> EpisodeRecord:
    texts = {"en": Texts(name=name)} if name else {}
    aired = date.fromisoformat(day) if day else None
    return EpisodeRecord(season=season, number=number, air_date=aired, texts=texts, **more)


def serie(*episodes: EpisodeRecord, relations: list[Relation] | None = None) -> ShowRecord:
    return ShowRecord(provider="tvdb", kind="serie", id="1", episodes=list(episodes), relations=relations or [])


def in_order(record: ShowRecord) -> list[tuple[int, int]]:
    found = orders(record.episodes)
    return sorted(found, key=found.__getitem__)


def contents(record: ShowRecord) -> dict[tuple[int, int], str | None]:
    return {(one.season, one.number): one.content for one in record.episodes}


def abyss(**film_3: object) -> ShowRecord:
    """The seasons and films as TheTVDB has them, which tells films, but not which of them are recaps."""
    return serie(
        *(episode(1, n, f"2017-07-{n + 6:02}") for n in range(1, 14)),
        *(episode(2, n, f"2022-07-{n + 5:02}") for n in range(1, 13)),
        episode(0, 1, "2019-01-04", "Journey's Dawn", runtime=119),
        episode(0, 2, "2019-01-18", "Wandering Twilight", runtime=108),
        episode(0, 3, "2020-01-17", "Dawn of the Deep Soul", runtime=105, **film_3),
        episode(0, 8, "2017-09-01", "A bonus", runtime=2),
    )


def test_films_stand_between_the_seasons_they_came_out_between() -> None:
    found = arranged(abyss(), family("326109"))
    expected = [*((1, n) for n in range(1, 14)), (0, 1), (0, 2), (0, 3), *((2, n) for n in range(1, 13)), (0, 8)]
    assert in_order(found) == expected
    assert {key: content for key, content in contents(found).items() if content != "story"} == {
        (0, 1): "recap",
        (0, 2): "recap",
        (0, 8): "ova",
    }
    film = next(one for one in found.episodes if (one.season, one.number) == (0, 2))
    assert film.is_movie
    assert film.ids == {"themoviedatabase": "526429", "anilist": "101344"}


def test_without_lists_relations_and_flags_say_it() -> None:
    record = abyss(is_movie=True, ids={"anilist": "100643"})
    films = [one.model_copy(update={"is_movie": True, "ids": {"anilist": str(one.number)}}) for one in record.episodes]
    named = record.model_copy(
        update={
            "episodes": [
                film if film.season == 0 and film.number < 3 else one
                for film, one in zip(films, record.episodes, strict=True)
            ],
            "relations": [
                Relation(kind="summary", ids={"anilist": "1"}),
                Relation(kind="compilation", ids={"anilist": "2"}),
                Relation(kind="sequel", ids={"anilist": "100643"}),
            ],
        }
    )
    found = arranged(named)
    assert [contents(found)[0, number] for number in (1, 2, 3)] == ["recap", "recap", "story"]
    assert in_order(found)[13:16] == [(0, 1), (0, 2), (0, 3)]


@pytest.mark.parametrize(
    ("relation", "content"), [("side-story", "ova"), ("spin-off", "ova"), ("sequel", "story"), ("summary", "recap")]
)
def test_how_a_film_stands_to_its_serie(relation: RelationKind, content: str) -> None:
    assert content_of(episode(0, 1, is_movie=True), relation=relation) == content


def test_specials_stand_where_they_are_said_to_air() -> None:
    record = serie(
        *(episode(season, number) for season in (1, 2) for number in range(1, 4)),
        episode(0, 1, airs_before=(1, 2)),
        episode(0, 2, airs_after_season=1),
        episode(0, 3, airs_before=(2, None)),
        episode(0, 4, airs_before=(1, 1)),
        episode(0, 5, airs_before=(2, 9)),
        episode(0, 6),
    )
    found = orders(record.episodes)
    assert found[0, 1] == 1.5
    assert found[0, 4] == 0.5
    assert sorted(found, key=found.__getitem__) == [
        *((0, 4), (1, 1), (0, 1), (1, 2), (1, 3), (0, 2), (0, 3), (2, 1), (2, 2), (2, 3), (0, 5), (0, 6))
    ]


def test_the_lists_say_before_what_a_special_is_watched() -> None:
    from dataclasses import replace

    known = family("405920")
    members = [replace(one, before={2: 5}) if one.key == "anidb:16947" else one for one in known.members]
    record = serie(*(episode(1, number) for number in range(1, 9)), episode(0, 2), episode(0, 1))
    found = orders(arranged(record, Family.of("405920", members)).episodes)
    assert found[0, 2] == 4.5
    said = serie(*(episode(1, number) for number in range(1, 9)), episode(0, 2, airs_before=(1, 2)))
    assert orders(arranged(said, Family.of("405920", members)).episodes)[0, 2] == 1.5


def test_absolute_numbers_are_orders_when_they_rise() -> None:
    given = serie(episode(1, 1, absolute=1), episode(1, 2), episode(2, 1, absolute=62), episode(2, 2))
    assert list(orders(given.episodes).values()) == [1, 2, 62, 63]
    wrong = serie(episode(1, 1, absolute=9), episode(1, 2, absolute=9), episode(2, 1, absolute=1))
    assert list(orders(wrong.episodes).values()) == [1, 2, 3]
    tight = serie(episode(1, 1, absolute=1), episode(1, 2), episode(1, 3, absolute=2))
    assert list(orders(tight.episodes).values()) == [1, 1.5, 2]


def test_a_wrong_day_does_not_move_a_film() -> None:
    days = [*(f"2017-07-{n:02}" for n in range(1, 11)), *(f"2022-07-{n:02}" for n in range(1, 11))]
    days[3], days[15] = "2031-01-01", "1999-01-01"
    aired = [episode(1 + n // 10, 1 + n % 10, day) for n, day in enumerate(days)]
    found = orders([*aired, episode(0, 1, "2020-01-01", is_movie=True)])
    assert found[0, 1] == 10.5


def test_seasons_follow_each_other() -> None:
    found = watch_order([Slot(key, *key) for key in [(1, 1), (1, 12), (2, 1), (2, 2.5), (0, 1)]])
    assert found == {(1, 1): 1, (1, 12): 12, (2, 1): 13, (2, 2.5): 14.5, (0, 1): 15}


def test_numbers_that_go_on_over_seasons() -> None:
    found = watch_order([Slot(key, *key) for key in [(1, 61), (21, 892), (21, 893)]])
    assert [found[1, 61], found[21, 892]] == [61, 892]


MARKS = st.none() | st.tuples(st.integers(0, 3), st.none() | st.integers(0, 20))
SLOTS = st.builds(
    lambda season, number, absolute, day, before, after, dated: Slot(
        (season, number), season, number, absolute, day, before, after, dated
    ),
    st.integers(0, 3),
    st.integers(0, 40) | st.sampled_from([0.5, 1.5, 13.5]),
    st.none() | st.integers(0, 60),
    st.none() | st.dates(date(2000, 1, 1), date(2000, 3, 1)),
    MARKS,
    st.none() | st.integers(0, 3),
    st.booleans(),
)


@given(st.lists(SLOTS, max_size=30))
def test_any_serie_has_an_order(slots: list[Slot[tuple[int, float]]]) -> None:
    found = watch_order(slots)
    assert found.keys() == {slot.key for slot in slots}
    assert all(value >= 0 for value in found.values())
    assert len(set(found.values())) == len(found)
    story = sorted(key for key in found if key[0] > 0)
    assert [found[key] for key in story] == sorted(found[key] for key in story)


@pytest.mark.parametrize(
    "title",
    [
        *(
            "Episode 11.5 - Recap ~So Far~",
            "Season 2 Recap",
            "Recap",
            "Gekijouban Soushuuhen Overlord",
            "総集編",
            "总集篇",
        ),
        *(
            "劇場版総集編【前編】",
            "Special Digest",
            "A Compilation of the First Season",
            "Récapitulatif de la saison 1",
        ),
        *("Film récapitulatif", "Рекап первого сезона", "Resumen", "Zusammenfassungsfilm", "총집편"),
    ],
)
def test_titles_of_recaps(title: str) -> None:
    assert tells_again(title)


@pytest.mark.parametrize(
    "title",
    [
        *("The Recapture of Eden", "Summary Judgment", "Compiler Festa", "Digestion"),
        *("Ishuzoku Reviewers", "Anata ga Furikaeru Toki", "Dawn of the Deep Soul", ""),
    ],
)
def test_titles_of_no_recaps(title: str) -> None:
    assert not tells_again(title)


@pytest.mark.parametrize(
    ("title", "recap"),
    [
        ("Recap", True),
        ("Episode 6.5: Recap", True),
        ("総集編", True),
        ("Recap Special", True),
        ("Pilot (Recap)", True),
        ("The Recap Queen", False),
        ("Season Recap and a Wedding", False),
        ("Previously On", False),
    ],
)
def test_a_regular_episode_is_a_recap_only_if_its_title_says_nothing_else(title: str, recap: bool) -> None:
    assert content_of(episode(1, 6, name=title)) == ("recap" if recap else "story")


def test_what_a_provider_says_is_believed() -> None:
    assert content_of(episode(1, 6, name="Recap", content="story")) == "story"
    assert content_of(episode(1, 6, content="filler")) == "filler"
    assert content_of(episode(0, 6)) == "ova"
    assert content_of(episode(0, 6, name="Movie", is_movie=True)) == "story"
    assert content_of(episode(0, 6, is_movie=True), ["X Soushuuhen"]) == "recap"


@given(st.text(max_size=600))
def test_any_title_is_judged(title: str) -> None:
    tells_again(title)
    tells_again(title, regular=True)
