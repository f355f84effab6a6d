"""Pictures from outside: bounds before decoding, smaller copies without metadata, blurhash. Runs in the caged processes
of `rendering.py`, which have this module and cannot load another.

A header costs nothing to read, a decoder believes it: how large a picture may be is decided in between."""

from __future__ import annotations

import importlib
import io
import json
import os
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from blurhash import encode
from PIL import Image, ImageOps

from kyoo.core.pictures.copies import FORMATS, Bounds, Box, Copies, PictureError

#: What Pillow loads when it first needs it.
for plugin in (
    *(f"{name.title()}ImagePlugin" for name in ("Jpeg", "Png", "Gif", "Bmp", "Avif", "Tiff")),
    "WebPImagePlugin",
):
    importlib.import_module(f"PIL.{plugin}")
Image.preinit()


def copies(data: bytes, boxes: Sequence[Box], bounds: Bounds, formats: Iterable[str] = FORMATS) -> Copies:
    """The picture (of an animation the first), upright, in each of `boxes`, no metadata. Raises PictureError."""
    picture = _decoded(data, Box(max(box.width for box in boxes), max(box.height for box in boxes)), bounds, formats)
    encoded: dict[tuple[int, int], bytes] = {}
    files: dict[Box, bytes] = {}
    for box in sorted(boxes, reverse=True):
        picture = _within(picture, box)
        if picture.size not in encoded:
            encoded[picture.size] = _webp(picture)
        files[box] = encoded[picture.size]
    return Copies(blurhash(_flat(_within(picture, Box(32, 32)))), [files[box] for box in boxes])


def jpeg(webp: bytes) -> bytes:
    """One of our WebP files as JPEG, for the rare client that cannot show WebP; transparency becomes black."""
    with Image.open(io.BytesIO(webp), formats=("WEBP",)) as picture:
        output = io.BytesIO()
        _flat(picture).save(output, "JPEG", quality=85, progressive=True)
        return output.getvalue()


def _decoded(data: bytes, box: Box, bounds: Bounds, formats: Iterable[str]) -> Image.Image:
    """A picture at least as large as `box`, if it is. Raises PictureError."""
    try:
        with Image.open(io.BytesIO(data), formats=tuple(formats)) as opened:
            bounds.check(*opened.size)
            # A JPEG can be decoded at a fraction of its size, which is most of the time of a large poster.
            opened.draft("RGB", box)
            opened.load()
            # The first frame of a GIF can be larger than the picture it is part of.
            bounds.check(*opened.size)
            picture = ImageOps.exif_transpose(opened)
            if picture.mode.startswith("I"):  # greys of 16 bits, of which Pillow takes all but the darkest for white
                picture = picture.convert("I").point(lambda grey: grey / 257).convert("L")
            return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("The picture is too large") from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, struct.error) as error:
        # Pillow's words have addresses of objects in them.
        raise PictureError("Not a picture that can be read") from error


def _within(picture: Image.Image, box: Box) -> Image.Image:
    """`picture` made smaller until it fits; a side has one pixel at least."""
    scale = min(box.width / picture.width, box.height / picture.height)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _webp(picture: Image.Image) -> bytes:
    """Of what a file said about itself only the pixels are left: Pillow writes no metadata that it is not given."""
    output = io.BytesIO()
    picture.save(output, "WEBP", quality=80, method=2)
    return output.getvalue()


def _flat(picture: Image.Image) -> Image.Image:
    """`picture` as RGB, on black where it is transparent."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    rgba = picture.convert("RGBA")
    flat = Image.new("RGB", rgba.size)
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat


def blurhash(picture: Image.Image) -> str:
    """The blurhash (https://blurha.sh) of a small RGB picture, of 4 × 3 components."""
    data, line = picture.tobytes(), 3 * picture.width
    rows = [[data[at : at + 3] for at in range(start, start + line, 3)] for start in range(0, len(data), line)]
    found: str = encode(rows, 4, 3)
    return found


def _call_copies(arguments: dict[str, Any], descriptors: list[int]) -> bytes:
    """A line of JSON, with the lengths of the files that follow or with the reason why there are none."""
    boxes = [Box(*box) for box in arguments["boxes"]]
    try:
        made = copies(_read(descriptors), boxes, Bounds(*arguments["bounds"]), arguments["formats"])
    except PictureError as error:
        return json.dumps({"problem": str(error)}).encode() + b"\n"
    head = {"blurhash": made.blurhash, "lengths": [len(file) for file in made.files]}
    return json.dumps(head).encode() + b"\n" + b"".join(made.files)


def _call_jpeg(_arguments: dict[str, Any], descriptors: list[int]) -> bytes:
    return jpeg(_read(descriptors))


def _read(descriptors: list[int]) -> bytes:
    with os.fdopen(descriptors[0], "rb") as file:
        file.seek(0)
        return file.read()


CALLS = {"copies": _call_copies, "jpeg": _call_jpeg}
