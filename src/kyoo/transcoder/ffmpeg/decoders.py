"""The parts of libav that may see a file of a library: demuxers, and the decoders that films and music need.

libav has some 600 decoders, most of them for formats of games and of studios that hardly anybody looks after: there the
faults are found (CVE-2026-8461 was MagicYUV). What is not named here is not opened, by ffmpeg and by PyAV alike."""

from __future__ import annotations

from collections.abc import Iterable

#: Demuxers that read one file and nothing else. Playlists and the like (hls, concat, dash, sdp) could name other files.
DEMUXERS = (
    *("aac", "ac3", "aiff", "amr", "ape", "asf", "av1", "avi", "caf", "dts", "dtshd", "dv", "eac3", "flac", "flv"),
    *("h264", "hevc", "ivf", "m4v", "matroska", "webm", "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "mp3", "mpeg"),
    *("mpegts", "mpegvideo", "mxf", "nut", "obu", "ogg", "rm", "truehd", "tta", "w64", "wav", "wtv", "wv"),
)

VIDEO = (
    *("h264", "hevc", "av1", "libdav1d", "libaom-av1", "vp8", "libvpx", "vp9", "libvpx-vp9"),
    *("mpeg1video", "mpeg2video", "mpegvideo", "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4", "theora"),
    *("vc1", "wmv1", "wmv2", "wmv3", "rv10", "rv20", "rv30", "rv40", "dvvideo"),
    *("h263", "h263i", "h263p", "flv", "vp6", "vp6a", "vp6f", "svq1", "svq3"),
    *("cinepak", "indeo3", "indeo4", "indeo5", "msvideo1", "msrle", "qtrle", "rpza"),
    *("prores", "dnxhd", "ffv1", "rawvideo", "v210"),
    # Pictures: covers, and films made of photographs.
    *("mjpeg", "png", "bmp", "gif", "webp"),
)
AUDIO = (
    *("aac", "aac_fixed", "aac_latm", "libfdk_aac", "ac3", "ac3_fixed", "eac3", "dca", "truehd", "mlp"),
    *(
        "mp1",
        "mp1float",
        "mp2",
        "mp2float",
        "mp3",
        "mp3float",
        "flac",
        "alac",
        "opus",
        "libopus",
        "vorbis",
        "libvorbis",
    ),
    *("wmav1", "wmav2", "wmapro", "wmalossless", "wmavoice", "cook", "real_144", "real_288", "sipr", "atrac3"),
    *("amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb", "nellymoser", "speex", "libspeex", "gsm", "gsm_ms"),
    *("ape", "wavpack", "tta", "dsd_lsbf", "dsd_msbf", "dsd_lsbf_planar", "dsd_msbf_planar", "qdm2", "mace3", "mace6"),
    *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf", "adpcm_yamaha"),
    *("pcm_alaw", "pcm_mulaw", "pcm_bluray", "pcm_dvd", "pcm_u8", "pcm_s8", "pcm_s8_planar"),
    *(f"pcm_{kind}{bits}{order}" for kind in "su" for bits in (16, 24, 32) for order in ("le", "be")),
    *("pcm_s16le_planar", "pcm_s16be_planar", "pcm_s24le_planar", "pcm_s32le_planar", "pcm_s64le", "pcm_s64be"),
    *("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be"),
)
SUBTITLES = ("subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "pgssub", "dvdsub", "dvbsub")

DECODERS = frozenset((*VIDEO, *AUDIO, *SUBTITLES))

#: Pixels of a picture: somewhat more than 8K.
MOST_PIXELS = 8192 * 8192


def codec_whitelist(more: Iterable[str] = ()) -> str:
    """libav's `codec_whitelist`; `more` are those that the operator opens."""
    return ",".join(sorted(DECODERS.union(more)))


def known_demuxers(formats: str) -> str:
    """The names among `formats`, which come from a file, that are ours; one that nothing has when there is none."""
    return ",".join(name for name in formats.split(",") if name in DEMUXERS) or "none"
