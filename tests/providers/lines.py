"""Clients of doubles of services, without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from kyoo.scanner.providers.base import KeyRefusedError, NonsenseError, Provider, ProviderError, UnavailableError
from kyoo.scanner.providers.client import Line, Options, outside_client
from tests.fakes.gate import MemoryCache, OpenGate
from tests.fakes.metadata.faults import Changed, Faulty
from tests.providers.conformance import Open


def line(app: Any, *, seconds: float = 0.5) -> Line:
    """Every address leads to this application."""
    http = outside_client(httpx2.ASGITransport(app=app, raise_app_exceptions=False))
    return Line(http, OpenGate(), MemoryCache(), Options(seconds=seconds))


def over(app: Callable[[], Any], make: Callable[[Line], Provider], fault: str | None = None) -> Open:
    """A provider over a double, which fails in the way of `fault`."""

    @asynccontextmanager
    async def context() -> AsyncIterator[Provider]:
        shared = line(Faulty(app(), fault))
        async with shared.http:
            yield make(shared)

    return context


def changed(app: Callable[[], Any], make: Callable[[Line], Provider], change: str) -> Open:
    """A provider over a double whose answers have something else in them than they should."""

    @asynccontextmanager
    async def context() -> AsyncIterator[Provider]:
        shared = line(Changed(app(), change), seconds=30)
        async with shared.http:
            yield make(shared)

    return context


def faulty(
    app: Callable[[], Any], make: Callable[[Line], Provider], *, keyed: bool = False
) -> tuple[tuple[str, Open, type[ProviderError]], ...]:
    """A provider over a double that fails in each way there is, with the error that is right."""
    errors: dict[str, type[ProviderError]] = {
        "500": UnavailableError,
        "slow": UnavailableError,
        "limited": UnavailableError,
        "html": NonsenseError,
        "no object": UnavailableError,
        "error body": UnavailableError,
        "401": KeyRefusedError if keyed else UnavailableError,
        "over its limit, without a word": UnavailableError,
        "in maintenance": UnavailableError,
        "words for numbers": UnavailableError,
        "moved in a circle": UnavailableError,
        "elsewhere 302": UnavailableError,
        "elsewhere 307": UnavailableError,
        "cut off": NonsenseError,
        "no compression": UnavailableError,
    }
    return tuple((fault, over(app, make, fault), error) for fault, error in errors.items())
