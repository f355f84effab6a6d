"""Reading answers that hold anything."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kyoo.scanner.providers.answer import Answer, language, percent, web_link

ANYTHING: list[Any] = [
    None, "", "  ", "x", "\x00", "\ud800", 0, 1, -1, 10**400, 1.5, float("nan"), float("inf"), True, False, [], [None],
    [[]], {}, {"a": None}, "0", "2001", "2001-02-30", "0000-00-00", "2001-02-03T04:05:06Z", "1e400", "//a/b", "http://[",
    "https://x.example/a b", "a" * 100_000, {"text": {"text": []}},
]  # fmt: skip


@pytest.mark.parametrize("value", ANYTHING, ids=range(len(ANYTHING)))
def test_no_value_is_an_exception(value: Any) -> None:
    answer = Answer(value)
    for name in (
        "text", "name", "prose", "identifier", "number", "count", "minutes", "decimal", "flag", "day", "year", "link",
        "language", "country",
    ):  # fmt: skip
        getattr(answer, name)
    assert list(answer["a"]["b"]) == []
    list(answer.items())
    for item in answer:
        assert item["x"].text is None


def test_the_faces_of_nothing_are_none() -> None:
    for value in (None, "", " \n ", [], {}, {"id": None}, "\x00"):
        assert Answer(value).text is None
    assert Answer("0").identifier is None
    assert Answer(0).identifier is None
    assert Answer(0).minutes is None
    assert Answer("").day is None


def test_values_are_read_as_they_are_written() -> None:
    answer = Answer({"id": 603, "day": "1999-03-30T00:00:00.000Z", "n": "48866", "text": "a\r\nb\x00", "iso": "fr"})
    assert answer["id"].identifier == "603"
    assert answer["day"].day == date(1999, 3, 30)
    assert answer["day"].year == 1999
    assert answer["n"].number == 48866
    assert answer["text"].text == "a\nb"
    assert answer["text"].name == "a b"
    assert answer["iso"].country == "FR"
    assert Answer("One<br><br>\nTwo &amp; <i>three</i>").prose == "One\n\nTwo & three"


def test_languages_are_canonical_and_no_words_is_no_language() -> None:
    assert [language(code) for code in ("eng", "zhtw", "pt-br", "cn", "xx", "zxx", "", "not a code")] == [
        "en", "zh-TW", "pt-BR", "yue", None, None, None, None,
    ]  # fmt: skip


def test_links_and_ratings() -> None:
    assert web_link("//a.example/x.jpg") == "https://a.example/x.jpg"
    assert web_link("/banners/x.jpg") is None
    assert web_link("javascript:alert(1)") is None
    assert percent(7.8, 10) == 78
    assert percent(0, 10) is None
    assert percent(None, 10) is None
    assert percent(11, 10) == 100
