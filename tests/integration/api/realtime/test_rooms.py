"""Watching together: who gets into a room, who steers it, whom a play waits for, and when it ends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.realtime.sockets import Client, opened
from tests.integration.api.seeds import OTHER_USER, PUBLIC_URL, READ, USER, bearer, make_token
from tests.integration.api.viewers.watching import EPISODE, play, record, seed_abyss, seed_video
from tests.waiting import until

from kyoo.api.models.export import ProfileExport
from kyoo.api.realtime import rooms
from kyoo.core.database.postgres import Database, execute

PLAY = (READ, "core.play")
HOST = bearer(USER, PLAY)
FRIEND = bearer(OTHER_USER, PLAY)


@pytest.fixture(autouse=True)
async def hub(app: FastAPI) -> AsyncIterator[None]:
    context = app.state.context
    async with context.hub.running():
        await until(lambda: context.hub._feed.seen is not None)
        yield


@pytest.fixture
async def video(library: Library) -> str:
    await seed_abyss(library)
    return await seed_video(library)


async def ask(api: httpx2.AsyncClient, method: str, path: str, body: Any = None, *, status: int, **headers: Any) -> Any:
    answer = await api.request(method, f"/rooms{path}", json=body, headers=headers.get("headers", HOST))
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def made(api: httpx2.AsyncClient, video: str, **more: Any) -> Any:
    return await ask(api, "POST", "", {"video": video, "guests": False, "control": "everyone", **more}, status=201)


async def entered(client: Client, room: Any) -> Client:
    await client.follow(f"room:{room['id']}")
    return client


async def event(client: Client, kind: str, **wanted: Any) -> Any:
    """The next event of that kind in which the members that are named are so."""
    while True:
        told = await client.event()
        if told["type"] == kind and all((told.get("state") or {}).get(key) == value for key, value in wanted.items()):
            return told


async def command(client: Client, room: Any, version: int, name: str, **more: Any) -> Any:
    return await client.ask(
        {"action": "command", "room": room["id"], "version": version, "command": {"name": name, **more}}
    )


async def say(client: Client, room: Any, **what: Any) -> Any:
    return await client.ask({"action": "room", "room": room["id"], **what})


async def test_what_somebody_takes_along(api: httpx2.AsyncClient, app: FastAPI, database: Database, video: str) -> None:
    """Rooms with one's own words, sums, the calendar; nothing of others, and nothing that opens anything."""

    async def taken(headers: dict[str, str]) -> tuple[Any, str]:
        answer = await api.get("/profiles/me/export", headers=headers)
        return ProfileExport.model_validate_json(answer.text).model_dump(mode="json"), answer.text

    room = await made(api, video)
    await ask(api, "POST", f"/{room['id']}/join", {}, status=200, headers=FRIEND)
    async with opened(app, HOST) as host, opened(app, FRIEND) as friend:
        await entered(host, room)
        await entered(friend, room)
        assert (await say(host, room, chat="mine"))["status"] == 200
        assert (await say(friend, room, chat="theirs"))["status"] == 200
    secret = (await api.post("/profiles/me/calendar", headers=HOST)).json()["url"].rpartition("/")[2].partition(".")[0]
    await record(api, play(EPISODE, 10))
    async with database.connection() as connection:
        await connection.execute(
            """
            insert into api.watched select profile.pk, entry, '2026-01-02T03:15:00Z', 60, 1
            from api.profiles profile, (select pk from api.entries where slug = %s union all select -1) one (entry)
            where profile.id = %s
            """,
            [EPISODE, USER],
        )
        await connection.execute(
            "insert into api.encoded select pk, '2026-01-02T03:15:00Z', 'video', 30 from api.profiles where id = %s",
            [USER],
        )
    mine, text = await taken(HOST)
    theirs, _ = await taken(FRIEND)
    assert [(one["slug"], one["made"], one["hosted"]) for one in mine["rooms"]] == [(room["slug"], True, True)]
    assert [[said["text"] for said in one["rooms"][0]["messages"]] for one in (mine, theirs)] == [["mine"], ["theirs"]]
    gone, kept = mine["watched"]
    assert (gone["entry"], gone["seconds"]) == (None, 60)
    assert (kept["entry"]["slug"], kept["show"]["slug"], kept["finished"]) == (EPISODE, "made-in-abyss", 1)
    assert [one["seconds"] for one in mine["encoded"]] == [30]
    assert mine["calendar"] is not None
    assert (theirs["watched"], theirs["encoded"], theirs["calendar"]) == ([], [], None)
    link = room["link"].partition("link=")[2]
    assert link
    assert link not in text
    assert secret not in text


