"""`parse`: the names of a path read and joined into one answer. The file name wins over folders wherever both speak."""

import re
import unicodedata

from kyoo.scanner.naming import settling
from kyoo.scanner.naming.draft import Reading
from kyoo.scanner.naming.extras import extra_folder, extra_name, extra_title, stands_alone, told_kind
from kyoo.scanner.naming.folders import only_number, read_folder, section_of
from kyoo.scanner.naming.model import Kind, Number, ParsedName, rendering_key
from kyoo.scanner.naming.one_name import read_name
from kyoo.scanner.naming.paths import Path, split_path
from kyoo.scanner.naming.release import NO_RELEASE
from kyoo.scanner.naming.spelling import best_spelling, in_title_case
from kyoo.scanner.naming.tags import find_tags
from kyoo.scanner.naming.text import BLANK, MAX_NAME, Text, tidy
from kyoo.scanner.naming.titles import normalise

# Names that players and discs give; they say nothing.
_GENERIC = re.compile(
    r"(?:cd|dis[ck]|part|pt)[ ._-]?[0-9]{1,2}|vts[_ ][0-9]+[_ ][0-9]+|video[_ ]ts|0[0-9]{4}"
    r"|(?:title|[a-z][0-9])[_ ]?t[0-9]{1,3}|title[_ ]?[0-9]{1,3}|avseq[0-9]+"
    r"|(?:main[ _-]?)?(?:video|movie|film|feature)|untitled|index|stream|output|file",
    re.IGNORECASE,
)
_LETTERS = ("a", "b", "c", "d")
_LETTERED = re.compile(r"(?P<head>.*[^\s._\-])(?: ?-|[_.])(?P<letter>[a-d])")
_LONE_PART = re.compile(r"(?P<word>cd|dis[ck]|part|pt)[ ._-]?(?P<n>[0-9]{1,2})", re.IGNORECASE)
# What cameras, phones and screen recorders call a film: a home video is what it is.
_CAMERA = re.compile(
    r"(?:img|vid|dsc[fn]?|mvi|mov|pxl|pano|dji|gopr|g[hxp][0-9]{2}|clip|sam|mah|cimg|hpim|p10|cam|dscn|trim|wp|inshot)"
    r"[_\- ]?[0-9]{3,}[\w.\-~() ]*"
    r"|(?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9][_\- T]+[0-2][0-9][-_.:]?[0-5][0-9][-_.:]?(?:[0-5][0-9])[\w.\-() ]*"
    r"|(?:whatsapp video|screen[ _-]?record(?:ing|er)?|recording|bandicam|zoom|signal|telegram|snapchat|video)"
    r"[ _\-][0-9]{4}[\w.\-:() ]*",
    re.IGNORECASE,
)


def parse(path: str, *, samples: bool = True) -> ParsedName:
    """Identify a file by its path alone: pure, deterministic, for any text.

    The path is read as the library gives it: absolute, or relative to the library. Nothing is looked up on disk.
    Without `samples` the word says nothing: the file is known to be none.
    """
    return _Join(split_path(path), samples=samples).result()


