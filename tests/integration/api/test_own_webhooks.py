"""Webhooks of users: of whose plays they tell, with which ids, where they may lead, and what is left of them."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from standardwebhooks import Webhook
from tests.fakes.receiver import Receiver, receiving
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.realtime.sockets import opened
from tests.integration.api.seeds import GUEST, OTHER_USER, USER, bearer, episode_seed
from tests.integration.api.test_webhooks import ADMIN, flush
from tests.integration.api.trackers.test_tracker_orders import ids
from tests.integration.api.viewers.watching import play, record, say
from tests.waiting import until

from kyoo.api import forgetting
from kyoo.api.settings import ApiSettings
from kyoo.api.webhooks.service import Webhooks
from kyoo.api.webhooks.settings import same_origin
from kyoo.core import events
from kyoo.core.database.postgres import Database

MINE = "/profiles/me/webhooks"
EVERYTHING = ["play.started", "play.paused", "play.resumed", "play.stopped", "play.finished", "title.scored"]
EPISODE, TRAILER = "made-in-abyss-s2e1", "bubble-trailer"
PAGE = Path(__file__).parents[3] / "docs/using/webhooks.md"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


@pytest.fixture
def hooks(app: FastAPI, receiver: Receiver) -> Webhooks:
    """With leave of the configuration to reach the receiver."""
    found: Webhooks = app.state.context.webhooks
    found.settings.user_webhook_servers = (same_origin(receiver.url),)
    return found


Make = Callable[..., Any]


@pytest.fixture
def make(api: httpx2.AsyncClient, receiver: Receiver) -> Make:
    async def made(headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        body = {"name": "Mine", "url": f"{receiver.url}/hook", "events": EVERYTHING, **more}
        answer = await api.post(MINE, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    return made


async def seed(library: Library) -> None:
    """A film with ids and a trailer, and an anime of two seasons that are titles of their own elsewhere."""
    trailer = await library.video("/library/trailer.mkv")
    extra = {"kind": "trailer", "slug": TRAILER, "name": "Trailer", "runtime": 3, "thumbnail": None}
    await library.movie(
        "bubble",
        externalId=ids(themoviedatabase=912598, imdb="tt16360006", myanimelist=50709),
        extras=[{**extra, "video": trailer["id"]}],
    )
    places = {
        2: ids(themoviedatabase=(72636, 2, 1), myanimelist=(41084, None, 1)),
        1: ids(myanimelist=(34599, None, 1)),
    }
    await library.serie(
        "made-in-abyss",
        externalId={**ids(themoviedatabase=72636), "myanimelist": [{"dataId": "34599"}, {"dataId": "41084"}]},
        entries=[episode_seed(season, 1, order=season, externalId=places[season]) for season in (1, 2)],
    )


async def test_a_play_is_told_with_ids_and_places_and_signed(
    app: FastAPI, api: httpx2.AsyncClient, library: Library, database: Database, peer: Peer, hooks: Webhooks,
    receiver: Receiver, make: Make,
) -> None:  # fmt: skip
    peer.answers[f"/auth/users/{USER}"] = lambda _: httpx2.Response(200, json={"username": "riko"})
    await seed(library)
    video = await library.video("/library/abyss.mkv", **{"for": [{"slug": EPISODE}]})
    hook = await make()
    context = app.state.context
    async with context.hub.running(), context.devices.running(), opened(app) as socket:
        await until(lambda: context.hub._feed.seen is not None)
        await socket.follow("devices", device={"id": "tv", "name": "Living room", "client": "Kyoo"})
        for state, percent in (("playing", 0), ("paused", 40), ("playing", 40), ("playing", 100), ("stopped", 100)):
            frame = {"action": "watch", "entry": EPISODE, "videoId": video["id"], "percent": percent, "time": percent}
            assert (await socket.ask({**frame, "state": state}))["status"] == 201
    await say(api, "movies/bubble", "planned", score=85)
    await record(api, play("bubble", 100))
    await flush(hooks, database)

    told = [Webhook(hook["secret"]).verify(got.body, got.headers) for got in receiver.got]
    assert [one["type"] for one in told] == [
        "play.started", "play.paused", "play.resumed", "play.finished", "play.stopped", "title.scored", "play.finished",
    ]  # fmt: skip
    paused, scored, film = told[1]["data"], told[5]["data"], told[6]["data"]
    assert paused["user"] == {"id": str(USER), "username": "riko"}
    assert paused["device"] == {"id": "tv", "name": "Living room", "client": "Kyoo"}
    assert (paused["progress"]["percent"], paused["show"]["year"]) == (40, 2017)
    # Two titles of MyAnimeList are one here: only the episode has an id of it.
    assert paused["show"]["ids"] == {"tmdb": "72636"}
    assert (paused["entry"]["seasonNumber"], paused["entry"]["episodeNumber"], paused["entry"]["ids"]) == (2, 1, {})
    assert paused["entry"]["places"] == [
        {"provider": "tmdb", "id": "72636", "season": 2, "episode": 1},
        {"provider": "mal", "id": "41084", "season": None, "episode": 1},
    ]
    assert (scored["score"], scored["entry"], scored["show"]["slug"]) == (85, None, "bubble")
    assert film["entry"]["ids"] == {"imdb": "tt16360006", "tmdb": "912598", "mal": "50709"} == film["show"]["ids"]
    assert (film["entry"]["places"], film["device"], film["progress"]["percent"]) == ([], None, 100)


async def test_only_what_its_owner_does_is_told(
    api: httpx2.AsyncClient, library: Library, database: Database, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    other = bearer(OTHER_USER, ("core.read",))
    await seed(library)
    await make(url=f"{receiver.url}/mine")
    await make(headers=other, url=f"{receiver.url}/theirs")
    everybody = {"name": "All", "url": f"{receiver.url}/all", "events": ["play.finished"], "private": True}
    assert (await api.post("/webhooks", json=everybody, headers=ADMIN)).status_code == 201
    # Both at once, so that what both did is copied together.
    await record(api, play("bubble", 100))
    await record(api, play(EPISODE, 100), headers=other)
    await flush(hooks, database)
    told = [(got.path, got.json["data"]["user"]["id"]) for got in receiver.got]
    assert sorted(told) == sorted(
        [("/all", str(USER)), ("/all", str(OTHER_USER)), ("/mine", str(USER)), ("/theirs", str(OTHER_USER))]
    )
    # Nor can either be seen or touched by anybody else, administrators among them.
    (mine,) = (await api.get(MINE)).json()["items"]
    assert [hook["name"] for hook in (await api.get("/webhooks", headers=ADMIN)).json()["items"]] == ["All"]
    for root, headers in ((MINE, other), ("/webhooks", ADMIN)):
        for method, path in (("GET", ""), ("DELETE", ""), ("PATCH", ""), ("POST", "/secret"), ("POST", "/test"),
                             ("GET", "/deliveries")):  # fmt: skip
            body = {"name": "Theirs"} if method == "PATCH" else None
            answer = await api.request(method, f"{root}/{mine['id']}{path}", json=body, headers=headers)
            assert answer.status_code == 404, (root, method, path)


async def test_an_extra_is_no_play_to_its_owner(
    api: httpx2.AsyncClient, library: Library, database: Database, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    await seed(library)
    await make()
    everybody = {"name": "All", "url": f"{receiver.url}/all", "events": ["play.finished"], "private": True}
    await api.post("/webhooks", json=everybody, headers=ADMIN)
    await record(api, play(TRAILER, 100))
    await record(api, play("bubble", 100))
    await flush(hooks, database)
    told = [
        (got.path, got.json["data"]["entry"]["slug"], got.json["data"]["entry"]["ids"] != {}) for got in receiver.got
    ]
    assert sorted(told) == [("/all", "bubble", True), ("/all", TRAILER, False), ("/hook", "bubble", True)]


async def test_private_addresses_only_by_leave_of_the_configuration(
    api: httpx2.AsyncClient, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    # What an administrator may say of an address, a user may not.
    hook = await make(private=True)
    assert hook["private"] is True
    hooks.settings.user_webhook_servers = ("http://127.0.0.1:1",)
    assert (await api.get(f"{MINE}/{hook['id']}")).json()["private"] is False
    tried = (await api.post(f"{MINE}/{hook['id']}/test")).json()
    assert tried == {"status": None, "reason": "It is not on the public internet"}
    assert receiver.got == []
    hooks.settings.user_webhook_servers = (same_origin(receiver.url),)
    assert (await api.post(f"{MINE}/{hook['id']}/test")).json() == {"status": 204, "reason": None}
    states = [one["state"] for one in (await api.get(f"{MINE}/{hook['id']}/deliveries")).json()["items"]]
    assert states == ["done", "failed"]


@pytest.mark.parametrize("url", ["HTTP://Lists.local:80/", "http://lists.local", "http://lists.local./"])
def test_a_server_is_named_in_any_spelling(url: str) -> None:
    assert ApiSettings(user_webhook_servers="http://LISTS.local:80, http://[::1]:8000").user_webhook_servers == (
        "http://lists.local", "http://[::1]:8000",
    )  # fmt: skip
    assert same_origin(url) == "http://lists.local"


async def test_who_may_have_how_many(api: httpx2.AsyncClient, hooks: Webhooks, make: Make) -> None:
    lent = bearer(USER, ("core.read",), wsRoutes=["watch/bubble"])
    for headers in (GUEST, lent, bearer(USER, ())):
        assert (await api.get(MINE, headers=headers)).status_code in (401, 403)
    body = {"name": "x", "url": "https://x.example/", "events": ["play.started"]}
    for wrong in ({"events": ["title.added"]}, {"events": ["user.registered"]}, {"url": "file:///etc/passwd"}):
        assert (await api.post(MINE, json=body | wrong)).status_code == 422
    hooks.settings.user_webhooks = 2
    await make()
    await make(headers=bearer(OTHER_USER, ("core.read",)))
    second = await make()
    assert (await api.post(MINE, json=body)).status_code == 409
    assert (await api.patch(f"{MINE}/{second['id']}", json={"events": ["scan.ended"]})).status_code == 422
    assert (await api.delete(f"{MINE}/{second['id']}")).status_code == 204
    assert (await api.post(MINE, json=body)).status_code == 201


async def test_one_that_is_gone_is_switched_off_and_its_owner_hears_of_it(
    api: httpx2.AsyncClient, library: Library, database: Database, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    await seed(library)
    hook = await make()
    receiver.statuses = [410]
    async with database.connection() as connection:
        before = await events.newest(connection)
    await record(api, play("bubble", 100))
    await flush(hooks, database)
    assert (await api.get(f"{MINE}/{hook['id']}")).json()["enabled"] is False
    async with database.connection() as connection:
        (notice,) = await events.since(connection, before, ["notices"])
    assert (notice.owner, notice.body["key"], notice.body["link"]) == (USER, "webhook.off", "/settings/trackers")


async def test_it_is_taken_along_without_secrets_and_goes_with_its_owner(
    api: httpx2.AsyncClient, database: Database, peer: Peer, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    hook = await make(url=f"{receiver.url}/s3cret-path", token="t0ken")
    export = await api.get("/profiles/me/export")
    (taken,) = export.json()["webhooks"]
    assert (taken["name"], taken["origin"], taken["events"]) == ("Mine", receiver.url, EVERYTHING)
    for hidden in ("s3cret-path", "t0ken", hook["secret"]):
        assert hidden not in export.text + (await api.get(MINE)).text
    peer.answers["/auth/deletions"] = lambda request: httpx2.Response(
        200, json={"items": [{"number": 1, "id": str(USER)}] if request.url.params["after"] == "0" else []}
    )
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(peer), base_url="http://auth") as auth:
        assert await forgetting.forget_deleted_users(database, auth) == 1
    async with database.connection() as connection:
        assert await (await connection.execute("select from api.webhooks")).fetchall() == []


async def test_a_receiver_that_takes_long_takes_its_user_one_job(
    api: httpx2.AsyncClient, library: Library, database: Database, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    await seed(library)
    await make()
    await record(api, play("bubble", 100))
    await hooks.copy()
    async with database.connection() as connection:
        row = await (await connection.execute("select pk from api.webhooks")).fetchone()
    assert row is not None
    hooks._sending.add(USER)
    await hooks.deliver(row["pk"])
    assert receiver.got == []
    hooks._sending.clear()
    await hooks.deliver(row["pk"])
    assert len(receiver.got) == 1


@contextmanager
def example(secret: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[Any]]]:
    """The receiver of the documentation."""
    monkeypatch.setenv("SECRET", secret)
    printed: list[Any] = []
    code = PAGE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {"__name__": "example", "print": printed.append}
    exec(code, names)
    names["Receiver"].log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), names["Receiver"]) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", printed
        server.shutdown()


async def test_the_receiver_of_the_documentation_takes_what_is_signed(
    api: httpx2.AsyncClient, hooks: Webhooks, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = await make()
    with example(hook["secret"], monkeypatch) as (url, printed):
        hooks.settings.user_webhook_servers = (url,)
        await api.patch(f"{MINE}/{hook['id']}", json={"url": url})
        assert (await api.post(f"{MINE}/{hook['id']}/test")).json()["status"] == 204
        renewed = (await api.post(f"{MINE}/{hook['id']}/secret")).json()["secret"]
        assert renewed != hook["secret"]
        assert (await api.post(f"{MINE}/{hook['id']}/test")).json()["status"] == 401
    assert [one["type"] for one in printed] == ["test"]
