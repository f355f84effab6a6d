"""Wikidata and the Wikipedias: entities of statements, names of languages, errors with status 200."""

from __future__ import annotations

import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes.metadata.world import WORLD, Title, named

#: Items that titles refer to: people and the like get ids by their names.
_FIXED = {"Q130232": "drama film", "Q471839": "science fiction film", "Q1860": "English", "Q5287": "Japanese"}


def wikimedia(world: tuple[Title, ...] = WORLD) -> Starlette:
    """Wikidata at `/w/api.php`, the Wikipedia of a language at `/{lang}/w/api.php`."""
    people = sorted({name for title in world for name in (title.director, *(actor for actor, _ in title.cast)) if name})
    things = {f"Q{900_000 + at}": name for at, name in enumerate([*people, "The Lamps", "Ebb Films"])} | _FIXED
    numbers = {name: item for item, name in things.items()}
    by_item = {title.wikidata: title for title in world}
    # Of several titles of one name the page is about the first.
    by_page = {(code, _page(title, code)): title for title in reversed(world) for code in title.names}

    async def wikidata(request: Request) -> JSONResponse:
        query = request.query_params
        if query.get("list") == "search":
            found = [{"ns": 0, "title": title.wikidata} for title in _search(world, query["srsearch"])]
            return JSONResponse({"batchcomplete": True, "query": {"search": found[: int(query["srlimit"])]}})
        if query.get("action") == "wbgetentities":
            entities: dict[str, Any] = {}
            for item in query["ids"].split("|"):
                title = by_item.get(item)
                if title is not None:
                    entities[item] = _entity(title, numbers, query["props"].split("|"))
                elif item in things:
                    entities[item] = {"id": item, "type": "item", "labels": _labels({"en": things[item]})}
                elif int(item[1:]) > 900_000_000:
                    error = {"code": "no-such-entity", "info": "Could not find an entity"}
                    return JSONResponse({"error": error}, headers={"mediawiki-api-error": "no-such-entity"})
                else:
                    entities[item] = {"id": item, "missing": ""}
            return JSONResponse({"entities": entities, "success": 1})
        return JSONResponse({"error": {"code": "badvalue", "info": "Unrecognized value"}})

    async def wikipedia(request: Request) -> JSONResponse:
        page, code = request.query_params.get("titles", ""), request.path_params["lang"]
        if title := by_page.get((code, page)):
            found = {"pageid": title.number, "ns": 0, "title": page, "extract": title.plots.get(code, "")}
            return JSONResponse({"batchcomplete": True, "query": {"pages": [found]}})
        return JSONResponse({"query": {"pages": [{"ns": 0, "title": page, "missing": True}]}})

    return Starlette(routes=[Route("/w/api.php", wikidata), Route("/{lang}/w/api.php", wikipedia)])


def _search(world: tuple[Title, ...], text: str) -> list[Title]:
    words, _, statement = text.partition("haswbstatement:")
    if match := re.match(r"(P\d+)=([\w-]+)$", statement):
        by = {"P345": "imdb", "P4947": "tmdb", "P4983": "tmdb", "P4835": "tvdb", "P8729": "anilist"}.get(
            match[1], "number"
        )
        kinds = {"P4947": ("movie",), "P4983": ("serie",), "P4835": ("serie",)}.get(match[1], ("movie", "serie"))
        return [title for title in world if str(getattr(title, by)) == match[2] and title.kind in kinds]
    return named(world, "movie" if "P31=Q11424" in statement else "serie", words)


def _labels(names: dict[str, str]) -> dict[str, Any]:
    return {code: {"language": code, "value": name} for code, name in names.items()}


def _page(title: Title, code: str) -> str:
    return f"{title.names.get(code, '')} (film)"


def _claim(value: Any, kind: str = "string", **qualifiers: Any) -> dict[str, Any]:
    claim: dict[str, Any] = {
        "mainsnak": {"snaktype": "value", "datavalue": {"value": value, "type": kind}}, "rank": "normal",
    }  # fmt: skip
    if qualifiers:
        claim["qualifiers"] = {
            number: [{"snaktype": "value", "datavalue": {"value": found}}] for number, found in qualifiers.items()
        }
    return claim


def _item(item: str, **qualifiers: Any) -> dict[str, Any]:
    return _claim({"entity-type": "item", "id": item}, "wikibase-entityid", **qualifiers)


def _time(day: str, precision: int = 11) -> dict[str, Any]:
    return _claim({"time": f"+{day}T00:00:00Z", "precision": precision}, "time")


def _amount(amount: int, unit: str = "1") -> dict[str, Any]:
    return _claim({"amount": f"+{amount}", "unit": unit}, "quantity")


def _entity(title: Title, numbers: dict[str, str], props: list[str]) -> dict[str, Any]:
    is_movie = title.kind == "movie"
    classes = {("movie", False): "Q11424", ("movie", True): "Q20650540"}
    claims: dict[str, list[Any]] = {
        "P31": [_item(classes.get((title.kind, title.anime), "Q63952888" if title.anime else "Q5398426"))],
        "P345": [_claim(title.imdb)],
        ("P4947" if is_movie else "P4983"): [_claim(str(title.tmdb))],
        "P364": [_item({"en": "Q1860", "ja": "Q5287"}[title.original])],
        "P136": [_item("Q130232"), _item("Q471839")],
        "P161": [_item(numbers[actor], P4633=who) for actor, who in title.cast],
        "P577" if is_movie else "P580": [
            # Something is unknown of it, and something was found to be wrong.
            {"mainsnak": {"snaktype": "somevalue"}, "rank": "normal"},
            {**_time("1801-01-01"), "rank": "deprecated"},
            _time(f"{title.year}-05-01"),
            _time(f"{title.year}-00-00", 9),
        ],
        "P1476": [_claim({"text": title.names[title.original], "language": title.original}, "monolingualtext")],
        "P444": [_claim("81%", P447={"id": "Q105584"}), _claim("very good", P447={"id": "Q37312"})],
    }
    if title.director:
        claims["P57"] = [_item(numbers[title.director])]
    if title.runtime:
        claims["P2047"] = [_amount(title.runtime, "http://www.wikidata.org/entity/Q7727")]
    if title.seasons:
        claims |= {"P2437": [_amount(len(title.seasons))], "P1113": [_amount(sum(title.seasons))]}
    if title.collection:
        claims["P179"] = [_item(numbers[title.collection])]
    if title.number == 1:
        claims["P3383"] = [_claim("Quiet Lamp poster.jpg", "commonsMedia")]
    parts: dict[str, Any] = {
        "labels": _labels({**title.names, "en-gb": title.name}),
        "aliases": {"en": [{"language": "en", "value": alias} for alias in title.aliases]},
        "descriptions": _labels({"en": f"{title.year} film"}),
        "claims": claims,
        "sitelinks": {
            f"{code}wiki": {"site": f"{code}wiki", "title": _page(title, code), "badges": []} for code in title.names
        },
    }
    return {"id": title.wikidata, "type": "item", **{name: parts[name] for name in props if name in parts}}
