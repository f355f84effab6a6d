"""Looks into a media file with PyAV: tracks, chapters, attachments, keyframes. Blocking."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence, Set
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import AttachmentStream, Disposition, Stream
from av.video.stream import VideoStream

from kyoo.core.languages import canonical
from kyoo.transcoder.chapters import chapter_type
from kyoo.transcoder.hls.codecs import VideoFormat, audio_codec, video_codec
from kyoo.transcoder.libav import dynamics
from kyoo.transcoder.libav.file import MediaFile, UnreadableError, UnsupportedCodecError, codec_of, packets
from kyoo.transcoder.libav.first_pictures import HEAD, add_first_pictures
from kyoo.transcoder.libav.keyframes import Group, ProbeTimeoutError, first_missing, from_index, from_packets
from kyoo.transcoder.libav.rates import measured_shares
from kyoo.transcoder.models.media import Attachment, AudioTrack, Chapter, Media, Probed, SubtitleTrack, VideoTrack

#: Embedded subtitles that can be extracted → the extension of what comes out.
SUBTITLE_EXTENSIONS = {
    "subrip": "srt",
    "srt": "srt",
    "text": "srt",
    "mov_text": "srt",
    "ass": "ass",
    "ssa": "ass",
    "webvtt": "vtt",
    "hdmv_pgs_subtitle": "sup",
    "pgssub": "sup",
    "dvd_subtitle": "sup",
}
#: Decoder names that differ from the codec's own.
CODEC_NAMES = {
    "pgssub": "hdmv_pgs_subtitle",
    "dvdsub": "dvd_subtitle",
    "dvbsub": "dvb_subtitle",
    "srt": "subrip",
    "ssa": "ass",
    "libdav1d": "av1",
    "libvpx-vp9": "vp9",
    "libvpx": "vp8",
    "libopus": "opus",
    "dca": "dts",
    "mp3float": "mp3",
    "mp2float": "mp2",
}
Decoded = TypeVar("Decoded", VideoStream, AudioStream)
PROGRESSIVE = (0, 1)
MICROSECONDS = 1_000_000
DOTS = re.compile(r"\.{2,}")
#: What Matroska calls covers, best first (matroska.org/technical/attachments.html).
COVERS = ("cover", "small_cover", "cover_land", "small_cover_land")
#: Seconds for finding the ends of tracks in a container that does not tell them.
TAIL_PATIENCE = 5
#: Containers whose tracks end a little later than libavformat says at first: it takes the last packet of a broadcast or
#: DVD for one frame, where several of sound lie in it; and AVI counts pictures in the order in which they are decoded.
ENDING_LATER = {"mpegts", "mpeg", "avi"}
#: By how much (s) at most.
LATER = 1.0
#: Pictures a second; more are not believed.
MOST_RATE, MOST_VARIABLE = 300, 60
#: Tags of a whole file that say which title it is; others say where it was filmed, or by whom. In Matroska a level may
#: stand before the name.
TAGS = re.compile(
    r"(?:(?:collection|season|episode|movie)/)?"
    r"(?:title|show|season_number|episode_sort|part_number|date|date_released|synopsis|summary|description|media_type)"
)
LONGEST_TAG = 4000
UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")


def probe(file: MediaFile, content_id: str, patience: float) -> Probed:
    """What is in the file; its keyframes are looked for for `patience` seconds.

    Raises av.error.FFmpegError, OSError or UnreadableError when the file is no readable media, UnsupportedCodecError
    when no track of it can be decoded. Tracks that cannot are left out of others.
    """
    deadline = time.monotonic() + patience
    with file.opened() as container:
        videos = _decodable(file, [stream for stream in container.streams.video if not _is_picture(stream)])
        audios = _decodable(file, list(container.streams.audio), needed=not videos)
        if not videos and not audios:
            raise UnreadableError("neither video nor audio")
        start = (container.start_time or 0) / MICROSECONDS
        size = file.size
        duration = _duration(container)
        ends = _Ends(file, container, start, duration)
        duration = min(duration, ends.latest) if ends.truncated else duration
        complete = True
        video_tracks: list[VideoTrack] = []
        for index, stream in enumerate(videos):
            try:
                indexed = from_index(file, container, stream, duration, deadline)
                found = indexed or _from_packets(file, stream.index, deadline)
            except ProbeTimeoutError:
                found, complete = [], False
            # An edit list may leave out the first ones; others are before 0 by no more than rounding.
            shown = [group for group in found if group.keyframe - start > -HEAD]
            groups = [Group(*(max(0.0, round(time - start, 6)) for time in group)) for group in shown]
            video_tracks.append(_video(stream, index, groups, ends.of(stream)))
        audio_tracks = [_audio(stream, index, start, ends.of(stream)) for index, stream in enumerate(audios)]
        tracks: list[VideoTrack | AudioTrack] = [*video_tracks, *audio_tracks]
        if not duration:
            duration = max(track.end for track in tracks)
        bitrate = int(size * 8 / duration) if duration else container.bit_rate or 0
        _add_rates(file, duration, bitrate, tracks)
        media = Media(
            content_id=content_id,
            size=size,
            formats=container.format.name,
            container=container.format.name.split(",")[0],
            start=start,
            duration=duration,
            bitrate=bitrate,
            videos=video_tracks,
            audios=audio_tracks,
            subtitles=[_subtitle(stream, index) for index, stream in enumerate(container.streams.subtitles)],
            chapters=_chapters(container, start, duration),
            attachments=_attachments(container),
            cover_stream=_cover(container),
            tags=_tags(container),
        )
    add_first_pictures(file, media)
    return Probed(media=media, complete=complete)


def _decodable(file: MediaFile, streams: list[Decoded], *, needed: bool = True) -> list[Decoded]:
    """Those that can be decoded. Raises UnsupportedCodecError when that is none of many, and one is `needed`."""
    found = [stream for stream in streams if file.can_decode(stream)]
    if streams and not found and needed:
        raise UnsupportedCodecError([codec_of(stream) for stream in streams])
    return found


def _from_packets(file: MediaFile, stream_index: int, deadline: float) -> list[Group]:
    # Opened anew: a container without an index does not find its way back to its very first packet.
    with file.opened() as container:
        stream = container.streams[stream_index]
        assert isinstance(stream, VideoStream)
        return from_packets(container, stream, deadline)


def _is_picture(stream: Stream) -> bool:
    return bool(stream.disposition & Disposition.attached_pic)


def _cover(container: InputContainer) -> int | None:
    """The attached picture that stands for the file, by the names that Matroska gives covers; else the first one."""
    pictures = [stream for stream in container.streams.video if _is_picture(stream)]

    def rank(stream: Stream) -> int:
        name = stream.metadata.get("filename", "").rpartition(".")[0].lower()
        return COVERS.index(name) if name in COVERS else len(COVERS)

    return min(pictures, key=rank).index if pictures else None


def _duration(container: InputContainer) -> float:
    if container.duration and container.duration > 0:
        return container.duration / MICROSECONDS
    return max(
        (float(s.duration * s.time_base) for s in container.streams if s.duration and s.time_base and s.duration > 0),
        default=0.0,
    )


class _Ends:
    """When each track ends, on the playlist's timeline; the container's own end where nothing better is known."""

    def __init__(self, file: MediaFile, container: InputContainer, start: float, duration: float) -> None:
        self._start = start
        self._duration = duration
        self._last: dict[int, float] = {}
        self._cut: dict[int, float] = {}
        streams = (*container.streams.video, *container.streams.audio)
        untold = {stream.index for stream in streams if self._declared(stream) is None}
        self._later = container.format.name in ENDING_LATER
        if untold or self._later:
            self._read_tail(container, streams, untold)
        for stream in streams:
            here = first_missing(file, stream)
            if here is not None and stream.time_base:
                self._cut[stream.index] = float(stream.index_entries[here].timestamp * stream.time_base) - start
        self.truncated = bool(self._cut)
        self.latest = max((self.of(stream) for stream in streams), default=duration)

    def of(self, stream: Stream) -> float:
        declared, last = self._declared(stream), self._last.get(stream.index, 0.0)
        end = declared or last or self._duration
        if declared and self._later and declared < last < declared + LATER:
            end = last
        return max(0.0, min(end, self._cut.get(stream.index, end)))

    def _declared(self, stream: Stream) -> float | None:
        if stream.duration and stream.time_base and stream.duration > 0:
            first = float(stream.start_time * stream.time_base) - self._start if stream.start_time is not None else 0.0
            return max(0.0, first) + float(stream.duration * stream.time_base)
        return None

    def _read_tail(self, container: InputContainer, streams: Sequence[Stream], untold: Set[int]) -> None:
        """Matroska does not say how long a track is: read the packets after the last keyframe, and further back, twice
        as far each time, for tracks (`untold`) that end before the others. FLV gives none to who seeks behind its last
        keyframe."""
        deadline = time.monotonic() + TAIL_PATIENCE
        begin = until = earliest = float("inf")
        length = 1.0
        try:
            while begin == float("inf") or (begin > 0 and untold - self._last.keys()):
                begin = max(0.0, self._duration - length)
                container.seek(int((self._start + begin) * MICROSECONDS))
                for packet in packets(container, *streams):
                    stamp = packet.pts if packet.pts is not None else packet.dts
                    if stamp is None or not packet.size:
                        continue
                    time_of = float(stamp * packet.time_base) - self._start
                    if time_of > until or time.monotonic() > deadline:
                        break
                    earliest = min(earliest, time_of)
                    end = time_of + float((packet.duration or 0) * packet.time_base)
                    self._last[packet.stream_index] = max(self._last.get(packet.stream_index, 0.0), end)
                if time.monotonic() > deadline:
                    return
                until, length = earliest, length * 2
        except av.error.FFmpegError:
            # The tail is damaged: the container's duration has to do.
            return


def _title(stream: Stream) -> str | None:
    title = (stream.metadata.get("title") or stream.metadata.get("name") or "").strip()
    return title or None


def _begin(stream: Stream, start: float) -> float:
    """When a track starts, on the playlist's timeline."""
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    return max(0.0, round(float(stream.start_time * stream.time_base) - start, 6))


