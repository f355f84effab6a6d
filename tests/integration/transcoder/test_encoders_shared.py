"""What is listed as running, who may end it, and what its player is told."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from tests import media
from tests.integration.api.seeds import OTHER_USER, SECRET, USER, bearer
from tests.integration.transcoder.conftest import Service, Start
from tests.integration.transcoder.test_sessions import encoders, long_movie, slow_movie
from tests.waiting import until

from kyoo.core.http.permissions import Authentication
from kyoo.core.tokens import NIL_UUID, SharedSecret, Verifier

KNOWN = Authentication(Verifier(SharedSecret(SECRET)), 401, 401)
ADMIN: dict[str, Any] = {"permissions": ("core.play", "users.read", "users.write"), "sub": str(OTHER_USER)}
VIEWER: dict[str, Any] = {"permissions": ("core.play",), "sub": str(USER)}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyoo.transcoder.players.sessions.SWEEP", 0.1)


async def streams(service: Service, **who: Any) -> list[dict[str, Any]]:
    answer = await service.http.get("/video/streams", headers=bearer(**(who or ADMIN)))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def nobody_is_listed(service: Service) -> bool:
    return await streams(service) == []


async def end(service: Service, client: str, message: str | None = None, **who: Any) -> httpx2.Response:
    body = {} if message is None else {"json": {"message": message}}
    return await service.http.request("DELETE", f"/video/streams/{client}", headers=bearer(**who), **body)  # type: ignore[arg-type]


async def test_a_player_that_leaves_is_not_listed_any_more_and_its_encoders_end(start: Start) -> None:
    service = await start(KNOWN)
    path = service.add(long_movie())
    headers = bearer(**VIEWER)
    assert (await service.get(path, "0/transcode/segment-0.mp4", headers=headers)).status_code == 200
    assert [viewer["state"] for viewer in (await streams(service))[0]["viewers"]] == ["playing"]
    assert len(encoders()) == 1
    assert (await end(service, "player", **VIEWER)).status_code == 204
    await until(lambda: not encoders())
    await until(lambda: nobody_is_listed(service))
    # It comes back, as a page does that is shown again.
    assert (await service.get(path, "0/transcode/segment-1.mp4", headers=headers)).status_code == 200


async def test_an_encoder_that_somebody_else_lives_on_goes_on(start: Start) -> None:
    service = await start(KNOWN)
    path = service.add(long_movie())
    for client in ("one", "two"):
        await service.get(path, "0/transcode/segment-0.mp4", client=client, headers=bearer(**VIEWER))
    (encoder,) = encoders()
    await end(service, "one", **VIEWER)
    assert [viewer["clientId"] for viewer in (await streams(service))[0]["viewers"]] == ["two"]
    assert encoder.is_running()


async def test_an_administrator_sends_a_player_away_with_a_message(start: Start) -> None:
    service = await start(KNOWN)
    path = service.add(long_movie())
    headers = bearer(**VIEWER)
    tails = ("master.m3u8", "0/transcode/index.m3u8", "0/transcode/init.mp4", "0/transcode/segment-1.mp4")
    await service.get(path, "0/transcode/segment-0.mp4", headers=headers)
    await service.get(path, "0/transcode/segment-0.mp4", client="another", headers=headers)
    assert (await end(service, "player", "Dinner is ready", **ADMIN)).status_code == 204
    for tail in tails:
        answer = await service.get(path, tail, headers=headers)
        assert (answer.status_code, answer.json()) == (403, {"errors": ["Dinner is ready"]}), tail
    # The same user plays on elsewhere, and so does a player of the same name of somebody else.
    assert (await service.get(path, "0/transcode/segment-0.mp4", client="another", headers=headers)).status_code == 200
    assert (await service.get(path, "0/transcode/segment-0.mp4", headers=bearer(**ADMIN))).status_code == 200
    await end(service, "another", "  ", **ADMIN)
    answer = await service.get(path, "master.m3u8", client="another", headers=headers)
    assert answer.json() == {"errors": ["An administrator has ended this stream"]}


async def test_whoever_waits_for_a_segment_is_sent_away_too(start: Start) -> None:
    service = await start(KNOWN, preset="veryslow")
    path = service.add(media.movie(name="huge.mkv", seconds=12, size="1920x1080", video_options=["-profile:v", "main"]))
    asked = asyncio.create_task(service.get(path, "0/transcode/segment-2.mp4", headers=bearer(**VIEWER)))
    await until(encoders)
    assert (await end(service, "player", "Enough", **ADMIN)).status_code == 204
    answer = await asked
    assert (answer.status_code, answer.json()) == (403, {"errors": ["Enough"]})
    await until(lambda: not encoders())


async def test_nobody_ends_what_is_not_theirs(start: Start) -> None:
    service = await start(KNOWN)
    path = service.add(media.movie())
    await service.get(path, "0/original/segment-0.mp4", headers=bearer(**VIEWER))
    other = {"permissions": ("core.play", "users.read"), "sub": str(OTHER_USER)}
    guest = {"permissions": ("core.play",), "sub": str(NIL_UUID)}
    for who in (other, guest, {**ADMIN, "maxAge": 12}, {**ADMIN, "libraries": []}):
        answer = await end(service, "player", "Go", **who)
        assert (answer.status_code, answer.json()) == (404, {"errors": ["No such stream"]}), who
    assert (await end(service, "unknown", **ADMIN)).status_code == 404
    assert (await end(service, "player", "x" * 501, **VIEWER)).status_code == 422
    assert len((await streams(service))[0]["viewers"]) == 1


@pytest.mark.exhaustive
async def test_a_silent_player_is_paused_and_then_gone(
    start: Start, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kyoo.transcoder.players.clients.QUIET", 0.2)
    monkeypatch.setattr("kyoo.transcoder.players.clients.QUIET_SEGMENTS", 0.0)
    service = await start(KNOWN, client_idle=0.4, client_paused=3)
    path = service.add(long_movie())

    async def states() -> list[str]:
        return [viewer["state"] for stream in await streams(service) for viewer in stream["viewers"]]

    async def plays(number: int) -> bool:
        await service.get(path, f"0/transcode/segment-{number}.mp4", headers=bearer(**VIEWER))
        return await states() == ["playing"]

    await until(lambda: plays(0))
    await until(lambda: not encoders())

    async def is_paused() -> bool:
        return await states() == ["paused"]

    await until(is_paused)
    await until(lambda: plays(1))
    await until(lambda: nobody_is_listed(service))


async def test_a_player_that_has_the_whole_rest_plays_until_it_is_through(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kyoo.transcoder.players.clients.QUIET", 0.0)
    monkeypatch.setattr("kyoo.transcoder.players.clients.QUIET_SEGMENTS", 0.0)
    service = await start(KNOWN)
    path = service.add(media.movie())
    number = 0
    while (await service.get(path, f"0/original/segment-{number}.mp4", headers=bearer(**VIEWER))).status_code == 200:
        number += 1
    assert (await streams(service))[0]["viewers"][0]["state"] == "playing"
    # Whoever has only a part of it asks for more when it is played.
    await service.get(path, "0/original/segment-0.mp4", headers=bearer(**VIEWER))
    assert (await streams(service))[0]["viewers"][0]["state"] == "paused"


async def test_a_seek_replaces_the_encoder(start: Start) -> None:
    """Also where there is room for another one."""
    service = await start(encoders=8)
    path = service.add(long_movie())
    for number in (0, 20, 5, 12, 25):
        assert (await service.get(path, f"0/transcode/segment-{number}.mp4")).status_code == 200
        assert len([process for process in encoders() if "libx264" in process.cmdline()]) <= 2
    await until(lambda: len(encoders()) == 1)


async def test_who_is_over_the_bound_is_told_to_come_back(start: Start) -> None:
    service = await start(encoders=1, encoder_wait=0.3, preset="medium")
    first, second = service.add(slow_movie()), service.add(long_movie())
    for path in (first, second):
        await service.get(path, "info")
    playing = asyncio.create_task(service.get(first, "0/transcode/segment-0.mp4", client="one"))
    await until(encoders)
    # As slow as a test needs it.
    (encoder,) = encoders()
    encoder.suspend()
    answer = await service.get(second, "0/transcode/segment-0.mp4", client="two")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json() == {"errors": ["The server encodes for as many viewers as it can: try again in a moment"]}
    # A copy costs little.
    assert (await service.get(second, "0/original/segment-0.mp4", client="two")).status_code == 200
    encoder.resume()
    assert (await playing).status_code == 200
