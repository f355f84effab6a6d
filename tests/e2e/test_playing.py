"""What the player makes of a slow line, of codecs that the browser lacks, of a server that is busy or refuses."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

import pytest
from playwright.sync_api import Page, Request, Route, expect

from kyoo.core.files import encode_path
from tests.e2e.server import Server, command_of
from tests.e2e.site import PLACES, Site
from tests.e2e.test_watching import VIDEO, choose, played_to, saved_position, until
from tests.media import Audio, movie
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.browser

TONGUES = (
    Audio("aac", language="eng"),
    Audio("ac3", channels=6, bitrate="384k", language="fre"),
    Audio("libopus", language="ger"),
    Audio("flac", language="spa"),
)


@pytest.fixture(scope="module")
def cinema(site: Site) -> Site:
    """With films of codecs that browsers lack."""
    site.add(movie(name="tongues.mkv", seconds=60, audios=TONGUES), "Many Tongues (2012).mkv")
    foreign = movie(name="foreign.mkv", seconds=20, codec="libx265", audios=(Audio("ac3", bitrate="192k"),))
    site.add(foreign, "Far Star (2013).mkv")
    site.until_scanned(site.videos)
    return site


@pytest.fixture(scope="module")
def versions(cinema: Site) -> Site:
    """With films in several files, and one in a single segment."""
    rivers = "Two Rivers (2010)/Two Rivers (2010)"
    cinema.add(movie(name="small.mkv", size="640x360"), f"{rivers} 360p.mkv")
    cinema.add(movie(name="large.mkv", size="1280x720"), f"{rivers} 720p.mkv")
    cinema.add(movie(name="cut.mkv", size="1280x720", codec="libx265"), f"{rivers} 720p x265 Director's Cut.mkv")
    for part in (1, 2):
        path = f"Long Road (2011)/Long Road (2011) CD{part}.mkv"
        cinema.add(movie(name=f"part{part}.mkv", seconds=7 + part), path)
    short = movie(name="one segment.mp4", seconds=7, size="1280x720", gop=1000, video_options=("-qp", "8"))
    cinema.add(short, "Short Crossing (2014).mp4")
    cinema.until_scanned(cinema.videos)
    return cinema


@pytest.fixture
def guest(page: Page, cinema: Site) -> Page:
    """Logged in, on no page yet."""
    cinema.log_in(page.context)
    return page


def qualities(page: Page) -> list[str]:
    """The qualities of the pictures and sounds that the page asks for from now on."""
    found: list[str] = []

    def note(request: Request) -> None:
        if match := re.search(r"/((?:audio/)?\d+/\w+)/segment-\d+\.mp4", request.url):
            found.append(match[1])

    page.on("request", note)
    return found


@pytest.mark.exhaustive
def test_auto_stays_on_the_copy_and_leaves_it_only_for_a_slow_line(guest: Page, cinema: Site) -> None:
    page = guest
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")

    def line(bytes_a_second: int) -> None:
        limits = {"downloadThroughput": bytes_a_second, "uploadThroughput": -1, "latency": 0, "offline": False}
        network.send("Network.emulateNetworkConditions", limits)

    asked = qualities(page)
    page.goto(f"{cinema.url}/watch/many-tongues?t=0")
    played_to(page, 1)
    until(page, f"{VIDEO}.buffered.length === 1 && {VIDEO}.buffered.end(0) > 28")
    assert set(asked) == {"0/original", "audio/0/original"}

    def slow(route: Route) -> None:
        line(150_000)
        route.continue_()

    page.route("**/master.m3u8*", slow)
    page.goto(f"{cinema.url}/watch/many-tongues?t=2")
    played_to(page, 2)
    until(page, f"{VIDEO}.videoHeight === 240")
    line(-1)
    # Asked for as soon as the page tries; seen when what is buffered has been played.
    page.wait_for_event(
        "request", lambda request: re.search(r"(?<!/audio)/0/original/segment", request.url) is not None
    )


def test_what_the_browser_lacks_is_encoded_at_once_and_no_more(guest: Page, cinema: Site) -> None:
    page = guest
    asked = qualities(page)
    page.goto(f"{cinema.url}/watch/far-star")
    played_to(page, 0.5)
    # A machine that is busy may encode this one too slowly, and a lighter one takes over.
    assert next(one for one in asked if not one.startswith("audio")) == "0/transcode"
    assert not [one for one in asked if "original" in one]
    # Why, by the keyboard and from the menu.
    page.keyboard.press("s")
    panel = page.get_by_role("region", name="Playback information")
    expect(panel).to_contain_text("This browser does not play HEVC")
    expect(panel).to_contain_text("converted to AAC")
    page.keyboard.press("s")
    expect(panel).to_have_count(0)
    page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    page.get_by_test_id("menu-quality").click()
    page.get_by_role("menuitem", name="Playback information").click()
    panel.get_by_role("button", name="Close playback information").click()
    expect(panel).to_have_count(0)


@pytest.mark.exhaustive  # tests/playing/test_bytes.py tries a file of many codecs
@pytest.mark.parametrize("quality", ["360p .original", "240p"])
def test_tracks_of_any_codec_can_be_switched_to_and_back(guest: Page, cinema: Site, quality: str) -> None:
    page = guest
    asked = qualities(page)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{cinema.url}/watch/many-tongues?t=0")
    at = played_to(page, 0.5)
    choose(page, "menu-quality", re.compile(quality))
    until(page, f"{VIDEO}.videoHeight === {240 if quality == '240p' else 360}")
    for language in ("French", "English", "German", "Spanish", "English"):
        choose(page, "menu-audio", re.compile(language))
        at = played_to(page, at + 0.5)
        assert page.evaluate(f"{VIDEO}.webkitAudioDecodedByteCount") > 0
    # Chromium plays Opus and FLAC as they are, but no AC-3.
    copied = {one for one in asked if one.startswith("audio") and one.endswith("original")}
    assert copied == {"audio/0/original", "audio/2/original", "audio/3/original"} or quality == "240p"
    assert page.get_by_test_id("player-error").count() == 0
    assert errors == []


@contextmanager
def occupied(server: Server, slug: str) -> Iterator[None]:
    """The account waits for pictures of this film, whose encoders stand still: all that it may have."""
    held: list[int] = []

    def fresh() -> list[int]:
        return [pid for pid in server.descendants() if pid not in held and b"libx264" in command_of(pid)]

    with server.client() as other, ThreadPoolExecutor(PLACES) as pool:
        film = f"/video/{encode_path(other.get(f'/api/videos/{slug}').json()['path'])}/0/480p"

        def hold(place: int) -> None:
            # One that was quicker than this is too late: the next one.
            for number in range(10):
                url, client = f"{film}/segment-{12 * place + number}.mp4", f"other {place}"
                waiting = pool.submit(other.get, url, headers={"X-CLIENT-ID": client})
                wait_until(partial(lambda one: fresh() or one.done(), waiting), every=0)
                caught = fresh()
                tell(caught, signal.SIGSTOP)
                if not waiting.done():
                    held.extend(caught)
                    return
                tell(caught, signal.SIGCONT)
            raise AssertionError("no encoder was caught at work")

        def tell(encoders: list[int], what: signal.Signals) -> None:
            for pid in encoders:
                # Given up by the server meanwhile, it is gone.
                with suppress(ProcessLookupError):
                    os.kill(pid, what)

        try:
            # Those of pages that were left are no places of this account.
            wait_until(lambda: not fresh())
            for place in range(PLACES):
                hold(place)
            yield
        finally:
            tell(held, signal.SIGCONT)


@pytest.mark.exhaustive
def test_a_server_without_room_is_said_and_waited_for(guest: Page, cinema: Site) -> None:
    page = guest
    # Large enough that its encoders are at work for as long as it takes to find them.
    cinema.add(movie(name="wide.mkv", seconds=120, size="1920x1080"), "Wide Field (2015).mkv")
    # Nothing of it is encoded yet, whatever was played before.
    cinema.add(movie(name="late.mkv", seconds=18, codec="libx265"), "Late Star (2014).mkv")
    cinema.until_scanned(cinema.videos)
    with occupied(cinema, "wide-field"):
        with page.expect_response(
            lambda answer: "/0/transcode/segment-" in answer.url and answer.status == 503
        ) as busy:
            page.goto(f"{cinema.url}/watch/late-star?t=0")
        assert busy.value.headers["retry-after"].isdigit()
        expect(page.get_by_role("status").filter(has_text="The server is busy")).to_be_visible()
    played_to(page, 0.5)
    expect(page.get_by_text("The server is busy")).to_have_count(0)


def test_a_busy_server_is_said_and_waited_for(guest: Page, cinema: Site) -> None:
    page = guest
    busy = True
    refused: list[str] = []

    def answer(route: Route) -> None:
        if not busy:
            route.continue_()
            return
        refused.append(route.request.url)
        headers = {"Retry-After": "1", "Content-Type": "application/json"}
        route.fulfill(status=503, headers=headers, body='{"errors": ["No encoder is free"]}')

    page.route(re.compile(r"/0/\w+/segment-"), answer)
    asked = qualities(page)
    page.goto(f"{cinema.url}/watch/many-tongues?t=0")
    expect(page.get_by_role("status").filter(has_text="The server is busy")).to_be_visible()
    while len(refused) < 3:
        page.wait_for_timeout(100)
    # Another quality would have needed another encoder.
    assert {one for one in asked if not one.startswith("audio")} == {"0/original"}
    busy = False
    played_to(page, 0.5)
    expect(page.get_by_text("The server is busy")).to_have_count(0)


def test_who_is_refused_reads_why_and_the_picture_ends(guest: Page, cinema: Site) -> None:
    page = guest
    # Of what is not loaded ahead.
    late = re.compile(r"/segment-(1[3-9]|2\d)\.")
    text = "An administrator ended this: dinner is ready"
    page.route(late, lambda route: route.fulfill(status=403, json={"errors": [text]}))
    page.goto(f"{cinema.url}/watch/many-tongues?t=0")
    played_to(page, 0.5)
    page.keyboard.press("9")
    alert = page.get_by_test_id("player-error")
    expect(alert).to_contain_text("Playing has ended")
    expect(alert).to_contain_text("dinner is ready")
    assert page.evaluate(f"{VIDEO}.readyState") == 0
    page.unroute(late)
    alert.get_by_role("button", name="Try again").click()
    assert played_to(page, 50) < 58


@pytest.mark.exhaustive
def test_whose_stream_an_administrator_ends_reads_what_he_says(guest: Page, cinema: Site) -> None:
    page = guest
    with page.expect_request("**/master.m3u8*") as master:
        page.goto(f"{cinema.url}/watch/many-tongues?t=0")
    played_to(page, 0.5)
    client = re.search(r"clientId=([\w-]+)", master.value.url)
    assert client is not None
    with cinema.client() as administrator:
        end = {"message": "Dinner is ready"}
        answer = administrator.request("DELETE", f"/video/streams/{client[1]}", json=end)
    assert answer.status_code == 204, answer.text
    # To what is not loaded yet.
    page.keyboard.press("9")
    alert = page.get_by_test_id("player-error")
    expect(alert).to_contain_text("Playing has ended")
    expect(alert).to_contain_text("Dinner is ready")


def test_a_network_that_goes_and_comes_back_is_waited_for(guest: Page, cinema: Site) -> None:
    page = guest
    page.goto(f"{cinema.url}/watch/many-tongues?t=0")
    played_to(page, 0.5)
    page.context.set_offline(True)
    page.keyboard.press("8")
    away = page.get_by_text("The server cannot be reached")
    expect(away).to_be_visible()
    page.context.set_offline(False)
    played_to(page, 48)
    expect(away).to_have_count(0)


@pytest.mark.exhaustive
def test_a_copy_that_fails_is_encoded_instead(guest: Page, cinema: Site) -> None:
    page = guest
    page.route(re.compile(r"/0/original/segment-"), lambda route: route.fulfill(status=500, json={"errors": ["no"]}))
    page.goto(f"{cinema.url}/watch/many-tongues?t=0")
    expect(page.get_by_text("it is being converted")).to_be_visible()
    played_to(page, 0.5)
    assert page.evaluate(f"{VIDEO}.videoHeight") == 240


@pytest.mark.exhaustive
def test_leaving_tells_the_server(guest: Page, cinema: Site) -> None:
    page = guest
    page.route("**/video/streams/*", lambda route: route.fulfill(status=204))
    with page.expect_request("**/master.m3u8*") as master:
        page.goto(f"{cinema.url}/watch/many-tongues?t=0")
    played_to(page, 0.5)
    client = re.search(r"clientId=([\w-]+)", master.value.url)
    assert client is not None
    with page.expect_request(f"**/video/streams/{client[1]}") as end:
        page.get_by_test_id("player-back").click()
    assert end.value.method == "DELETE"


@pytest.mark.exhaustive
def test_play_takes_the_best_version_and_remembers_another(guest: Page, versions: Site) -> None:
    page = guest
    page.goto(f"{versions.url}/movies/two-rivers")
    page.get_by_test_id("menu-version").click()
    choices = page.get_by_role("menuitemradio")
    # By what they are, with the file below, best first; Chromium has no HEVC.
    expect(choices).to_contain_text(["720p", "Director's Cut · 720p HEVC", "360p"])
    expect(page.get_by_role("menuitemradio", checked=True)).to_contain_text("720p.mkv")
    page.keyboard.press("Escape")
    page.get_by_test_id("play-button").click()
    played_to(page, 0.5)
    assert page.evaluate(f"{VIDEO}.videoHeight") == 720
    assert "version" not in page.url
    best = page.url
    choose(page, "menu-quality", re.compile("360p.mkv"))
    until(page, f"{VIDEO}.videoHeight === 360")
    at = played_to(page, 0.5)
    assert at >= 0.5
    assert page.url != best
    page.goto(f"{versions.url}/movies/two-rivers")
    page.get_by_test_id("play-button").click()
    played_to(page, 0.5)
    assert page.evaluate(f"{VIDEO}.videoHeight") == 360


@pytest.mark.exhaustive
def test_parts_play_after_each_other_and_are_resumed(guest: Page, versions: Site) -> None:
    page = guest
    page.goto(f"{versions.url}/movies/long-road")
    page.get_by_test_id("play-button").click()
    page.wait_for_url("**/watch/long-road-p1")
    page.wait_for_url("**/watch/long-road-p2")
    at = played_to(page, 1)
    page.get_by_test_id("player-back").click()
    saved_position(versions, "long-road-p2", 1)
    page.goto(f"{versions.url}/movies/long-road")
    page.get_by_test_id("play-button").click()
    page.wait_for_url("**/watch/long-road-p2")
    played_to(page, at - 1)


@pytest.mark.exhaustive
def test_a_film_of_one_segment_ends(guest: Page, versions: Site) -> None:
    """It comes in pieces; by the later ones hls.js took it for a film without a beginning, which never ends."""
    page = guest
    page.goto(f"{versions.url}/movies/short-crossing")
    page.get_by_role("link", name="Play").first.click()
    # Behind its end the player gives way to the page of the film.
    page.wait_for_url("**/watch/**")
    # Its many bits are decoded slower than they play where there is little of a processor.
    page.wait_for_url("**/movies/short-crossing", timeout=4000 * PATIENCE)
