"""Names by topic and what the parser must read in them. What holds for every text is in test_naming_properties."""

from datetime import date
from typing import Any

import pytest

from kyoo.scanner.naming import ParsedName, parse

Case = tuple[str, dict[str, Any]]


def check(path: str, expected: dict[str, Any]) -> None:
    parsed = parse(path)
    assert {name: getattr(parsed, name) for name in expected} == expected


def episode(title: str, *pairs: tuple[int | None, float], **more: Any) -> dict[str, Any]:
    return {"kind": "episode", "title": title, "episodes": pairs, **more}


def movie(title: str, *years: int, **more: Any) -> dict[str, Any]:
    return {"kind": "movie", "title": title, "years": years, "episodes": (), "seasons": (), **more}


SEASON_AND_EPISODE: list[Case] = [
    ("The Long Road S01P02E03.mkv", episode("The Long Road", (1, 3))),
    ("Empty Road Season 1 (1988 - 89)/Empty Road S01E03.mkv", episode("Empty Road", (1, 3), years=())),
    ("The.Long.Road.S02E05.720p.HDTV.x264-GRP.mkv", episode("The Long Road", (2, 5), release_group="GRP")),
    ("The Long Road - 2x05 - Homecoming.avi", episode("The Long Road", (2, 5), episode_title="Homecoming")),
    ("the_long_road-s02-e05.mkv", episode("The Long Road", (2, 5))),
    ("The Long Road S02 E05.mkv", episode("The Long Road", (2, 5))),
    ("The Long Road [S02] [E05].mkv", episode("The Long Road", (2, 5))),
    ("The Long Road SO2E05.mkv", episode("The Long Road", (2, 5))),
    ("TheLongRoads02e05.mkv", episode("TheLongRoad", (2, 5))),
    ("The.Long.Road.S0205.mkv", episode("The Long Road", (2, 5))),
    ("The Long Road S01xE02.mkv", episode("The Long Road", (1, 2))),
    ("The Long Road Season 2 Episode 5.mkv", episode("The Long Road", (2, 5))),
    ("Der lange Weg - Staffel 2 - Folge 5.mkv", episode("Der lange Weg", (2, 5))),
    ("El largo camino - Temporada 2 [HDTV][Cap.205].avi", episode("El largo camino", (2, 5))),
    ("La lunga strada - Stagione 2 - Episodio 05.mkv", episode("La lunga strada", (2, 5))),
    ("Длинная дорога - 2 сезон 05 серия.mkv", episode("Длинная дорога", (2, 5))),
    ("Длинная дорога. Сезон №2. Серия №15.avi", episode("Длинная дорога", (2, 15))),
    ("The.Long.Road.S101E02.mkv", episode("The Long Road", (101, 2))),
    ("The Long Road S2016E14.mkv", episode("The Long Road", (2016, 14), years=())),
    ("The Evening Report - S42 E10591.mkv", episode("The Evening Report", (42, 10591))),
    ("The.Long.Road.S01.07.mkv", episode("The Long Road", (1, 7))),
    ("the.long.road.205.hdtv-grp.mp4", episode("The Long Road", (2, 5))),
    ("long_road_03_19.avi", episode("Long Road", (3, 19))),
    ("Long Road Series 2 Episode 3.mkv", episode("Long Road", (2, 3))),
    ("El largo camino [HDTV 720p][Cap.1205](example.com).avi", episode("El largo camino", (12, 5))),
    ("El largo camino [HDTV][Cap.101_103].avi", episode("El largo camino", (1, 1), (1, 2), (1, 3))),
    ("The Long Road - 1-05 - Title.mkv", episode("The Long Road", (1, 5), episode_title="Title")),
    ("某剧 第二季 第03集.mkv", episode("某剧", (2, 3))),
    ("24.Hours.S03E01.mkv", episode("24 Hours", (3, 1))),
    ("1234.S03E14.720p.mkv", episode("1234", (3, 14), years=())),
    ("El largo camino Cap.205.avi", episode("El largo camino", (2, 5))),
    ("El largo camino Cap.1205.avi", episode("El largo camino", (None, 1205))),
    ("El largo camino T02C05.avi", episode("El largo camino", (2, 5))),
    ("O longo caminho T02EP05.mkv", episode("O longo caminho", (2, 5))),
    ("Der lange Weg St. 2 Folge 5.mp4", episode("Der lange Weg", (2, 5))),
    ("Long Road - Series 2 - 5 - Homecoming.mp4", episode("Long Road", (2, 5), episode_title="Homecoming")),
    ("Long Road 2-14.mkv", episode("Long Road", (2, 14))),
    ("Длинная дорога. Второй сезон. 5 серия.mkv", episode("Длинная дорога", (2, 5))),
    ("El largo camino - Temporada segunda - Episodio quinto.mkv", episode("El largo camino", (2, 5))),
    ("الطريق الموسم الثاني الحلقة الخامسة.mp4", episode("الطريق", (2, 5))),
    ("الطريق الموسم الثاني عشر الحلقة الحادية والعشرون.mp4", episode("الطريق", (12, 21))),
    ("الطريق الحلقة ١٢.mp4", episode("الطريق", (None, 12))),
    ("रास्ता सीज़न २ एपिसोड ५.mp4", episode("रास्ता", (2, 5))),
    ("Der lange Weg (2_8) - Nebel.mp4", episode("Der lange Weg", (None, 2), episode_title="Nebel")),
    ("Sail/03 Wind/005 The Sky.mp4", episode("Sail", (3, 5))),
    ("Courses/Sail/Chapter 2/2.3 Tacking.mp4", episode("Sail", (2, 3), episode_title="Tacking")),
    ("Sail - Lecture 12.mp4", episode("Sail", (None, 12))),
]

