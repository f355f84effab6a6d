"""Marks: a season or a whole serie as seen or not seen, a score without any other change."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from kyoo.api import facts, marking, watchlist
from kyoo.api.context import ApiContext, Context
from kyoo.api.models.profile import ListedMovie, ListedSerie, Marked, SeedScore
from kyoo.api.queries.viewers import marks as queries
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.api.queries.viewers.watchlist import Kind
from kyoo.api.routes.answers import documented, show_key
from kyoo.api.routes.parameters import Name, RawJson
from kyoo.api.routes.watchstatus import refuse_guest, with_sync
from kyoo.api.trackers import outbox
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import NotFoundError
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["watch list"])

Caller = Annotated[Identity, requires("core.read")]
SeasonNumber = Annotated[int, Path(ge=0, lt=2**31, description="The number of the season; 0 is the specials")]


@router.post("/series/{name}/seen", **documented(Marked, 404))
async def mark_serie(context: Context, caller: Caller, name: Name) -> Response:
    """Mark everything of a serie that was aired or has a file as seen."""
    return await _mark(context, caller, name, None, seen=True)


@router.delete("/series/{name}/seen", **documented(Marked, 404))
async def unmark_serie(context: Context, caller: Caller, name: Name) -> Response:
    """Mark a serie as not seen: its plays are forgotten, and it is planned again."""
    return await _mark(context, caller, name, None, seen=False)


@router.post("/series/{name}/seasons/{season}/seen", **documented(Marked, 404, 422))
async def mark_season(context: Context, caller: Caller, name: Name, season: SeasonNumber) -> Response:
    """Mark everything of a season that was aired or has a file as seen; the serie goes on after the furthest entry."""
    return await _mark(context, caller, name, season, seen=True)


@router.delete("/series/{name}/seasons/{season}/seen", **documented(Marked, 404, 422))
async def unmark_season(context: Context, caller: Caller, name: Name, season: SeasonNumber) -> Response:
    """Mark a season as not seen: its plays are forgotten, and the serie goes on at its first episode."""
    return await _mark(context, caller, name, season, seen=False)


@router.put("/series/{name}/score", **documented(ListedSerie, 404, 422))
async def score_serie(context: Context, caller: Caller, name: Name, body: SeedScore) -> Response:
    """Score a serie; one that is not in the list becomes completed there."""
    return await _score(context, caller, "serie", name, body)


@router.put("/movies/{name}/score", **documented(ListedMovie, 404, 422))
async def score_movie(context: Context, caller: Caller, name: Name, body: SeedScore) -> Response:
    """Score a movie; one that is not in the list becomes completed there."""
    return await _score(context, caller, "movie", name, body)


async def _mark(context: ApiContext, caller: Identity, name: str, season: int | None, *, seen: bool) -> Response:
    refuse_guest(caller)
    change = marking.mark_seen if seen else marking.mark_unseen
    outgoing = context.trackers.outgoing()

    async def work(connection: Connection) -> tuple[int, bytes | None]:
        serie = await show_key(connection, "serie", name)
        if season is not None and not await queries.has_season(connection, serie, season):
            raise NotFoundError(f"The serie '{name}' has no season {season}")
        marked = await change(connection, caller.subject, serie, season, outgoing)
        profile = await lists.lock_profile(connection, caller.subject)
        return marked, await lists.answer(connection, profile, "serie", serie)

    marked, status = await context.write(work)
    body = f'{{"marked":{json.dumps(marked)},"watchStatus":{status.decode() if status else "null"}}}'
    return RawJson(with_sync(body.encode(), await context.trackers.delivery.settle(outgoing)))


async def _score(context: ApiContext, caller: Identity, kind: Kind, name: str, body: SeedScore) -> Response:
    refuse_guest(caller)
    outgoing = context.trackers.outgoing()

    async def work(connection: Connection) -> bytes | None:
        show = await show_key(connection, kind, name)
        profile = await lists.lock_profile(connection, caller.subject)
        known = await lists.show(connection, profile, show)
        if known.listing is None and body.score is None:
            raise NotFoundError(f"The {kind} '{name}' is not in your watch list")
        now = datetime.now(UTC)
        listing = watchlist.after_score(known.listing, known.show, body.score, now=now, seen=known.seen)
        await lists.save(connection, profile, [listing])
        await facts.listed(connection, caller.subject, profile, [show], "score", score=body.score)
        await outbox.worded(connection, profile, show, outgoing, status=known.listing is None, score=True)
        return await lists.answer(connection, profile, kind, show)

    answer = await context.write(work)
    assert answer is not None
    return RawJson(with_sync(answer, await context.trackers.delivery.settle(outgoing)))
