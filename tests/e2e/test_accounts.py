"""What people do in a browser to get in: second factors, passkeys, a television, invitations, forgotten passwords."""

from __future__ import annotations

import io
import json
import re
import time
from base64 import b32decode
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from kyoo.auth.factors.totp import code_at
from tests.e2e.chromium import open_context
from tests.e2e.site import Site
from tests.fakes.oidc_providers import mock_provider
from tests.samples import sampled
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser

#: Addresses that a careless page takes for its own.
ELSEWHERE = ("/%09/evil.example", "//evil.example", "/%5Cevil.example", "/.//evil.example", "https://evil.example")

numbers = count()


@pytest.fixture
def elsewhere(site: Site) -> Iterator[None]:
    """The provider of logins that the site knows."""
    with mock_provider(site.elsewhere):
        yield


@pytest.fixture
def name(page: Page, site: Site) -> str:
    """The name of a new user, who is logged in on `page`; the password is "password of <name>"."""
    name = f"user{next(numbers)}"
    site.log_in(page.context, site.token_of_member(name))
    return name


def sign_up(page: Page, name: str, password: str = "") -> None:
    page.get_by_test_id("register-username").fill(name)
    page.get_by_test_id("register-email").fill(f"{name}@example.org")
    page.get_by_test_id("register-password").fill(password or f"password of {name}")
    page.get_by_test_id("register-submit").click()


def log_in(page: Page, site: Site, name: str, password: str = "") -> None:
    """The first step, by a visitor whom nobody knows."""
    at_the_door(page, site)
    page.get_by_test_id("login-login").fill(name)
    page.get_by_test_id("login-password").fill(password or f"password of {name}")
    page.get_by_test_id("login-submit").click()


def at_the_door(page: Page, site: Site) -> None:
    """The page of the login, for a visitor whom nobody knows."""
    # From a page without code: the application would follow the change by itself.
    page.goto(f"{site.url}/auth/info")
    page.context.clear_cookies()
    page.evaluate("localStorage.clear()")
    page.goto(f"{site.url}/login")


def home(page: Page, site: Site) -> None:
    expect(page).to_have_url(f"{site.url}/")


def answer(page: Page, code: str) -> None:
    page.get_by_test_id("second-factor-code").fill(code)
    page.get_by_test_id("second-factor-submit").click()


def shown(page: Page, test_id: str) -> str:
    """The value of a secret that is shown once."""
    field = page.get_by_test_id(test_id)
    expect(field).to_be_visible()
    return (field.input_value() if field.evaluate("node => 'value' in node") else field.inner_text()).strip()


def kept(page: Page) -> str:
    """All that scripts of the page can read of what the browser keeps."""
    return str(page.evaluate("document.cookie + JSON.stringify({...localStorage, ...sessionStorage})"))


def session_cookies(page: Page) -> list[Any]:
    """Without the moment at which they expire."""
    return [{**cookie, "expires": 0} for cookie in page.context.cookies() if "oidc" not in cookie["name"]]


def test_no_script_can_read_the_session(page: Page, site: Site) -> None:
    """It is in a cookie that only the browser has; the page works with it, and it goes at logout."""
    name = f"user{next(numbers)}"
    page.goto(f"{site.url}/register")
    sign_up(page, name)
    home(page, site)
    (cookie,) = session_cookies(page)
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (f"kyoo-{site.port}", True, "Strict")
    bearer = {"Authorization": f"Bearer {cookie['value']}"}
    (session,) = httpx2.get(f"{site.url}/auth/sessions", headers=bearer, timeout=PATIENCE).json()
    assert cookie["value"] not in kept(page)
    assert session["id"] in kept(page)
    requests: list[dict[str, str]] = []
    page.on("request", lambda request: requests.append(request.all_headers()))
    page.goto(f"{site.url}/settings/account")
    expect(page.get_by_label("User name")).to_have_value(name)
    assert not any("authorization" in headers for headers in requests)
    page.goto(f"{site.url}/settings/devices")
    page.get_by_test_id("settings-logout").click()
    expect(page).to_have_url(f"{site.url}/login")
    assert (session_cookies(page), session["id"] in kept(page)) == ([], False)
    assert httpx2.get(f"{site.url}/auth/users/me", headers=bearer, timeout=PATIENCE).status_code == 403


