"""The transcoder's settings: our names and Kyoo's."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from kyoo.core.blobs import Bucket, Location
from kyoo.core.kinds import Libraries, OwnFolder
from kyoo.core.settings import AtStart, Settings
from kyoo.transcoder.ffmpeg.program import check_ffmpeg, decoders_of, unsafe
from kyoo.transcoder.hls.admission import LIGHT, Bound, encoders_for, usable_cores
from kyoo.transcoder.players.allowance import Network

#: x264's, the quickest first.
Preset = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo"
]


#: Devices that decode, encode or compute, and nothing else.
GRAPHICS = re.compile(r"/dev/(?:dri|nvidia|kfd|video|dma_heap|mpp_service|rga|mali|vchiq)[\w/-]{0,40}", re.ASCII)


def _parts(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _decoder_names(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if re.fullmatch("[a-z0-9_-]{1,40}", name) is None:
            raise ValueError("must be names of ffmpeg's decoders, separated by commas")
    return names


def _graphics(paths: tuple[str, ...]) -> tuple[str, ...]:
    for path in paths:
        if GRAPHICS.fullmatch(path) is None or not Path(path).exists():
            raise ValueError("must be devices of a graphics card that exist, such as /dev/dri, separated by commas")
    return paths


def _networks(value: Any) -> Any:
    try:
        return tuple(ipaddress.ip_network(part) for part in _parts(value))
    except ValueError:
        raise ValueError("must be networks (2001:db8:12::/48), separated by commas") from None


Networks = Annotated[tuple[Network, ...], BeforeValidator(_networks)]
Decoders = Annotated[tuple[str, ...], BeforeValidator(_parts), AfterValidator(_decoder_names)]
Devices = Annotated[tuple[str, ...], BeforeValidator(_parts), AfterValidator(_graphics)]


class TranscoderSettings(Settings):
    """Read from the environment, or given by keyword. `library` takes several folders separated like PATH."""

    library: Libraries = Field(
        default=(Path("/video"),), validation_alias=AliasChoices("KYOO_LIBRARY", "GOCODER_SAFE_PATH")
    )
    #: Scratch for segments; a folder `kyoo_cache` inside it belongs to us.
    cache_root: OwnFolder = Field(
        default_factory=lambda: platformdirs.user_cache_path("kyoo"),
        validation_alias=AliasChoices("KYOO_CACHE_ROOT", "GOCODER_CACHE_ROOT"),
    )
    #: Where subtitles, covers and sprites are kept: a folder or `s3://bucket/prefix`.
    metadata_root: Location = Field(
        default_factory=lambda: str(platformdirs.user_data_path("kyoo") / "metadata"),
        validation_alias=AliasChoices("KYOO_METADATA_ROOT", "GOCODER_METADATA_ROOT"),
    )
    s3_bucket: Bucket | None = Field(default=None, validation_alias=AliasChoices("S3_BUCKET_NAME"))
    preset: Preset = Field(default="veryfast", validation_alias=AliasChoices("KYOO_PRESET", "GOCODER_PRESET"))
    ffmpeg: Annotated[str, AtStart(check_ffmpeg)] | None = Field(
        default=None, validation_alias=AliasChoices("KYOO_FFMPEG")
    )
    #: Refuse an ffmpeg whose version is known not to be safe.
    ffmpeg_check: bool = Field(default=True, validation_alias=AliasChoices("KYOO_FFMPEG_CHECK"))
    #: Bytes of address space: of one ffmpeg, and of one look into a file. Far above what a film needs.
    ffmpeg_memory: int = Field(default=2**34, ge=2**28, le=2**60, validation_alias=AliasChoices("KYOO_FFMPEG_MEMORY"))
    look_memory: int = Field(default=2**32, ge=2**29, le=2**60, validation_alias=AliasChoices("KYOO_LOOK_MEMORY"))
    #: Decoders of libav that are opened besides those of decoders.py.
    decoders: Decoders = Field(default=(), validation_alias=AliasChoices("KYOO_DECODERS"))
    #: Devices that ffmpeg may use (`/dev/dri`).
    devices: Devices = Field(default=(), validation_alias=AliasChoices("KYOO_FFMPEG_DEVICES"))
    #: The largest embedded subtitle in bytes.
    subtitle_limit: int = Field(
        default=512 * 1024**2, ge=1024, le=2**60, validation_alias=AliasChoices("KYOO_SUBTITLE_LIMIT")
    )
    #: Bytes of finished segments kept in scratch; the least recently used go first.
    cache_limit: int = Field(default=2 * 1024**3, ge=0, le=2**60, validation_alias=AliasChoices("KYOO_CACHE_LIMIT"))
    #: Seconds of media an encoder may be ahead of its furthest reader.
    encode_ahead: float = Field(default=20, gt=0, le=3600, validation_alias=AliasChoices("KYOO_ENCODE_AHEAD"))
    #: Seconds after which a silent client no longer keeps an encoder alive.
    client_idle: float = Field(default=30, gt=0, le=86400, validation_alias=AliasChoices("KYOO_CLIENT_IDLE"))
    #: Seconds for which a client that asks for nothing more is listed, as paused.
    client_paused: float = Field(default=600, gt=0, le=86400, validation_alias=AliasChoices("KYOO_CLIENT_PAUSED"))
    #: Encoders of pictures that run at once, of all users and of each; copies and sound have eight times the room.
    encoders: int = Field(
        default_factory=lambda: encoders_for(usable_cores()),
        ge=1,
        le=1000,
        validation_alias=AliasChoices("KYOO_ENCODERS"),
    )
    encoders_per_user: int | None = Field(
        default=None, ge=1, le=1000, validation_alias=AliasChoices("KYOO_ENCODERS_PER_USER")
    )
    #: Seconds for which a request waits for room before it is refused.
    encoder_wait: float = Field(default=8, ge=0, le=60, validation_alias=AliasChoices("KYOO_ENCODER_WAIT"))
    #: Networks of the home besides those that are private.
    local_networks: Networks = Field(default=(), validation_alias=AliasChoices("KYOO_LOCAL_NETWORKS"))
    #: Seconds a probe may take before the file counts as unreadable.
    probe_timeout: float = Field(default=30, gt=0, le=3600, validation_alias=AliasChoices("KYOO_PROBE_TIMEOUT"))

    def lacks(self, given: Mapping[str, Any] = {}) -> Iterator[str]:
        yield from super().lacks(given)
        try:
            found = check_ffmpeg(self.ffmpeg_path())
        except (ValueError, RuntimeError) as error:
            # What is wrong with one that was chosen has been said.
            if self.ffmpeg is None:
                yield f"The ffmpeg of imageio-ffmpeg cannot be used, so KYOO_FFMPEG {error}"
            return
        if self.ffmpeg_check and (problem := unsafe(found)):
            yield f"KYOO_FFMPEG {problem}"
        if self.decoders and (unknown := set(self.decoders) - decoders_of(self.ffmpeg_path())):
            yield f"KYOO_DECODERS must be names of ffmpeg's decoders, separated by commas, not {min(unknown)!r}"

    @property
    def bounds(self) -> tuple[Bound, Bound]:
        """Of encoders of pictures, and of copies and sound."""
        heavy = Bound(self.encoders, self.encoders_per_user or max(2, -(-self.encoders // 2)))
        return heavy, Bound(heavy.together * LIGHT, heavy.each * LIGHT)

    @property
    def store_location(self) -> str:
        return f"s3://{self.s3_bucket}" if self.s3_bucket else self.metadata_root

    def ffmpeg_path(self) -> str:
        if self.ffmpeg:
            return self.ffmpeg
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
