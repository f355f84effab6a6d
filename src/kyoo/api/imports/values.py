"""Values as files and other servers write them: texts, numbers, days, scores. What makes no sense is None."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from kyoo.api.trackers.coordinates import IMDB, TMDB, TVDB, is_id
from kyoo.api.trackers.moments import moment, possible
from kyoo.core.http.storable import is_storable

BARE_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NOON = timedelta(hours=12)


def when(value: Any) -> tuple[datetime | None, bool]:
    """A time, and whether only its day is known (noon stands for it then)."""
    text = value.strip() if isinstance(value, str) else value
    only_day = isinstance(text, str) and BARE_DAY.fullmatch(text) is not None
    at = possible(moment(text.replace(" ", "T", 1).replace(" UTC", "+00:00") if isinstance(text, str) else text))
    if at is None:
        return None, False
    return (at + NOON if only_day else at), only_day


def integer(value: Any, most: int = 10**6) -> int | None:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 10:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else None


def decimal(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if 0 <= found <= 1000 else None


def score(value: Any, *, of: float) -> int | None:
    """0 to 100, of a rating up to `of`; 0 is no rating but where it goes up to 100."""
    found = decimal(value)
    if found is None or found > of or (found == 0 and of != 100):
        return None
    return round(found * 100 / of)


def words(value: Any) -> str:
    return value[:300] if isinstance(value, str) and is_storable(value[:300]) else ""


def provided(**ids: Any) -> dict[str, str]:
    """Ids given as `tmdb`, `tvdb`, `imdb`, by our names of the providers."""
    found = {}
    for provider, value in ((TMDB, ids.get("tmdb")), (TVDB, ids.get("tvdb")), (IMDB, ids.get("imdb"))):
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "").strip()
        if is_id(provider, text):
            found[provider] = text
    return found
