"""The keys of services of metadata: those of options, which win, and those that somebody typed in."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import Literal

from kyoo.core.database.postgres import Database
from kyoo.core.sealing import Seal, SealError
from kyoo.scanner.queries import keys
from kyoo.scanner.settings import ScannerSettings

#: Seconds for which another process may still use what it read before.
REMEMBERED = 5.0

Origin = Literal["option", "stored", "none"]


class Keyring:
    """A key that is typed in works at once in this process, and within seconds in the others."""

    def __init__(self, settings: ScannerSettings, database: Database) -> None:
        self._given = by_options(settings)
        self._database = database
        self._seal = Seal(settings)
        self._read: dict[str, dict[str, str]] = {}
        self._read_at = float("-inf")

    async def of(self, service: str) -> Mapping[str, str]:
        return self._given.get(service) or (await self._stored()).get(service, {})

    async def origin(self, service: str) -> Origin:
        if service in self._given:
            return "option"
        return "stored" if service in await self._stored() else "none"

    async def store(self, service: str, values: Mapping[str, str]) -> None:
        """Raises SealError where there is no key to encrypt it with."""
        sealed = self._seal.close(_place(service), dict(values))
        async with self._database.connection() as connection:
            await keys.store(connection, service, sealed)
        self._read_at = float("-inf")

    async def remove(self, service: str) -> None:
        async with self._database.connection() as connection:
            await keys.remove(connection, service)
        self._read_at = float("-inf")

    async def _stored(self) -> dict[str, dict[str, str]]:
        if time.monotonic() - self._read_at > REMEMBERED:
            async with self._database.connection() as connection:
                sealed = await keys.sealed(connection)
            self._read = opened(self._seal, sealed)
            self._read_at = time.monotonic()
        return self._read


def opened(seal: Seal, sealed: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """Service → what was typed in."""
    found: dict[str, dict[str, str]] = {}
    for service, value in sealed.items():
        # What was sealed with another key is as good as none: it is typed in again.
        with contextlib.suppress(SealError):
            found[service] = seal.open(_place(service), value)
    return found


def _place(service: str) -> str:
    return f"the key of {service}"


def by_options(settings: ScannerSettings) -> dict[str, dict[str, str]]:
    """Service → what the operator gave."""
    found: dict[str, dict[str, str]] = {}
    if settings.tmdb_key:
        found["tmdb"] = {"key": settings.tmdb_key.get_secret_value()}
    if settings.tvdb_key:
        found["tvdb"] = {"key": settings.tvdb_key.get_secret_value()}
        if settings.tvdb_pin:
            found["tvdb"]["pin"] = settings.tvdb_pin.get_secret_value()
    return found
