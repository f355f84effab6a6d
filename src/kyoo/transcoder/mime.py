"""MIME types of library files by extension, the same on every machine."""

from __future__ import annotations

from pathlib import PurePath

VIDEO = {
    "3g2": "video/3gpp2",
    "3gp": "video/3gpp",
    "asf": "video/x-ms-asf",
    "avi": "video/x-msvideo",
    "divx": "video/x-msvideo",
    "dv": "video/dv",
    "flv": "video/x-flv",
    "m2ts": "video/mp2t",
    "m2v": "video/mpeg",
    "m4v": "video/x-m4v",
    "mkv": "video/x-matroska",
    "mk3d": "video/x-matroska",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "mpe": "video/mpeg",
    "mpeg": "video/mpeg",
    "mpg": "video/mpeg",
    "mts": "video/mp2t",
    "mxf": "video/mxf",
    "nut": "video/x-nut",
    "ogm": "video/ogg",
    "ogv": "video/ogg",
    "rm": "video/vnd.rn-realvideo",
    "rmvb": "video/vnd.rn-realvideo",
    "ts": "video/mp2t",
    "vob": "video/mpeg",
    "webm": "video/webm",
    "wmv": "video/x-ms-wmv",
    "wtv": "video/x-ms-wtv",
}
AUDIO = {
    "aac": "audio/aac",
    "ac3": "audio/ac3",
    "aif": "audio/aiff",
    "aiff": "audio/aiff",
    "alac": "audio/mp4",
    "ape": "audio/x-ape",
    "dts": "audio/vnd.dts",
    "eac3": "audio/eac3",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "m4b": "audio/mp4",
    "mka": "audio/x-matroska",
    "mp2": "audio/mpeg",
    "mp3": "audio/mpeg",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "wma": "audio/x-ms-wma",
    "wv": "audio/x-wavpack",
}
SUBTITLE = {
    "srt": "application/x-subrip",
    "ass": "text/x-ssa",
    "ssa": "text/x-ssa",
    "vtt": "text/vtt",
    "sup": "application/octet-stream",
}
FONT = {"ttf": "font/ttf", "otf": "font/otf", "ttc": "font/collection", "woff": "font/woff", "woff2": "font/woff2"}


def extension(path: PurePath) -> str:
    """The extension in lower case, without the dot."""
    return path.suffix.removeprefix(".").lower()


def media_type(path: PurePath) -> str | None:
    """`video/…` or `audio/…`, or None when the extension is that of neither."""
    suffix = extension(path)
    return VIDEO.get(suffix) or AUDIO.get(suffix)
