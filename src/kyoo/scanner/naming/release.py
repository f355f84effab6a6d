"""What a name says of the release: quality, source, codecs, languages. For whoever compares files; the prober knows."""

import re
from dataclasses import dataclass

from kyoo.scanner.naming.vocabulary import LANGUAGE_CODES, RELEASE_WORDS

_LINES = re.compile(r"(?<![^\W_])(?:[1-9][0-9]{2,3} ?x ?)?(?P<n>[1-9][0-9]{2,3})(?P<scan>[pi])(?:[0-9]{2})?(?![^\W_])")
_SIZE = re.compile(r"(?<![^\W_])(?P<width>[1-9][0-9]{2,3}) ?x ?(?P<height>[1-9][0-9]{2,3})(?![^\W_])")
_UHD = re.compile(r"(?<![^\W_])(?:4k|uhd|ultra[ ._\-]?hd)(?![^\W_])")
_WORD = re.compile(r"[^\W\d_]+")
_NAMED = {
    field: re.compile(
        r"(?<![^\W_])(?:"
        + "|".join(f"(?P<w{index}>{pattern})" for index, (pattern, _) in enumerate(words))
        + r")(?![^\W_])"
    )
    for field, words in RELEASE_WORDS.items()
}
_LAST_LINES = 4320


@dataclass(frozen=True, slots=True)
class Release:
    """As people write it: `1080p`, `WEB-DL`, `H.265`, `AAC`, languages as in BCP 47. Empty where nothing is said."""

    quality: str | None = None
    source: str | None = None
    codec: str | None = None
    audio_codec: str | None = None
    languages: tuple[str, ...] = ()


NO_RELEASE = Release()


def read_release(low: str, tail: str) -> Release:
    """From a name in lower case, as far as it has tags, and the `tail` of it behind title and episode title: languages
    are words of titles, too."""
    languages = [code for word in _WORD.findall(tail) if (code := LANGUAGE_CODES.get(word)) is not None]
    if not low and not languages:
        return NO_RELEASE
    return Release(
        quality=_quality(low),
        source=_named("source", low),
        codec=_named("codec", low),
        audio_codec=_named("audio_codec", low),
        languages=tuple(dict.fromkeys(languages)),
    )


def _quality(low: str) -> str | None:
    if (lines := _LINES.search(low)) and 144 <= int(lines["n"]) <= _LAST_LINES:
        return f"{lines['n']}{lines['scan']}"
    if (size := _SIZE.search(low)) and int(size["height"]) >= 144 <= int(size["width"]):
        return f"{size['height']}p"
    return "2160p" if _UHD.search(low) else None


def _named(field: str, low: str) -> str | None:
    match = _NAMED[field].search(low)
    return RELEASE_WORDS[field][int(match.lastgroup[1:])][1] if match and match.lastgroup else None
