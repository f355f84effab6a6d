"""From the marks of the boards of countries to an age."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.scanner.metadata.ages import OLDEST, min_age


@pytest.mark.parametrize(
    ("country", "mark", "age"),
    [
        *(
            ("US", mark, age)
            for mark, age in {"G": 0, "PG-13": 13, "R": 17, "NC-17": 18, "TV-14": 14, "tv-ma": 17}.items()
        ),
        *(("GB", mark, age) for mark, age in {"U": 0, "12A": 12, "15": 15, "R18": 18}.items()),
        *(("DE", mark, age) for mark, age in {"0": 0, "FSK 12": 12, "16": 16}.items()),
        *(("JP", mark, age) for mark, age in {"G": 0, "PG12": 12, "R15+": 15, "R18+": 18}.items()),
        *(("AU", mark, age) for mark, age in {"M": 15, "MA 15+": 15, "PG": 8}.items()),
        *(("BR", mark, age) for mark, age in {"L": 0, "14": 14}.items()),
        ("CA-QC", "13+", 13),
        ("IT", "VM14", 14),
        *(("US", mark, None) for mark in ("NR", "Unrated", "", "1984", "99")),
    ],
)
def test_a_mark_is_an_age(country: str, mark: str, age: int | None) -> None:
    assert min_age({country: mark}, "en") == age


def test_the_country_of_the_library_is_believed_then_the_large_ones_then_the_strictest() -> None:
    said = {"US": "R", "DE": "12", "NL": "16", "SE": "15"}
    assert min_age(said, "de") == 12
    assert min_age(said, "de-AT") == 17, "Austria has said nothing"
    assert min_age(said, "en-GB") == 17
    assert min_age({"SE": "15", "NL": "16"}, "en") == 16
    assert min_age({"US": "NR", "DE": "6"}, "en") == 6, "who has not judged has said nothing"
    assert min_age({}, "en") is None


@given(st.dictionaries(st.text(max_size=6), st.text(max_size=12), max_size=6), st.text(max_size=12))
def test_whatever_is_said_it_is_an_age_or_none(said: dict[str, str], language: str) -> None:
    age = min_age(said, language)
    assert age is None or 0 <= age <= OLDEST
