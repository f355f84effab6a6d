"""The routes of the scanner: who may call them, what they answer, what people can ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.integration.scanner.conftest import SCANNER_PERMISSIONS, Kyoo, token

from kyoo.core.files import encode_path

ROUTES = [
    ("GET", "/scanner/scan", "scanner.trigger"),
    ("PUT", "/scanner/scan", "scanner.trigger"),
    ("GET", "/scanner/guess?path=/a.mkv", "scanner.guess"),
    ("GET", "/scanner/movies?query=a", "scanner.search"),
    ("GET", "/scanner/series?query=a", "scanner.search"),
    ("POST", "/scanner/movies", "scanner.add"),
    ("POST", "/scanner/series", "scanner.add"),
    ("POST", "/scanner/movies/a/refresh", "scanner.add"),
    ("POST", "/scanner/series/a/remap", "scanner.add"),
    ("GET", "/scanner/matches", "scanner.search"),
    ("PUT", "/scanner/matches/1", "scanner.add"),
    ("DELETE", "/scanner/matches/1", "scanner.add"),
    ("GET", "/scanner/progress", "core.read"),
    ("GET", "/scanner/pictures/L2E", "core.read"),
]


@pytest.mark.parametrize(("method", "url", "permission"), ROUTES)
async def test_each_route_needs_its_permission(kyoo: Kyoo, method: str, url: str, permission: str) -> None:
    others = [known for known in ("core.read", "core.write", *SCANNER_PERMISSIONS) if known != permission]
    headers = {"Authorization": f"Bearer {token(*others)}"}
    response = await kyoo.client.request(method, url, headers=headers)
    assert response.status_code == 403
    assert response.json() == {"detail": f"Missing permission: {permission}"}
    response = await kyoo.client.request(method, url, headers={"Authorization": f"Bearer {token(permission)}"})
    assert response.status_code != 403


async def test_health(kyoo: Kyoo) -> None:
    assert await kyoo.get("/scanner/health") == {"status": "healthy"}
    assert (await kyoo.get("/scanner/ready"))["database"] == "healthy"


async def test_errors_have_a_detail(kyoo: Kyoo) -> None:
    for method, url in (("GET", "/scanner/guess"), ("GET", "/scanner/nothing/here"), ("POST", "/scanner/movies")):
        response = await kyoo.client.request(method, url)
        assert response.status_code in (404, 422)
        assert isinstance(response.json()["detail"], str)


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/scanner/guess?path=/%00", 422),
        ("POST", "/scanner/movies/%00/refresh", 422),
        # No other address of the api can be reached through a slug.
        ("POST", "/scanner/movies/%3Flimit=1/refresh", 404),
        ("POST", "/scanner/movies/..%23/refresh", 404),
    ],
)
async def test_strange_values_are_bad_requests(kyoo: Kyoo, method: str, url: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {token(*SCANNER_PERMISSIONS)}"}
    response = await kyoo.client.request(method, url, headers=headers)
    assert (response.status_code, list(response.json())) == (status, ["detail"])


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        (" \t ", {"season": 1, "episode": 1}),
        ("Show", {"season": -1, "episode": 1}),
        ("Show", {"season": 1, "episode": -1}),
        ("Show", {"season": 1, "episode": 99_999_999_999}),
        # That of a half episode.
        ("Show", {"season": 0, "episode": 100_135}),
    ],
)
async def test_what_no_show_can_be_is_refused_at_once(kyoo: Kyoo, title: str, numbers: dict[str, int]) -> None:
    """Rather than as a request that fails for ever, and has the file."""
    kyoo.add("Show S01E01.mkv")
    await kyoo.scan()
    before = await kyoo.videos()
    (video,) = before.values()
    body = {"title": title, "videos": [{"id": video["id"], "episodes": [numbers]}]}
    for url in ("/scanner/series", "/scanner/series/show/remap"):
        response = await kyoo.client.post(url, json=body)
        assert (response.status_code, list(response.json())) == (422, ["detail"])
    await kyoo.work()
    assert (await kyoo.videos(), await kyoo.titles()) == (before, ["Show"])


async def test_guess(kyoo: Kyoo) -> None:
    answer = await kyoo.get("/scanner/guess", path="/video/Show (2011)/Show S02E03 v2 part1 - Name.mkv")
    assert answer["path"] == "/video/Show (2011)/Show S02E03 v2 part1 - Name.mkv"
    assert (answer["version"], answer["part"], answer["for"]) == (2, 1, [])
    guess = answer["guess"]
    assert (guess["title"], guess["kind"], guess["years"], guess["from"]) == ("Show", "episode", [2011], "kyoo")
    assert guess["episodes"] == [{"season": 2, "episode": 3}]
    assert (guess["extraKind"], guess["externalId"], guess["history"]) == (None, {}, [])
    kyoo.add("Show (2011)/Show S01E01.mkv")
    await kyoo.scan()
    answer = await kyoo.get("/scanner/guess", path=str(kyoo.library / "Show (2011)/Show S01E01 v2.mkv"))
    assert answer["for"] == [{"serie": "show", "season": 1, "episode": 1}]


async def test_search_without_providers_is_an_empty_page(kyoo: Kyoo) -> None:
    for collection in ("movies", "series"):
        page = await kyoo.get(f"/scanner/{collection}", query="alien", year=1979)
        assert (page["items"], page["next"]) == ([], None)
        assert page["this"].endswith(f"/scanner/{collection}?query=alien&year=1979")


async def test_the_page_of_requests(kyoo: Kyoo) -> None:
    for number in range(3):
        await kyoo.client.post("/scanner/movies", json={"title": f"Film {number}", "year": 2000})
    page = await kyoo.get("/scanner/scan", limit=2, status="pending")
    assert [request["title"] for request in page["items"]] == ["Film 0", "Film 1"]
    assert set(page["items"][0]) == {"id", "kind", "title", "year", "status", "videos", "error", "startedAt"}
    following = (await kyoo.client.get(page["next"])).json()
    assert ([request["title"] for request in following["items"]], following["next"]) == (["Film 2"], None)
    assert (await kyoo.client.get("/scanner/scan?status=other")).status_code == 422
    assert (await kyoo.client.get("/scanner/scan?after=x")).status_code == 422


async def test_all_requests_are_on_the_first_page(kyoo: Kyoo) -> None:
    """Kyoo's administration reads no other."""
    async with kyoo.database.connection() as connection:
        await connection.execute(
            """with shows as (insert into scanner.shows (kind, title)
                              select 'movie', 'Film ' || n from generate_series(1, 5001) n
                              returning id, title)
               insert into scanner.requests (show_id, kind, title, external_id, videos)
               select id, 'movie', title, '{}', '[]' from shows"""
        )
    page = await kyoo.get("/scanner/scan")
    assert len(page["items"]) == 5000
    assert len((await kyoo.client.get(page["next"])).json()["items"]) == 1


