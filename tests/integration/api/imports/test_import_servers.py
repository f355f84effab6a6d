"""Moving from Jellyfin and Plex by their APIs: what is read, whose it is, and where nobody is led."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.fakes.media_servers import FakeJellyfin, FakePlex
from tests.fakes.serving import served
from tests.integration.api.imports.test_imports import MINE, run, seen, status
from tests.integration.api.seeds import OTHER_USER, USER, bearer, episode_seed, movie_seed, serie_seed
from tests.integration.api.trackers.test_tracker_orders import ids
from tests.integration.api.trackers.tracked import Tracked, tracked

from kyoo.core.http.service import Runtime

ADMIN = bearer(permissions=["core.read", "core.write", "users.read", "users.write"])
ADA, BOB = "a" * 32, "b" * 32


@pytest.fixture
async def kyoo(runtime: Runtime, tmp_path: Path) -> AsyncIterator[Tracked]:
    async with tracked(runtime, tmp_path) as running:
        for number in (1, 2, 3):
            seed = movie_seed(f"film-{number}", externalId=ids(themoviedatabase=100 + number))
            assert (await running.api.post("/movies", json=seed)).status_code == 201
        entries = [episode_seed(1, number, order=number) for number in (1, 2, 3)]
        seed = serie_seed("wire", externalId=ids(tvdb=79126), entries=entries)
        assert (await running.api.post("/series", json=seed)).status_code == 201
        yield running


def jellyfin() -> FakeJellyfin:
    fake = FakeJellyfin()
    for number in (1, 2, 3):
        fake.add(f"m{number}", "Movie", f"Film {number}", ids={"Tmdb": str(100 + number)}, ProductionYear=2000)
    fake.add("m9", "Movie", "Not here", ids={"Tmdb": "999"}, ProductionYear=2000)
    fake.add("s1", "Series", "The Wire", ids={"Tvdb": "79126", "Imdb": "tt0306414"}, ProductionYear=2002)
    fake.add("e1", "Episode", "One", SeriesId="s1", ParentIndexNumber=1, IndexNumber=1)
    fake.add("e2", "Episode", "Two", SeriesId="s1", ParentIndexNumber=1, IndexNumber=2, IndexNumberEnd=3)
    done = {"Played": True, "PlayCount": 2, "LastPlayedDate": "2025-05-01T20:00:00.0000000Z"}
    fake.data[ADA, "m1"] = {**done, "Rating": 8.0}
    fake.data[ADA, "m2"] = {"PlaybackPositionTicks": 15 * 10**9, "LastPlayedDate": "2025-05-02T20:00:00.0000000Z"}
    fake.data[ADA, "m3"] = {"IsFavorite": True}
    fake.data[ADA, "m9"] = done
    fake.data[ADA, "e2"] = done
    fake.data[BOB, "m3"] = done
    return fake


@pytest.fixture
async def there() -> AsyncIterator[tuple[FakeJellyfin, str]]:
    fake = jellyfin()
    async with served(fake.app) as url:
        yield fake, url


async def ask(
    kyoo: Tracked, source: str, url: str, token: str, headers: dict[str, str] | None = None
) -> httpx2.Response:
    body = {"source": source, "url": url, "token": token}
    return await kyoo.api.post(f"{MINE}/server", json=body, headers=headers or ADMIN)


async def test_what_was_watched_at_a_jellyfin(kyoo: Tracked, there: tuple[FakeJellyfin, str]) -> None:
    fake, url = there
    made = await ask(kyoo, "jellyfin", f"{url}/", "token-of-ada")
    assert made.status_code == 201, made.text
    assert (made.json()["source"], made.json()["titles"]) == ("jellyfin", 5)
    assert "token-of-ada" not in str(fake.asked)
    done = await run(kyoo, made.json()["id"])
    assert await seen(kyoo) == {
        "film-1": ["2025-05-01"],
        "wire-s1e2": ["2025-05-01"],
        "wire-s1e3": ["2025-05-01"],
        "film-2": ["2025-05-02 25"],
    }
    assert (await status(kyoo, "/movies/film-1"))["score"] == 80
    film = await status(kyoo, "/movies/film-2")
    assert (film["status"], film["percent"]) == ("watching", 25)
    assert (await status(kyoo, "/movies/film-3"))["status"] == "planned"
    assert [one["title"] for one in done["unmatched"]] == ["Not here"]
    # Read again, it finds nothing new.
    again = await ask(kyoo, "jellyfin", url, "token-of-ada")
    assert (await run(kyoo, again.json()["id"]))["counts"]["added"] == 0


async def by_name(kyoo: Tracked, url: str, **body: Any) -> httpx2.Response:
    given = {"source": "jellyfin", "url": url, "username": "Ada", "password": "lovelace\u00e9", **body}
    given = {name: value for name, value in given.items() if value is not None}
    return await kyoo.api.post(f"{MINE}/server", json=given, headers=ADMIN)


async def test_a_name_and_a_password_open_a_jellyfin_for_as_long_as_it_is_read(
    kyoo: Tracked, there: tuple[FakeJellyfin, str], caplog: pytest.LogCaptureFixture
) -> None:
    fake, url = there
    made = await by_name(kyoo, url)
    assert made.status_code == 201, made.text
    assert (made.json()["source"], made.json()["titles"]) == ("jellyfin", 5)
    assert len(fake.ended) == 1
    assert set(fake.tokens) == {"token-of-ada"}
    # Each login is a device of its own: another one of the same account does not end it.
    await by_name(kyoo, url)
    assert len(set(fake.devices)) == 2
    # What goes wrong in between ends the login all the same.
    fake.nonsense = {"Items": 5}
    assert (await by_name(kyoo, url)).status_code == 502
    assert len(fake.ended) == 3
    fake.nonsense = None
    refused = await by_name(kyoo, url, password="s3cret-guess")
    assert (refused.status_code, "does not accept this name and password" in refused.text) == (422, True)
    assert "s3cret-guess" not in refused.text + caplog.text + str(fake.asked)
    # Nothing of it is in the database.
    async with kyoo.app.state.context.runtime.database.connection() as connection:
        kept = await (await connection.execute("select import::text from api.imports import")).fetchall()
    assert not any(word in str(kept) for word in ("lovelace", "login-"))


@pytest.mark.parametrize(
    "body",
    [
        {"username": None, "password": None},
        {"username": None},
        {"token": "token-of-ada"},
        {"source": "plex"},
        {"username": ""},
        {"username": "x" * 201},
        {"password": "x" * 1001},
    ],
)
async def test_either_a_token_or_a_name_and_a_password(kyoo: Tracked, body: dict[str, Any]) -> None:
    assert (await by_name(kyoo, "http://127.0.0.1:1", **body)).status_code == 422


async def test_a_login_that_answers_nonsense_is_none(kyoo: Tracked) -> None:
    for body in (
        [],
        {"AccessToken": 5},
        {"AccessToken": 'a"b', "User": {"Id": ADA}},
        {"AccessToken": "a", "User": {"Id": "../"}},
    ):
        async with served(Starlette(routes=[Route("/{path:path}", _always(body), methods=["POST"])])) as url:
            assert (await by_name(kyoo, url)).status_code == 502, body


def _always(body: Any) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return JSONResponse(body)

    return answer


async def test_what_was_brought_is_taken_along(kyoo: Tracked, there: tuple[FakeJellyfin, str]) -> None:
    made = await by_name(kyoo, there[1])
    await run(kyoo, made.json()["id"])
    (taken,) = (await kyoo.api.get("/profiles/me/export")).json()["imports"]
    assert (taken["source"], taken["taken"], taken["counts"]["unmatched"]) == ("jellyfin", True, 1)
    assert [one["title"] for one in taken["unmatched"]] == ["Not here"]
    assert {one["slug"] for one in taken["changes"]} >= {"film-1", "wire-s1e2"}


async def test_an_administrator_brings_what_others_watched(kyoo: Tracked, there: tuple[FakeJellyfin, str]) -> None:
    fake, url = there
    body: dict[str, Any] = {"url": url, "token": fake.key}
    assert (await kyoo.api.post("/imports/jellyfin/accounts", json=body)).status_code == 403
    listed = await kyoo.api.post("/imports/jellyfin/accounts", json=body, headers=ADMIN)
    assert listed.json() == {"items": [{"id": ADA, "name": "Ada"}, {"id": BOB, "name": "Bob"}]}
    body["accounts"] = [{"account": BOB, "user": str(OTHER_USER)}, {"account": ADA, "user": str(USER)}]
    assert (await kyoo.api.post("/imports/jellyfin", json=body)).status_code == 403
    made = await kyoo.api.post("/imports/jellyfin", json=body, headers=ADMIN)
    assert made.status_code == 201, made.text
    # It is theirs to take.
    assert await seen(kyoo) == {}
    other = bearer(OTHER_USER)
    (mine,) = (await kyoo.api.get(MINE, headers=other)).json()["items"]
    assert (mine["id"], mine["titles"], mine["state"]) == (made.json()["items"][0]["id"], 1, "ready")
    await kyoo.api.post(f"{MINE}/{mine['id']}/run", json={"rule": "merge"}, headers=other)
    await kyoo.app.state.context.imports.take(UUID(mine["id"]))
    assert await seen(kyoo) == {"film-3": ["2025-05-01"]}
    # All or none.
    body["accounts"] = [{"account": ADA, "user": str(USER)}, {"account": "c" * 32, "user": str(OTHER_USER)}]
    assert (await kyoo.api.post("/imports/jellyfin", json=body, headers=ADMIN)).status_code == 422
    assert len((await kyoo.api.get(MINE)).json()["items"]) == 1


async def test_what_was_watched_at_a_plex(kyoo: Tracked) -> None:
    fake = FakePlex()
    seconds = 1_746_129_600  # 2025-05-01T20:00:00Z
    watched = {"viewCount": 1, "lastViewedAt": seconds, "duration": 6_000_000}
    fake.items["1", "1"] = [
        {
            "ratingKey": "1",
            "title": "Film 1",
            "year": 2000,
            "Guid": [{"id": "tmdb://101"}],
            "userRating": 9.0,
            **watched,
        },
        {"ratingKey": "2", "title": "Film 2", "guid": "com.plexapp.agents.themoviedb://102?lang=en", **watched},
        {"ratingKey": "3", "title": "Film 3", "Guid": [{"id": "tmdb://103"}], **watched, "viewCount": 0}
        | {"viewOffset": 3_000_000},
    ]
    fake.items["2", "2"] = [{"ratingKey": "4", "title": "The Wire", "Guid": [{"id": "tvdb://79126"}]}]
    fake.items["2", "4"] = [{"ratingKey": "5", "grandparentRatingKey": "4", "parentIndex": 1, "index": 2, **watched}]
    async with served(fake.app) as url:
        assert (await ask(kyoo, "plex", url, "another")).status_code == 422
        made = await ask(kyoo, "plex", url, fake.token)
        assert made.status_code == 201, made.text
    await run(kyoo, made.json()["id"])
    day = "2025-05-01"
    assert await seen(kyoo) == {"film-1": [day], "film-2": [day], "wire-s1e2": [day], "film-3": [f"{day} 50"]}
    assert (await status(kyoo, "/movies/film-1"))["score"] == 90


async def test_users_are_led_to_no_private_address(kyoo: Tracked, there: tuple[FakeJellyfin, str]) -> None:
    fake, url = there
    answer = await ask(kyoo, "jellyfin", url, "token-of-ada", headers=bearer())
    assert answer.status_code == 502
    assert fake.asked == []
    for address in ("file:///etc/passwd", "http://a:b@x.example", "http://x.example/?q=1", "gopher://x", "http://"):
        assert (await ask(kyoo, "jellyfin", address, "t")).status_code == 422, address
    assert (await kyoo.api.get(MINE)).json() == {"items": []}


async def test_the_configuration_may_let_users_name_private_addresses(
    runtime: Runtime, tmp_path: Path, there: tuple[FakeJellyfin, str]
) -> None:
    async with tracked(runtime, tmp_path, import_private=True) as kyoo:
        answer = await ask(kyoo, "jellyfin", there[1], "token-of-ada", headers=bearer())
        assert answer.status_code == 201


@pytest.mark.parametrize(
    "nonsense",
    [
        [],
        {},
        {"Items": 5},
        {"Items": [5, None, {"Id": {}, "UserData": 5, "ProviderIds": []}], "TotalRecordCount": "many"},
        {"Items": [{"Id": "1", "Name": "a\0b" * 500, "UserData": {"Played": True, "LastPlayedDate": "9999-99-99"}}]},
    ],
)
async def test_what_answers_nonsense_changes_nothing(
    kyoo: Tracked, there: tuple[FakeJellyfin, str], nonsense: Any
) -> None:
    fake, url = there
    fake.nonsense = nonsense
    answer = await ask(kyoo, "jellyfin", url, "token-of-ada")
    assert answer.status_code in (201, 502), answer.text
    assert await seen(kyoo) == {}
