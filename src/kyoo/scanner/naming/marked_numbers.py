"""Numbers that say what they are: `S01E02`, `1x02`, `Season 2`, `Episode 5`, `#12`, `2of6`, `Part 2`, `v2`, `SP3`.

Numbers that only stand there (`Show - 12`) are in `bare_numbers`. Every finder takes the masked lower-case text.
"""

import re
from dataclasses import dataclass, field

from kyoo.scanner.naming.counting_words import ORDINALS
from kyoo.scanner.naming.model import Number
from kyoo.scanner.naming.number_words import CARDINAL, ORDINAL_BEHIND, ROMAN, number, read_list, span
from kyoo.scanner.naming.text import BLANK, CLAIMED
from kyoo.scanner.naming.vocabulary import (
    EPISODE_WORDS,
    EPISODE_WORDS_AFTER,
    EPISODE_WORDS_LEADING,
    LESSON_WORDS,
    SEASON_WORDS,
    SEASON_WORDS_AFTER,
    SEASON_WORDS_SHORT,
)

_START = r"(?<![^\W_])"
_SEASON_EPISODE = re.compile(
    rf"{_START}(?:s(?:n|e(?=[0-9])|eason[ ._]?)?[ ._]?|t(?=[0-9]{{1,2}}[ ._]?(?:x?e|ep|c)[0-9]))"
    r"(?P<s>[0-9]{1,4}|o[0-9])(?:p[0-9]{1,2}(?=e[0-9]))?"
    rf"[ ._\-\[\]]{{0,3}}(?:(?:xe|x|e|ep|episode|(?<=t[0-9])c|(?<=t[0-9]{{2}})c)[ ._\-]{{0,2}}[(\[]?)"
    r"(?P<e>[0-9]{1,5}(?:\.5(?![0-9]))?)(?![0-9])"
    r"|(?<=[^\W\d_])s(?P<s2>[0-9]{1,2})e(?P<e2>[0-9]{2,3})(?![0-9])"
    rf"|{_START}s(?P<s3>(?!19|20)[0-9]{{2}})(?P<e3>[0-9]{{2}})(?![^\W_])"
)
_CROSS = re.compile(
    r"(?<![^\W_])[st]?(?P<s>[0-9]{1,2}|(?:19|20)[0-9]{2})[xх](?P<e>[0-9]{1,4})(?![0-9])(?!bit|[ip](?![^\W_]))"
    r"|(?<=[\[(])(?:s(?P<s2>[0-9]{1,2})-|(?P<s3>[0-9]{1,2})\.)(?P<e2>[0-9]{2,3})(?=[\])])"
    r"|(?<![^\W_])с(?P<s9>[0-9]{1,2})[еe](?P<e9>[0-9]{2,3})(?![^\W_])"
    r"|(?<![^\W_])(?P<s8>[0-9]{1,2})e(?P<e8>[0-9]{2,3})(?![^\W_])"
    r"|(?<=[a-z])(?P<s4>[0-9]{1,2})x(?P<e4>[0-9]{2})(?![^\W_])"
    r"|(?<= - )(?P<s5>[1-9])\.(?P<e5>[0-9]{2})(?= - )"
    r"|(?<= - )(?P<s7>[1-9])-(?P<e7>[0-9]{2})(?= - )"
    r"|(?<![^\W_])book[ ._]?(?P<s10>[0-9]{1,2})[ ._,\-]{1,3}chapter[ ._]?(?P<e10>[0-9]{1,3})(?![^\W_])"
    r"|(?<![^\W_])episode (?P<s6>[1-9]?[0-9])\.(?P<e6>[0-9]{2})(?![0-9])"
    # The codes under which a studio makes them: 4ACV05.
    r"|(?<![^\W_])(?P<s11>[1-9])a[b-z]{2}(?P<e11>[0-9]{2})(?![^\W_])"
)
_NUM = r"[0-9]{1,4}"
_SEASON_THEN_EPISODE_AFTER = re.compile(
    rf"{_START}(?P<s>{_NUM})(?:-?[йя])?[ ._\-]{{0,2}}(?:{SEASON_WORDS_AFTER})[ ._,\-]{{1,3}}"
    rf"(?P<e>{_NUM})(?:-?[йя])?[ ._\-]{{0,2}}(?:{EPISODE_WORDS_AFTER})"
    rf"(?![^\W_])(?:[ ._]*(?:iz|из)[ ._]*[0-9]+)?"
)
# "Series 2" is a season in Britain, and a title elsewhere: only before an episode, or last of the name.
_AFTER_SERIES = rf" - [0-9]|[ ._,\-]{{1,3}}(?:(?:{EPISODE_WORDS}|e|part|pt)[ ._]?[0-9]|[0-9]+[ ._]?of)|[ ._]*(?:\x00|$)"
_SEASON = re.compile(
    rf"{_START}(?:(?:all[ ._]+)?(?:{SEASON_WORDS})(?:(?! +- +[0-9])[ ._\-:№#]{{0,3}}[(\[]?(?P<s>{_NUM})"
    rf"|[ ._](?P<ordinal>{ORDINAL_BEHIND}))|s(?P<tight>{_NUM})"
    rf"|(?:{SEASON_WORDS_SHORT})[ ._]{{0,2}}(?P<short>[0-9]{{1,2}})"
    rf"|(?:series|book)[ ._]?(?P<series>[1-9][0-9]?)(?={_AFTER_SERIES})"
    rf"|livre[ ._](?P<livre>[1-9]|{ROMAN})(?=[ ._,\-]{{1,3}}(?:{EPISODE_WORDS})[ ._]?[0-9])"
    rf"|(?:t|st|stg|staf|sais|seas|tempor|sz|сз)\.?[ ._]?(?P<abbreviated>[0-9]{{1,2}})"
    rf"(?=[ ._,\-]{{1,3}}(?:{EPISODE_WORDS})\.?[ ._]?[0-9]))"
    rf"(?:[dp][0-9]{{1,2}})?(?![^\W_]|\.[0-9]\.|[ ._]?x[ ._]?[0-9])(?:v[0-9])?"
    rf"|{_START}s(?P<pair>[0-9]{{1,2}})(?=s[0-9]{{1,2}}(?![^\W_]))"
    rf"|{_START}season[ ._](?P<word>{CARDINAL})(?![^\W_])"
)
_SEASON_AFTER = re.compile(
    rf"{_START}(?P<n>[0-9]{{1,2}})[ ._]?(?:st|nd|rd|th)[ ._]{{0,2}}season(?![^\W_])"
    rf"|{_START}(?P<first>[0-9]{{1,2}})[ªº°]?[ ._]?(?:a|al|e|to|и|-)[ ._]?"
    rf"(?P<last>[0-9]{{1,2}})[ªº°a]?[ ._](?:{SEASON_WORDS_AFTER})(?![^\W_])"
    rf"|{_START}(?P<n2>[0-9]{{1,2}})(?:[ªº°]|-?[йя]|[dtr]?a|e|è?re|[eè]me|nde?|te)?"
    rf"[ ._\-]{{0,2}}(?:{SEASON_WORDS_AFTER})"
    rf"(?![^\W_])"
    r"|第(?P<han>[0-9]{1,2}|[一二三四五六七八九十]{1,3})[季期]"
)
_ORDINAL_BEFORE = re.compile(
    r"(?<=[^\W\d_][ ._])(?:season|saison|temporada|stagione|staffel|seizoen|sezon|s[äæ]song|sesong|сезон)(?![^\W_])"
)
# "The Two Seasons 2014", "Open Season (2006)": a year behind the word is no season; "Season 2014" alone is one of a
# yearly show.
_PLURAL_THEN_YEAR = re.compile(r"(?:all[ ._]+)?[^\W\d_]+s[ ._\-]{1,3}(?:19|20)[0-9]{2}$")
_YEAR_IN_BRACKET = re.compile(r"(?:all[ ._]+)?[^\W\d_]+[ ._\-]*[(\[](?:19|20)[0-9]{2}$")
_MORE_SEASONS = re.compile(
    r"(?P<join>[ ._]*(?:-{1,2}|~|/|(?<=[0-9]):|to|a|&|\+|,|and|,[ ._]*&)[ ._]*|[ ._]+|(?=s))"
    r"(?P<mark>season[ ._]?|s)?(?P<s>[0-9]{1,2})(?![^\W_]|\.5|s(?![0-9]))"
)
_TITLE_BEHIND = re.compile(r" - [^\W\d_]")
_TWO_NUMBERS = re.compile(r"[0-9]{1,2}[ ,]+[0-9]{1,2}[ ,]*$")
_EPISODE = re.compile(
    rf"(?:{_START}(?:(?:{EPISODE_WORDS})[ ._\-:№#]{{0,3}}[(\[]?|e|(?<=- )tap )"
    rf"|(?<=(?:19|20)[0-9]{{2}}[ ._])(?:- )?(?:round|rd|matchday|week|race|stage)[ ._]?"
    rf"|^{CLAIMED}*(?:{EPISODE_WORDS_LEADING})[ ._#]{{0,2}}|(?<= - )(?:{LESSON_WORDS})[ ._#]{{1,2}})"
    rf"(?:(?P<e>[0-9]{{1,5}}(?:\.5(?![0-9]))?)(?![0-9]|(?:st|nd|rd|th)(?![^\W_]))"
    rf"|(?<=[ ._])(?P<ordinal>{ORDINAL_BEHIND})(?=[ ._]*(?:$|[-\[({{{BLANK}{CLAIMED}])))"
    r"|(?<![^\W_])#(?P<hash>[0-9]{1,4}(?:\.5)?)(?:v[0-9])?(?![^\W_])"
    r"|(?<=[^\W_][ ._])(?:n[or]\.?|№) ?(?P<no>[0-9]{1,4})(?=[ ._]*(?:$|\[| - ))"
    rf"|{_START}(?:episode|ep)[ ._](?P<roman>{ROMAN}|{CARDINAL})(?![^\W_])"
    rf"|第(?P<han>[0-9]{{1,4}}|[一二三四五六七八九十]{{1,3}})(?:-(?P<hanto>[0-9]{{1,4}}))?[話话集回]"
    rf"|(?:제 ?)?(?<![0-9])(?P<after>{_NUM})(?:-(?P<afterto>{_NUM}))?(?:-?[яй])?[ ._]{{0,2}}"
    rf"(?:{EPISODE_WORDS_AFTER})(?![^\W_])"
)
# Films that count as episodes do: "Chapter 27 (2007)", "Star Wars Episode 5".
_FILM_NUMBER = re.compile(
    rf"(?:{EPISODE_WORDS_LEADING})[ ._][0-9]+[ ._](?:- [^(]*)?\((?:19|20)[0-9]{{2}}\)"
    r"|(?:(?<=star[ ._]wars[ ._])|(?<=star[ ._]wars - ))episode[ ._][1-9](?![0-9])"
)
_EPISODE_WORD_BEFORE = re.compile(rf"{_START}(?:{EPISODE_WORDS})[ ._]*$")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_CAP = re.compile(
    r"(?:\[cap\.?[ ._]?(?P<s>[0-9]{1,2})|(?<=[^\W_][ ._])cap\.(?P<s1>[0-9])(?=[0-3]))(?P<e>[0-9]{2})"
    r"(?:[_ \-](?P<s2>[0-9]{1,2})?(?P<e2>[0-9]{2}))?(?=[\]. ]|$)"
)
_OF = re.compile(
    r"(?<![^\W_])(?:(?:parts?|pt|teil|del|partie|parte|část)[ ._]*)?(?P<n>[0-9]{1,3})(?:-(?P<last>[0-9]{1,3}))?"
    r"(?:[ ._]?of[ ._]?|[ ._]+(?:de|di|sur|von|van|av|af|iz|из|із|ze?)[ ._]+)(?P<total>[0-9]{1,3})(?![^\W_])"
    r"|\((?P<bracketed>[0-9]{1,3})[_:/\u2215\u29f8](?P<among>[0-9]{1,3})(?=\))"
)
_DISC = re.compile(r"(?<![^\W_])(?:cd|dis[ck]|dvd)[ ._\-]?(?P<n>[0-9]{1,2})(?:[ ._]?of[ ._]?[0-9]{1,2})?(?![^\W_])")
_PART = re.compile(
    rf"(?<![^\W_])(?P<word>part|pt|parte|teil|partie|vol(?:ume)?)[ ._\-]{{0,2}}"
    rf"(?P<n>[0-9]{{1,2}}|{ROMAN}|{CARDINAL})(?![^\W_])"
    rf"|(?<![^\W_])p(?P<p>[0-9]{{1,2}})(?![^\W_])"
)
_VERSION = re.compile(r"(?:(?<![^\W_])|(?<=[0-9]))v(?P<v>[0-9])(?![^\W_.]|\.[0-9])")
_SPECIAL = re.compile(
    r"(?<![^\W_])(?:(?P<kind>sp|special|specials|ova|oad|ona|oav|ex(?=[0-9]{2}(?![^\W_])))s?)"
    r"(?:[ ._\-#]{0,3}(?P<n>[0-9]{1,3}(?:\.5)?)(?:v[0-9])?)?(?![^\W_])"
)


