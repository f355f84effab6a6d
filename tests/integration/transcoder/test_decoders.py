"""What a file of the library can make libav open: no other file, no address, and no decoder that films do not need."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests import media
from tests.integration.transcoder.conftest import Start
from tests.integration.transcoder.hls import Stream

from kyoo.transcoder.ffmpeg import commands
from kyoo.transcoder.ffmpeg.decoders import known_demuxers
from kyoo.transcoder.ffmpeg.program import is_safe, version_of
from kyoo.transcoder.ffmpeg.running import Ffmpeg, FfmpegError, UnusableFfmpegError
from kyoo.transcoder.hls.ladder import video_rendition
from kyoo.transcoder.hls.timeline import copied_timeline, encoded_timeline
from kyoo.transcoder.libav.pool import InspectionError, InspectionPool
from kyoo.transcoder.models.media import Media, Probed


@pytest.fixture
async def pool() -> AsyncIterator[InspectionPool]:
    made = InspectionPool(2, memory=4 * 1024**3)
    yield made
    await made.close()


@pytest.fixture
async def runner() -> AsyncIterator[Ffmpeg]:
    made = Ffmpeg(media.ffmpeg(), memory=16 * 1024**3)
    yield made
    await made.close()


async def probed(pool: InspectionPool, path: Path) -> Media:
    found = await pool.run("probe", path, 30, content_id="x", patience=5)
    return Probed.model_validate_json(found).media


#: Files that name others, by which a downloaded "film" read files and reached addresses (CVE-2016-1897, CVE-2016-1898,
#: CVE-2023-6604, CVE-2023-6605).
PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n",
    "hls of encrypted parts": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF:9,\n{target}\n',
    "hls that puts together": "#EXTM3U\n#EXTINF:10,\nconcat:{target}|subfile,,start,0,end,9,,:{target}\n",
    "master": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{target}\n",
    "dash": (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" mediaPresentationDuration="PT9S">'
        '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{target}</BaseURL>'
        '<SegmentBase indexRange="0-1"/></Representation></AdaptationSet></Period></MPD>'
    ),
    "concat": "ffconcat version 1.0\nfile '{target}'\nduration 10\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 33\n",
    "smooth": '<SmoothStreamingMedia MajorVersion="2"><StreamIndex Url="{target}"/></SmoothStreamingMedia>',
    "imf": '<AssetMap xmlns="http://www.smpte-ra.org/schemas/429-9/2007/AM"><Path>{target}</Path></AssetMap>',
    "m3u": "#EXTM3U\n{target}\n",
    "url": "[InternetShortcut]\nURL={target}\n",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
async def test_a_playlist_is_no_film_whatever_its_name(pool: InspectionPool, tmp_path: Path, kind: str) -> None:
    reached = 0

    async def count(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal reached
        reached += 1
        writer.close()

    film = media.movie(seconds=3, size="320x180")
    secret = tmp_path / "secret.mkv"
    secret.write_bytes(film.read_bytes())
    async with await asyncio.start_server(count, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        for target in (f"file://{secret}", str(secret), "secret.mkv", f"http://127.0.0.1:{port}/x.mp4"):
            for name in ("film.mkv", "film.mp4", "film.ts"):
                path = tmp_path / name
                path.write_text(PLAYLISTS[kind].format(target=target))
                with pytest.raises(InspectionError):
                    await pool.run("probe", path, 30, content_id="x", patience=5)
        server.close()
    assert reached == 0


async def test_a_lie_about_the_container_opens_no_playlist(
    runner: Ffmpeg, pool: InspectionPool, tmp_path: Path
) -> None:
    """Whoever ran code in a probe decides what it answers."""
    known = await probed(pool, media.movie(seconds=3, size="320x180"))
    path = tmp_path / "film.mkv"
    path.write_text(PLAYLISTS["hls"].format(target="file:///etc/passwd"))
    for formats in ("hls", "hls,applehttp", "concat,matroska,webm", ""):
        forged = known.model_copy(update={"formats": formats})
        track = forged.videos[0]
        command = commands.video_arguments(
            commands.Program(media.ffmpeg(), "ultrafast"),
            forged,
            track,
            video_rendition(track, "original"),
            commands.Cut(copied_timeline(track), 0),
        )
        with pytest.raises(FfmpegError):
            await runner.run(command, 30, path)
    assert known_demuxers("hls,matroska,webm,concat") == "matroska,webm"


async def test_a_codec_that_films_do_not_need_is_not_decoded(
    start: Start, runner: Ffmpeg, pool: InspectionPool
) -> None:
    """CVE-2026-8461: a file in MagicYUV ran code by being scanned."""
    service = await start()
    made = media.movie(name="studio.mkv", seconds=2, size="320x180", codec="magicyuv")
    path = service.add(made)
    refused = await service.get(path, "master.m3u8")
    assert refused.status_code == 422
    assert refused.json() == {"errors": ["The file cannot be read as media: unsupported codec: magicyuv"]}
    assert (await service.get(path, "info")).json()["versions"]["info"] == -1
    opened = InspectionPool(1, memory=4 * 1024**3, decoders=["magicyuv"])
    try:
        known = await probed(opened, path)
        assert known.videos[0].codec == "magicyuv"
        track = known.videos[0]
        timeline = encoded_timeline(track, copyable=False)
        for decoders, plays in ((("magicyuv",), True), ((), False)):
            program = commands.Program(media.ffmpeg(), "ultrafast", decoders)
            rendition = video_rendition(track, "transcode")
            command = commands.video_arguments(program, known, track, rendition, commands.Cut(timeline, 0))
            if plays:
                await runner.run(command, 60, path)
            else:
                with pytest.raises(FfmpegError):
                    await runner.run(command, 60, path)
        # Nor for a picture, whatever is believed to be known of the file.
        assert await opened.run("cover", path, 30, media=known.model_dump(mode="json"))
        with pytest.raises(InspectionError, match="unsupported codec: magicyuv"):
            await pool.run("cover", path, 30, media=known.model_dump(mode="json"))
    finally:
        await opened.close()


async def test_a_track_in_a_closed_codec_is_left_out(start: Start) -> None:
    service = await start()
    two = media.movie(name="two.mkv", seconds=2, size="320x180", videos=2, video_options=["-c:v:1", "magicyuv"])
    path = service.add(two)
    info = (await service.get(path, "info")).json()
    assert [track["codec"] for track in info["videos"]] == ["h264"]
    assert len(info["audios"]) == 1
    assert await (await Stream(service, path, "0/original").open()).pieces()


#: Encoder of the picture, encoder of the sound, container: what people have on their disks.
REAL = [
    ("libx264", "aac", "mp4", []),
    ("libx265", "eac3", "mkv", []),
    ("libsvtav1", "libopus", "mkv", ["-preset", "12"]),
    ("libvpx", "libvorbis", "webm", ["-deadline", "realtime"]),
    ("libvpx-vp9", "libopus", "webm", ["-deadline", "realtime", "-cpu-used", "8"]),
    ("mpeg1video", "mp2", "mpg", []),
    ("mpeg2video", "ac3", "ts", []),
    ("mpeg4", "libmp3lame", "avi", []),
    ("libxvid", "adpcm_ms", "avi", []),
    ("msmpeg4v2", "pcm_s16le", "avi", []),
    ("msmpeg4", "wmav1", "asf", []),
    ("wmv1", "wmav2", "wmv", []),
    ("wmv2", "wmav2", "wmv", []),
    ("libtheora", "flac", "ogv", []),
    ("mjpeg", "pcm_u8", "avi", ["-pix_fmt", "yuvj420p"]),
    ("prores_ks", "pcm_s24le", "mov", ["-pix_fmt", "yuv422p10le"]),
    ("dnxhd", "alac", "mov", ["-profile:v", "dnxhr_lb", "-pix_fmt", "yuv422p"]),
    ("ffv1", "dca", "mkv", []),
    ("flv", "nellymoser", "flv", []),
    ("rv10", "ac3", "rm", []),
    ("svq1", "adpcm_ima_qt", "mov", ["-pix_fmt", "yuv410p"]),
    ("h263p", "truehd", "mkv", []),
    ("cinepak", "pcm_mulaw", "avi", ["-pix_fmt", "rgb24"]),
    ("qtrle", "pcm_s16be", "mov", ["-pix_fmt", "rgb24"]),
    ("msvideo1", "wavpack", "mkv", ["-pix_fmt", "rgb555le"]),
    ("rawvideo", "tta", "mkv", []),
]


#: Sizes that they are limited to; Cinepak takes ten seconds to encode a second of the usual one.
SIZES = {"rv10": "352x288", "h263p": "352x288", "cinepak": "96x64"}


async def test_what_people_have_is_decoded(pool: InspectionPool) -> None:
    async def check(video: str, audio: str, container: str, options: list[str]) -> str | None:
        codec_options = [*options, *(["-s", SIZES[video]] if video in SIZES else [])]
        mono = audio == "nellymoser"
        sound = media.Audio(audio, 1 if mono else 2, 44_100 if mono else 48_000, "768k" if audio == "dca" else "128k")
        try:
            path = await asyncio.to_thread(
                media.movie,
                name=f"real.{container}",
                seconds=1,
                size="320x240",
                rate="25",
                codec=video,
                audios=[sound],
                video_options=codec_options,
            )
        except (RuntimeError, subprocess.SubprocessError) as error:
            return f"{video} {audio}: {str(error)[-300:]}"
        found = await probed(pool, path)
        await pool.run("cover", path, 30, media=found.model_dump(mode="json"))
        return None if found.videos and found.audios else f"{video} {audio}: {found.videos} {found.audios}"

    results = [await check(*recipe) for recipe in REAL]
    assert "\n".join(result for result in results if result) == ""


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("4.4.2-0ubuntu0.22.04.1 Copyright (c) 2000-2021", False),
        ("5.1.10-0+deb12u1 Copyright", False),
        ("6.0.1", False),
        ("6.1.5", False),
        ("6.1.6", True),
        ("7.0.9", False),
        ("7.1.4-Jellyfin", False),
        ("n7.1.5-2-gabcdef", True),
        ("8.0", False),
        ("8.0.3", True),
        ("8.1", False),
        ("8.1.1", False),
        ("8.1.2", True),
        ("8.2", True),
        ("n9.0.2-17-g2a571b6068-20260930", True),
        ("10.0", True),
    ],
)
def test_which_versions_are_safe(text: str, safe: bool) -> None:
    version = version_of(text)
    assert version is not None
    assert is_safe(version) is safe


async def test_an_unsafe_ffmpeg_is_refused_at_the_start_in_one_line(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def says(*_: object) -> str:
        return "ffmpeg version 7.1.4-0+deb13u1 Copyright (c) 2000-2025 the FFmpeg developers\nbuilt with gcc\n"

    monkeypatch.setattr(Ffmpeg, "run", says)
    with pytest.raises(UnusableFfmpegError) as refused:
        await start()
    assert "\n" not in refused.value.message
    for part in ("7.1.4", "7.1.5", "8.1.2", "CVE-2026-8461", "KYOO_FFMPEG_CHECK"):
        assert part in refused.value.message
    assert await start(ffmpeg_check=False)
    assert version_of("N-121000-gabcdef0123") is None


@pytest.mark.parametrize("content", ["#!/bin/sh\necho ffmpeg version 9.0.2\n", "no program", None])
async def test_what_is_no_ffmpeg_is_refused_at_the_start(start: Start, tmp_path: Path, content: str | None) -> None:
    program = tmp_path / "ffmpeg"
    if content is not None:
        program.write_text(content)
        program.chmod(0o755)
    with pytest.raises(UnusableFfmpegError) as refused:
        await start(ffmpeg=str(program))
    assert str(program) in refused.value.message


async def test_the_libraries_of_pyav_are_safe(pool: InspectionPool) -> None:
    version = version_of(await pool.version())
    assert version is not None
    assert is_safe(version)


async def test_a_path_that_became_something_else_is_not_waited_for(pool: InspectionPool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "film.mkv")
    with pytest.raises(InspectionError):
        await pool.run("probe", tmp_path / "film.mkv", 30, content_id="x", patience=5)
    with pytest.raises(InspectionError):
        await pool.run("probe", tmp_path / "absent.mkv", 30, content_id="x", patience=5)
