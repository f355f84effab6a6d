"""Statistics: one's own, and for administrators those of all."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import psycopg
from fastapi import APIRouter, Query

from kyoo.api.context import Context
from kyoo.api.models.statistics import AllStatistics, Statistics
from kyoo.api.queries import statistics as queries
from kyoo.api.reader import Reader
from kyoo.api.routes.parameters import Reading
from kyoo.api.routes.trackers import Person
from kyoo.api.routes.webhooks import Administrator
from kyoo.core.errors import InvalidError

router = APIRouter(prefix="/api", tags=["statistics"])

Days = Annotated[int, Query(ge=1, le=366, description="So many days, today with them")]
Zone = Annotated[str, Query(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{0,63}$", description="A time zone, as Europe/Paris")]


@router.get("/profiles/me/statistics")
async def my_statistics(
    context: Context, caller: Person, reader: Reading, days: Days = 30, zone: Zone = "UTC"
) -> Statistics:
    """What the caller has watched, as far as they may see it now."""
    return Statistics.model_validate(await _read(context, reader, caller.subject, days, zone))


@router.get("/statistics")
async def all_statistics(
    context: Context,
    caller: Administrator,  # noqa: ARG001
    reader: Reading,
    *,
    user: UUID | None = None,
    days: Days = 30,
    zone: Zone = "UTC",
) -> AllStatistics:
    """What all have watched, or one user."""
    found = await _read(context, reader, user, days, zone)
    for one in found["users"]:
        one["username"] = await context.usernames.of(str(one["id"]))
    return AllStatistics.model_validate(found)


async def _read(context: Context, reader: Reader, user: UUID | None, days: int, zone: str) -> dict[str, Any]:
    try:
        async with context.database.connection() as connection:
            found = await queries.read(connection, user, days=days, zone=zone, languages=reader.languages)
    except psycopg.errors.InvalidParameterValue:
        raise InvalidError(f"No time zone {zone} is known", {"in": "zone"}) from None
    seconds = sum(day["seconds"] for day in found["days"])
    finished = sum(day["finished"] for day in found["days"])
    encoded = {"video": 0, "audio": 0, **found["encoded"]}
    return {**found, "encoded": encoded, "zone": zone, "seconds": seconds, "finished": finished}
