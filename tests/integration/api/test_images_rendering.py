"""What is kept of a picture: widths, formats, blurhash; and what is refused."""

from __future__ import annotations

import io
import struct
import zlib

import blurhash
import numpy as np
import pytest
from PIL import Image

from kyoo.api import images
from kyoo.api.images import ImageError, render, to_jpeg


def picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A smooth picture of many colours."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [x * 255 // max(1, width - 1), y * 255 // max(1, height - 1), (x + y) % 256, x * 0 + 128]
    return Image.fromarray(np.stack(channels[: len(mode)], axis=-1).astype(np.uint8), mode=None)


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    output = io.BytesIO()
    image.save(output, kind)
    return output.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP"])
def test_three_widths_of_a_large_picture_keep_its_shape(kind: str) -> None:
    rendered = render(encoded(picture(2000, 3000), kind))
    sizes = {quality: opened(data).size for quality, data in rendered.files.items()}
    assert sizes == {"low": (320, 480), "medium": (640, 960), "high": (1280, 1920)}
    assert {opened(data).format for data in rendered.files.values()} == {"WEBP"}


def test_small_pictures_are_not_enlarged() -> None:
    rendered = render(encoded(picture(400, 100)))
    sizes = {quality: opened(data).size for quality, data in rendered.files.items()}
    assert sizes == {"low": (320, 80), "medium": (400, 100), "high": (400, 100)}


def test_the_blurhash_is_that_of_the_published_algorithm() -> None:
    small = picture(32, 18)
    assert images.blurhash(small) == blurhash.encode(np.array(small), 4, 3)
    assert blurhash.components(render(encoded(picture(900, 500))).blurhash) == (4, 3)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 10, 10)])
def test_one_colour_has_a_blurhash_too(colour: tuple[int, int, int]) -> None:
    plain = Image.new("RGB", (1, 1), colour)
    assert images.blurhash(plain)[:6] == blurhash.encode(np.array(plain), 4, 3)[:6]


def test_transparency_is_kept_and_becomes_black_in_a_jpeg() -> None:
    logo = Image.new("RGBA", (500, 200), (255, 0, 0, 0))
    webp = render(encoded(logo)).files["high"]
    assert opened(webp).has_transparency_data
    jpeg = opened(to_jpeg(webp))
    assert jpeg.format == "JPEG"
    assert max(jpeg.convert("RGB").getpixel((10, 10))) < 8  # type: ignore[arg-type]


def test_the_rotation_of_a_photo_is_applied() -> None:
    output = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    picture(600, 300).save(output, "JPEG", exif=exif)
    assert opened(render(output.getvalue()).files["high"]).size == (300, 600)


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 50,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>not found</html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        encoded(picture(900, 900))[:2000],
        encoded(picture(900, 900), "JPEG")[:300],
        bomb(),
        encoded(Image.new("1", (8000, 5001))),
    ],
    ids=["empty", "html", "svg", "truncated png", "truncated jpeg", "bomb", "too many pixels"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ImageError):
        render(data)
