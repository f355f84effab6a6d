"""Media info, what is remembered of a file, the file itself, and who may ask."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from tests import media
from tests.integration.transcoder.conftest import Service, Start
from tests.queued import add_tasks

from kyoo.core.database.postgres import Database, fetch_value
from kyoo.core.http.permissions import Authentication
from kyoo.core.tokens import SharedSecret, Verifier
from kyoo.transcoder import jobs
from kyoo.transcoder.context import create_context
from kyoo.transcoder.libav.pool import InspectionPool

SECRET = "a secret that is long enough for HS256"


def rich() -> Path:
    return media.movie(
        name="rich.mkv",
        seconds=6,
        size="320x180",
        audios=[media.Audio(language="jpn", title="Stereo"), media.Audio("ac3", 6, language="fra")],
        chapters=[(0, 2, "Opening"), (2, 4, "Part A"), (4, 6, "Next time")],
    )


async def test_info_has_exactly_the_contracts_fields_in_order(service: Service) -> None:
    path = service.add(rich())
    info = json.loads((await service.get(path, "info")).text)
    assert list(info) == [
        *("id", "sha", "path", "extension", "mimeCodec", "size", "duration", "container"),
        *("versions", "videos", "audios", "subtitles", "fonts", "chapters"),
        # Ours.
        *("cover", "tags"),
    ]
    assert list(info["versions"]) == ["info", "extract", "thumbs", "keyframes", "fingerprint", "fpWith"]
    assert info["path"] == str(path)
    assert info["extension"] == "mkv"
    assert info["size"] == path.stat().st_size
    assert info["duration"] == pytest.approx(6, abs=0.1)
    assert info["mimeCodec"].startswith('video/x-matroska; codecs="avc1.')
    (video,) = info["videos"]
    assert list(video) == [
        *("index", "title", "language", "codec", "mimeCodec", "width", "height", "bitrate", "isDefault"),
        # Ours.
        *("displayWidth", "displayHeight", "rotation", "sampleAspectRatio", "frameRate", "isInterlaced"),
        *("videoRange", "hdr", "dolbyVisionProfile"),
    ]
    assert (video["codec"], video["width"], video["height"], video["language"]) == ("h264", 320, 180, None)
    assert [(a["codec"], a["channels"], a["language"], a["title"], a["mimeCodec"]) for a in info["audios"]] == [
        ("aac", 2, "ja", "Stereo", "mp4a.40.2"),
        ("ac3", 6, "fr", None, "ac-3"),
    ]
    assert list(info["chapters"][0]) == ["startTime", "endTime", "name", "type"]
    assert [(c["startTime"], c["type"], c["name"]) for c in info["chapters"]] == [
        (0, "intro", "Opening"),
        (2, "content", "Part A"),
        (4, "preview", "Next time"),
    ]


async def test_a_known_file_is_neither_read_nor_probed_again(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    service = await start()
    path = service.add(rich())
    first = (await service.get(path, "info")).json()

    def forbidden(*_: Any) -> None:
        raise AssertionError("the file was looked into again")

    monkeypatch.setattr(InspectionPool, "run", forbidden)
    service.app.state.context.library._known.clear()
    moved = path.rename(path.with_name("another name.mkv"))
    second = (await service.get(moved, "info")).json()
    assert (second["id"], second["sha"]) == (first["id"], first["sha"])
    service.app.state.context.library._known.clear()
    monkeypatch.setattr("kyoo.transcoder.media_files.content_id", forbidden)
    assert (await service.get(moved, "master.m3u8")).status_code == 200


async def test_a_replaced_file_is_another_one(service: Service) -> None:
    path = service.add(rich(), "film.mkv")
    first = (await service.get(path, "info")).json()
    path.unlink()
    service.add(media.movie(seconds=3, size="320x180"), "film.mkv")
    second = (await service.get(path, "info")).json()
    assert second["sha"] != first["sha"]
    assert second["duration"] == pytest.approx(3, abs=0.1)


async def test_direct_serves_byte_ranges(service: Service) -> None:
    path = service.add(rich())
    content = path.read_bytes()
    whole = await service.get(path, "direct")
    assert whole.content == content
    assert whole.headers["content-type"] == "video/x-matroska"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["accept-ranges"] == "bytes"
    head = await service.http.head(service.url(path, "direct"))
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(content)))
    part = await service.get(path, "direct", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(content)}"
    tail = await service.get(path, "direct", headers={"Range": "bytes=-10"})
    assert tail.content == content[-10:]
    beyond = await service.get(path, "direct", headers={"Range": f"bytes={len(content)}-"})
    assert beyond.status_code == 416
    nothing = await service.get(path, "direct", headers={"Range": "bytes=-0"})
    assert nothing.status_code == 416
    named = await service.get(path, 'direct/My%20"film".mkv')
    assert named.headers["content-disposition"] == "attachment; filename*=utf-8''My%20%22film%22.mkv"
    assert (await service.get(path, "direct/a/b.mkv")).status_code == 200


@pytest.mark.parametrize(
    "text",
    ["bytes=9-5", "bytes=abc", "bytes=", "bytes", "items=0-5", "bytes=0-1,9-5", "", "5-9", f"bytes=0-{'9' * 5000}"],
)
async def test_a_range_that_means_nothing_is_no_range(service: Service, text: str) -> None:
    path = service.add(rich())
    answer = await service.get(path, "direct", headers={"Range": text})
    assert (answer.status_code, len(answer.content)) == (200, path.stat().st_size)


LONG_AGO, LATER = "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": "{etag}"}, 304),
        ({"If-None-Match": '"a", W/{etag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"a"', "If-Modified-Since": LATER}, 200),
        ({"If-Modified-Since": LATER}, 304),
        ({"If-Modified-Since": "{date}"}, 304),
        ({"If-Modified-Since": LONG_AGO}, 200),
        ({"If-Modified-Since": "some day"}, 200),
        ({"If-Match": "{etag}", "If-Unmodified-Since": LONG_AGO}, 200),
        ({"If-Match": "W/{etag}"}, 412),
        ({"If-Unmodified-Since": LONG_AGO}, 412),
        ({"If-Unmodified-Since": LATER}, 200),
        ({"Range": "bytes=0-9", "If-Range": "{etag}"}, 206),
        ({"Range": "bytes=0-9", "If-Range": "{date}"}, 206),
        ({"Range": "bytes=0-9", "If-Range": '"a"'}, 200),
        ({"Range": "bytes=0-9", "If-None-Match": "{etag}"}, 304),
    ],
)
async def test_direct_answers_conditional_requests(service: Service, headers: dict[str, str], status: int) -> None:
    path = service.add(rich())
    first = (await service.http.head(service.url(path, "direct"))).headers
    sent = {name: text.format(etag=first["etag"], date=first["last-modified"]) for name, text in headers.items()}
    answer = await service.get(path, "direct", headers=sent)
    assert answer.status_code == status
    assert (answer.headers["etag"], answer.headers["last-modified"]) == (first["etag"], first["last-modified"])
    assert (answer.content == b"") == (status in (304, 412))


async def test_names_that_are_no_utf8_work(service: Service) -> None:
    path = service.add(rich(), "caf\udce9.mkv")
    info = await service.get(path, "info")
    assert info.status_code == 200
    text = info.json()["path"]
    assert text.endswith("caf\uefe9.mkv")
    # Clients encode the text that they were given.
    encoded = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    assert (await service.http.get(f"/video/{encoded}/info")).json() == info.json()
    assert (await service.get(path, "0/original/segment-0.mp4")).status_code == 200
    assert (await service.get(path, "direct")).status_code == 200


@pytest.mark.parametrize(
    ("tail", "status"),
    [
        ("master.m3u8", 400),
        ("0/original/index.m3u8", 400),
        ("0/original/segment-0.mp4", 400),
        ("0/original/init.mp4", 200),
        ("0/9000p/init.mp4", 400),
        ("x/original/init.mp4", 400),
        ("7/original/init.mp4", 404),
        ("audio/7/128k/init.mp4", 404),
        ("audio/0/720p/init.mp4", 400),
        ("0/original/segment-9999.mp4?clientId=a", 404),
        ("0/original/segment-x.mp4?clientId=a", 400),
        ("0/original/other.mp4?clientId=a", 400),
        ("nothing", 404),
    ],
)
async def test_bad_requests_have_their_statuses(service: Service, tail: str, status: int) -> None:
    path = service.add(rich())
    answer = await service.http.get(service.url(path, tail))
    assert answer.status_code == status, answer.text
    if status != 200:
        assert list(answer.json()) == ["errors"]


def token(*permissions: str) -> dict[str, str]:
    claims = {
        "sub": str(uuid4()),
        "sid": str(uuid4()),
        "username": "somebody",
        "permissions": list(permissions),
        "exp": int(time.time()) + 60,
    }
    return {"Authorization": f"Bearer {jwt.encode({'alg': 'HS256'}, claims, OctKey.import_key(SECRET))}"}


async def test_callers_need_core_play(start: Start) -> None:
    verifier = Verifier(SharedSecret(SECRET))
    service = await start(Authentication(verifier, missing_status=401, malformed_status=401))
    path = service.add(rich())
    url = service.url(path, "info")
    assert (await service.http.get("/video/health")).status_code == 200
    assert (await service.http.get(url)).status_code == 401
    assert (await service.http.get(url, headers={"Authorization": "Basic x"})).status_code == 401
    assert (await service.http.get(url, headers={"Authorization": "Bearer x"})).status_code == 403
    assert (await service.http.get(url, headers=token("core.read"))).status_code == 403
    assert (await service.http.get(url, headers=token("core.play"))).status_code == 200
    assert (await service.http.get(service.url(path, "cover.jpg"), headers=token("core.read"))).status_code == 200
    missing = service.url(service.library / "missing.mkv", "info")
    assert (await service.http.get(missing)).status_code == 401
    assert (await service.http.get(missing, headers=token("core.play"))).status_code == 404


async def test_streams_tell_who_watches_what(start: Start) -> None:
    verifier = Verifier(SharedSecret(SECRET))
    service = await start(Authentication(verifier, missing_status=401, malformed_status=401))
    path = service.add(rich())
    headers = token("core.play")
    await service.get(path, "0/original/segment-1.mp4", headers=headers)
    (stream,) = (await service.http.get("/video/streams", headers=headers)).json()
    assert list(stream) == ["path", "sha", "duration", "videos", "audios", "viewers"]
    assert stream["path"] == str(path)
    (viewer,) = stream["viewers"]
    assert viewer["clientId"] == "player"
    assert viewer["profileId"]
    assert viewer["video"] == {"index": 0, "quality": "original", "head": 1}
    assert viewer["audio"] is None
    assert (await service.http.get("/video/streams", headers=token("core.play"))).json() == []
    everything = await service.http.get("/video/streams", headers=token("core.play", "users.read"))
    assert [one["viewers"] for one in everything.json()] == [[viewer]]


async def test_prepare_queues_a_job_for_each_file_that_makes_it_ready(start: Start, database: Database) -> None:
    service = await start()
    one = service.add(rich(), "one.mkv")
    two = service.add(media.movie(seconds=3, size="320x180"), "two.mkv")
    following = service.url(two, "").split("/")[2]
    assert (await service.get(one, "prepare?next=!!")).status_code == 400
    for _ in range(2):
        assert (await service.get(one, f"prepare?next={following}")).status_code == 202
    runtime = service.app.state.context.runtime
    add_tasks(runtime.queue, jobs.blueprint, "transcoder")
    context = create_context(service.settings, runtime)
    await runtime.queue.run_worker_async(
        queues=["probe"], wait=False, additional_context={"transcoder": context}, install_signal_handlers=False
    )
    await context.close()
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from transcoder.media where thumbs_version > 0") == 2
        done = "select count(*) from queue.procrastinate_jobs where status = 'succeeded'"
        assert await fetch_value(connection, done) == 4
