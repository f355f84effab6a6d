"""Looking for a title at the providers: what a person chooses from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from kyoo.scanner import texts
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.models.request import SearchResult
from kyoo.scanner.naming.titles import show_slug
from kyoo.scanner.providers.base import ProviderError, Search
from kyoo.scanner.providers.client import URGENT
from kyoo.scanner.providers.records import Candidate, ShowKind

log = structlog.get_logger()


async def search(
    context: ScannerContext, kind: ShowKind, query: str, year: int | None, languages: Sequence[str]
) -> list[SearchResult]:
    """What the providers find, those of the first one first. One that fails is left out."""
    able = [provider for provider in await context.sources.active(kind) if isinstance(provider, Search)]
    # Somebody waits.
    URGENT.set(True)
    found = await asyncio.gather(
        *(provider.search(kind, query, year, languages) for provider in able), return_exceptions=True
    )
    results: list[SearchResult] = []
    for provider, answer in zip(able, found, strict=True):
        if isinstance(answer, ProviderError):
            log.info("a provider could not be searched", provider=provider.name, reason=answer.message)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            results += [_wire(candidate) for candidate in answer]
    return results


def _wire(candidate: Candidate) -> SearchResult:
    is_movie = candidate.kind == "movie"
    start = candidate.start or texts.first_day(candidate.year)
    return SearchResult(
        id=candidate.id,
        slug=show_slug(candidate.name),
        name=candidate.name,
        description=candidate.description,
        air_date=start if is_movie else None,
        start_air=None if is_movie else start,
        end_air=None if is_movie else candidate.end,
        poster=candidate.poster,
        original_language=candidate.original_language,
        external_id=texts.external_ids(candidate.kind, {**candidate.ids, candidate.provider: candidate.id}),
    )
