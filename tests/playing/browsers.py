"""Browsers' players on pages of their own: hls.js, Shaka Player, Video.js and what Chromium itself has for HLS."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, Page

from tests.playing.served import SCRIPTS, Served
from tests.playing.watching import Seen, Truth

PLAYERS = tuple(SCRIPTS)
#: How long (s) a player may stand still, on a busy machine.
PATIENCE = 20


def watch(browser: Browser, served: Served, real: Truth, players: Sequence[str], *, encoded: bool) -> dict[str, Seen]:
    """The file in all `players` at once."""
    path = served.add(real.path, f"{real.file.name}{real.path.suffix}")
    address = served.encoded if encoded else served.master
    options = {"stay": real.stay, "seek": real.seek, "patience": PATIENCE}
    pages = {player: browser.new_page() for player in players}
    try:
        for player, page in pages.items():
            page.goto(served.page(player))
            # Not awaited: all play at the same time.
            begin = "([player, url, options]) => { window.report = watch(player, url, options); }"
            page.evaluate(begin, [player, address(path, uuid.uuid4().hex), options])
        return {player: seen(page, real) for player, page in pages.items()}
    finally:
        for page in pages.values():
            page.close()


def seen(page: Page, real: Truth) -> Seen:
    page.set_default_timeout(1000 * (real.end + 6 * PATIENCE))
    report: dict[str, Any] = page.evaluate("() => window.report")
    complaints = [f"error: {error}" for error in report["errors"]]
    complaints += [f"skips from {begin:.2f} to {end:.2f} s" for begin, end in report["skipped"]]
    firsts = report["firsts"]
    # Of a flash whose first picture a busy browser left out, it is known after which picture it began.
    placed = [
        next((time for time in real.flashes if flash["after"] < time <= flash["time"]), flash["time"])
        for flash in report["flashes"]
    ]
    stayed = report.get("stayed", report["at"])
    return Seen(
        flashes=placed,
        beeps=report["beeps"],
        stretches=[(firsts[0] if firsts else 0.0, stayed), (real.seek, report["at"])],
        first=firsts[0] if firsts else None,
        landed=firsts[1] if len(firsts) > 1 else None,
        ended=report["ended"],
        complaints=complaints,
    )
