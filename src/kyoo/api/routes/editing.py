"""Editing by hand: fields and pictures of shows, seasons, entries, extras, people and studios, and their locks."""

# Without postponed annotations: the types of some parameters are variables of the function that makes the routes.

from typing import Annotated, Any, Literal, cast

import obstore
from fastapi import APIRouter, File, Query, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import AfterValidator

from kyoo.api.catalogue import editing, images
from kyoo.api.context import ApiContext, Context
from kyoo.api.downloads import ask_for_downloads
from kyoo.api.models.edits import EDITS, Edit, Editable, Edited, EditedKind
from kyoo.api.models.seeds import Language
from kyoo.api.queries.catalogue.images import store_upload
from kyoo.api.routes.answers import documented
from kyoo.api.routes.parameters import Name
from kyoo.core.errors import InvalidError
from kyoo.core.http.permissions import requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["editing"])

Reader = Annotated[Identity, requires("core.read")]
Writer = Annotated[Identity, requires("core.write")]
PATHS: dict[EditedKind, str] = {
    "movie": "movies", "serie": "series", "collection": "collections", "season": "seasons", "entry": "entries",
    "extra": "extras", "staff": "staff", "studio": "studios",
}  # fmt: skip
PICTURES: dict[EditedKind, Any] = {
    **dict.fromkeys(("movie", "serie", "collection"), Literal["poster", "thumbnail", "banner", "logo"]),
    "season": Literal["poster", "thumbnail", "banner"],
    "entry": Literal["poster", "thumbnail"],
    "extra": Literal["thumbnail"],
    "staff": Literal["image"],
    "studio": Literal["logo"],
}
#: Pictures that are the same in every language.
OF_NO_LANGUAGE = (("entry", "thumbnail"), ("extra", "thumbnail"), ("staff", "image"))


def _within_limits(upload: UploadFile) -> UploadFile:
    if (upload.size or 0) > images.MAX_BYTES:
        raise ValueError(f"A picture may have {images.MAX_BYTES // 1024**2} MB")
    return upload


Upload = Annotated[UploadFile, AfterValidator(_within_limits), File(description="JPEG, PNG, WebP, GIF, AVIF or BMP")]


async def _edit(context: ApiContext, kind: EditedKind, name: str, change: Edit) -> Response:
    public_url = context.runtime.public_url
    edited = await context.write(lambda connection: editing.edit(connection, kind, name, change, public_url))
    if edited.pictures_wanted:
        await ask_for_downloads(context.runtime.queue)
    return JSONResponse(edited.answer)


def _routes(kind: EditedKind, body: type[Edit], picture_names: Any) -> None:
    path = f"/{PATHS[kind]}/{{name}}"

    @router.get(f"{path}/locks", **documented(Editable, 404))
    async def locks(context: Context, _: Reader, name: Name) -> Response:
        """What can be edited, as it is, and what of it was written by hand and is left alone by refreshes."""
        async with context.database.connection() as connection:
            return JSONResponse(await editing.read(connection, kind, name))

    @router.patch(path, **documented(Edited, 404, 422))
    async def edit(context: Context, _: Writer, name: Name, change: body) -> Response:  # type: ignore[valid-type]
        """Change what is given and lock it against refreshes."""
        return await _edit(context, kind, name, cast("Edit", change))

    @router.put(f"{path}/{{picture}}", **documented(Edited, 404, 422))
    async def upload(
        context: Context,
        _: Writer,
        name: Name,
        picture: picture_names,
        file: Upload,
        language: Annotated[Language | None, Query(description="Of this language; default: of every one")] = None,
    ) -> Response:
        """Set a picture to an uploaded one (multipart/form-data, `file`) and lock it."""
        content = await file.read()
        try:
            rendered = await images.render(context.renderer, content)
        except images.ImageError as error:
            raise InvalidError(str(error), {"in": "file"}) from error
        async with context.database.connection() as connection:
            await editing.read(connection, kind, name)
        source = editing.upload_source(content)
        identifier = images.image_id(source, context.runtime.public_url)
        for quality, data in rendered.files.items():
            await obstore.put_async(context.images, images.file_name(identifier, quality), data)
        async with context.database.connection() as connection:
            await store_upload(connection, identifier, source, rendered.blurhash)
        shared = language is None or (kind, picture) in OF_NO_LANGUAGE
        change = {picture: source} if shared else {"translations": {language: {picture: source}}}
        return await _edit(context, kind, name, body.model_validate(change))


for _kind, _body in EDITS.items():
    _routes(_kind, _body, PICTURES[_kind])
