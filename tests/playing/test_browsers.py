"""Awkward files in foreign players on a page: from the first picture, in sync, where one seeks, to the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import browser
from tests.playing.browsers import watch
from tests.playing.cases import ENCODED, OFFERED, cases, every
from tests.playing.known import news
from tests.playing.served import Served
from tests.playing.watching import faults, truth
from tests.samples import sampled

__all__ = ["browser"]

#: What `make test` tries: a copy with reordered pictures, an encoded picture, tracks of many codecs.
SAMPLE = {("mpeg4-avi-b-frames", "offered"), ("h264-ts", "encoded")}
PLAYERS = ("hlsjs", "shaka")
#: What Chromium itself makes of HLS.
NATIVE = ("native",)
#: What `make test-all` tries in it.
NATIVE_SAMPLE = {
    *((name, OFFERED) for name in ("h264-avi-mp3", "vp9-mp4", "av1-mp4", "flac-96k", "open-groups", "starts-before-0")),
    *((name, ENCODED) for name in ("h264-ts", "rate-12-b-frames", "mpeg4-avi-b-frames", "groups-of-20-s")),
}
#: How often a file is watched until nobody complains.
VIEWINGS = 3


@pytest.fixture
def hls_of_its_own(browser: Browser) -> None:
    page = browser.new_page()
    plays = page.evaluate("() => document.createElement('video').canPlayType('application/vnd.apple.mpegurl')")
    page.close()
    if not plays:
        pytest.skip("this Chromium has no HLS of its own")


@pytest.mark.browser
@pytest.mark.parametrize(("name", "what"), cases(SAMPLE, PLAYERS))
def test_a_file_plays(
    browser: Browser, served: Served, name: str, what: str, record_property: Callable[[str, object], None]
) -> None:
    play(browser, served, name, what, PLAYERS, record_property)


@pytest.mark.browser
@pytest.mark.usefixtures("hls_of_its_own")
@pytest.mark.parametrize(("name", "what"), sampled(every(), lambda _: False, NATIVE_SAMPLE.__contains__))
def test_a_file_plays_without_a_library(
    browser: Browser, served: Served, name: str, what: str, record_property: Callable[[str, object], None]
) -> None:
    play(browser, served, name, what, NATIVE, record_property)


def play(
    browser: Browser,
    served: Served,
    name: str,
    what: str,
    players: Sequence[str],
    record_property: Callable[[str, object], None],
) -> None:
    real = truth(name)
    path = served.add(real.path, f"{name}{real.path.suffix}")
    offer = served.encoded if what == "encoded" else served.master
    # A machine that is busy with other tests drops a sound or a picture; a fault of ours is there each time.
    for _ in range(VIEWINGS):
        viewings = watch(browser, served, real, lambda: offer(path, uuid.uuid4().hex), players)
        found = {player: faults(seen, real) for player, seen in viewings.items()}
        new = {player: news(player, name, what, said) for player, said in found.items()}
        if not any(new.values()):
            break
    for player, said in found.items():
        record_property(player, "; ".join(said))
    assert new == {player: [] for player in players}


@pytest.mark.browser
@pytest.mark.exhaustive
@pytest.mark.parametrize("player", PLAYERS)
def test_pictures_and_sounds_stay_in_time_over_a_switch_of_quality(
    browser: Browser, served: Served, player: str
) -> None:
    real = truth("many-qualities")
    path = served.add(real.path, real.path.name)

    def address() -> str:
        return served.master(path, uuid.uuid4().hex)

    # While the other quality is encoded a player may wait; it shows and sounds all the same.
    for _ in range(VIEWINGS):
        said = faults(watch(browser, served, real, address, [player], switches=True)[player], real)
        if not said:
            break
    assert said == []