@dataclass(slots=True)
class Numbering:
    """Seasons and episodes found; `start` is where the title ends, `end` where the episode's title begins.

    `letter`: the part of the episode that the last character says (`E01b`: 2).
    """

    start: int
    end: int
    seasons: list[int] = field(default_factory=list)
    pairs: list[tuple[int | None, Number]] = field(default_factory=list)
    letter: int | None = None


_LETTER = re.compile(r"(?<=[0-9])[a-d](?![^\W_])")


def with_letter(masked: str, found: Numbering) -> Numbering:
    """With the letter right behind one number, `E01b`."""
    if len(found.pairs) == 1 and (match := _LETTER.match(masked, found.end) or _LETTER.match(masked, found.end - 1)):
        found.letter, found.end = "abcd".index(match[0]) + 1, match.end()
    return found


def find_season_episode(masked: str) -> Numbering | None:
    """`S01E02`, `S01 - E02`, `S01P02E03`, `1x02`, and what continues them (`E03`, `-03`, `S01E03`)."""
    match = _SEASON_EPISODE.search(masked) or _CROSS.search(masked)
    if match is None:
        return None
    named = match.groupdict()
    season_text = next(text for name, text in named.items() if text and name[0] == "s")
    episode_text = next(text for name, text in named.items() if text and name[0] == "e")
    season = int(season_text.replace("o", "0"))
    numbers, end = read_list(masked, match.end(), number(episode_text), digits=len(episode_text))
    return with_letter(masked, Numbering(match.start(), end, [season], [(season, value) for value in numbers]))


