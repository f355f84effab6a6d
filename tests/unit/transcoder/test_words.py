"""What ffmpeg says, as it is told to others."""

from __future__ import annotations

import pytest

from kyoo.transcoder.ffmpeg.program import plain


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[in#0 @ 0x558612345678] Error opening input: Invalid data", "Error opening input: Invalid data"),
        ("[vost#0:0/libx264 @ 0x55d0] [enc:libx264 @ 0x55d1] Could not open encoder", "Could not open encoder"),
        ("[matroska,webm @ 55d0c0ffee00]  Read\terror\n", "Read error"),
        ("unsupported codec: magicyuv", "unsupported codec: magicyuv"),
        ("Stream map '[v]' matches no streams", "Stream map '[v]' matches no streams"),
        ("", ""),
    ],
)
def test_words_without_addresses(said: str, told: str) -> None:
    assert plain(said) == told
