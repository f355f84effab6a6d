"""`kyoo demo`: what a newcomer finds in it, and that a second start adds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.demo import DemoServer


def slugs(items: list[dict[str, Any]]) -> list[str]:
    return [item["slug"] for item in items]


def test_every_title_has_its_pictures_and_people(demo: DemoServer) -> None:
    titles = [*demo.items("/api/movies?limit=50"), *demo.items("/api/series?limit=50")]
    collections = demo.items("/api/collections")
    assert (len(titles), len(collections)) == (15, 1)
    for show in (*titles, *collections):
        assert show["poster"], show["slug"]
        assert show["thumbnail"]
        assert show["description"]
    for show in titles:
        assert show["logo"]
        staff = demo.items(f"/api/{'movies' if 'airDate' in show else 'series'}/{show['slug']}/staff")
        assert {"actor", "director", "writter"} <= {role["kind"] for role in staff}
        assert all(role["staff"]["image"] for role in staff)


def test_texts_are_in_the_reader_s_language(demo: DemoServer) -> None:
    found = {}
    for language in ("en", "fr", "de", "ja"):
        with demo.client_of("demo", **{"Accept-Language": language}) as client:
            found[language] = client.get("/api/series/skylarks-of-aonami").json()["description"]
    assert len(set(found.values())) == 4


def test_films_of_an_anime_stand_where_they_are_watched_and_recaps_are_not_next(demo: DemoServer) -> None:
    entries = demo.items("/api/series/skylarks-of-aonami/entries?limit=50")
    films = [entry for entry in entries if entry["kind"] == "movie"]
    assert [film["content"] for film in films] == ["recap", "recap", "story"]
    assert slugs(entries).index(films[0]["slug"]) == slugs(entries).index("skylarks-of-aonami-s1e5") + 1
    assert films[-1]["slug"] in slugs(demo.items("/api/profiles/me/nextup"))
    assert all(film["poster"] for film in films)


def test_versions_tracks_chapters_extras_and_what_is_missing(demo: DemoServer) -> None:
    with demo.client() as client:
        film = client.get("/api/movies/the-cartographer?with=videos").json()
        info = client.get("/api/videos/a-quiet-harbour/info").json()
        intro = client.get("/api/videos/northern-lights-s1e1/info").json()["chapters"]
        extra = client.get("/api/videos/northern-lights-teaser")
        missing = client.get("/api/missing").json()["items"]
        libraries = client.get("/api/libraries").json()
    assert [video["edition"] for video in film["videos"]].count("Director's Cut") == 1
    assert len(film["videos"]) == 3
    assert len(info["audios"]) == 3
    assert {subtitle["language"] for subtitle in info["subtitles"]} == {"en", "fr", "de", "es"}
    assert {chapter["type"] for chapter in intro} >= {"intro", "credits"}
    assert extra.status_code == 200
    assert [(show["slug"], show["missing"][0]["episodeNumber"]) for show in missing] == [("northern-lights", 4)]
    assert {library["slug"] for library in libraries} == {"films", "series", "anime"}


def test_the_child_sees_what_is_for_children(demo: DemoServer) -> None:
    with demo.client_of("kim") as client:
        seen = slugs(client.get("/api/shows?limit=50").json()["items"])
        assert client.get("/api/movies/lights-out-at-sea").status_code == 404
        assert client.get("/api/profiles/me/nextup").json()["items"]
    assert "three-balloons-to-breakfast" in seen
    assert "salt-and-iron" not in seen


@pytest.mark.exhaustive
def test_a_second_start_adds_nothing(demo: DemoServer) -> None:
    def everything() -> dict[str, Any]:
        lists = (
            "/api/movies?limit=50",
            "/api/series",
            "/api/videos?limit=100",
            "/api/profiles/me/history",
            "/auth/users",
        )
        return {path: sorted(item["id"] for item in demo.items(path)) for path in lists}

    def files() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in demo.library.rglob("*")}

    before = everything(), files()
    demo.stop()
    demo.start()
    demo.until_filled()
    assert (everything(), files()) == before
