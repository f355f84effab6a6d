"""Browsers' players on pages of their own: hls.js, Shaka Player, Video.js and what Chromium itself has for HLS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Browser, Page

from tests.playing.served import SCRIPTS, Served
from tests.playing.watching import Seen, Truth
from tests.waiting import PATIENCE

#: Makes an address, with an id of its own for each player.
Address = Callable[[], str]
PLAYERS = tuple(SCRIPTS)
#: How much earlier (s) a player may show all pictures than the file does: Shaka moves segments by some milliseconds.
MOVED = 0.01


def watch(
    browser: Browser, served: Served, real: Truth, address: Address, players: Sequence[str], *, switches: bool = False
) -> dict[str, Seen]:
    """What is at an address in all `players` at once; `switches`: to the quality 240p, and without a seek."""
    options = {**options_of(real), "switches": switches}
    pages = {player: browser.new_page() for player in players}
    try:
        for player, page in pages.items():
            page.set_default_timeout(1000 * PATIENCE)
            page.goto(served.page(player))
            # Not awaited: all play at the same time.
            begin = "([player, url, options]) => { window.report = watch(player, url, options); }"
            page.evaluate(begin, [player, address(), options])
        return {player: seen(page, real) for player, page in pages.items()}
    finally:
        for page in pages.values():
            page.close()


def options_of(real: Truth) -> dict[str, object]:
    """What `watch.js` is told of a file."""
    stays = {"stay": real.stay, "seek": real.seek, "lands": real.lands}
    return {**stays, "flashes": real.flashes, "patience": PATIENCE}


def seen(page: Page, real: Truth) -> Seen:
    page.set_default_timeout(1000 * (real.end + 6 * PATIENCE))
    report: dict[str, Any] = page.evaluate("() => window.report")
    complaints = [f"error: {error}" for error in report["errors"]]
    complaints += [f"skips from {begin:.2f} to {end:.2f} s" for begin, end in report["skipped"]]
    firsts = report["firsts"]
    # Of a flash whose first picture a busy browser left out, it is known after which picture it began.
    placed = [
        max((time for time in real.flashes if flash["after"] < time - MOVED <= flash["time"]), default=flash["time"])
        for flash in report["flashes"]
    ]
    begin, stayed = firsts[0] if firsts else 0.0, report.get("stayed", report["at"])
    return Seen(
        flashes=placed,
        beeps=report["beeps"],
        stretches=[(begin, stayed), *([(real.seek, report["at"])] if "stayed" in report else [])],
        first=firsts[0] if firsts else None,
        landed=firsts[1] if len(firsts) > 1 else None,
        ended=report["ended"] and report["at"] > real.end - 0.5,
        complaints=complaints,
    )
