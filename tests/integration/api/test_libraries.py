"""Readers who are limited to some libraries or to an age see nothing else, through no route."""

from __future__ import annotations

import asyncio
import io
import json
import re
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from PIL import Image
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.seeds import (
    OTHER_USER,
    READ,
    USERS,
    WRITE,
    bearer,
    episode_seed,
    image_url,
    movie_seed,
    season_seed,
    texts,
    video_seed,
)
from tests.integration.api.viewers.watching import items, next_up, play, record
from tests.samples import sampled

from kyoo.api import jobs, libraries
from kyoo.api.app import ROUTERS
from kyoo.api.queries import libraries as queries
from kyoo.core.database.postgres import Connection, Database, execute
from kyoo.core.files import encode_path

#: In every text, slug, path and picture of what must not be seen.
SECRET = "forbidden"


def show(word: str, number: int) -> dict[str, Any]:
    """The members of a show in which everything is called `word`."""
    collection = texts(f"{word} saga", poster=image_url(f"{word}-saga"))
    collection.pop("trailer")
    return {
        "genres": ["drama"],
        "translations": {"en": texts(f"{word} show {number}", poster=image_url(f"{word}-{number}"), tags=[word])},
        "studios": [
            {
                "slug": f"{word}-studio", "externalId": {},
                "translations": {"en": {"name": f"{word} studio", "logo": image_url(f"{word}-logo")}},
            }
        ],
        "staff": [
            {
                "kind": "actor", "character": {"name": f"{word} role", "latinName": None, "image": None},
                "staff": {
                    "slug": f"{word}-person", "name": f"{word} person", "latinName": None,
                    "image": image_url(f"{word}-face"), "externalId": {},
                },
            }
        ],
        "collection": {
            "slug": f"{word}-saga", "genres": [], "rating": {}, "externalId": {}, "originalLanguage": "en",
            "translations": {"en": collection},
        },
    }  # fmt: skip


@pytest.fixture
async def shelves(api: httpx2.AsyncClient, library: Library) -> dict[str, dict[str, Any]]:
    """Two libraries with a movie and a serie each, `allowed` from 6 years on, `forbidden` from 18, and played all."""
    seeded = {}
    for word, age in (("allowed", 6), (SECRET, 18)):
        await api.put(f"/libraries/{word}", json={"name": word.title(), "path": f"/media/{word}/"})
        film = await library.video(f"/media/{word}/film.mkv")
        movie = await library.movie(f"{word}-film", videos=[film["id"]], **show(word, 1))
        await library.serie(
            f"{word}-serie", **show(word, 2), seasons=[season_seed(1)],
            entries=[episode_seed(1, 1, airDate="2020-01-01"), episode_seed(1, 2, airDate="2020-01-01")],
        )  # fmt: skip
        episode = await library.video(f"/media/{word}/1.mkv", **{"for": [{"slug": f"{word}-serie-s1e1"}]})
        await api.patch(f"/movies/{word}-film", json={"minAge": age})
        await api.patch(f"/series/{word}-serie", json={"minAge": age})
        await library.video(f"/media/{word}/unmatched.mkv")
        seeded[word] = {"movie": movie, "film": film, "episode": episode}
    return seeded


LIMITS: list[dict[str, Any]] = [{"libraries": ["allowed"]}, {"maxAge": 12}, {"libraries": ["allowed"], "maxAge": 12}]


def limited(**claims: Any) -> dict[str, str]:
    return bearer(OTHER_USER, (READ, WRITE, USERS, "users.write", "scanner.search"), **claims)


#: What the parameters of routes are, for what must not be seen.
NAMES = {
    "movies": f"{SECRET}-film", "series": f"{SECRET}-serie", "collections": f"{SECRET}-saga",
    "studios": f"{SECRET}-studio", "staff": f"{SECRET}-person", "seasons": f"{SECRET}-serie-s1",
    "entries": f"{SECRET}-serie-s1e1", "videos": f"{SECRET}-film", "files": encode_path(f"/media/{SECRET}/film.mkv"),
}  # fmt: skip
VALUES = {"picture": "poster", "what": "info", "season": "1", "slug": SECRET}


def reads() -> list[str]:
    """The path of every GET route, its parameters filled with what must not be seen."""
    paths = []
    for router in ROUTERS:
        for route in router.routes:
            if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()) or "/images" in route.path:
                continue
            kind = route.path.split("/")[2]
            path = re.sub(
                r"{(\w+)}",
                lambda found, kind=kind: VALUES.get(found[1], NAMES.get(kind, SECRET)),  # type: ignore[misc]
                route.path,
            )
            paths.append(path.removeprefix("/api"))
    return paths


