"""Existing clients accept every list and every detail, with all that is optional there and with none of it"""

from __future__ import annotations

from typing import Any

import httpx2
from fastapi import FastAPI
from tests.integration.api import client_shapes as shapes
from tests.integration.api.client_shapes import ListOf, Report, Shape, page
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.everything import URLS, seed_everything, seed_the_barest
from tests.integration.api.seeds import OTHER_USER, USER

#: What is answered by the routes that clients read.
SHAPES: dict[str, Shape] = {
    "/api/shows": page(shapes.SHOW),
    "/api/movies": page(shapes.MOVIE),
    "/api/series": page(shapes.SERIE),
    "/api/collections": page(shapes.COLLECTION),
    "/api/movies/{name}": shapes.MOVIE,
    "/api/series/{name}": shapes.SERIE,
    "/api/collections/{name}": shapes.COLLECTION,
    "/api/collections/{name}/shows": page(shapes.SHOW),
    "/api/collections/{name}/movies": page(shapes.MOVIE),
    "/api/collections/{name}/series": page(shapes.SERIE),
    "/api/series/{name}/seasons": page(shapes.SEASON),
    "/api/series/{name}/entries": page(shapes.ENTRY_OR_SEASON),
    "/api/series/{name}/extras": page(shapes.EXTRA),
    "/api/movies/{name}/extras": page(shapes.EXTRA),
    "/api/series/{name}/videos": page(shapes.FULL_VIDEO),
    "/api/series/{name}/staff": page(shapes.ROLE_OF_SHOW),
    "/api/movies/{name}/staff": page(shapes.ROLE_OF_SHOW),
    "/api/news": page(shapes.ENTRY_WITH_SHOW),
    "/api/studios": page(shapes.STUDIO),
    "/api/studios/{name}": shapes.STUDIO,
    "/api/studios/{name}/shows": page(shapes.SHOW),
    "/api/studios/{name}/movies": page(shapes.MOVIE),
    "/api/studios/{name}/series": page(shapes.SERIE),
    "/api/staff": page(shapes.STAFF),
    "/api/staff/{name}": shapes.STAFF,
    "/api/staff/{name}/roles": page(shapes.ROLE_OF_STAFF),
    "/api/videos": page(shapes.FULL_VIDEO),
    "/api/videos/unmatched": page(shapes.VIDEO),
    "/api/videos/guesses": shapes.GUESSES,
    "/api/videos/{name}": shapes.FULL_VIDEO,
    "/api/profiles/me/watchlist": page(shapes.SHOW),
    "/api/profiles/me/history": page(shapes.ENTRY_WITH_SHOW),
    "/api/profiles/me/nextup": page(shapes.ENTRY_WITH_SHOW),
    # Routes of ours that show the same things.
    "/api/movies/{name}/similar": page(shapes.SHOW),
    "/api/series/{name}/similar": page(shapes.SHOW),
    "/api/profiles/me/recommendations": page(shapes.SHOW),
    "/api/profiles/me/hidden": page(shapes.SHOW),
    "/api/search": page(
        shapes.ByKind({**shapes.SHOW.shapes, "staff": shapes.STAFF, "studio": shapes.STUDIO}),
    ),
    "/api/profiles/{name}/watchlist": page(shapes.SHOW),
    "/api/profiles/{name}/history": page(shapes.ENTRY),
    "/api/videos/streams": ListOf(shapes.STREAM),
}
#: Routes that no existing client knows; their own shapes are in test_wire_shapes.
OURS = {
    "/api/missing",
    "/api/series/{name}/missing",
    "/api/profiles/me/export",
    *(route for route in URLS if route.endswith("/locks")),
}
ASKED = {
    **{route: urls for route, urls in URLS.items() if route not in OURS},
    "/api/profiles/{name}/watchlist": ["/profiles/tester/watchlist"],
    "/api/profiles/{name}/history": ["/profiles/tester/history"],
    "/api/videos/streams": ["/videos/streams"],
}

TRACK = {"index": 0, "quality": "original", "head": 1}
TRACKS = [
    {
        "index": 0,
        "quality": "original",
        "heads": [{"start": 0, "end": 1.5, "startHead": 0, "endHead": 2, "isRunning": True}],
    }
]


def stream_of(path: str, **viewer: Any) -> dict[str, Any]:
    return {"path": path, "sha": "abc", "duration": 9.5, "videos": TRACKS, "audios": TRACKS, "viewers": [viewer]}


async def report_of(api: httpx2.AsyncClient, peer: Peer, path: str, **viewer: Any) -> Report:
    """All routes, each list from its first page to its last."""
    peer.answers["/video/streams"] = lambda _: httpx2.Response(200, json=[stream_of(path, **viewer)])
    for name in (USER, "tester"):
        peer.answers[f"/auth/users/{name}"] = lambda _: httpx2.Response(200, json={"id": str(USER), "username": "t"})
    report = Report()
    for route, urls in ASKED.items():
        for asked in urls:
            url: str | None = f"{asked}{'&' if '?' in asked else '?'}limit=2"
            while url:
                response = await api.get(url)
                assert response.status_code == 200, response.text
                answer = response.json()
                SHAPES[route](answer, url, report)
                url = answer["next"] if "items" in answer else None
    return report


def test_every_list_and_detail_has_a_shape() -> None:
    assert set(SHAPES) == set(ASKED)


async def test_answers_with_all_that_is_optional(
    app: FastAPI, api: httpx2.AsyncClient, library: Library, peer: Peer
) -> None:
    await seed_everything(app, api, library)
    viewer = {"clientId": "c", "profileId": str(USER), "sessionId": "s", "video": TRACK, "audio": TRACK}
    report = await report_of(api, peer, "/episode-1.mkv", **viewer)
    assert report.faults == []
    assert sorted(report.empty - report.filled) == []


async def test_answers_without_any_of_it(app: FastAPI, api: httpx2.AsyncClient, library: Library, peer: Peer) -> None:
    await seed_the_barest(app, api, library)
    viewer = {"clientId": "c", "profileId": str(OTHER_USER), "sessionId": "s", "video": None, "audio": None}
    report = await report_of(api, peer, "/unknown.mkv", **viewer)
    assert report.faults == []
    assert sorted(report.filled - report.empty) == []
