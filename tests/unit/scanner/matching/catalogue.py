"""An invented service that knows 6,000 titles: those of known_titles.txt, and many that resemble each other."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rapidfuzz import fuzz

from kyoo.scanner.matching.searches import Search
from kyoo.scanner.naming.titles import normalise
from kyoo.scanner.providers.records import Candidate, Title

SEED = 20_261_129
INVENTED = 6000
KNOWN = Path(__file__).with_name("known_titles.txt")

_WORDS = dict(line.split(": ", 1) for line in Path(__file__).with_name("words.txt").read_text().splitlines())
_ADJECTIVES, _NOUNS, _PLACES = (_WORDS[kind].split() for kind in ("adjectives", "nouns", "places"))
_SUBTITLES = _WORDS["subtitles"].split("; ")
_KANA = dict(pair.split("=") for pair in _WORDS["syllables"].split())
_SYLLABLES = list(_KANA)
_FRENCH = {"House": "Maison", "River": "Rivière", "Garden": "Jardin", "Winter": "Hiver", "Forest": "Forêt"}
_FRENCH |= {"Letter": "Lettre", "Mountain": "Montagne", "Door": "Porte", "Island": "Île", "Summer": "Été"}
_GERMAN = {"House": "Haus", "River": "Fluss", "Garden": "Garten", "Winter": "Winter", "Forest": "Wälder"}
_GERMAN |= {"Letter": "Brief", "Mountain": "Gebirge", "Door": "Tür", "Bridge": "Brücke", "Queen": "Königin"}
_CYRILLIC = {"River": "Река", "House": "Дом", "Garden": "Сад", "Winter": "Зима", "Forest": "Лес", "Bridge": "Мост"}
_FILM_LENGTHS = [78, 88, 92, 97, 101, 107, 113, 121, 135, 154]
_EPISODE_LENGTHS = [22, 24, 30, 43, 52, 60]
_ROMAN = ["", "", "II", "III", "IV"]


@dataclass(frozen=True)
class Catalogue:
    titles: list[Candidate]
    #: Titles that exist and that the service does not know.
    unknown: list[Candidate]

    def by_key(self, key: str) -> Candidate:
        """`film 1984 Dune`"""
        kind, year, name = key.split(" ", 2)
        found = [
            one
            for one in self.titles
            if one.name == name and str(one.year) == year and one.kind == {"film": "movie", "serie": "serie"}[kind]
        ]
        assert len(found) == 1, key
        return found[0]


def load(seed: int = SEED) -> Catalogue:
    draw = random.Random(seed)
    known = [_known(line, at) for at, line in enumerate(KNOWN.read_text().splitlines()) if not line.startswith("#")]
    invented = list(_invented(draw))
    unknown = [title for title in invented if draw.random() < 0.04]
    away = {title.id for title in unknown}
    return Catalogue([*known, *(title for title in invented if title.id not in away)], unknown)


def _known(line: str, at: int) -> Candidate:
    kind, years, name, others, language, countries, minutes, seasons, votes = line.split("|")
    first, _, last = years.partition("-")
    counts = {season: int(count) for season, count in enumerate(seasons.split(","), start=1)} if seasons else {}
    return Candidate(
        provider="invented",
        id=f"known-{at}",
        kind="movie" if kind == "movie" else "serie",
        name=name,
        titles=[Title(text=other) for other in others.split(";") if other],
        year=int(first),
        end=date(int(last), 1, 1) if last else None,
        runtime=int(minutes),
        seasons=len(counts) or None,
        sizes=counts,
        episodes=sum(counts.values()) or None,
        countries=countries.split(","),
        original_language=language,
        votes=int(votes),
    )


def _invented(draw: random.Random) -> Iterator[Candidate]:
    made = 0
    while made < INVENTED:
        for title in _family(draw):
            made += 1
            yield title.model_copy(update={"id": f"invented-{made}"})


def _family(draw: random.Random) -> Iterator[Candidate]:
    """A title and what is easily taken for it: remakes, sequels, a serie of that title, one in another language."""
    base = _name(draw)
    year = draw.randint(1935, 2025)
    language, others = _others(draw, base)
    made = [_title(draw, "movie" if draw.random() < 0.6 else "serie", base, others, year, language)]
    if draw.random() < 0.12:
        made.append(_title(draw, made[0].kind, base, [], min(2025, year + draw.randint(8, 45)), "en"))
    if draw.random() < 0.08:
        made.append(_title(draw, "serie", base, [], min(2025, year + draw.randint(0, 30)), "en"))
    if draw.random() < 0.2:
        for number in range(2, draw.randint(3, 5)):
            shapes = ["{base} {number}", "{base} {roman}", "{base}: {subtitle}", "{base} {number}: {subtitle}"]
            shape = draw.choice([*shapes, "{base}: Part {roman}"] if made[0].kind == "movie" else shapes)
            subtitle = draw.choice(_SUBTITLES)
            name = shape.format(base=base, number=number, roman=_ROMAN[number], subtitle=subtitle)
            year = min(2025, year + draw.randint(1, 4))
            made.append(_title(draw, made[0].kind, name, [], year, language))
    yield from {(one.kind, one.name, one.year): one for one in made}.values()


def _name(draw: random.Random) -> str:
    adjective, noun, other = draw.choice(_ADJECTIVES), draw.choice(_NOUNS), draw.choice(_NOUNS)
    place = draw.choice(_PLACES)
    syllables = ["".join(draw.choices(_SYLLABLES, k=count)).capitalize() for count in (3, 3)]
    number = draw.randint(3, 99)
    rare = [f"{place}", f"{noun}", f"{noun}!", f"{adjective}", f"The {noun}"]
    common = [
        f"The {adjective} {noun}", f"{adjective} {noun}", f"{noun} of {place}", f"The {noun} and the {other}",
        f"{noun} & {other}", f"A {noun} in {place}", f"The {noun}'s {other}", f"{adjective} {noun} {number}",
        f"{draw.randint(2, 9)} {adjective} {noun}s", f"{noun}: {adjective} {other}", f"What the {adjective} {noun} Saw",
        f"The {noun} of {place}", f"No {noun} for {place}", f"{adjective} {noun}, {other}", " no ".join(syllables),
    ]  # fmt: skip
    return draw.choice(rare if draw.random() < 0.04 else common)


def _others(draw: random.Random, base: str) -> tuple[str, list[str]]:
    if " no " in base and base.isascii() and base.split(" no ", maxsplit=1)[0].lower()[:2] in "".join(_SYLLABLES):
        kana = "の".join(_to_kana(part.lower()) for part in base.split(" no "))
        return "ja", [kana, f"The {draw.choice(_NOUNS)} of {draw.choice(_ADJECTIVES)} {draw.choice(_NOUNS)}"]
    found = [" ".join(words.get(word, word) for word in base.split()) for words in (_FRENCH, _GERMAN, _CYRILLIC)]
    changed = [other for other in found if other != base]
    if changed and draw.random() < 0.5:
        language = {0: "fr", 1: "de", 2: "ru"}[found.index(changed[0])]
        return language, changed
    return "en", changed if draw.random() < 0.3 else []


def _to_kana(text: str) -> str:
    out = ""
    while text:
        part = next(
            (syllable for syllable in sorted(_SYLLABLES, key=len, reverse=True) if text.startswith(syllable)), ""
        )
        out, text = out + _KANA.get(part, ""), text[len(part) or 1 :]
    return out


def _title(draw: random.Random, kind: str, name: str, others: list[str], year: int, language: str) -> Candidate:
    seasons = {one: draw.choice([6, 8, 10, 12, 13, 22, 24]) for one in range(1, draw.choice([1, 1, 2, 3, 5, 9]) + 1)}
    country = {"ja": "JP", "fr": "FR", "de": "DE", "ru": "RU"}.get(language) or draw.choice(["US", "US", "GB", "AU"])
    return Candidate(
        provider="invented",
        id="0",
        kind="movie" if kind == "movie" else "serie",
        name=name,
        titles=[Title(text=other) for other in others],
        year=year,
        end=date(min(2026, year + len(seasons)), 1, 1) if kind == "serie" else None,
        runtime=draw.choice(_FILM_LENGTHS if kind == "movie" else _EPISODE_LENGTHS),
        seasons=len(seasons) if kind == "serie" else None,
        sizes=seasons if kind == "serie" else {},
        episodes=sum(seasons.values()) if kind == "serie" else None,
        countries=[country],
        original_language=language,
        votes=round(10 ** draw.uniform(0, 4)),
    )


def names_of(title: Candidate) -> list[str]:
    return [title.name, *(other.text for other in title.titles)]


class Service:
    """Answers as such services do: all words of the query in one title, else what looks like it; the known ones first,
    twenty at most, without lengths and seasons. It counts the questions."""

    def __init__(self, titles: list[Candidate]) -> None:
        self._titles = {title.id: title for title in titles}
        self._words: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._plain: dict[tuple[str, int], str] = {}
        self._joined: dict[str, set[str]] = defaultdict(set)
        for title in titles:
            for at, name in enumerate(names_of(title)):
                self._plain[title.id, at] = normalise(name)
                self._joined[self._plain[title.id, at].replace(" ", "")].add(title.id)
                for word in self._plain[title.id, at].split():
                    self._words[word].add((title.id, at))
        self.asked = 0

    async def search(self, wanted: Search) -> list[Candidate]:
        self.asked += 1
        query = normalise(wanted.title)
        sets = [self._words.get(word, set()) for word in query.split()]
        hits = {id_ for id_, _ in set.intersection(*sets)} if sets else set()
        hits |= self._joined[query.replace(" ", "")]
        if not hits:
            near = {key for word in query.split() for key in self._words.get(word, ())}
            hits = {key[0] for key in near if fuzz.ratio(query, self._plain[key]) > 80}
        found = [title for id_ in hits if (title := self._titles[id_]).kind == wanted.kind]
        if wanted.year:
            found = [title for title in found if title.year == wanted.year]
        found.sort(key=lambda title: (query not in map(normalise, names_of(title)), -(title.votes or 0)))
        return [
            title.model_copy(
                update={"runtime": None, "seasons": None, "sizes": {}, "episodes": None, "end": None, "countries": []}
            )
            for title in found[:20]
        ]

    async def describe(self, candidate: Candidate) -> Candidate:
        self.asked += 1
        return self._titles[candidate.id]