#: What tells of the whole library is for nobody with limits.
WHOLE = ("/webhooks", "/statistics")


@pytest.mark.parametrize("claims", sampled(LIMITS, LIMITS[-1].__eq__), ids=json.dumps)
async def test_nothing_leaks_through_any_route(
    api: httpx2.AsyncClient, shelves: dict[str, Any], peer: Peer, claims: dict[str, Any]
) -> None:
    """Everything a limited reader can read: no answer names what is forbidden."""
    peer.answers["/video/streams"] = lambda _: httpx2.Response(200, json=[])
    headers = limited(**claims)
    # Even what was played and listed before the limits came.
    unlimited = bearer(OTHER_USER, (READ,))
    await record(api, play(f"{SECRET}-film", 50), play(f"{SECRET}-serie-s1e1", 50), headers=unlimited)
    await record(api, play("allowed-film", 50), play("allowed-serie-s1e1", 50), headers=unlimited)
    await api.put(f"/movies/{SECRET}-film/hidden", headers=unlimited, json={"rows": ["random"]})
    assert len(reads()) > 50
    # Who is limited by age alone may know which libraries there are.
    # No reader may know the applications at trackers.
    known = [path for path in reads() if path != "/trackers/applications"]
    for path in [path for path in known if path != "/libraries" or "libraries" in claims]:
        for query in ("", f"?query={SECRET}", "?filter=genres has drama", "?ignoreInCollection=false"):
            # A title that is asked for is not told.
            response = await api.get(path + query, headers=headers)
            if path.startswith(WHOLE):
                assert response.status_code == 403, (path, query, response.text)
                continue
            assert response.status_code in (200, 302, 404, 422), (path, query, response.text)
            if response.status_code == 200:
                told = response.json()
                if isinstance(told, dict):
                    told.pop("this", None)
                    told.pop("next", None)
                assert SECRET not in json.dumps(told).lower(), (path, query)
            elif response.status_code == 302:
                assert SECRET not in response.headers["location"].partition("?")[0], (path, query)
    for _ in range(8):
        assert SECRET not in (await api.get("/shows/random", headers=headers)).headers["location"]
    for relations in ("studios,collection,translations", "videos"):
        movie = await api.get(f"/movies/allowed-film?with={relations}", headers=headers)
        assert movie.status_code == 200
        assert SECRET not in movie.text


@pytest.mark.parametrize("claims", LIMITS, ids=json.dumps)
async def test_what_is_allowed_is_all_there(
    api: httpx2.AsyncClient, shelves: dict[str, Any], claims: dict[str, Any]
) -> None:
    headers = limited(**claims)
    for path, slugs in (
        ("/shows?ignoreInCollection=false", ["allowed-film", "allowed-saga", "allowed-serie"]),
        ("/movies", ["allowed-film"]),
        ("/news", ["allowed-serie-s1e1", "allowed-film"]),
        ("/studios", ["allowed-studio"]),
        ("/staff", ["allowed-person"]),
        ("/collections/allowed-saga/shows", ["allowed-film", "allowed-serie"]),
        ("/series/allowed-serie/entries", ["allowed-serie-s1e1", "allowed-serie-s1e2"]),
        ("/movies?query=allowed show", ["allowed-film"]),
    ):
        assert [item["slug"] for item in await items(api, path, headers=headers)] == slugs, path
    for query in ("allowed film", "alowed fil", "1"):
        files = await items(api, f"/videos?query={query}", headers=headers)
        assert {file["path"].split("/")[2] for file in files} == {"allowed"}, query
        # The role can read what a misspelt search looks at.
        assert (await api.get(f"/news?query={query}", headers=headers)).status_code == 200
    video = await api.get("/videos/allowed-film?with=show", headers=headers)
    assert video.json()["show"]["slug"] == "allowed-film"
    await record(api, play("allowed-film", 50), headers=headers)
    assert await next_up(api, headers=headers) == ["allowed-film"]
    assert (await api.put("/movies/allowed-film/score", json={"score": 5}, headers=headers)).status_code == 200
    # Everybody else sees everything.
    assert len(await items(api, "/movies", headers=bearer(OTHER_USER, (READ,)))) == 2


