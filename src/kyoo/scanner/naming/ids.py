"""Provider ids written in names: `{tmdb-603}`, `[tvdbid=81189]`, `[imdbid-tt0133093]`, `tt0133093`."""

import re
from collections.abc import Iterator

_PROVIDERS = {
    "tmdb": "themoviedatabase", "themoviedb": "themoviedatabase", "tvdb": "tvdb", "thetvdb": "tvdb", "imdb": "imdb",
    "anidb": "anidb", "anilist": "anilist",
}  # fmt: skip
_TAGGED = re.compile(
    r"[\[({] ?(?P<provider>(?:the)?tmdb|themoviedb|(?:the)?tvdb|imdb|anidb|anilist)(?:[ _-]?id)?[ _]?[-=:][ _]?"
    r"(?P<id>tt[0-9]+|[0-9]+) ?[\])}]"
)
_BARE_IMDB = re.compile(r"[\[({]?(?<![^\W_])(?P<id>tt[0-9]{7,9})(?![^\W_])[\])}]?")


def find_ids(low: str) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, provider as in the contract, id."""
    if "db" in low or "anilist" in low:
        for match in _TAGGED.finditer(low):
            provider = _PROVIDERS[match["provider"].replace("thetmdb", "tmdb")]
            if provider == "imdb" and not match["id"].startswith("tt"):
                continue
            if provider != "imdb" and match["id"].startswith("tt"):
                continue
            yield match.start(), match.end(), provider, match["id"]
    if "tt" in low:
        for match in _BARE_IMDB.finditer(low):
            yield match.start(), match.end(), "imdb", match["id"]
