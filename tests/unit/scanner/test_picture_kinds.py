"""What kind a picture of the library is, by its first bytes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from kyoo.scanner.folders.walk import PICTURE_EXTENSIONS
from kyoo.scanner.routes.pictures import sniff


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
@pytest.mark.parametrize("frames", [1, 2])
def test_the_kind_is_that_of_its_bytes(kind: str, frames: int) -> None:
    output = io.BytesIO()
    more = [Image.new("RGB", (8, 8), "blue")] * (frames - 1)
    options = {} if kind == "jpeg" else {"save_all": True, "append_images": more}
    Image.new("RGB", (8, 8), "red").save(output, kind, **options)
    assert kind in PICTURE_EXTENSIONS
    assert sniff(output.getvalue()[:16]) == f"image/{kind}"


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"RIFF0000WAVE", b"\0\0\0\x20ftypisom", b"\0\0\0\x20ftypheic"])
def test_what_is_no_picture_that_pages_can_show(data: bytes) -> None:
    assert sniff(data) is None
