"""Forgetting files that are gone: what was made of them (subtitles, covers, sprites) leaves the store. It can all be
made again, and is when a player asks for it, so that a replica that is a moment late loses nothing."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
from psycopg.rows import DictRow

from kyoo.transcoder.context import TranscoderContext
from kyoo.transcoder.queries import media as queries

#: Days for which a file may be missing before it is forgotten: a disk that is away for a holiday.
PATIENCE = 30
#: What is younger in the store may be of a file that is just being looked into.
GRACE = timedelta(days=1)

CONTENT_ID = re.compile(r"[0-9a-f]{40}")


async def collect(context: TranscoderContext) -> int:
    """Forget what has been gone for long enough; how many objects of the store were deleted."""
    database = context.runtime.database
    async with database.connection() as connection:
        rows = await queries.all_paths(connection)
    gone, back = await asyncio.to_thread(_look, context.library.roots.roots, rows)
    async with database.transaction() as connection:
        await queries.mark_missing(connection, gone, back)
        await queries.forget_missing(connection, PATIENCE)
    return await _sweep(context)


def _look(roots: Iterable[Path], rows: Iterable[DictRow]) -> tuple[list[bytes], list[bytes]]:
    """The paths that are missing now and were not, and those that were and are not. Below a folder that is not there,
    or is empty, nothing is missing: it is the disk that is."""
    mounted = tuple(os.fsencode(root) + b"/" for root in roots if _has_content(root))
    gone: list[bytes] = []
    back: list[bytes] = []
    for row in rows:
        if Path(os.fsdecode(row["path"])).exists():
            if row["missing"]:
                back.append(row["path"])
        elif not row["missing"] and row["path"].startswith(mounted):
            gone.append(row["path"])
    return gone, back


def _has_content(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False


async def _sweep(context: TranscoderContext) -> int:
    """Delete what belongs to no known content."""
    until = datetime.now(UTC) - GRACE
    deleted = 0
    async for batch in obstore.list(context.store):
        old = [meta["path"] for meta in batch if meta["last_modified"] < until]
        owners = {path: path.partition("/")[0] for path in old}
        async with context.runtime.database.connection() as connection:
            known = await queries.known_contents(connection, set(owners.values()))
        unused = [path for path, owner in owners.items() if owner not in known and CONTENT_ID.fullmatch(owner)]
        if unused:
            await obstore.delete_async(context.store, unused)
        deleted += len(unused)
    return deleted
