"""What a person does in a browser: register, find a film and an episode, watch, seek, switch, come back."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.library import make_library
from tests.e2e.server import Server, running
from tests.samples import sampled
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser

VIDEO = "document.querySelector('[data-testid=player-video]')"
TIME = f"({VIDEO}?.currentTime ?? 0)"
STATE = f"(v => v && [v.currentTime, v.duration, v.readyState, v.paused, v.videoHeight, v.currentSrc])({VIDEO})"
KEPT = "JSON.parse(localStorage.getItem('unsent progress'))?.items[0].time"
CUES = f"[...{VIDEO}.textTracks].flatMap(track => [...(track.activeCues ?? [])]).map(cue => cue.text).join()"

#: Whether anything is on the canvas of the ASS renderer.
DRAWN = """(canvas => {
  if (!canvas?.width) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
  copy.drawImage(canvas, 0, 0);
  return copy.getImageData(0, 0, canvas.width, canvas.height).data.some(value => value > 0);
})(document.querySelector('canvas.JASSUB'))"""


def until(page: Page, expression: str, seconds: float = PATIENCE) -> None:
    """Wait for a JavaScript expression to hold. Asked from outside: the page's own policy forbids evaluation."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"{expression} does not become true: {page.evaluate(STATE)}"
        page.wait_for_timeout(50)


def played_to(page: Page, seconds: float) -> float:
    """Wait until the picture is at least at `seconds` and moves on; return where it is."""
    until(page, f"{TIME} >= {seconds} && !{VIDEO}.paused && !{VIDEO}.seeking")
    now = float(page.evaluate(TIME))
    until(page, f"{TIME} >= {now + 0.3}")
    return now


def choose(page: Page, menu: str, name: str | re.Pattern[str]) -> None:
    page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    page.get_by_test_id(menu).click()
    page.get_by_role("menuitemradio", name=name).first.click()
    page.keyboard.press("Escape")


def saved_position(site: Server, slug: str, least: float) -> float:
    """The saved position of a video in seconds, once it is at least `least`."""
    deadline = time.monotonic() + PATIENCE
    with site.client() as client:
        while (saved := float(client.get(f"/api/videos/{slug}").json()["progress"]["time"])) < least:
            assert time.monotonic() < deadline, f"{saved} s is saved, {least} s expected"
            time.sleep(0.1)
    return saved


@pytest.fixture
def visitor(page: Page, site: Server) -> Page:
    """Somebody who is logged in, on the home page."""
    site.until_scanned(site.videos)
    site.log_in(page.context)
    page.goto(site.url)
    return page


@pytest.mark.exhaustive
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
            expect(page.get_by_test_id("poster-card").filter(has_text=name).first).to_be_visible()
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
    until(page, f"{VIDEO}.videoHeight === 240")
    played_to(page, at)
    choose(page, "menu-quality", re.compile("Original"))
    until(page, f"{VIDEO}.videoHeight === 720")
    at = played_to(page, at)

    choose(page, "menu-audio", re.compile("Japanese"))
    at = played_to(page, at + 1)
    assert page.evaluate(f"{VIDEO}.webkitAudioDecodedByteCount") > 0

    # Leaving saves the position; the next visit begins there.
    page.get_by_test_id("player-back").click()
    saved = saved_position(site, "the-long-voyage", at - 3)
    assert saved <= at + 6
    page.goto(f"{site.url}/watch/the-long-voyage")
    assert played_to(page, saved - 3) < saved + 6


@pytest.mark.exhaustive
def test_an_episode_with_subtitles_and_the_next_one(visitor: Page) -> None:
    page = visitor
    page.get_by_test_id("poster-card").filter(has_text="Northern Lights").first.click()
    rows = page.get_by_test_id("entry-row")
    expect(rows).to_have_count(3)
    page.get_by_test_id("play-button").first.click()
    expect(page).to_have_url(re.compile("/watch/northern-lights-s1e1"))
    played_to(page, 1)
    # At its end the next one would come by itself, and its button would lead to the one after.
    page.evaluate(f"{VIDEO}.pause()")
    page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    page.get_by_test_id("player-next").click()
    expect(page).to_have_url(re.compile("/watch/northern-lights-s1e2"))
    played_to(page, 1)


@pytest.mark.parametrize(
    ("slug", "choice", "shown"),
    sampled(
        [("a-quiet-harbour", "English", "The tide is out."), ("the-long-voyage", "English", "text0")],
        lambda case: case[0] == "a-quiet-harbour",
    ),
)
def test_text_subtitles_are_shown(visitor: Page, site: Server, slug: str, choice: str, shown: str) -> None:
    page = visitor
    page.goto(f"{site.url}/watch/{slug}?t=2")
    played_to(page, 2)
    choose(page, "menu-subtitles", re.compile(choice))
    until(page, f"({CUES}).includes({shown!r})")


@pytest.mark.exhaustive
def test_ass_subtitles_are_drawn_also_while_paused(visitor: Page, site: Server) -> None:
    page = visitor
    page.goto(f"{site.url}/watch/the-long-voyage?t=2")
    played_to(page, 2)
    page.evaluate(f"{VIDEO}.pause(), {VIDEO}.currentTime = 4.5")
    until(page, f"{VIDEO}.paused && !{VIDEO}.seeking")
    choose(page, "menu-subtitles", re.compile("Karaoke"))
    page.wait_for_selector("[data-testid=player] canvas", state="attached")
    until(page, DRAWN)
    page.keyboard.press("k")
    played_to(page, 5)


def test_the_original_file_plays_directly(visitor: Page, site: Server) -> None:
    page = visitor
    page.goto(f"{site.url}/watch/northern-lights-s1e1")
    played_to(page, 0.5)
    choose(page, "menu-quality", re.compile("Original file|Direct", re.IGNORECASE))
    until(page, f"{VIDEO}.currentSrc.includes('/direct')")
    played_to(page, 1)


def test_progress_goes_through_the_socket_and_survives_a_lost_network(visitor: Page, site: Server) -> None:
    page = visitor
    answers: list[str] = []
    sockets: list[WebSocketRoute] = []
    offline = False

    def through(socket: WebSocketRoute) -> None:
        if offline:
            socket.close()
            return
        sockets.append(socket)
        server = socket.connect_to_server()
        server.on_message(lambda message: (answers.append(str(message)), socket.send(message)))

    page.route_web_socket("**/api/ws", through)
    page.goto(f"{site.url}/watch/a-quiet-harbour?t=1")
    played_to(page, 1)
    deadline = time.monotonic() + PATIENCE
    while not any('"status":201' in answer for answer in answers):
        assert time.monotonic() < deadline, f"no report was answered: {answers}"
        page.wait_for_timeout(100)

    offline = True
    page.context.set_offline(True)
    for socket in sockets:
        socket.close()
    before = page.evaluate(TIME)
    page.keyboard.press("ArrowRight")
    until(page, f"{TIME} >= {before + 4}")
    at = float(page.evaluate(TIME))
    # Every five seconds it is saved, on the device as well.
    until(page, f"{KEPT} >= {at - 1}")
    with site.client() as client:
        assert client.get("/api/videos/a-quiet-harbour").json()["progress"]["time"] < at - 1
    context = page.context
    page.close()
    context.set_offline(False)
    context.new_page().goto(site.url)
    saved_position(site, "a-quiet-harbour", at - 1)
