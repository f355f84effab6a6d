"""What the tags inside a file say: of MP4 as iTunes writes them, of Matroska with and without its levels.

Whoever cuts or publishes a film writes anything into its title, so tags only stand in for what names leave out, as
frames do for pictures; what says that it is a certain episode of a certain show was put there by a tagger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from kyoo.scanner.naming import parse
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.naming.tags import is_notice

#: The tags that say a thing, best first; `/` follows a level of Matroska (matroska.org/technical/tagging.html).
_SHOW = ("show", "collection/title")
_SEASON = ("season_number", "season/part_number")
_EPISODE = ("episode_sort", "episode/part_number")
_TITLE = ("episode/title", "movie/title", "title")
_DATE = ("episode/date_released", "movie/date_released", "date_released", "date")
_PLOT = ("synopsis", "episode/summary", "summary", "description")

#: What is longer is none.
LONGEST_TITLE, LONGEST_PLOT = 250, 4000

_NUMBER = re.compile(r"\s*(\d{1,5})\s*(?:/\s*\d+\s*)?")
_DAY = re.compile(r"((?:19|20)\d\d)(?:-(\d\d)-(\d\d))?(?:T.*)?", re.DOTALL)
_LINK = re.compile(r"https?:|www\.|\.(?:com|net|org|to|mx)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Embedded:
    """`plot` and `day` only of a file that a tagger described."""

    title: str | None = None
    show: str | None = None
    season: int | None = None
    episode: int | None = None
    year: int | None = None
    day: date | None = None
    plot: str | None = None

    @property
    def is_episode(self) -> bool:
        return self.show is not None and self.episode is not None


NOTHING = Embedded()


def read(tags: Mapping[str, str]) -> Embedded:
    """Whatever the tags are, something comes out."""
    show, episode = _text(tags, _SHOW), _number(tags, _EPISODE)
    title = _title(_text(tags, _TITLE))
    day = next((match for key in _DATE if (match := _DAY.fullmatch(tags.get(key, "").strip()))), None)
    described = (show is not None and episode is not None) or tags.get("media_type", "").strip() in ("9", "10")
    plot = _text(tags, _PLOT, LONGEST_PLOT)
    return Embedded(
        title=title,
        show=show if show and not _LINK.search(show) else None,
        season=_number(tags, _SEASON),
        episode=episode,
        year=int(day[1]) if day else None,
        day=_date(day) if day and described else None,
        plot=plot if described else None,
    )


def told(parsed: ParsedName, tags: Mapping[str, str]) -> ParsedName:
    """The name with what it leaves out. One with a number, a year or an id has said what it is."""
    if not tags or parsed.kind == "extra" or parsed.external_ids:
        return parsed
    said = read(tags)
    if parsed.kind == "movie" and not parsed.years and said.is_episode:
        season = 1 if said.season is None else said.season
        episodes = ((season, said.episode or 0),)
        return replace(
            parsed,
            kind="episode",
            title=said.show or parsed.title,
            title_guessed=False,
            episodes=episodes,
            episode_title=said.title or parsed.title,
            unsure=False,
        )
    if parsed.kind == "movie" and parsed.title_guessed and said.title:
        return replace(parsed, title=said.title, title_guessed=False, years=(said.year,) if said.year else ())
    if said.season is None or said.episode is None:
        return parsed
    if parsed.kind == "episode" and parsed.episodes == ((None, said.episode),):
        return replace(parsed, episodes=((said.season, said.episode),), absolute_episodes=())
    return parsed


def _title(text: str | None) -> str | None:
    """A title, as far as it is one: without what releases add to it, and no advertisement."""
    if text is None or _LINK.search(text) or is_notice(text):
        return None
    parsed = parse(f"/{text.replace('/', ' ')}.mkv")
    if parsed.kind != "movie" or parsed.title_guessed:
        # "Part 2" and "S01E02 Pilot" name no title by themselves, but may be that of an episode.
        return parsed.episode_title or (None if parsed.episodes else text)
    return parsed.title


def _text(tags: Mapping[str, str], keys: tuple[str, ...], longest: int = LONGEST_TITLE) -> str | None:
    texts = ("".join(c if c.isprintable() else " " for c in tags.get(key, "")) for key in keys)
    return next((text for each in texts if 0 < len(text := " ".join(each.split())) <= longest), None)


def _number(tags: Mapping[str, str], keys: tuple[str, ...]) -> int | None:
    found = (_NUMBER.fullmatch(tags.get(key, "")) for key in keys)
    return next((int(match[1]) for match in found if match), None)


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match[2] else None
    except ValueError:
        return None
