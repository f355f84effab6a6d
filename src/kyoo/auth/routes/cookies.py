"""The cookies that stand for a session: our own page's, which no script can read, and `X-Bearer`, which the scripts of
Kyoo's page set. This service sets the first, when it is asked to, and never the second."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

KYOOS = "X-Bearer"
#: Browsers keep no cookie for longer (RFC 6265bis §5.5). The session behind it has a lifetime of its own.
SECONDS = 400 * 24 * 3600


@lru_cache(maxsize=8)
def own_names(public_url: str) -> tuple[str, str]:
    """Of the cookie under TLS, which no other host and no page without TLS can set, and without. Instances at several
    ports of one host share its cookies: the port is in the name."""
    try:
        port = urlsplit(public_url).port
    except ValueError:
        port = None
    name = f"kyoo-{port}" if port else "kyoo"
    return f"__Host-{name}", name


def session_cookie(connection: HTTPConnection, public_url: str) -> str | None:
    """The token in the first of these cookies that is there."""
    cookies = connection.cookies
    return next((token for name in (*own_names(public_url), KYOOS) if (token := cookies.get(name))), None)


def remember(response: Response, connection: HTTPConnection, public_url: str, token: str) -> None:
    secure = _under_tls(connection)
    name = own_names(public_url)[0 if secure else 1]
    response.set_cookie(name, token, SECONDS, path="/", secure=secure, httponly=True, samesite="strict")


def forget(response: Response, connection: HTTPConnection, public_url: str) -> None:
    for name in own_names(public_url):
        if name in connection.cookies:
            secure = name.startswith("__Host-")
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")


def _under_tls(connection: HTTPConnection) -> bool:
    """As the page sees it, whatever the gateway says of itself."""
    return connection.url.scheme == "https" or connection.headers.get("origin", "").startswith("https://")
