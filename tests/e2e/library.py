"""A small library as a person would have it: names of every kind over media made by ffmpeg."""

from __future__ import annotations

from pathlib import Path

from tests.media import Audio, Subtitle, movie, placed

FILM_SECONDS = 60
HARBOUR_SECONDS = 29


def film() -> Path:
    """A minute of 720p with two audio tracks, SubRip and ASS subtitles, a font and chapters."""
    return movie(
        name="film.mkv",
        seconds=FILM_SECONDS,
        size="1280x720",
        gop=48,
        audios=(Audio(language="eng", title="English"), Audio(language="jpn", title="Japanese", channels=6)),
        subtitles=(Subtitle(language="eng"), Subtitle("ass", "fre", "Karaoke")),
        chapters=((0, 10, "Intro"), (10, 50, "The voyage"), (50, 60, "Credits")),
        attachments=(("Sans Title.ttf", "font/ttf"),),
    )


def episode(number: int) -> Path:
    return movie(name=f"episode{number}.mp4", seconds=20 + number, size="640x360")


def make_library(folder: Path) -> int:
    """Fill `folder`; return the number of videos. Two films, a serie of three episodes in two spellings."""
    placed(film(), folder / "The.Long.Voyage.2015.1080p.WEB-DL.x264-GRP.mkv")
    placed(episode(HARBOUR_SECONDS - 20), folder / "films" / "A Quiet Harbour (2011)" / "A Quiet Harbour (2011).mp4")
    (folder / "films" / "A Quiet Harbour (2011)" / "A Quiet Harbour (2011).en.srt").write_text(
        "1\n00:00:01,000 --> 00:00:19,000\nThe tide is out.\n"
    )
    (folder / "films" / "A Quiet Harbour (2011)" / "movie.nfo").write_text(
        "<movie><title>A Quiet Harbour</title><plot>Two fishermen wait for the tide.</plot>"
        "<genre>Drama</genre><year>2011</year></movie>"
    )
    placed(episode(1), folder / "Northern Lights S01E01.mp4")
    placed(episode(2), folder / "Northern Lights" / "Season 1" / "northern.lights.s01e02.720p.mp4")
    placed(episode(3), folder / "Northern Lights" / "Season 2" / "01 - The Return.mp4")
    return 5
