"""Reading .nfo files: Kodi's format, what other programs make of it, and what must not do harm."""

from __future__ import annotations

import os
import time
from datetime import date
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from tests.machine import scaled

from kyoo.api.models.base import WebLink
from kyoo.scanner.local.nfo import MAX_BYTES, decode, parse_nfo, read_nfo
from kyoo.scanner.wire_values import external_ids

FILM = """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<movie>
  <title>Heat</title><originaltitle>Heat</originaltitle><year>1995</year><runtime>170</runtime>
  <outline>Short</outline><plot>Long</plot><genre>Crime / Drama</genre><tag>bank</tag><studio>Warner</studio>
  <ratings>
    <rating name="imdb" max="10" default="true"><value>8.3</value></rating>
    <rating name="tomatometerallcritics" max="100"><value>88</value></rating>
  </ratings>
  <id>tt0113277</id><uniqueid type="tmdb" default="true">949</uniqueid>
  <director>Michael Mann</director><credits>Michael Mann / Somebody Else</credits>
  <actor><name>Al Pacino</name><role>Vincent Hanna</role><order>0</order></actor><actor><role>nobody</role></actor>
  <set><name>Heat Collection</name><overview>Both</overview></set>
  <trailer>plugin://plugin.video.youtube/?action=play_video&amp;videoid=x</trailer>
</movie>"""


def test_a_film() -> None:
    (film,) = parse_nfo(FILM)
    assert (film.kind, film.title, film.year, film.runtime, film.plot) == ("movie", "Heat", 1995, 170, "Long")
    assert (film.genres, film.tags, film.studios) == (["Crime", "Drama"], ["bank"], ["Warner"])
    assert film.ratings == {"imdb": 83, "tomatometerallcritics": 88}
    assert film.external_ids == {"imdb": "tt0113277", "themoviedatabase": "949"}
    assert (film.directors, film.writers) == (["Michael Mann"], ["Michael Mann", "Somebody Else"])
    assert [(actor.name, actor.role) for actor in film.actors] == [("Al Pacino", "Vincent Hanna")]
    assert (film.collection, film.trailer) == ("Heat Collection", None)


def test_links_are_those_that_the_api_takes() -> None:
    """Whatever somebody wrote there, the film is registered."""
    web = TypeAdapter(WebLink)
    for trailer in (
        "https://a.example/x?y=1",
        "HTTP://a.example/x",
        "https://a b",
        "https://",
        "https://a\nb",
        "x",
        "a:b",
    ):
        (film,) = parse_nfo(f"<movie><title>Heat</title><trailer>{escape(trailer)}</trailer></movie>")
        try:
            web.validate_python(trailer)
        except ValidationError:
            assert film.trailer is None, trailer
        else:
            assert film.trailer == trailer
    for value in ("949", "tt 1", "javascript:alert(1)", "//x", "a\nb", "é", "x" * 1000, "\ud800"):
        if (link := external_ids("movie", {"imdb": value})["imdb"][0]["link"]) is not None:
            assert str(web.validate_python(link)).startswith("https://www.imdb.com/title/"), value


def test_the_old_rating_and_the_old_set() -> None:
    (film,) = parse_nfo("<movie><title>Heat</title><rating>8,25</rating><set>Heat Collection</set></movie>")
    assert (film.ratings, film.collection) == ({"nfo": 82}, "Heat Collection")


def test_several_episodes_side_by_side() -> None:
    first, second = parse_nfo(
        "<?xml version='1.0'?><episodedetails><title>One</title><season>1</season><episode>1</episode></episodedetails>"
        "\n<?xml version='1.0'?><episodedetails><title>Two</title><season>1</season><episode>2</episode>"
        "<aired>2011-04-24</aired></episodedetails>"
    )
    assert (first.title, first.season, first.episode) == ("One", 1, 1)
    assert (second.title, second.episode, second.aired) == ("Two", 2, date(2011, 4, 24))


