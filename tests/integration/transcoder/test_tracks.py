"""What is said of tracks: bit rates, dynamic range, shape of the picture, cover; and sound of six channels."""

from __future__ import annotations

import struct
from collections import Counter
from pathlib import Path
from typing import Any

import av
import m3u8
import pytest
from tests import media
from tests.integration.transcoder.conftest import Service
from tests.integration.transcoder.hls import Stream

from kyoo.transcoder.libav.dynamics import dolby_vision_profile

PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=12"]
#: Unlike the picture, it cannot be packed well.
NOISE = ["-f", "lavfi", "-i", "nullsrc=size=320x180:rate=24:duration=12,geq=random(1)*255:128:128"]
TONE = ["-f", "lavfi", "-i", "anoisesrc=d=12:r=48000"]
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "48"]


def several(name: str, *options: str) -> Path:
    """Two pictures and two sounds, one of each heavier than the other."""
    maps = [part for number in (0, 1, 2, 2) for part in ("-map", str(number))]
    sound = ["-c:a", "aac", "-b:a:0", "64k", "-b:a:1", "256k"]
    return media.make(name, [*PICTURE, *NOISE, *TONE, *maps, *X264, *sound, *options])


def rates(path: Path) -> list[float]:
    """The true bit rate of each stream."""
    sizes: Counter[int] = Counter()
    with av.open(str(path)) as container:
        for packet in container.demux():
            sizes[packet.stream_index] += packet.size
    return [size * 8 / 12 for _, size in sorted(sizes.items())]


async def info(service: Service, path: Path) -> dict[str, Any]:
    answer = await service.get(path, "info")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("name", ["two.mkv", "two.mp4", "two.ts", "live.mkv"])
async def test_every_track_has_its_own_bit_rate(service: Service, name: str) -> None:
    """Also where the container tells neither rates nor a duration."""
    source = several(name, *(["-live", "1"] if name == "live.mkv" else []))
    path = service.add(source)
    found = await info(service, path)
    told = [track["bitrate"] for track in (*found["videos"], *found["audios"])]
    assert told == pytest.approx(rates(source), rel=0.25)
    assert told[1] > 3 * told[0]
    master = m3u8.loads((await service.get(path, "master.m3u8")).text)
    copied = next(one for one in master.playlists if "/original/" in one.uri)
    assert copied.stream_info.average_bandwidth == pytest.approx(told[0] + max(told[2:]), rel=0.1)
    assert copied.stream_info.bandwidth >= copied.stream_info.average_bandwidth


def graded(name: str, transfer: str, *options: str) -> Path:
    filters = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc"
    codec = ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"]
    source = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=2"]
    return media.make(name, [*source, "-vf", filters, *codec, *options])


@pytest.mark.parametrize(
    ("transfer", "kind", "hdr"),
    [("smpte2084", "PQ", "HDR10"), ("arib-std-b67", "HLG", "HLG"), ("bt709", "SDR", None)],
)
async def test_the_dynamic_range_is_told(service: Service, transfer: str, kind: str, hdr: str | None) -> None:
    path = service.add(graded("graded.mkv", transfer, "-x265-params", "log-level=error"))
    video = (await info(service, path))["videos"][0]
    assert (video["videoRange"], video["hdr"], video["dolbyVisionProfile"]) == (kind, hdr, None)
    text = (await service.get(path, "master.m3u8")).text
    ranges = {variant.uri.split("/")[1]: variant.stream_info.video_range for variant in m3u8.loads(text).playlists}
    assert ranges == {"original": kind, "transcode": "SDR"}
    encoded = await Stream(service, path, "0/transcode").open()
    assert (await encoded.piece(0)).samples


HDR10_PLUS = """{"JSONInfo":{"HDR10plusProfile":"A","Version":"1.0"},"SceneInfo":[{"LuminanceParameters":{"AverageRGB":
100,"LuminanceDistributions":{"DistributionIndex":[1,5,10,25,50,75,90,95,99],"DistributionValues":[3,100,2,50,100,150,
200,250,300]},"MaxScl":[100,100,100]},"NumberOfWindows":1,"TargetedSystemDisplayMaximumLuminance":400,
"SceneFrameIndex":0,"SceneId":0,"SequenceFrameIndex":0}],"SceneInfoSummary":{"SceneFirstFrameIndex":[0],
"SceneFrameNumbers":[1]},"ToolInfo":{"Tool":"x","Version":"1"}}"""


async def test_dynamic_metadata_is_told(service: Service) -> None:
    filters = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
    source = media.make(
        "plus.mkv",
        [
            *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=1", "-vf", filters, "-c:v", "libx265"),
            *("-pix_fmt", "yuv420p10le", "-x265-params", "log-level=error:dhdr10-info=plus.json"),
        ],
        {"plus.json": HDR10_PLUS},
    )
    assert (await info(service, service.add(source)))["videos"][0]["hdr"] == "HDR10+"


