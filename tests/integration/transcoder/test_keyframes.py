"""Keyframes from the container's index are those of the packets, whatever the container and the encoder."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests import media
from tests.integration.transcoder.conftest import Service, Start
from tests.integration.transcoder.hls import Stream, decoded
from tests.samples import sampled

from kyoo.transcoder.libav import keyframes
from kyoo.transcoder.libav.file import MediaFile, packets
from kyoo.transcoder.libav.keyframes import ProbeTimeoutError, from_index, from_packets
from kyoo.transcoder.libav.pool import open_readers
from kyoo.transcoder.libav.probe import probe
from kyoo.transcoder.models.media import Probed

OPEN = {
    "libx264": ["-x264-params", "open-gop=1:keyint=50:bframes=8"],
    "libx265": ["-x265-params", "log-level=error:open-gop=1:keyint=50:bframes=8"],
}


@contextmanager
def opened(path: Path) -> Iterator[MediaFile]:
    descriptors = open_readers(path)
    yield MediaFile(descriptors)
    for descriptor in descriptors:
        os.close(descriptor)


def probed(path: Path, patience: float) -> Probed:
    with opened(path) as file:
        return probe(file, "x", patience)


def film(codec: str, name: str) -> Path:
    made = media.movie(name="open.mkv", seconds=20, size="320x180", codec=codec, video_options=OPEN[codec])
    return made if name == "open.mkv" else media.remuxed(made, name)


@pytest.mark.parametrize("codec", list(OPEN))
@pytest.mark.parametrize("name", ["open.mkv", "open.mp4", "open.mov"])
def test_the_index_tells_the_same_as_the_packets(codec: str, name: str) -> None:
    path = film(codec, name)
    with opened(path) as file, file.opened() as container:
        found = from_index(file, container, container.streams.video[0], 20, float("inf"))
    with opened(path) as file, file.opened() as container:
        read = from_packets(container, container.streams.video[0], float("inf"))
    assert found is not None
    assert [time for group in found for time in group] == pytest.approx([time for group in read for time in group])
    assert any(group.shown_from < group.keyframe for group in read[1:])
    assert len(read) >= 10


@pytest.mark.parametrize("name", ["open.ts", "open.fragmented.mp4", "open.noindex.mkv"])
def test_packets_are_read_where_there_is_no_index(name: str) -> None:
    plain = film("libx264", "open.mkv")
    options = {
        "open.ts": [],
        "open.fragmented.mp4": ["-movflags", "frag_keyframe+empty_moov"],
        "open.noindex.mkv": ["-live", "1"],
    }[name]
    path = media.remuxed(plain, name, *options)
    found = probed(path, 30)
    known, wanted = found.media, probed(plain, 30).media
    assert found.complete
    assert known.videos[0].keyframes == pytest.approx(wanted.videos[0].keyframes, abs=0.1)
    assert known.videos[0].end == pytest.approx(20, abs=0.2)


def test_reading_packets_has_a_limit() -> None:
    path = media.remuxed(film("libx264", "open.mkv"), "open.ts")
    with opened(path) as file, file.opened() as container, pytest.raises(ProbeTimeoutError):
        from_packets(container, container.streams.video[0], 0)
    found = probed(path, 0)
    assert not found.complete
    assert found.media.videos[0].keyframes == []


@pytest.mark.parametrize("share", [0.3, 0.95])
def test_a_copy_that_broke_off_plays_as_far_as_it_goes(tmp_path: Path, share: float) -> None:
    """The index was at its end, and its picture begins after the start."""
    later = ["-bsf:v", "setts=pts=PTS+12:dts=DTS+12"]
    whole = media.movie(name="late.mkv", seconds=4, size="320x180", gop=250, video_options=later)
    path = tmp_path / "late.mkv"
    path.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    found = probed(path, 30)
    assert found.complete
    assert len(found.media.videos[0].keyframes) == 1


def packets_of(path: Path, *streams: int) -> list[tuple[int, int | None]]:
    with opened(path) as file, file.opened() as container:
        wanted = [container.streams[number] for number in streams]
        return [(one.stream_index, one.pts) for one in packets(container, *wanted) if one.size]


@pytest.fixture
def filled_memory() -> Iterator[None]:
    """What is taken of memory is not 0 by chance (M_PERTURB of mallopt(3))."""
    fill = ctypes.CDLL(None).mallopt
    assert fill(-6, 0x5A)
    yield
    fill(-6, 0)


def with_a_text(flv: bytes) -> bytes:
    """Behind the tag in the middle of the file comes one of a text (Adobe's Flash Video specification 10.1, E.4)."""
    strings = [len(word).to_bytes(2, "big") + word for word in (b"onTextData", b"type", b"Text", b"text", b"words")]
    called, *members = strings
    body = b"\x02" + called + b"\x08" + (2).to_bytes(4, "big") + b"%s\x02%s%s\x02%s" % tuple(members) + b"\0\0\x09"
    here = 13
    while here < len(flv) // 2:
        here += 11 + int.from_bytes(flv[here + 1 : here + 4], "big") + 4
    head = b"\x12" + len(body).to_bytes(3, "big") + flv[here + 4 : here + 8] + bytes(3)
    return flv[:here] + head + body + (len(head) + len(body)).to_bytes(4, "big") + flv[here:]


@pytest.mark.usefixtures("filled_memory")
def test_a_track_that_is_met_late_costs_no_packet_of_the_others(tmp_path: Path) -> None:
    """FLV tells of a track when the first of it comes; damage is read as one, too. PyAV looks for it beyond its list of
    the tracks that are wanted."""
    whole = media.movie(name="whole.flv", seconds=8, size="320x180")
    path = tmp_path / "text.flv"
    path.write_bytes(with_a_text(whole.read_bytes()))
    there = packets_of(whole)
    assert packets_of(path) == packets_of(path, 0, 1) == there
    for number in (0, 1):
        assert packets_of(path, number) == [one for one in there if one[0] == number]


def test_an_index_that_lies_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    path = film("libx264", "open.mkv")
    monkeypatch.setattr(keyframes, "_shown_at", lambda *_: (5, 5))
    with opened(path) as file, file.opened() as container:
        assert from_index(file, container, container.streams.video[0], 20, float("inf")) is None


async def test_an_encoder_that_goes_on_has_the_pictures_before_the_keyframe(start: Start) -> None:
    service = await start(preset="superfast", encode_ahead=1)
    stream = await Stream(service, service.add(film("libx265", "open.mkv")), "0/transcode").open()
    pieces = [await stream.piece(0)]
    (shared,) = service.app.state.context.sessions._shared.values()
    for encoder in list(shared.rendition.encoders):
        encoder.end()
        await encoder.ended()
    pieces += [await stream.piece(number) for number in range(1, len(stream.playlist.segments))]
    assert sum(piece.samples for piece in pieces) == 20 * 24


@pytest.mark.parametrize("codec", sampled(OPEN, "libx264".__eq__))
@pytest.mark.parametrize("where", ["0/original", "0/transcode"])
async def test_open_groups_of_pictures_play_completely(
    service: Service, tmp_path: Path, codec: str, where: str
) -> None:
    path = service.add(film(codec, "open.mp4"))
    stream = await Stream(service, path, where).open()
    pieces = await stream.pieces()
    # The pictures that lead an open group are decoded after its keyframe and shown before it.
    for piece, start in zip(pieces, stream.starts, strict=True):
        assert piece.tfdt == pytest.approx(start, abs=0.5)
    assert decoded(stream.init, pieces, tmp_path) == (20 * 24, "")
    later = await Stream(service, path, where, client="other").open()
    service.app.state.context.sessions._shared.clear()
    number = len(pieces) - 2
    assert (await later.piece(number)).tfdt == pytest.approx(stream.starts[number], abs=0.5)
