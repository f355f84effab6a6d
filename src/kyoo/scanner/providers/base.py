"""What a provider of metadata can offer: small capabilities, each a protocol of one method or two.

A provider has a name and as many capabilities as its service allows; whoever needs one asks
`isinstance(provider, Movies)`. No method raises anything but a `ProviderError`: whatever a service answers, its module
turns into records, None ("not known here") or one of these errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from kyoo.core.errors import KyooError
from kyoo.scanner.providers.records import Candidate, EpisodeRecord, ShowKind, ShowRecord


@dataclass(frozen=True)
class Wanted:
    """What is known of a show before it is found: from names, folders, .nfo files and the files themselves.

    `external_ids`: provider → id. `runtime` in minutes, of the film or of a usual episode. `episodes`: (season, number)
    of the files, season None when the name has none. `neighbours`: titles of other shows in the same folder."""

    title: str
    year: int | None
    external_ids: Mapping[str, str] = field(default_factory=dict)
    alternative_titles: tuple[str, ...] = ()
    runtime: int | None = None
    episodes: tuple[tuple[int | None, float], ...] = ()
    neighbours: tuple[str, ...] = ()
    original_language: str | None = None


class ProviderError(KyooError):
    """The provider gave no answer that can be used. `provider` is its name."""

    status = 502

    def __init__(self, provider: str, message: str) -> None:
        super().__init__(f"{provider}: {message}")
        self.provider = provider


class UnavailableError(ProviderError):
    """Down, slow, or over its limit: worth another try, after `retry_after` seconds if it says so."""

    status = 503

    def __init__(self, provider: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(provider, message)
        self.retry_after = retry_after


class KeyRefusedError(ProviderError):
    """The key is wrong, not active (yet), or not allowed to do this: nothing helps but another key."""


class NonsenseError(ProviderError):
    """An answer that is not of the shape that the provider promises."""


class Provider(Protocol):
    """`name` is the key of its ids on the wire (`themoviedatabase`, `tvdb`…), `kinds` are what it knows at all."""

    @property
    def name(self) -> str: ...

    @property
    def kinds(self) -> frozenset[ShowKind]: ...


@runtime_checkable
class Search(Protocol):
    """Looking for a title. The best come first, as the provider sees it; there may be none that fits."""

    async def search(
        self, kind: ShowKind, query: str, year: int | None, languages: Sequence[str]
    ) -> list[Candidate]: ...


@runtime_checkable
class Ids(Protocol):
    """The provider's own id of what other providers know under `ids` (name → id)."""

    async def find(self, kind: ShowKind, ids: Mapping[str, str]) -> str | None: ...


@runtime_checkable
class Movies(Protocol):
    """A film by the provider's own id, with people and pictures."""

    async def movie(self, identifier: str) -> ShowRecord | None: ...


@runtime_checkable
class Series(Protocol):
    """A serie by the provider's own id, with people, pictures, seasons and episodes in the order of airing."""

    async def serie(self, identifier: str) -> ShowRecord | None: ...


@dataclass(frozen=True)
class Order:
    """An order of episodes: what the provider knows it by, and what people call it."""

    id: str
    name: str


@runtime_checkable
class Orders(Protocol):
    """The episodes of a serie in another order than that of airing, such as `dvd` or `absolute`."""

    async def orders(self, identifier: str) -> list[Order]: ...

    async def episodes(self, identifier: str, order: str) -> list[EpisodeRecord]: ...


#: Those that answer with the title that another one was merged into.
LED_ON = frozenset({"tvmaze", "wikidata"})


async def fetch(provider: Provider, kind: ShowKind, identifier: str) -> ShowRecord | None:
    """The show of that id, if this provider has shows of that kind. NonsenseError for another one."""
    if kind == "movie":
        found = await provider.movie(identifier) if isinstance(provider, Movies) else None
    else:
        found = await provider.serie(identifier) if isinstance(provider, Series) else None
    if found is not None and provider.name not in LED_ON and found.id.lstrip("0") != identifier.lstrip("0"):
        raise NonsenseError(provider.name, "answers with another title")
    return found
