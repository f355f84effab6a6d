"""Encoders: started where they are needed, held back, shared, ended, and honest about their failures."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from tests import media
from tests.integration.transcoder.conftest import Service, Start
from tests.integration.transcoder.hls import Stream
from tests.waiting import until

from kyoo.transcoder.hls.encoder import STUCK


def encoders(parent: int | None = None) -> list[psutil.Process]:
    """Running ffmpeg processes of a process (this one)."""
    found = []
    for child in psutil.Process(parent or os.getpid()).children(recursive=True):
        try:
            if "ffmpeg" in child.name() and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encoders that nobody needs end soon."""
    monkeypatch.setattr("kyoo.transcoder.players.sessions.SWEEP", 0.1)
    monkeypatch.setattr("kyoo.transcoder.players.sessions.RETURN", 0.3)


def long_movie() -> Path:
    return media.movie(name="long.mkv", seconds=120, size="320x180", rate="24", video_options=["-profile:v", "main"])


def slow_movie() -> Path:
    """Slow to encode, so that a test can step in."""
    return media.movie(name="slow.mkv", seconds=12, size="1280x720", gop=96, video_options=["-profile:v", "main"])


async def test_a_segment_is_sent_while_it_is_encoded(start: Start) -> None:
    service = await start(preset="medium")
    path = service.add(slow_movie())
    stream = await Stream(service, path, "0/transcode").open()
    number = len(stream.playlist.segments) - 1
    context = service.app.state.context
    request = asyncio.create_task(stream.piece(number))
    (shared,) = [one for key, one in context.sessions._shared.items() if key.kind == "video"]
    await until(lambda: number in shared.rendition._segments)
    segment = shared.rendition._segments[number]
    await until(lambda: segment.size > 0)
    assert not segment.finished
    await request
    assert segment.finished


async def test_an_encoder_waits_for_its_readers(start: Start) -> None:
    service = await start(encode_ahead=10)
    path = service.add(long_movie())
    stream = await Stream(service, path, "0/transcode").open()
    await stream.piece(0)
    (encoder,) = next(iter(service.app.state.context.sessions._shared.values())).rendition.encoders
    await until(lambda: encoder.is_ahead)
    position = encoder.position
    assert stream.starts[position] < 20
    await asyncio.sleep(0.5)
    assert encoder.position == position
    assert len(encoders()) == 1
    await stream.piece(position)
    await until(lambda: encoder.position > position)


async def test_a_seek_starts_an_encoder_there_and_ends_the_one_left_behind(impatient: None, service: Service) -> None:
    path = service.add(long_movie())
    stream = await Stream(service, path, "0/transcode").open()
    await stream.piece(0)
    piece = await stream.piece(15)
    assert abs(piece.tfdt - stream.starts[15]) < 0.1
    (shared,) = service.app.state.context.sessions._shared.values()
    await until(lambda: [encoder.first for encoder in shared.rendition.encoders] == [15])
    await until(lambda: len(encoders()) == 1)
    (stream_now,) = (await service.http.get("/video/streams")).json()
    runs = [head["startHead"] for head in stream_now["videos"][0]["heads"] if head["isRunning"]]
    assert runs == [15]


async def test_an_encoder_stands_back_for_requests_and_logins(service: Service) -> None:
    stream = await Stream(service, service.add(long_movie()), "0/transcode").open()
    await stream.piece(0)
    (encoder,) = encoders()
    priorities = {os.getpriority(os.PRIO_PROCESS, thread.id) for thread in encoder.threads()}
    # And, now that its first picture is there, for those whose viewers still wait for theirs.
    assert priorities == {min(os.nice(0) + 15, 19)}


async def test_a_first_piece_is_there_after_a_few_pictures_sooner_still_while_many_encode(start: Start) -> None:
    service = await start(preset="veryfast", encode_ahead=1, encoders=4, encoders_per_user=4)
    for number in range(3):
        path = service.add(media.remuxed(long_movie(), f"{number}.mkv", "-metadata", f"title={number}"))
        stream = await Stream(service, path, "0/transcode", client=str(number)).open()
        piece = await stream.piece(0)
        assert piece.fragments[0] <= 3
    commands = [" ".join(encoder.cmdline()) for encoder in encoders()]
    ahead = [int(word) for command in commands for word in re.findall(r"rc-lookahead=(\d+)", command)]
    assert sorted(ahead) == [0, 8, 8]


async def test_a_change_of_quality_ends_the_encoder_left_behind(impatient: None, service: Service) -> None:
    path = service.add(long_movie())
    first = await Stream(service, path, "0/transcode").open()
    await first.piece(0)
    second = await Stream(service, path, "0/original").open()
    await second.piece(1)
    await until(lambda: all("copy" in process.cmdline() for process in encoders()))


