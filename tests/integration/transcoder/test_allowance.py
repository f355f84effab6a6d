"""Viewers whose claims limit what they may play: in the playlist, and at every segment whoever guesses its name."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import m3u8
import pytest
from starlette.types import Message
from tests import media
from tests.integration.api.seeds import OTHER_USER, SECRET, USER, bearer
from tests.integration.test_access import client_of, instance
from tests.integration.transcoder.conftest import Service, Start

from kyoo.core.files import encode_path
from kyoo.core.http.permissions import Authentication
from kyoo.core.tokens import NIL_UUID, SharedSecret, Verifier
from kyoo.transcoder.players.allowance import allowance_of
from kyoo.transcoder.settings import TranscoderSettings

KNOWN = Authentication(Verifier(SharedSecret(SECRET)), 401, 401)


@pytest.fixture
async def service(start: Start) -> Service:
    return await start(KNOWN)


def film(service: Service, **more: Any) -> Path:
    """720p."""
    return service.add(media.movie(name="limited.mkv", size="1280x720", **more))


def viewer(**claims: Any) -> dict[str, str]:
    return bearer(**{"permissions": ("core.play",), "sub": str(USER), **claims})


async def heights(service: Service, path: Path, **claims: Any) -> list[int]:
    answer = await service.get(path, "master.m3u8", headers=viewer(**claims))
    assert answer.status_code == 200, answer.text
    return sorted({variant.stream_info.resolution[1] for variant in m3u8.loads(answer.text).playlists})


async def refusal(service: Service, path: Path, tail: str, **claims: Any) -> str:
    answer = await service.get(path, tail, headers=viewer(**claims))
    assert answer.status_code == 403, (tail, answer.status_code, answer.text[:200])
    return str(answer.json()["errors"][0])


TAILS = ("index.m3u8", "init.mp4", "segment-0.mp4")


async def test_higher_pictures_are_neither_offered_nor_given(service: Service) -> None:
    path = film(service)
    assert await heights(service, path) == [240, 360, 480, 720]
    assert await heights(service, path, maxHeight=480) == [240, 360, 480]
    for quality in ("original", "transcode", "720p"):
        for tail in TAILS:
            text = await refusal(service, path, f"0/{quality}/{tail}", maxHeight=480)
            assert text == "This account may play pictures of at most 480 lines"
    await refusal(service, path, "direct", maxHeight=480)
    await refusal(service, path, "direct/film.mkv", maxHeight=480)
    for tail in TAILS:
        assert (await service.get(path, f"0/480p/{tail}", headers=viewer(maxHeight=480))).status_code == 200
    assert (await service.get(path, "direct", headers=viewer(maxHeight=720))).status_code == 200
    # A limit that was lifted, or set, counts for the very next segment.
    assert (await service.get(path, "0/original/segment-0.mp4", headers=viewer())).status_code == 200
    await refusal(service, path, "0/original/segment-1.mp4", maxHeight=480)


async def test_whoever_may_not_encode_gets_the_copy_only(service: Service) -> None:
    path = film(service)
    master = m3u8.loads((await service.get(path, "master.m3u8", headers=viewer(noTranscoding=True))).text)
    assert {variant.uri.split("/")[1] for variant in master.playlists} == {"original"}
    for quality in ("480p", "transcode"):
        for tail in TAILS:
            await refusal(service, path, f"0/{quality}/{tail}", noTranscoding=True)
    assert (await service.get(path, "0/original/segment-0.mp4", headers=viewer(noTranscoding=True))).status_code == 200
    assert await heights(service, path, noTranscoding=False) == [240, 360, 480, 720]
    old = service.add(media.movie(name="old.mkv", codec="mpeg2video", size="320x180"))
    text = await refusal(service, old, "master.m3u8", noTranscoding=True)
    assert text == "This video has no quality that this account may play"


async def test_bits_are_limited_from_outside_and_in_the_home(service: Service) -> None:
    path = film(service, video_options=["-b:v", "3M", "-minrate", "3M", "-maxrate", "3M", "-bufsize", "1M"])
    # The test's client is of this machine.
    assert 720 in await heights(service, path, maxBitrate=1_000_000)
    assert 720 not in await heights(service, path, maxLocalBitrate=1_000_000)
    for tail in TAILS:
        text = await refusal(service, path, f"0/original/{tail}", maxLocalBitrate=1_000_000)
        assert text == "This account may play at most 1 Mbit/s from here"
    await refusal(service, path, "direct", maxLocalBitrate=1_000_000)


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("192.168.1.20", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd12:3456::1", True),
        ("::ffff:10.0.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("8.8.8.8", False),
        ("2a01:4f8::1", False),
        ("2a01:4f8:1:2::9", True),
        ("", False),
        ("unknown", False),
    ],
)
def test_what_the_home_is(address: str, is_local: bool) -> None:
    networks = TranscoderSettings.model_validate({"local_networks": "2a01:4f8:1:2::/64"}).local_networks
    allowance = allowance_of({"maxBitrate": 1, "maxLocalBitrate": 2}, address, networks)
    assert allowance.bitrate == (2 if is_local else 1)


@pytest.mark.parametrize("claim", ["maxStreams", "maxHeight", "maxLocalBitrate", "noTranscoding"])
@pytest.mark.parametrize("value", ["many", True, -1, [], {}], ids=str)
async def test_a_limit_that_nobody_can_read_allows_nothing(service: Service, claim: str, value: Any) -> None:
    path = film(service)
    answer = await service.get(path, "0/480p/segment-0.mp4", headers=viewer(**{claim: value}))
    assert answer.status_code == 403, answer.text[:100]


async def play(service: Service, path: Path, client: str, number: int = 0, **claims: Any) -> tuple[int, str]:
    answer = await service.get(path, f"0/original/segment-{number}.mp4", client=client, headers=viewer(**claims))
    return answer.status_code, "" if answer.is_success else str(answer.json()["errors"][0])


async def test_one_stream_too_many_is_refused_and_the_others_go_on(service: Service) -> None:
    path = film(service)
    assert (await play(service, path, "one", maxStreams=2))[0] == 200
    assert (await play(service, path, "two", maxStreams=2))[0] == 200
    status, text = await play(service, path, "three", maxStreams=2)
    assert (status, text) == (403, "This account plays 2 streams already, which is as many as it may")
    for tail in ("master.m3u8", "0/original/index.m3u8", "0/original/init.mp4", "audio/0/128k/segment-0.mp4"):
        answer = await service.get(path, tail, client="three", headers=viewer(maxStreams=2))
        assert answer.status_code == 403, tail
    assert (await play(service, path, "one", 1, maxStreams=2))[0] == 200
    # Others have streams of their own.
    assert (await play(service, path, "three", maxStreams=2, sub=str(OTHER_USER)))[0] == 200
    # When the limit is lowered, whoever has played for longest goes on.
    assert (await play(service, path, "two", 1, maxStreams=1))[0] == 403
    assert (await play(service, path, "one", 2, maxStreams=1))[0] == 200
    leaving = await service.http.request("DELETE", "/video/streams/one", headers=viewer())
    assert leaving.status_code == 204
    assert (await play(service, path, "three", maxStreams=2))[0] == 200
    assert (await play(service, path, "two", 1, maxStreams=0))[0] == 403


async def test_the_file_itself_is_a_stream_too(service: Service) -> None:
    path = film(service)
    one = viewer(maxStreams=1)

    async def direct(client: str, method: str = "GET") -> int:
        url = service.url(path, "direct")
        answer = await service.http.request(method, url, headers={**one, "X-CLIENT-ID": client, "Range": "bytes=0-99"})
        return answer.status_code

    assert await direct("one", "HEAD") == 206
    assert (await play(service, path, "two", maxStreams=1))[0] == 200, "to ask about a file is not to play it"
    assert await direct("one") == 403
    await service.http.request("DELETE", "/video/streams/two", headers=viewer())
    assert await direct("one") == 206
    assert await direct("one") == 206
    assert await direct("two") == 403
    assert (await play(service, path, "two", maxStreams=1))[0] == 403
    # A page that cannot play the file goes on with what is encoded.
    assert (await play(service, path, "one", maxStreams=1))[0] == 200


async def test_a_file_that_is_being_sent_counts_however_long_that_takes(start: Start) -> None:
    service = await start(KNOWN, client_idle=0.01)
    path = film(service)
    sent, go_on = asyncio.Event(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await go_on.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            sent.set()
            await go_on.wait()

    headers = [(name.lower().encode(), value.encode()) for name, value in viewer(maxStreams=1).items()]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "query_string": b"",
        "headers": headers,
        "path": service.url(path, "direct"),
        "client": ("127.0.0.1", 1),
        "server": ("kyoo.test", 80),
        "scheme": "http",
    }
    sending = asyncio.create_task(service.app(scope, receive, send))
    await sent.wait()
    assert (await play(service, path, "two", maxStreams=1))[0] == 403
    go_on.set()
    await asyncio.gather(sending, return_exceptions=True)
    await asyncio.sleep(0.02)
    assert (await play(service, path, "two", maxStreams=1))[0] == 200


async def test_a_stream_that_is_silent_does_not_count(start: Start) -> None:
    service = await start(KNOWN, client_idle=0.01)
    path = film(service)
    assert (await play(service, path, "one", maxStreams=1))[0] == 200
    assert (await play(service, path, "two", maxStreams=1))[0] == 200


async def test_guests_are_counted_by_their_address(service: Service) -> None:
    path = film(service)
    guest = {"sub": str(NIL_UUID), "sid": str(NIL_UUID), "maxStreams": 1}
    assert (await play(service, path, "one", **guest))[0] == 200  # type: ignore[arg-type]
    assert (await play(service, path, "two", **guest))[0] == 403  # type: ignore[arg-type]


async def test_a_limit_counts_for_the_very_next_request(conninfo: str, tmp_path: Path) -> None:
    """Through the gateway, with the token that the viewer has."""
    path = media.placed(media.movie(), tmp_path / "videos" / "film.mkv")
    segment = f"/video/{encode_path(path)}/0/original/segment-0.mp4"

    async with instance(conninfo, tmp_path) as running, client_of(running) as client:

        async def register(name: str) -> dict[str, str]:
            body = {"username": name, "email": f"{name}@example.org", "password": f"password of {name}"}
            answer = await client.post("/auth/users", json=body)
            return {"Authorization": f"Bearer {answer.json()['token']}"}

        admin, viewer = await register("admin"), await register("viewer")
        user = (await client.get("/auth/users/me", headers=viewer)).json()["id"]

        async def plays(**claims: Any) -> int:
            changed = await client.patch(f"/auth/users/{user}", json={"claims": claims}, headers=admin)
            assert changed.status_code == 200, changed.text
            return (await client.get(segment, headers={**viewer, "X-CLIENT-ID": "one"})).status_code

        assert await plays(verified=True, permissions=["core.play"]) == 200
        assert await plays(maxHeight=240) == 403
        assert await plays(maxHeight=None) == 200
        assert await plays(maxStreams=0) == 403
        own = await client.patch("/auth/users/me", json={"claims": {"maxStreams": 5}}, headers=viewer)
        assert own.status_code == 403
