"""Number words and lists: `7`, `13.5`, `IV`, `three`, `01-03`, `E01E02`, `1, 2 & 3`. Not here: what they count."""

import re
from collections.abc import Sequence

from kyoo.scanner.naming.model import Number
from kyoo.scanner.naming.vocabulary import CARDINALS, HAN_DIGITS

MAX_RANGE = 2000  # episodes in one range; a longer one is not a range of episodes

_ROMAN = {"i": 1, "v": 5, "x": 10}
ROMAN = r"(?:x{0,2}(?:ix|iv|v?i{1,3}|v)|x{1,2})"
CARDINAL = "|".join(CARDINALS)


def number(text: str) -> Number:
    """`07` → 7, `13.5` → 13.5, `iv` → 4, `two` → 2, `十二` → 12."""
    if "." in text:
        value = float(text)
        return int(value) if value.is_integer() else value
    if text.isdecimal():
        return int(text)
    if text in CARDINALS:
        return CARDINALS[text]
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


# One more number of a list. Marked (`E04`, `x04`, `S01E04`, `1x04`) it may stand apart; bare it must be joined closely.
_MARKED = re.compile(
    r"(?:\] ?\[)?[ ._]*(?P<join>[-&+~,]|(?:and|und|et|y|e)(?=[ ._]))?[ ._]*"
    r"(?:s(?P<season>[0-9]{1,4})[ ._]?)?(?:(?P<nx>[0-9]{1,4})[xх]|(?:ep?|[xх]|xe)[ ._]?)"
    r"(?P<number>[0-9]{1,5})(?![0-9]|[ip](?![^\W_]))(?:v[0-9])?"
)
_BARE = re.compile(
    r"(?:(?P<close>[-&+~])|[ ._]*(?P<word>~|&|\+|,(?: &)?|(?<=[ ._])(?:to|en|and|al|a|и|bis|et|y|e)(?=[ ._]))[ ._]*)"
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
        if match is None:
            match = _BARE.match(text, position) or (_SPACED_DASH.match(text, position) if dashes else None)
            if match is None or not _continues(numbers[-1], match, digits):
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
    return match.groupdict().get("word") in ("to", "al", "a", "bis")


def _continues(last: Number, match: re.Match[str], digits: int) -> bool:
    """A bare number continues a list if larger and, after a dash, written alike: `E05-06`, `E02&3`, not `E02-1042`."""
    text = match["number"]
    return number(text) > last and (
        "&" in match[0] or len(text) == digits or (digits < len(text) <= digits + 2 and text[0] != "0") or "." in text
    )


def unique(numbers: Sequence[Number]) -> list[Number]:
    """Each number once, in the order given."""
    return list(dict.fromkeys(numbers))
