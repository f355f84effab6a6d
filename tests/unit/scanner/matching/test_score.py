"""What speaks for a title and against it, and when nobody can be sure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.scanner.local.file_names import parse_file
from kyoo.scanner.matching import Evidence, decide, evidence_of, rank, searches
from kyoo.scanner.matching.likeness import compare
from kyoo.scanner.providers.records import Candidate, Title


def title(name: str, year: int | None = None, *others: str, kind: str = "movie", **more: Any) -> Candidate:
    values = {"provider": "one", "id": f"{name} {year} {kind}", "kind": kind, "name": name, "year": year}
    return Candidate.model_validate(values | {"titles": [Title(text=other) for other in others]} | more)


def film(path: str, **more: Any) -> Evidence:
    parsed = parse_file(f"/library/{path}", [])
    return evidence_of("movie", parsed.title, parsed.year, [parsed], ids=parsed.external_ids, **more)


def serie(*paths: str, **more: Any) -> Evidence:
    parsed = [parse_file(f"/library/{path}", []) for path in paths]
    return evidence_of("serie", parsed[0].title, parsed[0].year, parsed, **more)


SAME = [
    ("The Matrix", "Matrix, The"),
    ("Rocky II", "Rocky 2"),
    ("Kill Bill Vol 2", "Kill Bill: Vol. 2"),
    ("Kill Bill 2", "Kill Bill: Volume Two"),
    ("Amelie", "Amélie"),
    ("Der Koenig der Loewen", "Der König der Löwen"),
    ("Spiderman", "Spider-Man"),
    ("Brat", "Брат"),
    ("Naruto Shippuuden", "Naruto: Shippūden"),
    ("Theatre of Colours", "Theater of Colors"),
    ("Romeo & Juliet", "Romeo and Juliet"),
    ("Star Wars Episode 4 A New Hope", "Star Wars: Episode IV - A New Hope"),
    ("2 Guns", "Two Guns"),
]
OTHER = [
    ("Rocky", "Rocky II"),
    ("Rocky III", "Rocky II"),
    ("Alien", "Aliens"),
    ("K-On!!", "K-On!"),
    ("Heat", "Heat and Dust"),
    ("Ring", "Rings of Power"),
    ("28 Days", "28 Weeks"),
    ("House", "House of Cards"),
    ("I Robot", "Robot"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_title(one: str, other: str) -> None:
    assert compare(one, other).same
    assert compare(other, one).same


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_titles(one: str, other: str) -> None:
    assert compare(one, other).points < 2


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_titles_can_be_compared(one: str, other: str) -> None:
    assert compare(one, other).points <= compare(one, one).points


def test_the_year_tells_remakes_apart() -> None:
    both = [title("Dune", 1984, votes=100), title("Dune", 2021, votes=9000)]
    verdict = decide(film("Dune (1984).mkv"), both)
    assert verdict.match is not None
    assert verdict.match.candidate.year == 1984
    assert "Of the same year, 1984" in verdict.why


def test_without_a_year_remakes_are_listed_the_better_known_first() -> None:
    verdict = decide(film("Dune.mkv"), [title("Dune", 1984, votes=3000), title("Dune", 2021, votes=9000)])
    assert verdict.match is None
    assert [ranked.candidate.year for ranked in verdict.ranked] == [2021, 1984]


def test_popularity_decides_only_between_equals_that_are_far_apart() -> None:
    known, obscure = title("Harbour of Lights", 1995, votes=9000), title("Harbour of Lights", 1971, votes=3)
    assert decide(film("Harbour of Lights.mkv"), [obscure, known]).match is not None
    other = film("Harbour of Lights (1971).mkv")
    match = decide(other, [known, obscure]).match
    assert match is not None
    assert match.candidate.year == 1971


def test_the_length_tells_what_the_name_does_not() -> None:
    both = [title("Heat", 1995, runtime=170, votes=7000), title("Heat", 1986, runtime=101, votes=60)]
    match = decide(film("Heat.mkv", minutes=[169.6]), both).match
    assert match is not None
    assert match.candidate.year == 1995
    long = title("Another Harbour", 1995, runtime=170)
    assert decide(film("Another Harbour.mkv", minutes=[40]), [long]).match is None
    # A stand-in of a few seconds says nothing.
    assert decide(film("Heat (1995).mkv", minutes=[0.2]), both).match is not None


def test_seasons_that_it_has_not_speak_against_a_serie() -> None:
    british = title("The Office", 2001, kind="serie", seasons=2, episodes=12, sizes={1: 6, 2: 6}, countries=["GB"])
    american = title("The Office", 2005, kind="serie", seasons=9, episodes=188, countries=["US"])
    files = serie("The Office/The Office S07E22.mkv", "The Office/The Office S01E01.mkv")
    match = decide(files, [british, american]).match
    assert match is not None
    assert match.candidate.year == 2005
    match = decide(serie("The Office (UK)/The Office (UK) S01E02.mkv"), [british, american]).match
    assert match is not None
    assert match.candidate.year == 2001


def test_an_id_in_the_name_decides() -> None:
    wanted = title("Lamps", 1990, ids={"imdb": "tt0000012"})
    verdict = decide(film("Lumps (1994) {imdb-tt0000012}.mkv"), [title("Lumps", 1994, ids={"imdb": "tt7"}), wanted])
    assert verdict.match is not None
    assert verdict.match.candidate is wanted


def test_a_year_that_is_a_part_of_the_title() -> None:
    wonder = [title("Wonder Woman", 2017, runtime=141), title("Wonder Woman 1984", 2020, runtime=151)]
    match = decide(film("Wonder Woman 1984.mkv", minutes=[151]), wonder).match
    assert match is not None
    assert match.candidate.year == 2020


@pytest.mark.parametrize(
    "path",
    [
        "2018.Night.Ferry.1080p.mkv",
        "Night Ferry 2018 Channel 4.mkv",
        "Night Ferry - UK - 2018.mkv",
    ],
)
def test_what_stands_around_a_title(path: str) -> None:
    verdict = decide(film(path), [title("Night Ferry", 2018), title("Night Ferry Home", 2018)])
    assert verdict.match is not None
    assert verdict.match.candidate.name == "Night Ferry"


def test_a_group_before_a_name_in_small_letters() -> None:
    evidence = serie("grp-night.ferry.s01e02.720p.mkv")
    assert [found.candidate.name for found in rank(evidence, [title("Night Ferry", 2018, kind="serie")])]
    # What is called so is meant first.
    evidence = serie("x-men.s01e02.mkv")
    assert rank(evidence, [title("Men", kind="serie"), title("X-Men", kind="serie")])[0].candidate.name == "X-Men"


def test_a_title_of_the_other_kind_is_shown_and_not_taken() -> None:
    verdict = decide(film("Harbour Nights.mkv"), [title("Harbour Nights", 2001, kind="serie")])
    assert verdict.match is None
    unsure = decide(film("Guilty Crown 8.mkv"), [title("Guilty Crown", 2011, kind="serie")])
    assert unsure.match is None


def test_what_several_services_know_is_one_title() -> None:
    one = title("Harbour Nights", 2001, kind="serie", ids={"imdb": "tt1"})
    two = title("Harbour Nights!", 2010, kind="serie", provider="two", ids={"imdb": "tt1"}, runtime=45)
    three = title("Harbour Nights", 2002, kind="serie", provider="three", id="3")
    other = title("Harbour Nights", 2002, kind="serie", provider="four", ids={"imdb": "tt2"})
    ranked = rank(serie("Harbour Nights (2001)/S01E01.mkv"), [one, two, three, other])
    assert [len(group.others) for group in ranked] == [2, 0]
    assert ranked[0].candidate is one


def test_what_lies_beside_it_speaks_for_a_language() -> None:
    both = [title("Ring", 1998, original_language="ja"), title("Ring", 1998, id="x", original_language="en")]
    ranked = rank(film("Ring (1998).mkv", languages={"ja": 8, "ko": 1}), both)
    assert ranked[0].candidate.original_language == "ja"
    assert any("beside it" in reason.text for reason in ranked[0].reasons)


def test_a_serie_that_ran_in_that_year_is_not_another_one() -> None:
    running = title("Harbour Nights", 2001, kind="serie", end=date(2009, 1, 1))
    ranked = rank(serie("Harbour Nights (2005)/Season 5/Harbour Nights S05E01.mkv"), [running])
    assert ranked[0].points > 3


def test_searches_try_other_titles_years_and_numerals() -> None:
    asked = [(search.title, search.year) for search in searches(film("Rocky 2 AKA Der Boxer (1979).mkv"))]
    assert asked[0] == ("Rocky 2", 1979)
    assert {("Der Boxer", 1979), ("Rocky 2", None), ("Rocky II", 1979)} <= set(asked)
    assert len(asked) <= 8


@given(st.text(min_size=1, max_size=80))
def test_any_name_can_be_searched_and_weighed(name: str) -> None:
    parsed = parse_file(f"/library/{name}.mkv", [])
    evidence = evidence_of("movie", parsed.title, parsed.year, [parsed], minutes=[90])
    assert searches(evidence)
    decide(evidence, [title("Dune", 1984), title(parsed.title or "x", parsed.year)])
