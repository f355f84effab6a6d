"""What the client has, or expects, against what is here (RFC 9110 §13)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kyoo.core.http.conditional import is_another, is_current

TAG = '"a1"'
CHANGED = datetime(2026, 3, 1, 12, 0, 0, 999_999, UTC)
SAME, BEFORE, AFTER = (f"Sun, 01 Mar 2026 {hour}:00:00 GMT" for hour in (12, 11, 13))


@pytest.mark.parametrize(
    ("headers", "current"),
    [
        ({}, False),
        ({"if-none-match": '"b", W/"a1"'}, True),
        ({"if-none-match": '"a1"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"b"', "if-modified-since": AFTER}, False),
        ({"if-modified-since": SAME}, True),
        ({"if-modified-since": AFTER}, True),
        ({"if-modified-since": BEFORE}, False),
        ({"if-modified-since": "Sun, 01 Mar 2026 13:30:00 +0200"}, False),
    ],
)
def test_what_the_client_has_will_do(headers: dict[str, str], current: bool) -> None:
    assert is_current(headers, TAG, CHANGED) is current


def test_without_a_date_only_the_tag_counts() -> None:
    assert is_current({"if-none-match": TAG}, TAG)
    assert not is_current({"if-modified-since": AFTER}, TAG)


@pytest.mark.parametrize(
    ("headers", "another"),
    [
        ({}, False),
        ({"if-match": '"b", "a1"'}, False),
        ({"if-match": "*"}, False),
        ({"if-match": 'W/"a1"'}, True),
        ({"if-match": TAG, "if-unmodified-since": BEFORE}, False),
        ({"if-unmodified-since": SAME}, False),
        ({"if-unmodified-since": BEFORE}, True),
    ],
)
def test_what_the_client_wants_is_gone(headers: dict[str, str], another: bool) -> None:
    assert is_another(headers, TAG, CHANGED) is another


@pytest.mark.parametrize(
    "date",
    ["", "some day", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 99 Jan 2026 00:00:00 GMT", "9" * 5000],
)
def test_a_date_that_is_none_says_nothing(date: str) -> None:
    assert not is_current({"if-modified-since": date}, TAG, CHANGED)
    assert not is_another({"if-unmodified-since": date}, TAG, CHANGED)


def test_the_ends_of_time() -> None:
    assert is_current({"if-modified-since": "Fri, 31 Dec 9999 23:59:59 -2359"}, TAG, CHANGED)
    assert not is_current({"if-modified-since": "Mon, 01 Jan 0001 00:00:00 +2359"}, TAG, CHANGED)