async def test_a_misspelt_search_is_not_filled_with_what_is_hidden(
    api: httpx2.AsyncClient, library: Library, database: Database
) -> None:
    """It weighs a thousand files at the most: of those that the reader can see."""
    await api.put("/libraries/kids", json={"name": "Kids", "path": "/kids"})
    async with database.connection() as connection:
        await execute(
            connection,
            """
            insert into api.videos (path, rendering, guess)
            select '/adults/Lighthouse ' || number || '.mkv', number, '{"title": "x"}'
            from generate_series(1, 1001) number
            """,
        )
    await library.movie("film", videos=[(await library.video("/kids/Lighthouse.mkv"))["id"]])
    await api.patch("/movies/film", json={"minAge": 6})
    for claims in ({"libraries": ["kids"]}, {"maxAge": 12}):
        files = await items(api, "/videos?query=lighthuse", headers=limited(**claims))
        assert [file["path"] for file in files] == ["/kids/Lighthouse.mkv"], claims


async def test_the_age_that_a_seed_says_counts_until_somebody_says_another(api: httpx2.AsyncClient) -> None:
    child = limited(maxAge=12)
    await api.post("/movies", json=movie_seed("film", minAge=6))
    assert [film["minAge"] for film in await items(api, "/movies", headers=child)] == [6]
    await api.post("/movies", json=movie_seed("film"))
    assert [film["minAge"] for film in await items(api, "/movies", headers=child)] == [6], "it says nothing of it"
    await api.post("/movies", json=movie_seed("film", minAge=16))
    assert await items(api, "/movies", headers=child) == []
    await api.patch("/movies/film", json={"minAge": 12})
    await api.post("/movies", json=movie_seed("film", minAge=16))
    assert [film["minAge"] for film in await items(api, "/movies", headers=child)] == [12]
    assert (await api.post("/movies", json=movie_seed("film", minAge=-1))).status_code == 422


@pytest.mark.parametrize("claims", LIMITS, ids=json.dumps)
async def test_what_is_not_seen_cannot_be_played_or_marked(
    api: httpx2.AsyncClient, shelves: dict[str, Any], claims: dict[str, Any]
) -> None:
    headers = limited(**claims)
    film = shelves[SECRET]["film"]["id"]
    for name in (film, f"{SECRET}-film"):
        for path in (f"/videos/{name}", f"/videos/{name}/direct", f"/videos/{name}/master.m3u8"):
            assert (await api.get(path, headers=headers)).status_code == 404, path
    for verb, path, body in (
        ("POST", f"/movies/{SECRET}-film/watchstatus", {"status": "planned"}),
        ("POST", f"/series/{SECRET}-serie/seen", None),
        ("PUT", f"/movies/{SECRET}-film/score", {"score": 1}),
        ("PUT", f"/movies/{SECRET}-film/hidden", None),
        ("POST", "/profiles/me/history", [play(f"{SECRET}-film", 50)]),
    ):
        response = await api.request(verb, path, json=body, headers=headers)
        assert response.status_code == 404, (verb, path, response.text)
    # Who is limited changes nothing of the catalogue, whatever else they may do.
    for verb, path, body in (  # type: ignore[assignment]
        ("DELETE", "/movies/allowed-film", None),
        ("PUT", "/libraries/all", {"name": "All", "path": "/media"}),
        ("DELETE", "/videos", ["/media/allowed/film.mkv"]),
        ("PATCH", "/movies/allowed-film", {"minAge": 0}),
    ):
        response = await api.request(verb, path, json=body, headers=headers)
        assert response.status_code == 403, (verb, path, response.text)
    assert (await api.get("/movies/allowed-film")).status_code == 200


async def test_pictures_are_limited_too(api: httpx2.AsyncClient, shelves: dict[str, Any]) -> None:
    output = io.BytesIO()
    pictures = {}
    for word, colour in (("allowed", "red"), (SECRET, "blue")):
        output = io.BytesIO()
        Image.new("RGB", (40, 60), colour).save(output, "PNG")
        await api.put(f"/movies/{word}-film/poster", files={"file": ("p.png", output.getvalue(), "image/png")})
        pictures[word] = (await api.get(f"/movies/{word}-film")).json()["poster"]["id"]
    for claims in LIMITS:
        headers = limited(**claims)
        assert (await api.get(f"/images/{pictures['allowed']}", headers=headers)).status_code == 200
        assert (await api.get(f"/images/{pictures[SECRET]}", headers=headers)).status_code == 404
    assert (await api.get(f"/images/{pictures[SECRET]}")).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [{"libraries": []}, {"libraries": ["nothing"]}, {"libraries": "allowed"}, {"maxAge": "12"}, {"maxAge": -5}],
)
async def test_claims_that_mean_nothing_show_nothing(
    api: httpx2.AsyncClient, shelves: dict[str, Any], claims: dict[str, Any]
) -> None:
    for path in ("/shows?ignoreInCollection=false", "/videos", "/news", "/staff", "/studios"):
        assert await items(api, path, headers=limited(**claims)) == []