def _language(stream: Stream) -> str | None:
    return canonical(stream.metadata.get("language") or "und")


def _codec_name(stream: Stream) -> str:
    try:
        name = stream.codec_context.name
    except (AttributeError, ValueError):
        name = ""
    return CODEC_NAMES.get(name, name) or "unknown"


def _bitrate(stream: Stream) -> int:
    """As the container or its statistics tell; 0 when they do not."""
    context: Any = stream.codec_context
    declared = getattr(context, "bit_rate", None)
    tagged = stream.metadata.get("BPS") or stream.metadata.get("BPS-eng") or ""
    return int((int(tagged) if tagged.isdigit() else 0) or declared or 0)


def _add_rates(file: MediaFile, duration: float, bitrate: int, tracks: Sequence[VideoTrack | AudioTrack]) -> None:
    """The bit rates of tracks of which the container does not tell them: their share of the file."""
    if all(track.bitrate for track in tracks):
        return
    with suppress(av.error.FFmpegError), file.opened() as container:
        shares = measured_shares(container, duration)
        for track in tracks:
            track.bitrate = track.bitrate or int(bitrate * shares.get(track.stream, 0.0))


def _video(stream: VideoStream, index: int, groups: list[Group], end: float) -> VideoTrack:
    keyframes = [group.keyframe for group in groups]
    context = stream.codec_context
    rate, is_variable = _rate(stream)
    codec = _codec_name(stream)
    width, height = context.width, context.height
    aspect = stream.sample_aspect_ratio or context.sample_aspect_ratio or Fraction(1)
    if not Fraction(1, 8) < aspect < 8:
        aspect = Fraction(1)
    return VideoTrack(
        index=index,
        stream=stream.index,
        title=_title(stream),
        language=_language(stream),
        codec=codec,
        is_default=bool(stream.disposition & Disposition.default),
        mime_codec=video_codec(
            VideoFormat(codec, stream.profile, getattr(context, "level", 0), context.pix_fmt, width, height, rate)
        ),
        width=width,
        height=height,
        display_width=round(width * aspect),
        display_height=height,
        rotation=0,
        frame_rate=rate,
        is_variable=is_variable,
        bitrate=_bitrate(stream),
        sample_aspect_ratio=f"{aspect.numerator}:{aspect.denominator}",
        video_range=dynamics.video_range(context.color_trc),
        hdr=None,
        dolby_vision_profile=None,
        is_interlaced=int(context.field_order) not in PROGRESSIVE,
        begin=keyframes[0] if keyframes else 0.0,
        end=max(end, keyframes[-1] if keyframes else 0.0),
        delay=0.0,
        starts_inside_group=False,
        starts_untimed=False,
        keyframes=keyframes,
        shown_from=_shown_from(groups),
    )


