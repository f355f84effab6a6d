"""What follows from a file and its folders together: whose title counts, what is a part. Steps over a `Joined`."""

import re

from kyoo.scanner.naming.draft import Reading
from kyoo.scanner.naming.folders import read_folder
from kyoo.scanner.naming.number_words import CARDINAL, number
from kyoo.scanner.naming.paths import Path
from kyoo.scanner.naming.text import tidy
from kyoo.scanner.naming.titles import normalise
from kyoo.scanner.naming.vocabulary import VIDEO_EXTENSIONS

_GLUED_NUMBER = re.compile(r"[a-z][._-]?(?P<s>[0-9])(?P<e>[0-9]{2})$", re.IGNORECASE)
_DISC_FOLDER = re.compile(r"(?:cd|dis[ck]|dvd|part|pt)[ ._\-]?(?P<n>[0-9]{1,2})", re.IGNORECASE)
_DISC_BEHIND = re.compile(r"(?<![^\W_])(?:cd|dis[ck]|dvd)[ ._\-]?[0-9]{1,2}[)\]]?$", re.IGNORECASE)
_TITLE_SET = re.compile(r"vts[_ ](?P<set>[0-9]+)[_ ](?P<n>[0-9]+)|video[_ ]ts", re.IGNORECASE)
# "01 - Introduction", "Section 2 - Types", "Book Two - Water": a chapter of a course, or of a story.
_SECTION = re.compile(
    r"(?:(?:section|chapter|module|week|unit|lesson|lecture|day|kapitel|chapitre|cap[íi]tulo|модуль|раздел|глава"
    r"|book|buch|livre|libro|(?P<counts_on>arc|saga|cour|part|teil|partie))"
    rf"[ ._\-]*(?P<word>[0-9]{{1,2}}|{CARDINAL}(?![^\W_]))|"
    r"(?:(?P<n>[0-9]{1,2})(?:\.|\)| ?-) ?|(?P<padded>0[0-9])[ _])(?=[^\W\d_]))(?![0-9]).*",
    re.IGNORECASE,
)
# "2.3 Tacking" in the second of them.
_LESSON = re.compile(r"(?P<section>[0-9]{1,2})\.(?P<n>[0-9]{1,3})(?:[ ._]-)?[ ._]+(?=[^\W\d_])")
_SEASON_DASH = re.compile(r"(?P<s>[0-9]{1,2})[-.](?P<e>[0-9]{2})(?![0-9]|-[0-9])")
_JOINED = re.compile(r"(?<![0-9-])(?P<s>[0-9]{1,2})-(?P<e>[0-9]{2,3})(?![0-9-])")
#: Its place in a row before the title of a film.
PLACE = re.compile(r"(?:[0-9]{1,2}(?:\. | - )|0[0-9] )(?=[^\W\d_])")
_NUMBER = re.compile(r"(?<![^\W_])[0-9]{1,4}(?![^\W_])")
# "Open Season 2", "Duck Season 2018": all that the name says.
_SEASON_TITLE = re.compile(
    r"(?P<title>.*[^\W_].*?[ ._\-]seasons?)[ ._\-]+(?:(?P<n>[0-9]{1,2})$|(?P<y>(?:19|20)[0-9]{2})(?![0-9]))",
    re.IGNORECASE,
)
# "Pilot - S01E01", "Pilot (1x01)": the number stands apart, at the end.
_NUMBER_APART = re.compile(
    r"(?: - |(?P<bracket>[(\[]))(?:s[0-9]{1,3}[ ._]?e|[0-9]{1,2}x)[0-9]{1,4}[)\]]?\s*$", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_CHAPTER = re.compile(r"[ ._\-]+(?:chapter|chapitre|kapitel|part|vol\.?)[ ._]*$", re.IGNORECASE)
# One word that no title is: small letters and a dash or digits, or letters without a vowel, or two or three small ones.
_JUNK = re.compile(
    r"(?=[a-z0-9\-]*[\-0-9])[a-z0-9\-]{3,16}|[bcdfghjklmnpqrstvwxz0-9\-]{2,12}|[a-z]{1,3}", re.IGNORECASE
)
_OBFUSCATED = re.compile(
    r"[0-9a-f]{16,}|(?=[^\W_]*[0-9])[^\W_]{12,}|[\w\-]{1,12}|(?=[^0-9]*[0-9])[\w\-]{12,}|[a-z]+_[a-z]+|[^\W\d_]{15,}",
    re.IGNORECASE,
)


class Joined:
    """A file's reading and its folders.

    `named`: the folders with a name, innermost first; `season`: that of the file's folder; `special_folder`: the file
    lies among specials; `section`: "film" or "series" if a folder holds nothing else; `title_in_folder`: an extra whose
    name is not that of its show; `home_video`: a name that a camera gave; `parted_folder`: a folder that says the part,
    and its name without it.
    """

    path: Path
    stem: str
    file: Reading
    named: list[Reading]
    season: int | None
    special_folder: bool
    section: str | None
    extra_kind: str | None
    title_in_folder: bool
    home_video: bool
    parted_folder: tuple[str, str] | None


def read_title_set(joined: Joined) -> None:
    """`VTS_01_2.VOB` is the second part of a disc's first set; what ends in 0, and `VIDEO_TS.VOB`, are menus."""
    match = _TITLE_SET.fullmatch(joined.stem)
    if match is None or not joined.named or joined.extra_kind:
        return
    stem, part = joined.stem, int(match["n"] or 0)
    joined.file = Reading(part=part or None, length=len(stem), unversioned=stem[: match.start("n")] if part else stem)
    if not part:
        joined.extra_kind, joined.title_in_folder = "other", True


def prefer_release_folder(joined: Joined) -> None:
    """A release's folder says more than a scrambled or short file name in it: `Show.S01E02.720p-GRP/abc123.mkv`."""
    if not joined.named or not joined.named[0].title or joined.home_video:
        return
    if _is_junk(joined, joined.named[0]):
        _forget_title(joined)
        glued = _GLUED_NUMBER.search(joined.stem)
        if glued and joined.season == int(glued["s"]) and not joined.file.pairs:  # "Season 2/rl.205"
            joined.file.pairs = [(joined.season, int(glued["e"]))]
    if not (joined.named[0].tagged or joined.named[0].seasons):
        return
    folder, file = joined.named[0], joined.file
    stem = joined.stem
    scrambled = (
        not file.tagged
        and not stem.isdecimal()
        and file.year is None
        and _OBFUSCATED.fullmatch(stem) is not None
        and not _agrees(joined, folder.title)
        and not folder.collection
        and (folder.year is not None or folder.pairs or folder.seasons)
    )
    if scrambled and (folder.pairs or not file.explicit):
        _glue(joined, folder)
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
        and not _agrees(joined, folder.title)
        and _is_abbreviation(file.title)
    ):
        file.title = ""


