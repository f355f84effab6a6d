"""AniList: anime, one entry for each season, film and OVA. Needs no key.

https://docs.anilist.co (GraphQL). An entry has no episodes of its own; how it stands to others is in its relations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from kyoo.scanner import wire_values
from kyoo.scanner.providers.answer import Answer, percent, youtube
from kyoo.scanner.providers.client import Client
from kyoo.scanner.providers.records import (
    Candidate,
    Character,
    Credit,
    Person,
    Picture,
    Relation,
    RelationKind,
    Role,
    ShowKind,
    ShowRecord,
    Status,
    Studio,
    Texts,
    Title,
    Trailer,
)

NAME = "anilist"
#: Entries of a search, and of the lists of one entry.
FOUND, PEOPLE = 12, 25
#: Of the tags of an entry, those that this share of the users agree with.
LEAST_RANK = 60

FORMATS: dict[ShowKind, tuple[str, ...]] = {
    "movie": ("MOVIE",),
    "serie": ("TV", "TV_SHORT", "ONA", "OVA", "SPECIAL"),
}

_BRIEF = """
  id idMal format status episodes duration countryOfOrigin popularity averageScore synonyms seasonYear
  title { romaji english native }
  startDate { year month day } endDate { year month day }
  coverImage { extraLarge large } description
