"""The page where administrators see the services of metadata, and type in keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.demo import DemoServer

pytestmark = pytest.mark.browser


def test_services_are_listed_with_their_terms(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/admin")
    page.get_by_role("link", name="Metadata").click()
    services = page.get_by_test_id("provider")
    expect(services).to_have_count(5)
    # Nobody knows invented titles: the demo asks nobody.
    expect(services.filter(has_text="TVmaze")).to_contain_text("Switched off")
    expect(page.get_by_text("not endorsed or certified by TMDB")).to_be_visible()
    form = page.get_by_test_id("key-tvdb")
    expect(form.get_by_label("PIN")).to_be_visible()
    expect(form.get_by_role("link", name="Get a key")).to_have_attribute("href", "https://thetvdb.com/api-information")
