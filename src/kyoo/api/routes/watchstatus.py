"""What a person says of a movie or serie: planned, watching, completed… and its removal from the list (api.md §8.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response

from kyoo.api import watchlist
from kyoo.api.context import ApiContext, Context
from kyoo.api.models.profile import ListedMovie, ListedSerie, SeedMovieWatchStatus, SeedSerieWatchStatus
from kyoo.api.queries import watchlist as queries
from kyoo.api.queries.watchlist import Kind
from kyoo.core.errors import NotFoundError, UnauthorizedError
from kyoo.core.permissions import requires
from kyoo.core.postgres import Connection
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["watch list"])

Caller = Annotated[Identity, requires("core.read")]


@router.post("/series/{key}/watchstatus", response_model=ListedSerie)
async def set_serie(context: Context, caller: Caller, key: str, body: SeedSerieWatchStatus) -> Response:
    word = watchlist.Word(body.status, "score" in body.model_fields_set, body.score, body.started_at, body.completed_at)
    return await _set(context, caller, "serie", key, word)


@router.post("/movies/{key}/watchstatus", response_model=ListedMovie)
async def set_movie(context: Context, caller: Caller, key: str, body: SeedMovieWatchStatus) -> Response:
    word = watchlist.Word(body.status, "score" in body.model_fields_set, body.score, None, body.completed_at)
    return await _set(context, caller, "movie", key, word)


@router.delete("/series/{key}/watchstatus", response_model=ListedSerie)
async def remove_serie(context: Context, caller: Caller, key: str) -> Response:
    return await _remove(context, caller, "serie", key)


@router.delete("/movies/{key}/watchstatus", response_model=ListedMovie)
async def remove_movie(context: Context, caller: Caller, key: str) -> Response:
    return await _remove(context, caller, "movie", key)


async def _set(context: ApiContext, caller: Identity, kind: Kind, key: str, word: watchlist.Word) -> Response:
    refuse_guest(caller)
    async with context.database.transaction() as connection:
        show = await _show(connection, kind, key)
        profile = await queries.lock_profile(connection, caller.subject)
        known = (await queries.shows(connection, profile, [show]))[show]
        listing = watchlist.after_word(
            known.listing, known.show, word, now=datetime.now(UTC), resume=known.resume, seen=known.seen
        )
        await queries.save(connection, profile, [listing])
        answer = await queries.answer(connection, profile, kind, show)
    return Response(answer, media_type="application/json")


async def _remove(context: ApiContext, caller: Identity, kind: Kind, key: str) -> Response:
    refuse_guest(caller)
    async with context.database.transaction() as connection:
        removed = await queries.remove(connection, caller.subject, kind, await _show(connection, kind, key))
    if removed is None:
        raise NotFoundError(f"The {kind} '{key}' is not in your watch list")
    return Response(removed, media_type="application/json")


async def _show(connection: Connection, kind: Kind, key: str) -> int:
    show = await queries.find_show(connection, kind, key)
    if show is None:
        raise NotFoundError(f"No {kind} found with the id or slug: '{key}'")
    return show


def refuse_guest(caller: Identity) -> None:
    """Guests have no profile: they read, but nothing is kept for them."""
    if caller.is_guest:
        raise UnauthorizedError("Guests have no watch list; log in first")
