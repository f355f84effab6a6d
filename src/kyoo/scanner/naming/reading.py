"""One name (a file's stem or a folder) read into a `Reading`: the pipeline of the rules. Folders are joined in `parser`."""

import re
from dataclasses import dataclass, field
from datetime import date as Date

from kyoo.scanner.naming import bare, dates, numbering, wording, years
from kyoo.scanner.naming.ids import find_ids
from kyoo.scanner.naming.model import Number
from kyoo.scanner.naming.numbering import Numbering
from kyoo.scanner.naming.numbers import number
from kyoo.scanner.naming.tags import Tags, find_edition, find_tags, is_site, is_tag_bracket, is_weak_word, over_weak_words, tags_start
from kyoo.scanner.naming.text import BLANK, CLAIMED, Bracket, Text, blank, tidy
from kyoo.scanner.naming.vocabulary import LANGUAGES

_LEAD_SKIP = re.compile(r"[ ._\-★☆~*\])]*(?:[0-9]{1,2}月新番[★☆ ]*)?")
_NUMBER_BEFORE_GROUP = re.compile(r"[0-9]{1,3}[ ._]*(?=\[[^\]]*\][^\W])")
_NUMBER_BRACKET = re.compile(r"[\[({] ?#?[0-9]{1,4}(?:[.-][0-9]{1,4})?(?:v[0-9])?(?:[ (]?(?:end|fin|final|完)\)?)? ?[\])}]$")
_YEAR_BRACKET = re.compile(r"[\[({](?:19|20)[0-9]{2}[\])}]$")
_TITLE_PAREN = re.compile(r"\([0-9]{1,4}\)$")
_DATE_PREFIX = re.compile(r"(?:[0-9]{6}|[0-9]{8})[ _](?=[^\W\d_])")
_GROUP_SUFFIX = re.compile(r"[^\s\-]-(?P<group>[^\W_][\w.@&$!]*)(?:[\[({][^\])}]*[\])}]|[ _]mkv|[ _]mp4)*\s*$")
_GROUP_SPACED = re.compile(r"[\])\x00]_?-_?(?P<group>[\w@&.]+(?:-[\w]+)*)(?:\[[^\]]*\])*$")
_NOT_A_GROUP = frozenset({"dl", "rip", "hd", "ray", "ma", "es", "subs", "sub", "audio", "dub"})


@dataclass(slots=True)
class Reading:
    """What one name says by itself. `title` is empty if it says none; `explicit`: the numbers name themselves (`S01E02`)."""

    title: str = ""
    alternatives: list[str] = field(default_factory=list)
    year: int | None = None
    seasons: list[int] = field(default_factory=list)
    pairs: list[tuple[int | None, Number]] = field(default_factory=list)
    absolute: list[Number] = field(default_factory=list)
    date: Date | None = None
    episode_title: str = ""
    group: str | None = None
    version: int | None = None
    part: int | None = None
    edition: str | None = None
    ids: dict[str, str] = field(default_factory=dict)
    special: bool = False
    explicit: bool = False
    tagged: bool = False
    unsure_number: int | None = None  # in the title, may be an episode
    unsaid_title: str = ""  # the title, if the episode number is not one
    title_start: int = 0
    unversioned: str = ""


def read_name(name: str, *, season_folder: bool = False, extra: bool = False, folder: bool = False) -> Reading:
    """Read one name without its extension.

    `season_folder`: the file lies in a season's folder, so numbers are episodes; `extra`: it is a bonus; `folder`: it is a folder.
    """
    return _Reader(Text(name), season_folder=season_folder, extra=extra, folder=folder).read()


