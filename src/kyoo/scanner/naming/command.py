"""`kyoo scanner guess`: names in, one a line; one line out for each, as JSON or as people say it."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

from kyoo.core.files import readable, text_of
from kyoo.scanner.naming import ParsedName, parse
from kyoo.scanner.naming.paths import MAX_PATH

#: Bytes of a line that are read; no path is longer.
LONGEST_LINE = 4 * MAX_PATH


def as_json(parsed: ParsedName) -> dict[str, Any]:
    """The answer in flat fields. A title that is only a stand-in is left empty: the name did not say it."""
    return {
        "kind": parsed.kind,
        "title": "" if parsed.title_guessed else parsed.title,
        "alternative_titles": list(parsed.alternative_titles),
        "year": parsed.year,
        "season": list(parsed.seasons),
        "episode": [episode for _, episode in parsed.episodes],
        "absolute_episode": list(parsed.absolute_episodes),
        "date": parsed.date.isoformat() if parsed.date else None,
        "episode_title": parsed.episode_title,
        "release_group": parsed.release_group,
        "version": parsed.version if parsed.version != 1 else None,
        "part": parsed.part,
        "extra": parsed.kind == "extra",
        "extra_kind": parsed.extra_kind,
        "edition": parsed.edition,
        "quality": parsed.quality,
        "source": parsed.source,
        "codec": parsed.codec,
        "audio_codec": parsed.audio_codec,
        "language": list(parsed.languages),
        "external_ids": parsed.external_ids,
        "rendering": parsed.rendering,
    }


def lines(stream: BinaryIO) -> Iterator[str]:
    """The lines as the library has its paths: any bytes; of a line without end only the start."""
    while line := stream.readline(LONGEST_LINE):
        ended = line.endswith(b"\n")
        yield readable(text_of(line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")))
        while not ended and (rest := stream.readline(LONGEST_LINE)):
            ended = rest.endswith(b"\n")


def as_text(parsed: ParsedName) -> str:
    """`episode: Title (2012) S01E02 · Its Title`."""
    title = "?" if parsed.title_guessed else parsed.title
    seasons = "" if parsed.episodes else " ".join(f"S{season:02}" for season in parsed.seasons)
    numbers = " ".join(
        f"{'' if season is None else f'S{season:02}'}E{number:02g}" for season, number in parsed.episodes
    )
    said = [
        f"{parsed.kind}: {title}",
        f"({parsed.year})" if parsed.year else "",
        seasons or numbers,
        parsed.date.isoformat() if parsed.date else "",
        f"part {parsed.part}" if parsed.part else "",
        f"· {parsed.episode_title}" if parsed.episode_title else "",
    ]
    return " ".join(filter(None, said)).encode("utf-8", "backslashreplace").decode()


def answer(names: BinaryIO, out: TextIO, *, text: bool = False) -> None:
    """Read until the end of input. Each line is answered at once: whoever asks may wait for it."""
    for name in lines(names):
        parsed = parse(name)
        print(as_text(parsed) if text else json.dumps(as_json(parsed)), file=out, flush=True)
