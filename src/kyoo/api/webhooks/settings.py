"""What can be configured of webhooks: times and numbers."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from kyoo.core.sealing import SealingSettings


class WebhookSettings(SealingSettings):
    #: Webhooks that administrators may have, and messages that may wait for one.
    webhooks: int = Field(default=20, ge=0, le=1000, validation_alias=AliasChoices("KYOO_WEBHOOKS"))
    webhook_backlog: int = Field(default=1000, ge=1, le=100_000, validation_alias=AliasChoices("KYOO_WEBHOOK_BACKLOG"))
    #: Seconds that a receiver has for one message.
    webhook_timeout: float = Field(default=10, ge=0.1, le=60, validation_alias=AliasChoices("KYOO_WEBHOOK_TIMEOUT"))
    #: Hours for which one message is tried, and days of failures after which a webhook is switched off.
    webhook_hours: float = Field(default=24, ge=0, le=720, validation_alias=AliasChoices("KYOO_WEBHOOK_HOURS"))
    webhook_days: float = Field(default=5, ge=0, le=365, validation_alias=AliasChoices("KYOO_WEBHOOK_DAYS"))
