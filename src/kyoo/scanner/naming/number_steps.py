"""Steps that count: version, seasons, episodes, dates, the year, parts. How numbers look is in the finders."""

import re

from kyoo.scanner.naming import bare_numbers, dates, marked_numbers, title_words, years
from kyoo.scanner.naming.draft import Draft
from kyoo.scanner.naming.marked_numbers import Numbering
from kyoo.scanner.naming.model import Number
from kyoo.scanner.naming.number_words import number
from kyoo.scanner.naming.tags import tags_start
from kyoo.scanner.naming.text import BLANK, CLAIMED, blank

#: A film is split over no more files than this.
LARGEST_FILM = 3
_YEAR_CLAIMED = re.compile(rf"[\])][ ._]*{CLAIMED}+")
_UNPADDED_RANGE = re.compile(r"[1-9][0-9]?-[1-9][0-9]?")
_YEAR_BEHIND = re.compile(r"[ ._]*[(\[]?(?:19|20)[0-9]{2}[)\]]?(?![^\W_])")


def read_version(draft: Draft) -> None:
    """`v2`, on its own or after a number."""
    found = marked_numbers.find_version(draft.masked)
    if found:
        start, end, draft.reading.version = found
        draft.hidden.append((start, end))
        if start and not draft.masked[start - 1].isdecimal():
            draft.claim(start, end)
            draft.cuts.append(start)


def read_numbering(draft: Draft) -> None:
    """Numbers that name themselves, dates, and seasons on their own."""
    dated = dates.find_date(draft.masked)
    found = marked_numbers.find_season_episode(draft.masked)
    if found:
        draft.reading.explicit = True
        draft.claim_numbering(found)
    if dated and CLAIMED not in draft.masked[dated.start : dated.end]:
        draft.reading.date = dated.date
        if found is None or dated.start < found.start:
            draft.cuts.append(dated.start)
        draft.claim(dated.start, dated.end)
        draft.number_end = max(dated.end, draft.number_end or 0)
    if found:
        _read_absolute_beside(draft, found)
        _read_date_behind(draft, found.end)
        _cut_repeated_numbering(draft, found)
        return
    seasons = marked_numbers.find_seasons(draft.masked)
    cap = marked_numbers.find_cap(draft.masked)
    if cap and (seasons is None or seasons.seasons == cap.seasons):
        if seasons:
            draft.claim_numbering(seasons)
        draft.claim_numbering(cap)
        draft.reading.explicit = True
        return
    if seasons and _ends_a_films_title(draft, seasons):
        return
    if seasons:
        if draft.masked[max(0, seasons.start - 1)] in "([":
            _read_absolute_beside(draft, seasons)
        draft.reading.explicit = bool(seasons.pairs)
        draft.season_in_words = not draft.masked[seasons.start + 1 : seasons.start + 2].isdecimal()
        draft.claim_numbering(seasons)
        if seasons.pairs:
            return
        again = marked_numbers.find_seasons(draft.masked)  # "S01 Season 1", "Season 1-3 S01-S03"
        if again and again.seasons == seasons.seasons:
            draft.claim(again.start, again.end)
    _read_episode_words(draft)


def _ends_a_films_title(draft: Draft, seasons: Numbering) -> bool:
    """`Open Season 2 (2008)` of a file: one season in a word, right before the year, and nothing but tags follows."""
    if draft.folder or seasons.pairs or len(seasons.seasons) != 1:
        return False
    year = _YEAR_BEHIND.match(draft.masked, seasons.end)
    if year is None or seasons.start <= draft.begin or not draft.masked.startswith("season", seasons.start):
        return False
    return not any(c.isalnum() for c in draft.masked[year.end() : tags_start(draft.text, draft.masked, year.end())])


def _read_absolute_beside(draft: Draft, found: Numbering) -> None:
    """`Show 214 10x14`, `Show - 12 (S01E12)`: a number of its own right before the season and episode."""
    before = title_words.NUMBER_BEFORE.search(draft.masked, draft.begin, found.start)
    if before and before.start() > draft.begin and (before["n"] or draft.reading.group):
        draft.cuts.append(before.start())
        draft.reading.absolute = [number(before["n"] or before["n2"] or before["n3"])]
        return
    after = title_words.NUMBERS_AFTER.match(draft.masked, found.end)
    if after:
        draft.number_end = after.end()
        draft.reading.absolute = [int(value) for value in title_words.DIGITS.findall(after[0])]


def _read_date_behind(draft: Draft, position: int) -> None:
    dated = dates.find_date_behind(draft.masked, position) if draft.reading.date is None else None
    if dated:
        draft.reading.date = dated.date
        draft.claim(dated.start, dated.end)
        draft.number_end = dated.end


def _cut_repeated_numbering(draft: Draft, found: Numbering) -> None:
    """`Show S02 (2x01)`, `Show - Episode 5824 [S06E03]`: the title ends where the first of them begins."""
    seasons = marked_numbers.find_seasons(draft.masked)
    if seasons and draft.begin < seasons.start < found.start and seasons.seasons == found.seasons:
        draft.cuts.append(seasons.start)
    episodes = marked_numbers.find_episodes(draft.masked)
    if episodes and draft.begin < episodes.start < found.start and not _roman(draft, episodes):
        draft.cuts.append(episodes.start)
        if not draft.reading.absolute:
            draft.reading.absolute = [value for _, value in episodes.pairs]


