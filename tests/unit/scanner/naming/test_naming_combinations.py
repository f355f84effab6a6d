"""Titles that hold numbers and words of names, written in every style, with whatever is put around a name."""

import itertools
import unicodedata
from collections.abc import Callable

import pytest

from kyoo.scanner.naming import ParsedName, parse
from kyoo.scanner.naming.titles import normalise

TITLES = (
    "The Long Road", "24", "The 100", "9-1-1", "Room 104", "1899", "Stargate SG-1", "Zom 100", "86", "2 Broken Girls",
    "3rd Rock", "Area 51 Files", "Nine Lives", "Season of Love", "The Final Season Story", "Special Ops",
    "The Part Time Hero", "Complete Unknown", "The English Game", "Dual Survival", "Web Therapy", "Seven Seconds",
    "Ten Days in May", "V Wars", "It", "Amélie à Paris", "進撃の巨人", "Тихий Дон", "Love, Death & Robots", "B-1 Bomb",
)  # fmt: skip

#: Season 2, episode 8, of 2019.
EPISODES = (
    "{t} - S02E08 - {n}", "{d}.S02E08.1080p.WEB-DL.DDP5.1.H.264-GRP", "{d}.S02E08.German.DL.720p.HDTV.x264-GRP",
    "{t} 2x08 {n}", "{t} - 2x08 - {n}", "[Grp] {t} S2 - 08 [1080p]", "[Grp] {t} Season 2 - 08 [1080p]",
    "[Grp] {t} 2nd Season - 08 [1080p]", "{t} Season 2 Episode 8", "{t} - Season 2 Episode 8 - {n}",
    "{t} (2019) - S02E08 - {n}", "{d}.2019.S02E08.1080p.WEB.H264-GRP",
    "{t} (2019)/Season 02/{t} (2019) - s02e08 - {n}", "{t}/Season 2/08 - {n}", "{t}/Season 02/S02E08",
    "{t}/S02/{t} - 08", "{t}/2/08", "{t} Season 2/08 - {n}", "{d}.S02.1080p.WEB-GRP/{d}.S02E08.1080p.WEB-GRP",
)  # fmt: skip
COUNTED_THROUGH = (
    "[Grp] {t} - 08 [1080p]", "[Grp] {t} - 08v2 (720p) [ABCD1234]", "{t} Episode 08", "{t} - Episode 8 - {n}",
    "{t} E08", "{t} Ep 08 [720p]", "{t} - 008", "{t} - 08 - {n}", "{t}/08",
)  # fmt: skip
FILMS = (
    "{t} (2019)", "{d}.2019.1080p.BluRay.x264-GRP", "{t} (2019) [1080p]", "{t} 2019 1080p", "{t} [2019]", "{d}.2019",
    "Movies/{t} (2019) [tmdbid-123]/{t} (2019) - 2160p", "[Grp] {t} (2019) [BD 1080p]",
)  # fmt: skip
NAMES = itertools.cycle(("The Beginning", "100 Years", "Part 2", "A Day in June", "The 5th Wave", "Room 23", "Webs"))


def written(title: str, style: str) -> str:
    return style.format(t=title, d=title.replace(" ", "."), n=next(NAMES)) + ".mkv"


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_read_in_every_style(title: str) -> None:
    def misread(styles: tuple[str, ...], *expected: object) -> list[tuple[str, ParsedName]]:
        names = [written(title, style) for style in styles]
        read = [(name, parse(name)) for name in names]
        return [
            (name, parsed)
            for name, parsed in read
            if (normalise(parsed.title), parsed.kind, parsed.seasons, parsed.episodes) != (normalise(title), *expected)
        ]

    assert misread(EPISODES, "episode", (2,), ((2, 8),)) == []
    assert misread(COUNTED_THROUGH, "episode", (), ((None, 8),)) == []
    assert misread(FILMS, "movie", (), ()) == []
    assert [parse(written(title, style)).year for style in FILMS] == [2019] * len(FILMS)


#: What people and programs do to the name of a file, and must not matter.
CHANGES: dict[str, Callable[[str], str]] = {
    "underscores": lambda stem: stem.replace(" ", "_"),
    "dots": lambda stem: stem.replace(" ", "."),
    "lower case": str.lower,
    "upper case": str.upper,
    "two blanks": lambda stem: stem.replace(" ", "  "),
    "a long dash": lambda stem: stem.replace(" - ", " – "),
    "letters and accents apart": lambda stem: unicodedata.normalize("NFD", stem),
    "a site before": lambda stem: f"[ www.example.com ] - {stem}",
    "a group after": lambda stem: f"{stem} [GRP]",
    "tags after": lambda stem: f"{stem} (1080p x265 10bit AAC)",
    "languages after": lambda stem: f"{stem} [Multi-Subs]",
    "a checksum after": lambda stem: f"{stem} [1A2B3C4D]",
    "a second copy": lambda stem: f"{stem} (1)",
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_what_is_done_to_a_name_does_not_matter(change: str) -> None:
    def meaning(path: str) -> tuple[object, ...]:
        parsed = parse(path)
        return normalise(parsed.title), parsed.kind, parsed.seasons, parsed.episodes

    misread = []
    for title, style in itertools.product(TITLES[::3], (*EPISODES, *COUNTED_THROUGH, *FILMS)):
        folder, slash, file = written(title, style).rpartition("/")
        changed = f"{folder}{slash}{CHANGES[change](file.removesuffix('.mkv'))}.mkv"
        if meaning(changed) != meaning(f"{folder}{slash}{file}"):
            misread.append(changed)
    assert misread == []


def test_where_a_library_lies_does_not_matter() -> None:
    for title, style in itertools.product(TITLES[::3], EPISODES):
        path = written(title, style)
        for library in ("/mnt/disk1/Media/TV Shows", "/srv/nas/Anime", "/data/My Stuff 2"):
            there, here = parse(f"{library}/{path}"), parse(path)
            assert (there.title, there.episodes) == (here.title, here.episodes), path
