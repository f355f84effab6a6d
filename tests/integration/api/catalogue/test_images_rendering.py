"""What is kept of a picture: widths, formats, blurhash; and what is refused."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import AsyncIterator, Iterable, Sequence

import blurhash
import numpy as np
import pytest
from PIL import Image
from tests.samples import sampled

from kyoo.api.catalogue import images
from kyoo.api.catalogue.images import ImageError, Rendered
from kyoo.core.pictures import decoding
from kyoo.core.pictures.copies import FORMATS, Bounds, Box, Copies, PictureError
from kyoo.core.pictures.rendering import PictureSettings, Renderer


class Here(Renderer):
    """Without processes: they take longer to start than all of these pictures. Below are tests of the real one."""

    async def copies(self, data: bytes, boxes: Sequence[Box], formats: Iterable[str] = FORMATS) -> Copies:
        return decoding.copies(data, boxes, Bounds(self._settings.pixels, self._settings.side), formats)


async def render(data: bytes) -> Rendered:
    return await images.render(Here(), data)


@pytest.fixture
async def renderer() -> AsyncIterator[Renderer]:
    made = Renderer()
    yield made
    await made.close()


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


@pytest.mark.parametrize("kind", sampled(["JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP"], {"JPEG", "WEBP"}.__contains__))
async def test_three_widths_of_a_large_picture_keep_its_shape(kind: str) -> None:
    rendered = await render(encoded(picture(2000, 3000), kind))
    sizes = {quality: opened(data).size for quality, data in rendered.files.items()}
    assert sizes == {"low": (320, 480), "medium": (640, 960), "high": (1280, 1920)}
    assert {opened(data).format for data in rendered.files.values()} == {"WEBP"}


GREY = Image.fromarray(np.full((90, 60), 51 * 257, np.uint16))
RED = Image.new("RGB", (60, 90), (200, 30, 40))
BLUE = Image.new("RGB", (60, 90), (0, 0, 200))


def moving(kind: str) -> bytes:
    output = io.BytesIO()
    RED.save(output, kind, save_all=True, append_images=[BLUE, BLUE])
    return output.getvalue()


@pytest.mark.parametrize(
    ("data", "colour"),
    [
        (encoded(RED.convert("CMYK"), "JPEG"), (200, 30, 40)),
        (encoded(RED.convert("CMYK"), "JPEG").replace(b"Adobe", b"Xdobe"), (200, 30, 40)),
        (encoded(GREY), (51, 51, 51)),
        (encoded(RED.quantize(2)), (200, 30, 40)),
        (encoded(RED.convert("LA")), (82, 82, 82)),
        (moving("WEBP"), (200, 30, 40)),
        (moving("AVIF"), (200, 30, 40)),
        (moving("PNG"), (200, 30, 40)),
        (moving("GIF"), (200, 30, 40)),
    ],
    ids=["cmyk", "cmyk of a stranger", "16 bits", "palette", "grey with alpha", "webp", "avif", "apng", "gif"],
)
async def test_colours_are_right_whatever_says_them(data: bytes, colour: tuple[int, int, int]) -> None:
    shown = opened((await render(data)).files["low"]).convert("RGB").getpixel((20, 20))
    assert shown == pytest.approx(colour, abs=8)


async def test_small_pictures_are_not_enlarged() -> None:
    rendered = await render(encoded(picture(400, 100)))
    sizes = {quality: opened(data).size for quality, data in rendered.files.items()}
    assert sizes == {"low": (320, 80), "medium": (400, 100), "high": (400, 100)}


async def test_the_blurhash_is_that_of_the_picture() -> None:
    small = picture(32, 18)
    assert (await render(encoded(small))).blurhash == blurhash.encode(np.array(small), 4, 3)
    assert blurhash.components((await render(encoded(picture(900, 500)))).blurhash) == (4, 3)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 10, 10)])
async def test_one_colour_has_a_blurhash_too(colour: tuple[int, int, int]) -> None:
    plain = Image.new("RGB", (1, 1), colour)
    assert (await render(encoded(plain))).blurhash == blurhash.encode(np.array(plain), 4, 3)


async def test_transparency_is_kept_and_becomes_black_in_a_jpeg() -> None:
    logo = Image.new("RGBA", (500, 200), (255, 0, 0, 0))
    webp = (await render(encoded(logo))).files["high"]
    assert opened(webp).has_transparency_data
    jpeg = opened(decoding.jpeg(webp))
    assert jpeg.format == "JPEG"
    assert max(jpeg.convert("RGB").getpixel((10, 10))) < 8  # type: ignore[arg-type]


async def test_the_rotation_of_a_photo_is_applied() -> None:
    output = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    picture(600, 300).save(output, "JPEG", exif=exif)
    assert opened((await render(output.getvalue())).files["high"]).size == (300, 600)


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few hundred bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def huge_jpeg(width: int, height: int) -> bytes:
    """A small JPEG that says it is huge."""
    data = bytearray(encoded(Image.new("RGB", (16, 16)), "JPEG"))
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>not found</html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        encoded(picture(900, 900))[:2000],
        encoded(picture(900, 900), "JPEG")[:300],
        encoded(picture(90, 90), "WEBP")[:-90],
        encoded(picture(90, 90), "AVIF")[:-90],
        encoded(picture(90, 90), "GIF")[:-900],
        b"GIF89a" + struct.pack("<HH", 20_000, 20_000) + encoded(RED, "GIF")[10:],
        huge_jpeg(20_000, 20_000),
        bomb(),
        encoded(Image.new("1", (8000, 5001))),
    ],
    ids=[
        "empty",
        "html",
        "svg",
        "truncated png",
        "truncated jpeg",
        "truncated webp",
        "truncated avif",
        "truncated gif",
        "gif bomb",
        "jpeg bomb",
        "bomb",
        "too many pixels",
    ],
)
async def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ImageError):
        await render(data)


@pytest.mark.parametrize("size", [(2, 17_000), (1, 40_000_000), (40_000_000, 1), (17_000, 2000), (9000, 9000)])
async def test_a_picture_that_says_it_is_huge_is_not_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(ImageError, match="too large"):
        await render(bomb(*size))


@pytest.mark.parametrize(
    ("size", "high", "low"),
    [
        ((2, 16_000), (1, 5120), (1, 1280)),
        ((16_000, 1), (1280, 1), (320, 1)),
        ((640, 16_000), (205, 5120), (51, 1280)),
    ],
)
async def test_a_strip_stays_a_picture(size: tuple[int, int], high: tuple[int, int], low: tuple[int, int]) -> None:
    rendered = await render(encoded(Image.new("L", size)))
    assert (opened(rendered.files["high"]).size, opened(rendered.files["low"]).size) == (high, low)


async def test_a_frame_that_is_larger_than_its_picture_is_too_large_too() -> None:
    small = bytearray(encoded(Image.new("P", (9000, 9000)), "GIF"))
    small[6:10] = struct.pack("<HH", 10, 10)
    with pytest.raises(ImageError, match="too large"):
        await render(bytes(small))


async def test_how_large_is_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KYOO_PICTURE_PIXELS", "10000")
    monkeypatch.setenv("KYOO_PICTURE_SIDE", "400")
    renderer = Here(PictureSettings())
    for size, fits in (((100, 100), True), ((101, 100), False), ((400, 10), True), ((401, 10), False)):
        try:
            await images.render(renderer, encoded(Image.new("L", size)))
        except ImageError:
            assert not fits, size
        else:
            assert fits, size


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP"])
async def test_pictures_of_every_kind_are_decoded_in_a_cage(renderer: Renderer, kind: str) -> None:
    """Nothing that Pillow would load later can be loaded there."""
    data = encoded(picture(500, 300), kind)
    boxes = [Box(320, 320), Box(100, 50)]
    made = await renderer.copies(data, boxes)
    assert made == decoding.copies(data, boxes, Bounds(10**6, 1000))
    assert [opened(file).size for file in made.files] == [(320, 192), (83, 50)]
    jpeg = opened(await renderer.jpeg(made.files[0]))
    assert (jpeg.format, jpeg.size) == ("JPEG", (320, 192))


@pytest.mark.parametrize("data", [b"", b"GIF89a", encoded(Image.new("L", (50, 50)))[:60]])
async def test_what_is_no_picture_is_said_in_our_words(renderer: Renderer, data: bytes) -> None:
    with pytest.raises(PictureError, match=r"^Not a picture that can be read$"):
        await renderer.copies(data, [Box(320, 320)])
    with pytest.raises(PictureError, match=r"^Not a picture that can be read$"):
        await renderer.jpeg(data)


async def test_what_a_cage_does_not_survive_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KYOO_PICTURE_SECONDS", "0.001")
    renderer = Renderer()
    with pytest.raises(PictureError, match="too long"):
        await renderer.copies(encoded(picture(500, 300)), [Box(320, 320)])
    await renderer.close()


async def test_a_photo_with_exif_is_turned_in_a_cage_too(renderer: Renderer) -> None:
    output = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (48.0, 12.0, 30.0)}
    picture(600, 300).save(output, "JPEG", exif=exif)
    (file,) = (await renderer.copies(output.getvalue(), [Box(320, 320)])).files
    assert opened(file).size == (160, 320)
