"""Covers and sprites: upright, in shape, with something to see."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import obstore
import pytest
from PIL import Image
from tests import media
from tests.fakes.s3 import Bucket
from tests.integration.transcoder.conftest import Service, Start

from kyoo.core.blobs import open_store


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


async def cover(service: Service, path: Path) -> Image.Image:
    answer = await service.get(path, "cover.jpg")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/jpeg"
    image = opened(answer.content)
    assert image.format == "JPEG"
    return image


def scenes() -> Path:
    """Black, white, blurred grey, then a picture worth showing from 6 to 8 s, then black."""
    parts = [
        "color=black:s=320x180:r=24:d=3[a]",
        "color=white:s=320x180:r=24:d=1.5[b]",
        "gradients=s=320x180:r=24:d=1.5:c0=gray:c1=darkgray:x0=0:x1=320[c]",
        "mandelbrot=s=320x180:r=24,trim=duration=2,setpts=PTS-STARTPTS[d]",
        "color=black:s=320x180:r=24:d=4[e]",
        "[a][b][c][d][e]concat=n=5:v=1,format=yuv420p",
    ]
    arguments = ["-filter_complex", ";".join(parts), "-c:v", "libx264", "-preset", "superfast", "-g", "12"]
    return media.make("scenes.mkv", [*arguments, "-t", "12"])


async def test_a_cover_is_a_frame_worth_looking_at(service: Service) -> None:
    image = await cover(service, service.add(scenes()))
    assert image.size == (320, 180)
    luma = np.asarray(image.convert("L"), dtype=float)
    assert 24 < luma.mean() < 232
    assert luma.std() > 20


async def test_an_embedded_cover_is_preferred(service: Service) -> None:
    picture = media.make("cover.png", ["-f", "lavfi", "-i", "color=red:s=2000x1000", "-frames:v", "1"])
    sound = media.movie(name="sound.m4a", seconds=2, videos=0)
    song = media.make(
        "song.mp4",
        [
            "-i",
            str(sound),
            "-i",
            str(picture),
            "-map",
            "0",
            "-map",
            "1",
            "-c",
            "copy",
            "-disposition:v",
            "attached_pic",
        ],
    )
    path = service.add(song)
    image = await cover(service, path)
    assert image.size == (1280, 640)
    red, green, blue = image.getpixel((10, 10))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60
    info = (await service.get(path, "info")).json()
    assert info["videos"] == []
    assert (await service.get(path, "thumbnails.png")).status_code == 404


@pytest.mark.parametrize("kind", ["png", "jpg"])
async def test_the_cover_that_is_attached_to_a_matroska_file_is_its_picture(service: Service, kind: str) -> None:
    """Matroska's own names of covers: the large upright one before the small one and before what else is attached."""
    plain = media.movie(name="plain.mkv", seconds=2)
    drawn = {
        name: media.make(f"{name}.{kind}", ["-f", "lavfi", "-i", f"color={colour}:s={size}", "-frames:v", "1"])
        for name, colour, size in (
            ("screen", "blue", "320x180"), ("small_cover", "lime", "60x90"), ("cover", "red", "200x300")
        )
    }  # fmt: skip
    mime = f"image/{'jpeg' if kind == 'jpg' else kind}"
    options = [option for path in drawn.values() for option in ("-attach", str(path))]
    options += [option for number in range(3) for option in (f"-metadata:s:t:{number}", f"mimetype={mime}")]
    path = service.add(media.remuxed(plain, f"covered-{kind}.mkv", *options))
    image = await cover(service, path)
    assert image.size == (200, 300)
    red, green, blue = image.getpixel((10, 10))  # type: ignore[misc]
    assert red > 200 > 60 > max(green, blue)
    info = (await service.get(path, "info")).json()
    assert len(info["videos"]) == 1
    assert info["cover"] == service.url(path, "cover.jpg")


async def test_sound_alone_has_no_picture(service: Service) -> None:
    path = service.add(media.movie(name="sound.m4a", seconds=2, videos=0))
    for name in ("cover.jpg", "thumbnails.png", "thumbnails.webp", "thumbnails.vtt"):
        answer = await service.get(path, name)
        assert answer.status_code == 404
        assert "no" in answer.json()["errors"][0]


