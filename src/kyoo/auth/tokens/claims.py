"""Claims: the free-form facts about an account that travel in its tokens. Which are reserved, how they merge, who may
grant them. No HTTP, no SQL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from kyoo.core.errors import ForbiddenError
from kyoo.core.tokens import BY_COOKIE, LIMITING_CLAIMS, ONLY_FOR, PLAYING_CLAIMS, VERIFIED

Claims = dict[str, Any]

#: The catalogue of permissions (docs/operating/auth.md#permissions).
EVERY_PERMISSION = (
    "core.read",
    "core.write",
    "core.play",
    "users.read",
    "users.write",
    "users.delete",
    "apikeys.read",
    "apikeys.write",
    "scanner.trigger",
    "scanner.guess",
    "scanner.search",
    "scanner.add",
)

#: Marks what was made from a presign signature; its value is when that signature expires (seconds since the epoch).
PRESIGNED = "presigned"

#: Marks a session that can only set up a second factor, which the server demands and its user lacks.
RESTRICTED = "secondFactorRequired"

#: Marks, inside this service, a session that an app password opened.
APP_PASSWORD = "appPassword"  # noqa: S105

#: Names with a meaning of their own in a token: stored claims of these names never reach one.
RESERVED = frozenset(
    {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "sid", "username", "presign"}
    | {PRESIGNED, ONLY_FOR, BY_COOKIE, RESTRICTED, APP_PASSWORD}
)

#: Its holders act on other accounts: to the clients, this is what an administrator is.
ADMINISTER = "users.write"

#: What is kept from an account whatever its permissions are.
LIMITS = (*LIMITING_CLAIMS, *PLAYING_CLAIMS)

#: What an account may do, and what is kept from it: never for its own user to change, whatever is configured.
ALWAYS_PROTECTED = frozenset({"permissions", VERIFIED, *LIMITS})

#: Claims travel in a request header.
MAX_CLAIMS_BYTES = 16 * 1024

#: In JSON text, what Postgres cannot keep: an escaped NUL (not an escaped backslash before "u0000"), half a character.
UNSTORABLE = re.compile(r"(?<!\\)(?:\\\\)*\\u0000|[\ud800-\udfff]")

MAX_CLAIMS_DEPTH = 64


def _deeper_than(value: Any, depth: int) -> bool:
    """Whether lists and objects are nested deeper than `depth`; level by level, as recursion has limits of its own."""
    level = [value]
    for _ in range(depth):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def check_claims(claims: Claims) -> Claims:
    """`claims` as they are; ValueError when they cannot be stored, are too large, or `permissions` is no list of
    strings."""
    if _deeper_than(claims, MAX_CLAIMS_DEPTH):
        raise ValueError("claims are nested too deeply")
    text = json.dumps(claims, ensure_ascii=False, allow_nan=False)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_CLAIMS_BYTES:
        raise ValueError(f"claims are limited to {MAX_CLAIMS_BYTES} bytes")
    if UNSTORABLE.search(text):
        raise ValueError("claims must be Unicode text without NUL")
    permissions = claims.get("permissions", [])
    if not isinstance(permissions, list) or not all(isinstance(permission, str) for permission in permissions):
        raise ValueError("permissions must be a list of strings")
    return claims


def new_account_claims(extra: Claims, first_user: Claims, *, first: bool, let_in: bool = False) -> Claims:
    """The claims a new account starts with; clients cannot read an account without `permissions`. Nobody has to let in
    the first user, nor who is `let_in`."""
    claims = {"permissions": [], **extra}
    if (first or let_in) and VERIFIED in claims:
        claims[VERIFIED] = True
    return {**claims, **(first_user if first else {})}


def token_claims(claims: Claims) -> Claims:
    """What of an account's claims goes into its tokens; upstreams refuse a token without `permissions`."""
    return {"permissions": [], **{name: value for name, value in claims.items() if name not in RESERVED}}


def granted_permissions(claims: Claims) -> frozenset[str]:
    permissions = claims.get("permissions")
    return frozenset(map(str, permissions)) if isinstance(permissions, list) else frozenset()


def still_granted(claims: Claims, grantor: Claims | None) -> Claims:
    """Of what an account was given, only the permissions that who gave them still holds, within the limits of the
    giver; `grantor` None: nobody's."""
    if grantor is None:
        return claims
    if "permissions" in claims:
        held = granted_permissions(grantor)
        claims = {**claims, "permissions": [name for name in claims["permissions"] if name in held]}
    return limited_as(claims, grantor)


def limited_as(claims: Claims, grantor: Claims) -> Claims:
    """`claims` with no wider limits than the grantor has."""
    return {**claims, **{name: _narrower(claims.get(name), limit) for name, limit in limits_of(grantor).items()}}


def limits_of(claims: Claims) -> Claims:
    """What keeps an account from something that its permissions allow. Only `false` says that it is not verified."""
    limits = {name: limit for name in LIMITS if (limit := claims.get(name)) is not None}
    if limits.get("noTranscoding") is False:
        del limits["noTranscoding"]
    return {**limits, VERIFIED: False} if claims.get(VERIFIED) is False else limits


def is_unlimited(claims: Claims) -> bool:
    return not limits_of(claims)


def _narrower(given: Any, limit: Any) -> Any:
    match given, limit:
        case list(), list():
            return [item for item in given if item in limit]
        case (bool(), _) | (_, bool()):
            return limit
        case int() | float(), int() | float():
            return min(given, limit)
    return limit


def beyond(claims: Claims, actor: Claims) -> list[str]:
    """What an account has that the actor has not: names of permissions, and of claims that limit the actor more."""
    wider = [name for name, limit in limits_of(actor).items() if not _within(claims.get(name), limit)]
    return [*sorted(granted_permissions(claims) - granted_permissions(actor)), *wider]


def _within(given: Any, limit: Any) -> bool:
    narrower = _narrower(given, limit)
    return type(narrower) is type(given) and narrower == given


def refuse_protected(changes: Mapping[str, Any], protected: Iterable[str]) -> None:
    """Raise ForbiddenError when `changes` touches a protected claim."""
    if touched := sorted(changes.keys() & set(protected)):
        raise ForbiddenError(f"These claims can only be changed by an administrator: {', '.join(touched)}")
