"""Folders of pictures and the like: nothing of a killed process stays in them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import obstore

from kyoo.core.blobs import open_store, remove_unfinished


def test_what_was_half_written_goes_when_it_is_old(tmp_path: Path) -> None:
    for name in ("posters/a.webp", "posters/a.webp#1", "posters/b.webp#12", "a#b.webp", "c#1.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"a picture")
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / "d.webp#1").write_bytes(b"is being written")
    hidden = {"posters/a.webp#1", "posters/b.webp#12", "d.webp#1"}
    listed = {meta["path"] for meta in obstore.list(open_store(tmp_path)).collect()}
    assert listed == {"posters/a.webp", "a#b.webp", "c#1.webp"}, "the store names its unfinished files otherwise"

    assert remove_unfinished(tmp_path) == 2
    there = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert there == listed | {"d.webp#1"}
    assert remove_unfinished(f"file://{tmp_path}", older=timedelta(0)) == 1
    assert not hidden & {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}


def test_an_object_store_keeps_nothing_unfinished() -> None:
    assert remove_unfinished("s3://a-bucket/pictures") == 0
