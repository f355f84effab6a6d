"""The page of consent in a real browser: its policies let the form through, and the session cookie comes along although
another site sent the browser (docs/decisions/0010-federation.md)."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
from auth_client import make_runtime
from playwright.async_api import Browser, Page, async_playwright, expect
from tests.e2e import chromium
from tests.fakes.serving import served

from kyoo.auth.app import create_app
from kyoo.auth.settings import AuthSettings
from kyoo.core.postgres import Database

pytestmark = pytest.mark.browser


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def instances(database: Database, tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """Home and away, which are two sites for a browser. They may share a database: nothing of it links them."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [listener.getsockname()[1] for listener in listeners]
    home, away = f"http://localhost:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
    async with AsyncExitStack() as stack:
        for url, listener, more in (
            (home, listeners[0], {"federation_offer": [away]}),
            (away, listeners[1], {"federation_accept": [home]}),
        ):
            settings = AuthSettings(public_url=url, profile_picture_path=str(tmp_path), **more)  # type: ignore[arg-type]
            await stack.enter_async_context(served(create_app(settings, make_runtime(database)), listener))
        yield home, away


async def register(url: str) -> str:
    async with httpx2.AsyncClient() as client:
        body = {"username": "ada", "email": "ada@kyoo.test", "password": "correct horse"}
        return str((await client.post(f"{url}/auth/users", json=body)).json()["token"])


async def begin(page: Page, home: str, away: str) -> None:
    host = home.removeprefix("http://")
    await page.goto(f"{away}/auth/health")
    # A click of a page of the other site, as a login button is.
    await page.evaluate(f"location.href = '{away}/auth/oidc/login/{host}?redirectUrl={away}/oidc-callback'")
    await expect(page.get_by_role("heading")).to_have_text(re.compile("Log in at"))


async def finish(page: Page, away: str) -> int:
    """What the callback answers to a page of away."""
    await page.wait_for_url(f"{away}/oidc-callback?*")
    status: int = await page.evaluate(
        """async () => {
            const query = new URLSearchParams(location.search);
            const path = `/auth/oidc/callback/${query.get("provider")}?token=${query.get("token")}`;
            return (await fetch(path)).status;
        }"""
    )
    return status


async def test_with_a_session_one_click_is_enough(browser: Browser, instances: tuple[str, str]) -> None:
    home, away = instances
    token = await register(home)
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{home}/auth/health")
    await page.evaluate(f"document.cookie = 'X-Bearer={token}; path=/; samesite=strict'")
    await begin(page, home, away)
    await page.get_by_role("button", name="Continue").click()
    # The e-mail is taken: both share a database here. The way to this answer is what counts.
    assert await finish(page, away) == 409


async def test_without_a_session_one_says_who_one_is(browser: Browser, instances: tuple[str, str]) -> None:
    home, away = instances
    await register(home)
    page = await browser.new_page()
    await begin(page, home, away)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert")).to_contain_text("not logged in here")
    await page.get_by_label("Username or e-mail").fill("ada")
    await page.get_by_label("Password").fill("correct horse")
    await page.keyboard.press("Enter")
    assert await finish(page, away) == 409


async def test_a_login_cannot_be_finished_in_another_browser(browser: Browser, instances: tuple[str, str]) -> None:
    home, away = instances
    await register(home)
    page = await browser.new_page()
    await begin(page, home, away)
    await page.get_by_role("button", name="Cancel").click()
    await page.wait_for_url(f"{away}/oidc-callback?*error=access_denied*")
    await begin(page, home, away)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Username or e-mail").fill("ada")
    await page.get_by_label("Password").fill("correct horse")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{away}/oidc-callback?*")
    address = page.url
    other = await (await browser.new_context()).new_page()
    await other.goto(address)
    assert await finish(other, away) == 403
