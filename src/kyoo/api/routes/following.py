"""The calendar of what somebody follows: its address, and what is there."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated

from fastapi import APIRouter, Path, Response

from kyoo.api.context import Context
from kyoo.api.models.following import Calendar, NewCalendar
from kyoo.api.queries import following as queries
from kyoo.api.queries.viewers.watchlist import lock_profile
from kyoo.api.routes.parameters import Reading
from kyoo.api.routes.trackers import Person
from kyoo.core.errors import NotFoundError
from kyoo.core.http.permissions import public

router = APIRouter(prefix="/api", tags=["profiles"])

MINE = "/profiles/me/calendar"
#: As many characters as a log leaves out (core/request_log.py).
TOKEN_BYTES = 64


@router.get(MINE)
async def my_calendar(context: Context, caller: Person) -> Calendar:
    """Whether there is an address, and since when."""
    async with context.runtime.database.connection() as connection:
        found = await queries.calendar_of(connection, caller.subject)
    return Calendar(since=found["created_at"] if found else None)


@router.post(MINE, status_code=201)
async def make_calendar(context: Context, caller: Person, reader: Reading) -> NewCalendar:
    """An address for calendar programs, which send no credentials: whoever has it reads the calendar, and nothing else.
    The one before is no more. Names are in the languages of this request."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with context.runtime.database.transaction() as connection:
        profile = await lock_profile(connection, caller.subject)
        await queries.keep_calendar(connection, profile, _hash(token), reader.languages)
    return NewCalendar(url=f"{context.runtime.public_url}/api/calendars/{token}/episodes.ics")


@router.delete(MINE, status_code=204)
async def end_calendar(context: Context, caller: Person) -> None:
    """The address leads nowhere from now on."""
    async with context.runtime.database.connection() as connection:
        if not await queries.forget_calendar(connection, caller.subject):
            raise NotFoundError("There is no calendar")


@router.get(
    "/calendars/{token}/episodes.ics",
    dependencies=[public()],
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, "description": "RFC 5545"}, 404: {"description": "Not found"}},
)
async def calendar_feed(context: Context, token: Annotated[str, Path(max_length=200)]) -> Response:
    """Air dates and arrivals of the series and films that its owner watches or plans to, as far as the owner may see
    them now."""
    body = await context.episodes.feed(_hash(token))
    if body is None:
        raise NotFoundError("There is no such calendar")
    headers = {"Content-Disposition": 'inline; filename="episodes.ics"', "Cache-Control": "private, max-age=300"}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _hash(token: str) -> bytes:
    # Long and random: no password is stretched here.
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
