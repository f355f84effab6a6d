"""GET /videos/streams."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.seeds import READ, USER, bearer

from kyoo.api.models.stream import RunningStream

GUEST_ID = "00000000-0000-0000-0000-000000000000"
TRACK = {"index": 0, "quality": "720p", "head": 3}
HEADS = [{"start": 0.0, "end": 12.0, "startHead": 0, "endHead": 3, "isRunning": True}]


def viewer(profile: str) -> dict[str, Any]:
    return {"clientId": "c", "profileId": profile, "sessionId": "s", "video": TRACK, "audio": None}


def stream(path: str, *viewers: dict[str, Any]) -> dict[str, Any]:
    return {
        "path": path,
        "sha": "abc",
        "duration": 6000.5,
        "videos": [{"index": 0, "quality": "720p", "heads": HEADS}],
        "audios": [],
        "viewers": list(viewers),
    }


@pytest.fixture
def transcoder(peer: Peer) -> Peer:
    paused = viewer(str(USER)) | {"state": "paused"}
    streams = [stream("/dune.mkv", paused, viewer(GUEST_ID)), stream("/unknown.mkv")]
    peer.answers["/video/streams"] = lambda _: httpx2.Response(200, json=streams)
    peer.answers[f"/auth/users/{USER}"] = lambda _: httpx2.Response(200, json={"id": str(USER), "username": "tester"})
    return peer


async def test_streams_say_who_watches_what(api: httpx2.AsyncClient, library: Library, transcoder: Peer) -> None:
    await library.movie("dune")
    video = await library.video("/dune.mkv", **{"for": [{"movie": "dune"}]})
    play = {"entry": "dune", "videoId": video["id"], "percent": 10, "time": 600, "playedDate": None}
    await api.post("/profiles/me/history", json=[play])
    response = await api.get("/videos/streams")
    assert response.status_code == 200, response.text
    TypeAdapter(list[RunningStream]).validate_json(response.content, extra="forbid")
    known, unknown = response.json()
    assert (known["id"], known["show"]["slug"], known["entries"][0]["slug"]) == (video["id"], "dune", "dune")
    assert [row["user"] and row["user"]["username"] for row in known["viewers"]] == ["tester", None]
    assert [row["progress"] for row in known["viewers"]] == [600, None]
    assert [(row["clientId"], row["state"]) for row in known["viewers"]] == [("c", "paused"), ("c", "playing")]
    assert (unknown["id"], unknown["show"], unknown["entries"]) == ("abc", None, [])


@pytest.mark.parametrize("refusing", ["/video/streams", f"/auth/users/{USER}"])
async def test_a_service_that_refuses(api: httpx2.AsyncClient, transcoder: Peer, refusing: str) -> None:
    transcoder.answers[refusing] = lambda _: httpx2.Response(403, json={})
    assert (await api.get("/videos/streams")).status_code == 502


async def test_streams_need_the_right_to_see_users(api: httpx2.AsyncClient, transcoder: Peer) -> None:
    assert (await api.get("/videos/streams", headers=bearer(USER, (READ,)))).status_code == 403
