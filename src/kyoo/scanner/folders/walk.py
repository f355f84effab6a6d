"""Walking the library folders: which files count as videos, and what lies beside them. No content, no database."""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH112, PTH114, PTH116, PTH118, PTH120

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import os
import re
import stat
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kyoo.core.files import path_of, text_of
from kyoo.scanner.folders.abreast import AT_ONCE, TRIED, Abreast

VIDEO_EXTENSIONS = frozenset(
    """
    3g2 3gp asf avi divx dv f4v flv m1v m2t m2ts m2v m4v mk3d mkv mov mp4 mpe mpeg mpg mpv mts mxf ogm ogv qt rm rmvb
    ts vob webm wmv wtv xvid
    """.split()  # noqa: SIM905 (a table reads best as one text)
)
PICTURE_EXTENSIONS = frozenset(["jpg", "jpeg", "png", "webp", "gif", "avif"])
SIDECAR_EXTENSIONS = PICTURE_EXTENSIONS | {"nfo"}

#: Folders that storage boxes and desktops make for themselves. Hidden ones are left out as well.
SYSTEM_FOLDERS = frozenset(
    [
        "@eadir",
        "@recycle",
        "@recently-snapshot",
        "#recycle",
        "#snapshot",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "trash",
    ]
)
IGNORE_FILE = ".ignore"

#: Bytes of a path. PostgreSQL indexes no more than 2,700, and a URL that carries the path has to fit as well.
LONGEST_PATH = 2000

#: Bigger steps would hold back the first titles, smaller ones cost thread switches.
CHUNK_FILES = 5000
CHUNK_SECONDS = 0.25


class FoundFile(NamedTuple):
    """A video file. `mount` is the mounted volume that holds it, None for the machine's own root."""

    path: str
    size: int
    mtime_ns: int
    inode: int
    mount: str | None


class Problem(NamedTuple):
    """A video file or a folder that cannot be taken; `path` is how it can be shown."""

    path: str
    reason: str


