"""What the name of a library file says: the parser applied below the library root, and the doubt it leaves resolved.

The recognition itself is in `naming/`. Here is what needs the library: where its root is and what lies beside a file.
"""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH208

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from kyoo.core.files import path_of, readable, text_of
from kyoo.scanner.models.video import Guess, GuessEpisode
from kyoo.scanner.naming import parse
from kyoo.scanner.naming.model import FilmOf, ParsedName
from kyoo.scanner.naming.titles import marks, normalise

#: As many files "Title 1", "Title 2", … in one folder are the episodes of a serie; fewer can be a film and its sequels.
EPISODES_IN_A_FOLDER = 6

_TRAILING_NUMBER = re.compile(r"(?P<title>.*\S)[\s._-]+(?P<number>\d{1,4})$", re.DOTALL)


def parse_file(path: str, roots: Iterable[Path], *, samples: bool = True) -> ParsedName:
    """What `path` says, without the names of the folders above the library, which are not about its content."""
    path = readable(path)
    for root in roots:
        prefix = readable(text_of(root)).rstrip("/") + "/"
        if path.startswith(prefix):
            below = path[len(prefix) :]
            parsed = parse(f"/{below}", samples=samples)
            # A library that is the folder of one show: then its own name is the only title there is.
            if parsed.title_guessed:
                return parse(f"/{readable(text_of(root.name))}/{below}", samples=samples)
            return parsed
    return parse(path, samples=samples)


def numbered_title(parsed: ParsedName) -> tuple[str, int] | None:
    """Title and number of a name that can be a sequel or an episode (`Title 8`), or None."""
    match = _TRAILING_NUMBER.fullmatch(parsed.title) if parsed.unsure and parsed.kind == "movie" else None
    return (match["title"], int(match["number"])) if match else None


def as_episode(parsed: ParsedName, title: str, number: int) -> ParsedName:
    return replace(
        parsed, kind="episode", title=title, episodes=((None, number),), absolute_episodes=(number,), unsure=False
    )


class Siblings:
    """Counts the numbered names of a folder, once a folder."""

    def __init__(self) -> None:
        self._counted: dict[str, Counter[str]] = {}

    def count(self, folder: str, title: str) -> int:
        counted = self._counted.get(folder)
        if counted is None:
            counted = self._counted[folder] = self._count(folder)
        return counted[normalise(title)]

    @staticmethod
    def _count(folder: str) -> Counter[str]:
        try:
            names = [readable(text_of(name)) for name in os.listdir(path_of(folder))]
        except OSError:  # gone meanwhile: the file will be missed by the next scan
            names = []
        pairs = (numbered_title(parse("/" + name)) for name in names if name.isprintable())
        return Counter(normalise(pair[0]) for pair in pairs if pair)


def title_key(title: str) -> str:
    """What spellings of one title have in common; never empty."""
    return normalise(title) or title.casefold()


def show_keys(title: str) -> list[str]:
    """The names by which a show of this title is looked for, the exact one first: marks at the end of a title tell
    series apart when the library has both spellings."""
    key = title_key(title)
    return [f"{key}|{marks(title)}", key]


def plain_key(key: str) -> str:
    """The title key of one of the `show_keys`."""
    return key.partition("|")[0] or key


def to_json(parsed: ParsedName) -> dict[str, Any]:
    values = asdict(parsed)
    if parsed.date:
        values["date"] = parsed.date.isoformat()
    return {key: value for key, value in values.items() if value not in (None, (), {}, False)}


_TUPLES = {field.name for field in fields(ParsedName) if str(field.type).startswith("tuple")}


def from_json(values: dict[str, Any]) -> ParsedName:
    return ParsedName(**_values(values))


def _values(values: dict[str, Any]) -> dict[str, Any]:
    """Fields of a `ParsedName` out of JSON."""
    known = {field.name for field in fields(ParsedName)}
    data = {key: value for key, value in values.items() if key in known}
    for key in _TUPLES & data.keys():
        data[key] = tuple(tuple(item) if isinstance(item, list) else item for item in data[key])
    if "film_of" in data:
        data["film_of"] = FilmOf(*data["film_of"])
    if "date" in data:
        data["date"] = date.fromisoformat(data["date"])
    return data


def guess(parsed: ParsedName) -> Guess:
    """The wire's guess. Its episode numbers are whole; half numbers (13.5) are kept in `raw`."""
    return Guess(
        title=parsed.title,
        kind=parsed.kind,
        extra_kind=wire_extra_kind(parsed) if parsed.kind == "extra" else None,
        years=list(parsed.years),
        episodes=[
            GuessEpisode(season=season, episode=int(number))
            for season, number in parsed.episodes
            if number == int(number)
        ],
        external_id=parsed.external_ids,
        from_="anime-lists" if parsed.read_as else "kyoo",
        raw={key: value for key, value in to_json(parsed).items() if key not in _NOT_RAW},
        history=[_history(parsed)] if parsed.read_as else [],
    )


_NOT_RAW = ("rendering", "external_ids", "kind", "read_as")


def _history(parsed: ParsedName) -> dict[str, Any]:
    """The guess that the lists of anime corrected."""
    before = replace(parsed, **_values(parsed.read_as), read_as={})
    return guess(before).wire()


def wire_extra_kind(parsed: ParsedName) -> str:
    known = ("trailer", "interview", "behind-the-scene", "deleted-scene", "blooper")
    return parsed.extra_kind if parsed.extra_kind in known else "other"
