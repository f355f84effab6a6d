"""Webhooks of administrators: set up, tried out, and what became of their messages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from kyoo.api.context import ApiContext, Context
from kyoo.api.models.webhooks import (
    Deliveries,
    Delivery,
    MadeWebhook,
    NewWebhook,
    Tested,
    Webhook,
    WebhookChanges,
    Webhooks,
    WebhookSecret,
)
from kyoo.api.queries.webhooks import Hook
from kyoo.api.webhooks.owned import OwnedWebhooks
from kyoo.core.errors import ForbiddenError
from kyoo.core.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])


async def _administrator(caller: Annotated[Identity, requires("core.write", "users.write")]) -> Identity:
    """Webhooks and the statistics of all tell of everybody and of the whole library."""
    if caller.limits:
        raise ForbiddenError("This tells of the whole library, and you are limited to libraries or an age")
    return caller


Administrator = Annotated[Identity, Depends(_administrator)]


async def _owned(context: Context, caller: Administrator) -> OwnedWebhooks:  # noqa: ARG001
    return OwnedWebhooks(context.webhooks, context.runtime.database, None)


Owned = Annotated[OwnedWebhooks, Depends(_owned)]


@router.get("")
async def list_webhooks(context: Context, owned: Owned) -> Webhooks:
    """All there are, by name."""
    return Webhooks(items=[shown(context, hook) for hook in await owned.every()])


@router.post("", status_code=201)
async def add_webhook(context: Context, owned: Owned, body: NewWebhook) -> MadeWebhook:
    """It is told of what happens from now on."""
    hook, secret = await owned.add(
        name=body.name,
        form=body.form,
        url=body.url,
        token=body.token,
        events_=body.events,
        private=body.private,
        enabled=body.enabled,
    )
    return MadeWebhook(**shown(context, hook).model_dump(), secret=secret)


@router.get("/{webhook}")
async def get_webhook(context: Context, owned: Owned, webhook: UUID) -> Webhook:
    return shown(context, await owned.find(webhook))


@router.patch("/{webhook}")
async def change_webhook(context: Context, owned: Owned, webhook: UUID, body: WebhookChanges) -> Webhook:
    """What went wrong before is forgotten. One that is switched off forgets what waits."""
    changed = await owned.change(
        webhook,
        name=body.name,
        url=body.url,
        token=body.token,
        events_=body.events,
        private=body.private,
        enabled=body.enabled,
    )
    return shown(context, changed)


@router.delete("/{webhook}", status_code=204)
async def remove_webhook(owned: Owned, webhook: UUID) -> None:
    """What was still to be told is not."""
    await owned.remove(webhook)


@router.post("/{webhook}/secret")
async def renew_secret(owned: Owned, webhook: UUID) -> WebhookSecret:
    """Another secret signs from now on; it is shown this once."""
    return WebhookSecret(secret=await owned.renew_secret(webhook))


@router.post("/{webhook}/test")
async def test_webhook(owned: Owned, webhook: UUID) -> Tested:
    """Send an example now, also by one that is switched off."""
    status, reason = await owned.test(webhook)
    return Tested(status=status, reason=reason)


@router.get("/{webhook}/deliveries")
async def deliveries(owned: Owned, webhook: UUID) -> Deliveries:
    """The last messages, the newest first."""
    return Deliveries(items=[Delivery.model_validate(row) for row in await owned.log(webhook)])


@router.post("/{webhook}/deliveries/{delivery}/retry", status_code=202)
async def retry_delivery(owned: Owned, webhook: UUID, delivery: UUID) -> dict[str, str]:
    """Send a message once more that did not arrive, under its id."""
    await owned.again(webhook, delivery)
    return {"id": str(delivery)}


def shown(context: ApiContext, hook: Hook) -> Webhook:
    return Webhook.model_validate({**asdict(hook), "private": context.webhooks.may_be_private(hook)})
