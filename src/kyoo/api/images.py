"""Pictures: their ids, the guarded download of a source, the widths kept of it. No SQL, no routes, no store."""

from __future__ import annotations

import asyncio
import hashlib
import io
import math
import struct
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import httpx2
import numpy as np
from PIL import Image, ImageOps

from kyoo.core.public_internet import PublicOnly

Quality = Literal["low", "medium", "high"]
#: WebP is what is stored; JPEG is made for those who ask for it.
Extension = Literal["webp", "jpg"]
EXTENSIONS: tuple[Extension, ...] = ("webp", "jpg")

#: Widths in pixels (api.md §2.1); a smaller picture is never enlarged.
WIDTHS: dict[Quality, int] = {"low": 320, "medium": 640, "high": 1280}

#: What a picture not downloaded yet has for a blurhash (api.md §3).
PENDING_BLURHASH = "000000"

MAX_BYTES = 20 * 1024 * 1024
MAX_SECONDS = 15.0
#: Against decompression bombs: an 8K frame and a little.
MAX_PIXELS = 40_000_000

#: Decoders that may see bytes from outside.
DECODERS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP")

BASE83 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


class ImageError(Exception):
    """The source gives no usable picture; the message is for the operator."""


@dataclass(frozen=True)
class Rendered:
    """`files` holds one WebP per quality; `blurhash` is 4×3."""

    blurhash: str
    files: dict[Quality, bytes]


def own_path(source: str, public_url: str) -> str | None:
    """The root-relative URL of a source of this instance, None for a source elsewhere."""
    if source.startswith("/") and not source.startswith("//"):
        return source
    origin = public_url.rstrip("/")
    return source[len(origin) :] if source.startswith(origin + "/") else None


def image_id(source: str, public_url: str) -> str:
    """sha256, in hex, of the source; of the URL without its origin for one of this instance, which may move."""
    return hashlib.sha256((own_path(source, public_url) or source).encode()).hexdigest()


def file_name(identifier: str, quality: Quality, extension: Extension = "webp") -> str:
    """Where a rendering is in the image store."""
    return f"{identifier}.{quality}.{extension}"


def file_names(identifier: str) -> list[str]:
    """Every file that a picture can have in the image store."""
    return [file_name(identifier, quality, extension) for quality in WIDTHS for extension in EXTENSIONS]


# --- rendering: blocking, run it in a thread ---


def render(data: bytes) -> Rendered:
    """The three widths and the blurhash of a picture in any of DECODERS (first frame). Raises ImageError."""
    picture = _decoded(data, WIDTHS["high"])
    files: dict[Quality, bytes] = {}
    encoded: dict[int, bytes] = {}
    for quality in ("high", "medium", "low"):
        picture = _at_most(picture, WIDTHS[quality])
        if picture.width not in encoded:
            encoded[picture.width] = _webp(picture)
        files[quality] = encoded[picture.width]
    return Rendered(blurhash(_flat(_at_most(picture, 32))), files)


def thumbnail(data: bytes) -> bytes:
    """The smallest width alone, as WebP. Raises ImageError."""
    return _webp(_at_most(_decoded(data, WIDTHS["low"]), WIDTHS["low"]))


