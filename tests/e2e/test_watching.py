"""What a person does in a browser: register, find a film and an episode, watch, seek, switch, come back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.library import make_library
from tests.e2e.server import Server, running

pytestmark = pytest.mark.browser

VIDEO = "document.querySelector('[data-testid=player-video]')"
TIME = f"({VIDEO}?.currentTime ?? 0)"
CUES = f"[...{VIDEO}.textTracks].flatMap(track => [...(track.activeCues ?? [])]).map(cue => cue.text).join()"


def played_to(page: Page, seconds: float) -> float:
    """Wait until the picture is at least at `seconds` and moves on; return where it is."""
    page.wait_for_function(f"{TIME} >= {seconds} && !{VIDEO}.paused && !{VIDEO}.seeking", timeout=25_000)
    now = float(page.evaluate(TIME))
    page.wait_for_function(f"{TIME} >= {now + 0.7}", timeout=25_000)
    return now


def choose(page: Page, menu: str, name: str | re.Pattern[str]) -> None:
    page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    page.get_by_test_id(menu).click()
    page.get_by_role("menuitemradio", name=name).first.click()
    page.keyboard.press("Escape")


@pytest.fixture
def visitor(page: Page, site: Server) -> Page:
    """Somebody who is logged in, registering first when nobody has."""
    site.until_scanned(site.videos)
    page.goto(f"{site.url}/login")
    page.get_by_test_id("login-login").fill("ada")
    page.get_by_test_id("login-password").fill("correct horse")
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_test_id("poster-card").first).to_be_visible()
    return page


def test_the_first_visitor_registers_and_is_the_administrator(page: Page, tmp_path: Path) -> None:
    make_library(tmp_path / "videos")
    with running(Server(tmp_path / "videos", tmp_path / "data")) as server:
        page.goto(server.url)
        expect(page).to_have_url(re.compile("/register"))
        page.get_by_test_id("register-username").fill("ada")
        page.get_by_test_id("register-email").fill("ada@example.org")
        page.get_by_test_id("register-password").fill("correct horse")
        page.get_by_test_id("register-submit").click()
        for name in ("The Long Voyage", "A Quiet Harbour", "Northern Lights"):
            expect(page.get_by_test_id("poster-card").filter(has_text=name).first).to_be_visible(timeout=30_000)
        expect(page.get_by_role("link", name="Admin").first).to_be_visible()
        with server.client() as client:
            assert "users.write" in client.get("/auth/users/me").json()["claims"]["permissions"]


def test_a_film_plays_seeks_switches_and_is_resumed(visitor: Page, site: Server) -> None:
    page = visitor
    page.get_by_test_id("poster-card").filter(has_text="The Long Voyage").first.click()
    expect(page).to_have_url(re.compile("/movies/the-long-voyage"))
    page.get_by_test_id("play-button").first.click()
    expect(page).to_have_url(re.compile("/watch/the-long-voyage"))
    played_to(page, 1)
    assert page.evaluate(f"{VIDEO}.videoHeight") > 0

    # Seek by the time line, far from what is buffered.
    page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    bar = page.get_by_test_id("player-seek").bounding_box()
    assert bar is not None
    page.mouse.click(bar["x"] + bar["width"] * 0.6, bar["y"] + bar["height"] / 2)
    at = played_to(page, 34)
    assert at < 45

    choose(page, "menu-quality", re.compile("240"))
    page.wait_for_function(f"{VIDEO}.videoHeight === 240", timeout=25_000)
    played_to(page, at)
    choose(page, "menu-quality", re.compile("Original"))
    page.wait_for_function(f"{VIDEO}.videoHeight === 720", timeout=25_000)
    at = played_to(page, at)

    choose(page, "menu-audio", re.compile("Japanese"))
    at = played_to(page, at + 1)
    assert page.evaluate(f"{VIDEO}.webkitAudioDecodedByteCount") > 0

    # Leaving saves the position; the next visit begins there.
    page.get_by_test_id("player-back").click()
    with site.client() as client:
        progress = client.get("/api/videos/the-long-voyage").json()["progress"]
    assert at - 3 <= progress["time"] <= at + 6
    page.goto(f"{site.url}/watch/the-long-voyage")
    resumed = played_to(page, progress["time"] - 3)
    assert resumed < progress["time"] + 6


def test_an_episode_with_subtitles_and_the_next_one(visitor: Page) -> None:
    page = visitor
    page.get_by_test_id("poster-card").filter(has_text="Northern Lights").first.click()
    rows = page.get_by_test_id("entry-row")
    expect(rows.first).to_be_visible()
    assert rows.count() == 3
    page.get_by_test_id("play-button").first.click()
    expect(page).to_have_url(re.compile("/watch/northern-lights-s1e1"))
    played_to(page, 1)
    page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    page.get_by_test_id("player-next").click()
    expect(page).to_have_url(re.compile("/watch/northern-lights-s1e2"))
    played_to(page, 1)


@pytest.mark.parametrize(
    ("slug", "choice", "shown"),
    [("a-quiet-harbour", "English", "The tide is out."), ("the-long-voyage", "English", "text0")],
)
def test_text_subtitles_are_shown(visitor: Page, site: Server, slug: str, choice: str, shown: str) -> None:
    page = visitor
    page.goto(f"{site.url}/watch/{slug}?t=2")
    played_to(page, 2)
    choose(page, "menu-subtitles", re.compile(choice))
    page.wait_for_function(f"({CUES}).includes({shown!r})", timeout=20_000)


def test_ass_subtitles_are_drawn(visitor: Page, site: Server) -> None:
    page = visitor
    page.goto(f"{site.url}/watch/the-long-voyage?t=2")
    played_to(page, 2)
    choose(page, "menu-subtitles", re.compile("Karaoke"))
    page.wait_for_selector("[data-testid=player] canvas", state="attached")
    played_to(page, 4)


def test_the_original_file_plays_directly(visitor: Page, site: Server) -> None:
    page = visitor
    page.goto(f"{site.url}/watch/northern-lights-s1e1")
    played_to(page, 0.5)
    choose(page, "menu-quality", re.compile("Original file|Direct", re.IGNORECASE))
    page.wait_for_function(f"{VIDEO}.currentSrc.includes('/direct')", timeout=20_000)
    played_to(page, 1)
