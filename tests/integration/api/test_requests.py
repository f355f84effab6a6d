"""Callers, errors, health and URLs of the api (docs/protocol/README.md#errors)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi.routing import APIRoute
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import GUEST, READ, USER, WRITE, bearer, make_token, movie_seed

from kyoo.api.app import ROUTERS
from kyoo.core.http.body_limit import MAX_BYTES
from kyoo.core.http.permissions import guards

#: What a reader writes down for themselves.
OF_THE_CALLER = ("/watchstatus", "/hidden", "/seen", "/score")
#: Pictures of search results, which are in no library yet.
PICTURES_FOUND, SEARCH = "/api/images", "scanner.search"
#: What is for administrators also where it is only read.
OF_ADMINISTRATORS = ("/api/trackers/applications", "/api/webhooks", "/api/statistics")
#: Where trackers send browsers back to: the cookie of the login says whose it is. Where guests come with a link.
#: The document of the websocket, as that of the routes. A calendar, whose address is the secret.
PUBLIC = {
    "/api/trackers/{service}/callback",
    "/api/rooms/{name}/join",
    "/api/asyncapi.json",
    "/api/calendars/{token}/episodes.ics",
}


def test_every_route_declares_its_permission() -> None:
    # The websocket checks each message by itself.
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert len(routes) > 50
    for route in routes:
        (guard, *_) = guards(route.dependant)
        if route.path in PUBLIC:
            assert guard.permissions == ()
            continue
        writes = route.methods and not route.methods <= {"GET"}
        own = route.path.startswith("/api/profiles/me") or route.path.endswith(OF_THE_CALLER)
        own = own or route.path.startswith("/api/rooms")
        writes = writes or route.path.startswith(OF_ADMINISTRATORS)
        wanted = SEARCH if route.path == PICTURES_FOUND else WRITE if writes and not own else READ
        assert guard.permissions[:1] == (wanted,), (route.methods, route.path)


WHO_MAY_READ: list[tuple[dict[str, str], int]] = [
    ({"Authorization": ""}, 403),
    ({"Authorization": "Basic abc"}, 422),
    ({"Authorization": "Bearer abc"}, 403),
    ({"Authorization": f"Bearer {make_token()}x"}, 403),
    (bearer(exp=1), 403),
    (bearer(USER, ()), 403),
    (bearer(permissions="core.read"), 403),
    (bearer(), 200),
    (GUEST, 200),
]


async def test_who_may_read(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for headers, status in WHO_MAY_READ:
        with subtests.test(headers=headers):
            response = await api.get("/shows", headers=headers)
            assert response.status_code == status
            if status != 200:
                assert response.json()["status"] == status
                assert response.json()["message"]


async def test_no_body_is_read_without_a_bound(api: httpx2.AsyncClient) -> None:
    """Whoever may not write is refused before any of it is read."""
    body = b'{"slug": "' + bytes(MAX_BYTES)
    for caller, status in ((bearer(USER, (READ, WRITE)), 413), (GUEST, 403)):
        response = await api.post("/movies", content=body, headers={**caller, "Content-Type": "application/json"})
        assert response.status_code == response.json()["status"] == status


async def test_a_missing_permission_is_named(api: httpx2.AsyncClient) -> None:
    response = await api.post("/movies", json=movie_seed("dune"), headers=bearer(USER, (READ,)))
    assert response.status_code == 403
    assert response.json()["details"] == {"current": [READ], "required": [WRITE]}


HEALTH_NEEDS_NO_TOKEN: list[str] = ["/health", "/ready"]


async def test_health_needs_no_token(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for path in HEALTH_NEEDS_NO_TOKEN:
        with subtests.test(path=path):
            response = await api.get(path, headers={"Authorization": ""})
            assert response.status_code == 200
            assert response.json()["status"] == "healthy"


UNKNOWN_ROUTES_AND_VERBS: list[tuple[str, str]] = [("GET", "/nothing"), ("PATCH", "/shows"), ("OPTIONS", "/shows")]


async def test_unknown_routes_and_verbs(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for verb, path in UNKNOWN_ROUTES_AND_VERBS:
        with subtests.test(verb=verb):
            response = await api.request(verb, path)
            assert response.status_code == 404
            assert response.json()["status"] == 404
            assert isinstance(response.json()["message"], str)


async def test_malformed_json_is_a_bad_request(api: httpx2.AsyncClient) -> None:
    response = await api.post("/movies", content=b"{", headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["status"]) == (400, 400)


async def test_head_and_trailing_slashes_and_unknown_parameters(api: httpx2.AsyncClient, library: Library) -> None:
    await library.movie("dune")
    head = await api.head("/movies/dune/")
    assert (head.status_code, head.content) == (200, b"")
    assert (await api.get("/shows/?colour=blue")).status_code == 200


@pytest.mark.parametrize("parameters", ["sort=&filter=&query=&after=&limit=", "preferOriginal=&ignoreInCollection="])
async def test_empty_parameters_mean_not_given(api: httpx2.AsyncClient, library: Library, parameters: str) -> None:
    await library.movie("dune")
    response = await api.get(f"/shows?{parameters}")
    assert response.status_code == 200
    assert len(response.json()["items"]) == 1


INVALID_PARAMETERS: list[str] = [
    "limit=0",
    "limit=251",
    "limit=x",
    "preferOriginal=1",
    "ignoreInCollection=yes",
    "sort=unknown",
    "sort=rating",
    "sort=slug:x",
    "sort=genres",
    "sort=random:x",
    "sort=random:-1",
    "after=abc",
    "after=!!!",
    "after=W10",
    "after=WyJkdW5lIiwieCJd",
    "query=%00",
    "filter=%00",
]


async def test_invalid_parameters(api: httpx2.AsyncClient, subtests: pytest.Subtests) -> None:
    for query in INVALID_PARAMETERS:
        with subtests.test(query=query):
            response = await api.get(f"/shows?{query}")
            assert response.status_code == 422, response.text
            assert response.json()["status"] == 422


async def test_an_unknown_relation(api: httpx2.AsyncClient, library: Library) -> None:
    await library.movie("dune")
    response = await api.get("/movies/dune?with=videos,firstEntry")
    assert (response.status_code, response.json()["status"]) == (422, 422)


async def test_links_carry_the_origin_that_clients_know(
    api: httpx2.AsyncClient, library: Library, subtests: pytest.Subtests
) -> None:
    for slug in ("bubble", "dune", "dune-1984"):
        await library.movie(slug)
    for origin in ("http://localhost", "https://films.example:8901"):
        with subtests.test(origin):
            page = (await api.get(f"{origin}/api/movies?limit=1")).json()
            assert page["this"] == f"{origin}/api/movies?limit=1"
            assert page["next"].startswith(f"{origin}/api/movies?limit=1&after=")
            second = (await api.get(page["next"])).json()
            assert second["this"] == page["next"]
            assert second["next"].startswith(f"{origin}/api/movies?limit=1&after=")


async def test_a_nul_character_anywhere_is_invalid(api: httpx2.AsyncClient) -> None:
    seed: dict[str, Any] = movie_seed("dune")
    seed["translations"]["en"]["name"] = "Du\0ne"
    assert (await api.post("/movies", json=seed)).status_code == 422
    assert (await api.get("/movies/du%00ne")).status_code in (404, 422)
    guess = {"title": "a\0", "from": "x", "history": []}
    video = {"path": "/a", "rendering": "a", "part": None, "version": 1, "guess": guess}
    assert (await api.post("/videos", json=[video])).status_code == 422


async def test_the_documentation_lists_the_routes(api: httpx2.AsyncClient) -> None:
    document = (await api.get("/swagger/json")).json()
    assert "/api/movies/{name}" in document["paths"]
    assert {"MovieShow", "SerieShow", "CollectionShow"} <= set(document["components"]["schemas"])


async def test_the_documentation_knows_what_random_routes_pass_on(api: httpx2.AsyncClient) -> None:
    paths = (await api.get("/swagger/json")).json()["paths"]
    for kind in ("shows", "movies", "series", "collections", "studios"):
        operation = paths[f"/api/{kind}/random"]["get"]
        assert "with" in {parameter["name"] for parameter in operation["parameters"]}, kind


def test_the_guest_is_the_nil_uuid() -> None:
    assert UUID(int=0) != USER
