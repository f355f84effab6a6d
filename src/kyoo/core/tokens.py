"""The inner JWT of the phantom tokens: who calls, and how a service verifies it (docs/protocol/auth.md#tokens)."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import httpx2
import structlog
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet, OctKey

from kyoo.core.caches import LRU
from kyoo.core.errors import ForbiddenError, KyooError

# RFC 9864 renames the algorithm; "EdDSA" is what today's verifiers know, and the key type fixes the curve.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)

#: Asymmetric algorithms a service accepts. RS256 is for trusted issuers other than our auth.
ALGORITHMS = ["EdDSA", "Ed25519", "RS256"]

NIL_UUID = UUID(int=0)

#: Libraries and an age: which part of the catalogue the caller may see.
LIMITING_CLAIMS = ("libraries", "maxAge")

#: How many streams the caller may play, how high, with how many bits/s from outside and in the home, and whether only
#: what needs no encoding.
PLAYING_CLAIMS = ("maxStreams", "maxHeight", "maxBitrate", "maxLocalBitrate", "noTranscoding")

#: Whether somebody has let the account in; only `false` says no.
VERIFIED = "verified"

#: In a token made from a presigned link: the only request it is good for, as `GET /api/shows`.
ONLY_FOR = "presignedFor"

#: In a token that a cookie was exchanged for, which browsers send for the pages of other sites, too.
BY_COOKIE = "byCookie"

#: Seconds for which a verified token that says nothing of its expiry is remembered.
WITHOUT_EXPIRY = 60

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller of a request. `subject` is the user's id (or an API key's); guests are the nil UUID."""

    subject: UUID
    session: UUID
    username: str
    permissions: frozenset[str]
    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def is_guest(self) -> bool:
        return self.subject == NIL_UUID

    @property
    def limits(self) -> dict[str, Any]:
        """The claims that limit what the caller may see, as they are; the api knows what they mean."""
        return {name: self.claims[name] for name in LIMITING_CLAIMS if self.claims.get(name) is not None}

    def check_request(self, method: str, path: str) -> None:
        """Raise ForbiddenError when the token was made for another request than `method` on the decoded `path`, as the
        service routes it. HEAD counts as GET."""
        only = self.claims.get(ONLY_FOR)
        if only is None or only == f"{method} {path}" or (method == "HEAD" and only == f"GET {path}"):
            return
        raise ForbiddenError("This token was made from a link to something else")

    @classmethod
    def from_claims(cls, claims: dict[str, Any]) -> Identity:
        """Raise ForbiddenError when a required claim is missing or of the wrong type."""
        permissions = claims.get("permissions")
        if not isinstance(permissions, list) or not isinstance(claims.get("username"), str):
            raise ForbiddenError("The token lacks the claims username or permissions")
        if "presign" in claims:
            raise ForbiddenError("A presign signature is not a token")
        try:
            subject, session = UUID(str(claims.get("sub"))), UUID(str(claims.get("sid")))
        except ValueError:
            raise ForbiddenError("The token's claims sub and sid must be UUIDs") from None
        return cls(subject, session, claims["username"], frozenset(map(str, permissions)), claims)


class UnreadableTokenError(Exception):
    """Badly signed, or no token at all."""


def read_token(token: str, keys: KeySet, algorithms: list[str]) -> jwt.Token:
    """A token signed by one of `keys`; its claims are not looked at. Raises UnreadableTokenError."""
    try:
        return jwt.decode(token, keys, algorithms=algorithms)
    except Exception as error:
        # Anybody sends tokens, and not every oddity of one (a `crit` that is no list) has an error of its own there.
        raise UnreadableTokenError from error


class KeySource(Protocol):
    """Where the verification keys come from."""

    async def keys(self, *, refresh: bool = False) -> KeySet: ...


class JwksUrl:
    """The keys published at a JWKS URL, fetched once and again when an unknown key id appears (at most every 10 s)."""

    def __init__(self, client: httpx2.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")

    async def keys(self, *, refresh: bool = False) -> KeySet:
        if self._keys is None or (refresh and time.monotonic() - self._fetched_at > 10):
            try:
                response = await self._client.get(self._url, timeout=5)
                response.raise_for_status()
                self._keys = KeySet.import_key_set(response.json())
            except (httpx2.HTTPError, ValueError, JoseError) as error:
                log.warning("the keys of the auth service cannot be read", url=self._url, error=str(error))
                if self._keys is None:
                    raise KyooError("The auth service cannot be reached", status=503) from error
            self._fetched_at = time.monotonic()
        return self._keys


class SharedSecret:
    """One HS256 secret (JWT_SECRET), for tests only."""

    algorithms = ("HS256",)

    def __init__(self, secret: str) -> None:
        self._keys = KeySet([OctKey.import_key(secret)])

    async def keys(self, *, refresh: bool = False) -> KeySet:  # noqa: ARG002
        return self._keys


class Verifier:
    """Verifies JWTs; remembers the last verified ones until they expire, so that a token costs its signature once."""

    def __init__(self, source: KeySource, *, issuer: str | None = None, remembered: int = 2048) -> None:
        self._source = source
        self._issuer = issuer
        self._algorithms = list(getattr(source, "algorithms", ALGORITHMS))
        self._verified: LRU[str, tuple[float, Identity]] = LRU("tokens", remembered)

    async def verify(self, token: str) -> Identity:
        """Raise ForbiddenError for a bad signature, an expired token, another issuer, or a missing claim."""
        known = self._verified.find(token, lambda one: one[0] > time.time())
        if known is not None:
            return known[1]
        claims = await self._claims(token)
        # Optional in RFC 7519 §4.1.4: a trusted issuer may do without; ours never does.
        expires = claims.get("exp", time.time() + WITHOUT_EXPIRY)
        if not isinstance(expires, int | float) or expires <= time.time():
            raise ForbiddenError("The token has expired")
        if self._issuer and claims.get("iss") != self._issuer:
            raise ForbiddenError("The token comes from another issuer")
        identity = Identity.from_claims(claims)
        self._verified[token] = (float(expires), identity)
        return identity

    async def _claims(self, token: str) -> dict[str, Any]:
        for refresh in (False, True):
            keys = await self._source.keys(refresh=refresh)
            try:
                return dict(read_token(token, keys, self._algorithms).claims)
            except UnreadableTokenError:
                # A key made since the last fetch (rotation) is unknown at first.
                continue
        raise ForbiddenError("Invalid token")
