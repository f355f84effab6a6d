"""HLS playlists (RFC 8216) of a media file. Pure text: no files, no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from kyoo.core.errors import ForbiddenError
from kyoo.transcoder.hls.codecs import AAC_LC
from kyoo.transcoder.hls.ladder import (
    BY_NAME,
    ORIGINAL,
    SURROUND,
    TRANSCODE,
    VideoRendition,
    audio_bitrate,
    audio_channels,
    audio_qualities,
    can_copy_audio,
    has_surround,
    lower_audio,
    own_audio_quality,
    own_step,
    video_qualities,
    video_rendition,
)
from kyoo.transcoder.hls.timeline import Timeline
from kyoo.transcoder.models.media import AudioTrack, Media, VideoRange, VideoTrack

#: Whether a video track may be played in a quality.
Allows = Callable[[VideoTrack, str, Media], bool]

#: Assumed of a track whose bitrate is unknown (bits/s).
UNKNOWN_AUDIO = 192_000
#: What fragments cost on top of the elementary stream.
OVERHEAD = 1.02


def query_string(query: Iterable[tuple[str, str]]) -> str:
    """The query of a request as it is carried over to every URI: keys sorted."""
    pairs = sorted(query, key=lambda pair: pair[0])
    return f"?{urlencode(pairs)}" if pairs else ""


def attributes(values: Mapping[str, str | None]) -> str:
    return ",".join(f"{name}={value}" for name, value in values.items() if value is not None)


def quoted(text: str) -> str:
    """A quoted-string of RFC 8216 §4.2, which can hold neither quotes nor line breaks."""
    return '"' + text.replace('"', "'").replace("\r", " ").replace("\n", " ") + '"'


def media_playlist(timeline: Timeline, query: str) -> str:
    """All segments of one rendition, at once."""
    lengths = [round(timeline.end(number) - timeline.start(number), 6) for number in range(len(timeline))]
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-START:TIME-OFFSET=0",
        # Every EXTINF, rounded to the nearest integer, is at most this (RFC 8216 §4.3.3.1).
        f"#EXT-X-TARGETDURATION:{max(1, *(int(length + 0.5) for length in lengths))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="init.mp4{query}"',
    ]
    for number, length in enumerate(lengths):
        lines += [f"#EXTINF:{length:.6f},", f"segment-{number}.mp4{query}"]
    lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def everything(_track: VideoTrack, _quality: str, _media: Media) -> bool:
    return True


def master_playlist(media: Media, query: str, allows: Allows = everything) -> str:
    """Every quality that is allowed, best first. An audio-only file has one variant per audio quality. Raises
    ForbiddenError when there is none."""
    video, audio = media.default_video, media.default_audio
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if video is None:
        assert audio is not None
        return "\n".join([*lines, *_audio_only(media, audio, query)]) + "\n"
    qualities = [quality for quality in video_qualities(video) if allows(video, quality, media)]
    if not qualities:
        raise ForbiddenError("This video has no quality that this account may play")
    best = lower_audio(own_audio_quality(audio), own_step(video).audio) if audio is not None else ""
    groups: dict[str, AudioGroup] = {}
    for quality in qualities:
        rendition = video_rendition(video, quality)
        for sound in _sounds(media, best, quality):
            lines += _variant(media, video, rendition, sound, query)
            if sound is not None:
                groups.setdefault(sound.id, sound)
    # Behind the variants: libavformat counts the time of segments from the first packet of the playlist that is named
    # first, and skips pictures that are decoded earlier. Of a group without a variant it never reads a packet.
    if audio is not None:
        for group in groups.values():
            lines += _audio_group(media, group, audio, query)
    if len(media.videos) > 1:
        lines += _video_groups(media, video, qualities, query, allows)
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class AudioGroup:
    """Every audio track, each in the quality it has in this group. `is_chosen`: by a player that is told no other."""

    id: str
    qualities: tuple[str, ...]
    tracks: tuple[AudioTrack, ...]
    is_chosen: bool = True

    @property
    def codecs(self) -> list[str]:
        """Of all its tracks: a player that lacks one of them must not choose the group (RFC 8216 §4.3.4.2)."""
        shown = zip(self.qualities, self.tracks, strict=True)
        found = [track.mime_codec or "" if quality == ORIGINAL else AAC_LC for quality, track in shown]
        return list(dict.fromkeys(found))

    @property
    def bitrate(self) -> int:
        """Of its heaviest track (bits/s)."""
        shown = zip(self.qualities, self.tracks, strict=True)
        return max(
            (track.bitrate or UNKNOWN_AUDIO) if quality == ORIGINAL else audio_bitrate(track, quality)
            for quality, track in shown
        )


def encoded_group(media: Media, quality: str) -> AudioGroup:
    """All tracks as AAC in one quality."""
    return AudioGroup(f"a-{quality}", (quality,) * len(media.audios), tuple(media.audios))


def copied_groups(media: Media, default: AudioTrack, best: str) -> list[AudioGroup]:
    """A group for each codec that can be copied, the default track's own first. Tracks of another codec are AAC in it,
    at most in the quality `best`: they can be chosen there, and a device needs no other codec."""
    ordered = [default, *(track for track in media.audios if track is not default)]
    codecs = dict.fromkeys(track.mime_codec for track in ordered if can_copy_audio(track))
    groups = []
    for codec in codecs:
        own = codec == default.mime_codec
        if codec == AAC_LC and not own:
            # The same as an encoded group, to a player.
            continue
        qualities = tuple(
            ORIGINAL
            if can_copy_audio(track) and track.mime_codec in (codec, AAC_LC)
            else lower_audio(own_audio_quality(track), best)
            for track in media.audios
        )
        groups.append(AudioGroup("a-original" if own else f"a-original-{codec}", qualities, tuple(media.audios)))
    return groups


def surround_groups(media: Media, best: str) -> list[AudioGroup]:
    """A group with six channels of AAC for each track that has as many, unless all of those are AAC themselves. Never
    the default: most devices have two speakers."""
    tracks = [track for track in media.audios if has_surround(track)]
    if all(can_copy_audio(track) and track.mime_codec == AAC_LC for track in tracks):
        return []
    qualities = tuple(
        SURROUND if has_surround(track) else lower_audio(own_audio_quality(track), best) for track in media.audios
    )
    return [AudioGroup(f"a-{SURROUND}", qualities, tuple(media.audios), is_chosen=False)]


def _sounds(media: Media, best: str, quality: str) -> Sequence[AudioGroup | None]:
    """What a video quality is offered with: the default track's own codec, AAC for players without it, and what a
    further track is copied in."""
    audio = media.default_audio
    if audio is None:
        return [None]
    if quality not in (ORIGINAL, TRANSCODE):
        return [encoded_group(media, lower_audio(BY_NAME[quality].audio, best))]
    groups = copied_groups(media, audio, best)
    own = [group for group in groups if group.id == "a-original"]
    others = [group for group in groups if group.id != "a-original"]
    everywhere = any(group.codecs == [AAC_LC] for group in own)
    encoded = [] if everywhere else [encoded_group(media, best)]
    return [*own, *encoded, *others, *surround_groups(media, best)]


def _variant(
    media: Media, video: VideoTrack, rendition: VideoRendition, sound: AudioGroup | None, query: str
) -> list[str]:
    codecs = [rendition.codec, *(sound.codecs if sound else [])]
    extra = sound.bitrate if sound else 0
    values = {
        "AVERAGE-BANDWIDTH": str(max(1, int((rendition.average + extra) * OVERHEAD))),
        "BANDWIDTH": str(max(1, int((rendition.maximum + extra) * OVERHEAD))),
        "RESOLUTION": f"{rendition.width}x{rendition.height}",
        "VIDEO-RANGE": video.video_range if rendition.is_copy else VideoRange.SDR,
        "FRAME-RATE": f"{rendition.frame_rate:.3f}",
        # Left out rather than incomplete: a client believes it.
        "CODECS": quoted(",".join(codec for codec in codecs if codec)) if all(codecs) else None,
        "AUDIO": quoted(sound.id) if sound else None,
        "VIDEO": quoted(rendition.quality) if len(media.videos) > 1 else None,
        "CLOSED-CAPTIONS": "NONE",
    }
    return [f"#EXT-X-STREAM-INF:{attributes(values)}", f"{video.index}/{rendition.quality}/index.m3u8{query}"]


def _names(tracks: Iterable[AudioTrack | VideoTrack], kind: str) -> list[str]:
    """A name for each track, unique as RFC 8216 §4.3.4.1.1 demands within a group."""
    names: list[str] = []
    for track in tracks:
        name = track.title or track.language or f"{kind} {track.index + 1}"
        names.append(name if name not in names else f"{name} ({track.index + 1})")
    return names


def _audio_group(media: Media, group: AudioGroup, default: AudioTrack, query: str) -> list[str]:
    lines = []
    names = _names(media.audios, "Audio")
    for track, quality, name in zip(media.audios, group.qualities, names, strict=True):
        values = {
            "TYPE": "AUDIO",
            "GROUP-ID": quoted(group.id),
            "NAME": quoted(name),
            "LANGUAGE": quoted(track.language) if track.language else None,
            "DEFAULT": "YES" if track is default and group.is_chosen else "NO",
            "AUTOSELECT": "YES",
            "CHANNELS": quoted(str(audio_channels(track, quality))),
            "URI": quoted(f"audio/{track.index}/{quality}/index.m3u8{query}"),
        }
        lines.append(f"#EXT-X-MEDIA:{attributes(values)}")
    return lines


def _video_groups(media: Media, default: VideoTrack, qualities: list[str], query: str, allows: Allows) -> list[str]:
    lines = []
    names = _names(media.videos, "Video")
    for quality in qualities:
        for track, name in zip(media.videos, names, strict=True):
            offered = [one for one in video_qualities(track) if allows(track, one, media)]
            if not offered:
                continue
            shown = quality if quality in offered else offered[0]
            values = {
                "TYPE": "VIDEO",
                "GROUP-ID": quoted(quality),
                "NAME": quoted(name),
                "LANGUAGE": quoted(track.language) if track.language else None,
                "DEFAULT": "YES" if track is default else "NO",
                "AUTOSELECT": "YES",
                "URI": None if track is default else quoted(f"{track.index}/{shown}/index.m3u8{query}"),
            }
            lines.append(f"#EXT-X-MEDIA:{attributes(values)}")
    return lines


def _audio_only(media: Media, default: AudioTrack, query: str) -> list[str]:
    best = own_audio_quality(default)
    steps = [encoded_group(media, step) for step in reversed(audio_qualities(best))]
    groups = [*copied_groups(media, default, best), *steps]
    lines = []
    if len(media.audios) > 1:
        for group in reversed(groups):
            lines += _audio_group(media, group, default, query)
    for group in groups:
        bitrate = int(group.bitrate * OVERHEAD)
        quality = group.qualities[media.audios.index(default)]
        values = {
            "AVERAGE-BANDWIDTH": str(bitrate),
            "BANDWIDTH": str(bitrate * 5 // 4),
            "CODECS": quoted(",".join(group.codecs)),
            "AUDIO": quoted(group.id) if len(media.audios) > 1 else None,
        }
        lines += [
            f"#EXT-X-STREAM-INF:{attributes(values)}",
            f"audio/{default.index}/{quality}/index.m3u8{query}",
        ]
    return lines
