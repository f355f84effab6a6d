"""What an episode of a serie is to services that have a title for each season or cour: its title there, and its number
in it. Only what the lists surely say: a wrong number would mark another episode there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kyoo.scanner.anime.model import Anime, Family
from kyoo.scanner.anime.numbering import Number, Numbering, Own

SERVICES = ("anidb", "anilist", "mal")


def places(family: Family, provider: str, number: Number) -> dict[str, list[dict[str, Any]]]:
    """By service. `number` is that of `provider`, TheTVDB or TMDB; others count in ways that the lists do not know."""
    found: dict[str, list[dict[str, Any]]] = {}
    standing = _standing(family, provider, number)
    if len(standing) != 1 or number[0] in (0, None):
        return found
    anime, (own_season, own) = standing[0]
    for service in SERVICES:
        ids = anime.ids.get(service, ())
        episode = _counted(family, provider, (service, ids[0]), number, own) if len(ids) == 1 else None
        if episode is not None and own_season == 1:
            found[service] = [{"serieId": ids[0], "season": None, "episode": episode, "link": None}]
    return found


def _standing(family: Family, provider: str, number: Number) -> Sequence[tuple[Anime, Own]]:
    """The parts that have an episode at this number."""
    if provider == "tvdb":
        return family.back(number)
    if provider != "themoviedatabase":
        return ()
    able = [(anime, own) for anime in family.members if anime.tmdb for own in anime.tmdb.back(number)]
    said = [(anime, own) for anime, own in able if anime.tmdb and own in anime.tmdb.said(number)]
    nearest = min((own[1] for _, own in able), default=0)
    return said or [(anime, own) for anime, own in able if own[1] == nearest]


def _counted(family: Family, provider: str, title: tuple[str, str], number: Number, own: int) -> int | None:
    """A service that has several parts of the lists as one title counts on through them; None where that is unclear."""
    service, identifier = title
    sharing = [anime for anime in family.members if identifier in anime.ids.get(service, ())]
    if len(sharing) == 1:
        return own
    numberings = [_of(anime, provider) for anime in sharing]
    known = [one for one in numberings if one is not None and not one.pairs and not one.ranges]
    if len(known) != len(sharing) or len({one.season for one in known}) != 1 or known[0].season != number[0]:
        return None
    return number[1] - min(one.offset for one in known)


def _of(anime: Anime, provider: str) -> Numbering | None:
    return anime.tvdb if provider == "tvdb" else anime.tmdb
