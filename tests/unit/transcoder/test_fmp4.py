"""Fragments written are fragments read; scratch folders of the dead are removed."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.transcoder.hls.fmp4 import (
    NON_SYNC,
    MalformedError,
    Sample,
    TrackHeader,
    boxes,
    is_whole,
    read_fragment,
    write_fragment,
)
from kyoo.transcoder.hls.segments import Scratch

HEADER = TrackHeader(track_id=1, timescale=90_000, duration=0, size=0, flags=0)

samples = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(-9000, 9000), st.booleans(), st.binary(max_size=40)), min_size=1
)


def split(data: bytes) -> tuple[bytes, bytes]:
    moof, mdat = [(start - 8, end) for _, start, end in boxes(memoryview(data))]
    return data[slice(*moof)], data[slice(*mdat)]


@given(samples, st.integers(0, 2**40))
def test_a_written_fragment_reads_the_same(rows: list[tuple[int, int, bool, bytes]], base: int) -> None:
    written, dts = [], base
    for duration, offset, sync, data in rows:
        written.append(Sample(dts, duration, offset, 0 if sync else NON_SYNC, memoryview(data)))
        dts += duration
    moof, mdat = split(write_fragment(HEADER, 7, written, base))
    read = read_fragment(moof, mdat, HEADER)
    assert [(one.dts, one.duration, one.offset, one.is_sync, bytes(one.data)) for one in read] == [
        (one.dts, one.duration, one.offset, one.is_sync, bytes(one.data)) for one in written
    ]


@given(st.binary(max_size=300))
def test_noise_is_refused_not_believed(noise: bytes) -> None:
    whole = write_fragment(HEADER, 1, [Sample(0, 1, 0, 0, memoryview(b"abc"))], 0)
    moof, mdat = split(whole)
    for damaged in (noise, moof[:-8] + noise[:8], moof[: len(moof) // 2] + noise):
        try:
            read_fragment(damaged, mdat, HEADER)
        except MalformedError:
            continue


def test_scratch_keeps_the_living_and_removes_the_dead(tmp_path: Path) -> None:
    base = tmp_path / "kyoo_cache"
    for name in ("dead", "alive"):
        (base / name).mkdir(parents=True)
        (base / name / "lock").touch()
        (base / name / "1.mp4").touch()
    held = os.open(base / "alive" / "lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    scratch = Scratch(tmp_path)
    scratch.open()
    assert scratch.folder.is_dir()
    assert (base / "alive" / "1.mp4").exists()
    assert not (base / "dead").exists()
    other = Scratch(tmp_path)
    other.open()
    assert scratch.folder.is_dir()
    scratch.close()
    other.close()
    os.close(held)
    assert [path.name for path in base.iterdir()] == ["alive"]


def test_scratch_that_cannot_be_made_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    scratch = Scratch(tmp_path / "file")
    scratch.open()
    scratch.close()
    with pytest.raises(OSError, match="Not a directory"):
        (scratch.folder / "x").write_bytes(b"")


@pytest.mark.parametrize(
    ("data", "unit", "whole"),
    [
        (b"\0\0\0\2ab\0\0\0\1c", 4, True),
        (b"\0\2ab\1c", 1, False),
        (b"\2ab\1c", 1, True),
        (b"\0\0\0\2ab\0\0\0\2c", 4, False),
        (b"\0\0\0\2ab\0\0", 4, False),
        (b"\0\0\0\2ab" + bytes(8), 4, False),
        (bytes(13), 0, False),
        (b"\0\0a", 0, True),
        (b"", 0, False),
    ],
)
def test_a_damaged_sample_is_told_from_a_whole_one(data: bytes, unit: int, whole: bool) -> None:
    assert is_whole(memoryview(data), unit) is whole
