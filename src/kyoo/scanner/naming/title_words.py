"""The words of titles: which of several names is the title, in which script, and what does not belong to it."""

import re

from kyoo.scanner.naming.text import CLAIMED, tidy

COLLECTION = re.compile(
    r"(?<![^\W_])(?:collection|trilogy|anthology|saga|quadrilogy|movies|films)(?![^\W_])", re.IGNORECASE
)
SPACED_SLASH = re.compile(r" [/|] ")
WORDS = re.compile(r"[^\W_]+")
DIGITS = re.compile(r"[0-9]+")
# A number of its own right before or after a season and episode.
NUMBER_BEFORE = re.compile(
    r"(?:(?<= - )(?P<n>[0-9]{2,4}(?:\.5)?)(?:-[0-9]{2,4})?[ _]*-?[ _]*[(\[]?|(?<=[ _])(?P<n2>[0-9]{3,4})[ _]"
    r"|(?<=[ _])(?P<n3>[0-9]{2})[ _][(\[])$"
)
NUMBERS_AFTER = re.compile(r" ?- ?[0-9]{3,4}(?:-[0-9]{3,4})*(?= - )")
LAST_NUMBER = re.compile(rf"(?<=[^\W_])[ ._](?P<n>[1-9][0-9]?)(?=[ ._{CLAIMED}]*$)")

_AKA = re.compile(r"[ ._]+[(\[]?(?:aka|a\.k\.a\.?)[ ._]+", re.IGNORECASE)
_SEPARATORS = re.compile(
    r"\s+[/|]\s+|(?<=[^\W\d_])/(?=[^\W\d_])|[ ._]+[(\[]?(?:aka|a\.k\.a\.?)[ ._]+|(?<=\S) _ (?=\S)", re.IGNORECASE
)
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1cff\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_TAIL = re.compile(r"(?:^|[ ._/])(?P<tail>[A-Za-z\u00c0-\u024f0-9][^\u0370-\u1cff\u2e80-\ud7ff\uf900-\ufaff]*)$")
_TRAILING_PAREN = re.compile(r"\s*\([^()]*(?:\([^()]*\))?[^()]*\)\s*$")
_SQUARE_TITLE = re.compile(r"^(?P<first>[^\[\]]*[^\W_])(?P<dot>\.?) *\[(?P<second>[^\[\]]{4,})\][ ._]*$")
_PAREN_TITLE = re.compile(r"^(?P<first>[^()]+?)\s*\((?P<second>[^()]+)\)\s*$")
# What ends a title of a collection or pack and says nothing about its name.
_PACK = re.compile(
    r"(?<![ ._\-(\[])[ ._\-([]+(?:(?:the[ ._])?complete(?:[ ._](?:\w+[ ._]){0,3}(?:series|collections?|seasons?))?"
    r"|full[ ._]series|miniserie?s?|anthology|box[ ._]?set"
    r"|collection|all[ ._]seasons|complete[ ._]\w+[ ._]\w+[ ._]collection.*|tv[ ._]series"
    r"|(?<!final[ ._])seasons?|temporadas?|(?<!la[ ._])(?<!die[ ._])(?<!a[ ._])serie)"
    r"[)\]]?[ ._\-)\]]*$",
    re.IGNORECASE,
)
_SEASONS = re.compile(r"[\W_]*(?:all[\W_]+)?seasons?[\W_]*", re.IGNORECASE)
_NOISE = re.compile(r"[ ._]ppv(?=[ ._]|$)", re.IGNORECASE)
# Of a disc with episodes; of a film (`Kill - Vol. 2 (2004)`) it is a part of the title.
_VOLUME = re.compile(r"[ ._]-[ ._]vol(?:ume)?[ ._]*[0-9]+(?:v[0-9])?(?=[ ._]*$)", re.IGNORECASE)
_EPISODE_EDGE = re.compile(r"^v[0-9](?![^\W_])|^[\s._\-:–—~\])}]+|(?<![\s_\-:–—~\[({])[\s_\-:–—~\[({]+$")
_TRAILING_SQUARE = re.compile(r"(?<![ ._])[ ._]*\[[^\[\]]*\][ ._]*$")
_NUMBERED_EPISODE = re.compile(r"(?:episode|ep\.?)\s*[0-9]+", re.IGNORECASE)