async def test_put_scan_scans(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv")
    assert (await kyoo.client.put("/scanner/scan")).status_code == 204
    assert (await kyoo.client.put("/scanner/scan")).status_code == 204
    assert (await kyoo.get("/scanner/progress"))["running"] is True
    await kyoo.work()
    assert await kyoo.titles() == ["Alien"]
    assert (await kyoo.get("/scanner/progress"))["running"] is False


async def test_adding_a_show_for_unmatched_videos(kyoo: Kyoo) -> None:
    video = {
        "path": "/elsewhere/x.mkv",
        "rendering": "abc",
        "part": None,
        "version": 1,
        "guess": {"title": "x", "from": "hand", "history": []},
    }
    created = (await kyoo.client.post("/api/videos", json=[video])).json()[0]
    body = {
        "title": "Show",
        "year": 2011,
        "externalId": {"tvdb": "1"},
        "videos": [{"id": created["id"], "episodes": [{"season": 1, "episode": 2}]}],
    }
    response = await kyoo.client.post("/scanner/series", json=body)
    assert response.status_code == 201
    assert (response.json()["status"], response.json()["videos"]) == ("pending", [created["id"]])
    await kyoo.work()
    serie = await kyoo.get("/api/series/show")
    assert serie["externalId"]["tvdb"][0]["dataId"] == "1"
    assert await kyoo.items("/scanner/scan") == []


async def test_adding_a_film_with_a_file_of_another_show(kyoo: Kyoo) -> None:
    kyoo.add("Alien.mkv", "Alien (1979).mkv")
    await kyoo.scan()
    video = (await kyoo.videos())["Alien.mkv"]
    body = {"title": "Alien", "year": 1979, "externalId": {}, "videos": [{"id": video["id"], "episodes": []}]}
    assert (await kyoo.client.post("/scanner/movies", json=body)).status_code == 201
    await kyoo.work()
    films = [
        await kyoo.get(f"/api/movies/{film['slug']}", **{"with": "videos"}) for film in await kyoo.items("/api/movies")
    ]
    (film,) = [film for film in films if film["airDate"] == "1979-01-01"]
    assert len(film["videos"]) == 2


async def test_refresh(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979)/Alien (1979).mkv")
    await kyoo.scan()
    assert (await kyoo.client.post("/scanner/movies/nothing/refresh")).status_code == 404
    response = await kyoo.client.post("/scanner/movies/alien/refresh")
    assert response.status_code == 201
    assert (response.json()["title"], response.json()["videos"]) == ("Alien", [])
    await kyoo.work()
    assert (await kyoo.get("/api/movies/alien"))["isAvailable"] is True


class TestRemap:
    async def test_a_serie_with_its_files_and_future_ones(self, kyoo: Kyoo) -> None:
        kyoo.add("Office/Office S01E01.mkv", "Office/Office S01E02.mkv")
        await kyoo.scan()
        before = {video["id"] for video in (await kyoo.videos()).values()}
        body = {"title": "The Office", "year": 2005, "externalId": {"tvdb": "73244"}, "videos": []}
        assert (await kyoo.client.post("/scanner/series/office/remap", json=body)).status_code == 201
        await kyoo.work()
        assert [serie["slug"] for serie in await kyoo.items("/api/series")] == ["the-office"]
        entries = await kyoo.items("/api/series/the-office/entries")
        assert [len(entry["videos"]) for entry in entries] == [1, 1]
        assert {video["id"] for video in (await kyoo.videos()).values()} == before
        kyoo.add("Office/Office S01E03.mkv")
        await kyoo.scan()
        assert [serie["slug"] for serie in await kyoo.items("/api/series")] == ["the-office"]
        assert len(await kyoo.items("/api/series/the-office/entries")) == 3

    async def test_a_failing_seed_loses_nothing(self, kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
        from kyoo.scanner.api_client import ApiError
        from kyoo.scanner.metadata import identification

        kyoo.add("Alien.mkv")
        await kyoo.scan()

        async def refuse(*_: Any) -> Any:
            raise ApiError("no")

        with monkeypatch.context() as patch:
            patch.setattr(identification, "_post", refuse)
            await kyoo.client.post("/scanner/movies/alien/remap", json={"title": "Aliens", "year": 1986})
            await kyoo.work()
        film = await kyoo.get("/api/movies/alien", **{"with": "videos"})
        assert len(film["videos"]) == 1
        await kyoo.client.put("/scanner/scan")
        await kyoo.work()
        assert [film["slug"] for film in await kyoo.items("/api/movies")] == ["aliens"]
        assert len((await kyoo.get("/api/movies/aliens", **{"with": "videos"}))["videos"]) == 1

    async def test_one_file_is_given_other_numbers(self, kyoo: Kyoo) -> None:
        kyoo.add("Show/Show S01E01.mkv", "Show/Show S01E02.mkv")
        await kyoo.scan()
        video = (await kyoo.videos())["Show/Show S01E02.mkv"]
        body = {
            "title": "Show",
            "year": None,
            "videos": [{"id": video["id"], "episodes": [{"season": 2, "episode": 7}]}],
        }
        await kyoo.client.post("/scanner/series/show/remap", json=body)
        await kyoo.work()
        entries = {entry["slug"]: len(entry["videos"]) for entry in await kyoo.items("/api/series/show/entries")}
        assert (entries["show-s1e1"], entries["show-s1e2"], entries["show-s2e7"]) == (1, 0, 1)


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50


class TestPictures:
    @staticmethod
    def url(path: Path) -> str:
        return f"/scanner/pictures/{encode_path(path)}"

    async def test_a_picture_is_served_for_ever(self, kyoo: Kyoo) -> None:
        (path,) = kyoo.add("Show/poster.jpg")
        path.write_bytes(PNG)
        response = await kyoo.client.get(self.url(path), params={"v": "1"})
        assert (response.status_code, response.content) == (200, PNG)
        assert response.headers["content-type"] == "image/png"
        assert "immutable" in response.headers["cache-control"]
        etag = response.headers["etag"]
        assert etag.startswith('"')
        again = await kyoo.client.get(self.url(path), headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert (await kyoo.client.head(self.url(path))).headers["content-length"] == str(len(PNG))

    async def test_only_pictures_of_the_library(self, kyoo: Kyoo, tmp_path: Path) -> None:
        outside = tmp_path / "outside.png"
        outside.write_bytes(PNG)
        (kyoo.library / "link.png").symlink_to(outside)
        (text,) = kyoo.add("text.png")
        (video,) = kyoo.add("video.mkv")
        video.write_bytes(PNG)
        huge = kyoo.library / "huge.png"
        huge.write_bytes(PNG + b"\0" * 30 * 1024 * 1024)
        for path, status in [
            (outside, 400),
            (kyoo.library / "link.png", 400),
            (kyoo.library / ".." / "outside.png", 400),
            (kyoo.library / "absent.png", 404),
            (video, 404),
            (text, 422),
            (huge, 422),
        ]:
            assert (await kyoo.client.get(self.url(path))).status_code == status, path
        assert (await kyoo.client.get("/scanner/pictures/***")).status_code == 400
