"""A provider of metadata with a catalogue in memory, for tests of what uses providers. It can fail in every way that a
real one can: `failing` is raised by each method while it is set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kyoo.scanner.naming.titles import normalise
from kyoo.scanner.providers.base import ProviderError
from kyoo.scanner.providers.records import Candidate, CollectionRecord, ShowKind, ShowRecord


@dataclass
class FakeCatalogue:
    name: str = "catalogue"
    kinds: frozenset[ShowKind] = frozenset({"movie", "serie"})
    shows: list[ShowRecord] = field(default_factory=list)
    collections: list[CollectionRecord] = field(default_factory=list)
    failing: ProviderError | None = None
    asked: list[str] = field(default_factory=list)

    async def search(self, kind: ShowKind, query: str, year: int | None, languages: Sequence[str]) -> list[Candidate]:
        del languages
        self._ask(f"search {query}")
        wanted = normalise(query)
        found = [show for show in self._of(kind) if any(wanted in normalise(name) for name in _names(show))]
        found.sort(key=lambda show: (show.first_year != year, -(show.popularity or 0)))
        return [_candidate(show) for show in found]

    async def find(self, kind: ShowKind, ids: Mapping[str, str]) -> str | None:
        self._ask("find")
        return next((show.id for show in self._of(kind) if show.ids.items() & ids.items()), None)

    async def movie(self, identifier: str) -> ShowRecord | None:
        return self._by_id("movie", identifier)

    async def serie(self, identifier: str) -> ShowRecord | None:
        return self._by_id("serie", identifier)

    async def collection(self, identifier: str) -> CollectionRecord | None:
        self._ask(f"collection {identifier}")
        return next((found for found in self.collections if found.id == identifier), None)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.failing is not None:
            raise self.failing

    def _of(self, kind: ShowKind) -> list[ShowRecord]:
        return [show for show in self.shows if show.kind == kind]

    def _by_id(self, kind: ShowKind, identifier: str) -> ShowRecord | None:
        self._ask(f"{kind} {identifier}")
        return next((show for show in self._of(kind) if show.id == identifier), None)


def _names(show: ShowRecord) -> Iterable[str]:
    yield from (texts.name for texts in show.texts.values() if texts.name)
    yield from (title.text for title in show.aliases)
    if show.original_title:
        yield show.original_title


def _candidate(show: ShowRecord) -> Candidate:
    names = list(dict.fromkeys(_names(show)))
    return Candidate(
        provider=show.provider,
        kind=show.kind,
        id=show.id,
        name=names[0],
        titles=list(show.aliases),
        ids=show.ids,
        start=show.start,
        end=show.end,
        year=show.year,
        original_language=show.original_language,
        runtime=show.runtime,
        seasons=show.season_count,
        episodes=show.episode_count,
        votes=show.votes,
        popularity=show.popularity,
        is_anime=show.is_anime,
    )
