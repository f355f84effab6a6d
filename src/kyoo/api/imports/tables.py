"""CSV files: Letterboxd's export, IMDb's, and any table with a header of plain words (docs/using/moving.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from kyoo.api.imports.archives import Part, UnreadableArchiveError, csv_rows
from kyoo.api.imports.titles import Played, Title, Titles
from kyoo.api.imports.values import integer, provided, score, when, words
from kyoo.api.trackers.base import Status

Row = Mapping[str, str]
STATUSES: dict[str, Status] = {
    "planned": "planned",
    "plan to watch": "planned",
    "plantowatch": "planned",
    "watchlist": "planned",
    "watching": "watching",
    "rewatching": "rewatching",
    "completed": "completed",
    "watched": "completed",
    "dropped": "dropped",
}
KINDS: dict[str, Literal["movie", "serie"]] = {
    "movie": "movie",
    "film": "movie",
    "tv movie": "movie",
    "show": "serie",
    "serie": "serie",
    "series": "serie",
    "tv series": "serie",
    "tv mini series": "serie",
    "episode": "serie",
    "tv": "serie",
}
#: Letterboxd's files, and what each says. What lies in folders of its archive (deleted, orphaned, lists) is left out.
LETTERBOXD = ("watched.csv", "diary.csv", "ratings.csv", "watchlist.csv")


def take(parts: Sequence[Part], titles: Titles) -> None:
    """UnreadableArchiveError for a table without any column that is known."""
    watched: list[tuple[Title, Played]] = []
    for part in parts:
        for line, row in csv_rows(part):
            if "letterboxd uri" in row:
                if part.plain in LETTERBOXD or len(parts) == 1:
                    _letterboxd(row, part.plain, titles, watched)
            elif "const" in row:
                _imdb(row, titles)
            else:
                _plain(row, part, line, titles)
    # Days of the diary are when a film was watched, those of the list of films when somebody said so.
    for title, play in watched:
        if not title.plays:
            titles.add(title, play)


def of_letterboxd(parts: Sequence[Part]) -> list[Part]:
    """Those at the top of its archive."""
    tops = [part for part in parts if part.plain in LETTERBOXD]
    least = min((part.name.count("/") for part in tops), default=0)
    found = [part for part in tops if part.name.count("/") == least]
    return sorted(found, key=lambda part: LETTERBOXD.index(part.plain))


def _letterboxd(row: Row, name: str, titles: Titles, watched: list[tuple[Title, Played]]) -> None:
    if not (film := words(row.get("name"))):
        return
    title = titles.get("movie", {}, film, integer(row.get("year"), 9999))
    at, only_day = when(row.get("watched date") or row.get("date"))
    if found := score(row.get("rating"), of=5):
        title.score = found
        title.changed(when(row.get("date"))[0])
    if "watchlist" in name:
        title.status = "planned"
        title.changed(at)
    elif row.get("watched date"):
        titles.add(title, Played(at, day=only_day))
    else:
        # Who rates a film has seen it.
        watched.append((title, Played(at, day=only_day)))


def _imdb(row: Row, titles: Titles) -> None:
    """Its list of ratings, or its watchlist, which has no column of one's own ratings filled in."""
    kind = KINDS.get(row.get("title type", "").casefold(), "movie")
    if "episode" in row.get("title type", "").casefold():
        return
    name = words(row.get("title") or row.get("original title"))
    title = titles.get(kind, provided(imdb=row["const"]), name, integer(row.get("year"), 9999))
    if found := score(row.get("your rating"), of=10):
        title.score = found
        at, only_day = when(row.get("date rated"))
        title.changed(at)
        if kind == "movie":
            titles.add(title, Played(at, day=only_day))
    elif title.status is None and not title.plays:
        title.status = "planned"
        title.changed(when(row.get("created"))[0])


def _plain(row: Row, part: Part, line: int, titles: Titles) -> None:
    ids = provided(
        tmdb=_first(row, "tmdb", "tmdbid", "tmdb_id"),
        tvdb=_first(row, "tvdb", "tvdbid", "tvdb_id"),
        imdb=_first(row, "imdb", "imdbid", "imdb_id"),
    )
    name = words(_first(row, "title", "name", "show"))
    if not ids and not name:
        if not {"title", "name", "show", "tmdb", "tmdbid", "tmdb_id", "imdb", "imdbid", "imdb_id"} & row.keys():
            raise UnreadableArchiveError(f"{part.name} has no column that is known: title, tmdb, imdb, …")
        return
    number = integer(_first(row, "episode", "episode_number"))
    season = integer(_first(row, "season", "season_number"))
    said = KINDS.get((_first(row, "type", "kind") or "").casefold())
    kind = said or ("serie" if number is not None else "movie")
    title = titles.get(kind, ids, name, integer(row.get("year"), 9999))
    text = _first(row, "watched_at", "watcheddate", "watched date", "date")
    at, only_day = when(text)
    if text and at is None:
        raise UnreadableArchiveError(f"{part.name}, line {line}: '{text[:40]}' is no date such as 2026-01-31")
    status = (row.get("status") or "").casefold()
    if status and status not in STATUSES:
        raise UnreadableArchiveError(f"{part.name}, line {line}: '{status[:40]}' is no status")
    if status and number is None:
        title.status = STATUSES[status]
        title.changed(at)
    for column, of in (("score", 100.0), ("rating10", 10.0), ("rating", 10.0)):
        if row.get(column) and number is None:
            if (found := score(row[column], of=of)) is None:
                raise UnreadableArchiveError(f"{part.name}, line {line}: {column} goes up to {of:g}")
            title.score = found
            title.changed(at)
            break
    if at is not None and status in ("", "watched", "completed") and (kind == "movie" or number is not None):
        titles.add(title, Played(at, season, number, day=only_day))


def _first(row: Row, *names: str) -> str | None:
    return next((row[name] for name in names if row.get(name)), None)
