"""The table of which file plays in which player, over several runs of parts of the matrix."""

from __future__ import annotations

from pathlib import Path

from tests.playing.cases import ENCODED, OFFERED
from tests.playing.table import FINE, KNOWN, WRONG, outcomes, standing, table

FILE = "h264-ts"


def report(folder: Path, **said: str) -> Path:
    """Of one viewing of `FILE`, as it is offered: what each player complained of."""
    properties = "".join(f'<property name="{player}" value="{words}"/>' for player, words in said.items())
    path = folder / "report.xml"
    path.write_text(
        f'<testsuite><testcase classname="tests.playing.test_programs" name="test_a_file_plays[{FILE}-{OFFERED}]">'
        f"<properties>{properties}</properties></testcase></testsuite>"
    )
    return path


def test_what_the_page_shows_is_read_as_it_was_written() -> None:
    found = {
        (FILE, "bytes"): {"bytes": FINE},
        (FILE, "mpv"): {OFFERED: FINE, ENCODED: WRONG},
        (FILE, "page"): {ENCODED: FINE},
        ("rate-1", "vlc"): {OFFERED: KNOWN},
    }
    assert standing(table(found)) == found


def test_what_a_report_has_replaces_what_was_there(tmp_path: Path) -> None:
    before = {
        (FILE, "mpv"): {OFFERED: FINE, ENCODED: FINE},
        (FILE, "vlc"): {OFFERED: WRONG},
        ("tiny", "mpv"): {OFFERED: FINE},
    }
    found = outcomes(standing(table(before)), [report(tmp_path, mpv="no flash at 1.00", vlc="")])
    assert found == {
        (FILE, "mpv"): {OFFERED: WRONG, ENCODED: FINE},
        (FILE, "vlc"): {OFFERED: FINE},
        ("tiny", "mpv"): {OFFERED: FINE},
    }


def test_what_is_not_known_any_more_is_left_out() -> None:
    assert standing(table({(FILE, "mpv"): {OFFERED: KNOWN}})) == {}