def _is_junk(joined: Joined, folder: Reading) -> bool:
    """`Show/Season 2/xyz.S02E02`, `Film (2010)/abc-inc1080`: one scrambled word in the folder of a show or film."""
    file, title = joined.file, joined.file.title
    placed = joined.season is not None or (folder.year is not None and not file.pairs)
    return bool(
        placed
        and title
        and _JUNK.fullmatch(joined.stem.partition(".")[0])
        and file.year is None
        and not folder.collection
        and not _agrees(joined, folder.title)
        and _JUNK.fullmatch(title.replace(" ", "."))
    )


def _forget_title(joined: Joined) -> None:
    file = joined.file
    file.title, file.unsure_number = "", None
    if not file.explicit:
        file.pairs, file.absolute, file.seasons, file.episode_title = [], [], [], ""


def _glue(joined: Joined, folder: Reading) -> None:
    """Take the folder's reading for the file's, and a number glued to the file's name if the folder has none."""
    file = joined.file
    glued = _GLUED_NUMBER.search(joined.stem)
    pairs = file.pairs if file.pairs and len(folder.pairs) > 1 else list(folder.pairs)
    if not pairs and glued and [int(glued["s"])] == folder.seasons:
        pairs = [(int(glued["s"]), int(glued["e"]))]
    elif not pairs and folder.seasons:
        pairs = file.pairs
    joined.file = Reading(
        title=folder.title, alternatives=folder.alternatives, year=folder.year, seasons=folder.seasons, pairs=pairs,
        absolute=[value for season, value in pairs if season is None], date=folder.date,
        episode_title=folder.episode_title, group=folder.group,
        version=file.version or folder.version, part=file.part or folder.part, edition=folder.edition,
        ids={**folder.ids, **file.ids}, special=folder.special, explicit=folder.explicit, tagged=True,
        unversioned=file.unversioned, length=file.length,
    )  # fmt: skip


def _agrees(joined: Joined, title: str) -> bool:
    mine, other = normalise(joined.file.title), normalise(title)
    return bool(mine) and (mine in other or other in mine)


