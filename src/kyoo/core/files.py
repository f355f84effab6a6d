"""Files of the library: how a path travels in a URL, which paths may be named, and what makes a file the same file."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from kyoo.core.errors import BadRequestError, NotFoundError

#: Bytes hashed at the head, in the middle and at the tail of a file.
SAMPLE = 64 * 1024


#: Where the bytes of a name that are not UTF-8 stand in a text: byte 0x80 is U+EF80, and so on to 0xFF (characters for
#: private use, which nobody's names have).
_ESCAPED = re.compile("[\uef80-\uefff]")
_FOREIGN = re.compile("[\uef80-\uefff\udc80-\udcff]")


def text_of(path: str | os.PathLike[str]) -> str:
    """A path of the system as a text that JSON and Postgres can carry. Every path has one, and no two have the same."""
    name = os.fspath(path)
    if name.isascii() or _FOREIGN.search(name) is None:
        return name
    return _FOREIGN.sub(lambda match: "".join(chr(0xEF00 + byte) for byte in os.fsencode(match[0])), name)


def path_of(text: str) -> str:
    """The path of the system that `text_of` gave as this text."""
    if text.isascii() or _ESCAPED.search(text) is None:
        return text
    # Decoded anew: bytes that stand beside each other can be a character.
    return os.fsdecode(os.fsencode(_ESCAPED.sub(lambda match: chr(ord(match[0]) - 0xEF00 + 0xDC00), text)))


def readable(text: str) -> str:
    """The text of a path for readers: what is not UTF-8 was mostly written by old Western programs."""
    return text if text.isascii() else _ESCAPED.sub(lambda match: _western(ord(match[0]) - 0xEF00), text)


def _western(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")


def encode_path(path: str | Path) -> str:
    """base64url without padding (docs/protocol/video.md#paths) of the text of a path: a `str` is such a text, a `Path`
    one of the system."""
    if isinstance(path, Path):
        path = text_of(path)
    return base64.urlsafe_b64encode(os.fsencode(path)).rstrip(b"=").decode()


def decode_path(encoded: str) -> Path:
    """The inverse of `encode_path`, also of the bytes of a path; BadRequestError when it is empty, not base64url,
    or not an absolute path."""
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadRequestError("The path must be base64url without padding") from None
    if not raw.startswith(b"/") or b"\0" in raw:
        raise BadRequestError("The path must be absolute")
    return Path(os.path.normpath(path_of(os.fsdecode(raw))))


class LibraryRoots:
    """The folders of the library; only what is inside them, after symbolic links are resolved, can be named."""

    def __init__(self, roots: Iterable[str | os.PathLike[str]]) -> None:
        self.roots = tuple(Path(os.path.abspath(root)) for root in roots)  # noqa: PTH100 (must not follow links)
        self._real = tuple(Path(os.path.realpath(root)) for root in self.roots)

    def check(self, path: Path) -> Path:
        """`path` itself when it is a readable file inside a root; BadRequestError outside, NotFoundError if absent."""
        if not any(path.is_relative_to(root) for root in (*self.roots, *self._real)):
            raise BadRequestError("The path is outside the library")
        real = Path(os.path.realpath(path))
        if not any(real.is_relative_to(root) for root in self._real):
            raise BadRequestError("The path leads outside the library")
        try:
            readable = real.is_file() and os.access(real, os.R_OK)
        except OSError:  # a name longer than the file system allows
            readable = False
        if not readable:
            raise NotFoundError("No such file")
        return path


def content_id(path: Path) -> str:
    """40 hex digits that identify the content of a file: its size and its head, middle and tail.

    Reads at most 192 kB whatever the size. A rename or a new modification time changes nothing. Raises OSError.
    """
    digest = hashlib.blake2b(digest_size=20)
    # Not blocking: a named pipe that took the place of the file would keep the reader waiting for ever.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is no file")
        size = status.st_size
        digest.update(size.to_bytes(8, "big"))
        for offset in sorted({0, max(0, size // 2 - SAMPLE // 2), max(0, size - SAMPLE)}):
            file.seek(offset)
            digest.update(file.read(SAMPLE))
    return digest.hexdigest()
