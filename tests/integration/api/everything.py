"""Two libraries that show every shape: one of everything with every member set somewhere, and the barest of each."""

from __future__ import annotations

from typing import Any

import httpx2
from fastapi import FastAPI
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import (
    episode_seed,
    film_seed,
    image_url,
    movie_seed,
    season_seed,
    serie_seed,
    special_seed,
    texts,
)

from kyoo.api.catalogue import similar

RICH = texts(
    "Rich",
    latinName="Rich",
    description="D",
    tagline="T",
    aliases=["R"],
    tags=["t"],
    trailer="https://videos.example.org/t",
    **{image: image_url(image) for image in ("poster", "thumbnail", "banner", "logo")},
)
COLLECTION = {
    "slug": "all",
    "genres": ["action"],
    "rating": {"imdb": 1},
    "externalId": {"imdb": [{"dataId": "c", "link": None}]},
    "originalLanguage": "en",
    "translations": {"en": {key: value for key, value in RICH.items() if key != "trailer"}},
}
EPISODE_ID = {"tvdb": [{"serieId": "1", "season": 1, "episode": 1, "link": "https://tvdb.example.org", "label": "L"}]}
PERSON = {
    "slug": "somebody",
    "name": "S",
    "latinName": "S",
    "image": image_url("s"),
    "externalId": {"imdb": [{"dataId": "s", "link": None, "label": "S"}]},
}
SHARED: dict[str, Any] = {
    "genres": ["action", "war"],
    "rating": {"imdb": 74},
    "externalId": {"imdb": [{"dataId": "tt1", "link": "https://imdb.example.org", "label": "IMDb"}]},
    "translations": {"en": RICH, "ja": texts("Only a name")},
    "originalLanguage": "ja",
    "collection": COLLECTION,
    "studios": [
        {
            "slug": "a24",
            "externalId": {"imdb": [{"dataId": "s", "link": None}]},
            "translations": {"en": {"name": "A24", "logo": image_url("a24")}},
        }
    ],
    "staff": [
        {"kind": "actor", "character": {"name": "C", "latinName": "C", "image": image_url("c")}, "staff": PERSON},
        {"kind": "director", "character": None, "staff": PERSON},
    ],
}


async def seed_everything(app: FastAPI, api: httpx2.AsyncClient, library: Library) -> None:
    """One of everything, with every member set somewhere and missing elsewhere; a reader with plays and a list."""
    guess = {
        "title": "Rich",
        "kind": "episode",
        "extraKind": "trailer",
        "years": [2020],
        "episodes": [{"season": None, "episode": 1}, {"season": 1, "episode": 1}],
        "externalId": {"imdb": "tt1"},
        "from": "test",
        "history": [{"title": "Rich", "from": "older", "history": []}],
    }
    film = await library.video("/film.mkv", guess=guess, part=1, version=2)
    episodes = [await library.video(f"/episode-{number}.mkv") for number in (1, 2, 3)]
    trailer = await library.video("/trailer.mkv")
    await library.video("/unmatched.mkv")
    extra: dict[str, Any] = {"name": "B", "runtime": 3, "thumbnail": image_url("x"), "video": trailer["id"]}
    of_film = [{**extra, "kind": "trailer", "slug": "film-trailer"}]
    await api.post("/movies", json=movie_seed("film", **SHARED, videos=[film["id"]], extras=of_film))
    await api.post("/movies", json=movie_seed("bare", airDate=None, runtime=None))
    season = {"name": "S", "description": "D", "poster": image_url("a"), "thumbnail": image_url("c")}
    season["banner"] = image_url("b")
    words = {"name": "E", "description": "D"}
    entry: dict[str, Any] = {"airDate": "2019-01-01", "thumbnail": image_url("e"), "translations": {"en": words}}
    film_words = {**words, "tagline": "T", "poster": image_url("f")}
    await api.post(
        "/series",
        json=serie_seed(
            "serie",
            **SHARED,
            endAir="2020-01-01",
            seasons=[
                season_seed(
                    1,
                    startAir="2019-01-01",
                    endAir="2019-01-02",
                    externalId={"tvdb": [{"serieId": "1", "season": 1, "link": "https://tvdb.example.org"}]},
                    translations={"en": season},
                )
            ],
            entries=[
                episode_seed(1, 1, videos=[episodes[0]["id"]], externalId=EPISODE_ID, **entry),
                special_seed(1, 1.5, videos=[episodes[1]["id"]], externalId=EPISODE_ID, **entry),
                film_seed(
                    2,
                    "serie-film",
                    videos=[episodes[2]["id"]],
                    externalId=SHARED["externalId"] | EPISODE_ID,
                    **{**entry, "translations": {"en": film_words}},
                ),
                episode_seed(1, 2, order=3, translations={}),
            ],
            extras=[{**extra, "kind": "blooper", "slug": "serie-blooper"}],
        ),
    )
    await api.post("/series", json=serie_seed("bare", startAir=None, runtime=None))
    await api.post("/movies", json=movie_seed("alike-film", **SHARED))
    await api.post("/series", json=serie_seed("alike-serie", **SHARED))
    await similar.refresh(app.state.context)
    play = {"videoId": episodes[0]["id"], "percent": 50, "time": 600, "playedDate": None}
    await api.post(
        "/profiles/me/history",
        json=[
            {"entry": "serie-s1e1", **play},
            {"entry": "film", **play, "videoId": None, "percent": 100},
            {"entry": "serie-film", **play, "percent": 10},
        ],
    )
    await api.post("/movies/film/watchstatus", json={"status": "completed", "score": 80})
    moments = {"startedAt": "2024-01-01T00:00:00Z", "completedAt": "2024-01-02T00:00:00Z"}
    await api.post("/series/serie/watchstatus", json={"status": "watching", "score": 70, **moments})
    gaps = [episode_seed(1, 1, airDate="2019-01-01"), episode_seed(1, 3)]
    await api.post("/series", json=serie_seed("gaps", entries=gaps))
    for show in ("movies/bare", "series/bare", "collections/all"):
        await api.put(f"/{show}/hidden")


