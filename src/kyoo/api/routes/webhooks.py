"""Webhooks, of administrators and of each caller: set up, tried out, and what became of their messages
(docs/using/webhooks.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from kyoo.api.context import ApiContext, Context
from kyoo.api.models.webhooks import (
    Deliveries,
    Delivery,
    MadeWebhook,
    NewOwnWebhook,
    NewWebhook,
    OwnWebhookChanges,
    Tested,
    Webhook,
    WebhookChanges,
    Webhooks,
    WebhookSecret,
)
from kyoo.api.queries.webhooks.hooks import Hook
from kyoo.api.routes.trackers import Person
from kyoo.api.webhooks.owned import OwnedWebhooks
from kyoo.core.errors import ForbiddenError
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])
own_router = APIRouter(prefix="/api/profiles/me/webhooks", tags=["webhooks"])


async def _administrator(caller: Annotated[Identity, requires("core.write", "users.write")]) -> Identity:
    """Webhooks and the statistics of all tell of everybody and of the whole library."""
    if caller.limits:
        raise ForbiddenError("This tells of the whole library, and you are limited to libraries or an age")
    return caller


Administrator = Annotated[Identity, Depends(_administrator)]


async def _of_administrators(context: Context, caller: Administrator) -> OwnedWebhooks:  # noqa: ARG001
    return OwnedWebhooks(context.webhooks, context.runtime.database, None)


async def _of_caller(context: Context, caller: Person) -> OwnedWebhooks:
    return OwnedWebhooks(context.webhooks, context.runtime.database, caller.subject)


@router.post("", status_code=201)
async def add_webhook(
    context: Context, owned: Annotated[OwnedWebhooks, Depends(_of_administrators)], body: NewWebhook
) -> MadeWebhook:
    """It is notified of what happens from now on."""
    return await _add(context, owned, body, private=body.private)


@router.patch("/{webhook}")
async def change_webhook(
    context: Context,
    owned: Annotated[OwnedWebhooks, Depends(_of_administrators)],
    webhook: UUID,
    body: WebhookChanges,
) -> Webhook:
    """What went wrong before is forgotten. One that is switched off forgets what waits."""
    return await _change(context, owned, webhook, body, private=body.private)


@own_router.post("", status_code=201)
async def add_my_webhook(
    context: Context, owned: Annotated[OwnedWebhooks, Depends(_of_caller)], body: NewOwnWebhook
) -> MadeWebhook:
    """It is notified of what the caller does from now on."""
    return await _add(context, owned, body, private=False)


@own_router.patch("/{webhook}")
async def change_my_webhook(
    context: Context, owned: Annotated[OwnedWebhooks, Depends(_of_caller)], webhook: UUID, body: OwnWebhookChanges
) -> Webhook:
    """What went wrong before is forgotten. One that is switched off forgets what waits."""
    return await _change(context, owned, webhook, body, private=None)


def _routes(router: APIRouter, owner: Callable[..., Any], my: str = "") -> None:
    """The routes that are the same for the webhooks of every owner."""

    @router.get("", name=f"list_{my}webhooks")
    async def every(context: Context, owned: OwnedWebhooks = Depends(owner)) -> Webhooks:
        """By name."""
        return Webhooks(items=[_shown(context, hook) for hook in await owned.every()])

    @router.get("/{webhook}", name=f"get_{my}webhook")
    async def find(context: Context, webhook: UUID, owned: OwnedWebhooks = Depends(owner)) -> Webhook:
        return _shown(context, await owned.find(webhook))

    @router.delete("/{webhook}", status_code=204, name=f"remove_{my}webhook")
    async def remove(webhook: UUID, owned: OwnedWebhooks = Depends(owner)) -> None:
        """Messages that wait are discarded."""
        await owned.remove(webhook)

    @router.post("/{webhook}/secret", name=f"renew_{my}secret")
    async def renew_secret(webhook: UUID, owned: OwnedWebhooks = Depends(owner)) -> WebhookSecret:
        """Another secret signs from now on; it is shown this once."""
        return WebhookSecret(secret=await owned.renew_secret(webhook))

    @router.post("/{webhook}/test", name=f"test_{my}webhook")
    async def test(webhook: UUID, owned: OwnedWebhooks = Depends(owner)) -> Tested:
        """Send an example now, also by one that is switched off."""
        status, reason = await owned.test(webhook)
        return Tested(status=status, reason=reason)

    @router.get("/{webhook}/deliveries", name=f"{my}deliveries")
    async def deliveries(webhook: UUID, owned: OwnedWebhooks = Depends(owner)) -> Deliveries:
        """The last messages, the newest first."""
        return Deliveries(items=[Delivery.model_validate(row) for row in await owned.log(webhook)])

    @router.post("/{webhook}/deliveries/{delivery}/retry", status_code=202, name=f"retry_{my}delivery")
    async def retry(webhook: UUID, delivery: UUID, owned: OwnedWebhooks = Depends(owner)) -> dict[str, str]:
        """Send a message once more that did not arrive, under its id."""
        await owned.again(webhook, delivery)
        return {"id": str(delivery)}


_routes(router, _of_administrators)
_routes(own_router, _of_caller, "my_")


async def _add(
    context: ApiContext, owned: OwnedWebhooks, body: NewWebhook | NewOwnWebhook, *, private: bool
) -> MadeWebhook:
    hook, secret = await owned.add(
        name=body.name,
        form=body.form,
        url=body.url,
        token=body.token,
        events_=body.events,
        private=private,
        enabled=body.enabled,
    )
    return MadeWebhook(**_shown(context, hook).model_dump(), secret=secret)


async def _change(
    context: ApiContext,
    owned: OwnedWebhooks,
    webhook: UUID,
    body: WebhookChanges | OwnWebhookChanges,
    *,
    private: bool | None,
) -> Webhook:
    changed = await owned.change(
        webhook,
        name=body.name,
        url=body.url,
        token=body.token,
        events_=body.events,
        private=private,
        enabled=body.enabled,
    )
    return _shown(context, changed)


def _shown(context: ApiContext, hook: Hook) -> Webhook:
    return Webhook.model_validate({**asdict(hook), "private": context.webhooks.may_be_private(hook)})
