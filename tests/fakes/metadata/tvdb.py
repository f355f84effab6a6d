"""TheTVDB v4: a login, names in the original language, nulls instead of lists, `status` in every answer."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from tests.fakes.metadata.world import WORLD, Title, named

KEY, PIN = "the-key-of-tvdb", "1234"
TOKEN = "a.token.of-tvdb"
_LANGUAGES = {"en": "eng", "fr": "fra", "de": "deu", "ja": "jpn"}


def failure(message: str, status: int) -> JSONResponse:
    return JSONResponse({"status": "failure", "message": message, "data": None}, status)


def tvdb(world: tuple[Title, ...] = WORLD, page_size: int = 5) -> Starlette:
    """At `/v4`; takes `KEY` with `PIN`."""

    async def login(request: Request) -> JSONResponse:
        body = await request.json()
        if body.get("apikey") != KEY:
            return failure("InvalidAPIKey: invalid api key", 401)
        if body.get("pin") != PIN:
            return failure("InvalidAPIKey: pin required", 401)
        return JSONResponse({"status": "success", "data": {"token": TOKEN}})

    def guarded(handler: Any) -> Any:
        async def answer(request: Request) -> JSONResponse:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return failure("Unauthorized", 401)
            found = handler(request)
            return JSONResponse({"status": "success", **found}) if found is not None else failure("Not Found", 404)

        return answer

    def of(request: Request, kind: str) -> Title | None:
        wanted = request.path_params["id"]
        return next((title for title in world if title.kind == kind and str(title.tvdb) == wanted), None)

    def search(request: Request) -> dict[str, Any]:
        kind = "movie" if request.query_params.get("type") == "movie" else "serie"
        year = request.query_params.get("year")
        found = [t for t in named(world, kind, request.query_params["query"]) if not year or str(t.year) == year]
        return {"data": [_hit(title) for title in found], "links": {"next": None}}

    def remote(request: Request) -> dict[str, Any]:
        wanted = request.path_params["id"]
        hits: list[dict[str, Any]] = [{"people": {"id": 9, "name": "Somebody else", "image": None}}]
        hits += [
            {"movie" if title.kind == "movie" else "series": {"id": title.tvdb, "name": title.name}}
            for title in world
            if wanted in (title.imdb, str(title.tmdb))
        ]
        return {"data": hits}

    def movie(request: Request) -> dict[str, Any] | None:
        title = of(request, "movie")
        return {"data": _movie(title)} if title else None

    def series(request: Request) -> dict[str, Any] | None:
        title = of(request, "serie")
        return {"data": _series(title)} if title else None

    def episodes(request: Request) -> dict[str, Any] | None:
        title, order = of(request, "serie"), request.path_params["order"]
        if title is None or order not in ("official", "default"):
            return None
        code, page = request.path_params.get("language"), int(request.query_params.get("page", 0))
        listed = _episodes(title, code)
        part = listed[page * page_size : (page + 1) * page_size]
        more = (page + 1) * page_size < len(listed)
        return {
            "data": {"series": {}, "episodes": part} if code is None else {"id": title.tvdb, "episodes": part},
            "links": {"next": f"https://tvdb.test/v4/x?page={page + 1}" if more else None, "page_size": page_size},
        }

    routes = [
        Route("/login", login, methods=["POST"]),
        Route("/search", guarded(search)),
        Route("/search/remoteid/{id}", guarded(remote)),
        Route("/movies/{id}/extended", guarded(movie)),
        Route("/series/{id}/extended", guarded(series)),
        Route("/series/{id}/episodes/{order}", guarded(episodes)),
        Route("/series/{id}/episodes/{order}/{language}", guarded(episodes)),
    ]
    return Starlette(routes=[Mount("/v4", routes=routes)])


def _code(title: Title) -> str:
    return _LANGUAGES[title.original]


def _remote_ids(title: Title) -> list[dict[str, Any]]:
    return [
        {"id": title.imdb, "type": 2, "sourceName": "IMDB"},
        {"id": str(title.tmdb), "type": 12, "sourceName": "TheMovieDB.com"},
        {"id": "http://lamp.example", "type": 4, "sourceName": "Official Website"},
    ]


def _hit(title: Title) -> dict[str, Any]:
    kind = "movie" if title.kind == "movie" else "series"
    return {
        "objectID": f"{kind}-{title.tvdb}",
        "id": f"{kind}-{title.tvdb}",
        "tvdb_id": str(title.tvdb),
        "type": kind,
        "name": title.names[title.original],
        "aliases": list(title.aliases),
        "year": str(title.year),
        "first_air_time": "",
        "country": "gbr",
        "primary_language": _code(title),
        "translations": {_LANGUAGES[code]: name for code, name in title.names.items()},
        "overviews": {_LANGUAGES[code]: plot for code, plot in title.plots.items()},
        "remote_ids": _remote_ids(title),
        "image_url": f"/banners/{title.number}.jpg",
    }


def _common(title: Title) -> dict[str, Any]:
    series = title.kind == "serie"
    return {
        "id": title.tvdb,
        "name": title.names[title.original],
        "slug": f"title-{title.number}",
        "image": f"/banners/{title.number}.jpg",
        "overview": title.plots.get(title.original),
        "year": str(title.year),
        "originalLanguage": _code(title),
        "score": title.votes,
        "aliases": [{"language": "eng", "name": alias} for alias in title.aliases] or None,
        "translations": {
            "nameTranslations": [{"language": _LANGUAGES[code], "name": name} for code, name in title.names.items()],
            "overviewTranslations": [
                {"language": _LANGUAGES[code], "overview": text} for code, text in title.plots.items()
            ],
        },
        "status": {"id": 2, "name": "Ended" if title.ended else "Continuing"} if series else {"id": None, "name": None},
        "genres": [{"id": 1, "name": genre} for genre in title.genres],
        "artworks": [
            {"id": 1, "type": 2 if series else 14, "image": f"/banners/{title.number}-p.jpg", "language": "eng",
             "score": 9, "includesText": True},
            {"id": 2, "type": 3 if series else 15, "image": f"https://artworks.thetvdb.com/banners/{title.number}-b.jpg",
             "language": None, "score": 9, "includesText": False},
        ],
        "characters": [
            {"id": at, "peopleType": "Actor", "personName": actor, "name": who, "peopleId": 40 + at, "sort": at,
             "image": None, "personImgURL": ""}
            for at, (actor, who) in enumerate(title.cast)
        ] or None,
        "remoteIds": _remote_ids(title),
        "trailers": None,
        "tags": None,
        "contentRatings": [{"name": "12+", "country": "deu"}],
        "lists": [{"id": 8176, "name": "All of them", "isOfficial": False},
                  {"id": 55, "name": "The Lamps", "isOfficial": True, "overview": ""}] if title.collection else [],
    }  # fmt: skip


def _movie(title: Title) -> dict[str, Any]:
    return _common(title) | {
        "runtime": title.runtime,
        "first_release": {"country": "global", "date": f"{title.year}-05-01" if title.votes else ""},
        "releases": None,
        "companies": {"studio": None, "network": None, "production": [{"id": 5, "name": "Ebb Films"}]},
    }


def _series(title: Title) -> dict[str, Any]:
    orders = [{"id": 1, "type": "official"}, {"id": 3, "type": "absolute"}]
    return _common(title) | {
        "firstAired": title.aired(1, 1),
        "lastAired": title.aired(len(title.seasons), title.seasons[-1]),
        "nextAired": "",
        "averageRuntime": title.runtime,
        "companies": [{"id": 2, "name": "Channel Ebb", "companyType": {"companyTypeName": "Network"}}],
        "seasons": [
            {"id": number, "number": number, "type": order, "image": None, "nameTranslations": []}
            for order in orders
            for number in range(len(title.seasons) + 1)
        ],
        "episodes": None,
    }


def _episodes(title: Title, code: str | None) -> list[dict[str, Any]]:
    language = next((known for known, other in _LANGUAGES.items() if other == (code or _code(title))), None)
    has = language in title.names
    count = 0
    found = []
    for season, episodes in enumerate(title.seasons, 1):
        for number in range(1, episodes + 1):
            count += 1
            found.append(
                {
                    "id": title.tvdb * 1000 + count,
                    "seasonNumber": season,
                    "number": number,
                    "absoluteNumber": count,
                    "name": title.episode_name(season, number, language or "en") if has else None,
                    "overview": None,
                    "aired": title.aired(season, number),
                    "runtime": title.runtime,
                    "image": f"https://artworks.thetvdb.com/banners/{title.number}-{count}.jpg",
                    "isMovie": 0,
                    "linkedMovie": None,
                }
            )
    return found + [
        {
            "id": title.tvdb * 1000 + 900 + number,
            "seasonNumber": 0,
            "number": number,
            "name": f"Beside it {number}" if has else None,
            "overview": None,
            "aired": title.aired(1, number),
            "runtime": 0,
            "image": "",
            "airsBeforeSeason": 1,
            "airsBeforeEpisode": number + 1,
            "isMovie": 0,
        }
        for number in range(1, title.specials + 1)
    ]
