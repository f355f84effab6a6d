"""Files that are parts of one film or episode: never versions of it, never episodes."""

from __future__ import annotations

import pytest

from kyoo.scanner.naming import parse

FILM = "/films/Orchard (2008)"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{FILM}/VIDEO_TS/VTS_01_1.VOB", f"{FILM}/VIDEO_TS/VTS_01_2.VOB"),
        (f"{FILM}/CD1/orchard.avi", f"{FILM}/CD2/orchard.avi"),
        (f"{FILM}/CD1/orchard-cd1.avi", f"{FILM}/CD2/orchard-cd2.avi"),
        (f"{FILM}/Disc 1/ab-or.avi", f"{FILM}/Disc 2/ab-or.avi"),
        ("/films/Orchard (2008) CD1/orchard.avi", "/films/Orchard (2008) CD2/orchard.avi"),
        (f"{FILM}/Orchard-a.avi", f"{FILM}/Orchard-b.avi"),
        (f"{FILM}-a.avi", f"{FILM}-b.avi"),
        ("/films/Orchard.2008.DVDRip-a.avi", "/films/Orchard.2008.DVDRip-b.avi"),
        (f"{FILM}/Orchard pt1.avi", f"{FILM}/Orchard pt2.avi"),
        (f"{FILM}/part1.avi", f"{FILM}/part2.avi"),
        (f"{FILM} 1of2.avi", f"{FILM} 2of2.avi"),
        ("/films/Orchard.2008.part.1.of.2.avi", "/films/Orchard.2008.part.2.of.2.avi"),
        ("/tv/Road/Road S01E01a.avi", "/tv/Road/Road S01E01b.avi"),
        ("/tv/Road/Season 1/01a.avi", "/tv/Road/Season 1/01b.avi"),
        ("/tv/Road/Road 1x01a.avi", "/tv/Road/Road 1x01b.avi"),
        ("/tv/Road/Road S01E01 pt1.avi", "/tv/Road/Road S01E01 pt2.avi"),
    ],
)
def test_parts_are_parts_of_one_rendering(one: str, other: str) -> None:
    first, second = parse(one), parse(other)
    assert (first.part, second.part) == (1, 2)
    assert first.rendering == second.rendering
    assert first.title in ("Orchard", "Road")
    assert (first.kind, first.title, first.years, first.episodes, first.version) == (
        second.kind, second.title, second.years, second.episodes, second.version,
    )  # fmt: skip
    assert first.episodes == (() if first.kind == "movie" else ((1, 1),))


@pytest.mark.parametrize(
    "path",
    [
        "/tv/Road/Season 1/Disc 1/01.avi",
        "/films/The Plan B.mkv",
        "/films/Vitamin-c.mkv",
        "/tv/Harbour War/Harbour War Part 1.mkv",
        "/tv/Harbour War 2of6 Landing.mkv",
    ],
)
def test_what_is_no_part(path: str) -> None:
    assert parse(path).part is None


def test_the_menus_of_a_disc_are_not_the_film() -> None:
    for name in ("VIDEO_TS.VOB", "VTS_01_0.VOB"):
        assert parse(f"{FILM}/VIDEO_TS/{name}").kind == "extra"


@pytest.mark.parametrize(
    ("path", "title", "place"),
    [
        ("/Courses/Python Basics/01 - Introduction/003 - Variables.mp4", "Python Basics", (1, 3)),
        ("/Python Course/02. Getting Started/04 Loops.mp4", "Python Course", (2, 4)),
        ("/Courses/Go Masterclass/Section 2 - Types/05. Slices.mp4", "Go Masterclass", (2, 5)),
    ],
)
def test_the_chapters_of_a_course_are_not_its_title(path: str, title: str, place: tuple[int, int]) -> None:
    parsed = parse(path)
    assert (parsed.title, parsed.episodes) == (title, (place,))


@pytest.mark.parametrize(
    "name", ["IMG_4711", "VID_20230517_183045", "DSC_0042", "GOPR0123", "20230517_183045", "MVI_1234 (2)"]
)
def test_home_videos_are_what_they_are(name: str) -> None:
    parsed = parse(f"/Home/Summer 2019/{name}.MOV")
    assert (parsed.kind, parsed.title, parsed.episodes, parsed.date) == ("movie", name, (), None)
