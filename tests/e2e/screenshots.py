"""Takes the pictures of the README and the docs from `kyoo demo`: `make screenshots`. One of them shows emoji: without
a font that has them there are boxes in their place."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e import chromium
from tests.e2e.demo import DemoServer, with_library
from tests.e2e.server import running

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def log_in(page: Page, server: DemoServer, name: str = "demo") -> None:
    page.goto(f"{server.url}/login")
    page.get_by_test_id("login-login").fill(name)
    page.get_by_test_id("login-password").fill("demo")
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("poster-card").first.wait_for()


def shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=82)


def until_previewed(server: DemoServer, slug: str) -> None:
    """Wait for the small pictures over the time line, which a job makes."""
    deadline = time.monotonic() + 120
    with server.client() as client:
        while client.get(f"/api/videos/{slug}/thumbnails.vtt").status_code != 200:
            assert time.monotonic() < deadline, f"There are no previews of {slug}"
            time.sleep(1)


def together(page: Page) -> None:
    """A room of two for what the page plays: the other is a guest, by the link."""
    browser = page.context.browser
    assert browser is not None
    page.get_by_test_id("player").hover(position={"x": 700, "y": 500})
    page.get_by_test_id("start-room").click()
    page.get_by_label("Guests may come").check()
    page.get_by_test_id("make-room").click()
    link = page.get_by_test_id("room-link").input_value()
    guest = browser.new_context(viewport={"width": 390, "height": 780}).new_page()
    guest.goto(link)
    guest.get_by_test_id("guest-name").fill("Zoe")
    guest.get_by_test_id("guest-join").click()
    page.get_by_test_id("room-member").filter(has_text="Zoe").wait_for()
    page.keyboard.press("k")
    guest.get_by_test_id("room-open").click()
    for text in ("Here at last!", "Is that the harbour of last summer?"):
        guest.get_by_test_id("room-write").fill(text)
        guest.keyboard.press("Enter")
    page.get_by_test_id("room-chat").get_by_text("last summer").wait_for()
    page.get_by_role("button", name="React with 🎉").click()
    page.wait_for_timeout(1500)
    page.get_by_test_id("player").hover(position={"x": 400, "y": 500})
    page.screenshot(path=FOLDER / "together.jpg", type="jpeg", quality=82)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = chromium.find()
    assert path is not None, "no Chromium: run `python -m tests.e2e.chromium`"
    with (
        tempfile.TemporaryDirectory() as folder,
        running(DemoServer(with_library(Path(folder, "demo")))) as server,
        sync_playwright() as playwright,
    ):
        server.until_filled()
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark").new_page()
        with server.client() as client:
            film = client.get("/api/movies/paper-moons").json() | {"kind": "movie"}
        # The same film every time, not a random one.
        page.route("**/api/shows/random?*", lambda route: route.fulfill(json=film))
        log_in(page, server)
        page.wait_for_timeout(3000)  # the pictures are rendered by jobs
        page.reload()
        shoot(page, "home")
        page.goto(f"{server.url}/series/northern-lights")
        page.get_by_test_id("entry-row").first.wait_for()
        shoot(page, "serie")
        until_previewed(server, "a-quiet-harbour")
        page.goto(f"{server.url}/watch/a-quiet-harbour?t=5")
        page.wait_for_timeout(5000)
        page.get_by_test_id("player").hover(position={"x": 700, "y": 500})
        page.get_by_test_id("player-seek").hover()
        page.wait_for_timeout(700)
        page.screenshot(path=FOLDER / "player.jpg", type="jpeg", quality=82)
        together(page)
        browser.close()


if __name__ == "__main__":
    main()
