"""What kind of file somebody brings, and what it says: the titles of a file of any kind that is known."""

from __future__ import annotations

from typing import IO

from kyoo.api.imports import own, tables, trakt_files
from kyoo.api.imports.archives import Part, UnreadableArchiveError, json_rows, parts
from kyoo.api.imports.titles import Titles, TooMuchError


def read(file: IO[bytes], name: str, *, unpacked: int, most: int) -> tuple[str, Titles]:
    """The source and its titles, all of them or none. UnreadableArchiveError says what is wrong with the file."""
    titles = Titles(most)
    try:
        source = _read(parts(file, name, unpacked), titles)
    except TooMuchError as error:
        raise UnreadableArchiveError(str(error)) from error
    if not len(titles):
        raise UnreadableArchiveError("Nothing in it says what was watched")
    return source, titles


def _read(found: list[Part], titles: Titles) -> str:
    csv = [part for part in found if _is_csv(part)]
    json = [part for part in found if part not in csv]
    if letterboxd := tables.of_letterboxd(csv):
        tables.take(letterboxd, titles)
        return "letterboxd"
    if json:
        if _has(json, "history", "watchlist"):
            for part in json:
                own.take(part, titles)
            return "kyoo"
        trakt_files.take(json, titles)
        if len(titles) or not csv:
            return "trakt"
    tables.take(csv, titles)
    return "csv"


def _is_csv(part: Part) -> bool:
    """By the name, else by how it begins."""
    if part.plain.endswith(".json"):
        return False
    if part.plain.endswith(".csv"):
        return True
    with part.open() as file:
        return not file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"[", b"{"))


def _has(json: list[Part], *names: str) -> bool:
    """Whether one of the files has lists of these names, as a server like this one writes them."""
    for part in json:
        for name, row in json_rows(part):
            if name in names and isinstance(row.get("show"), dict) and "externalId" in row["show"]:
                return True
            if trakt_files.is_one(row):
                break
    return False