def has_latin_word(text: str) -> bool:
    """Whether there is a word of two Latin letters or more."""
    return _LATIN_WORD.search(text) is not None


def split_titles(raw: str, *, film: bool = False) -> list[str]:
    """The title, then its other names. Never an empty list; the title may be empty. `film`: it has a year and counts
    nothing, so that "Season" or a volume at the end belongs to it.

    Names split by ` / `, ` | ` or AKA: those in another script come after the Latin ones, which stay together.
    """
    outside = _TRAILING_PAREN.sub("", raw)
    raw = _NOISE.sub(" ", outside if outside != raw and _SEPARATORS.search(outside) else raw)
    raw = raw if film else _VOLUME.sub(" ", raw)
    pieces = [piece for piece in _SEPARATORS.split(raw) if tidy(piece)]
    if len(pieces) < 2:
        return _one_name(raw, film=film)
    if _AKA.search(raw) and not re.search(r"[/|]", raw):
        names = [tidy(piece) for piece in pieces]
        return [names[0], *names[1:]]
    latin = [piece for piece in pieces if has_latin_word(piece) and not _OTHER_SCRIPT.search(piece)]
    other = [tidy(piece) for piece in pieces if piece not in latin]
    if not latin:
        first, *rest = _one_name(pieces[0])
        return [first, *rest, *other[1:]]
    names = [tidy(without_pack(piece)) for piece in latin]
    if len(names) == 1:
        return [names[0], *other]
    return [" / ".join(names), *names, *other]


def _one_name(raw: str, *, film: bool = False) -> list[str]:
    """One name, that may hold a second: `抓娃娃 Successor`, `О мышах и людях (Of Mice and Men)`, `Lost [Perdidos]`."""
    squared = _SQUARE_TITLE.match(raw)
    if squared and (squared["dot"] or _OTHER_SCRIPT.search(squared["second"])):
        return [*_one_name(squared["first"]), tidy(squared["second"])]
    whole = tidy(without_pack(raw, film=film))
    paired = _PAREN_TITLE.match(whole)
    if not _OTHER_SCRIPT.search(whole):
        second_name = paired is not None and len(paired["second"]) > 3
        return [whole, tidy(paired["first"]), tidy(paired["second"])] if paired and second_name else [whole]
    if paired:
        first, second = tidy(paired["first"]), tidy(paired["second"])
        if has_latin_word(second) and not has_latin_word(first) and _is_alphabetic_script(first):
            return [second, first]
        return [first, second]
    tail = _LATIN_TAIL.search(whole)
    if tail and has_latin_word(tail["tail"]) and _OTHER_SCRIPT.search(whole[: tail.start("tail")]):
        return [tidy(tail["tail"]), tidy(whole[: tail.start("tail")]), whole]
    return [whole]


def _is_alphabetic_script(text: str) -> bool:
    """Greek, Cyrillic, Hebrew, Arabic and the like, where a Latin name in brackets is the original title."""
    return re.search("[\u0370-\u06ff]", text) is not None


def without_pack(raw: str, *, film: bool = False) -> str:
    """Without words for a whole collection at the end; they stay if nothing else would be left. No `film` is one of
    seasons: `The Four Seasons (1981)`, `A Man for All Seasons (1966)`."""
    match = _PACK.search(raw)
    if match is None or (film and _SEASONS.fullmatch(match[0])):
        return raw
    shorter = raw[: match.start()]
    return shorter if tidy(shorter) else raw


def tidy_episode_title(raw: str) -> str:
    """The title of an episode: separators off, and nothing if it only repeats the number."""
    text = _EPISODE_EDGE.sub("", _EPISODE_EDGE.sub("", _TRAILING_SQUARE.sub("", raw)))
    text = tidy(text) if any(c.isalnum() for c in text) else ""
    return "" if text.isdecimal() or _NUMBERED_EPISODE.fullmatch(text) else text
