"""Controls: the same files without our server, as they are or as HLS that ffmpeg writes. What goes wrong there, too, is
no fault of what is served."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av

from tests.media import make

#: What ffmpeg copies into HLS; all else it encodes, as our server does.
COPIED = {"h264", "hevc", "av1", "vp9", "aac", "opus", "ac3", "eac3", "flac", "alac"}
ENCODERS = {
    "video": ("-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p", "-g", "48"),
    "audio": ("-c:a", "aac", "-ac", "2"),
}
HLS = ("-f", "hls", "-hls_segment_type", "fmp4", "-hls_playlist_type", "vod", "-hls_time", "3")


def first_codecs(source: Path) -> dict[str, str]:
    """By "video" and "audio"."""
    with av.open(str(source)) as container:
        return {str(stream.type): stream.codec_context.name for stream in reversed(container.streams)}


def as_hls(source: Path) -> Path:
    """The playlist that ffmpeg writes of a file: sound in a rendition of its own, as ours is."""
    first = first_codecs(source)
    codecs: list[str] = []
    for kind, encoder in ENCODERS.items():
        codecs += [f"-c:{kind[0]}", "copy"] if first.get(kind) in COPIED else encoder
    single = not {"video", "audio"} <= set(first)
    streams = () if single else ("-var_stream_map", "v:0,agroup:sound a:0,agroup:sound,default:yes")
    master = () if single else ("-master_pl_name", "control.m3u8")
    inputs = ("-i", str(source), "-map", "0:v:0?", "-map", "0:a:0?")
    return make("control.m3u8", [*inputs, *codecs, *HLS, *streams, *master], into=None if single else "control-%v.m3u8")


def tracks_as_hls(source: Path) -> Path:
    """The same of a picture and the first and last sound, in one group, copied whatever their codecs."""
    with av.open(str(source)) as container:
        last = len(container.streams.audio) - 1
    maps = [part for stream in ("0:v:0", "0:a:0", f"0:a:{last}") for part in ("-map", stream)]
    streams = ("-var_stream_map", "v:0,agroup:sound a:0,agroup:sound,default:yes a:1,agroup:sound")
    arguments = ["-i", str(source), *maps, "-c", "copy", *HLS, *streams, "-master_pl_name", "control.m3u8"]
    return make("control.m3u8", arguments, into="control-%v.m3u8")


def qualities_as_hls(source: Path) -> Path:
    """The same of the first picture and sound, as they are and as H.264 and AAC."""
    maps = [part for stream in ("v", "a", "v", "a") for part in ("-map", f"0:{stream}:0")]
    picture = "copy" if first_codecs(source)["video"] in COPIED else "libx264"
    codecs = (
        "-c",
        "copy",
        "-c:v:0",
        picture,
        "-c:v:1",
        "libx264",
        *ENCODERS["video"][2:],
        "-b:v:1",
        "60k",
        "-c:a:1",
        "aac",
        "-ac:a:1",
        "2",
    )
    streams = ("-var_stream_map", "v:0,agroup:copied a:0,agroup:copied v:1,agroup:encoded a:1,agroup:encoded")
    arguments = ["-i", str(source), *maps, *codecs, *HLS, *streams, "-master_pl_name", "control.m3u8"]
    return make("control.m3u8", arguments, into="control-%v.m3u8")


#: By name: what a player is given in place of our address.
CONTROLS: dict[str, Callable[[Path], Path]] = {
    "hls": as_hls,
    "tracks as hls": tracks_as_hls,
    "qualities as hls": qualities_as_hls,
    "file": lambda source: source,
}
