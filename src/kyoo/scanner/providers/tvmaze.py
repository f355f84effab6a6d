"""TVmaze: series with their episodes, casts and pictures, in English. Needs no key.

https://www.tvmaze.com/api; CC BY-SA: pages link to it where its data is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import quote

from kyoo.scanner import wire_values
from kyoo.scanner.providers.answer import Answer, percent
from kyoo.scanner.providers.base import NonsenseError
from kyoo.scanner.providers.client import Client
from kyoo.scanner.providers.language_names import language_named
from kyoo.scanner.providers.records import (
    Candidate,
    Character,
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
)

NAME = "tvmaze"
#: The language of all texts.
LANGUAGE = "en"
PEOPLE = 40

_STATUS: dict[str, Status] = {
    "Ended": "finished", "Running": "airing", "To Be Determined": "airing", "In Development": "planned",
}  # fmt: skip
_PICTURES: dict[str, PictureKind] = {
    "poster": "poster",
    "background": "thumbnail",
    "banner": "banner",
    "typography": "logo",
}
_ROLES: dict[str, Role] = {
    "creator": "writter", "developer": "writter", "writer": "writter", "story editor": "writter",
    "director": "director",
    "executive producer": "producer", "co-executive producer": "producer", "producer": "producer",
    "composer": "music", "music": "music",
}  # fmt: skip
_FOREIGN = {"thetvdb": "tvdb", "imdb": "imdb"}


class TVmaze:
    name = NAME
    kinds: frozenset[ShowKind] = frozenset({"serie"})

    def __init__(self, client: Client) -> None:
        self._client = client

    async def search(self, kind: ShowKind, query: str, year: int | None, languages: Sequence[str]) -> list[Candidate]:
        del year, languages
        if kind != "serie" or not query.strip():
            return []
        asked = {"q": query[:200]}
        answer = await self._client.get("/search/shows", asked)
        if answer is None:
            # No list at all: an older mirror, which knows the best one only.
            single = await self._client.get("/singlesearch/shows", asked)
            answer = Answer([{"show": single.value}]) if single is not None else Answer([])
        return self._client.parsed(lambda found: list(candidates(found)), answer)

    async def find(self, kind: ShowKind, ids: Mapping[str, str]) -> str | None:
        if kind != "serie":
            return None
        if (own := ids.get(NAME)) and own.isdigit():
            return own
        for ours, theirs in (("tvdb", "thetvdb"), ("imdb", "imdb")):
            if value := ids.get(ours):
                # Answers with a redirect to the show.
                answer = await self._client.get("/lookup/shows", {theirs: value})
                if answer is not None and (found := answer["id"].identifier):
                    return found
        return None

    async def serie(self, identifier: str) -> ShowRecord | None:
        if not (identifier.isascii() and identifier.isdigit()):
            return None
        path = f"/shows/{quote(identifier, safe='')}"
        # One request for each kind of thing: embedded ones leave the specials out.
        main = await self._client.get(f"{path}?embed[]=cast&embed[]=crew&embed[]=images&embed[]=seasons&embed[]=akas")
        if main is None:
            return None
        if not isinstance(main.value, dict):
            raise NonsenseError(NAME, "a show is no object")
        episodes = await self._client.get(f"{path}/episodes", {"specials": 1}) or Answer([])
        return self._client.parsed(lambda found: show(found, episodes), main)


def fault(answer: Answer) -> str | None:
    """Answers are things with an id, or lists of objects."""
    if isinstance(answer.value, list):
        return None if all(isinstance(item, dict) for item in answer.value) else "a list of something else"
    return None if answer["id"].identifier else "no id"


def candidates(answer: Answer) -> Iterator[Candidate]:
    for item in answer:
        found = item["show"]
        name, identifier = found["name"].name, found["id"].identifier
        if not name or not identifier:
            continue
        yield Candidate(
            provider=NAME,
            kind="serie",
            id=identifier,
            name=name,
            ids=_ids(found),
            start=found["premiered"].day,
            end=_end(found),
            description=found["summary"].prose,
            poster=found["image"]["original"].link or found["image"]["medium"].link,
            original_language=language_named(found["language"].name),
            runtime=_runtime(found),
            popularity=found["weight"].decimal,
            is_anime=_is_anime(found),
            format=found["type"].name,
        )


def show(found: Answer, episodes: Answer) -> ShowRecord:
    identifier, name = found["id"].identifier, found["name"].name
    embedded = found["_embedded"]
    known, unknown = wire_values.genres(word for genre in found["genres"] if (word := genre.name))
    score = percent(found["rating"]["average"].decimal, 10)
    parsed = _placed(list(_episodes(episodes or embedded["episodes"])))
    seasons = list(_seasons(embedded["seasons"]))
    return ShowRecord(
        provider=NAME,
        kind="serie",
        id=identifier,
        ids=_ids(found),
        texts={LANGUAGE: Texts(name=name, description=found["summary"].prose)} if name else {},
        original_language=language_named(found["language"].name),
        original_title=name,
        aliases=list(_akas(embedded["akas"])),
        genres=known,
        tags=[*unknown, *([kind] if (kind := found["type"].name) and kind not in ("Scripted", "Animation") else [])],
        rating={NAME: score} if score else {},
        popularity=found["weight"].decimal,
        status=_STATUS.get(found["status"].name or "", "unknown"),
        start=found["premiered"].day,
        end=_end(found),
        runtime=_runtime(found),
        season_count=len([season for season in seasons if season.number]) or None,
        episode_count=len([episode for episode in parsed if episode.season]) or None,
        pictures=list(_pictures(found)),
        credits=list(_credits(embedded)),
        studios=_studios(found),
        seasons=seasons,
        episodes=parsed,
        is_anime=_is_anime(found),
        format=found["type"].name,
        link=(found["url"].link or "").replace("http://", "https://", 1) or None,
    )


def _ids(found: Answer) -> dict[str, str]:
    ids = {NAME: found["id"].identifier}
    ids |= {ours: found["externals"][theirs].identifier for theirs, ours in _FOREIGN.items()}
    return {name: value for name, value in ids.items() if value}


def _end(found: Answer) -> date | None:
    start, end = found["premiered"].day, found["ended"].day
    return end if end and (start is None or start <= end) else None


def _runtime(found: Answer) -> int | None:
    return found["averageRuntime"].minutes or found["runtime"].minutes


def _is_anime(found: Answer) -> bool:
    return any(genre.value == "Anime" for genre in found["genres"])


def _akas(akas: Answer) -> Iterator[Title]:
    yield from (Title(text=name) for aka in akas if (name := aka["name"].name))


def _pictures(found: Answer) -> Iterator[Picture]:
    best = found["image"]["original"].link or found["image"]["medium"].link
    if best:
        yield Picture(kind="poster", url=best, language=LANGUAGE, score=1000)
    for image in found["_embedded"]["images"]:
        kind, original = _PICTURES.get(image["type"].name or ""), image["resolutions"]["original"]
        url = original["url"].link
        if kind and url and url != best:
            score = (500 if image["main"].flag else 0) + min(original["width"].count or 0, 400) / 1000
            yield Picture(
                kind=kind,
                url=url,
                language=None if kind == "thumbnail" else LANGUAGE,
                score=score,
                width=original["width"].minutes,
                height=original["height"].minutes,
            )


def _person(found: Answer) -> Person | None:
    name, identifier = found["name"].name, found["id"].identifier
    image = found["image"]["original"].link or found["image"]["medium"].link
    return Person(name=name, image=image, ids={NAME: identifier} if identifier else {}) if name else None


def _credits(embedded: Answer) -> Iterator[Credit]:
    seen: set[tuple[str, str, str | None]] = set()
    both = [("actor", item) for item in embedded["cast"]]
    both += [(_ROLES.get((item["type"].name or "").lower(), "crew"), item) for item in embedded["crew"]]
    for role, item in both[: 2 * PEOPLE]:
        person, played = _person(item["person"]), item["character"]
        name = played["name"].name if role == "actor" else None
        key = (role, person.name if person else "", name)
        if person is None or key in seen:
            continue
        seen.add(key)
        character = Character(name=name, image=played["image"]["original"].link) if name else None
        yield Credit(role=role, person=person, character=character)


def _studios(found: Answer) -> list[Studio]:
    name = found["network"]["name"].name or found["webChannel"]["name"].name
    return [Studio(name=name)] if name else []


def _seasons(answer: Answer) -> Iterator[SeasonRecord]:
    found: dict[int, SeasonRecord] = {}
    for item in answer:
        number = item["number"].count
        if number is None or number in found:
            continue
        name, description = item["name"].name, item["summary"].prose
        image = item["image"]["original"].link or item["image"]["medium"].link
        found[number] = SeasonRecord(
            number=number,
            texts={LANGUAGE: Texts(name=name, description=description)} if name or description else {},
            pictures=[Picture(kind="poster", url=image, language=LANGUAGE)] if image else [],
            start=item["premiereDate"].day,
            end=item["endDate"].day,
            episodes=item["episodeOrder"].minutes,
            id=item["id"].identifier,
        )
    yield from (found[number] for number in sorted(found))


def _episodes(answer: Answer) -> Iterator[EpisodeRecord]:
    """Specials have no number: they count in the order of their dates, as they are listed, in season 0."""
    seen: set[tuple[int, int]] = set()
    specials = 0
    for item in answer:
        season, number = item["season"].count, item["number"].count
        if season is None:
            continue
        after = season if number is None else None
        if number is None:
            specials += 1
            season, number = 0, specials
        if (season, number) in seen:
            continue
        seen.add((season, number))
        name, description = item["name"].name, item["summary"].prose
        still = item["image"]["original"].link or item["image"]["medium"].link
        score = percent(item["rating"]["average"].decimal, 10)
        yield EpisodeRecord(
            season=season,
            number=number,
            texts={LANGUAGE: Texts(name=name, description=description)} if name or description else {},
            still=Picture(kind="thumbnail", url=still) if still else None,
            air_date=item["airdate"].day,
            runtime=item["runtime"].minutes,
            airs_after_season=after,
            rating={NAME: score} if score else {},
            id=item["id"].identifier,
        )


def _placed(episodes: list[EpisodeRecord]) -> list[EpisodeRecord]:
    """Specials stand before the next episode of their season, by their dates; those after the last one after it."""
    regular = sorted(
        (
            (episode.air_date, episode.season, episode.number)
            for episode in episodes
            if episode.season and episode.air_date
        ),
    )
    found = []
    for episode in episodes:
        day, season = episode.air_date, episode.airs_after_season
        following = next(((s, n) for aired, s, n in regular if day and aired > day and s == season), None)
        if episode.season == 0 and following:
            found.append(episode.model_copy(update={"airs_before": following, "airs_after_season": None}))
        else:
            found.append(episode)
    return found
