"""Editing by hand on the pages: texts, facts, pictures and locks of films, series, episodes, people and extras."""

from __future__ import annotations

import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.demo import DemoServer
from tests.e2e.test_pages import get, pick
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser


def save(page: Page) -> None:
    button = page.get_by_test_id("edit-save")
    button.click()
    expect(button).to_be_disabled()
    expect(page.get_by_text("Nothing has changed.")).to_be_visible()


def test_what_is_changed_is_locked_and_kept_by_a_refresh(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/movies/salt-and-iron")
    before = get(demo, "/api/movies/salt-and-iron")
    locked = {*get(demo, "/api/movies/salt-and-iron/locks")["locks"]}
    pick(page, "show-menu", "edit-show")
    page.get_by_test_id("edit-name").fill("Iron and Salt")
    page.get_by_test_id("edit-description").fill("Words that a refresh may replace.")
    page.get_by_test_id("edit-runtime").fill("7")
    page.get_by_text("Horror", exact=True).click()
    # Changing locks; a lock can be opened at once.
    page.get_by_role("button", name="Unlock Description").click()
    save(page)
    now_locked = {*get(demo, "/api/movies/salt-and-iron/locks")["locks"]}
    assert now_locked - locked == {"en.name", "genres", "runtime"}

    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Iron and Salt")
    expect(page.get_by_text("Words that a refresh may replace.")).to_be_visible()
    pick(page, "show-menu", "refresh-metadata")
    expect(page.get_by_role("status")).to_contain_text("being fetched")
    deadline = time.monotonic() + PATIENCE
    while (after := get(demo, "/api/movies/salt-and-iron"))["description"] != before["description"]:
        assert time.monotonic() < deadline, after
        time.sleep(0.2)
    assert (after["name"], after["runtime"]) == ("Iron and Salt", 7)
    assert after["genres"] == [*before["genres"], "horror"]


@pytest.mark.exhaustive
def test_a_language_is_added_and_an_error_is_told(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/edit/movies/glass-garden")
    page.get_by_label("Add a language").select_option("it")
    page.get_by_test_id("edit-tagline").fill("Non toccare")
    page.get_by_test_id("edit-save").click()
    expect(page.get_by_role("alert")).to_contain_text("needs a name")
    page.get_by_test_id("edit-name").fill("Giardino di vetro")
    save(page)
    with demo.client_of("robin", **{"Accept-Language": "it"}) as client:
        film = client.get("/api/movies/glass-garden").json()
    assert (film["name"], film["tagline"]) == ("Giardino di vetro", "Non toccare")
    # Nobody loses what they typed without being asked.
    page.get_by_test_id("edit-name").fill("Lost")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))  # type: ignore[call-overload]
    page.get_by_role("link", name="Browse").first.click()
    expect(page.get_by_test_id("edit-name")).to_have_value("Lost")
    assert asked == ["There are changes that are not saved. Leave anyway?"]


@pytest.mark.exhaustive
def test_a_poster_is_uploaded_locked_and_removed(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    page.goto(f"{demo.url}/edit/movies/a-quiet-harbour")
    line = page.get_by_test_id("picture-poster")
    with io.BytesIO() as file:
        Image.new("RGB", (400, 600), "teal").save(file, "PNG")
        poster = {"name": "poster.png", "mimeType": "image/png", "buffer": file.getvalue()}
    before = get(demo, "/api/movies/a-quiet-harbour")["poster"]["id"]
    page.get_by_test_id("upload-poster").set_input_files([poster])  # type: ignore[arg-type]
    expect(line.get_by_role("button", name="Unlock Poster")).to_be_visible()
    shown = get(demo, "/api/movies/a-quiet-harbour")["poster"]["id"]
    assert shown != before
    page.goto(f"{demo.url}/movies/a-quiet-harbour")
    expect(page.locator(f"img[src*='{shown}']").first).to_have_js_property("complete", True)

    page.goto(f"{demo.url}/edit/movies/a-quiet-harbour")
    page.get_by_test_id("upload-poster").set_input_files([poster | {"buffer": b"no picture"}])  # type: ignore[arg-type]
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).last).to_contain_text("picture")
    line.get_by_role("button", name="Remove: Poster").click()
    expect(line.get_by_role("button", name="Remove: Poster")).to_have_count(0)
    assert get(demo, "/api/movies/a-quiet-harbour")["poster"] is None
    line.get_by_role("button", name="Unlock Poster").click()
    save(page)
    assert "en.poster" not in get(demo, "/api/movies/a-quiet-harbour/locks")["locks"]


