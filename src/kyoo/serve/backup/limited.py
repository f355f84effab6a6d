"""The account that runs what is in a dump: it owns the new database and may do nothing else, so that a dump that is
not ours reads no file, runs no program and reaches no other database."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

ROLE = "kyoo_restoring"


@contextlib.contextmanager
def without_rights(conninfo: str) -> Iterator[str]:
    """How to connect as it; what it has made is the user's of `conninfo` afterwards. A user who is no superuser has no
    rights to lose: it is that one then. Raises psycopg.Error."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute(
            "select rolsuper, current_user::text, current_database()::text from pg_roles where rolname = current_user"
        ).fetchone()
        assert row is not None
        superuser, user, database = row
        if not superuser:
            yield conninfo
            return
        role, password = sql.Identifier(ROLE), secrets.token_urlsafe(32)
        _forget(connection, user, database)
        connection.execute(
            sql.SQL("create role {} login nosuperuser nocreatedb nocreaterole password {}").format(role, password)
        )
        try:
            connection.execute(
                sql.SQL("alter database {} owner to {}").format(sql.Identifier(database), role),
            )
            yield make_conninfo(conninfo, user=ROLE, password=password)
        finally:
            _forget(connection, user, database)


def _forget(connection: psycopg.Connection, user: str, database: str) -> None:
    role = sql.Identifier(ROLE)
    if connection.execute("select from pg_roles where rolname = %s", [ROLE]).fetchone() is None:
        return
    connection.execute(sql.SQL("reassign owned by {} to {}").format(role, sql.Identifier(user)))
    connection.execute(sql.SQL("drop owned by {}").format(role))
    # What it may have set for whoever comes.
    connection.execute(sql.SQL("alter database {} reset all").format(sql.Identifier(database)))
    connection.execute(sql.SQL("drop role {}").format(role))
