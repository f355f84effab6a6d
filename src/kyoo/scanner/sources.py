"""The providers that can be asked now: those that are switched on and, where they need one, have a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kyoo.core.database.postgres import Database
from kyoo.core.outside import outside_transport
from kyoo.scanner.gate import SharedCache, SharedGate
from kyoo.scanner.keyring import Keyring
from kyoo.scanner.providers import registry
from kyoo.scanner.providers.base import Provider
from kyoo.scanner.providers.client import Line, Options, outside_client
from kyoo.scanner.providers.keys import FixedKeys
from kyoo.scanner.providers.records import ShowKind
from kyoo.scanner.settings import ScannerSettings


class Sources:
    """`fixed`: these and no others, whatever the settings say."""

    def __init__(self, settings: ScannerSettings, database: Database, fixed: Sequence[Provider] | None = None) -> None:
        self._settings = settings
        self._fixed = fixed
        self._gate, self._cache = SharedGate(database), SharedCache(database)
        self._line: Line | None = None
        self._made: dict[str, Provider] = {}
        self.keys = Keyring(settings, database)

    async def active(self, kind: ShowKind | None = None) -> list[Provider]:
        """Best first; of one kind of show only those that know it."""
        if self._fixed is not None:
            providers = list(self._fixed)
        else:
            able = [service for service in registry.switched_on(self._settings) if await self._can_ask(service)]
            providers = [self._provider(service) for service in able]
        return [provider for provider in providers if kind is None or kind in provider.kinds]

    async def check(self, service: registry.Service, given: Mapping[str, str]) -> None:
        """Raises ProviderError unless this key is good."""
        if service.check is not None:
            await service.check(self._settings, self.line, FixedKeys({service.option: given}))

    async def _can_ask(self, service: registry.Service) -> bool:
        return service.check is None or bool(await self.keys.of(service.option))

    def _provider(self, service: registry.Service) -> Provider:
        if service.option not in self._made:
            self._made[service.option] = service.make(self._settings, self.line, self.keys)
        return self._made[service.option]

    @property
    def line(self) -> Line:
        if self._line is None:
            settings = self._settings
            options = Options(seconds=settings.answer_seconds, limit=settings.answer_limit, keep=settings.answer_keep)
            http = outside_client(outside_transport(settings), options)
            self._line = Line(http, self._gate, self._cache, options)
        return self._line

    async def close(self) -> None:
        if self._line is not None:
            await self._line.http.aclose()
