"""The port through which providers get their keys, at each request: a key that is typed in works at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Keys(Protocol):
    async def of(self, service: str) -> Mapping[str, str]:
        """What the service wants: `key`, and for TheTVDB `pin`, as far as somebody gave it."""


class FixedKeys:
    """Keys that do not change."""

    def __init__(self, keys: Mapping[str, Mapping[str, str]]) -> None:
        self._keys = keys

    async def of(self, service: str) -> Mapping[str, str]:
        return self._keys.get(service, {})
