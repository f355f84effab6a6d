"""Finding pictures: files beside the videos as Kodi, Plex and Jellyfin name them, else a frame of the video."""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH116, PTH118, PTH119, PTH122, PTH208

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kyoo.core.files import encode_path, path_of, text_of
from kyoo.scanner.folders.walk import PICTURE_EXTENSIONS

POSTERS = ("poster", "folder", "cover", "movie", "show")
THUMBNAILS = ("fanart", "backdrop", "background", "landscape", "thumb")
BANNERS = ("banner",)
LOGOS = ("clearlogo", "logo")

_SEASON_FOLDER = re.compile(
    r"(?:season|series|saison|staffel|stagione|temporada|sezon|book|volume|cour|part|s)[ ._-]*\d+.*|specials?|extras?",
    re.IGNORECASE,
)


@dataclass
class PictureUrls:
    """URLs of the pictures of one thing."""

    poster: str | None = None
    thumbnail: str | None = None
    banner: str | None = None
    logo: str | None = None


@dataclass
class Artwork:
    """`public_url` is the origin of this instance. Folders are listed once."""

    public_url: str
    _listed: dict[str, dict[str, str]] = field(default_factory=dict)

    def names(self, folder: str) -> dict[str, str]:
        """The files of a folder: name in lower case → name."""
        if folder not in self._listed:
            try:
                self._listed[folder] = {name.lower(): name for name in map(text_of, os.listdir(path_of(folder)))}
            except OSError:  # the disk may be away; then there are no pictures now
                self._listed[folder] = {}
        return self._listed[folder]

    def find(self, folder: str, stems: Iterable[str]) -> str | None:
        """The URL of the first picture with one of these names."""
        names = self.names(folder)
        for stem in stems:
            for extension in PICTURE_EXTENSIONS_IN_ORDER:
                name = names.get(f"{stem}.{extension}".lower())
                url = self.url(os.path.join(folder, name)) if name else None
                if url:
                    return url
        return None

    def url(self, path: str) -> str | None:
        """Where the scanner serves a picture file; None when it is gone."""
        try:
            changed = os.stat(path_of(path)).st_mtime_ns
        except OSError:
            return None
        return f"{self.public_url}/scanner/pictures/{encode_path(path)}?v={changed // 1_000_000}"

    def frame(self, path: str, content_id: str | None) -> str:
        """Where the transcoder serves the cover or a frame of a video."""
        version = f"?v={content_id[:12]}" if content_id else ""
        return f"{self.public_url}/video/{encode_path(path)}/cover.jpg{version}"

    def of_film(self, path: str, *, own_folder: bool) -> PictureUrls:
        """Pictures named after the video; in a folder of its own also those with the general names."""
        folder, stem = _split(path)
        general = {
            "poster": POSTERS,
            "thumbnail": THUMBNAILS,
            "banner": BANNERS,
            "logo": LOGOS,
        }
        found = PictureUrls()
        for kind, words in general.items():
            stems = [f"{stem}-{word}" for word in words]
            if kind == "poster":
                stems.append(stem)
            setattr(found, kind, self.find(folder, [*stems, *(words if own_folder else ())]))
        return found

    def of_folder(self, folder: str) -> PictureUrls:
        """Pictures with the general names: of a serie, or of the season a folder holds."""
        return PictureUrls(
            self.find(folder, POSTERS),
            self.find(folder, THUMBNAILS),
            self.find(folder, BANNERS),
            self.find(folder, LOGOS),
        )

    def of_season(self, folder: str, season: int) -> PictureUrls:
        """Pictures of a season in the folder of its serie: `season01-poster.jpg`, `season-specials-poster.jpg`."""
        stems = ["season-specials", "season00", "season0"] if season == 0 else [f"season{season:02}", f"season{season}"]

        def named(words: Iterable[str], *, bare: bool = False) -> str | None:
            both = [f"{stem}-{word}" for stem in stems for word in words]
            return self.find(folder, [*both, *(stems if bare else [])])

        return PictureUrls(named(["poster"], bare=True), named(["fanart", "landscape", "thumb"]), named(["banner"]))

    def of_episode(self, path: str) -> str | None:
        folder, stem = _split(path)
        return self.find(folder, [f"{stem}-thumb", f"{stem}-landscape", stem, f"{stem}-fanart"])

    def of_person(self, folders: Iterable[str], name: str) -> str | None:
        """A picture in the folder `.actors` of a film or serie: `First_Last.jpg`, as Kodi and Jellyfin export them."""
        found = (self.find(os.path.join(folder, ".actors"), [name.replace(" ", "_"), name]) for folder in folders)
        return next((url for url in found if url), None)


#: Sorted, so that the choice between poster.jpg and poster.png never changes by itself.
PICTURE_EXTENSIONS_IN_ORDER = sorted(PICTURE_EXTENSIONS)


def is_season_folder(folder: str) -> bool:
    return _SEASON_FOLDER.fullmatch(os.path.basename(folder)) is not None


def _split(path: str) -> tuple[str, str]:
    folder, name = os.path.split(path)
    return folder, os.path.splitext(name)[0]


def preview(public_url: str, url: str | None) -> str | None:
    """Where this server shows a picture that a provider has: pages may load nothing from elsewhere."""
    return f"{public_url}/api/images?{urlencode({'url': url})}" if url else None
