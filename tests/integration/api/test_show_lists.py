"""Lists of shows: pages, sorts, filters, search (docs/protocol/api.md#lists)."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2
import pytest
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, image_url, movie_seed, serie_seed, texts, video_seed

from kyoo.api.queries.catalogue.shows import SHUFFLES
from kyoo.core.database.postgres import Database

BUBBLE = movie_seed(
    "bubble",
    airDate="2022-02-14",
    runtime=101,
    genres=["animation", "adventure", "science-fiction"],
    rating={"themoviedatabase": 74},
    originalLanguage="ja",
    translations={
        "en": texts(
            "Bubble",
            tags=["adolescence", "gravity"],
            aliases=["Baburu"],
            logo=image_url("bubble-en-logo"),
            poster=image_url("bubble-en-poster"),
        ),
        "ja": texts(
            "バブル：2022",
            latinName="Buburu",
            tags=["アダルト", "重力"],
            poster=image_url("bubble-ja-poster"),
            thumbnail=image_url("bubble-ja-thumbnail"),
        ),
    },
)
DUNE = movie_seed(
    "dune", airDate="2021-10-22", runtime=155, genres=["adventure"], rating={"themoviedatabase": 80}, status="planned"
)
DUNE_1984 = movie_seed("dune-1984", airDate="1984-12-14", runtime=137, translations={"en": texts("Dune")})
OLDEST = ["dune-1984", "dune", "bubble"]


@pytest.fixture
async def three(api: httpx2.AsyncClient) -> None:
    for seed in (DUNE_1984, DUNE, BUBBLE):
        assert (await api.post("/movies", json=seed)).status_code == 201


async def read(api: httpx2.AsyncClient, path: str, **kwargs: Any) -> dict[str, Any]:
    response = await api.get(path, **kwargs)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


async def slugs(api: httpx2.AsyncClient, path: str, **kwargs: Any) -> list[str]:
    return [item["slug"] for item in (await read(api, path, **kwargs))["items"]]


async def walk(api: httpx2.AsyncClient, path: str) -> list[str]:
    """The slugs of all pages, one after the other."""
    found: list[str] = []
    url: str | None = path
    for _ in range(20):
        page = await read(api, url or "")
        found += [item["slug"] for item in page["items"]]
        url = page["next"]
        if url is None:
            return found
    raise AssertionError(f"{path} has no end")


def cursor(url: str) -> list[Any]:
    after = url.rsplit("after=", 1)[1]
    return list(json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))))


async def test_pages_of_the_default_order(api: httpx2.AsyncClient, three: None) -> None:
    first = await read(api, "/movies?limit=2")
    assert [item["slug"] for item in first["items"]] == ["bubble", "dune"]
    assert first["this"] == "http://localhost/api/movies?limit=2"
    assert first["next"].startswith("http://localhost/api/movies?limit=2&after=WyJkdW5lIiw")
    second = await read(api, first["next"])
    assert [item["slug"] for item in second["items"]] == ["dune-1984"]
    assert second["next"] is None
    assert (await read(api, "/movies?limit=3"))["next"] is None


async def test_pages_by_date(api: httpx2.AsyncClient, three: None) -> None:
    first = await read(api, "/movies?sort=-airDate&limit=2")
    assert [item["slug"] for item in first["items"]] == ["bubble", "dune"]
    assert "after=WyIyMDIxLTEwLTIyIiw" in first["next"]
    assert await slugs(api, first["next"]) == ["dune-1984"]


async def test_no_date_comes_last_in_both_directions(api: httpx2.AsyncClient, three: None) -> None:
    for slug in ("no-air-date", "no-air-date-either"):
        await api.post("/movies", json=movie_seed(slug, airDate=None))
    for limit in (1, 2, 3, 5):
        dateless = ["no-air-date", "no-air-date-either"]
        assert await walk(api, f"/movies?sort=airDate&limit={limit}") == [*OLDEST, *dateless]
        assert await walk(api, f"/movies?sort=-airDate&limit={limit}") == [*reversed(OLDEST), *dateless]
        assert await walk(api, f"/movies?sort=-airDate,-slug&limit={limit}") == [*reversed(OLDEST), *dateless[::-1]]
    last = await read(api, "/movies?sort=airDate&limit=4")
    assert cursor(last["next"])[0] is None


SORTS = [
    "slug",
    "-slug",
    "name",
    "-name",
    "airDate",
    "-startAir",
    "endAir",
    "createdAt",
    "-createdAt",
    "nextRefresh",
    "-nextRefresh",
    "watchStatus",
    "-watchStatus",
    "score",
    "-score",
    "rating:themoviedatabase",
    "-rating:themoviedatabase,name",
    "airDate,-slug",
    "random:12",
    # What comes again changes nothing.
    "name,-slug,name,-name",
    "-airDate,airDate,startAir",
    "random:12,slug,-random:12",
]


async def test_every_sort_pages_without_gap_or_repeat(
    api: httpx2.AsyncClient, three: None, subtests: pytest.Subtests
) -> None:
    await api.post("/movies/dune/watchstatus", json={"status": "planned", "score": 70})
    await api.post("/movies/bubble/watchstatus", json={"status": "watching"})
    for sort in SORTS:
        with subtests.test(sort=sort):
            whole = await slugs(api, f"/movies?sort={sort}")
            assert sorted(whole) == ["bubble", "dune", "dune-1984"]
            for limit in (1, 2):
                assert await walk(api, f"/movies?sort={sort}&limit={limit}") == whole


async def test_a_list_is_sorted_by_so_much_at_once(api: httpx2.AsyncClient, three: None) -> None:
    sources = [f"rating:source{number}" for number in range(17)]
    assert (await api.get(f"/movies?sort={','.join(sources[:16])}")).status_code == 200
    refused = await api.get(f"/movies?sort={','.join(sources)}")
    assert (refused.status_code, refused.json()["message"]) == (422, "Invalid sort: at most 16 at once")


async def test_sorting_by_what_the_reader_thinks(api: httpx2.AsyncClient, three: None) -> None:
    await api.post("/movies/dune/watchstatus", json={"status": "planned", "score": 70})
    await api.post("/movies/bubble/watchstatus", json={"status": "watching", "score": 90})
    assert await slugs(api, "/movies?sort=watchStatus") == ["bubble", "dune", "dune-1984"]
    assert await slugs(api, "/movies?sort=score") == ["dune", "bubble", "dune-1984"]
    assert await slugs(api, "/movies?sort=-score") == ["bubble", "dune", "dune-1984"]


async def test_names_are_those_of_the_readers_language(api: httpx2.AsyncClient, three: None) -> None:
    assert (await slugs(api, "/movies?sort=-name", headers={"Accept-Language": "ja"}))[0] == "bubble"
    assert (await slugs(api, "/movies?sort=name", headers={"Accept-Language": "en"}))[0] == "bubble"


async def test_random_order_is_fixed_by_its_seed(api: httpx2.AsyncClient, three: None) -> None:
    whole = await slugs(api, "/movies?sort=random:100")
    assert await slugs(api, "/movies?sort=random:100") == whole
    page = await read(api, "/movies?sort=random&limit=2")
    assert page["this"].endswith("sort=random&limit=2")
    assert "sort=random%3A" in page["next"]
    first = [item["slug"] for item in page["items"]]
    assert sorted([*first, *await slugs(api, page["next"])]) == sorted(whole)


async def test_drawn_orders_are_few_statements_that_begin_anywhere(api: httpx2.AsyncClient, three: None) -> None:
    orders, first = set(), set()
    for _ in range(40):
        page = await read(api, "/movies?sort=random&limit=1")
        orders.add(int(page["next"].partition("random%3A")[2].partition("&")[0]) % SHUFFLES)
        first.add(page["items"][0]["slug"])
    # Three when a day ends meanwhile.
    assert len(orders) <= 3
    assert len(first) > 1


async def test_random_orders_differ(api: httpx2.AsyncClient, three: None) -> None:
    orders = {tuple(await slugs(api, f"/movies?sort=random:{seed}")) for seed in range(20)}
    assert len(orders) > 2


FILTERS: list[tuple[str, list[str]]] = [
    ("kind eq movie", OLDEST),
    ("kind eq serie", []),
    ("kind ne serie", OLDEST),
    ("genres has animation", ["bubble"]),
    ("not genres has animation", ["dune-1984", "dune"]),
    ("genres eq science-fiction", ["bubble"]),
    ("status eq planned", ["dune"]),
    ("runtime gt 101", ["dune-1984", "dune"]),
    ("runtime ge 100.5 and runtime lt 137.0", ["bubble"]),
    ("airDate ge 2021-10-22", ["dune", "bubble"]),
    ("startAir lt 2000-01-01", ["dune-1984"]),
    ("originalLanguage eq ja", ["bubble"]),
    ("originalLanguage eq 'ja'", ["bubble"]),
    ("tags eq gravity", ["bubble"]),
    ("rating:themoviedatabase gt 74", ["dune"]),
    ("rating:themoviedatabase ne 80", ["dune-1984", "bubble"]),
    ("rating:nobody gt 0", []),
    ("isAvailable eq false", OLDEST),
    ("isAvailable eq true", []),
    ("watchStatus eq planned", ["dune"]),
    ("not watchStatus eq planned", ["dune-1984", "bubble"]),
    ("watchStatus ne planned", ["dune-1984", "bubble"]),
    ("score ge 70", ["dune"]),
    ("nextRefresh gt 2020-01-01", OLDEST),
    ("studios has a24", ["bubble"]),
    ("staff has 20th-century-man", ["bubble"]),
    ("not studios has a24", ["dune-1984", "dune"]),
    ("kind eq movie and (status eq planned or genres has animation)", ["dune", "bubble"]),
    ("status eq planned or genres has animation and runtime gt 110", ["dune"]),
]


async def test_filters(api: httpx2.AsyncClient, three: None, subtests: pytest.Subtests) -> None:
    person = {"slug": "20th-century-man", "name": "A Man", "latinName": None, "image": None, "externalId": {}}
    credited = {
        "studios": [{"slug": "a24", "externalId": {}, "translations": {"en": {"name": "A24", "logo": None}}}],
        "staff": [{"kind": "crew", "character": None, "staff": person}],
    }
    assert (await api.post("/movies", json={**BUBBLE, **credited})).status_code == 200
    await api.post("/movies/dune/watchstatus", json={"status": "planned", "score": 70})
    for clause, expected in FILTERS:
        with subtests.test(clause=clause):
            assert await slugs(api, f"/movies?sort=airDate&filter={clause}") == expected
            assert await slugs(api, f"/shows?sort=airDate&filter={clause}") == expected


INVALID_FILTERS: list[tuple[str, str | None, str]] = [
    ("slug eq bubble", "slug eq bubble", "genres"),
    ("slug eq gt bubble", None, "slug eq gt bubble"),
    ("kind eq 'movie'", 'kind eq "movie"', "quotes"),
    ("kind eq film", "kind eq film", "serie"),
    ("genres gt action", "genres gt action", "has"),
    ("runtime gt long", "runtime gt long", "number"),
    ("airDate gt 75", "airDate gt 75", "date"),
    ("airDate gt 2022-13-45", "airDate gt 2022-13-45", "calendar"),
    ("rating gt 75", "rating gt 75", "source"),
    ("runtime:imdb gt 75", "runtime:imdb gt 75", "parameter"),
    ("isAvailable eq yes", "isAvailable eq yes", "true or false"),
    ("score eq 7.5", "score eq 7.5", "integer"),
    ("(runtime gt 1 and runtime gt long) or kind eq movie", "runtime gt long", "number"),
]


async def test_invalid_filters(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for text, where, word in INVALID_FILTERS:
        with subtests.test(text=text):
            response = await api.get(f"/movies?filter={text}")
            assert response.status_code == 422
            body = response.json()
            assert body["status"] == 422
            assert word in body["message"]
            assert isinstance(body["details"], dict)
            assert where is None or body["details"]["in"] == where


SEARCH: list[tuple[str, list[str]]] = [
    ("bub", ["bubble"]),
    ("bubble", ["bubble"]),
    ("bobble", ["bubble"]),
    ("バブル", ["bubble"]),
    ("buburu", ["bubble"]),
    ("baburu", ["bubble"]),
    ("gravity", ["bubble"]),
    ("dune", ["dune-1984", "dune"]),
    ("buboeuoeunhoeu", []),
]


async def test_search(api: httpx2.AsyncClient, three: None, subtests: pytest.Subtests) -> None:
    for query, expected in SEARCH:
        with subtests.test(query=query):
            for route in ("movies", "shows"):
                assert await slugs(api, f"/{route}?query={query}") == expected
                assert await walk(api, f"/{route}?query={query}&limit=1") == expected


async def test_search_ignores_accents_and_prefers_the_closest_name(api: httpx2.AsyncClient) -> None:
    for slug, name in (("amelie", "Amélie"), ("amelia", "Amelia"), ("other", "Something else")):
        await api.post("/movies", json=movie_seed(slug, translations={"en": texts(name)}))
    assert await slugs(api, "/movies?query=amelie") == ["amelie", "amelia"]


async def test_a_word_of_the_whole_library_finds_what_begins_with_it(
    api: httpx2.AsyncClient, database: Database, library: Library
) -> None:
    """More shows match than a search weighs; the one that is meant comes first all the same."""
    async with database.connection() as connection:
        await connection.execute(
            """
            with added as (
                insert into api.shows (kind, slug, original_language)
                select 'movie', 'film-' || number, 'en' from generate_series(1, 2500) number returning pk, slug
            )
            insert into api.show_translations (show_pk, language, name)
            select pk, 'en', 'A castle for ' || slug from added
            """
        )
    await library.movie("castle")
    found = await slugs(api, "/movies?query=castle&limit=2")
    assert found[0] == "castle"
    assert len(found) == 2


async def test_what_is_in_a_collection_is_hidden_from_shows_until_it_is_searched(
    api: httpx2.AsyncClient, three: None
) -> None:
    translation = {key: value for key, value in texts("Dune Collection").items() if key != "trailer"}
    collection = {
        "slug": "dune-collection",
        "genres": [],
        "rating": {},
        "externalId": {},
        "originalLanguage": "en",
        "translations": {"en": translation},
    }
    await api.post("/movies", json={**DUNE, "collection": collection})
    assert await slugs(api, "/shows") == ["bubble", "dune-1984", "dune-collection"]
    everything = ["bubble", "dune", "dune-1984", "dune-collection"]
    assert await slugs(api, "/shows?ignoreInCollection=false") == everything
    assert "dune" in await slugs(api, "/shows?query=dune")
    assert await slugs(api, "/collections") == ["dune-collection"]
    assert await slugs(api, "/collections/dune-collection/shows?sort=airDate") == ["dune"]
    assert await slugs(api, "/collections/dune-collection/movies") == ["dune"]
    assert await slugs(api, "/collections/dune-collection/series") == []
    assert (await api.get("/collections/nothing/shows")).status_code == 404


async def test_pictures_of_the_original_language(api: httpx2.AsyncClient, three: None) -> None:
    query = "filter=runtime eq 101&preferOriginal=true"
    (bubble,) = (await read(api, f"/movies?{query}", headers={"Accept-Language": "en-au"}))["items"]
    assert bubble["name"] == "Bubble"
    assert bubble["poster"]["source"] == image_url("bubble-ja-poster")
    assert bubble["thumbnail"]["source"] == image_url("bubble-ja-thumbnail")
    assert bubble["banner"] is None
    assert bubble["logo"]["source"] == image_url("bubble-en-logo")
    assert bubble["original"] == {"language": "ja", "name": "バブル：2022", "latinName": "Buburu"}


LISTS_FALL_BACK_TO_ANY_LANGUAGE: list[str] = ["*", "toto", "fr", "de;q=0.2, ja;q=0"]


async def test_lists_fall_back_to_any_language(api: httpx2.AsyncClient, three: None, subtests: pytest.Subtests) -> None:
    for language in LISTS_FALL_BACK_TO_ANY_LANGUAGE:
        with subtests.test(language=language):
            page = await read(api, "/movies", headers={"Accept-Language": language})
            assert all(item["name"] for item in page["items"])


async def test_weights_of_languages(api: httpx2.AsyncClient, three: None) -> None:
    page = await read(api, "/movies", headers={"Accept-Language": "en;q=0.5, ja"})
    assert page["items"][0]["name"] == "バブル：2022"


@pytest.mark.parametrize("route", ["shows", "movies"])
async def test_random_redirects(api: httpx2.AsyncClient, three: None, route: str) -> None:
    response = await api.get(f"/{route}/random?with=firstEntry,studios&x-presign=a%2Bb")
    assert response.status_code == 302
    location = response.headers["location"]
    assert location.startswith("/api/movies/")
    assert "x-presign=a%2Bb" in location
    if route == "shows":
        assert "with=studios" in location
        assert "firstEntry" not in location
    plain = (await api.get(f"/{route}/random")).headers["location"]
    assert "?" not in plain


NOTHING_RANDOM_IN_AN_EMPTY_LIBRARY: list[str] = [
    "/shows/random",
    "/movies/random",
    "/series/random",
    "/collections/random",
]


async def test_nothing_random_in_an_empty_library(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for path in NOTHING_RANDOM_IN_AN_EMPTY_LIBRARY:
        with subtests.test(path=path):
            assert (await api.get(path)).status_code == 404


async def test_availability_of_a_serie_can_be_filtered(api: httpx2.AsyncClient, library: Library) -> None:
    video = await library.video("/a.mkv")
    await library.serie("seen", entries=[episode_seed(1, 1, videos=[video["id"]]), episode_seed(1, 2)])
    await api.post("/series", json=serie_seed("missing"))
    assert await slugs(api, "/series?filter=isAvailable eq true") == ["seen"]
    assert await slugs(api, "/series?filter=isAvailable eq false") == ["missing"]
    assert video_seed("/a.mkv")["rendering"] == "a-mkv"
