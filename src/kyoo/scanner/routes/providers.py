"""The services of metadata: how they are, and their keys. /scanner/providers."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kyoo.core.http.permissions import requires
from kyoo.scanner import administering
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.models.provider import ProviderKey, ProviderState, ProviderStates

router = APIRouter(prefix="/scanner/providers", tags=["providers"])


@router.get("", dependencies=[requires("scanner.trigger")])
async def list_providers(request: Request) -> ProviderStates:
    """Every service that there is, and how it is."""
    return await administering.states(request.app.state.context)


@router.put("/{name}/key", dependencies=[requires("scanner.trigger", "core.write")])
async def store_key(request: Request, name: str, body: ProviderKey) -> ProviderState:
    """Try a key and keep it, encrypted. 422 if the service refuses it: then nothing changes. A service that cannot be
    reached keeps nobody from typing in a key: it is kept, and `state` says so. It is used at once, and titles that the
    service was not asked about are described anew."""
    context: ScannerContext = request.app.state.context
    return await administering.store_key(context, name, {"key": body.key} | ({"pin": body.pin} if body.pin else {}))


@router.delete("/{name}/key", status_code=204, dependencies=[requires("scanner.trigger", "core.write")])
async def remove_key(request: Request, name: str) -> Response:
    """Forget a key that was typed in. What the service said stays."""
    await administering.remove_key(request.app.state.context, name)
    return Response(status_code=204)


@router.post("/{name}/check", dependencies=[requires("scanner.trigger", "core.write")])
async def check(request: Request, name: str) -> ProviderState:
    """Ask the service now whether its key is good."""
    return await administering.check(request.app.state.context, name)
