"""Which file plays in which player: what the tests here said, as a table in docs/developing/playing.md.

`make matrix` runs it. Of several reports the last one that has a case counts; what none has keeps the mark that it has
on the page.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from tests.playing.cases import ENCODED, OFFERED
from tests.playing.files import BY_NAME
from tests.playing.known import known

PLAYERS = {
    "bytes": "bytes",
    "hlsjs": "hls.js",
    "shaka": "Shaka",
    "ffmpeg": "ffmpeg",
    "mpv": "mpv",
    "gstreamer": "GStreamer",
    "vlc": "VLC",
    "native": "Chromium",
    "page": "own page",
}
#: What was offered, then what was encoded: fine, known not to be the server's fault, wrong.
FINE, KNOWN, WRONG = "✓", "○", "✗"
#: What was offered, where only what was encoded was played.
UNTRIED = "·"

#: Where the table stands: behind this line of it, to its end.
PAGE = Path(__file__).parents[2] / "docs" / "developing" / "playing.md"
BEHIND = "<!-- python -m tests.playing.table -->"

Found = dict[tuple[str, str], dict[str, str]]


def standing(page: str) -> Found:
    """By file and player: what the page says was played, and how that was. What is not known any more is left out."""
    found: Found = defaultdict(dict)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    shown = {title: player for player, title in PLAYERS.items()}
    for name, *cells in rows[2:]:
        for title, cell in zip(rows[0][1:], cells, strict=True):
            marks = [mark for mark in cell if mark in {FINE, KNOWN, WRONG, UNTRIED}]
            player = shown[title]
            for what, mark in zip(["bytes"] if player == "bytes" else [OFFERED, ENCODED], marks, strict=False):
                if mark != UNTRIED and (mark != KNOWN or known(player, name, what)):
                    found[name, player][what] = mark
    return found


def outcomes(found: Found, reports: Iterable[Path]) -> Found:
    """`found`, and what the reports say."""
    for report in reports:
        for case in ElementTree.parse(report).iter("testcase"):
            named = re.fullmatch(
                r"test_a_file_(?:plays(?:_without_a_library)?|is_served_whole_and_in_sync)\[(.+)\]",
                case.get("name", ""),
            )
            if named is None or case.find("skipped") is not None:
                continue
            if "test_bytes" in case.get("classname", ""):
                failed = case.find("failure") is not None or case.find("error") is not None
                found[named[1], "bytes"]["bytes"] = WRONG if failed else FINE
                continue
            name, _, what = named[1].rpartition("-")
            for said in case.iter("property"):
                player, words = said.get("name", ""), said.get("value", "")
                declared = known(player, name, what)
                excused = all(any(one.covers(fault) for one in declared) for fault in words.split("; "))
                found[name, player][what] = FINE if not words else KNOWN if excused else WRONG
    return found


def table(found: Found) -> str:
    players = {player: shown for player, shown in PLAYERS.items() if any(player == one for _, one in found)}
    lines = ["| file | " + " | ".join(players.values()) + " |", "| --- |" + " :-: |" * len(players)]
    notes: dict[str, int] = {}
    for name in BY_NAME:
        cells = []
        for player in players:
            played = found.get((name, player), {})
            untried = {OFFERED: UNTRIED} if ENCODED in played else {}
            marks = "".join(mark for _, mark in sorted({**untried, **played}.items(), reverse=True))
            whys = {one.why for what, mark in played.items() if mark == KNOWN for one in known(player, name, what)}
            numbers = [notes.setdefault(why, len(notes) + 1) for why in sorted(whys)]
            cells.append(marks + "".join(f" [{number}]" for number in numbers))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", *summary(found)]
    lines += ["", *(f"{number}. {why}" for why, number in notes.items())]
    return "\n".join(lines)


def summary(found: Found) -> Iterator[str]:
    for player, shown in PLAYERS.items():
        marks = [mark for (_, other), played in found.items() if other == player for mark in played.values()]
        if marks:
            counts = f"{marks.count(FINE)} fine, {marks.count(KNOWN)} known, {marks.count(WRONG)} wrong"
            yield f"- {shown}: of {len(marks)} viewings {counts}"


if __name__ == "__main__":
    before, _, after = PAGE.read_text().partition(BEHIND)
    found = outcomes(standing(after), [Path(name) for name in sys.argv[1:]])
    PAGE.write_text(f"{before}{BEHIND}\n\n{table(found)}\n")
