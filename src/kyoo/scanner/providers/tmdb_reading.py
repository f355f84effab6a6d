"""What TMDB answers as records. One thing has different names for films and for series, and four faces of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kyoo.scanner import wire_values
from kyoo.scanner.providers.answer import Answer, percent, youtube
from kyoo.scanner.providers.records import (
    Candidate,
    Character,
    CollectionRecord,
    Credit,
    EpisodeRecord,
    Person,
    Picture,
    PictureKind,
    Role,
    SeasonRecord,
    ShowKind,
    ShowRecord,
    Status,
    Studio,
    Texts,
    Title,
    Trailer,
)

NAME = "themoviedatabase"
#: Actors, and others, that are kept.
ACTORS, OTHERS = 40, 30
#: Of each kind and language.
PICTURES = 4

_STATUS: dict[str, Status] = {
    "Released": "finished", "Ended": "finished", "Canceled": "finished", "Returning Series": "airing",
    "Planned": "planned", "In Production": "planned", "Post Production": "planned", "Rumored": "planned",
    "Pilot": "planned",
}  # fmt: skip
_PICTURES: dict[str, PictureKind] = {"posters": "poster", "backdrops": "thumbnail", "logos": "logo"}
_ROLES: dict[str, Role] = {
    "Director": "director", "Series Director": "director", "Screenplay": "writter", "Writer": "writter",
    "Story": "writter", "Novel": "writter", "Author": "writter", "Comic Book": "writter", "Characters": "writter",
    "Series Composition": "writter", "Teleplay": "writter", "Original Story": "writter", "Creator": "writter",
    "Producer": "producer", "Executive Producer": "producer", "Original Music Composer": "music", "Music": "music",
    "Director of Photography": "crew", "Editor": "crew", "Production Design": "crew", "Costume Design": "crew",
    "Casting": "crew", "Art Direction": "crew", "Character Designer": "crew",
}  # fmt: skip
#: A name that says nothing but the number: what stands there without a translation.
_NUMBERED = re.compile(r"(?:[^\W\d_]+\.?\s*){0,3}\d+\.?(?:\s*[^\W\d_]+)?|第?\s*\d+\s*[話话集회화]")


def candidates(kind: ShowKind, answer: Answer, images: str) -> Iterator[Candidate]:
    for found in answer["results"]:
        title = found["title"].name or found["name"].name
        original = found["original_title"].name or found["original_name"].name
        identifier = found["id"].identifier
        if not identifier or not (title or original):
            continue
        day = found["release_date"] if kind == "movie" else found["first_air_date"]
        yield Candidate(
            provider=NAME,
            kind=kind,
            id=identifier,
            name=title or original,
            titles=[Title(text=original, language=found["original_language"].language)] if original else [],
            ids={NAME: identifier},
            start=day.day,
            year=day.year,
            description=found["overview"].text,
            poster=_image(images, found["poster_path"]),
            original_language=found["original_language"].language,
            countries=[code for item in found["origin_country"] if (code := item.country)],
            votes=found["vote_count"].number,
            popularity=found["popularity"].decimal,
        )


def film(found: Answer, images: str) -> ShowRecord:
    return _show("movie", found, images).model_copy(
        update={
            "start": found["release_date"].day,
            "year": found["release_date"].year,
            "runtime": found["runtime"].minutes,
            "collection": _part_of(found["belongs_to_collection"], images),
            "content_rating": dict(_certifications(found["release_dates"])),
            "tags": list(_names(found["keywords"]["keywords"])),
            "aliases": list(_aliases(found["alternative_titles"]["titles"])),
            "credits": list(_credits(found["credits"], images)),
            "link": f"https://www.themoviedb.org/movie/{found['id'].identifier}",
        }
    )


def serie(found: Answer, images: str) -> ShowRecord:
    start, end = found["first_air_date"].day, found["last_air_date"].day
    ended = not found["in_production"].flag and _STATUS.get(found["status"].name or "") == "finished"
    runtimes = [item.minutes for item in found["episode_run_time"] if item.minutes]
    created = [
        Credit(role="writter", person=person)
        for item in list(found["created_by"])[:OTHERS]
        if (person := _person(item, images)) is not None
    ]
    people = found["aggregate_credits"] or found["credits"]
    everybody = [*created, *_credits(people, images)]
    seasons = {season.number: season for season in (_season(item, "en", images) for item in found["seasons"]) if season}
    return _show("serie", found, images).model_copy(
        update={
            "start": start,
            "end": end if ended and end and (start is None or start <= end) else None,
            "year": found["first_air_date"].year,
            "next_air": found["next_episode_to_air"]["air_date"].day,
            "runtime": runtimes[0] if runtimes else found["last_episode_to_air"]["runtime"].minutes,
            "season_count": found["number_of_seasons"].minutes,
            "episode_count": found["number_of_episodes"].minutes,
            "content_rating": dict(_ratings(found["content_ratings"])),
            "tags": list(_names(found["keywords"]["results"])),
            "aliases": list(_aliases(found["alternative_titles"]["results"])),
            "credits": list({(c.role, c.person.name, c.character): c for c in reversed(everybody)}.values())[::-1],
            "seasons": [seasons[number] for number in sorted(seasons)],
            "format": found["type"].name,
            "link": f"https://www.themoviedb.org/tv/{found['id'].identifier}",
        }
    )


def with_seasons(record: ShowRecord, told: Mapping[str, Mapping[int, Answer]], images: str) -> ShowRecord:
    """The serie with its episodes. `told`: language → number → season; English comes first."""
    seasons = {season.number: season for season in record.seasons}
    episodes: dict[tuple[int, int], EpisodeRecord] = {}
    for language, by_number in told.items():
        for number, answer in by_number.items():
            season = _season(answer, language, images)
            if season is not None:
                before = seasons.get(number)
                seasons[number] = (
                    before.model_copy(
                        update={
                            "texts": season.texts | before.texts if language != "en" else before.texts | season.texts
                        }
                    )
                    if before
                    else season
                )
            for item in answer["episodes"]:
                episode = _episode(item, number, language, images)
                if episode is not None:
                    key = (episode.season, episode.number)
                    known = episodes.get(key)
                    episodes[key] = _told(known, episode) if known else episode
    ordered = [episodes[key] for key in sorted(episodes)]
    return record.model_copy(
        update={
            "seasons": [seasons[number] for number in sorted(seasons)],
            "episodes": ordered,
            "runtime": record.runtime or next((episode.runtime for episode in ordered if episode.runtime), None),
        }
    )


def _told(known: EpisodeRecord, more: EpisodeRecord) -> EpisodeRecord:
    """In one language more. A name that is the English one again is no translation."""
    names = {text.name for text in known.texts.values()}
    added = {
        code: Texts(name=text.name if text.name not in names else None, description=text.description)
        for code, text in more.texts.items()
        if text.name not in names or text.description
    }
    return known.model_copy(update={"texts": {**added, **known.texts}})


def group(found: Answer, images: str) -> Iterator[EpisodeRecord]:
    """The episodes of a group: its parts are the seasons."""
    seen = set()
    for part in found["groups"]:
        season = part["order"].count
        for item in part["episodes"]:
            number = item["order"].count
            if season is None or number is None or (season, number + 1) in seen:
                continue
            seen.add((season, number + 1))
            episode = _episode(item, season, "en", images)
            if episode is not None:
                yield episode.model_copy(update={"season": season, "number": number + 1})


def collection(found: Answer, images: str) -> CollectionRecord:
    name = found["name"].name
    own = {"en": Texts(name=name, description=found["overview"].text)} if name else {}
    return CollectionRecord(
        provider=NAME,
        id=found["id"].identifier,
        texts=own | dict(_translations(found, "title")),
        pictures=list(_pictures(found, images)),
        ids={NAME: found["id"].identifier or ""},
        original_language=found["original_language"].language,
    )


# --- both ---


def _show(kind: ShowKind, found: Answer, images: str) -> ShowRecord:
    known, unknown = wire_values.genres(_names(found["genres"]))
    language = found["original_language"].language
    title = found["title"].name or found["name"].name
    original = found["original_title"].name or found["original_name"].name
    # Without `language` the answer is in English, whatever the original one.
    said = {"en": Texts(name=title, description=found["overview"].text, tagline=found["tagline"].text)} if title else {}
    said = dict(_translations(found, "title" if kind == "movie" else "name")) | said
    if original and language and (language not in said or not said[language].name):
        before = said.get(language, Texts())
        said[language] = before.model_copy(update={"name": original})
    score = percent(found["vote_average"].decimal, 10) if found["vote_count"].number else None
    makers = [*found["production_companies"], *(found["networks"] if kind == "serie" else ())]
    return ShowRecord(
        provider=NAME,
        kind=kind,
        id=found["id"].identifier,
        ids=_ids(found),
        texts=said,
        original_language=language,
        original_title=original,
        genres=known,
        tags=unknown,
        rating={NAME: score} if score else {},
        votes=found["vote_count"].number,
        popularity=found["popularity"].decimal,
        status=_STATUS.get(found["status"].name or "", "unknown"),
        pictures=list(_pictures(found, images)),
        trailers=list(_trailers(found["videos"]["results"])),
        studios=[
            Studio(name=name, logo=_image(images, item["logo_path"]), ids=_own(item))
            for item in makers
            if (name := item["name"].name)
        ],
        is_anime=language == "ja" and any(item["id"].number == 16 for item in found["genres"]),
    )


def _ids(found: Answer) -> dict[str, str]:
    other = found["external_ids"]
    ids = {
        NAME: found["id"].identifier,
        "imdb": found["imdb_id"].identifier or other["imdb_id"].identifier,
        "tvdb": other["tvdb_id"].identifier,
        "wikidata": other["wikidata_id"].identifier,
    }
    return {name: value for name, value in ids.items() if value}


def _own(found: Answer) -> dict[str, str]:
    identifier = found["id"].identifier
    return {NAME: identifier} if identifier else {}


def _names(items: Answer) -> Iterator[str]:
    yield from (name for item in items if (name := item["name"].name))


def _image(images: str, path: Answer, size: str = "original") -> str | None:
    """The whole address of a picture. What is drawn by a program (SVG) is no picture here."""
    text = path.value if isinstance(path.value, str) else ""
    return f"{images}/{size}{text}" if re.fullmatch(r"/[\w./-]+\.(?:jpe?g|png|webp)", text, re.IGNORECASE) else None


def _translations(found: Answer, name: str) -> Iterator[tuple[str, Texts]]:
    """By language; the plain language stands for the country whose texts come first. Empty texts are no translation."""
    seen: dict[str, Texts] = {}
    for item in found["translations"]["translations"]:
        data = item["data"]
        text = Texts(
            name=data[name].name or data["name"].name or data["title"].name,
            description=data["overview"].text,
            tagline=data["tagline"].text,
        )
        language, country = item["iso_639_1"].language, item["iso_3166_1"].country
        if language is None or not (text.name or text.description or text.tagline):
            continue
        regional = Answer(f"{language}-{country}").language if country else None
        if language not in seen:
            seen[language] = text
        elif regional:
            seen.setdefault(regional, text)
    yield from seen.items()


def _aliases(items: Answer) -> Iterator[Title]:
    seen = set()
    for item in items:
        if (name := item["title"].name) and name not in seen:
            seen.add(name)
            yield Title(text=name)


def _pictures(found: Answer, images: str) -> Iterator[Picture]:
    """The best of each kind and language, as its voters see it; those that the title itself names before all."""
    counted: dict[tuple[str, str | None], int] = {}
    for key, kind in _PICTURES.items():
        items = sorted(
            found["images"][key],
            key=lambda item: (-(item["vote_average"].decimal or 0), -(item["vote_count"].decimal or 0)),
        )
        if not items:
            path = found["poster_path" if key == "posters" else "backdrop_path" if key == "backdrops" else "logo_path"]
            if url := _image(images, path):
                yield Picture(kind=kind, url=url, language="en" if kind == "poster" else None)
        for item in items:
            language, url = item["iso_639_1"].language, _image(images, item["file_path"])
            counted[key, language] = counted.get((key, language), 0) + 1
            if url and counted[key, language] <= PICTURES:
                yield Picture(
                    kind=kind,
                    url=url,
                    language=language,
                    score=item["vote_average"].decimal or 0,
                    width=item["width"].minutes,
                    height=item["height"].minutes,
                )


def _trailers(items: Answer) -> Iterator[Trailer]:
    for item in items:
        url = youtube(item["key"].identifier) if item["site"].name == "YouTube" else None
        if url and item["type"].name in ("Trailer", "Teaser"):
            yield Trailer(url=url, language=item["iso_639_1"].language, official=item["official"].flag)


def _person(item: Answer, images: str) -> Person | None:
    name = item["name"].name or item["original_name"].name
    return Person(name=name, image=_image(images, item["profile_path"]), ids=_own(item)) if name else None


def _credits(found: Answer, images: str) -> Iterator[Credit]:
    """Actors with their characters, then those of the crew whose job is one of ours; nobody twice for one thing."""
    seen: set[tuple[str, str, str | None]] = set()

    def once(role: Role, item: Answer, character: str | None = None) -> Iterator[Credit]:
        person = _person(item, images)
        key = (role, person.name, character) if person else None
        if person is not None and key is not None and key not in seen:
            seen.add(key)
            yield Credit(role=role, person=person, character=Character(name=character) if character else None)

    actors = sorted(
        found["cast"], key=lambda item: item["order"].number if item["order"].number is not None else 10_000
    )
    for item in actors[:ACTORS]:
        played = item["character"].name or next((n for role in item["roles"] if (n := role["character"].name)), None)
        yield from once("actor", item, played)
    kept = 0
    for item in found["crew"]:
        jobs = [item["job"].name, *(job["job"].name for job in item["jobs"])]
        for role in dict.fromkeys(_ROLES[job] for job in jobs if job in _ROLES):
            kept += 1
            if kept <= OTHERS:
                yield from once(role, item)


def _certifications(found: Answer) -> Iterator[tuple[str, str]]:
    for item in found["results"]:
        said = (text for release in item["release_dates"] if (text := release["certification"].name))
        if (country := item["iso_3166_1"].country) and (text := next(said, None)):
            yield country, text


def _ratings(found: Answer) -> Iterator[tuple[str, str]]:
    for item in found["results"]:
        if (country := item["iso_3166_1"].country) and (text := item["rating"].name):
            yield country, text


def _part_of(found: Answer, images: str) -> CollectionRecord | None:
    identifier, name = found["id"].identifier, found["name"].name
    return collection(found, images) if identifier and name else None


def _season(found: Answer, language: str, images: str) -> SeasonRecord | None:
    number = found["season_number"].count
    if number is None:
        return None
    name, overview = found["name"].name, found["overview"].text
    name = None if name and _NUMBERED.fullmatch(name) else name
    poster = _image(images, found["poster_path"])
    return SeasonRecord(
        number=number,
        texts={language: Texts(name=name, description=overview)} if name or overview else {},
        pictures=[Picture(kind="poster", url=poster, language="en")] if poster else [],
        start=found["air_date"].day,
        episodes=found["episode_count"].minutes or len(list(found["episodes"])) or None,
        id=found["id"].identifier,
    )


def _episode(found: Answer, season: int, language: str, images: str) -> EpisodeRecord | None:
    number = found["episode_number"].count
    if number is None:
        return None
    name, overview = found["name"].name, found["overview"].text
    name = None if name and not overview and _NUMBERED.fullmatch(name) else name
    still = _image(images, found["still_path"])
    score = percent(found["vote_average"].decimal, 10) if found["vote_count"].number else None
    return EpisodeRecord(
        season=found["season_number"].count if found["season_number"].count is not None else season,
        number=number,
        texts={language: Texts(name=name, description=overview)} if name or overview else {},
        still=Picture(kind="thumbnail", url=still) if still else None,
        air_date=found["air_date"].day,
        runtime=found["runtime"].minutes,
        rating={NAME: score} if score else {},
        id=found["id"].identifier,
    )
