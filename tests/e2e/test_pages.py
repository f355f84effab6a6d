"""What viewers and administrators do on the pages, besides watching: in the demo, with a browser."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.demo import DemoServer
from tests.e2e.test_watching import played_to
from tests.samples import sampled
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


def get(demo: DemoServer, path: str) -> Any:
    with demo.client() as client:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


def pick(page: Page, menu: str, item: str) -> None:
    page.get_by_test_id(menu).first.click()
    page.get_by_test_id(item).first.click()


def test_taking_a_show_out_of_continue_watching_and_hiding_another(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(demo.url)
    row = page.get_by_role("region", name="Continue watching")
    for show, item in (("Corner Shop", "nextup-remove"), ("The Second Tide", "nextup-hide")):
        card = row.get_by_role("listitem").filter(has_text=show)
        card.hover()
        card.get_by_role("button", name=re.compile(f"Options for {show}")).click()
        page.get_by_test_id(item).click()
        expect(card).to_have_count(0)
    page.goto(f"{demo.url}/settings")
    page.get_by_test_id("hidden-show").get_by_role("button").click()
    expect(page.get_by_test_id("hidden-show")).to_have_count(0)
    page.goto(demo.url)
    expect(row.get_by_role("listitem").filter(has_text="The Second Tide")).to_be_visible()
    # Neither of them has lost its progress.
    assert get(demo, "/api/series/corner-shop")["watchStatus"]["status"] == "watching"


@pytest.mark.exhaustive
def test_scores_marks_missing_episodes_and_extras(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/series/northern-lights")
    expect(page.get_by_test_id("missing")).to_contain_text("S2:E4")
    page.get_by_test_id("score").click()
    page.get_by_role("menuitemradio", name="9 of 10").click()
    expect(page.get_by_test_id("score")).to_have_text("9")
    wait_until(lambda: get(demo, "/api/series/northern-lights")["watchStatus"]["score"] == 90)

    season = page.get_by_role("heading", name=re.compile("Season 2")).locator("..")
    season.get_by_test_id("mark-menu").click()
    page.get_by_test_id("mark-seen").click()
    rows = page.get_by_test_id("entry-row").filter(has_text="S2:E")
    expect(rows.get_by_label("Seen")).to_have_count(rows.count())
    season.get_by_test_id("mark-menu").click()
    page.get_by_test_id("mark-unseen").click()
    page.get_by_test_id("mark-unseen-confirm").locator("visible=true").click()
    expect(rows.get_by_label("Seen")).to_have_count(0)

    page.get_by_test_id("extra").filter(has_text="Teaser").click()
    played_to(page, 0.5)


@pytest.mark.exhaustive
def test_browsing_by_what_was_seen_and_by_rating(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    cards = page.get_by_test_id("poster-card")
    completed = get(demo, "/api/shows?filter=watchStatus eq completed")["items"][0]["slug"]
    seen = page.locator(f"[data-testid=poster-card][data-slug={completed}]")
    page.goto(f"{demo.url}/browse")
    expect(seen).to_be_visible()
    page.get_by_test_id("status-filter").click()
    page.get_by_role("menuitemradio", name="Not seen yet").click()
    expect(seen).to_have_count(0)
    expect(cards.first).to_be_visible()
    page.get_by_test_id("status-filter").click()
    page.get_by_role("menuitemradio", name="Completed").click()
    expect(seen).to_be_visible()
    page.goto(f"{demo.url}/browse")
    page.get_by_role("button", name="Sort by: Name").click()
    page.get_by_role("menuitemradio", name="Rating").click()
    best = max(get(demo, "/api/shows?limit=100")["items"], key=lambda show: show["rating"].get("nfo", 0))
    expect(cards.first).to_contain_text(best["name"])


def test_the_first_page_is_light(page: Page, demo: DemoServer) -> None:
    """The player, the editor and the administration are loaded when they are opened."""
    page.goto(f"{demo.url}/login")
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate(
        """performance.getEntriesByType('resource').filter(({name}) => name.includes('/assets/'))
        .map(({name, encodedBodySize}) => [name.split('/').at(-1), encodedBodySize])"""
    )
    assert sum(size for _, size in loaded) < 300_000
    assert [name for name, _ in loaded if name.startswith(("watch-", "edit-", "jassub", "libpgs"))] == []


def test_the_player_is_there_before_play_is_pressed(viewer: Page, demo: DemoServer) -> None:
    viewer.goto(f"{demo.url}/movies/a-quiet-harbour")
    viewer.get_by_test_id("play-button").wait_for()
    viewer.wait_for_function(
        "() => performance.getEntriesByType('resource').some(({name}) => name.includes('/assets/Player-'))"
    )


@pytest.mark.parametrize("service", sampled(["auth", "api", "video", "scanner"], "scanner".__eq__))
def test_the_documentation_of_a_service_comes_from_this_server_alone(
    page: Page, demo: DemoServer, service: str
) -> None:
    asked: set[str] = set()
    problems: list[str] = []
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{demo.url}/{service}/swagger")
    operation = page.locator(".opblock", has_text=f"/{service}/health").first
    operation.click()
    expect(operation.locator(".responses-wrapper").first).to_be_visible()
    assert (asked - {""}, problems) == ({urlsplit(demo.url).netloc}, [])


@pytest.mark.exhaustive
def test_the_documentation_as_one_page_comes_from_this_server_alone(page: Page, demo: DemoServer) -> None:
    # It wants the logo of its makers, which the page's policy forbids.
    answered: set[str] = set()
    page.on("response", lambda response: answered.add(urlsplit(response.url).netloc))
    page.goto(f"{demo.url}/scanner/redoc")
    page.get_by_role("search").get_by_role("textbox").fill("remap")
    expect(page.get_by_role("search").get_by_role("menuitem").first).to_contain_text("Remap")
    assert answered - {""} == {urlsplit(demo.url).netloc}


def test_a_page_that_was_left_open_is_fresh_when_it_is_looked_at_again(page: Page, demo: DemoServer) -> None:
    # A socket that is silent: one that comes back makes the page ask, too.
    page.route_web_socket("**/api/ws", lambda _: None)
    page.clock.install()
    page.goto(f"{demo.url}/login")
    page.evaluate("token => localStorage.setItem('token', token)", demo.token)
    page.goto(f"{demo.url}/series/northern-lights")
    expect(page.get_by_test_id("entry-row").first).to_be_visible()
    page.clock.fast_forward(61_000)
    with page.expect_request("**/api/series/northern-lights/entries?**"):
        page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.mark.exhaustive
@pytest.mark.parametrize("width", [1280, 390])
def test_a_title_of_one_long_word_makes_no_page_wider(viewer: Page, demo: DemoServer, width: int) -> None:
    def renamed(route: Route) -> None:
        answer = route.fetch()
        name = json.dumps(f"{LONG} {LONG}")
        route.fulfill(
            response=answer, body=re.sub(r'"name"\s*:\s*"[^"]{4,}"', lambda _: f'"name":{name}', answer.text())
        )

    viewer.set_viewport_size({"width": width, "height": 800})
    viewer.route(re.compile(r"/api/(shows|movies|series|news|profiles)"), renamed)
    for path in ("/", "/browse", "/movies/paper-moons", "/series/northern-lights"):
        viewer.goto(f"{demo.url}{path}")
        expect(viewer.get_by_text(re.compile(LONG)).first).to_be_visible()
        viewer.wait_for_load_state("networkidle")
        assert viewer.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_page_that_cannot_be_loaded_says_so_until_it_can(viewer: Page, demo: DemoServer) -> None:
    viewer.goto(f"{demo.url}/movies/paper-moons")
    expect(viewer.get_by_role("heading", name="Paper Moons")).to_be_visible()
    viewer.context.set_offline(True)
    viewer.get_by_role("link", name="My list").first.click()
    expect(viewer.get_by_text("The server cannot be reached")).to_be_visible()
    expect(viewer.get_by_role("link", name="Browse").first).to_be_visible()
    # As long as it is so, trying again leaves what there is.
    viewer.get_by_role("button", name="Try again").click()
    expect(viewer.get_by_text("The server cannot be reached")).to_be_visible()
    viewer.context.set_offline(False)
    viewer.get_by_role("button", name="Try again").click()
    expect(viewer.get_by_role("heading", name="My list")).to_be_visible()
