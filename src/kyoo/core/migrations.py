"""Runs a service's SQL revisions with Alembic: one version table per schema, under an advisory lock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

#: Serialises the migrations of all replicas (an arbitrary constant of ours).
LOCK = 5_190_523

REVISION_FILE = re.compile(r"(?P<number>\d{4})_(?P<slug>\w+)\.sql")

#: A line of a revision that writes tables anew: what is vacuumed once it is committed, so that Postgres learns that
#: it may read their indexes alone.
VACUUM = re.compile(r"^-- vacuum: (?P<tables>[\w., ]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Revision:
    number: str
    slug: str
    path: Path


def revisions(service: str) -> list[Revision]:
    """The revisions of `kyoo.<service>`: files `migrations/NNNN_what.sql`, in order."""
    folder = Path(str(resources.files(f"kyoo.{service}") / "migrations"))
    return [
        Revision(match["number"], match["slug"], path)
        for path in sorted(folder.glob("*.sql"))
        if (match := REVISION_FILE.fullmatch(path.name))
    ]


def pending(conninfo: str, services: list[str]) -> list[str]:
    """The services whose schema is not at its newest revision. Cheap: Alembic is not imported."""
    behind = []
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for service in services:
            table = sql.Identifier(service, "alembic_version")
            exists = connection.execute("select to_regclass(%s)", [f"{service}.alembic_version"]).fetchone()
            if exists is None or exists[0] is None:
                behind.append(service)
                continue
            row = connection.execute(sql.SQL("select version_num from {}").format(table)).fetchone()
            if row is None or row[0] < revisions(service)[-1].number:
                behind.append(service)
    return behind


def migrate(conninfo: str, service: str) -> None:
    """Bring schema `service` to its newest revision in one transaction. A newer schema than ours is left alone:
    revisions only expand, so that replicas of two versions live side by side during an upgrade."""
    # Imported here: SQLAlchemy costs 30 MB and is of no use once the schema is current.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import Script, ScriptDirectory
    from sqlalchemy import create_engine, pool, text

    known = revisions(service)
    rewritten: list[str] = []

    class SqlDirectory(ScriptDirectory):
        """Reads the revisions from SQL files instead of Python modules."""

        def _load_revisions(self) -> Iterator[Script]:
            previous: str | None = None
            for revision in known:
                yield Script(_SqlModule(revision, previous, rewritten), revision.number, str(revision.path))  # type: ignore[arg-type]
                previous = revision.number

    directory = SqlDirectory(str(known[0].path.parent))

    def steps(current: Any, _context: Any) -> Any:
        heads = current if isinstance(current, tuple) else (current,) if current else ()
        if heads and max(heads) >= known[-1].number:
            return []
        return directory._upgrade_revs("head", current)  # noqa: SLF001

    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=pool.NullPool)
    with engine.begin() as connection, EnvironmentContext(Config(), directory, fn=steps) as environment:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.execute(text(f'create schema if not exists "{service}"'))
        environment.configure(connection=connection, version_table_schema=service, transactional_ddl=True)
        environment.run_migrations()
    with psycopg.connect(conninfo, autocommit=True) as plain:
        for table in dict.fromkeys(rewritten):
            plain.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(*table.split("."))))


class _SqlModule:
    """What Alembic wants of a revision module, over one SQL file."""

    def __init__(self, revision: Revision, down_revision: str | None, rewritten: list[str]) -> None:
        self.__name__ = revision.slug
        self.__doc__ = revision.slug.replace("_", " ")
        self.revision = revision.number
        self.down_revision = down_revision
        self.branch_labels = None
        self.depends_on = None
        self._text = revision.path.read_text()
        self._rewritten = rewritten

    def upgrade(self) -> None:
        from alembic import op

        # Given to the driver as it is, so that ":" and "%" in it keep their meaning.
        cursor = op.get_bind().connection.cursor()
        cursor.execute(self._text)
        cursor.close()
        for match in VACUUM.finditer(self._text):
            self._rewritten += match["tables"].split(", ")