async def test_a_room_from_its_beginning_to_its_end(api: httpx2.AsyncClient, app: FastAPI, video: str) -> None:
    room = await made(api, video)
    assert (room["video"]["id"], room["host"], room["state"]["paused"]) == (video, str(USER), True)
    assert room["link"].startswith(f"{PUBLIC_URL}/rooms/{room['slug']}?link=")
    assert [member["here"] for member in room["members"]] == [False]
    await ask(api, "GET", f"/{room['id']}", status=404, headers=FRIEND)
    joined = await ask(api, "POST", f"/{room['slug']}/join", {}, status=200, headers=FRIEND)
    assert (joined["presign"], len(joined["room"]["members"])) == (None, 2)
    async with opened(app, HOST) as host, opened(app, FRIEND) as friend:
        await entered(host, room)
        await entered(friend, room)
        for client in (host, friend):
            assert (await say(client, room, ready=True))["status"] == 200
        assert await command(host, room, 0, "play", position=5) == {"action": "command", "status": 200, "version": 1}
        told = await event(friend, "state", version=1)
        assert (told["state"]["paused"], told["state"]["position"], told["state"]["by"]) == (False, 5, "tester")
        stale = await command(friend, room, 0, "pause")
        assert (stale["status"], stale["state"]["version"]) == (409, 1)
        assert (await command(friend, room, 1, "pause"))["version"] == 2
        assert (await event(host, "state", version=2))["state"]["paused"]
        # What turns the words of others around is left out.
        await say(friend, room, chat="  Hel\u202elo\u2066\n")
        assert (await event(host, "chat"))["text"] == "Hello"
        await say(host, room, reaction="🎉")
        assert (await event(friend, "reaction"))["text"] == "🎉"
        seen = await ask(api, "GET", f"/{room['id']}", status=200, headers=FRIEND)
        assert [(one["kind"], one["text"]) for one in seen["messages"]] == [("chat", "Hello"), ("reaction", "🎉")]
        assert seen["state"]["version"] == 2
        await ask(api, "DELETE", f"/{room['id']}", status=403, headers=FRIEND)
        await ask(api, "DELETE", f"/{room['id']}", status=204)
        assert (await event(friend, "state", version=None))["ended"]
    await ask(api, "GET", f"/{room['id']}", status=404)


async def test_a_play_waits_for_who_is_not_ready(
    api: httpx2.AsyncClient, app: FastAPI, video: str, database: Database
) -> None:
    room = await made(api, video)
    await ask(api, "POST", f"/{room['id']}/join", status=200, headers=FRIEND)
    async with opened(app, HOST) as host, opened(app, FRIEND) as friend:
        await entered(host, room)
        await entered(friend, room)
        await say(host, room, ready=True)
        await command(host, room, 0, "play")
        assert (await event(host, "state", version=1))["state"]["waiting"] == ["tester"]
        await say(friend, room, ready=True)
        assert not (await event(host, "member", version=2))["state"]["paused"]
        await say(friend, room, buffering=True)
        held = (await event(host, "member", version=3))["state"]
        assert (held["paused"], held["waiting"]) == (True, ["tester"])
        # Not for ever.
        async with database.connection() as connection:
            await execute(connection, "update api.rooms set waits_since = now() - interval '16 seconds'")
        await app.state.context.rooms.look()
        assert not (await event(host, "state", version=4))["state"]["paused"]
        await say(friend, room, buffering=False)
        # Who comes late lands where the others are, and holds nobody.
        await friend.leave()
        async with opened(app, FRIEND) as again:
            await entered(again, room)
            assert not (await event(again, "member", version=4))["state"]["paused"]


