"""Profile pictures: what may be uploaded, and where it is kept (auth.md §4.4). Gravatar is in gravatar.py."""

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
from kyoo.core.errors import InvalidError, KyooError
from kyoo.core.postgres import Database

log = structlog.get_logger()

MAX_BYTES = 5 * 1024 * 1024


class PictureTooLargeError(KyooError):
    status = 413


@dataclass(frozen=True)
class Picture:
    """`etag` is without quotes."""

    data: bytes
    content_type: str
    etag: str


def sniff(data: bytes) -> str | None:
    """The media type of a jpeg, png, gif or webp by its first bytes; None for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def check_picture(data: bytes) -> Picture:
    """Raises PictureTooLargeError (413) or InvalidError (422)."""
    if len(data) > MAX_BYTES:
        raise PictureTooLargeError("A picture may have at most 5 MiB")
    content_type = sniff(data)
    if content_type is None:
        raise InvalidError("The picture must be a jpeg, png, gif or webp")
    return Picture(data, content_type, hashlib.sha256(data).hexdigest()[:32])


class Pictures:
    """The uploaded pictures: which one each user has is in the database, the bytes are in the store at `location`."""

    def __init__(self, database: Database, location: str) -> None:
        self._database = database
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
        return Picture(data, row["content_type"], row["etag"])

    async def put(self, user_id: UUID, picture: Picture) -> None:
        """Replace the picture of an existing user. Stored under a name of its own, so that readers of the former one
        never see half of each."""
        name = f"{user_id}-{picture.etag}"
        await obstore.put_async(self._store, name, picture.data)
        async with self._database.transaction() as connection:
            replaced = await pictures.replace(connection, user_id, name, picture.content_type, picture.etag)
        if replaced is not None and replaced != name:
            await self.remove_object(replaced)

    async def delete(self, user_id: UUID) -> bool:
        """False when the user has no picture."""
        async with self._database.connection() as connection:
            name = await pictures.delete(connection, user_id)
        if name is not None:
            await self.remove_object(name)
        return name is not None

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
