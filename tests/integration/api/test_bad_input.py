"""Whatever is put in the place of any part of any request, the answer is no crash; a refusal names the part that is at
fault, and changes nothing."""

from __future__ import annotations

import base64
import json
import re
from itertools import cycle, islice
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.everything import COLLECTION, EPISODE_ID, SHARED, seed_everything
from tests.integration.api.seeds import (
    episode_seed,
    film_seed,
    image_url,
    movie_seed,
    season_seed,
    serie_seed,
    special_seed,
    video_seed,
)
from tests.wrong import WRONG, places, with_wrong

from kyoo.core.database.postgres import Database, fetch_all, fetch_value

#: What is put in the place of a parameter of the query or a name in the path, as it is on the wire.
WRONG_TEXTS = [
    "%00", "%ff%fe", "%ed%a0%80", "-1", "0", "1e400", str(2**70), "NaN", "true", "%27%22%3B--", "a" * 5000,
    "%2e%2e%2f", "%25",
    "[]", "{}", "%F0%9F%98%80", "random:-1", "random:9999999999999999999999", "not%20not", "%28" * 60, "kind%20eq%20",
    "'",
    "slug%20eq%20a%20", "rating:%00%20gt%201", "runtime%20gt%20" + "9" * 40, "airDate%20gt%200000-00-00", "*", ",,,",
    "-", "--name",
]  # fmt: skip
CURSORS = [
    "[]", "{}", "null", "[null]", "[null,null]", '["a","b"]', '["a",1.5]', '["a",9223372036854775808]', '["a",-1]',
    "[1e999,1]",
    '["\\u0000",1]', '["\\ud800",1]', '["2022-13-45",1]', '["infinity",1]', "[true,1]", '[[1],1]', '["x",1,1]',
    "[" * 2000,
]  # fmt: skip


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


EXTRA = {"kind": "other", "name": "B", "runtime": 1, "thumbnail": image_url("x")}
PLAY = {
    "entry": "film",
    "videoId": None,
    "percent": 50,
    "time": 600,
    "playedDate": "2024-01-01T00:00:00Z",
    "external": True,
}
GUESS = {
    "title": "Rich", "kind": "episode", "extraKind": "trailer", "years": [2020], "episodes": [{"season": 1,
    "episode": 1}],
    "externalId": {"imdb": "tt1"}, "from": "test", "history": [{"title": "Rich", "from": "older", "history": []}],
}  # fmt: skip


