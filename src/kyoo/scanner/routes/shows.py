"""Search, add, refresh and remap: /scanner/movies and /scanner/series."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request

from kyoo.core.http.pages import Page
from kyoo.core.http.permissions import requires
from kyoo.core.languages import accepted
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.metadata import searching
from kyoo.scanner.models.request import NewRequest, Remap, SearchResult
from kyoo.scanner.models.request import Request as MetadataRequest
from kyoo.scanner.routes.answers import wire
from kyoo.scanner.shows import requesting

router = APIRouter(prefix="/scanner", tags=["shows"])

Collection = Literal["movies", "series"]


@router.get("/{collection}", dependencies=[requires("scanner.search")])
async def search(
    request: Request,
    collection: Collection,
    query: Annotated[str, Query(max_length=500)] = "",
    year: Annotated[int | None, Query()] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> Page[SearchResult]:
    """What the metadata providers know under a name; nothing without a provider."""
    context: ScannerContext = request.app.state.context
    languages = [language for language in accepted(accept_language) if language != "*"]
    if "en" not in languages:
        languages.append("en")
    items = await searching.search(context, requesting.show_kind(collection), query, year, languages)
    return Page(items=items, this=str(request.url), next=None)


@router.post("/{collection}", status_code=201, dependencies=[requires("scanner.add")])
async def add(request: Request, collection: Collection, body: NewRequest) -> MetadataRequest:
    """Queue the metadata of a show, with the videos that are to be its files."""
    return wire(await requesting.add(request.app.state.context, collection, body))


@router.post("/{collection}/{slug}/refresh", status_code=201, dependencies=[requires("scanner.add")])
async def refresh(request: Request, collection: Collection, slug: str) -> MetadataRequest:
    """Fetch the metadata of a show again."""
    return wire(await requesting.refresh(request.app.state.context, collection, slug))


@router.post("/{collection}/{slug}/remap", status_code=201, dependencies=[requires("scanner.add")])
async def remap(request: Request, collection: Collection, slug: str, body: Remap) -> MetadataRequest:
    """Give the files of a show to another one. The old show is removed once the new one stands."""
    return wire(await requesting.remap(request.app.state.context, collection, slug, body))