SEVERAL_EPISODES: list[Case] = [
    ("Road S01E01E02.mkv", episode("Road", (1, 1), (1, 2))),
    ("Road S01E01-E03.mkv", episode("Road", (1, 1), (1, 2), (1, 3))),
    ("Road S01E01-03.mkv", episode("Road", (1, 1), (1, 2), (1, 3))),
    ("Road S01E01-02-03.mkv", episode("Road", (1, 1), (1, 2), (1, 3))),
    ("Road.S01E01.S01E02.mkv", episode("Road", (1, 1), (1, 2))),
    ("Road s01e02&3.mkv", episode("Road", (1, 2), (1, 3))),
    ("Road - 2x09-2x10 - Both.mkv", episode("Road", (2, 9), (2, 10))),
    ("Road S07E25+E26 Finale.mp4", episode("Road", (7, 25), (7, 26))),
    ("Road (S15E06-08_of_24) City.mkv", episode("Road", (15, 6), (15, 7), (15, 8))),
    ("Road S08E20 50-50 Chance.mkv", episode("Road", (8, 20), episode_title="50-50 Chance")),
    ("Road.S01E01.1.23.45.mkv", episode("Road", (1, 1))),
    ("Road S05E23 11-59.mkv", episode("Road", (5, 23))),
    ("[Grp] Umi no Uta - 01-03 [1080p].mkv", episode("Umi no Uta", (None, 1), (None, 2), (None, 3))),
    ("[Grp] Umi no Uta - 01 ~ 03 [1080p]", episode("Umi no Uta", (None, 1), (None, 2), (None, 3))),
    ("Umi no Uta 01 - 03 [Batch]", episode("Umi no Uta", (None, 1), (None, 2), (None, 3))),
]

