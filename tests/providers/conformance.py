"""What every provider of metadata keeps, whatever its service answers. One `Subject` is all that a new one needs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from kyoo.core.languages import canonical
from kyoo.scanner.providers.base import (
    LED_ON,
    Ids,
    KeyRefusedError,
    Movies,
    NonsenseError,
    Orders,
    Provider,
    ProviderError,
    Search,
    Series,
    UnavailableError,
    fetch,
)
from kyoo.scanner.providers.records import Candidate, Picture, ShowKind, ShowRecord, Texts

Open = Callable[[], AbstractAsyncContextManager[Provider]]


@dataclass(frozen=True)
class Known:
    """A show that the subject's service has; `foreign` are ids of others that lead to it."""

    kind: ShowKind
    id: str
    title: str
    foreign: dict[str, str] = field(default_factory=dict)
    collection: str | None = None


@dataclass(frozen=True)
class Subject:
    """`open` gives the provider over a service that works; `faulty`: over one that fails in the named way, each with
    the error that is right."""

    name: str
    open: Open
    known: tuple[Known, ...]
    unknown: str = "987654321"
    faulty: tuple[tuple[str, Open, type[ProviderError]], ...] = ()
    #: Over one whose answers are changed in the named way.
    changed: Callable[[str], Open] | None = None

    def __str__(self) -> str:
        return self.name


def opened(make: Callable[[], Provider]) -> Open:
    """Of a provider that needs neither opening nor closing."""

    @asynccontextmanager
    async def context() -> AsyncIterator[Provider]:
        yield make()

    return context


async def finds_what_it_knows(provider: Provider, known: Known) -> None:
    if isinstance(provider, Search):
        found = await provider.search(known.kind, known.title, None, ["en"])
        assert known.id in [candidate.id for candidate in found]
        for candidate in found:
            check_candidate(provider, known.kind, candidate)
    if isinstance(provider, Ids) and known.foreign:
        assert await provider.find(known.kind, known.foreign) == known.id
        assert await provider.find(known.kind, {"imdb": "tt99999999"}) is None
        assert await provider.find(known.kind, {}) is None


async def describes_what_it_knows(provider: Provider, known: Known) -> None:
    assert isinstance(provider, Movies if known.kind == "movie" else Series)
    record = await fetch(provider, known.kind, known.id)  # type: ignore[unreachable]
    assert record is not None
    assert record.id == known.id
    check_record(provider, known.kind, record)
    # A record survives being kept.
    assert ShowRecord.model_validate_json(record.model_dump_json()) == record
    # What one knows under an id is the same each time.
    assert await fetch(provider, known.kind, known.id) == record


async def knows_nothing_of_others(provider: Provider, unknown: str) -> None:
    """Neither an id that nobody has, nor one that cannot be one."""
    for identifier in (unknown, "no-id", "../../etc/passwd", "a b?c#d", "🦆"):
        for kind in sorted(provider.kinds):
            assert await fetch(provider, kind, identifier) is None, identifier
        if isinstance(provider, Orders):
            assert await provider.orders(identifier) == []


async def finds_nothing_absurd(provider: Provider) -> None:
    if isinstance(provider, Search):
        for kind in sorted(provider.kinds):
            for query in ("", " ", "zxqj wvkk pfff", '"}) { id } #', "%00\x00", "🦆" * 500):
                for candidate in await provider.search(kind, query, 1999, []):
                    check_candidate(provider, kind, candidate)


async def fails_in_its_own_words(provider: Provider, known: Known, error: type[ProviderError]) -> None:
    """The error of the fault, from each capability, and never another one."""
    assert error in (UnavailableError, KeyRefusedError, NonsenseError)
    calls = [lambda: fetch(provider, known.kind, known.id)]
    if isinstance(provider, Search):
        search = provider.search
        calls.append(lambda: search(known.kind, known.title, None, ["en"]))  # type: ignore[arg-type, return-value]
    for call in calls:
        with pytest.raises(error) as raised:
            await call()
        assert type(raised.value) is error
        assert raised.value.provider == provider.name
        # What is logged and shown names no key.
        assert "the-secret-key" not in raised.value.message


#: Bytes of a record, and people in it, that are more than anybody needs.
LARGEST, CROWD = 2 * 1024 * 1024, 300


async def makes_the_best_of_it(provider: Provider, known: Known) -> None:
    """Of answers with anything in them: an error of ours, nothing, or a record as it must be, and of a bounded size."""
    with contextlib.suppress(ProviderError):
        record = await fetch(provider, known.kind, known.id)
        if record is not None:
            check_values(provider, known.kind, record)
            assert record.id == known.id or provider.name in LED_ON
            assert len(record.model_dump_json()) < LARGEST
            assert len(record.credits) <= CROWD
    if isinstance(provider, Search):
        with contextlib.suppress(ProviderError):
            for candidate in await provider.search(known.kind, known.title, None, ["en"]):
                check_candidate(provider, known.kind, candidate)
    if isinstance(provider, Ids) and known.foreign:
        with contextlib.suppress(ProviderError):
            assert isinstance(await provider.find(known.kind, known.foreign), str | None)


def check_candidate(provider: Provider, kind: ShowKind, candidate: Candidate) -> None:
    assert candidate.provider == provider.name
    assert candidate.kind == kind
    assert candidate.name.strip() == candidate.name
    _check_ids(candidate.ids)
    if candidate.original_language:
        assert canonical(candidate.original_language) == candidate.original_language


def check_record(provider: Provider, kind: ShowKind, record: ShowRecord) -> None:
    assert record.provider == provider.name
    assert record.kind == kind
    assert any(texts.name for texts in record.texts.values()) or record.original_title
    check_values(provider, kind, record)


def check_values(provider: Provider, kind: ShowKind, record: ShowRecord) -> None:
    assert record.provider == provider.name
    assert record.kind == kind
    assert record.ids.get(provider.name, record.id) == record.id
    _check_ids(record.ids)
    if record.original_language:
        assert canonical(record.original_language) == record.original_language
    for texts in _all_texts(record):
        for language, text in texts.items():
            assert canonical(language) == language
            assert text.name or text.description or text.tagline
    for picture in _all_pictures(record):
        assert picture.language is None or canonical(picture.language) == picture.language
        assert not picture.url.endswith("/")
    for country in record.content_rating:
        assert len(country) == 2
        assert country.isupper()
    numbers = [season.number for season in record.seasons]
    assert sorted(set(numbers)) == numbers
    places = [(episode.season, episode.number) for episode in record.episodes]
    assert len(set(places)) == len(places)
    if kind == "movie":
        assert not record.seasons
        assert not record.episodes
    for episode in record.episodes:
        if episode.season:
            assert episode.airs_before is None
            assert episode.airs_after_season is None
    if record.start and record.end:
        assert record.start <= record.end
    people = [(credit.role, credit.person.name, credit.character) for credit in record.credits]
    assert len(set(map(repr, people))) == len(people)


def _check_ids(ids: dict[str, str]) -> None:
    for name, value in ids.items():
        assert name == name.lower().strip()
        assert value not in ("", "0", "None", "null")


def _all_texts(record: ShowRecord) -> Iterator[dict[str, Texts]]:
    yield record.texts
    yield from (season.texts for season in record.seasons)
    yield from (episode.texts for episode in record.episodes)
    if record.collection:
        yield record.collection.texts


def _all_pictures(record: ShowRecord) -> Iterator[Picture]:
    yield from record.pictures
    for season in record.seasons:
        yield from season.pictures
    yield from (episode.still for episode in record.episodes if episode.still)
    if record.collection:
        yield from record.collection.pictures
