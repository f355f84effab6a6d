"""What a source of metadata must offer. The one that is always there reads names and .nfo files: see `local.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from kyoo.scanner.models.request import SearchResult
from kyoo.scanner.models.seed import SeedMovie, SeedSerie

ShowKind = Literal["movie", "serie"]


@dataclass(frozen=True)
class Wanted:
    """The show a provider is asked for. `external_ids`: provider name → id, from names, .nfo files and people."""

    title: str
    year: int | None
    external_ids: dict[str, str] = field(default_factory=dict)
    alternative_titles: tuple[str, ...] = ()


class Provider(Protocol):
    """None means "not known here"; an exception means "ask again later"."""

    name: str

    async def search(
        self, kind: ShowKind, query: str, year: int | None, languages: list[str]
    ) -> list[SearchResult]: ...

    async def movie(self, wanted: Wanted) -> SeedMovie | None: ...

    async def serie(self, wanted: Wanted) -> SeedSerie | None: ...
