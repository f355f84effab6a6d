"""The age from which a title may be seen, from what the boards of countries say. Pure.

Boards and their marks: MPA and TV Parental Guidelines (US), BBFC (GB), FSK (DE), Visa d'exploitation (FR), Eirin (JP),
KMRB (KR), Classification Board (AU, NZ), DJCTQ (BR), CHVRS (CA).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

#: The oldest age that can be kept.
OLDEST = 21
#: Whose word counts where the country of the library has none, in this order.
NEXT = ("US", "GB", "DE", "FR")

#: The country whose board the readers of a language know.
_COUNTRIES = {
    "en": "US", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "pt": "PT", "nl": "NL", "sv": "SE", "no": "NO",
    "nb": "NO", "da": "DK", "fi": "FI", "pl": "PL", "ru": "RU", "ja": "JP", "ko": "KR", "zh": "TW", "tr": "TR",
    "el": "GR", "hu": "HU",
}  # fmt: skip

#: Marks without a number in them.
_WORDS = {
    "US": {"G": 0, "TV-Y": 0, "TV-G": 0, "PG": 8, "TV-PG": 8, "R": 17, "NC-17": 18, "TV-MA": 17, "X": 18},
    "GB": {"U": 0, "UC": 0, "PG": 8},
    "FR": {"U": 0, "TP": 0, "TOUS PUBLICS": 0},
    "JP": {"G": 0},
    "KR": {"ALL": 0, "EXEMPT": 0, "RESTRICTED SCREENING": 19},
    "AU": {"E": 0, "P": 0, "C": 0, "G": 0, "PG": 8, "M": 15, "X": 18, "RC": 18},
    "NZ": {"G": 0, "PG": 8, "M": 16},
    "CA": {"G": 0, "C": 0, "PG": 8, "R": 18, "A": 18, "E": 0},
    "IN": {"U": 0, "UA": 12, "A": 18},
    "IE": {"G": 0, "PG": 8},
    "BR": {"L": 0, "AL": 0, "LIVRE": 0},
    "ES": {"A": 0, "AI": 0, "APTA": 0, "TP": 0, "X": 18},
    "IT": {"T": 0, "PER TUTTI": 0, "BA": 6},
    "NL": {"AL": 0},
    "SE": {"BTL": 0},
    "FI": {"S": 0, "T": 0},
    "DK": {"A": 0},
    "NO": {"A": 0},
    "PT": {"P": 18},
    "MX": {"AA": 0, "A": 0, "B": 12, "C": 18, "D": 18},
    "GR": {"K": 0},
}
_NUMBER = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")


def min_age(ratings: Mapping[str, str], language: str) -> int | None:
    """`ratings`: country (ISO 3166-1) → the mark of its board. The word of the country of `language` (a BCP 47 tag),
    then of the large ones, then the strictest of the others; None when nobody has said."""
    known = {
        country: age
        for country, mark in ratings.items()
        if (age := _age(country.upper().split("-")[0], mark)) is not None
    }
    _, _, region = language.partition("-")
    own = region.upper() if len(region) == 2 else _COUNTRIES.get(language.split("-", maxsplit=1)[0], "")
    for country in (own, *NEXT):
        if country in known:
            return known[country]
    return max(known.values(), default=None)


def _age(country: str, mark: str) -> int | None:
    mark = " ".join(mark.upper().split())
    if (word := _WORDS.get(country, {}).get(mark)) is not None:
        return word
    number = _NUMBER.search(mark)
    return int(number[1]) if number and int(number[1]) <= OLDEST else None
