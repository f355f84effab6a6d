"""What can be configured of webhooks: times, numbers, and where those of users may lead."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field

from kyoo.core.kinds import origin
from kyoo.core.sealing import SealingSettings


def _origins(value: Any) -> Any:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(same_origin(origin(part.strip())) for part in parts if part.strip())


def same_origin(url: str) -> str:
    """Where a URL leads, written in one way: two of the same place are equal."""
    parts = urlsplit(url)
    host, usual = (parts.hostname or "").rstrip("."), {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://[{host}]{port}" if ":" in host else f"{parts.scheme}://{host}{port}"


Origins = Annotated[tuple[str, ...], BeforeValidator(_origins)]


class WebhookSettings(SealingSettings):
    #: Webhooks that administrators may have, and messages that may wait for one.
    webhooks: int = Field(default=20, ge=0, le=1000, validation_alias=AliasChoices("KYOO_WEBHOOKS"))
    webhook_backlog: int = Field(default=1000, ge=1, le=100_000, validation_alias=AliasChoices("KYOO_WEBHOOK_BACKLOG"))
    #: Webhooks that one user may have, 0: users have none; and the servers on private networks that these may reach.
    user_webhooks: int = Field(default=5, ge=0, le=100, validation_alias=AliasChoices("KYOO_USER_WEBHOOKS"))
    user_webhook_servers: Origins = Field(default=(), validation_alias=AliasChoices("KYOO_USER_WEBHOOK_SERVERS"))
    #: Seconds that a receiver has for one message.
    webhook_timeout: float = Field(default=10, ge=0.1, le=60, validation_alias=AliasChoices("KYOO_WEBHOOK_TIMEOUT"))
    #: Hours for which one message is tried, and days of failures after which a webhook is switched off.
    webhook_hours: float = Field(default=24, ge=0, le=720, validation_alias=AliasChoices("KYOO_WEBHOOK_HOURS"))
    webhook_days: float = Field(default=5, ge=0, le=365, validation_alias=AliasChoices("KYOO_WEBHOOK_DAYS"))