ABSOLUTE: list[Case] = [
    ("Umi no Uta 2017 - 04.mkv", episode("Umi no Uta", (None, 4), years=(2017,))),
    ("[Grp] Umi no Uta 2019 - 14 [720p].mkv", episode("Umi no Uta", (None, 14), years=(2019,))),
    ("Harbour Quest 02 - 14.mkv", episode("Harbour Quest 02", (None, 14))),
    ("[Grp] Umi no Uta - 12 (1080p) [ABCD1234].mkv", episode("Umi no Uta", (None, 12), absolute_episodes=(12,))),
    ("[Grp]_Umi_no_Uta_-_12v2_[720p][ABCD1234].mkv", episode("Umi no Uta", (None, 12), version=2)),
    ("[Grp] Umi no Uta 2nd Season - 12 [1080p].mkv", episode("Umi no Uta", (2, 12), seasons=(2,))),
    ("[Grp] Umi no Uta Season 2 - 08 [1080p].mkv", episode("Umi no Uta", (2, 8))),
    ("[Grp] Umi no Uta S3 - 05 [1080p].mkv", episode("Umi no Uta", (3, 5))),
    ("[Grp] Umi no Uta (Season 2) - 05 [1080p].mkv", episode("Umi no Uta", (2, 5))),
    ("Umi no Uta Second Season OVA - 01", episode("Umi no Uta", (2, 1))),
    ("[Grp] Umi 100 - Kaze ni Naru 100 no Koto - 01 [1080p].mkv", {"episodes": ((None, 1),)}),
    ("[Grp] Umi 100 - 07 [1080p].mkv", episode("Umi 100", (None, 7))),
    ("[Grp] Kaze 2 - 03 [720p].mkv", episode("Kaze 2", (None, 3))),
    ("Umi no Uta - Kaze no Shou - 12.mkv", episode("Umi no Uta - Kaze no Shou", (None, 12))),
    ("[Grp] Umi no Uta - 07.5 - Rest Day [BD].mkv", episode("Umi no Uta", (None, 7.5), episode_title="Rest Day")),
    ("[Grp] Umi no Uta [12END][720p].mkv", episode("Umi no Uta", (None, 12))),
    ("[Grp] Umi no Uta 1004 [E63F2984].mkv", episode("Umi no Uta", (None, 1004))),
    ("Umi no Uta #957 (1280x720 x264).mp4", episode("Umi no Uta", (None, 957))),
    ("Umi.no.Uta.E195.Der.Sturm.German.DVDRip.XviD-GRP.mkv", episode("Umi no Uta", (None, 195))),
    ("[Grp][Umi no Uta][05][1080p].mp4", episode("Umi no Uta", (None, 5), release_group="Grp")),
    ("【字幕社】[海之歌][Umi no Uta][05][1080p].mp4", episode("Umi no Uta", (None, 5))),
    ("[字幕社] 海之歌 / Umi no Uta - 05 [1080p].mp4", episode("Umi no Uta", (None, 5))),
    ("(Hi10)_Umi_no_Uta_-_05_(BD_720p).mkv", episode("Umi no Uta", (None, 5), release_group=None)),
    ("海のうた 第12話.mkv", episode("海のうた", (None, 12))),
    ("[Grp] Umi no Uta - １５８ [1080p]", episode("Umi no Uta", (None, 158))),
    ("Umi no Uta (1999) 152.mkv", episode("Umi no Uta", (None, 152), years=(1999,), seasons=())),
    ("[Grp] Umi no Uta - 12 (S01E12) [1080p].mkv", episode("Umi no Uta", (1, 12), absolute_episodes=(12,))),
    ("umi 13.5.mkv", episode("Umi", (None, 13.5))),
]

SPECIALS: list[Case] = [
    ("umi sp3.mkv", episode("Umi", (0, 3), special=True)),
    ("Umi no Uta S00E04 - Picnic.mkv", episode("Umi no Uta", (0, 4), special=True)),
    ("/tv/Umi no Uta/Specials/04 - Picnic.mkv", episode("Umi no Uta", (0, 4), special=True)),
    ("[Grp] Umi no Uta - NCOP [BD 1080p].mkv", {"kind": "extra", "extra_kind": "other", "episodes": ()}),
    ("[Grp] Umi no Uta 3 - PV [CA57F300].mkv", {"kind": "extra", "extra_kind": "trailer", "title": "Umi no Uta 3"}),
]

PACKS: list[Case] = [
    (
        "The Long Road S01-S03 1080p",
        {"kind": "episode", "title": "The Long Road", "seasons": (1, 2, 3), "episodes": ()},
    ),
    ("The Long Road Season 1, 2 & 3 DVDRip", {"title": "The Long Road", "seasons": (1, 2, 3)}),
    ("The.Long.Road.Seasons.01-03.1080p", {"title": "The Long Road", "seasons": (1, 2, 3)}),
    ("The Long Road 1ª a 3ª Temporada", {"title": "The Long Road", "seasons": (1, 2, 3)}),
    ("The.Long.Road.S02.COMPLETE.720p", {"title": "The Long Road", "seasons": (2,), "episodes": ()}),
]

