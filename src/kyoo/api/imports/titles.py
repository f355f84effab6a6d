"""What another place knows of one title, as every source of an import says it, and as it is kept until it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter

from kyoo.api.trackers.base import Status
from kyoo.api.watchlist import FINISHED


@dataclass(slots=True)
class Played:
    """One play: of a film (`number` None), or of an episode. `at` None: nobody knows when; `day`: only the day is
    known. `path` is its file, `slug` what the entry was called there. `seen`: it only counts as seen."""

    at: datetime | None = None
    season: int | None = None
    number: int | None = None
    percent: int = 100
    seconds: int = 0
    day: bool = False
    seen: bool = True
    path: str | None = None
    slug: str | None = None

    @property
    def finished(self) -> bool:
        return self.seen or self.percent >= FINISHED


@dataclass(slots=True)
class Title:
    """`ids` are by our names of providers. A field that the source does not say is None."""

    kind: Literal["movie", "serie"]
    ids: dict[str, str] = field(default_factory=dict)
    title: str = ""
    year: int | None = None
    slug: str | None = None
    status: Status | None = None
    score: int | None = None
    plays: list[Played] = field(default_factory=list)
    updated_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None

    def changed(self, at: datetime | None) -> None:
        """It was changed there at that time, too."""
        if at is not None and (self.updated_at is None or at > self.updated_at):
            self.updated_at = at


_ADAPTER = TypeAdapter(Title)


def written(title: Title) -> dict[str, Any]:
    found: dict[str, Any] = _ADAPTER.dump_python(title, mode="json", exclude_defaults=True)
    return found


def read_back(kept: Any) -> Title:
    return _ADAPTER.validate_python(kept)


class Titles:
    """Titles that are gathered out of several lists, each once; `most` plays altogether, else TooMuchError."""

    def __init__(self, most: int) -> None:
        self._most, self._count = most, 0
        self._by_key: dict[Any, Title] = {}

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Title]:
        """Those of which something is said."""
        return (one for one in self._by_key.values() if one.plays or one.status or one.score is not None)

    def every(self) -> Iterator[Title]:
        return iter(self._by_key.values())

    @property
    def plays(self) -> int:
        """With the titles themselves."""
        return self._count

    def get(
        self, kind: Literal["movie", "serie"], ids: dict[str, str], title: str, year: int | None, *, key: Any = None
    ) -> Title:
        """The same one for the same `key`, else for the same ids, else for the same name and year."""
        name = (kind, key if key is not None else tuple(sorted(ids.items())) or (title.casefold(), year))
        if name not in self._by_key:
            self._counted()
            self._by_key[name] = Title(kind, dict(ids), title, year)
        known = self._by_key[name]
        known.ids = {**ids, **known.ids}
        return known

    def add(self, title: Title, play: Played) -> None:
        self._counted()
        title.plays.append(play)
        title.changed(play.at)

    def _counted(self) -> None:
        self._count += 1
        if self._count > self._most:
            raise TooMuchError(f"It has more than {self._most} titles and plays")


class TooMuchError(ValueError):
    """The message is for whoever brought it."""


#: How far two times of one play may be from each other, and two of which one is only a day.
SAME_PLAY, SAME_DAY = timedelta(minutes=30), timedelta(hours=36)


def same_play(one: datetime, other: datetime, *, day: bool) -> bool:
    return abs(one - other) < (SAME_DAY if day else SAME_PLAY)
