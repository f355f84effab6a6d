"""What the tags inside a file say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, strategies

from kyoo.scanner.local.embedded import NOTHING, Embedded, read, told
from kyoo.scanner.naming import parse

ITUNES = {
    "title": "The Tide",
    "show": "Harbour Nights",
    "season_number": "2",
    "episode_sort": "3",
    "date": "2009-03-01T07:00:00Z",
    "synopsis": "Ships  come in.",
    "media_type": "10",
}
LEVELS = {
    "title": "harbour.nights.s02e03.1080p.x264-GRP",
    "collection/title": "Harbour Nights",
    "season/part_number": "2",
    "episode/part_number": "3/12",
    "episode/title": "The Tide",
    "episode/date_released": "2009-03-01",
    "episode/summary": "Ships come in.",
}


@pytest.mark.parametrize("tags", [ITUNES, LEVELS])
def test_an_episode(tags: dict[str, str]) -> None:
    assert read(tags) == Embedded("The Tide", "Harbour Nights", 2, 3, 2009, date(2009, 3, 1), "Ships come in.")


@pytest.mark.parametrize(
    ("tags", "title"),
    [
        ({"title": "The Quiet Lamp"}, "The Quiet Lamp"),
        ({"title": "The.Quiet.Lamp.1994.1080p.BluRay.x264-GRP"}, "The Quiet Lamp"),
        ({"title": "www.Example.com - The Quiet Lamp"}, None),
        ({"title": "Downloaded from https://example"}, None),
        ({"title": "  "}, None),
        ({"title": "The\x07Quiet\u202e Lamp"}, "The Quiet Lamp"),
        ({"title": "x" * 4000}, None),
        ({}, None),
    ],
)
def test_titles_of_films(tags: dict[str, str], title: str | None) -> None:
    assert read(tags).title == title
    # Nobody says that a tagger was there.
    assert read(tags | {"description": "Encoded by me", "date": "1994-05-01"}).plot is None


@pytest.mark.parametrize(
    ("path", "tags", "meaning"),
    [
        ("/VID_0001.mp4", ITUNES, ("episode", "Harbour Nights", ((2, 3),))),
        ("/The Tide.mp4", ITUNES, ("episode", "Harbour Nights", ((2, 3),))),
        ("/Harbour Nights - 03.mkv", ITUNES, ("episode", "Harbour Nights", ((2, 3),))),
        # Names have said what they are.
        ("/Dune (2021).mkv", ITUNES, ("movie", "Dune", ())),
        ("/Bikes S01E05.mkv", ITUNES, ("episode", "Bikes", ((1, 5),))),
        ("/Bikes - 04.mkv", ITUNES, ("episode", "Bikes", ((None, 4),))),
        ("/The Quiet Lamp.mkv", {"title": "Something else"}, ("movie", "The Quiet Lamp", ())),
        ("/VID_0001.mp4", {"show": "Harbour Nights"}, ("movie", "VID_0001", ())),
    ],
)
def test_what_names_leave_out(path: str, tags: dict[str, str], meaning: tuple[object, ...]) -> None:
    found = told(parse(path), tags)
    assert (found.kind, found.title, found.episodes) == meaning


KEYS = strategies.sampled_from([*ITUNES, *LEVELS])


@given(strategies.dictionaries(KEYS, strategies.text(max_size=200)))
def test_whatever_they_are(tags: dict[str, str]) -> None:
    assert isinstance(read(tags), Embedded)
    told(parse("/VID_0001.mp4"), tags)


def test_without_tags() -> None:
    parsed = parse("/VID_0001.mp4")
    assert told(parsed, {}) is parsed
    assert read({}) == NOTHING
