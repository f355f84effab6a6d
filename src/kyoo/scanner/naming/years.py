"""The year of a title: `Show (2010)`, `Film 1999 1080p`, and which of several numbers it is. For air dates: `dates`."""

import re
from typing import NamedTuple

from kyoo.scanner.naming.tags import begins_edition, is_weak_word
from kyoo.scanner.naming.text import BLANK, CLAIMED, Text

_YEAR = re.compile(r"(?<![0-9])(?<![^\W_])(?P<y>18[89][0-9]|19[0-9]{2}|20[0-3][0-9])(?![0-9])(?:г|г\.)?(?![^\W_])")
# "TheLastBeacon2021" at the end, or before a bracket or tag.
_GLUED = re.compile(r"(?P<y>19[2-9][0-9]|20[0-3][0-9])(?<=[^\W\d_]{3}[0-9]{4})(?=[ ._]*(?:$|[\[(\x00]))")
_RANGE = re.compile(
    r"(?<![^\W_])(?P<first>(?:18[89]|19[0-9]|20[0-3])[0-9])"
    r"(?: ?[-/] ?(?P<last>(?:19[0-9]|20[0-3])[0-9])|(?:[-/]| - (?=[0-9]{2}[)\]]))(?P<short>[0-9]{2}))"
    r"(?![^\W_])(?! ?-)"
)
_NEXT_WORD = re.compile(r"[^\W_]+|[\[({\x00\x01]")
_GROUP = re.compile(r"-[^\W_]+(?:\[[^\]]*\])?$")
_DASHED_NUMBER = re.compile(r" - [0-9]{2,4}(?![^\W_])")
_SHORT_WORD_THEN_TAG = re.compile(r"[ ._]*[a-z]{1,3}[ ._]+\x00")
_DISC_OR_PART = re.compile(r"[ ._\-]*(?:cd|dis[ck]|dvd|part|pt|teil)[ ._\-]?[0-9ivx]{1,3}(?![^\W_])")
# Words of a broadcaster, a director, a language that no list knows: few, and then the tags.
_WORDS_THEN_TAG = re.compile(r"(?:[ ._\-]+[0-9]{0,2}[^\W\d_][^\W_]*){1,3}[ ._\-]+[\[(]?\x00")
# After these words a year belongs to the title: "Class of 1999 The Return 720p".
_BEFORE_TITLE_YEAR = re.compile(
    r"(?<![^\W_])(?:of|in|the|since|from|until|to|after|before|class|year|anno|summer|winter|spring|de|del|en|la|le|im|den)"
    r"[ ._\-']*$"
)


# No title ends in one of these: "Class of 1984".
_NO_LAST_WORD = re.compile(r"(?<![^\W_])(?:of|since|until|from|anno|im|den|del?)[ ._]*$")


class Year(NamedTuple):
    """A year, where it stands (its bracket included), and whether it is in a bracket."""

    start: int
    end: int
    value: int
    bracketed: bool


def find_ranges(masked: str) -> list[tuple[int, int]]:
    """Spans like `1982-1992`, `1982-92`: never the year of a title. `2017 - 04` is a year and an episode."""
    return [match.span() for match in _RANGE.finditer(masked) if _is_range(match)]


def _is_range(match: re.Match[str]) -> bool:
    first = int(match["first"])
    if match["last"]:
        return first <= int(match["last"])
    # `1998-02` ends in another century.
    return int(match["short"]) > first % 100 or first < 2000


def bracketed_range(text: Text, masked: str, begin: int) -> tuple[int, int] | None:
    """`(1996-2007)`: says when a show ran, and is not part of its title."""
    for start, end in find_ranges(masked):
        holder = text.bracket_at(start)
        if holder and holder.start >= begin and holder.end - holder.start <= end - start + 4:
            return holder.start, holder.end
        alone = end - start >= 9 and _YEAR.search(masked, end) is None
        if holder is None and alone and _has_words(masked, begin, start):  # "Show 1996-2007"
            return start, end
    return None


def find_year(text: Text, masked: str, begin: int, numbering: int | None) -> Year | None:
    """The year of the title that starts at `begin`; `numbering` is where an episode number starts.

    A year in a bracket wins; else the last one that is followed by tags, brackets, numbers, or nothing. A number that
    would leave no title is the title (`1917`, `2012 (2009)`).
    """
    ranges = find_ranges(masked)
    bare: list[Year] = []
    loose: list[Year] = []
    for match in _YEAR.finditer(masked, begin):
        start, end = match.span()
        if any(a <= start < b for a, b in ranges):
            continue
        value = int(match["y"])
        holder = text.bracket_at(start)
        if holder and holder.start >= begin:
            if numbering is None or start < numbering or holder.end - holder.start == 6:
                return Year(holder.start, holder.end, value, True)
            bare.append(Year(start, end, value, False))
        elif value >= 1900 and (
            (
                _has_words(masked, begin, start)
                and _title_ends_at(masked, end)
                and _NO_LAST_WORD.search(masked, max(begin, start - 8), start) is None
            )
            or (numbering is None and _dashed_off(masked, begin, start, end))
        ):
            bare.append(Year(start, end, value, False))
        elif numbering is None and value >= 1900 and _words_then_tags(masked, begin, start, end):
            loose.append(Year(start, end, value, False))
    bare = bare or loose
    if not bare and numbering is None and (glued := _GLUED.search(masked, begin)):
        return Year(glued.start(), glued.end(), int(glued["y"]), False)
    if numbering is not None:
        before = [year for year in bare if year.start < numbering]
        bare = before or [year for year in bare if year.end < len(masked.rstrip(" ._-"))]  # "S01E02 1984" is a title
    return bare[-1] if bare else None


def _has_words(masked: str, begin: int, end: int) -> bool:
    return any(c.isalnum() for c in masked[begin:end])


def _words_then_tags(masked: str, begin: int, start: int, end: int) -> bool:
    """`Title 2016 Hallmark 720p`: the tags begin soon after the year, which does not depend on the word before it."""
    return (
        _has_words(masked, begin, start)
        and _WORDS_THEN_TAG.match(masked, end) is not None
        and _BEFORE_TITLE_YEAR.search(masked, max(begin, start - 12), start) is None
    )


def _dashed_off(masked: str, begin: int, start: int, end: int) -> bool:
    """`Alien - 1979 - Ridley Scott`, `1979 - Alien`, `1979-Alien`."""
    if start == begin and masked[end : end + 1] == "-" and masked[end + 1 : end + 2].isalpha():
        return True
    before = start == begin or masked.endswith(" - ", begin, start)
    return before and masked.startswith(" - ", end) and masked[end + 3 : end + 4].isalpha()


def _title_ends_at(masked: str, position: int) -> bool:
    """Nothing of a title follows: the end, a bracket, a tag, something claimed, or a word that is a tag."""
    following = _NEXT_WORD.search(masked, position)
    if following is None:
        return True
    word = following[0]
    return (
        word[0] in (BLANK, CLAIMED, "[", "(", "{")
        or is_weak_word(word)
        or _DASHED_NUMBER.match(masked, position) is not None
        or begins_edition(masked, following.start())
        or _GROUP.match(masked, position) is not None
        or _DISC_OR_PART.match(masked, position) is not None
        or _SHORT_WORD_THEN_TAG.match(masked, position) is not None
    )