def _shown_from(groups: list[Group]) -> list[float]:
    """Of each group, if any begins before its keyframe. What the first one begins with cannot be decoded."""
    if all(group.shown_from == group.keyframe for group in groups[1:]):
        return []
    behind = [
        group.shown_from if before.keyframe < group.shown_from else group.keyframe for before, group in pairwise(groups)
    ]
    return [groups[0].keyframe, *behind]


def _rate(stream: VideoStream) -> tuple[float, bool]:
    """Pictures a second, and whether that is the rate of which all times of an unsteady track are multiples."""
    mean = float(stream.average_rate or stream.guessed_rate or 0)
    steady = float(stream.guessed_rate or 0)
    interlaced = int(stream.codec_context.field_order) not in PROGRESSIVE
    if not interlaced and 0 < mean < steady * 0.95 and steady <= MOST_VARIABLE:
        return steady, True
    return mean if 0 < mean <= MOST_RATE else 25.0, False


def _audio(stream: AudioStream, index: int, start: float, end: float) -> AudioTrack:
    context = stream.codec_context
    codec = _codec_name(stream)
    return AudioTrack(
        index=index,
        stream=stream.index,
        title=_title(stream),
        language=_language(stream),
        codec=codec,
        is_default=bool(stream.disposition & Disposition.default),
        mime_codec=audio_codec(codec, stream.profile),
        channels=context.layout.nb_channels or 2,
        layout=context.layout.name,
        sample_rate=context.sample_rate or 48_000,
        bitrate=_bitrate(stream),
        begin=_begin(stream, start),
        end=end,
        is_adts=codec == "aac" and not context.extradata_size,
    )


