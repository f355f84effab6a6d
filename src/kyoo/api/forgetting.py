"""Users that auth has deleted: what they watched and listed goes, too."""

from __future__ import annotations

from uuid import UUID

import httpx2
import structlog
from pydantic import BaseModel, ValidationError

from kyoo.api.queries.viewers import forgetting as queries
from kyoo.core.database.postgres import Database

log = structlog.get_logger()


class Deletion(BaseModel):
    """One user that is gone; `number` says where to go on reading."""

    number: int
    id: UUID


class Deletions(BaseModel):
    items: list[Deletion]


async def forget_deleted_users(database: Database, peer: httpx2.AsyncClient) -> int:
    """Remove the profiles, with history and watch list, of every user ever deleted; how many there were.

    It begins at the first deletion each time: the last token of a user outlives the account by up to an hour, and a
    restored backup brings profiles back. While auth does not answer, or keeps no list, nothing is done.
    """
    forgotten, after = 0, 0
    while True:
        try:
            response = await peer.get("/auth/deletions", params={"after": after})
            response.raise_for_status()
            page = Deletions.model_validate_json(response.content)
        except (httpx2.HTTPError, ValidationError) as error:
            log.warning("the deleted users are not known", error=type(error).__name__)
            return forgotten
        if not page.items:
            return forgotten
        async with database.connection() as connection:
            forgotten += await queries.delete_profiles(connection, [item.id for item in page.items])
        after = page.items[-1].number
