"""How a request says who sends it: headers, cookie, query (docs/protocol/auth.md#credentials). Verifies nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection

from kyoo.auth.routes.cookies import session_cookie
from kyoo.core.errors import UnauthorizedError


@dataclass(frozen=True, slots=True)
class Credential:
    """What was presented; an `anonymous` request has an empty value."""

    kind: Literal["presign", "api_key", "bearer", "anonymous"]
    value: str = ""
    by_cookie: bool = False


ANONYMOUS = Credential("anonymous")


def find_credential(request: HTTPConnection, public_url: str, *, at_exchange: bool) -> Credential:
    """The first of: x-presign, X-Api-Key, Authorization, Sec-WebSocket-Protocol, the cookie of our page, X-Bearer.

    Only the exchange (`at_exchange`) looks into the request that a gateway describes in `X-Forwarded-Uri`, and at the
    protocols of a websocket. Raises UnauthorizedError for an Authorization of another scheme.
    """
    signature = presign_of(request.url.query)
    if signature is None and at_exchange:
        signature = presign_of(request.headers.get("x-forwarded-uri", "").partition("?")[2])
    if signature is not None:
        return Credential("presign", signature)
    if api_key := request.headers.get("x-api-key"):
        return Credential("api_key", api_key)
    if authorization := request.headers.get("authorization"):
        return Credential("bearer", bearer_token(authorization))
    if at_exchange and (token := websocket_token(request.headers.getlist("sec-websocket-protocol"))):
        return Credential("bearer", token)
    if token := session_cookie(request, public_url):
        return Credential("bearer", token, by_cookie=True)
    return ANONYMOUS


def presign_of(query: str) -> str | None:
    """The first x-presign of a query string, if it is not empty."""
    if "x-presign" not in query:
        return None
    return next((value for name, value in parse_qsl(query) if name == "x-presign"), None)


def bearer_token(authorization: str) -> str:
    """The token of `Bearer <token>`; UnauthorizedError for anything else."""
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise UnauthorizedError("Authorization must be of the form: Bearer <token>")
    return token


def websocket_token(protocols: list[str]) -> str | None:
    """The token of the protocols `kyoo` and `Bearer <token>`, in one header or in two."""
    values = [value.strip() for header in protocols for value in header.split(",")]
    if len(values) != 2 or values[0] != "kyoo":
        return None
    scheme, _, token = values[1].partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
