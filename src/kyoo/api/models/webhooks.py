"""The wire types of webhooks."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from kyoo.api.models.base import Wire
from kyoo.api.models.trackers import At, Secret
from kyoo.api.webhooks.forms import Form
from kyoo.api.webhooks.happenings import Happening, OwnHappening
from kyoo.core.kinds import web_url


def _address(url: str) -> str:
    web_url(url)
    return url


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
#: With http or https, without a user; it is never shown again, as it may be a secret.
Address = Annotated[str, Field(max_length=2000), AfterValidator(_address)]
Events = Annotated[list[Happening], Field(min_length=1, max_length=50)]
OwnEvents = Annotated[list[OwnHappening], Field(min_length=1, max_length=50)]


class NewOwnWebhook(Wire):
    """`token` is what the receiver asks for, if it does."""

    name: Name
    form: Form = "json"
    url: Address
    token: Secret | None = None
    events: OwnEvents
    enabled: bool = True


class NewWebhook(NewOwnWebhook):
    """`private`: its address may be one of this machine or its network."""

    events: Events  # type: ignore[assignment]
    private: bool = False


class OwnWebhookChanges(Wire):
    """What is left out stays; an empty `token` is none."""

    name: Name | None = None
    url: Address | None = None
    token: Secret | Literal[""] | None = None
    events: OwnEvents | None = None
    enabled: bool | None = None


class WebhookChanges(OwnWebhookChanges):
    events: Events | None = None  # type: ignore[assignment]
    private: bool | None = None


class Webhook(Wire):
    """`origin` is that of its address. `reason`: why it failed last, or why it was switched off; `failingSince`:
    nothing has arrived since then."""

    id: UUID
    name: str
    form: Form
    origin: str
    events: list[str]
    private: bool
    enabled: bool
    reason: str | None
    failing_since: At | None
    created_at: At


class MadeWebhook(Webhook):
    """`secret` is what signs its messages; it is shown this once."""

    secret: str


class WebhookSecret(Wire):
    secret: str


class Webhooks(Wire):
    items: list[Webhook]


class Delivery(Wire):
    """A message. `id` is its `webhook-id`; `status` that of the last answer."""

    id: UUID
    type: str
    state: Literal["waiting", "done", "failed"]
    tries: int
    status: int | None
    reason: str | None
    sent_at: At | None
    next_try: At | None
    created_at: At


class Deliveries(Wire):
    items: list[Delivery]


class Tested(Wire):
    """`reason`: why it did not arrive, null when it did."""

    status: int | None
    reason: str | None
