"""The library itself as a provider: what people or other programs have put beside the videos, in .nfo files and
pictures. Names of files and frames of videos are no part of it: they only stand in for what nobody says."""

from __future__ import annotations

import asyncio

from kyoo.scanner import wire_values
from kyoo.scanner.local.artwork import PictureUrls
from kyoo.scanner.local.local_file import LocalFile
from kyoo.scanner.local.nfo import Nfo
from kyoo.scanner.metadata.local_show import LocalShow
from kyoo.scanner.providers.records import (
    MAX_COUNT,
    Character,
    CollectionRecord,
    Credit,
    EpisodeRecord,
    Person,
    Picture,
    PictureKind,
    SeasonRecord,
    ShowKind,
    ShowRecord,
    Studio,
    Texts,
    Title,
    Trailer,
)
from kyoo.scanner.shows.placement import Place

NAME = "library"
_STATUS = {"ended": "finished", "continuing": "airing"}
_KINDS: tuple[PictureKind, ...] = ("poster", "thumbnail", "banner", "logo")


class Library:
    """One show of the library; its id is its slug. Reads folders, so it works in a thread."""

    name = NAME
    kinds: frozenset[ShowKind] = frozenset({"movie", "serie"})

    def __init__(self, show: LocalShow) -> None:
        self._show = show

    async def movie(self, identifier: str) -> ShowRecord | None:
        return await self._record("movie", identifier)

    async def serie(self, identifier: str) -> ShowRecord | None:
        return await self._record("serie", identifier)

    async def _record(self, kind: ShowKind, identifier: str) -> ShowRecord | None:
        if self._show.show.kind != kind:
            return None
        found = await asyncio.to_thread(self._read)
        return found if found.id == identifier else None

    def _read(self) -> ShowRecord:
        show, about = self._show, self._show.about()
        language = show.language
        known, unknown = wire_values.genres(about.genres)
        return ShowRecord(
            provider=NAME,
            kind=show.show.kind,
            id=show.slug(),
            ids={
                provider: value
                for provider, value in (about.external_ids | show.show.external_ids).items()
                if 0 < len(value) <= wire_values.MAX_ID
            },
            texts=_texts(language, about.title, about.plot, about.tagline),
            original_title=about.original_title,
            aliases=[Title(text=about.original_title)] if about.original_title else [],
            genres=known,
            tags=list(dict.fromkeys([*about.tags, *unknown])),
            rating=about.ratings,
            status=_STATUS.get((about.status or "").lower(), "unknown"),
            start=about.aired,
            year=about.year,
            runtime=_minutes(about.runtime),
            pictures=_pictures(show.pictures()),
            trailers=[Trailer(url=about.trailer, language=language)] if about.trailer else [],
            credits=self._credits(about),
            studios=[Studio(name=name) for name in about.studios],
            collection=CollectionRecord(
                provider=NAME,
                id=about.collection[: wire_values.MAX_ID],
                texts=_texts(language, about.collection, None, None),
            )
            if about.collection
            else None,
            **({} if show.show.kind == "movie" else self._contents(about)),
        )

    def _credits(self, about: Nfo) -> list[Credit]:
        found = [Credit(role="director", person=self._person(name)) for name in about.directors]
        for actor in about.actors:
            character = Character(name=actor.role) if actor.role else None
            found.append(Credit(role="actor", person=self._person(actor.name), character=character))
        return [*found, *(Credit(role="writter", person=self._person(name)) for name in about.writers)]

    def _person(self, name: str) -> Person:
        return Person(name=name, image=self._show.portrait(name))

    def _contents(self, about: Nfo) -> dict[str, list[SeasonRecord] | list[EpisodeRecord]]:
        held = self._show.by_place()
        numbers = {0} | {place.season for place in held if place.kind == "episode"}
        seasons = [self._season(number, about) for number in sorted(numbers)]
        episodes = [
            self._episode(place, files) for place, files in held.items() if place.kind in ("episode", "special")
        ]
        return {
            "seasons": [season for season in seasons if season.texts or season.pictures],
            "episodes": [episode for episode in episodes if episode is not None],
        }

    def _season(self, number: int, about: Nfo) -> SeasonRecord:
        pictures = _pictures(self._show.season_pictures(number))
        named = _texts(self._show.language, about.season_names.get(number), None, None)
        return SeasonRecord(number=number, texts=named, pictures=pictures)

    def _episode(self, place: Place, files: list[LocalFile]) -> EpisodeRecord | None:
        for file in files:
            nfo, still = self._show.episode_nfo(file, place), self._show.artwork.of_episode(file.path)
            if nfo or still:
                return EpisodeRecord(
                    season=place.season,
                    number=int(place.number),
                    texts=_texts(self._show.language, nfo.title, nfo.plot, None) if nfo else {},
                    still=Picture(kind="thumbnail", url=still, local=True) if still else None,
                    air_date=nfo.aired if nfo else None,
                    runtime=_minutes(nfo.runtime) if nfo else None,
                    content=nfo.content if nfo else None,
                    airs_before=nfo.before if nfo else None,
                    airs_after_season=nfo.after_season if nfo else None,
                )
        return None


def _texts(language: str, name: str | None, description: str | None, tagline: str | None) -> dict[str, Texts]:
    return {language: Texts(name=name, description=description, tagline=tagline)} if name or description else {}


def _pictures(found: PictureUrls) -> list[Picture]:
    return [Picture(kind=kind, url=url, local=True) for kind in _KINDS if (url := getattr(found, kind))]


def _minutes(runtime: int | None) -> int | None:
    return runtime if runtime and runtime < MAX_COUNT else None
