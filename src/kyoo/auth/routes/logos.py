"""`/auth/users/…/logo`: profile pictures (docs/protocol/auth.md#pictures)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from psycopg.rows import DictRow
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from kyoo.auth.context import AuthContext
from kyoo.auth.queries import users
from kyoo.auth.routes.access import Caller, Context, NewCaller, refuse_guests, require, requires, same_user
from kyoo.auth.routes.actors import Visitor
from kyoo.auth.routes.users import find_user
from kyoo.core.errors import ForbiddenError, InvalidError, NotFoundError
from kyoo.core.http.conditional import is_current
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/auth/users", tags=["pictures"])

#: Own pictures change under the same URL: caches ask each time and get a 304. Gravatar is a third party, asked less.
OWN_CACHING = "private, no-cache"
GRAVATAR_CACHING = "private, max-age=86400"

PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/*": {}}, "description": "The picture"},
    304: {"description": "The client's copy is current"},
    404: {"description": "No picture"},
    502: {"description": "Gravatar does not answer"},
}
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["logo"],
                    "properties": {"logo": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.get("/me/logo", response_class=Response, responses=PICTURE)
async def get_my_logo(request: Request, identity: NewCaller, context: Context) -> Response:
    async with context.database.connection() as connection:
        row = await users.by_id(connection, identity.subject)
    if row is None:
        raise NotFoundError("No picture")
    return await _logo(context, row, request.headers)


@router.get("/{id_or_username}/logo", response_class=Response, responses=PICTURE)
async def get_logo(id_or_username: str, request: Request, identity: Caller, context: Context) -> Response:
    """Needs `users.read`, but for one's own."""
    if not same_user(identity, id_or_username):
        refuse_guests(identity)
        require(identity, "users.read")
    return await _logo(context, await find_user(context, id_or_username), request.headers)


async def _logo(context: AuthContext, user: DictRow, headers: Mapping[str, str]) -> Response:
    etag = await context.pictures.etag(user["id"])
    if etag is not None and is_current(headers, f'"{etag}"'):
        return _not_modified(etag, OWN_CACHING)
    picture, caching = (await context.pictures.get(user["id"]) if etag is not None else None), OWN_CACHING
    if picture is None and context.gravatar is not None:
        picture, caching = await context.gravatar.get(user["email"]), GRAVATAR_CACHING
    if picture is None:
        raise NotFoundError("No picture")
    if is_current(headers, f'"{picture.etag}"'):
        return _not_modified(picture.etag, caching)
    return Response(
        picture.data,
        media_type=picture.content_type,
        headers={"ETag": f'"{picture.etag}"', "Cache-Control": caching},
    )


def _not_modified(etag: str, caching: str) -> Response:
    return Response(status_code=304, headers={"ETag": f'"{etag}"', "Cache-Control": caching})


@router.post("/me/logo", status_code=204, response_class=Response, openapi_extra=FORM)
async def upload_my_logo(request: Request, identity: Caller, context: Context) -> None:
    """A jpeg, png, gif or webp of at most 5 MiB in the form field `logo`; a copy of at most 512×512 pixels is kept.
    413: larger. 422: anything else, or too many pixels."""
    async with context.database.connection() as connection:
        if await users.by_id(connection, identity.subject) is None:
            raise ForbiddenError("Only users have a picture")
    await context.pictures.put(identity.subject, await _uploaded(request))


async def _uploaded(request: Request) -> bytes:
    """The content of the form field `logo`."""
    try:
        async with request.form(max_files=1, max_fields=8) as form:
            logo = form.get("logo")
            if not isinstance(logo, UploadFile):
                raise InvalidError("The form field logo is missing")
            return await logo.read()
    except HTTPException as error:
        if error.status_code == 413:
            raise
        raise InvalidError("The body must be a form with the field logo") from error


@router.delete("/me/logo", status_code=204, response_class=Response)
async def delete_my_logo(identity: Caller, context: Context, visitor: Visitor) -> None:
    await context.accounts.remove_picture(identity.subject, visitor.known_as(identity))


@router.delete("/{user_id}/logo", status_code=204, response_class=Response)
async def delete_logo(
    user_id: UUID, context: Context, identity: Annotated[Identity, requires("users.write")], visitor: Visitor
) -> None:
    """For moderation: remove the uploaded picture of a user. 403: the user can do or see more than the caller."""
    await context.accounts.remove_picture(user_id, visitor.known_as(identity), identity)
