"""The spelling of titles: the better one of file and folder, title case for what is all small or all capitals."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from kyoo.scanner.naming import parse
from kyoo.scanner.naming.spelling import best_spelling, in_title_case
from kyoo.scanner.naming.titles import normalise


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/Long Winter/long.winter.s01e01.mkv", "Long Winter"),
        ("/long.winter.s01e01.mkv", "Long Winter"),
        ("/long winter/Long.Winter.S01E01.mkv", "Long Winter"),
        ("/LONG WINTER (1999)/LONG.WINTER.1999.1080p.mkv", "Long Winter"),
        # Mixed case is as its author meant it.
        ("/Dr. FROST/dr.frost.s01e01.mkv", "Dr. FROST"),
        ("/iRobot.2009.mkv", "iRobot"),
        # Short capitals, when a folder has them or what is beside them is written as usual.
        ("/BLIP-E (2008)/blip-e.2008.mkv", "BLIP-E"),
        ("/XRS/xrs.s01e01.mkv", "XRS"),
        ("/XRS/XRS.S01E01.mkv", "XRS"),
        ("/XRS S01E01 The Yellow House.mkv", "XRS"),
        ("/blip-e.2008.mkv", "Blip-E"),
        ("/HARBOUR.2009.1080p.mkv", "Harbour"),
        # Accents and marks are lost more easily than they are added.
        ("/Lémurie/Lemurie.2001.mkv", "Lémurie"),
        ("/Autumn's End/Autumns.End.S01E01.mkv", "Autumn's End"),
        ("/House of Rain/House.Of.Rain.S01E01.mkv", "House of Rain"),
        # Another title is another title.
        ("/Winter Films/long.night.2001.mkv", "Long Night"),
        ("/雪の国/雪の国 01.mkv", "雪の国"),
    ],
)
def test_titles_of_paths(path: str, title: str) -> None:
    assert parse(path).title == title


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("the lord of the hills the return of the cat", "The Lord of the Hills the Return of the Cat"),
        ("harbour - a new day", "Harbour - A New Day"),
        ("what it is for", "What It Is For"),
        ("mountain iii", "Mountain III"),
        ("MOUNTAIN VIII", "Mountain VIII"),
        ("man-of-war", "Man-of-War"),
        ("don't look", "Don't Look"),
        ("l'été d'antoine et o'brien", "L'Été D'Antoine et O'Brien"),
        ("x.y.a.z", "X.Y.A.Z"),
        ("la casa de las flores", "La Casa de las Flores"),
        ("yama no oto", "Yama no Oto"),
        ("ΗΜΕΡΑ ΟΔΟΣ", "Ημερα Οδος"),
        ("straße", "Straße"),
        ("2nd harbour", "2nd Harbour"),
        ("X", "X"),
        ("1917", "1917"),
        ("雪の国", "雪の国"),
        ("Already Right", "Already Right"),
        ("", ""),
    ],
)
def test_title_case(written: str, wanted: str) -> None:
    assert in_title_case(written) == wanted


def test_an_episodes_title_is_written_alike() -> None:
    assert parse("/Long Winter/long.winter.s01e01.the.yellow.house.mkv").episode_title == "The Yellow House"


@given(strategies.text(max_size=40))
def test_the_words_stay_the_same(title: str) -> None:
    written = in_title_case(title)
    assert normalise(written) == normalise(title)
    assert best_spelling(title, [written, title.lower()]) in (title, written, title.lower())