def find_seasons(masked: str) -> Numbering | None:
    """One or more seasons without their episode: `Season 2`, `2nd Season`, `S01-S03`, `Seasons 1, 2 & 3`, `第2期`."""
    both = _SEASON_THEN_EPISODE_AFTER.search(masked)
    if both:
        season = int(both["s"])
        return Numbering(both.start(), both.end(), [season], [(season, int(both["e"]))])
    match = next((m for m in _SEASON.finditer(masked) if not _is_no_season(masked, m)), None)
    after = _SEASON_AFTER.search(masked)
    ordinal = _ordinal_season(masked)
    if ordinal and (match is None or ordinal.start < match.start()):
        return ordinal
    if after and match and _EPISODE_WORD_BEFORE.search(masked, 0, after.start()):
        after = None  # "Capítulo 12 Temporada 2"
    if after and (match is None or after.start() < match.start()):
        return _season_after(after)
    if match is None:
        return None
    first = int(number(next(text for text in match.groups() if text)))
    seasons, end = _more_seasons(masked, match.end(), first, worded=match["tight"] is None)
    return Numbering(match.start(), end, seasons)


def _is_no_season(masked: str, match: re.Match[str]) -> bool:
    """`…H264-S56`: a group's name after the tags; `Seasons 2014`, `Season (2006)`: a year."""
    if match["s"] and (_PLURAL_THEN_YEAR.match(match[0]) or (match.start() and _YEAR_IN_BRACKET.match(match[0]))):
        return True
    return match["tight"] is not None and masked[max(0, match.start() - 1)] == "-" and BLANK in masked[: match.start()]


