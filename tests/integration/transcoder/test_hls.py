"""Playlists and segments: the rules of RFC 8216 and the tolerances of players (docs/protocol/video.md#segments)."""

from __future__ import annotations

import asyncio
from itertools import islice, pairwise
from pathlib import Path

import av
import httpx2
import m3u8
import pytest
from tests import media
from tests.integration.transcoder.conftest import Service, Start
from tests.integration.transcoder.hls import Stream, decoded
from tests.samples import sampled

CONTAINERS = sampled(["mkv", "mp4", "ts"], "ts".__eq__)
VIDEO = ["0/original", "0/transcode", "0/240p"]


def h264_main(name: str = "movie.mkv", **options: object) -> Path:
    return media.movie(name=name, video_options=["-profile:v", "main"], **options)  # type: ignore[arg-type]


async def test_the_master_playlist_is_valid_and_lists_every_quality_best_first(service: Service) -> None:
    path = service.add(h264_main(audios=[media.Audio(language="fra"), media.Audio(language="eng", channels=2)]))
    answer = await service.get(path, "master.m3u8?clientId=a&x-presign=s")
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    master = m3u8.loads(answer.text)
    uris = [variant.uri for variant in master.playlists]
    assert uris == [f"0/{quality}/index.m3u8?clientId=a&x-presign=s" for quality in ("original", "transcode", "240p")]
    for variant in master.playlists:
        info = variant.stream_info
        assert info.bandwidth >= info.average_bandwidth > 0
        assert info.codecs.split(",")[1] == "mp4a.40.2"
        assert info.audio in {medium.group_id for medium in master.media}
        assert info.closed_captions == "NONE"
    assert master.playlists[0].stream_info.resolution == (640, 360)
    assert master.playlists[0].stream_info.codecs.startswith("avc1.4D40")
    assert master.playlists[2].stream_info.resolution == (426, 240)
    languages = [medium.language for medium in master.media if medium.group_id == "a-original"]
    assert languages == ["fr", "en"]
    assert [medium.default for medium in master.media if medium.group_id == "a-original"] == ["YES", "NO"]
    attributes = [str(variant).splitlines()[0] for variant in master.playlists]
    assert len(set(attributes)) == len(attributes)


@pytest.mark.parametrize("where", VIDEO)
@pytest.mark.parametrize("container", CONTAINERS)
async def test_video_segments_are_seamless_and_complete(
    service: Service, tmp_path: Path, where: str, container: str
) -> None:
    path = h264_main()
    path = service.add(path if container == "mkv" else media.remuxed(path, f"movie.{container}"))
    stream = await Stream(service, path, where).open()
    playlist = stream.playlist
    assert playlist.playlist_type == "vod"
    assert playlist.is_endlist
    assert playlist.is_independent_segments
    assert all(round(segment.duration) <= playlist.target_duration for segment in playlist.segments)
    assert sum(segment.duration for segment in playlist.segments) == pytest.approx(12, abs=0.1)
    pieces = await stream.pieces()
    for piece, start in zip(pieces, stream.starts, strict=True):
        assert piece.begins_with_sync
        assert piece.tfdt == pytest.approx(start, abs=0.1)
    for before, after in pairwise(pieces):
        assert before.end == pytest.approx(after.start, abs=0.04)
    frames, complaints = decoded(stream.init, pieces, tmp_path)
    assert frames == 12 * 24
    assert complaints == ""


def shown(path: Path, count: int = 30) -> list[float]:
    """When libavformat, which many players are made of, shows the first pictures of a file."""
    with av.open(str(path)) as container:
        frames = islice(container.decode(container.streams.video[0]), count)
        return [float(frame.pts * frame.time_base) for frame in frames if frame.pts is not None and frame.time_base]


@pytest.mark.parametrize("where", ["0/original", "0/240p"])
@pytest.mark.parametrize("container", CONTAINERS)
async def test_every_picture_is_shown_at_its_time(start: Start, tmp_path: Path, where: str, container: str) -> None:
    """Pictures that are decoded in another order than they are shown in, copied and encoded."""
    service = await start(preset="superfast")
    source = media.movie(seconds=6, video_options=["-bf", "3"])
    source = source if container == "mkv" else media.remuxed(source, f"movie.{container}")
    with av.open(str(source)) as file:
        zero = (file.start_time or 0) / 1e6
    stream = await Stream(service, service.add(source), where).open()
    joined = tmp_path / "joined.mp4"
    for number in (0, 2):
        joined.write_bytes(stream.init + (await stream.piece(number)).data)
        expected = [time - zero for time in shown(source, 150) if time - zero >= stream.starts[number] - 0.01]
        found = shown(joined, 20)
        assert found == pytest.approx(expected[: len(found)], abs=0.002)


