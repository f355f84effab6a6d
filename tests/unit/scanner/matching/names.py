"""Labelled names: what a file is called, and which title of the catalogue it is. Those of hard_names.txt were written
by hand, the others are drawn from the catalogue and written as people and groups write them."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.unit.scanner.matching.catalogue import Catalogue

from kyoo.scanner.local.file_names import parse_file
from kyoo.scanner.matching import Evidence, evidence_of
from kyoo.scanner.providers.records import Candidate

HARD = Path(__file__).with_name("hard_names.txt")
ROOT = Path("/library")
MANY = 1600


@dataclass(frozen=True)
class Name:
    """Files of one show. `wanted` is None for what no service knows, and for what nobody could tell."""

    paths: tuple[str, ...]
    wanted: str | None
    minutes: float | None = None

    def evidence(self) -> Evidence:
        parsed = [parse_file(str(ROOT / path), [ROOT]) for path in self.paths]
        first = parsed[0]
        return evidence_of(
            "movie" if first.kind == "movie" else "serie",
            first.title,
            first.year,
            parsed,
            ids=first.external_ids,
            minutes=[self.minutes] if self.minutes else [],
        )


def written_by_hand(catalogue: Catalogue) -> list[Name]:
    """Lines of `path; path | minutes | film 1984 Dune`, with `-` for none."""
    names = []
    for line in HARD.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        paths, minutes, wanted = (part.strip() for part in line.split(" | "))
        key = None if wanted == "-" else catalogue.by_key(wanted).id
        names.append(
            Name(tuple(path.strip() for path in paths.split(" ;; ")), key, float(minutes) if minutes else None)
        )
    return names


def drawn(catalogue: Catalogue, seed: int, count: int = MANY) -> list[Name]:
    draw = random.Random(seed)
    names = []
    years: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    for title in catalogue.titles:
        years[title.kind, title.name].add(title.year)
    for _ in range(count):
        unknown = draw.random() < 0.06
        # People have what is known rather than what is not.
        pool = catalogue.unknown if unknown else catalogue.titles
        (title,) = draw.choices(pool, weights=[(one.votes or 1) ** 0.5 for one in pool])
        minutes = None
        if draw.random() < 0.7 and title.runtime:
            minutes = title.runtime * draw.choice([1, 1, 1, 1.01, 0.99, 0.96, 1.15])
        others = years[title.kind, title.name] - {title.year}
        paths = _film(draw, title, others) if title.kind == "movie" else _serie(draw, title, others)
        names.append(Name(tuple(paths), None if unknown else title.id, minutes))
    return names


def _spelled(draw: random.Random, title: Candidate) -> str:
    name = title.name
    foreign = [other.text for other in title.titles if len(other.text) > 3]
    if foreign and draw.random() < 0.25:
        name = draw.choice(foreign)
    changes = [
        lambda text: text,
        lambda text: text.replace("&", "and"),
        lambda text: text.replace(":", " -"),
        lambda text: text.replace(":", ""),
        lambda text: "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)),
        lambda text: f"{text[4:]}, The" if text.startswith("The ") else text,
        lambda text: text.replace("The ", "", 1),
        lambda text: text.replace("'", "").replace("!", ""),
        lambda text: re.sub(r"(?:Part )?\bII\b", "2", text),
        lambda text: text.lower(),
    ]
    name = draw.choice(changes)(name)
    if draw.random() < 0.04 and len(name) > 8:
        at = draw.randrange(2, len(name) - 2)
        if name[at].isalpha() and name[at + 1].isalpha():
            name = name[:at] + name[at + 1 :]
    return name.replace("/", " ")


def _year(draw: random.Random, title: Candidate, others: set[int | None]) -> int | None:
    chance = draw.random()
    year = title.year
    if year is None or chance < (0.12 if title.kind == "movie" else 0.55):
        return None
    wrong = year + draw.choice([-1, 1])
    # A year that is another title's cannot be told to be wrong.
    return wrong if chance > 0.95 and wrong not in others else year


_TAGS = ["1080p.BluRay.x264-GRP", "720p.WEB-DL.H264-ABC", "2160p.WEBRip.x265.10bit-XYZ", "DVDRip.XviD-OLD", "1080p"]


def _film(draw: random.Random, title: Candidate, others: set[int | None]) -> list[str]:
    name, year = _spelled(draw, title), _year(draw, title, others)
    beside = f" ({year})" if year else ""
    scene = name.replace(" ", ".").replace(":", "") + (f".{year}" if year else "") + "." + draw.choice(_TAGS)
    return [
        draw.choice(
            [
                f"{name}{beside}/{name}{beside}.mkv",
                f"{name}{beside}/{name}{beside} - 1080p.mkv",
                f"{scene}.mkv",
                f"{scene}/{scene}.mkv",
                f"Films/{name}{beside}.mp4",
                f"{name}{beside}/abc-{draw.randrange(1000, 9999)}x.mkv" if year else f"{name}.mkv",
                f"Films/{name}{f' [{year}]' if year else ''} [1080p].avi",
            ]
        )
    ]


def _serie(draw: random.Random, title: Candidate, others: set[int | None]) -> list[str]:
    name, year = _spelled(draw, title), _year(draw, title, others)
    beside = f" ({year})" if year else ""
    last = draw.randint(1, max(title.sizes))
    numbers = [(last, draw.randint(1, max(1, title.sizes[last]))), (1, 1)]
    if title.original_language == "ja" and draw.random() < 0.5:
        return [f"Anime/[Group] {name} - {number:02} [1080p].mkv" for _, number in numbers]
    shape = draw.choice(
        [
            "{name}{beside}/Season {season}/{name} - S{season:02}E{number:02}.mkv",
            "{name}{beside}/Season {season:02}/{name}{beside} - S{season:02}E{number:02} - Title.mkv",
            "{dots}.S{season:02}E{number:02}.720p.WEB.x264-GRP.mkv",
            "{name}{beside}/S{season:02}/{number:02}.mkv",
            "{name}{beside}/{name} {season}x{number:02}.avi",
        ]
    )
    dots = name.replace(" ", ".").replace(":", "") + (f".{year}" if year else "")
    return [
        shape.format(name=name, beside=beside, dots=dots, season=season, number=number) for season, number in numbers
    ]
