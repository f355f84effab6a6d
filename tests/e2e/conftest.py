"""Running servers for the tests that only use them: one with a small library, and the demo; a browser."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.e2e import chromium
from tests.e2e.chromium import open_context
from tests.e2e.demo import DemoServer, with_library
from tests.e2e.library import make_library
from tests.e2e.server import Server, running
from tests.waiting import PATIENCE

expect.set_options(timeout=1000 * PATIENCE)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose small library is scanned. Its first visitor has not come yet."""
    folder: Path = tmp_path_factory.mktemp("site")
    count = make_library(folder / "videos")
    with running(Server(folder / "videos", folder / "data")) as server:
        server.videos = count
        yield server


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """`kyoo demo`, with all that is in it."""
    with running(DemoServer(with_library(tmp_path_factory.mktemp("demo")))) as server:
        server.until_filled()
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its module: while Playwright is open, no other event loop can run in this thread."""
    path = chromium.find()
    assert path is not None, "no Chromium: run `python -m tests.e2e.chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh visitor; the test fails on any error the page's code throws."""
    context = open_context(browser, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    # A request that a test answers itself may be under way still; the page may be closed.
    for routed in (page, context):
        with contextlib.suppress(Error):
            routed.unroute_all(behavior="ignoreErrors")
    context.close()
    assert faults == []


@pytest.fixture
def viewer(page: Page, demo: DemoServer) -> Page:
    """The demo's administrator, logged in and on no page yet."""
    demo.log_in(page.context, demo.token_of("demo"))
    return page
