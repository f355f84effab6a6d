"""Every ffmpeg command line of ours. Knows nothing of how ffmpeg is started, of segments in work or of HTTP."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from kyoo.transcoder.ffmpeg.decoders import MOST_PIXELS, codec_whitelist, known_demuxers
from kyoo.transcoder.hls.filling import ENCODED_RATE, ENDING
from kyoo.transcoder.hls.ladder import (
    MOST_DELAY,
    ORIGINAL,
    SLOWEST,
    VideoRendition,
    audio_bitrate,
    audio_channels,
    video_qualities,
    video_rendition,
)
from kyoo.transcoder.hls.timeline import AUDIO_FRAME, Timeline
from kyoo.transcoder.models.media import AudioTrack, Media, SubtitleTrack, VideoRange, VideoTrack

#: Pictures that x264 decodes before one that is shown earlier, with its pyramid of B-frames.
REORDERED = 2
#: So much (s) earlier, so that no rounding of times makes the first picture of a segment one of the segment before.
EARLY = 0.003
#: Demuxers without an index land after the asked time; they are sent this much (s) before a boundary.
UNINDEXED = frozenset({"mpegts", "mpeg", "h264", "hevc", "mpegvideo", "m4v", "ogg", "dv", "obu", "ivf"})
UNINDEXED_LEAD = 0.3
#: Room between a wanted time and the picture's own rounded one (s).
ROUNDING = 0.002
#: Pictures that are nearer to each other (s) are of one time: decoders give two where one packet holds both.
APART = 0.0005
#: Bits/s below which x264 does not start.
LEAST_BITS = 16_000
#: Frames of audio encoded before a boundary and thrown away: the first ones carry the encoder's start-up.
AUDIO_LEAD_FRAMES = 4
#: Output is cut into pieces this long (µs), so that a segment can be sent while it is made: of what is encoded, as soon
#: as some pictures are there.
ENCODED_PIECE, COPIED_PIECE = 80_000, 500_000
#: Pictures that x264 looks ahead, each of which is decoded before the first one comes; and while many encode.
LOOKAHEAD, SHORT_LOOKAHEAD = 8, 0
#: One for all qualities: where it changes, hls.js takes the time of decoding for that of showing.
VIDEO_SCALE = ("-video_track_timescale", "90000")
#: More boundaries would not fit an argument; the next encoder goes on from there.
MOST_BOUNDARIES = 8_000
#: Where ffmpeg finds its source, and the first of its other outputs (see running.py).
SOURCE, OUTPUT = 3, 4

SUBTITLE_MUXERS = {"srt": "srt", "ass": "ass", "vtt": "webvtt", "sup": "sup"}
COPY_TAGS = {"hevc": "hvc1", "h264": "avc1", "av1": "av01", "vp9": "vp09"}
#: ffmpeg's names of transfer functions. Primaries and matrix are told as well: many files leave them out.
TRANSFERS = {VideoRange.PQ: "smpte2084", VideoRange.HLG: "arib-std-b67"}
TONE_MAP = (
    "setparams=color_trc={transfer}:color_primaries=bt2020:colorspace=bt2020nc,"
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
    "tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
)


@dataclass(frozen=True)
class Program:
    """Which ffmpeg, x264's preset, and the decoders that the operator opens besides ours."""

    ffmpeg: str
    preset: str
    decoders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cut:
    """From segment `number` of `timeline` to the end of the track, seeking `lead` seconds early."""

    timeline: Timeline
    number: int
    lead: float = 0.0

    @property
    def begin(self) -> float:
        return self.timeline.start(self.number)


def arguments(ffmpeg: str, *, level: str = "error") -> list[str]:
    return [ffmpeg, "-nostdin", "-hide_banner", "-nostats", "-loglevel", level]


def source_arguments(program: Program, media: Media) -> list[str]:
    """The file, which is open already; only with the demuxer that it was probed with, and decoders that are needed."""
    return [
        *("-protocol_whitelist", "fd,pipe", "-format_whitelist", known_demuxers(media.formats)),
        *("-codec_whitelist", codec_whitelist(program.decoders), "-max_pixels", str(MOST_PIXELS)),
        *("-fd", str(SOURCE), "-i", "fd:"),
    ]


