"""Seeding a serie and reading what is inside (docs/protocol/api.md#seeding)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
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
    video_seed,
)

SERIE = "made-in-abyss"


def extra(slug: str, video: str, **more: Any) -> dict[str, Any]:
    return {"kind": "trailer", "slug": slug, "name": "Trailer", "runtime": 2, "thumbnail": None, "video": video, **more}


async def seed(api: httpx2.AsyncClient, status: int = 201, slug: str = SERIE, **more: Any) -> dict[str, Any]:
    response = await api.post("/series", json=serie_seed(slug, **more))
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def items(api: httpx2.AsyncClient, path: str, **kwargs: Any) -> list[dict[str, Any]]:
    response = await api.get(path, **kwargs)
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


@pytest.fixture
async def abyss(api: httpx2.AsyncClient, library: Library) -> dict[str, Any]:
    """Two seasons, a special, a film, an extra; only s1e13 has a file."""
    video = await library.video("/abyss-13.mkv", rendering="notehu5")
    trailer = await library.video("/trailer.mkv")
    return await seed(
        api,
        seasons=[season_seed(1), season_seed(2)],
        entries=[
            episode_seed(1, 13, order=13, videos=[video["id"]], airDate="2017-09-29", thumbnail=image_url("s1e13")),
            special_seed(3, 13.5),
            film_seed(14, "dawn-of-the-deep-soul"),
            episode_seed(2, 1, order=15),
        ],
        extras=[extra("abyss-trailer", trailer["id"])],
    )


async def test_what_is_answered(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    assert [row["slug"] for row in abyss["seasons"]] == [f"{SERIE}-s1", f"{SERIE}-s2"]
    assert [(row["slug"], row["videos"]) for row in abyss["entries"]] == [
        (f"{SERIE}-s1e13", [{"slug": f"{SERIE}-s1e13"}]),
        (f"{SERIE}-sp3", []),
        ("dawn-of-the-deep-soul", []),
        (f"{SERIE}-s2e1", []),
    ]
    assert [row["slug"] for row in abyss["extras"]] == ["abyss-trailer"]
    assert (abyss["collection"], abyss["studios"], abyss["staff"]) == (None, [], [])


async def test_counts_leave_extras_out(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    serie = (await api.get(f"/series/{SERIE}")).json()
    assert (serie["kind"], serie["entriesCount"], serie["availableCount"]) == ("serie", 4, 1)
    seasons = await items(api, f"/series/{SERIE}/seasons")
    assert [(row["seasonNumber"], row["entriesCount"], row["availableCount"]) for row in seasons] == [
        (1, 1, 1),
        (2, 1, 0),
    ]


async def test_entries_in_watch_order_with_their_files(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    entries = await items(api, f"/series/{SERIE}/entries")
    assert [(row["kind"], row["order"]) for row in entries] == [
        ("episode", 13),
        ("special", 13.5),
        ("movie", 14),
        ("episode", 15),
    ]
    (video,) = entries[0]["videos"]
    assert (video["slug"], video["path"], video["rendering"]) == (f"{SERIE}-s1e13", "/abyss-13.mkv", "notehu5")
    assert entries[0]["progress"] == {"percent": 0, "time": 0, "playedDate": None, "videoId": None}
    assert entries[1]["number"] == 3
    assert entries[3]["seasonNumber"] == 2


async def test_news_has_what_is_available(api: httpx2.AsyncClient, abyss: dict[str, Any], library: Library) -> None:
    (news,) = await items(api, "/news")
    assert (news["slug"], news["show"]["slug"], news["show"]["kind"]) == (f"{SERIE}-s1e13", SERIE, "serie")
    assert len(news["videos"]) == 1
    await library.video("/abyss-14.mkv", **{"for": [{"slug": f"{SERIE}-s2e1"}]})
    assert [row["slug"] for row in await items(api, "/news")] == [f"{SERIE}-s2e1", f"{SERIE}-s1e13"]
    first = (await api.get("/news?limit=1")).json()
    assert [row["slug"] for row in await items(api, first["next"])] == [f"{SERIE}-s1e13"]
    assert [row["slug"] for row in await items(api, "/news?filter=seasonNumber eq 1")] == [f"{SERIE}-s1e13"]


async def test_a_season_stands_before_its_first_episode(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    lines = await items(api, f"/series/{SERIE}/entries?includeSeasons=true")
    assert [row["slug"] for row in lines][-2:] == [f"{SERIE}-s2", f"{SERIE}-s2e1"]
    assert [row["kind"] for row in lines] == ["episode", "special", "movie", "season", "episode"]
    page = (await api.get(f"/series/{SERIE}/entries?includeSeasons=true&sort=-order&limit=1")).json()
    assert [row["kind"] for row in page["items"]] == ["season", "episode"]
    assert page["next"]


async def test_a_season_without_a_row_has_no_separator(api: httpx2.AsyncClient) -> None:
    await seed(api, entries=[episode_seed(1, 1)])
    assert [row["kind"] for row in await items(api, f"/series/{SERIE}/entries?includeSeasons=true")] == ["episode"]


ENTRIES_FILTERED_SORTED_AND_SEARCHED: list[tuple[str, list[float]]] = [
    ("filter=seasonNumber ge 1 and (kind eq episode or isAvailable eq true or content eq story)", [13, 15]),
    ("filter=kind eq special", [13.5]),
    ("filter=number eq 3", [13.5]),
    ("filter=content ne ova", [13, 14, 15]),
    ("filter=order gt 13.5", [14, 15]),
    ("filter=airDate lt 2018-01-01", [13]),
    ("filter=isAvailable eq true", [13]),
    ("filter=runtime ge 24.0", [13, 13.5, 14, 15]),
    ("filter=playedDate ge 2000-01-01", []),
    ("sort=-order", [15, 14, 13.5, 13]),
    ("sort=-seasonNumber,order", [15, 13, 13.5, 14]),
    ("sort=-episodeNumber,order", [13, 13.5, 15, 14]),
    ("sort=airDate,-order", [13, 15, 14, 13.5]),
    ("sort=playedDate,order", [13, 13.5, 14, 15]),
    ("query=film", [14]),
    ("query=2x1", [15]),
]


async def test_entries_filtered_sorted_and_searched(
    api: httpx2.AsyncClient, abyss: dict[str, Any], subtests: pytest.Subtests
) -> None:
    for query, expected in ENTRIES_FILTERED_SORTED_AND_SEARCHED:
        with subtests.test(query=query):
            assert [row["order"] for row in await items(api, f"/series/{SERIE}/entries?{query}")] == expected
            found: list[float] = []
            url = f"/series/{SERIE}/entries?{query}&limit=1"
            for _ in range(max(1, len(expected))):
                page = (await api.get(url)).json()
                found += [row["order"] for row in page["items"]]
                url = page["next"] or ""
            assert found == expected
            assert not url


async def test_an_extra_is_no_entry_kind(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    assert (await api.get(f"/series/{SERIE}/entries?filter=kind eq extra")).status_code == 422


async def test_extras(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    (found,) = await items(api, f"/series/{SERIE}/extras?filter=kind eq trailer and runtime lt 3&sort=-name")
    assert (found["slug"], found["kind"], found["name"]) == ("abyss-trailer", "trailer", "Trailer")
    assert await items(api, f"/series/{SERIE}/extras?filter=kind eq blooper") == []
    assert len(await items(api, f"/series/{SERIE}/extras?query=trailer")) == 1
    video = (await api.get("/videos/abyss-trailer")).json()
    assert (video["path"], video["entries"]) == ("/trailer.mkv", [])


AN_UNKNOWN_SERIE: list[str] = ["", "/entries", "/extras", "/seasons", "/staff", "/videos"]


async def test_an_unknown_serie(api: httpx2.AsyncClient, library: Library, subtests: pytest.Subtests) -> None:
    for what in AN_UNKNOWN_SERIE:
        with subtests.test(what=what):
            await library.movie("film")
            for name in ("nothing", "film", str(uuid4())):
                response = await api.get(f"/series/{name}{what}")
                assert (response.status_code, response.json()["status"]) == (404, 404)


async def test_the_first_entry_is_the_first_available_one(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    await seed(api, 200, entries=[episode_seed(1, 1)])
    serie = (await api.get(f"/series/{SERIE}?with=firstEntry,nextEntry")).json()
    assert serie["firstEntry"]["slug"] == f"{SERIE}-s1e13"
    assert len(serie["firstEntry"]["videos"]) == 1
    assert serie["firstEntry"]["createdAt"].endswith("Z")
    assert serie["nextEntry"] is None


async def test_a_partial_seed_keeps_the_rest(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    answer = await seed(api, 200, entries=[episode_seed(2, 1, order=16), episode_seed(2, 2, order=17)])
    assert answer["entries"][0]["id"] == abyss["entries"][3]["id"]
    entries = await items(api, f"/series/{SERIE}/entries")
    assert [row["order"] for row in entries] == [13, 13.5, 14, 16, 17]
    assert [row["slug"] for row in await items(api, f"/series/{SERIE}/seasons")] == [f"{SERIE}-s1", f"{SERIE}-s2"]
    assert (await api.get(f"/series/{SERIE}")).json()["entriesCount"] == 5


async def test_the_same_seed_again_touches_no_entry(api: httpx2.AsyncClient) -> None:
    seeds = [episode_seed(1, number) for number in range(1, 4)]
    await seed(api, entries=seeds)
    before = await items(api, f"/series/{SERIE}/entries")
    again = await seed(api, 200, entries=seeds)
    assert await items(api, f"/series/{SERIE}/entries") == before
    assert [row["id"] for row in again["entries"]] == [row["id"] for row in before]
    await seed(api, 200, entries=[episode_seed(1, 2, runtime=30)])
    after = await items(api, f"/series/{SERIE}/entries")
    assert [row["updatedAt"] != old["updatedAt"] for row, old in zip(after, before, strict=True)] == [
        False,
        True,
        False,
    ]


async def test_sparse_seeds_are_accepted(api: httpx2.AsyncClient) -> None:
    await seed(api, startAir=None, runtime=None, entries=[])
    assert (await api.get(f"/series/{SERIE}")).json()["entriesCount"] == 0
    bare = {**episode_seed(1, 1), "translations": {}, "runtime": None}
    await seed(api, 200, startAir=None, entries=[bare], seasons=[season_seed(1, translations={})])
    (entry,) = await items(api, f"/series/{SERIE}/entries")
    assert (entry["name"], entry["runtime"]) == (None, None)


INVALID_SEEDS: list[dict[str, Any]] = [
    {"entries": [episode_seed(1, 1), episode_seed(1, 1, order=2)]},
    {"entries": [special_seed(1, 1), special_seed(1, 2)]},
    {"entries": [film_seed(1, "film"), film_seed(2, "film")]},
    {"entries": [episode_seed(1, 1), film_seed(2, f"{SERIE}-s1e1")]},
    {"seasons": [season_seed(1), season_seed(1)]},
    {"entries": [episode_seed(1, 1, order=-1)]},
    {"entries": [{**episode_seed(1, 1), "kind": "extra"}]},
    {"entries": [{**episode_seed(1, 1), "content": "plot"}]},
    {"seasons": [season_seed(-1)]},
    {"translations": {}},
    {"originalLanguage": "nope nope"},
]


async def test_invalid_seeds(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for more in INVALID_SEEDS:
        with subtests.test(more=more):
            body = await seed(api, 422, **more)
            assert body["status"] == 422
            assert (await api.get("/series")).json()["items"] == []


async def test_slugs_of_films_in_a_serie(api: httpx2.AsyncClient) -> None:
    entries = [film_seed(1), film_seed(2), film_seed(2.5), film_seed(3, "named")]
    answer = await seed(api, entries=entries)
    slugs = [row["slug"] for row in answer["entries"]]
    assert slugs == [SERIE, f"{SERIE}-2", f"{SERIE}-2-5", "named"]


async def test_a_film_may_be_a_movie_of_its_own_too(api: httpx2.AsyncClient) -> None:
    await api.post("/movies", json=movie_seed("the-film"))
    entries = [film_seed(1, "the-film")]
    answer = await seed(api, entries=entries)
    assert answer["entries"][0]["slug"] == f"the-film-{SERIE}"
    again = await seed(api, 200, entries=entries)
    assert again["entries"] == answer["entries"]


async def test_a_movie_may_be_a_film_of_a_serie_already(api: httpx2.AsyncClient) -> None:
    await seed(api, entries=[film_seed(1, "the-film")])
    movie = (await api.post("/movies", json=movie_seed("the-film"))).json()
    assert movie["slug"] == "the-film"
    body = [video_seed("/a.mkv", **{"for": [{"movie": "the-film"}]})]
    (video,) = (await api.post("/videos", json=body)).json()
    assert video["entries"] == [{"slug": "the-film-movie"}]
    assert (await api.get("/movies/the-film")).json()["isAvailable"] is True


async def test_quotes_and_every_script_survive(api: httpx2.AsyncClient) -> None:
    name = 'L\'"Été" 100% — メイドインアビス {x} %s'
    await seed(api, translations={"en": texts(name)}, entries=[episode_seed(1, 1)])
    assert (await api.get(f"/series/{SERIE}")).json()["name"] == name


@pytest.mark.parametrize(
    ("days", "expected"),
    [(10, 10), (0, 4), (-3, 4), (-20, 14), (-60, None)],
    ids=["coming", "today", "new", "old", "older"],
)
async def test_when_a_serie_is_refreshed(api: httpx2.AsyncClient, days: int, expected: int | None) -> None:
    today = date.today()  # noqa: DTZ011
    aired = (today + timedelta(days=days)).isoformat()
    await seed(api, entries=[episode_seed(1, 1, airDate="2001-01-01"), episode_seed(1, 2, airDate=aired)])
    found = date.fromisoformat((await api.get(f"/series/{SERIE}")).json()["nextRefresh"])
    waits = (found - today).days
    # The day may end between the two looks at the calendar; the oldest wait two months.
    assert waits in ((expected, expected + 1) if expected is not None else range(58, 64))


async def test_the_scanner_finds_what_is_due(api: httpx2.AsyncClient) -> None:
    await seed(api, entries=[episode_seed(1, 1, airDate="2001-01-01")])
    today = date.today().isoformat()  # noqa: DTZ011
    assert await items(api, f"/shows?sort=nextRefresh&filter=nextRefresh le {today}") == []
    far = (date.today() + timedelta(days=100)).isoformat()  # noqa: DTZ011
    due = f"/shows?sort=nextRefresh&filter=nextRefresh le {far}"
    assert len(await items(api, due)) == 1
    # What is in a collection is refreshed, too.
    words = {key: value for key, value in texts("All").items() if key != "trailer"}
    common = {"genres": [], "rating": {}, "externalId": {}, "originalLanguage": "en"}
    await api.post(
        "/movies", json=movie_seed("film", collection={"slug": "all", **common, "translations": {"en": words}})
    )
    assert {item["slug"] for item in await items(api, due)} > {"film"}


async def test_studios_and_people(api: httpx2.AsyncClient) -> None:
    person = {
        "slug": "mariya-ise",
        "name": "伊瀬茉莉也",
        "latinName": "Mariya Ise",
        "image": image_url("mariya"),
        "externalId": {},
    }
    character = {"name": "Reg", "latinName": None, "image": None}
    names = {
        "en": {"name": "Kinema Citrus", "logo": image_url("kinema")},
        "ja": {"name": "キネマシトラス", "logo": None},
    }
    await seed(
        api,
        studios=[{"slug": "kinema-citrus", "externalId": {}, "translations": names}],
        staff=[{"kind": "actor", "character": character, "staff": person}],
    )
    assert (await api.get(f"/series/{SERIE}?with=studios")).json()["studios"][0]["name"] == "Kinema Citrus"
    for path in (
        "/studios/kinema-citrus/shows",
        "/studios/kinema-citrus/series",
        "/shows?filter=studios has kinema-citrus",
    ):
        assert [row["slug"] for row in await items(api, path)] == [SERIE]
    assert await items(api, "/studios/kinema-citrus/movies") == []
    studio = (await api.get("/studios/kinema-citrus?with=translations", headers={"Accept-Language": "ja"})).json()
    assert (studio["name"], sorted(studio["translations"])) == ("キネマシトラス", ["en", "ja"])
    assert (await api.get("/studios/kinema-citrus", headers={"Accept-Language": "fr"})).status_code == 422
    assert [row["slug"] for row in await items(api, "/studios?query=kinema")] == ["kinema-citrus"]
    assert (await api.get("/studios/kinema-citrus/logo")).status_code == 302
    assert (await api.get("/studios/kinema-citrus/logo", headers={"Accept-Language": "ja"})).status_code == 404
    assert (await api.get("/studios/random")).headers["location"] == "/api/studios/kinema-citrus"
    for query in ("mariya", "伊瀬", "ise"):
        assert [row["slug"] for row in await items(api, f"/staff?query={query}")] == ["mariya-ise"]
    assert (await api.get("/staff/mariya-ise")).json()["latinName"] == "Mariya Ise"
    assert (await api.get("/staff/mariya-ise/image")).status_code == 302
    assert (await api.get("/staff/random")).headers["location"] == "/api/staff/mariya-ise"
    (role,) = await items(api, "/staff/mariya-ise/roles?filter=kind eq serie&sort=-airDate")
    assert (role["kind"], role["character"]["name"], role["show"]["slug"]) == ("actor", "Reg", SERIE)
    assert await items(api, "/staff/mariya-ise/roles?filter=watchStatus eq watching&sort=score") == []
    assert len(await items(api, "/staff/mariya-ise/roles?query=abyss")) == 1
    (cast,) = await items(api, f"/series/{SERIE}/staff?filter=kind eq actor&sort=characterName&query=mariya")
    assert cast["staff"]["slug"] == "mariya-ise"
    for path in ("/studios/nothing", "/studios/nothing/shows", "/staff/nothing", "/staff/nothing/roles"):
        assert (await api.get(path)).status_code == 404


async def test_a_person_without_a_picture(api: httpx2.AsyncClient) -> None:
    person = {"slug": "nobody", "name": "N", "latinName": None, "image": None, "externalId": {}}
    await seed(api, staff=[{"kind": "crew", "character": None, "staff": person}])
    assert (await api.get("/staff/nobody/image")).status_code == 404


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("seasonNumber", [0, 1, 2]),
        ("-seasonNumber", [2, 1, 0]),
        ("startAir", [1, 2, 0]),
        ("-entriesCount,seasonNumber", [1, 0, 2]),
    ],
)
async def test_seasons_sorted(api: httpx2.AsyncClient, sort: str, expected: list[int]) -> None:
    seasons = [season_seed(2, startAir="2022-01-01"), season_seed(0), season_seed(1, startAir="2017-01-01")]
    await seed(api, seasons=seasons, entries=[episode_seed(1, 1)])
    assert [row["seasonNumber"] for row in await items(api, f"/series/{SERIE}/seasons?sort={sort}")] == expected
    assert len(await items(api, f"/series/{SERIE}/seasons?query=season 2&filter=startAir gt 2020-01-01")) == 1


async def test_deleting_a_serie_leaves_its_files_unmatched(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    assert (await api.delete(f"/series/{SERIE}")).json() == {"id": abyss["id"], "slug": SERIE}
    unmatched = await items(api, "/videos/unmatched?sort=path")
    assert [row["path"] for row in unmatched] == ["/abyss-13.mkv", "/trailer.mkv"]
    assert await items(api, "/news") == []


async def test_a_long_serie_with_files_in_one_call(api: httpx2.AsyncClient) -> None:
    files = [video_seed(f"/{number:03}.mkv") for number in range(1, 301)]
    videos = (await api.post("/videos", json=files)).json()
    entries = [episode_seed(1, number, videos=[video["id"]]) for number, video in enumerate(videos, 1)]
    answer = await seed(api, seasons=[season_seed(1)], entries=entries)
    assert len(answer["entries"]) == 300
    assert answer["entries"][299]["videos"] == [{"slug": f"{SERIE}-s1e300"}]
    assert (await api.get(f"/series/{SERIE}")).json()["availableCount"] == 300