class _Join(settling.Joined):
    """The file's reading, its folders, and what follows from both."""

    def __init__(self, path: Path, *, samples: bool) -> None:
        self.path = path
        self.stem = stem = path.stem[:MAX_NAME]
        self.extra = extra_name(stem)
        in_folder = extra_folder(path.folders)
        if not samples:
            self.extra = None if self.extra and self.extra.kind == "sample" else self.extra
            in_folder = None if in_folder and in_folder[1] == "sample" else in_folder
        if in_folder and in_folder[1] == "other" and not self.extra and stands_alone(stem, in_folder[0]):
            in_folder = None
        if self.extra:
            stem = self.extra.behind or stem[: self.extra.start]
        self.extra_kind = in_folder[1] if in_folder else self.extra.kind if self.extra else None
        if in_folder and in_folder[1] == "other":
            self.extra_kind = told_kind(self.stem) or "other"
        outer = path.folders[: in_folder[0]] if in_folder else path.folders
        self.season, self.special_folder, self.named, self.parted_folder = None, False, [], None
        self._read_folders(outer)
        self.home_video = _CAMERA.fullmatch(stem) is not None
        if self.home_video:
            self.file = Reading(title=stem.strip(), tagged=True, length=len(stem), unversioned=stem)
        else:
            self.file = self._read_stem(stem)
        self.title_in_folder = bool(in_folder)
        if _GENERIC.fullmatch(stem) and any(reading.title for reading in self.named):
            part = _LONE_PART.fullmatch(stem)
            self.file = Reading(
                unversioned=part["word"] if part else self.file.unversioned,
                length=self.file.length,
                part=int(part["n"]) if part else None,
            )
        self.section = next((section for name in reversed(path.folders) if (section := section_of(name))), None)
        folder = self.named[0].title if self.named else ""
        has_words = self.extra is not None and (self.extra.own or bool(self.extra.behind)) and self.extra.sure
        if has_words and folder and self.file.year is None:
            mine, other = normalise(self.file.title), normalise(folder)
            # "Film (2008)/The Cast-interview", "Show/NCOP1 - The Song"
            self.title_in_folder |= mine not in other and other not in mine
        for step in settling.STEPS:
            step(self)

    def _read_stem(self, stem: str) -> Reading:
        """The stem, less a letter that says which part it is: `Film (2008)-a`."""
        lettered = _LETTERED.fullmatch(stem) if stem[-1:] in _LETTERS and not self.extra else None
        if lettered and self._counts_parts(lettered["head"]):
            reading = read_name(lettered["head"], season_folder=self.season is not None)
            reading.part, reading.length = _LETTERS.index(lettered["letter"]) + 1, len(stem)
            return reading
        return read_name(stem, season_folder=self.season is not None, extra=self.extra is not None)

    def _counts_parts(self, head: str) -> bool:
        """Whether a letter behind this is a part: after a year, a number, a bracket, a tag, or the folder's title."""
        if head[-1] in ")]0123456789":
            return True
        title = normalise(head)
        return any(normalise(reading.title) == title for reading in self.named) or find_tags(
            Text(head)
        ).masked.endswith(BLANK)

    # -- folders --------------------------------------------------------------------------------------------------
    def _read_folders(self, folders: tuple[str, ...]) -> None:
        for index in range(len(folders) - 1, -1, -1):
            name = folders[index]
            number = only_number(name)
            if number is not None and index > 0 and not self.named and self.season is None:
                above = read_folder(folders[index - 1]).reading
                if above is not None and above.title:  # "Show/1"; "24/Season 1" is a show
                    self.season = number
                    continue
            folder = read_folder(name)
            if folder.season is not None and self.season is None and not self.named:
                self.season = folder.season
            self.special_folder |= folder.special and not self.named
            if folder.reading is not None and (folder.reading.title or folder.reading.seasons):
                self.named.append(folder.reading)
                if len(self.named) == 3:
                    break
        if self.season is None and self.named and not self.named[0].pairs and len(self.named[0].seasons) == 1:
            self.season = self.named[0].seasons[0]

    # -- answer ---------------------------------------------------------------------------------------------------
    def result(self) -> ParsedName:
        file = self.file
        pairs = self._pairs()
        seasons = sorted(
            {*file.seasons, *(season for season, _ in pairs if season is not None)}
        ) or self._folder_seasons(pairs)
        kind = self._kind(pairs, seasons)
        title, guessed, alternatives = self._title(kind)
        if not guessed and not self.home_video:
            title = self._spelled(title)
        if kind == "extra" and self.extra_kind not in (None, "sample"):
            own = extra_title(self.stem, self.extra, str(self.extra_kind), title)
            file.episode_title = own or file.episode_title
        release = file.release
        if release == NO_RELEASE and self.named:
            release = self.named[0].release
        return ParsedName(
            kind=kind,
            title=title,
            rendering=rendering_key(self._unversioned()),
            title_guessed=guessed,
            alternative_titles=tuple(alternatives),
            years=tuple(self._years(title)),
            seasons=tuple(seasons),
            episodes=tuple(pairs),
            absolute_episodes=tuple(file.absolute),
            date=file.date,
            episode_title=in_title_case(file.episode_title) or None,
            release_group=file.group,
            version=1 if file.version is None else file.version,
            part=file.part,
            edition=file.edition,
            extra_kind=self.extra_kind if kind == "extra" else None,
            external_ids=self._ids(),
            special=file.special or self.special_folder or 0 in seasons,
            unsure=file.unsure_number is not None or bool(file.unsaid_title and pairs and not self.named),
            quality=release.quality,
            source=release.source,
            codec=release.codec,
            audio_codec=release.audio_codec,
            languages=release.languages,
        )

    def _pairs(self) -> list[tuple[int | None, Number]]:
        """The file's numbers, with the season of the folder where the file names none."""
        season = self.season
        pairs = self.file.pairs
        if season is not None:
            pairs = [(season, self._in_season(value, season)) if own is None else (own, value) for own, value in pairs]
        return list(dict.fromkeys(pairs))

    def _in_season(self, value: Number, season: int) -> Number:
        """`Season 2/205`, `Season 1/105 - Title` hold the season, too; `Season 1/[Group] Show - 105` counts through."""
        counts_through = self.file.explicit or self.file.group or (season == 1 and f" - {value}" in self.stem)
        if season and not counts_through and value // 100 == season and 0 < value % 100 < 60:
            self.file.absolute = []
            return value % 100
        return value

    def _folder_seasons(self, pairs: list[tuple[int | None, Number]]) -> list[int]:
        if not pairs and self.season is not None and not self.file.year:
            return [self.season]
        return []

    def _kind(self, pairs: list[tuple[int | None, Number]], seasons: list[int]) -> Kind:
        an_episodes_title = self.extra is not None and not self.extra.sure and self.file.explicit
        if self.extra_kind is not None and (self.title_in_folder or not an_episodes_title):
            return "extra"
        if pairs or seasons or self.file.date is not None:
            return "episode"
        return "movie"

    def _title(self, kind: Kind) -> tuple[str, bool, list[str]]:
        """The title, whether it is a stand-in, and the other names."""
        file = self.file
        folder_titles = [reading.title for reading in self.named if reading.title]
        others = [name for reading in self.named[:1] for name in reading.alternatives]
        title, guessed = file.title, False
        if (not title or (kind == "extra" and self.title_in_folder)) and folder_titles:
            title = folder_titles[0]
            others = [*others, *folder_titles[1:2]]
        elif title:
            others = [*file.alternatives, *folder_titles[:1], *others]
        if not title:
            title, guessed = (
                file.episode_title or tidy(self.stem) or self.stem.strip() or self.path.full.strip() or "unknown",
                True,
            )
        known = {normalise(title)}
        alternatives = []
        for name in others:
            key = normalise(name)
            if key and key not in known:
                known.add(key)
                alternatives.append(name)
        return title, guessed, alternatives

    def _spelled(self, title: str) -> str:
        """In the best spelling there is. Short capitals are meant when a folder has them, or what is beside them in the
        file's name is written as usual: `FBI/fbi.s01e01`, `NCIS S01E01 Yankee White`."""
        folders = [reading.title for reading in self.named]
        spelled = best_spelling(title, folders)
        beside = self.file.episode_title
        return in_title_case(spelled, initials=spelled in folders or beside not in (beside.lower(), beside.upper()))

    def _years(self, title: str) -> list[int]:
        """The file's year; else that of a folder that speaks of the same title."""
        if self.file.year is not None:
            return [self.file.year]
        key = normalise(title)
        for reading in self.named:
            other = normalise(reading.title)
            continued = bool(self.file.pairs) and (other.startswith(f"{key} ") or key.startswith(f"{other} "))
            subtitled = reading.title.lower().startswith((f"{title.lower()} - ", f"{title.lower()}: "))
            in_a_row = normalise(settling.PLACE.sub("", reading.title, count=1)) == key  # "MCU/02 - Film (2008)/Film"
            same = other == key or continued or in_a_row
            if reading.year is not None and (same or (subtitled and not reading.collection)):
                return [reading.year]
        return []

    def _ids(self) -> dict[str, str]:
        ids: dict[str, str] = {}
        for reading in (*reversed(self.named), self.file):
            ids.update(reading.ids)
        return ids

    def _unversioned(self) -> str:
        """The path with the version and part left out of the file's name."""
        file = self.file
        full = unicodedata.normalize("NFC", self.path.full)
        if file.version is None and file.part is None:
            return full
        stem = unicodedata.normalize("NFC", self.path.stem)
        head, found, tail = full.rpartition(stem)
        if self.parted_folder:
            folder, unparted = (unicodedata.normalize("NFC", name) for name in self.parted_folder)
            outer, _, inner = head.rpartition(folder)
            head = outer + unparted + inner
        return head + file.unversioned + stem[file.length :] + tail if found else full