def bodies(video: str) -> list[tuple[str, str, Any]]:
    """A good body for each operation that takes one; `video` is the id of a file."""
    movie = movie_seed("new", **SHARED, videos=[video], extras=[{**EXTRA, "slug": "new-extra", "video": video}])
    serie = serie_seed(
        "new", **SHARED, endAir="2020-01-01",
        seasons=[season_seed(1, startAir="2019-01-01", externalId={"tvdb": [{"serieId": "1", "season": 1,
        "link": None}]})],
        entries=[
            episode_seed(1, 1, videos=[video], airDate="2019-01-01", thumbnail=image_url("e"), externalId=EPISODE_ID),
            special_seed(1, 1.5), film_seed(2, "new-film"),
        ],
        extras=[{**EXTRA, "slug": "new-blooper", "video": video}],
    )  # fmt: skip
    texts = {"en": {"name": "N", "description": "D", "poster": image_url("p")}}
    show = {
        "genres": ["war"],
        "rating": {"imdb": 1},
        "minAge": 3,
        "locks": ["genres"],
        "translations": texts,
        "poster": None,
    }
    links: list[dict[str, Any]] = [
        {"slug": "film"}, {"movie": "film"}, {"serie": "serie", "season": 1, "episode": 1}, {"serie": "serie",
        "order": 1.5},
        {"serie": "serie", "special": 1}, {"externalId": {"imdb": {"dataId": "tt1"}}},
        {"externalId": {"tvdb": {"serieId": "1", "season": 1, "episode": 1}}},
    ]  # fmt: skip
    files = [video_seed("/new.mkv", part=1, guess=GUESS, movedFrom="/old.mkv", **{"for": links})]
    word = {"status": "watching", "score": 5, "completedAt": "2024-01-01T00:00:00Z"}
    return [
        ("POST", "/movies", movie),
        ("POST", "/series", serie),
        ("POST", "/videos", files),
        ("PUT", "/videos", files),
        ("DELETE", "/videos", ["/unmatched.mkv"]),
        ("POST", "/videos/link", [{"id": video, "for": links}]),
        ("PUT", "/videos/link", [{"id": video, "for": links[:2]}]),
        ("DELETE", "/videos/link", ["film-p1-v2"]),
        ("PATCH", f"/videos/{video}", {"edition": "Extended"}),
        ("POST", "/profiles/me/history", [PLAY]),
        ("POST", "/movies/film/watchstatus", word),
        ("POST", "/series/serie/watchstatus", {**word, "startedAt": "2024-01-01T00:00:00Z"}),
        ("PUT", "/movies/film/score", {"score": 5}),
        ("PUT", "/series/serie/score", {"score": 5}),
        ("PUT", "/movies/film/hidden", {"rows": ["news"]}),
        ("PUT", "/series/serie/hidden", {"rows": ["news"]}),
        ("PUT", "/collections/all/hidden", {"rows": ["news"]}),
        ("PUT", "/libraries/children", {"name": "Children", "path": "/media/children"}),
        ("PATCH", "/movies/film", {**show, "airDate": "2020-01-01", "runtime": 1, "studios": SHARED["studios"]}),
        ("PATCH", "/series/serie", {**show, "startAir": "2020-01-01", "status": "airing", "staff": SHARED["staff"]}),
        ("PATCH", "/collections/all", {**show, "originalLanguage": "en", "externalId": COLLECTION["externalId"]}),
        ("PATCH", "/seasons/serie-s1", {"endAir": "2020-01-01", "translations": texts, "locks": []}),
        (
            "PATCH",
            "/entries/serie-s1e1",
            {"order": 1, "content": "story", "externalId": EPISODE_ID, "translations": texts},
        ),
        ("PATCH", "/extras/serie-blooper", {"kind": "other", "name": "N", "runtime": 1, "thumbnail": image_url("x")}),
        ("PATCH", "/staff/somebody", {"name": "N", "latinName": "L", "image": None, "externalId": {}}),
        ("PATCH", "/studios/a24", {"logo": None, "translations": {"en": {"name": "N", "logo": None}}}),
    ]


async def last_write(database: Database) -> str:
    """Grows with every transaction that writes, of this database or another."""
    async with database.connection() as connection:
        return str(await fetch_value(connection, "select pg_snapshot_xmax(pg_current_snapshot())::text"))


async def contents(database: Database) -> str:
    """A digest of every row of the catalogue and the profiles."""
    tables = "select tablename from pg_tables where schemaname = 'api' and tablename <> 'images' order by 1"
    async with database.connection() as connection:
        digests = ", ".join(
            f"(select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from api.{row['tablename']} t)"
            for row in await fetch_all(connection, tables)
        )
        return str(await fetch_value(connection, f"select concat({digests})"))


def faults(response: httpx2.Response, part: str) -> list[str]:
    """What is wrong with an answer, `part` being what was replaced in its request."""
    if response.status_code >= 500:
        return [f"{response.status_code} {response.text[:200]}"]
    if response.status_code < 400:
        return []
    error = response.json()
    if error.get("status") != response.status_code or not isinstance(error.get("message"), str):
        return [f"no error object: {response.text[:200]}"]
    if response.status_code == 422 and part not in json.dumps(error, ensure_ascii=False):
        return [f"does not name {part}: {response.text[:200]}"]
    return []


@pytest.fixture
async def video(app: FastAPI, api: httpx2.AsyncClient, library: Library, peer: Peer) -> str:
    """A full library of which nothing is being streamed; the id of one of its files."""
    peer.answers["/video/streams"] = lambda _: httpx2.Response(200, json=[])
    await seed_everything(app, api, library)
    return str((await api.get("/videos/serie-s1e1")).json()["id"])


