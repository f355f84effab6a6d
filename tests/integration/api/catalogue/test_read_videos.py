"""Reading files: one with its neighbours, lists, guesses, redirects (docs/protocol/api.md#files)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.seeds import episode_seed, film_seed, season_seed, special_seed, video_seed

from kyoo.core.files import encode_path

SERIE = "made-in-abyss"


def of(season: int, *episodes: int) -> dict[str, Any]:
    return {"for": [{"serie": SERIE, "season": season, "episode": episode} for episode in episodes]}


@pytest.fixture
async def abyss(library: Library) -> dict[str, Any]:
    """s1e13, a special, a film; s2e1 in parts of two versions, s2e2+3 in one file, s2e4."""
    await library.serie(
        SERIE,
        seasons=[season_seed(1), season_seed(2)],
        entries=[
            episode_seed(1, 13, order=13),
            special_seed(3, 13.5),
            film_seed(14, "deep-soul"),
            *(episode_seed(2, number, order=14 + number) for number in range(1, 5)),
        ],
    )
    videos = {
        "s1e13": await library.video("/13.mkv", **of(1, 13)),
        "film": await library.video("/film.mkv", **{"for": [{"slug": "deep-soul"}]}),
        "p1": await library.video("/15-p1.mkv", rendering="r15", part=1, **of(2, 1)),
        "p2": await library.video("/15-p2.mkv", rendering="r15", part=2, **of(2, 1)),
        "p2-v2": await library.video("/15-p2-v2.mkv", rendering="r15", part=2, version=2, **of(2, 1)),
        "both": await library.video("/16+17.mkv", **of(2, 2, 3)),
        "last": await library.video("/18.mkv", **of(2, 4)),
    }
    return {name: video["id"] for name, video in videos.items()}


async def around(api: httpx2.AsyncClient, name: str) -> tuple[str | None, str | None]:
    video = (await api.get(f"/videos/{name}?with=previous,next")).json()
    return tuple(video[side] and video[side]["video"] for side in ("previous", "next"))


NEIGHBOURS: list[tuple[str, str | None, str | None]] = [
    (f"{SERIE}-s1e13", None, "deep-soul"),
    ("deep-soul", f"{SERIE}-s1e13", f"{SERIE}-s2e1-p1"),
    (f"{SERIE}-s2e1-p1", "deep-soul", f"{SERIE}-s2e1-p2-v2"),
    (f"{SERIE}-s2e1-p2-v2", f"{SERIE}-s2e1-p1", f"{SERIE}-s2e2"),
    (f"{SERIE}-s2e1-p2", f"{SERIE}-s2e1-p1", f"{SERIE}-s2e2"),
    (f"{SERIE}-s2e2", f"{SERIE}-s2e1-p1", f"{SERIE}-s2e4"),
    (f"{SERIE}-s2e3", f"{SERIE}-s2e1-p1", f"{SERIE}-s2e4"),
    (f"{SERIE}-s2e4", f"{SERIE}-s2e3", None),
]


async def test_neighbours(api: httpx2.AsyncClient, abyss: dict[str, str], subtests: pytest.Subtests) -> None:
    for name, previous, following in NEIGHBOURS:
        with subtests.test(name=name):
            assert await around(api, name) == (previous, following)


async def test_an_aired_entry_without_a_file_is_a_neighbour_to_come_is_not(
    api: httpx2.AsyncClient, library: Library, abyss: dict[str, str]
) -> None:
    await library.serie(SERIE, entries=[episode_seed(2, 5, order=19, airDate="2100-01-01")])
    assert await around(api, f"{SERIE}-s2e4") == (f"{SERIE}-s2e3", None)
    await library.serie(SERIE, entries=[episode_seed(2, 5, order=19, airDate="2022-09-01")])
    video = (await api.get(f"/videos/{SERIE}-s2e4?with=next")).json()
    assert video["next"]["video"] is None
    assert video["next"]["entry"]["slug"] == f"{SERIE}-s2e5"


async def test_one_file(api: httpx2.AsyncClient, abyss: dict[str, str]) -> None:
    video = (await api.get(f"/videos/{abyss['both']}?with=show")).json()
    assert video["slugs"] == [f"{SERIE}-s2e2", f"{SERIE}-s2e3"]
    assert [entry["slug"] for entry in video["entries"]] == video["slugs"]
    assert video["show"]["slug"] == SERIE
    assert "next" not in video
    assert video["progress"]["percent"] == 0


async def test_the_slug_of_an_entry_plays_its_best_file(api: httpx2.AsyncClient, abyss: dict[str, str]) -> None:
    assert (await api.get(f"/videos/{SERIE}-s2e1")).json()["id"] == abyss["p1"]


async def test_the_versions_of_a_file_are_all_files_of_its_entry(
    api: httpx2.AsyncClient, abyss: dict[str, str]
) -> None:
    for name in ("p1", "p2", "p2-v2"):
        video = (await api.get(f"/videos/{abyss[name]}?with=versions")).json()
        assert [version["id"] for version in video["versions"]] == [abyss["p1"], abyss["p2-v2"], abyss["p2"]]
    assert [one["id"] for one in (await api.get("/videos/deep-soul?with=versions")).json()["versions"]] == [
        abyss["film"]
    ]
    assert "versions" not in (await api.get("/videos/deep-soul")).json()


UNKNOWN_FILES: list[str] = ["", "/info", "/direct", "/prepare"]


async def test_unknown_files(api: httpx2.AsyncClient, abyss: dict[str, str], subtests: pytest.Subtests) -> None:
    for what in UNKNOWN_FILES:
        with subtests.test(what=what):
            for name in ("nothing", str(uuid4()), f"{SERIE}-sp3"):
                assert (await api.get(f"/videos/{name}{what}")).status_code == 404


async def test_progress_is_the_latest_play(api: httpx2.AsyncClient, abyss: dict[str, str]) -> None:
    play = {"videoId": abyss["both"], "percent": 40, "time": 600, "playedDate": None}
    await api.post("/profiles/me/history", json=[{"entry": f"{SERIE}-s2e2", **play}])
    video = (await api.get(f"/videos/{SERIE}-s2e3")).json()
    assert (video["progress"]["percent"], video["progress"]["videoId"]) == (40, abyss["both"])
    (listed,) = (await api.get("/videos?query=16+17")).json()["items"][:1]
    assert listed["progress"]["time"] == 600


async def test_lists_of_files(api: httpx2.AsyncClient, library: Library, abyss: dict[str, str]) -> None:
    async def paths(path: str) -> list[str]:
        response = await api.get(path)
        assert response.status_code == 200, response.text
        return [row["path"] for row in response.json()["items"]]

    await library.movie("another")
    await library.video("/another.mkv", **{"for": [{"movie": "another"}]})
    await library.video("/loose.mkv")
    everything = await paths("/videos")
    assert everything == sorted(everything)
    assert len(everything) == 9
    by_entry = await paths("/videos?sort=entry,path")
    assert by_entry[0] == "/another.mkv"
    assert by_entry[1:3] == ["/13.mkv", "/film.mkv"]
    assert by_entry[-1] == "/loose.mkv"
    assert await paths("/videos?query=another") == ["/another.mkv"]
    url, walked = "/videos?sort=-entry,path&limit=2", []
    while url:
        page = (await api.get(url)).json()
        walked += [row["path"] for row in page["items"]]
        url = page["next"]
    assert walked == await paths("/videos?sort=-entry,path")
    assert await paths("/videos/unmatched") == ["/loose.mkv"]
    assert await paths("/videos/unmatched?query=loose&sort=-path") == ["/loose.mkv"]
    assert len(await paths(f"/series/{SERIE}/videos")) == 7


async def test_files_that_look_like_a_series(api: httpx2.AsyncClient, library: Library, abyss: dict[str, str]) -> None:
    def guess(title: str) -> dict[str, Any]:
        return {"guess": {"title": title, "from": "test", "history": []}}

    await library.video("/13.mkv", rendering="13-mkv", **guess("Abyss"))
    await library.video("/alike.mkv", **guess("Abyss"))
    await library.video("/named.mkv", **guess("MIA, Made"))
    await library.video("/other.mkv", **guess("Other"))

    async def paths(query: str = "") -> list[str]:
        page = (await api.get(f"/series/{SERIE}/videos{query}")).json()
        return [row["path"] for row in page["items"]]

    assert "/alike.mkv" in await paths()
    assert "/other.mkv" not in await paths()
    assert {"/alike.mkv", "/other.mkv"} <= set(await paths("?titles=Other,None"))


async def test_guesses_of_the_library(api: httpx2.AsyncClient, library: Library) -> None:
    assert (await api.get("/videos/guesses")).json() == {"paths": [], "guesses": {}, "unmatched": []}
    dune = await library.movie("dune")
    other = await library.movie("dune-2")

    def guess(*years: int) -> dict[str, Any]:
        return {"guess": {"title": "Dune", "years": list(years), "from": "test", "history": []}}

    await library.video("/a.mkv", **guess(2021), **{"for": [{"movie": "dune"}]})
    await library.video("/b.mkv", **guess(), **{"for": [{"movie": "dune"}]})
    await library.video("/c.mkv", **guess(2021), **{"for": [{"movie": "dune-2"}]})
    await library.video("/d.mkv")
    answer = (await api.get("/videos/guesses")).json()
    assert answer["paths"] == ["/a.mkv", "/b.mkv", "/c.mkv", "/d.mkv"]
    assert answer["unmatched"] == ["/d.mkv"]
    assert answer["guesses"] == {
        "Dune": {
            "2021": {"id": other["id"], "slug": "dune-2"},
            "unknown": {"id": dune["id"], "slug": "dune"},
        }
    }


REDIRECTS_TO_THE_TRANSCODER: list[str] = ["info", "thumbnails.vtt", "master.m3u8"]


async def test_redirects_to_the_transcoder(
    api: httpx2.AsyncClient, abyss: dict[str, str], subtests: pytest.Subtests
) -> None:
    for what in REDIRECTS_TO_THE_TRANSCODER:
        with subtests.test(what=what):
            for name in (abyss["film"], "deep-soul"):
                response = await api.get(f"/videos/{name}/{what}?clientId=a%20b&x-presign=c%2Bd")
                assert response.status_code == 302
                expected = f"/video/{encode_path('/film.mkv')}/{what}?clientId=a%20b&x-presign=c%2Bd"
                assert response.headers["location"] == expected
            assert (await api.get(f"/videos/deep-soul/{what}")).headers["location"].endswith(what)
            assert (await api.get("/videos/deep-soul/secrets")).status_code == 422


async def test_the_file_itself_has_a_readable_name(api: httpx2.AsyncClient, library: Library) -> None:
    path = "/video/Bubble (2022).mkv"
    video = await library.video(path)
    location = (await api.get(f"/videos/{video['id']}/direct?clientId=x")).headers["location"]
    assert location == f"/video/{encode_path(path)}/direct/bubble-(2022).mkv?clientId=x"


async def test_preparing_tells_the_transcoder_the_neighbours(
    api: httpx2.AsyncClient, abyss: dict[str, str], peer: Peer
) -> None:
    path = f"/video/{encode_path('/film.mkv')}/prepare"
    peer.answers[path] = lambda _: httpx2.Response(200, json="ok")
    response = await api.get("/videos/deep-soul/prepare")
    assert (response.status_code, response.json()) == (200, {"status": 200, "body": '"ok"'})
    (request,) = peer.requests
    assert dict(request.url.params) == {"prev": encode_path("/13.mkv"), "next": encode_path("/15-p1.mkv")}
    assert (await api.get(f"/videos/{abyss['film']}/prepare")).status_code == 404


async def test_a_transcoder_that_is_away(api: httpx2.AsyncClient, abyss: dict[str, str], peer: Peer) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("away", request=request)

    peer.answers[f"/video/{encode_path('/film.mkv')}/prepare"] = refuse
    response = await api.get("/videos/deep-soul/prepare")
    assert (response.status_code, response.json()["status"]) == (502, 502)


async def test_a_path_of_every_script(api: httpx2.AsyncClient) -> None:
    path = "/vidéo/メイド 'in' \"abyss\" %20 100%.mkv"
    (video,) = (await api.post("/videos", json=[video_seed(path, rendering="x")])).json()
    assert video["path"] == path
    assert (await api.get(f"/videos/{video['id']}")).json()["path"] == path
