"""The film and the two series of the catalogue of these tests, which the doubles learn by their ids."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.integration.api.seeds import episode_seed, movie_seed, serie_seed

#: The film, a serie that is counted by seasons, and one of which each season is a title of its own in anime lists.
FILM, WIRE, ABYSS = "bubble", "wire", "abyss"
Title = str
#: An episode by season and number; None: the film.
Place = tuple[int, int] | None
PLACES = ((1, 1), (1, 2), (2, 1), (2, 2))
#: What providers call them.
TMDB = {FILM: 912598, WIRE: 1438, ABYSS: 72636}
IMDB, TVDB = "tt16360006", 79126
MAL = {FILM: 50709, 1: 34599, 2: 41084}
ANILIST = {FILM: 127720, 1: 97986, 2: 114745}


def ids(**more: Any) -> dict[str, Any]:
    """`themoviedatabase="1"`, of a show; a tuple (serie, season, episode), of an entry."""
    return {provider: [_one(value)] for provider, value in more.items()}


def _one(value: Any) -> dict[str, Any]:
    if isinstance(value, tuple):
        return {"serieId": str(value[0]), "season": value[1], "episode": value[2]}
    return {"dataId": str(value)}


async def seed(api: httpx2.AsyncClient) -> None:
    film = ids(themoviedatabase=TMDB[FILM], imdb=IMDB, myanimelist=MAL[FILM], anilist=ANILIST[FILM])
    wire = [episode_seed(season, number, order=2 * season + number) for season, number in PLACES]
    abyss = [
        episode_seed(
            season,
            number,
            order=2 * season + number,
            externalId=ids(
                themoviedatabase=(TMDB[ABYSS], season, number),
                myanimelist=(MAL[season], None, number),
                anilist=(ANILIST[season], None, number),
            ),
        )
        for season, number in PLACES
    ]
    known = ids(themoviedatabase=TMDB[WIRE], tvdb=TVDB)
    for path, body in (
        ("movies", movie_seed(FILM, externalId=film)),
        ("series", serie_seed(WIRE, externalId=known, entries=wire)),
        ("series", serie_seed(ABYSS, externalId=ids(themoviedatabase=TMDB[ABYSS]), entries=abyss)),
    ):
        answer = await api.post(f"/{path}", json=body)
        assert answer.status_code == 201, answer.text


def path_of(title: Title) -> str:
    return f"/movies/{title}" if title == FILM else f"/series/{title}"


def slug_of(title: Title, place: Place) -> str:
    return title if place is None else f"{title}-s{place[0]}e{place[1]}"