def output_arguments(piece: int, *, late_header: bool) -> list[str]:
    """Fragmented MP4 on stdout whose times are the source's own. `late_header`: the header needs the first packets."""
    header = "delay_moov" if late_header else "empty_moov"
    flags = f"+frag_keyframe+{header}+default_base_moof+frag_discont+skip_trailer"
    return [
        *("-map_metadata", "-1", "-map_chapters", "-1", "-max_muxing_queue_size", "4096"),
        *(
            "-movflags",
            flags,
            "-use_editlist",
            "0",
            "-avoid_negative_ts",
            "disabled",
            "-frag_duration",
            str(piece),
            "-flush_packets",
            "1",
        ),
        *("-f", "mp4", "pipe:1"),
    ]


def is_unindexed(media: Media) -> bool:
    return media.formats.split(",")[0] in UNINDEXED


def seek_time(media: Media, track: VideoTrack, cut: Cut) -> float:
    """Where to seek so that reading begins at the last keyframe before a segment, or at its own."""
    next_number = bisect_right(track.keyframes, max(cut.timeline.entry(cut.number), track.begin) + ROUNDING)
    if not next_number:
        return max(0.0, cut.begin - UNINDEXED_LEAD - cut.lead)
    keyframe = track.keyframes[next_number - 1]
    if is_unindexed(media):
        return max(0.0, keyframe - UNINDEXED_LEAD - cut.lead)
    if cut.lead:
        return max(0.0, keyframe - cut.lead)
    following = track.keyframes[next_number] if next_number < len(track.keyframes) else keyframe + 1.0
    # Some containers seek by when pictures are decoded: so much earlier may the next keyframe be found. A quarter of
    # the way there: seeking lands on the one before, however the container rounds.
    way = min(following, keyframe + 1.0) - keyframe - track.delay
    if way * track.frame_rate < 0.5:
        return max(0.0, keyframe - track.delay + (way + track.delay) / 4)
    return keyframe + way / 4


def video_arguments(
    program: Program,
    media: Media,
    track: VideoTrack,
    rendition: VideoRendition,
    cut: Cut,
    *,
    hurried: bool = False,
) -> list[str]:
    """The track in one quality, as fragmented MP4 on stdout. `hurried`: sooner rather than a little better."""
    seek = (
        ["-noaccurate_seek", "-ss", f"{seek_time(media, track, cut):.6f}"] if cut.number or track.starts_untimed else []
    )
    # Packets of a transport stream are numbered. At a copied picture that lacks some, browsers' decoders give up the
    # film; ours, from which encoded pictures come, show what is left of it.
    flags = "+genpts+discardcorrupt" if rendition.is_copy else "+genpts"
    common = [
        *arguments(program.ffmpeg),
        *("-fflags", flags, "-copyts"),
        *seek,
        *source_arguments(program, media),
        *("-map", f"0:{track.stream}"),
    ]
    if rendition.is_copy:
        tag = COPY_TAGS.get(track.codec)
        copied = ["-c:v", "copy", *(("-tag:v", tag) if tag else ()), *VIDEO_SCALE]
        return [*common, *copied, *output_arguments(COPIED_PIECE, late_header=track.codec in {"av1", "vp9"})]
    bounds = cut.timeline.bounds[cut.number : cut.number + MOST_BOUNDARIES]
    keyframes = ",".join(f"{bound + media.start - ROUNDING:.6f}" for bound in bounds[:-1])
    # What is decoded before the segment only for its sake is dropped before it is scaled and encoded; as what is shown
    # before the keyframe that reading begins at, and is made of what was not read.
    entry = cut.begin if cut.lead else cut.timeline.entry(cut.number)
    since = entry + media.start - ROUNDING if cut.number else None
    assert rendition.level is not None
    in_order = ["-bf", "0"] if not picture_delay(program, track, rendition) else []
    # Slices, not pictures, are what its threads share: each picture in work at the same time is one more to wait for.
    ahead = f"rc-lookahead={SHORT_LOOKAHEAD if hurried else LOOKAHEAD}:sync-lookahead=0:sliced-threads=1"
    return [
        *common,
        # `vfr` leaves out pictures before the container's 0, where a recording over the end of its clock begins.
        *("-vf", video_filter(track, rendition, since), "-fps_mode", "passthrough", "-enc_time_base", "1:90000"),
        *("-c:v", "libx264", "-preset", program.preset, "-profile:v", "high", "-pix_fmt", "yuv420p"),
        *("-x264-params", ahead),
        *in_order,
        *("-level:v", f"{rendition.level / 10:.1f}", "-b:v", str(max(rendition.average, LEAST_BITS))),
        *("-maxrate", str(max(rendition.maximum, LEAST_BITS)), "-bufsize", str(max(rendition.maximum, LEAST_BITS))),
        *("-sc_threshold", "0", "-g", "9999", "-forced-idr", "1", "-force_key_frames", keyframes),
        *VIDEO_SCALE,
        *output_arguments(ENCODED_PIECE, late_header=False),
    ]


