"""The providers that can be asked now: those that are switched on and, where they need one, have a key."""

from __future__ import annotations

from collections.abc import Sequence

import httpx2

from kyoo.core.outside import outside_transport
from kyoo.core.postgres import Database
from kyoo.scanner.gate import SharedCache, SharedGate
from kyoo.scanner.providers import registry
from kyoo.scanner.providers.base import Provider
from kyoo.scanner.providers.client import Line, Options, outside_client
from kyoo.scanner.providers.records import ShowKind
from kyoo.scanner.settings import ScannerSettings


class Sources:
    """`fixed`: these and no others, whatever the settings say."""

    def __init__(self, settings: ScannerSettings, database: Database, fixed: Sequence[Provider] | None = None) -> None:
        self._settings = settings
        self._fixed = fixed
        self._gate, self._cache = SharedGate(database), SharedCache(database)
        self._http: httpx2.AsyncClient | None = None
        self._made: list[Provider] | None = None

    async def active(self, kind: ShowKind | None = None) -> list[Provider]:
        """Best first; of one kind of show only those that know it."""
        providers = list(self._fixed) if self._fixed is not None else self._providers()
        return [provider for provider in providers if kind is None or kind in provider.kinds]

    def _providers(self) -> list[Provider]:
        if self._made is None:
            self._made = registry.made(self._settings, self._line())
        return self._made

    def _line(self) -> Line:
        settings = self._settings
        options = Options(seconds=settings.answer_seconds, limit=settings.answer_limit, keep=settings.answer_keep)
        self._http = outside_client(outside_transport(settings), options)
        return Line(self._http, self._gate, self._cache, options)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
