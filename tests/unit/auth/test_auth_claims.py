"""Claims: what can be stored, what gets into tokens, who may grant them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.auth.tokens.claims import (
    MAX_CLAIMS_BYTES,
    RESERVED,
    Claims,
    beyond,
    check_claims,
    limited_as,
    new_account_claims,
    refuse_protected,
    token_claims,
)
from kyoo.core.errors import ForbiddenError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8).filter(lambda name: name != "permissions"), JSON, max_size=4))
def test_claims_are_kept_unless_postgres_could_not(claims: dict[str, object]) -> None:
    text = json.dumps(claims, ensure_ascii=False)
    nul = "\0" in "".join(str(character) for character in _strings(claims))
    half = any("\ud800" <= character <= "\udfff" for character in text)
    if nul or half:
        with pytest.raises(ValueError, match="Unicode"):
            check_claims(claims)
    else:
        assert check_claims(claims) == claims


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *_strings(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in _strings(inner)]
    return []


def test_claims_are_bounded() -> None:
    check_claims({"x": "x" * (MAX_CLAIMS_BYTES - 100)})
    with pytest.raises(ValueError, match="bytes"):
        check_claims({"x": "é" * (MAX_CLAIMS_BYTES // 2)})
    nested: list[object] = []
    for _ in range(5000):
        nested = [nested]
    with pytest.raises(ValueError, match="nested"):
        check_claims({"x": nested})
    with pytest.raises(ValueError, match="JSON compliant"):
        check_claims({"x": float("nan")})


@pytest.mark.parametrize("permissions", ["core.read", None, [1], {"a": 1}])
def test_permissions_are_a_list_of_strings(permissions: object) -> None:
    with pytest.raises(ValueError, match="permissions"):
        check_claims({"permissions": permissions})


def test_tokens_have_permissions_and_no_reserved_name() -> None:
    assert token_claims({}) == {"permissions": []}
    assert token_claims({"a": 1, "permissions": ["x"], **dict.fromkeys(RESERVED, 1)}) == {"a": 1, "permissions": ["x"]}


def test_the_first_account_has_its_claims_over_those_of_all() -> None:
    assert new_account_claims({"a": 1, "b": 1}, {"b": 2}, first=True) == {"permissions": [], "a": 1, "b": 2}
    assert new_account_claims({"a": 1}, {"b": 2}, first=False) == {"permissions": [], "a": 1}


PERMISSIONS = st.frozensets(st.sampled_from(["a", "b", "c", "d"]))


LIMITS = st.none() | st.lists(st.sampled_from(["films", "series"]), unique=True)
AGES = st.none() | st.integers(0, 18)


@given(PERMISSIONS, PERMISSIONS, LIMITS, LIMITS, AGES, AGES)
def test_more_is_a_permission_more_or_a_limit_less(
    has: frozenset[str],
    actor_has: frozenset[str],
    libraries: list[str] | None,
    actor_libraries: list[str] | None,
    age: int | None,
    actor_age: int | None,
) -> None:
    claims: Claims = {"permissions": sorted(has), "libraries": libraries, "maxAge": age}
    actor: Claims = {"permissions": sorted(actor_has), "libraries": actor_libraries, "maxAge": actor_age}
    more = set(has - actor_has)
    if actor_libraries is not None and (libraries is None or not set(libraries) <= set(actor_libraries)):
        more.add("libraries")
    if actor_age is not None and (age is None or age > actor_age):
        more.add("maxAge")
    assert set(beyond(claims, actor)) == more
    assert beyond(limited_as(claims, actor), actor) == sorted(has - actor_has)


@pytest.mark.parametrize("claimed", [None, True, 0, "", "false", []])
def test_only_false_is_not_verified(claimed: object) -> None:
    assert beyond({"verified": claimed}, {"verified": False}) == ["verified"]
    assert beyond({"verified": False}, {"verified": claimed}) == []
    assert limited_as({"verified": claimed}, {"verified": False}) == {"verified": False}
    assert limited_as({}, {"verified": claimed}) == {}


def test_protected_claims() -> None:
    refuse_protected({"a": 1}, {"b"})
    with pytest.raises(ForbiddenError, match="b"):
        refuse_protected({"a": 1, "b": 1}, {"b"})