def picture_delay(program: Program, track: VideoTrack, rendition: VideoRendition) -> float:
    """How long before it is shown a picture is decoded at most (s)."""
    # What is asked for without being offered is encoded in order: the delay of the file does not reckon with it.
    offered = rendition.is_copy or rendition.quality in video_qualities(track)
    return offered_delay(program, track, rendition) if offered else 0.0


def offered_delay(program: Program, track: VideoTrack, rendition: VideoRendition) -> float:
    """The same of a quality that is offered."""
    if rendition.is_copy:
        return track.delay
    delay = REORDERED / rendition.frame_rate
    return delay if program.preset != "ultrafast" and delay <= MOST_DELAY else 0.0


def media_delay(program: Program, media: Media) -> float:
    """How long before it is shown a picture of the file is decoded at most (s), in any quality that is offered."""
    return EARLY + max(
        offered_delay(program, track, video_rendition(track, quality))
        for track in media.videos
        for quality in video_qualities(track)
    )


def video_filter(track: VideoTrack, rendition: VideoRendition, since: float | None = None) -> str:
    """From `since` on (s, the container's time): deinterlaced, scaled to square pixels, in 8-bit BT.709. ffmpeg has
    turned the picture upright before."""
    mode = "send_field" if rendition.fields else "send_frame"
    deinterlace = [f"bwdif=mode={mode}:deint=interlaced"] if track.is_interlaced else []
    trim = [f"trim=start={since:.6f}"] if since is not None else []
    # Players take two pictures of one time for damage.
    single = f"select='not(lt(t,prev_selected_t+{APART}))'"
    scale = f"scale={rendition.width}:{rendition.height}:flags=bicubic"
    # Where pictures come seldom or unsteadily they are repeated: every segment has one.
    seldom = track.is_variable or track.frame_rate < SLOWEST
    repeat = [f"fps={rendition.frame_rate:.6f}"] if seldom else []
    tone = [TONE_MAP.format(transfer=TRANSFERS[track.video_range])] if track.is_hdr else []
    return ",".join([*deinterlace, *trim, single, scale, *repeat, *tone, "format=yuv420p", "setsar=1"])


def last_read(track: AudioTrack) -> float:
    """The latest frame (s) to begin at: whoever wants the silence behind a track reads how the track ends."""
    return max(0.0, math.floor((track.end - ENDING) / AUDIO_FRAME) * AUDIO_FRAME)


