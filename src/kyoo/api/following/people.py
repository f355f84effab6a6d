"""What a user may see at this moment, asked of auth, for what is made without a token of theirs."""

from __future__ import annotations

from uuid import UUID

import httpx2

from kyoo.api.limits import Limits, limits_of
from kyoo.core.errors import KyooError
from kyoo.core.tokens import VERIFIED


async def limits_of_user(peer: httpx2.AsyncClient, user: UUID) -> Limits | None:
    """None: there is no such user, or they may not read. KyooError 503 when auth does not say."""
    try:
        answer = await peer.get(f"/auth/users/{user}", timeout=10)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        found = answer.json()
        claims, disabled = dict(found["claims"]), bool(found.get("disabled"))
    except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
        raise KyooError("The auth service cannot be reached", status=503) from error
    permissions = claims.get("permissions")
    may_read = isinstance(permissions, list) and "core.read" in permissions and claims.get(VERIFIED) is not False
    return limits_of(claims) if may_read and not disabled else None
