"""What extras are called, and whose they are."""

from __future__ import annotations

import pytest

from kyoo.scanner.naming import parse

FILM = "/films/Iron Garden (2012)"


@pytest.mark.parametrize(
    ("path", "show", "name"),
    [
        (f"{FILM}/Iron Garden (2012)-trailer.mp4", "Iron Garden", "Trailer"),
        (f"{FILM}/Iron.Garden.2012.1080p.BluRay-trailer2.mkv", "Iron Garden", "Trailer 2"),
        (f"{FILM}/Trailers/Iron Garden.mkv", "Iron Garden", "Trailer"),
        (f"{FILM}/The Cast-interview.mkv", "Iron Garden", "The Cast"),
        (f"{FILM}/iron garden - deleted scenes.mkv", "Iron Garden", "Deleted Scenes"),
        (f"{FILM}/Featurettes/Iron.Garden.2012.Making.Of.1080p.mkv", "Iron Garden", "Making Of"),
        (f"{FILM}/Featurettes/How it was made.mkv", "Iron Garden", "How it was made"),
        (f"{FILM}/Extras/extra1.mkv", "Iron Garden", "Extra 1"),
        (f"{FILM}/VIDEO_TS/VIDEO_TS.VOB", "Iron Garden", "Menu"),
        ("/tv/Road/Extras/01 - The Beginning.mkv", "Road", "The Beginning"),
        ("/tv/Road/Season 1/Extras/Behind the Tide.mkv", "Road", "Behind the Tide"),
        ("/anime/Kaze/[Grp] Kaze - NCOP1 [BD 1080p].mkv", "Kaze", "Creditless Opening 1"),
        ("/anime/Kaze/NC/[Grp] Kaze - NCED02 [BD].mkv", "Kaze", "Creditless Ending 2"),
        ("/anime/[Grp] Kaze - OP2 [1080p].mkv", "Kaze", "Opening 2"),
        ("/anime/[Grp] Kaze - PV 2 [1080p].mkv", "Kaze", "Promotional Video 2"),
        ("/anime/[Grp][Kaze][NCOP][1080P].mkv", "Kaze", "Creditless Opening"),
        ("/anime/NCED2 - Kaze [1080p].mkv", "Kaze", "Creditless Ending 2"),
        ("/anime/Kaze/NCED2 - The Wind Song [1080p].mkv", "Kaze", "Creditless Ending 2"),
    ],
)
def test_names_of_extras_can_be_read(path: str, show: str, name: str) -> None:
    parsed = parse(path)
    assert (parsed.kind, parsed.title, parsed.episode_title) == ("extra", show, name)


@pytest.mark.parametrize("path", ["Trailer.Park.Girls.S02E03.mkv", "/tv/Road/Road S01E05 - Ending.mkv", "Op.2014.mkv"])
def test_words_of_titles_are_no_extras(path: str) -> None:
    assert parse(path).kind != "extra"
