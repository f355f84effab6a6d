"""An invented catalogue of 5,200 titles in seven languages, and what people who look for them mistype.

All of it follows from one seed. Nothing is taken from real catalogues; the searching itself is not here.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.data.search_words import ADJECTIVES, GIVEN_NAMES, NOUNS, SYLLABLES

TITLES = 5200
PEOPLE = 3000
STUDIOS = 300
QUERIES = 480

LANGUAGES = ("en", "fr", "de", "es", "ru", "ja", "ko")
TAGS = ("time travel", "heist", "coming of age", "space", "small town", "found family", "revenge", "based on a novel")


@dataclass
class Title:
    slug: str
    names: dict[str, str]
    latin_name: str | None = None
    aliases: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


@dataclass
class Catalogue:
    titles: list[Title]
    people: dict[str, str]
    studios: dict[str, str]


@dataclass(frozen=True)
class Query:
    """`text` is typed by somebody who means `kind` `slug`, called `name`; `how` says what went wrong."""

    text: str
    kind: str
    slug: str
    name: str
    how: str


def make_catalogue(seed: int = 5) -> Catalogue:
    rng = random.Random(seed)
    titles: dict[str, Title] = {}
    while len(titles) < TITLES:
        title = _title(rng, len(titles))
        titles.setdefault(title.names["en"].lower(), title)
    surnames = [_invented(rng, 2)[0] for _ in range(900)]
    people = {f"person-{n}": f"{rng.choice(GIVEN_NAMES)} {rng.choice(surnames)}" for n in range(PEOPLE)}
    ends = ("Pictures", "Films", "Studio", "Animation", "Entertainment", "Productions", "Works")
    studios = {f"studio-{n}": f"{_invented(rng, rng.choice((2, 3)))[0]} {rng.choice(ends)}" for n in range(STUDIOS)}
    return Catalogue(list(titles.values()), people, studios)


def _invented(rng: random.Random, syllables: int) -> tuple[str, str, str, str]:
    """A name nobody has: Latin, Cyrillic, katakana, Hangul."""
    parts = [rng.choice(SYLLABLES) for _ in range(syllables)]
    latin, cyrillic, kana, hangul = ("".join(part[script] for part in parts) for script in range(4))
    return latin.capitalize(), cyrillic.capitalize(), kana, hangul


def _title(rng: random.Random, number: int) -> Title:
    noun, other = rng.sample(NOUNS, 2)
    adjective = rng.choice(ADJECTIVES)
    latin, cyrillic, kana, hangul = _invented(rng, rng.choice((2, 3, 3, 4)))
    given = rng.choice(GIVEN_NAMES)
    n = [word.capitalize() for word in noun]
    a = [word.capitalize() for word in adjective]
    o = [word.capitalize() for word in other]
    ko = hangul
    match rng.choices(range(8), (14, 18, 16, 16, 12, 8, 8, 8))[0]:
        case 0:
            names = (
                f"The {a[0]} {n[0]}",
                f"Le {n[1]} {a[1]}",
                f"{a[2]} {n[2]}",
                f"El {n[3]} {a[3]}",
                f"{a[4]} {n[4]}",
                f"{a[5]}{n[5]}",
                f"{a[6]} {n[6]}",
            )
            ko = ""
        case 1:
            names = (
                f"The {n[0]} of {latin}",
                f"{_elided(n[1])} de {latin}",
                f"{n[2]} von {latin}",
                f"El {n[3]} de {latin}",
                f"{n[4]} {cyrillic}",
                f"{kana}の{n[5]}",
                f"{latin} no {n[6]}",
            )
        case 2:
            names = (latin, latin, latin, latin, cyrillic, kana, latin)
        case 3:
            names = (
                f"{latin} and the {a[0]} {n[0]}",
                f"{latin} et {_elided(n[1]).lower()} {a[1].lower()}",
                f"{latin} und {a[2]} {n[2]}",
                f"{latin} y el {n[3]} {a[3]}",
                f"{cyrillic} и {adjective[4]} {noun[4]}",
                f"{kana}と{a[5]}{n[5]}",
                f"{latin} to {a[6]} {n[6]}",
            )
        case 4:
            names = (
                f"{given}'s {n[0]}",
                f"{_elided(n[1])} de {given}",
                f"{given}s {n[2]}",
                f"El {n[3]} de {given}",
                f"{n[4]} {cyrillic}",
                f"{kana}さんの{n[5]}",
                f"{latin}-san no {n[6]}",
            )
        case 5:
            part = rng.choice((2, 3))
            roman = rng.choice((str(part), "I" * part))
            names = (
                f"{latin} {roman}",
                f"{latin} {part}",
                f"{latin} {part}",
                f"{latin} {roman}",
                f"{cyrillic} {part}",
                f"{kana}{part}",
                f"{latin} {part}",
            )
            ko = f"{hangul} {part}"
        case 6:
            names = (
                f"{n[0]} in the {o[0]}",
                f"{_elided(n[1])} dans le {o[1]}",
                f"{n[2]} im {o[2]}",
                f"{n[3]} en el {o[3]}",
                f"{n[4]} и {o[4]}",
                f"{n[5]}と{o[5]}の{kana[:2]}",
                f"{n[6]} to {o[6]} no {latin[:4]}",
            )
            ko = ""
        case _:
            names = (
                f"{latin}: {o[0]} & {n[0]}",
                f"{latin} : {o[1]} et {n[1]}",
                f"{latin} – {o[2]} und {n[2]}",
                f"{latin}: {o[3]} y {n[3]}",
                f"{cyrillic}: {o[4]} и {n[4]}",
                f"{kana}〜{o[5]}と{n[5]}〜",
                f"{latin}: {o[6]} to {n[6]}",
            )
    title = Title(
        slug=f"title-{number}",
        names=dict(zip(LANGUAGES, names, strict=False)),
        tags=rng.sample(TAGS, rng.randrange(3)),
    )
    title.latin_name = title.names.pop("ja-latin", None) or names[6]
    if rng.random() < 0.7:
        # Not everything is known in every language.
        for language in rng.sample(("fr", "de", "es", "ru", "ja"), rng.randrange(4)):
            del title.names[language]
    title.names.pop("ko", None)
    if "ja" not in title.names:
        title.latin_name = None
    if ko and rng.random() < 0.5:
        title.names["ko"] = ko
    if rng.random() < 0.3:
        title.aliases = [" ".join(_invented(rng, 2)[0] for _ in range(2))]
    return title


def _elided(noun: str) -> str:
    return f"L'{noun}" if noun[0] in "AEIOUÉÎÔÂH" else f"La {noun}"


# ------------------------------------------------------------------------------------------------------- misspelling

_NEIGHBOURS = {
    **dict(zip("qwertyuiop", ("wa", "qes", "wrd", "etf", "ryg", "tuh", "yij", "uok", "ipl", "ol"), strict=True)),
    **dict(zip("asdfghjkl", ("qsz", "awdx", "sefc", "drgv", "fthb", "gyjn", "hukm", "jil", "kop"), strict=True)),
    **dict(zip("zxcvbnm", ("asx", "zsdc", "xdfv", "cfgb", "vghn", "bhjm", "njk"), strict=True)),
}
_SOUNDS = [("ph", "f"), ("ck", "k"), ("ei", "ie"), ("ie", "ei"), ("qu", "kw"), ("th", "t"), ("y", "i"), ("c", "k")]
_SOUNDS += [("ou", "u"), ("uu", "u"), ("ll", "l"), ("rr", "r"), ("ss", "s"), ("k", "ck"), ("tt", "t"), ("e", "a")]
_ARTICLES = {"the", "le", "la", "el", "a", "of", "de", "von", "and", "et", "und", "y"}


def _longest(rng: random.Random, text: str, least: int = 4) -> tuple[list[str], int] | None:
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) >= least and word.isalpha()]
    return (words, rng.choice(places)) if places else None


def _neighbour(rng: random.Random, letter: str) -> str:
    if letter.lower() in _NEIGHBOURS:
        return rng.choice(_NEIGHBOURS[letter.lower()])
    # Another letter of the same script.
    return chr(ord(letter.lower()) + (1 if ord(letter.lower()) % 2 else -1))


def _edited(edit: Callable[[random.Random, str, int], str], least: int = 4) -> Callable[[random.Random, str], str]:
    def apply(rng: random.Random, text: str) -> str:
        found = _longest(rng, text, least)
        if found is None:
            return text
        words, place = found
        word = words[place]
        # Hardly anybody gets the first letter wrong.
        words[place] = edit(rng, word, rng.randrange(1, len(word) - 1))
        return " ".join(words)

    return apply


def _twice(rng: random.Random, text: str) -> str:
    return _substituted(rng, _dropped(rng, text)) if max(map(len, text.split(" "))) > 6 else _dropped(rng, text)


def _sounding(rng: random.Random, text: str) -> str:
    fitting = [(old, new) for old, new in _SOUNDS if old in text[1:].lower()]
    if not fitting:
        return text
    old, new = rng.choice(fitting)
    return text[0] + text[1:].lower().replace(old, new, 1)


def _without_accents(_: random.Random, text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def _without_articles(_: random.Random, text: str) -> str:
    return " ".join(word for word in text.split(" ") if word.lower() not in _ARTICLES)


def _unfinished(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    last = words[-1]
    return " ".join([*words[:-1], last[: max(3, len(last) - rng.choice((1, 2, 3)))]])


def _unpunctuated(_: random.Random, text: str) -> str:
    return " ".join("".join(c for c in text if c.isalnum() or c == " " or unicodedata.combining(c)).split())


def _joined(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    if len(words) < 2:
        return text
    place = rng.randrange(len(words) - 1)
    return " ".join([*words[:place], words[place] + words[place + 1].lower(), *words[place + 2 :]])


def _all_joined(_: random.Random, text: str) -> str:
    words = text.lower().split(" ")
    return "".join(words) if len(words) < 5 else text


_NUMBERS = {"2": "two", "3": "three", "II": "two", "III": "three"}


def _numbers_in_words(_: random.Random, text: str) -> str:
    return " ".join(_NUMBERS.get(word, word) for word in text.split(" "))


def _parted(rng: random.Random, text: str) -> str:
    found = _longest(rng, text, 7)
    if found is None:
        return text
    words, place = found
    cut = len(words[place]) // 2
    words[place] = f"{words[place][:cut]} {words[place][cut:]}"
    return " ".join(words)


def _swapped_words(_: random.Random, text: str) -> str:
    return " ".join(reversed(text.split(" ")))


def _one_sign_less(rng: random.Random, text: str) -> str:
    """For scripts without spaces."""
    place = rng.randrange(1, len(text))
    return text[:place] + text[place + 1 :]


def _hiragana(_: random.Random, text: str) -> str:
    return "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in text)


_substituted = _edited(lambda rng, word, place: word[:place] + _neighbour(rng, word[place]) + word[place + 1 :])
_dropped = _edited(lambda _, word, place: word[:place] + word[place + 1 :])

#: What goes wrong, and how often.
_MISTAKES: dict[str, tuple[Callable[[random.Random, str], str], int]] = {
    "wrong letter": (_substituted, 8),
    "letter missing": (_dropped, 8),
    "letter doubled": (_edited(lambda _, word, place: word[:place] + word[place] + word[place:]), 6),
    "letter added": (
        _edited(lambda rng, word, place: word[:place] + rng.choice("aeioustnr") + word[place:], least=5),
        4,
    ),
    "letters swapped": (
        _edited(lambda _, word, place: word[:place] + word[place + 1] + word[place] + word[place + 2 :]),
        7,
    ),
    "two mistakes": (_twice, 8),
    "by ear": (_sounding, 7),
    "no accents": (_without_accents, 4),
    "no articles": (_without_articles, 4),
    "unfinished": (_unfinished, 6),
    "no punctuation": (_unpunctuated, 3),
    "words joined": (_joined, 4),
    "all words joined": (_all_joined, 3),
    "numbers in words": (_numbers_in_words, 20),
    "word parted": (_parted, 3),
    "words swapped": (_swapped_words, 3),
}
_UNSPACED = {"sign missing": (_one_sign_less, 3), "hiragana": (_hiragana, 2), "unfinished": (_unfinished, 1)}


def make_queries(catalogue: Catalogue, count: int = QUERIES, seed: int = 7) -> list[Query]:
    """Names of the catalogue as they are mistyped; each differs from the name it is meant to be."""
    rng = random.Random(seed)
    queries: dict[str, Query] = {}
    while len(queries) < count:
        kind, slug, name, unspaced = _meant(rng, catalogue)
        mistakes = _UNSPACED if unspaced else _MISTAKES
        how = rng.choices([*mistakes], [weight for _, weight in mistakes.values()])[0]
        text = mistakes[how][0](rng, name)
        if rng.random() < 0.7:
            text = text.lower()
        if text.lower() != name.lower() and len(text) > 2:
            queries.setdefault(text.lower(), Query(text, kind, slug, name, how))
    return list(queries.values())


def _meant(rng: random.Random, catalogue: Catalogue) -> tuple[str, str, str, bool]:
    what = rng.random()
    if what < 0.1:
        slug, name = rng.choice([*catalogue.people.items()])
        return "staff", slug, name, False
    if what < 0.15:
        slug, name = rng.choice([*catalogue.studios.items()])
        return "studio", slug, name, False
    title = rng.choice(catalogue.titles)
    if what < 0.25 and title.aliases:
        return "movie", title.slug, title.aliases[0], False
    if what < 0.35 and title.latin_name:
        return "movie", title.slug, title.latin_name, False
    language = "en" if rng.random() < 0.5 else rng.choice([*title.names])
    return "movie", title.slug, title.names[language], language == "ja"


# --------------------------------------------------------------------------------------------------------------- files


@dataclass(frozen=True)
class FileQuery:
    """`text` is typed by somebody who means a file whose path has all of `meant`."""

    text: str
    meant: tuple[str, ...]
    how: str


def make_files(catalogue: Catalogue, shows: int = 1500, episodes: int = 8) -> list[str]:
    """Paths of films and, of every other title, of episodes."""
    paths = []
    for number, title in enumerate(catalogue.titles[:shows]):
        name = title.names["en"].replace(":", " -")
        if number % 2:
            paths.append(f"/media/Films/{name} ({1960 + number % 60})/{name} 1080p BluRay x264-GRP{number % 7}.mkv")
            continue
        paths += [
            f"/media/Series/{name}/Season 01/{name} - S01E{episode:02} 720p WEB.mkv"
            for episode in range(1, episodes + 1)
        ]
    return paths


def make_file_queries(
    catalogue: Catalogue, shows: int = 1500, episodes: int = 8, count: int = 300, seed: int = 11
) -> list[FileQuery]:
    """Names of those titles as they are mistyped; alone, with the number of an episode, or a word that no path has."""
    rng = random.Random(seed)
    mistakes = {how: weighed for how, weighed in _MISTAKES.items() if how not in ("unfinished", "no articles")}
    queries: dict[str, FileQuery] = {}
    while len(queries) < count:
        number = rng.randrange(shows)
        name = catalogue.titles[number].names["en"].replace(":", " -")
        how = rng.choices([*mistakes], [weight for _, weight in mistakes.values()])[0]
        text = mistakes[how][0](rng, name).lower()
        if text == name.lower():
            continue
        folder, more = f"/{name} (" if number % 2 else f"/{name}/", rng.random()
        if more < 0.4 and not number % 2:
            episode = f"S01E{rng.randint(1, episodes):02}"
            queries[text] = FileQuery(f"{text} {episode.lower()}", (folder, episode), how)
        elif more < 0.5:
            queries[text] = FileQuery(f"{text} remastered", (folder,), how)
        else:
            queries[text] = FileQuery(text, (folder,), how)
    return list(queries.values())