def _ordinal_season(masked: str) -> Numbering | None:
    """`Second Season`, `первый сезон`."""
    for match in _ORDINAL_BEFORE.finditer(masked):
        start = end = match.start() - 1
        while start and masked[start - 1].isalpha():
            start -= 1
        if masked[start:end] in ORDINALS:
            return Numbering(start, match.end(), [ORDINALS[masked[start:end]]])
    return None


def _season_after(match: re.Match[str]) -> Numbering:
    if match["first"]:
        seasons = [int(value) for value in span(int(match["first"]), int(match["last"]))]
    else:
        seasons = [int(number(match["n"] or match["n2"] or match["han"]))]
    return Numbering(match.start(), match.end(), seasons)


def _more_seasons(masked: str, position: int, first: int, *, worded: bool) -> tuple[list[int], int]:
    """Further seasons of a list or range. `Season 2 - 08` is episode 8; `Season 1-5` and `S01-S05` are ranges."""
    seasons = [first]
    while match := _MORE_SEASONS.match(masked, position):
        value, join, text = int(match["s"]), match["join"], match["s"]
        if value <= seasons[-1] and not (match["mark"] and value == seasons[-1]):
            break
        spaced = join != join.strip(" ._")
        if match["mark"] is None and join == " - " and _TITLE_BEHIND.match(masked, match.end()):
            break  # "Series 3 - 5 - Homecoming"
        if match["mark"] is None:
            glued = join.strip(" ._") in ("&", "+", ",", "to", "a", "and") or join.strip(" ._").startswith(",")
            padded_range = join in ("-", "~", ":") and (
                (worded and text[0] != "0") or len(text) == len(_last_digits(masked, match.start("join")))
            )
            plain_next = (
                worded
                and not join.strip(" ._")
                and text[0] != "0"
                and value == seasons[-1] + 1
                and _plain_run(masked, match)
            )
            whole_range = worded and len(text) == 1 and join.strip(" ._") == "-" and value > first
            if not (glued or padded_range or plain_next or whole_range) or (
                spaced and not whole_range and join.strip() in ("-", "~")
            ):
                break
        ranged = (
            any(c in join for c in "-~:")
            or "to" in join
            or join.strip() == "a"
            or (match["mark"] and join in (" ", "."))
        )
        if ranged:
            seasons.extend(int(v) for v in span(seasons[-1], value)[1:] if value - first < 60)
        elif value not in seasons:
            seasons.append(value)
        position = match.end()
    return seasons, position


