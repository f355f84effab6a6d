"""What a person says of a movie or serie: planned, watching, completed… and its removal from the list (api.md §8.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response

from kyoo.api import facts, watchlist
from kyoo.api.context import ApiContext, Context
from kyoo.api.models.profile import ListedMovie, ListedSerie, SeedMovieWatchStatus, SeedSerieWatchStatus
from kyoo.api.queries import watchlist as queries
from kyoo.api.queries.shows import show_pk
from kyoo.api.queries.watchlist import Kind
from kyoo.api.routes.parameters import Name
from kyoo.core.errors import NotFoundError, UnauthorizedError
from kyoo.core.permissions import requires
from kyoo.core.postgres import Connection
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["watch list"])

Caller = Annotated[Identity, requires("core.read")]


@router.post("/series/{name}/watchstatus", response_model=ListedSerie)
async def set_serie(context: Context, caller: Caller, name: Name, body: SeedSerieWatchStatus) -> Response:
    word = watchlist.Word(body.status, "score" in body.model_fields_set, body.score, body.started_at, body.completed_at)
    return await _set(context, caller, "serie", name, word)


@router.post("/movies/{name}/watchstatus", response_model=ListedMovie)
async def set_movie(context: Context, caller: Caller, name: Name, body: SeedMovieWatchStatus) -> Response:
    word = watchlist.Word(body.status, "score" in body.model_fields_set, body.score, None, body.completed_at)
    return await _set(context, caller, "movie", name, word)


@router.delete("/series/{name}/watchstatus", response_model=ListedSerie)
async def remove_serie(context: Context, caller: Caller, name: Name) -> Response:
    return await _remove(context, caller, "serie", name)


@router.delete("/movies/{name}/watchstatus", response_model=ListedMovie)
async def remove_movie(context: Context, caller: Caller, name: Name) -> Response:
    return await _remove(context, caller, "movie", name)


async def _set(context: ApiContext, caller: Identity, kind: Kind, name: Name, word: watchlist.Word) -> Response:
    refuse_guest(caller)

    async def work(connection: Connection) -> bytes | None:
        show = await _show(connection, kind, name)
        profile = await queries.lock_profile(connection, caller.subject)
        known = await queries.show(connection, profile, show)
        listing = watchlist.after_word(
            known.listing, known.show, word, now=datetime.now(UTC), resume=known.resume, seen=known.seen
        )
        await queries.save(connection, profile, [listing])
        await facts.listed(connection, caller.subject, profile, [show])
        return await queries.answer(connection, profile, kind, show)

    return Response(await context.write(work), media_type="application/json")


async def _remove(context: ApiContext, caller: Identity, kind: Kind, name: Name) -> Response:
    refuse_guest(caller)
    async with context.database.transaction() as connection:
        show = await _show(connection, kind, name)
        profile = await queries.lock_profile(connection, caller.subject)
        removed = await queries.remove(connection, profile, kind, show)
        if removed is None:
            raise NotFoundError(f"The {kind} '{name}' is not in your watch list")
        await facts.listed(connection, caller.subject, profile, [show])
    return Response(removed, media_type="application/json")


async def _show(connection: Connection, kind: Kind, name: Name) -> int:
    show = await show_pk(connection, kind, name)
    if show is None:
        raise NotFoundError(f"No {kind} found with the id or slug: '{name}'")
    return show


def refuse_guest(caller: Identity) -> None:
    """Guests have no profile: they read, but nothing is kept for them."""
    if caller.is_guest:
        raise UnauthorizedError("Guests have no watch list; log in first")
