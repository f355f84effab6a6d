"""Webhooks of administrators: set up, tried out, and what became of their messages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends

from kyoo.api.context import Context
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
from kyoo.api.queries import webhooks as queries
from kyoo.api.queries.webhooks import Hook
from kyoo.api.webhooks.sending import new_secret
from kyoo.api.webhooks.service import CONSUMER, KEPT
from kyoo.core import events
from kyoo.core.errors import ConflictError, ForbiddenError, NotFoundError
from kyoo.core.permissions import requires
from kyoo.core.sealing import SealError
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])


async def _administrator(caller: Annotated[Identity, requires("core.write", "users.write")]) -> Identity:
    """Webhooks and the statistics of all tell of everybody and of the whole library."""
    if caller.limits:
        raise ForbiddenError("This tells of the whole library, and you are limited to libraries or an age")
    return caller


Administrator = Annotated[Identity, Depends(_administrator)]


@router.get("")
async def list_webhooks(context: Context, caller: Administrator) -> Webhooks:  # noqa: ARG001
    """All there are, by name."""
    async with context.runtime.database.connection() as connection:
        return Webhooks(items=[_shown(hook) for hook in await queries.every(connection)])


@router.post("", status_code=201)
async def add_webhook(context: Context, caller: Administrator, body: NewWebhook) -> MadeWebhook:  # noqa: ARG001
    """It is told of what happens from now on."""
    identifier, secret = uuid4(), new_secret()
    sealed = context.webhooks.seal(identifier, body.url, secret, body.token)
    async with context.runtime.database.transaction() as connection:
        if await queries.count(connection) >= context.settings.webhooks:
            raise ConflictError("There are as many webhooks as this server allows (KYOO_WEBHOOKS)")
        hook = await queries.add(
            connection,
            identifier,
            name=body.name,
            form=body.form,
            events=list(dict.fromkeys(body.events)),
            private=body.private,
            enabled=body.enabled,
            origin=_origin(body.url),
            secrets=sealed,
            after=await events.newest(connection),
        )
        await events.begin(connection, CONSUMER)
    return MadeWebhook(**_shown(hook).model_dump(), secret=secret)


@router.get("/{webhook}")
async def get_webhook(context: Context, caller: Administrator, webhook: UUID) -> Webhook:  # noqa: ARG001
    return _shown(await _find(context, webhook))


@router.patch("/{webhook}")
async def change_webhook(
    context: Context,
    caller: Administrator,  # noqa: ARG001
    webhook: UUID,
    body: WebhookChanges,
) -> Webhook:
    """What went wrong before is forgotten. One that is switched off forgets what waits."""
    hook = await _find(context, webhook)
    sealed = origin = None
    if body.url is not None or body.token is not None:
        # A new address does not get the token of the old one, unless it is of the same place.
        before = _before(context, hook, typed_anew=body.url is not None)
        origin = _origin(body.url) if body.url is not None else hook.origin
        kept = before["token"] if origin == hook.origin else None
        token = kept if body.token is None else body.token or None
        sealed = context.webhooks.seal(hook.id, body.url or before["url"], before["secret"], token)
    async with context.runtime.database.transaction() as connection:
        changed = await queries.change(
            connection,
            hook.pk,
            after=await events.newest(connection),
            name=body.name,
            events=list(dict.fromkeys(body.events)) if body.events is not None else None,
            private=body.private,
            enabled=body.enabled,
            origin=origin,
            secrets=sealed,
        )
        if changed is None:
            raise _unknown(webhook)
        if not changed.enabled:
            await queries.drop_waiting(connection, hook.pk)
    return _shown(changed)


@router.delete("/{webhook}", status_code=204)
async def remove_webhook(context: Context, caller: Administrator, webhook: UUID) -> None:  # noqa: ARG001
    """What was still to be told is not."""
    async with context.runtime.database.connection() as connection:
        if not await queries.remove(connection, webhook):
            raise _unknown(webhook)


@router.post("/{webhook}/secret")
async def renew_secret(context: Context, caller: Administrator, webhook: UUID) -> WebhookSecret:  # noqa: ARG001
    """Another secret signs from now on; it is shown this once."""
    hook = await _find(context, webhook)
    before = context.webhooks.unseal(hook)
    secret = new_secret()
    async with context.runtime.database.transaction() as connection:
        sealed = context.webhooks.seal(hook.id, before["url"], secret, before["token"])
        await queries.change(connection, hook.pk, after=hook.after, secrets=sealed)
    return WebhookSecret(secret=secret)


@router.post("/{webhook}/test")
async def test_webhook(context: Context, caller: Administrator, webhook: UUID) -> Tested:  # noqa: ARG001
    """Send an example now, also by one that is switched off."""
    status, reason = await context.webhooks.test(await _find(context, webhook))
    return Tested(status=status, reason=reason)


@router.get("/{webhook}/deliveries")
async def deliveries(context: Context, caller: Administrator, webhook: UUID) -> Deliveries:  # noqa: ARG001
    """The last messages, the newest first."""
    hook = await _find(context, webhook)
    async with context.runtime.database.connection() as connection:
        rows = await queries.log(connection, hook.pk, KEPT)
    return Deliveries(items=[Delivery.model_validate(row) for row in rows])


@router.post("/{webhook}/deliveries/{delivery}/retry", status_code=202)
async def retry_delivery(
    context: Context,
    caller: Administrator,  # noqa: ARG001
    webhook: UUID,
    delivery: UUID,
) -> dict[str, str]:
    """Send a message once more that did not arrive, under its id."""
    hook = await _find(context, webhook)
    if not hook.enabled:
        raise ConflictError("The webhook is switched off")
    if not await context.webhooks.again(hook, delivery):
        raise NotFoundError(f"No message {delivery} of this webhook failed")
    return {"id": str(delivery)}


async def _find(context: Context, webhook: UUID) -> Hook:
    async with context.runtime.database.connection() as connection:
        hook = await queries.find(connection, webhook)
    if hook is None:
        raise _unknown(webhook)
    return hook


def _before(context: Context, hook: Hook, *, typed_anew: bool) -> dict[str, Any]:
    """What is sealed now. When the key of the server is another one, its address can be typed in anew."""
    try:
        return context.webhooks.unseal(hook)
    except SealError:
        if not typed_anew:
            raise
        return {"url": "", "secret": new_secret(), "token": None}


def _unknown(webhook: UUID) -> NotFoundError:
    return NotFoundError(f"No webhook {webhook}")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _shown(hook: Hook) -> Webhook:
    return Webhook.model_validate(asdict(hook))
