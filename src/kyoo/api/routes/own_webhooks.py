"""Webhooks of the caller, which are told of what the caller plays and scores (docs/using/webhooks.md)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from kyoo.api.context import Context
from kyoo.api.models.webhooks import (
    Deliveries,
    Delivery,
    MadeWebhook,
    NewOwnWebhook,
    OwnWebhookChanges,
    Tested,
    Webhook,
    Webhooks,
    WebhookSecret,
)
from kyoo.api.routes.trackers import Person
from kyoo.api.routes.webhooks import shown
from kyoo.api.webhooks.owned import OwnedWebhooks

router = APIRouter(prefix="/api/profiles/me/webhooks", tags=["webhooks"])


async def _owned(context: Context, caller: Person) -> OwnedWebhooks:
    return OwnedWebhooks(context.webhooks, context.runtime.database, caller.subject)


Owned = Annotated[OwnedWebhooks, Depends(_owned)]


@router.get("")
async def list_my_webhooks(context: Context, owned: Owned) -> Webhooks:
    """Those of the caller, by name."""
    return Webhooks(items=[shown(context, hook) for hook in await owned.every()])


@router.post("", status_code=201)
async def add_my_webhook(context: Context, owned: Owned, body: NewOwnWebhook) -> MadeWebhook:
    """It is told of what the caller does from now on."""
    hook, secret = await owned.add(
        name=body.name,
        form=body.form,
        url=body.url,
        token=body.token,
        events_=body.events,
        private=False,
        enabled=body.enabled,
    )
    return MadeWebhook(**shown(context, hook).model_dump(), secret=secret)


@router.get("/{webhook}")
async def get_my_webhook(context: Context, owned: Owned, webhook: UUID) -> Webhook:
    return shown(context, await owned.find(webhook))


@router.patch("/{webhook}")
async def change_my_webhook(context: Context, owned: Owned, webhook: UUID, body: OwnWebhookChanges) -> Webhook:
    """What went wrong before is forgotten. One that is switched off forgets what waits."""
    changed = await owned.change(
        webhook,
        name=body.name,
        url=body.url,
        token=body.token,
        events_=body.events,
        private=None,
        enabled=body.enabled,
    )
    return shown(context, changed)


@router.delete("/{webhook}", status_code=204)
async def remove_my_webhook(owned: Owned, webhook: UUID) -> None:
    """What was still to be told is not."""
    await owned.remove(webhook)


@router.post("/{webhook}/secret")
async def renew_my_secret(owned: Owned, webhook: UUID) -> WebhookSecret:
    """Another secret signs from now on; it is shown this once."""
    return WebhookSecret(secret=await owned.renew_secret(webhook))


@router.post("/{webhook}/test")
async def test_my_webhook(owned: Owned, webhook: UUID) -> Tested:
    """Send an example now, also by one that is switched off."""
    status, reason = await owned.test(webhook)
    return Tested(status=status, reason=reason)


@router.get("/{webhook}/deliveries")
async def my_deliveries(owned: Owned, webhook: UUID) -> Deliveries:
    """The last messages, the newest first."""
    return Deliveries(items=[Delivery.model_validate(row) for row in await owned.log(webhook)])


@router.post("/{webhook}/deliveries/{delivery}/retry", status_code=202)
async def retry_my_delivery(owned: Owned, webhook: UUID, delivery: UUID) -> dict[str, str]:
    """Send a message once more that did not arrive, under its id."""
    await owned.again(webhook, delivery)
    return {"id": str(delivery)}
