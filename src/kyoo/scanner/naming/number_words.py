"""Number words and lists: `7`, `13.5`, `IV`, `three`, `01-03`, `E01E02`, `1, 2 & 3`. Not here: what they count."""

import re
from collections.abc import Sequence

from kyoo.scanner.naming.counting_words import CARDINALS, ENGLISH_ORDINALS, HAN_DIGITS, ORDINALS
from kyoo.scanner.naming.model import Number
from kyoo.scanner.naming.vocabulary import WEAK_WORDS

MAX_SET_OFF = 30  # episodes between two numbers of a range with blanks around its dash
MAX_RANGE = 2000  # episodes in one range; a longer one is not a range of episodes

_ROMAN = {"i": 1, "v": 5, "x": 10}
ROMAN = r"(?:x{0,2}(?:ix|iv|v?i{1,3}|v)|x{1,2})"
CARDINAL = "|".join(CARDINALS)
#: Behind what they count, where English has cardinals: "Season Premiere", "Season Second Chances" are no numbers.
_BEHIND = sorted(ORDINALS.keys() - ENGLISH_ORDINALS, key=len, reverse=True)
ORDINAL_BEHIND = "|".join(word.replace(" ", "[ ._]") for word in _BEHIND)


def number(text: str) -> Number:
    """`07` → 7, `13.5` → 13.5, `iv` → 4, `two` → 2, `third` → 3, `十二` → 12."""
    if "." in text and text[0].isdecimal():
        value = float(text)
        return int(value) if value.is_integer() else value
    if text.isdecimal():
        return int(text)
    if text in CARDINALS:
        return CARDINALS[text]
    if ordinal := ORDINALS.get(text.replace(".", " ").replace("_", " ")):
        return ordinal
    if text[0] in HAN_DIGITS:
        return _han(text)
    values = [_ROMAN[c] for c in text]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def _han(text: str) -> int:
    if "十" not in text:
        return int("".join(str(HAN_DIGITS[c]) for c in text))
    tens, _, units = text.partition("十")
    return (HAN_DIGITS[tens] if tens else 1) * 10 + (HAN_DIGITS[units] if units else 0)


def span(first: Number, last: Number) -> list[Number]:
    """All whole numbers of a range; both ends alone if it is not a plausible range."""
    if isinstance(first, float) or isinstance(last, float) or not first < last < first + MAX_RANGE:
        return [first, last]
    return list(range(first, last + 1))


#: A bare number further away than this is not the end of a range, unless it starts with the first.
MAX_BARE_RANGE = 200
# Lines of a picture and names of codecs: `S01E01-720`, `S01E01-264`.
_QUALITIES = frozenset({264, 265, 480, 540, 576, 720, 1080, 1440, 2160})
_WORD_FOLLOWS = re.compile(r"[ ._]+(?P<word>[^\W\d_][^\W_]*)")

# One more number of a list. Marked (`E04`, `x04`, `S01E04`, `1x04`) it may stand apart; bare it must be joined closely.
_MARKED = re.compile(
    r"(?:\] ?\[)?[ ._]*(?P<join>[-&+~,]|(?:and|und|et|y|e|to|bis|thru|do|до)(?=[ ._]))?[ ._]*"
    r"(?:s(?P<season>[0-9]{1,4})[ ._]?)?(?:(?P<nx>[0-9]{1,4})[xх]|(?:ep?|[xх]|xe)[ ._]?)"
    r"(?P<number>[0-9]{1,5})(?![0-9]|[ip](?![^\W_]))(?:v[0-9])?"
)
_BARE = re.compile(
    r"(?:(?P<close>[-&+~]|_(?=[0-9])|[ .](?=0[0-9]))"
    r"|[ ._]*(?P<word>~|&|\+|,(?: &)?|(?<=[ ._])(?:to|en|and|al|a|и|bis|et|y|e)(?=[ ._]))[ ._]*)"
    r"(?P<number>[0-9]{1,5}(?:\.5)?)(?:v[0-9])?(?![^\W_]|\.[0-9](?![0-9]))"
)
_OF_TOTAL = re.compile(r"[ ._]*(?:of|iz|из)[ ._]*[0-9]{1,4}(?![^\W_])")
_SPACED_DASH = re.compile(r" +[-~] +(?P<number>[0-9]{1,5})(?:v[0-9])?(?![^\W_]|\.[0-9]|[ ._]+[^\W_])")


def read_list(
    text: str, position: int, first: Number, *, digits: int, dashes: bool = False
) -> tuple[list[Number], int]:
    """The numbers that continue a list after `first`, which was written with `digits` digits and ends at `position`.

    A dash between two numbers is a range, more numbers are a list as written. `dashes` also takes `01 - 12`.
    Returns the numbers, `first` included, and where the list ends.
    """
    numbers: list[Number] = [first]
    ranged = False
    while True:
        match = _MARKED.match(text, position)
        if match is not None and _restates(numbers[-1], match):
            break
        if match is None:
            match = _BARE.match(text, position) or (_SPACED_DASH.match(text, position) if dashes else None)
            if match is None or not _continues(numbers[-1], match, digits, text):
                break
        value = number(match["number"])
        if value != numbers[-1]:
            ranged = "-" in match[0] or "~" in match[0] or _is_range_word(match)
            numbers.append(value)
        position = match.end()
    total = _OF_TOTAL.match(text, position)
    if total:
        position = total.end()
    if len(numbers) == 2 and ranged and numbers[0] < numbers[1]:
        numbers = span(numbers[0], numbers[1])
    return unique(numbers), position


def _is_range_word(match: re.Match[str]) -> bool:
    words = match.groupdict()
    return (words.get("word") or words.get("join")) in ("to", "al", "a", "bis", "thru", "do", "до")


def _restates(last: Number, match: re.Match[str]) -> bool:
    """`S05E53 - Ep.129`, `S05E53 Ep 129`: far away and set off, it is the same episode counted through."""
    if match["season"] or match["nx"] or not match[0][0].isspace():
        return False
    return not 0 < number(match["number"]) - last <= (MAX_SET_OFF if match["join"] else 1)


def _continues(last: Number, match: re.Match[str], digits: int, name: str) -> bool:
    """A bare number continues a list if it is the next, or if it is larger, written alike, and no word of a title
    follows it: `E05-06`, `E02&3`, `E07-8`, not `E02-1042`, `E14-36 Hours`."""
    text, value = match["number"], number(match["number"])
    if value <= last:
        return False
    if match.groupdict().get("close") in ("_", ".", " "):
        return value == last + 1 and len(text) == digits
    if "&" in match[0] or "." in text:
        return True
    if value == last + 1:
        return True
    longer = len(text) - digits
    if longer and (longer < 0 or len(text) > 3 or text[0] == "0" or value in _QUALITIES):
        return False
    if last > 1 and longer and value - last > MAX_BARE_RANGE:
        return False
    following = _WORD_FOLLOWS.match(name, match.end())
    return following is None or text[0] == "0" or value - last <= 4 or following["word"] in WEAK_WORDS


def unique(numbers: Sequence[Number]) -> list[Number]:
    """Each number once, in the order given."""
    return list(dict.fromkeys(numbers))
