"""Takes the pictures of the README: `make screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e import chromium
from tests.e2e.demo import make_demo
from tests.e2e.server import Server, running

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def log_in(page: Page, server: Server) -> None:
    server.client().close()
    page.goto(f"{server.url}/login")
    page.get_by_test_id("login-login").fill("ada")
    page.get_by_test_id("login-password").fill("correct horse")
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("poster-card").first.wait_for()


def shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=82)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = chromium.find()
    assert path is not None, "no Chromium: run `python -m tests.e2e.chromium`"
    with tempfile.TemporaryDirectory() as folder:
        videos = Path(folder) / "videos"
        count = make_demo(videos)
        with running(Server(videos, Path(folder) / "data")) as server, sync_playwright() as playwright:
            server.until_scanned(count)
            with server.client() as client:
                for slug, percent in (("northern-lights-s1e1", 100), ("northern-lights-s1e2", 40), ("paper-moons", 60)):
                    play = {"entry": slug, "videoId": None, "percent": percent, "time": 10, "playedDate": None}
                    assert client.post("/api/profiles/me/history", json=[play]).status_code == 201
            browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
            page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark").new_page()
            log_in(page, server)
            page.wait_for_timeout(3000)  # the pictures are rendered by jobs
            page.reload()
            shoot(page, "home")
            page.goto(f"{server.url}/series/northern-lights")
            page.get_by_test_id("entry-row").first.wait_for()
            shoot(page, "serie")
            page.goto(f"{server.url}/watch/a-quiet-harbour?t=5")
            page.wait_for_timeout(5000)
            page.get_by_test_id("player").hover(position={"x": 700, "y": 500})
            page.get_by_test_id("player-seek").hover()
            page.wait_for_timeout(700)
            page.screenshot(path=FOLDER / "player.jpg", type="jpeg", quality=82)
            browser.close()


if __name__ == "__main__":
    main()
