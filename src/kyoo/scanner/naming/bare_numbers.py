"""Numbers that only stand there: `Show - 12`, `Show [12]`, `Show 12 [1080p]`, `12 - Title`, `show.102.hdtv`.

Whether such a number is an episode depends on what is around it; each rule says when. Numbers that name themselves
are in `marked_numbers`.
"""

import re
from dataclasses import dataclass

from kyoo.scanner.naming.marked_numbers import Numbering, with_letter
from kyoo.scanner.naming.number_words import number, read_list, span, unique
from kyoo.scanner.naming.tags import is_weak_word
from kyoo.scanner.naming.text import BLANK, CLAIMED

_NUM = r"(?P<n>[0-9]{1,4}(?:\.[0-9](?![0-9]))?)(?:\.1(?![0-9]))?"
_TAIL = r"(?:v[0-9])?[a-c]?(?:[ .]?(?:end|fin|final))?"
_VERSION = rf"(?:[ ._]*{CLAIMED}{{2}}(?!{CLAIMED}))?"  # a version that another step has claimed
_STOP = rf"{_VERSION}[ ._]*(?:$|[-\[({{)\]}}{BLANK}~&+,])"
_AFTER_SEASON = re.compile(rf"{CLAIMED}[ ._\-]{{0,3}}[(\[]?{_NUM}{_TAIL}(?![^\W_])")
_DASHED = re.compile(
    rf"(?:[ ._)\]{CLAIMED}]-[ ._]{{0,2}}|(?<=[^\W_])-[ ._]|(?<=[^\W\d_])-(?=[0-9]{{2,3}}-[ ._]*[\[({BLANK}]))"
    rf"#?{_NUM}{_TAIL}(?={_STOP})"
)
_DASHED_LOOSE = re.compile(rf"[ ._]-[ ._]{{0,2}}{_NUM}(?:v[0-9])?(?=[ ._])")
_SQUARE = re.compile(
    rf"[\[{{] ?{_NUM}(?:v[0-9])?(?:(?P<dash> ?[-~] ?)(?P<last>[0-9]{{1,4}}))?"
    r"(?:[ .(]?(?:end|fin|final|完)\)?)?(?: ?\+[^\]]*)?[\]}]"
)
_ROUND = re.compile(rf"\( ?{_NUM}(?:v[0-9])?(?:(?P<dash> ?[-~] ?)(?P<last>[0-9]{{1,4}}))?(?: ?\+[^)]*)? ?\)")
_TRAILING = re.compile(
    rf"(?<=[ ._\-!?)\]{CLAIMED}]){_NUM}(?P<tail>{_TAIL})"
    rf"(?={_VERSION}[ ._]*(?:$|[\[({BLANK}]|(?:part|pt|p)[ ._]?[0-9]|[-~&+][0-9]| [-~] [0-9]|- ))"
)
_SPACED_RANGE = re.compile(r"(?<=[ ._])(?P<n>0(?!0 )[0-9]{1,3}) [-~] (?P<last>[0-9]{1,4})(?=[ ._]*(?:$|[\[(\x00]))")
_SPACED_PAIR = re.compile(r"(?<=[ ._])(?P<n>[0-9]{2,4}) [-~&] (?P<last>[0-9]{2,4})(?=[ ._]*(?:$|[\[(\x00]))")
_BETWEEN_BRACKETS = re.compile(rf"[\])][ ._]*{_NUM}{_TAIL}[ ._]*(?=[\[({BLANK}]|$)")
# 湖畔人家07: such scripts need no blank.
_GLUED = re.compile(rf"(?<=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3])[ _]?(?P<n>[0-9]{{2,4}})(?={_STOP})")
_BOUT = re.compile(r"(?<![^\W_])(?:vs?|ppv|ufc|wwe|aew)(?![^\W_])")
_PADDED_INSIDE = re.compile(r"(?<=[^\W_][ .])(?P<n>0[1-9])(?:v[0-9])?(?=[ .][^\W\d_])")
_LEADING_PAIR = re.compile(r"(?P<s>[0-9]{1,2})(?:-(?P<e>[0-9]{2})(?=[ .]|$)|[.\-](?P<e2>[0-9]{2}) - )")
_LEADING_LIST = re.compile(r"(?P<n>[0-9]{1,3})(?=(?:-[0-9]{1,3})+(?![^\W_]))")
_LEADING = re.compile(r"#?(?P<n>[0-9]{1,4}(?:\.5)?)(?P<letter>[a-d]?)(?:v[0-9])?(?P<then> ?- ?|\.[ ]?| |$)")
_ONLY_BRACKETS = re.compile(rf"(?:[\[(][^\])]*[\])]|[{BLANK} ._])*$")
_HUNDREDS = re.compile(r"(?<=[ .\-])(?P<s>[0-9]{1,2})(?P<e>[0-9]{2})(?=[ .](?![0-9]{1,2}[ .])|$)")
_LONG_RANGE = re.compile(r"(?P<n>[0-9]{3,4})-(?P<last>[0-9]{3,4})(?= - )")
_HUNDREDS_RUN = re.compile(r"[ .\-](?P<s>[0-9]{1,2})(?P<e>[0-9]{2})(?=[ .]|$)")
_DOUBLE = re.compile(r"(?<=[ .])0?(?P<s>[0-9]{1,2})(?P<e>[0-9]{2})(?P<e2>[0-9]{2})(?=[ .])")
_PAIR = re.compile(
    rf"(?:(?<=[^\W\d_])|(?<={CLAIMED})|(?<=20[0-9]{{2}}))[ ._\-](?P<s>[0-9]{{2}})[ ._](?P<e>[0-9]{{2}})"
    rf"(?=[._ ]?(?:$|{BLANK}|[a-z](?:$|[._])|[a-z]{{3}}|\()|-[a-z])"
)
_SEASON_DASH = re.compile(r"(?<=[^\W\d_] )(?P<s>[1-9])-(?P<e>0[1-9](?=$)|[0-9]{2}(?= (?P<word>[^\W\d_][^\W_]*)))")
# A day that is spoken of by its number is none: "Fahrenheit 9-11".
_FAMOUS_DAY = re.compile(r"(?<=[^\W_][ ._])9-11(?![^\W_]|-)")
_LINES = frozenset({"480", "540", "576", "720", "1080", "1440", "2160"})  # of a picture: "abc-1080"
_FILM_WORD = re.compile(r"(?<![^\W_])(?:the[ ._]+)?(?:movies?|films?|gekijou-?ban|vol(?:ume)?\.?)[ ._\-]*$")


