"""Languages: canonical BCP 47 codes and the reader's order of preference (docs/protocol/api.md#languages)."""

from __future__ import annotations

import re
from functools import lru_cache

import langcodes

ANY = "*"
DEFAULT_ACCEPT = "en, *"
#: Longer headers are read anew each time.
REMEMBERED_LENGTH = 256

_WELL_FORMED = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE | re.ASCII)


def canonical(code: str, *, registered: bool = True) -> str | None:
    """The canonical form of a BCP 47 code (`en-us` → `en-US`). None for what is none and, if it must be `registered`,
    for what no registry has: providers have well-formed codes of their own (`cn` for Cantonese, `xx` for no words)."""
    cleaned = code.strip().replace("_", "-")
    try:
        tag = langcodes.standardize_tag(cleaned)
        language = langcodes.Language.get(tag, normalize=False)
        valid = language.is_valid() if registered else _WELL_FORMED.fullmatch(tag)
    except (ValueError, AttributeError):
        return None
    return tag if valid and tag != "und" else None


def base(code: str) -> str:
    """The language without region and script: `pt-BR` → `pt`."""
    return code.split("-", 1)[0]


def accepted(header: str | None) -> tuple[str, ...]:
    """The languages of an `Accept-Language` header, best first: each regional code is followed by its base language;
    equal weights keep their order, weight 0 is left out; `*` stands for any language. Unreadable codes are skipped."""
    given = header if header and header.strip() else DEFAULT_ACCEPT
    return _ordered(given) if len(given) <= REMEMBERED_LENGTH else _ordered.__wrapped__(given)


@lru_cache(maxsize=1024)
def _ordered(header: str) -> tuple[str, ...]:
    weighted: list[tuple[float, str]] = []
    for clause in header.split(","):
        code, _, parameter = clause.partition(";")
        weight = _weight(parameter)
        known = ANY if code.strip() == ANY else canonical(code, registered=False)
        if weight > 0 and known:
            weighted.append((weight, known))
    weighted.sort(key=lambda pair: -pair[0])
    ordered: dict[str, None] = {}
    for _, code in weighted:
        ordered.setdefault(code)
        if code != ANY:
            ordered.setdefault(base(code))
    return tuple(ordered)


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
