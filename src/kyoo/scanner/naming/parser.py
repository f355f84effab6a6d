"""`parse`: the names of a path read and joined into one answer. The file name wins over folders wherever both speak."""

import re
import unicodedata

from kyoo.scanner.naming.draft import Reading
from kyoo.scanner.naming.extras import extra_folder, extra_name, stands_alone, told_kind
from kyoo.scanner.naming.folders import only_number, read_folder, shelf_of
from kyoo.scanner.naming.model import Kind, Number, ParsedName, rendering_key
from kyoo.scanner.naming.paths import Path, split_path
from kyoo.scanner.naming.reading import read_name
from kyoo.scanner.naming.release import NO_RELEASE
from kyoo.scanner.naming.spelling import best_spelling, in_title_case
from kyoo.scanner.naming.text import MAX_NAME, tidy
from kyoo.scanner.naming.titles import normalise

_GLUED_NUMBER = re.compile(r"[a-z](?P<s>[0-9])(?P<e>[0-9]{2})$", re.IGNORECASE)
# Names that players and discs give; they say nothing.
_GENERIC = re.compile(
    r"(?:cd|dis[ck]|part|pt)[ ._-]?[0-9]{1,2}|vts[_ ][0-9]+[_ ][0-9]+|video[_ ]ts|0[0-9]{4}"
    r"|title[_ ]?t?[0-9]{1,3}|avseq[0-9]+"
    r"|(?:main[ _-]?)?(?:video|movie|film|feature)|untitled|index|stream|output|file",
    re.IGNORECASE,
)
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
_SEASON_DASH = re.compile(r"(?P<s>[0-9]{1,2})[-.](?P<e>[0-9]{2})(?![0-9]|-[0-9])")
_PLACE = re.compile(r"(?P<n>[0-9]{1,2})(?:\. | - )(?=[^\W\d_])")
_NUMBER = re.compile(r"(?<![^\W_])[0-9]{1,4}(?![^\W_])")
_CHAPTER = re.compile(r"[ ._\-]+(?:chapter|chapitre|kapitel|part|vol\.?)[ ._]*$", re.IGNORECASE)
# One word that no title is: small letters and a dash or digits, or letters without a vowel, or two or three small ones.
_JUNK = re.compile(
    r"(?=[a-z0-9\-]*[\-0-9])[a-z0-9\-]{3,16}|[bcdfghjklmnpqrstvwxz0-9\-]{2,12}|[a-z]{1,3}", re.IGNORECASE
)
_OBFUSCATED = re.compile(
    r"[0-9a-f]{16,}|(?=[^\W_]*[0-9])[^\W_]{12,}|[\w\-]{1,12}|(?=[^0-9]*[0-9])[\w\-]{12,}|[a-z]+_[a-z]+|[^\W\d_]{15,}",
    re.IGNORECASE,
)


def parse(path: str, *, samples: bool = True) -> ParsedName:
    """Identify a file by its path alone: pure, deterministic, for any text.

    The path is read as the library gives it: absolute, or relative to the library. Nothing is looked up on disk.
    Without `samples` the word says nothing: the file is known to be none.
    """
    return _Join(split_path(path), samples=samples).result()