_CHANNELS = frozenset({"1.0", "2.0", "2.1", "5.1", "6.1", "7.1"})


@dataclass(slots=True)
class Context:
    """What is known around the number.

    `begin`: where the name starts, after groups; `tags`: where the tags start; `grouped`: an anime-style name, with a
    leading group or a checksum; `year`: a year was found; `season_folder`: the file lies in a season's folder;
    `after_season`: the name itself holds a season; `spaced`: words are separated by blanks; `film`: a source of films
    or a year in a bracket; `television`: recorded from it; `extra`: a bonus, whose last number is not an episode;
    `folder`: the name of a folder, where only ranges and numbers after a dash count.
    """

    begin: int
    tags: int
    grouped: bool
    year: bool
    season_folder: bool
    after_season: bool
    spaced: bool
    film: bool
    television: bool
    extra: bool
    folder: bool


def find_bare(masked: str, context: Context) -> Numbering | None:
    """The episode of a name in which no number names itself, or None. `masked` has the year and seasons claimed."""
    masked = _FAMOUS_DAY.sub("x" * 4, masked)
    for rule in _FOLDER_RULES if context.folder else _RULES:
        found = rule(masked, context)
        if found:
            return found
    return None


def _absolute(masked: str, match: re.Match[str], *, dashes: bool = False) -> Numbering:
    text = match["n"]
    numbers, end = read_list(masked, match.end(), number(text), digits=len(text), dashes=dashes)
    return with_letter(masked, Numbering(match.start(), end, [], [(None, value) for value in numbers]))


def _bracketed(match: re.Match[str]) -> Numbering:
    first = number(match["n"])
    numbers = span(first, number(match["last"])) if match["last"] else [first]
    return Numbering(match.start(), match.end(), [], [(None, value) for value in unique(numbers)])


def _is_film_number(masked: str, position: int) -> bool:
    """`Movie 4`, `Vol. 2`: the number belongs to the word before it."""
    before = masked[max(0, position - 14) : position].rstrip(" ._-")
    return _FILM_WORD.search(before) is not None or (
        before.endswith("bond") and "007" in masked[position : position + 6]
    )


def _looks_like_year(text: str) -> bool:
    return len(text) == 4 and text[:2] in ("19", "20", "21")


def _after_season(masked: str, context: Context) -> Numbering | None:
    if not context.after_season:
        return None
    match = _AFTER_SEASON.search(masked, context.begin)
    if match is None or _looks_like_year(match["n"]):
        return None
    return _absolute(masked, match)


def _spaced_range(masked: str, context: Context) -> Numbering | None:
    """`Show 01 - 24 [Batch]`, `Show 12 - 13`; `Show 02 - 14` is an episode of the second one."""
    match = _SPACED_RANGE.search(masked, context.begin)
    if match and int(match["last"]) > int(match["n"]) and (context.folder or int(match["n"]) == 1):
        return _bracketed(match)
    match = _SPACED_PAIR.search(masked, context.begin)
    return _bracketed(match) if match and int(match["last"]) == int(match["n"]) + 1 else None


