"""Other numbers for the episodes of a serie: those of another order. An episode stays what it is, with its files and
with all that was watched of it; only what it is called by changes. No SQL text here."""

from __future__ import annotations

from typing import Any

from kyoo.api import facts
from kyoo.api.models.seeds import Numbered
from kyoo.api.queries.catalogue import links
from kyoo.api.queries.catalogue import renumbering as queries
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import InvalidError


async def renumber(connection: Connection, serie: int, wanted: list[Numbered]) -> int:
    """How many episodes have other numbers now. Ids that no episode has are left out; doing it again changes nothing.
    InvalidError when two episodes would have one number."""
    items = [
        {
            "external_id": {
                provider: [{"serieId": own.serie_id, "season": own.season, "episode": own.episode}]
                for provider, own in item.external_id.items()
            }
        }
        for item in wanted
    ]
    moves: dict[int, dict[str, Any]] = {}
    stays: set[int] = set()
    for row in await queries.named(connection, serie, items):
        item = wanted[row["place"]]
        if row["key"] == _key(item.season, item.episode):
            stays.add(row["pk"])
        elif row["pk"] not in moves:
            moves[row["pk"]] = {"pk": row["pk"], "season": item.season, "episode": item.episode}
    moving = [move for pk, move in moves.items() if pk not in stays]
    keys = [_key(move["season"], move["episode"]) for move in moving]
    twice = {key for key in keys if keys.count(key) > 1}
    taken = twice or set(await queries.holders(connection, serie, keys, [move["pk"] for move in moving]))
    if taken:
        raise InvalidError(f"Two episodes would be {min(taken)}", {"in": min(taken)})
    if moving:
        await queries.renumber(connection, serie, moving)
        await queries.drop_empty_seasons(connection, serie)
        await links.refresh(connection, [serie])
        await facts.changed(connection, [serie])
    return len(moving)


def _key(season: int, episode: int) -> str:
    return f"s{season}e{episode}"