async def seed_the_barest(app: FastAPI, api: httpx2.AsyncClient, library: Library) -> None:
    """The same things under the same names, without anything that may be missing."""
    person = {"slug": "somebody", "name": "S", "latinName": None, "image": None, "externalId": {}}
    character = {"name": "C", "latinName": None, "image": None}
    studio = {"slug": "a24", "externalId": {}, "translations": {"en": {"name": "A24", "logo": None}}}
    collection = {key: value for key, value in texts("All").items() if key != "trailer"}
    shared: dict[str, Any] = {
        "originalLanguage": "ja",
        "runtime": None,
        "studios": [studio],
        "staff": [
            {"kind": "actor", "character": character, "staff": person},
            {"kind": "other", "character": None, "staff": person},
        ],
    }
    film = await library.video("/film.mkv", part=1, version=2)
    episodes = [await library.video(f"/episode-{number}.mkv") for number in (1, 2, 3)]
    trailer = await library.video("/trailer.mkv")
    await library.video("/unmatched.mkv")
    extra: dict[str, Any] = {"kind": "other", "name": "B", "runtime": None, "thumbnail": None, "video": trailer["id"]}
    of_film = {"videos": [film["id"]], "extras": [{**extra, "slug": "film-extra"}]}
    for slug, more in (("film", of_film), ("bare", {}), ("alike-film", {})):
        await library.movie(slug, **shared, airDate=None, collection=None, **more)
    in_collection = {
        "slug": "all",
        "genres": [],
        "rating": {},
        "externalId": {},
        "originalLanguage": "ja",
        "translations": {"en": collection},
    }
    await library.movie("member", **shared, airDate=None, collection=in_collection)
    nothing: dict[str, Any] = {"runtime": None, "translations": {}}
    await library.serie(
        "serie",
        **shared,
        startAir=None,
        collection=in_collection,
        seasons=[season_seed(1, translations={})],
        entries=[
            episode_seed(1, 1, videos=[episodes[0]["id"]], **nothing),
            special_seed(1, 1.5, videos=[episodes[1]["id"]], **nothing),
            film_seed(2, "serie-film", videos=[episodes[2]["id"]], **nothing),
            # Aired, and no file of it.
            episode_seed(1, 2, order=3, **nothing, airDate="2020-01-01"),
        ],
        extras=[{**extra, "slug": "serie-blooper"}],
    )
    for slug in ("bare", "alike-serie"):
        await library.serie(slug, **shared, startAir=None)
    await library.serie("gaps", startAir=None, entries=[episode_seed(1, 1), episode_seed(1, 3)])
    await similar.refresh(app.state.context)
    play = {"videoId": None, "percent": 0, "time": 0, "playedDate": None}
    plays = [{"entry": entry, **play} for entry in ("film", "serie-s1e1", "serie-sp1", "serie-film")]
    await api.post("/profiles/me/history", json=plays)
    # In no list, but for what is next and what is planned.
    await api.delete("/movies/film/watchstatus")
    await api.delete("/series/serie/watchstatus")
    for show in ("movies/bare", "series/bare"):
        await api.post(f"/{show}/watchstatus", json={"status": "planned"})
    for show in ("movies/bare", "series/bare", "collections/all"):
        await api.put(f"/{show}/hidden")


