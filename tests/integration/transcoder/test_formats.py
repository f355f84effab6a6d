"""What a player is offered for files of every kind, and that it plays."""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from itertools import pairwise
from pathlib import Path

import av
import m3u8
import pytest
from tests import media
from tests.fakes.serving import served
from tests.integration.transcoder.conftest import Service
from tests.integration.transcoder.hls import Stream, decoded
from tests.integration.transcoder.test_pictures import half_red
from tests.samples import sampled


async def qualities(service: Service, path: Path) -> list[str]:
    answer = await service.get(path, "master.m3u8")
    assert answer.status_code == 200, answer.text
    return [variant.uri.split("/")[1] for variant in m3u8.loads(answer.text).playlists]


async def seamless(stream: Stream, tolerance: float = 0.05) -> list[int]:
    """Every segment joins the next; the number of samples of each."""
    pieces = await stream.pieces()
    for before, after in pairwise(pieces):
        assert before.end == pytest.approx(after.start, abs=tolerance)
    assert all(piece.begins_with_sync for piece in pieces)
    return [piece.samples for piece in pieces]


async def test_what_browsers_cannot_be_given_is_only_offered_encoded(service: Service) -> None:
    path = service.add(
        media.movie(name="old.avi", codec="mpeg4", seconds=6, size="320x240", audios=[media.Audio("libmp3lame")])
    )
    assert await qualities(service, path) == ["transcode"]
    stream = await Stream(service, path, "0/transcode").open()
    assert stream.starts[:3] == [0, 1, 2]
    assert sum(await seamless(stream)) == 6 * 24
    assert sum(await seamless(await Stream(service, path, "audio/0/original").open())) > 200


@pytest.mark.parametrize(
    ("name", "codec", "options", "prefix", "tag"),
    [
        ("new.mkv", "libx265", [], "hvc1.1.4.L", b"hvc1"),
        ("new.webm", "libvpx-vp9", ["-deadline", "realtime", "-cpu-used", "8"], "vp09.00.", b"vp09"),
        ("new.mp4", "libsvtav1", ["-preset", "12", "-svtav1-params", "keyint=48"], "av01.0.", b"av01"),
    ],
)
async def test_modern_codecs_are_copied_with_their_own_tag(
    service: Service, name: str, codec: str, options: list[str], prefix: str, tag: bytes
) -> None:
    audio = media.Audio("libopus") if name.endswith("webm") else media.Audio()
    path = service.add(
        media.movie(name=name, codec=codec, seconds=6, size="320x240", audios=[audio], video_options=options)
    )
    assert (await qualities(service, path))[0] == "original"
    master = m3u8.loads((await service.get(path, "master.m3u8")).text)
    assert master.playlists[0].stream_info.codecs.startswith(prefix)
    stream = await Stream(service, path, "0/original").open()
    assert tag in stream.init
    assert sum(await seamless(stream)) == 6 * 24
    if tag in {b"av01", b"vp09"}:
        # GStreamer drops pictures of fragments that begin without a keyframe.
        assert {piece.data.count(b"moof") for piece in await stream.pieces()} == {1}
    # For a player that changes quality an encoder starts at the keyframe of an open group.
    other = Stream(service, path, "0/transcode", client="another")
    assert sum(await seamless(await other.open())) == 6 * 24


async def test_sound_alone_is_playable(service: Service, tmp_path: Path) -> None:
    path = service.add(media.movie(name="song.flac", videos=0, seconds=9, audios=[media.Audio("flac", rate=44_100)]))
    master = m3u8.loads((await service.get(path, "master.m3u8")).text)
    assert master.playlists[0].uri.split("/")[2] == "original"
    assert all(not variant.stream_info.resolution for variant in master.playlists)
    assert {variant.stream_info.codecs for variant in master.playlists} == {"fLaC", "mp4a.40.2"}
    for where in ("audio/0/original", "audio/0/128k"):
        stream = await Stream(service, path, where).open()
        pieces = await stream.pieces()
        assert decoded(stream.init, pieces, tmp_path)[1] == ""
        assert pieces[-1].end == pytest.approx(9, abs=0.1)


async def test_a_film_without_sound_announces_none(service: Service) -> None:
    path = service.add(media.movie(name="silent.mp4", audios=[], seconds=6))
    master = m3u8.loads((await service.get(path, "master.m3u8")).text)
    assert master.media == []
    for variant in master.playlists:
        assert "mp4a" not in variant.stream_info.codecs
        assert variant.stream_info.audio is None


async def test_several_video_tracks_do_not_overwrite_each_other(service: Service) -> None:
    path = service.add(media.movie(name="two.mkv", videos=2, seconds=6, size="320x240"))
    answer = (await service.get(path, "master.m3u8")).text
    tracks = [medium for medium in m3u8.loads(answer).media if medium.type == "VIDEO"]
    assert [(one.default, bool(one.uri)) for one in tracks] == [("YES", False), ("NO", True)]
    first = await Stream(service, path, "0/original").open()
    second = await Stream(service, path, "1/original").open()
    assert (await first.piece(0)).data != (await second.piece(0)).data


