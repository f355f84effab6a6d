"""Remote control: which devices of a user are there, what they do, and commands from one to another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from tests.integration.api.realtime.sockets import Client, opened
from tests.integration.api.seeds import GUEST, OTHER_USER, USER, bearer
from tests.waiting import until

from kyoo.api.models.socket import Device
from kyoo.api.queries.realtime import devices as queries
from kyoo.api.realtime import devices
from kyoo.api.realtime.devices import Devices
from kyoo.core.database.postgres import Database, execute

TV = {"id": "tv", "name": "Living room", "client": "web"}


@pytest.fixture(autouse=True)
async def hub(app: FastAPI) -> AsyncIterator[None]:
    context = app.state.context
    async with context.hub.running(), context.devices.running():
        await until(lambda: context.hub._feed.seen is not None)
        yield


async def told(client: Client, kind: str, device: str | None = None) -> dict[str, Any]:
    """The next event of that kind; others that come and go are told of, too."""
    while True:
        event = await client.event()
        assert event["topic"] == "devices"
        if event["type"] == kind and device in (None, event["device"]["id"]):
            return event


async def my_devices(api: httpx2.AsyncClient, **options: Any) -> list[dict[str, Any]]:
    answer = await api.get("/profiles/me/devices", **options)
    assert answer.status_code == 200, answer.text
    devices: list[dict[str, Any]] = answer.json()
    return devices


async def test_a_device_comes_is_commanded_answers_and_goes(app: FastAPI, api: httpx2.AsyncClient) -> None:
    async with opened(app) as phone:
        await phone.follow("devices")
        async with opened(app) as tv:
            await tv.follow("devices", device=TV)
            assert (await told(phone, "online", "tv"))["device"] == TV
            command = {"name": "play", "video": "bubble", "position": 12.5}
            answer = await phone.ask({"action": "command", "device": "tv", "command": command})
            assert answer == {"action": "command", "status": 202}
            event = await told(tv, "command")
            assert (event["device"]["id"], event["command"]) == ("tv", command)
            answer = await tv.ask({"action": "state", "state": {"paused": False, "position": 12.5}})
            assert answer == {"action": "state", "status": 202}
            event = await told(phone, "state", "tv")
            assert event["state"] == {"paused": False, "position": 12.5}
            known = await my_devices(api)
            assert [(one["id"], one["state"]) for one in known if one["id"] == "tv"] == [("tv", event["state"])]
            assert len(known) == 2
        await told(phone, "offline", "tv")
        assert [one["id"] for one in await my_devices(api)] != ["tv"]


async def test_a_device_that_says_nothing_of_itself_is_known_by_its_socket(
    app: FastAPI, api: httpx2.AsyncClient
) -> None:
    async with opened(app, {**bearer(), "User-Agent": "A browser"}) as one, opened(app) as other:
        await one.follow("devices")
        (known,) = await my_devices(api)
        assert (UUID(known["id"]).version, known["name"]) == (4, "A browser")
        command = {"action": "command", "device": known["id"], "command": {"name": "pause"}}
        assert (await other.ask(command))["status"] == 202
        assert (await told(one, "command"))["command"] == {"name": "pause"}
        await one.ask({"action": "unsubscribe", "topics": ["devices"]})
        assert await my_devices(api) == []


async def test_nobody_steers_the_devices_of_others(app: FastAPI, api: httpx2.AsyncClient) -> None:
    async with opened(app) as tv, opened(app, bearer(OTHER_USER)) as other:
        await tv.follow("devices", device=TV)
        await other.follow("devices", device={"id": "tv"})
        assert (await my_devices(api))[0]["name"] == "Living room"
        await other.ask({"action": "command", "device": "tv", "command": {"name": "stop"}})
        await told(other, "command")
        assert (await told(tv, "online"))["device"] == TV
        await tv.nothing()
        assert (await my_devices(api, headers=GUEST)) == []


@pytest.mark.parametrize(
    ("caller", "frame", "status"),
    [
        (bearer(), {"action": "command", "device": "nobody", "command": {"name": "pause"}}, 404),
        (bearer(), {"action": "command", "device": "tv", "command": {"name": "explode"}}, 422),
        (bearer(), {"action": "command", "device": "tv"}, 422),
        (bearer(), {"action": "command", "device": "", "command": {"name": "pause"}}, 422),
        (bearer(), {"action": "state", "state": {"paused": True}}, 403),
        (bearer(), {"action": "state", "state": []}, 422),
        (bearer(), {"action": "state", "state": {"position": 1e999}}, 422),
        (GUEST, {"action": "command", "device": "tv", "command": {"name": "pause"}}, 403),
        (bearer(wsRoutes=["watch/x"]), {"action": "command", "device": "tv", "command": {"name": "pause"}}, 403),
    ],
)
async def test_what_cannot_be_asked(app: FastAPI, caller: dict[str, str], frame: Any, status: int) -> None:
    async with opened(app, caller) as client:
        answer = await client.ask(frame)
        assert (answer["action"], answer["status"]) == (frame["action"], status)
        await client.nothing()


async def test_a_device_that_comes_back_is_the_same(app: FastAPI, api: httpx2.AsyncClient) -> None:
    """The end of its old socket, which may be noticed later, does not take it away."""
    async with opened(app) as old, opened(app) as new:
        await old.follow("devices", device=TV)
        await new.follow("devices", device=TV)
        await old.leave()
        assert [one["id"] for one in await my_devices(api)] == ["tv"]


async def test_commands_of_the_past_are_not_repeated(app: FastAPI) -> None:
    async with opened(app) as phone:
        after = (await phone.follow("devices"))["after"]
        async with opened(app) as tv:
            await tv.follow("devices", device=TV)
            await told(phone, "online", "tv")
            await phone.ask({"action": "command", "device": "tv", "command": {"name": "pause"}})
            await told(tv, "command")
        await told(phone, "offline", "tv")
        async with opened(app) as tv:
            await tv.follow("devices", device=TV, after=after)
            seen = []
            while not seen or seen[-1] != "offline":
                seen.append((await tv.event())["type"])
            assert "command" not in seen


async def test_devices_of_a_process_that_died_go(
    database: Database, api: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, alive = Devices(database), Devices(database)
    await dead.come(USER, uuid4(), Device(id="tv"), "")
    await alive.come(USER, uuid4(), Device(id="phone"), "")
    async with database.transaction() as connection:
        await execute(connection, "update api.devices set seen_at = now() - interval '10 minutes'")
        await queries.still_here(connection, alive._sockets, devices.SILENCE)
    assert [one["id"] for one in await my_devices(api)] == ["phone"]


async def test_a_device_that_went_while_the_database_was_away_goes(
    database: Database, api: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive, gone, there = Devices(database), uuid4(), uuid4()
    await alive.come(USER, gone, Device(id="tv"), "")
    await alive.come(USER, there, Device(id="phone"), "")

    async def away(*_: object) -> None:
        raise psycopg.OperationalError("away")

    monkeypatch.setattr(queries, "go", away)
    with pytest.raises(psycopg.OperationalError):
        await alive.go(USER, gone)
    async with database.transaction() as connection:
        await execute(connection, "update api.devices set seen_at = now() - interval '10 minutes'")
        await queries.still_here(connection, alive._sockets, devices.SILENCE)
    assert [one["id"] for one in await my_devices(api)] == ["phone"]
