"""The exchange: from a credential to the account behind it and to a short-lived JWT (docs/protocol/auth.md#tokens).
Says which JWT is accepted where, and writes every JWT of the service. Reads no HTTP."""

from __future__ import annotations

import re
import time
from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from kyoo.auth.tokens.claims import APP_PASSWORD, PRESIGNED, RESERVED, RESTRICTED, Claims, token_claims
from kyoo.auth.tokens.opaque import is_jwt
from kyoo.auth.tokens.presign import Allowance, dump_allowances, load_allowances
from kyoo.auth.tokens.principals import Principal, Principals
from kyoo.auth.tokens.signing import PRESIGN_TYPE, InvalidTokenError, SigningKeys
from kyoo.core.caches import LRU
from kyoo.core.errors import ForbiddenError, UnauthorizedError
from kyoo.core.tokens import BY_COOKIE, NIL_UUID, ONLY_FOR, Identity

TOKEN_LIFETIME = 3600
#: A JWT is given out again while it has at least this many seconds left.
REUSE_WHILE_LEFT = 1200
REMEMBERED = 16_384
#: What a stranger may ask of a service, which decides by itself: guests come into rooms by a link, and calendar
#: programs have an address that is a secret.
OPEN_REQUEST = re.compile(r"POST /api/rooms/[^/]+/join|(GET|HEAD) /api/calendars/[^/]+/episodes\.ics")
#: Seconds for which a token is good that anybody gets for one request.
OPEN_SECONDS = 60


