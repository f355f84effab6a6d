"""What the claims of an account allow it to play: how many streams, how large, with how many bits, encoded or not."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kyoo.core.errors import ForbiddenError
from kyoo.transcoder.hls.ladder import ORIGINAL, VideoRendition, video_rendition
from kyoo.transcoder.models.media import Media, VideoTrack

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Allowance:
    """None = no limit."""

    streams: int | None = None
    height: float | None = None
    #: Bits/s of the picture.
    bitrate: float | None = None
    encoding: bool = True

    def refusal(self, rendition: VideoRendition, media: Media) -> str | None:
        """Why a rendition of a video of `media` may not be played; None if it may."""
        if not self.encoding and not rendition.is_copy:
            return "This account may only play what needs no encoding"
        if self.height is not None and rendition.height > self.height:
            return f"This account may play pictures of at most {self.height:.0f} lines"
        # A track that does not say is at most all there is.
        bitrate = rendition.average or media.size * 8 / max(media.duration, 1.0)
        if self.bitrate is not None and bitrate > self.bitrate:
            return f"This account may play at most {self.bitrate / 1e6:.3g} Mbit/s from here"
        return None

    def allows(self, track: VideoTrack, quality: str, media: Media) -> bool:
        return self.refusal(video_rendition(track, quality), media) is None

    def check(self, media: Media, kind: str, track: int, quality: str) -> None:
        """Raise ForbiddenError, and NotFoundError for a quality above the file's."""
        if kind != "video" or track >= len(media.videos):
            return
        if reason := self.refusal(video_rendition(media.videos[track], quality), media):
            raise ForbiddenError(reason)

    def check_file(self, media: Media) -> None:
        """Raise ForbiddenError when the file as it is may not be played."""
        for track in media.videos:
            self.check(media, "video", track.index, ORIGINAL)


UNLIMITED = Allowance()


def allowance_of(claims: Mapping[str, Any], address: str, local: Sequence[Network]) -> Allowance:
    """What a caller with these claims may play at this address. A claim that cannot be read limits to nothing: it was
    meant to limit."""
    bitrate = "maxLocalBitrate" if is_local(address, local) else "maxBitrate"
    streams = _number(claims.get("maxStreams"))
    return Allowance(
        streams=None if streams is None else int(streams),
        height=_number(claims.get("maxHeight")),
        bitrate=_number(claims.get(bitrate)),
        encoding=claims.get("noTranscoding") in (None, False),
    )


def _number(limit: Any) -> float | None:
    if limit is None:
        return None
    readable = isinstance(limit, int | float) and not isinstance(limit, bool)
    return min(max(limit, 0.0), 1e15) if readable else 0.0


def is_local(address: str, local: Sequence[Network]) -> bool:
    """Whether an address is of the home: of a network that is said to be, or one that is not of the internet."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_private or found.is_link_local or any(found in network for network in local)
