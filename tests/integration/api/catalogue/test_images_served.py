"""Stored pictures as they are served: widths, formats, caching, who may see them (docs/protocol/api.md#pictures)."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest
from PIL import Image
from tests.integration.api.catalogue.test_images_queue import context, picture

__all__ = ["context", "picture"]


@pytest.mark.parametrize(("quality", "width"), [("low", 320), ("medium", 640), ("high", 1280), (None, 1280)])
async def test_a_picture_in_three_widths(
    api: httpx2.AsyncClient, picture: str, quality: str | None, width: int
) -> None:
    response = await api.get(f"/images/{picture}", params={"quality": quality} if quality else {})
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/webp"
    image = Image.open(io.BytesIO(response.content))
    assert (image.format, image.width) == ("WEBP", width)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/avif,image/webp,*/*;q=0.8", "WEBP"),
        ("*/*", "WEBP"),
        ("image/*", "WEBP"),
        ("image/jpeg", "JPEG"),
        ("image/png, image/jpeg;q=0.9", "JPEG"),
        ("image/jpeg, image/*;q=0.5", "JPEG"),
        ("text/html", "WEBP"),
        ("image/webp;q=nonsense, image/jpeg", "JPEG"),
    ],
)
async def test_the_format_follows_accept(api: httpx2.AsyncClient, picture: str, accept: str, kind: str) -> None:
    for _ in range(2):
        response = await api.get(f"/images/{picture}?quality=low", headers={"Accept": accept})
        assert Image.open(io.BytesIO(response.content)).format == kind
        assert response.headers["content-type"] == f"image/{kind.lower()}"
        assert response.headers["vary"] == "Accept"


async def test_a_picture_is_cached_for_ever(api: httpx2.AsyncClient, picture: str) -> None:
    url = f"/images/{picture}?quality=low"
    whole = await api.get(url)
    tag, changed = whole.headers["etag"], whole.headers["last-modified"]
    assert tag.startswith('"')
    assert tag.endswith('"')
    assert "immutable" in whole.headers["cache-control"]
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", W/{tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": changed},
        {"If-Modified-Since": format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)},
    ):
        response = await api.get(url, headers=headers)
        assert (response.status_code, response.content) == (304, b""), headers
        assert response.headers["etag"] == tag
    for headers in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": changed},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": "nonsense"},
        {"If-None-Match": tag, "Cache-Control": "no-cache"},
        {"Range": "bytes=0-9"},
    ):
        response = await api.get(url, headers=headers)
        assert (response.status_code, response.content) == (200, whole.content), headers
    tags = {tag, (await api.get(url, headers={"Accept": "image/jpeg"})).headers["etag"]}
    tags.add((await api.get(f"/images/{picture}")).headers["etag"])
    assert len(tags) == 3


async def test_head(api: httpx2.AsyncClient, picture: str) -> None:
    response = await api.head(f"/images/{picture}")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == "image/webp"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/images/{'0' * 64}", 404),
        ("/images/abc", 404),
        ("/images/xyz", 422),
        (f"/images/{'g' * 64}", 422),
        ("/images/..%2F..%2Fetc%2Fpasswd", 404),
        (f"/images/{'0' * 64}?quality=huge", 422),
    ],
)
async def test_no_such_picture(api: httpx2.AsyncClient, path: str, status: int) -> None:
    assert (await api.get(path)).status_code == status


async def test_pictures_need_core_read(api: httpx2.AsyncClient, picture: str) -> None:
    del api.headers["authorization"]
    assert (await api.get(f"/images/{picture}")).status_code == 403
