"""A data directory of an older major version of Postgres: its database is read by the old program, one that was kept or
that the machine has, and written by the new one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, Field

from kyoo.core.kinds import absolute, readable
from kyoo.core.settings import AtStart, Settings, read
from kyoo.serve.backup.dumping import bring_back, dump
from kyoo.serve.data_directory import DataDirectoryError
from kyoo.serve.postgres.embedded import PROGRAMS, EmbeddedPostgres, major_of, our_major

#: Where packages of systems put them.
OF_SYSTEMS = (
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/usr/local/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
)
#: What a server needs of its installation; not its headers and tools.
KEPT = ("bin/postgres", "lib", "share")


class ProgramsSettings(Settings):
    #: The folder of `postgres` of the version that a data directory was made by.
    programs: Annotated[Path, AfterValidator(absolute), AtStart(readable)] | None = Field(
        default=None, validation_alias=AliasChoices("KYOO_POSTGRES_PROGRAMS")
    )


def kept_programs(data_dir: Path, major: int) -> Path:
    return data_dir / "postgres.programs" / str(major) / "bin"


def programs_of(data_dir: Path, major: int) -> Path | None:
    """The folder of a `postgres` of this version."""
    chosen = read(ProgramsSettings).programs
    places = [*([chosen] if chosen else []), kept_programs(data_dir, major)]
    places += [Path(place.format(major)) for place in OF_SYSTEMS]
    return next((place for place in places if os.access(place / "postgres", os.X_OK)), None)


def lacking(data_dir: Path, major: int) -> str:
    """What to do when there is none."""
    return (
        f"The database in {data_dir} was made by Postgres {major}, and this release has {our_major()}. Install "
        f"Postgres {major} (Debian: postgresql-{major}) or name the folder of its programs with "
        "KYOO_POSTGRES_PROGRAMS; or start the former release, run kyoo backup, and bring that back with this one"
    )


async def upgrade(data_dir: Path, say: Callable[[str], None]) -> None:
    """Bring the cluster of a data directory to our version of Postgres, if it is of an older one, which is kept beside
    it as `postgres.<version>`. Cut off anywhere, the next start does it again. Raises DataDirectoryError."""
    folder, new = data_dir / "postgres", data_dir / "postgres.new"
    if not folder.exists() and new.exists():
        # The old one has been moved away, which is done when the new one is whole.
        new.rename(folder)
    major = major_of(folder)
    if major is None or major == our_major():
        return
    if major > our_major():
        raise DataDirectoryError(
            f"The database in {data_dir} was made by Postgres {major}, and this release has {our_major()}: install the "
            "release that made it"
        )
    programs = programs_of(data_dir, major)
    if programs is None:
        raise DataDirectoryError(lacking(data_dir, major))
    say(f"Upgrading the database from Postgres {major} to {our_major()}")
    dumped = data_dir / "postgres.dump"
    await asyncio.to_thread(shutil.rmtree, new, ignore_errors=True)
    try:
        with runnable(programs, data_dir) as within_reach:
            old_server = EmbeddedPostgres(folder, programs=within_reach)
            await old_server.start()
            try:
                await asyncio.to_thread(dump, old_server.conninfo(), dumped)
            finally:
                await old_server.stop()
        new_server = EmbeddedPostgres(new)
        await new_server.start()
        try:
            # Of our own server, a moment ago.
            await asyncio.to_thread(bring_back, new_server.conninfo(), dumped, trusted=True)
        finally:
            await new_server.stop()
    finally:
        dumped.unlink(missing_ok=True)
    await asyncio.to_thread(os.sync)
    folder.rename(data_dir / f"postgres.{major}")
    new.rename(folder)
    say(f"The former database is kept in {data_dir / f'postgres.{major}'}: delete it when nobody misses anything")


@contextlib.contextmanager
def runnable(programs: Path, data_dir: Path) -> Iterator[Path]:
    """The programs where the account that Postgres runs as gets at them: in the data directory of root it does not."""
    if os.geteuid() != 0 or not programs.is_relative_to(data_dir):
        yield programs
        return
    with tempfile.TemporaryDirectory(prefix="kyoo-postgres-") as scratch:
        Path(scratch).chmod(0o755)
        copied = shutil.copytree(programs.parent, Path(scratch) / "pginstall", symlinks=True)
        yield copied / "bin"


def keep_programs(data_dir: Path) -> bool:
    """Keep the programs of our Postgres beside its database, for a later release that has another version; whether
    that was new. They are links where the disk is the same."""
    bin_folder = kept_programs(data_dir, our_major())
    target = bin_folder.parent
    if (bin_folder / "postgres").exists():
        return False
    scratch = target.with_name(f".{target.name}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        for source, name in _parts(PROGRAMS.parent):
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            _link(source, scratch / name)
        # Postgres may run as another account; nothing of it is secret.
        for folder in (scratch, *(path for path in scratch.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        target.parent.chmod(0o755)
        scratch.rename(target)
    except OSError:
        shutil.rmtree(scratch, ignore_errors=True)
        return False
    return True


def _parts(installation: Path) -> Iterator[tuple[Path, Path]]:
    for part in KEPT:
        path = installation / part
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file() or file.is_symlink():
                yield file, file.relative_to(installation)


def _link(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)
