"""Which files belong to the same show: by ids in names, else by title and year. Pure; stored by `registration.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

from psycopg.rows import DictRow

from kyoo.scanner.local.file_names import show_keys
from kyoo.scanner.naming.model import FilmOf, ParsedName
from kyoo.scanner.naming.titles import alike, marks
from kyoo.scanner.providers.records import ShowKind


@dataclass(slots=True, eq=False)
class Show:
    """A show as the scanner knows it; `id` is None until it is stored. `slug` is its name in the api, once seeded."""

    kind: ShowKind
    title: str
    year: int | None = None
    external_ids: dict[str, str] = field(default_factory=dict)
    id: int | None = None
    slug: str | None = None
    #: Whether the api has its episodes in another order than files count.
    reordered: bool = False
    changed: bool = False


SHOW_KINDS: tuple[ShowKind, ...] = get_args(ShowKind)


def show_kind(parsed: ParsedName) -> ShowKind:
    return "movie" if parsed.kind == "movie" else "serie"


class ShowIndex:
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
        if parsed.film_of and (serie := self.serie_of(parsed.film_of)):
            return serie
        kind, year = show_kind(parsed), parsed.year
        show = self._by_ids(kind, parsed.external_ids) or self._by_title(kind, parsed.title, year, parsed.external_ids)
        if show is None:
            show = Show(kind, parsed.title, year, dict(parsed.external_ids), changed=True)
        if show.year is None and year is not None:
            show.year, show.changed = year, True
        for provider, value in parsed.external_ids.items():
            if provider not in show.external_ids:
                show.external_ids[provider] = value
                show.changed = True
        exact, key = show_keys(parsed.title)
        spelled = marks(parsed.title)
        holder = self._name(kind, key, year, show)
        if spelled or not alike(marks(holder.title), spelled):
            self._name(kind, exact, year, show)
        self._index_ids(show)
        return show

    def serie_of(self, film: FilmOf) -> Show | None:
        """The serie that a film stands in, if it is in the library."""
        ids = {"tvdb": film.serie}
        show = self._by_ids("serie", ids) or self._by_title("serie", film.title, None, ids)
        if show is not None and "tvdb" not in show.external_ids:
            show.external_ids["tvdb"], show.changed = film.serie, True
            self._index_ids(show)
        return show

    def _name(self, kind: ShowKind, key: str, year: int | None, show: Show) -> Show:
        """Give a name to the show unless another one has it; returns who has it."""
        named = self._by_name.setdefault((kind, key), {})
        if year not in named:
            named[year] = show
            self.new_names.append((kind, key, year, show))
        return named[year]

    def titled(self, title: str) -> list[Show]:
        """The films and series of that title, in that very spelling if there are such."""
        for key in show_keys(title):
            named = [self._by_name.get((kind, key), {}) for kind in SHOW_KINDS]
            if found := list(dict.fromkeys(show for shows in named for show in shows.values())):
                return found
        return []

    def _by_ids(self, kind: ShowKind, external_ids: dict[str, str]) -> Show | None:
        matches = (self._by_id.get((kind, provider, value)) for provider, value in external_ids.items())
        return next((show for show in matches if show), None)

    def _by_title(self, kind: ShowKind, title: str, year: int | None, ids: dict[str, str]) -> Show | None:
        """Many names have no year, so it only counts when two differ. Marks at the end (`K-On!!`) count when both
        spellings are there: a show that is called so in that very spelling may have another title."""
        exact, plain = (self._by_name.get((kind, key), {}) for key in show_keys(title))
        of_year = [(shows.get(year), shows is exact) for shows in (exact, plain)]
        only = [
            (next(iter(shows.values())), shows is exact) for shows in (exact, plain) if len(set(shows.values())) == 1
        ]
        able = [*of_year, *((show, spelled) for show, spelled in only if year is None or show.year in (None, year))]
        return next(
            (
                show
                for show, spelled in able
                if show
                and (spelled or alike(marks(show.title), marks(title)))
                and not contradicts(show.external_ids, ids)
            ),
            None,
        )

    def _index_ids(self, show: Show) -> None:
        for provider, value in show.external_ids.items():
            self._by_id.setdefault((show.kind, provider, value), show)


def contradicts(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether one provider calls them differently."""
    return any(one[provider] != value for provider, value in other.items() if provider in one)


def fitting(shows: Iterable[Show], year: int | None) -> list[Show]:
    """Those that a file of this year can be about: of that very year, else of none."""
    known = list(shows)
    if year is None:
        return known
    return [show for show in known if show.year == year] or [show for show in known if show.year is None]


def to_show(row: DictRow) -> Show:
    return Show(
        row["kind"],
        row["title"],
        row["year"],
        dict(row["external_ids"]),
        row["id"],
        row["slug"] if row["api_id"] else None,
        row["reordered"],
    )