def test_who_deletes_the_account_is_logged_out(page: Page, site: Site) -> None:
    name = f"user{next(numbers)}"
    page.goto(f"{site.url}/register")
    sign_up(page, name)
    home(page, site)
    page.goto(f"{site.url}/settings/account")
    page.get_by_test_id("delete-account").click()
    page.get_by_test_id("delete-account-name").fill(name)
    page.get_by_test_id("delete-account-submit").click()
    expect(page).to_have_url(f"{site.url}/login")
    assert session_cookies(page) == []
    log_in(page, site, name)
    expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.exhaustive
def test_who_was_logged_in_with_an_older_release_stays_so(page: Page, site: Site, name: str) -> None:
    login = {"login": name, "password": f"password of {name}"}
    token = httpx2.post(f"{site.url}/auth/sessions", json=login, timeout=PATIENCE).json()["token"]
    at_the_door(page, site)
    page.evaluate("token => { localStorage.token = token; document.cookie = `X-Bearer=${token}; Path=/` }", token)
    page.goto(f"{site.url}/settings/account")
    expect(page.get_by_label("User name")).to_have_value(name)
    (cookie,) = session_cookies(page)
    assert (cookie["name"], cookie["value"]) == (f"kyoo-{site.port}", token)
    assert token not in kept(page)


def test_a_session_that_ended_elsewhere_leaves_nothing(page: Page, site: Site, name: str) -> None:
    (cookie,) = session_cookies(page)
    bearer = {"Authorization": f"Bearer {cookie['value']}"}
    page.goto(f"{site.url}/settings/account")
    expect(page.get_by_label("User name")).to_have_value(name)
    assert httpx2.delete(f"{site.url}/auth/sessions/current", headers=bearer, timeout=PATIENCE).status_code == 200
    # The page hears of it by itself.
    page.wait_for_url(f"{site.url}/login?**")
    assert session_cookies(page) == []
    page.get_by_test_id("login-login").fill(name)
    page.get_by_test_id("login-password").fill(f"password of {name}")
    page.get_by_test_id("login-submit").click()
    expect(page).to_have_url(f"{site.url}/settings/account")


@pytest.mark.parametrize("target", sampled(ELSEWHERE, ELSEWHERE[:1].__contains__))
def test_nobody_is_sent_to_another_site_after_logging_in(page: Page, site: Site, name: str, target: str) -> None:
    at_the_door(page, site)
    left: list[str] = []
    page.route(lambda url: not url.startswith(site.url), lambda route: (left.append(route.request.url), route.abort()))
    page.goto(f"{site.url}/login?next={target}")
    page.get_by_test_id("login-login").fill(name)
    page.get_by_test_id("login-password").fill(f"password of {name}")
    with page.expect_navigation(wait_until="commit"):
        page.get_by_test_id("login-submit").click()
    assert page.url.startswith(f"{site.url}/")
    assert left == []


