"""What people do in a browser with trackers: an application is typed in, an account linked by the page of the service,
what is there previewed and taken in, and the link ended; an account is linked by a key; a file and what was watched
at another server are brought along."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.server import Server
from tests.e2e.site import Site
from tests.fakes.media_servers import FakeJellyfin
from tests.fakes.serving import served_beside
from tests.fakes.trackers.mdblist import KEY
from tests.fakes.trackers.service import CLIENT, SECRET
from tests.integration.api.seeds import movie_seed

pytestmark = pytest.mark.browser


def test_an_account_is_linked_and_what_is_there_taken_in(page: Page, site: Site, tmp_path: Path) -> None:
    server, fake = site, site.trakt
    fake.add("movie", 1, "Bubble", tmdb=912598)
    fake.play("movie", 1, datetime(2025, 5, 1, 20, tzinfo=UTC))
    with server.client() as client:
        seed = movie_seed("bubble", externalId={"themoviedatabase": [{"dataId": "912598"}]})
        assert client.post("/api/movies", json=seed).status_code == 201
    server.log_in(page.context)
    page.goto(f"{server.url}/settings/trackers")
    expect(page.get_by_text("No application of this server is registered at Trakt")).to_be_visible()
    page.goto(f"{server.url}/admin/trackers")
    form = page.locator("section", has=page.get_by_role("heading", name="Trakt", exact=True))
    expect(form.get_by_text("/api/trackers/trakt/callback")).to_be_visible()
    form.get_by_label("Client id").fill(CLIENT)
    form.get_by_label("Client secret").fill(SECRET)
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    # The page of the service sends the browser back, which is the one that began.
    page.goto(f"{server.url}/settings/trackers")
    page.get_by_test_id("tracker-link-trakt").click()
    expect(page.get_by_text("The account is linked")).to_be_visible()
    expect(page.get_by_test_id("tracker-linked-trakt")).to_have_text("Linked as someone")
    expect(page).to_have_url(f"{server.url}/settings/trackers")
    page.get_by_test_id("tracker-import-trakt").click()
    page.get_by_test_id("tracker-preview").click()
    expect(page.get_by_test_id("tracker-report")).to_contain_text("1 new")
    expect(page.get_by_test_id("tracker-report")).to_contain_text("bubble: plays – → 2025-05-01")
    page.get_by_test_id("tracker-take").click()
    expect(page.get_by_test_id("tracker-report")).to_contain_text("Done")
    with server.client() as client:
        assert client.get("/api/movies/bubble").json()["watchStatus"]["status"] == "completed"
    page.get_by_test_id("tracker-unlink-trakt").click()
    page.get_by_test_id("tracker-unlink-confirm").click()
    expect(page.get_by_test_id("tracker-link-trakt")).to_be_visible()
    assert len(fake.revoked) == 1
    assert fake.writes() == []
    links_by_a_key(page, server)
    brings_a_file(page, server, tmp_path)
    with served_beside(jellyfin().app) as other:
        brings_what_was_watched_at_a_jellyfin(page, server, other)
    with server.client() as client:
        assert client.delete("/api/movies/bubble").status_code == 200


def jellyfin() -> FakeJellyfin:
    fake = FakeJellyfin()
    fake.add("m1", "Movie", "Bubble", ids={"Tmdb": "912598"}, ProductionYear=2022)
    for account in fake.users:
        fake.data[account, "m1"] = {"Played": True, "LastPlayedDate": "2023-02-01T20:00:00.0000000Z"}
    return fake


def links_by_a_key(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/settings/trackers")
    card = page.locator("section", has=page.get_by_role("heading", name="MDBList", exact=True))
    card.get_by_label("Your key at MDBList").fill("no-such-key")
    card.get_by_test_id("tracker-link-mdblist").click()
    expect(card.get_by_role("alert")).to_be_visible()
    card.get_by_label("Your key at MDBList").fill(KEY)
    card.get_by_test_id("tracker-link-mdblist").click()
    expect(page.get_by_test_id("tracker-linked-mdblist")).to_have_text("Linked as someone")
    assert KEY not in page.content()


def brings_what_was_watched_at_a_jellyfin(page: Page, server: Server, other: str) -> None:
    """By one's own name and password, and for others by an administrator's key."""
    page.get_by_label("Its address").fill(other)
    page.get_by_label("Your name there").fill("Ada")
    page.get_by_label("Your password there").fill("lovelace\u00e9")
    page.get_by_test_id("import-server").click()
    expect(page.get_by_test_id("import-about")).to_contain_text("1 titles, 1 plays")
    page.get_by_test_id("import-forget").click()
    expect(page.get_by_test_id("import-about")).to_have_count(0)
    page.goto(f"{server.url}/admin/users")
    page.get_by_label("Its address").fill(other)
    page.get_by_label("A key of its administrator").fill("administrators-key")
    page.get_by_test_id("household-accounts").click()
    # Whoever has the same name here is chosen beforehand.
    expect(page.get_by_label("Bob")).to_have_value("")
    expect(page.get_by_label("Ada")).not_to_have_value("")
    page.get_by_test_id("household-bring").click()
    expect(page.get_by_test_id("household-done")).to_have_text("It was read for 1 user")
    page.goto(f"{server.url}/settings/imports")
    expect(page.get_by_test_id("import-about")).to_contain_text("1 titles, 1 plays")


def brings_a_file(page: Page, server: Server, tmp_path: Path) -> None:
    """A table with a film that is here, and one that is not."""
    table = tmp_path / "watched.csv"
    table.write_text("title,year,tmdb,watched_at\nBubble,2022,912598,2024-03-01\nNot here,1999,,2024-03-02\n")
    page.goto(f"{server.url}/settings/imports")
    page.get_by_label("File", exact=True).set_input_files(table)
    page.get_by_test_id("import-file").click()
    expect(page.get_by_test_id("import-about")).to_contain_text("watched.csv")
    expect(page.get_by_test_id("import-about")).to_contain_text("2 titles, 2 plays")
    page.get_by_test_id("import-preview").click()
    expect(page.get_by_test_id("tracker-report")).to_contain_text("1 new, 1 not in this library")
    expect(page.get_by_test_id("tracker-report")).to_contain_text("bubble: plays – → 2024-03-01")
    page.get_by_test_id("import-take").click()
    expect(page.get_by_test_id("tracker-report")).to_contain_text("Done")
    page.get_by_test_id("import-forget").click()
    expect(page.get_by_test_id("import-about")).to_have_count(0)
