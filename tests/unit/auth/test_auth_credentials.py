"""How a request says who sends it (docs/protocol/auth.md#credentials)."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from kyoo.auth.routes.credentials import (
    ANONYMOUS,
    Credential,
    bearer_token,
    find_credential,
    presign_of,
    websocket_token,
)
from kyoo.auth.tokens.opaque import hash_secret, is_jwt, new_secret
from kyoo.core.errors import UnauthorizedError


def request(query: str = "", **headers: str) -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/auth/jwt",
            "query_string": query.encode(),
            "headers": [
                (name.replace("_", "-").lower().encode(), value.encode("latin-1")) for name, value in headers.items()
            ],
        }
    )


TOKEN = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120)


@given(TOKEN, st.sampled_from(["Bearer", "bearer", "BEARER"]), st.sampled_from([" ", "  "]))
def test_a_bearer_token_is_found_as_it_is(token: str, scheme: str, space: str) -> None:
    assert bearer_token(f"{scheme}{space}{token}") == token


@given(st.text(max_size=40))
def test_any_other_authorization_is_refused(text: str) -> None:
    if text.strip().lower().startswith("bearer "):
        return
    with pytest.raises(UnauthorizedError):
        bearer_token(text)


@given(TOKEN.filter(lambda token: "," not in token))
def test_websocket_protocols_in_one_header_or_two(token: str) -> None:
    for protocols in ([f"kyoo, Bearer {token}"], [f"kyoo,Bearer {token}"], ["kyoo", f"Bearer {token}"]):
        assert websocket_token(protocols) == token


@pytest.mark.parametrize(
    "protocols", [[], ["kyoo"], ["Bearer x"], ["Bearer x, kyoo"], ["kyoo, Bearer"], ["kyoo, x, y"]]
)
def test_other_protocols_hold_no_token(protocols: list[str]) -> None:
    assert websocket_token(protocols) is None


@given(st.text(min_size=1, max_size=60), st.text(max_size=20))
def test_a_signature_is_found_anywhere_in_the_query(signature: str, other: str) -> None:
    signature = signature.encode("utf-8", "replace").decode()
    other = other.encode("utf-8", "replace").decode()
    assert presign_of(urlencode([("a", other), ("x-presign", signature)])) == signature
    assert presign_of(urlencode([("x-presign", signature), ("b", other)])) == signature


@given(st.text(max_size=60))
def test_any_query_can_be_read(query: str) -> None:
    presign_of(query)


def test_the_order() -> None:
    headers = {
        "x_forwarded_uri": "/api/shows?x-presign=forwarded",
        "x_api_key": "key",
        "authorization": "Bearer token",
        "sec_websocket_protocol": "kyoo, Bearer socket",
        "cookie": "X-Bearer=cookie",
    }
    found = [find_credential(request("x-presign=query", **headers), "http://kyoo.test:8901", at_exchange=True)]
    while headers:
        found.append(find_credential(request(**headers), "http://kyoo.test:8901", at_exchange=True))
        headers.pop(next(iter(headers)))
    assert found == [
        Credential("presign", "query"),
        Credential("presign", "forwarded"),
        Credential("api_key", "key"),
        Credential("bearer", "token"),
        Credential("bearer", "socket"),
        Credential("bearer", "cookie", by_cookie=True),
    ]
    assert find_credential(request(), "http://kyoo.test:8901", at_exchange=True) == ANONYMOUS


def test_only_the_exchange_looks_at_what_a_gateway_says() -> None:
    forwarded = request(x_forwarded_uri="/a?x-presign=s", sec_websocket_protocol="kyoo, Bearer t")
    assert find_credential(forwarded, "http://kyoo.test:8901", at_exchange=False) == ANONYMOUS


def test_empty_credentials_are_none() -> None:
    empty = request("x-presign=", x_api_key="", authorization="", cookie="X-Bearer=")
    assert find_credential(empty, "http://kyoo.test:8901", at_exchange=True) == ANONYMOUS


def test_session_tokens_are_random_and_never_look_like_a_jwt() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    for secret in secrets:
        assert len(base64.urlsafe_b64decode(secret + "==")) == 64
        assert not is_jwt(secret)
    assert is_jwt("e30.e30.x")


@given(st.text(), st.text())
def test_hashes_tell_secrets_apart(one: str, other: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in one + other):
        return
    assert (hash_secret(one) == hash_secret(other)) == (one == other)
