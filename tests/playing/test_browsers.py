"""Awkward files in foreign players on a page: from the first picture, in sync, where one seeks, to the end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import browser
from tests.playing.browsers import watch
from tests.playing.files import BY_NAME
from tests.playing.served import Served
from tests.playing.watching import faults, truth

__all__ = ["browser"]

#: What `make test` tries: a copy with reordered pictures, an encoded picture, tracks of many codecs.
SAMPLE = {("h264-mp4-index-last", "offered"), ("mpeg4-avi-b-frames", "offered"), ("h264-ts", "encoded")}
#: How often a file is watched until nobody complains.
VIEWINGS = 3
CASES = [(name, what) for name in BY_NAME for what in ("offered", "encoded")]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "what"),
    [case if case in SAMPLE else pytest.param(*case, marks=pytest.mark.exhaustive) for case in CASES],
)
def test_a_file_plays(browser: Browser, served: Served, name: str, what: str) -> None:
    real = truth(name)
    # A machine that is busy with other tests drops a sound or a picture; a fault of ours is there each time.
    for _ in range(VIEWINGS):
        viewings = watch(browser, served, real, ("hlsjs", "shaka"), encoded=what == "encoded")
        found = {player: faults(seen, real) for player, seen in viewings.items()}
        if not any(found.values()):
            break
    assert found == {"hlsjs": [], "shaka": []}