@pytest.mark.parametrize("where", ["audio/0/original", "audio/0/128k"])
@pytest.mark.parametrize("container", CONTAINERS)
async def test_audio_segments_are_seamless_and_complete(
    service: Service, tmp_path: Path, where: str, container: str
) -> None:
    path = h264_main()
    path = service.add(path if container == "mkv" else media.remuxed(path, f"movie.{container}"))
    stream = await Stream(service, path, where).open()
    pieces = await stream.pieces()
    for before, after in pairwise(pieces):
        assert before.end == pytest.approx(after.start, abs=0.02)
    for piece, start in zip(pieces, stream.starts, strict=True):
        assert piece.tfdt == pytest.approx(start, abs=0.1)
    frames, complaints = decoded(stream.init, pieces, tmp_path)
    assert frames == pytest.approx(12 * 48_000 / 1024, abs=4)
    assert complaints == ""


@pytest.mark.parametrize(
    "where",
    sampled(
        ["0/original", "0/transcode", "audio/0/128k", "audio/0/original"],
        {"0/transcode", "audio/0/original"}.__contains__,
    ),
)
async def test_segments_asked_for_in_any_order_join(service: Service, where: str) -> None:
    path = service.add(h264_main(seconds=40, audios=[media.Audio(rate=44_100)]))
    stream = await Stream(service, path, where).open()
    last = len(stream.playlist.segments) - 1
    order = [last, 3, 0, last - 2, 1, last - 1, 4]
    pieces = {number: await stream.piece(number) for number in order}
    for number, piece in pieces.items():
        assert piece.tfdt == pytest.approx(stream.starts[number], abs=0.1)
        if number + 1 in pieces:
            assert piece.end == pytest.approx(pieces[number + 1].start, abs=0.04)


async def test_qualities_can_be_changed_at_every_segment(service: Service) -> None:
    path = service.add(h264_main())
    streams = [await Stream(service, path, where).open() for where in VIDEO]
    assert len({tuple(stream.starts) for stream in streams}) == 1
    count = len(streams[0].playlist.segments)
    pieces = [await streams[number % 3].piece(number) for number in range(count)]
    for before, after in pairwise(pieces):
        assert before.end == pytest.approx(after.start, abs=0.04)


async def test_qualities_can_be_changed_wherever_a_copied_segment_ends(service: Service) -> None:
    """Of a source with a keyframe every 10 s the copy has long segments, encoded qualities have short ones."""
    path = service.add(media.movie(name="long.mkv", seconds=30, size="320x240", gop=240, video_options=["-bf", "3"]))
    copy = await Stream(service, path, "0/original").open()
    encoded = await Stream(service, path, "0/transcode").open()
    assert copy.starts == pytest.approx([0, 10, 20], abs=0.1)
    assert max(segment.duration for segment in encoded.playlist.segments) <= 6
    for number, start in enumerate(copy.starts):
        there = next(index for index, one in enumerate(encoded.starts) if one == pytest.approx(start, abs=0.001))
        if number:
            before, after = await copy.piece(number - 1), await encoded.piece(there)
            assert before.end == pytest.approx(after.start, abs=0.04)
            before, after = await encoded.piece(there - 1), await copy.piece(number)
            assert before.end == pytest.approx(after.start, abs=0.04)
    # A segment that begins inside a group of pictures, made by an encoder of its own.
    alone = await Stream(service, path, "0/transcode", client="other").open()
    service.app.state.context.sessions._shared.clear()
    inside = encoded.starts.index(next(one for one in encoded.starts if 11 < one < 19))
    piece = await alone.piece(inside)
    assert piece.begins_with_sync
    assert piece.start == pytest.approx(encoded.starts[inside], abs=0.04)


async def test_many_clients_share_the_encoders(service: Service) -> None:
    path = service.add(h264_main())
    streams = [await Stream(service, path, "0/240p", client=f"c{number}").open() for number in range(3)]
    received = await asyncio.gather(*(stream.pieces() for stream in streams))
    assert all(pieces == received[0] for pieces in received)


@pytest.mark.parametrize("where", ["0/original", "0/240p", "audio/0/128k"])
async def test_head_is_answered_as_get_is_and_encodes_nothing(service: Service, where: str) -> None:
    path = service.add(media.movie())
    headers = {"X-CLIENT-ID": "player", "Accept-Encoding": "identity"}

    async def head(tail: str) -> httpx2.Response:
        return await service.http.head(service.url(path, tail), headers=headers)

    tails = ("master.m3u8", *(f"{where}/{name}" for name in ("index.m3u8", "init.mp4", "segment-0.mp4")))
    before = [await head(tail) for tail in tails]
    assert (await service.http.get("/video/streams")).json() == []
    for tail, early in zip(tails, before, strict=True):
        got, late = await service.get(path, tail, headers=headers), await head(tail)
        for answer in (early, late):
            assert answer.status_code == got.status_code == 200, tail
            assert answer.headers["content-type"] == got.headers["content-type"]
        assert late.headers["content-length"] == str(len(got.content))
    for tail, status in ((f"{where}/segment-999.mp4", 404), (f"{where}/other.mp4", 400), ("0/9p/init.mp4", 400)):
        assert (await head(tail)).status_code == (await service.get(path, tail)).status_code == status
    nameless = await service.http.head(service.url(path, tails[-1]))
    assert nameless.status_code == 400
