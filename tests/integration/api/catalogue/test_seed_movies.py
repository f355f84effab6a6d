"""Seeding and reading one movie (docs/protocol/api.md#seeding)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from procrastinate.testing import InMemoryConnector
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import bearer, image_url, movie_seed, serie_seed, texts, video_seed

from kyoo.core.database.postgres import Database, fetch_all, fetch_value

DUNE = movie_seed(
    "dune",
    airDate="2021-10-22",
    originalLanguage="en",
    translations={"en": texts("Dune", description="Sand.", trailer="https://videos.example.org/dune")},
)

COLLECTION = {
    "slug": "dune-collection",
    "genres": ["adventure"],
    "rating": {},
    "externalId": {},
    "originalLanguage": "en",
    "translations": {"en": {key: value for key, value in texts("Dune Collection").items() if key != "trailer"}},
}


def studio(slug: str, name: str) -> dict[str, Any]:
    return {"slug": slug, "externalId": {}, "translations": {"en": {"name": name, "logo": image_url(slug)}}}


def role(slug: str, character: str | None, kind: str = "actor") -> dict[str, Any]:
    played = character and {"name": character, "latinName": None, "image": None}
    person = {"slug": slug, "name": slug.title(), "latinName": None, "image": image_url(slug), "externalId": {}}
    return {"kind": kind, "character": played, "staff": person}


async def seed(api: httpx2.AsyncClient, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    response = await api.post("/movies", json=body)
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_a_movie_is_created_with_all_that_belongs_to_it(api: httpx2.AsyncClient, library: Library) -> None:
    video = await library.video("/dune.mkv")
    answer = await seed(
        api,
        {
            **DUNE,
            "videos": [video["id"], str(uuid4())],
            "collection": COLLECTION,
            "studios": [studio("wb", "Warner"), studio("legendary", "Legendary")],
            "staff": [role("tim", "Paul"), role("denis", None, "director"), role("tim", "Muad'Dib")],
        },
    )
    assert answer["slug"] == "dune"
    assert answer["videos"] == [{"slug": "dune"}]
    assert answer["collection"]["slug"] == "dune-collection"
    assert [row["slug"] for row in answer["studios"]] == ["wb", "legendary"]
    assert [row["slug"] for row in answer["staff"]] == ["tim", "denis"]
    movie = (await api.get(f"/movies/{answer['id']}?with=collection,studios&with=videos,translations")).json()
    assert movie["kind"] == "movie"
    assert movie["isAvailable"] is True
    assert movie["trailerUrl"] == "https://videos.example.org/dune"
    assert movie["collection"]["slug"] == "dune-collection"
    assert movie["collection"]["startAir"] == movie["collection"]["endAir"] == "2021-10-22"
    assert [row["name"] for row in movie["studios"]] == ["Legendary", "Warner"]
    assert movie["videos"] == [
        {
            "slug": "dune",
            "id": video["id"],
            "path": "/dune.mkv",
            "rendering": "dune-mkv",
            "part": None,
            "version": 1,
            "edition": None,
        }
    ]
    roles = (await api.get("/movies/dune/staff")).json()["items"]
    assert [(item["staff"]["slug"], item["character"] and item["character"]["name"]) for item in roles] == [
        ("tim", "Paul"),
        ("denis", None),
        ("tim", "Muad'Dib"),
    ]


async def test_the_same_movie_again_is_an_update(api: httpx2.AsyncClient, library: Library) -> None:
    video = await library.video("/dune.mkv")
    first = await seed(api, {**DUNE, "videos": [video["id"]], "studios": [studio("wb", "Warner")]})
    before = (await api.get("/movies/dune")).json()
    french = texts("Dune, le film", description="Du sable.")
    update = {**DUNE, "runtime": 200_000, "translations": {"fr": french}, "videos": [video["id"]], "genres": ["drama"]}
    second = await seed(api, update, 200)
    assert second["id"] == first["id"]
    assert second["videos"] == []
    after = (await api.get("/movies/dune?with=translations,studios,videos")).json()
    assert (after["runtime"], after["genres"], after["createdAt"]) == (200_000, ["drama"], before["createdAt"])
    assert after["translations"]["fr"]["description"] == "Du sable."
    assert after["translations"]["en"]["name"] == "Dune"
    assert [row["slug"] for row in after["studios"]] == ["wb"]
    assert [row["slug"] for row in after["videos"]] == ["dune"]


async def test_another_year_is_another_movie(api: httpx2.AsyncClient) -> None:
    await seed(api, DUNE)
    later = {**DUNE, "airDate": "2158-12-13"}
    assert (await seed(api, later))["slug"] == "dune-2158"
    assert (await seed(api, later, 200))["slug"] == "dune-2158"


async def test_no_date_on_a_taken_slug_is_a_conflict_that_names_the_other(api: httpx2.AsyncClient) -> None:
    first = await seed(api, DUNE)
    body = await seed(api, {**DUNE, "airDate": None}, 409)
    assert (body["id"], body["slug"], body["status"]) == (first["id"], "dune", 409)
    assert body["message"]


async def test_without_dates_the_slug_decides_and_a_date_may_come_later(api: httpx2.AsyncClient) -> None:
    first = await seed(api, {**DUNE, "airDate": None})
    assert (await seed(api, {**DUNE, "airDate": None}, 200))["id"] == first["id"]
    assert (await seed(api, DUNE, 200))["id"] == first["id"]
    assert (await seed(api, {**DUNE, "airDate": "1984-12-14"}))["slug"] == "dune-1984"


async def test_a_movie_and_a_serie_may_have_the_same_slug(api: httpx2.AsyncClient) -> None:
    await seed(api, DUNE)
    assert (await api.post("/series", json=serie_seed("dune"))).status_code == 201


async def test_the_slug_random_is_reserved(api: httpx2.AsyncClient) -> None:
    await seed(api, movie_seed("random", airDate=None), 422)
    assert (await seed(api, movie_seed("random", airDate="2022-05-05")))["slug"] == "random-2022"
    assert (await seed(api, movie_seed("random", airDate="2022-05-05"), 200))["slug"] == "random-2022"


INVALID_SEEDS: list[dict[str, Any]] = [
    {"slug": "Dune!"},
    {"slug": None},
    {"translations": {}},
    {"status": "airing"},
    {"genres": ["sand"]},
    {"rating": {"imdb": 101}},
    {"rating": {"imdb": 7.5}},
    {"runtime": -1},
    {"airDate": "2022-13-45"},
    {"originalLanguage": "nope nope"},
    {"translations": {"en": {"name": "Dune"}}},
    {"translations": {"en": texts("Dune", poster="file:///etc/passwd")}},
    {"videos": ["dune"]},
]


async def test_invalid_seeds(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for change in INVALID_SEEDS:
        with subtests.test(change=change):
            body = await seed(api, {**DUNE, **change}, 422)
            assert body["status"] == 422
            assert isinstance(body["message"], str)
            assert isinstance(body["details"], dict)


async def test_missing_members_and_an_invalid_language_are_named(api: httpx2.AsyncClient) -> None:
    assert "translations" in (await seed(api, {"slug": "dune"}, 422))["message"]
    answer = await seed(api, {**DUNE, "translations": {"test": texts("Dune")}}, 422)
    assert answer["message"] == "Invalid translation name: 'test'."
    assert answer["details"]["errors"][0]["in"] == ["body", "translations"]
    answer = await seed(api, {**DUNE, "originalLanguage": "test"}, 422)
    assert answer["message"] == (
        "Invalid request: body.originalLanguage: must be the code of a language, such as en or pt-BR"
    )


async def test_language_codes_become_canonical_and_gain_their_base(api: httpx2.AsyncClient) -> None:
    await seed(api, {**DUNE, "originalLanguage": "en-us", "translations": {"en-us": texts("Dune US")}})
    movie = (await api.get("/movies/dune?with=translations")).json()
    assert sorted(movie["translations"]) == ["en", "en-US"]
    assert movie["original"]["language"] == "en-US"
    assert movie["original"]["name"] == "Dune US"
    # The codes of a provider, which no registry has.
    await seed(api, movie_seed("own", originalLanguage="cn", translations={"CN": texts("沙丘"), "xx": texts("Dune")}))
    movie = (await api.get("/movies/own", headers={"Accept-Language": "cn"})).json()
    assert (movie["name"], movie["original"]["language"]) == ("沙丘", "cn")
    both = {"pt-br": texts("Duna BR"), "pt": texts("Duna")}
    await seed(api, movie_seed("duna", translations=both))
    movie = (await api.get("/movies/duna?with=translations", headers={"Accept-Language": "pt-BR"})).json()
    assert {code: text["name"] for code, text in movie["translations"].items()} == {"pt": "Duna", "pt-BR": "Duna BR"}


BILINGUAL = movie_seed(
    "bubble",
    originalLanguage="ja",
    translations={"en": texts("Bubble", poster=image_url("en")), "ja": texts("バブル", poster=image_url("ja"))},
)


THE_LANGUAGE_OF_ONE_MOVIE: list[tuple[str, Any]] = [
    ("en", "en"),
    ("fr", None),
    ("fr,en", "en"),
    ("en-au", "en"),
    ("fr,pr,*", ("en", "ja")),
    ("", ("en", "ja")),
    ("ja;q=0.5,en;q=0.8", "en"),
    ("JA", "ja"),
]


async def test_the_language_of_one_movie(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    await seed(api, BILINGUAL)
    for accepted, language in THE_LANGUAGE_OF_ONE_MOVIE:
        with subtests.test(accepted=accepted):
            response = await api.get("/movies/bubble", headers={"Accept-Language": accepted})
            assert response.status_code == (200 if language else 422)
            if language is None:
                continue
            picked = response.headers["content-language"]
            assert picked in language
            assert response.json()["name"] == {"en": "Bubble", "ja": "バブル"}[picked]


async def test_pictures_of_the_original(api: httpx2.AsyncClient) -> None:
    await seed(api, BILINGUAL)

    async def poster(query: str = "", **claims: Any) -> str:
        headers = {"Accept-Language": "en", **bearer(**claims)}
        movie = (await api.get(f"/movies/bubble{query}", headers=headers)).json()
        return str(movie["poster"]["source"])

    assert await poster() == image_url("ja")
    assert await poster(settings={"preferOriginal": False}) == image_url("en")
    assert await poster("?preferOriginal=true", settings={"preferOriginal": False}) == image_url("ja")
    assert await poster("?preferOriginal=false") == image_url("en")


async def test_redirects_to_pictures(api: httpx2.AsyncClient) -> None:
    await seed(api, BILINGUAL)
    movie = (await api.get("/movies/bubble?preferOriginal=false", headers={"Accept-Language": "en"})).json()
    # A random picture is one of those that there are.
    for number in range(5):
        await seed(api, movie_seed(f"bare-{number}"))
    for name in ("bubble", movie["id"], "random"):
        response = await api.get(f"/movies/{name}/poster?quality=low", headers={"Accept-Language": "en"})
        assert response.status_code == 302
        assert response.headers["location"] == f"/api/images/{movie['poster']['id']}?quality=low"
        assert response.headers["content-language"] == "en"
    assert (await api.get("/shows/random/poster")).status_code == 302
    for path, status in (
        ("/movies/bubble/logo", 404),
        ("/movies/nothing/poster", 404),
        ("/movies/bubble/face", 422),
        ("/movies/bubble/poster?quality=huge", 422),
    ):
        assert (await api.get(path)).status_code == status, path
    assert (await api.get("/movies/bubble/poster", headers={"Accept-Language": "fr"})).status_code == 422


async def test_an_unknown_movie(api: httpx2.AsyncClient) -> None:
    for path in ("/movies/nothing", f"/movies/{uuid4()}", "/movies/nothing/staff"):
        response = await api.get(path)
        assert (response.status_code, response.json()["status"]) == (404, 404)


async def test_a_collection_gathers_its_members(api: httpx2.AsyncClient) -> None:
    await seed(api, {**DUNE, "collection": COLLECTION})
    second = {**COLLECTION, "genres": ["drama"], "originalLanguage": "ja"}
    await seed(api, movie_seed("dune-2", airDate="2024-02-27", collection=second))
    collection = (await api.get("/collections/dune-collection")).json()
    assert sorted(collection["genres"]) == ["adventure", "drama"]
    assert (collection["startAir"], collection["endAir"]) == ("2021-10-22", "2024-02-27")
    assert collection["original"]["language"] == "ja"
    members = (await api.get("/collections/dune-collection/shows?sort=airDate")).json()["items"]
    assert [(item["kind"], item["slug"]) for item in members] == [("movie", "dune"), ("movie", "dune-2")]


async def test_a_movie_leaves_its_collection_only_when_told_so(api: httpx2.AsyncClient) -> None:
    await seed(api, {**DUNE, "collection": COLLECTION})
    await seed(api, DUNE, 200)
    assert (await api.get("/movies/dune?with=collection")).json()["collection"]["slug"] == "dune-collection"
    await seed(api, {**DUNE, "collection": None}, 200)
    assert (await api.get("/movies/dune?with=collection")).json()["collection"] is None


async def test_deleting(api: httpx2.AsyncClient, library: Library) -> None:
    video = await library.video("/dune.mkv")
    created = await seed(api, {**DUNE, "videos": [video["id"]], "collection": COLLECTION})
    assert (await api.delete("/collections/dune-collection")).json()["slug"] == "dune-collection"
    assert (await api.get("/movies/dune")).status_code == 200
    response = await api.delete("/movies/dune")
    assert response.json() == {"id": created["id"], "slug": "dune"}
    assert (await api.delete("/movies/dune")).status_code == 404
    assert (await api.get("/movies/dune")).status_code == 404
    assert (await api.get("/videos/unmatched")).json()["items"][0]["path"] == "/dune.mkv"


async def test_a_seed_that_fails_leaves_nothing(api: httpx2.AsyncClient, database: Database) -> None:
    serie = {
        "kind": "movie",
        "slug": "taken",
        "content": "story",
        "order": 2,
        "airDate": None,
        "runtime": None,
        "thumbnail": None,
        "externalId": {},
        "translations": {},
    }
    assert (await api.post("/series", json=serie_seed("one", entries=[serie]))).status_code == 201
    twice = [{**serie, "slug": "a"}, {**serie, "slug": "a"}]
    assert (await api.post("/series", json=serie_seed("two", entries=twice))).status_code == 422
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from api.shows") == 1


async def test_pictures_are_recorded_and_asked_for_once(
    api: httpx2.AsyncClient, database: Database, queued: InMemoryConnector
) -> None:
    pictured = {**DUNE, "translations": {"en": texts("Dune", poster=image_url("p"), logo=image_url("l"))}}
    await seed(api, pictured)
    await seed(api, pictured, 200)
    await seed(api, movie_seed("plain"))
    async with database.connection() as connection:
        rows = await fetch_all(connection, "select source, status from api.images order by priority")
        places = await fetch_all(connection, "select distinct owner from api.image_places order by owner")
    assert [row["source"] for row in rows] == [image_url("p"), image_url("l")]
    assert [row["owner"] for row in places] == ["entry", "show"]
    assert [job["task_name"] for job in queued.jobs.values()] == ["api:download_images"]


async def test_a_picture_that_is_known_comes_with_its_blurhash(api: httpx2.AsyncClient, database: Database) -> None:
    pictured = {"en": texts("Dune", poster=image_url("p"))}
    await seed(api, {**DUNE, "translations": pictured})
    async with database.connection() as connection:
        await connection.execute("update api.images set status = 'ready', blurhash = 'LKO2'")
    await seed(api, movie_seed("other", translations=pictured))
    assert (await api.get("/movies/other")).json()["poster"]["blurhash"] == "LKO2"


async def test_replicas_seeding_at_once_agree(api: httpx2.AsyncClient) -> None:
    full = {**DUNE, "collection": COLLECTION, "studios": [studio("wb", "W")], "staff": [role("tim", "Paul")]}
    seeds = [full, full, full, movie_seed("two", **{key: full[key] for key in ("collection", "studios", "staff")})]
    statuses = [
        response.status_code for response in await asyncio.gather(*(api.post("/movies", json=s) for s in seeds))
    ]
    assert sorted(statuses) == [200, 200, 201, 201]
    assert len((await api.get("/movies")).json()["items"]) == 2


async def test_the_hidden_entry_of_a_movie_is_what_has_files(api: httpx2.AsyncClient) -> None:
    await seed(api, DUNE)
    body = [video_seed("/dune.mkv", **{"for": [{"slug": "dune"}]})]
    (video,) = (await api.post("/videos", json=body)).json()
    assert video["entries"] == [{"slug": "dune"}]
    (news,) = (await api.get("/news")).json()["items"]
    assert (news["kind"], news["slug"], news["name"], news["show"]["slug"]) == ("movie", "dune", "Dune", "dune")
