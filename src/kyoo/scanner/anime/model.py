"""One anime as the public lists have it, and the family of all anime that are one serie. No rules of naming here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kyoo.scanner.anime.numbering import Number, Numbering, Own


@dataclass(frozen=True, slots=True)
class Anime:
    """`key`: the service and id that the lists know it by, as `anidb:69`. `name` without the year that tells it from
    others of that name, which is `year`. `kind`: what a list calls one that is in no serie (`movie`, `ova`, …).
    `ids`: by service (`anidb`, `anilist`, `mal`, `tvdb`, `tmdb_tv`, `tmdb_movie`, `imdb`), in the
    order of the list, where several films have one each. `before`: specials → the episode
    of the anime before which each is watched."""

    key: str
    name: str
    year: int | None = None
    kind: str | None = None
    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tvdb: Numbering | None = None
    tmdb: Numbering | None = None
    before: dict[int, int] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As JSON, without what is empty."""
        values = {
            "key": self.key,
            "name": self.name,
            "year": self.year,
            "kind": self.kind,
            "ids": {service: list(ids) for service, ids in self.ids.items()},
            "tvdb": self.tvdb.stored() if self.tvdb else None,
            "tmdb": self.tmdb.stored() if self.tmdb else None,
            "before": list(self.before.items()),
        }
        return {name: value for name, value in values.items() if value}

    @classmethod
    def loaded(cls, value: dict[str, Any]) -> Anime:
        return cls(
            key=value["key"],
            name=value.get("name", ""),
            year=value.get("year"),
            kind=value.get("kind"),
            ids={service: tuple(ids) for service, ids in value.get("ids", {}).items()},
            tvdb=Numbering.loaded(value["tvdb"]) if "tvdb" in value else None,
            tmdb=Numbering.loaded(value["tmdb"]) if "tmdb" in value else None,
            before=dict(value.get("before", [])),
        )

    @property
    def serie(self) -> str | None:
        """TheTVDB's id of the serie it is a part of."""
        return next(iter(self.ids.get("tvdb", ())), None) if self.tvdb else None

    @property
    def films(self) -> tuple[str, ...]:
        """The films it is, by TMDB's ids or else by IMDb's."""
        return self.ids.get("tmdb_movie") or (self.ids.get("imdb", ()) if self.inside else ())

    @property
    def inside(self) -> bool:
        """Whether it stands among the specials of a serie."""
        return self.tvdb is not None and self.tvdb.season == 0

    def film(self, service: str, value: str) -> int:
        """Which of its films an id is: 1 for the first, and when the id is no film's."""
        known = self.ids.get(service, ())
        return known.index(value) + 1 if value in known else 1


@dataclass(frozen=True)
class Family:
    """All anime that are parts of one serie of TheTVDB."""

    serie: str
    members: tuple[Anime, ...]

    @classmethod
    def of(cls, serie: str, members: Iterable[Anime]) -> Family:
        return cls(serie, tuple(anime for anime in members if anime.serie == serie))

    @property
    def main(self) -> Anime | None:
        """Where the serie begins: its season 1 from the first episode, else the one that counts absolutely."""
        at_start = [anime for anime in self.members if anime.tvdb and anime.tvdb.main]
        return min(
            at_start,
            key=lambda anime: (anime.tvdb is None or anime.tvdb.season is None, len(anime.key), anime.key),
            default=None,
        )

    def back(self, number: Number) -> tuple[tuple[Anime, Own], ...]:
        """The anime and its episode that stand at a number of the serie. What is written down wins; among anime that
        count on in one season (split cours) the one that begins last before it."""
        said = [(anime, own) for anime in self.members if anime.tvdb for own in anime.tvdb.said(number)]
        if said:
            return tuple(said)
        able = [(anime, own) for anime in self.members if anime.tvdb for own in anime.tvdb.back(number)]
        if not able:
            return ()
        nearest = min(own[1] for _, own in able)
        return tuple((anime, own) for anime, own in able if own[1] == nearest)
