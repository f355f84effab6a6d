"""Profile pictures: what may be uploaded, what is made of it and where it is kept. Gravatar is in gravatar.py."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.exceptions import NotFoundError as ObjectNotFoundError
from obstore.store import ObjectStore

from kyoo.auth.queries import pictures
from kyoo.core.blobs import open_store
from kyoo.core.database.postgres import Database
from kyoo.core.errors import InvalidError, KyooError
from kyoo.core.pictures.copies import Box, PictureError
from kyoo.core.pictures.rendering import Renderer

log = structlog.get_logger()

MAX_BYTES = 5 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
#: Twice what the largest place shows.
LARGEST = Box(512, 512)
#: How the name of an object ends that `avatar` made. Others are uploads as they came, from before there was one.
MADE = ".webp"


class PictureTooLargeError(KyooError):
    status = 413


@dataclass(frozen=True)
class Picture:
    """`etag` is without quotes."""

    data: bytes
    content_type: str
    etag: str


async def avatar(renderer: Renderer, data: bytes) -> Picture:
    """The copy that is kept and sent; what was uploaded never is. Raises PictureTooLargeError (413) or InvalidError
    (422)."""
    if len(data) > MAX_BYTES:
        raise PictureTooLargeError("A picture may have at most 5 MiB")
    try:
        (copy,) = (await renderer.copies(data, [LARGEST], FORMATS)).files
    except PictureError as error:
        raise InvalidError(f"The picture must be a jpeg, png, gif or webp. {error}") from error
    return Picture(copy, "image/webp", hashlib.sha256(copy).hexdigest()[:32])


class UserPictures:
    """The uploaded pictures: which one each user has is in the database, the bytes are in the store at `location`."""

    def __init__(self, database: Database, renderer: Renderer, location: str) -> None:
        self._database = database
        self._renderer = renderer
        self._location = location

    @cached_property
    def _store(self) -> ObjectStore:
        # Opened when first needed: it makes the folder, which a process that serves no picture need not be able to.
        return open_store(self._location)

    async def etag(self, user_id: UUID) -> str | None:
        async with self._database.connection() as connection:
            row = await pictures.of_user(connection, user_id)
        return None if row is None else str(row["etag"])

    async def get(self, user_id: UUID) -> Picture | None:
        async with self._database.connection() as connection:
            row = await pictures.of_user(connection, user_id)
        if row is None:
            return None
        try:
            result = await obstore.get_async(self._store, row["object"])
            data = bytes(await result.bytes_async())
        except (ObjectNotFoundError, FileNotFoundError):
            log.warning("the picture of a user is missing in the store", user=str(user_id))
            return None
        if row["object"].endswith(MADE):
            return Picture(data, row["content_type"], row["etag"])
        try:
            return await self.put(user_id, data)
        except (InvalidError, PictureTooLargeError) as error:
            log.warning("the picture of a user cannot be shown", user=str(user_id), reason=error.message)
            return None

    async def put(self, user_id: UUID, data: bytes) -> Picture:
        """Replace the picture of an existing user by a copy of this one. Stored under a name of its own, so that
        readers of the former one never see half of each. Raises PictureTooLargeError (413) or InvalidError (422)."""
        picture = await avatar(self._renderer, data)
        name = f"{user_id}-{picture.etag}{MADE}"
        await obstore.put_async(self._store, name, picture.data)
        async with self._database.transaction() as connection:
            replaced = await pictures.replace(connection, user_id, name, picture.content_type, picture.etag)
        if replaced is not None and replaced != name:
            await self.remove_object(replaced)
        return picture

    async def object_of(self, user_id: UUID) -> str | None:
        """The name in the store of a user's picture."""
        async with self._database.connection() as connection:
            row = await pictures.of_user(connection, user_id)
        return None if row is None else str(row["object"])

    async def remove_object(self, name: str) -> None:
        """Remove a picture that the database does not know any more."""
        try:
            await obstore.delete_async(self._store, name)
        except (BaseError, OSError) as error:
            # The database already says that the picture is gone; a file left over harms nobody.
            log.warning("a former picture cannot be removed", object=name, error=str(error))
