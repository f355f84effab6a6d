"""What Wikidata answers as records: claims with items, whose names are asked for by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import quote

from kyoo.scanner import wire_values
from kyoo.scanner.providers.answer import Answer, language, percent
from kyoo.scanner.providers.claims import (
    ENTITY,
    amount,
    claims,
    days,
    first_day,
    first_year,
    items,
    qualifiers,
    runtime,
)
from kyoo.scanner.providers.language_names import language_named
from kyoo.scanner.providers.records import (
    Candidate,
    Character,
    CollectionRecord,
    Credit,
    Person,
    Picture,
    PictureKind,
    Relation,
    RelationKind,
    Role,
    ShowKind,
    ShowRecord,
    Studio,
    Texts,
    Title,
)

NAME = "wikidata"
#: Entities that are looked up for one show.
LOOKED_UP = 100
#: Actors that are kept.
PEOPLE = 40

#: What a film, and what a serie, is an instance of.
CLASSES: dict[ShowKind, tuple[str, ...]] = {
    "movie": (
        "Q11424",  # film
        "Q24869",  # feature film
        "Q24862",  # short film
        "Q506240",  # television film
        "Q202866",  # animated film
        "Q29168811",  # animated feature film
        "Q17517379",  # animated short film
        "Q20650540",  # anime film
        "Q93204",  # documentary film
        "Q226730",  # silent film
    ),
    "serie": (
        "Q5398426",  # television series
        "Q15416",  # television programme
        "Q581714",  # animated series
        "Q117467246",  # animated television series
        "Q63952888",  # anime television series
        "Q220898",  # original video animation
        "Q1259759",  # miniseries
        "Q1366112",  # drama television series
        "Q526877",  # web series
    ),
}
ANIME = frozenset({"Q63952888", "Q20650540", "Q220898", "Q1107"})

#: Our provider → the property with its id, by the kind of the show.
IDS: dict[ShowKind, dict[str, str]] = {
    "movie": {
        "imdb": "P345", "themoviedatabase": "P4947", "tvdb": "P12196", "anilist": "P8729", "mal": "P4086",
        "anidb": "P5646",
    },
    "serie": {
        "imdb": "P345", "themoviedatabase": "P4983", "tvdb": "P4835", "tvmaze": "P8600", "anilist": "P8729",
        "mal": "P4086", "anidb": "P5646",
    },
}  # fmt: skip
_PEOPLE: dict[str, Role] = {
    "P57": "director", "P161": "actor", "P725": "actor", "P58": "writter", "P170": "writter", "P162": "producer",
    "P1431": "producer", "P86": "music", "P344": "crew",
}  # fmt: skip
_RELATIONS: dict[str, RelationKind] = {"P155": "prequel", "P156": "sequel"}
_COUNTRY_OF_RATING = {"P1657": "US", "P1981": "DE"}
_PICTURES: dict[str, PictureKind] = {"P3383": "poster", "P154": "logo"}
_RATED_BY = {"Q105584": "rottentomatoes", "Q37312": "imdb", "Q150248": "metacritic"}


def kinds_of(entity: Answer) -> set[ShowKind]:
    classes = set(items(entity, "P31"))
    found: set[ShowKind] = {kind for kind, known in CLASSES.items() if classes & set(known)}
    return found


def referred(entity: Answer) -> Iterator[str]:
    """The items whose names are needed."""
    numbers = (*_PEOPLE, "P364", "P136", "P272", "P449", "P179", *_COUNTRY_OF_RATING)
    wanted = [item for number in numbers for item in list(items(entity, number))[:PEOPLE]]
    wanted += [item for claim in claims(entity, "P161", "P725") for item in qualifiers(claim, "P453")]
    yield from list(dict.fromkeys(wanted))[:LOOKED_UP]


def candidates(kind: ShowKind, entities: Answer, preferred: Sequence[str]) -> Iterator[Candidate]:
    for identifier, entity in entities.items():
        name = label(entity, preferred)
        if name is None or kind not in kinds_of(entity):
            continue
        start = first_day(entity)
        yield Candidate(
            provider=NAME,
            kind=kind,
            id=identifier,
            name=name,
            titles=list(_titles(entity)),
            ids=_ids(kind, identifier, entity),
            start=start,
            year=start.year if start else first_year(entity),
            end=_end(kind, entity),
            description=entity["descriptions"]["en"]["value"].text,
            runtime=runtime(entity),
            seasons=amount(entity, "P2437"),
            episodes=amount(entity, "P1113"),
            popularity=float(len(list(entity["labels"].items()))),
            is_anime=_is_anime(entity),
        )


def show(kind: ShowKind, entity: Answer, named: Mapping[str, str]) -> ShowRecord:
    identifier = entity["id"].identifier
    genres = [_plain_genre(named[item]) for item in items(entity, "P136") if item in named]
    known, unknown = wire_values.genres(genres)
    original = next((found for item in items(entity, "P364") if (found := language_named(named.get(item)))), None)
    start = first_day(entity)
    title = next((value for claim in claims(entity, "P1476") if (value := claim["text"].name)), None)
    return ShowRecord(
        provider=NAME,
        kind=kind,
        id=identifier,
        ids=_ids(kind, identifier or "", entity),
        texts={code: Texts(name=name) for code, name in _labels(entity)},
        original_language=original,
        original_title=title,
        aliases=list(_titles(entity)),
        genres=known,
        tags=unknown,
        rating=dict(_ratings(entity)),
        popularity=float(len(list(entity["labels"].items()))),
        content_rating={
            country: named[item].removeprefix("FSK ")
            for number, country in _COUNTRY_OF_RATING.items()
            for item in list(items(entity, number))[:1]
            if item in named
        },
        status="finished" if kind == "serie" and _end(kind, entity) else "unknown",
        start=start,
        end=_end(kind, entity),
        year=start.year if start else first_year(entity),
        runtime=runtime(entity),
        season_count=amount(entity, "P2437"),
        episode_count=amount(entity, "P1113"),
        pictures=list(_pictures(entity)),
        credits=list(_credits(entity, named)),
        studios=[
            Studio(name=named[item], ids={NAME: item})
            for number in ("P272", "P449")
            for item in items(entity, number)
            if item in named
        ][:8],
        collection=_collection(entity, named) if kind == "movie" else None,
        relations=[
            Relation(kind=relation, ids={NAME: item})
            for number, relation in _RELATIONS.items()
            for item in items(entity, number)
        ],
        is_anime=_is_anime(entity),
        link=f"https://www.wikidata.org/wiki/{identifier}",
    )


def label(entity: Answer, preferred: Sequence[str]) -> str | None:
    """Its name in the first of these languages, else in any."""
    labels = entity["labels"]
    anything = (item["value"].name for _, item in labels.items())
    return next((name for code in preferred if (name := labels[code]["value"].name)), None) or next(anything, None)


# --- parts ---


def _labels(entity: Answer) -> Iterator[tuple[str, str]]:
    """Names by language; variants of one language (en-gb, de-ch) are left out where they say the same."""
    found: dict[str, str] = {}
    for code, item in entity["labels"].items():
        known, name = language(code), item["value"].name
        if known and name:
            found.setdefault(known, name)
    for code, name in found.items():
        base = code.split("-", 1)[0]
        if base == code or found.get(base) != name:
            yield code, name


def _titles(entity: Answer) -> Iterator[Title]:
    seen = set()
    both = [(code, item["value"].name) for code, item in entity["labels"].items()]
    both += [(code, alias["value"].name) for code, items in entity["aliases"].items() for alias in items]
    for code, name in both:
        if name and name not in seen:
            seen.add(name)
            yield Title(text=name, language=language(code) if code != "mul" else None)


def _ids(kind: ShowKind, identifier: str, entity: Answer) -> dict[str, str]:
    found = {NAME: identifier}
    for provider, number in IDS[kind].items():
        value = next((text for claim in claims(entity, number) if (text := claim["text"].identifier)), None)
        if value:
            found[provider] = value
    return found


def _end(kind: ShowKind, entity: Answer) -> date | None:
    start = first_day(entity)
    found = max((day for _, day in days(entity, "P582") if day), default=None) if kind == "serie" else None
    return found if found and (start is None or start <= found) else None


def _is_anime(entity: Answer) -> bool:
    return not ANIME.isdisjoint([*items(entity, "P31"), *items(entity, "P136")])


def _plain_genre(name: str) -> str:
    """`science fiction film` and `drama television series` are genres of ours with a word too much."""
    return re.sub(r"\s+(films?|television series|tv series|series|anime and manga)$", "", name, flags=re.IGNORECASE)


def _ratings(entity: Answer) -> Iterator[tuple[str, int]]:
    for claim in claims(entity, "P444"):
        by = next((name for item in qualifiers(claim, "P447") if (name := _RATED_BY.get(item))), None)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:%|/\s*(\d+))", claim["text"].name or "")
        if by and match and (found := percent(float(match[1]), float(match[2] or 100) or 100)):
            yield by, found


def _pictures(entity: Answer) -> Iterator[Picture]:
    for number, kind in _PICTURES.items():
        for claim in list(claims(entity, number))[:1]:
            name = claim["text"].name
            if name and not name.lower().endswith((".pdf", ".djvu", ".webm", ".ogv", ".tif", ".tiff")):
                file = quote(name.replace(" ", "_"), safe="")
                url = f"https://commons.wikimedia.org/wiki/Special:FilePath/{file}?width=1280"
                yield Picture(kind=kind, url=url)


def _credits(entity: Answer, named: Mapping[str, str]) -> Iterator[Credit]:
    seen: set[tuple[str, str, str | None]] = set()
    for number, role in _PEOPLE.items():
        for claim in list(claims(entity, number))[:PEOPLE]:
            item = claim["id"].identifier or ""
            played = [named.get(found, found) for key in ("P453", "P4633") for found in qualifiers(claim, key)]
            character = next((name for name in played if not ENTITY.fullmatch(name)), None)
            key = (role, named.get(item, ""), character)
            if item in named and key not in seen:
                seen.add(key)
                yield Credit(
                    role=role,
                    person=Person(name=named[item], ids={NAME: item}),
                    character=Character(name=character) if character and role == "actor" else None,
                )


def _collection(entity: Answer, named: Mapping[str, str]) -> CollectionRecord | None:
    for item in items(entity, "P179"):
        if item in named:
            return CollectionRecord(provider=NAME, id=item, texts={"en": Texts(name=named[item])}, ids={NAME: item})
    return None