def settle_dated(joined: Joined) -> None:
    """`Show/2019-03-04 - Guest`: what stands behind the day is the episode's title where a folder names the show.
    `Show/2019/2019-03-04`, `Show/2019/05 - Guest`: the folder of a year names none."""
    file = joined.file
    if not joined.named or joined.extra_kind or joined.home_video:
        return
    if len(joined.named) > 1 and _YEAR.fullmatch(joined.named[0].title) and (file.date or file.pairs):
        joined.named = joined.named[1:] if file.title != joined.named[0].title else joined.named
    show = joined.named[0]
    names_a_show = show.title and not show.collection and not _YEAR.fullmatch(show.title) and joined.section != "film"
    if names_a_show and file.date and not file.pairs and file.title == file.episode_title:
        file.title = ""


def settle_section(joined: Joined) -> None:
    """`Course/02 - Types/05 - Slices`: the title is that of the course, its chapters are seasons."""
    file, folders = joined.file, joined.path.folders
    section = _SECTION.fullmatch(folders[-1]) if len(folders) > 1 else None
    if section is None or joined.season is not None:
        return
    own = read_folder(folders[-1]).reading
    courses = [reading for reading in joined.named if reading is not own]
    if not courses or joined.named[0].year is not None:
        return
    counted = int(number((section["word"] or section["n"] or section["padded"]).lower()))
    lesson = _LESSON.match(joined.stem)
    if lesson and int(lesson["section"]) == counted and not file.explicit:
        value = int(lesson["n"])
        file.pairs, file.absolute, file.unsure_number = [(None, value)], [value], None
        file.title, file.episode_title = "", tidy(joined.stem[lesson.end() :])
    if not file.title and file.pairs:
        joined.named, joined.season = courses, None if section["counts_on"] else counted


def settle_in_season(joined: Joined) -> None:
    """`Show (2011)/Season 1/Pilot - S01E01`, `Show/Season 1/Pilot (S01E01)`: what stands before the number is the
    episode's title where the folders surely name a show, and it shares no word with them."""
    file, folder = joined.file, joined.named[0] if joined.named else None
    apart = _NUMBER_APART.search(joined.stem)
    if (
        apart is None
        or folder is None
        or joined.season is None
        or joined.extra_kind
        or not (folder.title and file.title)
    ):
        return
    sure = folder.year is not None or folder.ids or apart["bracket"]
    shared = set(normalise(file.title).split()) & set(normalise(folder.title).split())
    if sure and file.year is None and not (shared or file.episode_title or file.group or _agrees(joined, folder.title)):
        file.episode_title, file.title = file.title, ""


def settle_without_show(joined: Joined) -> None:
    """`S01E02 - Show - Title`, with no folder that would name the show."""
    file = joined.file
    if file.pairs and not file.title and not joined.extra_kind and not any(reading.title for reading in joined.named):
        title, dash, rest = file.episode_title.partition(" - ")
        if dash:
            file.title, file.episode_title = title, rest


def settle_by_folder(joined: Joined) -> None:
    """`Guilty Crown/Guilty Crown 8`, `Show/Show 01 A Title`: after the folder's title, a number is an episode."""
    file = joined.file
    folder = joined.named[0] if joined.named else None
    if folder and folder.year and folder.title == joined.stem and joined.season is None:  # "9 (2009)/9"
        file.title, file.pairs, file.absolute = joined.stem, [], []
    if file.pairs or file.date or file.year or file.seasons or joined.section == "film" or joined.extra_kind:
        return
    folder_titles = {normalise(reading.title) for reading in joined.named if reading.title and not reading.collection}
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


def _take_unsure_number(joined: Joined) -> None:
    file = joined.file
    if file.unsure_number is None:
        return
    file.pairs = [(None, file.unsure_number)]
    file.absolute = [file.unsure_number]
    file.title = tidy(file.title.rstrip().removesuffix(str(file.unsure_number)))
    file.unsure_number = None


def settle_by_section(joined: Joined) -> None:
    """Among films `Room 237` and `The Godfather Part II` are films; among series `Show 8` is an episode."""
    file = joined.file
    dashed = _SEASON_DASH.match(joined.stem)
    if dashed and int(dashed["s"]) == joined.season and not file.explicit:  # "Season 3/3-16 A Title"
        file.pairs, file.absolute = [(joined.season, int(dashed["e"]))], []
    if joined.section == "film" and joined.stem.isdecimal() and joined.season is None:  # "1408"
        file.title, file.pairs, file.absolute = "" if joined.named else joined.stem, [], []
    place = PLACE.match(file.title)
    in_a_row = joined.section == "film" or any(reading.collection for reading in joined.named)
    if place and file.year and not file.pairs and (in_a_row or (place[0][0] == "0" and not joined.named)):
        file.title = file.title[place.end() :]  # "2. Aliens (1986)" in the folder of a collection, "02. Aliens (1986)"
    if joined.section == "film" and file.unsaid_title and joined.season is None:
        file.title, file.pairs, file.absolute, file.episode_title = file.unsaid_title, [], [], ""
    elif joined.section == "film":
        file.unsure_number = None
    elif joined.section == "series" and file.unsure_number is not None and not file.pairs and file.year is None:
        _take_unsure_number(joined)