def half_red(name: str, *options: str) -> Path:
    """320x160, the upper half red, the lower blue."""
    source = "color=red:s=320x80:r=24:d=3[u];color=blue:s=320x80:r=24:d=3[l];[u][l]vstack,format=yuv420p"
    plain = media.make("halves.mp4", ["-filter_complex", source, "-c:v", "libx264", "-preset", "superfast", "-g", "24"])
    return media.make(name, [*options[:2], "-i", str(plain), "-c", "copy", *options[2:]]) if options else plain


@pytest.mark.parametrize(
    ("turn", "red_at", "blue_at"),
    [("90", (20, 160), (140, 160)), ("180", (80, 300), (80, 20)), ("270", (140, 160), (20, 160))],
)
async def test_rotation_is_respected(
    service: Service, turn: str, red_at: tuple[int, int], blue_at: tuple[int, int]
) -> None:
    path = service.add(half_red(f"turned{turn}.mp4", "-display_rotation", turn))
    image = await cover(service, path)
    if turn == "180":
        assert image.size == (320, 160)
        red_at, blue_at = (160, 140), (160, 20)
    else:
        assert image.size == (160, 320)
    red, blue = image.getpixel(red_at), image.getpixel(blue_at)
    assert red[0] > 200 > 60 > red[2]  # type: ignore[index]
    assert blue[2] > 200 > 60 > blue[0]  # type: ignore[index]
    master = (await service.get(path, "master.m3u8")).text
    assert f"RESOLUTION={image.width}x{image.height}" in master


async def test_sample_aspect_ratio_is_respected(service: Service) -> None:
    path = service.add(media.movie(name="wide.mkv", seconds=12, size="360x288", video_options=["-vf", "setsar=64/45"]))
    assert (await cover(service, path)).size == (512, 288)
    assert "RESOLUTION=512x288" in (await service.get(path, "master.m3u8")).text
    assert "RESOLUTION=426x240" in (await service.get(path, "master.m3u8")).text
    index = (await service.get(path, "thumbnails.vtt")).text
    assert index.startswith("WEBVTT")
    assert "00:00:00.000 --> 00:00:10.000" in index
    assert "#xywh=0,0,256,144" in index
    assert f"{service.url(path, 'thumbnails.webp')}#xywh=0,0,256,144" in index
    for kind in ("webp", "png"):
        answer = await service.get(path, f"thumbnails.{kind}")
        assert answer.headers["content-type"] == f"image/{kind}"
        sprite = opened(answer.content)
        assert sprite.format == kind.upper()
        assert sprite.size == (256, 288)
    assert (await service.get(path, "info")).json()["versions"]["thumbs"] == 2


async def test_a_sprite_is_a_tenth_of_the_contracts(service: Service) -> None:
    path = service.add(media.movie(name="long.mkv", seconds=100, size="640x360", rate="2", gop=4,
                                   video_options=["-vf", "noise=alls=12:allf=t"]))  # fmt: skip
    sheets = {kind: (await service.get(path, f"thumbnails.{kind}")).content for kind in ("webp", "png")}
    assert len(sheets["webp"]) * 8 < len(sheets["png"])
    # Of the same pictures.
    first, second = (np.asarray(opened(sheet).convert("L"), dtype=float) for sheet in sheets.values())
    assert abs(first - second).mean() < 8


async def test_hdr_pictures_are_tone_mapped(service: Service) -> None:
    options = ["-x265-params", "log-level=error:keyint=24:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"]
    path = service.add(
        media.movie(
            name="hdr.mkv",
            seconds=3,
            size="320x180",
            codec="libx265",
            pixel_format="yuv420p10le",
            video_options=options,
            output_options=["-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc"],
        )
    )
    image = await cover(service, path)
    luma = np.asarray(image.convert("L"), dtype=float)
    assert 20 < luma.mean() < 235
    info = (await service.get(path, "info")).json()
    assert info["videos"][0]["mimeCodec"].startswith("hvc1.2.4.L")


async def test_what_is_made_of_a_file_is_kept_in_an_object_store(start: Start, bucket: Bucket) -> None:
    service = await start(metadata_root=bucket.url)
    path = service.add(scenes())
    assert (await service.get(path, "cover.jpg")).status_code == 200
    assert (await service.get(path, "thumbnails.png")).status_code == 200
    names = {name.rsplit("/")[-1].split("-")[0]: name for name in bucket.names()}
    assert sorted(names) == ["cover", "thumbs"]
    # Another replica takes what lies there.
    await obstore.put_async(open_store(bucket.url), names["cover"].removeprefix("kyoo/"), b"another picture")
    other = await start(metadata_root=bucket.url)
    assert (await other.get(path, "cover.jpg")).content == b"another picture"
