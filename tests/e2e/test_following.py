"""What people see of what they follow and have watched: the calendar, statistics, notices; what streams cost."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.demo import DemoServer

pytestmark = pytest.mark.browser


def test_the_address_of_a_calendar_is_made_and_ended(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/settings")
    page.get_by_test_id("calendar-make").click()
    url = page.get_by_test_id("calendar-url").input_value()
    path = re.sub("^https?://[^/]+", "", url)
    with httpx2.Client(base_url=demo.url) as stranger:
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
        assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
        page.get_by_test_id("calendar-end").click()
        expect(page.get_by_test_id("calendar-end")).to_have_count(0)
        assert stranger.get(path).status_code == 404


@pytest.mark.exhaustive
def test_what_was_watched_is_shown_with_a_table_behind_each_plot(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    found = {
        "seconds": 5400, "finished": 1, "first": "2026-01-01", "last": "2026-01-02", "zone": "UTC",
        "days": [
            {"day": "2026-01-01", "seconds": 1800, "finished": 0},
            {"day": "2026-01-02", "seconds": 3600, "finished": 1},
        ],
        "hours": [5400, *[0] * 23], "encoded": {"video": 1350, "audio": 0},
        "titles": [
            {
                "show": {"id": "x", "slug": "winter-orchard", "kind": "movie", "name": "Winter Orchard"},
                "seconds": 5400, "finished": 1,
            },
        ],
    }  # fmt: skip
    page.route("**/api/profiles/me/statistics?*", lambda route: route.fulfill(json=found))
    page.goto(f"{demo.url}/settings/statistics")
    figures = page.get_by_test_id("statistics")
    expect(figures).to_contain_text("1 h 30 min")
    expect(figures).to_contain_text("25 %")
    expect(page.get_by_role("img", name=re.compile("^By day: at most 1 h"))).to_be_visible()
    page.get_by_text("As a table").first.click()
    row = page.get_by_role("row").filter(has_text="30 min").first
    expect(row).to_be_visible()
    page.get_by_role("link", name="Winter Orchard").click()
    expect(page).to_have_url(f"{demo.url}/movies/winter-orchard")
    page.goto(f"{demo.url}/admin/statistics")
    expect(page.get_by_test_id("statistics")).to_be_visible()
    page.get_by_label("Period").select_option("7")
    expect(page.get_by_label("Whose")).to_be_visible()


def test_a_notice_of_the_server_is_shown(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    with page.expect_websocket() as opened:
        page.goto(f"{demo.url}/settings")
    with opened.value.expect_event("framereceived", lambda frame: '"subscribe"' in str(frame)):
        pass
    with demo.client() as client:
        body = {"username": "noticed", "email": "noticed@example.org", "password": "a long pass phrase of tests"}
        made = client.post("/auth/users", json=body)
        assert made.status_code in (200, 201), made.text
        expect(page.get_by_text("noticed has registered")).to_be_visible()
        assert client.delete(f"/auth/users/{client.get('/auth/users/noticed').json()['id']}").status_code == 200


@pytest.mark.exhaustive
def test_why_a_track_is_encoded_and_what_that_costs(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    track = {"index": 0, "quality": "480p", "heads": [], "reason": "quality", "encoders": 1, "processorSeconds": 12.4}
    stream = {
        "id": "x", "path": "/x.mkv", "duration": 100, "videos": [track], "viewers": [], "entries": [], "show": None,
        "audios": [{"index": 0, "quality": "original", "heads": [], "reason": None}],
    }  # fmt: skip
    page.route("**/api/videos/streams", lambda route: route.fulfill(json=[stream]))
    page.goto(f"{demo.url}/admin/streams")
    expect(page.get_by_test_id("stream-track")).to_have_text(
        [
            "Video 480p · encoded: less was asked for · 12 seconds of processors, 1 encoder at work",
            "Audio original · copied",
        ]
    )
