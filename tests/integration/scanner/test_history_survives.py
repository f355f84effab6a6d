"""What somebody has watched outlives the files it was watched from, and every new description of it."""

from __future__ import annotations

from typing import Any

from tests.integration.scanner.conftest import Kyoo

EPISODE = "Show/Season 1/Show S01E01.mkv"
FILM = "Alien (1979)/Alien (1979).mkv"
NFO = "<tvshow><title>Show</title><plot>{}</plot></tvshow>"


async def watched(kyoo: Kyoo) -> dict[str, Any]:
    """All that is kept of a viewer, but for which file it was."""

    def of(entry: dict[str, Any]) -> tuple[Any, ...]:
        progress = entry["progress"]
        return entry["slug"], progress["percent"], progress["time"], progress["playedDate"]

    shows = await kyoo.items("/api/profiles/me/watchlist")
    return {
        "history": [of(entry) for entry in await kyoo.items("/api/profiles/me/history")],
        "next": [of(entry) for entry in await kyoo.items("/api/profiles/me/nextup")],
        "entries": [of(entry) for entry in await kyoo.items("/api/series/show/entries")],
        "list": [(show["slug"], show["watchStatus"]) for show in shows],
    }


async def test_history_survives_whatever_happens_to_files_and_metadata(kyoo: Kyoo) -> None:
    film, episode, _ = kyoo.add(FILM, EPISODE, "Show/Season 1/Show S01E02.mkv")
    await kyoo.scan()
    ids = {name: video["id"] for name, video in (await kyoo.videos()).items()}
    play = {"percent": 58, "time": 700, "playedDate": "2024-05-01T20:00:00Z"}
    plays = [
        {"entry": "show-s1e1", "videoId": ids[EPISODE], **play},
        {"entry": "alien", "videoId": ids[FILM], **play, "percent": 100, "playedDate": "2024-05-02T20:00:00Z"},
    ]
    assert (await kyoo.client.post("/api/profiles/me/history", json=plays)).status_code == 201
    assert (await kyoo.client.put("/api/movies/alien/score", json={"score": 90})).status_code == 200
    before = await watched(kyoo)
    assert [slug for slug, *_ in before["history"]] == ["alien", "show-s1e1"]
    assert [slug for slug, *_ in before["next"]] == ["show-s1e1"]
    assert [(slug, status["score"]) for slug, status in before["list"]] == [("show", None), ("alien", 90)]

    # Renamed, and with it the folder.
    (kyoo.library / "Show").rename(kyoo.library / "Show (2011)")
    film.rename(film.with_name("Alien.1979.1080p.mkv"))
    await kyoo.scan()
    assert await watched(kyoo) == before
    assert (await kyoo.get("/api/videos/show-s1e1"))["progress"]["videoId"] == ids[EPISODE]

    # Another content under the same name.
    episode = kyoo.library / "Show (2011)/Season 1/Show S01E01.mkv"
    episode.write_text("a repaired file")
    kyoo.age(episode, 50)
    await kyoo.scan()
    assert await watched(kyoo) == before

    # A better file beside it, then the old one goes: the new one goes on where the old one was left.
    kyoo.add("Show (2011)/Season 1/Show S01E01 2160p.mkv", content="much better")
    await kyoo.scan()
    assert await watched(kyoo) == before
    episode.unlink()
    await kyoo.scan()
    assert await watched(kyoo) == before
    better = await kyoo.get("/api/videos/show-s1e1")
    assert better["path"].endswith("2160p.mkv")
    assert (better["progress"]["percent"], better["progress"]["time"]) == (58, 700)

    # Described anew.
    kyoo.add("Show (2011)/tvshow.nfo", content=NFO.format("New"))
    await kyoo.scan()
    assert (await kyoo.get("/api/series/show"))["description"] == "New"
    for path in ("series/show", "movies/alien"):
        assert (await kyoo.client.post(f"/scanner/{path}/refresh")).status_code == 201
    await kyoo.work()
    assert await watched(kyoo) == before

    # Gone, and back after a while.
    gone = kyoo.library / "Alien (1979)/Alien.1979.1080p.mkv"
    content = gone.read_text()
    gone.unlink()
    await kyoo.scan()
    assert (await kyoo.get("/api/movies/alien"))["isAvailable"] is False
    assert await watched(kyoo) == before
    kyoo.add("Alien (1979)/Alien.mkv", content=content)
    await kyoo.scan()
    assert (await kyoo.get("/api/movies/alien"))["isAvailable"] is True
    assert await watched(kyoo) == before


async def test_history_goes_along_when_a_show_turns_out_to_be_another(kyoo: Kyoo) -> None:
    kyoo.add("Show/Show S01E01.mkv", "Show/Show S01E02.mkv", FILM)
    await kyoo.scan()
    ids = {name: video["id"] for name, video in (await kyoo.videos()).items()}
    played = {"time": 700, "playedDate": "2024-05-01T20:00:00Z"}
    plays = [
        {"entry": "show-s1e1", "videoId": ids["Show/Show S01E01.mkv"], "percent": 100, **played},
        {"entry": "show-s1e2", "videoId": ids["Show/Show S01E02.mkv"], "percent": 40, **played},
        {"entry": "alien", "videoId": ids[FILM], "percent": 100, **played},
    ]
    assert (await kyoo.client.post("/api/profiles/me/history", json=plays)).status_code == 201
    for path in ("series/show", "movies/alien"):
        assert (await kyoo.client.put(f"/api/{path}/score", json={"score": 70})).status_code == 200
    before = {path: (await kyoo.get(f"/api/{path}"))["watchStatus"] for path in ("series/show", "movies/alien")}
    for path, title, year in (("series/show", "Another", 2005), ("movies/alien", "Aliens", 1986)):
        body = {"title": title, "year": year, "externalId": {}, "videos": []}
        assert (await kyoo.client.post(f"/scanner/{path}/remap", json=body)).status_code == 201
        await kyoo.work()
    history = await kyoo.items("/api/profiles/me/history")
    assert sorted((entry["slug"], entry["progress"]["percent"]) for entry in history) == [
        ("aliens", 100),
        ("another-s1e1", 100),
        ("another-s1e2", 40),
    ]
    assert (await kyoo.get("/api/series/another"))["watchStatus"] == before["series/show"]
    assert (await kyoo.get("/api/movies/aliens"))["watchStatus"] == before["movies/alien"]
    assert [entry["slug"] for entry in await kyoo.items("/api/profiles/me/nextup")] == ["another-s1e2"]
    # One file of it is another episode.
    body = {"title": "Another", "year": 2005, "videos": [
        {"id": ids["Show/Show S01E02.mkv"], "episodes": [{"season": 2, "episode": 7}]}
    ]}  # fmt: skip
    assert (await kyoo.client.post("/scanner/series/another/remap", json=body)).status_code == 201
    await kyoo.work()
    assert [entry["slug"] for entry in await kyoo.items("/api/profiles/me/nextup")] == ["another-s2e7"]
