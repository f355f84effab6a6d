"""Which shows of the library the titles of an import are: by ids, then by files, then by what they were called there,
then by name and year where that leaves no doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kyoo.api.imports.comparing import Match, end_of, plain
from kyoo.api.imports.titles import Title
from kyoo.api.queries import imports as queries
from kyoo.api.queries.trackers import reading
from kyoo.api.trackers.coordinates import names_of
from kyoo.core.database.postgres import Connection

Names = dict[tuple[str, str], dict[int, int | None]]


@dataclass(slots=True)
class Finder:
    """Finds shows for one run; the names of the library are read once, when they are needed first."""

    _names: Names | None = field(default=None)

    async def find(self, connection: Connection, titles: Sequence[Title]) -> list[tuple[int, int, Match]]:
        """(position, show, match), each pair once, of shows that the reader of the connection may see."""
        found: dict[tuple[int, int], Match] = {}
        files = await _files(connection, titles)
        for position, show in await _by_ids(connection, titles):
            found[position, show] = Match(titles[position], exact=True, files={})
        self._by_files(titles, files, found)
        await self._by_slugs(connection, titles, found)
        await self._by_names(connection, titles, found)
        seen = await queries.visible(connection, {show for _, show in found})
        return [
            (position, show, Match(match.title, match.exact, files.get(show, {})))
            for (position, show), match in sorted(found.items(), key=lambda item: item[0])
            if show in seen
        ]

    def _by_files(
        self, titles: Sequence[Title], files: dict[int, dict[str, int]], found: dict[tuple[int, int], Match]
    ) -> None:
        shows: dict[str, set[int]] = {}
        for show, ends in files.items():
            for end in ends:
                shows.setdefault(end, set()).add(show)
        for position in _open(titles, found):
            title = titles[position]
            for play in title.plays:
                # Of a file with several shows nobody knows which is meant.
                meant = shows.get(end_of(play.path), set()) if play.path else set()
                if len(meant) == 1:
                    found[position, next(iter(meant))] = Match(title, exact=False)

    async def _by_slugs(
        self, connection: Connection, titles: Sequence[Title], found: dict[tuple[int, int], Match]
    ) -> None:
        given = [(titles[position].kind, titles[position].slug or "") for position in _open(titles, found)]
        known = await queries.by_slugs(connection, [kind for kind, _ in given], [slug for _, slug in given])
        for position in _open(titles, found):
            title = titles[position]
            show = known.get((title.kind, title.slug or ""))
            if show is not None:
                found[position, show] = Match(title, exact=False)

    async def _by_names(
        self, connection: Connection, titles: Sequence[Title], found: dict[tuple[int, int], Match]
    ) -> None:
        # A name of signs alone is none that says which title is meant.
        wanted = [
            position for position in _open(titles, found) if not titles[position].slug and plain(titles[position].title)
        ]
        if not wanted:
            return
        if self._names is None:
            self._names = {}
            for row in await queries.names(connection, ["movie", "serie"]):
                self._names.setdefault((row["kind"], plain(row["name"])), {})[row["pk"]] = row["year"]
        for position in wanted:
            title = titles[position]
            show = _meant(self._names.get((title.kind, plain(title.title)), {}), title.year)
            if show is not None:
                found[position, show] = Match(title, exact=False)


def _open(titles: Sequence[Title], found: dict[tuple[int, int], Match]) -> list[int]:
    met = {position for position, _ in found}
    return [position for position in range(len(titles)) if position not in met]


def _meant(shows: dict[int, int | None], year: int | None) -> int | None:
    """The one of that name: of that year, of the year before or after if there is one only; of any year when none is
    given."""
    if year is None:
        return next(iter(shows)) if len(shows) == 1 else None
    for near in (0, 1):
        close = [show for show, other in shows.items() if other is not None and abs(other - year) <= near]
        if close:
            return close[0] if len(close) == 1 else None
    return None


async def _by_ids(connection: Connection, titles: Sequence[Title]) -> list[tuple[int, int]]:
    given = [
        (position, name, identifier)
        for position, title in enumerate(titles)
        for provider, identifier in title.ids.items()
        for name in names_of(provider)
    ]
    if not given:
        return []
    positions, providers, ids = zip(*given, strict=True)
    pairs = sorted(set(await reading.shows_by_ids(connection, positions, providers, ids)))
    kinds = await queries.kinds(connection, {show for _, show in pairs})
    # A provider counts films and series apart, so the same number may be both. A film may be in a serie.
    return [
        (position, show)
        for position, show in pairs
        if kinds.get(show, ("", False))[0] == titles[position].kind
        or (titles[position].kind == "movie" and kinds.get(show, ("", False))[1])
    ]


async def _files(connection: Connection, titles: Sequence[Title]) -> dict[int, dict[str, int]]:
    """By show: entries by the ends of the paths of their files, for files that plays name."""
    ends = {end_of(play.path) for title in titles for play in title.plays if play.path}
    found: dict[int, dict[str, int]] = {}
    if ends:
        for row in await queries.by_files(connection, ends):
            found.setdefault(row["show_pk"], {})[row["end"].replace("\\", "/")] = row["entry_pk"]
    return found
