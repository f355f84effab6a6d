"""What the transcoder tells of its streams, and whom it tells that theirs was ended."""

from __future__ import annotations

from uuid import uuid4

from tests.integration.transcoder.conftest import Start
from tests.integration.transcoder.hls import Stream
from tests.integration.transcoder.test_sessions import long_movie
from tests.waiting import until

from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.events import Event
from kyoo.transcoder.players import reporting


async def told(database: Database) -> list[Event]:
    async with database.connection() as connection:
        return [event for event in await events.since(connection, 0) if event.topic == "streams"]


async def test_a_stream_begins_changes_and_ends(start: Start, database: Database) -> None:
    service = await start()
    path = service.add(long_movie())
    stream = await Stream(service, path, "0/transcode").open()
    await stream.piece(0)

    async def begun() -> bool:
        found = await told(database)
        return bool(found) and bool(found[-1].body["stream"]["viewers"])

    await until(begun)
    first, *_ = found = await told(database)
    assert first.type == "started"
    assert found[-1].body["stream"]["viewers"][0]["clientId"] == service.client_id
    (listed,) = (await service.http.get("/video/streams")).json()
    (track,) = listed["videos"]
    assert (track["quality"], track["reason"], track["encoders"]) == ("transcode", "browser", 1)
    assert track["processorSeconds"] >= 0
    assert (await service.http.delete(f"/video/streams/{service.client_id}")).status_code == 204

    async def ended() -> bool:
        return (await told(database))[-1].type == "ended"

    await until(ended)


async def test_whose_stream_is_ended_is_told(database: Database) -> None:
    user = uuid4()
    async with database.transaction() as connection:
        await reporting.sent_away(connection, [(str(user), "tv"), ("", "a guest's")], "Good night")
    async with database.connection() as connection:
        (event,) = await events.since(connection, 0)
    assert (event.topic, event.type, event.owner) == ("devices", "command", user)
    assert event.body == {"device": {"id": "tv"}, "command": {"name": "stop", "message": "Good night"}}