class _Join:
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
            stem = stem[: self.extra.start]
        self.extra_kind = in_folder[1] if in_folder else self.extra.kind if self.extra else None
        if in_folder and in_folder[1] == "other":
            self.extra_kind = told_kind(self.stem) or "other"
        outer = path.folders[: in_folder[0]] if in_folder else path.folders
        self.season: int | None = None
        self.special_folder = False
        self.named: list[Reading] = []  # folders with a name, innermost first
        self._read_folders(outer)
        if _CAMERA.fullmatch(stem):
            self.file = Reading(title=stem.strip(), tagged=True, length=len(stem), unversioned=stem)
        else:
            self.file = read_name(stem, season_folder=self.season is not None, extra=self.extra is not None)
        self.title_in_folder = bool(in_folder)
        if _GENERIC.fullmatch(stem) and any(reading.title for reading in self.named):
            part = _LONE_PART.fullmatch(stem)
            self.file = Reading(
                unversioned=part["word"] if part else self.file.unversioned,
                length=self.file.length,
                part=int(part["n"]) if part else None,
            )
        self._prefer_release_folder()
        self.shelf = next((shelf for name in reversed(path.folders) if (shelf := shelf_of(name))), None)
        self._settle_by_folder()
        self._settle_by_shelf()
        self._settle_special()

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

    def _prefer_release_folder(self) -> None:
        """A release's folder says more than a scrambled or short file name in it: `Show.S01E02.720p-GRP/abc123.mkv`."""
        if not self.named or not self.named[0].title:
            return
        if self._is_junk(self.named[0]):
            self._forget_title()
        if not (self.named[0].tagged or self.named[0].seasons):
            return
        folder, file = self.named[0], self.file
        stem = self.stem
        scrambled = (
            not file.tagged
            and not stem.isdecimal()
            and file.year is None
            and _OBFUSCATED.fullmatch(stem) is not None
            and not self._agrees(folder.title)
            and not folder.collection
            and (folder.year is not None or folder.pairs or folder.seasons)
        )
        if scrambled and (folder.pairs or not file.explicit):
            self._glue(folder)
            return
        if folder.pairs and len(folder.pairs) == 1 and folder.explicit and not file.explicit:
            file.pairs, file.absolute, file.seasons = list(folder.pairs), [], list(folder.seasons)
        mine, other = normalise(file.title), normalise(folder.title)
        if folder.explicit and " " not in stem and mine != other and mine.endswith(f" {other}"):
            file.title = ""  # "grp-show.name.205" in the folder of its release
        if (
            file.explicit
            and " " not in stem
            and file.title
            and not self._agrees(folder.title)
            and _is_abbreviation(file.title)
        ):
            file.title = ""

    def _is_junk(self, folder: Reading) -> bool:
        """`Show/Season 2/xyz.S02E02`, `Film (2010)/abc-inc1080`: one scrambled word in the folder of a show or film."""
        file, title = self.file, self.file.title
        placed = self.season is not None or (folder.year is not None and not file.pairs)
        return bool(
            placed
            and title
            and file.year is None
            and not folder.collection
            and not self._agrees(folder.title)
            and _JUNK.fullmatch(title.replace(" ", "."))
            and _JUNK.fullmatch(self.stem.partition(".")[0])
        )

    def _forget_title(self) -> None:
        file = self.file
        file.title, file.unsure_number = "", None
        if not file.explicit:
            file.pairs, file.absolute, file.seasons, file.episode_title = [], [], [], ""

    def _glue(self, folder: Reading) -> None:
        """Take the folder's reading for the file's, and a number glued to the file's name if the folder has none."""
        file = self.file
        glued = _GLUED_NUMBER.search(self.stem)
        pairs = file.pairs if file.pairs and len(folder.pairs) > 1 else list(folder.pairs)
        if not pairs and glued and [int(glued["s"])] == folder.seasons:
            pairs = [(int(glued["s"]), int(glued["e"]))]
        elif not pairs and folder.seasons:
            pairs = file.pairs
        self.file = Reading(
            title=folder.title, alternatives=folder.alternatives, year=folder.year, seasons=folder.seasons, pairs=pairs,
            absolute=[value for season, value in pairs if season is None], date=folder.date,
            episode_title=folder.episode_title, group=folder.group,
            version=file.version or folder.version, part=file.part or folder.part, edition=folder.edition,
            ids={**folder.ids, **file.ids}, special=folder.special, explicit=folder.explicit, tagged=True,
            unversioned=file.unversioned, length=file.length,
        )  # fmt: skip

    def _agrees(self, title: str) -> bool:
        mine, other = normalise(self.file.title), normalise(title)
        return bool(mine) and (mine in other or other in mine)

    def _settle_by_folder(self) -> None:
        """`Guilty Crown/Guilty Crown 8`, `Show/Show 01 A Title`: after the folder's title, a number is an episode."""
        file = self.file
        if file.pairs or file.date or file.year or file.seasons or self.shelf == "film" or self.extra_kind:
            return
        folder_titles = {normalise(reading.title) for reading in self.named if reading.title and not reading.collection}
        if normalise(file.title) in folder_titles:
            file.unsure_number = None
            return
        for match in _NUMBER.finditer(file.title):
            before = _CHAPTER.sub("", file.title[: match.start()])
            if normalise(before) in folder_titles:
                value = int(match[0])
                file.pairs, file.absolute, file.unsure_number = [(None, value)], [value], None
                file.title, file.episode_title = tidy(before), tidy(file.title[match.end() :])
                return

    def _take_unsure_number(self) -> None:
        file = self.file
        if file.unsure_number is None:
            return
        file.pairs = [(None, file.unsure_number)]
        file.absolute = [file.unsure_number]
        file.title = tidy(file.title.rstrip().removesuffix(str(file.unsure_number)))
        file.unsure_number = None

    def _settle_by_shelf(self) -> None:
        """Among films `Room 237` and `The Godfather Part II` are films; among series `Show 8` is an episode."""
        file = self.file
        dashed = _SEASON_DASH.match(self.stem)
        if dashed and int(dashed["s"]) == self.season and not file.explicit:  # "Season 3/3-16 A Title"
            file.pairs, file.absolute = [(self.season, int(dashed["e"]))], []
        if self.shelf == "film" and self.stem.isdecimal() and self.season is None:  # "1408"
            file.title, file.pairs, file.absolute = "" if self.named else self.stem, [], []
        place = _PLACE.match(file.title)
        if place and file.year and (self.shelf == "film" or any(reading.collection for reading in self.named)):
            file.title = file.title[place.end() :]  # "2. Aliens (1986)" in the folder of a collection
        if self.shelf == "film" and file.unsaid_title and self.season is None:
            file.title, file.pairs, file.absolute, file.episode_title = file.unsaid_title, [], [], ""
        elif self.shelf == "film":
            file.unsure_number = None
        elif self.shelf == "series" and file.unsure_number is not None and not file.pairs and file.year is None:
            self._take_unsure_number()

    def _settle_special(self) -> None:
        """`Show/Specials/A Title`: what lies among a show's specials belongs to it, with a number or without."""
        file = self.file
        if not self.special_folder or not self.named or self.extra_kind or file.pairs or file.date:
            return
        show = self.named[0].title
        mine, other = normalise(file.title), normalise(show)
        if show and mine != other:
            rest = file.title[len(show) :] if file.title.lower().startswith(show.lower()) else file.title
            file.episode_title = file.episode_title or tidy(rest)
            file.title, file.unsure_number = show, None
        file.year = None
        file.seasons = file.seasons or [0]

    # -- answer ---------------------------------------------------------------------------------------------------
    def result(self) -> ParsedName:
        file = self.file
        pairs = self._pairs()
        seasons = sorted(
            {*file.seasons, *(season for season, _ in pairs if season is not None)}
        ) or self._folder_seasons(pairs)
        kind = self._kind(pairs, seasons)
        title, guessed, alternatives = self._title(kind)
        if not guessed:
            title = self._spelled(title)
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
            if reading.year is not None and (other == key or continued):
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
        return head + file.unversioned + stem[file.length :] + tail if found else full


def _is_abbreviation(title: str) -> bool:
    """`aaf-mb`, `tpz-sn`: a scene file's short name."""
    return "-" in title and " " not in title and len(title) <= 12 and title.islower()