async def test_only_the_host_steers_when_the_room_says_so(api: httpx2.AsyncClient, app: FastAPI, video: str) -> None:
    room = await made(api, video, control="host")
    await ask(api, "POST", f"/{room['id']}/join", status=200, headers=FRIEND)
    async with opened(app, FRIEND) as friend:
        await entered(friend, room)
        assert (await command(friend, room, 0, "play"))["status"] == 403
        # The host is not there; whoever has been there longest takes over.
        await app.state.context.rooms.look()
        assert (await command(friend, room, 0, "play"))["status"] == 403
        async with app.state.context.runtime.database.connection() as connection:
            await execute(
                connection, "update api.room_members set left_at = now() - interval '1 hour' where socket is null"
            )
        await app.state.context.rooms.look()
        assert (await command(friend, room, 0, "play"))["status"] == 200


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"name": "seek"}, 422),
        ({"name": "seek", "position": -1}, 422),
        ({"name": "seek", "position": 1e9}, 422),
        ({"name": "seek", "position": 90.5}, 200),
        ({"name": "rate", "rate": 9}, 422),
        ({"name": "rate", "rate": 1.5}, 200),
        ({"name": "volume", "volume": 1}, 422),
    ],
)
async def test_orders(api: httpx2.AsyncClient, app: FastAPI, video: str, order: Any, status: int) -> None:
    room = await made(api, video)
    async with opened(app, HOST) as host:
        await entered(host, room)
        answer = await host.ask({"action": "command", "room": room["id"], "version": 0, "command": order})
        assert answer["status"] == status, answer


async def test_who_is_not_in_a_room_does_nothing_there(api: httpx2.AsyncClient, app: FastAPI, video: str) -> None:
    room = await made(api, video)
    async with opened(app, FRIEND) as stranger:
        refused = await stranger.ask({"action": "subscribe", "topics": [f"room:{room['id']}", "room:nowhere"]})
        assert (refused["status"], refused["topics"]) == (403, [])
        assert (await command(stranger, room, 0, "play"))["status"] == 403
        assert (await say(stranger, room, chat="x"))["status"] == 403
        unseen = "\u200b\u2060\u200d"
        wrongs = ({}, {"chat": ""}, {"chat": "x" * 501}, {"chat": unseen}, {"reaction": "x" * 17}, {"reaction": unseen})
        for wrong in wrongs:
            assert (await say(stranger, room, **wrong))["status"] == 422


async def test_nobody_joins_who_may_not_see_the_video(api: httpx2.AsyncClient, video: str) -> None:
    room = await made(api, video)
    child = bearer(OTHER_USER, PLAY, maxAge=6)
    await ask(api, "POST", f"/{room['id']}/join", status=404, headers=child)
    await ask(api, "POST", "", {"video": video}, status=404, headers=child)
    await ask(api, "POST", "", {"video": video}, status=403, headers=bearer(OTHER_USER, (READ,)))
    await ask(api, "POST", "", {"video": "nothing"}, status=404)
    # Nor does a member go on seeing it who may not any more.
    await ask(api, "POST", f"/{room['id']}/join", status=200, headers=FRIEND)
    await ask(api, "GET", f"/{room['id']}", status=404, headers=child)


@pytest.fixture
def auth(peer: Peer) -> dict[str, Any]:
    """Makes keys and signs, as auth does."""
    known: dict[str, Any] = {"keys": [], "asked": None}

    def make(request: httpx2.Request) -> httpx2.Response:
        key = str(uuid4())
        known["keys"].append(key)
        known["claims"] = json.loads(request.content)["claims"]
        peer.answers[f"/auth/keys/{key}"] = lambda _: (known["keys"].remove(key), httpx2.Response(200, json={}))[1]
        return httpx2.Response(201, json={"id": key, "token": "secret"})

    def sign(request: httpx2.Request) -> httpx2.Response:
        known["asked"] = json.loads(request.content)
        assert request.headers["x-api-key"] == "secret"
        return httpx2.Response(200, json={"signature": "signature"})

    peer.answers |= {"/auth/keys": make, "/auth/presign": sign}
    return known


