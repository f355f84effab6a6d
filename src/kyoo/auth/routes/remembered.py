"""The exchange of credentials that auth remembers, for a gateway in the same process: the answer of `/auth/jwt` without
a request of its own. Whatever is not plain, not remembered or not valid is left to that route."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.types import Scope

from kyoo.auth.context import AuthContext
from kyoo.auth.routes.actors import client_address
from kyoo.auth.routes.cookies import session_cookie
from kyoo.auth.routes.credentials import bearer_token
from kyoo.auth.throttle import TooManyAttemptsError
from kyoo.core.errors import UnauthorizedError


def remembered_exchange(context: AuthContext) -> Callable[[Scope], str | None]:
    """Gives the JWT for the credential of a request, or None."""
    exchange, public_url = context.exchange, context.public_url

    def token_of(scope: Scope) -> str | None:
        # A signature counts for one method and path, and a websocket has credentials of its own kind.
        if scope["type"] != "http" or b"x-presign" in scope["query_string"]:
            return None
        given = {b"x-api-key": b"", b"authorization": b"", b"cookie": b""}
        for name, value in scope["headers"]:
            if name in given:
                if given[name]:
                    return None
                given[name] = value
            elif name == b"sec-websocket-protocol":
                return None
        if api_key := given[b"x-api-key"]:
            try:
                key = context.api_keys.remembered(api_key.decode("latin-1"), client_address(HTTPConnection(scope)))
            except TooManyAttemptsError:
                return None
            return exchange.token_of_api_key(key) if key else None
        if authorization := given[b"authorization"]:
            try:
                token = bearer_token(authorization.decode("latin-1"))
            except UnauthorizedError:
                return None
            return exchange.remembered(token, by_cookie=False)
        if given[b"cookie"] and (token_of_page := session_cookie(HTTPConnection(scope), public_url)):
            return exchange.remembered(token_of_page, by_cookie=True)
        return None

    return token_of