"""
SEARCH = f"""query ($search: String, $formats: [MediaFormat], $count: Int) {{
  Page(perPage: $count) {{
    media(search: $search, type: ANIME, format_in: $formats, sort: SEARCH_MATCH) {{ {_BRIEF} }}
  }}
}}"""
OF_MAL = "query ($idMal: Int) { Media(idMal: $idMal, type: ANIME) { id format } }"
WHOLE = f"""query ($id: Int, $people: Int) {{
  Media(id: $id, type: ANIME) {{ {_BRIEF}
    bannerImage genres isAdult siteUrl source
    tags {{ name rank isMediaSpoiler isGeneralSpoiler isAdult }}
    trailer {{ id site }}
    nextAiringEpisode {{ airingAt episode }}
    studios {{ edges {{ isMain node {{ id name }} }} }}
    characters(sort: [ROLE, RELEVANCE, ID], perPage: $people) {{ edges {{ role
      node {{ id name {{ full first last native }} image {{ large }} }}
      voiceActors(language: JAPANESE) {{ id name {{ full first last native }} image {{ large }} }}
    }} }}
    staff(sort: [RELEVANCE, ID], perPage: $people) {{ edges {{ role
      node {{ id name {{ full first last native }} image {{ large }} }}
    }} }}
    relations {{ edges {{ relationType node {{
      id idMal type format episodes title {{ romaji english native }} startDate {{ year }}
    }} }} }}
  }}
}}"""

_STATUS: dict[str, Status] = {
    "FINISHED": "finished", "RELEASING": "airing", "NOT_YET_RELEASED": "planned", "HIATUS": "airing",
}  # fmt: skip
_RELATIONS: dict[str, RelationKind] = {
    "PREQUEL": "prequel", "SEQUEL": "sequel", "PARENT": "parent", "SIDE_STORY": "side-story", "SPIN_OFF": "spin-off",
    "SUMMARY": "summary", "COMPILATION": "compilation", "ALTERNATIVE": "alternative", "OTHER": "other",
}  # fmt: skip
_COUNTRIES = {"JP": "ja", "CN": "zh", "KR": "ko", "TW": "zh-TW"}
#: What somebody did, without the episodes it was for (`Script (eps 1-13)`) → their role. Others are left out: key
#: animation alone can be a hundred names.
_ROLES: dict[str, Role] = {
    "director": "director", "chief director": "director",
    "series composition": "writter", "script": "writter", "screenplay": "writter", "original creator": "writter",
    "original story": "writter", "original work": "writter",
    "music": "music",
    "producer": "producer", "executive producer": "producer",
    "character design": "crew", "chief animation director": "crew", "sound director": "crew", "art director": "crew",
    "original character design": "crew", "director of photography": "crew",
}  # fmt: skip
_NOTES = re.compile(r"\s*\(Source:[^)]*\)", re.IGNORECASE)


class AniList:
    name = NAME
    kinds: frozenset[ShowKind] = frozenset({"movie", "serie"})

    def __init__(self, client: Client) -> None:
        self._client = client

    async def search(self, kind: ShowKind, query: str, year: int | None, languages: Sequence[str]) -> list[Candidate]:
        del year, languages
        if not query.strip():
            return []
        variables = {"search": query[:200], "formats": list(FORMATS[kind]), "count": FOUND}
        answer = await self._ask(SEARCH, variables)
        return self._client.parsed(lambda found: list(candidates(kind, found)), answer) if answer else []

    async def find(self, kind: ShowKind, ids: Mapping[str, str]) -> str | None:
        if (own := ids.get(NAME)) and own.isdigit():
            return own
        mal = ids.get("mal", "")
        answer = await self._ask(OF_MAL, {"idMal": int(mal)}) if _whole(mal) else None
        media = answer["Media"] if answer else Answer(None)
        return media["id"].identifier if _is(kind, media) else None

    async def movie(self, identifier: str) -> ShowRecord | None:
        return await self._show("movie", identifier)

    async def serie(self, identifier: str) -> ShowRecord | None:
        return await self._show("serie", identifier)

    async def _show(self, kind: ShowKind, identifier: str) -> ShowRecord | None:
        if not _whole(identifier):
            return None
        answer = await self._ask(WHOLE, {"id": int(identifier), "people": PEOPLE})
        media = answer["Media"] if answer else Answer(None)
        return self._client.parsed(lambda found: show(kind, found), media) if _is(kind, media) else None

    async def _ask(self, query: str, variables: dict[str, Any]) -> Answer | None:
        answer = await self._client.post("", {"query": query, "variables": variables})
        return answer["data"] if answer else None


def fault(answer: Answer) -> str | None:
    """Errors come with a status of their own, mostly."""
    if isinstance(answer["data"].value, dict):
        return None
    return next((words for error in answer["errors"] if (words := error["message"].name)), "no data")


def candidates(kind: ShowKind, data: Answer) -> Iterator[Candidate]:
    for media in data["Page"]["media"]:
        names, identifier = list(_titles(media)), media["id"].identifier
        if not names or not identifier or not _is(kind, media):
            continue
        yield Candidate(
            provider=NAME,
            kind=kind,
            id=identifier,
            name=names[0].text,
            titles=[*names, *_synonyms(media)],
            ids=_ids(media),
            start=_day(media["startDate"]),
            end=_day(media["endDate"]) if kind == "serie" else None,
            year=media["startDate"]["year"].year or media["seasonYear"].year,
            description=_prose(media),
            poster=media["coverImage"]["extraLarge"].link or media["coverImage"]["large"].link,
            original_language=_COUNTRIES.get(media["countryOfOrigin"].country or ""),
            runtime=media["duration"].minutes,
            episodes=media["episodes"].minutes,
            popularity=media["popularity"].decimal,
            is_anime=True,
            format=media["format"].name,
        )


def show(kind: ShowKind, media: Answer) -> ShowRecord:
    known, unknown = wire_values.genres(name for genre in media["genres"] if (name := genre.name))
    titles = list(_titles(media))
    language = _COUNTRIES.get(media["countryOfOrigin"].country or "", "ja")
    score = percent(media["averageScore"].decimal, 100)
    next_air = media["nextAiringEpisode"]["airingAt"].number
    site = media["trailer"]["site"].name
    trailer = youtube(media["trailer"]["id"].identifier) if site == "youtube" else None
    return ShowRecord(
        provider=NAME,
        kind=kind,
        id=media["id"].identifier,
        ids=_ids(media),
        texts=_texts(media, language),
        original_language=language,
        original_title=media["title"]["native"].name or media["title"]["romaji"].name,
        aliases=[*titles, *_synonyms(media)],
        genres=list(dict.fromkeys([*known, "animation"])),
        tags=[*unknown, *_tags(media)],
        rating={NAME: score} if score else {},
        popularity=media["popularity"].decimal,
        status=_STATUS.get(media["status"].name or "", "unknown"),
        start=_day(media["startDate"]),
        end=_day(media["endDate"]) if kind == "serie" else None,
        year=media["startDate"]["year"].year or media["seasonYear"].year,
        next_air=datetime.fromtimestamp(next_air, UTC).date() if next_air and 0 < next_air < 2**33 else None,
        runtime=media["duration"].minutes,
        episode_count=media["episodes"].minutes,
        pictures=list(_pictures(media)),
        trailers=[Trailer(url=trailer, language=None)] if trailer else [],
        credits=list(_credits(media)),
        studios=[
            Studio(name=name, ids=_own(edge["node"]))
            for edge in media["studios"]["edges"]
            if edge["isMain"].flag and (name := edge["node"]["name"].name)
        ],
        relations=list(_relations(media)),
        is_anime=True,
        format=media["format"].name,
        link=media["siteUrl"].link,
    )


def _is(kind: ShowKind, media: Answer) -> bool:
    """Whether an entry is of that kind; one that does not say its format is whatever was asked for."""
    kind_of = media["format"].name
    return bool(media) and (kind_of is None or kind_of in FORMATS[kind]) and media["id"].identifier is not None


def _whole(text: str) -> bool:
    """Whether it is one of the numbers that GraphQL takes."""
    return text.isascii() and text.isdigit() and 0 < int(text) < 2**31


def _titles(media: Answer) -> Iterator[Title]:
    """English, romanised, original: each spelling once."""
    seen = set()
    for key, language in (("english", "en"), ("romaji", "ja-Latn"), ("native", None), ("userPreferred", None)):
        name = media["title"][key].name
        if name and name not in seen:
            seen.add(name)
            yield Title(text=name, language=language)


def _synonyms(media: Answer) -> Iterator[Title]:
    yield from (Title(text=name) for synonym in media["synonyms"] if (name := synonym.name))


def _texts(media: Answer, language: str) -> dict[str, Texts]:
    """The description is English, whatever the name."""
    english = media["title"]["english"].name or media["title"]["romaji"].name or media["title"]["userPreferred"].name
    native = media["title"]["native"].name
    found = {"en": Texts(name=english or native, description=_prose(media))}
    return found | ({language: Texts(name=native)} if native else {})


def _prose(media: Answer) -> str | None:
    found = media["description"].prose
    return (_NOTES.sub("", found).strip() or None) if found else None


def _ids(media: Answer) -> dict[str, str]:
    ids = {NAME: media["id"].identifier, "mal": media["idMal"].identifier}
    return {name: value for name, value in ids.items() if value}


def _own(node: Answer) -> dict[str, str]:
    identifier = node["id"].identifier
    return {NAME: identifier} if identifier else {}


def _tags(media: Answer) -> Iterator[str]:
    for tag in media["tags"]:
        spoils = tag["isMediaSpoiler"].flag or tag["isGeneralSpoiler"].flag or tag["isAdult"].flag
        if (name := tag["name"].name) and not spoils and (tag["rank"].number or 0) >= LEAST_RANK:
            yield name


def _pictures(media: Answer) -> Iterator[Picture]:
    cover = media["coverImage"]["extraLarge"].link or media["coverImage"]["large"].link
    if cover:
        # Covers have the title on them, in the language of the country.
        yield Picture(kind="poster", url=cover, language="ja")
    if banner := media["bannerImage"].link:
        yield Picture(kind="banner", url=banner)
        # It is wide and without words; nothing better is here.
        yield Picture(kind="thumbnail", url=banner, score=-1)


def _person(node: Answer) -> Person | None:
    name = _name_of(node)
    return Person(name=name, image=node["image"]["large"].link, ids=_own(node)) if name else None


def _name_of(node: Answer) -> str | None:
    name = node["name"]
    parts = " ".join(part for key in ("first", "last") if (part := name[key].name))
    return name["full"].name or parts or name["native"].name


def _credits(media: Answer) -> Iterator[Credit]:
    seen: set[tuple[str, str, str | None]] = set()

    def once(role: Role, person: Person | None, character: Character | None = None) -> Iterator[Credit]:
        key = (role, person.name, character.name if character else None) if person else None
        if person is not None and key is not None and key not in seen:
            seen.add(key)
            yield Credit(role=role, person=person, character=character)

    for edge in media["staff"]["edges"]:
        role = _ROLES.get((edge["role"].name or "").partition("(")[0].strip().lower())
        if role:
            yield from once(role, _person(edge["node"]))
    for edge in media["characters"]["edges"]:
        name = _name_of(edge["node"])
        character = Character(name=name, image=edge["node"]["image"]["large"].link) if name else None
        for actor in list(edge["voiceActors"])[:1]:
            yield from once("actor", _person(actor), character)


def _relations(media: Answer) -> Iterator[Relation]:
    for edge in media["relations"]["edges"]:
        node, kind = edge["node"], _RELATIONS.get(edge["relationType"].name or "")
        # Manga and novels are no shows. Old answers do not say what a relation leads to.
        if kind is None or node["type"].name not in (None, "ANIME") or not (ids := _ids(node)):
            continue
        shape = node["format"].name
        yield Relation(
            kind=kind,
            ids=ids,
            title=next((title.text for title in _titles(node)), None),
            show_kind=None if shape is None else "movie" if shape in FORMATS["movie"] else "serie",
            format=shape,
            year=node["startDate"]["year"].year,
            episodes=node["episodes"].minutes,
        )


def _day(fuzzy: Answer) -> date | None:
    """A date of which all parts are known."""
    year, month, day = (fuzzy[part].number for part in ("year", "month", "day"))
    if not year or not month or not day:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
