"""Looking for a title at the providers: what a person chooses from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from kyoo.scanner import wire_values
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.artwork import preview
from kyoo.scanner.matching import Evidence, Ranked, rank
from kyoo.scanner.matching.model import NameReading
from kyoo.scanner.models.request import SearchResult
from kyoo.scanner.naming.titles import show_slug
from kyoo.scanner.providers.base import ProviderError, Search
from kyoo.scanner.providers.client import URGENT
from kyoo.scanner.providers.records import Candidate, ShowKind

log = structlog.get_logger()


async def search(
    context: ScannerContext, kind: ShowKind, query: str, year: int | None, languages: Sequence[str]
) -> list[SearchResult]:
    """What the providers find, what is likeliest meant first; what several know is one title. One that fails is left
    out."""
    able = [provider for provider in await context.sources.active(kind) if isinstance(provider, Search)]
    # Somebody waits.
    URGENT.set(True)
    found = await asyncio.gather(
        *(provider.search(kind, query, year, languages) for provider in able), return_exceptions=True
    )
    candidates: list[Candidate] = []
    for provider, answer in zip(able, found, strict=True):
        if isinstance(answer, ProviderError):
            log.info("a provider could not be searched", provider=provider.name, reason=answer.message)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            candidates += answer
    evidence = Evidence(kind, (NameReading(query, (year,) if year else ()),))
    return [_wire(ranked, context.runtime.public_url) for ranked in rank(evidence, candidates)]


def _wire(ranked: Ranked, public_url: str) -> SearchResult:
    candidate = ranked.candidate
    group = (candidate, *ranked.others)
    is_movie = candidate.kind == "movie"
    start = candidate.start or wire_values.first_day(candidate.year)
    poster = next((one.poster for one in group if one.poster), None)
    return SearchResult(
        id=candidate.id,
        slug=show_slug(candidate.name),
        name=candidate.name,
        description=next((one.description for one in group if one.description), None),
        air_date=start if is_movie else None,
        start_air=None if is_movie else start,
        end_air=None if is_movie else candidate.end,
        poster=preview(public_url, poster),
        original_language=candidate.original_language,
        external_id=wire_values.external_ids(candidate.kind, ranked.ids),
    )