DATES: list[Case] = [
    ("The.Late.Hour.2018.06.22.A.Guest.720p.mkv", {"title": "The Late Hour", "date": date(2018, 6, 22), "years": ()}),
    ("The Late Hour - 2011-04-12 - A Guest.mkv", {"date": date(2011, 4, 12), "episode_title": "A Guest"}),
    ("The_Late_Hour_20200116.mp4", {"title": "The Late Hour", "date": date(2020, 1, 16)}),
    ("The Late Hour 4th December 2020 WEBRip h264-TJ", {"date": date(2020, 12, 4)}),
    ("The Late Hour - 10-30-2010 - Rally.avi", {"date": date(2010, 10, 30)}),
    ("Le grand journal - 16 mars 2024.mp4", {"title": "Le grand journal", "date": date(2024, 3, 16)}),
    ("Die späte Stunde 5. März 2024.mp4", {"title": "Die späte Stunde", "date": date(2024, 3, 5)}),
    ("La hora tardía 5 de marzo de 2024.mp4", {"title": "La hora tardía", "date": date(2024, 3, 5)}),
    ("늦은 시간.E07.240315.1080p-NEXT.mp4", episode("늦은 시간", (None, 7), date=date(2024, 3, 15))),
    ("the.late.hour.18.09.00.avi", {"title": "The Late Hour", "date": date(2000, 9, 18), "episodes": ()}),
    ("2020.Late.Hour.2012.13.02.PDTV.mkv", {"title": "2020 Late Hour", "date": date(2012, 2, 13)}),
    ("Late Hour 17x03 2011.07.10.mkv", episode("Late Hour", (17, 3), date=date(2011, 7, 10))),
    ("Film 2013-02-30 2013.mkv", {"date": None}),
]

FILMS: list[Case] = [
    ("The.Quiet.Orchard.2014.1080p.WEB-DL.DD5.1.H264-GRP.mkv", movie("The Quiet Orchard", 2014, release_group="GRP")),
    ("The Quiet Orchard (2014).mkv", movie("The Quiet Orchard", 2014)),
    ("The Quiet Orchard [2014] 720p.mkv", movie("The Quiet Orchard", 2014)),
    ("The Quiet Orchard (Drama 2014) Somebody.avi", movie("The Quiet Orchard", 2014)),
    ("A Trip To The Moon (1902).mkv", movie("A Trip To The Moon", 1902)),
    ("2001.A.Space.Odyssey.1968.1080p.mkv", movie("2001 A Space Odyssey", 1968)),
    ("1917 (2019).mkv", movie("1917", 2019)),
    ("TheQuietOrchard2014.mkv", movie("TheQuietOrchard", 2014)),
    ("The Quiet Orchard2014 [1080p].mp4", movie("The Quiet Orchard", 2014)),
    ("Orchard2077.mkv", movie("Orchard2077")),
    ("Class of 2014.mkv", movie("Class of 2014")),
    ("Orchard Season Premiere.mkv", movie("Orchard Season Premiere")),
    ("Orchard Season Second Chances.mkv", movie("Orchard Season Second Chances")),
    ("Orchard for All Seasons (1966).mkv", movie("Orchard for All Seasons", 1966)),
    ("The Quiet Orchard [1 of 2] (2014).avi", movie("The Quiet Orchard", 2014, part=1)),
    ("2012.2009.1080p.BluRay.mkv", movie("2012", 2009)),
    ("Blade.Runner.2049.2017.2160p.mkv", movie("Blade Runner 2049", 2017)),
    ("Wonder.Woman.1984.2020.IMAX.2160p.mkv", movie("Wonder Woman 1984", 2020)),
    ("(500) Days of Summer (2009).mkv", movie("(500) Days of Summer", 2009)),
    ("The.German.Doctor.2013.LIMITED.DVDRip.mkv", movie("The German Doctor", 2013)),
    ("Der.Stille.Garten.EXTENDED.German.DTS.720p.BluRay.x264-GRP", movie("Der Stille Garten", edition="Extended")),
    ("Mr. Holland's Opus (1995).mkv", movie("Mr. Holland's Opus", 1995)),
    ("The.Final.Cut.2004.DVDRip.mkv", movie("The Final Cut", 2004)),
    ("The.Quiet.Orchard.mkv", movie("The Quiet Orchard")),
    ("www.example.com - The Quiet Orchard (2014).mkv", movie("The Quiet Orchard", 2014)),
    ("The.Quiet.Orchard.(2014)-GRP.mkv", movie("The Quiet Orchard", 2014)),
    ("[ www.example.org ] - The.Quiet.Orchard.2014.720p.mkv", movie("The Quiet Orchard", 2014)),
    ("Тихий сад / The Quiet Orchard (Имя / Name) [2014, США, WEBRip]", movie("The Quiet Orchard", 2014)),
    (
        "Тихий сад (The Quiet Orchard) 2014 BDRip.mkv",
        movie("The Quiet Orchard", 2014, alternative_titles=("Тихий сад",)),
    ),
    ("The Quiet Orchard AKA El Huerto 2014.mkv", movie("The Quiet Orchard", 2014, alternative_titles=("El Huerto",))),
    ("조용한 과수원 (2014).mkv", movie("조용한 과수원", 2014)),
    ("Umi no Uta Movie 3 - Kaze (2018).mkv", movie("Umi no Uta Movie 3 - Kaze", 2018)),
    ("Harbour Nights Part 2 (2011).mkv", movie("Harbour Nights Part 2", 2011, part=None)),
    ("/movies/Harbour Nights Part II.mkv", movie("Harbour Nights Part II")),
    ("/movies/Room 237.mkv", movie("Room 237")),
    ("Harbour Nights 3.mkv", movie("Harbour Nights 3", unsure=True)),
    ("The Simpsons (1989-2011).mkv", movie("The Simpsons")),
]

