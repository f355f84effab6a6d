"""AniList and TVmaze with anime of several seasons and films between them: ids as they really are, words made up.

AniList has one entry for each season and film, and says how they stand to each other; TVmaze has the seasons, and knows
specials without a number."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from kyoo.scanner.naming.titles import normalise

#: id, format, romaji, English, native, first day, episodes, minutes, relations
_MEDIA: list[tuple[int, str, str, str | None, str, str, int, int, list[tuple[str, int]]]] = [
    (97986, "TV", "Made in Abyss", "Made in Abyss", "メイドインアビス", "2017-07-07", 13, 25,
     [("SUMMARY", 101343), ("SUMMARY", 101344), ("SEQUEL", 100643)]),
    (101343, "MOVIE", "Made in Abyss: Tabidachi no Yoake", "Made in Abyss: Journey's Dawn", "旅立ちの夜明け",
     "2019-01-04", 1, 119, [("PARENT", 97986)]),
    (101344, "MOVIE", "Made in Abyss: Hourou Suru Tasogare", "Made in Abyss: Wandering Twilight", "放浪する黄昏",
     "2019-01-18", 1, 108, [("PARENT", 97986)]),
    (100643, "MOVIE", "Made in Abyss: Fukaki Tamashii no Reimei", "Made in Abyss: Dawn of the Deep Soul",
     "深き魂の黎明", "2020-01-17", 1, 105, [("PREQUEL", 97986), ("SEQUEL", 114745)]),
    (114745, "TV", "Made in Abyss: Retsujitsu no Ougonkyou", "Made in Abyss: The Golden City of the Scorching Sun",
     "烈日の黄金郷", "2022-07-06", 12, 25, [("PREQUEL", 100643)]),
    (101922, "TV", "Kimetsu no Yaiba", "Demon Slayer: Kimetsu no Yaiba", "鬼滅の刃", "2019-04-06", 26, 24,
     [("SEQUEL", 112151)]),
    (112151, "MOVIE", "Kimetsu no Yaiba: Mugen Ressha-hen", "Demon Slayer: Mugen Train", "無限列車編",
     "2020-10-16", 1, 117, [("PREQUEL", 101922)]),
]  # fmt: skip

#: id, TheTVDB's id, name, minutes, episodes and first day of each season, days of specials
_SERIES: list[tuple[int, int, str, int, list[tuple[int, str]], list[str]]] = [
    (28274, 326109, "Made in Abyss", 25, [(13, "2017-07-07"), (12, "2022-07-06")], ["2019-06-01", "2021-06-01"]),
    (41469, 348545, "Demon Slayer: Kimetsu no Yaiba", 24, [(26, "2019-04-06"), (7, "2021-10-10")], []),
]


def anilist() -> Starlette:
    async def answer(request: Request) -> JSONResponse:
        variables = json.loads(await request.body())["variables"]
        if "search" in variables:
            words = set(normalise(variables["search"]).split())
            found = [
                _media(media)
                for media in _MEDIA
                if media[1] in variables["formats"]
                and any(words <= set(normalise(name).split()) for name in media[2:5] if name)
            ]
            return JSONResponse({"data": {"Page": {"media": found}}})
        wanted = next((media for media in _MEDIA if media[0] == variables.get("id")), None)
        if wanted is None:
            return JSONResponse({"errors": [{"message": "Not Found.", "status": 404}], "data": {"Media": None}}, 404)
        return JSONResponse({"data": {"Media": _media(wanted)}})

    return Starlette(routes=[Route("/", answer, methods=["POST"])])


def _media(media: tuple[Any, ...]) -> dict[str, Any]:
    identifier, shape, romaji, english, native, first, episodes, minutes, relations = media
    year, month, day = map(int, first.split("-"))
    known = {other[0]: other for other in _MEDIA}
    return {
        "id": identifier,
        "idMal": None,
        "type": "ANIME",
        "format": shape,
        "status": "FINISHED",
        "episodes": episodes,
        "duration": minutes,
        "countryOfOrigin": "JP",
        "popularity": 1000 - identifier % 7,
        "synonyms": [],
        "title": {"romaji": romaji, "english": english, "native": native},
        "startDate": {"year": year, "month": month, "day": day},
        "endDate": {"year": None, "month": None, "day": None},
        "coverImage": {"extraLarge": f"https://img.example/anilist/{identifier}.jpg"},
        "description": f"About {english}.",
        "relations": {
            "edges": [
                {"relationType": kind, "node": {"id": other, "type": "ANIME", "format": known[other][1],
                 "title": {"romaji": known[other][2]}, "startDate": {"year": int(known[other][5][:4])}}}
                for kind, other in relations
            ]
        },
    }  # fmt: skip


def tvmaze() -> Starlette:
    def missing() -> JSONResponse:
        return JSONResponse({"name": "Not Found", "status": 404}, 404)

    async def search(request: Request) -> JSONResponse:
        words = set(normalise(request.query_params["q"]).split())
        found = [serie for serie in _SERIES if words <= set(normalise(serie[2]).split())]
        return JSONResponse([{"score": 0.9, "show": _show(serie)} for serie in found])

    async def lookup(request: Request) -> Response:
        found = next((one[0] for one in _SERIES if str(one[1]) == request.query_params.get("thetvdb")), None)
        return RedirectResponse(f"/shows/{found}", 301) if found else missing()

    async def show(request: Request) -> JSONResponse:
        serie = next((one for one in _SERIES if str(one[0]) == request.path_params["id"]), None)
        return JSONResponse(_show(serie)) if serie else missing()

    async def episodes(request: Request) -> JSONResponse:
        serie = next((one for one in _SERIES if str(one[0]) == request.path_params["id"]), None)
        return JSONResponse(list(_episodes(serie))) if serie else missing()

    return Starlette(
        routes=[
            Route("/search/shows", search),
            Route("/lookup/shows", lookup),
            Route("/shows/{id}/episodes", episodes),
            Route("/shows/{id}", show),
        ]
    )


def _show(serie: tuple[Any, ...]) -> dict[str, Any]:
    identifier, tvdb, name, minutes, seasons, _ = serie
    return {
        "id": identifier,
        "name": name,
        "type": "Animation",
        "language": "Japanese",
        "genres": ["Anime"],
        "status": "Running",
        "averageRuntime": minutes,
        "premiered": seasons[0][1],
        "externals": {"thetvdb": tvdb, "imdb": None},
        "summary": f"<p>About {name}.</p>",
    }


def _episodes(serie: tuple[Any, ...]) -> list[dict[str, Any]]:
    _, _, name, minutes, seasons, specials = serie
    found = [
        {
            "id": 1000 * season + number,
            "name": f"{name} {season}.{number}",
            "season": season,
            "number": number,
            "type": "regular",
            "airdate": str(date.fromisoformat(first) + timedelta(weeks=number - 1)),
            "runtime": minutes,
        }
        for season, (count, first) in enumerate(seasons, 1)
        for number in range(1, count + 1)
    ]
    found += [
        {"id": 9000 + at, "name": f"A bonus {at}", "season": 1, "number": None, "type": "insignificant_special",
         "airdate": day, "runtime": 3}
        for at, day in enumerate(specials)
    ]  # fmt: skip
    return found
