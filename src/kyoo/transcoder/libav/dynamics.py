"""The dynamic range of a video: what its transfer function and the metadata of its first picture say."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

from kyoo.transcoder.models.media import Hdr, VideoRange, VideoTrack

#: libav's numbers of transfer functions (ITU-T H.273).
PQ, HLG = 16, 18


def video_range(transfer: int) -> VideoRange:
    return {PQ: VideoRange.PQ, HLG: VideoRange.HLG}.get(transfer, VideoRange.SDR)


def describe(track: VideoTrack, frame: VideoFrame) -> None:
    """Add to `track` what `frame` tells."""
    items: Iterable[Any] = frame.side_data
    kinds = {item.type: bytes(item) for item in items}
    if not track.is_hdr:
        track.video_range = video_range(frame.color_trc)
    if track.video_range is VideoRange.HLG:
        track.hdr = Hdr.HLG
    elif track.video_range is VideoRange.PQ:
        track.hdr = Hdr.HDR10_PLUS if Type.DYNAMIC_HDR_PLUS in kinds else Hdr.HDR10
    if Type.DOVI_METADATA in kinds:
        track.hdr = Hdr.DOLBY_VISION
        track.dolby_vision_profile = profile = dolby_vision_profile(kinds[Type.DOVI_METADATA])
        if profile == 5:
            # Its picture is in a colour space of Dolby's own, whatever the stream says.
            track.video_range = VideoRange.PQ


def dolby_vision_profile(metadata: bytes) -> int | None:
    """Of libav's AVDOVIMetadata: the header of the RPU tells the profile, as libavcodec guesses it."""
    try:
        (offset,) = struct.unpack_from("@N", metadata)
        profile, full_range, depth, el_resampled, residual_off = (
            metadata[offset + place] for place in (PROFILE, FULL_RANGE, DEPTH, EL_RESAMPLED, RESIDUAL_OFF)
        )
    except (struct.error, IndexError):
        return None
    if profile == 0:
        return 5 if full_range else None
    if profile == 1:
        if el_resampled and not residual_off:
            return 7 if depth == 12 else 4
        return 8
    return None


#: Fields of AVDOVIRpuDataHeader (bytes): vdr_rpu_profile, bl_video_full_range_flag, vdr_bit_depth,
#: el_spatial_resampling_filter_flag, disable_residual_flag.
PROFILE, FULL_RANGE, DEPTH, EL_RESAMPLED, RESIDUAL_OFF = 4, 10, 13, 15, 16
