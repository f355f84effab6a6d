"""What an administrator, and anybody, does with webhooks on the page: set one up, try it out, see what arrived, delete
it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks import Webhook

from tests.e2e.demo import DemoServer
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

Got = list[tuple[dict[str, str], bytes]]


@pytest.fixture
def receiver() -> Iterator[tuple[str, Got]]:
    got: Got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", got
        server.shutdown()


def test_a_webhook_is_set_up_tried_and_told_what_happens(
    viewer: Page, demo: DemoServer, receiver: tuple[str, Got]
) -> None:
    page, (url, got) = viewer, receiver
    page.goto(f"{demo.url}/admin/webhooks")
    expect(page.get_by_text("There is no webhook yet.")).to_be_visible()
    page.get_by_label("Name").fill("Lamp")
    page.get_by_label("Address", exact=True).fill(f"{url}/hook")
    page.get_by_label("Something was seen to its end").check()
    page.get_by_test_id("webhook-save").click()
    line = page.get_by_test_id("webhook")
    expect(line).to_contain_text(url)
    secret = page.get_by_test_id("webhook-secret").input_value()
    assert secret.startswith("whsec_")

    line.get_by_role("button", name="Send a test").click()
    expect(line.get_by_text("It is not on the public internet")).to_be_visible()
    line.get_by_role("button", name="Edit").click()
    line.get_by_label("The address may be in the network of this server").check()
    line.get_by_test_id("webhook-save").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    line.get_by_role("button", name="Send a test").click()
    expect(line.get_by_text("It has arrived (status 204)")).to_be_visible()
    assert len(got) == 1

    with demo.client_of("robin") as client:
        answer = client.post("/api/movies/winter-orchard/watchstatus", json={"status": "completed"})
        assert answer.status_code == 200, answer.text
        film = client.get("/api/movies/winter-orchard?with=videos").json()
        play = {"entry": film["slug"], "percent": 100, "time": 60, "videoId": None, "playedDate": None}
        assert client.post("/api/profiles/me/history", json=[play]).status_code == 201
    wait_until(lambda: any(b"play.finished" in body for _, body in got))
    headers, body = next(one for one in got if b"play.finished" in one[1])
    told = Webhook(secret).verify(body, headers)
    assert told["data"]["user"]["username"] == "robin"
    assert told["data"]["show"]["slug"] == "winter-orchard"

    line.get_by_role("button", name="Last messages").click()
    log = page.get_by_test_id("webhook-log")
    expect(log).to_contain_text("Something was seen to its end")
    expect(log).to_contain_text("Arrived")
    line.get_by_role("button", name="Delete Lamp").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("There is no webhook yet.")).to_be_visible()


def test_a_program_of_ones_own_is_set_up_and_tried(viewer: Page, demo: DemoServer, receiver: tuple[str, Got]) -> None:
    page, (url, got) = viewer, receiver
    page.goto(f"{demo.url}/settings/trackers")
    expect(page.get_by_text("No program is notified yet.")).to_be_visible()
    page.get_by_label("Name").fill("List")
    page.get_by_label("Address", exact=True).fill(f"{url}/hook")
    expect(page.get_by_label("Titles are new")).to_have_count(0)
    page.get_by_test_id("webhook-save").click()
    line = page.get_by_test_id("webhook")
    expect(line).to_contain_text(url)
    assert page.get_by_test_id("webhook-secret").input_value().startswith("whsec_")
    line.get_by_role("button", name="Send a test").click()
    # Nobody has said that users may reach this machine.
    expect(line.get_by_text("It is not on the public internet")).to_be_visible()
    line.get_by_role("button", name="Last messages").click()
    expect(page.get_by_test_id("webhook-log")).to_contain_text("It is not on the public internet")
    assert got == []
    line.get_by_role("button", name="Delete List").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("No program is notified yet.")).to_be_visible()
