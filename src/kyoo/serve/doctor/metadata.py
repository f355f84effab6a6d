"""The keys of services of metadata, each tried at its service: one that is wrong is another matter than a service that
cannot be reached. What is known of the services, and their turns, stay as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import psycopg
from psycopg.rows import dict_row

from kyoo.core.outside import outside_transport
from kyoo.core.sealing import Seal
from kyoo.scanner.keyring import by_options, opened
from kyoo.scanner.providers.base import KeyRefusedError, NonsenseError, ProviderError, UnavailableError
from kyoo.scanner.providers.client import Kept, Line, Options, Pace, RequestReport, outside_client
from kyoo.scanner.providers.keys import FixedKeys
from kyoo.scanner.providers.registry import Service, switched_on
from kyoo.scanner.queries import keys as stored_keys
from kyoo.scanner.settings import ScannerSettings
from kyoo.serve.doctor.findings import Finding
from kyoo.serve.doctor.subject import Subject

#: Seconds for an answer, and for a connection.
PATIENCE, CONNECTION = 15.0, 5.0
WHERE = "Administration → Metadata"


class _OneRequest:
    """Both ports of a client that asks once: whoever shuts us out is not waited for, and nothing is kept."""

    async def enter(self, service: str, pace: Pace, *, urgent: bool) -> None: ...

    async def report(self, service: str, report: RequestReport) -> None:
        if report.state == "limited":
            raise UnavailableError(service, "over its limit", report.blocked)

    async def get(self, _: str) -> Kept | None:
        return None

    async def put(self, _: str, service: str, kept: Kept) -> None: ...


def keys(subject: Subject) -> Iterator[Finding]:
    settings = subject.settings.get("scanner")
    if isinstance(settings, ScannerSettings):
        yield from asyncio.run(_keys(settings, subject.conninfo))


async def _keys(settings: ScannerSettings, conninfo: str | None) -> list[Finding]:
    services = [service for service in switched_on(settings) if service.check is not None]
    seal = Seal(settings)
    sealed = await _sealed(conninfo)
    # Without a look whether there is one, a key would be made.
    typed = opened(seal, sealed) if seal.has_key else {}
    given = typed | by_options(settings)
    once = _OneRequest()
    limits = Options(seconds=min(PATIENCE, settings.answer_seconds), connect=CONNECTION, limit=settings.answer_limit)
    async with outside_client(outside_transport(settings), limits) as http:
        line = Line(http, once, once, limits)
        return await asyncio.gather(
            *(
                _tried(service, settings, line, given[service.option])
                if service.option in given
                else _without(service, lost=service.option in sealed)
                for service in services
            )
        )


async def _sealed(conninfo: str | None) -> dict[str, bytes]:
    if conninfo is None:
        return {}
    try:
        async with await psycopg.AsyncConnection.connect(
            conninfo, autocommit=True, row_factory=dict_row, connect_timeout=5
        ) as connection:
            return await stored_keys.sealed(connection)
    except psycopg.Error:
        return {}  # of a database that is away (which is said of it), or of another release


async def _without(service: Service, *, lost: bool) -> Finding:
    if lost:
        return Finding(
            "metadata",
            f"the key of {service.label} was encrypted with another key than there is now",
            f"Give KYOO_SECRET_KEY back as it was, or the file secrets/secret.key; or type it in again: {WHERE}",
        )
    return Finding("metadata", f"{service.label} is not asked, as no key is there")


async def _tried(service: Service, settings: ScannerSettings, line: Line, given: Mapping[str, str]) -> Finding:
    assert service.check is not None
    try:
        await service.check(settings, line, FixedKeys({service.option: given}))
    except KeyRefusedError as error:
        return Finding(
            "metadata",
            f"{service.label} refuses the key ({_words(error)})",
            f"Get another one at {service.key_page} and give it: {WHERE}, or KYOO_{service.option.upper()}_KEY",
        )
    except NonsenseError as error:
        return Finding(
            "metadata",
            f"what answers for {service.label} is another service ({_words(error)}): its key was not tried",
            f"Look at KYOO_{service.option.upper()}_URL, and at what is on the way: a proxy, or a page to log in to",
        )
    except ProviderError as error:
        return Finding(
            "metadata",
            f"{service.label} does not answer ({_words(error)}): its key was not tried",
            "Look at the network of this machine: DNS, firewall, KYOO_METADATA_PROXY. It is asked again by itself",
        )
    return Finding("metadata", f"{service.label} takes the key")


def _words(error: ProviderError) -> str:
    return error.message.removeprefix(f"{error.provider}: ")
