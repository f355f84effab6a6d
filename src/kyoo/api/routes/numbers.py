"""The numbers of a serie's episodes: those of another order."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from kyoo.api.catalogue.renumbering import renumber
from kyoo.api.context import Context
from kyoo.api.models.base import Batch, Wire
from kyoo.api.models.seeds import Numbered
from kyoo.api.routes.answers import show_key
from kyoo.api.routes.parameters import Name
from kyoo.core.database.postgres import Connection
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["series"])

Writer = Annotated[Identity, requires("core.write")]


class Renumbered(Wire):
    """How many episodes have another number now."""

    changed: int


@router.put("/series/{name}/numbers", responses={404: {"description": "Not found"}})
async def renumber_serie(context: Context, _: Writer, name: Name, body: Batch[Numbered]) -> Renumbered:
    """Give episodes the numbers of another order; their files, and what was watched of them, stay with them."""

    async def work(connection: Connection) -> int:
        return await renumber(connection, await show_key(connection, "serie", name), body)

    return Renumbered(changed=await context.write(work))
