"""Trakt's export (trakt.tv/settings/data: a zip of JSON files), and answers of its API that were kept as files. Lists
say by their names what they are, else by what is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kyoo.api.imports.archives import Part, json_rows
from kyoo.api.imports.titles import Played, Title, Titles
from kyoo.api.imports.values import integer, score, when, words
from kyoo.api.trackers.remote import ids_of


def is_one(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("movie"), dict) or isinstance(row.get("show"), dict)


def take(parts: Sequence[Part], titles: Titles) -> None:
    """Plays are those of the history; where a title has none, those that lists of what was watched sum up."""
    summed: list[tuple[Title, list[Played]]] = []
    for part in parts:
        for _, row in json_rows(part):
            if is_one(row) and (title := _title(row, titles)) is not None:
                _row(row, part.plain, title, titles, summed)
    for title, plays in summed:
        if not title.plays:
            for play in plays:
                titles.add(title, play)


def _row(
    row: Mapping[str, Any], name: str, title: Title, titles: Titles, summed: list[tuple[Title, list[Played]]]
) -> None:
    whole = not isinstance(row.get("episode"), dict) and not isinstance(row.get("season"), dict | int)
    if "watched_at" in row:
        play = _play(row, title)
        if play is not None:
            titles.add(title, play)
    elif "last_watched_at" in row:
        summed.append((title, _summed(row, title)))
    elif "rating" in row and "rated_at" in row:
        if whole and (found := score(row["rating"], of=10)):
            title.score = found
            title.changed(when(row["rated_at"])[0])
    elif "hidden_at" in row:
        if whole and "dropped" in name:
            title.status = "dropped"
            title.changed(when(row["hidden_at"])[0])
    elif "listed_at" in row and whole and _is_watchlist(name) and title.status is None:
        title.status = "planned"
        title.changed(when(row["listed_at"])[0])


def _is_watchlist(name: str) -> bool:
    """Other lists than the watchlist are in files of their names."""
    return "watchlist" in name or not name.startswith(("lists", "list-", "collection", "favorites", "liked"))


def _title(row: Mapping[str, Any], titles: Titles) -> Title | None:
    is_film = isinstance(row.get("movie"), dict)
    about = row["movie"] if is_film else row["show"]
    ids, raw = ids_of(about.get("ids")), about.get("ids")
    own = integer(raw.get("trakt"), 10**10) if isinstance(raw, dict) else None
    name, year = words(about.get("title")), integer(about.get("year"), 9999)
    if not ids and not name:
        return None
    return titles.get("movie" if is_film else "serie", ids, name, year, key=own)


def _play(row: Mapping[str, Any], title: Title) -> Played | None:
    at = when(row["watched_at"])[0]
    if title.kind == "movie":
        return Played(at)
    one = row.get("episode")
    if not isinstance(one, dict) or (number := integer(one.get("number"))) is None:
        return None
    return Played(at, integer(one.get("season")), number)


def _summed(row: Mapping[str, Any], title: Title) -> list[Played]:
    """The last play of each."""
    if title.kind == "movie":
        return [Played(when(row["last_watched_at"])[0])]
    seasons = [season for season in row.get("seasons") or () if isinstance(season, dict)]
    return [
        Played(when(one.get("last_watched_at"))[0], integer(season.get("number")), number)
        for season in seasons
        for one in season.get("episodes") or ()
        if isinstance(one, dict) and (number := integer(one.get("number"))) is not None
    ]
