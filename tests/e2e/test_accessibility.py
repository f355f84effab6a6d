"""Every page, wide and dark, narrow and light: no finding of axe, no error in the console, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.e2e.demo import DemoServer
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
FINDINGS = """async () => (await axe.run({resultTypes: ['violations']})).violations
    .map(({id, nodes}) => `${id}: ${nodes.map(node => node.html).join(' ').slice(0, 400)}`)"""

OF_GUESTS = ["/login", "/register", "/reset", "/reset?token=old", "/device", "/oidc-callback?error=denied"]
OF_USERS = [
    "/",
    "/browse",
    "/browse?q=lihgts",
    "/browse?q=nothing+of+the+kind",
    "/movies/the-cartographer",
    "/series/northern-lights",
    "/collections/the-tidewater-films",
    "/staff/ilse-varga",
    "/profile",
    "/settings",
    "/settings/account",
    "/settings/security",
    "/settings/devices",
    "/settings/trackers",
    "/settings/statistics",
    "/settings/imports",
    "/watch/a-quiet-harbour",
    "/info/a-quiet-harbour",
    "/no/such/page",
]
OF_ADMINISTRATORS = [
    "/admin",
    "/admin/libraries",
    "/admin/missing",
    "/admin/streams",
    "/admin/users",
    "/admin/invitations",
    "/admin/keys",
    "/admin/trackers",
    "/admin/webhooks",
    "/admin/statistics",
    "/admin/audit",
    "/admin/server",
    "/admin/matching",
    "/admin/add",
    "/series/northern-lights/videos",
    "/movies/paper-moons/remap",
    "/edit/series/northern-lights",
    "/edit/staff/ilse-varga",
]


@pytest.fixture(params=[(1280, "dark"), (390, "light")], ids=["wide", "narrow"])
def visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    width, theme = request.param
    # The policy of the pages would refuse axe itself.
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, bypass_csp=True, reduced_motion="reduce"
    )
    context.set_default_timeout(1000 * PATIENCE)
    yield context
    context.close()


def findings(page: Page, url: str) -> list[str]:
    """What is wrong with the page at `url`."""
    errors: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} {message.location['url']}")

    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.get_by_role("heading", level=1).first.wait_for()
    page.wait_for_load_state("networkidle")
    page.add_script_tag(path=AXE)
    found: list[str] = page.evaluate(FINDINGS)
    if (excess := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        found.append(f"{excess} pixels wider than the screen")
    return [f"{url}: {fault}" for fault in found + errors]


def test_pages_of_guests(visitor: BrowserContext, demo: DemoServer) -> None:
    faults = [fault for path in OF_GUESTS for fault in findings(visitor.new_page(), f"{demo.url}{path}")]
    assert faults == []


def test_pages_of_users_and_administrators(visitor: BrowserContext, demo: DemoServer) -> None:
    demo.log_in(visitor)
    with demo.client() as client:
        me = client.get("/auth/users/me").json()["id"]
    paths = [*OF_USERS, *OF_ADMINISTRATORS, f"/admin/users/{me}"]
    faults: list[str] = []
    for path in paths:
        page = visitor.new_page()
        faults += findings(page, f"{demo.url}{path}")
        page.close()
    assert faults == []