EDITIONS: list[Case] = [
    ("Orchard (1979) - Director's Cut.mkv", movie("Orchard", 1979, edition="Director's Cut")),
    ("Orchard.Extended.2009.1080p.mkv", movie("Orchard", 2009, edition="Extended")),
    ("Orchard.1995.Remastered.1080p.mkv", movie("Orchard", 1995, edition="Remastered")),
    ("Orchard - International Cut (2018) 720p.mkv", movie("Orchard", 2018, edition="International Cut")),
]

VERSIONS_AND_PARTS: list[Case] = [
    ("Umi no Uta (1999) v2 152 part2.mkv", episode("Umi no Uta", (None, 152), version=2, part=2, years=(1999,))),
    ("Umi no Uta s2e1 p1.mkv", episode("Umi no Uta", (2, 1), part=1, version=1)),
    ("Umi no Uta s2e1 p2 v2.mkv", episode("Umi no Uta", (2, 1), part=2, version=2)),
    ("Orchard (2002) CD1.avi", movie("Orchard", 2002, part=1)),
    ("Orchard (2002) - part2.avi", movie("Orchard", 2002, part=2)),
    ("Long Road - 120 - Chronicles Part 2.mkv", episode("Long Road", (None, 120), part=None)),
    ("Harbour War - Part 3 - Landing.mkv", episode("Harbour War", (None, 3), part=None)),
    ("Harbour.War.2of6.Landing.mkv", episode("Harbour War", (None, 2))),
]

