"""Where a login at a provider may send the browser afterwards. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
DEFAULT_PORTS = {"http": 80, "https": 443}
SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,63}")
#: Schemes of the web, which are allowed by origin only, and those that a browser runs or reads itself.
NEVER_WHOLE = frozenset({"http", "https", "ws", "wss", "javascript", "data", "vbscript", "file", "blob", "about"})
#: What browsers and parsers read differently: blanks, control characters, backslashes, anything but ASCII.
AMBIGUOUS = re.compile(r"[^\x21-\x7e]|\\")

#: A host and a port, and nothing else: neither a user nor what only some parsers take for a part of the host.
AUTHORITY = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]+)?")

Origin = tuple[str, str, int | None]


def origin_of(url: str) -> Origin | None:
    """`(scheme, host, port)` of an http or https URL; None for anything else, and for what is read in two ways."""
    if AMBIGUOUS.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host or not AUTHORITY.fullmatch(parts.netloc):
        return None
    return parts.scheme, host, port or DEFAULT_PORTS[parts.scheme]


def check_entry(entry: str) -> str:
    """An entry of EXTRA_OIDC_REDIRECT_URLS: the scheme of an app, or an origin. Raises ValueError."""
    lowered = entry.lower().removesuffix("://")
    if SCHEME.fullmatch(lowered):
        if lowered in NEVER_WHOLE:
            raise ValueError("must not allow a scheme of the web as a whole")
        return lowered
    if origin_of(entry) is None or urlsplit(entry).path.strip("/") or "?" in entry or "#" in entry:
        raise ValueError("must be schemes and origins, such as https://films.example, with commas between them")
    return entry


def is_allowed(url: str, public_url: str, extra: Iterable[str]) -> bool:
    """Whether a browser may be sent to `url` with a login: this machine, this instance, or what `extra` allows."""
    if AMBIGUOUS.search(url):
        return False
    origin = origin_of(url)
    if origin is not None:
        allowed = [public_url, *(entry for entry in extra if "://" in entry)]
        return origin[1] in LOCAL_HOSTS or origin in map(origin_of, allowed)
    scheme, separator, _ = url.partition("://")
    return bool(separator) and scheme.lower() not in NEVER_WHOLE and scheme.lower() in extra


def with_query(url: str, **parameters: str) -> str:
    """`url` with parameters added to its query; what it has stays as it is, its fragment behind."""
    base, hash_mark, fragment = url.partition("#")
    separator = "&" if "?" in base else "?"
    return f"{base}{separator}{urlencode(parameters)}{hash_mark}{fragment}"
