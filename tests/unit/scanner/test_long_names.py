"""No name keeps the parser busy: whatever is repeated as often as a name is long, it is read in no time."""

from __future__ import annotations

from itertools import product

import pytest

from kyoo.scanner.local.file_names import parse  # type: ignore[attr-defined]

ATOMS = (
    "1", "01", "S01", "1x02", " - ", "-", "  ", ".", "[", "]", "(2012)", "1080p", "x264", "Part", "話", "a", "&", "12.5"
)  # fmt: skip
LONGEST = 245
pytestmark = pytest.mark.timeout(30)


def test_repeated_parts() -> None:
    for first, one, other in product(("", "01+", "12.5 "), ATOMS, ATOMS):
        parse(f"/{(first + (one + other) * LONGEST)[:LONGEST]}.mkv")


def test_a_name_as_long_as_a_path_can_be() -> None:
    for unit in ("01+1080p", "  x264", "[1]", "1-", "a.1.", "S01E01"):
        parse(f"/{(unit * 4096)[:4000]}.mkv")
