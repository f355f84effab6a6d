"""Names in which a title looks like a number, a group or an id of something, and the other way round."""

import pytest
from tests.unit.scanner.naming.test_naming_table import Case, check, episode, movie

NUMBERS: list[Case] = [
    # A season, a dash and an episode of two digits, with blanks around them.
    ("Harbour 4-11 The Contest.avi", episode("Harbour", (4, 11), episode_title="The Contest")),
    ("Harbour 3-07.avi", episode("Harbour", (3, 7))),
    ("Harbour 1-05 The Uninvited.mkv", episode("Harbour", (1, 5))),
    ("Harbour 9-10 A Title.mkv", episode("Harbour", (None, 9), (None, 10))),
    # Under the code of a studio.
    ("Harbour - 4ACV05 - The Parallel.mkv", episode("Harbour", (4, 5), episode_title="The Parallel")),
    ("Harbour - 5ACX12 - Airport 07.avi", episode("Harbour", (5, 12), episode_title="Airport 07")),
    # What a day is called.
    ("Harbour 9-11.mkv", movie("Harbour 9-11")),
    ("Harbour 9-11 (2004).mkv", movie("Harbour 9-11", 2004)),
    ("Harbour.9-11.2004.720p.mkv", movie("Harbour 9-11", 2004)),
    ("The 9-11 Harbour (2006).mkv", movie("The 9-11 Harbour", 2006)),
    # As many episodes in one file with the year of a film are none.
    ("Harbour 8-12 (2004)/Harbour 8-12 (2004).mkv", movie("Harbour 8-12", 2004)),
    ("Harbour 08-12 (2004).mkv", episode("Harbour", *((None, number) for number in range(8, 13)), years=(2004,))),
    ("Harbour 8-9 (2004).mkv", episode("Harbour", (None, 8), (None, 9), years=(2004,))),
    ("Harbour 237 (2012)/Harbour 237.mkv", movie("Harbour 237", 2012)),
    # An episode and a year, no day.
    ("Harbour.S02.07.2019.720p.mkv", episode("Harbour", (2, 7), years=(2019,), date=None)),
    ("Racing 2022 - Round 08 - Harbour - Race.mp4", episode("Racing", (None, 8), years=(2022,))),
    ("Harbour Livre II - Épisode 14.avi", episode("Harbour", (2, 14))),
]
IN_A_ROW: list[Case] = [
    ("01. The Ferry (2008).mkv", movie("The Ferry", 2008)),
    ("03 - The Ferry (1986).mkv", movie("The Ferry", 1986)),
    ("12 Ferries (1957).mkv", movie("12 Ferries", 1957)),
    ("All of them/02 - The Ferry (2008)/The Ferry.mkv", movie("The Ferry", 2008)),
]
NO_GROUPS_AND_IDS: list[Case] = [
    ("[REC] 2 (2009).mkv", movie("[Rec] 2", 2009, release_group=None)),
    ("[REC] 2 (2009)/[REC] 2 (2009).mkv", movie("[REC] 2", 2009, release_group=None)),
    ("[REC]² (2009).mkv", movie("[Rec]²", 2009, release_group=None)),
    ("[REC]3.2012.720p.BluRay.x264-GRP.mkv", movie("[Rec]3", 2012, release_group="GRP")),
    ("-=GRP=- Harbour 07.mkv", episode("Harbour", (None, 7), release_group="GRP")),
    ("[REC].2007.mkv", movie("[Rec]", 2007, release_group=None)),
    ("[REC].2007.720p.BluRay.x264-GRP.mkv", movie("[Rec]", 2007, release_group="GRP")),
    ("[GRP] Harbour 2 (2009).mkv", movie("Harbour 2", 2009, release_group="GRP")),
    ("A Trip to the Harbour-K5_gHDl9wLk.mp4", movie("A Trip to the Harbour")),
    ("A Trip to the Harbour [aqz-KE-bpKQ].webm", movie("A Trip to the Harbour")),
    ("A Trip to the Harbour-WorldAtWar2.mp4", movie("A Trip to the Harbour-WorldAtWar2")),
    ("The Ferry (2024)/B1_t00.mkv", movie("The Ferry", 2024)),
]
WORDS: list[Case] = [
    ("Harbour - La serie Stagione 2 Episodio 7.mkv", episode("Harbour - La serie", (2, 7))),
    ("Die Sendung mit dem Hafen vom 12.03.2023.mp4", {"kind": "episode", "title": "Die Sendung mit dem Hafen"}),
]


DAYS: list[Case] = [
    # Behind the day stands the episode's title where a folder names the show; the folder of a year names none.
    ("Harbour Talk/2019-03-04 - A Guest.mkv", episode("Harbour Talk", episode_title="A Guest", seasons=())),
    ("Harbour Talk/Season 2019/2019-03-04 - A Guest.mkv", episode("Harbour Talk", episode_title="A Guest")),
    ("Harbour Talk/2019/2019-03-04 - A Guest.mkv", episode("Harbour Talk", episode_title="A Guest")),
    ("Harbour Talk/2019/2019-03-04.mkv", episode("Harbour Talk")),
    ("Harbour Talk/2019/05 - A Guest.mkv", episode("Harbour Talk", (None, 5), episode_title="A Guest")),
    ("2019-03-04 - Harbour Talk.mkv", episode("Harbour Talk")),
    ("Videos/2019-03-04 - Harbour Talk.mkv", episode("Harbour Talk")),
    ("Disaster Films/2012/2012.mkv", movie("2012")),
]
SHORT_NAMES: list[Case] = [
    ("The.Ferry.S02.1080p.WEB-GRP/tf.205.mkv", episode("The Ferry", (2, 5))),
    ("The Ferry/Season 2/tf.205.mkv", episode("The Ferry", (2, 5))),
    ("The Ferry CD2/tf.avi", movie("The Ferry", part=2)),
    ("The Ferry Disc 1/ferry-d1.mkv", movie("The Ferry", part=1)),
]


@pytest.mark.parametrize(("path", "expected"), [*DAYS, *SHORT_NAMES, *NUMBERS, *IN_A_ROW, *NO_GROUPS_AND_IDS, *WORDS])
def test_ambiguous_names(path: str, expected: dict[str, object]) -> None:
    check(path, expected)