async def test_a_silent_client_no_longer_holds_an_encoder(start: Start, impatient: None) -> None:
    service = await start(client_idle=0.3, client_paused=0.3)
    path = service.add(long_movie())
    stream = await Stream(service, path, "0/transcode").open()
    await stream.piece(0)
    assert len(encoders()) == 1
    await until(lambda: not encoders())

    async def none_is_listed() -> bool:
        return bool((await service.http.get("/video/streams")).json() == [])

    await until(none_is_listed)


async def test_a_player_that_reads_every_playlist_starts_one_encoder(service: Service) -> None:
    path = service.add(slow_movie())
    for quality in ("original", "transcode", "480p", "360p", "240p"):
        await service.get(path, f"0/{quality}/index.m3u8")
    (encoder,) = [
        one
        for shared in service.app.state.context.sessions._shared.values()
        for one in shared.rendition.encoders
        if not one.stopping
    ]
    assert encoder.foreseen_for == ("", "player")
    await until(lambda: ["426:240" in " ".join(process.cmdline()) for process in encoders()] == [True])


async def test_the_init_segment_costs_no_segment(service: Service) -> None:
    path = service.add(long_movie())
    answer = await service.http.get(service.url(path, "0/transcode/init.mp4"))
    assert answer.status_code == 200
    assert b"avcC" in answer.content
    await until(lambda: not encoders())
    context = service.app.state.context
    (shared,) = context.sessions._shared.values()
    assert shared.rendition._segments == {}


async def test_a_killed_encoder_is_replaced_at_once(start: Start) -> None:
    service = await start(preset="medium")
    path = service.add(slow_movie())
    stream = await Stream(service, path, "0/transcode").open()
    number = 2
    request = asyncio.create_task(service.get(path, f"0/transcode/segment-{number}.mp4"))
    await until(lambda: any("-ss" in process.cmdline() for process in encoders()))
    victim = next(process for process in encoders() if "-ss" in process.cmdline())
    victim.send_signal(signal.SIGKILL)
    assert (await request).status_code == 200
    await stream.piece(number)


@pytest.mark.exhaustive
async def test_an_encoder_that_is_killed_again_and_again_is_reported(start: Start) -> None:
    service = await start(preset="veryslow")
    path = service.add(slow_movie())
    await service.get(path, "info")

    async def kill() -> None:
        while True:
            for process in encoders():
                process.kill()
            await asyncio.sleep(0.005)

    killing = asyncio.create_task(kill())
    try:
        for number in range(2, 9):
            answer = await service.get(path, f"0/transcode/segment-{number}.mp4")
            # On a busy machine one may live until it has made its segment.
            if answer.status_code != 200:
                break
    finally:
        killing.cancel()
    text = "Encoders are killed on this server: try again in a moment"
    assert (answer.status_code, answer.json()) == (503, {"errors": [text]})
    assert int(answer.headers["retry-after"]) > 0