def _last_digits(masked: str, position: int) -> str:
    """The digits that end at the position."""
    start = position
    while start and masked[start - 1].isdecimal():
        start -= 1
    return masked[start:position]


def _plain_run(masked: str, match: re.Match[str]) -> bool:
    """`Temporadas 1 2 3`: at least three numbers in a row, so that `Season 1 2` stays an episode."""
    before = masked[max(0, match.start() - 8) : match.start()]
    return (
        _TWO_NUMBERS.search(before) is not None or masked[match.end() : match.end() + 3].lstrip(" ,&")[:1].isdecimal()
    )


def find_episodes(masked: str) -> Numbering | None:
    """Episodes without their season: `Episode 5`, `E05-E07`, `#12`, `12 серия`, `第3話`, `Episode IV`."""
    for match in _EPISODE.finditer(masked):
        if _FILM_NUMBER.match(masked, match.start()):
            continue
        if text := match["e"] or match["hash"] or match["no"]:
            if _YEAR.fullmatch(text) and not match[0].startswith("e" + text):  # "The Last Episode (2019)"
                continue
            numbers, end = read_list(masked, match.end(), number(text), digits=len(text))
            return Numbering(match.start(), end, [], [(None, value) for value in numbers])
        if word := match["roman"] or match["ordinal"]:
            return Numbering(match.start(), match.end(), [], [(None, number(word))])
        first = number(match["han"] or match["after"])
        last = match["hanto"] or match["afterto"]
        values = span(first, number(last)) if last else [first]
        return Numbering(match.start(), match.end(), [], [(None, value) for value in values])
    return None


