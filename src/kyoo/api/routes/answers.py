"""What the routes of movies, series, collections and mixed shows have in common: how one of them is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from kyoo.api.context import ApiContext
from kyoo.api.models.base import ShowKind
from kyoo.api.queries import shows
from kyoo.api.reader import Reader
from kyoo.api.routes.parameters import Quality, RawJson, listed, relations
from kyoo.core.errors import InvalidError, NotFoundError, error_object
from kyoo.core.postgres import Connection

Picture = Literal["poster", "thumbnail", "banner", "logo"]

PATHS: dict[str, str] = {"movie": "movies", "serie": "series", "collection": "collections"}
RELATIONS: dict[str, tuple[str, ...]] = {
    "movie": ("translations", "studios", "collection", "videos"),
    "serie": ("translations", "studios", "collection", "firstEntry", "nextEntry"),
    "collection": ("translations",),
}


def documented(model: Any, *errors: int, status: int = 200) -> dict[str, Any]:
    """Options of a route whose body Postgres builds: the model documents it, and tests hold it to that."""
    meanings = {404: "Not found", 409: "Conflict", 422: "Invalid request, or none of the languages"}
    return {
        "response_model": None,
        "status_code": status,
        "responses": {
            status: {"model": model, "description": "Success"},
            **{error: {"description": meanings[error]} for error in errors},
        },
    }


def redirect(path: str, query: str = "", **headers: str) -> Response:
    """302 to a root-relative URL, which holds whatever origin the client knows us by."""
    return RedirectResponse(f"{path}?{query}" if query else path, 302, headers)


async def show_key(connection: Connection, kind: ShowKind, name: str) -> int:
    """The primary key of a show; NotFoundError."""
    pk = await shows.show_pk(connection, kind, name)
    if pk is None:
        raise NotFoundError(f"No {kind} found with the id or slug: {name}")
    return pk


def in_language(found: dict[str, Any], what: str, reader: Reader) -> str:
    """The language that was picked; InvalidError when the reader has none of those there are (api.md §4)."""
    language: str | None = found["language"]
    if language is None:
        raise InvalidError(
            f"This {what} is not available in any accepted language: {', '.join(reader.languages)}",
            {"languages": list(reader.languages)},
        )
    return language


async def answer_show(
    context: ApiContext, kind: ShowKind, name: str, with_: Sequence[str] | None, reader: Reader
) -> Response:
    wanted = relations(with_, RELATIONS[kind])
    async with context.database.connection() as connection:
        found = await shows.get_show(connection, kind, name, wanted, reader)
    if found is None:
        raise NotFoundError(f"No {kind} found with the id or slug: {name}")
    return RawJson(found["show"], headers={"Content-Language": in_language(found, kind, reader)})


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


def picture_redirect(identifier: str | None, quality: Quality, missing: str, language: str | None = None) -> Response:
    """302 to `/api/images/{id}`; NotFoundError with the message `missing` when there is no picture."""
    if identifier is None:
        raise NotFoundError(missing)
    headers = {"Content-Language": language} if language else {}
    return redirect(f"/api/images/{quote(identifier)}", f"quality={quality}", **headers)


async def answer_delete(context: ApiContext, kind: ShowKind, name: str) -> Response:
    deleted = await context.write(lambda connection: shows.delete_show(connection, kind, name))
    if deleted is None:
        raise NotFoundError(f"No {kind} found with the id or slug: {name}")
    return JSONResponse({"id": str(deleted["id"]), "slug": deleted["slug"]})


def answer_conflict(message: str, other: dict[str, Any]) -> Response:
    """409 that names the show in the way, `{id, slug}` beside the members of an error."""
    return JSONResponse({**error_object(409, message), **other}, 409)
