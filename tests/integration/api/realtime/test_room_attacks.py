"""What strangers, guests and failing machines try with rooms: more than is theirs, and longer."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from tests.integration.api.conftest import Peer
from tests.integration.api.realtime.sockets import opened
from tests.integration.api.realtime.test_rooms import FRIEND, HOST, PLAY, ask, auth, entered, hub, made, say, video
from tests.integration.api.seeds import OTHER_USER, USER, bearer, make_token

from kyoo.api.queries.realtime import rooms as queries
from kyoo.api.queries.viewers.forgetting import delete_profiles
from kyoo.api.realtime import rooms
from kyoo.core.database.postgres import Database, execute
from kyoo.core.errors import KyooError

__all__ = ["auth", "hub", "video"]

STRANGER = {"Authorization": ""}


async def come(api: httpx2.AsyncClient, room: Any, name: str, *, status: int = 200) -> Any:
    body = {"name": name, "link": room["link"]}
    return await ask(api, "POST", f"/{room['id']}/join", body, status=status, headers=STRANGER)


async def run(database: Database, statement: str) -> None:
    async with database.connection() as connection:
        await execute(connection, statement)


async def test_a_wrong_link_says_no_more_than_no_room(api: httpx2.AsyncClient, video: str) -> None:
    rooms_of_both = [await made(api, video, guests=True), await made(api, video)]
    said = set()
    for name in (*(room["id"] for room in rooms_of_both), rooms_of_both[0]["slug"], "nothing", str(uuid4())):
        for link in (None, "", "wrong", "http://["):
            answer = await api.post(f"/rooms/{name}/join", json={"name": "Zoe", "link": link}, headers=STRANGER)
            said.add((answer.status_code, answer.text))
    assert len(said) == 1
    assert said.pop()[0] == 404


@pytest.mark.parametrize("name", ["tester", "TESTER", "t e s t e r", "tes\u200bter", "ｔｅｓｔｅｒ"])
async def test_a_guest_is_not_called_as_somebody_else(
    api: httpx2.AsyncClient, video: str, auth: dict[str, Any], name: str
) -> None:
    room = await made(api, video, guests=True)
    await come(api, room, name, status=422)
    assert auth["keys"] == []
    await come(api, room, "Zoe")


async def test_guests_do_not_keep_a_room_to_themselves(
    api: httpx2.AsyncClient, video: str, auth: dict[str, Any], database: Database
) -> None:
    room = await made(api, video, guests=True)
    await come(api, room, "Zoe")
    await run(database, "update api.room_members set joined_at = now() - interval '1 hour'")
    await come(api, room, "Yan", status=403)
    assert len(auth["keys"]) == 1


async def test_guests_who_are_gone_keep_nobody_out(
    api: httpx2.AsyncClient, app: FastAPI, video: str, auth: dict[str, Any], database: Database
) -> None:
    room = await made(api, video, guests=True)
    most = app.state.context.settings.room_members
    for number in range(most - 1):
        await come(api, room, f"Guest {number}")
    await come(api, room, "Zoe", status=429)
    assert len(auth["keys"]) == most - 1
    await run(database, "update api.room_members set joined_at = now() - interval '5 minutes'")
    await come(api, room, "Zoe")
    # Whoever had to go lost what was lent with it.
    assert len(auth["keys"]) == most
    await app.state.context.rooms.look()
    assert len(auth["keys"]) == most - 1


@pytest.mark.parametrize("how", ["the video goes", "its owner goes", "the room goes", "the guest goes"])
async def test_nothing_that_was_lent_outlives_the_room(
    api: httpx2.AsyncClient, app: FastAPI, video: str, auth: dict[str, Any], database: Database, how: str
) -> None:
    room = await made(api, video, guests=True)
    await come(api, room, "Zoe")
    match how:
        case "the video goes":
            await run(database, "delete from api.videos")
        case "its owner goes":
            async with database.connection() as connection:
                await delete_profiles(connection, [USER])
        case "the room goes":
            await run(database, "delete from api.rooms")
        case "the guest goes":
            await run(database, "delete from api.room_members where key is not null")
    await app.state.context.rooms.look()
    assert auth["keys"] == []


async def test_a_key_that_signs_nothing_is_not_kept(
    api: httpx2.AsyncClient, video: str, auth: dict[str, Any], peer: Peer
) -> None:
    room = await made(api, video, guests=True)
    peer.answers["/auth/presign"] = lambda _: httpx2.Response(500, json={})
    await come(api, room, "Zoe", status=502)
    assert auth["keys"] == []


async def test_limits_hold_for_those_who_ask_at_once(api: httpx2.AsyncClient, app: FastAPI, video: str) -> None:
    settings = app.state.context.settings
    room = await made(api, video)
    body = {"video": video, "guests": False, "control": "everyone"}
    answers = await asyncio.gather(*(api.post("/rooms", json=body, headers=HOST) for _ in range(30)))
    assert sum(answer.status_code == 201 for answer in answers) == settings.rooms_per_user - 1
    members = settings.room_members + 10
    joins = (api.post(f"/rooms/{room['id']}/join", headers=bearer(uuid4(), PLAY)) for _ in range(members))
    answers = await asyncio.gather(*joins)
    assert sum(answer.status_code == 200 for answer in answers) == settings.room_members - 1


async def test_a_guest_reads_nothing_else_through_the_socket(
    api: httpx2.AsyncClient, app: FastAPI, video: str, auth: dict[str, Any]
) -> None:
    room, other = await made(api, video, guests=True), await made(api, video)
    await come(api, room, "Zoe")
    token = make_token(uuid4(), PLAY, **auth["asked"]["claims"], presignedFor="GET /api/ws")
    topics = [f"room:{other['id']}", f"room:{other['slug']}", "devices", "watch", "notices", "catalogue", "room:"]
    async with opened(app, {"Authorization": f"Bearer {token}"}) as guest:
        refused = await guest.ask({"action": "subscribe", "topics": topics})
        assert (refused["status"], refused["topics"]) == (403, [])
        for message in (
            {"action": "watch", "entry": "abyss-s1e1", "videoId": video, "percent": 50, "time": 5},
            {"action": "state", "state": {"a": 1}},
            {"action": "command", "device": "tv", "command": {"name": "stop"}},
            {"action": "room", "room": other["id"], "chat": "x"},
            {"action": "command", "room": other["id"], "version": 0, "command": {"name": "play"}},
        ):
            assert (await guest.ask(message))["status"] == 403, message


async def here(api: httpx2.AsyncClient, room: Any) -> list[str]:
    found = await ask(api, "GET", f"/{room['id']}", status=200)
    return [one["id"] for one in found["members"] if one["here"]]


async def test_who_lost_a_topic_or_the_database_is_not_in_the_room(
    api: httpx2.AsyncClient, app: FastAPI, video: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await made(api, video)
    await ask(api, "POST", f"/{room['id']}/join", status=200, headers=FRIEND)
    async with opened(app, HOST) as host, opened(app, FRIEND) as friend:
        await entered(host, room)
        await entered(friend, room)
        assert len(await here(api, room)) == 2
        may_follow = "kyoo.api.realtime.sockets.may_follow"
        with monkeypatch.context() as patched:
            patched.setattr(may_follow, lambda *_: False)
            told = await friend.ask({"action": "room", "room": room["id"], "ready": True})
            assert (told["action"], told["status"]) == ("subscribe", 403)
            assert (await friend.told())["status"] == 403
        assert await here(api, room) == [str(USER)]
        await friend.follow(f"room:{room['id']}")
        assert set(await here(api, room)) == {str(USER), str(OTHER_USER)}

        async def away(*_: object) -> None:
            raise psycopg.OperationalError("away")

        with monkeypatch.context() as patched:
            patched.setattr(queries, "leave", away)
            await friend.leave()
        await run(database, "update api.room_members set seen_at = now() - interval '10 minutes'")
        own = app.state.context.rooms
        async with database.transaction() as connection:
            still = [(found, socket) for (_, socket), found in own._here.items()]
            await queries.still_here(connection, still, rooms.SILENCE)
        assert await here(api, room) == [str(USER)]


async def test_a_room_that_cannot_end_keeps_no_other(
    api: httpx2.AsyncClient, app: FastAPI, video: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = await made(api, video), await made(api, video)
    own = app.state.context.rooms
    end = own._end

    async def ending(room: UUID) -> None:
        if str(room) == stuck["id"]:
            raise KyooError("Another service cannot be reached", status=502)
        await end(room)

    monkeypatch.setattr(own, "_end", ending)
    await run(database, "update api.rooms set empty_since = now() - interval '1 hour'")
    await own.look()
    await ask(api, "GET", f"/{other['id']}", status=404)
    await ask(api, "GET", f"/{stuck['id']}", status=200)
    assert (await say_alone(app, stuck))["status"] == 200


async def say_alone(app: FastAPI, room: Any) -> Any:
    async with opened(app, HOST) as host:
        await entered(host, room)
        return await say(host, room, chat="x")
