"""Two titles compared, in any spelling, script and romanisation: how much their likeness is worth as evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import DamerauLevenshtein

from kyoo.scanner.naming.titles import alike, marks, normalise

#: Of titles that share nothing.
NOTHING = -6.0
_ARTICLES = frozenset(
    ["the", "a", "an", "le", "la", "les", "l", "un", "une", "des", "el", "los", "las", "der", "die", "das", "ein",
     "eine", "il", "lo", "gli", "de", "het", "een", "os", "as"]
)  # fmt: skip
_ROMAN_NUMERALS = (
    ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii"]
)  # fmt: skip
_NUMBER_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ROMAN = {numeral: str(number) for number, numeral in enumerate(_ROMAN_NUMERALS, start=1)}
_WORDS = {word: str(number) for number, word in enumerate(_NUMBER_WORDS, start=1)}
#: Words that only say that a number follows.
_COUNTERS = frozenset(
    ["part", "pt", "vol", "volume", "chapter", "episode", "ep", "teil", "partie", "parte", "capitulo", "film",
     "movie", "no"]
)  # fmt: skip
_JOINING = re.compile(r"\s*(?::|\s[-–—~|]\s|\(|\[|/|;|,|\bor\b)", re.IGNORECASE)
# Spellings of one sound in romanisations and on both sides of the Atlantic.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"re\b", "er"),
        (r"(?<=[aeiou])h(?=[^aeiou]|\b)", ""),
        (r"ou|oo|oe|ō", "o"),
        (r"uu|ue", "u"),
        (r"ae|aa", "a"),
        (r"ii|iy|yy", "i"),
        (r"y", "i"),
        (r"kh", "h"),
        (r"zh", "j"),
        (r"ph", "f"),
        (r"ck", "k"),
        (r"sch", "sh"),
        (r"z", "s"),
        (r"w", "v"),
        (r"(.)\1", r"\1"),
    )
]


@dataclass(frozen=True, slots=True)
class Likeness:
    """`points` of evidence, and the reason in plain words."""

    points: float
    text: str

    @property
    def same(self) -> bool:
        """Whether the two are one title but for the spelling."""
        return self.points >= 4


@dataclass(frozen=True, slots=True)
class _Forms:
    plain: str
    #: In plain Latin letters, numbers as digits, articles dropped at the front.
    words: tuple[str, ...]
    numbers: frozenset[str]
    joined: str
    marks: str
    #: After how many of `words` a subtitle may begin.
    borders: frozenset[int]


def _number(word: str, at: int, words: list[str]) -> str:
    # "I" is a number behind a title or a word like "part", and a word elsewhere.
    if word in _ROMAN and at > 0 and (word != "i" or at == len(words) - 1 or words[at - 1] in _COUNTERS):
        return _ROMAN[word]
    return _WORDS.get(word) or (word.lstrip("0") or "0" if word.isdecimal() else word)


def _words(text: str) -> list[str]:
    """The words of a title, in the form in which they are compared."""
    plain = normalise(text)
    words = plain.split() if plain.isascii() else normalise(anyascii(plain)).split()
    numbered = [_number(word, at, words) for at, word in enumerate(words)]
    return [
        word
        for at, word in enumerate(numbered)
        if not (word in _COUNTERS and at > 0 and at + 1 < len(numbered) and numbered[at + 1].isdecimal())
    ]


@lru_cache(maxsize=8192)
def _forms(title: str) -> _Forms:
    words = _words(title)
    dropped = 0
    if len(words) > 1 and words[0] in _ARTICLES:
        words, dropped = words[1:], 1
    elif len(words) > 1 and words[-1] in _ARTICLES and re.search(r",\s*\w+\W*$", title):
        words = words[:-1]
    borders = frozenset(len(_words(title[: match.start()])) - dropped for match in _JOINING.finditer(title))
    return _Forms(
        plain=normalise(title),
        words=tuple(words),
        numbers=frozenset(word for word in words if word.isdecimal()),
        joined="".join(words),
        marks=marks(title),
        borders=borders,
    )


def _sound(text: str) -> str:
    for pattern, sound in _SOUNDS:
        text = pattern.sub(sound, text)
    return text.replace(" ", "")


def weight(title: str) -> float:
    """How telling a title is, 0 … 1: that two long ones are the same is no accident."""
    forms = _forms(title)
    # A letter of a script without an alphabet says as much as a word.
    letters = len(forms.joined) if forms.plain.isascii() else max(len(forms.joined), 3 * len(forms.plain))
    return min(1.0, letters / 12)


@lru_cache(maxsize=65536)
def compare(wanted: str, known: str) -> Likeness:
    """What it says about a file called `wanted` that something is called `known`."""
    one, other = _forms(wanted), _forms(known)
    if not one.words or not other.words:
        same = wanted.strip().casefold() == known.strip().casefold()
        return Likeness(4, "The same title") if same else Likeness(NOTHING, "Another title")
    # Without marks in the name of the file nothing is said about them.
    if one.marks and not alike(one.marks, other.marks) and one.joined == other.joined:
        return Likeness(-1, f"“{known}” is spelled with other marks")
    telling = 2 * weight(wanted)
    if one.plain == other.plain:
        exact = one.marks == other.marks or not one.marks
        return Likeness(4.2 + telling - (0 if exact else 0.4), f"The same title: “{known}”")
    if one.joined == other.joined:
        return Likeness(4 + telling, f"The same title in another spelling: “{known}”")
    if one.numbers != other.numbers and _without_one(one) == _without_one(other):
        return Likeness(3.4 + telling, f"The first part: “{known}”")
    if _sound(" ".join(one.words)) == _sound(" ".join(other.words)) and one.numbers == other.numbers:
        return Likeness(3.4 + telling, f"Sounds the same: “{known}”")
    return _partly(one, other, known, telling)


def _without_one(forms: _Forms) -> tuple[str, ...]:
    return forms.words[:-1] if len(forms.words) > 1 and forms.words[-1] == "1" else forms.words


def _partly(one: _Forms, other: _Forms, known: str, telling: float) -> Likeness:
    short, long = (one, other) if len(one.words) <= len(other.words) else (other, one)
    size = len(short.words)
    rest_of_head, rest_of_tail = long.words[size:], long.words[: len(long.words) - size]
    if long.words[:size] == short.words and rest_of_head:
        if any(word.isdecimal() for word in rest_of_head) and short is one:
            return Likeness(-3, f"A later part: “{known}”")
        if size in long.borders and not any(word.isdecimal() for word in rest_of_head):
            return Likeness(1.6 + telling, f"The same but for a subtitle: “{known}”")
        return Likeness(min(telling, 1) - 1, f"Begins the same: “{known}”")
    if long.words[-size:] == short.words and size < len(long.words):
        before = len(rest_of_tail) - (rest_of_tail[-1] in _ARTICLES)
        own = rest_of_tail[-1].endswith("s") and len(rest_of_tail) <= 2
        if before in long.borders or own:
            return Likeness(1.2 + telling, f"The same but for what stands before it: “{known}”")
        return Likeness(min(telling, 1) - 1, f"Ends the same: “{known}”")
    if one.numbers != other.numbers and _bare(one) == _bare(other):
        return Likeness(-4, f"Another part: “{known}”")
    if one.numbers == other.numbers and (found := _mistyped(one, other)) is not None:
        return Likeness(found + telling, f"Almost the same title: “{known}”")
    shared = len(set(one.words) & set(other.words)) / len(set(one.words) | set(other.words))
    if shared >= 0.6 and one.numbers == other.numbers:
        return Likeness(2 * shared - 1, f"Shares words: “{known}”")
    return Likeness(NOTHING + 4 * shared, f"Another title: “{known}”")


def _bare(forms: _Forms) -> tuple[str, ...]:
    return tuple(word for word in forms.words if not word.isdecimal())


def _mistyped(one: _Forms, other: _Forms) -> float | None:
    """Points when a letter or two are wrong. A plural is another title more often than a slip."""
    length = min(len(one.joined), len(other.joined))
    allowed = 0 if length < 6 else 1 if length < 12 else 2 if length < 20 else 3
    if not allowed:
        return None
    distance = DamerauLevenshtein.distance(one.joined, other.joined, score_cutoff=allowed)
    if distance > allowed:
        return None
    plural = one.joined.rstrip("s") == other.joined.rstrip("s")
    return 0.2 if plural else 2.2 - 0.4 * (distance - 1)
