"""From what a provider says of a user to an account (docs/protocol/auth.md#logging-in-elsewhere)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from kyoo.auth.models.users import Email, Username
from kyoo.auth.oidc.profile import NoSubjectError, profile_of

USERNAME: TypeAdapter[str] = TypeAdapter(Username)
EMAIL: TypeAdapter[str] = TypeAdapter(Email)


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ({"sub": "a", "id": "b"}, "a"),
        ({"uid": "a", "id": 1}, "a"),
        ({"id": 583231}, "583231"),
        ({"guid": "a"}, "a"),
        ({"account": {"id": 7}}, "7"),
        ({"sub": None, "id": 0}, "0"),
    ],
)
def test_the_subject(said: dict[str, Any], subject: str) -> None:
    assert profile_of("p", said).subject == subject


@pytest.mark.parametrize(
    ("said", "username"),
    [
        ({"username": "a", "name": "b"}, "a"),
        ({"preferred_username": "ada@work", "login": "b"}, "ada-work"),
        ({"nickname": "", "name": "Ada Lovelace"}, "Ada Lovelace"),
        ({"login": "ada"}, "ada"),
        ({}, "p-1"),
        ({"username": 5}, "p-1"),
        ({"username": "me"}, "p-1"),
        ({"username": "6f0b9b1e-3f0a-4b7a-9d3c-1d2e3f4a5b6c"}, "p-1"),
        ({"username": "é" * 200}, "é" * 128),
    ],
)
def test_the_username(said: dict[str, Any], username: str) -> None:
    assert profile_of("p", {"sub": "1", **said}).username == username


@pytest.mark.parametrize(
    ("said", "email"),
    [
        ({"email": "ada@example.org"}, "ada@example.org"),
        ({"email": None}, "1@p.local"),
        ({"email": "no address"}, "1@p.local"),
        ({"sub": "a b@c"}, "a-b-c@p.local"),
    ],
)
def test_the_email(said: dict[str, Any], email: str) -> None:
    assert profile_of("p", {"sub": "1", **said}).email == email


def test_picture_and_address() -> None:
    profile = profile_of("p", {"sub": "1", "user": {"picture": "https://a/b.png"}, "profile": "javascript:x"})
    assert (profile.picture, profile.profile_url) == ("https://a/b.png", None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "picture"]), inner, max_size=2),
    max_leaves=4,
)
NAMES = st.sampled_from(["sub", "uid", "id", "account", "user", "username", "name", "email", "picture", "profile"])


@given(st.dictionaries(NAMES, VALUES), st.sampled_from(["github", "films.example:8443"]))
def test_whatever_a_provider_says_can_be_stored(said: dict[str, Any], provider: str) -> None:
    try:
        profile = profile_of(provider, said)
    except NoSubjectError:
        return
    assert USERNAME.validate_python(profile.username)
    assert EMAIL.validate_python(profile.email)
    assert profile.subject.isprintable()
