"""Looking up at the services which title a show is, and remembering what came of it."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import structlog

from kyoo.core.postgres import Connection
from kyoo.scanner import work
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.finding import find
from kyoo.scanner.local import LocalFile, LocalShow
from kyoo.scanner.matching import Evidence, Ranked, gather
from kyoo.scanner.matching.model import Reading
from kyoo.scanner.matching.searches import Search as Wanted
from kyoo.scanner.providers.base import Ids, Provider, ProviderError, Search, UnavailableError, fetch
from kyoo.scanner.providers.records import Candidate, ShowKind, ShowRecord, Title
from kyoo.scanner.queries import matches

#: So many files of a folder tell in what language its titles are.
NEIGHBOURS = 200
#: Seconds until a service that gave no answer is asked again, if it does not say.
AGAIN = 600

log = structlog.get_logger()


async def look_up(context: ScannerContext, local: LocalShow) -> dict[str, str]:
    """The ids of the title that the show is, service → id; empty when nobody is sure, or nobody can be asked. What was
    asked once is remembered until files, names or services change."""
    show_id = local.show.id
    services = [each for each in context.providers if local.show.kind in each.kinds]
    if show_id is None or not services:
        return {}
    async with context.runtime.database.connection() as connection:
        known = await matches.of_show(connection, show_id)
        languages = await _languages(connection, local, context.settings.library, show_id)
    evidence = await asyncio.to_thread(evidence_of, local, languages)
    digests = _digests(evidence, services)
    if known and (
        known["evidence"] == digests or (known["ids"] and known["evidence"].split()[0] == digests.split()[0])
    ):
        # A title that was sure stays so when episodes come.
        return dict(known["ids"])
    asked = _Asked(services, [context.settings.language, "en"])
    verdict = await find(evidence, asked.search, asked.describe, await asked.by_ids(evidence))
    ids = _ids(verdict.match) if verdict.match else {}
    complete = asked.failed is None
    async with context.runtime.database.transaction() as connection:
        await matches.store(
            connection,
            show_id,
            ids=ids,
            language=verdict.match.candidate.original_language if verdict.match else None,
            why=verdict.why if complete or ids else f"{asked.failed} was not to be had; {verdict.why}",
            candidates=[] if ids else [as_json(ranked) for ranked in verdict.ranked],
            # What a service could not say is asked again.
            evidence=digests if complete or ids else "incomplete",
        )
    if not complete and not ids:
        await work.refresh(context.runtime.queue, [show_id], delay=asked.again)
    return ids


def evidence_of(local: LocalShow, languages: dict[str, int] | None = None) -> Evidence:
    """What names, .nfo files and lengths say. Reads folders."""
    about, show = local.about(), local.show
    evidence = gather(
        show.kind,
        show.title,
        show.year or about.year,
        [file.parsed for file in local.files],
        ids={**about.external_ids, **show.external_ids},
        minutes=local.minutes(),
        languages=languages,
    )
    chosen: dict[int | None, float] = {}
    for file in local.files:
        for season, number in file.chosen or []:
            chosen[season] = max(chosen.get(season, 0), number)
    written = [Reading(each, evidence.readings[0].years) for each in (about.title, about.original_title) if each]
    return replace(evidence, readings=(*written, *evidence.readings), episodes={**evidence.episodes, **chosen})


async def _languages(connection: Connection, local: LocalShow, roots: Iterable[Any], show_id: int) -> dict[str, int]:
    """What lies beside the show's own folder; a root of the library holds everything, which says nothing of one."""
    file = next(iter(local.files), None)
    if file is None:
        return {}
    folder = _beside(file, local.own_folders)
    if folder in {str(root) for root in roots}:
        return {}
    return await matches.languages_below(connection, folder, show_id, NEIGHBOURS)


def _beside(file: LocalFile, own: set[str]) -> str:
    folder = file.folder
    while folder in own and folder != "/":
        folder = os.path.dirname(folder)  # noqa: PTH120 (paths are strings here)
    return folder


def _digests(evidence: Evidence, services: list[Provider]) -> str:
    title = (evidence.kind, evidence.readings, sorted(evidence.ids.items()), [each.name for each in services])
    rest = (evidence.minutes, sorted(evidence.episodes.items(), key=str), evidence.unsure_kind)
    return " ".join(hashlib.blake2b(repr(part).encode(), digest_size=12).hexdigest() for part in (title, rest))