def settle_season_in_title(joined: Joined) -> None:
    """A film whose title ends in the word "Season", with its number or year. What holds a whole season has tags, lies
    in the folder of its show, or is no file at all."""
    file = joined.file
    if joined.path.full.rpartition(".")[2].lower() not in VIDEO_EXTENSIONS:
        return
    found = _SEASON_TITLE.match(joined.stem) if len(file.seasons) == 1 else None
    if found is None or file.pairs or file.date or file.year or joined.season is not None or joined.extra_kind:
        return
    in_a_show = joined.section == "series" or any(_agrees(joined, reading.title) for reading in joined.named)
    if found["y"] and file.seasons == [int(found["y"])]:
        file.title, file.year, file.seasons = tidy(found["title"]), int(found["y"]), []
    elif found["n"] and file.seasons == [int(found["n"])] and not in_a_show:
        file.title, file.seasons = f"{tidy(found['title'])} {found['n']}", []
        file.unsure_number = int(found["n"])


def settle_range(joined: Joined) -> None:
    """`Show 1-14.mkv`: no file holds ten episodes, so the first number is the season. A folder or a pack may."""
    file = joined.file
    if (
        file.explicit
        or file.group
        or len(file.pairs) < 10
        or joined.path.full.rpartition(".")[2].lower() not in VIDEO_EXTENSIONS
    ):
        return
    first, last = file.pairs[0], file.pairs[-1]
    found = next((m for m in _JOINED.finditer(joined.stem) if (int(m["s"]), int(m["e"])) == (first[1], last[1])), None)
    if found and first[0] is None and joined.season in (None, first[1]) and 0 < first[1] < 30:
        season = int(first[1])
        file.pairs, file.absolute, file.seasons = [(season, last[1])], [], [season]


def settle_special(joined: Joined) -> None:
    """`Show/Specials/A Title`: what lies among a show's specials belongs to it, with a number or without."""
    file = joined.file
    if not joined.special_folder or not joined.named or joined.extra_kind or file.pairs or file.date:
        return
    show = joined.named[0].title
    mine, other = normalise(file.title), normalise(show)
    if show and mine != other:
        rest = file.title[len(show) :] if file.title.lower().startswith(show.lower()) else file.title
        file.episode_title = file.episode_title or tidy(rest)
        file.title, file.unsure_number = show, None
    file.year = None
    file.seasons = file.seasons or [0]


def settle_numbered_part(joined: Joined) -> None:
    """`Film (2008)/Film pt1`: below a film's own folder; elsewhere it is an episode, or a film of a trilogy."""
    file, folder = joined.file, joined.named[0] if joined.named else None
    if (
        file.unsure_part is None
        or folder is None
        or folder.year is None
        or folder.seasons
        or joined.section == "series"
    ):
        return
    if normalise(file.title) in ("", normalise(folder.title)):
        file.part, file.pairs, file.absolute, file.unsaid_title = file.unsure_part, [], [], ""
        file.unversioned = file.unparted


def settle_part(joined: Joined) -> None:
    """Parts of one film that their folders tell: `Film (2008)/CD1/film`, `Film (2008) CD1/film`."""
    file = joined.file
    if file.pairs or file.date or joined.extra_kind or not joined.path.folders:
        return
    disc = _DISC_FOLDER.fullmatch(joined.path.folders[-1])
    if file.part not in (None, disc and int(disc["n"])):
        return
    if disc:
        file.part, joined.parted_folder = int(disc["n"]), (joined.path.folders[-1], "")
    elif joined.named and joined.named[0].part and (joined.named[0].year or _ends_in_disc(joined)):
        if not (file.year or file.tagged):  # "Film CD1/flm-cd1"
            file.title = joined.named[0].title or file.title
        file.part, joined.parted_folder = joined.named[0].part, (joined.path.folders[-1], joined.named[0].unversioned)


def _ends_in_disc(joined: Joined) -> bool:
    return _DISC_BEHIND.search(joined.path.folders[-1]) is not None


def _is_abbreviation(title: str) -> bool:
    """`aaf-mb`, `tpz-sn`: a scene file's short name."""
    return "-" in title and " " not in title and len(title) <= 12 and title.islower()


STEPS = (
    read_title_set,
    prefer_release_folder,
    settle_dated,
    settle_section,
    settle_in_season,
    settle_without_show,
    settle_numbered_part,
    settle_by_folder,
    settle_by_section,
    settle_season_in_title,
    settle_range,
    settle_special,
    settle_part,
)