def audio_arguments(program: Program, media: Media, track: AudioTrack, quality: str, cut: Cut) -> list[str]:
    """The track as AAC, or copied, as fragmented MP4 on stdout."""
    begin = max(0.0, min(cut.begin, last_read(track)) - AUDIO_LEAD_FRAMES * AUDIO_FRAME)
    common = [*arguments(program.ffmpeg), "-fflags", "+genpts", "-copyts"]
    reading = [*source_arguments(program, media), "-map", f"0:{track.stream}"]
    if quality == ORIGINAL:
        # Some containers seek by another track's time: reading begins a little earlier, the rest is thrown away.
        seek = ["-noaccurate_seek", "-ss", f"{max(0.0, begin - 0.5):.6f}"] if cut.number else []
        fix = ["-bsf:a", "aac_adtstoasc"] if track.is_adts else []
        return [*common, *seek, *reading, "-c:a", "copy", *fix, *output_arguments(COPIED_PIECE, late_header=True)]
    first = round((begin + media.start) * ENCODED_RATE)
    return [
        *common,
        *(("-ss", f"{begin:.6f}") if cut.number else ()),
        *reading,
        # Gaps are filled and the first sample is where it belongs, so that frames lie on the grid of the timeline.
        *("-af", f"aresample={ENCODED_RATE},aresample=async=1:min_hard_comp=0.05:first_pts={first}"),
        *("-c:a", "aac", "-ac", str(audio_channels(track, quality)), "-ar", str(ENCODED_RATE)),
        *("-b:a", str(audio_bitrate(track, quality))),
        *output_arguments(ENCODED_PIECE, late_header=False),
    ]


def subtitle_arguments(program: Program, media: Media, tracks: Sequence[SubtitleTrack]) -> list[str]:
    """All `tracks` in one reading of the source, each into the next output. Formats a player knows are copied."""
    command = [*arguments(program.ffmpeg), "-y", *source_arguments(program, media)]
    for number, track in enumerate(tracks):
        copied = track.codec in {"subrip", "ass", "webvtt", "hdmv_pgs_subtitle"}
        codec = "copy" if copied else {"srt": "srt", "vtt": "webvtt"}.get(track.extension or "", "ass")
        command += ["-map", f"0:{track.stream}", "-c:s", codec, "-map_metadata", "-1"]
        command += ["-f", SUBTITLE_MUXERS[track.extension or ""], "-fd", str(OUTPUT + number), "fd:"]
    return command


#: What stands for the name of the first graphics card.
RENDER_NODE = "/dev/dri/renderD128"
TRIAL_SUBTITLE = b"1\n00:00:00,000 --> 00:00:01,000\nkyoo\n"


def trial_arguments(program: Program, codec: str, seconds: int) -> list[str]:
    """Encode `seconds` of a made-up picture in 720p (of a tone, of a line) with one encoder, to nowhere."""
    common = [*arguments(program.ffmpeg), "-protocol_whitelist", "pipe,fd"]
    if codec in {"srt", "ass", "webvtt"}:
        return [*common, "-f", "srt", "-i", "pipe:0", "-c:s", codec, "-f", codec, "pipe:1"]
    if codec == "aac":
        return [*common, *("-f", "lavfi", "-i", f"sine=duration={seconds}", "-c:a", "aac", "-f", "null", "-")]
    device: list[str] = []
    to_card: list[str] = []
    if codec.endswith("_vaapi"):
        device, to_card = ["-vaapi_device", RENDER_NODE], ["format=nv12", "hwupload"]
    elif codec.endswith("_qsv"):
        device, to_card = ["-init_hw_device", "qsv=qsv"], ["format=nv12"]
    preset = ["-preset", program.preset] if codec == "libx264" else []
    tail = to_card or ["format=yuv420p"]
    return [
        *common,
        *device,
        *("-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate=24:duration={seconds}"),
        *("-vf", ",".join(tail), "-c:v", codec, *preset, "-b:v", "2400k", "-f", "null", "-"),
    ]


def trial_of_filters(program: Program) -> list[str]:
    """A moment of HDR and of interlaced pictures through the filters that films of these kinds need."""
    tone = TONE_MAP.format(transfer=TRANSFERS[VideoRange.PQ])
    return [
        *arguments(program.ffmpeg),
        *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=0.2"),
        *("-vf", f"format=yuv420p10le,bwdif,scale=160:90:flags=bicubic,{tone},format=yuv420p", "-f", "null", "-"),
    ]
