"""TVmaze: series only, one language, specials without a number."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.fakes.metadata.world import WORLD, Title, named

NOT_FOUND = {"name": "Not Found", "message": "", "code": 0, "status": 404}


def tvmaze(world: tuple[Title, ...] = WORLD) -> Starlette:
    series = tuple(title for title in world if title.kind == "serie")
    by_id = {str(title.tvmaze): title for title in series}

    def missing() -> JSONResponse:
        return JSONResponse(NOT_FOUND, 404)

    def of(request: Request) -> Title | None:
        return by_id.get(request.path_params["id"])

    async def search(request: Request) -> JSONResponse:
        found = named(series, "serie", request.query_params.get("q", ""))
        return JSONResponse([{"score": 0.9 - at / 10, "show": _show(title)} for at, title in enumerate(found)])

    async def lookup(request: Request) -> Response:
        wanted = request.query_params
        for title in series:
            if wanted.get("thetvdb") == str(title.tvdb) or wanted.get("imdb") == title.imdb:
                return RedirectResponse(f"/shows/{title.tvmaze}", 301)
        return missing()

    async def show(request: Request) -> JSONResponse:
        title = of(request)
        if title is None:
            return missing()
        embed = request.query_params.getlist("embed[]")
        return JSONResponse(_show(title) | ({"_embedded": _embedded(title, embed)} if embed else {}))

    async def episodes(request: Request) -> JSONResponse:
        title = of(request)
        return JSONResponse(_episodes(title, request.query_params.get("specials") == "1")) if title else missing()

    return Starlette(
        routes=[
            Route("/search/shows", search),
            Route("/lookup/shows", lookup),
            Route("/shows/{id}/episodes", episodes),
            Route("/shows/{id}", show),
        ]
    )


def _image(name: str) -> dict[str, str]:
    return {"medium": f"https://img.example/tvmaze/m/{name}", "original": f"https://img.example/tvmaze/{name}"}


def _show(title: Title) -> dict[str, Any]:
    return {
        "id": title.tvmaze,
        "url": f"http://www.tvmaze.com/shows/{title.tvmaze}/x",
        "name": title.name,
        "type": "Animation" if title.anime else "Scripted",
        "language": {"en": "English", "ja": "Japanese"}.get(title.original),
        "genres": ["Anime"] if title.anime else ["Crime", "Drama"],
        "status": "Ended" if title.ended else "Running",
        "runtime": title.runtime or None,
        "averageRuntime": title.runtime or None,
        "premiered": title.aired(1, 1),
        "ended": title.aired(len(title.seasons), title.seasons[-1]) if title.ended else None,
        "officialSite": None,
        "rating": {"average": title.rating or None},
        "weight": 71,
        "network": None if title.anime else {"id": 2, "name": "Channel Ebb", "country": {"code": "GB"}},
        "webChannel": {"id": 3, "name": "Foldflix", "country": None} if title.anime else None,
        "externals": {"tvrage": None, "thetvdb": title.tvdb, "imdb": title.imdb},
        "image": _image(f"{title.number}.jpg"),
        "summary": f"<p><b>{title.name}</b>: {title.plot}</p>" if title.plot else None,
    }


def _embedded(title: Title, wanted: list[str]) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "cast": [
            {
                "person": {"id": 40 + at, "name": actor, "image": None},
                "character": {"id": 50 + at, "name": who, "image": None},
                "self": False,
                "voice": title.anime,
            }
            for at, (actor, who) in enumerate(title.cast)
        ],
        "crew": [{"type": "Creator", "person": {"id": 60, "name": title.director, "image": _image("quill.jpg")}}],
        "images": [
            {
                "id": 1,
                "type": "background",
                "main": False,
                "resolutions": {
                    "original": {"url": "https://img.example/tvmaze/bg.jpg", "width": 1920, "height": 1080}
                },
            },
            {"id": 2, "type": None, "main": True, "resolutions": {}},
        ],
        "seasons": [
            {
                "id": 900 + number,
                "number": number,
                "name": "",
                "episodeOrder": None,
                "premiereDate": title.aired(number, 1),
                "endDate": title.aired(number, episodes),
                "image": None,
                "summary": None,
            }
            for number, episodes in enumerate(title.seasons, 1)
        ],
        "akas": [{"name": alias, "country": None} for alias in title.aliases],
    }
    return {name: parts[name] for name in wanted if name in parts}


def _episodes(title: Title, specials: bool) -> list[dict[str, Any]]:
    found = [
        {
            "id": title.tvmaze * 1000 + season * 100 + number,
            "name": title.episode_name(season, number),
            "season": season,
            "number": number,
            "type": "regular",
            "airdate": title.aired(season, number),
            "airtime": "",
            "runtime": title.runtime,
            "rating": {"average": None},
            "image": _image(f"{title.number}-{season}x{number}.jpg"),
            "summary": "",
        }
        for season, episodes in enumerate(title.seasons, 1)
        for number in range(1, episodes + 1)
    ]
    if specials:
        found += [
            {
                "id": title.tvmaze * 1000 + 900 + number,
                "name": f"Beside it {number}",
                "season": 1,
                "number": None,
                "type": "significant_special",
                "airdate": title.aired(1, number),
                "airtime": "",
                "runtime": None,
                "rating": {"average": None},
                "image": None,
                "summary": None,
            }
            for number in range(1, title.specials + 1)
        ]
    return found