def _read_episode_words(draft: Draft) -> None:
    episodes = marked_numbers.find_episodes(draft.masked)
    if episodes and not (_roman(draft, episodes) and years.find_year(draft.text, draft.masked, draft.begin, None)):
        draft.reading.explicit = True
        draft.claim_numbering(episodes)
        _read_date_behind(draft, episodes.end)
        _apply_season(draft, hundreds=draft.text.low.startswith("cap", episodes.start))
        return
    special = marked_numbers.find_special(draft.masked, draft.begin)
    if special and special[0] > draft.begin and special[3] is not None and draft.reading.date is None:
        _take_special(draft, special[0], special[1], special[2], special[3])
        return
    found_of = marked_numbers.find_of(draft.masked)
    of, total = found_of or (None, 0)
    if of and not (disc := marked_numbers.find_disc(draft.masked[: of.end])):
        draft.claim_numbering(of)
        _apply_season(draft)
        draft.reading.explicit = True
        draft.of = (of.start, of.end) if total <= LARGEST_FILM and len(of.pairs) == 1 else None
    elif of and disc:
        draft.reading.part = disc[2]
        draft.hidden.append((disc[0], of.end))
        draft.cuts.append(disc[0])


def _roman(draft: Draft, found: Numbering) -> bool:
    return not any(c.isdecimal() for c in draft.text.low[found.start : found.end])


def _apply_season(draft: Draft, *, hundreds: bool = False) -> None:
    """Give the one season of the name to the numbers that have none; with `hundreds`, 103 of season 1 is episode 3."""
    reading = draft.reading
    if len(reading.seasons) != 1:
        return
    season = reading.seasons[0]
    applied: list[tuple[int | None, Number]] = []
    for own, value in reading.pairs:
        counts_season = hundreds and own is None and 0 < season == value // 100 and value % 100 > 0
        applied.append((season if own is None else own, value % 100 if counts_season else value))
    reading.pairs = applied


def read_year(draft: Draft) -> None:
    """The year of the title; the year of an air date is not one."""
    reading = draft.reading
    start = draft.cuts[0] if reading.pairs and draft.cuts else None
    ran = years.bracketed_range(draft.text, draft.masked, draft.begin)
    if ran:
        draft.claim(*ran)
        draft.cuts.append(ran[0])
    found = years.find_year(draft.text, draft.masked, draft.begin, start)
    if found is None:
        return
    if reading.date and not reading.pairs:
        if found.start > (draft.number_end or 0):  # "Film 2013-12-09 2013": the date belongs to the title
            reading.date = None
            draft.cuts.clear()
            draft.number_end = None
        elif not found.bracketed:
            return
    reading.year = found.value
    draft.year_in_bracket = found.bracketed
    draft.cuts.append(found.start)
    draft.claim(found.start, found.end)


def read_bare_number(draft: Draft) -> None:
    """If nothing was counted so far: a short date, or a number that names nothing."""
    reading = draft.reading
    if reading.pairs or reading.part or (reading.date and not reading.seasons):
        return
    if reading.date is None and (dated := dates.find_short_date(draft.masked)) and not draft.season_folder:
        reading.date = dated.date
        draft.cuts.append(dated.start)
        draft.number_end = dated.end
        return
    context = bare_numbers.Context(
        begin=draft.begin,
        tags=tags_start(draft.text, draft.masked, draft.begin),
        grouped=bool(reading.group) or draft.checksum,
        year=reading.year is not None,
        season_folder=draft.season_folder,
        after_season=len(reading.seasons) == 1,
        spaced=draft.text.spaced,
        film="blu" in draft.text.low or draft.year_in_bracket,
        television="hdtv" in draft.text.low or "pdtv" in draft.text.low,
        extra=draft.extra,
        folder=draft.folder,
    )
    without_part = draft.masked
    for part in (marked_numbers.find_part(draft.masked, draft.begin), marked_numbers.find_disc(draft.masked)):
        without_part = blank(without_part, part[0], part[1]) if part else without_part
    found = bare_numbers.find_bare(without_part, context)
    if found and draft.year_in_bracket and _could_be_title(draft, found) and _words_before_year(draft, found.end):
        found = None  # "James Bond 007 - Dr. Yes (1962)"
    if found and draft.year_in_bracket and not draft.folder and _is_range_of_a_title(draft, found):
        found = None
    if found:
        bracket = draft.text.bracket_at(found.start)
        if bracket and bracket.start < draft.begin:
            return
        if not found.seasons:
            reading.absolute = [value for _, value in found.pairs]
        if _could_be_title(draft, found):
            draft.soft_end = found.end
        draft.claim_numbering(found)
        _apply_season(draft)
    elif special := _ends_in_special(draft):
        reading.special = True
        if special.pairs or special.seasons:
            draft.claim_numbering(special)
    elif reading.year is None and not reading.seasons:
        _note_unsure_number(draft, context)


