"""TMDB v3: different keys for films and series, empty texts where nothing is translated, errors by status."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from tests.fakes.metadata.world import WORLD, Title, named

KEY = "0123456789abcdef0123456789abcdef"
NOT_FOUND = {"success": False, "status_code": 34, "status_message": "The resource you requested could not be found."}
UNAUTHORIZED = {
    "status_code": 7,
    "status_message": "Invalid API key: You must be granted a valid key.",
    "success": False,
}
#: Languages that it has texts in; others fall back.
_COLLECTION = 77


def tmdb(world: tuple[Title, ...] = WORLD) -> Starlette:
    """At `/3`; takes `KEY` as `api_key`, or as the bearer."""

    def of(request: Request, kind: str) -> Title | None:
        wanted = request.path_params["id"]
        return next((title for title in world if title.kind == kind and str(title.tmdb) == wanted), None)

    def guarded(handler: Any) -> Any:
        async def answer(request: Request) -> JSONResponse:
            bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
            if KEY not in (request.query_params.get("api_key"), bearer):
                return JSONResponse(UNAUTHORIZED, 401)
            found = handler(request)
            if found is None:
                return JSONResponse(NOT_FOUND, 404)
            return JSONResponse(found, headers={"etag": f'W/"{abs(hash(str(found)))}"', "cache-control": "max-age=600"})

        return answer

    def search(request: Request) -> dict[str, Any]:
        kind = "movie" if request.path_params["kind"] == "movie" else "serie"
        query = request.query_params
        year = query.get("year") or query.get("first_air_date_year")
        found = [t for t in named(world, kind, query["query"]) if not year or str(t.year) == year]
        return {"page": 1, "results": [_brief(title) for title in found], "total_pages": 5857, "total_results": 9}

    def find(request: Request) -> dict[str, Any]:
        value, source = request.path_params["id"], request.query_params["external_source"]
        by = {"imdb_id": "imdb", "tvdb_id": "tvdb", "wikidata_id": "wikidata"}[source]
        found = [title for title in world if str(getattr(title, by)) == value]
        return {
            "movie_results": [_brief(title) for title in found if title.kind == "movie"],
            "tv_results": [_brief(title) for title in found if title.kind == "serie"],
            "person_results": [],
        }

    def movie(request: Request) -> dict[str, Any] | None:
        title = of(request, "movie")
        return _movie(title) if title else None

    def tv(request: Request) -> dict[str, Any] | None:
        title = of(request, "serie")
        if title is None:
            return None
        appended = request.query_params.get("append_to_response", "").split(",")
        language = request.query_params.get("language", "en")
        wanted = [int(part.removeprefix("season/")) for part in appended if part.startswith("season/")]
        return _tv(title) | {f"season/{n}": _season(title, n, language) for n in wanted if n <= len(title.seasons)}

    def collection(request: Request) -> dict[str, Any] | None:
        if request.path_params["id"] != str(_COLLECTION):
            return None
        return {
            "id": _COLLECTION, "name": "The Lamps Collection", "overview": "", "poster_path": "/lamps.jpg",
            "backdrop_path": None, "parts": [], "images": {"backdrops": [], "posters": []},
            "translations": {"translations": [
                {"iso_639_1": "fr", "iso_3166_1": "FR", "data": {"title": "Les lampes", "overview": ""}},
                {"iso_639_1": "de", "iso_3166_1": "DE", "data": {"title": "", "overview": ""}},
            ]},
        }  # fmt: skip

    def groups(request: Request) -> dict[str, Any] | None:
        if of(request, "serie") is None:
            return None
        return {"id": 1, "results": [{"id": "5acf93e60e0a26346d0000ce", "name": "Absolute", "type": 2}]}

    def configuration(_: Request) -> dict[str, Any]:
        return {"images": {"secure_base_url": "https://image.tmdb.org/t/p/"}}

    routes = [
        Route("/configuration", guarded(configuration)),
        Route("/search/{kind}", guarded(search)),
        Route("/find/{id}", guarded(find)),
        Route("/movie/{id}", guarded(movie)),
        Route("/tv/{id}", guarded(tv)),
        Route("/tv/{id}/episode_groups", guarded(groups)),
        Route("/collection/{id}", guarded(collection)),
    ]
    return Starlette(routes=[Mount("/3", routes=routes)])


def _brief(title: Title) -> dict[str, Any]:
    is_movie = title.kind == "movie"
    return {
        "id": title.tmdb,
        "title" if is_movie else "name": title.name,
        "original_title" if is_movie else "original_name": title.names[title.original],
        "original_language": title.original,
        "overview": title.plot,
        "release_date" if is_movie else "first_air_date": _first(title),
        "genre_ids": [18],
        "popularity": title.votes / 10,
        "vote_average": title.rating,
        "vote_count": title.votes,
        "poster_path": f"/{title.number}.jpg",
        "backdrop_path": None,
        "softcore": False,
    }


def _first(title: Title) -> str:
    if not title.votes:
        return ""
    return title.aired(1, 1) if title.seasons else f"{title.year}-05-01"


def _common(title: Title) -> dict[str, Any]:
    name = "title" if title.kind == "movie" else "name"
    return _brief(title) | {
        "genres": [{"id": 16 if genre == "Animation" else 18, "name": genre} for genre in title.genres],
        "tagline": "",
        "homepage": "",
        "external_ids": {"imdb_id": title.imdb, "tvdb_id": title.tvdb, "wikidata_id": None, "facebook_id": ""},
        "images": {
            "posters": [
                {"file_path": f"/{title.number}-{code}.jpg", "iso_639_1": code, "vote_average": 5, "width": 1000}
                for code in title.names
            ],
            "backdrops": [
                {"file_path": f"/{title.number}-words.jpg", "iso_639_1": "en", "vote_average": 9, "width": 3840},
                {"file_path": f"/{title.number}-wide.jpg", "iso_639_1": None, "vote_average": 5, "width": 3840},
            ],
            "logos": [{"file_path": "/drawn.svg", "iso_639_1": "en", "vote_average": 9}],
        },
        "translations": {"translations": [
            {"iso_639_1": code, "iso_3166_1": "US" if code == "en" else code.upper(), "english_name": "x",
             "data": {name: "" if code == title.original else text, "overview": title.plots.get(code, "")}}
            for code, text in title.names.items()
        ]},
        "videos": {"results": [
            {"iso_639_1": "en", "key": "abcdefghijk", "site": "YouTube", "type": "Trailer", "official": True},
            {"iso_639_1": "en", "key": "1234", "site": "Vimeo", "type": "Clip", "official": True},
        ]},
        "production_companies": [{"id": 5, "name": "Ebb Films", "logo_path": None, "origin_country": ""}],
    }  # fmt: skip


def _cast(title: Title) -> list[dict[str, Any]]:
    return [
        {"id": 40 + at, "name": actor, "character": who, "order": at, "profile_path": None, "gender": 0}
        for at, (actor, who) in enumerate(title.cast)
    ]


def _crew(title: Title) -> list[dict[str, Any]]:
    if not title.director:
        return []
    person = {"id": 60, "name": title.director, "profile_path": "/quill.jpg"}
    return [{**person, "job": "Director"}, {**person, "job": "Screenplay"}, {**person, "job": "Stunts"}]


def _movie(title: Title) -> dict[str, Any]:
    part = {"id": _COLLECTION, "name": "The Lamps Collection", "poster_path": None, "backdrop_path": None}
    return _common(title) | {
        "imdb_id": title.imdb,
        "runtime": title.runtime,
        "status": "Released" if title.votes else "Planned",
        "belongs_to_collection": part if title.collection else None,
        "alternative_titles": {"titles": [{"iso_3166_1": "US", "title": alias, "type": ""} for alias in title.aliases]},
        "keywords": {"keywords": [{"id": 1, "name": "lamp"}]},
        "release_dates": {
            "results": [
                {"iso_3166_1": "US", "release_dates": [
                    {"certification": "", "release_date": "1994-05-01T00:00:00.000Z", "iso_639_1": ""},
                    {"certification": "PG-13", "release_date": "1994-06-01T00:00:00.000Z", "iso_639_1": ""},
                ]},
            ]
        },
        "credits": {"cast": _cast(title), "crew": _crew(title)},
    }  # fmt: skip


def _tv(title: Title) -> dict[str, Any]:
    return _common(title) | {
        "status": "Ended" if title.ended else "Returning Series",
        "in_production": not title.ended,
        "last_air_date": title.aired(len(title.seasons), title.seasons[-1]),
        "next_episode_to_air": None,
        "episode_run_time": [],
        "number_of_seasons": len(title.seasons),
        "number_of_episodes": sum(title.seasons),
        "created_by": [{"id": 60, "name": title.director, "profile_path": None}],
        "networks": [{"id": 2, "name": "Channel Ebb", "logo_path": "/ebb.png"}],
        "seasons": [
            {"season_number": number, "name": f"Season {number}", "overview": "", "air_date": title.aired(number, 1),
             "episode_count": episodes, "poster_path": f"/{title.number}-s{number}.jpg", "id": number}
            for number, episodes in enumerate(title.seasons, 1)
        ],
        "alternative_titles": {"results": [{"iso_3166_1": "US", "title": alias} for alias in title.aliases]},
        "keywords": {"results": [{"id": 1, "name": "harbour"}]},
        "content_ratings": {"results": [{"iso_3166_1": "GB", "rating": "15", "descriptors": []}]},
        "aggregate_credits": {
            "cast": [{**item, "roles": [{"character": item.pop("character")}]} for item in _cast(title)],
            "crew": [],
        },
    }  # fmt: skip


def _season(title: Title, number: int, language: str) -> dict[str, Any]:
    translated = language in title.names and language != "de"
    return {
        "_id": "5256c89f19c2956ff6046d47",
        "id": title.tmdb * 100 + number,
        "season_number": number,
        "name": f"Season {number}",
        "overview": "",
        "air_date": title.aired(number, 1),
        "poster_path": f"/{title.number}-s{number}.jpg",
        "episodes": [
            {
                "id": title.tmdb * 10_000 + number * 100 + episode,
                "episode_number": episode,
                "season_number": number,
                "name": title.episode_name(number, episode, language) if translated else f"Episode {episode}",
                "overview": "",
                "air_date": title.aired(number, episode),
                "runtime": title.runtime if episode > 1 else None,
                "still_path": None,
                "vote_average": 0.0,
                "vote_count": 0,
            }
            for episode in range(1, title.seasons[number - 1] + 1)
        ],
    }
