"""What is served of every awkward file: whole, joined, from its first picture, and in sync."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import m3u8
import pytest

from tests.integration.transcoder.conftest import Service, Start
from tests.integration.transcoder.hls import Stream
from tests.playing.drawn import drawn
from tests.playing.files import BY_NAME, Awkward
from tests.playing.measure import beeps, clock, flashes, pictures
from tests.samples import sampled

#: What `make test` tries: one file of each kind of fault that was seen.
SAMPLE = {
    *("h264-mp4-index-last", "hevc-ts-open-groups", "xvid-avi", "rate-varies", "rate-1", "interlaced-mpeg2"),
    *("sound-3-s-late", "picture-2-s-late", "hole-in-sound", "mp4-end-missing", "mkv-live", "cut-inside-a-group"),
    *("four-codecs", "sound-alone", "pictures-missing"),
}

#: How many files drawn by lot `make matrix` looks at, how many of them `make test-all`, and which `make test`.
DRAWN, DRAWN_FEW, DRAWN_SAMPLE = int(os.environ.get("DRAWN_FILES", "60")), 12, {0}

#: How much longer (s) than until the next segment begins the last picture of one may be shown.
STILL = 1.5
#: How long (s) a picture may last into what is shown well after it.
BEYOND = 0.2
#: How far (s) what is decoded first in a segment may be, by the time of its decoding, from what is shown first.
EARLIEST = 0.03
#: How much later (s) than it is decoded what comes first may be shown: hls.js looks for it that much around its time.
LATEST = 0.2
#: Two pictures that are nearer to each other (s) are of one time.
NEAREST = 0.0005
#: No encoded segment is longer, whatever the source's groups of pictures; the last one by as much as sound goes on.
LONGEST_ENCODED, LONGEST_STILL = 6.0, 10.0
#: Encoded, the picture before a hole inside a group stands still until the hole ends.
HOLES = {"ts-wide-hole", "mkv-wide-hole", "mp4-wide-hole", "pictures-missing"}
#: How far apart (s) the ends of two tracks may be.
TOGETHER = 0.05
#: Broken off at a place in the file, which is not one time for all tracks.
CUT_OFF = {"mp4-end-missing"}


async def renditions(service: Service, path: Path) -> tuple[list[str], list[str]]:
    """Paths below the file: of pictures the first quality and the last, which is encoded, of sound the default track of
    each group and what is encoded of it."""
    answer = await service.get(path, "master.m3u8")
    assert answer.status_code == 200, answer.text
    master = m3u8.loads(answer.text)
    assert master.playlists
    video = list(
        dict.fromkeys(one.uri.rpartition("/")[0] for one in master.playlists if not one.uri.startswith("audio"))
    )
    named = [one.uri for one in master.media if one.type == "AUDIO" and one.default == "YES"]
    alone = [one.uri for one in master.playlists if one.uri.startswith("audio")]
    audio = list(dict.fromkeys(uri.rpartition("/")[0] for uri in [*named, *alone]))
    # Where only the copy is offered, that is what those get who cannot play it.
    encoded = [where.replace("original", "transcode") for where in video[-1:]]
    heard = [where.replace("original", "128k") for where in audio]
    return list(dict.fromkeys([*video[:1], *encoded])), list(dict.fromkeys([*audio, *heard]))


async def joined(stream: Stream, folder: Path) -> tuple[Path, float]:
    """A whole rendition as one file, and when it ends; every segment of the playlist is there and joins the next."""
    path, where = stream.path, stream.where
    pieces = await stream.pieces()
    assert all(piece.begins_with_sync for piece in pieces)
    if "original" not in where:
        lengths = [segment.duration for segment in stream.playlist.segments]
        assert max(lengths[:-1], default=0.0) <= LONGEST_ENCODED
        assert lengths[-1] <= LONGEST_ENCODED + LONGEST_STILL
    for before, after in pairwise(pieces):
        assert after.start - before.end < 0.1
        assert abs(after.tfdt - before.until) < 0.05, "decode times join"
        assert before.end < after.start + STILL, "nothing is shown for longer than until the next segment"
    # Shaka always, and hls.js where timescales change, take a segment's time of decoding for that of its start.
    assert all(abs(piece.tfdt - piece.start) < EARLIEST for piece in pieces[1:])
    # Sound begins with a frame, and those of ALAC are long.
    near = EARLIEST if where.startswith("0/") else max(EARLIEST, *(piece.longest for piece in pieces))
    assert all(abs(piece.start - stream.starts[piece.number]) < near for piece in pieces[1:])
    assert stream.delay < LATEST
    assert where.startswith("audio/") or min(piece.apart for piece in pieces) > NEAREST
    assert not [piece.holes for piece in pieces if piece.holes]
    assert max(piece.beyond for piece in pieces) < BEYOND, "what stands still is what is shown before a hole"
    if "varies" not in path.name and ("original" in where or path.stem not in HOLES):
        assert max((piece.longest for piece in pieces[:-1]), default=0.0) < 2.5, "no picture stands still for long"
    file = folder / f"{where.replace('/', '-')}.mp4"
    file.write_bytes(stream.init + b"".join(piece.data for piece in pieces))
    return file, pieces[-1].end


def assert_same(found: list[float], truth: list[float], tolerance: float, what: str) -> None:
    """Each pulse of the source is there at its time, and no other."""
    assert len(found) == len(truth), f"{what}: {found} instead of {truth}"
    for time, wanted in zip(found, truth, strict=True):
        assert abs(time - wanted) <= tolerance, f"{what}: {found} instead of {truth}"


@pytest.mark.parametrize("name", sampled(BY_NAME, SAMPLE.__contains__))
async def test_a_file_is_served_whole_and_in_sync(start: Start, tmp_path: Path, name: str) -> None:
    await assert_served(BY_NAME[name], start, tmp_path)


@pytest.mark.parametrize("seed", sampled(range(DRAWN), DRAWN_SAMPLE.__contains__, range(DRAWN_FEW).__contains__))
async def test_a_file_drawn_by_lot_is_served_whole_and_in_sync(start: Start, tmp_path: Path, seed: int) -> None:
    made = drawn(seed)
    try:
        await assert_served(made.file, start, tmp_path)
    except AssertionError as error:
        error.add_note(made.words)
        raise


async def assert_served(file: Awkward, start: Start, tmp_path: Path) -> None:
    name = file.name
    service = await start(preset="superfast")
    source = file.path()
    path = service.add(source, f"{name}{source.suffix}")
    video, audio = await renditions(service, path)
    zero = clock(source)
    flashed = [time - zero for time in flashes(source)] if video else []
    beeped = [time - zero for time in beeps(source)] if audio else []
    streams = [await Stream(service, path, where).open() for where in video]
    assert len({stream.scale for stream in streams}) <= 1, "hls.js begins anew where it changes"
    ends: list[float] = []
    for stream in streams:
        where, (one, end) = stream.where, await joined(stream, tmp_path)
        ends.append(end)
        first = pictures(source)[0] - zero - 0.05
        # Until a first picture that comes late, it stands still: a player would skip what is heard before.
        assert pictures(one)[0] <= first + 0.1, "from the first picture"
        if file.judged:
            begin, end = file.lacking if "original" in where else (0.0, 0.0)
            found, wanted = ([time for time in of if not begin < time < end] for of in (flashes(one, first), flashed))
            assert_same(found, wanted, file.tolerance, f"{where}: flashes")
    for where in audio:
        one, end = await joined(await Stream(service, path, where).open(), tmp_path)
        ends.append(end)
        if file.judged:
            assert_same(beeps(one), beeped, file.tolerance, f"{where}: beeps")
    apart = max(ends) - min(ends)
    assert apart < TOGETHER or name in CUT_OFF, f"some players end where the first track does: {ends}"