async def test_what_has_no_age_is_for_adults(api: httpx2.AsyncClient, library: Library) -> None:
    await library.movie("film")
    assert await items(api, "/movies", headers=limited(maxAge=18)) == []
    await api.patch("/movies/film", json={"minAge": 16})
    assert len(await items(api, "/movies", headers=limited(maxAge=16))) == 1
    assert await items(api, "/movies", headers=limited(maxAge=15)) == []
    assert (await items(api, "/movies"))[0]["minAge"] == 16


async def test_libraries_are_folders(api: httpx2.AsyncClient, library: Library) -> None:
    for path in ("/media/films", "/media/films 2"):
        await library.movie(
            path.split("/")[-1].replace(" ", "-"), videos=[(await library.video(f"{path}/a.mkv"))["id"]]
        )
    made = await api.put("/libraries/films", json={"name": "Films", "path": "/media/films"})
    assert (made.status_code, made.json()["path"]) == (200, "/media/films")
    # A folder whose name begins alike is another one.
    assert [item["slug"] for item in await items(api, "/movies", headers=limited(libraries=["films"]))] == ["films"]
    assert [item["slug"] for item in (await api.get("/libraries", headers=limited(libraries=["films"]))).json()] == [
        "films"
    ]
    for wrong in ("", "/", "media", "/media/../etc", "/a//b", "/a\0b"):
        assert (await api.put("/libraries/x", json={"name": "X", "path": wrong})).status_code == 422, wrong
    assert (
        await api.put("/libraries/x", json={"name": "X", "path": "/x"}, headers=bearer(OTHER_USER, (READ,)))
    ).status_code == 403
    assert (await api.delete("/libraries/films")).status_code == 204
    assert (await api.delete("/libraries/films")).status_code == 404
    assert await items(api, "/movies", headers=limited(libraries=["films"])) == []


async def test_a_limited_request_leaves_the_connection_unlimited(
    api: httpx2.AsyncClient, shelves: dict[str, Any]
) -> None:
    for _ in range(12):
        assert len(await items(api, "/movies", headers=limited(libraries=["allowed"]))) == 1
        assert len(await items(api, "/movies")) == 2


async def seen(api: httpx2.AsyncClient, **claims: Any) -> set[str]:
    """The movies and the files that a reader with these claims sees."""
    headers = limited(**claims)
    videos = {item["path"] for item in await items(api, "/videos", headers=headers)}
    return videos | {item["slug"] for item in await items(api, "/movies", headers=headers)}


async def test_limits_follow_files_links_ages_and_libraries(api: httpx2.AsyncClient, library: Library) -> None:
    await api.put("/libraries/kids", json={"name": "Kids", "path": "/kids"})
    kids: dict[str, Any] = {"libraries": ["kids"]}
    first = await library.video("/kids/a.mkv", rendering="a")
    await library.video("/other/a.mkv", rendering="a", version=2)
    assert await seen(api, **kids) == {"/kids/a.mkv"}
    await library.movie("a", videos=[first["id"]])
    assert await seen(api, **kids) == {"/kids/a.mkv", "a"}
    # The file moves out of the library and back, alone and to the place of another one.
    for path, visible in (("/other/b.mkv", set()), ("/kids/b.mkv", {"/kids/b.mkv", "a"})):
        old = (await api.get(f"/videos/{first['id']}")).json()["path"]
        moved = await api.post("/videos", json=[{**video_seed(path), "rendering": "a", "movedFrom": old}])
        assert moved.status_code == 201, moved.text
        assert await seen(api, **kids) == visible
    # Unlinked, and linked again.
    slug = (await api.get(f"/videos/{first['id']}")).json()["slugs"]
    await api.request("DELETE", "/videos/link", json=slug)
    assert await seen(api, **kids) == {"/kids/b.mkv"}
    await api.post("/videos/link", json=[{"id": first["id"], "for": [{"movie": "a"}]}])
    assert await seen(api, **kids) == {"/kids/b.mkv", "a"}
    # A library that comes later, below the first and beside it; one that goes elsewhere, and one that goes away.
    await library.movie("z", videos=[(await library.video("/more/z.mkv"))["id"]])
    await api.put("/libraries/more", json={"name": "More", "path": "/more"})
    assert await seen(api, libraries=["more"]) == {"/more/z.mkv", "z"}
    await api.put("/libraries/more", json={"name": "More", "path": "/kids"})
    assert await seen(api, libraries=["more"]) == {"/kids/b.mkv", "a"}
    await api.put("/libraries/kids", json={"name": "Kids", "path": "/more"})
    assert await seen(api, **kids) == {"/more/z.mkv", "z"}
    await api.delete("/libraries/more")
    assert await seen(api, libraries=["more"]) == set()
    # The age of a file is the lowest of its shows.
    assert await seen(api, maxAge=12) == set()
    await api.patch("/movies/z", json={"minAge": 12})
    assert await seen(api, maxAge=12) == {"/more/z.mkv", "z"}
    await api.post("/videos/link", json=[{"id": first["id"], "for": [{"movie": "z"}]}])
    assert await seen(api, maxAge=12) == {"/more/z.mkv", "/kids/b.mkv", "z"}
    await api.patch("/movies/z", json={"minAge": 13})
    assert await seen(api, maxAge=12) == set()
    await api.patch("/movies/z", json={"minAge": 6})
    await api.delete("/movies/z")
    assert await seen(api, maxAge=12) == set()
    assert len(await seen(api)) == 4


