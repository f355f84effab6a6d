"""POST, PUT and DELETE of files and links (docs/protocol/api.md#links)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from psycopg.errors import DeadlockDetected
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import episode_seed, film_seed, season_seed, serie_seed, special_seed, video_seed

from kyoo.api.context import ATTEMPTS
from kyoo.core.database.postgres import Connection

SERIE = "made-in-abyss"


@pytest.fixture
async def abyss(library: Library) -> dict[str, Any]:
    """A serie with two seasons, a special at 13.5 and a film at 14, and a movie."""
    await library.movie("bubble", externalId={"themoviedatabase": [{"dataId": "912598", "link": None}]})
    return await library.serie(
        SERIE,
        entries=[
            *(episode_seed(1, number) for number in range(1, 14)),
            special_seed(1, 13.5),
            film_seed(14, "dawn-of-the-deep-soul"),
            episode_seed(
                2,
                1,
                order=15,
                externalId={"themoviedatabase": [{"serieId": "72636", "season": 2, "episode": 1, "link": None}]},
            ),
        ],
    )


async def register(api: httpx2.AsyncClient, *seeds: dict[str, Any], verb: str = "POST") -> list[list[str]]:
    """The link slugs of each file."""
    response = await api.request(verb, "/videos", json=list(seeds))
    assert response.status_code == 201, response.text
    return [[entry["slug"] for entry in video["entries"]] for video in response.json()]


async def counts(api: httpx2.AsyncClient) -> tuple[int, bool]:
    """The available entries of the serie, and whether the movie is available."""
    serie = (await api.get(f"/series/{SERIE}")).json()
    movie = (await api.get("/movies/bubble")).json()
    return serie["availableCount"], movie["isAvailable"]


async def test_a_file_without_links_is_kept_with_its_guess_and_history(api: httpx2.AsyncClient) -> None:
    guess = {
        "title": "Bubble",
        "kind": "movie",
        "years": [2022],
        "from": "guessit",
        "colour": "blue",
        "history": [{"title": "Bubble 2022", "from": "old", "year": 2022, "history": [{"title": "B", "from": "x"}]}],
    }
    response = await api.post("/videos", json=[video_seed("/video/bubble.mkv", guess=guess)])
    assert response.status_code == 201
    (video,) = response.json()
    assert video["path"] == "/video/bubble.mkv"
    assert video["entries"] == []
    assert video["guess"]["colour"] == "blue"
    (past,) = video["guess"]["history"]
    assert (past["title"], past["year"], past["history"][0]["history"]) == ("Bubble 2022", 2022, [])
    assert (await api.get(f"/videos/{video['id']}")).json()["guess"]["years"] == [2022]


FORMS: list[tuple[dict[str, Any], str]] = [
    ({"slug": "bubble"}, "bubble"),
    ({"movie": "bubble"}, "bubble"),
    ({"serie": SERIE, "season": 1, "episode": 13}, f"{SERIE}-s1e13"),
    ({"serie": SERIE, "special": 1}, f"{SERIE}-sp1"),
    ({"serie": SERIE, "season": 0, "episode": 1}, f"{SERIE}-sp1"),
    ({"serie": SERIE, "order": 13.5}, f"{SERIE}-sp1"),
    ({"slug": "dawn-of-the-deep-soul"}, "dawn-of-the-deep-soul"),
    ({"externalId": {"themoviedatabase": {"serieId": "72636", "season": 2, "episode": 1}}}, f"{SERIE}-s2e1"),
    ({"externalId": {"themoviedatabase": {"dataId": "912598"}}}, "bubble"),
]


async def test_each_form_of_link(api: httpx2.AsyncClient, abyss: Any, subtests: pytest.Subtests) -> None:
    for link, slug in FORMS:
        with subtests.test(link=link):
            assert await register(api, video_seed("/video/a.mkv", **{"for": [link]}), verb="PUT") == [[slug]]


async def test_a_link_by_the_id_of_the_show(api: httpx2.AsyncClient, abyss: dict[str, Any]) -> None:
    link = {"serie": abyss["id"], "season": 1, "episode": 1}
    assert await register(api, video_seed("/video/a.mkv", **{"for": [link]})) == [[f"{SERIE}-s1e1"]]


A_LINK_THAT_MATCHES_NOTHING_IS_IGNORED: list[Any] = [
    {"slug": "nothing"},
    {"movie": SERIE},
    {"serie": "bubble", "season": 1, "episode": 1},
    {"serie": SERIE, "season": 9, "episode": 1},
    {"externalId": {"imdb": {"dataId": "tt1"}}},
]


async def test_a_link_that_matches_nothing_is_ignored(
    api: httpx2.AsyncClient, abyss: Any, subtests: pytest.Subtests
) -> None:
    for link in A_LINK_THAT_MATCHES_NOTHING_IS_IGNORED:
        with subtests.test(link=link):
            assert await register(api, video_seed("/video/a.mkv", **{"for": [link]})) == [[]]


A_LINK_MUST_BE_ONE_OF_THE_FORMS: list[Any] = [
    {},
    {"serie": SERIE},
    {"serie": SERIE, "season": 1},
    {"externalId": {}},
]


async def test_a_link_must_be_one_of_the_forms(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for link in A_LINK_MUST_BE_ONE_OF_THE_FORMS:
        with subtests.test(link=link):
            assert (await api.post("/videos", json=[video_seed("/video/a.mkv", **{"for": [link]})])).status_code == 422


async def test_a_link_of_several_forms_links_all_that_they_match(api: httpx2.AsyncClient, abyss: Any) -> None:
    link = {"slug": f"{SERIE}-s1e13", "movie": "bubble", "serie": SERIE, "season": 2, "episode": 1, "order": 13.5}
    (linked,) = await register(api, video_seed("/video/a.mkv", **{"for": [link]}))
    assert sorted(linked) == ["bubble", f"{SERIE}-s1e13", f"{SERIE}-s2e1", f"{SERIE}-sp1"]


async def test_versions_parts_and_renderings_have_their_own_slugs(api: httpx2.AsyncClient, abyss: Any) -> None:
    to_bubble = {"for": [{"movie": "bubble"}]}
    assert await register(
        api,
        video_seed("/1.mkv", rendering="first", **to_bubble),
        video_seed("/1-v2.mkv", rendering="first", version=2, **to_bubble),
        video_seed("/1-p1-v2.mkv", rendering="first", part=1, version=2, **to_bubble),
        video_seed("/2.mkv", rendering="second", **to_bubble),
    ) == [["bubble"], ["bubble-v2"], ["bubble-p1-v2"], ["bubble-second"]]
    assert await register(api, video_seed("/3.mkv", rendering="third", **to_bubble)) == [["bubble-third"]]
    assert await register(api, video_seed("/1-v3.mkv", rendering="first", version=3, **to_bubble)) == [["bubble-v3"]]


async def test_the_same_path_again_updates_the_file_and_keeps_its_slug(api: httpx2.AsyncClient, abyss: Any) -> None:
    seed = video_seed("/a.mkv", rendering="one", **{"for": [{"movie": "bubble"}]})
    assert await register(api, seed) == [["bubble"]]
    assert await register(api, {**seed, "rendering": "other"}) == [["bubble"]]
    videos = (await api.get("/movies/bubble?with=videos")).json()["videos"]
    assert [(video["slug"], video["rendering"]) for video in videos] == [("bubble", "other")]


async def test_another_path_of_the_same_rendering_part_and_version_is_a_conflict(api: httpx2.AsyncClient) -> None:
    await register(api, video_seed("/a.mkv", rendering="same"))
    response = await api.post("/videos", json=[video_seed("/new.mkv"), video_seed("/b.mkv", rendering="same")])
    assert response.status_code == 409
    error = response.json()
    assert error["message"] == "Another file has the same rendering, part and version"
    assert error["details"] == {"rendering": "same", "part": None, "version": 1}
    assert [video["path"] for video in (await api.get("/videos")).json()["items"]] == ["/a.mkv"]


async def test_one_file_with_two_episodes_and_one_link_given_twice(api: httpx2.AsyncClient, abyss: Any) -> None:
    first, second = ({"serie": SERIE, "season": 1, "episode": number} for number in (1, 2))
    links = [first, second, first, {"slug": f"{SERIE}-s1e1"}]
    assert await register(api, video_seed("/a.mkv", **{"for": links})) == [[f"{SERIE}-s1e1", f"{SERIE}-s1e2"]]


async def test_two_files_of_one_episode_in_one_call(api: httpx2.AsyncClient, abyss: Any) -> None:
    link = {"for": [{"serie": SERIE, "season": 1, "episode": 1}]}
    slugs = await register(
        api, video_seed("/a.mkv", rendering="a", **link), video_seed("/b.mkv", rendering="b", **link)
    )
    assert slugs == [[f"{SERIE}-s1e1"], [f"{SERIE}-s1e1-b"]]


async def test_a_path_given_twice_counts_once(api: httpx2.AsyncClient, abyss: Any) -> None:
    slugs = await register(
        api,
        video_seed("/a.mkv", **{"for": [{"movie": "bubble"}]}),
        video_seed("/a.mkv", **{"for": [{"slug": f"{SERIE}-s1e1"}]}),
    )
    assert slugs == [["bubble", f"{SERIE}-s1e1"]]


INVALID_BODIES: list[Any] = [
    [],
    [{"path": "/a.mkv"}],
    [video_seed("/a.mkv", rendering="1.5")],
    [video_seed("/a.mkv", rendering="")],
    [video_seed("/a.mkv", part=-1)],
    [video_seed("/a.mkv", guess={"title": "A", "from": "x"})],
    {},
]


async def test_invalid_bodies(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for body in INVALID_BODIES:
        with subtests.test(body=body):
            response = await api.post("/videos", json=body)
            assert response.status_code == 422
            assert isinstance(response.json()["details"], dict)


async def test_put_replaces_links_and_post_adds_them(api: httpx2.AsyncClient, abyss: Any) -> None:
    to_movie = video_seed("/a.mkv", **{"for": [{"movie": "bubble"}]})
    to_episode = video_seed("/a.mkv", **{"for": [{"slug": f"{SERIE}-s1e1"}]})
    assert await register(api, to_movie) == [["bubble"]]
    assert await register(api, to_episode) == [["bubble", f"{SERIE}-s1e1"]]
    assert await counts(api) == (1, True)
    assert await register(api, to_episode, verb="PUT") == [[f"{SERIE}-s1e1"]]
    assert await counts(api) == (1, False)
    assert await register(api, video_seed("/a.mkv"), verb="PUT") == [[]]
    assert await counts(api) == (0, False)


async def test_a_moved_file_keeps_its_id_and_links(api: httpx2.AsyncClient, abyss: Any) -> None:
    (before,) = (await api.post("/videos", json=[video_seed("/a.mkv", **{"for": [{"movie": "bubble"}]})])).json()
    (after,) = (await api.post("/videos", json=[video_seed("/b.mkv", movedFrom="/a.mkv")])).json()
    assert (after["id"], after["path"]) == (before["id"], "/b.mkv")
    assert after["entries"] == [{"slug": "bubble"}]
    assert await counts(api) == (0, True)


async def test_renumbered_files_move_in_a_chain(api: httpx2.AsyncClient) -> None:
    seeds = [video_seed(f"/{number}.mkv") for number in range(1, 4)]
    before = {video["path"]: video["id"] for video in (await api.post("/videos", json=seeds)).json()}
    moved = [video_seed(f"/{number + 1}.mkv", movedFrom=f"/{number}.mkv") for number in range(1, 4)]
    after = {video["path"]: video["id"] for video in (await api.post("/videos", json=moved)).json()}
    assert after == {f"/{number + 1}.mkv": before[f"/{number}.mkv"] for number in range(1, 4)}


async def test_moved_from_an_unknown_path_is_a_new_file(api: httpx2.AsyncClient) -> None:
    assert await register(api, video_seed("/b.mkv", movedFrom="/never.mkv")) == [[]]


async def test_deleting_files_makes_entries_unavailable(api: httpx2.AsyncClient, abyss: Any) -> None:
    link = {"for": [{"movie": "bubble"}]}
    await register(
        api, video_seed("/a.mkv", rendering="a", **link), video_seed("/b.mkv", rendering="b", **link), video_seed("/c")
    )
    assert (await api.request("DELETE", "/videos", json=["/a.mkv", "/unknown"])).json() == ["/a.mkv"]
    assert await counts(api) == (0, True)
    assert len((await api.get("/news")).json()["items"]) == 1
    assert (await api.request("DELETE", "/videos", json=["/b.mkv"])).json() == ["/b.mkv"]
    assert await counts(api) == (0, False)
    assert (await api.get("/news")).json()["items"] == []
    assert (await api.request("DELETE", "/videos", json=["/c"])).json() == ["/c"]
    assert (await api.request("DELETE", "/videos", json=["/c"])).json() == []


async def test_links_are_added_replaced_and_removed(api: httpx2.AsyncClient, abyss: Any) -> None:
    (video,) = (await api.post("/videos", json=[video_seed("/a.mkv")])).json()

    async def links(verb: str, *wanted: dict[str, Any]) -> Any:
        response = await api.request(verb, "/videos/link", json=[{"id": video["id"], "for": list(wanted)}])
        assert response.status_code == 201, response.text
        (linked,) = response.json()
        assert (linked["id"], linked["path"]) == (video["id"], "/a.mkv")
        return [entry["slug"] for entry in linked["entries"]]

    assert await links("POST", {"movie": "bubble"}) == ["bubble"]
    assert await links("POST", {"slug": f"{SERIE}-s1e1"}) == ["bubble", f"{SERIE}-s1e1"]
    assert await counts(api) == (1, True)
    assert await links("PUT", {"slug": f"{SERIE}-s1e2"}) == [f"{SERIE}-s1e2"]
    assert await counts(api) == (1, False)
    removed = await api.request("DELETE", "/videos/link", json=[f"{SERIE}-s1e2", "unknown"])
    assert removed.json() == [f"{SERIE}-s1e2"]
    assert await counts(api) == (0, False)
    assert await links("POST", {"slug": f"{SERIE}-s1e2"}) == [f"{SERIE}-s1e2"]
    assert await links("PUT") == []
    assert (await api.get("/news")).json()["items"] == []


async def test_an_unknown_file_cannot_be_linked(api: httpx2.AsyncClient, abyss: Any) -> None:
    unknown = "7a1ed8a4-4d4c-4d59-a83b-6a1b4e8be6b2"
    response = await api.post("/videos/link", json=[{"id": unknown, "for": [{"movie": "bubble"}]}])
    assert (response.status_code, response.json()) == (201, [])


async def test_seasons_count_their_episodes(api: httpx2.AsyncClient, library: Library, abyss: Any) -> None:
    await library.serie(SERIE, seasons=[season_seed(0), season_seed(1)])
    await register(api, video_seed("/a.mkv", **{"for": [{"slug": f"{SERIE}-s1e1"}, {"slug": f"{SERIE}-sp1"}]}))
    seasons = (await api.get(f"/series/{SERIE}/seasons")).json()["items"]
    assert [(s["slug"], s["entriesCount"], s["availableCount"]) for s in seasons] == [
        (f"{SERIE}-specials", 1, 1),
        (f"{SERIE}-s1", 13, 1),
    ]


async def test_replicas_linking_and_seeding_at_once_agree(api: httpx2.AsyncClient) -> None:
    """Batches that share shows, in opposite orders, beside seeds of the same shows."""
    seeds = [serie_seed(name, entries=[episode_seed(1, number) for number in range(1, 11)]) for name in ("one", "two")]
    for seed in seeds:
        assert (await api.post("/series", json=seed)).status_code == 201

    def batch(number: int) -> list[dict[str, Any]]:
        names = ("one", "two") if number % 2 else ("two", "one")
        return [
            video_seed(f"/{name}/{number}/{episode}.mkv", **{"for": [{"slug": f"{name}-s1e{episode}"}]})
            for name in names
            for episode in range(1, 11)
        ]

    answers = await asyncio.gather(
        *(api.post("/videos", json=batch(number)) for number in range(8)),
        *(api.post("/series", json=seed) for seed in seeds * 3),
    )
    assert {answer.status_code for answer in answers} == {200, 201}
    links = [entry["slug"] for answer in answers[:8] for video in answer.json() for entry in video["entries"]]
    assert len(set(links)) == 8 * 20
    assert {f"one-s1e{episode}" for episode in range(1, 11)} <= set(links)
    series = (await api.get("/series")).json()["items"]
    assert [(serie["entriesCount"], serie["availableCount"]) for serie in series] == [(10, 10), (10, 10)]


async def test_a_write_that_postgres_gave_up_to_end_a_deadlock_is_done_again(app: FastAPI) -> None:
    context = app.state.context
    tries = []

    async def work(connection: Connection) -> int:
        tries.append(connection)
        if len(tries) < 3:
            await connection.execute("do $$ begin raise exception using errcode = '40P01'; end $$")
        return len(tries)

    assert await context.write(work) == 3
    tries.clear()

    async def hopeless(connection: Connection) -> None:
        tries.append(connection)
        await connection.execute("do $$ begin raise exception using errcode = '40P01'; end $$")

    with pytest.raises(DeadlockDetected):
        await context.write(hopeless)
    assert len(tries) == ATTEMPTS


async def test_texts_that_are_no_text(api: httpx2.AsyncClient) -> None:
    body = '[{"path":"/\\ud800","rendering":"a","part":null,"version":1,"guess":{"title":"a","from":"x","history":[]}}]'
    response = await api.post("/videos", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
