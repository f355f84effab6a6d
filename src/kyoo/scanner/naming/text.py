"""One name as text: look-alike characters made equal, brackets found, spans blanked, titles tidied. No vocabulary here.

A `Text` keeps three strings of the same length, so that a position in one is a position in all:
`raw` (as written), `plain` (full-width forms, digits, dashes and brackets made ASCII, underscores for blanks made
blanks) and `low` (`plain` in lower case). `spaced` says whether it was written with blanks.
"""

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

# File systems allow 255 units a name; the rest of a longer string cannot be a name and would only cost time.
MAX_NAME = 300
BLANK = "\x00"  # stands in `masked` texts for what another rule has claimed
CLAIMED = "\x01"  # stands there for a season, a version, a year

_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width ASCII
# Digits of Arabic, Persian, Hindi, Bengali and Thai.
_FOLD |= {zero + digit: ord("0") + digit for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for digit in range(10)}
_FOLD |= {ord(c): ord(to) for group, to in (
    ("【「『〔［《〈<", "["), ("】」』〕］》〉>", "]"), ("‐‑‒–—―−－", "-"), ("～〜", "~"), ("’‘ʼ`´", "'"), ("“”", '"'),
    ("\u3000\xa0\t\n\r\v\f\x00\x01\x1c\x1d\x1e\x1f\x85\u2028\u2029", " "), ("×", "x"), ("İ", "I"),
    ("⁄∕", "/"), ("♯＃", "#"),
) for c in group}  # fmt: skip

_BRACKET = re.compile(r"[\[\](){}]")
_OPENERS = "[({"


class Bracket(NamedTuple):
    """A top-level bracket: `start` at the opener, `end` after the closer."""

    start: int
    end: int


class Text:
    """A name and its look-alikes, with its top-level brackets."""

    __slots__ = ("_starts", "brackets", "low", "plain", "raw", "spaced")

    def __init__(self, name: str) -> None:
        self.raw = unicodedata.normalize("NFC", name)[:MAX_NAME]
        folded = _mended(self.raw.translate(_FOLD))
        self.spaced = " " in folded.strip()
        self.plain = folded if self.spaced else folded.replace("_", " ").replace(".-.", " - ")
        self.brackets = _top_level_brackets(self.plain)
        quoted = len(self.plain) > 2 and self.plain[0] == self.plain[-1] == '"'
        around = quoted or (self.brackets and self.brackets[0] == (0, len(self.plain)))
        if around and " " in self.plain[1:-1].strip():
            self.plain = f" {self.plain[1:-1]} "  # "(Title 2015)": a bracket around everything says nothing
            self.brackets = _top_level_brackets(self.plain)
        self.low = self.plain.lower()
        self._starts = [bracket.start for bracket in self.brackets]

    def bracket_at(self, position: int) -> Bracket | None:
        """The top-level bracket that holds this position."""
        index = bisect_right(self._starts, position) - 1
        if index >= 0 and position < self.brackets[index].end:
            return self.brackets[index]
        return None


def _mended(plain: str) -> str:
    """Slips of the pen at the start (`[[Group]`, `]Group]`) and plus signs for blanks put right; the length stays."""
    if plain.startswith("[[") and plain.count("[") > plain.count("]"):
        plain = " " + plain[1:]
    elif plain.startswith("]"):
        plain = "[" + plain[1:]
    if plain.count("+") > 1 and not any(c in plain for c in " ._"):
        plain = plain.replace("+", " ")
    return plain


def _top_level_brackets(plain: str) -> list[Bracket]:
    """Any opener matches any closer (`[Season 1}` happens); an opener that is never closed is an ordinary character."""
    found: list[Bracket] = []
    stack: list[int] = []
    for match in _BRACKET.finditer(plain):
        if match[0] in _OPENERS:
            stack.append(match.start())
        elif stack:
            start = stack.pop()
            while found and found[-1].start > start:
                found.pop()
            found.append(Bracket(start, match.end()))
    return found


def blank(text: str, start: int, end: int, filler: str = BLANK) -> str:
    """The text with a span made unreadable for later rules; its length stays."""
    return text[:start] + filler * (end - start) + text[end:]


_ACRONYM = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")
_EMPTY_BRACKETS = re.compile(r"[\[({][^\w\[({\])}]*[\])}]")
_EDGES = " \t._-–—~|/\\+,;:·•★☆♪♫♥=*#\u3000"
_DOTS = re.compile(r"(?<!\.)\.(?!\.)")


def tidy(piece: str) -> str:
    """A title as people write it: separators made blanks, acronyms kept whole, stray punctuation off the ends."""
    text = piece.replace("_", " ")
    bare = text.strip(" -")
    if " " not in bare or (". " not in bare and bare.count(".") > bare.count(" ")):
        text = _DOTS.sub(lambda dot: "." if _inside_acronym(text, dot.start()) else " ", text)
        if "+" in bare and " " not in bare and "." not in bare:
            text = text.replace("+", " ")
    text = _BLANKS.sub(" ", _EMPTY_BRACKETS.sub(" ", text))
    ends_in_acronym = _ends_in_acronym(text.rstrip(" -_"))
    text = text.lstrip(_EDGES.replace("#", "")).rstrip(_EDGES)
    return _balanced(text + "." if ends_in_acronym else text)


def _inside_acronym(text: str, dot: int) -> bool:
    """`S.H.I.E.L.D.` keeps its dots: a dot between or after single letters, two or more in a row."""
    before = dot >= 1 and text[dot - 1].isalpha() and (dot == 1 or not text[dot - 2].isalnum())
    if not before:
        return False
    lone_next = dot + 2 < len(text) and text[dot + 1].isalpha() and text[dot + 2] == "."
    lone_last = (
        dot >= 3 and text[dot - 2] == "." and text[dot - 3].isalpha() and (dot == 3 or not text[dot - 4].isalnum())
    )
    return lone_next or (lone_last and (dot + 1 >= len(text) or not text[dot + 1].isalnum()))


def _ends_in_acronym(text: str) -> bool:
    return len(text) >= 4 and text[-1] == "." and text[-2].isalpha() and text[-3] == "." and text[-4].isalpha()


def _balanced(text: str) -> str:
    """Without an opener or closer that has lost its partner."""
    depth = 0
    for c in text:
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth < 0:
                break
    if depth == 0:
        return text
    return "".join(" " if c in "()[]{}" else c for c in text).strip(_EDGES)