async def test_a_change_that_was_cut_off_is_made_good(
    app: FastAPI, api: httpx2.AsyncClient, library: Library, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the shows had heard of a library, the api goes on with the next change, or by the job."""
    await library.movie("a", videos=[(await library.video("/kids/a.mkv"))["id"]])

    async def cut_off(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(libraries, "apply_changes", cut_off)
        with pytest.raises(asyncio.CancelledError):
            await libraries.save(database, "kids", "Kids", "/kids")
    assert await seen(api, libraries=["kids"]) == {"/kids/a.mkv"}
    job: Any = SimpleNamespace(additional_context={"api": app.state.context})
    await jobs.gather_libraries(job, 0)
    assert await seen(api, libraries=["kids"]) == {"/kids/a.mkv", "a"}
    assert "gather_libraries" in {entry[0] for entry in jobs.blueprint.periodic_registry.periodic_tasks}


async def test_a_library_that_changes_again_before_shows_have_heard_of_it(
    api: httpx2.AsyncClient, library: Library, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await library.movie("a", videos=[(await library.video("/kids/a.mkv"))["id"]])
    look = queries.misplaced_shows

    async def look_too_early(connection: Connection) -> list[int]:
        shows = await look(connection)
        await queries.gather_libraries(connection, shows)
        async with database.transaction() as other:
            await queries.save_library(other, "kids", "Kids", "/elsewhere")
        return []

    with monkeypatch.context() as patched:
        patched.setattr(queries, "misplaced_shows", look_too_early)
        await libraries.save(database, "kids", "Kids", "/kids")
    assert await seen(api, libraries=["kids"]) == {"a"}
    await libraries.apply_changes(database)
    assert await seen(api, libraries=["kids"]) == set()


async def test_what_is_in_another_library_does_not_count(api: httpx2.AsyncClient, library: Library) -> None:
    for name in ("kids", "adults"):
        await api.put(f"/libraries/{name}", json={"name": name, "path": f"/{name}"})
    await library.serie(
        "both",
        seasons=[season_seed(1)],
        entries=[episode_seed(1, number, airDate="2020-01-01") for number in (1, 2, 3)],
    )
    for number, name in ((1, "adults"), (2, "kids"), (3, "adults")):
        await library.video(f"/{name}/{number}.mkv", **{"for": [{"slug": f"both-s1e{number}"}]})
    await api.patch("/series/both", json={"minAge": 12})
    whole = bearer(OTHER_USER, (READ,))
    for headers, seen in ((whole, [1, 2, 3]), (limited(libraries=["kids"]), [2]), (limited(maxAge=12), [1, 2, 3])):
        slugs = [f"both-s1e{number}" for number in seen]
        serie = (await api.get("/series/both?with=firstEntry", headers=headers)).json()
        assert (serie["availableCount"], serie["entriesCount"]) == (len(seen), 3)
        assert serie["firstEntry"]["slug"] == slugs[0]
        (season,) = await items(api, "/series/both/seasons", headers=headers)
        assert (season["availableCount"], season["entriesCount"]) == (len(seen), 3)
        (listed,) = await items(api, "/series", headers=headers)
        assert listed["availableCount"] == len(seen)
        assert sorted(item["slug"] for item in await items(api, "/news", headers=headers)) == slugs
        entries = await items(api, "/series/both/entries?filter=isAvailable eq true", headers=headers)
        assert [item["slug"] for item in entries] == slugs
        assert len(await items(api, "/series/both/entries", headers=headers)) == 3
