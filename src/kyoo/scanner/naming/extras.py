"""Bonus files: trailers, interviews, deleted scenes, samples, creditless openings. Their titles are in `parser`."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from kyoo.scanner.naming.tags import find_tags, is_weak_word, tags_start
from kyoo.scanner.naming.text import Text, tidy
from kyoo.scanner.naming.titles import normalise
from kyoo.scanner.naming.vocabulary import EXTRA_FOLDERS, EXTRA_SUFFIXES

_WORDS = "|".join(sorted((word.replace(" ", "[ ._-]?") for word in EXTRA_SUFFIXES), key=len, reverse=True))
# `Film-trailer`, `Film.sample`, `Film_trailer`, `trailer`, `Film-trailer2`; after a blank only the clear words.
_SUFFIX = re.compile(
    rf"(?:^|(?<=[\w)\]!?])[ ]?[-._])[ ]?(?P<word>{_WORDS})[ ._\-]?(?P<n>[0-9]{{0,2}})(?P<rest>\.[\w.]+)?$",
    re.IGNORECASE,
)
_SPACED_SUFFIX = re.compile(
    r"(?<=[\w)\]]) (?P<word>trailer|sample|featurette|teaser)(?: ?[0-9]{1,2})?(?=[ _]*(?:$|\[))", re.IGNORECASE
)
_WEAK_SUFFIXES = frozenset({"other", "short", "scene", "clip", "extra", "extras", "deleted", "interview"})
_CREDITLESS = re.compile(
    r"[\[(]?(?<![^\W_])(?:nc[ _-]?(?:op|ed)|creditless(?:[ _-](?:opening|ending|op|ed))?"
    r"|clean[ _-](?:opening|ending|op|ed)|textless[ _-]\w+)"
    r"[ _]?(?:[0-9]{1,2}[a-z]?|ep[0-9]+)?(?:v[0-9])?(?=[\s._\-(\[\])]|$)",
    re.IGNORECASE,
)
# `Show - OP2 [1080p]`, `Show_ED1_[720p]`, `Show - Opening 2`: a number, and nothing but tags behind it.
_SONG = re.compile(
    r"(?:[ _]-[ _]|[ _])(?:(?-i:OP|ED)[ _]?[0-9]{1,2}[a-c]?|(?:opening|ending)(?:[ _](?:theme|song))?[ _][0-9]{1,2})"
    r"(?:v[0-9])?(?=[ _]*(?:$|[\[(]))|[ _]-[ _](?-i:OP|ED)(?=[ _]*[\[(])",
    re.IGNORECASE,
)
_PROMOTION = re.compile(
    r"(?:[ _]-[ _]|[\[(](?=\w{2,8}[\])]))(?P<word>pv|cm|menu|teaser|preview|trailer)[ _]?[0-9]{0,2}"
    r"(?=[ _]*(?:$|[\[(\])]))",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"(?<![^\W_])(?:(?P<interview>interviews?)|(?P<trailer>trailers?|teasers?)"
    r"|(?P<blooper>bloopers?|outtakes?|gag[ ._-]?reel)"
    r"|(?P<deleted>deleted[ ._-]?scenes?)|(?P<behind>behind[ ._-]the[ ._-]scenes|making[ ._-]of))(?![^\W_])",
    re.IGNORECASE,
)
_EPISODE = re.compile(r"(?<![^\W_])(?:s[0-9]{1,3}[ ._-]?e[0-9]{1,4}|[0-9]{1,2}x[0-9]{2,3})(?![0-9])", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_TOLD = {
    "interview": "interview",
    "trailer": "trailer",
    "blooper": "blooper",
    "deleted": "deleted-scene",
    "behind": "behind-the-scene",
}
_PROMOTIONS = {
    "pv": "trailer",
    "cm": "trailer",
    "teaser": "trailer",
    "trailer": "trailer",
    "preview": "trailer",
    "menu": "other",
}


_LABELS = {
    "trailer": "Trailer",
    "interview": "Interview",
    "blooper": "Bloopers",
    "deleted-scene": "Deleted Scenes",
    "behind-the-scene": "Behind the Scenes",
}
_NAMES = {
    "clean_opening": "Creditless Opening", "clean_ending": "Creditless Ending", "opening": "Opening",
    "ending": "Ending",
    "pv": "Promotional Video", "cm": "Commercial", "menu": "Menu", "disc": "Menu", "preview": "Preview",
    "teaser": "Teaser", "trailer": "Trailer", "behind": "Behind the Scenes", "deleted": "Deleted Scenes",
    "gag": "Gag Reel", "making": "Making Of", "featurette": "Featurette", "interview": "Interview", "scene": "Scene",
    "clip": "Clip", "short": "Short",
}  # fmt: skip
_LABELLED = re.compile(
    r"(?P<clean_opening>(?:nc|creditless|clean|textless)[ _-]?op)"
    r"|(?P<clean_ending>(?:nc|creditless|clean|textless)[ _-]?e[dn])"
    r"|(?P<opening>(?<![a-z])op(?:ening)?(?![a-z]))|(?P<ending>(?<![a-z])ed(?![a-z])|ending)"
    r"|(?P<pv>(?<![a-z])pv)|(?P<cm>(?<![a-z])cm)|(?P<menu>menu)|(?P<disc>^(?:vts|video)[_ ])|(?P<preview>preview)"
    r"|(?P<teaser>teaser)|(?P<trailer>trailer)|(?P<behind>behind)|(?P<deleted>deleted)|(?P<gag>gag)|(?P<making>making)"
    r"|(?P<featurette>featurette)|(?P<interview>interview)|(?P<scene>scene)|(?P<clip>clip)|(?P<short>short)",
    re.IGNORECASE,
)
_LABEL_NUMBER = re.compile(r"(?<![0-9])0*([1-9][0-9]?)(?![0-9]|[pi])")
_LABEL_WORDS = re.compile(
    r"(?:extras?|other|bonus|trailers?|interviews?|featurettes?|teasers?)[ ]?[0-9]*", re.IGNORECASE
)
_GROUPS_FIRST = re.compile(r"^(?:\[[^\]]*\][ ._\-]*)+")
_NUMBER_FIRST = re.compile(r"^[0-9]{1,2}(?: - |\. )")
_DISC_MENU = re.compile(r"(?:vts|video)[_ ](?:ts|[0-9]+[_ ]0)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"^[ ._\-]*[(\[]?(?:18|19|20)[0-9]{2}[)\]]?(?![0-9])")


class ExtraName(NamedTuple):
    """Where the telling word starts, the kind, whether it can be nothing else (`-trailer`, not `.trailer`), whether
    the words before it may be the extra's own (`The Cast-interview`), and the words behind it where none stand before
    (`NCOP1 Show`)."""

    start: int
    kind: str
    sure: bool
    own: bool = False
    behind: str = ""


def extra_folder(folders: Sequence[str]) -> tuple[int, str] | None:
    """The innermost folder that holds extras: its index, the kind. A folder right under nothing counts as well."""
    for index in range(len(folders) - 1, max(len(folders) - 3, -1), -1):
        kind = EXTRA_FOLDERS.get(folders[index].strip().lower().replace("_", " ").replace("-", " "))
        if kind:
            return index, kind
    return None


def extra_title(stem: str, extra: ExtraName | None, kind: str, show: str) -> str:
    """What an extra is called: its own words, less those of its show and of the release; else what it is (`Trailer 2`,
    `Creditless Opening 1`)."""
    label = _label(stem[extra.start :] if extra else stem, kind)
    if (extra and not extra.own) or _DISC_MENU.fullmatch(stem):
        return label
    text = Text(_GROUPS_FIRST.sub("", stem[: extra.start] if extra else stem))
    own = _without_show(tidy(text.raw[: tags_start(text, find_tags(text).masked, 0)]), show)
    own = tidy(_NUMBER_FIRST.sub("", _YEAR_FIRST.sub("", own)))
    return label if not own or own.isdecimal() or _LABEL_WORDS.fullmatch(own) else own


def _without_show(own: str, show: str) -> str:
    """Without the words of the show's title at the start."""
    words, key = own.split(), normalise(show)
    ends = (n for n in range(1, len(words) + 1) if normalise(" ".join(words[:n])) == key)
    return " ".join(words[next(ends, 0) :])


