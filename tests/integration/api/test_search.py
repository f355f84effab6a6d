"""Search as people type: in any language, mistyped, across kinds; measured on an invented catalogue of 5,200 titles."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import httpx2
import pytest
from psycopg.types.json import Jsonb
from tests.data.search_catalogue import Catalogue, Query, make_catalogue, make_file_queries, make_files, make_queries
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, movie_seed, serie_seed, texts, video_seed
from tests.machine import scaled
from tests.samples import sampled

from kyoo.core.database.postgres import Database, execute, fetch_all, fetch_value

PERSON: dict[str, Any] = {
    "slug": "mariya-ise",
    "name": "伊瀬茉莉也",
    "latinName": "Mariya Ise",
    "image": None,
    "externalId": {},
}
STUDIO = {"slug": "kinema-citrus", "externalId": {}, "translations": {"en": {"name": "Kinema Citrus", "logo": None}}}


async def found(api: httpx2.AsyncClient, query: str, **params: Any) -> list[str]:
    """The slugs of a search across kinds, best first."""
    response = await api.get("/search", params={"query": query, **params})
    assert response.status_code == 200, response.text
    return [item["slug"] for item in response.json()["items"]]


@pytest.fixture
async def few(library: Library) -> None:
    translations = {
        "en": texts("Made in Abyss", aliases=["MIA"], tags=["cave exploration"]),
        "ja": texts("メイドインアビス", latinName="Meido in Abisu"),
        "fr": texts("L'Abîme"),
        "ru": texts("Созданный в Бездне"),
        "ko": texts("메이드 인 어비스"),
    }
    credited = [{"kind": "actor", "character": None, "staff": PERSON}]
    await library.serie("made-in-abyss", translations=translations, studios=[STUDIO], staff=credited)
    for slug, name in (
        ("spider-man", "Spider-Man"),
        ("star-wars", "Star Wars"),
        ("rocky-2", "Rocky II"),
        ("rocky-3", "Rocky III"),
        ("dont-look-up", "Don't Look Up"),
        ("amelie", "Le Fabuleux Destin d'Amélie"),
        ("question", "???"),
        ("ships", "The League of the Ships: The Longest Way Home"),
        ("station", "Far Horizon: Station Nine"),
        ("thirteen", "Thirteen Lighthouses"),
        ("q-u-i-l-l", "Q.U.I.L.L."),
        ("k-off", "K-Off!"),
        ("mrs-dalby", "Mr. & Mrs. Dalby vs. Dr. Orme"),
        ("ironsmith", "Ironforge Smithery: Sisterhood"),
        ("moonmoth", "Moonmoth Rising"),
        ("rain-man", "RainDrop BirdHouse"),
    ):
        await library.movie(slug, translations={"en": texts(name)})
    # Known by their own names only.
    for slug, language, name in (
        ("harbour", "ru", "Тихая гавань судьбы"),
        ("sea", "ko", "조용한 바다의 별"),
        ("telescope", "ja", "ジャンプ・テレスコープ"),
        ("sparkle", "ja", "星屑キラリンチェ団"),
        ("light", "el", "Το φως της ψυχής"),
    ):
        await library.movie(slug, originalLanguage=language, translations={language: texts(name)})


TYPED: list[tuple[str, str]] = [
    ("made in abys", "made-in-abyss"),
    ("maed in abiss", "made-in-abyss"),
    ("abyss made", "made-in-abyss"),
    ("アビス", "made-in-abyss"),
    ("めいどいんあびす", "made-in-abyss"),
    ("メイドインアヒス", "made-in-abyss"),
    ("meido abisu", "made-in-abyss"),
    ("labime", "made-in-abyss"),
    ("созданый в бездне", "made-in-abyss"),
    ("메이드 인 어비수", "made-in-abyss"),
    ("mia", "made-in-abyss"),
    ("cave exploration", "made-in-abyss"),
    ("spiderman", "spider-man"),
    ("spider man", "spider-man"),
    ("starwars", "star-wars"),
    ("rocky 2", "rocky-2"),
    ("rocky iii", "rocky-3"),
    ("dont look up", "dont-look-up"),
    ("don’t look up!", "dont-look-up"),
    ("amelie", "amelie"),
    ("fabuleux d", "amelie"),
    ("???", "question"),
    ("mariya", "mariya-ise"),
    ("伊瀬", "mariya-ise"),
    ("kinema citrs", "kinema-citrus"),
    ("the league of the s", "ships"),
    ("far h", "station"),
    ("tlots", "ships"),
    ("lots longest way", "ships"),
    ("tlwh", "ships"),
    ("fhs9", "station"),
    ("leagueoftheships", "ships"),
    ("ifss", "ironsmith"),
    ("ifs", "ironsmith"),
    ("mmr", "moonmoth"),
    ("rdbh", "rain-man"),
    ("starwrs", "star-wars"),
    ("kinemacitrs", "kinema-citrus"),
    ("madeinabyss", "made-in-abyss"),
    ("star wa rs", "star-wars"),
    ("rocky two", "rocky-2"),
    ("rocky three", "rocky-3"),
    ("13 lighthouses", "thirteen"),
    ("station 9", "station"),
    ("quill", "q-u-i-l-l"),
    ("q.u.i.l.l", "q-u-i-l-l"),
    ("koff", "k-off"),
    ("mister and missus dalby versus doctor orme", "mrs-dalby"),
    ("tikhaya gavan", "harbour"),
    ("tihaja gavan sudby", "harbour"),
    ("joyonghan bada", "sea"),
    ("joyonghan badaui byeol", "sea"),
    ("janpu teresukopu", "telescope"),
    ("janputeresukopu", "telescope"),
    ("kirarinche", "sparkle"),
    ("fos psychis", "light"),
    ("роки 2", "rocky-2"),
    ("キネマ", "kinema-citrus"),
]


async def test_search_across_kinds(api: httpx2.AsyncClient, few: None, subtests: pytest.Subtests) -> None:
    for query, slug in TYPED:
        with subtests.test(query=query):
            assert (await found(api, query))[:1] == [slug]


async def test_each_letter_of_an_abbreviation_is_in_the_name(api: httpx2.AsyncClient, library: Library) -> None:
    for slug, name in (("ironsmith", "Ironforge Smithery: Sisterhood"), ("island", "Island Sea Song")):
        await library.movie(slug, translations={"en": texts(name)})
    assert await found(api, "iss") == ["island", "ironsmith"]
    assert await found(api, "ifss") == ["ironsmith"]


async def test_kinds_pages_and_what_cannot_be_searched(api: httpx2.AsyncClient, few: None, library: Library) -> None:
    await library.movie("kinema", translations={"en": texts("Kinema")})
    page = (await api.get("/search?query=kinema&limit=1")).json()
    assert [(item["kind"], item["slug"]) for item in page["items"]] == [("movie", "kinema")]
    following = (await api.get(page["next"])).json()
    assert [(item["kind"], item["slug"]) for item in following["items"]] == [("studio", "kinema-citrus")]
    assert following["next"] is None
    assert await found(api, "kinema", filter="kind eq studio") == ["kinema-citrus"]
    assert await found(api, "qqqqwwww") == []
    for bad in ("", "query=", "query=%20", "query=a&filter=kind eq film", "query=a&after=W10"):
        assert (await api.get(f"/search?{bad}")).status_code == 422


async def test_strange_queries_are_answered(api: httpx2.AsyncClient, few: None) -> None:
    """Nothing a person can type is an error."""
    queries = ("%", "\\", "'", '"', "{}", "{1,2}", "a" * 5000, "word " * 500, "🎬", "龍", "ﷺ", "\u200b", "-", "&", "1")
    for query in queries:
        await found(api, query)


async def test_search_follows_every_change(api: httpx2.AsyncClient, library: Library, database: Database) -> None:
    await library.serie("abyss", translations={"en": texts("Abyss"), "fr": texts("Gouffre")}, studios=[STUDIO])
    assert await found(api, "gouffre") == ["abyss"]
    await library.serie("abyss", translations={"fr": texts("Ravin")}, studios=[STUDIO])
    assert await found(api, "gouffre") == []
    assert await found(api, "ravin") == ["abyss"]
    async with database.connection() as connection:
        # A picture that was downloaded is no reason to write the names again.
        names = "select array_agg(pk order by pk)::text from api.search_names"
        before = await fetch_value(connection, names)
        await execute(connection, """update api.show_translations set poster = '{"id": "1"}'""")
        assert await fetch_value(connection, names) == before
    await api.delete("/series/abyss")
    assert await found(api, "ravin") == []
    assert await found(api, "kinema") == ["kinema-citrus"]
    assert (await api.post("/series", json=serie_seed("abyss"))).status_code == 201
    assert await found(api, "abyss") == ["abyss"]


async def test_seeds_at_once_share_their_new_words(api: httpx2.AsyncClient) -> None:
    """Two replicas meet the same words, in names and people, in any order: both seeds are found."""
    people = [{**PERSON, "slug": f"person-{n}", "name": f"Qu{n}ore Vex{n}ander", "latinName": None} for n in range(8)]

    def seed(number: int) -> dict[str, Any]:
        turned = people[number % 8 :] + people[: number % 8]
        credited = [{"kind": "actor", "character": None, "staff": person} for person in turned]
        names = {"en": texts(f"Vex{number % 8}ander Qu{(number + 3) % 8}ore {number}"), "fr": texts("Zyx Wvut")}
        return movie_seed(f"film-{number}", translations=names, staff=credited)

    answers = await asyncio.gather(*(api.post("/movies", json=seed(number)) for number in range(12)))
    assert [answer.status_code for answer in answers] == [201] * 12
    assert len(await found(api, "zyx wvut")) == 12
    assert set(await found(api, "person qu5ore vex5ander")) >= {"person-5"}


async def test_the_name_counts_more_than_aliases_and_tags(api: httpx2.AsyncClient, library: Library) -> None:
    await library.movie("tagged", translations={"en": texts("Other", tags=["heist"])})
    await library.movie("alias", translations={"en": texts("Something", aliases=["Heist"])})
    await library.movie("named", translations={"en": texts("Heist")})
    await library.movie("longer", translations={"en": texts("The Great Heist of Winter")})
    assert await found(api, "heist") == ["named", "alias", "longer", "tagged"]


async def test_lists_of_shows_know_their_people_and_studios(
    api: httpx2.AsyncClient, few: None, library: Library
) -> None:
    await library.movie("ise", translations={"en": texts("The Ise Shrine")})
    for query, expected in (
        ("kinema citrus", ["made-in-abyss"]),
        ("mariya ise", ["made-in-abyss", "ise"]),
        ("ise", ["ise", "made-in-abyss"]),
        ("伊瀬", ["made-in-abyss"]),
    ):
        items = (await api.get("/shows", params={"query": query})).json()["items"]
        assert [item["slug"] for item in items] == expected
        assert await walk(api, f"/shows?query={query}&limit=1") == expected


async def test_a_common_word_gives_the_same_order_page_by_page(
    api: httpx2.AsyncClient, library: Library, subtests: pytest.Subtests
) -> None:
    """A page that names with the word itself fill is answered by them alone; a page of more than there are, never."""
    person = {"slug": "river-x", "name": "River X", "latinName": None, "image": None, "externalId": {}}
    studio = {"slug": "river", "externalId": {}, "translations": {"en": {"name": "River", "logo": None}}}
    spoken: dict[str, dict[str, Any]] = {
        **{f"exact-{n}": texts(f"{'Winter ' * (n % 3)}River {n}") for n in range(18)},
        **{f"after-a-weak-one-{n}": texts(f"Raven {n} River") for n in range(4)},
        **{f"begun-{n}": texts(f"Rivers of {n}") for n in range(3)},
        **{f"inside-{n}": texts(f"The {n} Uprivers") for n in range(3)},
        **{f"alias-{n}": texts(f"Other {n}", aliases=[f"River of {n}"]) for n in range(4)},
        **{f"tagged-{n}": texts(f"Tagged {n}", tags=["river", f"tag {n}"]) for n in range(8)},
        **{f"weak-{n}": texts(f"{word} {n}") for word in ("Rover", "Raven", "Silver") for n in range(3)},
        "weak": texts("Rivet"),
    }
    for slug, names in spoken.items():
        await library.movie(slug, translations={"en": names})
    credited = [{"kind": "actor", "character": None, "staff": person}]
    await library.movie("of-a-person", translations={"en": texts("Far")}, staff=credited)
    await library.movie("of-a-studio", translations={"en": texts("Away")}, studios=[studio])
    for query in ("river", "River", "rivers", "rive", "rivr", "raven"):
        for path in ("/shows", "/movies", "/staff", "/studios"):
            with subtests.test(query=query, path=path):
                whole = await walk(api, f"{path}?query={query}&limit=250")
                assert await walk(api, f"{path}?query={query}&limit=3") == whole
                assert await walk(api, f"{path}?query={query}&limit=11") == whole


async def pages_of(api: httpx2.AsyncClient, url: str) -> list[dict[str, Any]]:
    """The items of all pages."""
    items: list[dict[str, Any]] = []
    following: str | None = url
    while following:
        page = (await api.get(following)).json()
        items += page["items"]
        following = page["next"]
    return items


async def walk(api: httpx2.AsyncClient, url: str) -> list[str]:
    """The slugs of all pages."""
    return [item["slug"] for item in await pages_of(api, url)]


# --------------------------------------------------------------------------------------------------- entries and files


@pytest.fixture
async def abyss(library: Library, api: httpx2.AsyncClient) -> None:
    """A serie whose episodes have files, and were all played."""
    names = {
        1: {"en": "The City of the Great Pit", "ja": "大穴の街"},
        2: {"en": "Resurrection Festival", "fr": "La Fête de la résurrection"},
        3: {"en": "Departure", "fr": "Départ"},
        4: {"en": "The Edge of the Abyss", "fr": "Au bord de l'abîme"},
        12: {"en": "The True Nature of the Curse", "fr": "La Vraie Nature de la malédiction"},
        13: {"en": "The Challengers"},
    }
    entries = [
        episode_seed(
            1, number, translations={language: {"name": name, "description": None} for language, name in spoken.items()}
        )
        for number, spoken in names.items()
    ]
    await library.serie("abyss", entries=entries)
    for number in names:
        await library.video(
            f"/anime/Made in Abyss/S01E{number:02} - Été.mkv",
            rendering=f"{number}",
            **{"for": [{"slug": f"abyss-s1e{number}"}]},
        )
    played = [{"entry": f"abyss-s1e{n}", "percent": 100, "time": 9, "videoId": None, "playedDate": None} for n in names]
    assert (await api.post("/profiles/me/history", json=played)).status_code == 201


#: What is typed, and the numbers of the episodes found.
ENTRIES: list[tuple[str, list[int]]] = [
    ("departure", [3]),
    ("depart", [3]),
    ("DÉPART", [3]),
    ("deprature", [3]),
    ("the", [1, 4, 12, 13]),
    ("th", [1, 4, 12, 13]),
    ("abyss edge", [4]),
    ("au bord", [4]),
    ("大穴", [1]),
    ("12", [12]),
    ("12 true", [12]),
    ("1", [1, 12, 13]),
    ("resurection festivel", [2]),
    ("the challengers return", [13]),
    ("qwertz", []),
]


@pytest.mark.parametrize("path", ["/news", "/profiles/me/history"])
async def test_entries_are_found_by_their_words(
    api: httpx2.AsyncClient, abyss: None, path: str, subtests: pytest.Subtests
) -> None:
    """In any language, with their number, the last word unfinished; misspelt when nothing has the words as typed. Each
    page goes on where the one before has ended."""
    for query, expected in ENTRIES:
        with subtests.test(query=query):
            assert [
                item["episodeNumber"] for item in (await api.get(f"{path}?query={query}")).json()["items"]
            ] == expected
            assert await walk(api, f"{path}?query={query}&limit=1") == [f"abyss-s1e{number}" for number in expected]


async def test_entries_are_found_by_what_they_are_called_now(
    api: httpx2.AsyncClient, abyss: None, library: Library
) -> None:
    renamed = {"fr": {"name": "Aurore", "description": None}, "en": {"name": "Dawn", "description": None}}
    await library.serie("abyss", entries=[episode_seed(1, 3, translations=renamed)])
    for query, expected in (("departure", []), ("aurore", ["abyss-s1e3"]), ("aurroe", ["abyss-s1e3"])):
        assert await walk(api, f"/news?query={query}") == expected
    assert (await api.delete("/series/abyss")).status_code == 200
    assert await walk(api, "/news?query=aurore") == []


async def test_files_are_found_by_the_words_of_their_paths(
    api: httpx2.AsyncClient, abyss: None, library: Library, subtests: pytest.Subtests
) -> None:
    await library.video("/anime/Loose Thing.mkv")
    episodes = [f"/anime/Made in Abyss/S01E{number:02} - Été.mkv" for number in (1, 2, 3, 4, 12, 13)]
    for path, query, expected in (
        ("/videos", "abyss s01e03", episodes[2:3]),
        ("/videos", "s01e12 ete", episodes[4:5]),
        ("/videos", "made in ab", episodes),
        ("/videos", "loose thnig", ["/anime/Loose Thing.mkv"]),
        ("/videos/unmatched", "loose", ["/anime/Loose Thing.mkv"]),
        ("/videos/unmatched", "abyss", []),
    ):
        with subtests.test(path=path, query=query):
            found = [item["path"] for item in (await api.get(f"{path}?query={query}")).json()["items"]]
            # What is only alike has no end that could be named.
            assert found[: len(expected)] == expected
            assert len(found) == len(expected) or "thnig" in query
            pages = [item["path"] for item in await pages_of(api, f"{path}?query={query}&limit=2")]
            assert pages == found


# ------------------------------------------------------------------------------------------------- the large test set


async def load(database: Database, catalogue: Catalogue) -> None:
    titles = [
        {
            "slug": title.slug,
            "names": title.names,
            "latin_name": title.latin_name,
            "aliases": title.aliases,
            "tags": title.tags,
        }
        for title in catalogue.titles
    ]
    async with database.transaction() as connection:
        await execute(
            connection,
            """
            with given as (
                select * from jsonb_to_recordset(%s) as title (
                    slug text, names jsonb, latin_name text, aliases text[], tags text[]
                )
            ), shows as (
                insert into api.shows (kind, slug, original_language) select 'movie', slug, 'ja' from given
                returning pk, slug
            )
            insert into api.show_translations (show_pk, language, name, latin_name, aliases, tags)
            select pk, key, value, case when key = 'ja' then latin_name end,
                case when key = 'en' then aliases else '{}' end, case when key = 'en' then tags else '{}' end
            from shows join given using (slug) cross join jsonb_each_text(names)
            """,
            [Jsonb(titles)],
        )
        await execute(
            connection,
            "insert into api.staff (slug, name) select key, value from jsonb_each_text(%s)",
            [Jsonb(catalogue.people)],
        )
        await execute(
            connection,
            """
            with studios as (
                insert into api.studios (slug) select key from jsonb_each_text(%(all)s) returning pk, slug
            )
            insert into api.studio_translations (studio_pk, language, name)
            select pk, 'en', value from studios join jsonb_each_text(%(all)s) on key = slug
            """,
            {"all": Jsonb(catalogue.studios)},
        )
    async with database.connection() as connection:
        await execute(connection, "analyze api.search_names, api.search_words, api.shows, api.show_translations")


#: Of the queries that are mistyped, `make test` asks one in so many.
TITLES, FILES = 16, 4


@pytest.mark.parametrize("one_in", sampled([TITLES, 1], TITLES.__eq__))
async def test_what_is_mistyped_is_found(
    api: httpx2.AsyncClient, database: Database, record_property: Callable[[str, object], None], one_in: int
) -> None:
    catalogue = make_catalogue()
    await load(database, catalogue)
    queries = sorted(make_queries(catalogue), key=lambda query: query.how)[::one_in]
    assert len(catalogue.titles) >= 5000
    assert len(queries) >= 300 / one_in
    among, first, times = Counter[str](), Counter[str](), []

    def is_meant(query: Query, slug: str) -> bool:
        # Some people share their name.
        return slug == query.slug or (query.kind == "staff" and catalogue.people.get(slug) == query.name)

    for query in queries:
        started = perf_counter()
        slugs = await found(api, query.text, limit=5)
        times.append(perf_counter() - started)
        among[query.how] += any(is_meant(query, slug) for slug in slugs)
        first[query.how] += bool(slugs) and is_meant(query, slugs[0])
    recall, right = among.total() / len(queries), first.total() / len(queries)
    for name, value in (("recall@5", recall), ("first", right), ("median", median(times)), ("slowest", max(times))):
        record_property(name, value)
    assert recall >= 0.98, among
    assert right >= 0.95, first
    # Far below what can be felt, even on a busy machine.
    assert median(times) < scaled(0.2)

    # Before a word can tell anything, its first letter hides nothing.
    assert await found(api, "dragon b") != []

    # A word of half the library still leads to every show that has it: no list is cut off.
    common = sum("the" in title.names["en"].lower().split() for title in catalogue.titles)
    slugs = await walk(api, "/movies?query=the&limit=250")
    assert len(slugs) == len(set(slugs))
    assert len(slugs) >= common > 1500


async def test_lists_rank_as_the_search_does(api: httpx2.AsyncClient, few: None) -> None:
    for path, query, slug in (
        ("/shows", "made in abys", "made-in-abyss"),
        ("/series", "abisu", "made-in-abyss"),
        ("/movies", "spiderman", "spider-man"),
        ("/staff", "maria ise", "mariya-ise"),
        ("/studios", "kinemacitrus", "kinema-citrus"),
    ):
        items = (await api.get(path, params={"query": query})).json()["items"]
        assert [item["slug"] for item in items][:1] == [slug]
    assert (await api.post("/movies", json=movie_seed("x"))).status_code == 201


async def test_files_are_found_where_they_are_now(
    api: httpx2.AsyncClient, library: Library, database: Database
) -> None:
    """Misspelt, by the words of their paths: a move brings its new ones, a link none."""

    async def words() -> list[str]:
        async with database.connection() as connection:
            every = "select array_agg(word order by word) from api.search_file_words"
            return list(await fetch_value(connection, every))

    await library.movie("film")
    await library.video("/films/Zeppelin.mkv")
    await library.video("/films/Lighthouse.mkv")
    assert await words() == ["films", "lighthouse", "mkv", "zeppelin"]
    moved = [
        video_seed("/films/Quarterdeck.mkv", movedFrom="/films/Zeppelin.mkv"),
        video_seed("/films/Zeppelin.mkv", movedFrom="/films/Lighthouse.mkv"),
    ]
    files = (await api.post("/videos", json=moved)).json()
    assert await words() == ["films", "lighthouse", "mkv", "quarterdeck", "zeppelin"]
    for query, expected in (
        ("quaterdeck", ["/films/Quarterdeck.mkv"]),
        ("zepelin", ["/films/Zeppelin.mkv"]),
        ("lighthose", []),
    ):
        assert [item["path"] for item in (await api.get(f"/videos?query={query}")).json()["items"]] == expected
    async with database.connection() as connection:
        await execute(connection, "delete from api.search_file_words")
    await api.put("/videos/link", json=[{"id": file["id"], "for": [{"movie": "film"}]} for file in files])
    await library.video("/films/Alone.mkv")
    # Whoever links writes no words: those that are gone for this test stay so, but for those of the new file.
    assert await words() == ["alone", "films", "mkv"]


@pytest.mark.parametrize("one_in", sampled([FILES, 1], FILES.__eq__))
async def test_files_whose_names_are_mistyped_are_found(
    api: httpx2.AsyncClient, database: Database, record_property: Callable[[str, object], None], one_in: int
) -> None:
    catalogue = make_catalogue()
    async with database.connection() as connection:
        await execute(
            connection,
            """
            insert into api.videos (path, rendering, guess) select path, md5(path), '{"title": "x"}'
            from unnest(%s::text[]) path
            """,
            [make_files(catalogue)],
        )
        await execute(connection, "analyze api.videos")
    queries = sorted(make_file_queries(catalogue), key=lambda query: query.how)[::one_in]
    assert len(queries) >= 300 / one_in
    among, first, times = Counter[str](), Counter[str](), []
    for query in queries:
        started = perf_counter()
        answer = await api.get("/videos", params={"query": query.text, "limit": 5})
        times.append(perf_counter() - started)
        meant = [all(part in item["path"] for part in query.meant) for item in answer.json()["items"]]
        among[query.how] += any(meant)
        first[query.how] += meant[:1] == [True]
    recall, right = among.total() / len(queries), first.total() / len(queries)
    for name, value in (("recall@5", recall), ("first", right), ("median", median(times)), ("slowest", max(times))):
        record_property(name, value)
    assert recall >= 0.95, among
    assert right >= 0.9, first
    assert median(times) < scaled(0.1)


async def test_plain_names_have_the_words_that_they_have_beside_others(database: Database) -> None:
    """What is plain is folded and cut by a shorter way, which must come to the same."""
    chance = random.Random(1)
    pieces = ["i", "ii", "b", "Viii", "vi", "word", "x" * 39, "x" * 41, "12", "Don't", "a&b", "`", "-", "[x]", "", "  "]
    names = [" ".join(chance.choices(pieces, k=chance.randint(0, 7))) for _ in range(3000)]
    names += ["".join(map(chr, chance.choices(range(1, 128), k=chance.randint(0, 20)))) for _ in range(3000)]
    async with database.connection() as connection:
        different = await fetch_all(
            connection,
            r"""
            select name, api.search_split(api.search_fold(name)) as short,
                api.search_split(api.search_fold(name || ' ž 東')) as long
            from unnest(%s::text[]) name
            where api.search_fold(name) ~ '[a-z0-9]$' and api.search_fold(name) !~ '\m[a-z]$'
                and api.search_split(api.search_fold(name)) || '{z,東}'::text[]
                    <> api.search_split(api.search_fold(name || ' ž 東'))
            """,
            [names],
        )
    assert different == []
