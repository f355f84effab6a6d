"""`python -m kyoo.scanner.naming`: names on standard input, one a line; one JSON object a line out."""

import json
import sys
from typing import Any

from kyoo.scanner.naming import ParsedName, parse


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
        "external_ids": parsed.external_ids,
        "rendering": parsed.rendering,
    }


def main() -> None:
    """Read until the end of input."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(as_json(parse(line.rstrip("\r\n")))) + "\n")


if __name__ == "__main__":
    main()
