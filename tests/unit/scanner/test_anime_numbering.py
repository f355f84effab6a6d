"""Numbers of anime ↔ numbers of seasons, and the lists that say so."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import anime_lists

from kyoo.scanner.anime import keeping, lists
from kyoo.scanner.anime.lists import UnreadableListError
from kyoo.scanner.anime.model import Anime, Family
from kyoo.scanner.anime.numbering import Number, Numbering, Own, Range
from kyoo.scanner.local.file_names import title_key

SEASONS = st.integers(0, 4)
NUMBERS = st.integers(1, 40)
TARGETS = st.lists(st.tuples(SEASONS, NUMBERS), max_size=3, unique=True).map(tuple)
RANGES = st.builds(Range, st.integers(0, 1), SEASONS, NUMBERS, st.none() | NUMBERS, st.integers(-30, 30))
NUMBERINGS = st.builds(
    Numbering,
    st.none() | SEASONS,
    st.integers(-20, 20),
    st.dictionaries(st.tuples(st.integers(0, 1), NUMBERS), TARGETS, max_size=5),
    st.lists(RANGES, max_size=4).map(tuple),
)


def known() -> dict[str, Anime]:
    contents = {path.rpartition("/")[2]: content for path, content in anime_lists.contents().items()}
    return keeping.together(
        lists.anime_list(contents["anime-list-master.xml"]),
        [*lists.ids(contents["anime-list-full.json"]), *lists.kometa_ids(contents["anime_ids.json"])],
        lists.bridge(contents["mappings.json"]),
    )


def family(serie: str) -> Family:
    return Family.of(serie, known().values())


@given(NUMBERINGS, st.integers(0, 1), NUMBERS)
def test_there_and_back_gives_the_same(numbering: Numbering, season: int, number: int) -> None:
    for found in numbering.out((season, number)):
        assert (season, number) in numbering.back(found)


@given(NUMBERINGS, st.none() | SEASONS, NUMBERS)
def test_back_and_there_gives_the_same(numbering: Numbering, season: int | None, number: int) -> None:
    for own in numbering.back((season, number)):
        assert (season, number) in numbering.out(own)
    assert set(numbering.said((season, number))) <= set(numbering.back((season, number)))


@given(NUMBERINGS)
def test_a_numbering_survives_storage(numbering: Numbering) -> None:
    assert Numbering.loaded(json.loads(json.dumps(numbering.stored()))) == numbering


@pytest.mark.parametrize(
    ("key", "own", "there"),
    [
        ("anidb:12681", (1, 13), ((1, 13),)),
        ("anidb:13612", (1, 1), ((0, 3),)),
        ("anidb:13612", (0, 4), ((0, 7),)),  # a range of its specials
        ("anidb:13612", (0, 5), ()),  # beyond the range: nobody knows
        ("anidb:15113", (1, 1), ((0, 2),)),  # a pair, and blanks around it
        ("anidb:17061", (1, 1), ((1, 13),)),  # a split cour
        ("anidb:69", (1, 9), ((2, 1),)),
        ("anidb:69", (1, 1100), ((3, 1070),)),  # a range without end
        ("anidb:69", (0, 6), ()),  # 0: not there
        ("anidb:69", (0, 7), ((0, 7),)),  # specials of where a serie begins are its own
        ("anidb:259", (1, 1), ((2, 1), (2, 2))),  # one to two
        ("anilist:101344", (1, 1), ((0, 2),)),
    ],
)
def test_numbers_of_the_lists(key: str, own: Own, there: tuple[Number, ...]) -> None:
    numbering = known()[key].tvdb
    assert numbering is not None
    assert numbering.out(own) == there
    assert all(own in numbering.back(number) for number in there)


def test_single_pairs_win_and_offsets_end_with_their_range() -> None:
    numbering = Numbering(1, pairs={(1, 9): ((0, 1),)}, ranges=(Range(1, 1, 8, 17, -1),))
    assert [numbering.out((1, number)) for number in (7, 8, 9, 10, 18)] == [
        ((1, 7),),
        ((1, 7),),
        ((0, 1),),
        ((1, 9),),
        ((1, 18),),
    ]
    assert numbering.back((1, 8)) == ()  # what 9 would give is elsewhere, and 8 gives 7


def test_what_stands_at_a_number_of_a_serie() -> None:
    spy = family("405920")
    assert [(anime.key, own) for anime, own in spy.back((1, 12))] == [("anidb:16947", (1, 12))]
    assert [(anime.key, own) for anime, own in spy.back((1, 13))] == [("anidb:17061", (1, 1))]
    assert [(anime.key, own) for anime, own in spy.back((2, 1))] == [("anidb:17784", (1, 1))]
    assert {anime.key for anime, _ in family("326109").back((0, 3))} == {"anidb:13612"}
    assert family("1").main is None
    assert spy.main is not None
    assert spy.main.key == "anidb:16947"


def test_films_of_one_anime_are_told_apart_by_their_ids() -> None:
    films = known()["anidb:13941"]
    assert [films.film("tmdb_movie", value) for value in ("526426", "526429", "1")] == [1, 2, 1]


def test_ids_of_all_lists_come_together() -> None:
    found = known()
    assert found["anidb:12681"].ids["anilist"] == ("97986",)
    assert found["anidb:14107"].ids["mal"] == ("38000", "38001")
    assert found["anidb:15113"].ids["imdb"] == ("tt11032374",)
    assert found["anidb:13943"].ids["tmdb_movie"] == ("551271",)
    assert found["anidb:13943"].kind == "movie"
    assert found["anidb:17061"].year == 2022
    assert found["anidb:259"].before == {1: 3}
    assert "anilist:97986" not in found


def test_titles_lead_to_anime_and_short_forms_do_not() -> None:
    keys = keeping.title_keys(known(), lists.titles(anime_lists.titles()))
    assert ("made in abyss dawn of the deep soul", "anidb:13612") in keys
    assert (title_key("メイドインアビス"), "anidb:12681") in keys
    assert ("spy x family", "anidb:17784") in keys
    assert not [title for title, _ in keys if title == "mia2"]


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ({"s1": ""}, {1: ((1, 1),), 99: ((1, 99),)}),
        ({"s1": "e1-e35", "s2": "e1-e48"}, {35: ((1, 35),), 36: ((2, 1),)}),
        ({"s0": "e3"}, {1: ((0, 3),)}),
        ({"s2": "e13-"}, {1: ((2, 13),), 12: ((2, 24),)}),
        ({"s1": "e1-e6,e8-e9", "s0": "e1"}, {7: ((1, 8),), 9: ((0, 1),)}),
    ],
)
def test_ranges_of_the_bridge(written: dict[str, str], there: dict[int, tuple[Number, ...]]) -> None:
    entry = {"7": {"tvdb_id": 1, "tvdb_mappings": written}}
    numbering = lists.bridge(json.dumps(entry).encode())[0].tvdb
    assert numbering is not None
    assert {number: numbering.out((1, number)) for number in there} == there


WORDS = st.text(alphabet="0123456789-+;a ,.e", max_size=12) | st.text(max_size=8)


@given(
    st.dictionaries(
        st.sampled_from(
            ["anidbid", "tvdbid", "defaulttvdbseason", "episodeoffset", "tmdbtv", "tmdbseason", "tmdbid", "imdbid"]
        ),
        WORDS,
    ),
    st.lists(
        st.tuples(
            st.dictionaries(
                st.sampled_from(["anidbseason", "tvdbseason", "tmdbseason", "start", "end", "offset"]), WORDS
            ),
            WORDS,
        ),
        max_size=3,
    ),
    WORDS,
)
def test_any_entry_is_read_without_an_exception(
    entry: dict[str, str], mappings: list[tuple[dict[str, str], str]], name: str
) -> None:
    import xml.etree.ElementTree as ET

    root = ET.Element("anime-list")
    ET.SubElement(root, "anime", anidbid="1", tvdbid="2", defaulttvdbseason="1")
    anime = ET.SubElement(root, "anime", _plain(entry))
    ET.SubElement(anime, "name").text = _clean(name)
    for attributes, text in mappings:
        ET.SubElement(anime, "mapping", _plain(attributes)).text = _clean(text)
    found = lists.anime_list(ET.tostring(root))
    assert found[0].key == "anidb:1"
    assert [Anime.loaded(json.loads(json.dumps(one.stored()))) for one in found] == found


def _clean(text: str) -> str:
    return "".join(c for c in text if c in "\t\n\r" or 0x20 <= ord(c) < 0xD800)


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    return {key: _clean(value) for key, value in attributes.items()}


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: f"<a>{text}</a>".encode()))
def test_any_bytes_are_a_list_or_refused(content: bytes) -> None:
    for read in (lists.anime_list, lists.titles, lists.ids, lists.kometa_ids, lists.bridge):
        try:
            read(content)
        except UnreadableListError:
            continue


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*lists._KEYS, "anidb_id", "tvdb_mappings", "s1", "tv", "movie"]), inner)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_list_or_refused(value: object) -> None:
    for read, content in (
        (lists.ids, [value]),
        (lists.kometa_ids, {"7": value}),
        (lists.bridge, {"7": value}),
        (lists.bridge, value),
    ):
        try:
            read(json.dumps(content).encode())
        except UnreadableListError:
            continue


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<anime-list/>",
        b"<anime-list><anime",
        b'<!DOCTYPE a [<!ENTITY b "c">]><anime-list><anime anidbid="1"/></anime-list>',
        b"<a>" * 100_000,
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
    ],
)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableListError):
        lists.anime_list(content)


def test_a_list_without_measure_is_read_in_part() -> None:
    pairs = ";".join(f"{number}-{number}" for number in range(1, 9_000))
    anime = (
        '<anime anidbid="{}" tvdbid="1" defaulttvdbseason="1">'
        '<mapping anidbseason="1" tvdbseason="1">;{};</mapping></anime>'
    )
    content = "".join(anime.format(number, pairs) for number in range(1, 60))
    found = lists.anime_list(f"<anime-list>{content}</anime-list>".encode())
    assert len(found) == 59
    assert sum(len(one.tvdb.pairs) for one in found if one.tvdb) < lists.MAX_ALL_RULES + 9_000


def test_synonyms_of_one_word_name_nothing() -> None:
    titles = [lists.Title("anidb:12681", text, "synonym", "en") for text in ("Abyss", "The Abyss", "奈落")]
    keys = {title for title, _ in keeping.title_keys({"anidb:12681": known()["anidb:12681"]}, titles)}
    assert keys == {"made in abyss", "the abyss", "奈落"}
