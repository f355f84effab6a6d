"""The document of the websocket names every frame, and what is told is as it says."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any, get_args
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from tests.integration.api.conftest import Library
from tests.integration.api.seeds import OTHER_USER, USER, bearer
from tests.integration.api.viewers.watching import EPISODE, SERIE, play, record, seed_abyss, seed_video
from tests.waiting import until

from kyoo.api.models.events import EVENTS, Event
from kyoo.api.models.rooms import NewRoom
from kyoo.api.models.socket import Device, Ordered, Request
from kyoo.api.realtime.asyncapi import SENT, document
from kyoo.api.realtime.hub import text_of
from kyoo.api.realtime.topics import TOPICS
from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.tokens import Identity

told: TypeAdapter[Event] = TypeAdapter(Event)


@pytest.fixture(autouse=True)
async def hub(app: FastAPI) -> AsyncIterator[None]:
    hub = app.state.context.hub
    async with hub.running():
        await until(lambda: hub._feed.seen is not None)
        yield


async def test_every_frame_is_in_it_and_every_reference_leads_somewhere(api: httpx2.AsyncClient) -> None:
    answer = await api.get("/asyncapi.json")
    assert answer.json() == json.loads(json.dumps(document()))
    union, _ = get_args(Request)
    assert set(SENT) == set(get_args(union))
    assert {get_args(model.model_fields["topic"].annotation)[0] for model in EVENTS[:-1]} == set(TOPICS)
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document())):
        place: Any = document()
        for step in reference.split("/"):
            place = place[step]


async def test_what_is_told_is_as_it_says(
    app: FastAPI, api: httpx2.AsyncClient, library: Library, database: Database
) -> None:
    await seed_abyss(library)
    video = await seed_video(library)
    await record(api, play(EPISODE, 10, videoId=video))
    await record(api, play(EPISODE, 96, videoId=video))
    for method, path, body in (
        ("PUT", "/movies/bubble/score", {"score": 70}),
        ("PUT", "/movies/bubble/hidden", {"rows": ["news"]}),
        ("DELETE", "/movies/bubble/watchstatus", None),
        ("DELETE", f"/profiles/me/nextup/{SERIE}", None),
        ("PATCH", "/movies/bubble", {"genres": ["drama"]}),
        ("DELETE", "/movies/bubble", None),
    ):
        assert (await api.request(method, path, json=body)).status_code < 300, path
    context, socket = app.state.context, uuid4()
    await context.devices.come(USER, socket, Device(id="tv"), "A browser")
    await context.devices.say(socket, {"paused": True})
    await context.devices.command(USER, "tv", {"name": "pause"})
    await context.devices.go(USER, socket)
    verifier = context.runtime.authentication.verifier
    host: Identity = await verifier.verify(bearer(USER, ("core.read", "core.play"))["Authorization"].split()[1])
    friend: Identity = await verifier.verify(bearer(OTHER_USER, ("core.read",))["Authorization"].split()[1])
    rooms = context.rooms
    async with database.connection() as connection:
        row = await (await connection.execute("select pk from api.videos")).fetchone()
    room = str(await rooms.create(host, row, NewRoom(video=video)))
    await rooms.join(friend, room)
    await rooms.enter(room, str(USER), socket)
    await rooms.command(room, str(USER), 0, Ordered(name="play"))
    await rooms.mark(room, str(USER), ready=True, buffering=None)
    await rooms.say(room, str(USER), "chat", "Hello")
    await rooms.end(room, str(USER), administrator=False)
    async with database.connection() as connection:
        found = await events.since(connection, 0)
    seen = set()
    for event in found:
        known = told.validate_json(text_of(event))
        seen.add((known.topic.partition(":")[0], known.type))
    assert {topic for topic, _ in seen} == {"watch", "catalogue", "devices", "room"}
    assert len(seen) > 14, sorted(seen)
