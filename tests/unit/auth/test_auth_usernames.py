"""Usernames: what is none, and which look the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.auth.accounts.usernames import check_username, skeletons


def alike(one: str, other: str) -> bool:
    return bool(set(skeletons(one)) & set(skeletons(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "Alice"),
        ("alice", "ALICE"),
        ("alice", "\u0430lice"),  # Cyrillic a
        ("alice", "\uff41lice"),  # a wide a
        ("paypal", "\u0440\u0430\u0443\u0440\u0430l"),
        ("Iris", "lris"),  # I for l
        ("Iris", "iris"),
        ("IRIS", "lrls"),
        ("user1", "userl"),
        ("bob", "b0b"),
        ("rn", "m"),
        ("stra\u00dfe", "STRASSE"),
        ("a b", "a  b"),
        ("Zo\u00eb", "Zoe\u0308"),
        ("\u2764", "\u2764\ufe0f"),
    ],
)
def test_what_looks_the_same(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("iris", "lris"), ("Zoë", "Zoe"), ("user1", "user2"), ("李小龍", "李小龙"), ("🎬", "🎥"), ("a b", "ab")],
)
def test_what_does_not(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize(
    "name",
    [
        *("a\u3164", "\u3164", "\u2800", "al\u115fice", "\ufe0f", "\u0301a", "a" + "\u0301" * 4, "Me", "\uff4de"),
        *(" a", "a ", "a@b", "0190a3f4-5b6c-7d8e-9f00-112233445566"),
    ],
)
def test_what_is_no_username(name: str) -> None:
    with pytest.raises(ValueError, match="username"):
        check_username(name)


@given(st.text(min_size=1, max_size=256))
def test_every_name_looks_like_itself_in_any_case(name: str) -> None:
    assert 1 <= len(skeletons(name)) <= 2
    assert alike(name, name)
    assert alike(name, name.casefold())
