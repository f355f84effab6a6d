"""The order of episodes of a serie: which there are, and choosing one."""

from __future__ import annotations

from fastapi import APIRouter, Request

from kyoo.core.http.permissions import requires
from kyoo.scanner.metadata import ordering
from kyoo.scanner.models.orders import ChosenOrder, NamedOrder, Orders

router = APIRouter(prefix="/scanner/series/{slug}", tags=["shows"])


@router.get("/orders", dependencies=[requires("scanner.search")])
async def orders(request: Request, slug: str) -> Orders:
    """The orders that providers have for a serie, and the one that was chosen."""
    found, order = await ordering.available(request.app.state.context, slug)
    chosen = None
    if order is not None and order.provider and order.name:
        chosen = ChosenOrder(provider=order.provider, order=order.name, follow=order.follow)
    items = [NamedOrder(provider=provider, order=each.id, name=each.name) for provider, each in found]
    return Orders(items=items, chosen=chosen)


@router.put("/order", status_code=202, dependencies=[requires("scanner.add")])
async def choose(request: Request, slug: str, body: ChosenOrder) -> None:
    """Show the episodes in this order. Their files, and what was watched of them, stay with them."""
    await ordering.choose(request.app.state.context, slug, (body.provider, body.order), follow=body.follow)


@router.delete("/order", status_code=202, dependencies=[requires("scanner.add")])
async def choose_aired(request: Request, slug: str) -> None:
    """Show the episodes as they were aired."""
    await ordering.choose(request.app.state.context, slug, None, follow=False)