@pytest.mark.parametrize(
    ("tags", "before", "after"),
    [
        ("<displayseason>2</displayseason><displayepisode>3</displayepisode>", (2, 3), None),
        ("<airsbefore_season>1</airsbefore_season><airsbefore_episode>5</airsbefore_episode>", (1, 5), None),
        ("<airsafter_season>2</airsafter_season>", None, 2),
        ("<displayseason>-1</displayseason><displayepisode>-1</displayepisode>", None, None),
    ],
)
def test_where_a_special_is_watched(tags: str, before: tuple[int, int] | None, after: int | None) -> None:
    (special,) = parse_nfo(f"<episodedetails><title>x</title>{tags}</episodedetails>")
    assert (special.before, special.after_season) == (before, after)


def test_a_link_instead_of_xml_or_after_it() -> None:
    assert {item.kind: item.external_ids for item in parse_nfo("https://www.imdb.com/title/tt0113277/")} == {
        "movie": {"imdb": "tt0113277"},
        "tvshow": {"imdb": "tt0113277"},
    }
    (film,) = parse_nfo("<movie><title>Heat</title></movie>\nhttps://www.themoviedb.org/movie/949-heat\n")
    assert (film.title, film.external_ids) == ("Heat", {"themoviedatabase": "949"})


def test_a_bare_ampersand() -> None:
    (film,) = parse_nfo("<movie><title>Tango & Cash</title><plot>a &lt; b &amp; c</plot></movie>")
    assert (film.title, film.plot) == ("Tango & Cash", "a < b & c")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "release notes of a group, without any structure",
        "<movie><title>never closed",
        "<movie></tvshow>",
        "<other><title>x</title></other>",
        "<<<>>>",
        "<movie>" * 200 + "</movie>" * 200,
        "<a>" * 100_000,
    ],
)
def test_what_cannot_be_used_is_left_out(text: str) -> None:
    assert parse_nfo(text) == []


def test_entities_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password")
    external = f'<!DOCTYPE movie [<!ENTITY x SYSTEM "file://{secret}">]><movie><title>&x;</title></movie>'
    bomb = (
        '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        "<movie><title>&b;</title></movie>"
    )
    parameter = '<! DOCTYPE movie><!ENTITY % p SYSTEM "http://127.0.0.1/x"><movie><title>x</title></movie>'
    for text in (external, bomb, parameter):
        assert parse_nfo(text) == []
        for encoding in ("utf-16", "utf-8-sig"):
            assert parse_nfo(decode(text.encode(encoding))) == []


def test_encodings() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        (film,) = parse_nfo(decode("<movie><title>Amélie</title></movie>".encode(encoding)))
        assert film.title == "Amélie"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert read_nfo(tmp_path / "absent.nfo") == []
    assert read_nfo(tmp_path) == []
    large = tmp_path / "large.nfo"
    large.write_bytes(b"<movie><title>x</title></movie>" + b" " * MAX_BYTES)
    assert read_nfo(large) == []


@given(st.binary(max_size=400))
def test_never_fails(raw: bytes) -> None:
    parse_nfo(decode(raw))
    parse_nfo(decode(b"<movie><title>" + raw + b"</title><rating>" + raw + b"</rating></movie>"))


def test_a_pipe_is_no_nfo_file(tmp_path: Path) -> None:
    pipe = tmp_path / "movie.nfo"
    os.mkfifo(pipe)
    assert read_nfo(pipe) == []


@pytest.mark.parametrize("part", ["thetvdb.com/", "<?xml ", "<! ", "<a ", "&"])
def test_no_file_keeps_the_reader_busy(part: str) -> None:
    began = time.process_time()
    assert parse_nfo(part * (MAX_BYTES // len(part))) == []
    assert time.process_time() - began < scaled(20)


@pytest.mark.parametrize(
    ("tags", "content"),
    [("<tag>Filler</tag>", "filler"), ("<tag>2019</tag><tag>recap</tag>", "recap"), ("<tag>filler arc</tag>", None)],
)
def test_a_tag_says_what_an_episode_is(tags: str, content: str | None) -> None:
    (item,) = parse_nfo(f"<episodedetails><title>A</title>{tags}</episodedetails>")
    assert item.content == content
    (show,) = parse_nfo(f"<tvshow>{tags}</tvshow>")
    assert show.content is None
