"""People, studios, extras and credits written by hand, and external ids: their locks, which seeds respect."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.integration.api.catalogue.test_editing import edited, get, photo
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import image_url, texts
from tests.integration.api.viewers.watching import items

PERSON = {"slug": "rie", "name": "Rie", "latinName": None, "image": image_url("rie"), "externalId": {}}
ROLE = {"kind": "actor", "character": {"name": "Nanachi", "latinName": None, "image": None}, "staff": PERSON}
STUDIO = {"slug": "wit", "externalId": {}, "translations": {"en": {"name": "Wit", "logo": image_url("wit")}}}
CREDITS = {"studios": [STUDIO], "staff": [ROLE]}


@pytest.fixture
async def credited(library: Library) -> None:
    await library.movie("bubble", **CREDITS)


async def test_a_person_is_kept_as_edited(api: httpx2.AsyncClient, library: Library, credited: None) -> None:
    imdb = {"imdb": [{"dataId": "nm1", "link": None}]}
    locks = await edited(api, "/staff/rie", name="Rie K.", latinName="Rie", externalId=imdb)
    assert locks == ["externalId", "latinName", "name"]
    await library.movie("bubble", **CREDITS)
    person = await get(api, "/staff/rie")
    assert (person["name"], person["latinName"], person["externalId"]) == ("Rie K.", "Rie", imdb)
    upload = {"file": ("mine.png", photo("blue"), "image/png")}
    response = await api.put("/staff/rie/image", files=upload)
    assert "image" in response.json()["locks"], response.text
    await library.movie("other", **CREDITS)
    assert (await get(api, "/staff/rie"))["image"]["blurhash"] != "000000"
    assert await edited(api, "/staff/rie", locks=["name"]) == ["name"]
    await library.movie("other", **CREDITS)
    person = await get(api, "/staff/rie")
    assert (person["name"], person["latinName"], person["externalId"]) == ("Rie K.", None, {})
    assert person["image"]["source"] == image_url("rie")


async def test_a_studio_is_kept_as_edited(api: httpx2.AsyncClient, library: Library, credited: None) -> None:
    japanese = {"ja": {"name": "ウィット", "logo": None}}
    assert await edited(api, "/studios/wit", logo=None, translations=japanese) == ["en.logo", "ja.logo", "ja.name"]
    await library.movie("bubble", **CREDITS)
    studio = await get(api, "/studios/wit")
    assert (studio["name"], studio["logo"]) == ("Wit", None)
    assert (await get(api, "/studios/wit", "ja"))["name"] == "ウィット"
    upload = {"file": ("mine.png", photo("blue"), "image/png")}
    assert (await api.put("/studios/wit/logo?language=ja", files=upload)).status_code == 200
    assert (await get(api, "/studios/wit", "ja"))["logo"]["blurhash"] != "000000"
    assert (await api.patch("/studios/wit", json={"translations": {"de": {"logo": None}}})).status_code == 422
    assert [item["slug"] for item in await items(api, "/studios?query=ウィット")] == ["wit"]


async def test_an_extra_is_kept_as_edited(api: httpx2.AsyncClient, library: Library) -> None:
    file = await library.video("/trailer.mkv")
    extra = {"kind": "other", "slug": "show-trailer", "name": "File", "runtime": 2, "thumbnail": None}
    seed = {"extras": [{**extra, "video": file["id"]}]}
    await library.serie("show", **seed)
    change: dict[str, Any] = {"kind": "trailer", "name": "Trailer", "thumbnail": image_url("t")}
    assert await edited(api, "/extras/show-trailer", **change) == ["kind", "name", "thumbnail"]
    await library.serie("show", **seed)
    (found,) = await items(api, "/series/show/extras")
    assert (found["kind"], found["name"], found["runtime"]) == ("trailer", "Trailer", 2)
    assert found["thumbnail"]["source"] == image_url("t")
    assert await edited(api, "/extras/show-trailer", locks=["name"]) == ["name"]
    await library.serie("show", **seed)
    (found,) = await items(api, "/series/show/extras")
    assert (found["kind"], found["name"], found["thumbnail"]) == ("other", "Trailer", None)
    assert (await api.patch("/extras/show-trailer", json={"locks": ["order"]})).status_code == 422
    assert (await api.patch("/entries/show-trailer", json={"runtime": 1})).status_code == 404


async def test_the_credits_of_a_show_are_kept_as_edited(
    api: httpx2.AsyncClient, library: Library, credited: None
) -> None:
    await edited(api, "/staff/rie", name="Rie K.")
    other = {**STUDIO, "slug": "mappa", "translations": {"en": {"name": "Mappa", "logo": None}}}
    writer = {"kind": "writter", "character": None, "staff": {**PERSON, "slug": "gen", "name": "Gen"}}
    locks = await edited(api, "/movies/bubble", studios=[other], staff=[writer, ROLE])
    assert locks == ["staff", "studios"]
    for _ in range(2):
        movie = await get(api, "/movies/bubble?with=studios")
        assert [studio["slug"] for studio in movie["studios"]] == ["mappa"]
        roles = await items(api, "/movies/bubble/staff")
        # What was written of a person outlives the credits of a film.
        assert [(role["kind"], role["staff"]["name"]) for role in roles] == [("writter", "Gen"), ("actor", "Rie K.")]
        await library.movie("bubble", **CREDITS)
    assert await edited(api, "/movies/bubble", locks=[]) == []
    await library.movie("bubble", **CREDITS)
    assert [role["staff"]["slug"] for role in await items(api, "/movies/bubble/staff")] == ["rie"]
    assert await edited(api, "/movies/bubble", studios=[], staff=[]) == ["staff", "studios"]
    assert (await get(api, "/movies/bubble?with=studios"))["studios"] == []
    assert await items(api, "/movies/bubble/staff") == []


async def test_the_collection_of_a_show_is_kept_as_edited(api: httpx2.AsyncClient, library: Library) -> None:
    def collection(slug: str) -> dict[str, Any]:
        words = {key: value for key, value in texts(slug.title()).items() if key != "trailer"}
        common = {"genres": ["war"], "rating": {}, "externalId": {}, "originalLanguage": "en"}
        return {"slug": slug, **common, "translations": {"en": words}}

    async def of(movie: str) -> str | None:
        found = (await get(api, f"/movies/{movie}?with=collection"))["collection"]
        return found and str(found["slug"])

    await library.movie("bubble", collection=collection("seeded"))
    await edited(api, "/collections/seeded", translations={"en": {"name": "Mine"}})
    assert await edited(api, "/movies/bubble", collection=collection("chosen")) == ["collection"]
    assert (await get(api, "/collections/chosen"))["startAir"] == "2020-01-01"
    await library.movie("bubble", collection=collection("other"))
    assert await of("bubble") == "chosen"
    # What is not taken over is not made either.
    assert (await api.get("/collections/other")).status_code == 404
    assert await edited(api, "/movies/bubble", collection=collection("seeded")) == ["collection"]
    assert (await get(api, "/collections/seeded"))["name"] == "Mine"
    assert await edited(api, "/movies/bubble", collection=None) == ["collection"]
    await library.movie("bubble", collection=collection("seeded"))
    assert await of("bubble") is None
    assert await edited(api, "/movies/bubble", locks=[]) == []
    await library.movie("bubble", collection=collection("seeded"))
    assert await of("bubble") == "seeded"
    assert (await api.patch("/movies/bubble", json={"collection": {"slug": "x"}})).status_code == 422
    assert (await api.patch("/collections/seeded", json={"locks": ["collection"]})).status_code == 422


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/staff/rie", {"name": None}),
        ("/staff/rie", {"image": "ftp://example.org/x"}),
        ("/staff/rie", {"locks": ["en.name"]}),
        ("/studios/wit", {"translations": {"en": {"name": None}}}),
        ("/studios/wit", {"locks": ["slug"]}),
        ("/movies/bubble", {"staff": [{"kind": "writer"}]}),
        ("/movies/bubble", {"studios": None}),
    ],
)
async def test_a_wrong_edit_is_refused(
    api: httpx2.AsyncClient, credited: None, path: str, change: dict[str, Any]
) -> None:
    before = [
        await get(api, "/movies/bubble?with=studios"),
        await get(api, "/staff/rie"),
        await get(api, "/studios/wit"),
    ]
    response = await api.patch(path, json=change)
    assert response.status_code == 422, response.text
    after = [
        await get(api, "/movies/bubble?with=studios"),
        await get(api, "/staff/rie"),
        await get(api, "/studios/wit"),
    ]
    assert after == before


async def test_what_there_is_not(api: httpx2.AsyncClient) -> None:
    for path in ("/staff/nobody", "/studios/none", "/extras/none"):
        assert (await api.patch(path, json={})).status_code == 404
        assert (await api.get(f"{path}/locks")).status_code == 404


async def test_external_ids_are_read_as_they_were_given(api: httpx2.AsyncClient, library: Library) -> None:
    seeded = {
        "imdb": [{"dataId": "tt1", "link": None}],
        "tvdb": [{"dataId": "1", "link": "https://x.org", "label": "X"}],
    }
    await library.movie("bubble", externalId=seeded)
    assert (await get(api, "/movies/bubble"))["externalId"] == seeded
    by_hand = {"anidb": [{"dataId": "a", "link": "https://anidb.example.org"}]}
    await edited(api, "/movies/bubble", externalId=by_hand)
    await library.movie("bubble", externalId=seeded)
    assert (await get(api, "/movies/bubble"))["externalId"] == by_hand
    # A file is linked by what the movie is called now.
    video = await library.video("/b.mkv", **{"for": [{"externalId": {"anidb": {"dataId": "a"}}}]})
    assert video["entries"] == [{"slug": "bubble"}]