def _subtitle(stream: Stream, index: int) -> SubtitleTrack:
    codec = _codec_name(stream)
    title = _title(stream)
    return SubtitleTrack(
        index=index,
        stream=stream.index,
        title=title,
        language=_language(stream),
        codec=codec,
        is_default=bool(stream.disposition & Disposition.default),
        extension=SUBTITLE_EXTENSIONS.get(codec),
        is_forced=bool(stream.disposition & Disposition.forced),
        is_hearing_impaired=bool(stream.disposition & Disposition.hearing_impaired),
    )


def _chapters(container: InputContainer, start: float, duration: float) -> list[Chapter]:
    chapters = []
    for entry in sorted(container.chapters(), key=lambda entry: entry["start"]):
        base = float(entry["time_base"] or Fraction(1, 1000))
        begins = max(0.0, entry["start"] * base - start)
        if duration and begins >= duration:
            continue
        name = entry["metadata"].get("title", "").strip()
        ends = max(begins, entry["end"] * base - start)
        chapters.append(
            Chapter(
                start=round(begins, 6),
                end=round(min(ends, duration) if duration else ends, 6),
                name=name,
                type=chapter_type(name),
            )
        )
    return chapters


def _tags(container: InputContainer) -> dict[str, str]:
    found = {key.lower(): value.replace("\0", "").strip()[:LONGEST_TAG] for key, value in container.metadata.items()}
    return {key: value for key, value in found.items() if value and TAGS.fullmatch(key)}


def _attachments(container: InputContainer) -> list[Attachment]:
    attachments: list[Attachment] = []
    for stream in container.streams:
        if isinstance(stream, AttachmentStream):
            name = DOTS.sub(
                ".", UNSAFE.sub("_", stream.metadata.get("filename") or f"attachment-{stream.index}")
            ).strip(" .")
            if not name or any(other.name == name for other in attachments):
                name = f"{stream.index}-{name}"
            mime_type = stream.metadata.get("mimetype") or stream.mimetype
            attachments.append(Attachment(stream=stream.index, name=name, mime_type=mime_type))
    return attachments