async def test_a_guest_comes_by_the_link_and_goes_with_the_room(
    api: httpx2.AsyncClient, app: FastAPI, video: str, auth: dict[str, Any]
) -> None:
    room = await made(api, video, guests=True)
    path = f"/{room['slug']}/join"
    await ask(api, "POST", path, {"name": "Zoe", "link": "wrong"}, status=404, headers={"Authorization": ""})
    await ask(api, "POST", path, {"link": room["link"]}, status=422, headers={"Authorization": ""})
    joined = await ask(
        api, "POST", path, {"name": " Zoe ", "link": room["link"]}, status=200, headers={"Authorization": ""}
    )
    assert (joined["presign"], joined["room"]["link"]) == ("signature", None)
    guest = next(one for one in joined["room"]["members"] if one["guest"])
    assert (guest["name"], guest["id"]) == ("Zoe", joined["member"])
    claims = auth["asked"]["claims"]
    assert (claims["wsRoutes"], claims["roomMember"]) == ([f"room:{room['id']}"], guest["id"])
    assert auth["claims"] == {"permissions": ["core.read", "core.play"]}
    paths = {rule.get("url") or rule["prefix"] for rule in auth["asked"]["for"]}
    assert f"/api/videos/{video}/" in paths
    assert not paths & {"/", "/api/", "/video/", "/api/images/"}
    # What the credential becomes at the exchange.
    token = make_token(uuid4(), PLAY, **claims, presignedFor="GET /api/ws")
    async with opened(app, {"Authorization": f"Bearer {token}"}) as client:
        assert (await client.ask({"action": "subscribe", "topics": ["catalogue", "watch"]}))["status"] == 403
        await entered(client, room)
        assert (await say(client, room, chat="Hi"))["status"] == 200
        assert (await event(client, "chat"))["by"] == "Zoe"
    await ask(api, "DELETE", f"/{room['id']}", status=204)
    assert auth["keys"] == []


async def removed(client: Client, member: str) -> Any:
    """That somebody was sent away, as the others are told it and the one who was."""
    while (told := await client.event()).get("removed") != member:
        pass
    return told


async def test_the_host_sends_an_account_away(api: httpx2.AsyncClient, app: FastAPI, video: str) -> None:
    room = await made(api, video)
    await ask(api, "POST", f"/{room['id']}/join", status=200, headers=FRIEND)
    there = f"/{room['id']}/members/{OTHER_USER}"
    await ask(api, "DELETE", there, status=403, headers=FRIEND)
    await ask(api, "DELETE", f"/{room['id']}/members/{USER}", status=422)
    await ask(api, "DELETE", f"/{room['id']}/members/nobody", status=404)
    async with opened(app, HOST) as host, opened(app, FRIEND) as friend:
        await entered(host, room)
        await entered(friend, room)
        await ask(api, "DELETE", there, status=204)
        for client in (host, friend):
            await removed(client, str(OTHER_USER))
        # Whoever was sent away hears nothing more, says nothing more, and does not come back.
        await say(host, room, chat="Now we can talk")
        assert (await event(host, "chat"))["byId"] == str(USER)
        await friend.nothing()
        assert (await say(friend, room, chat="Me too"))["status"] in (403, 404)
        assert (await friend.ask({"action": "subscribe", "topics": [f"room:{room['id']}"]}))["status"] == 403
    await ask(api, "POST", f"/{room['id']}/join", status=403, headers=FRIEND)
    await ask(api, "GET", f"/{room['id']}", status=404, headers=FRIEND)
    await ask(api, "DELETE", there, status=404)
    (member,) = (await ask(api, "GET", f"/{room['id']}", status=200))["members"]
    assert member["id"] == str(USER)


