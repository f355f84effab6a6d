"""The settings of the scanner, from keyword arguments or the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field, field_validator

from kyoo.core.kinds import HeaderSecret, Language, Libraries, WebUrl
from kyoo.core.languages import canonical
from kyoo.core.outside import OutsideSettings
from kyoo.core.sealing import SealingSettings

#: The services that metadata can come from, by the names that people know them by.
SERVICES = ("anilist", "tvmaze", "wikidata", "tmdb", "tvdb")


class ScannerSettings(OutsideSettings, SealingSettings):
    """Times are in seconds, sizes in bytes."""

    library: Libraries = Field(
        default=(Path("/video"),), validation_alias=AliasChoices("KYOO_LIBRARY", "SCANNER_LIBRARY_ROOT")
    )
    #: Matched from the start of the full path; files and folders that match are left out.
    ignore_pattern: re.Pattern[str] | None = Field(
        default=None, validation_alias=AliasChoices("KYOO_IGNORE_PATTERN", "LIBRARY_IGNORE_PATTERN")
    )
    #: Whether `create_app` runs the watcher itself (a scanner used alone); in `kyoo serve` the worker runs it.
    watch: bool = Field(default=False, validation_alias=AliasChoices("KYOO_SCANNER_WATCH"))
    #: The language of the texts that file names and .nfo files give.
    language: Language = Field(default="en", validation_alias=AliasChoices("KYOO_LIBRARY_LANGUAGE"))

    rescan_interval: float = Field(
        default=3600, gt=0, le=2592000, validation_alias=AliasChoices("KYOO_RESCAN_INTERVAL")
    )
    #: Between two walks where the file system reports no changes.
    poll_interval: float = Field(default=60, gt=0, le=86400, validation_alias=AliasChoices("KYOO_POLL_INTERVAL"))
    #: A file that changed within this time may still be copied; it is looked at again.
    settle_time: float = Field(default=2, ge=0, le=86400, validation_alias=AliasChoices("KYOO_SETTLE_TIME"))
    #: Events of the file system are gathered for this long.
    debounce: float = Field(default=1.6, gt=0, le=3600, validation_alias=AliasChoices("KYOO_WATCH_DEBOUNCE"))
    #: How long the runtimes of probed files are gathered before their show is written again.
    refresh_delay: float = Field(default=20, ge=0, le=86400, validation_alias=AliasChoices("KYOO_REFRESH_DELAY"))

    #: More files than this, and more than this share of a root, gone at once = an unmounted disk.
    missing_count: int = Field(default=50, ge=0, le=10**9, validation_alias=AliasChoices("KYOO_MISSING_COUNT"))
    missing_share: float = Field(default=0.2, ge=0, le=1, validation_alias=AliasChoices("KYOO_MISSING_SHARE"))

    #: Where the public lists of anime are fetched: GitHub's raw files, or a mirror with their paths or mere names.
    anime_lists_url: WebUrl = Field(
        default="https://raw.githubusercontent.com", validation_alias=AliasChoices("KYOO_ANIME_LISTS_URL")
    )
    #: Between two times that they are asked for; 0: never.
    anime_lists_interval: float = Field(
        default=604800, ge=0, le=31536000, validation_alias=AliasChoices("KYOO_ANIME_LISTS_INTERVAL")
    )
    anime_lists_limit: int = Field(
        default=64 * 1024 * 1024, ge=1, le=2**30, validation_alias=AliasChoices("KYOO_ANIME_LISTS_LIMIT")
    )

    #: Files registered together: few at first, so that the first titles show at once.
    first_batch: int = Field(default=20, ge=1)
    batch: int = Field(default=200, ge=1)
    picture_limit: int = Field(
        default=20 * 1024 * 1024, ge=1, le=2**30, validation_alias=AliasChoices("KYOO_PICTURE_LIMIT")
    )

    #: The services that are asked; `none` of them: nothing leaves this machine.
    switched_on: tuple[str, ...] = Field(default=SERVICES, validation_alias=AliasChoices("KYOO_PROVIDERS"))
    #: Besides the language of the library and the original one of a show. Names are kept in every language there is;
    #: this is about texts that take a request for each language.
    text_languages: tuple[str, ...] = Field(
        default=("en", "de", "es", "fr", "it", "ja", "ko", "pt", "ru", "zh"),
        validation_alias=AliasChoices("KYOO_METADATA_LANGUAGES"),
    )
    tmdb_key: HeaderSecret | None = Field(
        default=None, validation_alias=AliasChoices("KYOO_TMDB_KEY", "THEMOVIEDB_API_ACCESS_TOKEN")
    )
    tvdb_key: HeaderSecret | None = Field(default=None, validation_alias=AliasChoices("KYOO_TVDB_KEY", "TVDB_APIKEY"))
    tvdb_pin: HeaderSecret | None = Field(default=None, validation_alias=AliasChoices("KYOO_TVDB_PIN", "TVDB_PIN"))
    answer_seconds: float = Field(default=30, gt=0, le=600, validation_alias=AliasChoices("KYOO_METADATA_TIMEOUT"))
    #: Of one answer.
    answer_limit: int = Field(
        default=16 * 1024 * 1024, ge=1024, le=2**30, validation_alias=AliasChoices("KYOO_METADATA_ANSWER_LIMIT")
    )
    #: Of all answers that are kept.
    answers_limit: int = Field(
        default=256 * 1024 * 1024, ge=0, le=2**40, validation_alias=AliasChoices("KYOO_METADATA_CACHE")
    )
    #: An answer is not asked for again within this time.
    answer_keep: float = Field(
        default=86_400, ge=0, le=30 * 86_400, validation_alias=AliasChoices("KYOO_METADATA_KEEP")
    )

    @field_validator("switched_on", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        names = [name.strip().lower() for name in value.split(",") if name.strip()]
        if names == ["none"]:
            return ()
        if not names or any(name not in SERVICES for name in names):
            wish = ", ".join(SERVICES)
            raise ValueError(f"must be none, or names of {wish}, separated by commas")
        return tuple(dict.fromkeys(names))

    @field_validator("text_languages", mode="before")
    @classmethod
    def _languages(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        known = [canonical(code) for code in value.split(",") if code.strip()]
        if not known or None in known:
            raise ValueError("must be languages, separated by commas, such as en,fr,pt-BR")
        return tuple(dict.fromkeys(known))

    @field_validator("library")
    @classmethod
    def _apart(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        # A root inside another root would be walked twice.
        roots = sorted(value)
        return tuple(root for root in roots if not any(root != other and root.is_relative_to(other) for other in roots))

    @field_validator("ignore_pattern", mode="before")
    @classmethod
    def _compile(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return re.compile(value)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"must be a regular expression ({error})") from None