def _decoded(data: bytes, width: int) -> Image.Image:
    """A picture at least `width` wide, if it is. Raises ImageError."""
    try:
        with Image.open(io.BytesIO(data), formats=DECODERS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ImageError(f"The picture is too large: {opened.width}×{opened.height}")
            # A JPEG can be decoded at a fraction of its size, which is most of the time of a large poster.
            opened.draft("RGB", (width, width))
            picture = ImageOps.exif_transpose(opened)
            return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        struct.error,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise ImageError(f"Not a picture that can be read: {error}") from error


def to_jpeg(webp: bytes) -> bytes:
    """A stored WebP as JPEG, for the rare client that cannot show WebP; transparency becomes black."""
    with Image.open(io.BytesIO(webp), formats=("WEBP",)) as picture:
        output = io.BytesIO()
        _flat(picture).save(output, "JPEG", quality=85, progressive=True)
        return output.getvalue()


def _at_most(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _webp(picture: Image.Image) -> bytes:
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


def blurhash(picture: Image.Image, across: int = 4, down: int = 3) -> str:
    """The blurhash of a small RGB picture (the published algorithm, https://blurha.sh), as two matrix products."""
    srgb = np.asarray(picture, dtype=np.float64) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    height, width, _ = linear.shape
    rows = np.cos(np.pi * np.outer(np.arange(down), np.arange(height)) / height) / height
    columns = np.cos(np.pi * np.outer(np.arange(across), np.arange(width)) / width) / width
    factors = np.einsum("jy,ix,yxc->jic", rows, columns, linear).reshape(-1, 3)
    average, waves = factors[0], factors[1:] * 2
    strongest = float(np.abs(waves).max()) if waves.size else 0.0
    scale = min(82, max(0, math.floor(strongest * 166 - 0.5)))
    strength = (scale + 1) / 166
    levels = np.floor(np.sign(waves) * np.sqrt(np.abs(waves) / strength) * 9 + 9.5).clip(0, 18).astype(int)
    average = np.clip(average, 0, 1)
    encoded = np.where(average <= 0.0031308, average * 12.92, 1.055 * average ** (1 / 2.4) - 0.055)
    red, green, blue = (encoded * 255 + 0.5).astype(int).tolist()
    return (
        _base83(across - 1 + (down - 1) * 9, 1)
        + _base83(scale, 1)
        + _base83((red << 16) + (green << 8) + blue, 4)
        + "".join(_base83(r * 361 + g * 19 + b, 2) for r, g, b in levels.tolist())
    )


def _base83(value: int, digits: int) -> str:
    return "".join(BASE83[value // 83**place % 83] for place in reversed(range(digits)))


# --- download ---


def outside_client() -> httpx2.AsyncClient:
    """A client for pictures elsewhere on the internet."""
    return httpx2.AsyncClient(
        transport=PublicOnly(),
        headers={"User-Agent": "Kyoo", "Accept": "image/webp, image/*"},
        timeout=httpx2.Timeout(MAX_SECONDS, connect=5),
        follow_redirects=True,
        max_redirects=5,
        trust_env=False,
    )


async def download(source: str, *, public_url: str, peer: httpx2.AsyncClient, outside: httpx2.AsyncClient) -> bytes:
    """The bytes of `source`: through the instance's own gateway for its own URLs, else from the internet.

    Raises ImageError for any status but 200, another type than an image, more than MAX_BYTES or MAX_SECONDS."""
    own = own_path(source, public_url)
    if own is None and urlsplit(source).scheme not in ("http", "https"):
        raise ImageError("Only http and https are fetched")
    client, url = (outside, source) if own is None else (peer, own)
    try:
        async with (
            asyncio.timeout(MAX_SECONDS),
            # The peer's key must not follow a redirect to somewhere else.
            client.stream("GET", url, follow_redirects=own is None) as response,
        ):
            if response.status_code != 200:
                raise ImageError(f"The source answers {response.status_code}")
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            # Object stores serve pictures without knowing their type; the decoder has the last word.
            if (
                kind
                and not kind.startswith("image/")
                and kind not in ("application/octet-stream", "binary/octet-stream")
            ):
                raise ImageError(f"The source is no picture but {kind}")
            return await _limited(response)
    except TimeoutError as error:
        raise ImageError(f"The source takes over {MAX_SECONDS:.0f} s") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise ImageError(str(error) or type(error).__name__) from error


async def _limited(response: httpx2.Response) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > MAX_BYTES:
            raise ImageError(f"The source is over {MAX_BYTES // 1024**2} MB")
    return bytes(data)
