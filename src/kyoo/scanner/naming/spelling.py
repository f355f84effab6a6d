"""How a title is written: the better one of two spellings, and title case for what is all small or all capitals."""

import re
from collections.abc import Iterable

from kyoo.scanner.naming.titles import normalise

#: Capitals that are a name and not a raised voice (WALL-E, FBI, NCIS) are no longer than this.
LONGEST_INITIALS = 6

_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
#: `l'amour`, `o'brien`: what follows begins like a word of its own.
_ELIDED = re.compile(r"[dlo]['’ʼ](?=[^\W_]{3})")
_ROMAN = re.compile(r"(?:x{0,2}(?:ix|iv|vi{0,3}|i{1,3})|xx?)", re.IGNORECASE)
#: Marks that are lost more easily than they are added.
_TELLING = frozenset("'’:&!?")

#: Articles, prepositions and particles that titles of several languages write small; never the first or last word.
_SMALL = frozenset(
    """
    a an and as at but by for from in nor of on or the to vs with
    au aux d da das de del della den der des di dos du el en et gli il la las le les lo los og och oder
    un una und une van von y zu zum zur
    ga ni no wo
    """.split()  # noqa: SIM905 (a table reads best as one text)
)


def best_spelling(title: str, others: Iterable[str]) -> str:
    """The title, or that of `others` which has the same words in a better spelling."""
    key = normalise(title)
    return max([title, *(other for other in others if normalise(other) == key)], key=_quality)


def _quality(title: str) -> tuple[bool, bool, int]:
    # Mixed case first, then anything but small letters alone, then accents, marks and small words that are small. `max`
    # keeps the first of equals.
    telling = sum(char in _TELLING or (not char.isascii() and char.isalpha()) for char in title)
    small = sum(word in _SMALL for word in title.split()[1:])
    return _is_mixed(title), not title.islower(), telling + small


def _is_mixed(title: str) -> bool:
    return title != title.lower() and title != title.upper()


def in_title_case(title: str, *, initials: bool = False) -> str:
    """A title that is all small or all capitals, in title case; any other as it is. `initials`: short capitals were
    meant, as they stand beside ordinary writing."""
    if not (title.islower() or title.isupper()):
        return title
    letters = sum(map(str.isalpha, title))
    if title.isupper() and (letters < 2 or (initials and letters <= LONGEST_INITIALS)):
        return title
    words = list(_WORD.finditer(title))
    last = len(words) - 1
    pieces, end = [], 0
    for index, match in enumerate(words):
        # After a colon or a dash a title begins again.
        begins = index == 0 or title[end : match.start()].strip(" ,") not in ("", "&", "+", ".")
        compound = title[end : match.start()] == "-"
        initial = len(match[0]) == 1 and "." in (title[match.start() - 1 : match.start()], title[match.end() :][:1])
        small = not initial and index < last and (compound or not begins)
        pieces += [title[end : match.start()], _cased(match[0], small=small)]
        end = match.end()
    return "".join([*pieces, title[end:]])


def _cased(word: str, *, small: bool) -> str:
    lower = word.lower()
    if small and lower in _SMALL:
        return lower
    if len(word) > 1 and _ROMAN.fullmatch(word):
        return word.upper()
    if (elided := _ELIDED.match(lower)) is not None:
        return elided[0].title() + _cased(lower[elided.end() :], small=False)
    return lower[0].title() + lower[1:]