async def test_an_encoder_that_makes_nothing_is_reported_and_ended(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the disk of its file does not answer."""
    monkeypatch.setattr("kyoo.transcoder.hls.encoder.STUCK", 0.5)
    service = await start(preset="veryslow")
    path = service.add(slow_movie())
    await service.get(path, "info")
    request = asyncio.create_task(service.get(path, "0/transcode/segment-2.mp4"))
    await until(encoders)
    encoders()[0].suspend()
    answer = await request
    assert answer.status_code == 503, answer.text
    assert "could be read or encoded" in answer.json()["errors"][0]
    assert int(answer.headers["retry-after"]) > 0
    await until(lambda: not encoders())


async def test_an_encoder_that_is_gone_is_reported_at_once(service: Service) -> None:
    sessions = service.app.state.context.sessions
    sessions._program = replace(sessions._program, ffmpeg="/nonexistent/ffmpeg")
    path = service.add(media.movie())
    for name in ("0/240p/init.mp4", "0/240p/segment-0.mp4"):
        answer = await service.get(path, name)
        assert answer.status_code == 500
        assert answer.json() == {"errors": ["The encoder cannot be started: No such file or directory"]}


async def test_a_track_that_ffmpeg_gives_up_is_said_so_at_once(service: Service) -> None:
    """With a status that has players stop asking."""
    sessions = service.app.state.context.sessions
    sessions._program = replace(sessions._program, ffmpeg="/bin/false")
    path = service.add(media.movie())
    for name in ("0/240p/init.mp4", "0/240p/segment-0.mp4", "audio/0/128k/segment-0.mp4"):
        async with asyncio.timeout(STUCK / 2):
            answer = await service.get(path, name)
        assert answer.status_code == 422
        assert answer.json() == {"errors": ["This track is damaged here, or of a kind that cannot be played"]}


async def test_a_truncated_file_plays_as_far_as_it_goes(service: Service) -> None:
    whole = media.remuxed(long_movie(), "long.mp4", "-movflags", "+faststart").read_bytes()
    path = service.library / "cut.mp4"
    path.write_bytes(whole[: len(whole) * 2 // 5])
    stream = await Stream(service, path, "0/original").open()
    assert (await stream.piece(2)).samples > 0
    last = len(stream.playlist.segments) - 1
    async with asyncio.timeout(STUCK / 2):
        assert (await stream.piece(last)).samples > 0
        answer = await service.get(path, f"0/original/segment-{last + 1}.mp4")
    assert answer.status_code == 404


async def test_files_that_are_no_media_give_a_stub_and_never_hang(service: Service) -> None:
    hostile = {
        "empty.mkv": b"",
        "noise.mkv": os.urandom(200_000),
        "playlist.mp4": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        "concat.mkv": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "head.mp4": media.movie(name="movie.mp4").read_bytes()[:2000],
    }
    for name, content in hostile.items():
        path = service.library / name
        path.write_bytes(content)
        info = await service.get(path, "info")
        assert info.status_code == 200
        body = info.json()
        assert body["versions"]["info"] == -1
        assert (body["duration"], body["container"], body["mimeCodec"], body["videos"]) == (0, None, None, [])
        assert len(body["sha"]) == 40
        assert (await service.get(path, "master.m3u8")).status_code == 422


async def test_a_full_cache_forgets_the_oldest_and_a_full_disk_changes_nothing(start: Start) -> None:
    service = await start(cache_limit=300_000)
    path = service.add(long_movie())
    stream = await Stream(service, path, "0/original").open()
    before = [await stream.piece(number) for number in range(8)]
    folder = service.app.state.context.scratch.folder
    await until(lambda: sum(file.stat().st_size for file in folder.glob("*.mp4")) <= 300_000)
    again = [await stream.piece(number) for number in range(8)]
    assert [piece.data[-1000:] for piece in before] == [piece.data[-1000:] for piece in again]


async def test_scratch_that_cannot_be_written_does_not_stop_playback(start: Start, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    service = await start(cache_root=blocked)
    path = service.add(media.movie())
    stream = await Stream(service, path, "0/original").open()
    assert len(await stream.pieces()) == len(stream.playlist.segments)


SERVER = """
import asyncio, sys
from pathlib import Path
from kyoo.transcoder.ffmpeg import commands
from kyoo.transcoder.hls.cutting import Cutting
from kyoo.transcoder.hls.encoder import Encoder
from kyoo.transcoder.hls.ladder import video_rendition
from kyoo.transcoder.libav.pool import InspectionPool
from kyoo.transcoder.models.media import Probed
from kyoo.transcoder.ffmpeg.running import Ffmpeg
from kyoo.transcoder.hls.timeline import encoded_timeline

class Sink:
    def on_init(self, init): pass
    def on_begin(self, encoder, number): return True
    def on_piece(self, number, piece): print("piece", flush=True)
    async def on_finish(self, number): pass
    def on_end(self, encoder, error): pass
    def has_readers(self, encoder): return True

async def main():
    path = Path(sys.argv[1])
    looks = InspectionPool(1, memory=4 << 30)
    media = Probed.model_validate_json(await looks.run("probe", path, 30, content_id="x", patience=30)).media
    track = media.videos[0]
    timeline = encoded_timeline(track, copyable=True)
    program = commands.Program(sys.argv[2], "medium")
    runner = Ffmpeg(program.ffmpeg, memory=16 << 30)
    launch = lambda lead: runner.start(commands.video_arguments(
        program, media, track, video_rendition(track, "transcode"), commands.Cut(timeline, 0, lead)), path)
    encoder = Encoder(launch, Cutting(timeline, 0.0, is_video=True), 0, Sink())
    encoder.start()
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.exhaustive
async def test_no_encoder_outlives_a_killed_server() -> None:
    """It is held back by then, so that nothing but the broken pipe can tell it."""
    command = [sys.executable, "-c", SERVER, str(slow_movie()), media.ffmpeg()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        await asyncio.to_thread(server.stdout.readline)
        children = encoders(server.pid)
        assert len(children) == 1
        server.kill()
    await until(lambda: not psutil.pid_exists(children[0].pid) or children[0].status() == psutil.STATUS_ZOMBIE)
