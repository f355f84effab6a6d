"""Names a second of the file-name parser on one core. Run: `python bench/naming.py [file with one name a line]`."""

import sys
import time
from pathlib import Path

from kyoo.scanner.naming import parse
from kyoo.scanner.naming.folders import read_folder

_SHOWS = ("The Long Road", "Sea of Glass", "Kaze no Uta", "Nine Lives", "Dr. Quill", "24 Harbour Street")
_FILMS = ("The Quiet Orchard", "Seven Bridges", "Le Dernier Train", "2077", "Night Over Lisbon", "Amélie's Garden")


def names() -> list[str]:
    """A library as it is found: series, scene releases, anime, films, each with their folders."""
    found = []
    for show in _SHOWS:
        dotted = show.replace(" ", ".")
        for season in range(1, 5):
            for episode in range(1, 14):
                number = f"S{season:02}E{episode:02}"
                crc = f"{season:04X}{episode:04X}"
                release = f"{dotted}.{number}.A.Title.1080p.AMZN.WEB-DL.DDP5.1.H.264-GRP.mkv"
                found += [
                    f"/tv/{show} (2015)/Season {season:02}/{show} (2015) - {number} - A Title [WEBDL-1080p][x264].mkv",
                    f"/tv/{dotted}.S{season:02}.1080p.WEB/{release}",
                    f"/anime/[Group] {show} S{season}/[Group] {show} S{season} - {episode:02} (1080p) [{crc}].mkv",
                    f"/tv/{show}/{season}/{episode:02} - A Title.mkv",
                ]
    for film in _FILMS:
        dotted = film.replace(" ", ".")
        for year in range(1950, 2025):
            found += [
                f"/movies/{film} ({year})/{film} ({year}) [1080p].mkv",
                f"/movies/{dotted}.{year}.REMASTERED.2160p.UHD.BluRay.x265.TrueHD.7.1.Atmos-GRP.mkv",
            ]
    return found


def rate(paths: list[str], seconds: float = 2.0) -> float:
    """Names a second of processor time, measured over `seconds`; cached folders are dropped at each round."""
    done, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        read_folder.cache_clear()
        for path in paths:
            parse(path)
        done += len(paths)
    return done / (time.process_time() - start)


def main() -> None:
    """Print the rate with folders, and of the file names alone."""
    paths = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines() if len(sys.argv) > 1 else names()
    print(f"{len(paths)} paths: {rate(paths):,.0f} names/s a core")
    print(f"file names alone: {rate([path.rpartition('/')[2] for path in paths]):,.0f} names/s a core")
    hostile = ["a" * 4000, "(" * 4000, "[1]" * 1300, "S01E01-" * 570, "1-2 " * 1000, ". - _ " * 660, "Part 1 & " * 440]
    worst = max((min(_timed(name) for _ in range(5)), name[:8]) for name in hostile)
    print(f"slowest of {len(hostile)} hostile names of 4,000 characters: {worst[0] * 1000:.1f} ms ({worst[1]}…)")


def _timed(name: str) -> float:
    start = time.process_time()
    parse(name)
    return time.process_time() - start


if __name__ == "__main__":
    main()
