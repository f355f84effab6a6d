"""A registered file of the library, which of several stands for an entry, and how long they are together."""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH119, PTH120, PTH122

from __future__ import annotations

import os
from dataclasses import dataclass
from uuid import UUID

from kyoo.scanner.local.embedded import NOTHING, Embedded
from kyoo.scanner.naming.model import ParsedName


@dataclass(frozen=True)
class LocalFile:
    """A registered file. `link`: whether it still lacks its entries in the api (a link that a person took away is not
    made again). `pinned`: a person chose the show. `duration` in seconds. `embedded`: what the tags inside say."""

    path: str
    video_id: UUID
    parsed: ParsedName
    content_id: str | None = None
    duration: float | None = None
    link: bool = True
    pinned: bool = False
    chosen: list[tuple[int | None, float]] | None = None
    embedded: Embedded = NOTHING

    @property
    def folder(self) -> str:
        return os.path.dirname(self.path)

    @property
    def stem(self) -> str:
        return os.path.splitext(os.path.basename(self.path))[0]


def main_of(files: list[LocalFile]) -> LocalFile | None:
    """The file that stands for an entry: the first part of the newest version, by path."""
    return min(files, key=lambda f: (f.parsed.part or 0, -f.parsed.version, f.path), default=None)


def length_of(files: list[LocalFile], shared: int = 1) -> float | None:
    """The duration of one complete showing: all parts of the cut of the main file, divided over the entries in it."""
    main = main_of(files)
    if main is None:
        return None
    if main.parsed.part is None:
        return main.duration / shared if main.duration else None
    parts = {
        file.parsed.part: file.duration
        for file in sorted(files, key=lambda f: f.parsed.version)
        if file.parsed.rendering == main.parsed.rendering
    }
    known = [duration for duration in parts.values() if duration]
    return sum(known) if len(known) == len(parts) else None


def minutes(seconds: float | None) -> int | None:
    return max(1, round(seconds / 60)) if seconds else None
