"""Watching together in two browsers: a member's and a guest's, who come in by the link, steer each other and talk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import chromium
from tests.e2e.chromium import open_context
from tests.e2e.site import Site
from tests.e2e.test_accessibility import AXE, FINDINGS
from tests.e2e.test_watching import TIME, VIDEO, played_to, until
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def host(browser: Browser, site: Site) -> Iterator[Page]:
    """A member, who is not the first user: what is seen here stays with them."""
    site.until_scanned(site.videos)
    context = open_context(browser, viewport={"width": 1280, "height": 800})
    site.log_in(context, site.token_of_member("host"))
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def guest(browser: Browser) -> Iterator[Page]:
    """Somebody without an account, on a phone."""
    context = open_context(browser, viewport={"width": 390, "height": 780})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def open_room(page: Page, site: Site, slug: str) -> str:
    """Open a room for a video, and return its link."""
    page.goto(f"{site.url}/watch/{slug}")
    played_to(page, 1)
    page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    page.get_by_test_id("start-room").click()
    page.get_by_label("Guests may come").check()
    page.get_by_test_id("make-room").click()
    return page.get_by_test_id("room-link").input_value()


def apart(first: Page, second: Page) -> float:
    """Seconds between two pictures that play, or rest."""
    look = f"[{TIME}, {VIDEO}.paused ? 0 : Date.now()]"
    (one, at), (other, later) = first.evaluate(look), second.evaluate(look)
    return abs(float(one) + (later - at) / 1000 - float(other))


def together(first: Page, second: Page, seconds: float) -> None:
    """Wait until two pictures are no more than some seconds apart."""
    wait_until(lambda: apart(first, second) < seconds)


@pytest.mark.exhaustive
def test_two_browsers_watch_together(host: Page, guest: Page, site: Site) -> None:
    link = open_room(host, site, "a-quiet-harbour")
    assert link.startswith(f"{site.url}/rooms/")
    until(host, f"{VIDEO}.paused")
    guest.goto(link)
    guest.get_by_test_id("guest-name").fill("Zoe")
    guest.get_by_test_id("guest-join").click()
    expect(host.get_by_test_id("room-member").filter(has_text="Zoe")).to_contain_text("ready")
    # Each steers the other.
    host.keyboard.press("k")
    played_to(guest, 1)
    until(host, f"!{VIDEO}.paused")
    guest.keyboard.press("k")
    until(host, f"{VIDEO}.paused")
    until(guest, f"{VIDEO}.paused")
    together(host, guest, 0.1)
    host.keyboard.press("3")
    place = float(host.evaluate(f"{VIDEO}.duration")) * 0.3
    until(guest, f"Math.abs({TIME} - {place}) < 0.2")
    host.keyboard.press("k")
    played_to(guest, place)
    played_to(host, place)
    until(host, f"{VIDEO}.playbackRate === 1")
    until(guest, f"{VIDEO}.playbackRate === 1")
    together(host, guest, 0.25)
    guest.get_by_test_id("room-open").click()
    guest.get_by_test_id("room-write").fill("Hello <b>Ada</b>")
    guest.keyboard.press("Enter")
    expect(host.get_by_test_id("room-chat")).to_contain_text("Hello <b>Ada</b>")
    host.get_by_role("button", name="React with 🎉").click()
    expect(guest.get_by_test_id("room-said")).to_contain_text("🎉")
    for page in (host, guest):
        # As an expression: the page's policy, which holds here, lets no script in.
        page.evaluate(f"() => {{ {AXE.read_text()} }}")
        assert page.evaluate(FINDINGS) == []
    # The end is the end for all.
    host.get_by_test_id("room-end").click()
    host.get_by_test_id("room-end-confirm").click()
    expect(host.get_by_role("heading", name="The room has ended")).to_be_visible()
    expect(guest.get_by_role("heading", name="The room has ended")).to_be_visible()


@pytest.mark.exhaustive
def test_a_room_goes_on_to_the_next_video_and_waits_for_whoever_asks(host: Page, guest: Page, site: Site) -> None:
    link = open_room(host, site, "northern-lights-s1e1")
    guest.goto(link)
    guest.get_by_test_id("guest-name").fill("Zoe")
    guest.get_by_test_id("guest-join").click()
    expect(host.get_by_test_id("room-member").filter(has_text="Zoe")).to_contain_text("ready")
    guest.get_by_test_id("room-open").click()
    guest.get_by_test_id("room-ready").click()
    expect(host.get_by_test_id("room-member").filter(has_text="Zoe")).to_contain_text("not ready")
    host.keyboard.press("k")
    expect(host.get_by_test_id("room-waiting")).to_contain_text("Zoe")
    guest.get_by_test_id("room-ready").click()
    played_to(guest, 0.5)
    host.keyboard.press("n")
    expect(guest.get_by_role("heading", name="Northern Lights")).to_be_visible()
    until(guest, f"{TIME} < 3 && !{VIDEO}.paused")
    played_to(guest, 0.5)
    played_to(host, 0.5)
    guest.get_by_test_id("room-leave").click()
    expect(guest.get_by_role("heading", name="You have left the room")).to_be_visible()
    expect(host.get_by_test_id("room-member").filter(has_text="Zoe")).to_have_count(0)
    host.get_by_test_id("room-leave").click()
    expect(host).not_to_have_url("/rooms/")


@pytest.mark.exhaustive
def test_a_guest_stays_after_a_reload_until_the_host_sends_them_away(host: Page, guest: Page, site: Site) -> None:
    link = open_room(host, site, "a-quiet-harbour")
    guest.goto(link)
    guest.get_by_test_id("guest-name").fill("Zoe")
    guest.get_by_test_id("guest-join").click()
    zoe = host.get_by_test_id("room-member").filter(has_text="Zoe")
    expect(zoe).to_contain_text("ready")
    guest.reload()
    guest.get_by_test_id("room-open").click()
    expect(guest.get_by_test_id("room-member").filter(has_text="Zoe")).to_contain_text("you")
    expect(zoe).to_have_count(1)
    host.get_by_role("button", name="Send Zoe away").click()
    host.get_by_test_id("room-remove-confirm").click()
    expect(guest.get_by_role("heading", name="You were sent away")).to_be_visible()
    expect(zoe).to_have_count(0)
    # The link is another one now.
    expect(host.get_by_test_id("room-link")).not_to_have_value(link)
    guest.goto(link)
    guest.get_by_test_id("guest-name").fill("Zoe")
    guest.get_by_test_id("guest-join").click()
    expect(guest.get_by_role("heading", name="There is no such room")).to_be_visible()


@pytest.mark.exhaustive
def test_who_may_not_steer_is_told_so(host: Page, guest: Page, site: Site) -> None:
    host.goto(f"{site.url}/watch/a-quiet-harbour")
    played_to(host, 1)
    host.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    host.get_by_test_id("start-room").click()
    host.get_by_label("Guests may come").check()
    host.get_by_label("The host alone").check()
    host.get_by_test_id("make-room").click()
    guest.goto(host.get_by_test_id("room-link").input_value())
    guest.get_by_test_id("guest-name").fill("Zoe")
    guest.get_by_test_id("guest-join").click()
    expect(host.get_by_test_id("room-member").filter(has_text="Zoe")).to_contain_text("ready")
    guest.keyboard.press("k")
    expect(guest.get_by_text("Only the host plays, pauses and seeks in this room.")).to_be_visible()
    host.keyboard.press("k")
    played_to(guest, 1)


@pytest.mark.exhaustive
def test_three_browsers_are_together(host: Page, site: Site, browser: Browser) -> None:
    """Three programs, not three pages of one: each has its own clock, decoder and cache."""
    link = open_room(host, site, "a-quiet-harbour")
    others = [
        browser.browser_type.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS).new_page()
        for _ in range(2)
    ]
    for page, name in zip(others, ("Zoe", "Yan"), strict=True):
        page.goto(link)
        page.get_by_test_id("guest-name").fill(name)
        page.get_by_test_id("guest-join").click()
        expect(host.get_by_test_id("room-member").filter(has_text=name)).to_contain_text("ready")
    host.keyboard.press("k")
    pages = [host, *others]
    for page in pages:
        played_to(page, 2)
    # A machine that is busy for a moment lets a picture stand; those who are late catch up.
    for key in ("", "2"):
        if key:
            others[0].keyboard.press(key)
        most = 1.0
        for _ in range(200):
            most = max(apart(one, other) for one in pages for other in pages if one is not other)
            if most <= 0.15:
                break
            host.wait_for_timeout(100)
        assert most <= 0.15, most
    for page in others:
        assert page.context.browser is not None
        page.context.browser.close()
