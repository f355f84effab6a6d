"""What can be configured of trackers: the administrator's application at each service, and where the services are."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, Field

from kyoo.core.kinds import HeaderSecret, WebUrl, matching
from kyoo.core.sealing import SealingSettings

ClientId = Annotated[str, matching(r"[!-~]{1,400}", "at most 400 printable ASCII characters without blanks")]


def _named(name: str) -> AliasChoices:
    return AliasChoices(f"KYOO_{name}")


class TrackerSettings(SealingSettings):
    """The fields of a service begin with its name; `Services` (registry.py) reads them."""

    #: Seconds that an answer of ours waits for trackers, and that a tracker has for one answer.
    tracker_wait: float = Field(default=2.0, ge=0, le=30, validation_alias=_named("TRACKER_WAIT"))
    tracker_timeout: float = Field(default=15.0, ge=0.1, le=120, validation_alias=_named("TRACKER_TIMEOUT"))
    #: Seconds between two looks at what changed at a tracker; 0: only when somebody asks.
    tracker_interval: int = Field(default=3600, ge=0, le=30 * 86400, validation_alias=_named("TRACKER_INTERVAL"))
    #: The longest pause before something that failed is tried again, in seconds.
    tracker_longest_pause: int = Field(
        default=6 * 3600, ge=1, le=30 * 86400, validation_alias=_named("TRACKER_LONGEST_PAUSE")
    )
    #: What may wait for one account at one service.
    tracker_outbox_size: int = Field(
        default=100_000, ge=1, le=10_000_000, validation_alias=_named("TRACKER_OUTBOX_SIZE")
    )
    #: Requests a day that SIMKL allows one application until it has approved it; 0: no limit.
    simkl_daily: int = Field(default=1000, ge=0, le=10_000_000, validation_alias=_named("SIMKL_DAILY"))

    trakt_client_id: ClientId | None = Field(default=None, validation_alias=_named("TRAKT_CLIENT_ID"))
    trakt_client_secret: HeaderSecret | None = Field(default=None, validation_alias=_named("TRAKT_CLIENT_SECRET"))
    trakt_url: WebUrl = Field(default="https://api.trakt.tv", validation_alias=_named("TRAKT_URL"))
    trakt_auth_url: WebUrl = Field(default="https://trakt.tv", validation_alias=_named("TRAKT_AUTH_URL"))

    simkl_client_id: ClientId | None = Field(default=None, validation_alias=_named("SIMKL_CLIENT_ID"))
    simkl_client_secret: HeaderSecret | None = Field(default=None, validation_alias=_named("SIMKL_CLIENT_SECRET"))
    simkl_url: WebUrl = Field(default="https://api.simkl.com", validation_alias=_named("SIMKL_URL"))
    simkl_auth_url: WebUrl = Field(default="https://simkl.com", validation_alias=_named("SIMKL_AUTH_URL"))

    mal_client_id: ClientId | None = Field(default=None, validation_alias=_named("MAL_CLIENT_ID"))
    mal_client_secret: HeaderSecret | None = Field(default=None, validation_alias=_named("MAL_CLIENT_SECRET"))
    mal_url: WebUrl = Field(default="https://api.myanimelist.net", validation_alias=_named("MAL_URL"))
    mal_auth_url: WebUrl = Field(default="https://myanimelist.net", validation_alias=_named("MAL_AUTH_URL"))

    anilist_client_id: ClientId | None = Field(default=None, validation_alias=_named("ANILIST_CLIENT_ID"))
    anilist_client_secret: HeaderSecret | None = Field(default=None, validation_alias=_named("ANILIST_CLIENT_SECRET"))
    anilist_url: WebUrl = Field(default="https://graphql.anilist.co", validation_alias=_named("ANILIST_URL"))
    anilist_auth_url: WebUrl = Field(default="https://anilist.co", validation_alias=_named("ANILIST_AUTH_URL"))

    mdblist_url: WebUrl = Field(default="https://api.mdblist.com", validation_alias=_named("MDBLIST_URL"))
