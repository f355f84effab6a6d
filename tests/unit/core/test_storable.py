"""Which JSON is looked at for what no database holds: the quick look misses nothing that the long one finds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.core.http import storable

#: What numbers and names are made of.
PIECES = st.sampled_from(["0", "1", "9", ".", "e", "E", "+", "-", " ", "\n", '"', ",", ":", "[", "]", "e400", "1E+400"])


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
def test_the_quick_look_misses_nothing(text: str) -> None:
    body = text.encode("utf-8", "surrogatepass")
    try:
        found = next(storable._places(json.loads(body)), None)
    except ValueError:
        found = None
    assert storable._of_json(body) == found


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("1e400", "body"),
        ("[0, -1.5E+400]", "body.1"),
        ('{"a":{"b":1e999}}', "body.a.b"),
        ('{"a":NaN}', "body.a"),
        ("[-Infinity]", "body.0"),
        ('["\\u0000"]', "body.0"),
        ('["\\ud800"]', "body.0"),
        ("[" + '"1e100",' * 5000 + "1e400]", "body.5000"),
        ("[" + '"1e100",' * 5000 + "1e40]", None),
        ('["show s01e0400", "a1e400", 1e40]', None),
        ("[1e300]", None),
    ],
)
def test_where_it_is(body: str, place: str | None) -> None:
    assert storable._of_json(body.encode()) == place


def test_names_are_no_numbers() -> None:
    """Each value of a body is looked at only when one of them may be beyond all bounds."""
    assert not storable._has_exponent(b'{"path": "/tv/Show s01e0400 1080p.mkv", "rendering": "s1-e400", "part": 12}')
    assert not storable._has_exponent(b'["s01e0400",' * 5000)
    assert storable._has_exponent(b'["s01e0400", 2e400]')
    assert storable._has_exponent(b'["s01e0400",' * 5000 + b"2e400")