@pytest.mark.exhaustive
def test_an_authenticator_app_and_recovery_codes(page: Page, site: Site, name: str) -> None:
    page.goto(f"{site.url}/settings/security")
    page.get_by_test_id("totp-start").click()
    secret = b32decode(shown(page, "totp-secret"))
    expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    page.get_by_test_id("totp-code").fill(code_at(secret, int(time.time()) // 30 - 1))
    page.get_by_test_id("totp-submit").click()
    codes = shown(page, "recovery-codes").split()
    assert len(codes) == 10
    page.get_by_test_id("recovery-saved").click()

    log_in(page, site, name)
    answer(page, code_at(secret, int(time.time()) // 30))
    home(page, site)
    log_in(page, site, name)
    answer(page, codes[0])
    home(page, site)


def test_a_passkey_alone_and_as_second_factor(page: Page, site: Site, name: str) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**key, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    page.goto(f"{site.url}/settings/security")
    page.get_by_test_id("passkey-name").fill("This laptop")
    page.get_by_test_id("passkey-add").click()
    assert len(shown(page, "recovery-codes").split()) == 10
    page.get_by_test_id("recovery-saved").click()
    expect(page.get_by_text("This laptop", exact=True)).to_be_visible()

    log_in(page, site, name)
    page.get_by_test_id("second-factor-passkey").click()
    home(page, site)

    at_the_door(page, site)
    page.get_by_test_id("login-passkey").click()
    home(page, site)
    page.goto(f"{site.url}/settings/account")
    expect(page.locator(f"input[value='{name}']")).to_be_visible()


def test_a_television_is_let_in(page: Page, site: Site, name: str) -> None:
    code = httpx2.post(f"{site.url}/auth/device?device=Living room TV", timeout=PATIENCE).json()
    page.goto(code["verificationUriComplete"])
    expect(page.get_by_text("Living room TV", exact=True)).to_be_visible()
    page.get_by_test_id("device-approve").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    session = httpx2.post(f"{site.url}/auth/device/token", json={"deviceCode": code["deviceCode"]}, timeout=PATIENCE)
    assert session.status_code == 201
    me = httpx2.get(
        f"{site.url}/auth/users/me",
        headers={"Authorization": f"Bearer {session.json()['token']}"},
        timeout=PATIENCE,
    )
    assert me.json()["username"] == name


@pytest.mark.exhaustive
def test_an_old_program_logs_in_with_an_app_password(page: Page, site: Site, name: str) -> None:
    page.goto(f"{site.url}/settings/security")
    page.get_by_test_id("app-password-name").fill("Old TV")
    page.get_by_test_id("app-password-add").click()
    secret = shown(page, "app-password-secret")
    body = {"login": name, "password": secret}
    assert httpx2.post(f"{site.url}/auth/sessions", json=body, timeout=PATIENCE).status_code == 201


def test_an_invitation(page: Page, site: Site) -> None:
    with site.client() as admin:
        made = admin.post("/auth/invitations", json={"claims": {"permissions": ["core.read"]}, "note": "Welcome"})
    page.goto(made.json()["url"])
    expect(page.get_by_text("Welcome", exact=True)).to_be_visible()
    password = page.get_by_test_id("register-password")
    expect(password).to_have_accessible_description(re.compile("^At least 8 characters"))
    sign_up(page, "guest", "iloveyou")
    expect(page.get_by_role("alert")).to_contain_text("too easy to guess")
    sign_up(page, "guest")
    home(page, site)


@pytest.mark.exhaustive
def test_an_administrator_lets_somebody_in(page: Page, site: Site, name: str, browser: Browser) -> None:
    with site.client() as admin:
        user = admin.get(f"/auth/users/{name}").json()["id"]
        admin.patch(f"/auth/users/{user}", json={"claims": {"verified": False}}).raise_for_status()
    page.goto(f"{site.url}/settings/account")
    expect(page.get_by_label("New password")).to_have_accessible_description(re.compile("^At least 8 characters"))
    page.clock.install()
    page.goto(f"{site.url}/browse")
    waits = page.get_by_role("heading", name="You are almost in")
    expect(waits).to_be_visible()
    expect(page.get_by_text("An administrator of this server has to let you in.")).to_be_visible()
    context = open_context(browser)
    admins = context.new_page()
    log_in(admins, site, site.account["username"], site.account["password"])
    home(admins, site)
    admins.goto(f"{site.url}/admin")
    waiting = admins.get_by_test_id("waiting-users")
    expect(waiting).to_contain_text(name)
    waiting.get_by_test_id("let-in").click()
    expect(waiting).to_be_hidden()
    context.close()
    # Their page goes on by itself.
    page.clock.fast_forward("00:11")
    expect(waits).to_be_hidden()
    expect(page).to_have_url(f"{site.url}/browse")


@pytest.mark.exhaustive
def test_a_forgotten_password(page: Page, site: Site, name: str) -> None:
    with site.client() as admin:
        user = admin.get(f"/auth/users/{name}").json()["id"]
        link = admin.post(f"/auth/users/{user}/password-reset").json()["url"]
    page.goto(link)
    password = page.get_by_test_id("reset-password")
    expect(password).to_have_accessible_description(re.compile("^At least 8 characters"))
    password.fill("a new one")
    page.get_by_test_id("reset-submit").click()
    expect(page.get_by_text("Your password has been changed.")).to_be_visible()
    log_in(page, site, name, "a new one")
    home(page, site)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("elsewhere")
def test_an_account_elsewhere_is_linked_logs_in_and_is_unlinked(page: Page, site: Site, name: str) -> None:
    # Its page wants a style sheet of the internet.
    page.route("**/*.css", lambda route: route.continue_() if site.url in route.request.url else route.abort())

    def authorize() -> None:
        page.get_by_placeholder("sub").fill(f"{name}@elsewhere")
        page.get_by_role("button", name="Authorize").click()

    page.goto(f"{site.url}/settings/account")
    page.get_by_role("link", name="Link", exact=True).click()
    authorize()
    expect(page).to_have_url(f"{site.url}/settings/account")
    expect(page.get_by_text("Linked as")).to_contain_text(name)

    at_the_door(page, site)
    page.get_by_role("link", name="Continue with Elsewhere").click()
    authorize()
    home(page, site)
    page.get_by_test_id("account-menu").click()
    expect(page.get_by_text(f"{name}@example.org")).to_be_visible()

    page.goto(f"{site.url}/settings/account")
    page.get_by_role("button", name="Unlink").first.click()
    page.locator("dialog[open]").get_by_role("button", name="Unlink").click()
    expect(page.get_by_role("link", name="Link", exact=True)).to_be_visible()


@pytest.mark.exhaustive
def test_a_picture_is_chosen_and_removed(page: Page, site: Site, name: str) -> None:
    account = f"{site.url}/settings/account"
    page.goto(account)
    choose, shown = page.get_by_test_id("picture"), page.get_by_test_id("account-menu").locator("img")
    remove = page.get_by_role("button", name="Remove", exact=True)
    with io.BytesIO() as file:
        Image.new("RGB", (400, 600), "teal").save(file, "PNG")
        choose.set_input_files([FilePayload(name="me.png", mimeType="image/png", buffer=file.getvalue())])
    expect(shown).to_have_js_property("naturalWidth", 400)
    remove.click()
    expect(shown).to_have_count(0)
    expect(remove).to_have_count(0)

    def from_elsewhere(route: Route) -> None:
        user = route.fetch().json()
        assert user["username"] == name
        route.fulfill(json=user | {"logo": f"/auth/users/{user['id']}/logo"})

    page.route("**/auth/users/me", from_elsewhere)
    with page.expect_response("**/logo"):
        page.goto(account)
    expect(choose).to_be_attached()
    expect(remove).to_have_count(0)


def test_an_export_holds_what_every_service_holds(page: Page, site: Site, name: str) -> None:
    page.goto(f"{site.url}/settings/account")
    with page.expect_download() as download:
        page.get_by_test_id("export").click()
    assert download.value.suggested_filename == "account.json"
    export = json.loads(Path(download.value.path()).read_text())
    assert export["user"]["username"] == name
    assert [entry["action"] for entry in export["audit"]] == ["user.registered", "session.opened"]
    profile = export["elsewhere"]["profile"]
    assert (profile["id"], profile["history"], profile["watchlist"]) == (export["user"]["id"], [], [])
