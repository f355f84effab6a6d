"""The services of metadata as administrators see them: how they are, and their keys, which are never shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kyoo.scanner.models.base import Wire

Secret = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[!-~]+$")]


class ProviderKey(Wire):
    """A key; `pin` where the service has one."""

    key: Secret
    pin: Secret | None = None


class ProviderState(Wire):
    """`state`: `off` (switched off by the operator), `no key`, `unknown` (not asked yet), `ok`, `slow`, `limited` (over
    its limit), `down`, `refused` (its key is). `key`: where the key is from, null if it needs none; `canStore`: whether
    a key can be typed in. `credit` is what its terms want to be said where its data is seen."""

    name: str
    label: str
    link: str
    credit: str
    state: Literal["off", "no key", "unknown", "ok", "slow", "limited", "down", "refused"]
    message: str | None = None
    blocked_until: datetime | None = None
    answered_at: datetime | None = None
    failed_at: datetime | None = None
    #: Seconds of late, and how often it was asked.
    took: float | None = None
    requests: int = 0
    shows: int = 0
    key: Literal["option", "stored", "none"] | None = None
    key_page: str | None = None
    has_pin: bool = False
    can_store: bool = False


class ProviderStates(Wire):
    """`waiting`: titles that some provider is still to be asked about."""

    items: list[ProviderState] = Field(default_factory=list)
    waiting: int = 0
    unsure: int = 0