@pytest.mark.parametrize("turn", ["90", "270"])
async def test_a_turned_film_is_encoded_upright(service: Service, tmp_path: Path, turn: str) -> None:
    path = service.add(half_red(f"turned{turn}.mp4", "-display_rotation", turn))
    stream = await Stream(service, path, "0/240p").open()
    (tmp_path / "turned.mp4").write_bytes(stream.init + (await stream.piece(0)).data)
    picture = tmp_path / "turned.ppm"
    command = [media.ffmpeg(), "-v", "error", "-i", str(tmp_path / "turned.mp4"), "-frames:v", "1", str(picture)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    _, size, _, pixels = picture.read_bytes().split(b"\n", 3)
    assert size == b"120 240"
    left = pixels[3 * 120 * 100 + 3 * 10]
    assert (left > 200) == (turn == "90")


async def test_hdr_is_tone_mapped_and_odd_sizes_are_evened(service: Service, tmp_path: Path) -> None:
    params = "log-level=error:keyint=24:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    path = service.add(
        media.movie(
            name="hdr.mkv",
            seconds=3,
            size="321x181",
            codec="libx265",
            pixel_format="yuv444p10le",
            video_options=["-x265-params", params],
            output_options=["-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc"],
        )
    )
    stream = await Stream(service, path, "0/transcode").open()
    pieces = await stream.pieces()
    assert decoded(stream.init, pieces, tmp_path) == (72, "")
    command = [media.ffmpeg(), "-i", str(tmp_path / "joined.mp4")]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert "yuv420p(tv, bt709" in shown
    assert "320x180" in shown or "320x182" in shown


@pytest.mark.parametrize(
    ("size", "rate", "where", "pictures"),
    sampled(
        [
            *[("720x576", "50", "0/480p", 50), ("720x576", "50", "0/transcode", 50), ("720x576", "50", "0/360p", 25)],
            *[("720x480", "60000/1001", "0/transcode", 60), ("352x288", "50", "0/transcode", 50)],
        ],
        lambda case: case[2] in {"0/480p", "0/360p"},
    ),
)
async def test_interlaced_motion_stays_smooth(
    service: Service, tmp_path: Path, size: str, rate: str, where: str, pictures: int
) -> None:
    """Each field becomes a picture, unlike the one before, from 480 lines on and in the source's own size."""
    options = ["-vf", "interlace", "-flags", "+ilme+ildct", "-b:v", "3M"]
    source = media.movie(name="fields.ts", codec="mpeg2video", seconds=4, size=size, rate=rate, video_options=options)
    path = service.add(source)
    master = m3u8.loads((await service.get(path, "master.m3u8")).text)
    told = next(one for one in master.playlists if one.uri.startswith(where)).stream_info.frame_rate
    assert told == pytest.approx(pictures, abs=0.1)
    stream = await Stream(service, path, where).open()
    assert sum(await seamless(stream)) == pytest.approx(4 * told, abs=2)
    file = tmp_path / "fields.mp4"
    file.write_bytes(stream.init + b"".join(piece.data for piece in await stream.pieces()))
    with av.open(str(file)) as container:
        frames = [frame.to_ndarray(format="gray").astype(int) for frame in container.decode(video=0)]
    moved = [abs(after - before).mean() for before, after in pairwise(frames)]
    assert sum(change > 0.3 for change in moved) > len(moved) * 0.95


@pytest.mark.parametrize("container", sampled(["mkv", "ts"], "mkv".__eq__))
async def test_ffmpeg_plays_the_master_playlist_completely(service: Service, container: str) -> None:
    made = media.movie(video_options=["-profile:v", "main"])
    path = service.add(made if container == "mkv" else media.remuxed(made, "movie.ts"))
    async with served(service.app, lifespan="off") as origin:
        url = f"{origin}{service.url(path, 'master.m3u8?clientId=ffmpeg')}"
        command = [*(media.ffmpeg(), "-nostdin", "-v", "error", "-i", url), *("-map", "0", "-f", "framecrc", "-")]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        output, complaints = await process.communicate()
        assert complaints.decode() == ""
        lines = [line.split(b",") for line in output.splitlines()]
        counts = Counter(int(line[0]) for line in lines if not line[0].startswith(b"#"))
        lengths: Counter[int] = Counter()
        for line in lines:
            if not line[0].startswith(b"#"):
                lengths[int(line[0])] += int(line[3])
        media_types = {
            int(line.split()[1].rstrip(b":")): line.split()[2]
            for line in output.splitlines()
            if line.startswith(b"#media_type")
        }
        video = [index for index, kind in media_types.items() if kind == b"video"]
        audio = [index for index, kind in media_types.items() if kind == b"audio"]
        assert [counts[index] for index in video] == [12 * 24] * 3
        assert [lengths[index] / 48_000 for index in audio] == pytest.approx([12] * len(audio), abs=0.15)
