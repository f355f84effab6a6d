"""The metadata that is there without any provider: from file names, .nfo files and the pictures beside the videos.

Reads folders and .nfo files, so it runs in a thread. What it builds is complete: every file has its entry.
"""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH118, PTH119, PTH120

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

from kyoo.core.files import path_of, text_of
from kyoo.scanner import wire_values
from kyoo.scanner.anime.content import tells_again
from kyoo.scanner.anime.order import watch_order
from kyoo.scanner.local.artwork import Artwork, PictureUrls, is_season_folder
from kyoo.scanner.local.embedded import NOTHING
from kyoo.scanner.local.file_names import wire_extra_kind
from kyoo.scanner.local.local_file import LocalFile, length_of, main_of, minutes
from kyoo.scanner.local.nfo import Nfo, read_nfo
from kyoo.scanner.models.seed import (
    EntryTexts,
    MovieEntryTexts,
    SeasonTexts,
    SeedEntry,
    SeedEpisode,
    SeedExtra,
    SeedMovie,
    SeedMovieEntry,
    SeedSeason,
    SeedSerie,
    SeedSpecial,
    ShowTexts,
)
from kyoo.scanner.naming.titles import normalise, show_slug, slugify
from kyoo.scanner.providers.records import Content
from kyoo.scanner.shows.grouping import Show
from kyoo.scanner.shows.placement import Place, places, slot


