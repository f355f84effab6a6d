"""The transcoder's settings: our names and Kyoo's (video.md §1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AliasChoices, Field

from kyoo.core.blobs import Bucket, Location
from kyoo.core.kinds import Libraries, OwnFolder
from kyoo.core.settings import AtStart, Settings
from kyoo.transcoder.program import check_ffmpeg

#: x264's, the quickest first.
Preset = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo"
]


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
    #: Bytes of finished segments kept in scratch; the least recently used go first.
    cache_limit: int = Field(default=2 * 1024**3, ge=0, le=2**60, validation_alias=AliasChoices("KYOO_CACHE_LIMIT"))
    #: Seconds of media an encoder may be ahead of its furthest reader.
    encode_ahead: float = Field(default=20, gt=0, le=3600, validation_alias=AliasChoices("KYOO_ENCODE_AHEAD"))
    #: Seconds after which a silent client no longer keeps an encoder alive.
    client_idle: float = Field(default=60, gt=0, le=86400, validation_alias=AliasChoices("KYOO_CLIENT_IDLE"))
    #: Seconds a probe may take before the file counts as unreadable.
    probe_timeout: float = Field(default=30, gt=0, le=3600, validation_alias=AliasChoices("KYOO_PROBE_TIMEOUT"))

    def lacks(self, given: Mapping[str, Any] = {}) -> Iterator[str]:
        yield from super().lacks(given)
        if self.ffmpeg is None:
            try:
                check_ffmpeg(self.ffmpeg_path())
            except (ValueError, RuntimeError) as error:
                yield f"The ffmpeg of imageio-ffmpeg cannot be used, so KYOO_FFMPEG {error}"

    @property
    def store_location(self) -> str:
        return f"s3://{self.s3_bucket}" if self.s3_bucket else self.metadata_root

    def ffmpeg_path(self) -> str:
        if self.ffmpeg:
            return self.ffmpeg
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