FOLDERS: list[Case] = [
    ("/video/umi no uta/01 - The First Wave.mkv", episode("Umi no Uta", (None, 1), episode_title="The First Wave")),
    ("/tv/The Long Road/Season 3/01 - Start.mkv", episode("The Long Road", (3, 1))),
    ("/tv/The Long Road/Season 2/7 - 12 Angry Cats.mkv", episode("The Long Road", (2, 7))),
    ("/tv/The Long Road/Season 2/[Grp] The Long Road - 03 [1080p].mkv", episode("The Long Road", (2, 3))),
    ("/tv/The Long Road/Season 1/S01E02.mkv", episode("The Long Road", (1, 2), title_guessed=False)),
    ("/tv/The Long Road/1/05.mkv", episode("The Long Road", (1, 5))),
    ("/tv/The Long Road/Saison 2 VF/S02E01.mkv", episode("The Long Road", (2, 1))),
    (
        "/tv/The Road (2017) Season 1-3/Season 2/The Road (2017) - S02E05.mkv",
        episode("The Road", (2, 5), years=(2017,)),
    ),
    ("/tv/The.Road.2024.S01.2160p.WEB/S01/The_Road_S01E01_Begin.mkv", episode("The Road", (1, 1), years=(2024,))),
    ("/x/Other Name/[Grp] Umi no Uta - 01.mkv", episode("Umi no Uta", (None, 1), alternative_titles=("Other Name",))),
    ("/films/Orchard (2007)/Orchard (2006).mkv", movie("Orchard", 2006)),
    ("/films/Orchard (2007)/orchard.1080p.mkv", movie("Orchard", 2007)),
    ("/films/Orchard (2007)/VIDEO_TS/VTS_01_1.VOB", movie("Orchard", 2007)),
    ("/d/The.Road.S01E02.720p.HDTV-GRP/a8f3kd03kfma.mkv", episode("The Road", (1, 2))),
    ("/d/Orchard.2018.1080p.BluRay-GRP/abc.mkv", movie("Orchard", 2018)),
    ("/d/Road.S02.DVDRip-GRP/grp-rd203.avi", episode("Road", (2, 3))),
    ("/d/Orchard Collection 1080p BluRay/Harbour.mkv", movie("Harbour")),
    ("Captain Road Season 1 Episode 103.mkv", episode("Captain Road", (1, 103))),
    ("/video/Guilty Crown/Guilty Crown 8.mkv", episode("Guilty Crown", (None, 8), unsure=False)),
    ("/docs/Blue Planet/Blue.Planet.01.The.Coast.mkv", episode("Blue Planet", (None, 1), episode_title="The Coast")),
    ("/docs/Blue Planet/Blue Planet Chapter 9.mkv", episode("Blue Planet", (None, 9))),
    ("/films/Harbour Collection/Harbour 3.mkv", movie("Harbour 3", unsure=False)),
    ("Harbour Collection/Harbour 3.mkv", movie("Harbour 3", unsure=True)),
    ("/tv/Blue Planet - The Deep (2014)/Blue Planet - S01E01.mkv", episode("Blue Planet", (1, 1), years=(2014,))),
    ("/tv/The 100/Season 2/The.100.S02E03.mkv", episode("The 100", (2, 3), alternative_titles=())),
]

EXTRAS: list[Case] = [
    (
        "/films/Orchard (2009)/Orchard (2009)-trailer.mkv",
        {"kind": "extra", "extra_kind": "trailer", "title": "Orchard"},
    ),
    ("/films/Orchard (2009)/trailers/clip one.mkv", {"extra_kind": "trailer", "title": "Orchard", "years": (2009,)}),
    ("/films/Orchard/behind the scenes/Day 1.mkv", {"extra_kind": "behind-the-scene", "title": "Orchard"}),
    ("/films/Orchard/Deleted Scenes/Boat.mkv", {"extra_kind": "deleted-scene"}),
    ("/films/Orchard/interviews/Someone.mkv", {"extra_kind": "interview"}),
    ("/films/Orchard/Extras/Bloopers.mkv", {"extra_kind": "blooper"}),
    ("/films/Orchard/Orchard-featurette.mkv", {"extra_kind": "other"}),
    ("/films/Orchard/Sample/orchard.mkv", {"extra_kind": "sample"}),
    ("/films/Orchard/orchard.sample.mkv", {"extra_kind": "sample"}),
    ("Road.S01E05-trailer.mkv", {"kind": "extra", "extra_kind": "trailer", "title": "Road", "episodes": ((1, 5),)}),
    ("Road.S01E05.The.Trailer.mkv", episode("Road", (1, 5), extra_kind=None)),
    ("Trailer Park Girls - S01E01.mkv", {"kind": "episode", "extra_kind": None}),
    ("Free Samples (2012).mkv", {"kind": "movie", "extra_kind": None}),
]