def find_cap(masked: str) -> Numbering | None:
    """`[Cap.402]`, `Cap.402` is season 4, episode 2, `[Cap.101_108]` a range: a custom of Spanish releases."""
    match = _CAP.search(masked)
    if match is None:
        return None
    text, first = match["s"] or match["s1"], int(match["e"])
    if not int(text) or not first or match["s2"] not in (None, text):
        return None
    season = int(text)
    numbers = span(first, int(match["e2"])) if match["e2"] else [first]
    return Numbering(match.start(), match.end(), [season], [(season, value) for value in numbers])


def find_of(masked: str) -> tuple[Numbering, int] | None:
    """`2of6`, `Part 2 of 6`, `01-04 из 12`, `(2_6)`: with how many there are."""
    for match in _OF.finditer(masked):
        first = int(match["n"] or match["bracketed"])
        last, total = int(match["last"] or first), int(match["total"] or match["among"])
        if 0 < first <= last <= total:
            found = Numbering(match.start(), match.end(), [], [(None, value) for value in range(first, last + 1)])
            return found, total
    return None


def find_disc(masked: str) -> tuple[int, int, int] | None:
    """`CD2`: start, end, number."""
    match = _DISC.search(masked)
    return (match.start(), match.end(), int(match["n"])) if match else None


_MORE_PARTS = re.compile(r"(?:[ ._]+(?:to|&|and)[ ._]+|[-&+])(?:part|pt)?[ ._]?(?P<n>[0-9]{1,2})(?![^\W_])")


def find_part(masked: str, begin: int = 0, *, volumes: bool = False) -> tuple[int, int, list[int]] | None:
    """`Part 2`, `Pt. IV`, `Part One`, `p2`, `part 1 to 4`, with `volumes` also `Vol. 1`: start, end, numbers."""
    match = next((m for m in _PART.finditer(masked, begin) if volumes or not (m["word"] or "").startswith("vol")), None)
    if match is None:
        return None
    first = int(number(match["n"] or match["p"]))
    more = _MORE_PARTS.match(masked, match.end())
    if more and first < int(more["n"]) < first + 30:
        return match.start(), more.end(), [int(value) for value in span(first, int(more["n"]))]
    return match.start(), match.end(), [first]


def find_version(masked: str) -> tuple[int, int, int] | None:
    """`v2`: start, end, number."""
    match = _VERSION.search(masked)
    return (match.start(), match.end(), int(match["v"])) if match else None


def find_special(masked: str, begin: int) -> tuple[int, int, str, Number | None] | None:
    """`SP3`, `OVA`, `Special 2`: start, end, word, number if it has one. One with a number is preferred."""
    plain = None
    for match in _SPECIAL.finditer(masked, begin):
        found = (match.start(), match.end(), match["kind"], number(match["n"]) if match["n"] else None)
        if match["n"]:
            return found
        plain = plain or found
    return plain
