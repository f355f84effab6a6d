"""Which files of a folder are videos of the library."""

# ruff: noqa: PTH103, PTH110, PTH118, PTH123 (names that are bytes)

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from kyoo.core.files import content_id, decode_path, encode_path, path_of
from kyoo.scanner.folders import mounts
from kyoo.scanner.folders.walk import LONGEST_PATH, Chunk, Walker, is_video_name
from kyoo.scanner.local.file_names import parse_file
from kyoo.scanner.scanning.comparing import _outermost


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
    make(tmp_path, "elsewhere/y.mkv")
    (root / "away").symlink_to(tmp_path / "elsewhere")
    (root / ".hidden").symlink_to(tmp_path / "elsewhere")
    (root / "gone").symlink_to(tmp_path / "nothing")
    (root / "film.mkv").symlink_to(tmp_path / "elsewhere")
    found, chunk = walked(root)
    assert found == {"real/x.mkv"}
    assert walked(root, root / "again" / "x.mkv")[0] == set()
    # What leads into the library is seen there; what leads away is said.
    assert sorted(Path(problem.path).name for problem in chunk.problems) == ["away", "film.mkv"]
    assert all("outside the library" in problem.reason for problem in chunk.problems)


def test_sidecars_have_a_fingerprint(tmp_path: Path) -> None:
    make(tmp_path, "a/x.mkv", "a/poster.jpg", "b/y.mkv")
    before = walked(tmp_path)[1].sidecars
    assert list(before) == [str(tmp_path / "a")]
    make(tmp_path, "a/movie.nfo")
    assert walked(tmp_path)[1].sidecars != before


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


def test_folders_deeper_than_calls_may_nest(tmp_path: Path) -> None:
    make(tmp_path, "x.mkv")
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=folder)
        above, folder = folder, os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(above)
    os.close(os.open("y.mkv", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
    os.close(folder)
    try:
        files, chunk = walked(tmp_path)
    finally:
        # Python's own rmtree calls itself for each folder.
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)
    assert files == {"x.mkv"}
    (problem,) = chunk.problems
    assert problem.path.startswith(str(tmp_path))
    assert chunk.sidecars == {}


#: What a file system takes as a name: everything but these two bytes.
hostile_names = (
    strategies.one_of(
        strategies.binary(min_size=1, max_size=40),
        strategies.text(min_size=1, max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
        strategies.sampled_from(
            [
                "é".encode("latin-1"),
                unicodedata.normalize("NFC", "é").encode(),
                unicodedata.normalize("NFD", "é").encode(),
                b"a\nb",
                b"\x1b[2J",
                b"\xed\xa0\x80",
                b"x" * 200,
                b"S01E99999999999999999999",
                "\u202e(1999)".encode(),
            ]
        ),
    )
    .map(lambda name: name.replace(b"/", b"_").replace(b"\0", b"_"))
    .filter(lambda name: not name.startswith((b".", b"#", b"$", b"@")))
)


@settings(max_examples=40)
@given(strategies.lists(strategies.lists(hostile_names, min_size=1, max_size=3), min_size=1, max_size=6))
def test_whatever_the_names_are_every_video_is_taken_or_said(trees: list[list[bytes]]) -> None:
    with tempfile.TemporaryDirectory(prefix="kyoo-walk-") as made:
        root = os.fsencode(made)
        made_files = set()
        for *folders, name in trees:
            folder = os.path.join(root, *folders)
            with contextlib.suppress(FileExistsError, NotADirectoryError, OSError):
                os.makedirs(folder, exist_ok=True)
                path = os.path.join(folder, name + b".mkv")
                with open(path, "xb"):
                    made_files.add(path)
        _, chunk = walked(Path(made))
        assert chunk.problems == []
        assert len(chunk.files) == len(made_files)
        assert {os.fsencode(path_of(found.path)) for found in chunk.files} == made_files
        for found in chunk.files:
            assert os.path.exists(decode_path(encode_path(found.path)))
            parse_file(found.path.encode().decode(), [Path(made)])


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "loop", "dangling", "gone"])
def test_what_is_no_file_is_no_video(tmp_path: Path, kind: str) -> None:
    make(tmp_path, "x.mkv")
    path = tmp_path / "y.mkv"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
    elif kind == "folder":
        path.mkdir()
    elif kind in ("loop", "dangling"):
        path.symlink_to(path if kind == "loop" else tmp_path / "nothing")
    assert walked(tmp_path)[0] == {"x.mkv"}
    assert walked(tmp_path, path)[0] == set()
    with pytest.raises(OSError):  # noqa: PT011 (each kind has its own)
        content_id(path)


def test_a_file_that_goes_between_two_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "x.mkv")
    stat = os.stat

    def once(path: Any, **options: Any) -> os.stat_result:
        found = stat(path, **options)
        if str(path).endswith("x.mkv"):
            Path(path).unlink()
        return found

    monkeypatch.setattr(os, "stat", once)
    assert walked(tmp_path, tmp_path / "x.mkv")[0] == set()


def test_slow_calls_are_made_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {
        f"Show {show}/Season {season}/E{number}.mkv" for show in range(12) for season in (1, 2) for number in (1, 2)
    }
    make(tmp_path, *names, *(f"many/{number}.mkv" for number in range(40)))
    order = [found.path for chunk in Walker((tmp_path,)).walk(str(tmp_path)) for found in chunk.files]
    scandir, running, most = os.scandir, set[int](), [0]

    def slow(path: Any) -> Any:
        running.add(threading.get_ident())
        most[0] = max(most[0], len(running))
        time.sleep(0.002)
        running.discard(threading.get_ident())
        return scandir(path)

    monkeypatch.setattr(os, "scandir", slow)
    again = [found.path for chunk in Walker((tmp_path,)).walk(str(tmp_path)) for found in chunk.files]
    assert again == order
    assert len(order) == len(names) + 40
    assert most[0] > 1


def test_which_folders_others_change_unseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mountinfo"
    monkeypatch.setattr(mounts, "TABLE", table)
    lines = {
        "/": "ext4",
        "/library/films": "nfs4",
        "/library/my films": "fuse.rclone",
        "/library/disk": "fuseblk",
        "/library/old": "nfs",
        "/elsewhere": "cifs",
    }
    text = "".join(
        f"{20 + at} 1 0:{at} / {point.replace(' ', chr(92) + '040')} rw shared:1 - {kind} what rw\n"
        for at, (point, kind) in enumerate(lines.items())
    )
    table.write_text(text + "60 20 0:9 / /library/old rw - xfs /dev/sdb rw\nnonsense\n\n")
    assert mounts.shared_below("/library") == ["/library/films", "/library/my films"]
    assert mounts.shared_below("/elsewhere/films") == ["/elsewhere/films"]
    assert mounts.shared_below("/library/films/a") == ["/library/films/a"]
    assert mounts.shared_below("/elsewhere2") == []
    table.unlink()
    assert mounts.shared_below("/library") == []
