"""Files made to be awkward: codecs, containers, groups of pictures, timing, damage. Each shows a white flash and sounds
a beep at every full second of its own clock, so that what is played can be told from what should be."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from kyoo.transcoder.libav.file import packets
from tests.media import CACHE, alone, ffmpeg, make

SECONDS = 8
#: Length (s) of a flash and of a beep.
PULSE = 0.05


@dataclass(frozen=True)
class Awkward:
    """A recipe. What libavformat and libavcodec make of the source is the truth that the renditions are held to."""

    name: str
    path: Callable[[], Path]
    #: How far (s) a pulse may be from where the source has it.
    tolerance: float = 0.04
    #: Whether every pulse of the source must be there, at its time.
    judged: bool = True
    #: Until when (s) something awkward goes on that does not begin with the file: a viewer watches for longer.
    through: float = 0.0
    #: Between which times (s) pictures of a copy are made of one that is missing, and show what they may.
    lacking: tuple[float, float] = (0.0, 0.0)


def pictures(size: str = "320x180", rate: str = "24", seconds: float = SECONDS) -> str:
    """A moving test picture that is white for PULSE at each full second."""
    flash = f"drawbox=t=fill:c=white:enable='lt(mod(t+0.001,1),{PULSE})'"
    return f"testsrc2=size={size}:rate={rate}:duration={seconds},{flash}"


def tone(rate: int = 48_000, seconds: float = SECONDS, layout: str = "stereo") -> str:
    beep = f"if(lt(mod(t,1),{PULSE}),0.6*sin(2*PI*1000*t),0)"
    channels = {"mono": 1, "stereo": 2, "5.1": 6, "7.1": 8}[layout]
    return f"aevalsrc='{'|'.join([beep] * channels)}':c={layout}:s={rate}:d={seconds}"


X264 = ("-c:v", "libx264", "-preset", "superfast", "-bf", "3", "-g", "48", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "128k")


def clip(
    name: str,
    video: Sequence[str] = X264,
    audio: Sequence[str] = AAC,
    *,
    size: str = "320x180",
    rate: str = "24",
    layout: str = "stereo",
    sampling: int = 48_000,
    before_video: Sequence[str] = (),
    before_audio: Sequence[str] = (),
    output: Sequence[str] = (),
    sound: bool = True,
    picture: bool = True,
    seconds: float = SECONDS,
    filters: str = "",
) -> Path:
    arguments: list[str] = []
    if picture:
        arguments += [*before_video, "-f", "lavfi", "-i", pictures(size, rate, seconds) + filters]
    if sound:
        arguments += [*before_audio, "-f", "lavfi", "-i", tone(sampling, seconds, layout)]
    inputs = picture + sound
    arguments += [option for number in range(inputs) for option in ("-map", str(number))]
    return make(name, [*arguments, *(video if picture else ()), *(audio if sound else ()), *output])


def many(name: str) -> Path:
    """Thirty sounds in one file."""
    maps = [part for _ in range(30) for part in ("-map", "1")]
    return make(name, ["-f", "lavfi", "-i", pictures(), "-f", "lavfi", "-i", tone(), "-map", "0", *maps, *X264, *AAC])


def chaptered(name: str) -> Path:
    """Chapters without titles, that overlap and end behind the film."""
    spans = ((0, 3000), (2000, 5000), (5000, 99000))
    text = ";FFMETADATA1\n" + "".join(f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={begin}\nEND={end}\n" for begin, end in spans)
    inputs = ["-f", "lavfi", "-i", pictures(), "-f", "lavfi", "-i", tone(), "-i", "chapters.txt"]
    return make(name, [*inputs, "-map", "0", "-map", "1", "-map_chapters", "2", *X264, *AAC], {"chapters.txt": text})


def again(source: Path, name: str, *options: str, before: Sequence[str] = ()) -> Path:
    """Another file of the same streams, copied."""
    return make(name, [*before, "-i", str(source), "-map", "0", "-c", "copy", *options])


def changed(source: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The bytes of a file, damaged."""
    path = CACHE / f"damaged-{source.parent.name}" / name
    with alone(f"damaged-{source.parent.name}"):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(change(source.read_bytes()))
            unfinished.rename(path)
    return path


