"""Fields and pictures written by hand, and their locks, which seeds respect."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from PIL import Image
from tests.integration.api.conftest import Library
from tests.integration.api.everything import URLS, seed_everything
from tests.integration.api.seeds import (
    READ,
    USER,
    bearer,
    episode_seed,
    film_seed,
    image_url,
    season_seed,
    special_seed,
    texts,
)
from tests.integration.api.viewers.watching import items, play, record

from kyoo.api.queries.catalogue import images
from kyoo.core.database.postgres import Database

TRANSLATIONS = {"en": texts("Bubble", poster=image_url("old")), "fr": texts("Bulle")}


@pytest.fixture
async def bubble(library: Library) -> None:
    await library.movie("bubble", translations=TRANSLATIONS, genres=["drama"])


async def edited(api: httpx2.AsyncClient, path: str, **change: Any) -> list[str]:
    """Patches; the locks that are answered."""
    response = await api.patch(path, json=change)
    assert response.status_code == 200, response.text
    locks: list[str] = response.json()["locks"]
    assert (await api.get(f"{path}/locks")).json()["locks"] == locks
    return locks


async def get(api: httpx2.AsyncClient, path: str, language: str = "en") -> dict[str, Any]:
    response = await api.get(path, headers={"Accept-Language": language})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_what_is_edited_is_kept_by_seeds_and_the_rest_refreshed(
    api: httpx2.AsyncClient, library: Library, bubble: None
) -> None:
    locks = await edited(
        api,
        "/movies/bubble",
        genres=["action"],
        airDate="1999-05-05",
        runtime=None,
        rating={"me": 90},
        translations={"en": {"name": "My Bubble", "tags": ["mine"], "description": "Mine"}},
    )
    assert locks == ["airDate", "en.description", "en.name", "en.tags", "genres", "rating", "runtime"]
    # Another year of the same slug would be another movie, were the date not written by hand.
    again = await library.movie("bubble", genres=["war"], status="planned", translations={
        "en": texts("Bubble 2", tagline="New", description="New"), "fr": texts("Bulle 2"),
    })  # fmt: skip
    assert again["slug"] == "bubble"
    movie = await get(api, "/movies/bubble")
    assert (movie["name"], movie["tags"], movie["description"]) == ("My Bubble", ["mine"], "Mine")
    assert (movie["genres"], movie["airDate"], movie["rating"]) == (["action"], "1999-05-05", {"me": 90})
    assert (movie["runtime"], movie["status"], movie["tagline"]) == (None, "planned", "New")
    assert (await get(api, "/movies/bubble", "fr"))["name"] == "Bulle 2"
    assert [found["slug"] for found in await items(api, "/movies?query=My Bubble")] == ["bubble"]


async def test_an_edited_date_does_not_change_which_film_it_is(api: httpx2.AsyncClient, library: Library) -> None:
    """Seeds tell films of one slug apart by the year that they gave themselves."""
    dune = {"airDate": "2021-10-22"}
    await library.movie("dune", **dune)
    await edited(api, "/movies/dune", airDate="2020-01-01")
    assert (await library.movie("dune", airDate="1984-12-14"))["slug"] == "dune-1984"
    assert (await library.movie("dune", **dune))["slug"] == "dune"
    assert (await get(api, "/movies/dune"))["airDate"] == "2020-01-01"
    await edited(api, "/movies/dune", locks=[])
    assert (await library.movie("dune", **dune))["slug"] == "dune"
    assert (await get(api, "/movies/dune"))["airDate"] == "2021-10-22"


async def test_the_entry_of_a_movie_follows_it(api: httpx2.AsyncClient, library: Library, bubble: None) -> None:
    await edited(api, "/movies/bubble", runtime=7, translations={"en": {"name": "My Bubble"}})
    await library.movie("bubble", translations=TRANSLATIONS)
    await record(api, play("bubble", 10))
    (entry,) = await items(api, "/profiles/me/nextup")
    assert (entry["name"], entry["runtime"]) == ("My Bubble", 7)


async def test_locks_are_set_and_taken_back(api: httpx2.AsyncClient, library: Library, bubble: None) -> None:
    assert await edited(api, "/movies/bubble", locks=["name", "genres", "fr.tagline"]) == [
        "en.name", "fr.name", "fr.tagline", "genres"
    ]  # fmt: skip
    await library.movie("bubble", genres=["war"], translations={
        "en": texts("Other", tagline="T"), "fr": texts("Autre", tagline="T"),
    })  # fmt: skip
    movie = await get(api, "/movies/bubble?with=translations")
    assert (movie["name"], movie["genres"], movie["tagline"]) == ("Bubble", ["drama"], "T")
    assert movie["translations"]["fr"]["tagline"] is None
    # An edit may leave what it changes unlocked.
    assert await edited(api, "/movies/bubble", genres=["action"], locks=[]) == []
    await library.movie("bubble", genres=["war"], translations=TRANSLATIONS)
    assert (await get(api, "/movies/bubble"))["genres"] == ["war"]


EDITABLE = [urls[0].removesuffix("/locks") for route, urls in URLS.items() if route.endswith("/locks")]


def given(value: Any) -> Any:
    """What was read as it is given: pictures by their URL."""
    if isinstance(value, dict):
        return value["source"] if "blurhash" in value else {key: given(item) for key, item in value.items()}
    return value


async def test_what_is_read_can_be_given_back(app: FastAPI, api: httpx2.AsyncClient, library: Library) -> None:
    """Forms show `fields` and `translations`, and send what was changed of them."""
    await seed_everything(app, api, library)
    for path in (f"{path}/locks" for path in EDITABLE):
        before = (await api.get(path)).json()
        assert before["locks"] == []
        translations = {"translations": before["translations"]} if before["translations"] else {}
        await edited(api, path.removesuffix("/locks"), **given(before["fields"]), **given(translations))
        after = (await api.get(path)).json()
        # All of it is locked: nothing was read that is no field.
        assert set(after.pop("locks")) == {
            *before["fields"],
            *(f"{language}.{field}" for language, text in before["translations"].items() for field in text),
        }
        assert after == {key: value for key, value in before.items() if key != "locks"}


#: Another value than any that `seed_everything` gives, by field.
MINE: dict[str, Any] = {
    **dict.fromkeys(("name", "description", "tagline", "latinName"), "Mine"),
    **dict.fromkeys(("poster", "thumbnail", "banner", "logo", "image"), image_url("mine")),
    **dict.fromkeys(("airDate", "startAir"), "1987-06-05"),
    "aliases": ["Mine"],
    "tags": ["mine"],
    "genres": ["horror"],
    "rating": {"mine": 1},
    "minAge": 12,
    "runtime": 7,
    "endAir": "2021-02-03",
    "trailerUrl": "https://videos.example.org/mine",
    "originalLanguage": "de",
    "status": "planned",
    "content": "recap",
    "kind": "interview",
    "order": 9.5,
}
#: What no seed brings, and what shows add to a collection instead of replacing it.
KEPT = {"minAge"}
KEPT_OF_COLLECTIONS = KEPT | {"genres", "rating", "externalId", "startAir", "endAir", "originalLanguage"}


async def test_every_field_is_kept_by_refreshes_until_it_is_unlocked(
    app: FastAPI, api: httpx2.AsyncClient, library: Library
) -> None:
    await seed_everything(app, api, library)

    async def read(path: str) -> dict[str, Any]:
        answer = (await api.get(f"{path}/locks")).json()
        return {"fields": given(answer["fields"]), "translations": given(answer["translations"])}

    paths = [*EDITABLE, "/entries/serie-sp1", "/entries/serie-film"]
    before = {path: await read(path) for path in paths}
    mine = {}
    for path in paths:
        number = {"serieId": "9", "season": 9, "link": None, "label": None}
        of_kind = {"seasons": number, "entries": {**number, "episode": 9}}
        item = of_kind.get(path.split("/")[1], {"dataId": "9", "link": None, "label": None})
        values = {**MINE, "externalId": {"mine": [item]}}
        mine[path] = {
            "fields": {field: values[field] for field in before[path]["fields"]},
            "translations": {
                language: {field: values[field] for field in text}
                for language, text in before[path]["translations"].items()
            },
        }
        translations = {"translations": mine[path]["translations"]} if mine[path]["translations"] else {}
        await edited(api, path, **mine[path]["fields"], **translations)
    await seed_everything(app, api, library)
    assert {path: await read(path) for path in paths} == mine
    for path in paths:
        assert await edited(api, path, locks=[]) == []
    await seed_everything(app, api, library)
    for path in paths:
        kept = KEPT_OF_COLLECTIONS if path.startswith("/collections") else KEPT
        after = await read(path)
        for field, value in after["fields"].items():
            assert field in kept or value == before[path]["fields"][field], (path, field)
        assert after["translations"] == before[path]["translations"], path


async def test_a_language_is_added_by_hand(api: httpx2.AsyncClient, bubble: None) -> None:
    assert (await api.patch("/movies/bubble", json={"translations": {"de": {"tagline": "T"}}})).status_code == 422
    await edited(api, "/movies/bubble", translations={"de-at": {"name": "Blase"}})
    assert (await get(api, "/movies/bubble", "de-AT"))["name"] == "Blase"


async def test_a_picture_by_url_is_kept_and_gets_its_blurhash(
    api: httpx2.AsyncClient, library: Library, bubble: None, database: Database
) -> None:
    assert await edited(api, "/movies/bubble", poster=image_url("mine")) == ["en.poster", "fr.poster"]
    await library.movie("bubble", translations=TRANSLATIONS)
    poster = (await get(api, "/movies/bubble"))["poster"]
    assert (poster["source"], poster["blurhash"]) == (image_url("mine"), "000000")
    async with database.transaction() as connection:
        await images.finish(connection, poster["id"], "LEHV6nWB2yk8")
    for language in ("en", "fr"):
        poster = (await get(api, "/movies/bubble", language))["poster"]
        assert (poster["source"], poster["blurhash"]) == (image_url("mine"), "LEHV6nWB2yk8")


def photo(colour: str) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (40, 60), colour).save(output, "PNG")
    return output.getvalue()


async def test_an_uploaded_picture_is_shown_at_once(api: httpx2.AsyncClient, library: Library, bubble: None) -> None:
    upload = {"file": ("mine.png", photo("red"), "image/png")}
    response = await api.put("/movies/bubble/poster?language=en", files=upload)
    assert (response.status_code, response.json()["locks"]) == (200, ["en.poster"])
    await library.movie("bubble", translations=TRANSLATIONS)
    movie = await get(api, "/movies/bubble?with=translations")
    assert movie["poster"]["blurhash"] != "000000"
    assert movie["translations"]["fr"]["poster"] is None
    shown = await api.get(f"/images/{movie['poster']['id']}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    for files in ({"file": ("x.png", b"no picture", "image/png")}, {"other": ("x.png", photo("red"), "image/png")}):
        assert (await api.put("/movies/bubble/poster", files=files)).status_code == 422
    assert (await api.put("/movies/bubble/face", files=upload)).status_code == 422
    assert (await api.put("/movies/nothing/poster", files=upload)).status_code == 404


@pytest.mark.parametrize("name", ["../../../evil.png", "/etc/cron.d/evil", "..\\..\\evil.webp", "a/../../b.high.webp"])
async def test_the_name_of_an_uploaded_picture_decides_nothing(
    api: httpx2.AsyncClient, library: Library, bubble: None, tmp_path: Path, name: str
) -> None:
    """CVE-2026-35031: an uploaded file was written where its name said."""
    upload = {"file": (name, photo("red"), "image/png")}
    assert (await api.put("/movies/bubble/poster", files=upload)).status_code == 200
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in files} == {tmp_path / "images"}
    assert {path.name.partition(".")[2] for path in files} == {"low.webp", "medium.webp", "high.webp"}


async def test_series_seasons_entries_and_collections(api: httpx2.AsyncClient, library: Library) -> None:
    seed: dict[str, Any] = {
        "seasons": [season_seed(1)],
        "entries": [
            episode_seed(1, 1, airDate="2020-01-01"),
            special_seed(1, 1.5),
            film_seed(2, "the-film"),
        ],
        "collection": {
            "slug": "all", "genres": [], "rating": {}, "externalId": {}, "originalLanguage": "en",
            "translations": {"en": {key: value for key, value in texts("All").items() if key != "trailer"}},
        },
    }  # fmt: skip
    await library.serie("serie", **seed)
    await edited(api, "/series/serie", startAir="1990-01-01", status="airing", logo=image_url("logo"))
    await edited(api, "/seasons/serie-s1", endAir="2020-02-02", translations={"en": {"name": "First"}})
    await edited(
        api, "/entries/serie-s1e1", airDate="2021-01-01", content="recap", order=1.2, thumbnail=image_url("t"),
        translations={"en": {"name": "Mine"}},
    )  # fmt: skip
    await edited(api, "/entries/the-film", poster=image_url("film"))
    await edited(api, "/collections/all", translations={"en": {"name": "Everything"}})
    upload = {"file": ("mine.png", photo("blue"), "image/png")}
    assert (await api.put("/entries/serie-sp1/thumbnail?language=en", files=upload)).json()["locks"] == ["thumbnail"]
    assert (await api.put("/seasons/serie-s1/poster", files=upload)).status_code == 200
    await library.serie("serie", **seed)
    serie = await get(api, "/series/serie")
    assert (serie["startAir"], serie["status"], serie["logo"]["source"]) == (
        "1990-01-01", "airing", image_url("logo")
    )  # fmt: skip
    (season,) = await items(api, "/series/serie/seasons")
    assert (season["name"], season["endAir"]) == ("First", "2020-02-02")
    assert season["poster"]["blurhash"] != "000000"
    entries = {entry["slug"]: entry for entry in await items(api, "/series/serie/entries")}
    episode = entries["serie-s1e1"]
    assert (episode["name"], episode["airDate"], episode["content"]) == ("Mine", "2021-01-01", "recap")
    assert (episode["order"], episode["thumbnail"]["source"]) == (1.2, image_url("t"))
    assert entries["serie-sp1"]["thumbnail"]["blurhash"] != "000000"
    assert entries["the-film"]["poster"]["source"] == image_url("film")
    assert (await get(api, "/collections/all"))["name"] == "Everything"


@pytest.mark.parametrize(
    "change",
    [
        {"genres": ["nothing"]},
        {"genres": None},
        {"rating": {"imdb": 101}},
        {"airDate": "2022-13-45"},
        {"translations": {"test": {"name": "x"}}},
        {"translations": {"en": {"name": None}}},
        {"translations": {"en": {"name": "a\0b"}}},
        {"poster": "file:///etc/passwd"},
        {"locks": ["slug"]},
        {"locks": ["de.name"]},
        {"locks": ["en.genres"]},
        {"status": "airing"},
    ],
)
async def test_a_wrong_edit_changes_nothing(api: httpx2.AsyncClient, bubble: None, change: dict[str, Any]) -> None:
    before = await get(api, "/movies/bubble?with=translations")
    response = await api.patch("/movies/bubble", json={"runtime": 1, **change})
    assert response.status_code == 422, response.text
    assert await get(api, "/movies/bubble?with=translations") == before


async def test_who_may_edit_what_there_is(api: httpx2.AsyncClient, library: Library, bubble: None) -> None:
    assert (await api.patch("/movies/nothing", json={})).status_code == 404
    assert (await api.patch("/series/bubble", json={})).status_code == 404
    assert (await api.patch("/seasons/nothing", json={})).status_code == 404
    assert (await api.patch("/entries/nothing", json={})).status_code == 404
    reader = bearer(USER, (READ,))
    assert (await api.patch("/movies/bubble", json={}, headers=reader)).status_code == 403
    assert (await api.get("/movies/bubble/locks", headers=reader)).json()["locks"] == []
    assert (await api.get("/movies/nothing/locks")).status_code == 404
