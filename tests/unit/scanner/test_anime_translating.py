"""Plain names of anime, read as parts of their serie."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import anime_lists
from tests.unit.scanner.test_anime_numbering import known

from kyoo.scanner.anime import keeping, lists
from kyoo.scanner.anime.model import Anime, Family
from kyoo.scanner.anime.translating import keys, translate
from kyoo.scanner.local import file_names
from kyoo.scanner.naming import parse
from kyoo.scanner.naming.model import ParsedName

ANIME = known()
FAMILIES = {serie: Family.of(serie, ANIME.values()) for serie in {one.serie for one in ANIME.values() if one.serie}}
TITLED: dict[str, list[Anime]] = {}
for title, key in keeping.title_keys(ANIME, lists.titles(anime_lists.titles())):
    TITLED.setdefault(title, []).append(ANIME[key])


def read(path: str) -> ParsedName:
    return translate(parse(path), TITLED, FAMILIES)


@pytest.mark.parametrize(
    ("path", "title", "episodes"),
    [
        ("[G] Dr. Stone - New World - 03 [1080p].mkv", "Dr. Stone", [(3, 3)]),
        ("Dr. Stone New World/Dr. Stone New World S01E04.mkv", "Dr. Stone", [(3, 4)]),
        ("Dr. Stone - New World - S03E05.mkv", "Dr. Stone", [(3, 5)]),  # it counts as the serie does
        ("[G] Dr. Stone - New World Part 2 - 02 [1080p].mkv", "Dr. Stone", [(3, 13)]),
        ("[G] Spy x Family Part 2 - 03 [1080p].mkv", "Spy x Family", [(1, 15)]),
        ("Spy x Family 2nd Cour - 03.mkv", "Spy x Family", [(1, 15)]),
        ("Made in Abyss - Retsujitsu no Ougonkyou - 01-02.mkv", "Made in Abyss", [(2, 1), (2, 2)]),
        ("Made in Abyss The Golden City of the Scorching Sun - S01E02.mkv", "Made in Abyss", [(2, 2)]),
        ("Kimetsu no Yaiba - Yuukaku Hen - 03.mkv", "Kimetsu no Yaiba", [(3, 3)]),
        ("Kimetsu no Yaiba - Mugen Ressha Hen - 07.mkv", "Kimetsu no Yaiba", [(2, 7)]),
        ("Dr. Stone - New World - 03.5.mkv", "Dr. Stone", [(3, 3.5)]),
        # Titles of the serie itself mean what they say.
        ("[G] Spy x Family Season 2 - 08 [1080p].mkv", "Spy x Family", [(2, 8)]),
        ("[G] Spy x Family - 27 [1080p].mkv", "Spy x Family", [(None, 27)]),
        ("One Piece - 1071.mkv", "One Piece", [(None, 1071)]),
        ("Made in Abyss/Season 1/Made in Abyss - S01E01.mkv", "Made in Abyss", [(1, 1)]),
        ("Dr. Stone Part 2 - 03.mkv", "Dr. Stone Part 2", [(None, 3)]),  # its first season has no second part
        ("Nowhere - 03.mkv", "Nowhere", [(None, 3)]),
    ],
)
def test_episodes(path: str, title: str, episodes: list[tuple[int | None, float]]) -> None:
    found = read(path)
    assert (found.title, list(found.episodes)) == (title, episodes)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("Made in Abyss - Dawn of the Deep Soul (2020).mkv", ("326109", 3)),
        ("Made in Abyss/Gekijouban Made in Abyss - Fukaki Tamashii no Reimei.mkv", ("326109", 3)),
        ("Made in Abyss/Made in Abyss Movie 1 - Journey's Dawn (2019).mkv", ("326109", 1)),
        ("Made in Abyss Movie 2 Wandering Twilight.mkv", ("326109", 2)),
        ("Made in Abyss the Movie 3.mkv", ("326109", 3)),
        ("Gekijouban Kimetsu no Yaiba - Mugen Ressha Hen (2020).mkv", ("348545", 2)),
        ("Made in Abyss Movie 4.mkv", None),
        ("City Hunter Movie 1.mkv", None),
        ("Gekijouban City Hunter - Shinjuku Private Eyes.mkv", None),  # a film of no serie
        ("Journey's Dawn (2019).mkv", None),
    ],
)
def test_films(path: str, place: tuple[str, int] | None) -> None:
    found = read(path)
    assert found.kind == "movie"
    assert (found.film_of and (found.film_of.serie, found.film_of.number)) == place
    assert found.title == parse(path).title


def test_a_title_of_two_series_is_nobodys() -> None:
    hits = {**TITLED, "dr stone new world": [ANIME["anidb:17053"], ANIME["anidb:16054"]]}
    assert translate(parse("Dr. Stone - New World - 03.mkv"), hits, FAMILIES).title == "Dr. Stone - New World"
    of_year = parse("Dr. Stone - New World (2023) - 03.mkv")
    assert translate(of_year, TITLED, FAMILIES).episodes == ((3, 14),)


def test_the_name_as_it_stood_is_kept_and_told() -> None:
    found = read("[G] Dr. Stone - New World - 03 [1080p].mkv")
    stored = json.loads(json.dumps(file_names.to_json(found)))
    again = file_names.from_json(stored)
    assert (again.title, again.episodes, again.external_ids) == ("Dr. Stone", ((3, 3),), {"tvdb": "355774"})
    guess: dict[str, Any] = file_names.guess(again).wire()
    assert guess["from"] == "anime-lists"
    assert guess["episodes"] == [{"season": 3, "episode": 3}]
    (before,) = guess["history"]
    assert (before["title"], before["episodes"]) == ("Dr. Stone - New World", [{"season": None, "episode": 3}])
    assert translate(again, TITLED, FAMILIES) == again
    film = file_names.from_json(json.loads(json.dumps(file_names.to_json(read("Made in Abyss Movie 3.mkv")))))
    assert film.film_of == ("326109", "Made in Abyss", 3, "made in abyss")


@given(st.text(min_size=1, max_size=60).filter(lambda text: "/" not in text and "\0" not in text))
def test_any_name_is_read(text: str) -> None:
    parsed = parse(f"/{text}.mkv")
    assert keys(parsed.title)
    translate(parsed, TITLED, FAMILIES)
