"""Whether a request with a cookie comes from a page of ours: browsers send cookies for pages of other sites, too
(cross-site request forgery). Other credentials need no such question: no page has those of another."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from kyoo.core.errors import ForbiddenError

#: Methods that change nothing, whoever sends them.
READING = frozenset({"GET", "HEAD", "OPTIONS"})

DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def refuse_foreign(connection: HTTPConnection) -> None:
    """Raise ForbiddenError for a websocket, or a request that may change something, of a page of another origin. What
    names no page is no browser's."""
    if connection.scope["type"] == "http" and connection.scope["method"] in READING:
        return
    # No page can write this header. It is right even behind a gateway that hides the name of the host.
    site = connection.headers.get("sec-fetch-site")
    if site in ("same-origin", "none"):
        return
    origin = connection.headers.get("origin")
    if site or (origin is not None and not _is_of(connection.headers.get("host", ""), origin)):
        raise ForbiddenError(
            "A page of another site asks for this. If it is ours, the gateway must pass on the name of the host "
            "(X-Forwarded-Host, and its address in FORWARDED_ALLOW_IPS)"
        )


def _is_of(host: str, origin: str) -> bool:
    """Whether `origin` is a page of the host of this request. The scheme is not compared: gateways hide it, and for
    browsers the same host with another scheme is another site, to which they send no strict cookie."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    port = DEFAULT_PORTS.get(parts.scheme)
    return port is not None and parts.netloc.lower() == host.lower().removesuffix(port)
