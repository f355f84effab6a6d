"""Files that come with a release and are not shown: samples of a film, notices of the site it came from. So are named
many, so only those are taken that are small beside the film they came with."""

# Paths are strings here: a Path for each of 100,000 files costs more than the look at it.
# ruff: noqa: PTH119, PTH120

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kyoo.core.files import path_of, text_of
from kyoo.scanner.folders.walk import FoundFile, is_video_name
from kyoo.scanner.local import file_names
from kyoo.scanner.naming.extras import extra_folder
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.naming.paths import without_extension
from kyoo.scanner.naming.tags import is_notice
from kyoo.scanner.naming.titles import normalise

#: What it came with has at least so many times its bytes.
SHARE = 4
LARGEST_SAMPLE = 2**30
LARGEST_NOTICE = 100 * 2**20


class Leftovers:
    """Judges the files of a library; looks into each folder once."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self._roots = tuple(roots)
        self._videos: dict[str, list[tuple[str, int]]] = {}

    def judge(self, found: FoundFile, parsed: ParsedName) -> tuple[ParsedName, str | None]:
        """What the file is, and why it is left out, if it is: a "sample" that belongs to nothing is a film."""
        folder, name = os.path.split(found.path)
        if is_notice(without_extension(name)) and found.size <= LARGEST_NOTICE:
            beside = self._larger(folder, found)
            if beside:
                return replace(parsed, kind="extra", extra_kind="notice"), f"A notice of a site, beside {beside[0]}"
        if parsed.kind != "extra" or parsed.extra_kind != "sample":
            return parsed, None
        if found.size <= LARGEST_SAMPLE and (whole := self._sampled(found, parsed)):
            return parsed, f"A sample of {whole}"
        return file_names.parse_file(found.path, self._roots, samples=False), None

    def _sampled(self, found: FoundFile, parsed: ParsedName) -> str | None:
        """The video that this is a sample of: the only one beside it, or one of the same title."""
        folder = os.path.dirname(found.path)
        beside = self._larger(folder, found)
        inside = extra_folder([os.path.basename(folder)])
        if inside and inside[1] == "sample":
            folder = os.path.dirname(folder)
            beside = self._larger(folder, found)
        if len(beside) == 1:
            return beside[0]
        title = normalise(parsed.title)
        titles = ((name, file_names.parse_file(f"{folder}/{name}", self._roots).title) for name in beside)
        return next((name for name, other in titles if normalise(other) == title), None)

    def _larger(self, folder: str, found: FoundFile) -> list[str]:
        if folder not in self._videos:
            self._videos[folder] = _videos_in(folder)
        return [name for name, size in self._videos[folder] if size >= SHARE * max(found.size, 1)]


def _videos_in(folder: str) -> list[tuple[str, int]]:
    try:
        with os.scandir(path_of(folder)) as scan:
            return sorted((text_of(entry.name), entry.stat().st_size) for entry in scan if is_video_name(entry.name))
    except OSError:  # gone meanwhile
        return []