IDS: list[Case] = [
    ("Orchard (1999) {tmdb-603}.mkv", movie("Orchard", 1999, external_ids={"themoviedatabase": "603"})),
    ("Orchard [tmdbid=603].mp4", movie("Orchard", external_ids={"themoviedatabase": "603"})),
    ("/films/Orchard (1999) [imdbid-tt0133093]/o.mkv", {"external_ids": {"imdb": "tt0133093"}}),
    ("Orchard tt0133093.mkv", movie("Orchard", external_ids={"imdb": "tt0133093"})),
    ("/tv/Road [tvdbid=81189]/Road S01E01.mkv", episode("Road", (1, 1), external_ids={"tvdb": "81189"})),
    ("[Grp] Umi [anidb-123][anilist-456] - 01.mkv", {"external_ids": {"anidb": "123", "anilist": "456"}}),
]

NO_TITLE: list[Case] = [
    ("S03E09 720p WEB.mkv", episode("S03E09 720p WEB", (3, 9), title_guessed=True)),
    ("01 - The First Wave.mkv", episode("The First Wave", (None, 1), title_guessed=True)),
    ("(2019).mkv", {"title_guessed": True, "years": (2019,)}),
    ("", {"title": "unknown", "title_guessed": True}),
]


NUMBERS_IN_PLACE: list[Case] = [
    # What stands where an episode could, and is none; and episodes that hide behind something else.
    ("[Grp] The Long Road - The Final Season - 05 (1080p).mkv", episode("The Long Road - The Final Season", (None, 5))),
    ("The Long Road - 12 - 100 Years.mkv", episode("The Long Road", (None, 12), episode_title="100 Years")),
    ("The Long Road 05 A Title.avi", episode("The Long Road", (None, 5), episode_title="A Title")),
    ("The.Long.Road.S02D01.DVD.mkv", episode("The Long Road", seasons=(2,))),
    ("The Long Road Season 1:3", episode("The Long Road", seasons=(1, 2, 3))),
    ("The Long Road All Seasons (1-3) 720p", episode("The Long Road", seasons=(1, 2, 3))),
    ("El largo camino T2 Cap 5.mkv", episode("El largo camino", (2, 5))),
    ("El largo camino T02E05.mkv", episode("El largo camino", (2, 5))),
    ("El largo camino Capítulo 12 Temporada 2.mkv", episode("El largo camino", (2, 12))),
    ("The Long Road Se02Ep05.mkv", episode("The Long Road", (2, 5))),
    ("The Long Road Series 2 - 03 - A Title.mkv", episode("The Long Road", (2, 3))),
    ("Uzun Yol Bölüm 5.mkv", episode("Uzun Yol", (None, 5))),
    ("먼 길 2기 제 5화.mkv", episode("먼 길", (2, 5))),
    ("The.Long.Road.1013.720p.HDTV.x264-GRP.mkv", episode("The Long Road", (10, 13))),
    ("The Long Road - 313-314 - s16e03-04.mkv", episode("The Long Road", (16, 3), (16, 4))),
    ("The.Long.Road.s16e03-04.313-314.mkv", episode("The Long Road", (16, 3), (16, 4))),
    ("The Long Road - 5.1 - Grp.mkv", movie("The Long Road - 5.1 - Grp")),
    ("(Grp) The Long Road - 05 (720p).mkv", episode("The Long Road", (None, 5), release_group="Grp")),
    ("The.Long.Road.[El.largo.camino].6x05.mkv", episode("The Long Road", (6, 5))),
    ("[Grp] Umi 00 - 05 [720p].mkv", episode("Umi 00", (None, 5))),
    ("The.Long.Road.Tuesday.21st.July.2015.HDTV.mkv", episode("The Long Road", date=date(2015, 7, 21))),
    ("The Long Road July 21, 2015.mkv", episode("The Long Road", date=date(2015, 7, 21))),
    ("The Last Episode (2019).mkv", movie("The Last Episode", 2019)),
    ("The Orchard - 1979 - Jane Doe.mkv", movie("The Orchard", 1979)),
    ("1979 - The Orchard.mkv", movie("The Orchard", 1979)),
    ("The.Orchard.1979.Directors.Cut.1080p.mkv", movie("The Orchard", 1979, edition="Director's Cut")),
    ("The.Orchard.German.DL.2009.1080p.BluRay.x264-GRP.mkv", movie("The Orchard", 2009)),
    ("The.Orchard.2009-GRP[site].mkv", movie("The Orchard", 2009)),
    ("U-571.2000.mkv", movie("U-571", 2000)),
]