@pytest.mark.parametrize(
    ("fields", "profile"),
    [
        ({4: 0, 10: 1}, 5), ({4: 1}, 8), ({4: 1, 15: 1, 13: 12}, 7), ({4: 1, 15: 1, 13: 14}, 4),
        ({4: 1, 15: 1, 16: 1}, 8), ({4: 0}, None), ({4: 9}, None),
    ],
)  # fmt: skip
def test_the_profile_of_dolby_vision(fields: dict[int, int], profile: int | None) -> None:
    header = bytearray(32)
    for place, value in fields.items():
        header[place] = value
    assert dolby_vision_profile(struct.pack("@NNN", 24, 0, 0) + header) == profile
    assert dolby_vision_profile(b"") is None
    assert dolby_vision_profile(struct.pack("@NNN", 2**40, 0, 0)) is None


async def test_the_shape_of_the_picture_is_told_and_kept(service: Service, tmp_path: Path) -> None:
    plain = media.movie(name="plain.mp4", seconds=2, size="352x288", video_options=["-vf", "setsar=16/11"])
    turned = media.make("turned.mp4", ["-display_rotation", "90", "-i", str(plain), "-c", "copy"])
    path = service.add(turned)
    video = (await info(service, path))["videos"][0]
    assert (video["width"], video["height"], video["displayWidth"], video["displayHeight"]) == (352, 288, 288, 512)
    assert (video["rotation"], video["sampleAspectRatio"]) == (90, "16:11")
    shapes = {}
    for where in ("0/original", "0/240p"):
        stream = await Stream(service, path, where).open()
        file = tmp_path / "one.mp4"
        file.write_bytes(stream.init + (await stream.piece(0)).data)
        with av.open(str(file)) as container:
            frame = next(container.decode(video=0))
            aspect = container.streams.video[0].sample_aspect_ratio
            shapes[where] = (frame.width, frame.height, str(aspect), frame.rotation % 360)
    assert shapes == {"0/original": (352, 288, "16/11", 90), "0/240p": (136, 240, "1", 0)}


async def test_the_embedded_cover_is_told(service: Service) -> None:
    plain = media.movie(name="plain.mp4", seconds=2)
    still = media.make("still.jpg", ["-f", "lavfi", "-i", "color=c=red:size=64x64", "-frames:v", "1"])
    options = ["-i", str(plain), "-i", str(still), "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1"]
    with_cover = media.make("cover.mp4", [*options, "attached_pic"])
    path, bare = service.add(with_cover), service.add(plain)
    found = await info(service, path)
    assert len(found["videos"]) == 1
    assert found["cover"] == service.url(path, "cover.jpg")
    answer = await service.http.get(found["cover"])
    assert answer.headers["content-type"] == "image/jpeg"
    assert (await info(service, bare))["cover"] is None


@pytest.mark.parametrize("name", ["tagged.mkv", "tagged.mp4"])
async def test_the_tags_that_say_a_title_are_told(service: Service, name: str) -> None:
    tags = {"title": "The Tide", "show": "Harbour Nights", "season_number": "2", "episode_sort": "3", "artist": "Ada"}
    options = [part for key, value in tags.items() for part in ("-metadata", f"{key}={value}")]
    del tags["artist"]
    path = service.add(media.make(name, [*PICTURE, *X264, "-t", "1", *options]))
    told = (await info(service, path))["tags"]
    assert told == tags


@pytest.mark.parametrize(("codec", "channels"), [("eac3", 6), ("pcm_s16le", 8)])
async def test_sound_of_six_channels_stays_so(service: Service, tmp_path: Path, codec: str, channels: int) -> None:
    source = media.movie(name="wide.mkv", seconds=9, size="320x180", audios=[media.Audio(codec, channels=channels)])
    path = service.add(source)
    stream = await Stream(service, path, "audio/0/surround").open()
    file = tmp_path / "wide.mp4"
    file.write_bytes(stream.init + b"".join(piece.data for piece in await stream.pieces()))
    with av.open(str(file)) as container:
        frames = list(container.decode(audio=0))
    assert {frame.layout.name for frame in frames} == {"5.1"}
    assert sum(frame.samples for frame in frames) / 48_000 == pytest.approx(9, abs=0.1)
    stereo = service.add(media.movie(name="narrow.mkv", seconds=2, size="320x180"))
    for where in ("index.m3u8", "segment-0.mp4"):
        assert (await service.get(stereo, f"audio/0/surround/{where}")).status_code == 404
