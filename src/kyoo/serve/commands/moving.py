"""`kyoo import --from-kyoo`: accounts, history, lists and scores out of the database of a Kyoo 5."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import psycopg

from kyoo.api.imports import kyoo5
from kyoo.api.imports.service import take_at_once
from kyoo.api.imports.settings import ImportSettings
from kyoo.api.imports.titles import Titles, TooMuchError
from kyoo.api.queries.kyoo5 import schemas
from kyoo.auth.accounts.moving import Moved, take_over
from kyoo.core.database.postgres import Database, check_server
from kyoo.core.errors import KyooError
from kyoo.serve.postgres.reaching import reachable
from kyoo.serve.postgres.schemas import migrate_all

#: What the data of Kyoo 5 lies in: accounts, and all else.
ACCOUNTS, CATALOGUE = "keibi", "kyoo"


class SourceError(KyooError):
    """The other database cannot be read; the message is one line."""


async def take_from_kyoo(data_dir: Path, sources: Sequence[str]) -> None:
    """Also while the server runs, and again later: what is here and newer stays."""
    with ExitStack() as stack:
        opened = await asyncio.to_thread(_opened, stack, sources)
        accounts = await asyncio.to_thread(kyoo5.accounts, opened[ACCOUNTS])
        async with reachable(data_dir) as conninfo:
            await check_server(conninfo)
            await migrate_all(conninfo, ["auth", "api"])
            database = Database(conninfo, name="kyoo import", max_size=2)
            await database.open()
            try:
                for account in accounts:
                    moved = await take_over(
                        database,
                        account.id,
                        account.username,
                        account.email,
                        account.password,
                        claims=account.claims,
                        created=account.created,
                        seen=account.seen,
                    )
                    await _watched(database, opened[CATALOGUE], account, moved)
            finally:
                await database.close()
    click.echo(
        f"{len(accounts)} accounts were looked at. Run it again after a scan: what the library lacked is taken then."
    )


async def _watched(database: Database, source: Any, account: kyoo5.Account, moved: Moved) -> None:
    name = account.username
    if moved.id is None:
        click.echo(f"{name}: left out, {moved.reason}")
        return
    words = {"new": "taken over", "known": "was here already", "same": "goes to the account of this name and e-mail"}
    note = f" ({moved.reason})" if moved.reason else ""
    try:
        titles = await asyncio.to_thread(_titles, source, account.id)
    except TooMuchError as error:
        click.echo(f"{name}: {words[moved.what]}{note}; its history is left out: {error}")
        return
    if not len(titles):
        click.echo(f"{name}: {words[moved.what]}{note}, has watched nothing")
        return
    counts = await take_at_once(database, moved.id, "kyoo5", "Kyoo 5", titles)
    click.echo(
        f"{name}: {words[moved.what]}{note}, {len(titles)} titles: {counts['added']} new, {counts['changed']} changed, "
        f"{counts['same']} the same, {counts['unmatched']} not in this library"
    )


def _titles(source: Any, user: UUID) -> Titles:
    try:
        return kyoo5.titles_of(source, user, ImportSettings().import_plays)
    except psycopg.Error as error:
        raise SourceError(f"The database of Kyoo 5 cannot be read: {_line(error)}") from error


def _opened(stack: ExitStack, sources: Sequence[str]) -> dict[str, Any]:
    """The connection that has each schema, read only."""
    found: dict[str, Any] = {}
    for source in sources:
        try:
            connection = stack.enter_context(psycopg.connect(source, connect_timeout=10))
            connection.read_only = True
            there = schemas(connection)
            connection.rollback()
        except psycopg.Error as error:
            # What it says of a connection names no password.
            raise SourceError(f"The database of Kyoo 5 cannot be reached: {_line(error)}") from error
        found |= dict.fromkeys(there, connection)
    for schema, what in ((ACCOUNTS, "keibi.users"), (CATALOGUE, "kyoo.history")):
        if schema not in found:
            raise SourceError(f"There is no table {what}: name the database of Kyoo 5, or both if it has two")
    return found


def _line(error: psycopg.Error) -> str:
    return " ".join((error.diag.message_primary or str(error)).split())[:300]
