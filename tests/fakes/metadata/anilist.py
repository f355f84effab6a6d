"""AniList: one address, GraphQL, errors with a status of their own."""

from __future__ import annotations

import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes.metadata.world import WORLD, Title, named

HEADERS = {"x-ratelimit-limit": "30", "x-ratelimit-remaining": "29"}


def anilist(world: tuple[Title, ...] = WORLD) -> Starlette:
    anime = tuple(title for title in world if title.anime)

    async def answer(request: Request) -> JSONResponse:
        try:
            body = json.loads(await request.body())
            variables = body["variables"]
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"errors": [{"message": "Syntax Error", "status": 400}], "data": None}, 400)
        if "search" in variables:
            kind = "movie" if variables["formats"] == ["MOVIE"] else "serie"
            found = [_media(title, anime) for title in named(anime, kind, variables["search"])]
            info = {"total": 5000, "lastPage": 500, "hasNextPage": False}
            return JSONResponse({"data": {"Page": {"pageInfo": info, "media": found}}}, headers=HEADERS)
        wanted = next(
            (t for t in anime if variables.get("id") == t.anilist or variables.get("idMal") == t.number), None
        )
        if wanted is None:
            error = {"message": "Not Found.", "status": 404, "locations": [{"line": 2, "column": 3}]}
            return JSONResponse({"errors": [error], "data": {"Media": None}}, 404, HEADERS)
        return JSONResponse({"data": {"Media": _media(wanted, anime)}}, headers=HEADERS)

    return Starlette(routes=[Route("/", answer, methods=["POST"])])


def _media(title: Title, anime: tuple[Title, ...]) -> dict[str, Any]:
    sequel = next((other for other in anime if other.number == title.sequel), None)
    return {
        "id": title.anilist,
        "idMal": title.number,
        "type": "ANIME",
        "format": "MOVIE" if title.kind == "movie" else "TV",
        "status": "FINISHED" if title.ended else "RELEASING",
        "episodes": sum(title.seasons) or (1 if title.kind == "movie" else None),
        "duration": title.runtime or None,
        "countryOfOrigin": "JP",
        "popularity": title.votes,
        "averageScore": round(title.rating * 10) or None,
        "synonyms": list(title.aliases),
        "seasonYear": None,
        "title": {"romaji": next(iter(title.aliases), title.name), "english": title.names.get("en"),
                  "native": title.names.get("ja")},
        "startDate": {"year": title.year, "month": 4, "day": 7},
        "endDate": {"year": title.year if title.ended else None, "month": 9 if title.ended else None, "day": None},
        "coverImage": {"extraLarge": f"https://img.example/anilist/{title.number}.jpg", "large": None},
        "bannerImage": f"https://img.example/anilist/{title.number}-banner.jpg",
        "description": f"<i>{title.plot}</i><br><br>\n(Source: a book)" if title.plot else None,
        "genres": ["Drama", "Slice of Life"],
        "isAdult": False,
        "siteUrl": f"https://anilist.co/anime/{title.anilist}",
        "tags": [{"name": "Paper", "rank": 91, "isMediaSpoiler": False, "isGeneralSpoiler": False, "isAdult": False},
                 {"name": "Fire", "rank": 95, "isMediaSpoiler": True, "isGeneralSpoiler": False, "isAdult": False}],
        "trailer": {"id": "abcdefghijk", "site": "youtube"},
        "nextAiringEpisode": None if title.ended else {"airingAt": 2_000_000_000, "episode": 13},
        "studios": {"edges": [{"isMain": True, "node": {"id": 8, "name": "Ebb Animation"}},
                              {"isMain": False, "node": {"id": 9, "name": "A Channel"}}]},
        "characters": {"edges": [
            {"role": "MAIN", "node": {"id": 70 + at, "name": {"full": who, "native": None}, "image": {"large": ""}},
             "voiceActors": [{"id": 80 + at, "name": {"full": actor, "native": "神田"}, "image": {"large": None}}]}
            for at, (actor, who) in enumerate(title.cast)
        ]},
        "staff": {"edges": [
            {"role": "Director", "node": {"id": 90, "name": {"full": title.director, "last": None}, "image": None}},
            {"role": "Key Animation (eps 1, 3)", "node": {"id": 91, "name": {"full": "Nobody"}, "image": None}},
            {"role": "Script (eps 1-13)", "node": {"id": 92, "name": {"full": "Wu Penn"}, "image": None}},
            {"role": "Script (ep 14)", "node": {"id": 92, "name": {"full": "Wu Penn"}, "image": None}},
        ]},
        "relations": {"edges": [
            {"relationType": "ADAPTATION", "node": {"id": 99, "type": "MANGA", "title": {"romaji": "x"}}},
            *([{"relationType": "SEQUEL", "node": {
                "id": sequel.anilist, "idMal": None, "type": "ANIME", "format": "MOVIE", "episodes": 1,
                "title": {"romaji": sequel.name, "english": None, "native": None}, "startDate": {"year": sequel.year}}}]
              if sequel else []),
        ]},
    }  # fmt: skip
