"""What the pages say of the scanner: an empty library, a first film, files that cannot be read or are gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.e2e.chromium import open_context
from tests.e2e.library import episode
from tests.e2e.server import Server
from tests.e2e.site import Site, open_site
from tests.media import placed
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.browser

BROKEN, REMOVED = "Not a Film (2010).mkv", "A Silent Film (2009).mp4"


def see_nothing_as_a_limited_user(browser: Browser, server: Server) -> None:
    """Whom the scanner would refuse does not ask it, and is told nothing of folders."""
    account = {"username": "kid", "email": "kid@example.org", "password": "correct horse"}
    session = httpx2.post(f"{server.url}/auth/users", json=account, timeout=PATIENCE).json()
    with server.client() as client:
        kid = client.get("/auth/users/kid").json()["id"]
        client.patch(f"/auth/users/{kid}", json={"claims": {"maxAge": 6, "verified": True}}).raise_for_status()
    context = open_context(browser)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/login")
    page.evaluate("token => localStorage.setItem('token', token)", session["token"])
    page.goto(server.url)
    expect(page.get_by_role("heading", name="Nothing to watch yet")).to_be_visible()
    expect(page.get_by_test_id("first-scan")).not_to_contain_text("folder")
    assert any("/api/shows" in url for url in asked)
    assert not any("/scanner/" in url for url in asked)
    context.close()


@pytest.fixture
def nothing(empty_site: Site, tmp_path: Path) -> Iterator[Site]:
    """A site without videos: this file is the first of those of the site. In another order it has one of its own."""
    with open_site(tmp_path) if empty_site.is_filled else nullcontext(empty_site) as site:
        yield site
        site.fill()
        # Once the others are there: a disk that lost most of its files is taken for one that is not there.
        wait_until(lambda: len(site.items("/api/videos")) >= site.videos)
        for name in (BROKEN, REMOVED):
            (site.library / name).unlink()


def test_an_empty_library_says_what_to_do_and_fills_by_itself(page: Page, browser: Browser, nothing: Site) -> None:
    nothing.log_in(page.context)
    page.goto(nothing.url)
    expect(page.get_by_role("heading", name="Nothing to watch yet")).to_be_visible()
    expect(page.get_by_test_id("first-scan")).to_contain_text("--library=")
    see_nothing_as_a_limited_user(browser, nothing)
    (nothing.library / BROKEN).write_bytes(b"no video" * 1000)
    placed(episode(1), nothing.library / REMOVED)
    expect(page.get_by_test_id("poster-card").filter(has_text="A Silent Film").first).to_be_visible()
    page.get_by_role("link", name="Admin").first.click()
    errors = page.get_by_test_id("scan-errors")
    errors.get_by_text("1 file could not be read").click()
    expect(errors).to_contain_text(BROKEN)

    # Files of a disk that is not there are kept until somebody gives them up.
    def three_are_gone(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(json=answer.json() | {"missing": 3, "warnings": [{"path": "/disk", "message": "is empty"}]})

    page.route("**/scanner/progress", three_are_gone)
    page.reload()
    expect(page.get_by_test_id("scan-warning")).to_contain_text("/disk: is empty")
    page.get_by_test_id("give-up").click()

    def asks_to_forget(request: Request) -> bool:
        return request.method == "PUT" and request.url.endswith("/scanner/scan?removeMissing=true")

    with page.expect_request(asks_to_forget):
        page.get_by_test_id("give-up-confirm").click()
    page.unroute_all(behavior="wait")

    # What is removed is on no page any more, however fresh that was.
    nothing.add(episode(2), "Winter Road (2012).mp4")
    page.goto(nothing.url)
    news = page.get_by_test_id("entry-card")
    expect(news.filter(has_text="Winter Road")).to_be_visible()
    page.get_by_test_id("poster-card").filter(has_text="A Silent Film").first.click()
    page.get_by_test_id("show-menu").click()
    page.get_by_test_id("remove-show").click()
    page.get_by_test_id("remove-show-confirm").click()
    expect(page.get_by_test_id("poster-card").first).to_be_visible()
    # Sooner than a small library is asked for again anyway.
    expect(page.get_by_role("main")).not_to_contain_text("A Silent Film", timeout=4_000)
