"""What a service takes as a token."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from kyoo.core.errors import ForbiddenError
from kyoo.core.tokens import SharedSecret, Verifier

SECRET = "a secret of more than thirty-two bytes"
CLAIMS: dict[str, Any] = {
    "sub": "39158be0-3f59-4c45-b00d-d25b3bc2b884",
    "sid": "04ac7ecc-255b-481d-b0c8-537c1578e3d5",
    "username": "ada",
    "permissions": ["core.read"],
    "iss": "http://films.example",
}


def signed(**changes: Any) -> str:
    claims = CLAIMS | {"exp": int(time.time()) + 60} | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


async def verify(token: str, issuer: str | None = None) -> str:
    return (await Verifier(SharedSecret(SECRET), issuer=issuer).verify(token)).username


async def test_a_token_of_the_issuer_is_taken() -> None:
    assert await verify(signed(), issuer="http://films.example") == "ada"
    assert await verify(signed(exp=None)) == "ada"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": "tomorrow"},
        {"iss": "http://other.example"},
        {"permissions": None},
        {"permissions": "core.read"},
        {"username": None},
        {"sub": "ada"},
        {"sid": None},
        {"presign": "[]"},
    ],
)
async def test_other_tokens_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ForbiddenError):
        await verify(signed(**changes), issuer="http://films.example")


@pytest.mark.parametrize("token", ["", "a.b.c", "a.b", "eyJhbGciOiJub25lIn0.e30.", signed()[:-3] + "abc"])
async def test_rubbish_is_refused(token: str) -> None:
    with pytest.raises(ForbiddenError):
        await verify(token)


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["HS256", "none", "b64"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
HEADER = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("alg", "kid", "typ", "crit", "b64", "jwk", "jku", "x5c", "enc", "zip"), ODD)
)


@given(ODD | HEADER | HEADER.map(lambda header: {**header, "alg": "HS256"}), ODD)
@example({"alg": "HS256", "crit": 5}, {})
async def test_whatever_a_token_says_of_itself_it_is_refused(header: Any, payload: Any) -> None:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, payload))
    with pytest.raises(ForbiddenError):
        await verify(".".join([*parts, "c2lnbmF0dXJl"]))


async def test_a_key_may_not_be_used_with_another_algorithm() -> None:
    """The public key of a signature must not pass for the secret of an HMAC."""
    key = OKPKey.generate_key("Ed25519")

    class Published:
        async def keys(self, *, refresh: bool = False) -> KeySet:
            return KeySet([key])

    forged = jwt.encode({"alg": "HS256"}, CLAIMS, OctKey.import_key(str(key.as_dict(private=False)["x"])))
    with pytest.raises(ForbiddenError):
        await Verifier(Published()).verify(forged)


async def test_a_remembered_token_still_expires() -> None:
    verifier = Verifier(SharedSecret(SECRET))
    token = signed(exp=time.time() + 0.2)
    assert (await verifier.verify(token)).username == "ada"
    time.sleep(0.3)
    with pytest.raises(ForbiddenError):
        await verifier.verify(token)