@dataclass
class Chunk:
    """A part of a walk. `sidecars`: folder → fingerprint of the .nfo files and pictures in it."""

    files: list[FoundFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sidecars: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_video_name(name: str) -> bool:
    return extension(name) in VIDEO_EXTENSIONS and not name.startswith(".")


def is_sidecar_name(name: str) -> bool:
    return extension(name) in SIDECAR_EXTENSIONS and not name.startswith(".")


def is_skipped_folder(name: str) -> bool:
    return name.startswith(".") or name.lower() in SYSTEM_FOLDERS


def problem_of_name(text: str) -> Problem | None:
    """Why a path cannot be taken as it is."""
    raw = text.encode()
    if len(raw) > LONGEST_PATH:
        half = LONGEST_PATH // 10
        ends = [raw[:half], raw[-half:]]
        shown = "…".join(end.decode("utf-8", "backslashreplace") for end in ends)
        return Problem(shown, f"The path has {len(raw)} bytes, more than {LONGEST_PATH}; shorten it")
    return None


class Walker:
    """Walks below the library roots. Symbolic links to folders are not followed; a folder that holds `.ignore` is
    left out with all below it; files whose full path matches `ignore` from its start are left out.

    Whoever asks names paths by their texts (`text_of`), and is answered in texts."""

    def __init__(self, roots: tuple[Path, ...], ignore: re.Pattern[str] | None = None) -> None:
        self._roots = tuple(text_of(root) for root in roots)
        self._real_roots = tuple(os.path.realpath(root) for root in roots)
        self._ignore = ignore

    def root_of(self, path: str) -> str | None:
        return next((root for root in self._roots if path == root or path.startswith(root.rstrip("/") + "/")), None)

    def walk(self, scope: str) -> Iterator[Chunk]:
        """The videos at or below `scope`, a folder or a file in a root; one chunk a folder. What is not there, or is
        left out by a rule, gives nothing."""
        text_root = self.root_of(scope)
        if text_root is None:
            return
        root, scope = path_of(text_root), path_of(scope)
        if self._hidden_above(root, scope):
            return
        try:
            status = os.stat(scope, follow_symlinks=scope == root)
        except FileNotFoundError:
            return
        except OSError:
            yield Chunk(unreadable=[text_of(scope)])
            return
        if stat.S_ISDIR(status.st_mode):
            yield from self._folder(scope, status.st_dev, mount_of(scope))
        else:
            chunk = Chunk()
            folder, name = os.path.split(scope)
            if is_video_name(name):
                with contextlib.suppress(OSError):  # gone since the look at it
                    self._file(scope, chunk, mount_of(folder))
            yield chunk

    def _hidden_above(self, root: str, scope: str) -> bool:
        """Whether a folder between the root and `scope` is left out."""
        folder = root
        parts = scope[len(root.rstrip("/")) :].strip("/").split("/") if scope != root else []
        for part in parts:
            if os.path.lexists(os.path.join(folder, IGNORE_FILE)):
                return True
            folder = os.path.join(folder, part)
            if part.startswith(".") or (part.lower() in SYSTEM_FOLDERS and os.path.isdir(folder)):
                return True
            if os.path.islink(folder) and os.path.isdir(folder):
                return True
        return False

    def _folder(self, path: str, device: int, mount: str | None) -> Iterator[Chunk]:
        # Not recursive: folders can lie deeper in each other than calls may.
        waiting = [(path, device, mount)]
        looks, statuses = Abreast(_look), Abreast(_status)
        try:
            while waiting:
                path, device, mount = waiting.pop()
                try:
                    on, entries = looks.get(path, (folder for folder, *_ in reversed(waiting[-AT_ONCE:])))
                except OSError as error:
                    yield self._unreadable(path, error)
                    continue
                if any(entry.name == IGNORE_FILE for entry in entries):
                    continue
                mount = mount if on == device else path
                _ask(statuses, entries)
                chunk, folders = self._entries(path, entries, mount)
                yield chunk
                waiting += ((folder.path, on, mount) for folder in reversed(folders))
        finally:
            looks.close()
            statuses.close()

    def _entries(
        self, path: str, entries: list[os.DirEntry[str]], mount: str | None
    ) -> tuple[Chunk, list[os.DirEntry[str]]]:
        """What lies in a folder: the videos and what is beside them, and the folders to look into."""
        chunk = Chunk()
        folders: list[os.DirEntry[str]] = []
        sidecars: list[str] = []
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    if not is_skipped_folder(entry.name):
                        folders.append(entry)
                elif entry.is_symlink() and entry.is_dir():
                    self._linked_folder(entry, chunk)
                elif is_video_name(entry.name):
                    self._file(entry.path, chunk, mount, entry)
                elif is_sidecar_name(entry.name):
                    status = entry.stat()
                    sidecars.append(f"{entry.name}\0{status.st_size}\0{status.st_mtime_ns}")
            except OSError:  # gone between listing and looking, or a dangling link
                continue
        if sidecars and problem_of_name(text_of(path)) is None:
            text = "\n".join(sidecars).encode("utf-8", "surrogateescape")
            chunk.sidecars[text_of(path)] = hashlib.blake2b(text, digest_size=16).hexdigest()
        return chunk, folders

    def _linked_folder(self, entry: os.DirEntry[str], chunk: Chunk) -> None:
        """One that leads to a place in the library is seen there, once; into all others nobody may look."""
        text = text_of(entry.path)
        left_out = is_skipped_folder(entry.name) or (self._ignore is not None and self._ignore.match(text))
        if left_out or problem_of_name(text) is not None or self._inside(entry.path):
            return
        chunk.problems.append(
            Problem(text, "The folder is a link that leads outside the library: name its target as a folder of it, too")
        )

    def _file(self, path: str, chunk: Chunk, mount: str | None, entry: os.DirEntry[str] | None = None) -> None:
        text = text_of(path)
        if self._ignore is not None and self._ignore.match(text):
            return
        status = entry.stat() if entry is not None else os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return
        problem = problem_of_name(text)
        if problem is not None:
            chunk.problems.append(problem)
        elif (entry.is_symlink() if entry is not None else os.path.islink(path)) and not self._inside(path):
            chunk.problems.append(Problem(text, "The link leads outside the library"))
        else:
            inode = status.st_ino & 0x7FFF_FFFF_FFFF_FFFF
            on = None if mount is None else text_of(mount)
            chunk.files.append(FoundFile(text, status.st_size, status.st_mtime_ns, inode, on))

    def _unreadable(self, path: str, error: OSError) -> Chunk:
        """A folder that cannot be looked into. What is wrong with a whole root is said elsewhere."""
        text = text_of(path)
        chunk = Chunk(unreadable=[text])
        gone_meanwhile = isinstance(error, FileNotFoundError)
        if text not in self._roots and not gone_meanwhile:
            where, _ = problem_of_name(text) or (text, None)
            chunk.problems.append(Problem(where, f"The folder cannot be read: {error.strerror}"))
        return chunk

    def _inside(self, path: str) -> bool:
        real = os.path.realpath(path)
        return any(real == root or real.startswith(root.rstrip("/") + "/") for root in self._real_roots)

    async def chunks(self, scopes: list[str]) -> AsyncIterator[Chunk]:
        """All walks together, in a thread, joined to chunks of some size or time."""
        steps = (step for scope in scopes for step in self.walk(scope))
        while (chunk := await asyncio.to_thread(_join, steps)) is not None:
            yield chunk


def _join(steps: Iterator[Chunk]) -> Chunk | None:
    joined = Chunk()
    until = time.monotonic() + CHUNK_SECONDS
    for step in steps:
        joined.files += step.files
        joined.problems += step.problems
        joined.sidecars |= step.sidecars
        joined.unreadable += step.unreadable
        if len(joined.files) >= CHUNK_FILES or time.monotonic() > until:
            return joined
    return joined if joined.files or joined.problems or joined.sidecars or joined.unreadable else None


def _look(path: str) -> tuple[int, list[os.DirEntry[str]]]:
    """The device of a folder, and what is in it."""
    with os.scandir(path) as scan:
        entries = sorted(scan, key=lambda entry: entry.name)
    return os.stat(path).st_dev, entries


def _counts(entry: os.DirEntry[str]) -> bool:
    """Whether its status will be asked for."""
    return is_video_name(entry.name) or is_sidecar_name(entry.name)


def _ask(statuses: Abreast[os.DirEntry[str], None], entries: list[os.DirEntry[str]]) -> None:
    """Have the entries know their status, which they keep; where that is quick, they are asked when it is needed."""
    counting = filter(_counts, entries)
    for _ in statuses.each(list(itertools.islice(counting, TRIED))):
        pass
    if statuses.is_slow:
        for _ in statuses.each(list(counting)):
            pass


def _status(entry: os.DirEntry[str]) -> None:
    with contextlib.suppress(OSError):  # said by whoever asks again
        entry.stat()


def mount_of(path: str) -> str | None:
    """The mounted volume that holds `path`, None for the machine's own root."""
    while path != "/":
        if os.path.ismount(path):
            return path
        path = os.path.dirname(path)
    return None
