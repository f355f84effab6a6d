"""What only the first packets and pictures of a video tell: how it is shown, and how it starts. Blocking."""

from __future__ import annotations

import time
from contextlib import suppress

import av
from av.video.stream import VideoStream

from kyoo.transcoder.libav import dynamics
from kyoo.transcoder.libav.file import MediaFile, packets
from kyoo.transcoder.models.media import Media, VideoTrack

#: Packets of a track that are looked at for the order in which its pictures are decoded.
FIRST_PACKETS = 16
MOST_PACKETS = 300
#: Pictures before the first keyframe that are shown for less than this (s) are not worth an encoder.
HEAD = 0.1


def add_first_pictures(file: MediaFile, media: Media) -> None:
    """Rotation, and interlacing and HDR that the container does not tell, are known from a decoded frame only; in which
    order pictures are decoded, from the first packets."""
    deadline = time.monotonic() + 5
    for track in media.videos:
        # A picture that cannot be decoded has no orientation; the rest of what was found still stands.
        with suppress(av.error.FFmpegError, ValueError):
            _look(file, media, track, deadline)
        if track.rotation in (90, 270):
            track.display_width, track.display_height = track.display_height, track.display_width


def _look(file: MediaFile, media: Media, track: VideoTrack, deadline: float) -> None:
    # Opened anew: a container without an index does not find its way back to its very first packet.
    with file.opened() as container:
        stream = container.streams[track.stream]
        assert isinstance(stream, VideoStream)
        file.check(stream)
        stream.codec_context.thread_count = 1
        seen = hidden = untimed = False
        count = 0
        times: list[tuple[float, float | None]] = []
        for packet in packets(container, stream):
            count += not packet.is_discard
            if packet.is_discard:
                # An edit list leaves it out: it is decoded for what follows only.
                hidden |= packet.is_keyframe
            elif packet.pts is None:
                untimed |= packet.is_keyframe and packet.dts is None and not times
            elif packet.time_base is not None:
                decoded = None if packet.dts is None else float(packet.dts * packet.time_base)
                times.append((float(packet.pts * packet.time_base), decoded))
            frames = [] if seen else packet.decode()
            if frames:
                seen = True
                track.rotation = frames[0].rotation % 360
                track.is_interlaced = track.is_interlaced or frames[0].interlaced_frame
                dynamics.describe(track, frames[0])
            enough = (seen and len(times) >= FIRST_PACKETS) or count > MOST_PACKETS
            if enough or time.monotonic() > deadline:
                break
    track.delay = _delay(times)
    if hidden and times:
        first = max(0.0, min(shown for shown, _ in times) - media.start)
        track.starts_inside_group = not track.keyframes or track.keyframes[0] > first + HEAD
        track.begin = min(first, track.begin)
    track.starts_untimed = untimed and bool(times) and bool(track.keyframes)


def _delay(times: list[tuple[float, float | None]]) -> float:
    """How long before it is shown a picture is decoded at most (s). `times` are those of the first packets: when they
    are shown and, where the container or libav tells, when they are decoded."""
    shown = sorted(time for time, _ in times)
    # Of the later half it is not known what is shown before them.
    pairs = list(zip(shown, times, strict=True))[: len(times) // 2 + 1]
    needed = [due - time for due, (time, _) in pairs]
    # Of the very first it does not matter; AVI says of it that it is decoded at 0, whenever it is shown.
    declared = [due - decoded for due, (_, decoded) in (pairs[1:] or pairs) if decoded is not None]
    return round(max(0.0, *needed, *declared), 6) if pairs else 0.0