class Exchange:
    """Failures raise UnauthorizedError or ForbiddenError as the contract's tables say."""

    def __init__(self, principals: Principals, keys: SigningKeys, issuer: str) -> None:
        self._principals = principals
        self._keys = keys
        self._issuer = issuer
        #: The JWT given last for a credential, with its account, its end and the key that signed it.
        self._issued: LRU[Hashable, tuple[Principal, float, str, str | None]] = LRU("issued tokens", REMEMBERED)

    async def token_of_guest(self, verb: str = "", path: str | None = None) -> str:
        """Of whoever says nothing of who they are and asks for `verb` on the normalised `path`. Where there are no
        guests, only for what anybody may ask: such a token has no rights and is good for that request alone."""
        try:
            return self._token(self._principals.guest(), NIL_UUID)
        except UnauthorizedError:
            if path is None or not OPEN_REQUEST.fullmatch(f"{verb} {path}"):
                raise
        until = int(time.time()) + OPEN_SECONDS
        stranger = Principal(NIL_UUID, NIL_UUID, "guest", {"permissions": []})
        return self._token(replace(stranger, presigned_until=until, presigned_for=f"{verb} {path}"), uuid4())

    def token_of_api_key(self, principal: Principal) -> str:
        return self._token(principal, principal.session)

    async def token_of_bearer(self, token: str, *, from_gateway: bool, by_cookie: bool) -> str:
        """A session token gives the JWT of its session, a JWT a newer one. `from_gateway`: the caller
        asks on behalf of a request to somewhere else. `by_cookie`: the JWT says that the token was in a cookie."""
        if not is_jwt(token):
            principal = await self._principals.of_session_token(token)
            return self._token(principal, principal.session, by_cookie=by_cookie)
        try:
            claims = await self._keys.verify(token)
        except InvalidTokenError as error:
            raise ForbiddenError(f"This token cannot be exchanged: {error}") from error
        subject, session, token_id = _ids(claims)
        if PRESIGNED in claims:
            return await self._renew_presigned(claims, subject, session, token_id, from_gateway=from_gateway)
        if session == NIL_UUID:
            return await self.token_of_guest()
        principal = await self._principals.of_session(session)
        return self._token(principal, (session, token_id), token_id, by_cookie=by_cookie or BY_COOKIE in claims)

    def remembered(self, token: str, *, by_cookie: bool) -> str | None:
        """What `token_of_bearer` gives for a session token, if nobody need be asked."""
        principal = None if is_jwt(token) else self._principals.remembered_session_token(token)
        return self._token(principal, principal.session, by_cookie=by_cookie) if principal else None

    async def token_of_signature(self, signature: str, verb: str, path: str | None) -> str:
        principal = await self.presigned(signature, verb, path)
        return self._token(principal, (signature, principal.presigned_for))

    async def presigned(self, signature: str, verb: str, path: str | None) -> Principal:
        """The signer's present account, lent to a request of `verb` on the normalised `path`."""
        try:
            claims = await self._keys.verify(signature, PRESIGN_TYPE)
        except InvalidTokenError as error:
            raise ForbiddenError(f"Invalid x-presign: {error}") from error
        rules = load_allowances(claims["presign"])
        rule = next((rule for rule in rules if path is not None and rule.allows(verb, path)), None)
        if rule is None:
            raise ForbiddenError("x-presign does not allow this request")
        signer = UUID(claims["sub"]), UUID(claims["sid"])
        return await self._lend(*signer, claims["claims"], claims["exp"], f"{rule.verb} {path}")

    async def bearer(self, token: str) -> Principal:
        """The account of a session token or a JWT given to a route of this service: the claims are the present ones,
        and an ended session is refused, however long the JWT would last."""
        if not is_jwt(token):
            return await self._principals.of_session_token(token)
        try:
            claims = await self._keys.verify(token)
        except InvalidTokenError as error:
            raise UnauthorizedError("invalid or expired jwt") from error
        if PRESIGNED in claims:
            raise ForbiddenError("A token made from a presign signature is of no use here")
        subject, session, _ = _ids(claims)
        return await self._principals.of_subject(subject, session)

    def sign_request(
        self, identity: Identity, allowances: Iterable[Allowance], duration: timedelta, extra: Claims
    ) -> tuple[str, datetime]:
        """A presign signature and when it expires. It names its signer but carries none of the signer's rights."""
        now = time.time()
        expires = int(now + duration.total_seconds()) + 1
        claims = {
            "iss": self._issuer,
            "aud": "presign",
            "sub": str(identity.subject),
            "sid": str(identity.session),
            "jti": str(uuid4()),
            "iat": int(now),
            "exp": expires,
            "presign": dump_allowances(allowances),
            "claims": _lendable(extra),
        }
        return self._keys.sign(claims, PRESIGN_TYPE), datetime.fromtimestamp(expires, UTC)

    async def _renew_presigned(
        self, claims: dict[str, Any], subject: UUID, session: UUID, token_id: UUID, *, from_gateway: bool
    ) -> str:
        """Upstreams renew the token of a long-lived connection, for the same request. At a gateway such a token is
        nobody's credential, nor is one of an older release, which does not say what it was made for."""
        request = claims.get(ONLY_FOR)
        if from_gateway or not isinstance(request, str):
            raise ForbiddenError("A token made from a presign signature opens nothing by itself")
        principal = await self._lend(subject, session, claims, claims[PRESIGNED], request)
        return self._token(principal, (PRESIGNED, token_id), token_id)

    async def _lend(self, subject: UUID, session: UUID, extra: Claims, until: int, request: str) -> Principal:
        try:
            signer = await self._principals.of_subject(subject, session)
        except UnauthorizedError as error:
            raise ForbiddenError("The guest who signed this has no access any more") from error
        claims = {**_lendable(extra), **signer.claims}
        return replace(signer, claims=claims, presigned_until=until, presigned_for=request)

    def _token(
        self, principal: Principal, credential: Hashable, token_id: UUID | None = None, *, by_cookie: bool = False
    ) -> str:
        """The JWT given last for this credential while it is fresh and says the same, else a new one."""
        credential = (credential, by_cookie)
        now = time.time()
        signer = self._keys.signer.kid
        issued = self._issued.find(
            credential,
            lambda one: (
                (one[0] is principal or one[0] == principal) and one[1] - now >= REUSE_WHILE_LEFT and one[3] == signer
            ),
        )
        if issued is not None:
            return issued[2]
        expires = int(now) + TOKEN_LIFETIME
        claims = token_claims(principal.claims)
        if principal.restricted:
            claims[RESTRICTED] = True
        if by_cookie:
            claims[BY_COOKIE] = True
        if principal.presigned_until is not None:
            claims |= {PRESIGNED: principal.presigned_until, ONLY_FOR: principal.presigned_for}
            expires = min(expires, principal.presigned_until)
        claims |= {
            "sub": str(principal.subject),
            "sid": str(principal.session),
            "username": principal.username,
            "jti": str(token_id or uuid4()),
            "iss": self._issuer,
            "iat": int(now),
            "exp": expires,
        }
        token = self._keys.sign(claims)
        self._issued[credential] = (principal, expires, token, signer)
        return token


def _ids(claims: dict[str, Any]) -> tuple[UUID, UUID, UUID]:
    """`sub`, `sid` and `jti`; ForbiddenError unless all three are UUIDs."""
    try:
        return UUID(claims["sub"]), UUID(claims["sid"]), UUID(claims["jti"])
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise ForbiddenError("The token lacks sub, sid or jti") from error


def _lendable(claims: Claims) -> Claims:
    """What a signature may add to its signer's claims."""
    return {name: value for name, value in claims.items() if name not in RESERVED and name != "permissions"}


def identity_of(principal: Principal) -> Identity:
    """What the routes of this service see of a caller."""
    claims = token_claims(principal.claims)
    if principal.presigned_until is not None:
        claims[PRESIGNED] = principal.presigned_until
    if principal.restricted:
        claims[RESTRICTED] = True
    if principal.by_app_password:
        claims[APP_PASSWORD] = True
    return Identity(
        principal.subject, principal.session, principal.username, frozenset(map(str, claims["permissions"])), claims
    )
