"""Tracks that end before the others: sound goes on in silence, the last picture stands still. Some players end where
the first track does."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests import media
from tests.integration.transcoder.conftest import Service, Start
from tests.integration.transcoder.hls import Piece, Stream
from tests.integration.transcoder.test_keyframes import opened, probed
from tests.waiting import until

from kyoo.transcoder.ffmpeg import commands
from kyoo.transcoder.hls.timeline import LONGEST_STILL
from kyoo.transcoder.libav.file import packets

SOUND, PICTURE = 7, 16
#: Bytes of a segment of silence, by the second: fragments of half a second with frames of some bytes.
SILENT = 2_000


def cut(picture: int, sound: int, rate: int = 48_000, codec: str = "aac", channels: int = 2) -> Path:
    """A film whose tracks end after so many seconds."""
    return media.make(
        f"ends-{picture}-{sound}-{rate}-{codec}-{channels}.mkv",
        [
            *("-f", "lavfi", "-i", f"testsrc2=size=160x90:rate=24:duration={picture}"),
            *("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate={rate}:duration={sound}"),
            *("-c:v", "libx264", "-preset", "superfast", "-g", "48", "-pix_fmt", "yuv420p"),
            *("-c:a", codec, "-ac", str(channels), "-b:a", f"{channels * 64}k"),
        ],
    )


async def pieces_of(service: Service, path: Path, where: str) -> tuple[Stream, list[Piece]]:
    """Its segments, which are asked for from the last to the first, each of an encoder of its own."""
    stream = await Stream(service, path, where).open()
    numbers = reversed(range(len(stream.playlist.segments)))
    return stream, [await stream.piece(number) for number in numbers][::-1]


def ends(path: Path) -> dict[int, float]:
    """By the number of the track, of all its packets."""
    found: dict[int, float] = {}
    with opened(path) as file, file.opened() as container:
        for packet in packets(container):
            if packet.size and packet.pts is not None:
                end = (
                    float((packet.pts + (packet.duration or 0)) * packet.time_base) - (container.start_time or 0) / 1e6
                )
                found[packet.stream_index] = max(found.get(packet.stream_index, 0.0), end)
    return found


@pytest.mark.parametrize(("picture", "sound"), [(8, 8), (8, 11), (11, 8)])
@pytest.mark.parametrize("name", ["ends.mkv", "ends.flv", "ends.mp4"])
def test_it_is_known_when_each_track_ends(name: str, picture: int, sound: int) -> None:
    path = media.remuxed(cut(picture, sound, 44_100), name)
    known = probed(path, 30).media
    found = {track.stream: track.end for track in known.videos} | {track.stream: track.end for track in known.audios}
    assert found == pytest.approx(ends(path), abs=0.001)


@pytest.mark.parametrize(
    ("name", "video", "audio", "picture", "sound"),
    [
        ("several.ts", ["libx264", "-bf", "3", "-preset", "superfast"], "eac3", 5, 8),
        ("several.mpg", ["mpeg2video", "-bf", "2"], "ac3", 5, 8),
        ("reordered.ts", ["libx264", "-bf", "3", "-preset", "superfast"], "eac3", 8, 5),
        ("reordered.avi", ["mpeg4", "-bf", "2"], "libmp3lame", 8, 5),
    ],
)
def test_the_last_track_ends_with_its_last_frame(
    name: str, video: list[str], audio: str, picture: int, sound: int
) -> None:
    path = media.make(
        name,
        [
            *("-f", "lavfi", "-i", f"testsrc2=size=160x90:rate=25:duration={picture}"),
            *("-f", "lavfi", "-i", f"sine=sample_rate=44100:duration={sound}"),
            *("-c:v", *video, "-g", "15", "-c:a", audio),
        ],
    )
    assert probed(path, 30).media.end == pytest.approx(max(ends(path).values()), abs=0.002)


@pytest.mark.parametrize(
    ("where", "rate", "codec"),
    [
        *[("audio/0/original", 44_100, "aac"), ("audio/0/original", 48_000, "aac")],
        *[("audio/0/128k", 44_100, "aac"), ("audio/0/128k", 48_000, "aac"), ("audio/0/original", 48_000, "eac3")],
    ],
)
async def test_sound_that_ends_before_the_picture_goes_on_in_silence(
    service: Service, where: str, rate: int, codec: str
) -> None:
    frame = {"aac": 0.025, "eac3": 0.035}[codec]
    stream, pieces = await pieces_of(service, service.add(cut(PICTURE, SOUND, rate, codec)), where)
    for before, after in pairwise(pieces):
        assert before.end == pytest.approx(after.start, abs=frame)
    for piece, start in zip(pieces, stream.starts, strict=True):
        assert piece.start == pytest.approx(start, abs=frame)
        if not piece.start < SOUND < piece.end:
            assert (len(piece.data) < SILENT * (piece.end - piece.start)) == (piece.start > SOUND)
    assert pieces[-1].end == pytest.approx(PICTURE, abs=frame)


@pytest.mark.parametrize("where", ["0/original", "0/240p"])
@pytest.mark.parametrize(("sound", "end"), [(PICTURE + 6, PICTURE + 6), (PICTURE + 30, PICTURE + LONGEST_STILL)])
async def test_the_last_picture_stands_still_for_the_rest_of_the_sound(
    service: Service, where: str, sound: int, end: float
) -> None:
    stream, pieces = await pieces_of(service, service.add(cut(PICTURE, sound)), where)
    assert all(
        piece.start == pytest.approx(start, abs=0.05) for piece, start in zip(pieces, stream.starts, strict=True)
    )
    assert pieces[-1].end == pytest.approx(end, abs=0.05)
    assert sum(piece.samples for piece in pieces) == PICTURE * 24


async def test_silence_is_made_as_it_is_asked_for(start: Start) -> None:
    """All at once an hour of it would take the place of what is watched."""
    service = await start(encode_ahead=10)
    stream = await Stream(service, service.add(cut(120, SOUND)), "audio/0/128k").open()
    (shared,) = [one for key, one in service.app.state.context.sessions._shared.items() if key.kind == "audio"]
    await stream.piece(0)
    (encoder,) = shared.rendition.encoders
    await stream.piece(2)
    await until(lambda: encoder.is_ahead)
    position = encoder.position
    assert SOUND < stream.starts[position] < 40
    await asyncio.sleep(0.5)
    assert encoder.position == position
    assert (await stream.piece(position + 3)).start == pytest.approx(stream.starts[position + 3], abs=0.025)


async def test_sound_of_which_no_silent_frame_is_known_ends_by_itself(service: Service) -> None:
    path = service.add(cut(PICTURE, SOUND, channels=8))
    for where, end in (("audio/0/original", SOUND), ("audio/0/128k", PICTURE)):
        _, pieces = await pieces_of(service, path, where)
        assert pieces[-1].end == pytest.approx(end, abs=0.05)


async def test_sound_that_breaks_off_does_not_go_on_in_silence(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be the disk that does not answer: what was silent then would be kept."""
    arguments = commands.audio_arguments

    def breaking_off(*given: Any) -> list[str]:
        whole = arguments(*given)
        here = whole.index("-i")
        return [*whole[:here], "-to", "6", *whole[here:]]

    path = service.add(cut(PICTURE, PICTURE))
    monkeypatch.setattr(commands, "audio_arguments", breaking_off)
    stream = await Stream(service, path, "audio/0/original").open()
    assert (await stream.piece(0)).samples > 20
    assert (await stream.piece(3)).end == pytest.approx(6, abs=0.1)
    assert stream.starts[4] > 7