class _Reader:
    """The pipeline over one name. `masked` loses what each step has claimed; `cuts` collects where the title may end."""

    def __init__(self, text: Text, *, season_folder: bool, extra: bool, folder: bool) -> None:
        self.text = text
        self.season_folder = season_folder
        self.extra = extra
        self.folder = folder
        self.season_in_words = False
        self.soft_end: int | None = None  # where a number ends that may belong to the title instead
        self.reading = Reading()
        self.cuts: list[int] = []
        self.hidden: list[tuple[int, int]] = []  # spans of version and part, left out of the rendering
        self.heads: list[Bracket] = []
        self.begin = 0
        self.number_end: int | None = None
        self.masked = text.low

    def read(self) -> Reading:
        tags = self._read_tags()
        self._read_head(tags)
        self._read_version()
        self._read_numbering()
        self._read_year()
        self._read_bare_number(tags)
        self._read_part()
        self._read_title()
        self._read_group(tags)
        self.reading.unversioned = self._without_hidden()
        return self.reading

    # -- claims ---------------------------------------------------------------------------------------------------
    def _claim(self, start: int, end: int) -> None:
        self.masked = blank(self.masked, start, end, CLAIMED)

    def _claim_numbering(self, found: Numbering) -> None:
        self._claim(found.start, found.end)
        holder = self.text.bracket_at(found.start)
        self.cuts.append(holder.start if holder and holder.start >= self.begin else found.start)
        self.number_end = max(found.end, self.number_end or 0)
        for season in found.seasons:
            if season not in self.reading.seasons:
                self.reading.seasons.append(season)
        self.reading.pairs.extend(pair for pair in found.pairs if pair not in self.reading.pairs)

    # -- steps ----------------------------------------------------------------------------------------------------
    def _read_tags(self) -> Tags:
        tags = find_tags(self.text)
        self.masked = tags.masked
        for start, end, provider, value in find_ids(self.text.low):
            self.reading.ids.setdefault(provider, value)
            self.masked = blank(self.masked, start, end)
        self.reading.tagged = tags.strong
        self.begin = tags.head
        return tags

    def _read_head(self, tags: Tags) -> None:
        """Step over leading brackets: groups, sites, tags. They are kept in case the title is in one of them."""
        low, last = self.text.low, tags.head
        numbered = _NUMBER_BEFORE_GROUP.match(low, last)
        last = numbered.end() if numbered else last
        while True:
            skipped = _LEAD_SKIP.match(low, last)
            start = skipped.end() if skipped else last
            holder = self.text.bracket_at(start) if start < len(low) else None
            if holder is None or holder.start != start:
                break
            content = low[holder.start : holder.end]
            if _YEAR_BRACKET.match(content) or (self.heads and _NUMBER_BRACKET.match(content)):
                break
            if _TITLE_PAREN.match(content) or (content[0] == "(" and not self.heads and not self._is_group_like(holder)):
                break
            if numbering.find_season_episode(self.masked[holder.start : holder.end]) is not None:
                break
            self.heads.append(holder)
            last = holder.end
        skipped = _LEAD_SKIP.match(low, last) if self.heads else None
        self.begin = skipped.end() if skipped else last
        dated = _DATE_PREFIX.match(self.masked, self.begin)
        if dated and dates.find_date(self.masked[self.begin : dated.end()]) is None:
            self.begin = dated.end()
        self.masked = blank(self.masked, 0, self.begin, CLAIMED) if self.begin else self.masked
        names = [holder for holder in self.heads if self._is_group_like(holder)]
        if names:
            self.reading.group = self._inside(names[0])

    def _is_group_like(self, holder: Bracket) -> bool:
        return not is_tag_bracket(self.masked, holder) and not is_site(self.text.low[holder.start + 1 : holder.end - 1])

    def _inside(self, holder: Bracket) -> str:
        return self.text.raw[holder.start + 1 : holder.end - 1].strip(" []_")

    def _read_version(self) -> None:
        found = numbering.find_version(self.masked)
        if found:
            start, end, self.reading.version = found
            self.hidden.append((start, end))
            if start and not self.masked[start - 1].isdecimal():
                self._claim(start, end)
                self.cuts.append(start)

    def _read_numbering(self) -> None:
        """Numbers that name themselves, dates, and seasons on their own."""
        dated = dates.find_date(self.masked)
        found = numbering.find_season_episode(self.masked)
        if found:
            self.reading.explicit = True
            self._claim_numbering(found)
        if dated and not any(start in self.masked[dated.start : dated.end] for start in CLAIMED):
            self.reading.date = dated.date
            if found is None or dated.start < found.start:
                self.cuts.append(dated.start)
            self._claim(dated.start, dated.end)
            self.number_end = max(dated.end, self.number_end or 0)
        if found:
            self._read_absolute_beside(found)
            self._cut_repeated_numbering(found)
            return
        seasons = numbering.find_seasons(self.masked)
        if seasons:
            self.reading.explicit = bool(seasons.pairs)
            self.season_in_words = not self.masked[seasons.start + 1 : seasons.start + 2].isdecimal()
            self._claim_numbering(seasons)
            if seasons.pairs:
                return
            again = numbering.find_seasons(self.masked)  # "S01 Season 1", "Season 1-3 S01-S03"
            if again and again.seasons == seasons.seasons:
                self._claim(again.start, again.end)
        self._read_episode_words()

    def _read_absolute_beside(self, found: Numbering) -> None:
        """`Show 214 10x14`, `Show - 12 (S01E12)`: a number of its own right before the season and episode."""
        before = wording.NUMBER_BEFORE.search(self.masked, self.begin, found.start)
        if before and before.start() > self.begin and (before["n"] or self.reading.group):
            self.cuts.append(before.start())
            self.reading.absolute = [number(before["n"] or before["n2"])]
            return
        after = wording.NUMBERS_AFTER.match(self.masked, found.end)
        if after:
            self.number_end = after.end()
            self.reading.absolute = [int(value) for value in wording.DIGITS.findall(after[0])]

    def _cut_repeated_numbering(self, found: Numbering) -> None:
        """`Show S02 (2x01)`, `Show - Episode 5824 [S06E03]`: the title ends where the first of them begins."""
        seasons = numbering.find_seasons(self.masked)
        if seasons and self.begin < seasons.start < found.start and seasons.seasons == found.seasons:
            self.cuts.append(seasons.start)
        episodes = numbering.find_episodes(self.masked)
        if episodes and self.begin < episodes.start < found.start and not self._roman(episodes):
            self.cuts.append(episodes.start)
            if not self.reading.absolute:
                self.reading.absolute = [value for _, value in episodes.pairs]

    def _read_episode_words(self) -> None:
        episodes = numbering.find_episodes(self.masked)
        if episodes and not (self._roman(episodes) and years.find_year(self.text, self.masked, self.begin, None)):
            self.reading.explicit = True
            self._claim_numbering(episodes)
            self._apply_season()
            return
        special = numbering.find_special(self.masked, self.begin)
        if special and special[0] > self.begin and special[3] is not None and self.reading.date is None:
            self._take_special(special[0], special[1], special[2], special[3])
            return
        of = numbering.find_of(self.masked)
        if of and not (disc := numbering.find_disc(self.masked[: of[1]])):
            self._claim_numbering(Numbering(of[0], of[1], [], [(None, of[2])]))
            self._apply_season()
            self.reading.explicit = True
        elif of and disc:
            self.reading.part = disc[2]
            self.hidden.append((disc[0], of[1]))
            self.cuts.append(disc[0])

    def _roman(self, found: Numbering) -> bool:
        return not any(c.isdecimal() for c in self.text.low[found.start : found.end])

    def _apply_season(self) -> None:
        """Give the one season of the name to the numbers that have none; `Season 1 Cap.103` is episode 3."""
        reading = self.reading
        if len(reading.seasons) != 1:
            return
        season = reading.seasons[0]
        applied: list[tuple[int | None, Number]] = []
        for own, value in reading.pairs:
            hundreds = own is None and 0 < season == value // 100 and value % 100 and "cap" in self.text.low
            applied.append((season if own is None else own, value % 100 if hundreds else value))
        reading.pairs = applied

    def _read_year(self) -> None:
        reading = self.reading
        start = self.cuts[0] if reading.pairs and self.cuts else None
        ran = years.bracketed_range(self.text, self.masked, self.begin)
        if ran:
            self._claim(*ran)
            self.cuts.append(ran[0])
        found = years.find_year(self.text, self.masked, self.begin, start)
        if found is None:
            return
        if reading.date and not reading.pairs:
            if found.start > (self.number_end or 0):  # "Film 2013-12-09 2013": the date belongs to the title
                reading.date = None
                self.cuts.clear()
                self.number_end = None
            elif not found.bracketed:
                return
        reading.year = found.value
        self.cuts.append(found.start)
        self._claim(found.start, found.end)

    def _read_bare_number(self, tags: Tags) -> None:
        reading = self.reading
        if reading.pairs or reading.date or reading.part:
            return
        if (dated := dates.find_short_date(self.masked)) and not self.season_folder:
            reading.date = dated.date
            self.cuts.append(dated.start)
            self.number_end = dated.end
            return
        context = bare.Context(
            begin=self.begin,
            tags=tags_start(self.text, self.masked, self.begin),
            grouped=bool(reading.group) or tags.checksum,
            year=reading.year is not None,
            season_folder=self.season_folder,
            after_season=len(reading.seasons) == 1,
            spaced=self.text.spaced,
            blu_ray="blu" in self.text.low,
            extra=self.extra,
            folder=self.folder,
        )
        part = numbering.find_part(self.masked, self.begin)
        without_part = blank(self.masked, part[0], part[1]) if part else self.masked
        found = bare.find_bare(without_part, context)
        if found:
            bracket = self.text.bracket_at(found.start)
            if bracket and bracket.start < self.begin:
                return
            if not found.seasons:
                reading.absolute = [value for _, value in found.pairs]
            if self._could_be_title(found):
                self.soft_end = found.end
            self._claim_numbering(found)
            self._apply_season()
        elif (special := numbering.find_special(self.masked, self.begin)) and self.masked[special[1] :].strip(" ._-")[:1] in ("", "[", "("):
            reading.special = True
        elif reading.year is None and not reading.seasons:
            self._note_unsure_number(context)

    def _could_be_title(self, found: Numbering) -> bool:
        """`Room 237`: one number, not padded, in a row with the words before it."""
        before = self.text.plain[:found.start].rstrip(" ._")
        alone = len(found.pairs) == 1 and not found.seasons and not self.reading.seasons and self.reading.group is None
        return alone and before[self.begin :] != "" and before[-1] not in "-[({#" and self.text.plain[found.start] not in "0-[({ _."

    def _take_special(self, start: int, end: int, word: str, value: Number) -> None:
        """`SP3` is special 3; an OVA is numbered on its own."""
        season = self.reading.seasons[0] if self.reading.seasons else 0
        self.reading.special = True
        self.reading.explicit = word.startswith("s")
        self._claim_numbering(Numbering(start, end, [season], [(season, value)]))

    def _note_unsure_number(self, context: bare.Context) -> None:
        """`Guilty Crown 8`, `John Wick 3`: kept in the title; a folder may tell later."""
        match = wording.LAST_NUMBER.search(self.masked, self.begin, context.tags)
        if match and match.start() > self.begin:
            self.reading.unsure_number = int(match["n"])

    def _read_part(self) -> None:
        """A part of an episode or film if it stands beside the number or after the year; alone, an episode of a short series."""
        reading = self.reading
        disc = numbering.find_disc(self.masked)
        if disc and disc[0] > self.begin and reading.part is None:
            reading.part = disc[2]
            self.hidden.append((disc[0], disc[1]))
            self.cuts.append(disc[0])
            return
        found = numbering.find_part(self.masked, self.begin, volumes=bool(reading.seasons) and not reading.pairs)
        if found is None or found[0] <= self.begin:
            return
        start, end, numbers = found
        between = self.masked[self.number_end : start] if self.number_end is not None and self.number_end <= start else None
        if self.season_in_words and not reading.pairs and self.masked.startswith("part", start):  # "Season 4 Part 1"
            self._claim_numbering(Numbering(start, end, [], [(reading.seasons[0], value) for value in numbers]))
            return
        beside = between is not None and not any(c.isalnum() for c in between)
        after_year = reading.year is not None and CLAIMED in self.masked[self.begin : start] and not reading.pairs
        if beside or after_year or (reading.pairs and self.masked[start:end].startswith("p") and self.masked[start + 1].isdecimal()):
            reading.part = numbers[0]
            self.hidden.append((start, end))
            self.cuts.append(start)
            self.number_end = max(end, self.number_end or 0)
        elif not reading.pairs and reading.date is None and reading.year is None and not reading.seasons:
            self._claim_numbering(Numbering(start, end, [], [(None, value) for value in numbers]))
            reading.unsure_number = None
            self.soft_end = end

    # -- title ----------------------------------------------------------------------------------------------------
    def _read_title(self) -> None:
        reading, text = self.reading, self.text
        start, end = self._title_span()
        raw = text.raw[start:end]
        titles = wording.split_titles(raw)
        if self.number_end is not None and not wording.has_latin_word(titles[0]):
            titles = self._with_name_after_slash(titles, end)
        reading.title, reading.alternatives = titles[0], titles[1:]
        reading.title_start = start
        if self.soft_end is not None:
            reading.unsaid_title = tidy(text.raw[start : self.soft_end])
        if not reading.title:
            self._title_in_brackets()
        if self.number_end is not None:
            reading.episode_title = self._episode_title(self.number_end)

    def _with_name_after_slash(self, titles: list[str], position: int) -> list[str]:
        """`Босх: Спадок (S2E1) / Bosch: Legacy (S2E1)`: the name in Latin letters comes with its own number."""
        slash = wording.SPACED_SLASH.search(self.text.plain, position)
        if slash is None:
            return titles
        other = read_name(self.text.raw[slash.end() :]).title
        return [other, *titles] if wording.has_latin_word(other) else titles

    def _title_span(self) -> tuple[int, int]:
        """From the start of the name to the first thing that is not title; past a leading date or year."""
        begin = self.begin
        end = min([tags_start(self.text, self.masked, begin), *(cut for cut in self.cuts if cut >= begin)])
        if not any(c.isalnum() for c in self.text.low[begin:end]) and not self.reading.pairs and CLAIMED in self.masked[begin:]:
            begin = self._after_claims(begin)
            later = [cut for cut in self.cuts if cut > begin]
            end = min([tags_start(self.text, self.masked, begin), *later])
        end = self._before_language(begin, end)
        edition = find_edition(self.masked, begin)
        if edition:
            self.reading.edition = edition[2]
            end = self._before_edition(begin, end, edition[0], edition[1])
        last = self._trailing_square(begin, end)
        return begin, last

    def _before_language(self, begin: int, end: int) -> int:
        """`Die.Lange.Reise.German.2004.AC3`: a language between a long title and the year is a tag."""
        if self.text.spaced or self.reading.year is None or self.masked[end : end + 1] != CLAIMED:
            return end
        words = wording.WORDS.findall(self.masked[begin:end])
        if len(words) > 3 and words[-1] in LANGUAGES:
            return self.masked.rindex(words[-1], begin, end)
        return end

    def _after_claims(self, begin: int) -> int:
        position = begin
        while position < len(self.masked) and not self.masked[position].isalnum():
            position += 1
        return position

    def _before_edition(self, begin: int, end: int, start: int, stop: int) -> int:
        """An edition ends the title if title is left before it and nothing but tags, a year or numbers follow."""
        if not begin < start < end:
            return end
        before = tidy(self.text.raw[begin:start]).lower()
        rest = self.masked[stop:end].strip(" ._-)]")
        holder = self.text.bracket_at(start)
        if len(before) > 3 and all(is_weak_word(word) for word in rest.split()) and (end < len(self.masked) or holder):
            return holder.start if holder else over_weak_words(self.masked, begin, start, languages=False)
        return end

    def _trailing_square(self, begin: int, end: int) -> int:
        """`Title [Group]` at the very end of the name."""
        if end < len(self.masked) and self.masked[end:].strip(" ._-"):
            return end
        for holder in self.text.brackets:
            if holder.start > begin and self.text.plain[holder.start] == "[" and not self.text.plain[holder.end :].strip(" ._-"):
                if self.reading.group is None and self._is_group_like(holder):
                    self.reading.group = self._inside(holder)
                return min(end, holder.start)
        return end

    def _title_in_brackets(self) -> None:
        """`[Group][Title][01][1080p]`: the first bracket after the group that can be a title, Latin letters preferred."""
        names = [holder for holder in self.heads if self._is_group_like(holder)]
        rest = names[1:] if len(names) > 1 else names if not self.reading.pairs else []
        if not rest and names and len(self._inside(names[0]).split()) > 2:  # "[Long Name of a Show][07]"
            rest = names
        candidates = [self._inside(holder) for holder in rest]
        latin = [name for name in candidates if wording.has_latin_word(name)]
        for name in (latin or candidates)[:1]:
            titles = wording.split_titles(name)
            self.reading.title = titles[0]
            self.reading.alternatives = [*titles[1:], *(tidy(other) for other in candidates if other != name)]
        if len(names) == 1 and self.reading.title:
            self.reading.group = None

    def _episode_title(self, position: int) -> str:
        end = tags_start(self.text, self.masked, position)
        following = [cut for cut in self.cuts if cut > position]
        raw = self.text.raw[position : min([end, *following])]
        return wording.tidy_episode_title(raw)

    def _read_group(self, tags: Tags) -> None:
        if self.reading.group or not (tags.strong or self.reading.pairs or self.reading.date):
            return
        match = _GROUP_SUFFIX.search(self.text.plain) or _GROUP_SPACED.search(self.masked)
        if match is None or match.start("group") < max(self.begin, self.number_end or 0):
            return
        start, end = match.span("group")
        word = match["group"].lower()
        if word not in _NOT_A_GROUP and not is_weak_word(word) and not any(c in self.masked[start:end] for c in (BLANK, CLAIMED)):
            self.reading.group = self.text.raw[start:end].strip(". ")

    def _without_hidden(self) -> str:
        raw = self.text.raw
        for start, end in sorted(self.hidden, reverse=True):
            raw = raw[:start] + raw[end:]
        return raw
