"""The server that the doctor looks at, and what its database knows of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from kyoo.api.queries import libraries
from kyoo.auth.queries import signing_keys
from kyoo.core.settings import Settings


@dataclass(frozen=True)
class Subject:
    """The server that is looked at. `settings` are those of the services, none when they cannot be read; `conninfo` is
    None when the database cannot be reached; `keys` are the names of the keys that sign here, None when they are not
    known; `running`: whether the server runs; so many `workers`, processes of it, answer requests."""

    data_dir: Path
    libraries: tuple[Path, ...]
    public_url: str
    settings: dict[str, Settings]
    conninfo: str | None
    embedded: bool
    running: bool
    keys: frozenset[str] | None = None
    workers: int = 1


async def known(subject: Subject) -> Subject:
    """With what the database knows of the server."""
    assert subject.conninfo is not None
    try:
        async with await psycopg.AsyncConnection.connect(
            subject.conninfo, autocommit=True, row_factory=dict_row, connect_timeout=5
        ) as connection:
            keys = [row["kid"] for row in await signing_keys.every(connection)]
            folders = [Path(library["path"]) for library in await libraries.libraries(connection)]
    except psycopg.Error:
        return subject  # of a database that is new, or of another release
    return replace(subject, keys=frozenset(keys) or None, libraries=subject.libraries or tuple(folders))
