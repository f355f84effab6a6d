"""Wikidata and Wikipedia: films and series with their names, people, ids and an introduction in every language. They
need no key, and have few pictures.

https://www.wikidata.org/w/api.php (wbgetentities, CirrusSearch with haswbstatement), https://www.mediawiki.org/wiki/
Extension:TextExtracts. Wikidata is CC0, texts of Wikipedia are CC BY-SA.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from kyoo.scanner.providers import wikidata_reading as reading
from kyoo.scanner.providers.answer import Answer
from kyoo.scanner.providers.base import ProviderError
from kyoo.scanner.providers.claims import ENTITY
from kyoo.scanner.providers.client import Client
from kyoo.scanner.providers.records import Candidate, ShowKind, ShowRecord, Texts
from kyoo.scanner.providers.wikidata_reading import LOOKED_UP, NAME

FOUND = 10
#: Entities that one request may ask for.
AT_ONCE = 50
#: Characters of an introduction.
INTRODUCTION = 1500

_NOT_WORDS = re.compile(r"[^\w\s'’&.]|_")
_OPERATORS = re.compile(r"\b(AND|OR|NOT)\b|\w+:")


class Wikidata:
    """`languages`: those whose Wikipedia is asked for an introduction, besides the original one."""

    name = NAME
    kinds: frozenset[ShowKind] = frozenset({"movie", "serie"})

    def __init__(self, client: Client, wikipedia: Client, url: str, languages: Sequence[str] = ("en",)) -> None:
        self._client = client
        self._wikipedia = wikipedia
        self._url = url
        self._languages = tuple(languages)

    async def search(self, kind: ShowKind, query: str, year: int | None, languages: Sequence[str]) -> list[Candidate]:
        del year
        words = " ".join(_OPERATORS.sub(" ", _NOT_WORDS.sub(" ", query[:200])).split())
        if not words:
            return []
        classes = "|".join(f"P31={item}" for item in reading.CLASSES[kind])
        found = await self._query(f"{words} haswbstatement:{classes}", FOUND)
        entities = await self._entities(found, "labels|aliases|descriptions|claims")
        preferred = [*languages, "en", "mul"]
        return self._client.parsed(lambda items: list(reading.candidates(kind, items, preferred)), Answer(entities))

    async def find(self, kind: ShowKind, ids: Mapping[str, str]) -> str | None:
        if ENTITY.fullmatch(own := ids.get(NAME, "")):
            return own
        for provider, number in reading.IDS[kind].items():
            value = ids.get(provider, "")
            if value and re.fullmatch(r"[\w-]+", value, re.ASCII):
                for found in await self._query(f"haswbstatement:{number}={value}", 1):
                    return found
        return None

    async def movie(self, identifier: str) -> ShowRecord | None:
        return await self._show("movie", identifier)

    async def serie(self, identifier: str) -> ShowRecord | None:
        return await self._show("serie", identifier)

    async def _show(self, kind: ShowKind, identifier: str) -> ShowRecord | None:
        if not ENTITY.fullmatch(identifier):
            return None
        found = await self._entities([identifier], "labels|aliases|claims|sitelinks")
        entity = Answer(found)[identifier]
        if not entity or kind not in reading.kinds_of(entity):
            return None
        others = await self._entities(list(reading.referred(entity)), "labels")
        named = {key: name for key, item in others.items() if (name := reading.label(Answer(item), ["en", "mul"]))}
        record = self._client.parsed(lambda item: reading.show(kind, item, named), entity)
        return record.model_copy(update={"texts": await self._introduced(record, entity)})

    async def _introduced(self, record: ShowRecord, entity: Answer) -> dict[str, Texts]:
        """Its texts with the introductions of the Wikipedias. One that cannot be had is left out, unless all of them
        are: what is missing now would be missing until the next refresh."""
        wanted = list(
            dict.fromkeys([*self._languages, *([record.original_language] if record.original_language else [])])
        )
        pages = {code: page for code in wanted if (page := entity["sitelinks"][f"{_wiki(code)}wiki"]["title"].name)}
        answers = await asyncio.gather(
            *(self._introduction(code, page) for code, page in pages.items()), return_exceptions=True
        )
        failed = [answer for answer in answers if isinstance(answer, BaseException)]
        for error in failed:
            if not isinstance(error, ProviderError) or len(failed) == len(answers):
                raise error
        found = dict(record.texts)
        for code, answer in zip(pages, answers, strict=True):
            if isinstance(answer, str):
                name = found[code].name if code in found else None
                found[code] = Texts(name=name or _bare(pages[code]), description=answer)
        return found

    async def _introduction(self, code: str, page: str) -> str | None:
        query: dict[str, str | int] = {
            "action": "query", "prop": "extracts", "exintro": 1, "explaintext": 1, "exchars": INTRODUCTION,
            "redirects": 1, "titles": page, "format": "json", "formatversion": 2,
        }  # fmt: skip
        answer = await self._wikipedia.get(self._url.replace("{lang}", quote(_wiki(code))) + "/w/api.php", query)
        if answer is None:
            return None
        pages = answer["query"]["pages"]
        return next((text for found in pages if (text := found["extract"].text)), None)

    async def _query(self, search: str, limit: int) -> list[str]:
        query: dict[str, str | int] = {
            "action": "query", "list": "search", "srsearch": search, "srlimit": limit, "srnamespace": 0,
            "format": "json", "formatversion": 2,
        }  # fmt: skip
        answer = await self._client.get("/w/api.php", query)
        found = (item["title"].identifier for item in answer["query"]["search"]) if answer else ()
        return [title for title in found if title and ENTITY.fullmatch(title)][:limit]

    async def _entities(self, ids: Sequence[str], props: str) -> dict[str, object]:
        """The entities of these ids; those that are gone or moved are missing."""
        found: dict[str, object] = {}
        for start in range(0, min(len(ids), LOOKED_UP), AT_ONCE):
            query: dict[str, str | int] = {
                "action": "wbgetentities", "ids": "|".join(ids[start : start + AT_ONCE]), "props": props,
                "format": "json", "formatversion": 2,
            }  # fmt: skip
            if props == "labels":
                query["languages"] = "en|mul|fr|de|es|ja"
            answer = await self._client.get("/w/api.php", query)
            if answer is not None:
                found |= {key: item.value for key, item in answer["entities"].items() if item["missing"].value is None}
        return found


def fault(answer: Answer) -> str | None:
    """MediaWiki says with 200 what is wrong. An id that nobody has is no fault."""
    code = answer["error"]["code"].name
    if code is None:
        told = any(isinstance(answer[key].value, dict | bool) for key in ("query", "entities", "batchcomplete"))
        return None if told else "nothing that was asked for"
    return None if code in ("no-such-entity", "missingtitle") else code


def _wiki(code: str) -> str:
    """The name of the Wikipedia of a language."""
    return {"nb": "no", "yue": "zh_yue"}.get(code, code.split("-", 1)[0])


def _bare(page: str) -> str:
    """The title of a page without what tells it from others: `Alien (film)`."""
    return re.sub(r"\s*\([^()]*\)$", "", page) or page
