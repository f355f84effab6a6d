"""Two screens side by side: what is done on one is seen on the other, which neither flickers nor forgets what is being
typed. Nothing on these pages asks again by itself."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.e2e.chromium import open_context
from tests.e2e.library import episode
from tests.e2e.server import Server
from tests.e2e.test_accessibility import SHOWN
from tests.e2e.test_watching import VIDEO, played_to, until
from tests.media import placed
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser

#: Counts what a reader would see as a flicker: a placeholder where something was.
WATCH = """(() => {
  window.flickers = 0;
  new MutationObserver(() => { window.flickers += document.querySelectorAll('.skeleton').length; })
    .observe(document.body, { childList: true, subtree: true });
})()"""


@pytest.fixture
def screens(browser: Browser, site: Server) -> Iterator[tuple[Page, Page]]:
    """Two browsers of one reader."""
    site.until_scanned(site.videos)
    contexts = [open_context(browser, viewport={"width": 1280, "height": 800}) for _ in range(2)]
    for context in contexts:
        site.log_in(context)
    first, second = (context.new_page() for context in contexts)
    yield first, second
    for context in contexts:
        context.close()


def open_live(page: Page, url: str) -> None:
    """Look at a page until the server tells it what happens."""
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda text: frames.append(str(text))))
    page.goto(url)
    while not any('"subscribe"' in frame for frame in frames):
        page.wait_for_timeout(50)
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCH)


class WatchReports:
    """The reports of progress that a page sends over its socket."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent = self.answered = 0
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda text: self._count(str(text), sent=True))
        socket.on("framereceived", lambda text: self._count(str(text), sent=False))

    def _count(self, text: str, *, sent: bool) -> None:
        if json.loads(text).get("action") == "watch":
            self.sent += sent
            self.answered += not sent

    def until_answered(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.sent != self.answered:
            assert time.monotonic() < deadline, f"{self.answered} of {self.sent} reports are answered"
            self.page.wait_for_timeout(20)


def test_what_is_marked_and_scored_on_one_screen_is_seen_on_the_other(screens: tuple[Page, Page], site: Server) -> None:
    acting, watching = screens
    open_live(watching, f"{site.url}/series/northern-lights")
    acting.goto(f"{site.url}/series/northern-lights")
    acting.get_by_test_id("watch-status").click()
    acting.get_by_role("menuitemradio", name="Planned").click()
    expect(watching.get_by_test_id("watch-status")).to_have_text("Planned")
    with site.client() as client:
        assert client.put("/api/series/northern-lights/score", json={"score": 70}).status_code == 200
        expect(watching.get_by_role("button", name=re.compile("7"))).to_be_visible()
        assert client.delete("/api/series/northern-lights/watchstatus").status_code == 200
    expect(watching.get_by_test_id("watch-status")).not_to_have_text("Planned")
    assert watching.evaluate("window.flickers") == 0


@pytest.mark.exhaustive
def test_what_plays_on_one_screen_is_continued_on_the_other(screens: tuple[Page, Page], site: Server) -> None:
    acting, watching = screens
    open_live(watching, site.url)
    reports = WatchReports(acting)
    acting.goto(f"{site.url}/watch/northern-lights-s1e1")
    played_to(acting, 1)
    row = watching.get_by_role("region", name="Continue watching")
    expect(row.get_by_test_id("entry-card").first).to_contain_text("Northern Lights")
    # A report that is still on its way when the row is emptied fills it again.
    acting.evaluate(
        f"new Promise(done => {{ {VIDEO}.addEventListener('pause', () => setTimeout(done)); {VIDEO}.pause() }})"
    )
    reports.until_answered()
    acting.goto("about:blank")
    with site.client() as client:
        assert client.delete("/api/profiles/me/nextup/northern-lights").status_code == 200
        expect(row).to_have_count(0)
        client.delete("/api/series/northern-lights/seen")


def test_titles_come_and_go_while_a_list_is_looked_at(screens: tuple[Page, Page], site: Server) -> None:
    _, watching = screens
    open_live(watching, f"{site.url}/browse")
    file = site.library / "A Newcomer (2019).mp4"
    placed(episode(4), file)
    card = watching.get_by_test_id("poster-card").filter(has_text="A Newcomer")
    expect(card).to_be_visible()
    with site.client() as client:
        assert client.delete("/api/movies/a-newcomer").status_code == 200
    expect(card).to_have_count(0)
    file.unlink()


@pytest.mark.exhaustive
def test_what_is_being_typed_stays(screens: tuple[Page, Page], site: Server) -> None:
    _, watching = screens
    open_live(watching, f"{site.url}/edit/movies/a-quiet-harbour")
    field = watching.get_by_test_id("edit-tagline")
    field.fill("Half a sent")
    title = re.compile(r"/api/movies/a-quiet-harbour(\?|$)")
    with site.client() as client:
        # The title, which this page shows, too, is fetched anew.
        with watching.expect_response(title) as fetched:
            answer = client.patch("/api/movies/a-quiet-harbour", json={"genres": ["horror"]})
            assert answer.status_code == 200, answer.text
        fetched.value.finished()
        with watching.expect_response(title) as fetched:
            client.put("/api/movies/a-quiet-harbour/score", json={"score": 30})
        fetched.value.finished()
    watching.evaluate(SHOWN)
    expect(field).to_have_value("Half a sent")
    field.press_sequentially("ence")
    expect(field).to_have_value("Half a sentence")
    with site.client() as client:
        client.delete("/api/movies/a-quiet-harbour/watchstatus")


@pytest.mark.exhaustive
def test_a_screen_is_steered_from_another_and_taken_over(screens: tuple[Page, Page], site: Server) -> None:
    tv, phone = screens
    tv.goto(f"{site.url}/watch/a-quiet-harbour")
    played_to(tv, 1)
    phone.goto(site.url)
    phone.get_by_test_id("devices").click()
    expect(phone.get_by_test_id("device")).to_contain_text("A Quiet Harbour")
    phone.get_by_test_id("device-pause").click()
    until(tv, f"{VIDEO}.paused")
    phone.get_by_test_id("devices").click()
    expect(phone.get_by_test_id("device-pause")).to_have_text("Play")
    at = float(tv.evaluate(f"{VIDEO}.currentTime"))
    phone.get_by_test_id("device-take-over").click()
    played_to(phone, int(at))
    expect(tv).not_to_have_url(re.compile("/watch/"))
    # And back: the player sends what plays to the other screen.
    phone.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    phone.get_by_test_id("play-on").click()
    phone.get_by_role("menuitem").first.click()
    played_to(tv, 1)
    expect(phone).not_to_have_url(re.compile("/watch/"))


@pytest.mark.exhaustive
def test_what_is_hidden_on_one_screen_leaves_the_rows_of_the_other(screens: tuple[Page, Page], site: Server) -> None:
    acting, watching = screens
    told: list[str] = []
    watching.on("websocket", lambda socket: socket.on("framereceived", lambda text: told.append(str(text))))
    open_live(watching, site.url)
    row = watching.get_by_role("region", name="Recently added")
    card = row.get_by_role("listitem").filter(has_text="A Quiet Harbour")
    expect(card).to_be_visible()
    acting.goto(f"{site.url}/movies/a-quiet-harbour")
    for count in (0, 1):
        acting.get_by_test_id("show-menu").click()
        acting.get_by_test_id("hide-show").click()
        expect(card).to_have_count(count)
    # Titles that change meanwhile have the rows asked for anew, too.
    deadline = time.monotonic() + PATIENCE
    while sum('"type":"hidden"' in text for text in told) < 2:
        assert time.monotonic() < deadline, "The screen was not told"
        watching.wait_for_timeout(20)
    assert watching.evaluate("window.flickers") == 0


@pytest.mark.exhaustive
def test_what_is_hidden_on_one_screen_is_listed_on_the_other(screens: tuple[Page, Page], site: Server) -> None:
    _, watching = screens
    open_live(watching, f"{site.url}/settings")
    hidden = watching.get_by_test_id("hidden-show").filter(has_text="A Quiet Harbour")
    with site.client() as client:
        answer = client.put("/api/movies/a-quiet-harbour/hidden", json={"rows": ["news", "random"]})
        assert answer.status_code < 300, answer.text
        expect(hidden).to_be_visible()
        assert client.delete("/api/movies/a-quiet-harbour/hidden").status_code < 300
        expect(hidden).to_have_count(0)


@pytest.mark.exhaustive
def test_what_is_edited_on_one_screen_is_shown_on_the_other(screens: tuple[Page, Page], site: Server) -> None:
    editing, watching = screens
    open_live(watching, f"{site.url}/movies/a-quiet-harbour")
    editing.goto(f"{site.url}/edit/movies/a-quiet-harbour")
    field = editing.get_by_test_id("edit-tagline")
    before = field.input_value()
    field.fill("Told on both screens")
    editing.get_by_test_id("edit-save").click()
    expect(watching.get_by_text("Told on both screens")).to_be_visible()
    assert watching.evaluate("window.flickers") == 0
    with site.client() as client:
        texts = client.get("/api/movies/a-quiet-harbour").json()
        assert texts["tagline"] == "Told on both screens"
    editing.goto(f"{site.url}/edit/movies/a-quiet-harbour")
    editing.get_by_test_id("edit-tagline").fill(before)
    editing.get_by_test_id("edit-save").click()
    expect(watching.get_by_text("Told on both screens")).to_have_count(0)
