"""Which files of a folder are videos of the library."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from kyoo.scanner.library import _outermost
from kyoo.scanner.walk import LONGEST_PATH, Chunk, Walker, displayable, is_video_name


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def walked(root: Path, scope: Path | None = None, ignore: str | None = None) -> tuple[set[str], Chunk]:
    walker = Walker((root,), re.compile(ignore) if ignore else None)
    joined = Chunk()
    for chunk in walker.walk(str(scope or root)):
        joined.files += chunk.files
        joined.problems += chunk.problems
        joined.unreadable += chunk.unreadable
        joined.sidecars |= chunk.sidecars
    return {str(Path(found.path).relative_to(root)) for found in joined.files}, joined


@pytest.mark.parametrize("name", ["a.mkv", "A.MKV", "b.mp4", "c.webm", "d.m2ts", "e.rmvb", "…….avi"])
def test_videos(name: str) -> None:
    assert is_video_name(name)


@pytest.mark.parametrize(
    "name", ["a.mkv.part", "a.mkv.!qB", "a.mkv.crdownload", "._a.mkv", ".mkv", "a.srt", "mkv", "a.iso", "a.mkv~", "a."]
)
def test_not_videos(name: str) -> None:
    assert not is_video_name(name)


def test_scopes(tmp_path: Path) -> None:
    make(tmp_path, "a/b/x.mkv", "a/y.mkv", "c/.ignore", "c/d/z.mkv", ".h/e/w.mkv", "f/@eaDir/g/v.mkv")
    assert walked(tmp_path)[0] == {"a/b/x.mkv", "a/y.mkv"}
    assert walked(tmp_path, tmp_path / "a/b")[0] == {"a/b/x.mkv"}
    assert walked(tmp_path, tmp_path / "a/y.mkv")[0] == {"a/y.mkv"}
    for left_out in ("c/d", "c/d/z.mkv", ".h/e", "f/@eaDir/g", "f/@eaDir/g/v.mkv", "absent"):
        assert walked(tmp_path, tmp_path / left_out)[0] == set()
    assert walked(tmp_path, tmp_path.parent)[0] == set()


def test_the_pattern_is_matched_from_the_start(tmp_path: Path) -> None:
    make(tmp_path, "downloads/x.mkv", "y.mkv")
    assert walked(tmp_path, ignore=r".*/[dD]ownloads?/.*")[0] == {"y.mkv"}
    assert walked(tmp_path, ignore="downloads")[0] == {"downloads/x.mkv", "y.mkv"}


def test_linked_folders_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, "real/x.mkv")
    (root / "again").symlink_to(root / "real")
    (root / "loop").symlink_to(root)
    assert walked(root)[0] == {"real/x.mkv"}
    assert walked(root, root / "again" / "x.mkv")[0] == set()


def test_sidecars_have_a_fingerprint(tmp_path: Path) -> None:
    make(tmp_path, "a/x.mkv", "a/poster.jpg", "b/y.mkv")
    before = walked(tmp_path)[1].sidecars
    assert list(before) == [str(tmp_path / "a")]
    make(tmp_path, "a/movie.nfo")
    assert walked(tmp_path)[1].sidecars != before


def test_paths_that_cannot_be_shown() -> None:
    assert displayable("/a/é.mkv") is None
    assert displayable("/a/\udce9.mkv") == "/a/\\xe9.mkv"


def test_a_path_the_database_cannot_hold_is_a_problem(tmp_path: Path) -> None:
    make(tmp_path, "x.mkv")
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(LONGEST_PATH // 240 + 1):
        os.mkdir("é" * 120, dir_fd=folder)
        above, folder = folder, os.open("é" * 120, os.O_RDONLY, dir_fd=folder)
        os.close(above)
    os.close(os.open("y.mkv", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
    os.close(os.open("poster.jpg", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
    os.close(folder)
    files, chunk = walked(tmp_path)
    assert files == {"x.mkv"}
    (problem,) = chunk.problems
    assert problem.path.startswith(str(tmp_path))
    assert problem.path.endswith("/y.mkv")
    assert len(problem.path.encode()) < LONGEST_PATH
    assert "shorten it" in problem.reason
    assert chunk.sidecars == {}


def test_a_folder_that_cannot_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/x.mkv", "b/y.mkv")
    scandir = os.scandir

    def refuse(path: Any) -> Any:
        if path == str(tmp_path / "a") or path == str(tmp_path) == refused:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    refused = ""
    monkeypatch.setattr(os, "scandir", refuse)
    files, chunk = walked(tmp_path)
    assert files == {"b/y.mkv"}
    assert chunk.unreadable == [str(tmp_path / "a")]
    assert chunk.problems == [(str(tmp_path / "a"), "The folder cannot be read: Permission denied")]
    refused = str(tmp_path)
    assert walked(tmp_path)[1] == Chunk(unreadable=[str(tmp_path)])


def test_scopes_inside_others_are_dropped() -> None:
    assert _outermost(["/a/b", "/a", "/a-b", "/a/b/c", "/c/d"]) == ["/a", "/a-b", "/c/d"]
