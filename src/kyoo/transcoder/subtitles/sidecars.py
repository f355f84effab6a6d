"""Subtitle files beside a video: which belong to it, and what their names say. Blocking; reads folders only."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from kyoo.core.languages import canonical
from kyoo.transcoder.mime import VIDEO, extension

#: Extension → codec as ffmpeg names it.
CODECS = {"srt": "subrip", "ass": "ass", "ssa": "ass", "vtt": "webvtt", "sup": "hdmv_pgs_subtitle"}
#: Extensions of kinds that come as SubRip.
FOREIGN = frozenset({"stl", "sub"})
FOLDERS = frozenset({"sub", "subs", "subtitle", "subtitles"})
SEPARATOR = re.compile(r"[\s._\[\](){},+-]")
TOKEN = re.compile(r"[\s._\[\](){},+]+")
#: What may be the number of an episode, and what never is.
COUNTED = re.compile(r"(?<![0-9])[0-9]{1,3}(?![0-9])")
RELEASE = re.compile(
    r"[0-9]{3,4}[pi]|[xh][ .]?26[45]|[0-9]+[ -]?bits?|[1257]\.[01]|mp[34]|ac-?3|\[[0-9a-f]{8}\]|^[0-9]{1,2}_(?=[a-z])"
)
HEARING = frozenset({"hi", "sdh", "cc"})
#: Languages with a three-letter code only that are common on subtitles.
THREE_LETTERS = frozenset({"fil", "yue", "cmn", "ast", "gsw", "mai"})
NAMES = {
    "arabic": "ar", "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "croatian": "hr", "czech": "cs",
    "danish": "da",
    "dutch": "nl", "english": "en", "estonian": "et", "finnish": "fi", "french": "fr", "german": "de", "greek": "el",
    "hebrew": "he", "hindi": "hi", "hungarian": "hu", "icelandic": "is", "indonesian": "id", "italian": "it",
    "japanese": "ja", "korean": "ko", "latvian": "lv", "lithuanian": "lt", "malay": "ms", "norwegian": "no",
    "persian": "fa", "polish": "pl", "portuguese": "pt", "romanian": "ro", "russian": "ru", "serbian": "sr",
    "slovak": "sk", "slovenian": "sl", "spanish": "es", "swedish": "sv", "thai": "th", "turkish": "tr",
    "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip


@dataclass(frozen=True)
class Sidecar:
    """`name` is what the URL says: the path below the video's folder, without slashes."""

    path: Path
    name: str
    codec: str
    extension: str
    language: str | None
    title: str | None
    is_default: bool
    is_forced: bool
    is_hearing_impaired: bool


def find_sidecars(video: Path) -> list[Sidecar]:
    """Sorted by path. A subtitle belongs to the video whose name is the longest beginning of its own, so that
    `Ep 1.mkv` never takes `Ep 10.srt`. A video that is alone in its folder also takes the only subtitle there, and all
    in a folder of subtitles, however they are called, unless they count another episode."""
    try:
        entries = sorted(video.parent.iterdir())
    except OSError:
        # The folder cannot be listed: the video still plays, without sidecars.
        return []
    stems = [_plain(entry.stem) for entry in entries if extension(entry) in VIDEO]
    subtitles = [path for path in entries if _is_subtitle(path)]
    found = [_sidecar(video, path, rest) for path in subtitles if (rest := _rest(path, video, stems)) is not None]
    if not found and len(stems) == len(subtitles) == 1 and _same_numbers(subtitles[0], video):
        found = [_sidecar(video, subtitles[0], _telling_end(subtitles[0].stem))]
    for folder in entries:
        if folder.name.lower() in FOLDERS and folder.is_dir():
            found += _in_folder(video, folder, stems)
    return found


def _in_folder(video: Path, folder: Path, stems: list[str]) -> list[Sidecar]:
    found = []
    try:
        for path in sorted(folder.iterdir()):
            if path.is_dir() and _plain(path.name) == _plain(video.stem):
                found += [_sidecar(video, one, one.stem) for one in sorted(path.iterdir()) if _is_subtitle(one)]
            elif _is_subtitle(path):
                rest = _rest(path, video, stems)
                if rest is None and len(stems) <= 1 and _same_numbers(path, video):
                    rest = path.stem
                if rest is not None:
                    found.append(_sidecar(video, path, rest))
    except OSError:
        # As above: what could be listed is what there is.
        return found
    return found


def _is_subtitle(path: Path) -> bool:
    # A named pipe would keep whoever reads it waiting for ever.
    kind = extension(path)
    # With an index beside it, `.sub` holds the pictures of a DVD.
    known = kind in CODECS or (kind in FOREIGN and not (kind == "sub" and path.with_suffix(".idx").exists()))
    return known and path.is_file()


def _same_numbers(subtitle: Path, video: Path) -> bool:
    """Whether the subtitle counts nothing that the video does not; years and what describes a release count nothing."""
    one, other = ({int(n) for n in COUNTED.findall(RELEASE.sub(" ", _plain(path.stem)))} for path in (subtitle, video))
    return one <= other


def _telling_end(stem: str) -> str:
    """The last words of a name that is not the video's, as far as they are languages or flags."""
    words = [word for word in TOKEN.split(stem) if word]
    start = len(words)
    while start and (words[start - 1].lower() in {"default", "forced", *HEARING} or _language(words[start - 1])):
        start -= 1
    return ".".join(words[start:])


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _rest(path: Path, video: Path, stems: list[str]) -> str | None:
    """What follows the video's name in the subtitle's, None when it belongs to another video or to none."""
    stem = _plain(path.stem)
    matching = [name for name in stems if stem == name or (stem.startswith(name) and SEPARATOR.match(stem[len(name)]))]
    own = _plain(video.stem)
    if not matching or max(matching, key=len) != own:
        return None
    return unicodedata.normalize("NFC", path.stem)[len(own) :]


def _language(token: str) -> str | None:
    lower = token.lower()
    if lower in NAMES:
        return NAMES[lower]
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", lower):
        return None
    code = canonical(token)
    return code if code and (len(code.split("-")[0]) == 2 or code.split("-")[0] in THREE_LETTERS) else None


def _sidecar(video: Path, path: Path, rest: str) -> Sidecar:
    flags: set[str] = set()
    language: str | None = None
    title: list[str] = []
    hearing = False
    for token in TOKEN.split(rest.strip(" ._-")):
        lower = token.lower().strip("-")
        if lower in {"default", "forced"}:
            flags.add(lower)
        elif lower in HEARING:
            hearing = True
            if lower != "hi":
                flags.add("hearing")
        elif language is None and (code := _language(token.strip("-"))):
            language = code
        elif token.strip("-"):
            title.append(token)
    if hearing and "hearing" not in flags:
        # `hi` with a language means hearing impaired, alone it is Hindi.
        if language is None:
            language = "hi"
        else:
            flags.add("hearing")
    kind = "srt" if extension(path) in FOREIGN else extension(path)
    return Sidecar(
        path=path,
        name=str(path.relative_to(video.parent)).replace("/", ":"),
        codec=CODECS[kind],
        extension=kind,
        language=language,
        title=" ".join(title) or None,
        is_default="default" in flags,
        is_forced="forced" in flags,
        is_hearing_impaired="hearing" in flags,
    )
