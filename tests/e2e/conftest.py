"""Running servers for the tests that only use them, the site and the demo; a browser."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.e2e import chromium
from tests.e2e.chromium import open_context
from tests.e2e.demo import DemoServer, with_library
from tests.e2e.server import running
from tests.e2e.site import Site, open_site
from tests.waiting import PATIENCE

expect.set_options(timeout=1000 * PATIENCE)


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site before `site` fills its library."""
    with open_site(tmp_path_factory.mktemp("site")) as server:
        yield server


@pytest.fixture(scope="session")
def site(empty_site: Site) -> Site:
    empty_site.fill()
    return empty_site


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """`kyoo demo`, with all that is in it."""
    with running(DemoServer(with_library(tmp_path_factory.mktemp("demo")))) as server:
        server.until_filled()
        yield server


class OneBrowser:
    """A start takes two seconds of a processor: it goes from file to file, as long as the next test is of this folder.
    While Playwright is open, no other event loop can run in this thread."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._browser: Browser | None = None
        self.goes_on = False

    def open(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._close()
            path = chromium.find()
            assert path is not None, "no Chromium: run `python -m tests.e2e.chromium`"
            playwright = self._stack.enter_context(sync_playwright())
            self._browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
            self._stack.callback(self._browser.close)
        return self._browser

    def end(self) -> None:
        if not self.goes_on:
            self._close()

    def _close(self) -> None:
        self._browser = None
        self._stack.close()


ONE_BROWSER = OneBrowser()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    is_over = item.session.shouldfail or item.session.shouldstop
    ONE_BROWSER.goes_on = not is_over and nextitem is not None and nextitem.path.parent == Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def _browser_ends() -> Iterator[None]:
    """Also behind files that need none."""
    yield
    ONE_BROWSER.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield ONE_BROWSER.open()
    ONE_BROWSER.end()


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
