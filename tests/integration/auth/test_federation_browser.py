"""Logging in with an account of another instance in a real browser: the policies of the pages let the forms through,
and the session cookie comes along although another site sent the browser (docs/decisions/0010-federation.md)."""

from __future__ import annotations

import re
import socket
import time
from base64 import b32decode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
from auth_client import bearer, make_runtime
from fastapi import FastAPI
from playwright.async_api import Browser, Page, async_playwright, expect
from tests.e2e import chromium
from tests.fakes.serving import served
from tests.waiting import PATIENCE

from kyoo.auth.app import create_app
from kyoo.auth.factors.totp import code_at
from kyoo.auth.settings import AuthSettings
from kyoo.core.database.postgres import Database
from kyoo.serve.http.gateway import Gateway
from kyoo.serve.http.web import web_client
from kyoo.serve.services import NAMES

pytestmark = pytest.mark.browser
expect.set_options(timeout=1000 * PATIENCE)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        yield browser
        await browser.close()


async def opened(browser: Browser) -> Page:
    """A page of a browser without cookies."""
    page = await browser.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    return page


@pytest.fixture
async def instances(two_databases: list[Database], tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """Home and away, which are two sites for a browser, each with the pages of the web client."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [listener.getsockname()[1] for listener in listeners]
    home, away = f"http://localhost:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
    async with AsyncExitStack() as stack:
        for url, listener, database, more in (
            (home, listeners[0], two_databases[0], {"federation_offer": [away]}),
            (away, listeners[1], two_databases[1], {"federation_accept": [home, "*"]}),
        ):
            settings = AuthSettings(public_url=url, profile_picture_path=str(tmp_path), **more)  # type: ignore[arg-type]
            gateway, nothing = Gateway(), FastAPI()
            auth = create_app(settings, make_runtime(database))
            gateway.mount(dict.fromkeys(NAMES, nothing) | {"auth": auth}, web=web_client())
            await stack.enter_async_context(served(gateway, listener))
        yield home, away


async def register(url: str, name: str = "ada") -> str:
    async with httpx2.AsyncClient() as client:
        body = {"username": name, "email": f"{name}@kyoo.test", "password": "correct horse"}
        return str((await client.post(f"{url}/auth/users", json=body)).json()["token"])


async def begin(page: Page, home: str, away: str) -> None:
    """A login that leads back to a page without code, which does not finish it by itself."""
    host = home.removeprefix("http://")
    await page.goto(f"{away}/auth/health")
    # A click of a page of the other site, as a login button is.
    await page.evaluate(f"location.href = '{away}/auth/oidc/login/{host}?redirectUrl={away}/auth/health'")
    await expect(page.get_by_role("heading")).to_have_text(re.compile("Log in at"))


async def finish(page: Page, away: str) -> int:
    """What the callback answers to a page of away."""
    await page.wait_for_url(f"{away}/auth/health?*")
    status: int = await page.evaluate(
        """async () => {
            const query = new URLSearchParams(location.search);
            const path = `/auth/oidc/callback/${query.get("provider")}?token=${query.get("token")}`;
            return (await fetch(path)).status;
        }"""
    )
    return status


@pytest.mark.exhaustive
async def test_with_a_session_one_click_is_enough(browser: Browser, instances: tuple[str, str]) -> None:
    home, away = instances
    token = await register(home)
    page = await opened(browser)
    await page.goto(f"{home}/auth/health")
    await page.evaluate(f"document.cookie = 'X-Bearer={token}; path=/; samesite=strict'")
    await begin(page, home, away)
    await page.get_by_role("button", name="Continue").click()
    assert await finish(page, away) == 201


@pytest.mark.exhaustive
async def test_without_a_session_one_says_who_one_is(browser: Browser, instances: tuple[str, str]) -> None:
    home, away = instances
    await register(home)
    page = await opened(browser)
    await begin(page, home, away)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert")).to_contain_text("not logged in here")
    await page.get_by_label("Username or e-mail").fill("ada")
    await page.get_by_label("Password").fill("correct horse")
    await page.keyboard.press("Enter")
    assert await finish(page, away) == 201


@pytest.mark.exhaustive
async def test_the_address_of_ones_server_is_enough(browser: Browser, instances: tuple[str, str]) -> None:
    home, away = instances
    await register(home)
    await register(away, "grace")
    page = await opened(browser)

    async def go_to(address: str) -> None:
        await page.goto(f"{away}/login")
        await page.get_by_test_id("login-elsewhere").click()
        await page.get_by_test_id("server-address").fill(address)
        await page.get_by_test_id("server-submit").click()

    async def agree() -> None:
        await page.get_by_label("Username or e-mail").fill("ada")
        await page.get_by_label("Password").fill("correct horse")
        await page.keyboard.press("Enter")

    await go_to("no address")
    await expect(page.get_by_role("alert")).to_contain_text("not the address of a server")
    await page.get_by_role("link", name="To the log-in page").click()
    await go_to(f" {home}/login?next=%2F ")
    await page.get_by_role("button", name="Continue").click()
    await agree()
    await page.wait_for_url(f"{away}/")
    me = await page.evaluate("fetch('/auth/users/me').then(answer => answer.json())")
    assert (me["username"], list(me["oidc"])) == ("ada", [home.removeprefix("http://")])

    # The second factor that they set up here is asked for here.
    token = next(cookie["value"] for cookie in await page.context.cookies(away) if cookie["name"].startswith("kyoo"))
    async with httpx2.AsyncClient(base_url=away, headers=bearer(token)) as client:
        secret = b32decode((await client.post("/auth/users/me/totp")).json()["secret"])
        now = int(time.time()) // 30
        await client.post("/auth/users/me/totp/confirm", json={"code": code_at(secret, now - 1)})
    await page.context.clear_cookies()
    await page.evaluate("localStorage.clear()")
    await go_to(home)
    await page.get_by_role("button", name="Continue").click()
    await agree()
    await page.get_by_test_id("second-factor-code").fill(code_at(secret, now))
    await page.get_by_test_id("second-factor-submit").click()
    await page.wait_for_url(f"{away}/")
    assert (await page.evaluate("fetch('/auth/users/me').then(answer => answer.json())"))["id"] == me["id"]


@pytest.mark.exhaustive
async def test_a_login_cannot_be_finished_in_another_browser(browser: Browser, instances: tuple[str, str]) -> None:
    home, away = instances
    await register(home)
    page = await opened(browser)
    await begin(page, home, away)
    await page.get_by_role("button", name="Cancel").click()
    await page.wait_for_url(f"{away}/auth/health?*error=access_denied*")
    await begin(page, home, away)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Username or e-mail").fill("ada")
    await page.get_by_label("Password").fill("correct horse")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{away}/auth/health?*")
    address = page.url
    other = await opened(browser)
    await other.goto(address)
    assert await finish(other, away) == 403