@pytest.mark.exhaustive
def test_episodes_seasons_extras_and_people_are_edited_from_where_they_are_shown(
    viewer: Page, demo: DemoServer
) -> None:
    page = viewer
    series = f"{demo.url}/series/northern-lights"
    page.goto(series)
    # No episode of another test: a filler is not the next one to watch.
    row = page.get_by_test_id("entry-row").filter(has_text="S1:E5")
    row.get_by_role("button").click()
    page.get_by_test_id("edit-entry").click()
    page.get_by_test_id("edit-content").select_option("filler")
    page.get_by_test_id("edit-name").fill("A Third Lamp")
    save(page)
    page.goto(series)
    expect(row).to_contain_text("A Third Lamp")
    expect(row).to_contain_text("Filler")

    page.get_by_role("link", name=re.compile("Edit Season 1")).click()
    page.get_by_test_id("edit-name").fill("The Book")
    save(page)
    page.goto(series)
    expect(page.get_by_role("heading", name="The Book")).to_be_visible()

    page.get_by_role("link", name="Edit Teaser").click()
    page.get_by_test_id("edit-kind").select_option("interview")
    save(page)
    page.goto(series)
    expect(page.get_by_test_id("extra").filter(has_text="Teaser")).to_contain_text("Interview")

    page.goto(f"{demo.url}/staff/ilse-varga")
    page.get_by_test_id("edit-person").click()
    page.get_by_test_id("edit-latinName").fill("Varga Ilse")
    page.get_by_test_id("edit-externalId").fill("imdb: nm0000001")
    save(page)
    person = get(demo, "/api/staff/ilse-varga")
    assert (person["latinName"], person["externalId"]["imdb"][0]["dataId"]) == ("Varga Ilse", "nm0000001")


@pytest.mark.exhaustive
def test_who_may_not_edit_is_not_offered_to(page: Page, demo: DemoServer) -> None:
    demo.log_in(page.context, demo.token_of("robin"))
    page.goto(f"{demo.url}/series/northern-lights")
    page.get_by_test_id("show-menu").click()
    expect(page.get_by_test_id("hide-show")).to_be_visible()
    expect(page.get_by_test_id("edit-show")).to_have_count(0)
    expect(page.get_by_test_id("edit-season")).to_have_count(0)
    expect(page.get_by_test_id("edit-extra")).to_have_count(0)
    for path in ("edit/series/northern-lights", "series/northern-lights/videos", "movies/paper-moons/remap", "admin"):
        page.goto(f"{demo.url}/{path}")
        expect(page.get_by_role("heading", name="Your account may not do this")).to_be_visible()
    page.goto(f"{demo.url}/edit/nonsense/northern-lights")
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()


@pytest.mark.exhaustive
def test_the_credits_of_a_film(viewer: Page, demo: DemoServer) -> None:
    page = viewer
    film = "/api/movies/midnight-tram"
    page.goto(f"{demo.url}/edit/movies/midnight-tram")
    lines = page.get_by_test_id("credit")
    expect(lines.first).to_be_visible()
    before = get(demo, f"{film}/staff?limit=50")["items"]
    assert lines.count() == len(before)

    # Nothing of it is saved, which is asked about once.
    page.get_by_test_id("edit-tagline").fill("Lost")
    lines.first.get_by_role("button", name=re.compile("^Take out")).click()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))  # type: ignore[call-overload]
    page.get_by_role("link", name="Browse").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browse")
    assert len(asked) == 1
    page.goto(f"{demo.url}/edit/movies/midnight-tram")
    expect(lines).to_have_count(len(before))

    def add(resource: str, search: str, *, new: bool) -> None:
        page.get_by_test_id(f"add-{resource}").click()
        dialog = page.locator("dialog[open]")
        dialog.get_by_role("searchbox").fill(search)
        if new:
            dialog.get_by_test_id("take-name").click()
        else:
            dialog.get_by_test_id("result").filter(has_text=search).click()
        expect(dialog).to_have_count(0)

    add("staff", "Ilse Varga", new=False)
    lines.last.get_by_label("Role of Ilse Varga").select_option("music")
    lines.last.get_by_role("button", name="Move Ilse Varga up").click()
    add("staff", "Ny Person", new=True)
    lines.last.get_by_label("Character of Ny Person").fill("The Driver")
    lines.first.get_by_role("button", name=re.compile("^Take out")).click()
    add("studios", "Wren & Thimble", new=False)
    add("studios", "Night Works", new=True)
    add("collections", "The Tidewater Films", new=False)
    page.route("**/api/collections/*?with=translations", lambda route: route.abort())
    page.get_by_test_id("credits-save").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute_all(behavior="wait")
    page.get_by_test_id("credits-save").click()
    expect(page.get_by_role("button", name="Unlock People")).to_be_visible()

    after = [(role["kind"], role["staff"]["name"]) for role in get(demo, f"{film}/staff?limit=50")["items"]]
    kept = [(role["kind"], role["staff"]["name"]) for role in before[1:]]
    assert after == [*kept[:-1], ("music", "Ilse Varga"), kept[-1], ("actor", "Ny Person")]
    assert get(demo, "/api/staff/ilse-varga")["image"] is not None
    saved = get(demo, f"{film}?with=studios,collection")
    assert {"Wren & Thimble", "Night Works"} < {studio["name"] for studio in saved["studios"]}
    assert saved["collection"]["slug"] == "the-tidewater-films"
    assert get(demo, "/api/collections/the-tidewater-films")["poster"] is not None
    assert {"staff", "studios", "collection"} < {*get(demo, f"{film}/locks")["locks"]}
