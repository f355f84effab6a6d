"""What holds for every text: the parser never raises, is deterministic, always has a title, and takes linear time."""

import re
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.machine import scaled

from kyoo.scanner.naming import parse

PIECES = st.sampled_from(
    [
        "Show", "The", "S01E02", "s2", "1x03", "E04", " - ", "-", ".", "_", " ", "[", "]", "(", ")", "{", "}",
        "/", "01", "12v2", "2019", "1999", "2020.01.02", "1080p", "WEB-DL", "x264-GRP", "Season 1",
        "2nd Season", "Part 2", "p1", "CD2", "Movie", "OVA", "SP1", "第3話", "海", "Серия 5", "AKA", " / ", "|",
        "trailer", "sample", "{tmdb-1}", "Director's Cut", "COMPLETE", "&", "+", "～", "１２", "İ", "\x00",
        "\x01", "\ud800", "e\u0301", "Extras", "\n", "v3", "IV", "#7", "2of3", ".mkv",
    ]
)  # fmt: skip
NAME_LIKE = st.lists(PIECES, max_size=25).map("".join)
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=80)


@settings(max_examples=400)
@given(NAME_LIKE | ANY_TEXT)
def test_any_text_has_an_answer(text: str) -> None:
    parsed = parse(text)
    assert parsed == parse(text)
    assert parsed.title.strip()
    assert re.fullmatch(r"[a-z0-9-]+", parsed.rendering)
    assert parsed.kind in ("movie", "episode", "extra")
    assert len(set(parsed.episodes)) == len(parsed.episodes)
    assert (parsed.extra_kind is not None) == (parsed.kind == "extra")


@settings(max_examples=100)
@given(st.integers(1, 40), st.integers(1, 400))
def test_seasons_and_episodes_are_read_back(season: int, episode: int) -> None:
    for name in (f"Road.S{season:02}E{episode:02}.1080p.mkv", f"Road - {season}x{episode:02} - A Title.mkv"):
        parsed = parse(name)
        assert (parsed.title, parsed.episodes) == ("Road", ((season, episode),))


@settings(max_examples=100)
@given(st.integers(1900, 2035))
def test_years_are_read_back(year: int) -> None:
    for name in (f"The Quiet Orchard ({year}).mkv", f"The.Quiet.Orchard.{year}.1080p.BluRay.x264-GRP.mkv"):
        parsed = parse(name)
        assert (parsed.kind, parsed.title, parsed.year) == ("movie", "The Quiet Orchard", year)


@pytest.mark.parametrize("separator", [".", "_"])
@pytest.mark.parametrize(
    "name",
    [
        "The Long Road S02E05 Homecoming 720p HDTV x264-GRP",
        "The Long Road - 2x05 - Homecoming",
        "The Long Road Season 2 Episode 5",
        "The Long Road 2014 S02E05",
        "[Grp] Umi no Uta - 12 [1080p][ABCD1234]",
        "[Grp] Umi no Uta 2nd Season - 12v2 [720p]",
        "[Grp] Umi no Uta 01 - 24 [Batch]",
        "[Grp][Umi no Uta][24 END][1080p]",
        "Umi no Uta (1999) 152",
        "Umi no Uta - 07 - Rest Day",
        "The Quiet Orchard (2014) 1080p BluRay x264-GRP",
        "The Quiet Orchard 2014 Directors Cut 1080p",
        "The Late Hour 2018 06 22 A Guest 720p",
        "Harbour War - Part 3 - Landing",
        "www.example.com - The Quiet Orchard (2014) 720p",
    ],
)
def test_any_separator_will_do(name: str, separator: str) -> None:
    spaced, other = parse(name + ".mkv"), parse(name.replace(" ", separator) + ".mkv")
    for field in ("kind", "title", "years", "seasons", "episodes", "date", "version", "part", "release_group"):
        assert getattr(other, field) == getattr(spaced, field), field


@pytest.mark.parametrize(
    "piece",
    [
        "a", "(", "[", "[(", ")", "1", "1 ", "1-2 ", "S01E01-", "S01", "1x1", "Part 1 & ", "( - ", ". - _ ",
        "x264-", "A.", "aka ", "season 1 ", "2020.01.01 ", "www.a.com - ", "\x00", "第1話", "/", "-/",
        "complete a b ", "[a] ", " - 01", "~&", "tt1234567 ",
    ],
)  # fmt: skip
def test_hostile_names_take_little_time(piece: str) -> None:
    name = (piece * 4000)[:4000]
    fastest = min(_seconds(name) for _ in range(5))
    assert fastest < scaled(0.05)  # about 5 ms; a backtracking rule would take seconds


def _seconds(name: str) -> float:
    start = time.process_time()
    parse(name)
    return time.process_time() - start


def test_command_line_answers_each_line_with_json() -> None:
    names = "Road.S01E02.mkv\n\nOrchard (2002).mkv\n"
    answer = subprocess.run(
        [sys.executable, "-m", "kyoo.scanner.naming"], input=names, capture_output=True, text=True, check=True
    ).stdout
    lines = answer.splitlines()
    assert len(lines) == 3
    assert '"season": [1], "episode": [2]' in lines[0]
    assert '"title": ""' in lines[1]
    assert '"year": 2002' in lines[2]
