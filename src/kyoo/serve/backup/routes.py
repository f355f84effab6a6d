"""`/server/backups` and `/server/setup`: backups on the pages of administrators, and on that of the first visitor."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from kyoo.auth.queries import users
from kyoo.core.blobs import Location
from kyoo.core.database.postgres import Database
from kyoo.core.errors import ConflictError, InvalidError, NotFoundError
from kyoo.core.http.origins import refuse_foreign
from kyoo.core.http.permissions import public, requires
from kyoo.core.settings import read
from kyoo.core.tasks import apart
from kyoo.serve.backup.keeper import Keeper
from kyoo.serve.backup.settings import BackupSettings
from kyoo.serve.backup.target import Backup, Target
from kyoo.serve.http.gateway import ADMINISTRATION, ADMINISTRATOR

administrators = APIRouter(prefix=f"{ADMINISTRATION}/backups", tags=["server"], dependencies=[requires(*ADMINISTRATOR)])
first_visitor = APIRouter(prefix=f"{ADMINISTRATION}/setup", tags=["server"], dependencies=[public()])


class KeptBackup(BaseModel):
    """`files` is null for the database alone; `size` is in bytes, of all of it."""

    name: str
    made: datetime
    release: str
    reason: str
    files: int | None
    size: int

    @classmethod
    def of(cls, backup: Backup) -> KeptBackup:
        return cls(
            name=backup.name,
            made=backup.made,
            release=backup.release,
            reason=backup.reason,
            files=backup.files,
            size=backup.size,
        )


class Doing(BaseModel):
    what: str
    done: int
    whole: int


class Backups(BaseModel):
    """`every` hours one is made, null: none by itself."""

    target: str
    every: float | None
    keep: int
    doing: Doing | None
    failure: str | None
    backups: list[KeptBackup]


class Setup(BaseModel):
    """`setup`: nobody has an account yet. `failure`: why a backup could not be brought back."""

    setup: bool
    failure: str | None


class Where(BaseModel):
    target: Annotated[str, Field(min_length=1, max_length=4096)]


class Which(Where):
    name: Annotated[str, Field(max_length=64)] | None = None


async def keeper_of(request: Request) -> Keeper:
    keeper: Keeper = request.app.state.keeper
    return keeper


async def in_setup(request: Request) -> bool:
    """Pages of other sites ask nothing: the browser of whoever sets the server up can reach it, and they cannot."""
    refuse_foreign(request)
    database: Database = request.app.state.database
    async with database.connection() as connection:
        return not await users.any_exists(connection)


Kept = Annotated[Keeper, Depends(keeper_of)]
InSetup = Annotated[bool, Depends(in_setup)]


@administrators.get("")
async def backups(keeper: Kept) -> Backups:
    settings = read(BackupSettings)
    doing = None
    if keeper.doing is not None:
        what, done, whole = keeper.doing
        doing = Doing(what=what, done=done, whole=whole)
    return Backups(
        target=keeper.location,
        every=settings.every if settings.backup_target else None,
        keep=settings.keep,
        doing=doing,
        failure=keeper.failure,
        backups=[KeptBackup.of(backup) for backup in await keeper.backups()],
    )


@administrators.post("", status_code=202)
async def make(keeper: Kept, request: Request) -> dict[str, Any]:
    """Begin a backup; `GET` says how far it is."""
    request.app.state.making = keeper.start()
    return {}


@administrators.post("/{name}/restore", status_code=202)
async def restore(keeper: Kept, name: str) -> KeptBackup:
    """Start again as the server was in a backup. What is there now is set aside in the data directory."""
    found = {backup.name for backup in await keeper.backups()}
    if name not in found:
        raise NotFoundError("No such backup")
    return KeptBackup.of(await keeper.replace(keeper.location, name, keep=True))


@first_visitor.get("")
async def setup(keeper: Kept, *, empty: InSetup) -> Setup:
    return Setup(setup=empty, failure=keeper.failure if empty else None)


@first_visitor.post("/backups")
async def look(where: Where, *, empty: InSetup) -> list[KeptBackup]:
    """The backups in a folder of the server or where `KYOO_BACKUP` says, as long as nobody has an account."""
    location = _location(where.target, empty=empty)
    return [KeptBackup.of(backup) for backup in await apart(lambda: Target(location, make=False).backups())]


@first_visitor.post("/restore", status_code=202)
async def restore_first(keeper: Kept, which: Which, *, empty: InSetup) -> KeptBackup:
    """Start again as a server was in a backup, the newest if none is named, as long as nobody has an account."""
    location = _location(which.target, empty=empty)
    return KeptBackup.of(await keeper.replace(location, which.name, keep=False))


def _location(text: str, *, empty: bool) -> str:
    if not empty:
        raise ConflictError("The server has users: an administrator brings backups back")
    try:
        location: str = TypeAdapter(Location).validate_python(text)
    except ValidationError:
        raise InvalidError("Give an absolute folder of the server, or what KYOO_BACKUP names") from None
    # A backup says who is an administrator: no stranger chooses a place outside of this machine.
    if "://" in location and location != read(BackupSettings).backup_target:
        raise InvalidError("From S3 only what KYOO_BACKUP names is brought back here; or use kyoo restore")
    return location
