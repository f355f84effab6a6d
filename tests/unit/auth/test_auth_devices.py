"""Devices: what is stored of them, and what people read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.auth.accounts.devices import device_label, display_name

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox - PC - Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0 Safari/537.36", "Chrome - PC - Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge - PC - Windows",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15",
            "Safari - Mac - macOS",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {SAFARI} Mobile/15E148 Safari/604.1",
            "Safari - iPhone - iOS",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A) {WEBKIT} Chrome/140.0 Mobile Safari/537.36",
            "Chrome - Pixel 8 - Android",
        ),
        (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/140.0 Mobile Safari/537.36", "Chrome - Phone - Android"),
        (
            f"Mozilla/5.0 (Linux; Android) {WEBKIT} Chrome/90.0 Safari/537.36 CrKey/1.56.500000",
            "Chromecast - TV - Android",
        ),
        ("okhttp/4.12.0", "Android app"),
        ("curl/8.5.0", "curl"),
        ("Android App", "Android App"),
        ("Living room", "Living room"),
    ],
)
def test_shown(user_agent: str, shown: str) -> None:
    assert display_name(user_agent) == shown


def test_nothing_is_null() -> None:
    assert device_label(None, None) is None
    assert device_label("", "") is None
    assert device_label(" ", "x") is None
    assert display_name(None) is None


@given(st.none() | st.text(max_size=3000), st.none() | st.text(max_size=50))
def test_a_label_can_be_stored_and_shown(given_label: str | None, user_agent: str | None) -> None:
    label = device_label(given_label, user_agent)
    assert label is None or (0 < len(label) <= 1024 and label.isprintable())
    assert display_name(label) is None if label is None else display_name(label)
