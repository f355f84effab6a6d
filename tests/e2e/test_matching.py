"""Saying what files are: titles that nobody is sure about, and titles that were taken for others."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from kyoo.scanner.models.seed import (
    EntryTexts,
    MovieEntryTexts,
    SeasonTexts,
    SeedEpisode,
    SeedMovieEntry,
    SeedSeason,
    SeedSerie,
    ShowTexts,
)
from tests.e2e.library import episode
from tests.e2e.server import Server
from tests.e2e.site import Site
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def unsure(site: Site) -> Site:
    """With files that nobody is sure about."""
    site.add(episode(1), "Harbour Nights/Harbour Nights S01E01.mp4")
    site.add(episode(2), "Paper Fold (2001).mp4")
    site.add(episode(3), "Our Garden/Our Garden S01E01.mp4")
    return site


def titles(server: Server) -> set[tuple[str, str]]:
    with server.client() as client:
        return {(show["kind"], show["name"]) for show in client.get("/api/shows?limit=50").json()["items"]}


def open_when_there(page: Page, server: Server, path: str) -> None:
    """A page that is opened before its title is there does not wait for it."""
    with server.client() as client:
        wait_until(lambda: client.get(f"/api{path}").status_code == 200)
    page.goto(f"{server.url}{path}")


def test_one_click_says_which_of_two_series_it_is(page: Page, unsure: Site) -> None:
    unsure.log_in(page.context)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{unsure.url}/admin")
    page.get_by_role("link", name="To be matched").click()
    show = page.get_by_test_id("unsure").filter(has_text="Harbour Nights")
    expect(show).to_contain_text("Several titles fit equally well")
    expect(show).to_contain_text("Harbour Nights S01E01.mp4")
    found = show.get_by_test_id("candidate")
    expect(found).to_have_count(2)
    # On a phone nothing is cut off.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    older = found.filter(has_text="Harbour Nights (1999)")
    older.get_by_text("Why?").click()
    expect(older).to_contain_text("The same title: “Harbour Nights”")
    take = older.get_by_role("button", name="It is Harbour Nights (1999)")
    take.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moving to Harbour Nights (1999)")).to_be_visible()
    expect(show).to_have_count(0)
    page.goto(f"{unsure.url}/series/harbour-nights")
    expect(page.get_by_text("Ships go out.").first).to_be_visible()


@pytest.mark.exhaustive
def test_none_of_them(page: Page, unsure: Site) -> None:
    unsure.log_in(page.context)
    page.goto(f"{unsure.url}/admin/matching")
    show = page.get_by_test_id("unsure").filter(has_text="Our Garden")
    expect(show).to_contain_text("No provider knows a title like it.")
    show.get_by_role("button", name="None of them").click()
    expect(show).to_have_count(0)
    assert ("serie", "Our Garden") in titles(unsure)


@pytest.mark.exhaustive
def test_a_film_turns_out_to_be_an_episode(page: Page, unsure: Site) -> None:
    unsure.log_in(page.context)
    page.goto(f"{unsure.url}/movies/paper-fold/remap")
    page.get_by_label("Where to look").select_option(label="Series")
    page.get_by_label("Search by name").fill("Paper Town")
    page.get_by_test_id("result").filter(has_text="Paper Town Tale").click()
    page.get_by_label("Episode").fill("7")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moving to Paper Town Tale")).to_be_visible()
    open_when_there(page, unsure, "/series/paper-town-tale")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Paper Town Tale")
    with unsure.client() as client:
        entries = client.get("/api/series/paper-town-tale/entries?limit=50").json()["items"]
    assert [entry["episodeNumber"] for entry in entries if entry["videos"]] == [7]
    assert ("movie", "Paper Fold") not in titles(unsure)


#: Of a series whose name is spelled wrong.
MISSPELLED = "Harbor Nigts/Harbor Nigts S02E02.mp4"


def merge(page: Page, unsure: Site) -> None:
    unsure.add(episode(4), MISSPELLED)
    with unsure.client() as client:
        client.put("/scanner/scan")
    page.goto(f"{unsure.url}/admin/matching")
    show = page.get_by_test_id("unsure").filter(has_text="Harbor Nigts")
    expect(show).to_be_visible()
    show.get_by_role("link", name="Another title").click()
    page.get_by_label("Where to look").select_option(label="In the library")
    page.get_by_label("Search by name").fill("Harbour")
    page.get_by_test_id("result").filter(has_text="Harbour Nights").click()
    expect(page.get_by_text("Moving to Harbour Nights")).to_be_visible()
    page.goto(f"{unsure.url}/series/harbour-nights?season=2")
    expect(page.get_by_test_id("entry-row").filter(has_text="S2:E2").first).to_be_visible()


def test_a_show_is_merged_with_one_of_the_library(page: Page, unsure: Site) -> None:
    unsure.log_in(page.context)
    merge(page, unsure)


@pytest.mark.exhaustive
def test_a_file_is_split_off_to_a_title_of_its_own(page: Page, unsure: Site) -> None:
    unsure.log_in(page.context)
    if not (unsure.library / MISSPELLED).exists():
        merge(page, unsure)
    page.goto(f"{unsure.url}/series/harbour-nights/videos")
    file = page.get_by_test_id("mapping").filter(has_text="Harbor Nigts S02E02")
    file.get_by_test_id("elsewhere").click()
    page.get_by_label("Search by name").fill("Tide Tables")
    page.get_by_test_id("by-name").click()
    page.get_by_label("Episode").fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tide Tables is being looked up")).to_be_visible()
    open_when_there(page, unsure, "/series/tide-tables")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tide Tables")
    with unsure.client() as client:
        entries = client.get("/api/series/tide-tables/entries").json()["items"]
        left = client.get("/api/series/harbour-nights/entries?limit=50").json()["items"]
    assert [(entry["seasonNumber"], entry["episodeNumber"]) for entry in entries if entry["videos"]] == [(2, 3)]
    assert [entry["slug"] for entry in left if entry["videos"]] == ["harbour-nights-s1e1"]


@pytest.fixture(scope="module")
def tide_years(unsure: Site) -> str:
    """A serie of two seasons with a film in the first one."""
    numbers = [(1, 1, 1.0), (1, 2, 2.0), (2, 1, 3.0)]
    episodes = [
        SeedEpisode(season_number=season, episode_number=number, order=order, translations={"en": EntryTexts()})
        for season, number, order in numbers
    ]
    texts = {"en": MovieEntryTexts(name="The Tide Film")}
    film = SeedMovieEntry(slug="the-tide-film", order=1.5, translations=texts)
    serie = SeedSerie(
        slug="tide-years",
        original_language="en",
        translations={"en": ShowTexts(name="Tide Years")},
        seasons=[SeedSeason(season_number=number, translations={"en": SeasonTexts()}) for number in (1, 2)],
        entries=[*episodes, film],
    )
    with unsure.client() as client:
        assert client.post("/api/series", json=serie.wire()).status_code == 201
    return f"{unsure.url}/series/{serie.slug}"


@pytest.mark.exhaustive
def test_a_season_is_listed_with_the_film_that_stands_in_it(page: Page, unsure: Site, tide_years: str) -> None:
    unsure.log_in(page.context)
    rows = page.get_by_test_id("entry-row")
    page.goto(f"{tide_years}?season=1")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("The Tide Film")
    page.goto(f"{tide_years}?season=2")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("S2:E1")


@pytest.mark.exhaustive
def test_another_order_of_episodes_is_chosen(page: Page, unsure: Site, tide_years: str) -> None:
    """What the scanner makes of it is shown by its own tests; here no provider with orders is asked."""
    unsure.log_in(page.context)
    items = [{"provider": "tvdb", "order": order, "name": order} for order in ("official", "dvd", "absolute")]
    chosen: list[Any] = [None]

    def scanner(route: Route) -> None:
        if route.request.method != "GET":
            chosen.append(route.request.post_data_json if route.request.method == "PUT" else None)
        route.fulfill(json={"items": items, "chosen": chosen[-1]})

    page.route("**/scanner/series/tide-years/order*", scanner)
    page.goto(tide_years.replace("/series/", "/edit/series/"))
    control = page.get_by_label("Episodes are shown")
    control.select_option("tvdb/dvd")
    follow = page.get_by_label("The names of the files count in this order")
    expect(follow).not_to_be_checked()
    follow.click()
    expect(follow).to_be_checked()
    control.select_option("")
    expect(follow).to_have_count(0)
    dvd = {"provider": "tvdb", "order": "dvd"}
    assert chosen == [None, dvd | {"follow": False}, dvd | {"follow": True}, None]
