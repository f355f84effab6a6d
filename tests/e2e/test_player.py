"""The player by keyboard and by finger, its offers to skip and go on, a restarted server, and errors in plain words."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chromium import open_context
from tests.e2e.demo import DemoServer
from tests.e2e.library import film
from tests.e2e.server import Server, running
from tests.e2e.test_watching import CUES, TIME, VIDEO, played_to, until
from tests.media import placed
from tests.samples import sampled
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser

CONTROLS = (
    "getComputedStyle(document.querySelector('[data-testid=player-back]').closest('.transition-opacity')).opacity"
)


def test_the_keyboard_does_everything(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/watch/a-quiet-harbour?t=60")
    played_to(page, 60)
    page.keyboard.press("Space")
    until(page, f"{VIDEO}.paused")
    at = page.evaluate(TIME)
    page.keyboard.press("ArrowRight")
    until(page, f"Math.abs({TIME} - {at + 5}) < 0.5")
    page.keyboard.press("j")
    until(page, f"Math.abs({TIME} - {at - 5}) < 0.5")
    page.keyboard.press("5")
    until(page, f"Math.abs({TIME} / {VIDEO}.duration - 0.5) < 0.02")
    page.keyboard.press("k")
    until(page, f"!{VIDEO}.paused")
    page.keyboard.press("m")
    until(page, f"{VIDEO}.muted")
    page.keyboard.press("ArrowDown")
    until(page, f"!{VIDEO}.muted && Math.abs({VIDEO}.volume - 0.95) < 0.01")
    page.keyboard.press("c")
    until(page, f"{CUES}.length > 0 || [...{VIDEO}.textTracks].some(track => track.mode !== 'disabled')")
    page.keyboard.press(">")
    until(page, f"{VIDEO}.playbackRate === 1.25")
    page.keyboard.press("f")
    until(page, "document.fullscreenElement !== null")
    page.keyboard.press("f")
    until(page, "document.fullscreenElement === null")
    # Menus have keys of their own.
    page.get_by_test_id("menu-speed").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    until(page, f"{VIDEO}.playbackRate === 0.5")
    expect(page.get_by_test_id("menu-speed")).to_be_focused()


@pytest.mark.exhaustive
def test_the_intro_is_skipped_and_the_next_episode_offered(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    with demo.client() as client:
        info = client.get("/api/videos/northern-lights-s1e1/info").json()
    parts = {chapter["type"]: chapter for chapter in info["chapters"]}
    page.goto(f"{demo.url}/watch/northern-lights-s1e1?t={int(parts['intro']['startTime']) + 1}")
    page.get_by_test_id("skip-button").click()
    assert played_to(page, parts["intro"]["endTime"] - 0.5) < parts["intro"]["endTime"] + 10
    # Standing still, so that the end does not come before it is looked at.
    page.evaluate(f"{VIDEO}.pause()")
    until(page, f"{VIDEO}.paused")
    page.evaluate(f"{VIDEO}.currentTime = {parts['credits']['startTime'] + 1}")
    offer = page.get_by_test_id("up-next")
    expect(offer).to_contain_text("Fog")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/watch/northern-lights-s1e2"))
    played_to(page, 0.5)


@pytest.mark.exhaustive
def test_the_time_line_stays_under_a_resting_mouse_and_shows_pictures_at_once(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    pictures: list[str] = []
    page.on("request", lambda request: pictures.append(request.url) if is_sprite(request.url) else None)
    with page.expect_response(lambda answer: is_sprite(answer.url)):
        page.goto(f"{demo.url}/watch/a-quiet-harbour?t=60")
    asked = len(pictures)
    played_to(page, 60)
    line = page.get_by_test_id("player-seek")
    line.hover()
    expect(page.get_by_test_id("seek-preview")).to_be_visible()
    at = page.evaluate(TIME)
    # Longer than it is shown after a movement.
    until(page, f"{TIME} > {at + 3.2}")
    assert page.evaluate(CONTROLS) == "1"
    assert len(pictures) == asked
    page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    until(page, f"{CONTROLS} === '0'")


def is_sprite(url: str) -> bool:
    return re.search(r"/thumbnails\.(png|webp)", url) is not None


@pytest.mark.exhaustive
def test_fingers(browser: Browser, viewer: Page, demo: DemoServer) -> None:
    context = open_context(
        browser,
        viewport={"width": 844, "height": 390},
        has_touch=True,
        is_mobile=True,
        storage_state=viewer.context.storage_state(),
    )
    page = context.new_page()
    page.goto(f"{demo.url}/watch/a-quiet-harbour?t=60")
    played_to(page, 60)
    # The first touch shows the controls, which hide by themselves; it does not pause.
    until(page, f"{CONTROLS} === '0'")
    page.touchscreen.tap(420, 120)
    until(page, f"{CONTROLS} === '1'")
    assert not page.evaluate(f"{VIDEO}.paused")
    at = page.evaluate(TIME)
    page.touchscreen.tap(780, 90)
    page.touchscreen.tap(780, 90)
    until(page, f"{TIME} > {at + 9}")
    page.touchscreen.tap(420, 120)
    until(page, f"{CONTROLS} === '1'")
    # Held upright: the picture is a strip in the middle, and the buttons over it leave the taps beside them alone.
    page.set_viewport_size({"width": 390, "height": 844})
    at = played_to(page, at + 9)
    for _ in range(2):
        page.touchscreen.tap(40, 422)
    until(page, f"{TIME} < {at - 5}")
    until(page, f"{CONTROLS} === '0'")
    at = played_to(page, 0)
    for _ in range(3):
        page.touchscreen.tap(350, 330)
    until(page, f"{TIME} > {at + 19}")
    until(page, f"{CONTROLS} === '0'")
    page.touchscreen.tap(195, 330)
    until(page, f"{CONTROLS} === '1'")
    page.get_by_test_id("player-back").tap()
    expect(page).not_to_have_url(re.compile("/watch/"))
    context.close()


@pytest.mark.exhaustive
def test_a_restart_of_the_server_is_waited_for(page: Page, tmp_path: Path) -> None:
    placed(film(), tmp_path / "videos" / "The Long Voyage (2015).mkv")
    with running(Server(tmp_path / "videos", tmp_path / "data")) as server:
        server.until_scanned(1)
        server.log_in(page.context)
        page.goto(f"{server.url}/watch/the-long-voyage")
        played_to(page, 1)
        server.stop()
        # Where nothing is buffered.
        assert page.evaluate(f"{VIDEO}.buffered.end({VIDEO}.buffered.length - 1)") < 48
        page.keyboard.press("8")
        away = page.get_by_text("The server cannot be reached")
        expect(away).to_be_visible()
        server.start()
        played_to(page, 48)
        expect(away).to_have_count(0)
        expect(page.get_by_test_id("player-error")).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "words"),
    sampled([(404, "not there any more"), (500, "could not convert")], lambda case: case[0] == 404),
)
def test_errors_are_told_in_plain_words(viewer: Page, demo: DemoServer, status: int, words: str) -> None:
    page = viewer
    page.route("**/master.m3u8*", lambda route: route.fulfill(status=status, json={"errors": ["no"]}))
    page.goto(f"{demo.url}/watch/paper-moons")
    expect(page.get_by_test_id("player-error")).to_contain_text(words)
    page.unroute("**/master.m3u8*")
    page.get_by_test_id("player-error").get_by_role("button", name="Try again").click()
    played_to(page, 0.5)


def test_whose_session_ends_elsewhere_logs_in_again(page: Page, demo: DemoServer) -> None:
    token = demo.token_of("robin")
    demo.log_in(page.context, token)
    page.goto(f"{demo.url}/watch/a-quiet-harbour")
    played_to(page, 0.5)
    ended = httpx2.delete(
        f"{demo.url}/auth/sessions/current", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
    )
    assert ended.status_code == 200
    # Where nothing is buffered.
    page.keyboard.press("8")
    expect(page).to_have_url(f"{demo.url}/login?next=%2Fwatch%2Fa-quiet-harbour")


@pytest.mark.exhaustive
def test_languages_of_the_settings_are_chosen(viewer: Page, demo: DemoServer) -> None:
    page = viewer

    def choose_languages(audio: str, subtitles: str) -> None:
        page.goto(f"{demo.url}/settings")
        for label, language in (("Audio", audio), ("Subtitles", subtitles)):
            with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
                page.get_by_label(label, exact=True).select_option(label=language)

    choose_languages("French", "Spanish")
    page.goto(f"{demo.url}/watch/a-quiet-harbour?t=60")
    played_to(page, 60)
    for menu, language in (("menu-audio", "French"), ("menu-subtitles", "Spanish")):
        page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
        page.get_by_test_id(menu).click()
        expect(page.get_by_role("menuitemradio", checked=True)).to_contain_text(language)
        page.keyboard.press("Escape")
    choose_languages("As the file says", "Only forced ones")
