"""A path cut into the names that are read: folders, the file's stem. What the names say is read elsewhere."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from kyoo.scanner.naming.vocabulary import SIDECAR_EXTENSIONS, VIDEO_EXTENSIONS

MAX_FOLDERS = 5  # the folders nearest to the file; what lies above organises the library
MAX_PATH = 4096

_SLASH_IN_RELEASE = re.compile(r"\s/|/\s|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$")


_REVERSED = re.compile(r"(?<![^\W_])(?:p027|p0801|p0612|[0-9]{2,3}E-?[0-9]{2}S)(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Path:
    """`folders` from the outermost to the innermost, `stem` the file's name less its extension, `full` the path."""

    folders: tuple[str, ...]
    stem: str
    full: str


def split_path(path: str) -> Path:
    """Cut at slashes. A relative text with slashes that no path has (`Title / Other`, `(2016/S01/WEB)`) is one name."""
    path = path.replace("\\", "/") if "/" not in path and "\\" in path else path
    if len(path) > MAX_PATH:
        path = path[-MAX_PATH:]
    pieces = [path] if not path.startswith("/") and _SLASH_IN_RELEASE.search(path) else _outside_brackets(path)
    names = [piece for piece in pieces if piece.strip(" .")]
    if not names:
        return Path((), "", path)
    stem = without_extension(names[-1])
    stem = _unquoted(_unreversed(stem))
    return Path(tuple(_unquoted(without_extension(name)) for name in names[:-1][-MAX_FOLDERS:]), stem, path)


def _outside_brackets(path: str) -> list[str]:
    """Split at slashes, except (in a relative text) inside a bracket that is closed later in the text."""
    pieces = path.split("/")
    if path.startswith("/") or len(pieces) == 1:
        return pieces
    joined: list[str] = []
    depth = 0
    for piece in pieces:
        if depth > 0:
            joined[-1] += "/" + piece
        else:
            joined.append(piece)
        depth += sum(c in "([【" for c in piece) - sum(c in ")]】" for c in piece)
        depth = max(depth, 0)
    return joined if depth == 0 else pieces


def _unquoted(name: str) -> str:
    """Some programs save a file under the name that its address has: `Night%20Ferry%20%282018%29`."""
    if "%20" not in name or " " in name:
        return name
    return "".join(c if c.isprintable() else " " for c in unquote(name))


def _unreversed(stem: str) -> str:
    """Some uploaders write the whole name backwards: `puorG-p027.10E20S.emaN`."""
    return stem[::-1] if _REVERSED.search(stem) else stem


def without_extension(name: str) -> str:
    """The name without the extension of a video or of a file that goes with one; other dots belong to the name."""
    stem, dot, extension = name.rpartition(".")
    if (
        dot
        and stem
        and (extension.lower().strip() in VIDEO_EXTENSIONS or extension.lower().strip() in SIDECAR_EXTENSIONS)
    ):
        return stem
    if re.search(r"\((?:[0-9.]+ ?[gm]b)\)$", extension.lower()):
        return without_extension(name[: name.rindex("(")].rstrip())
    return name
