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


def as_hls(source: Path) -> Path:
    """The playlist that ffmpeg writes of a file: sound in a rendition of its own, as ours is."""
    with av.open(str(source)) as container:
        first = {str(stream.type): stream.codec_context.name for stream in reversed(container.streams)}
    codecs: list[str] = []
    for kind, encoder in ENCODERS.items():
        codecs += [f"-c:{kind[0]}", "copy"] if first.get(kind) in COPIED else encoder
    single = not {"video", "audio"} <= set(first)
    streams = () if single else ("-var_stream_map", "v:0,agroup:sound a:0,agroup:sound,default:yes")
    master = () if single else ("-master_pl_name", "control.m3u8")
    inputs = ("-i", str(source), "-map", "0:v:0?", "-map", "0:a:0?")
    return make("control.m3u8", [*inputs, *codecs, *HLS, *streams, *master], into=None if single else "control-%v.m3u8")


#: By name: what a player is given in place of our address.
CONTROLS: dict[str, Callable[[Path], Path]] = {"hls": as_hls, "file": lambda source: source}
