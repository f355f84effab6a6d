"""What administrators see of the services of metadata, and their keys: tried at once, kept encrypted."""

from __future__ import annotations

from collections.abc import Mapping

from kyoo.core.errors import InvalidError, NotFoundError
from kyoo.scanner import work
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.models.provider import ProviderState, ProviderStates
from kyoo.scanner.providers import registry
from kyoo.scanner.providers.base import KeyRefusedError, ProviderError
from kyoo.scanner.providers.client import URGENT
from kyoo.scanner.queries import records, services


async def states(context: ScannerContext) -> ProviderStates:
    async with context.runtime.database.connection() as connection:
        waiting, unsure = await records.waiting(connection)
    return ProviderStates(
        items=[await _state(context, service) for service in registry.SERVICES], waiting=waiting, unsure=unsure
    )


async def store_key(context: ScannerContext, name: str, given: Mapping[str, str]) -> ProviderState:
    """Raises InvalidError when the service refuses the key, or when the operator gave one."""
    service = _keyed(name)
    if await context.sources.keys.origin(service.option) == "option":
        raise InvalidError(f"The key of {service.label} is set by the operator, with a variable")
    await _try(context, service, given)
    await context.sources.keys.store(service.option, given)
    async with context.runtime.database.connection() as connection:
        lacking = await records.lacking(connection, service.name)
    await work.describe(context.runtime.queue, lacking, background=True)
    return await _state(context, service)


async def remove_key(context: ScannerContext, name: str) -> None:
    service = _keyed(name)
    await context.sources.keys.remove(service.option)
    async with context.runtime.database.connection() as connection:
        await services.forget(connection, service.name)


async def check(context: ScannerContext, name: str) -> ProviderState:
    service = _keyed(name)
    given = await context.sources.keys.of(service.option)
    if given:
        await _try(context, service, given)
    return await _state(context, service)


async def _try(context: ScannerContext, service: registry.Service, given: Mapping[str, str]) -> None:
    """Raises InvalidError when the key is refused. Whatever else goes wrong is seen in the state of the service."""
    URGENT.set(True)
    async with context.runtime.database.connection() as connection:
        # Whoever was shut out with another key may ask with this one.
        await services.forget(connection, service.name)
    try:
        await context.sources.check(service, given)
    except KeyRefusedError as error:
        raise InvalidError(error.message) from error
    except ProviderError:
        pass


def _keyed(name: str) -> registry.Service:
    found = next((service for service in registry.SERVICES if name in (service.name, service.option)), None)
    if found is None or found.check is None:
        raise NotFoundError(f"No provider {name[:100]} has a key")
    return found


async def _state(context: ScannerContext, service: registry.Service) -> ProviderState:
    async with context.runtime.database.connection() as connection:
        row = await services.state(connection, service.name)
        shows = await records.count(connection, service.name)
    keys = context.sources.keys
    origin = await keys.origin(service.option) if service.check else None
    known = {
        "name": service.name,
        "label": service.label,
        "link": service.link,
        "credit": service.credit,
        "key": origin,
        "key_page": service.key_page,
        "has_pin": service.has_pin,
        "can_store": service.check is not None and origin != "option",
        "shows": shows,
    }
    if service.option not in context.settings.switched_on:
        return ProviderState(state="off", **known)
    if origin == "none":
        return ProviderState(state="no key", **known)
    if row is None:
        return ProviderState(state="unknown", **known)
    told = ("state", "message", "blocked_until", "answered_at", "failed_at", "took", "requests")
    return ProviderState(**{key: row[key] for key in told}, **known)
