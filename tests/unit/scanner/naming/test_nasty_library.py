"""A library of nasty names on a real disk: every file is found and read, and nearly all are read right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from kyoo.scanner.folders.walk import Walker
from kyoo.scanner.naming import ParsedName
from kyoo.scanner.naming.titles import normalise
from kyoo.scanner.scanning.file_reader import FileReader

NAMES = Path(__file__).with_name("nasty_library.txt")
#: People disagree about some names, and some cannot be told without knowing the title.
SHARE_RIGHT = 0.97

FACTS = {"y": "year", "s": "seasons", "e": "episodes", "d": "date"}


@dataclass(frozen=True)
class Expected:
    path: str
    titles: set[str]
    facts: dict[str, set[str]]
    open_facts: set[str]
    extra: bool

    def misread(self, parsed: ParsedName) -> list[str]:
        said = {
            "year": {str(parsed.year)} - {"None"},
            "seasons": set(map(str, parsed.seasons)),
            "episodes": {f"{number:g}" for _, number in parsed.episodes},
            "date": {str(parsed.date)} - {"None"},
        }
        wrong = [fact for fact in said if fact not in self.open_facts and said[fact] != self.facts.get(fact, set())]
        if self.extra:
            wrong = [fact for fact in wrong if fact == "year"]
        if (parsed.kind == "extra") != self.extra:
            wrong.append("kind")
        if self.titles != {"?"} and (parsed.title_guessed or normalise(parsed.title) not in self.titles):
            wrong.append("title")
        return wrong


def expectation(line: str) -> Expected:
    path, _, label = line.rpartition(" => ")
    titles, _, rest = label.partition(";")
    facts: dict[str, set[str]] = {}
    open_facts: set[str] = set()
    for word in rest.replace(";", " ").split():
        if word == "x":
            continue
        fact, value = FACTS[word[0]], word[1:]
        if value == "?":
            open_facts.add(fact)
        elif fact == "episodes" or fact == "seasons":
            facts[fact] = {number for piece in value.split(",") for number in numbers(piece)}
        else:
            facts[fact] = {value}
    folded = {"?"} if titles.strip() == "?" else {normalise(title) for title in titles.split("|")}
    return Expected(path.lstrip("/"), folded, facts, open_facts, "x" in rest.split())


def numbers(piece: str) -> list[str]:
    first, _, last = piece.partition("-")
    return [str(number) for number in range(int(first), int(last) + 1)] if last else [f"{float(first):g}"]


EXPECTED = [
    expectation(line) for line in NAMES.read_text(encoding="utf-8").splitlines() if re.match(r"[^#].* => ", line)
]


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Each name in a library of its own, so that no name gains from its neighbours."""
    top = tmp_path_factory.mktemp("nasty")
    roots = []
    for index, expected in enumerate(EXPECTED):
        root = top / f"{index:04}"
        file = root / expected.path
        file.parent.mkdir(parents=True)
        file.write_bytes(f"film {index}".encode())
        roots.append(root)
    return roots


async def test_every_file_is_found_and_nearly_all_are_read_right(libraries: list[Path]) -> None:
    readings = []
    for root in libraries:
        found = [file for chunk in Walker((root,)).walk(str(root)) for file in chunk.files]
        readings += await FileReader((root,)).read(found)
    assert len(readings) == len(EXPECTED) >= 400
    assert [reading.error for reading in readings if reading.error] == []
    misread = [
        f"{expected.path}: {', '.join(wrong)} ({reading.parsed.title})"
        for expected, reading in zip(EXPECTED, readings, strict=True)
        if reading.parsed and (wrong := expected.misread(reading.parsed))
    ]
    assert len(misread) <= (1 - SHARE_RIGHT) * len(EXPECTED), "\n".join(misread)
