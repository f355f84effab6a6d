"""What several routes answer with: documented answers, redirects, the language that was picked, what a name means."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

from fastapi.responses import RedirectResponse, Response

from kyoo.api.models.base import ShowKind
from kyoo.api.queries.catalogue import shows
from kyoo.api.reader import Reader
from kyoo.api.routes.parameters import Quality
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import InvalidError, NotFoundError

Picture = Literal["poster", "thumbnail", "banner", "logo"]

PATHS: dict[str, str] = {"movie": "movies", "serie": "series", "collection": "collections"}


def documented(model: Any, *errors: int, status: int = 200) -> dict[str, Any]:
    """Options of a route whose body Postgres builds: the model documents it, and tests hold it to that."""
    meanings = {
        401: "Guests have nothing of their own",
        403: "Not for this caller",
        404: "Not found",
        409: "Conflict",
        422: "Invalid request, or none of the languages",
    }
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
    """The language that was picked; InvalidError when the reader has none of those there are."""
    language: str | None = found["language"]
    if language is None:
        raise InvalidError(
            f"This {what} is not available in any accepted language: {', '.join(reader.languages) or 'there is none'}",
            {"languages": list(reader.languages)},
        )
    return language


def picture_redirect(identifier: str | None, quality: Quality, missing: str, language: str | None = None) -> Response:
    """302 to `/api/images/{id}`; NotFoundError with the message `missing` when there is no picture."""
    if identifier is None:
        raise NotFoundError(missing)
    headers = {"Content-Language": language} if language else {}
    return redirect(f"/api/images/{quote(identifier)}", f"quality={quality}", **headers)