def _is_range_of_a_title(draft: Draft, found: Numbering) -> bool:
    """`Section 8-12 (2004)`: no file of a film's year holds that many episodes, and nothing else counts them."""
    span = draft.text.plain[found.start : found.end]
    return (
        len(found.pairs) > 2
        and _UNPADDED_RANGE.fullmatch(span) is not None
        and draft.reading.group is None
        and not draft.season_folder
        and draft.masked[found.end :].lstrip(" ._").startswith(CLAIMED)
    )


def _words_before_year(draft: Draft, position: int) -> bool:
    year = draft.masked.find(CLAIMED, position)
    return year > position and any(c.isalpha() for c in draft.masked[position:year])


def _ends_in_special(draft: Draft) -> Numbering | None:
    """`Title OVA [1080p]`, which may be a title of its own, and `Title - SP [1080p]`, which is a special of it."""
    special = marked_numbers.find_special(draft.masked, draft.begin)
    if special is None or draft.masked[special[1] :].strip(" ._-")[:1] not in ("", "[", "(", BLANK):
        return None
    seasons = [0] if special[2] == "sp" and special[0] > draft.begin else []
    return Numbering(special[0], special[1], seasons)


def _could_be_title(draft: Draft, found: Numbering) -> bool:
    """`Room 237`: one number, not padded, in a row with the words before it."""
    before = draft.text.plain[: found.start].rstrip(" ._")
    alone = len(found.pairs) == 1 and not found.seasons and not draft.reading.seasons and draft.reading.group is None
    return (
        alone
        and before[draft.begin :] != ""
        and before[-1] not in "-[({#"
        and (draft.text.plain[found.start] not in "0-[({ _." or draft.text.plain.startswith("007", found.start))
    )


def _take_special(draft: Draft, start: int, end: int, word: str, value: Number) -> None:
    """`SP3` is special 3; an OVA is numbered on its own."""
    season = draft.reading.seasons[0] if draft.reading.seasons else 0
    draft.reading.special = True
    draft.reading.explicit = word.startswith("s")
    draft.claim_numbering(Numbering(start, end, [season], [(season, value)]))


def _note_unsure_number(draft: Draft, context: bare_numbers.Context) -> None:
    """`Guilty Crown 8`, `John Wick 3`: kept in the title; a folder may tell later."""
    match = title_words.LAST_NUMBER.search(draft.masked, draft.begin, context.tags)
    if match and match.start() > draft.begin:
        draft.reading.unsure_number = int(match["n"])


def read_part(draft: Draft) -> None:
    """A part of an episode or film if beside the number or after the year; alone, an episode of a short series."""
    reading = draft.reading
    if draft.of and _counts_parts(draft, *draft.of):
        reading.part = int(reading.pairs[0][1])
        reading.pairs, reading.absolute, reading.explicit = [], [], False
        draft.hidden.append(draft.of)
        return
    disc = marked_numbers.find_disc(draft.masked)
    if disc and disc[0] > draft.begin and reading.part is None:
        reading.part = disc[2]
        draft.hidden.append((disc[0], disc[1]))
        draft.cuts.append(disc[0])
        return
    found = marked_numbers.find_part(draft.masked, draft.begin, volumes=bool(reading.seasons) and not reading.pairs)
    if found is None or found[0] <= draft.begin:
        return
    start, end, numbers = found
    between = (
        draft.masked[draft.number_end : start] if draft.number_end is not None and draft.number_end <= start else None
    )
    if draft.season_in_words and not reading.pairs and draft.masked.startswith("part", start):  # "Season 4 Part 1"
        draft.claim_numbering(Numbering(start, end, [], [(reading.seasons[0], value) for value in numbers]))
        return
    beside = between is not None and not any(c.isalnum() for c in between)
    after_year = reading.year is not None and CLAIMED in draft.masked[draft.begin : start] and not reading.pairs
    if (
        beside
        or after_year
        or (reading.pairs and draft.masked[start:end].startswith("p") and draft.masked[start + 1].isdecimal())
    ):
        reading.part = numbers[0]
        draft.hidden.append((start, end))
        draft.cuts.append(start)
        draft.number_end = max(end, draft.number_end or 0)
    elif not reading.pairs and reading.date is None and reading.year is None and not reading.seasons:
        draft.claim_numbering(Numbering(start, end, [], [(None, value) for value in numbers]))
        reading.unsure_number = None
        if len(numbers) == 1:
            reading.unsure_part = numbers[0]
            draft.part_span = (start, end)
        draft.soft_end = end


def _counts_parts(draft: Draft, start: int, end: int) -> bool:
    """`Film (2008) 1of2`, `Film [1 of 2] (2008)`: behind the year, or in a bracket before it, and nothing but tags
    follows."""
    if draft.reading.year is None:
        return False
    before = _YEAR_CLAIMED.match(draft.masked, end)
    end = before.end() if before else end
    year = before is not None or CLAIMED in draft.masked[draft.begin : start]
    return year and not any(c.isalnum() for c in draft.masked[end : tags_start(draft.text, draft.masked, end)])
