"""A name being read: its text, what has been claimed so far, the `Reading` that grows. The rules are in the steps."""

import datetime
from dataclasses import dataclass, field

from kyoo.scanner.naming.marked_numbers import Numbering
from kyoo.scanner.naming.model import Number
from kyoo.scanner.naming.release import NO_RELEASE, Release
from kyoo.scanner.naming.text import CLAIMED, Bracket, Text, blank


@dataclass(slots=True)
class Reading:
    """What one name says by itself: `title` is empty if it says none; `explicit`: its numbers name themselves."""

    title: str = ""
    alternatives: list[str] = field(default_factory=list)
    year: int | None = None
    seasons: list[int] = field(default_factory=list)
    pairs: list[tuple[int | None, Number]] = field(default_factory=list)
    absolute: list[Number] = field(default_factory=list)
    date: datetime.date | None = None
    episode_title: str = ""
    group: str | None = None
    version: int | None = None
    part: int | None = None
    edition: str | None = None
    ids: dict[str, str] = field(default_factory=dict)
    special: bool = False
    explicit: bool = False
    tagged: bool = False
    collection: bool = False  # a folder that gathers films: "Iron Man Collection"
    unsure_number: int | None = None  # in the title, may be an episode
    unsure_part: int | None = None  # taken for an episode, may be the part of a film
    unsaid_title: str = ""  # the title, if the episode number is not one
    length: int = 0  # of the text that was read
    unversioned: str = ""  # that text without its version and part
    unparted: str = ""  # that text without `unsure_part`, too
    release: Release = NO_RELEASE


class Draft:
    """One name on its way through the steps.

    `masked` is the lower-case text that loses what each step claims; `cuts` are the places where the title may end;
    `begin` is where the name starts, after groups and sites (`heads`); `number_end` where its last number ends.
    """

    def __init__(self, name: str, *, season_folder: bool, extra: bool, folder: bool) -> None:
        self.text = Text(name)
        self.masked = self.text.low
        self.reading = Reading()
        self.season_folder = season_folder
        self.extra = extra
        self.folder = folder
        self.heads: list[Bracket] = []
        self.groups: list[Bracket] = []  # those of the heads that are neither tags nor a site
        self.begin = 0
        self.tags_at = 0  # where the first tag stands that is never a word of a title
        self.cuts: list[int] = []
        self.number_end: int | None = None
        self.soft_end: int | None = None  # where a number ends that may belong to the title instead
        self.season_in_words = False
        self.part_span: tuple[int, int] | None = None  # where the number stands that `Reading.unsure_part` is
        self.of: tuple[int, int] | None = None  # where "2 of 3" stands that may count the parts of a film
        self.year_in_bracket = False
        self.title_end = 0
        self.checksum = False
        self.hidden: list[tuple[int, int]] = []  # spans of version and part, left out of the rendering

    def claim(self, start: int, end: int) -> None:
        """Keep a span from later rules."""
        self.masked = blank(self.masked, start, end, CLAIMED)

    def claim_numbering(self, found: Numbering) -> None:
        """Take seasons and episodes over, and end the title before them."""
        self.claim(found.start, found.end)
        holder = self.text.bracket_at(found.start)
        self.cuts.append(holder.start if holder and holder.start >= self.begin else found.start)
        self.number_end = max(found.end, self.number_end or 0)
        reading = self.reading
        if found.letter:
            reading.part = found.letter
            self.hidden.append((found.end - 1, found.end))
        reading.seasons = list(dict.fromkeys([*reading.seasons, *found.seasons]))
        reading.pairs = list(dict.fromkeys([*reading.pairs, *found.pairs]))

    def unhidden(self, *more: tuple[int, int]) -> str:
        """The name as written, without its version and part."""
        raw = self.text.raw
        for start, end in sorted([*self.hidden, *more], reverse=True):
            bracketed = start > 0 and raw[start - 1] in "[(" and raw[end : end + 1] in ("]", ")")
            raw = raw[: start - bracketed].rstrip(" ._-") + raw[end + bracketed :]
        return raw
