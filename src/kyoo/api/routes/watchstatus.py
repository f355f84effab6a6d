"""What a person says of a movie or serie: planned, watching, completed… and its removal from the list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response

from kyoo.api import facts, watchlist
from kyoo.api.context import ApiContext, Context
from kyoo.api.models.profile import ListedMovie, ListedSerie, SeedMovieWatchStatus, SeedSerieWatchStatus
from kyoo.api.queries.catalogue.shows import show_pk
from kyoo.api.queries.viewers import watchlist as queries
from kyoo.api.queries.viewers.watchlist import Kind
from kyoo.api.routes.parameters import Name, RawJson
from kyoo.api.trackers import outbox
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import NotFoundError, UnauthorizedError
from kyoo.core.http.permissions import requires
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

    outgoing = context.trackers.outgoing()

    async def work(connection: Connection) -> bytes | None:
        show = await _show(connection, kind, name)
        profile = await queries.lock_profile(connection, caller.subject)
        known = await queries.show(connection, profile, show)
        listing = watchlist.after_word(
            known.listing, known.show, word, now=datetime.now(UTC), resume=known.resume, seen=known.seen
        )
        await queries.save(connection, profile, [listing])
        await facts.listed(connection, caller.subject, profile, [show])
        again = known.listing is not None and known.listing.status == listing.status == "completed"
        scored = word.scores and (known.listing is None or known.listing.score != listing.score)
        if scored and (known.listing is not None or listing.score is not None):
            await facts.listed(connection, caller.subject, profile, [show], "score", score=listing.score)
        await outbox.worded(connection, profile, show, outgoing, status=not again, score=scored)
        return await queries.answer(connection, profile, kind, show)

    answer = await context.write(work)
    assert answer is not None
    return RawJson(with_sync(answer, await context.trackers.delivery.settle(outgoing)))


async def _remove(context: ApiContext, caller: Identity, kind: Kind, name: Name) -> Response:
    refuse_guest(caller)
    outgoing = context.trackers.outgoing()
    async with context.database.transaction() as connection:
        show = await _show(connection, kind, name)
        profile = await queries.lock_profile(connection, caller.subject)
        removed = await queries.remove(connection, profile, kind, show)
        if removed is None:
            raise NotFoundError(f"The {kind} '{name}' is not in your watch list")
        await facts.listed(connection, caller.subject, profile, [show])
        await outbox.removed(connection, profile, show, json.loads(removed)["status"], outgoing)
    return RawJson(with_sync(removed, await context.trackers.delivery.settle(outgoing)))


def with_sync(body: bytes, sync: Mapping[str, Any]) -> bytes:
    """An object of the wire, with what became of it at trackers when any was due."""
    return body[:-1] + b',"sync":' + json.dumps(sync).encode() + b"}" if sync else body


async def _show(connection: Connection, kind: Kind, name: Name) -> int:
    show = await show_pk(connection, kind, name)
    if show is None:
        raise NotFoundError(f"No {kind} found with the id or slug: '{name}'")
    return show


def refuse_guest(caller: Identity) -> None:
    """Guests have no profile: they read, but nothing is kept for them."""
    if caller.is_guest:
        raise UnauthorizedError("Guests have no watch list; log in first")