@dataclass
class LocalShow:
    """A show with its files. `own_folders`: folders that hold nothing but this show, so that what lies in them is about
    it. `extras` are bonus files with its title."""

    show: Show
    files: list[LocalFile]
    extras: list[LocalFile]
    own_folders: set[str]
    language: str
    artwork: Artwork
    _nfos: dict[str, list[Nfo]] = field(default_factory=dict)

    def slug(self) -> str:
        return self.show.slug or show_slug(self.title())

    def title(self) -> str:
        return self.about().title or self.show.title

    def minutes(self) -> list[float]:
        """The measured lengths of the film, or of episodes."""
        if self.show.kind == "movie":
            length = length_of(self.files)
            return [length / 60] if length else []
        return [file.duration / 60 / len(self._places(file)) for file in self.files if file.duration]

    # --- films ---

    def movie(self) -> SeedMovie:
        about = self.about()
        pictures = self._framed(self._film_pictures(), main_of(self.files))
        year = self.show.year or about.year
        return SeedMovie(
            **self._common(about, pictures),
            status="finished" if self.files else "unknown",
            runtime=minutes(length_of(self.files)) or about.runtime,
            air_date=about.aired if about.aired and about.aired.year == year else wire_values.first_day(year),
            videos=[file.video_id for file in self.files if file.link],
            extras=self._extras(),
        )

    def _film_pictures(self) -> PictureUrls:
        main = main_of(self.files)
        return self.artwork.of_film(main.path, own_folder=main.folder in self.own_folders) if main else PictureUrls()

    # --- series ---

    def serie(self) -> SeedSerie:
        about = self.about()
        held = self.by_place()
        order = watch_order(slot(place, self._nfo_at(place, files)) for place, files in held.items())
        entries = [self._entry(place, files, order) for place, files in held.items()]
        entries.sort(key=lambda entry: entry.order)
        first = main_of(held[min(order, key=order.__getitem__)]) if order else None
        year = self.show.year or about.year
        aired = sorted(entry.air_date for entry in entries if entry.air_date)
        start = about.aired if about.aired and about.aired.year == year else wire_values.first_day(year)
        runtimes = [entry.runtime for entry in entries if entry.runtime and entry.kind == "episode"]
        return SeedSerie(
            **self._common(about, self._framed(self._serie_pictures(), first)),
            status={"ended": "finished", "continuing": "airing"}.get((about.status or "").lower(), "unknown"),
            runtime=round(median(runtimes)) if runtimes else about.runtime,
            start_air=start or (aired[0] if aired else None),
            end_air=aired[-1] if aired and (about.status or "").lower() == "ended" else None,
            seasons=self._seasons({place.season for place in held if place.kind == "episode"}, about),
            entries=entries,
            extras=self._extras(),
        )

    def by_place(self) -> dict[Place, list[LocalFile]]:
        """The entries of a serie, each with its files."""
        found: dict[Place, list[LocalFile]] = {}
        for file in self.files:
            for place in self._places(file):
                found.setdefault(place, []).append(file)
        return found

    def numbers(self, file: LocalFile) -> list[tuple[int, int]]:
        """The season and number of each episode in a file; none if it holds anything else."""
        found = [(place.season, int(place.number)) for place in self._places(file) if place.kind == "episode"]
        return found if len(found) == len(self._places(file)) else []

    def films_among_specials(self, file: LocalFile) -> list[int]:
        """The numbers of the films in a file that another file holds under its number among the specials."""
        found = (place for place in self._own_places(file) if place.kind == "film")
        return [int(place.number) for place in found if place.number in self._special_numbers]

    def _places(self, file: LocalFile) -> list[Place]:
        """One film under its own title and under its number among the specials is one."""
        return [
            Place("special", number=place.number)
            if place.kind == "film" and place.number in self._special_numbers
            else place
            for place in self._own_places(file)
        ]

    @cached_property
    def _special_numbers(self) -> set[float]:
        held = (place for file in self.files for place in self._own_places(file))
        return {place.number for place in held if place.kind == "special"}

    def _own_places(self, file: LocalFile) -> list[Place]:
        found = places(file.parsed, file.chosen)
        if found[0].kind != "named":
            return found
        # The name holds no number; the .nfo file may, or a tag.
        numbers = [(nfo.season, nfo.episode) for nfo in self._nfo_of(file) if nfo.episode is not None]
        if not numbers and file.embedded.episode is not None:
            numbers = [(file.embedded.season, file.embedded.episode)]
        return places(file.parsed, [(season, float(episode or 0)) for season, episode in numbers]) if numbers else found

    def _nfo_at(self, place: Place, files: list[LocalFile]) -> Nfo | None:
        main = main_of(files)
        return self.episode_nfo(main, place) if main else None

    def _entry(self, place: Place, files: list[LocalFile], order: dict[Place, float]) -> SeedEntry:
        main = main_of(files)
        assert main is not None
        nfo = self._nfo_at(place, files)
        parsed = main.parsed
        alone = len(self._places(main)) == 1
        common: dict[str, Any] = {
            "order": order[place],
            "air_date": (nfo.aired if nfo else None) or parsed.date or (main.embedded.day if alone else None),
            "runtime": minutes(length_of(files, shared=len(self._places(main)))) or (nfo.runtime if nfo else None),
            "thumbnail": self.artwork.of_episode(main.path) or self.artwork.frame(main.path, main.content_id),
            "videos": [file.video_id for file in files if file.link],
        }
        name, plot = (nfo.title, nfo.plot) if nfo else (None, None)
        if alone:
            said = main.embedded if main.embedded.is_episode else NOTHING
            name, plot = name or parsed.episode_title or said.title, plot or said.plot
        common["content"] = (nfo.content if nfo else None) or _content(place, name or "", parsed.title)
        if place.kind == "episode":
            return SeedEpisode(
                season_number=place.season,
                episode_number=int(place.number),
                translations={self.language: EntryTexts(name=name, description=plot)},
                **common,
            )
        if place.kind in ("film", "named"):
            shown = MovieEntryTexts(
                name=name or (parsed.title if place.kind == "film" else place.name),
                description=plot,
                poster=common["thumbnail"],
            )
            slug = place.entry_slug(self.slug())
            number = int(place.number) if place.kind == "film" else None
            return SeedMovieEntry(slug=slug, number=number, translations={self.language: shown}, **common)
        return SeedSpecial(
            number=place.special_number,
            translations={self.language: EntryTexts(name=name, description=plot)},
            **common,
        )

    def _serie_pictures(self) -> PictureUrls:
        found = PictureUrls()
        for folder in self._show_folders():
            here = self.artwork.of_folder(folder)
            found.poster = found.poster or here.poster
            found.thumbnail = found.thumbnail or here.thumbnail
            found.banner = found.banner or here.banner
            found.logo = found.logo or here.logo
        return found

    def _seasons(self, numbers: set[int], about: Nfo) -> list[SeedSeason]:
        found = {number: self.season_pictures(number) for number in numbers}
        specials = self.season_pictures(0)
        if specials.poster:
            found[0] = specials
        return [
            SeedSeason(
                season_number=number,
                translations={
                    self.language: SeasonTexts(
                        name=about.season_names.get(number),
                        poster=pictures.poster,
                        thumbnail=pictures.thumbnail,
                        banner=pictures.banner,
                    )
                },
            )
            for number, pictures in sorted(found.items())
        ]

    def season_pictures(self, number: int) -> PictureUrls:
        for folder in self._show_folders():
            found = self.artwork.of_season(folder, number)
            if found.poster:
                return found
        for folder in self._season_folders(number):
            found = self.artwork.of_folder(folder)
            if found.poster:
                return found
        return PictureUrls()

    def _season_folders(self, number: int) -> list[str]:
        """Own folders whose name is that of a season, and whose files all belong to this one."""
        seasons: dict[str, set[int | None]] = {}
        for file in self.files:
            seasons.setdefault(file.folder, set()).update(season for season, _ in file.parsed.episodes)
        return sorted(
            folder
            for folder, held in seasons.items()
            if held == {number} and folder in self.own_folders and is_season_folder(folder)
        )

    # --- both ---

    def pictures(self) -> PictureUrls:
        """The picture files of the show, without frames of its videos."""
        return self._film_pictures() if self.show.kind == "movie" else self._serie_pictures()

    def _framed(self, found: PictureUrls, file: LocalFile | None) -> PictureUrls:
        """A frame of the video for what has no picture file."""
        if file is not None:
            frame = self.artwork.frame(file.path, file.content_id)
            found.poster = found.poster or frame
            found.thumbnail = found.thumbnail or frame
        return found

    def _common(self, about: Nfo, pictures: PictureUrls) -> dict[str, Any]:
        title = self.title()
        known, unknown = wire_values.genres(about.genres)
        others = [about.original_title, self.show.title, *self._alternative_titles()]
        shown = ShowTexts(
            name=title,
            description=about.plot or self._embedded_plot(),
            tagline=about.tagline,
            aliases=wire_values.aliases(title, others),
            tags=list(dict.fromkeys([*about.tags, *unknown])),
            poster=pictures.poster,
            thumbnail=pictures.thumbnail,
            banner=pictures.banner,
            logo=pictures.logo,
            trailer=about.trailer,
        )
        return {
            "slug": self.slug(),
            "genres": known,
            "rating": about.ratings,
            "external_id": wire_values.external_ids(self.show.kind, about.external_ids | self.show.external_ids),
            "original_language": self.language,
            "translations": {self.language: shown},
            "collection": wire_values.collection(about.collection, self.language),
            "studios": wire_values.studios(about.studios, self.language),
            "staff": wire_values.staff(about, self.portrait),
        }

    def _embedded_plot(self) -> str | None:
        main = main_of(self.files) if self.show.kind == "movie" else None
        return main.embedded.plot if main else None

    def portrait(self, name: str) -> str | None:
        """The picture file of a person."""
        return self.artwork.of_person(self._show_folders(), name)

    def _extras(self) -> list[SeedExtra]:
        found: dict[str, SeedExtra] = {}
        for file in self.extras:
            name = file.parsed.episode_title or file.stem
            slug = f"{self.slug()}-{slugify(name)}"
            if slug in found:
                slug = f"{slug}-{slugify(file.content_id or file.path)[:8]}"
            found[slug] = SeedExtra(
                kind=wire_extra_kind(file.parsed),
                slug=slug,
                name=name,
                runtime=minutes(file.duration),
                thumbnail=self.artwork.of_episode(file.path) or self.artwork.frame(file.path, file.content_id),
                video=file.video_id,
            )
        return list(found.values())

    def _alternative_titles(self) -> Iterable[str]:
        """Other titles in the names, but not those of folders that hold more than this show."""
        shared = {
            normalise(part)
            for file in self.files
            for folder in _ancestors(file.folder)
            if folder not in self.own_folders
            for part in [os.path.basename(folder)]
        }
        return (
            title for file in self.files for title in file.parsed.alternative_titles if normalise(title) not in shared
        )

    def _show_folders(self) -> list[str]:
        """The own folders above the files, nearest first, without those of single seasons."""
        found = {
            folder: None
            for file in self.files
            for folder in _ancestors(file.folder)
            if folder in self.own_folders and not is_season_folder(folder)
        }
        return sorted(found, key=lambda folder: (-folder.count("/"), folder))

    def about(self) -> Nfo:
        """The .nfo file of the show; an empty one when there is none."""
        if self.show.kind == "movie":
            wanted = [
                path
                for file in self.files
                for path in [
                    os.path.join(file.folder, f"{file.stem}.nfo"),
                    *([os.path.join(file.folder, "movie.nfo")] if file.folder in self.own_folders else []),
                ]
            ]
            kind = "movie"
        else:
            wanted, kind = [os.path.join(folder, "tvshow.nfo") for folder in self._show_folders()], "tvshow"
        found = (nfo for path in wanted for nfo in self._read(path) if nfo.kind == kind)
        return next(found, None) or Nfo(kind)  # type: ignore[arg-type]

    def _nfo_of(self, file: LocalFile) -> list[Nfo]:
        path = os.path.join(file.folder, f"{file.stem}.nfo")
        return [nfo for nfo in self._read(path) if nfo.kind in ("episodedetails", "movie")]

    def episode_nfo(self, file: LocalFile, place: Place) -> Nfo | None:
        """The item about this entry, of a file that may describe several."""
        items = self._nfo_of(file)
        for nfo in items:
            if (nfo.season, nfo.episode) == (place.season, int(place.number)):
                return nfo
        index = self._places(file).index(place)
        return items[index] if index < len(items) else None

    def _read(self, path: str) -> list[Nfo]:
        if path not in self._nfos:
            folder, name = os.path.split(path)
            actual = self.artwork.names(folder).get(name.lower())
            self._nfos[path] = read_nfo(Path(path_of(os.path.join(folder, actual)))) if actual else []
        return self._nfos[path]


def folders_above(paths: Iterable[str], roots: Iterable[Path]) -> list[str]:
    """All folders of these files, up to the library roots."""
    tops = [text_of(root) for root in roots]
    found = {
        folder: None
        for path in paths
        for folder in _ancestors(os.path.dirname(path))
        if any(folder == top or folder.startswith(top.rstrip("/") + "/") for top in tops)
    }
    return list(found)


def _ancestors(folder: str) -> Iterable[str]:
    while folder and folder != "/":
        yield folder
        folder = os.path.dirname(folder)


def _content(place: Place, name: str, title: str) -> Content:
    """What an entry is by its place and what it is called: half numbers are those of recaps."""
    if place.kind == "between" or tells_again(name, regular=place.kind == "episode"):
        return "recap"
    if place.kind == "film":
        return "recap" if tells_again(title) else "story"
    return "story" if place.kind == "episode" else "ova"
