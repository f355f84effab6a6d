"""TheTVDB v4: series with their episodes in several orders, films, collections. Needs a key, and some keys a PIN.

https://thetvdb.github.io/v4-api; pages that show its data link to it.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence

import langcodes

from kyoo.scanner.providers import tvdb_reading as reading
from kyoo.scanner.providers.answer import Answer
from kyoo.scanner.providers.base import KeyRefusedError, NonsenseError, Order
from kyoo.scanner.providers.client import Client
from kyoo.scanner.providers.keys import Keys
from kyoo.scanner.providers.records import Candidate, EpisodeRecord, ShowKind, ShowRecord
from kyoo.scanner.providers.tvdb_reading import NAME

#: Pages of 500 episodes.
PAGES = 20
#: Seconds after which the token is renewed; it lasts a month.
TOKEN_SECONDS = 20 * 86_400.0
#: Foreign ids that /search/remoteid takes, by our names.
_FOREIGN = ("imdb", "themoviedatabase", "tvmaze", "wikidata")


class TVDB:
    """`languages`: those in which episodes are asked for, besides English and the original one."""

    name = NAME
    kinds: frozenset[ShowKind] = frozenset({"movie", "serie"})

    def __init__(self, client: Client, keys: Keys, images: str, languages: Sequence[str] = ()) -> None:
        self._client = client
        self._keys = keys
        self._images = images
        self._languages = list(languages)
        #: (key, pin) → token, and until when it is used.
        self._token: tuple[tuple[str, str], str, float] | None = None
        self._logging_in = asyncio.Lock()

    async def search(self, kind: ShowKind, query: str, year: int | None, languages: Sequence[str]) -> list[Candidate]:
        if not query.strip():
            return []
        asked: dict[str, str | int] = {
            "query": query[:200],
            "type": "movie" if kind == "movie" else "series",
            "limit": 15,
        }
        if year:
            asked["year"] = year
        answer = await self._get("/search", asked) or Answer(None)
        preferred = [*languages, "en"]
        return self._client.parsed(
            lambda found: list(reading.candidates(kind, found["data"], self._images, preferred)), answer
        )

    async def find(self, kind: ShowKind, ids: Mapping[str, str]) -> str | None:
        if (own := ids.get(NAME)) and _number(own):
            return own
        for provider in _FOREIGN:
            value = ids.get(provider, "")
            if re.fullmatch(r"[\w-]{1,40}", value, re.ASCII):
                answer = await self._get(f"/search/remoteid/{value}") or Answer(None)
                found = await self._confirmed(kind, provider, value, answer["data"])
                if found is not None:
                    return found
        return None

    async def _confirmed(self, kind: ShowKind, provider: str, value: str, hits: Answer) -> str | None:
        """The hit that has this very id at that service: other services have the same numbers."""
        able = [found for hit in hits if (found := hit["movie" if kind == "movie" else "series"]["id"].identifier)]
        if provider == "imdb":
            return able[0] if able else None
        for identifier in able[:3]:
            answer = await self._get(f"/{_of(kind)}/{identifier}/extended", {"meta": "translations"})
            if answer is not None and reading.foreign(answer["data"]).get(provider) == value:
                return identifier
        return None

    async def movie(self, identifier: str) -> ShowRecord | None:
        if not _number(identifier):
            return None
        answer = await self._get(f"/movies/{identifier}/extended", {"meta": "translations"})
        if answer is None:
            return None
        return self._client.parsed(lambda found: reading.film(_whole(found, identifier), self._images), answer)

    async def serie(self, identifier: str) -> ShowRecord | None:
        if not _number(identifier):
            return None
        answer = await self._get(f"/series/{identifier}/extended", {"meta": "translations"})
        if answer is None:
            return None
        record = self._client.parsed(lambda found: reading.serie(_whole(found, identifier), self._images), answer)
        wanted = ["en", *self._languages, *([record.original_language] if record.original_language else [])]
        codes = [code for code in dict.fromkeys(wanted) if code in ("en", record.original_language, *record.texts)]
        plain, *told = await asyncio.gather(
            self._pages(identifier, None), *(self._pages(identifier, code) for code in codes)
        )
        return self._client.parsed(
            lambda _: reading.with_episodes(record, plain, dict(zip(codes, told, strict=True)), self._images), answer
        )

    async def orders(self, identifier: str) -> list[Order]:
        """`official`, `dvd`, `absolute`… as far as the serie has them."""
        if not _number(identifier):
            return []
        answer = await self._get(f"/series/{identifier}/extended", {"meta": "translations"}) or Answer(None)
        found = (season["type"]["type"].name for season in answer["data"]["seasons"])
        return [Order(order, order) for order in dict.fromkeys(found) if order]

    async def episodes(self, identifier: str, order: str) -> list[EpisodeRecord]:
        if not (_number(identifier) and re.fullmatch(r"[a-z]{1,30}", order)):
            return []
        pages = await self._pages(identifier, "en", order)
        return self._client.parsed(lambda found: list(reading.episodes(found, "en", self._images)), Answer(pages))

    async def _pages(self, identifier: str, language: str | None, order: str = "official") -> list[object]:
        """All episodes in an order; without a language in the original one."""
        found: list[object] = []
        suffix = f"/{_alpha3(language)}" if language else ""
        for page in range(PAGES):
            answer = await self._get(f"/series/{identifier}/episodes/{order}{suffix}", {"page": page})
            if answer is None:
                # An order that it does not have, or a mirror that knows the usual one only.
                if order == "official" and page == 0:
                    return await self._pages(identifier, language, "default")
                break
            # With a language the serie is around the list itself, without one beside it.
            found += [item.value for item in answer["data"]["episodes"]]
            if not answer["links"]["next"].value:
                break
        return found

    async def _get(self, path: str, query: Mapping[str, str | int] | None = None) -> Answer | None:
        token = await self._logged_in()
        try:
            return await self._client.get(path, query, headers={"Authorization": f"Bearer {token}"})
        except KeyRefusedError:
            # Perhaps the token alone is no good any more.
            self._token = None
            token = await self._logged_in(again=True)
            return await self._client.get(path, query, headers={"Authorization": f"Bearer {token}"})

    async def _logged_in(self, *, again: bool = False) -> str:
        given = await self._keys.of("tvdb")
        pair = (given.get("key", ""), given.get("pin", ""))
        if not pair[0]:
            raise KeyRefusedError(NAME, "there is no key")
        async with self._logging_in:
            if self._token is not None and self._token[0] == pair and time.monotonic() < self._token[2]:
                return self._token[1]
            body = {"apikey": pair[0]} | ({"pin": pair[1]} if pair[1] else {})
            answer = await self._client.post("/login", body, keep=False, again=again)
            token = answer["data"]["token"].value if answer else None
            if not isinstance(token, str) or not re.fullmatch(r"[\w.~+/=-]{1,4000}", token, re.ASCII):
                raise NonsenseError(NAME, "a login gives no token")
            self._token = (pair, token, time.monotonic() + TOKEN_SECONDS)
            return token


async def check(client: Client, keys: Keys) -> None:
    """Raises ProviderError unless the key is good: by logging in."""
    await TVDB(client, keys, "https://artworks.thetvdb.com")._logged_in()  # noqa: SLF001 (its own)


def fault(answer: Answer) -> str | None:
    """It says `failure` with a status of its own, and `success` otherwise."""
    if answer["status"].value == "success" or isinstance(answer["data"].value, dict | list):
        return None
    return answer["message"].name or "neither data nor success"


def _of(kind: ShowKind) -> str:
    return "movies" if kind == "movie" else "series"


def _alpha3(language: str) -> str:
    """TheTVDB's code of a language."""
    special = {"zh-TW": "zhtw", "pt-BR": "pt", "pt": "por"}
    return special.get(language) or langcodes.Language.get(language).to_alpha3()


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 2**53


def _whole(found: Answer, identifier: str) -> Answer:
    """The title; one that does not say its id has that which it was asked for by."""
    data = found["data"]
    if not isinstance(data.value, dict) or not data.value:
        raise NonsenseError(NAME, "a title that is no object")
    return data if data["id"].identifier else Answer({**data.value, "id": identifier})
