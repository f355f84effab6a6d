"""TMDB (api.themoviedb.org/3): films, series and collections with translations, pictures, people. Needs a key.

https://developer.themoviedb.org/reference; pages that show its data say that TMDB neither endorses nor certifies them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from kyoo.scanner.providers import tmdb_reading as reading
from kyoo.scanner.providers.answer import Answer
from kyoo.scanner.providers.base import KeyRefusedError, NonsenseError, Order
from kyoo.scanner.providers.client import Client
from kyoo.scanner.providers.keys import Keys
from kyoo.scanner.providers.records import Candidate, CollectionRecord, EpisodeRecord, ShowKind, ShowRecord
from kyoo.scanner.providers.tmdb_reading import NAME

_OF_FILM = "alternative_titles,credits,external_ids,images,keywords,release_dates,translations,videos"
_OF_SERIE = "aggregate_credits,alternative_titles,content_ratings,external_ids,images,keywords,translations,videos"
#: What one request may append, of seasons.
SEASONS_AT_ONCE = 20
#: Seasons that are read.
SEASONS = 100
_KEY = re.compile(r"[0-9a-f]{32}")
#: Our provider → the name of its ids at /find.
_FOREIGN = {"imdb": "imdb_id", "tvdb": "tvdb_id", "wikidata": "wikidata_id"}


class TMDB:
    """`languages`: those in which the names of episodes are asked for, besides English."""

    name = NAME
    kinds: frozenset[ShowKind] = frozenset({"movie", "serie"})

    def __init__(self, client: Client, keys: Keys, images: str, languages: Sequence[str] = ()) -> None:
        self._client = client
        self._keys = keys
        self._images = images
        self._languages = [code for code in languages if code != "en"]

    async def search(self, kind: ShowKind, query: str, year: int | None, languages: Sequence[str]) -> list[Candidate]:
        if not query.strip():
            return []
        asked = {"query": query[:200], "language": next(iter(languages), "en")}
        if year:
            asked["year" if kind == "movie" else "first_air_date_year"] = str(year)
        answer = await self._get(f"/search/{_of(kind)}", asked) or Answer(None)
        return self._client.parsed(lambda found: list(reading.candidates(kind, found, self._images)), answer)

    async def find(self, kind: ShowKind, ids: Mapping[str, str]) -> str | None:
        if (own := ids.get(NAME)) and _number(own):
            return own
        for provider, source in _FOREIGN.items():
            value = ids.get(provider, "")
            if re.fullmatch(r"[\w-]{1,40}", value, re.ASCII):
                answer = await self._get(f"/find/{value}", {"external_source": source}) or Answer(None)
                for found in answer["movie_results" if kind == "movie" else "tv_results"]:
                    if identifier := found["id"].identifier:
                        return identifier
        return None

    async def movie(self, identifier: str) -> ShowRecord | None:
        if not _number(identifier):
            return None
        answer = await self._get(f"/movie/{identifier}", {"append_to_response": _OF_FILM})
        if answer is None:
            return None
        record = self._client.parsed(lambda found: reading.film(_whole(found), self._images), answer)
        if record.collection is None:
            return record
        # As much of the collection as there is; the film does not wait for it.
        collection = await self._collection(record.collection.id)
        return record.model_copy(update={"collection": collection}) if collection else record

    async def serie(self, identifier: str) -> ShowRecord | None:
        if not _number(identifier):
            return None
        answer = await self._get(f"/tv/{identifier}", {"append_to_response": _OF_SERIE})
        if answer is None:
            return None
        record = self._client.parsed(lambda found: reading.serie(_whole(found), self._images), answer)
        numbers = [season.number for season in record.seasons][:SEASONS]
        original = [record.original_language] if record.original_language else []
        codes = list(dict.fromkeys(["en", *self._languages, *original]))
        told = await asyncio.gather(*(self._seasons(identifier, numbers, code) for code in codes))
        return self._client.parsed(
            lambda _: reading.with_seasons(record, dict(zip(codes, told, strict=True)), self._images), answer
        )

    async def _collection(self, identifier: str) -> CollectionRecord | None:
        if not _number(identifier):
            return None
        answer = await self._get(f"/collection/{identifier}", {"append_to_response": "images,translations"})
        if answer is None:
            return None
        return self._client.parsed(lambda found: reading.collection(_whole(found), self._images), answer)

    async def orders(self, identifier: str) -> list[Order]:
        """The episode groups."""
        if not _number(identifier):
            return []
        answer = await self._get(f"/tv/{identifier}/episode_groups") or Answer(None)
        return [
            Order(group, found["name"].name or group)
            for found in answer["results"]
            if (group := found["id"].identifier)
        ]

    async def episodes(self, identifier: str, order: str) -> list[EpisodeRecord]:
        del identifier
        if not re.fullmatch(r"[0-9a-f]{1,40}", order, re.ASCII):
            return []
        answer = await self._get(f"/tv/episode_group/{order}") or Answer(None)
        return self._client.parsed(lambda found: list(reading.group(found, self._images)), answer)

    async def _seasons(self, identifier: str, numbers: Sequence[int], language: str) -> dict[int, Answer]:
        """All seasons in one language: with the serie as far as the service appends them, else each by itself."""
        found: dict[int, Answer] = {}
        for start in range(0, len(numbers), SEASONS_AT_ONCE):
            part = numbers[start : start + SEASONS_AT_ONCE]
            appended = ",".join(f"season/{number}" for number in part)
            answer = await self._get(f"/tv/{identifier}", {"language": language, "append_to_response": appended})
            for number in part:
                season = answer[f"season/{number}"] if answer else Answer(None)
                if not season and language == "en":
                    season = await self._get(f"/tv/{identifier}/season/{number}", {"language": language}) or season
                if season:
                    found[number] = season
        return found

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> Answer | None:
        key = (await self._keys.of("tmdb")).get("key")
        if not key:
            raise KeyRefusedError(NAME, "there is no key")
        if _KEY.fullmatch(key):
            return await self._client.get(path, query, secret={"api_key": key})
        return await self._client.get(path, query, headers={"Authorization": f"Bearer {key}"})


async def check(client: Client, keys: Keys) -> None:
    """Raises ProviderError unless the key is good."""
    probe = TMDB(client, keys, "https://image.tmdb.org")
    if await probe._get("/configuration") is None:  # noqa: SLF001 (its own)
        raise NonsenseError(NAME, "no such service at this address")


def fault(answer: Answer) -> str | None:
    """Answers are objects, with an id or with lists of results."""
    known = isinstance(answer.value, dict) and any(
        key in answer.value for key in ("id", "results", "images", "movie_results")
    )
    return None if known else "nothing that was asked for"


def _of(kind: ShowKind) -> str:
    return "movie" if kind == "movie" else "tv"


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 2**53


def _whole(found: Answer) -> Answer:
    if not isinstance(found.value, dict) or not found["id"].identifier:
        raise NonsenseError(NAME, "a title without an id")
    return found
