"""`kyoo backup` and `kyoo restore`: from the command line, with a line for what is under way."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from kyoo.core.blobs import Location, usable
from kyoo.core.database.postgres import check_server
from kyoo.core.settings import OptionError
from kyoo.serve.backup.making import make_backup
from kyoo.serve.backup.restoring import Request, check, check_empty, restore
from kyoo.serve.backup.stores import locations
from kyoo.serve.backup.target import Backup, Target
from kyoo.serve.composition import settings_of
from kyoo.serve.data_directory import exclusive
from kyoo.serve.doctor.findings import size
from kyoo.serve.options import ServeOptions
from kyoo.serve.postgres.reaching import reachable


async def make(data_dir: Path, target: str, *, files: bool, keep: int | None) -> None:
    place = opened(target)
    async with reachable(data_dir) as conninfo:
        await check_server(conninfo)
        stores = places(data_dir) if files else None
        backup = await asyncio.to_thread(make_backup, conninfo, stores, place, progress=_line)
    click.echo(f"{place.location} has the backup {told(backup)}. It holds hashes of passwords and keys.")
    if keep is not None:
        for name in await asyncio.to_thread(place.rotate, keep):
            click.echo(f"The backup {name} was deleted.")


async def bring_back(data_dir: Path, target: str, name: str | None, *, trusted: bool = False) -> None:
    place = opened(target, make=False)
    request = Request.read(data_dir)
    if request is None or (request.location, request.name) != (place.location, name or request.name):
        await asyncio.to_thread(check_empty, data_dir)
        request = Request(place.location, (await asyncio.to_thread(check, place, name)).name)
    else:
        click.echo("A restore that was cut off goes on.")
    with exclusive(data_dir):
        backup = await restore(data_dir, places(data_dir), request, _line, trusted=trusted)
    click.echo(f"{data_dir} has the backup {told(backup)}. Start the server with the same folders of videos.")


async def say_all(target: str) -> None:
    place = opened(target, make=False)
    found = await asyncio.to_thread(place.backups)
    for backup in found:
        click.echo(told(backup))
    if not found:
        click.echo(f"There is no backup in {place.location}")


def opened(target: str, *, make: bool = True) -> Target:
    """Raises OptionError for what can be no place of backups."""
    try:
        text = target if "://" in target else str(Path(target).expanduser().absolute())
        location: str = TypeAdapter(Location).validate_python(text)
        if make:
            usable(location)
    except ValidationError as error:
        raise OptionError("TARGET must be a folder or s3://bucket/prefix") from error
    except (ValueError, RuntimeError) as error:
        raise OptionError(f"TARGET {error}") from error
    return Target(location, make=make)


def places(data_dir: Path) -> dict[str, str]:
    """Where the stored files of the server of a data directory are."""
    return locations(settings_of(ServeOptions((), data_dir, "localhost", 0, "http://localhost"), "k" * 32, "serve"))


def told(backup: Backup) -> str:
    files = "the database alone" if backup.files is None else f"{backup.files} files"
    return f"{backup.name} ({size(backup.size)}, {files}, release {backup.release}, {backup.reason})"


def _line(what: str, done: int, whole: int) -> None:
    """On a terminal: how far it is."""
    if sys.stderr.isatty() and (done % 50 == 0 or done == whole):
        click.echo(f"\r\x1b[K{what}: {done} of {whole}" + ("\n" if done == whole else ""), err=True, nl=False)
