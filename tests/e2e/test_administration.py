"""What administrators do on the pages: access, folders, API keys, sessions, the audit log, names of cuts."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chromium import open_context
from tests.e2e.demo import DemoServer
from tests.e2e.test_accounts import shown
from tests.e2e.test_pages import get
from tests.e2e.test_watching import played_to
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.browser


def kinds(demo: DemoServer, name: str) -> set[str]:
    with demo.client_of(name) as client:
        return {show["kind"] for show in client.get("/api/shows?limit=100").json()["items"]}


def open_user(page: Page, demo: DemoServer, name: str) -> None:
    page.goto(f"{demo.url}/admin/users")
    page.get_by_test_id("user").filter(has_text=name).get_by_role("link").click()
    expect(page.get_by_test_id("user-name")).to_have_text(name)


def save_limits(page: Page) -> None:
    page.get_by_test_id("limits-save").click()
    expect(page.get_by_test_id("limits-save")).to_be_disabled()


def test_a_user_is_limited_to_a_folder_and_to_an_age(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    assert "serie" in kinds(demo, "robin")
    open_user(page, demo, "robin")
    page.get_by_test_id("limit-none").uncheck()
    page.get_by_label(re.compile("^Films")).check()
    page.get_by_test_id("limit-age").fill("6")
    save_limits(page)
    assert "serie" not in kinds(demo, "robin")
    with demo.client_of("robin") as client:
        slugs = {film["slug"] for film in client.get("/api/movies?limit=100").json()["items"]}
    assert slugs == {"paper-moons", "a-quiet-harbour", "three-balloons-to-breakfast", "winter-orchard"}
    page.goto(f"{demo.url}/admin/users")
    expect(page.get_by_test_id("user").filter(has_text="robin")).to_contain_text("1 folder · age 6")

    open_user(page, demo, "robin")
    page.get_by_test_id("limit-none").check()
    page.get_by_test_id("limit-age").fill("")
    save_limits(page)
    assert "serie" in kinds(demo, "robin")


@pytest.mark.exhaustive
def test_what_a_user_may_play_is_set_on_a_page_and_told_by_the_player(
    viewer: Page, browser: Browser, demo: DemoServer
) -> None:
    page = viewer
    limits = {
        "maxStreams": ("0", 0),
        "maxHeight": ("480", 480),
        "maxLocalBitrate": ("8", 8e6),
        "maxBitrate": ("2.5", 2.5e6),
    }

    def save() -> dict[str, Any]:
        page.get_by_test_id("play-limits-save").click()
        expect(page.get_by_test_id("play-limits-save")).to_be_disabled()
        with demo.client_of("robin") as client:
            claims = client.get("/auth/users/me").json()["claims"]
        return {name: claims.get(name) for name in (*limits, "noTranscoding")}

    open_user(page, demo, "robin")
    for name, (typed, _) in limits.items():
        page.get_by_test_id(f"limit-{name}").fill(typed)
    page.get_by_test_id("limit-noTranscoding").check()
    assert save() == {name: number for name, (_, number) in limits.items()} | {"noTranscoding": True}

    with open_context(browser) as context:
        demo.log_in(context, demo.token_of("robin"))
        own = context.new_page()
        own.goto(f"{demo.url}/watch/paper-moons?t=0")
        alert = own.get_by_test_id("player-error")
        expect(alert).to_contain_text("Playing has ended")
        expect(alert).to_contain_text("This account plays 0 streams already")

        for name in limits:
            page.get_by_test_id(f"limit-{name}").fill("")
        page.get_by_test_id("limit-noTranscoding").uncheck()
        assert set(save().values()) == {None}
        alert.get_by_role("button", name="Try again").click()
        played_to(own, 0.5)


@pytest.mark.exhaustive
def test_a_folder_is_named_renamed_and_forgotten(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/admin")
    page.get_by_role("link", name="Folders").click()
    lines = page.get_by_test_id("library")
    expect(lines).to_have_count(3)
    page.get_by_test_id("library-add").click()
    form = page.locator("dialog[open]")
    form.get_by_test_id("library-name").fill("Films")
    form.get_by_test_id("library-path").fill("somewhere")
    form.get_by_test_id("library-save").click()
    expect(form.get_by_role("alert")).to_contain_text("absolute path")
    form.get_by_test_id("library-path").fill("/media/more films")
    form.get_by_test_id("library-save").click()
    expect(lines).to_have_count(4)
    added = lines.filter(has_text="/media/more films")
    added.get_by_role("button", name="Change Films").click()
    form.get_by_test_id("library-name").fill("More films")
    form.get_by_test_id("library-save").click()
    expect(added).to_contain_text("More films")
    assert {library["slug"] for library in get(demo, "/api/libraries")} == {"films", "series", "anime", "films-2"}
    added.get_by_role("button", name="Forget More films").click()
    form.get_by_test_id("library-forget-confirm").click()
    expect(lines).to_have_count(3)


@pytest.mark.exhaustive
def test_an_invitation_can_be_limited(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/admin/invitations")
    page.get_by_test_id("invitation-note").fill("For Max")
    page.get_by_test_id("limit-age").fill("12")
    page.get_by_test_id("invitation-create").click()
    expect(page.get_by_test_id("invitation-link")).to_be_visible()
    invitation = next(item for item in get(demo, "/auth/invitations")["items"] if item["note"] == "For Max")
    assert (invitation["claims"]["maxAge"], invitation["claims"]["libraries"]) == (12, None)


@pytest.mark.exhaustive
def test_an_api_key_is_made_and_deleted(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/admin/keys")
    page.get_by_test_id("api-key-name").fill("reader")
    page.get_by_label("Role").select_option(label="Viewer")
    page.get_by_test_id("api-key-create").click()
    key = shown(page, "api-key-secret")
    films = f"{demo.url}/api/movies?limit=1"
    assert httpx2.get(films, headers={"X-Api-Key": key}, timeout=PATIENCE).status_code == 200
    line = page.get_by_test_id("api-key").filter(has_text="reader")
    line.get_by_role("button", name="Delete the key reader?").click()
    line.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)
    assert httpx2.get(films, headers={"X-Api-Key": key}, timeout=PATIENCE).status_code in (401, 403)


@pytest.mark.exhaustive
def test_a_session_is_ended_and_the_audit_log_tells(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    with demo.client_of("demo", **{"User-Agent": "A lost phone"}) as phone:
        # The device is the one of the login.
        login = {"login": "demo", "password": "demo"}
        token = phone.post("/auth/sessions", json=login).json()["token"]
        page.goto(f"{demo.url}/settings/devices")
        lost = page.get_by_test_id("session").filter(has_text="A lost phone").first
        lost.get_by_test_id("session-end").click()
        expect(page.get_by_test_id("session").filter(has_text="A lost phone")).to_have_count(0)
        answer = httpx2.get(f"{demo.url}/auth/users/me", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)
        assert answer.status_code in (401, 403)
    page.goto(f"{demo.url}/admin/audit")
    entries = page.get_by_test_id("audit-entry")
    expect(entries.first).to_contain_text("Session closed")
    page.get_by_label("Action").select_option(label="Session opened")
    expect(entries.filter(has_text="Session closed")).to_have_count(0)
    expect(entries.first).to_contain_text("demo")


@pytest.mark.exhaustive
def test_missing_episodes_and_the_name_of_a_cut(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/admin/missing")
    expect(page.get_by_test_id("incomplete").filter(has_text="Northern Lights")).to_contain_text("S2:E4")
    page.goto(f"{demo.url}/info/paper-moons")
    page.get_by_test_id("cut").fill("Moonlit Cut")
    page.get_by_test_id("cut-save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert get(demo, "/api/videos/paper-moons")["edition"] == "Moonlit Cut"
    page.get_by_role("button", name="As the file says").click()
    expect(page.get_by_test_id("cut")).to_have_value("")
    wait_until(lambda: get(demo, "/api/videos/paper-moons")["edition"] is None)


@pytest.mark.exhaustive
def test_all_other_sessions_are_ended_at_once(page: Page, demo: DemoServer) -> None:
    with demo.client_of("kim") as other, demo.client_of("kim"), demo.client_of("kim") as here:
        demo.log_in(page.context, here.headers["Authorization"].split()[1])
        page.goto(f"{demo.url}/settings/devices")
        expect(page.get_by_test_id("session").nth(2)).to_be_visible()
        page.get_by_test_id("sessions-end-others").click()
        expect(page.get_by_test_id("session")).to_have_count(1)
        assert other.get("/auth/users/me").status_code in (401, 403)
        assert here.get("/auth/users/me").status_code == 200
