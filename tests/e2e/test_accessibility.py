"""Every page, wide and dark, narrow and light: no finding of axe, no error in the console, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

from tests.e2e.demo import DemoServer
from tests.samples import sampled
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


#: Pixels of width, and the theme of the system.
SCREENS = {"wide": (1280, "dark"), "narrow": (390, "light")}
#: Colours that are on their way to others have contrasts of their own.
AT_ONCE = "*, *::before, *::after { transition: none !important; animation: none !important }"
#: Until what a change of the screen changes is shown.
SHOWN = "new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(shown)))"


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    # The policy of the pages would refuse axe itself.
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    context.set_default_timeout(1000 * PATIENCE)
    yield context
    context.close()


def findings(visitor: BrowserContext, url: str) -> list[str]:
    """What is wrong with the page at `url`, on each screen."""
    found: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(f"{message.text} {message.location['url']}")

    page = visitor.new_page()
    page.on("console", said)
    page.on("pageerror", lambda error: found.append(str(error)))
    for number, (name, (width, theme)) in enumerate(SCREENS.items()):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        if not number:
            page.goto(url)
            page.get_by_role("heading", level=1).first.wait_for()
            page.wait_for_load_state("networkidle")
            page.add_script_tag(path=AXE)
            page.add_style_tag(content=AT_ONCE)
        page.evaluate(SHOWN)
        found += [f"{name}: {fault}" for fault in page.evaluate(FINDINGS)]
        if (excess := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            found.append(f"{excess} pixels wider than the {name} screen")
    page.close()
    return [f"{url}: {fault}" for fault in found]


#: One of each kind: a form, a wall of posters, a title, the player, settings, a table, an editor.
TELLING = {
    *("/login", "/series/northern-lights", "/watch/a-quiet-harbour", "/admin/users", "/edit/series/northern-lights"),
}


@pytest.mark.parametrize("path", sampled(OF_GUESTS, TELLING.__contains__))
def test_a_page_of_guests(visitor: BrowserContext, demo: DemoServer, path: str) -> None:
    assert findings(visitor, f"{demo.url}{path}") == []


@pytest.mark.parametrize("path", sampled([*OF_USERS, *OF_ADMINISTRATORS], TELLING.__contains__))
def test_a_page_of_users_and_administrators(visitor: BrowserContext, demo: DemoServer, path: str) -> None:
    demo.log_in(visitor)
    assert findings(visitor, f"{demo.url}{path}") == []


@pytest.mark.exhaustive
def test_the_page_of_a_user(visitor: BrowserContext, demo: DemoServer) -> None:
    demo.log_in(visitor)
    with demo.client() as client:
        me = client.get("/auth/users/me").json()["id"]
    assert findings(visitor, f"{demo.url}/admin/users/{me}") == []