FOLDERS_TELL: list[Case] = [
    ("/tv/The Long Road/Season 2/205 - A Title.mkv", episode("The Long Road", (2, 5))),
    ("/tv/The Long Road/Season 1/The Long Road 105.mkv", episode("The Long Road", (1, 5))),
    ("/anime/The Long Road/Season 1/[Grp] The Long Road - 105.mkv", episode("The Long Road", (1, 105))),
    ("/tv/The Long Road/Season 3/3-16 A Title.mkv", episode("The Long Road", (3, 16))),
    ("/tv/24/Season 1/24 - 03.mkv", episode("24", (1, 3))),
    ("/tv/24/Season 1/03.mkv", episode("24", (1, 3))),
    ("/tv/24 Season 2/12 - A Title.mkv", episode("24", (2, 12))),
    ("/tv/The Long Road/12 [Grp].mkv", episode("The Long Road", (None, 12))),
    ("/anime/[Grp] Umi (2019) [1080p]/01.mkv", episode("Umi", (None, 1))),
    ("/x/The.Long.Road.S02E05.1080p.WEB-GRP/grp-the.long.road.205.mkv", episode("The Long Road", (2, 5))),
    ("/films/The Orchard (2014)/cd1.avi", movie("The Orchard", 2014, part=1)),
    ("/movies/The Orchard (2014) CD 2.avi", movie("The Orchard", 2014, part=2)),
    ("/movies/Orchard Collection/2. Orchards (1986).mkv", movie("Orchards", 1986)),
    ("/movies/1408.mkv", movie("1408")),
]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        case
        for topic in (
            SEASON_AND_EPISODE, SEVERAL_EPISODES, ABSOLUTE, SPECIALS, PACKS, DATES, FILMS, EDITIONS, VERSIONS_AND_PARTS,
            FOLDERS, EXTRAS, IDS, NO_TITLE, NUMBERS_IN_PLACE, FOLDERS_TELL,
        )
        for case in topic
    ],
)  # fmt: skip
def test_name(path: str, expected: dict[str, Any]) -> None:
    check(path, expected)


def rendering(path: str) -> str:
    return parse(path).rendering


def test_versions_and_parts_of_one_cut_share_a_rendering() -> None:
    whole = rendering("/v/Umi no Uta (1999) 152.mkv")
    assert rendering("/v/Umi no Uta (1999) v2 152 part2.mkv") == whole
    assert rendering("/v/Umi no Uta (1999) 152v3.mkv") == whole
    assert rendering("/v/Orchard (2002) CD1.avi") == rendering("/v/Orchard (2002) CD2.avi")
    assert rendering("/v/Orchard (2002) [v2].avi") == rendering("/v/Orchard (2002).avi")


def test_other_cuts_and_paths_have_renderings_of_their_own() -> None:
    names = [
        "/v/Orchard (2002).mkv", "/w/Orchard (2002).mkv", "/v/Orchard! (2002).mkv",
        "/v/Orchard (2002) Director's Cut.mkv", "/v/Orchard (2002) v2-trailer.mkv",
        "/v/Long Road - 120 - Tale Part 2.mkv", "/v/Long Road - 121 - Tale Part 2.mkv",
    ]  # fmt: skip
    assert len({rendering(name) for name in names}) == len(names)


def test_year_is_the_best_of_years() -> None:
    assert parse("Orchard (2002).mkv").year == 2002
    assert parse("Orchard.mkv").year is None


def test_answer_cannot_be_changed() -> None:
    parsed: ParsedName = parse("Orchard (2002).mkv")
    with pytest.raises(AttributeError):
        parsed.title = "Other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("Harbour/Other/Harbour S01E01.mkv", "episode"),
        ("Other/The Ferry (1995).mkv", "movie"),
        ("Extras/Season 1/Extras - 01x02.mkv", "episode"),
        ("The Ferry (1995)/Other/Premiere.mkv", "extra"),
        ("The Ferry (1995)/Extras/Premiere 1996.mkv", "extra"),
        ("The Ferry (1995)/Extras/Interview S01E01.mkv", "extra"),
    ],
)
def test_a_folder_of_mixed_things_holds_whole_films_and_episodes_too(path: str, kind: str) -> None:
    assert parse(path).kind == kind
