"""Shows that are deleted: what is inside goes with them, their files are known without a show. No SQL text here."""

from __future__ import annotations

from typing import Any

from kyoo.api import facts
from kyoo.api.models.base import ShowKind
from kyoo.api.queries.catalogue import links, shows
from kyoo.core.database.postgres import Connection


async def delete(connection: Connection, kind: ShowKind, name: str) -> dict[str, Any] | None:
    """Delete a show: its `{id, slug}`, None when there is none."""
    pk = await shows.hold_show(connection, kind, name)
    if pk is None:
        return None
    files = await links.files_of(connection, [pk])
    gone = await shows.delete_show(connection, pk)
    await links.refresh(connection, [], files)
    await facts.removed(connection, kind, gone)
    return gone