def _label(text: str, kind: str) -> str:
    """`NCOP2` is `Creditless Opening 2`."""
    match = _LABELLED.search(text)
    name = _NAMES[match.lastgroup] if match and match.lastgroup else _LABELS.get(kind, "Extra")
    number = _LABEL_NUMBER.search(text, match.start() if match else 0)
    return f"{name} {int(number[1])}" if number else name


def stands_alone(stem: str, index: int) -> bool:
    """Whether a file in a folder of mixed extras is no extra: an `Other` folder also holds whole films and episodes.

    A season with an episode says so anywhere, a year only in a folder (at `index`) with no show's folder above it.
    """
    return bool(_EPISODE.search(stem) or (index == 0 and _YEAR.search(stem))) and told_kind(stem) is None


def told_kind(stem: str) -> str | None:
    """The kind a file in a folder of mixed extras says of itself: `Extras/Interview with the Cast`."""
    match = _TELLING.search(stem[:100])
    return _TOLD[match.lastgroup] if match and match.lastgroup else None


def only_tags(rest: str | None) -> bool:
    """`Film-trailer.1080p`, and not the `Trailer.Park.Girls` of a title."""
    if not rest:
        return True
    return all(map(is_weak_word, re.findall(r"[^\W_]+", find_tags(Text(rest)).masked)))


def extra_name(stem: str) -> ExtraName | None:
    """The word at the end of a stem that makes the file an extra."""
    tail = stem[-60:]
    offset = len(stem) - len(tail)
    match = next((found for found in _SUFFIX.finditer(tail) if only_tags(found["rest"])), None)
    match = match or _SPACED_SUFFIX.search(tail)
    if match:
        word = re.sub(r"[ ._\-]+", " ", match["word"].lower())
        kind = EXTRA_SUFFIXES.get(word) or EXTRA_SUFFIXES[word.replace(" ", "")]
        separator = tail[match.start() : match.start("word")]
        if word not in _WEAK_SUFFIXES or "-" in separator:
            return ExtraName(offset + match.start(), kind, separator == "-" or word == "sample", own=True)
    creditless = _CREDITLESS.search(stem)
    if creditless:
        before, after = _GROUPS_FIRST.sub("", stem[: creditless.start()]), stem[creditless.end() :]
        # `[Group][Show][NCOP]` has its title in a bracket before it.
        behind = "" if before.strip(" ._-") or after.startswith(("]", ")")) else after.lstrip(" ._-")
        return ExtraName(creditless.start(), "other", True, behind=behind)
    song = _SONG.search(stem)
    if song:
        return ExtraName(song.start(), "other", False)
    promotion = _PROMOTION.search(stem)
    if promotion:
        return ExtraName(promotion.start(), _PROMOTIONS[promotion["word"].lower()], False)
    return None