class _Asked:
    """The services as one. One that fails is left out, and remembered."""

    def __init__(self, services: list[Provider], languages: list[str]) -> None:
        self._services = services
        self._languages = list(dict.fromkeys(languages))
        self._away: set[str] = set()
        self.failed: str | None = None
        self.again: float = AGAIN

    async def search(self, wanted: Wanted) -> list[Candidate]:
        async def one(service: Provider) -> list[Candidate]:
            if not isinstance(service, Search) or wanted.kind not in service.kinds or service.name in self._away:
                return []
            try:
                return await service.search(wanted.kind, wanted.title, wanted.year, self._languages)
            except ProviderError as error:
                self._note(error)
                return []

        found = await asyncio.gather(*map(one, self._services))
        return [candidate for candidates in found for candidate in candidates]

    async def describe(self, candidate: Candidate) -> Candidate:
        service = next((each for each in self._services if each.name == candidate.provider), None)
        record = await self._fetch(service, candidate.kind, candidate.id) if service else None
        return described(record, candidate) if record else candidate

    async def by_ids(self, evidence: Evidence) -> list[Candidate]:
        """The titles that ids in names and .nfo files lead to."""
        found = []
        for service in self._services if evidence.ids else ():
            known = evidence.ids.get(service.name)
            if known is None and isinstance(service, Ids):
                try:
                    known = await service.find(evidence.kind, evidence.ids)
                except ProviderError as error:
                    self._note(error)
            record = await self._fetch(service, evidence.kind, known) if known else None
            if record:
                found.append(described(record))
        return found

    async def _fetch(self, service: Provider, kind: ShowKind, identifier: str) -> ShowRecord | None:
        if service.name in self._away:
            return None
        try:
            return await fetch(service, kind, identifier)
        except ProviderError as error:
            self._note(error)
            return None

    def _note(self, error: ProviderError) -> None:
        # What fails now fails again in a moment.
        self._away.add(error.provider)
        log.info("a service gave no answer", service=error.provider, reason=error.message)
        if isinstance(error, UnavailableError):
            self.failed = error.provider
            self.again = max(self.again, error.retry_after or 0)


def described(record: ShowRecord, found: Candidate | None = None) -> Candidate:
    """A title as its record describes it, with what the list of results said besides."""
    names = [texts.name for texts in record.texts.values() if texts.name]
    name = (found.name if found else None) or record.original_title or next(iter(names), record.id)
    titles = [Title(text=text) for text in [record.original_title, *names] if text]
    unique = {title.text: title for title in [*titles, *record.aliases, *(found.titles if found else ())]}
    numbered = [season for season in record.seasons if season.number > 0]
    sizes = {season.number: season.episodes for season in numbered if season.episodes}
    for episode in record.episodes:
        if episode.season > 0:
            sizes[episode.season] = max(sizes.get(episode.season, 0), episode.number)
    poster = next((picture.url for picture in record.pictures if picture.kind == "poster"), None)
    values = {
        "titles": list(unique.values()),
        "ids": {**(found.ids if found else {}), **record.ids},
        "start": record.start,
        "end": record.end if record.status == "finished" else None,
        "year": record.year,
        "original_language": record.original_language,
        "runtime": record.runtime,
        "seasons": record.season_count or len(numbered) or None,
        "episodes": record.episode_count or sum(sizes.values()) or None,
        "sizes": sizes,
        "votes": record.votes,
        "popularity": record.popularity,
        "poster": poster,
        "is_anime": record.is_anime,
    }
    base = found or Candidate(provider=record.provider, kind=record.kind, id=record.id, name=name)
    return base.model_copy(update={key: value for key, value in values.items() if value})


def _ids(ranked: Ranked) -> dict[str, str]:
    group = (ranked.candidate, *ranked.others)
    return {key: value for one in reversed(group) for key, value in {**one.ids, one.provider: one.id}.items()}


def as_json(ranked: Ranked) -> dict[str, Any]:
    """A candidate as a person sees it."""
    found = ranked.candidate
    group = (found, *ranked.others)
    return {
        "provider": found.provider,
        "id": found.id,
        "kind": found.kind,
        "name": found.name,
        "year": found.first_year,
        "description": next((one.description for one in group if one.description), None),
        "poster": next((one.poster for one in group if one.poster), None),
        "externalId": _ids(ranked),
        "score": ranked.score,
        "why": [reason.text for reason in ranked.reasons],
    }