async def test_after_a_guest_was_sent_away_the_link_is_another_one(
    api: httpx2.AsyncClient, video: str, auth: dict[str, Any]
) -> None:
    room = await made(api, video, guests=True)
    stranger = {"Authorization": ""}

    async def come(name: str, status: int = 200, headers: Any = stranger, link: str | None = room["link"]) -> Any:
        body = {"name": name, "link": link}
        return await ask(api, "POST", f"/{room['id']}/join", body, status=status, headers=headers)

    zoe, yan = (await come("Zoe"))["member"], (await come("Yan"))["member"]
    lent = {name: bearer(uuid4(), PLAY, roomMember=name, wsRoutes=[f"room:{room['id']}"]) for name in (zoe, yan)}
    await ask(api, "DELETE", f"/{room['id']}/members/{zoe}", status=204)
    assert len(auth["keys"]) == 1
    assert (await ask(api, "GET", f"/{room['id']}", status=200))["link"] != room["link"]
    await come("Zoe", 404)
    await come("Zoe", 404, lent[zoe])
    await come("Zoe", 404, bearer(uuid4(), PLAY, roomMember="guest-of-another-room"))
    # Guests who are in come in anew for the next video.
    again = await come("Yan", headers=lent[yan])
    assert [one["name"] for one in again["room"]["members"] if one["guest"]] == ["Yan"]
    assert again["member"] != yan
    await come("Yan", 404, lent[yan])


async def test_others_see_that_a_guest_who_comes_anew_is_one(
    api: httpx2.AsyncClient, app: FastAPI, video: str, auth: dict[str, Any]
) -> None:
    room = await made(api, video, guests=True)
    path, body = f"/{room['id']}/join", {"name": "Zoe", "link": room["link"]}
    first = (await ask(api, "POST", path, body, status=200, headers={"Authorization": ""}))["member"]
    lent = bearer(uuid4(), PLAY, roomMember=first, wsRoutes=[f"room:{room['id']}"])
    async with opened(app, HOST) as host, opened(app, lent) as zoe:
        await entered(host, room)
        await entered(zoe, room)
        here = {first: False}

        async def seen() -> dict[str, bool]:
            told = (await event(host, "member"))["member"]
            return {told["id"]: told["here"]}

        while not here[first]:
            here |= await seen()
        second = (await ask(api, "POST", path, body, status=200, headers=lent))["member"]
        while here[first]:
            here |= await seen()
    assert second != first


async def test_rooms_without_guests_have_none(api: httpx2.AsyncClient, video: str, auth: dict[str, Any]) -> None:
    room = await made(api, video)
    body = {"name": "Zoe", "link": room["link"]}
    await ask(api, "POST", f"/{room['id']}/join", body, status=403, headers={"Authorization": ""})
    assert auth["keys"] == []


async def test_limits_of_numbers(api: httpx2.AsyncClient, app: FastAPI, video: str) -> None:
    settings = app.state.context.settings
    room = await made(api, video)
    for _ in range(settings.rooms_per_user - 1):
        await made(api, video)
    await ask(api, "POST", "", {"video": video}, status=429)
    for _ in range(settings.room_members - 1):
        await ask(api, "POST", f"/{room['id']}/join", status=200, headers=bearer(uuid4(), PLAY))
    await ask(api, "POST", f"/{room['id']}/join", status=429, headers=FRIEND)
    # Who is in already may come again.
    await ask(api, "POST", f"/{room['id']}/join", status=200)


async def test_an_empty_room_ends(
    api: httpx2.AsyncClient, app: FastAPI, video: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await made(api, video)
    async with opened(app, HOST) as host:
        await entered(host, room)
        monkeypatch.setattr(rooms, "EMPTY", timedelta(0))
        await app.state.context.rooms.look()
        await ask(api, "GET", f"/{room['id']}", status=200)
    await app.state.context.rooms.look()
    await ask(api, "GET", f"/{room['id']}", status=404)


async def test_the_clock(app: FastAPI) -> None:
    context = app.state.context
    await context.clock.compare()
    assert abs(context.clock._ahead) < 1
    async with opened(app) as client:
        told = await client.ask({"action": "clock", "sent": 12.5})
        assert (told["action"], told["sent"]) == ("clock", 12.5)
        assert told["received"] <= told["replied"]
