"""A gate and a cache of services of metadata in memory: nothing waits, everything is written down."""

from __future__ import annotations

from dataclasses import dataclass, field

from kyoo.scanner.providers.client import Kept, Pace, RequestReport


@dataclass
class OpenGate:
    entered: list[str] = field(default_factory=list)
    urgent: list[bool] = field(default_factory=list)
    reports: list[RequestReport] = field(default_factory=list)

    async def enter(self, service: str, pace: Pace, *, urgent: bool) -> None:
        del pace
        self.entered.append(service)
        self.urgent.append(urgent)

    async def report(self, service: str, report: RequestReport) -> None:
        del service
        self.reports.append(report)


@dataclass
class MemoryCache:
    kept: dict[str, Kept] = field(default_factory=dict)

    async def get(self, key: str) -> Kept | None:
        return self.kept.get(key)

    async def put(self, key: str, service: str, kept: Kept) -> None:
        del service
        self.kept[key] = kept