def piped(name: str, *options: str) -> Path:
    """Written without seeking, as a recorder does: no duration, no index."""
    source = clip("whole.mkv")
    path = CACHE / f"piped-{source.parent.name}" / name
    with alone(f"piped-{source.parent.name}"):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            command = [ffmpeg(), "-nostdin", "-v", "error", "-i", str(source), "-map", "0", "-c", "copy", *options]
            done = subprocess.run([*command, "pipe:1"], capture_output=True, check=True, timeout=60)
            path.write_bytes(done.stdout)
    return path


def _hole(data: bytes) -> bytes:
    """The middle of the file is gone, as a bad sector leaves it."""
    middle = len(data) // 2
    return data[:middle] + bytes(6000) + data[middle + 6000 :]


def _wide_hole(data: bytes) -> bytes:
    """Several groups of pictures are gone."""
    middle = len(data) * 2 // 5
    length = len(data) // 3
    return data[:middle] + bytes(length) + data[middle + length :]


def _wrong_bits(data: bytes) -> bytes:
    """In the largest picture of the middle that is no keyframe: its length, and all lengths around it, are right."""
    with av.open(io.BytesIO(data), "r") as container:
        pictures = packets(container, container.streams.video[0])
        middle = [one for one in pictures if one.pts and 3 < one.pts * (one.time_base or 0) < 5 and not one.is_keyframe]
        picture = max(middle, key=lambda packet: packet.size)
        begin, length = (picture.pos or 0) + picture.size // 4, picture.size // 2
    return data[:begin] + bytes(length // 2) + b"\xff" * (length - length // 2) + data[begin + length :]


def _beginning(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


PCM = ("-c:a", "pcm_s16le")
MP3 = ("-c:a", "libmp3lame", "-b:a", "128k")


def x264(*options: str, pixels: str = "yuv420p", gop: int = 48) -> tuple[str, ...]:
    return ("-c:v", "libx264", "-preset", "superfast", "-bf", "3", "-g", str(gop), "-pix_fmt", pixels, *options)


def x265(*options: str, pixels: str = "yuv420p", extra: str = "") -> tuple[str, ...]:
    parameters = f"log-level=error:keyint=48{':' + extra if extra else ''}"
    return ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", parameters, "-pix_fmt", pixels, *options)


def v(codec: str, *options: str) -> tuple[str, ...]:
    return ("-c:v", codec, "-b:v", "800k", "-g", "24", *options)


#: Groups whose first pictures are shown before the keyframe: none begins at a flash, where an encoder closes the group.
OPEN = "open-gop=1:keyint=40:min-keyint=40:scenecut=0:bframes=4:b-adapt=0"
OPEN_H264 = x264("-sc_threshold", "0", "-x264-params", "open-gop=1:b-adapt=0", gop=40)
#: Pictures are left out, as a recorder of screens does.
HOLES = ",select='not(between(t,2.2,2.8))*not(between(t,5.2,5.9))'"
PQ = ",setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
HLG = ",setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc"
#: Some encoders tell nothing but the transfer function.
PQ_ALONE = ",setparams=color_trc=smpte2084"
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k", "-g", "48")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k", "-g", "48")
AV1 = ("-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "keyint=48")
OPUS = ("-c:a", "libopus")
VORBIS = ("-c:a", "libvorbis")

FILES = [
    Awkward("h264-mkv", lambda: clip("a.mkv")),
    Awkward("h264-mp4-index-first", lambda: clip("a.mp4", output=("-movflags", "+faststart"))),
    Awkward("h264-mp4-index-last", lambda: clip("b.mp4")),
    Awkward("h264-mp4-fragmented", lambda: clip("f.mp4", output=("-movflags", "+frag_keyframe+empty_moov"))),
    Awkward("h264-mov-pcm", lambda: clip("a.mov", audio=PCM)),
    Awkward("h264-ts", lambda: clip("a.ts")),
    Awkward("h264-m2ts-ac3", lambda: clip("a.m2ts", audio=("-c:a", "ac3"))),
    Awkward("h264-ts-late-clock", lambda: clip("l.ts", output=("-output_ts_offset", "3600"))),
    Awkward("h264-ts-clock-wraps", lambda: clip("w.ts", output=("-output_ts_offset", "95440"))),
    Awkward("h264-flv", lambda: clip("a.flv")),
    Awkward("h264-avi-mp3", lambda: clip("a.avi", video=x264("-bf", "0"), audio=MP3)),
    Awkward(
        "h264-avi-near-keyframes",
        lambda: clip("near.avi", x264("-bf", "0", gop=24), MP3, rate="24000/1001"),
        tolerance=0.06,
    ),
    Awkward("h264-3gp", lambda: clip("a.3gp")),
    Awkward("hevc-mkv", lambda: clip("h.mkv", x265())),
    Awkward("hevc-mp4-hev1", lambda: clip("h.mp4", x265("-tag:v", "hev1"))),
    Awkward("hevc-10-bit", lambda: clip("h10.mkv", x265(pixels="yuv420p10le"))),
    Awkward("hevc-ts-open-groups", lambda: clip("h.ts", x265(extra=OPEN), size="640x360")),
    Awkward("hevc-mkv-open-groups", lambda: clip("h.mkv", x265(extra=OPEN), size="640x360")),
    Awkward("hevc-pq", lambda: clip("pq.mkv", x265(pixels="yuv420p10le"), filters=PQ)),
    Awkward("hevc-pq-alone", lambda: clip("pqa.mkv", x265(pixels="yuv420p10le"), filters=PQ_ALONE)),
    Awkward("av1-hlg", lambda: clip("hlg1.mkv", (*AV1, "-pix_fmt", "yuv420p10le"), filters=HLG)),
    Awkward("hevc-hlg", lambda: clip("hlg.mp4", x265("-tag:v", "hvc1", pixels="yuv420p10le"), filters=HLG)),
    Awkward("av1-mkv-opus", lambda: clip("av1.mkv", AV1, OPUS)),
    Awkward("av1-mp4", lambda: clip("av1.mp4", AV1)),
    Awkward("vp9-webm", lambda: clip("vp9.webm", VP9, OPUS)),
    Awkward("vp9-mp4", lambda: clip("vp9.mp4", VP9)),
    Awkward("vp8-webm-vorbis", lambda: clip("vp8.webm", VP8, VORBIS)),
    Awkward("mpeg2-ts-mp2", lambda: clip("m2.ts", v("mpeg2video", "-bf", "2"), ("-c:a", "mp2"), rate="25")),
    Awkward("mpeg2-mpg-ac3", lambda: clip("m2.mpg", v("mpeg2video", "-bf", "2"), ("-c:a", "ac3"), rate="25")),
    Awkward(
        "mpeg2-vob",
        lambda: clip("m2.vob", v("mpeg2video", "-bf", "2"), ("-c:a", "ac3"), size="352x288", rate="25"),
    ),
    Awkward("mpeg1-mpg", lambda: clip("m1.mpg", v("mpeg1video", "-bf", "2"), ("-c:a", "mp2"), rate="25")),
    Awkward("mpeg4-avi-mp3", lambda: clip("m4.avi", v("mpeg4"), MP3)),
    Awkward("mpeg4-avi-b-frames", lambda: clip("m4b.avi", v("mpeg4", "-bf", "2"), MP3)),
    Awkward("msmpeg4-avi", lambda: clip("div3.avi", v("msmpeg4"), MP3)),
    Awkward("wmv-asf", lambda: clip("w.wmv", v("wmv2"), ("-c:a", "wmav2", "-b:a", "128k"))),
    Awkward("flv1-flv-mp3", lambda: clip("s.flv", v("flv"), ("-c:a", "libmp3lame", "-ar", "44100"))),
    Awkward("theora-ogv", lambda: clip("t.ogv", ("-c:v", "libtheora", "-b:v", "800k", "-g", "24"), VORBIS)),
    Awkward("prores-mov", lambda: clip("p.mov", ("-c:v", "prores_ks", "-profile:v", "0"), PCM)),
    Awkward(
        "dnxhd-mov", lambda: clip("d.mov", ("-c:v", "dnxhd", "-profile:v", "dnxhr_lb", "-pix_fmt", "yuv422p"), PCM)
    ),
    Awkward("mjpeg-avi-pcm", lambda: clip("j.avi", ("-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p"), PCM)),
    Awkward("ffv1-mkv-flac", lambda: clip("v1.mkv", ("-c:v", "ffv1"), ("-c:a", "flac"))),
    Awkward(
        "dv-avi", lambda: clip("dv.avi", ("-c:v", "dvvideo", "-pix_fmt", "yuv420p"), PCM, size="720x576", rate="25")
    ),
    Awkward("h263-3gp", lambda: clip("h263.3gp", v("h263"), size="352x288")),
    Awkward("high-10", lambda: clip("hi10.mkv", x264(pixels="yuv420p10le"))),
    Awkward("high-422", lambda: clip("422.mkv", x264(pixels="yuv422p"))),
    Awkward("high-444", lambda: clip("444.mkv", x264(pixels="yuv444p"))),
    Awkward("lossless", lambda: clip("ll.mkv", x264("-qp", "0"))),
    Awkward("groups-of-20-s", lambda: clip("g20.mkv", x264("-sc_threshold", "0", gop=480), seconds=45)),
    Awkward("one-keyframe", lambda: clip("g1.mp4", x264("-sc_threshold", "0", gop=9999))),
    Awkward("all-keyframes", lambda: clip("intra.mkv", x264("-bf", "0", gop=1))),
    Awkward("open-groups", lambda: clip("open.mkv", OPEN_H264, size="640x360")),
    Awkward("mp4-open-groups", lambda: clip("open.mp4", OPEN_H264, size="640x360")),
    Awkward("ts-open-groups", lambda: clip("open.ts", OPEN_H264, size="640x360")),
    Awkward("intra-refresh", lambda: clip("pir.mkv", x264("-x264-params", "intra-refresh=1:bframes=0"))),
    Awkward("rate-23.976", lambda: clip("r23.mkv", rate="24000/1001"), tolerance=0.06),
    Awkward("rate-12-b-frames", lambda: clip("r12.mkv", rate="12"), tolerance=0.09),
    Awkward("rate-60", lambda: clip("r60.mp4", rate="60")),
    Awkward("rate-120", lambda: clip("r120.mkv", rate="120")),
    Awkward("rate-1", lambda: clip("r1.mp4", rate="1")),
    Awkward(
        "rate-varies",
        lambda: clip("vfr.mkv", output=("-fps_mode", "vfr"), filters=HOLES),
        through=2.8,
    ),
    Awkward(
        "rate-varies-untold",
        lambda: clip(
            "still.mkv",
            output=("-fps_mode", "vfr", "-default_mode", "infer_no_subs"),
            filters=",select='not(between(t,3.2,12.8))*not(between(t,14.2,14.9))',settb=1/1000",
            seconds=18,
        ),
    ),
    Awkward("slides", lambda: clip("slides.avi", ("-c:v", "mjpeg"), PCM, rate="1/6", seconds=24), judged=False),
    Awkward("tiny", lambda: clip("tiny.mkv", size="32x18")),
    Awkward("size-16", lambda: clip("s16.mkv", size="16x16")),
    Awkward("huge-8k", lambda: clip("8k.mp4", size="7680x4320", rate="12", seconds=2)),
    Awkward("rate-119.88", lambda: clip("r119.mp4", rate="120000/1001")),
    Awkward("openh264-mp4", lambda: clip("oh.mp4", ("-c:v", "libopenh264", "-b:v", "600k", "-g", "48"))),
    Awkward("x264-baseline-slices", lambda: clip("bs.mkv", x264("-profile:v", "baseline", "-slices", "4"))),
    Awkward("x264-periodic-long-references", lambda: clip("ref.mkv", x264("-refs", "16", "-b-pyramid", "normal"))),
    Awkward("xvid-avi", lambda: clip("xv.avi", ("-c:v", "libxvid", "-b:v", "800k", "-bf", "2", "-g", "48"), MP3)),
    Awkward("mpeg4-mp4", lambda: clip("m4.mp4", v("mpeg4", "-bf", "2"))),
    Awkward("wmv1-avi", lambda: clip("w1.avi", v("wmv1"), MP3)),
    Awkward("cinepak-mov", lambda: clip("cv.mov", ("-c:v", "cinepak"), PCM, size="160x120", rate="12", seconds=4)),
    Awkward("rawvideo-avi", lambda: clip("raw.avi", ("-c:v", "rawvideo", "-pix_fmt", "yuv420p"), PCM, seconds=4)),
    Awkward("qtrle-mov", lambda: clip("rle.mov", ("-c:v", "qtrle"), PCM, seconds=4)),
    Awkward("aom-av1-mp4", lambda: clip("aom.mp4", ("-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"))),
    Awkward("many-tracks", lambda: many("many.mkv")),
    Awkward("chapters-untitled", lambda: chaptered("chapters.mkv")),
    Awkward("name-of-every-character", lambda: clip("a'b\"c,d;e:f=g#h?i%j&k[l]{m}~n\\o\té😀.mkv")),
    Awkward("many-qualities", lambda: clip("480p.mkv", size="640x480", seconds=20)),
    Awkward("odd-size", lambda: clip("odd.mkv", x264(pixels="yuv444p"), size="321x181")),
    Awkward("huge", lambda: clip("huge.mkv", size="3840x2160", rate="24", seconds=3)),
    Awkward("tall", lambda: clip("tall.mp4", size="90x1000")),
    Awkward("wide-pixels", lambda: clip("sar.mkv", size="352x288", filters=",setsar=16/11")),
    Awkward("turned", lambda: again(clip("b.mp4"), "turned.mp4", before=("-display_rotation", "90"))),
    Awkward(
        "interlaced-mpeg2",
        lambda: clip(
            "50i.ts", v("mpeg2video", "-flags", "+ilme+ildct"), ("-c:a", "mp2"), rate="50", filters=",interlace"
        ),
    ),
    Awkward(
        "interlaced-h264",
        lambda: clip(
            "50i.mkv", x264("-flags", "+ilme+ildct", "-x264-params", "tff=1"), rate="50", filters=",interlace"
        ),
    ),
    Awkward("sound-3-s-late", lambda: clip("late.mkv", before_audio=("-itsoffset", "3"), seconds=SECONDS)),
    Awkward("sound-3-s-late-mp4", lambda: clip("late.mp4", before_audio=("-itsoffset", "3"), seconds=SECONDS)),
    Awkward(
        "starts-before-0",
        lambda: clip("neg.mkv", output=("-output_ts_offset", "-1.5", "-avoid_negative_ts", "disabled")),
    ),
    Awkward("cut-inside-a-group", lambda: again(clip("b.mp4"), "cut.mp4", before=("-ss", "1.7"))),
    Awkward("ac3-3-s-late", lambda: clip("late3.mkv", audio=("-c:a", "ac3"), before_audio=("-itsoffset", "3"))),
    Awkward("opus-9-s-late", lambda: clip("lateo.mkv", audio=OPUS, before_audio=("-itsoffset", "9"))),
    Awkward("flac-3-s-late", lambda: clip("lateflac.mkv", audio=("-c:a", "flac"), before_audio=("-itsoffset", "3"))),
    Awkward("picture-2-s-late", lambda: clip("vlate.mkv", before_video=("-itsoffset", "2"))),
    Awkward(
        "picture-late-short-group",
        lambda: clip("vlate.flv", x264(gop=12), rate="25", before_video=("-itsoffset", "1.25")),
    ),
    Awkward(
        "hole-in-sound",
        lambda: clip("hole.mkv", output=("-bsf:a", "noise=drop='between(n,117,210)'")),
        through=4.5,
    ),
    Awkward(
        "eac3-hole",
        lambda: clip(
            "hole-eac3.mkv", audio=("-c:a", "eac3"), layout="5.1", output=("-bsf:a", "noise=drop='between(n,79,141)'")
        ),
        through=4.5,
    ),
    Awkward(
        "alac-hole",
        lambda: clip("hole-alac.mkv", audio=("-c:a", "alac"), output=("-bsf:a", "noise=drop='between(n,30,52)'")),
        through=4.5,
    ),
    Awkward(
        "pictures-missing",
        lambda: clip("gap.mkv", size="640x360", output=("-bsf:v", "noise=drop='between(n,100,150)'")),
        judged=False,
    ),
    Awkward("sound-shorter", lambda: clip("short.mkv", audio=(*AAC, "-filter:a", "atrim=0:4"))),
    Awkward("ac3-ends-early", lambda: clip("short-ac3.mkv", audio=("-c:a", "ac3", "-filter:a", "atrim=0:4"))),
    Awkward(
        "opus-5.1-ends-early",
        lambda: clip("short-opus.mkv", audio=(*OPUS, "-filter:a", "atrim=0:4"), layout="5.1"),
    ),
    Awkward("picture-shorter", lambda: clip("vshort.mkv", filters=",trim=0:4")),
    Awkward(
        "mp4-end-missing", lambda: changed(clip("e.mp4", output=("-movflags", "+faststart")), "end.mp4", _beginning)
    ),
    Awkward("mkv-end-missing", lambda: changed(clip("e.mkv"), "end.mkv", _beginning)),
    Awkward("ts-hole", lambda: changed(clip("hole.ts"), "hole.ts", _hole), through=4.5, lacking=(4.05, 5.99)),
    Awkward("mkv-hole", lambda: changed(clip("hole2.mkv"), "hole.mkv", _hole), tolerance=0.1, through=4.4),
    Awkward("mp4-hole", lambda: changed(clip("hole.mp4"), "hole.mp4", _hole), through=4.5),
    # What is read of the zeroes is of a stream more, which was not there when the file was opened.
    Awkward("flv-hole", lambda: changed(clip("hole.flv"), "hole.flv", _hole), through=4.5),
    Awkward("mp4-wrong-bits", lambda: changed(clip("bits.mp4", size="640x360"), "bits.mp4", _wrong_bits), through=4.5),
    # Of which only the copy is offered.
    Awkward("mp4-wrong-bits-small", lambda: changed(clip("small.mp4"), "small.mp4", _wrong_bits), through=4.5),
    Awkward("ts-wide-hole", lambda: changed(clip("wide.ts"), "wide.ts", _wide_hole), judged=False),
    Awkward("mkv-wide-hole", lambda: changed(clip("wide2.mkv"), "wide.mkv", _wide_hole), judged=False),
    Awkward("mp4-wide-hole", lambda: changed(clip("wide.mp4"), "wide.mp4", _wide_hole), judged=False),
    Awkward("mkv-live", lambda: piped("live.mkv", "-f", "matroska", "-live", "1")),
    Awkward("mkv-without-index", lambda: piped("pipe.mkv", "-f", "matroska")),
    Awkward("dts", lambda: clip("dts.mkv", audio=("-c:a", "dca", "-strict", "-2"))),
    Awkward("truehd", lambda: clip("mlp.mkv", audio=("-c:a", "truehd", "-strict", "-2"))),
    Awkward("eac3-5.1", lambda: clip("eac3.mkv", audio=("-c:a", "eac3"), layout="5.1")),
    Awkward("aac-5.1", lambda: clip("aac51.mp4", audio=("-c:a", "aac"), layout="5.1")),
    Awkward("pcm-7.1", lambda: clip("pcm71.mkv", audio=PCM, layout="7.1")),
    Awkward("alac", lambda: clip("alac.m4v", audio=("-c:a", "alac"), output=("-f", "mov"))),
    Awkward("flac-96k", lambda: clip("flac96.mkv", audio=("-c:a", "flac"), sampling=96_000)),
    Awkward("mp3-mono-22k", lambda: clip("mp3m.mkv", audio=MP3, layout="mono", sampling=22_050)),
    Awkward("aac-44.1k", lambda: clip("aac44.mkv", sampling=44_100)),
    Awkward("no-sound", lambda: clip("mute.mkv", sound=False)),
    Awkward("sound-alone", lambda: clip("song.m4a", picture=False)),
    Awkward(
        "four-codecs",
        lambda: make(
            "four.mkv",
            [
                *("-f", "lavfi", "-i", pictures(), "-f", "lavfi", "-i", tone(), *X264),
                *("-map", "0", "-map", "1", "-map", "1", "-map", "1", "-map", "1"),
                *("-c:a:0", "aac", "-c:a:1", "flac", "-c:a:2", "libopus", "-c:a:3", "ac3"),
            ],
        ),
    ),
]
BY_NAME = {file.name: file for file in FILES}
