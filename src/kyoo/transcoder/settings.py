"""The transcoder's settings: our names and Kyoo's (video.md §1)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class TranscoderSettings(BaseSettings):
    """Read from the environment, or given by keyword. `library` takes several folders separated like PATH."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore", env_ignore_empty=True)

    library: Annotated[list[Path], NoDecode] = Field(
        default=[Path("/video")], validation_alias=AliasChoices("KYOO_LIBRARY", "GOCODER_SAFE_PATH")
    )
    #: Scratch for segments; a folder `kyoo_cache` inside it belongs to us.
    cache_root: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("kyoo"),
        validation_alias=AliasChoices("KYOO_CACHE_ROOT", "GOCODER_CACHE_ROOT"),
    )
    #: Where subtitles, covers and sprites are kept: a folder or `s3://bucket/prefix`.
    metadata_root: str = Field(
        default_factory=lambda: str(platformdirs.user_data_path("kyoo") / "metadata"),
        validation_alias=AliasChoices("KYOO_METADATA_ROOT", "GOCODER_METADATA_ROOT"),
    )
    s3_bucket: str | None = Field(default=None, validation_alias=AliasChoices("S3_BUCKET_NAME"))
    preset: str = Field(
        default="veryfast", pattern="^[a-z0-9]+$", validation_alias=AliasChoices("KYOO_PRESET", "GOCODER_PRESET")
    )
    ffmpeg: str | None = Field(default=None, validation_alias=AliasChoices("KYOO_FFMPEG"))
    #: Bytes of finished segments kept in scratch; the least recently used go first.
    cache_limit: int = Field(default=2 * 1024**3, ge=0, validation_alias=AliasChoices("KYOO_CACHE_LIMIT"))
    #: Seconds of media an encoder may be ahead of its furthest reader.
    encode_ahead: float = Field(default=20, gt=0, validation_alias=AliasChoices("KYOO_ENCODE_AHEAD"))
    #: Seconds after which a silent client no longer keeps an encoder alive.
    client_idle: float = Field(default=60, gt=0, validation_alias=AliasChoices("KYOO_CLIENT_IDLE"))
    #: Seconds a probe may take before the file counts as unreadable.
    probe_timeout: float = Field(default=30, gt=0, validation_alias=AliasChoices("KYOO_PROBE_TIMEOUT"))

    @field_validator("library", mode="before")
    @classmethod
    def _split_folders(cls, value: Any) -> Any:
        return [folder for folder in value.split(os.pathsep) if folder] if isinstance(value, str) else value

    @property
    def store_location(self) -> str:
        return f"s3://{self.s3_bucket}" if self.s3_bucket else self.metadata_root

    def ffmpeg_path(self) -> str:
        if self.ffmpeg:
            return self.ffmpeg
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
