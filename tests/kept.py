"""A Postgres whose library takes minutes to fill: filled once and kept in the cache folder, by what made it."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from kyoo.core.database.migrations import files_of
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.serve.services import SCHEMAS
from tests.media import CACHE, alone

#: Of what is kept, the log of writes is of no use.
SMALL = {"wal_level": "minimal", "max_wal_senders": "0", "min_wal_size": "32MB", "max_wal_size": "128MB"}


def made_of(*modules: ModuleType) -> str:
    """What a library depends on: the SQL of the services, and the modules that write it."""
    parts = [inspect.getsource(module) for module in modules]
    for service in SCHEMAS:
        files = files_of(service)
        parts += [files.schema_hash, *(file.hash for file in files.migrations)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


@contextmanager
def kept_postgres(
    name: str, made: str, folder: Path, settings: dict[str, str], fill: Callable[[EmbeddedPostgres], None]
) -> Iterator[EmbeddedPostgres]:
    """A running server in `folder`, a copy of the one that `fill` has filled; it is ended afterwards."""
    kept = CACHE / f"{name}-{made}"
    server = EmbeddedPostgres(folder / "postgres", settings=settings | SMALL)
    with alone(name):
        if kept.exists():
            copy(kept, server.folder)
        else:
            for other in CACHE.glob(f"{name}-*"):
                shutil.rmtree(other)
            with running(server):
                fill(server)
            new = CACHE / f"{name}-new"
            copy(server.folder, new)
            new.rename(kept)
    with running(server):
        yield server


@contextmanager
def running(server: EmbeddedPostgres) -> Iterator[None]:
    asyncio.run(server.start())
    try:
        yield
    finally:
        asyncio.run(server.stop())


def copy(folder: Path, new: Path) -> None:
    """With the owners of its files: Postgres heeds them."""
    new.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", folder, new], check=True)