def _leading_range(masked: str, context: Context) -> Numbering | None:
    """`611-612 - Title`."""
    match = _LONG_RANGE.match(masked, context.begin)
    return _bracketed(match) if match and int(match["n"]) < int(match["last"]) and not context.year else None


def _leading_in_season(masked: str, context: Context) -> Numbering | None:
    """`Season 2/7 - 12 Angry Men`: a number at the start comes before any other."""
    if not context.season_folder or not masked[context.begin : context.begin + 1].isdecimal():
        return None
    if _DASHED.search(masked, context.begin + 1, context.tags):  # "Season 1/24 - 01": it is the title
        return None
    return _leading(masked, context)


def _bracketed_range(masked: str, context: Context) -> Numbering | None:
    """`Show [01 - 24]`, `Show (1-24)`."""
    for pattern in (_SQUARE, _ROUND):
        for match in pattern.finditer(masked, context.begin):
            if match["last"] and number(match["last"]) > number(match["n"]) and not _looks_like_year(match["n"]):
                return _bracketed(match)
    return None


def _dashed(masked: str, context: Context) -> Numbering | None:
    found = None
    for match in _DASHED.finditer(masked, context.begin):
        if _is_film_number(masked, match.start()) or _looks_like_year(match["n"]) or match["n"] in _CHANNELS:
            continue
        if match["n"][0] == "0" or len(match["n"]) > 1:
            found = match
            break
        found = found or match
    if found is None:
        return None
    return _absolute(masked, found, dashes=True)


def _square(masked: str, context: Context) -> Numbering | None:
    for match in _SQUARE.finditer(masked, context.begin):
        year = _looks_like_year(match["n"]) and not match["last"]
        backwards = match["last"] and number(match["last"]) <= number(match["n"])
        if not (year or backwards or match["n"] in _CHANNELS):
            return _bracketed(match)
    return None


def _dashed_loose(masked: str, context: Context) -> Numbering | None:
    match = _DASHED_LOOSE.search(masked, context.begin, context.tags)
    if match is None or _is_film_number(masked, match.start()) or match["n"] in _CHANNELS:
        return None
    text = match["n"]
    sure = text[0] == "0" or len(text) == 3 or (len(text) == 2 and (context.grouped or context.season_folder))
    return _absolute(masked, match) if sure else None


def _trailing(masked: str, context: Context) -> Numbering | None:
    """`Show 12 [tags]`: sure if padded, of three digits, versioned, a range, a half, after the year, or grouped."""
    if context.extra:
        return None
    for match in _TRAILING.finditer(masked, context.begin):
        if match.start() > context.tags + 1 or match.start() <= context.begin:
            continue
        text = match["n"]
        if (
            _is_film_number(masked, match.start())
            or _looks_like_year(text)
            or ("." in text and not text.endswith(".5"))
            or (text in _LINES and masked[match.start() - 1] in "-.")
        ):
            continue
        found = _absolute(masked, match, dashes=context.grouped or text[0] == "0")
        single = len(found.pairs) == 1
        if single and (
            masked.startswith("-", match.end())
            or (masked.startswith(" - ", match.end()) and len(text) < 3 and text[0] != "0")
        ):
            continue  # "Kiddy Grade 2 - Pilot": the number belongs to the title
        sure = (
            (text[0] == "0" and len(text) > 1)
            or len(text.partition(".")[0]) >= 3
            or bool(match["tail"])
            or len(found.pairs) > 1
            or context.grouped
            or text.endswith(".5")
            or CLAIMED in masked[context.begin : match.start()]
            or context.season_folder
        ) and (len(found.pairs) > 1 or not context.folder)  # fmt: skip
        if sure:
            return found
    return None


def _round(masked: str, context: Context) -> Numbering | None:
    match = _ROUND.search(masked, context.begin)
    if match is None or match.start() <= context.begin or (_looks_like_year(match["n"]) and not match["last"]):
        return None
    last = not masked[match.end() :].strip(" ._")
    if len(match["n"]) == 1 and not match["last"] and (not context.grouped or (context.year and last)):
        return None  # "Film (1)" is a second copy
    return _bracketed(match)


