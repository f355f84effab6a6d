"""`kyoo scanner guess`: a line in, a line out, whatever the line is."""

from __future__ import annotations

import io
import json
from typing import Any

from click.testing import CliRunner

from kyoo.cli import main
from kyoo.scanner.naming.command import LONGEST_LINE, answer


def guess(names: bytes, *options: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, ["scanner", "guess", *options], input=names, standalone_mode=False)
    assert result.exception is None
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_name_has_its_line() -> None:
    names = b"Road.S01E02-E03.FRENCH.1080p.WEB-DL.DDP5.1.H.264-GRP.mkv\nOrchard (2002) [DVD].avi\n"
    episode, film = guess(names, "--json")
    assert (episode["kind"], episode["title"], episode["season"], episode["episode"]) == (
        "episode",
        "Road",
        [1],
        [2, 3],
    )
    said = [episode[field] for field in ("quality", "source", "codec", "audio_codec", "language", "release_group")]
    assert said == ["1080p", "WEB-DL", "H.264", "E-AC-3", ["fr"], "GRP"]
    assert (film["kind"], film["title"], film["year"], film["source"], film["quality"]) == (
        "movie", "Orchard", 2002, "DVD", None,
    )  # fmt: skip
    assert guess(names) == [episode, film]


def test_a_language_in_the_title_is_none_of_the_sound() -> None:
    one, other = guess(b"The.French.Clerk.2021.1080p.mkv\nRoad.S01E02.The.German.Guest.ITALIAN.720p.mkv\n")
    assert (one["language"], other["language"]) == ([], ["it"])


def test_what_the_file_does_not_say_its_folder_may() -> None:
    (found,) = guess(b"/tv/Road.S01.720p.HDTV.x264-GRP/Road - 02.mkv\n")
    assert (found["quality"], found["source"], found["codec"]) == ("720p", "TV", "H.264")


def test_any_bytes_empty_lines_and_a_last_line_without_end() -> None:
    latin, empty, cut, last = guess("Amélie (2001).mkv\n\n\x00\x01\n".encode("latin-1") + b"Road S01E02.mkv")
    assert (latin["title"], latin["year"]) == ("Amélie", 2001)
    assert empty["title"] == cut["title"] == ""
    assert last["episode"] == [2]


def test_an_endless_line_is_one_answer_and_is_not_kept() -> None:
    class Endless(io.RawIOBase):
        left = 200

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.left -= 1
            if self.left < 0:
                return 0
            data = b"\nRoad S01E02.mkv\n" if self.left == 0 else b"a" * min(len(buffer), LONGEST_LINE)
            buffer[: len(data)] = data
            return len(data)

    out = io.StringIO()
    answer(io.BufferedReader(Endless(), LONGEST_LINE), out)
    long, after = out.getvalue().splitlines()
    assert len(json.loads(long)["title"]) < LONGEST_LINE
    assert json.loads(after)["episode"] == [2]


def test_people_read_it_as_text() -> None:
    out = io.StringIO()
    answer(io.BytesIO(b"Road (2015) S01E02 - Home.mkv\nRoad S03.mkv\nLate Hour 2019-03-04.mkv\n"), out, text=True)
    assert out.getvalue().splitlines() == [
        "episode: Road (2015) S01E02 · Home",
        "episode: Road S03",
        "episode: Late Hour 2019-03-04",
    ]
