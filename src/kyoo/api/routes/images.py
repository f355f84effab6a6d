"""The pictures themselves: one file per picture, width and format (docs/protocol/api.md#pictures); and a look at those
elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated

import obstore
from fastapi import APIRouter, Path, Query, Request, Response
from obstore.exceptions import NotFoundError as NotStoredError

from kyoo.api.catalogue import images
from kyoo.api.catalogue.images import Extension, Quality
from kyoo.api.context import ApiContext, Context
from kyoo.api.downloads import ask_for_downloads
from kyoo.api.limits import limited
from kyoo.api.queries.catalogue import images as queries
from kyoo.api.queries.visible import picture_visible
from kyoo.core.errors import NotFoundError
from kyoo.core.http.conditional import is_current
from kyoo.core.http.permissions import requires

router = APIRouter(prefix="/api", tags=["images"])

MEDIA_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}

#: An id stands for one URL for ever, and what changes gets another URL.
CACHE = "private, max-age=31536000, immutable"

PictureId = Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$", description="sha256 of the source URL")]


@router.get(
    "/images/{id}",
    dependencies=[requires("core.read")],
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}, "description": "The picture"},
        304: {"description": "The client has it already"},
        404: {"description": "The picture is unknown or not downloaded yet"},
    },
)
async def get_image(context: Context, request: Request, id: PictureId, quality: Quality = "high") -> Response:  # noqa: A002
    """A picture at most 1280 (`high`), 640 (`medium`) or 320 (`low`) pixels wide, as WebP; as JPEG for clients that
    prefer it or accept nothing else."""
    if limited():
        async with context.database.connection() as connection:
            if not await picture_visible(connection, id):
                raise _not_found(id)
    extension = preferred_format(request.headers.get("accept"))
    tag = f'"{id[:24]}-{quality}-{extension}"'
    content, modified = await _stored(context, id, quality, extension)
    headers = {
        "ETag": tag,
        "Cache-Control": CACHE,
        "Last-Modified": format_datetime(modified, usegmt=True),
        "Vary": "Accept",
    }
    # It says `no-cache` when it wants the picture anyway.
    if "no-cache" not in request.headers.get("cache-control", "") and is_current(request.headers, tag, modified):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=MEDIA_TYPES[extension])


@router.get(
    "/images",
    dependencies=[requires("scanner.search")],
    response_class=Response,
    responses={
        200: {"content": {"image/webp": {}}, "description": "The picture"},
        404: {"description": "There is no such picture, or not where providers have theirs"},
    },
)
async def preview(context: Context, url: Annotated[str, Query(max_length=2000)]) -> Response:
    """A small copy of a picture of a provider, as search results of the scanner name them; not kept. Pages may only
    show pictures of this server, and those of the providers need not know who looks. Of others nothing is fetched."""
    if images.own_path(url, context.runtime.public_url):
        raise NotFoundError("Pictures of this server have addresses of their own")
    if not context.settings.has_pictures(url):
        raise NotFoundError("No provider has its pictures there (KYOO_PICTURE_HOSTS)")
    try:
        async with images.outside_client(context.settings) as outside:
            source = await images.download(
                url, public_url=context.runtime.public_url, peer=context.runtime.peer, outside=outside
            )
        content = await images.thumbnail(context.renderer, source)
    except images.ImageError as error:
        raise NotFoundError(str(error)) from error
    return Response(content, headers={"Cache-Control": "private, max-age=86400"}, media_type="image/webp")


async def _stored(
    context: ApiContext, identifier: str, quality: Quality, extension: Extension
) -> tuple[bytes, datetime]:
    """A file of the store and its time; a JPEG is made of the WebP when it is first asked for."""
    found = await _get(context, images.file_name(identifier, quality, extension))
    if found is None and extension == "jpg" and (source := await _get(context, images.file_name(identifier, quality))):
        content = await context.renderer.jpeg(source[0])
        await obstore.put_async(context.images, images.file_name(identifier, quality, "jpg"), content)
        found = content, source[1]
    if found is None:
        async with context.database.connection() as connection:
            lost = await queries.lost(connection, identifier)
        if lost:
            await ask_for_downloads(context.runtime.queue)
        raise _not_found(identifier)
    return found


def _not_found(identifier: str) -> NotFoundError:
    return NotFoundError(f"No image found with the id: '{identifier}', or it is not downloaded yet")


async def _get(context: ApiContext, name: str) -> tuple[bytes, datetime] | None:
    try:
        result = await obstore.get_async(context.images, name)
    except (NotStoredError, FileNotFoundError):
        return None
    modified = result.meta["last_modified"].astimezone(UTC).replace(microsecond=0)
    return bytes(await result.bytes_async()), modified


def preferred_format(accept: str | None) -> Extension:
    """WebP, unless the `Accept` header gives JPEG a greater weight (RFC 9110 §12.5.1)."""
    weights: dict[str, float] = {}
    for clause in (accept or "*/*").split(","):
        kind, *parameters = (part.strip().lower() for part in clause.split(";"))
        weight = next((value[2:] for value in parameters if value.startswith("q=")), "1")
        try:
            weights[kind] = float(weight)
        except ValueError:
            weights[kind] = 0.0

    def weight_of(kind: str) -> float:
        return weights.get(kind, weights.get("image/*", weights.get("*/*", 0.0)))

    return "jpg" if weight_of("image/jpeg") > weight_of("image/webp") else "webp"