def _leading(masked: str, context: Context) -> Numbering | None:
    """`01 - Title`, `02 Title` (padded), `4-13 Title`; in a season's folder any number at the start."""
    begin = context.begin
    pair = _LEADING_PAIR.match(masked, begin)
    if pair and not context.season_folder and not context.year:
        season, episode = int(pair["s"]), int(pair["e"] or pair["e2"])
        return Numbering(pair.start(), pair.end(), [season], [(season, episode)])
    listed = _LEADING_LIST.match(masked, begin)
    if listed and context.season_folder:
        return _absolute(masked, listed)
    match = _LEADING.match(masked, begin)
    if match is None or _FILM_WORD.match(masked[match.end() : match.end() + 6].split(" ", maxsplit=1)[0]):
        return None
    text, then = match["n"], match["then"]
    padded = text[0] == "0" and len(text) > 1
    # "[Group] 0 [720p]" is a title: what stands after a group is a name.
    alone = (
        _ONLY_BRACKETS.match(masked, match.end()) is not None
        and (begin == 0 or padded or match.end() == len(masked))
        and not (_looks_like_year(text) and begin == 0)  # "1917 1080p" is a film
    )
    dashed = "-" in then or (then == ". " and len(text) > 1)
    if context.season_folder or alone or (not context.year and (padded or (dashed and not context.grouped))):
        found = Numbering(match.start(), match.end("letter"), [], [(None, number(text))])
        if match["letter"]:
            return with_letter(masked, found)
        found.end = match.end()
        return found
    return None


def _hundreds(masked: str, context: Context) -> Numbering | None:
    """`show.102.hdtv` is season 1, episode 2: only in names without blanks, groups and years, of television."""
    if context.spaced or context.grouped or context.film or context.after_season or _BOUT.search(masked):
        return None
    for match in _HUNDREDS.finditer(masked, context.begin):
        season, episode = int(match["s"]), int(match["e"])
        text = match["s"] + match["e"]
        if season == 0 or episode == 0 or match.start() <= context.begin + 1 or _looks_like_year(text):
            continue
        if (len(text) > 3 and not context.television) or CLAIMED in masked[match.end() :]:
            continue
        if match.start() > context.tags and match.end() < len(masked):
            continue
        if masked.startswith((".ppv", " ppv"), match.end()):
            continue
        pairs: list[tuple[int | None, int | float]] = [(season, episode)]
        start, end = match.start(), match.end()
        previous = _HUNDREDS_RUN.search(masked, max(0, start - 5), start)
        if previous and int(previous["s"]) == season:
            pairs.insert(0, (season, int(previous["e"])))
            start = previous.start()
        following = _HUNDREDS_RUN.match(masked, end)
        if following and int(following["s"]) == season:
            pairs.append((season, int(following["e"])))
            end = following.end()
        return Numbering(start, end, [season], pairs)
    double = _DOUBLE.search(masked, context.begin)
    if double and int(double["e2"]) == int(double["e"]) + 1 and int(double["s"]):
        season = int(double["s"])
        return Numbering(
            double.start(), double.end(), [season], [(season, int(double["e"])), (season, int(double["e2"]))]
        )
    return None


def _between_brackets(masked: str, context: Context) -> Numbering | None:
    """`[Group] Show [BD 1080p] 07 [ABCDEF12]`."""
    match = _BETWEEN_BRACKETS.search(masked, context.begin) if context.grouped else None
    return _absolute(masked, match) if match and not _looks_like_year(match["n"]) else None


def _glued(masked: str, context: Context) -> Numbering | None:
    match = _GLUED.search(masked, context.begin)
    return _absolute(masked, match) if match and not _looks_like_year(match["n"]) else None


def _padded_inside(masked: str, context: Context) -> Numbering | None:
    """`Show 05 A Title`: a padded number between words, in a name without a year."""
    if context.year or context.film or context.extra:
        return None
    match = _PADDED_INSIDE.search(masked, context.begin, context.tags)
    return _absolute(masked, match) if match and not _is_film_number(masked, match.start()) else None


def _pair(masked: str, context: Context) -> Numbering | None:
    """`show_03_19`: season and episode, both of two digits."""
    match = None if context.year and context.spaced else _PAIR.search(masked, context.begin)
    if match is None or not int(match["s"]) or context.grouped or (context.spaced and " " in match[0]):
        return None
    season = int(match["s"])
    return Numbering(match.start(), match.end(), [season], [(season, int(match["e"]))])


def _season_dash(masked: str, context: Context) -> Numbering | None:
    """`Show 4-07 A Title`; `Show 1-13 Complete` and `Show 9-10 A Title` are ranges."""
    match = (
        None if context.year or context.grouped or context.after_season else _SEASON_DASH.search(masked, context.begin)
    )
    if match is None or (match["word"] and is_weak_word(match["word"])):
        return None
    season, episode = int(match["s"]), int(match["e"])
    if match["e"][0] != "0" and (season == 1 or episode == season + 1):
        return None
    return Numbering(match.start(), match.end("e"), [season], [(season, episode)]) if episode else None


_RULES = (
    _after_season,
    _season_dash,
    _leading_range,
    _leading_in_season,
    _pair,
    _spaced_range,
    _bracketed_range,
    _dashed,
    _square,
    _hundreds,
    _dashed_loose,
    _trailing,
    _round,
    _leading,
    _padded_inside,
    _between_brackets,
    _glued,
)
_FOLDER_RULES = (_after_season, _spaced_range, _dashed, _square, _trailing)
