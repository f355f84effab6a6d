"""Describing a show: finding which title of the providers it is, and keeping what each of them says of it.

A provider that is down, slow, over its limit or answers nonsense takes nothing away: what it said before stays, the
others are heard, and it is asked again later. `identification` writes what is kept to the api.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from psycopg.rows import DictRow

from kyoo.core.pauses import pause
from kyoo.scanner import work
from kyoo.scanner.anime import lookup
from kyoo.scanner.anime.model import Anime
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.file_names import title_key
from kyoo.scanner.matching import Evidence, Ranked, Verdict
from kyoo.scanner.matching.searches import Search as Wanted
from kyoo.scanner.metadata.finding import find
from kyoo.scanner.metadata.loading import local_show, read_evidence
from kyoo.scanner.metadata.local_show import LocalShow
from kyoo.scanner.providers.base import Ids as FindsIds
from kyoo.scanner.providers.base import (
    KeyRefusedError,
    NonsenseError,
    Provider,
    ProviderError,
    Search,
    UnavailableError,
    fetch,
)
from kyoo.scanner.providers.client import AGAIN, URGENT
from kyoo.scanner.providers.records import Candidate, ShowKind, ShowRecord, Title
from kyoo.scanner.queries import belonging, records, shows
from kyoo.scanner.shows.grouping import to_show

log = structlog.get_logger()

#: Knows anime only, and lets few ask: it is asked about what may be anime.
ANIME_ONLY = "anilist"
ANIME_IDS = ("anilist", "mal", "anidb")
#: What one provider says leads to others, which know more ids again.
ROUNDS = 3
#: Seconds until a provider that failed is asked again, at first and at most.
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 6 * 3600.0
#: Candidates that a person chooses from.
SHOWN = 8


@dataclass
class Outcome:
    """`heard`: what providers said; None: not known there. `failed`: those that gave no answer, and the seconds after
    which it is worth asking again."""

    heard: dict[str, ShowRecord | None] = field(default_factory=dict)
    failed: dict[str, float] = field(default_factory=dict)

    def fail(self, error: ProviderError) -> None:
        log.info("a provider gave no answer", provider=error.provider, reason=error.message)
        wait = error.retry_after if isinstance(error, UnavailableError) else None
        # A key does not get better by itself, nor does nonsense soon.
        patient = isinstance(error, KeyRefusedError | NonsenseError)
        self.failed[error.provider] = max(
            self.failed.get(error.provider, 0.0), wait or (LONGEST_PAUSE if patient else FIRST_PAUSE)
        )


async def describe(context: ScannerContext, show_id: int, *, again: bool, urgent: bool, attempt: int) -> None:
    """Find the show and keep what providers say. Safe to repeat and to cut off anywhere. `again`: kept answers only if
    they still hold; `attempt` counts those that failed before."""
    AGAIN.set(again)
    URGENT.set(urgent)
    database = context.runtime.database
    async with database.connection() as connection:
        row = await shows.by_id(connection, show_id)
        if row is None:
            return
        show = to_show(row)
        local = await local_show(context, connection, show, await belonging.of_show(connection, show_id))
        match = await records.match(connection, show_id)
        before = {kept["provider"]: kept["id"] for kept in await records.of_show(connection, show_id)}
    providers = await context.sources.active(show.kind)
    chosen = match is not None and match["state"] == "chosen"
    if not providers or not (local.files or chosen):
        return
    evidence = await read_evidence(context, local)
    names = [provider.name for provider in providers]
    outcome = Outcome()
    ids = dict(evidence.ids)
    verdict: Verdict | None = None
    known: DictRow | None = None
    if match is not None and chosen:
        ids = dict(match["ids"])
    elif (
        match is not None
        and match["state"] == "sure"
        and match["asked"] == _fingerprint(evidence, names, measured=False)
    ):
        known, ids = match, match["ids"] | ids
    elif not await _known_by(context, show.kind, ids, providers, outcome):
        verdict = await _find(context, evidence, providers, outcome)
        # A number of a film is not that of a serie.
        ids |= verdict.match.ids if verdict.match and verdict.match.candidate.kind == show.kind else {}
    await hear(context, show.kind, ids, providers, outcome)
    changed = await _keep(context, show_id, outcome, before)
    found = any(outcome.heard.values()) or (set(before) - set(outcome.heard))
    candidates = _candidates(verdict, known)
    async with database.transaction() as connection:
        await records.set_match(
            connection,
            show_id,
            state="sure" if found else "unsure",
            # Heard again, it is what it was for the reason that it was.
            why=known["why"] if known and found else _why(verdict, outcome, found=bool(found)),
            ids=_all_ids(outcome, ids) if found else {},
            candidates=candidates,
            asked="" if outcome.failed else _fingerprint(evidence, names, measured=bool(candidates and not found)),
            failed=sorted(outcome.failed),
        )
    if changed or again:
        await work.identify(context.runtime.queue, [show_id])
    if outcome.failed:
        delay = max(min(outcome.failed.values()), pause(attempt + 1, FIRST_PAUSE, LONGEST_PAUSE))
        await work.describe(context.runtime.queue, [show_id], delay=min(delay, LONGEST_PAUSE), attempt=attempt + 1)


async def is_due(context: ScannerContext, local: LocalShow, match: DictRow | None) -> bool:
    """Whether more is known of a show, or another provider can be asked, than when it was looked for."""
    providers = await context.sources.active(local.show.kind)
    if not providers:
        return False
    if match is None:
        return True
    evidence = await read_evidence(context, local)
    measured = match["state"] == "unsure" and bool(match["candidates"])
    names = [each.name for each in providers]
    return not match["failed"] and match["asked"] != _fingerprint(evidence, names, measured=measured)


def _fingerprint(evidence: Evidence, providers: Iterable[str], *, measured: bool) -> str:
    """What an answer depends on. Episodes that come and files that are measured make a title sure (`measured`) that was
    not; what is sure stays so, and where there is nothing to choose from they change nothing."""
    said: list[Any] = [[reading.title, list(reading.years)] for reading in evidence.readings[:3]]
    said += [sorted(evidence.ids.items()), sorted(providers)]
    if measured:
        said += [evidence.minutes, sorted(evidence.episodes.items(), key=str)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


# --- finding ---


async def _known_by(
    context: ScannerContext, kind: ShowKind, ids: dict[str, str], providers: list[Provider], outcome: Outcome
) -> bool:
    """Whether the ids in names and .nfo files lead to a title of some provider. A stale id leads nowhere."""
    if not ids:
        return False
    await hear(context, kind, dict(ids), providers, outcome)
    return any(outcome.heard.values())


async def _find(context: ScannerContext, evidence: Evidence, providers: list[Provider], outcome: Outcome) -> Verdict:
    maybe_anime = await _maybe_anime(context, evidence)
    described: dict[tuple[str, str], ShowRecord] = {}
    by_name = {provider.name: provider for provider in providers}

    async def search(wanted: Wanted) -> list[Candidate]:
        able = [provider for provider in providers if wanted.kind in provider.kinds]
        first = [provider for provider in able if maybe_anime or provider.name != ANIME_ONLY]
        found = await _searched(first, wanted, outcome, evidence)
        if not maybe_anime and (not found or any(candidate.is_anime for candidate in found)):
            found += await _searched([one for one in able if one not in first], wanted, outcome, evidence)
        return found

    async def look(candidate: Candidate) -> Candidate:
        provider = by_name.get(candidate.provider)
        if provider is None or provider.name in outcome.failed:
            return candidate
        try:
            record = await fetch(provider, candidate.kind, candidate.id)
        except ProviderError as error:
            outcome.fail(error)
            return candidate
        if record is None:
            return candidate
        described[candidate.provider, candidate.id] = record
        return _closer(candidate, record)

    return await find(evidence, search, look)


async def _searched(providers: list[Provider], wanted: Wanted, outcome: Outcome, evidence: Evidence) -> list[Candidate]:
    languages = list(evidence.languages)[:3] or ["en"]
    able = [provider for provider in providers if provider.name not in outcome.failed and isinstance(provider, Search)]
    answers = await asyncio.gather(
        *(provider.search(wanted.kind, wanted.title, wanted.year, languages) for provider in able),
        return_exceptions=True,
    )
    found: list[Candidate] = []
    for answer in answers:
        if isinstance(answer, ProviderError):
            outcome.fail(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found += answer
    return found


async def _maybe_anime(context: ScannerContext, evidence: Evidence) -> bool:
    """Whether the names are those of an anime, as far as the public lists know."""
    if any(provider in evidence.ids for provider in ANIME_IDS):
        return True
    keys = {title_key(reading.title) for reading in evidence.readings[:4]}
    async with context.runtime.database.connection() as connection:
        return bool(await lookup.titled(connection, keys))


def _closer(candidate: Candidate, record: ShowRecord) -> Candidate:
    """The candidate with all that is known of it: search results have neither lengths nor seasons."""
    names = [record.original_title, *(texts.name for texts in record.texts.values())]
    titles = [*(Title(text=name) for name in names if name), *candidate.titles, *record.aliases]
    sizes = {season.number: season.episodes for season in record.seasons if season.number > 0 and season.episodes}
    for episode in record.episodes:
        if episode.season > 0:
            sizes[episode.season] = max(sizes.get(episode.season, 0), episode.number)
    posters = [picture.url for picture in record.pictures if picture.kind == "poster"]
    plots = [texts.description for texts in record.texts.values() if texts.description]
    return candidate.model_copy(
        update={
            "titles": list({title.text: title for title in titles}.values()),
            "ids": candidate.ids | record.ids,
            "start": candidate.start or record.start,
            "end": candidate.end or record.end,
            "year": candidate.year or record.year,
            "original_language": candidate.original_language or record.original_language,
            "runtime": record.runtime or candidate.runtime,
            "seasons": record.season_count or candidate.seasons or max(sizes, default=0) or None,
            "episodes": record.episode_count or candidate.episodes or sum(sizes.values()) or None,
            "sizes": sizes,
            "poster": candidate.poster or next(iter(posters), None),
            "description": candidate.description or next(iter(plots), None),
            "is_anime": candidate.is_anime or record.is_anime,
        }
    )


# --- hearing ---


async def hear(
    context: ScannerContext, kind: ShowKind, ids: dict[str, str], providers: list[Provider], outcome: Outcome
) -> None:
    """Ask every provider about the show of these ids, and again with the ids that this brought up."""
    for _ in range(ROUNDS):
        ids |= await _ids_of_anime(context, kind, ids)
        waiting = [
            provider
            for provider in providers
            if provider.name not in outcome.failed and outcome.heard.get(provider.name) is None
        ]
        known = dict(ids)
        answers = await asyncio.gather(*(_one(provider, kind, known) for provider in waiting), return_exceptions=True)
        news = False
        for provider, answer in zip(waiting, answers, strict=True):
            if isinstance(answer, ProviderError):
                outcome.fail(answer)
            elif isinstance(answer, BaseException):
                raise answer
            elif answer is None:
                outcome.heard.setdefault(provider.name, None)
            elif contradicts(answer, ids):
                log.info("a provider means another title", provider=provider.name, id=answer.id)
                outcome.heard.setdefault(provider.name, None)
            else:
                outcome.heard[provider.name] = answer
                more = {
                    name: value for name, value in {**answer.ids, provider.name: answer.id}.items() if name not in ids
                }
                news = news or bool(more)
                ids |= more
        if not news:
            return


async def _one(provider: Provider, kind: ShowKind, ids: dict[str, str]) -> ShowRecord | None:
    own = ids.get(provider.name)
    record = await fetch(provider, kind, own) if own else None
    if record is None and isinstance(provider, FindsIds):
        # Its own id may be stale; the others may know better.
        others = {name: value for name, value in ids.items() if name != provider.name}
        found = await provider.find(kind, others) if others else None
        record = await fetch(provider, kind, found) if found and found != own else None
    return record


async def _ids_of_anime(context: ScannerContext, kind: ShowKind, ids: dict[str, str]) -> dict[str, str]:
    """What the public lists know besides: for a serie its first season."""
    async with context.runtime.database.connection() as connection:
        if kind == "serie" and (serie := ids.get("tvdb")):
            main = (await lookup.family(connection, serie)).main
            known: list[Anime] = [main] if main else []
        else:
            known = await lookup.known(connection, kind, ids)
    if len(known) != 1:
        return {}
    [anime] = known
    services = lookup.SERVICES[kind]
    return {
        provider: anime.ids[service][0]
        for provider, service in services.items()
        if provider not in ids and len(anime.ids.get(service, ())) == 1
    }


def contradicts(record: ShowRecord, ids: Mapping[str, str]) -> bool:
    """Whether it is another title than the one that these ids are of. Ids of IMDb are the ones that everybody knows."""
    own, theirs = record.ids.get("imdb"), ids.get("imdb")
    return own is not None and theirs is not None and own != theirs


async def _keep(context: ScannerContext, show_id: int, outcome: Outcome, before: Mapping[str, str]) -> bool:
    """Whether something is known now that was not."""
    changed = False
    async with context.runtime.database.transaction() as connection:
        for provider, record in outcome.heard.items():
            if record is not None:
                said: dict[str, Any] = record.model_dump(mode="json", exclude_defaults=True)
                changed |= await records.keep(connection, show_id, provider, record.id, said)
        gone = [provider for provider, record in outcome.heard.items() if record is None and provider in before]
        changed |= await records.drop(connection, show_id, gone) > 0 if gone else False
    return changed


def _all_ids(outcome: Outcome, ids: Mapping[str, str]) -> dict[str, str]:
    found = dict(ids)
    for provider, record in outcome.heard.items():
        if record is not None:
            found = {**found, provider: record.id}
    return found


def _candidates(verdict: Verdict | None, known: DictRow | None) -> list[dict[str, Any]]:
    if verdict is not None:
        return [_shown(ranked) for ranked in verdict.ranked[:SHOWN]]
    return list(known["candidates"]) if known else []


def _why(verdict: Verdict | None, outcome: Outcome, *, found: bool) -> str:
    if not found and outcome.failed:
        return f"No answer from {', '.join(sorted(outcome.failed))}"
    if verdict is not None:
        return verdict.why
    return "Known by its ids" if found else "No provider knows its ids"


def _shown(ranked: Ranked) -> dict[str, Any]:
    """As a person sees it."""
    candidate, group = ranked.candidate, (ranked.candidate, *ranked.others)
    return {
        "provider": candidate.provider,
        "id": candidate.id,
        "kind": candidate.kind,
        "name": candidate.name,
        "year": candidate.first_year,
        "description": next((one.description for one in group if one.description), None),
        "poster": next((one.poster for one in group if one.poster), None),
        "externalId": ranked.ids,
        "score": ranked.score,
        "reasons": [reason.text for reason in ranked.reasons],
    }