#: Route → URLs that together show it in every form.
URLS: dict[str, list[str]] = {
    "/api/shows": ["/shows?ignoreInCollection=false"],
    "/api/search": ["/search?query=rich", "/search?query=a24", "/search?query=s"],
    "/api/movies": ["/movies"],
    "/api/series": ["/series"],
    "/api/collections": ["/collections"],
    "/api/movies/{name}": ["/movies/film?with=translations,studios,collection,videos", "/movies/bare"],
    "/api/series/{name}": [
        "/series/serie?with=translations,studios,collection,firstEntry,nextEntry",
        "/series/bare?with=firstEntry,nextEntry,collection",
    ],
    "/api/collections/{name}": ["/collections/all?with=translations"],
    "/api/collections/{name}/shows": ["/collections/all/shows"],
    "/api/collections/{name}/movies": ["/collections/all/movies"],
    "/api/collections/{name}/series": ["/collections/all/series"],
    "/api/series/{name}/seasons": ["/series/serie/seasons"],
    "/api/series/{name}/entries": ["/series/serie/entries?includeSeasons=true", "/series/serie/entries"],
    "/api/series/{name}/extras": ["/series/serie/extras"],
    "/api/movies/{name}/extras": ["/movies/film/extras"],
    "/api/series/{name}/videos": ["/series/serie/videos"],
    "/api/series/{name}/staff": ["/series/serie/staff"],
    "/api/movies/{name}/staff": ["/movies/film/staff"],
    "/api/movies/{name}/similar": ["/movies/film/similar"],
    "/api/series/{name}/similar": ["/series/serie/similar"],
    "/api/profiles/me/recommendations": ["/profiles/me/recommendations"],
    "/api/news": ["/news"],
    "/api/studios": ["/studios"],
    "/api/studios/{name}": ["/studios/a24?with=translations", "/studios/a24"],
    "/api/studios/{name}/shows": ["/studios/a24/shows"],
    "/api/studios/{name}/movies": ["/studios/a24/movies"],
    "/api/studios/{name}/series": ["/studios/a24/series"],
    "/api/staff": ["/staff"],
    "/api/staff/{name}": ["/staff/somebody"],
    "/api/staff/{name}/roles": ["/staff/somebody/roles"],
    "/api/videos": ["/videos"],
    "/api/videos/unmatched": ["/videos/unmatched"],
    "/api/videos/guesses": ["/videos/guesses"],
    "/api/videos/{name}": [
        "/videos/serie-s1e1?with=previous,next,show",
        "/videos/serie-film?with=previous,next,show",
        "/videos/film-p1-v2",
        "/videos/serie-blooper",
    ],
    "/api/profiles/me/watchlist": ["/profiles/me/watchlist"],
    "/api/profiles/me/history": ["/profiles/me/history"],
    "/api/profiles/me/nextup": ["/profiles/me/nextup"],
    "/api/profiles/me/hidden": ["/profiles/me/hidden"],
    "/api/profiles/me/export": ["/profiles/me/export"],
    "/api/movies/{name}/locks": ["/movies/film/locks"],
    "/api/series/{name}/locks": ["/series/serie/locks"],
    "/api/collections/{name}/locks": ["/collections/all/locks"],
    "/api/seasons/{name}/locks": ["/seasons/serie-s1/locks"],
    "/api/entries/{name}/locks": ["/entries/serie-s1e1/locks"],
    "/api/extras/{name}/locks": ["/extras/serie-blooper/locks"],
    "/api/staff/{name}/locks": ["/staff/somebody/locks"],
    "/api/studios/{name}/locks": ["/studios/a24/locks"],
    "/api/missing": ["/missing"],
    "/api/series/{name}/missing": ["/series/gaps/missing"],
}
