"""How long a session lives."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple


class SessionLifetime(NamedTuple):
    """A session ends when it was not used for `idle`, and at the latest at the age of `total` (None: never)."""

    idle: timedelta
    total: timedelta | None = None
