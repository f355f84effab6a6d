"""The routes that movies, series and collections share, and how their shows are answered: one, a random one, a picture.

What one kind alone has is in `movies`, `series` and `collections`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from kyoo.api.catalogue import deleting
from kyoo.api.catalogue.seeding import Seeded, SlugTakenError
from kyoo.api.context import ApiContext, Context
from kyoo.api.downloads import ask_for_downloads
from kyoo.api.models.base import Reference, ShowKind
from kyoo.api.models.entry import Extra
from kyoo.api.models.staff import RoleOfShow
from kyoo.api.queries.catalogue import shows
from kyoo.api.queries.catalogue.credits import SHOW_ROLES
from kyoo.api.queries.catalogue.entries import EXTRAS
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.reader import Reader
from kyoo.api.routes.answers import (
    PATHS,
    Picture,
    documented,
    in_language,
    picture_redirect,
    redirect,
)
from kyoo.api.routes.parameters import (
    Name,
    Quality,
    RawJson,
    Reading,
    With,
    answer_page,
    listed,
    paging,
    relations,
)
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import NotFoundError, error_object
from kyoo.core.http.pages import Page
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import Identity

RELATIONS: dict[str, tuple[str, ...]] = {
    "movie": ("translations", "studios", "collection", "videos"),
    "serie": ("translations", "studios", "collection", "firstEntry", "nextEntry"),
    "collection": ("translations",),
}

ShowPaging = Annotated[PageRequest, paging(shows.SHOWS)]
ExtraPaging = Annotated[PageRequest, paging(EXTRAS.resource)]
RolePaging = Annotated[PageRequest, paging(SHOW_ROLES.resource)]
Writer = Annotated[Identity, requires("core.write")]


def add_routes(router: APIRouter, kind: ShowKind, *, page: Any, full: Any) -> None:
    """Add to the router of `kind` what every kind has; `page` and `full` are the models of its list and of one. Comes
    after the routes of that kind alone, which a picture would hide."""

    @router.get("", **documented(page, 422), summary=f"List {PATHS[kind].title()}")
    async def list_shows(context: Context, request: Request, reader: Reading, page: ShowPaging) -> RawJson:
        return await answer_page(context, request, shows.browsed(kind, page), page, reader)

    @router.get(
        "/random", status_code=302, response_model=None, description=f"`with`: {', '.join(RELATIONS[kind])}; passed on."
    )
    async def random_show(context: Context, request: Request, reader: Reading, _with: With = None) -> Response:
        return await answer_random(context, request, kind, reader)

    @router.get("/{name}", **documented(full, 404, 422), description=f"`with`: {', '.join(RELATIONS[kind])}.")
    async def get_show(context: Context, name: Name, reader: Reading, with_: With = None) -> Response:
        wanted = relations(with_, RELATIONS[kind])
        async with context.database.connection() as connection:
            found = await shows.get_show(connection, kind, name, wanted, reader)
        if found is None:
            raise NotFoundError(f"No {kind} found with the id or slug: {name}")
        return RawJson(found["show"], headers={"Content-Language": in_language(found, kind, reader)})

    if kind != "collection":

        @router.get("/{name}/staff", **documented(Page[RoleOfShow], 404, 422))
        async def staff(context: Context, request: Request, name: Name, reader: Reading, page: RolePaging) -> RawJson:
            return await answer_page(context, request, SHOW_ROLES, page, reader, owner=shows.owner(kind, name))

        @router.get("/{name}/extras", **documented(Page[Extra], 404, 422))
        async def extras(context: Context, request: Request, name: Name, reader: Reading, page: ExtraPaging) -> RawJson:
            return await answer_page(context, request, EXTRAS, page, reader, owner=shows.owner(kind, name))

    @router.get("/{name}/{picture}", status_code=302, response_model=None)
    async def get_picture(
        context: Context, name: Name, picture: Picture, reader: Reading, quality: Quality = "high"
    ) -> Response:
        return await answer_picture(context, kind, name, picture=picture, quality=quality, reader=reader)

    @router.delete("/{name}", **documented(Reference, 404))
    async def delete_show(context: Context, _: Writer, name: Name) -> Response:
        """A collection leaves what it holds."""
        deleted = await context.write(lambda connection: deleting.delete(connection, kind, name))
        if deleted is None:
            raise NotFoundError(f"No {kind} found with the id or slug: {name}")
        return JSONResponse({"id": str(deleted["id"]), "slug": deleted["slug"]})


async def answer_random(context: ApiContext, request: Request, kind: ShowKind | None, reader: Reader) -> Response:
    """302 to any show, with the same query, less the relations that its kind does not have."""
    async with context.database.connection() as connection:
        found = await shows.random_show(connection, kind, reader)
    if found is None:
        raise NotFoundError("The library is empty")
    query = request.url.query
    if kind is None:
        allowed = RELATIONS[found["kind"]]
        kept = []
        for key, value in parse_qsl(query, keep_blank_values=True):
            if key != "with":
                kept.append((key, value))
            elif fitting := [relation for relation in listed([value]) if relation in allowed]:
                kept.append((key, ",".join(fitting)))
        query = urlencode(kept, safe=",")
    return redirect(f"/api/{PATHS[found['kind']]}/{found['slug']}", query)


async def answer_picture(
    context: ApiContext, kind: ShowKind | None, name: str, *, picture: Picture, quality: Quality, reader: Reader
) -> Response:
    """302 to a picture of a show, in the strict language mode."""
    async with context.database.connection() as connection:
        found = await shows.show_picture(connection, kind, name, picture, reader)
    if found is None:
        raise NotFoundError(f"No {kind or 'show'} found with the id or slug: {name}")
    language = in_language(found, kind or "show", reader)
    return picture_redirect(found["id"], quality, f"The {kind or 'show'} {name} has no {picture}", language)


async def answer_seed(context: ApiContext, seed: Callable[[Connection], Awaitable[Seeded]]) -> Response:
    """201 for a new show, 200 for one that was there; 409 names the show in the way, beside the members of an error."""
    try:
        seeded = await context.write(seed)
    except SlugTakenError as error:
        return JSONResponse({**error_object(409, error.message), **error.details}, 409)
    if seeded.pictures_wanted:
        await ask_for_downloads(context.runtime.queue)
    return JSONResponse(seeded.answer, 201 if seeded.created else 200)
