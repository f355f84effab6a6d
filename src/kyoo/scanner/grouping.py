"""Which files belong to the same show: by ids in names, else by title and year. Pure; stored by `registration.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

from kyoo.scanner.names import title_key
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.providers import ShowKind


@dataclass(slots=True, eq=False)
class Show:
    """A show as the scanner knows it; `id` is None until it is stored. `slug` is its name in the api, once seeded."""

    kind: ShowKind
    title: str
    year: int | None = None
    external_ids: dict[str, str] = field(default_factory=dict)
    id: int | None = None
    slug: str | None = None
    changed: bool = False


SHOW_KINDS: tuple[ShowKind, ...] = get_args(ShowKind)


def show_kind(parsed: ParsedName) -> ShowKind:
    return "movie" if parsed.kind == "movie" else "serie"


class Shelf:
    """The shows that files may belong to. A file without its show gets a new one."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[ShowKind, str], dict[int | None, Show]] = {}
        self._by_id: dict[tuple[ShowKind, str, str], Show] = {}
        self.new_names: list[tuple[ShowKind, str, int | None, Show]] = []

    def add(self, show: Show, names: Iterable[tuple[str, int | None]]) -> None:
        """A show that is known already, with its names: (title key, year)."""
        for key, year in names:
            self._by_name.setdefault((show.kind, key), {})[year] = show
        self._index_ids(show)

    def place(self, parsed: ParsedName) -> Show:
        """The show of a film or episode."""
        kind, key, year = show_kind(parsed), title_key(parsed.title), parsed.year
        show = self._by_ids(kind, parsed.external_ids) or self._by_title(kind, key, year, parsed.external_ids)
        if show is None:
            show = Show(kind, parsed.title, year, dict(parsed.external_ids), changed=True)
        if show.year is None and year is not None and kind == "serie":
            show.year, show.changed = year, True
        for provider, value in parsed.external_ids.items():
            if provider not in show.external_ids:
                show.external_ids[provider] = value
                show.changed = True
        named = self._by_name.setdefault((kind, key), {})
        if year not in named:
            named[year] = show
            self.new_names.append((kind, key, year, show))
        self._index_ids(show)
        return show

    def titled(self, title: str) -> list[Show]:
        """The films and series of that title."""
        key = title_key(title)
        return [show for kind in SHOW_KINDS for show in dict.fromkeys(self._by_name.get((kind, key), {}).values())]

    def _by_ids(self, kind: ShowKind, external_ids: dict[str, str]) -> Show | None:
        matches = (self._by_id.get((kind, provider, value)) for provider, value in external_ids.items())
        return next((show for show in matches if show), None)

    def _by_title(self, kind: ShowKind, key: str, year: int | None, ids: dict[str, str]) -> Show | None:
        """Films are told apart by title and year. A serie has mostly one year or none in its names, so the year only
        counts when two differ."""
        named = self._by_name.get((kind, key), {})
        show = named.get(year)
        if show is None and kind == "serie" and len(shows := set(named.values())) == 1:
            only = next(iter(shows))
            show = only if year is None or only.year in (None, year) else None
        return show if show and not _contradicts(show.external_ids, ids) else None

    def _index_ids(self, show: Show) -> None:
        for provider, value in show.external_ids.items():
            self._by_id.setdefault((show.kind, provider, value), show)


def _contradicts(one: dict[str, str], other: dict[str, str]) -> bool:
    return any(one[provider] != value for provider, value in other.items() if provider in one)


def fitting(shows: Iterable[Show], year: int | None) -> list[Show]:
    """Those that a file of this year can be about: of that very year, else of none."""
    known = list(shows)
    if year is None:
        return known
    return [show for show in known if show.year == year] or [show for show in known if show.year is None]
