"""What a film, an episode or a title is called at a service: by ids alone, and by numbers only together with the id
that counts them. What has no exact coordinates there has none: a mark without its episode may mark a whole serie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Our names of the providers whose ids trackers know, and what trackers call them. Each has one meaning for a title.
TMDB, TVDB, IMDB = "themoviedatabase", "tvdb", "imdb"
MAL, ANILIST, ANIDB = "myanimelist", "anilist", "anidb"
#: Providers that count the episodes of one title from its first, whatever the season.
ANIME = (MAL, ANILIST, ANIDB)
SHORT = {TMDB: "tmdb", TVDB: "tvdb", IMDB: "imdb", MAL: "mal", ANILIST: "anilist", ANIDB: "anidb"}
#: Other names under which the catalogue may have them.
ALIASES = {"tmdb": TMDB, "themoviedb": TMDB, "thetvdb": TVDB, "mal": MAL}
#: The longest id that is one.
LONGEST = 32

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Coordinate:
    """An episode: number `number` of season `season` (None: counted from the first) of the title that `ids` name."""

    ids: dict[str, str]
    season: int | None
    number: int


def names_of(provider: str) -> list[str]:
    """Every name under which ids of a provider may be found."""
    return [provider, *(alias for alias, name in ALIASES.items() if name == provider)]


def title_ids(external: Mapping[str, Any]) -> dict[str, str]:
    """The ids of a film or of a serie as one title: one of each provider, none where there are several."""
    found: dict[str, str] = {}
    for provider in SHORT:
        ids = {str(one["dataId"]) for one in _of(external, provider) if one.get("dataId") not in (None, "", 0, "0")}
        if len(ids) == 1 and is_id(provider, identifier := ids.pop()):
            found[provider] = identifier
    return found


def several(external: Mapping[str, Any], provider: str) -> list[str]:
    """All ids of a provider for one title of ours, such as those of each cour of an anime, in their order."""
    ids = (str(one["dataId"]) for one in _of(external, provider) if one.get("dataId"))
    return [identifier for identifier in dict.fromkeys(ids) if is_id(provider, identifier)]


def is_id(provider: str, text: str) -> bool:
    """Whether it can be one: numbers but for IMDb's. 0 and "" are none."""
    digits = text.removeprefix("tt") if provider == IMDB else text
    good = digits.isascii() and digits.isdigit() and digits.strip("0") != "" and len(text) <= LONGEST
    return good and (provider != IMDB or text.startswith("tt"))


def film(facts: Facts) -> dict[str, str] | None:
    """The ids of a film: of one by itself, or of one that is an entry of a serie."""
    entry, show = facts.get("entry"), facts["show"]
    if show["kind"] == "movie":
        return title_ids(show["ids"]) or None
    if entry is not None and entry["kind"] == "movie":
        return title_ids(entry["ids"]) or None
    return None


def is_film(facts: Facts) -> bool:
    entry = facts.get("entry")
    return facts["show"]["kind"] == "movie" or (entry is not None and entry["kind"] == "movie")


def episode(facts: Facts, providers: Sequence[str]) -> Coordinate | None:
    """Where an episode is, by the first of `providers` that says it exactly: its own ids say it, else its numbers here
    do, together with the id of the serie. A special or a film of a serie has no number that all agree on: its own ids
    only."""
    entry, show = facts.get("entry"), facts["show"]
    if entry is None or entry["kind"] not in ("episode", "special", "movie"):
        return None
    for provider in providers:
        own = [one for one in _of(entry["ids"], provider) if one.get("serieId")]
        if len(own) == 1:
            place = _place(provider, own[0])
            if place is not None:
                return place
    if entry["kind"] != "episode" or entry["season"] is None or entry["number"] is None or _counted(entry):
        return None
    ids = title_ids(show["ids"])
    for provider in providers:
        if provider in ids and provider not in ANIME:
            return Coordinate({provider: ids[provider]}, int(entry["season"]), int(entry["number"]))
    return None


def anime(facts: Facts, provider: str) -> Coordinate | None:
    """Where an episode or film is at a service that has a title for each season or cour, and films as titles."""
    entry, show = facts.get("entry"), facts["show"]
    if is_film(facts):
        identifier = (film(facts) or {}).get(provider)
        return Coordinate({provider: identifier}, None, 1) if identifier else None
    if entry is None:
        return None
    own = [one for one in _of(entry["ids"], provider) if one.get("serieId")]
    if len(own) == 1:
        return _place(provider, own[0])
    if own or entry["kind"] != "episode" or entry["season"] != 1 or entry["number"] is None:
        return None
    # A serie with one title there and one season here counts alike.
    known = several(show["ids"], provider)
    if len(known) == 1 and show.get("seasons") == 1:
        return Coordinate({provider: known[0]}, None, int(entry["number"]))
    return None


def places(facts: Facts) -> list[Coordinate]:
    """Where an episode is at every provider that says it exactly."""
    if is_film(facts):
        return []
    found = (anime(facts, provider) if provider in ANIME else episode(facts, (provider,)) for provider in SHORT)
    return [place for place in found if place is not None]


def titles(facts: Facts, provider: str) -> list[tuple[str, list[tuple[int, dict[str, Any]]]]]:
    """The titles of a serie at such a service, in the watch order, each with its numbers and entries here."""
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for entry in facts.get("entries", ()):
        place = anime({"show": facts["show"], "entry": entry}, provider)
        if place is not None:
            found.setdefault(place.ids[provider], []).append((place.number, entry))
    for identifier in several(facts["show"]["ids"], provider):
        found.setdefault(identifier, [])
    return list(found.items())


def short(ids: Mapping[str, str], *allowed: str) -> dict[str, Any]:
    """Ids as trackers write them: numbers, but for IMDb's."""
    chosen = {provider: value for provider, value in ids.items() if not allowed or provider in allowed}
    return {SHORT[name]: value if name == IMDB else int(value) for name, value in chosen.items()}


def _counted(entry: Mapping[str, Any]) -> bool:
    """Whether its own ids say several things, so that its numbers are not to be trusted either."""
    return any(len(_of(entry["ids"], provider)) > 1 for provider in (TMDB, TVDB))


def _place(provider: str, own: Mapping[str, Any]) -> Coordinate | None:
    season, number = own.get("season"), own.get("episode")
    identifier = str(own["serieId"])
    if not is_id(provider, identifier) or not isinstance(number, int) or number < 1:
        return None
    if provider in ANIME:
        # Season 0 of such a title is what belongs to none of its numbers.
        return None if season == 0 else Coordinate({provider: identifier}, None, number)
    if not isinstance(season, int) or season < 0:
        return None
    return Coordinate({provider: identifier}, season, number)


def _of(external: Mapping[str, Any], provider: str) -> list[dict[str, Any]]:
    return [one for name in names_of(provider) for one in _listed(external.get(name))]


def _listed(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
