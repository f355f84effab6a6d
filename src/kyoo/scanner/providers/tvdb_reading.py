"""What TheTVDB answers as records: words by language, pictures and people by the number of their type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from kyoo.scanner import wire_values
from kyoo.scanner.providers.answer import Answer, language, web_link
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

NAME = "tvdb"
#: Where its pictures are, unless the operator says otherwise.
PICTURE_HOST = "https://artworks.thetvdb.com"
PEOPLE = 60
#: Of each kind and language.
PICTURES = 4

#: Numbers of the types of artwork (GET /artwork/types), of series and films; and those of seasons.
_ARTWORK: dict[int, PictureKind] = {
    1: "banner", 2: "poster", 3: "thumbnail", 23: "logo", 14: "poster", 15: "thumbnail", 16: "banner", 25: "logo",
}  # fmt: skip
_SEASON_ARTWORK: dict[int, PictureKind] = {6: "banner", 7: "poster", 8: "thumbnail"}
_STATUS: dict[str, Status] = {
    "Ended": "finished", "Continuing": "airing", "Upcoming": "planned", "Released": "finished",
    "Announced": "planned", "Pre-Production": "planned", "Filming / Post-Production": "planned", "Completed": "planned",
}  # fmt: skip
_ROLES: dict[str, Role] = {
    "Actor": "actor", "Guest Star": "actor", "Director": "director", "Writer": "writter", "Creator": "writter",
    "Producer": "producer", "Executive Producer": "producer", "Showrunner": "producer", "Crew": "crew", "Host": "other",
    "Musical Guest": "other",
}  # fmt: skip
_ROLE_NUMBERS: dict[int, Role] = {
    1: "director", 2: "writter", 3: "actor", 4: "actor", 5: "crew", 6: "writter", 7: "producer", 8: "producer",
    9: "other", 10: "other", 11: "producer",
}  # fmt: skip
_FOREIGN = {"IMDB": "imdb", "TheMovieDB.com": "themoviedatabase", "TV Maze": "tvmaze", "Wikidata": "wikidata"}
_FOREIGN_SHAPES = {"imdb": r"tt\d+", "themoviedatabase": r"\d+", "tvmaze": r"\d+", "wikidata": r"Q\d+"}
#: ISO 3166 alpha-3 → alpha-2, of those that rate films and series.
_COUNTRIES = {
    "usa": "US", "gbr": "GB", "deu": "DE", "fra": "FR", "aus": "AU", "can": "CA", "jpn": "JP", "kor": "KR",
    "bra": "BR", "esp": "ES", "ita": "IT", "nld": "NL", "rus": "RU", "prt": "PT", "pol": "PL", "swe": "SE", "nor": "NO",
    "dnk": "DK", "fin": "FI", "nzl": "NZ", "irl": "IE", "mex": "MX", "arg": "AR", "ind": "IN", "chn": "CN", "twn": "TW",
    "hkg": "HK", "sgp": "SG", "zaf": "ZA", "tur": "TR", "grc": "GR", "hun": "HU", "cze": "CZ", "aut": "AT", "che": "CH",
    "bel": "BE", "tha": "TH", "phl": "PH", "mys": "MY", "idn": "ID", "isr": "IL", "ukr": "UA", "rou": "RO", "bgr": "BG",
}  # fmt: skip
#: Languages in which its codes are not those of everybody.
_LANGUAGES = {"pt": "pt-BR", "por": "pt"}


def candidates(kind: ShowKind, data: Answer, images: str, preferred: Sequence[str]) -> Iterator[Candidate]:
    wanted = "movie" if kind == "movie" else "series"
    for found in data:
        identifier = found["tvdb_id"].identifier or _bare(found["id"].identifier)
        if found["type"].name not in (None, wanted) or not identifier:
            continue
        names = {code: item.name for key, item in found["translations"].items() if (code := _code(key)) and item.name}
        original = found["name"].name
        name = next((names[code] for code in preferred if code in names), None) or original
        if not name:
            continue
        overviews = {code: item.text for key, item in found["overviews"].items() if (code := _code(key)) and item.text}
        titles = [Title(text=text, language=code) for code, text in names.items() if text]
        titles += [Title(text=text) for alias in found["aliases"] if (text := alias.name)]
        country = _COUNTRIES.get((found["country"].name or "").lower())
        yield Candidate(
            provider=NAME,
            kind=kind,
            id=identifier,
            name=name,
            titles=[*([Title(text=original)] if original else []), *titles],
            ids={NAME: identifier, **foreign(found)},
            start=found["first_air_time"].day,
            year=found["year"].year,
            description=next((overviews[code] for code in preferred if code in overviews), None)
            or found["overview"].text,
            poster=_image(images, found["image_url"]),
            original_language=_language(found["primary_language"]),
            countries=[country] if country else [],
        )


def film(found: Answer, images: str) -> ShowRecord:
    released = found["first_release"]["date"].day or min(
        (day for release in found["releases"] if (day := release["date"].day)), default=None
    )
    return _show("movie", found, images).model_copy(
        update={
            "start": released,
            "runtime": found["runtime"].minutes,
            "collection": _collection(found),
            "link": f"https://thetvdb.com/movies/{found['slug'].name}" if found["slug"].name else None,
        }
    )


def serie(found: Answer, images: str) -> ShowRecord:
    start, end = found["firstAired"].day, found["lastAired"].day
    record = _show("serie", found, images)
    seasons = {season.number: season for season in _seasons(found, images)}
    return record.model_copy(
        update={
            "start": start,
            "end": end if record.status == "finished" and end and (start is None or start <= end) else None,
            "next_air": found["nextAired"].day,
            "runtime": found["averageRuntime"].minutes,
            "season_count": len([number for number in seasons if number]) or None,
            "seasons": [seasons[number] for number in sorted(seasons)],
            "link": f"https://thetvdb.com/series/{found['slug'].name}" if found["slug"].name else None,
        }
    )


def with_episodes(
    record: ShowRecord, plain: Sequence[object], told: Mapping[str, Sequence[object]], images: str
) -> ShowRecord:
    """The serie with its episodes: `plain` in the original language, `told` by language. They are joined by their ids:
    lists of two languages need not be as long as each other."""
    found: dict[tuple[int, int], EpisodeRecord] = {}
    original = record.original_language or "en"
    said: dict[str, dict[str, Texts]] = {}
    for code, items in [(original, plain), *told.items()]:
        for item in map(Answer, items):
            identifier, name, overview = item["id"].identifier, item["name"].name, item["overview"].text
            if identifier and (name or overview):
                said.setdefault(identifier, {}).setdefault(code, Texts(name=name, description=overview))
    everything = [item for items in (plain, *told.values()) for item in items]
    for episode in episodes(Answer(everything), original, images):
        found.setdefault(
            (episode.season, episode.number), episode.model_copy(update={"texts": said.get(episode.id or "", {})})
        )
    ordered = [found[key] for key in sorted(found)]
    return record.model_copy(
        update={
            "episodes": ordered,
            "episode_count": len([episode for episode in ordered if episode.season]) or None,
        }
    )


def episodes(items: Answer, code: str, images: str) -> Iterator[EpisodeRecord]:
    seen = set()
    for item in items:
        season, number = item["seasonNumber"].count, item["number"].count
        if season is None or number is None or (season, number) in seen:
            continue
        seen.add((season, number))
        name, overview, still = item["name"].name, item["overview"].text, _image(images, item["image"])
        before, before_episode = item["airsBeforeSeason"].count, item["airsBeforeEpisode"].count
        film_id = item["linkedMovie"].identifier
        yield EpisodeRecord(
            season=season,
            number=number,
            absolute=item["absoluteNumber"].minutes,
            texts={code: Texts(name=name, description=overview)} if name or overview else {},
            still=Picture(kind="thumbnail", url=still) if still else None,
            air_date=item["aired"].day,
            runtime=item["runtime"].minutes,
            is_movie=item["isMovie"].flag,
            airs_before=(before, before_episode) if before and season == 0 else None,
            airs_after_season=(item["airsAfterSeason"].count or None) if season == 0 else None,
            id=item["id"].identifier,
            ids={NAME: film_id} if film_id else {},
        )


# --- both ---


def _show(kind: ShowKind, found: Answer, images: str) -> ShowRecord:
    known, unknown = wire_values.genres(name for genre in found["genres"] if (name := genre["name"].name))
    original = _language(found["originalLanguage"])
    name, overview = found["name"].name, found["overview"].text
    said = dict(_translations(found))
    if name and original:
        before = said.get(original, Texts())
        said[original] = Texts(
            name=before.name or name, description=before.description or overview, tagline=before.tagline
        )
    elif name:
        said.setdefault("en", Texts(name=name, description=overview))
    status = found["status"]["name"].name or found["status"].name or ""
    return ShowRecord(
        provider=NAME,
        kind=kind,
        id=found["id"].identifier,
        ids={NAME: found["id"].identifier or "", **foreign(found)},
        texts=said,
        original_language=original,
        original_title=name,
        aliases=list(_aliases(found)),
        genres=known,
        tags=[*unknown, *(text for tag in found["tags"] if (text := tag["name"].name))],
        content_rating={
            country: text
            for item in found["contentRatings"]
            if (country := _COUNTRIES.get((item["country"].name or "").lower())) and (text := item["name"].name)
        },
        popularity=found["score"].decimal,
        status=_STATUS.get(status, "unknown"),
        year=found["year"].year,
        pictures=list(_pictures(found, images)),
        trailers=[
            Trailer(url=url, language=_language(item["language"]))
            for item in found["trailers"]
            if (url := item["url"].link)
        ],
        credits=list(_credits(found["characters"], images)),
        studios=list(_studios(found)),
        is_anime=original == "ja" and any(genre["name"].name in ("Anime", "Animation") for genre in found["genres"]),
    )


def foreign(found: Answer) -> dict[str, str]:
    """Ids at other services; what is of another shape is something else under their name."""
    ids: dict[str, str] = {}
    for item in found["remoteIds"] or found["remote_ids"]:
        name, value = _FOREIGN.get(item["sourceName"].name or ""), item["id"].identifier
        if name and value and re.fullmatch(_FOREIGN_SHAPES[name], value):
            ids.setdefault(name, value)
    return ids


def _bare(identifier: str | None) -> str | None:
    """`series-72775` → `72775`."""
    tail = (identifier or "").rpartition("-")[2]
    return tail if tail.isdigit() else None


def _code(code: str) -> str | None:
    return language(_LANGUAGES.get(code, code))


def _language(answer: Answer) -> str | None:
    return _code(answer.value) if isinstance(answer.value, str) and answer.value else None


def _image(images: str, path: Answer) -> str | None:
    """The whole address: some are, others lack the host."""
    text = path.value.strip() if isinstance(path.value, str) else ""
    text = text.removeprefix(PICTURE_HOST)
    if text.startswith("/") and not text.startswith("//"):
        text = images + text
    elif text.startswith("banners/"):
        text = f"{images}/{text}"
    found = web_link(text)
    return found if found and not found.endswith(("/", ".svg")) else None


def _translations(found: Answer) -> Iterator[tuple[str, Texts]]:
    said: dict[str, Texts] = {}
    for item in found["translations"]["nameTranslations"]:
        code, name = _language(item["language"]), item["name"].name
        if code and name and not item["isAlias"].flag:
            said.setdefault(code, Texts(name=name, tagline=item["tagline"].text))
    for item in found["translations"]["overviewTranslations"]:
        code, overview = _language(item["language"]), item["overview"].text
        if code and overview:
            before = said.get(code, Texts())
            said[code] = before.model_copy(update={"description": before.description or overview})
    yield from said.items()


def _aliases(found: Answer) -> Iterator[Title]:
    seen = set()
    for item in [
        *found["aliases"],
        *(alias for t in found["translations"]["nameTranslations"] for alias in t["aliases"]),
    ]:
        name = item["name"].name or item.name
        if name and name not in seen:
            seen.add(name)
            yield Title(text=name, language=_language(item["language"]))


def _pictures(found: Answer, images: str) -> Iterator[Picture]:
    items = sorted(found["artworks"], key=lambda item: -(item["score"].decimal or 0))
    counted: dict[tuple[PictureKind, str | None], int] = {}
    main = _image(images, found["image"])
    if main and not any(_ARTWORK.get(item["type"].number or 0) == "poster" for item in items):
        yield Picture(kind="poster", url=main, language=_language(found["originalLanguage"]))
    for item in items:
        kind, url = _ARTWORK.get(item["type"].number or 0), _image(images, item["image"])
        # Backgrounds say whether there are words on them; where they do not say it, they have a language if so.
        code = _language(item["language"])
        if kind == "thumbnail" and item["includesText"].value is False:
            code = None
        if kind and url:
            counted[kind, code] = counted.get((kind, code), 0) + 1
            if counted[kind, code] <= PICTURES:
                yield Picture(
                    kind=kind,
                    url=url,
                    language=code,
                    score=item["score"].decimal or 0,
                    width=item["width"].minutes,
                    height=item["height"].minutes,
                )


def _credits(characters: Answer, images: str) -> Iterator[Credit]:
    seen: set[tuple[str, str, str | None]] = set()
    items = sorted(characters, key=lambda item: (not item["isFeatured"].flag, item["sort"].number or 0))
    for item in items[:PEOPLE]:
        role = _ROLES.get(item["peopleType"].name or "") or _ROLE_NUMBERS.get(item["type"].number or 0)
        name, identifier = item["personName"].name, item["peopleId"].identifier
        played = item["name"].name if role == "actor" else None
        if role is None or name is None or (role, name, played) in seen:
            continue
        seen.add((role, name, played))
        portrait = _image(images, item["personImgURL"])
        picture = _image(images, item["image"])
        yield Credit(
            role=role,
            person=Person(name=name, image=portrait or picture, ids={NAME: identifier} if identifier else {}),
            character=Character(name=played, image=picture) if played else None,
        )


def _studios(found: Answer) -> Iterator[Studio]:
    """Of films an object of lists, or of nulls; of series a list."""
    companies = found["companies"]
    items = list(companies) or [item for _, part in companies.items() for item in part]
    seen = set()
    for item in items:
        name, identifier = item["name"].name, item["id"].identifier
        if name and name not in seen and item["companyType"]["companyTypeName"].name != "Distributor":
            seen.add(name)
            yield Studio(name=name, ids={NAME: identifier} if identifier else {})


def _seasons(found: Answer, images: str) -> Iterator[SeasonRecord]:
    """Those of the order of airing: all orders are in one list, with the same numbers."""
    seen = set()
    for item in found["seasons"]:
        number = item["number"].count
        if item["type"]["type"].name not in ("official", "default") or number is None or number in seen:
            continue
        seen.add(number)
        image = _image(images, item["image"])
        name = item["name"].name
        kind = _SEASON_ARTWORK.get(item["imageType"].number or 7, "poster")
        yield SeasonRecord(
            number=number,
            texts={"en": Texts(name=name)} if name else {},
            pictures=[Picture(kind=kind, url=image, language="en")] if image else [],
            id=item["id"].identifier,
        )


def _collection(found: Answer) -> CollectionRecord | None:
    """The first list that TheTVDB itself keeps. Whole universes (4) and its own favourites (7289) are none."""
    for item in found["lists"]:
        identifier, name = item["id"].identifier, item["name"].name
        if item["isOfficial"].flag and identifier and name and identifier not in ("4", "7289"):
            said = {"en": Texts(name=name, description=item["overview"].text)}
            return CollectionRecord(provider=NAME, id=identifier, texts=said, ids={NAME: identifier})
    return None
