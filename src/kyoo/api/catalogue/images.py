"""Pictures: their ids, the guarded download of a source, the widths kept of it. No SQL, no routes, no store."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import httpx2

from kyoo.core.outside import OutsideSettings, outside_transport
from kyoo.core.pauses import retry_after
from kyoo.core.pictures.copies import Box, Copies, PictureError
from kyoo.core.pictures.rendering import Renderer

Quality = Literal["low", "medium", "high"]
#: WebP is what is stored; JPEG is made for those who ask for it.
Extension = Literal["webp", "jpg"]
EXTENSIONS: tuple[Extension, ...] = ("webp", "jpg")

#: Widths in pixels (docs/protocol/api.md#pictures); a smaller picture is never enlarged.
WIDTHS: dict[Quality, int] = {"low": 320, "medium": 640, "high": 1280}

#: What a picture not downloaded yet has for a blurhash.
PENDING_BLURHASH = "000000"

MAX_BYTES = 20 * 1024 * 1024
MAX_SECONDS = 15.0

#: Seconds that a host over its limit is left alone for if it does not say how long, and at most, whatever it says.
DEFAULT_WAIT, LONGEST_WAIT = 60.0, 3600.0
#: So many failures of a host in a row, and all of its pictures wait for so many seconds.
FAILURES, AWAY_PAUSE = 3, 300.0

#: Heights in widths that a copy may have: far more than a poster (1.5), so that a strip stays a picture.
TALLEST = 4


class ImageError(Exception):
    """The source gives no usable picture; the message is for the operator. `wait`: the seconds for which its host asks
    to be left alone; `away`: the host is out of order, whatever is asked of it."""

    def __init__(self, message: str, *, wait: float = 0.0, away: bool = False) -> None:
        super().__init__(message)
        self.wait, self.away = wait, away


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


# --- rendering ---


async def render(renderer: Renderer, data: bytes) -> Rendered:
    """The three widths and the blurhash of a picture. Raises ImageError."""
    copies = await _copies(renderer, data, [_box(width) for width in WIDTHS.values()])
    return Rendered(copies.blurhash, dict(zip(WIDTHS, copies.files, strict=True)))


async def thumbnail(renderer: Renderer, data: bytes) -> bytes:
    """The smallest width alone, as WebP. Raises ImageError."""
    return (await _copies(renderer, data, [_box(WIDTHS["low"])])).files[0]


async def _copies(renderer: Renderer, data: bytes, boxes: list[Box]) -> Copies:
    try:
        return await renderer.copies(data, boxes)
    except PictureError as error:
        raise ImageError(str(error)) from error


def _box(width: int) -> Box:
    return Box(width, width * TALLEST)


# --- download ---


def outside_client(settings: OutsideSettings) -> httpx2.AsyncClient:
    """A client for pictures elsewhere on the internet, and at the services that the operator has set."""
    return httpx2.AsyncClient(
        transport=outside_transport(settings),
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
                raise _refusal(response)
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
        raise ImageError(f"The source takes over {MAX_SECONDS:.0f} s", away=True) from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        away = isinstance(error, httpx2.TransportError)
        raise ImageError(str(error) or type(error).__name__, away=away) from error


def _refusal(response: httpx2.Response) -> ImageError:
    status, wait = response.status_code, retry_after(response.headers)
    limited = status == 429 or (status == 503 and wait is not None)
    wait = min(max(wait or DEFAULT_WAIT, 1.0), LONGEST_WAIT) if limited else 0.0
    return ImageError(f"The source answers {status}", wait=wait, away=status >= 500)


class Hosts:
    """Which hosts are to be left alone, so that nobody waits for one that is away, picture after picture."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._failures: Counter[str] = Counter()

    def of(self, source: str) -> str:
        """The host of a source, with its port; none for a source of this instance."""
        return "" if own_path(source, self._public_url) else urlsplit(source).netloc.lower()

    def answered(self, source: str) -> None:
        self._failures.pop(self.of(source), None)

    def failed(self, source: str, error: ImageError) -> float:
        """The seconds for which nothing is to be asked of its host."""
        host = self.of(source)
        if not host or error.wait:
            return error.wait if host else 0.0
        if not error.away:
            self.answered(source)
            return 0.0
        self._failures[host] += 1
        return AWAY_PAUSE if self._failures[host] >= FAILURES else 0.0


async def _limited(response: httpx2.Response) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > MAX_BYTES:
            raise ImageError(f"The source is over {MAX_BYTES // 1024**2} MB")
    return bytes(data)
