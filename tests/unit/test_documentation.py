"""The documentation names every option and variable there is, and its links lead somewhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import click
import pytest

from kyoo.cli import main
from kyoo.scanner.naming import parse
from kyoo.serve.checks import known_variables

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
TEXT = "\n".join(path.read_text() for path in (ROOT / "docs" / "operating").glob("*.md"))


def test_the_documentation_has_every_variable_there_is_and_no_other() -> None:
    # docs/operating/auth.md gives Kyoo's name alone and says once that ours begins with KYOO_.
    known = {name.removeprefix("KYOO_") for name in known_variables()}
    assert {name for name in known if not re.search(rf"`(KYOO_)?{name}[`=]", TEXT)} == set()
    # What the first two columns of the tables name.
    rows = [" ".join(line.split("|")[1:3]) for line in TEXT.splitlines() if line.startswith("|")]
    written = {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+|PG[A-Z]+)`", row)}
    assert {name for name in written if name.removeprefix("KYOO_") not in known} == set()


def test_every_command_and_option_is_documented() -> None:
    serve = main.commands["serve"]
    options = {name for option in serve.params if isinstance(option, click.Option) for name in option.opts}
    assert {name for name in {*options, *main.commands} if name not in TEXT} == set()


@cache
def anchors(page: Path) -> frozenset[str]:
    """Of the headings of a page, as those who show it make them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings)


def leads_nowhere(page: Path, anchor: str) -> bool:
    return not page.exists() or (page.suffix == ".md" and bool(anchor) and anchor not in anchors(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]*)#?([^)]*)\)", page.read_text())
    assert [link for link in links if leads_nowhere(page.parent / link[0] if link[0] else page, link[1])] == []


#: A page by its path from the root, and a heading of it; what is quoted can be the end of a path that is put together.
NAMED = re.compile(r"""(?<!["'\w./-])([\w./-]*\w\.md)\b(?:#([\w-]+))?""")
#: Migrations that have been applied are never edited.
CODE = [
    path
    for folder in ("src", "tests", "bench", "web/src")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".sql", ".ts", ".tsx", ".css"} and not {"migrations", "static"} & set(path.parts)
]


def test_pages_that_code_names_are_there() -> None:
    """By their paths, with the headings that are named; so code can cite no document that a reader does not have."""
    assert len(CODE) > 1000
    lost = [
        f"{path.relative_to(ROOT)}: {page}#{anchor}"
        for path in CODE
        for page, anchor in NAMED.findall(path.read_text())
        if leads_nowhere(ROOT / page, anchor)
    ]
    assert lost == []


def test_where_things_are_is_said_in_three_files_that_have_them() -> None:
    """The table of docs/developing/README.md: each name is defined in the file that is linked behind it."""
    page = ROOT / "docs" / "developing" / "README.md"
    rows = [row for row in page.read_text().split("## Where it is")[1].splitlines() if row.startswith("| ")][2:]
    assert len(rows) >= 12
    assert [row for row in rows if not 1 <= row.count("](") <= 3] == []
    lost = [
        name
        for row in rows
        for name, link in re.findall(r"`(\w+)` in \[[^]]*\]\(([^)]*)\)", row)
        if not re.search(rf"\b(def|class|function) (\w+\.)?{name}\b", (page.parent / link).read_text())
    ]
    assert lost == []


INSIDE = [
    *(ROOT / "docs" / "developing").glob("*.md"),
    *(ROOT / "docs" / "decisions").glob("*.md"),
    *ROOT.glob("[AC]*.md"),
]


@pytest.mark.parametrize("page", [page for page in INSIDE if page.name != "CHANGELOG.md"], ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    """Of the pages for whoever works on the code: a file by its name or by the end of its path."""
    there = [f"/{path.relative_to(ROOT)}" for path in CODE]
    named = set(re.findall(r"`([\w./-]+\.(?:py|sql|ts|tsx))`", page.read_text()))
    placeholders = {name for name in named if "NNNN_" in name}
    assert [name for name in named - placeholders if not any(path.endswith(f"/{name}") for path in there)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_tests_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", page.read_text())
    lost = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).exists() or (test and f"def {test}(" not in (ROOT / file).read_text())
    ]
    assert lost == []


#: What docs/using/library.md promises of names: kind, title, episodes, version, part.
PROMISED = {
    "Big Buck Bunny (2008).mp4": ("movie", "Big Buck Bunny", (), 1, None),
    "Big.Buck.Bunny.2008.1080p.WEB-DL.x264-GRP.mkv": ("movie", "Big Buck Bunny", (), 1, None),
    "Bikes S01E02.mkv": ("episode", "Bikes", ((1, 2),), 1, None),
    "Bikes/Season 1/02 - Uphill.mkv": ("episode", "Bikes", ((1, 2),), 1, None),
    "Bikes - 1x02.mkv": ("episode", "Bikes", ((1, 2),), 1, None),
    "Bikes - Staffel 1 Folge 2.mp4": ("episode", "Bikes", ((1, 2),), 1, None),
    "Bikes T01C02.mp4": ("episode", "Bikes", ((1, 2),), 1, None),
    "Bikes Cap.102.mp4": ("episode", "Bikes", ((1, 2),), 1, None),
    "Bikes - 15.mkv": ("episode", "Bikes", ((None, 15),), 1, None),
    "Bikes 202.mkv": ("episode", "Bikes", ((None, 202),), 1, None),
    "[Group] Some Anime - 07v2 [1080p].mkv": ("episode", "Some Anime", ((None, 7),), 2, None),
    "Show S01E01-E02.mkv": ("episode", "Show", ((1, 1), (1, 2)), 1, None),
    "Film (2008) part1.mkv": ("movie", "Film", (), 1, 1),
    "Film (2008) part2.mkv": ("movie", "Film", (), 1, 2),
    "Show S00E03.mkv": ("episode", "Show", ((0, 3),), 1, None),
    "Show SP3.mkv": ("episode", "Show", ((0, 3),), 1, None),
    "Show - 13.5.mkv": ("episode", "Show", ((None, 13.5),), 1, None),
}


def test_the_names_of_the_library_page_are_read_as_it_says() -> None:
    page = (ROOT / "docs" / "using" / "library.md").read_text()
    table = page.split("## Names")[1].split("\nNames win")[0]
    written = {name for name in re.findall(r"`([^`…]+\.(?:mkv|mp4))`", table) if "-trailer" not in name}
    assert written == set(PROMISED)
    for name, promised in PROMISED.items():
        found = parse(name)
        assert (found.kind, found.title, found.episodes, found.version, found.part) == promised, name