@pytest.mark.parametrize("wrongs_each", [1, pytest.param(len(WRONG), marks=pytest.mark.exhaustive)])
async def test_bodies(api: httpx2.AsyncClient, database: Database, video: str, wrongs_each: int) -> None:
    """Each place of each body, with some of all that is wrong in turn."""
    found: list[str] = []
    wrongs = cycle(WRONG)
    headers = {"Content-Type": "application/json"}
    written, before = await last_write(database), await contents(database)
    for verb, path, body in bodies(video):
        for where in places(body):
            part = next((key for key in reversed(where) if isinstance(key, str)), "body")
            for wrong in islice(wrongs, wrongs_each):
                response = await api.request(verb, path, content=with_wrong(body, where, wrong), headers=headers)
                what = f"{verb} {path} {'.'.join(map(str, where))} = {wrong[:40]}"
                found += [f"{what}: {fault}" for fault in faults(response, part)]
                if (now := await last_write(database)) != written:
                    after = await contents(database)
                    if response.status_code >= 400 and after != before:
                        found.append(f"{what}: refused, and something changed")
                    written, before = now, after
    assert not found, "\n".join(found)


#: Names that lead somewhere, by what the path begins with; other parameters of paths.
NAMES = {
    "movies": "film", "series": "serie", "collections": "all", "studios": "a24", "staff": "somebody",
    "videos": "film-p1-v2",
    "seasons": "serie-s1", "entries": "serie-s1e1", "extras": "serie-blooper", "profiles": "film",
    "libraries": "children",
}  # fmt: skip
OTHERS = {
    "picture": "poster",
    "what": "info",
    "season": "1",
    "id": "a" * 64,
    "path": "L2EubWt2",
    "service": "trakt",
    "identifier": "a" * 64,
}


def filled(path: str, /, **changed: str) -> str:
    name = NAMES.get(path.split("/")[2], "")
    return re.sub(r"{(\w+)}", lambda match: {"name": name, "slug": name, **OTHERS, **changed}[match[1]], path)


@pytest.mark.parametrize("wrongs_each", [2, pytest.param(len(WRONG_TEXTS), marks=pytest.mark.exhaustive)])
async def test_parameters(api: httpx2.AsyncClient, video: str, wrongs_each: int) -> None:
    """Each parameter of each operation that reads, with some of what is wrong in turn; the cursor with all of it."""
    found: list[str] = []
    wrongs = cycle(WRONG_TEXTS)
    document = (await api.get("/swagger/json")).json()
    for path, item in document["paths"].items():
        for parameter in item.get("get", {}).get("parameters", ()):
            name, place = parameter["name"], parameter["in"]
            tried = list(islice(wrongs, wrongs_each))
            for wrong in [cursor(text) for text in CURSORS] if name == "after" else tried:
                url = filled(path, **{name: wrong} if place == "path" else {})
                url += "?query=rich" if path == "/api/search" and name != "query" else "?"
                url += f"&{name}={wrong}" if place == "query" else ""
                headers = {name: wrong} if place == "header" else {}
                response = await api.get(f"http://localhost{url}", headers=headers)
                part = {"path": "path", "header": "language"}.get(place, name)
                found += [f"{url[:120]}: {fault}" for fault in faults(response, part)]
    assert not found, "\n".join(found)


async def test_a_body_of_many_faults_is_refused_at_the_first(api: httpx2.AsyncClient) -> None:
    for verb, path, body in (
        ("POST", "/profiles/me/history", [{}] * 1000),
        ("POST", "/videos/link", [1] * 1000),
        ("PUT", "/series/rich/hidden", {"rows": [1] * 1000}),
        ("DELETE", "/videos", ["/a"] * 20_001),
    ):
        response = await api.request(verb, path, json=body)
        assert response.status_code == 422, path
        assert len(response.json()["details"]["errors"]) < 10, path
