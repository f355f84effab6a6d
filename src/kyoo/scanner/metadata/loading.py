"""A show with its files as the library has it, and the evidence of which title it is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection
from kyoo.core.files import text_of
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local import embedded
from kyoo.scanner.local.artwork import Artwork
from kyoo.scanner.local.embedded import Embedded
from kyoo.scanner.local.file_names import from_json
from kyoo.scanner.local.local_file import LocalFile
from kyoo.scanner.matching import Evidence, evidence_of
from kyoo.scanner.matching.model import NameReading
from kyoo.scanner.metadata.local_show import LocalShow, folders_above
from kyoo.scanner.providers.records import ShowKind
from kyoo.scanner.queries import belonging, records
from kyoo.scanner.shows.grouping import Show

#: How far titles in tags are doubted.
TAGGED = 0.6
#: So many files of a folder tell in what language its titles are.
NEIGHBOURS = 200


async def local_show(
    context: ScannerContext, connection: Connection, show: Show, rows: list[DictRow], extras: Iterable[DictRow] = ()
) -> LocalShow:
    """`rows` are its films or episodes, `extras` its bonus files, both of scanner.files."""
    above = folders_above((row["path"] for row in rows), context.settings.library)
    own = await belonging.unshared(connection, above, show.id or 0) if above else set()
    return LocalShow(
        show,
        [_file(row) for row in rows],
        [_file(row) for row in extras],
        own,
        context.settings.language,
        Artwork(context.runtime.public_url),
    )


def _file(row: Mapping[str, Any]) -> LocalFile:
    """A row of scanner.files."""
    return LocalFile(
        path=row["path"],
        video_id=row["video_id"],
        parsed=from_json(row["parsed"]),
        content_id=row["content_id"],
        duration=row["duration"],
        link=row["state"] != "identified",
        pinned=row["pinned"],
        embedded=embedded.read(row["tags"]) if row["tags"] else embedded.NOTHING,
        chosen=[(season, number) for season, number in row["chosen_episodes"]] if row["chosen_episodes"] else None,
    )


async def read_evidence(context: ScannerContext, local: LocalShow) -> Evidence:
    """What names, .nfo files, lengths and neighbours say."""
    async with context.runtime.database.connection() as connection:
        languages = await _languages(context, connection, local)
    return await asyncio.to_thread(_evidence, local, languages)


def _evidence(local: LocalShow, languages: Mapping[str, int]) -> Evidence:
    about, show = local.about(), local.show
    found = evidence_of(
        show.kind,
        show.title,
        show.year or about.year,
        # The films of a serie have titles of their own.
        [file.parsed for file in local.files if show.kind == "movie" or not file.parsed.film_of],
        ids={**about.external_ids, **show.external_ids},
        minutes=local.minutes(),
        languages=languages,
    )
    written = [NameReading(title, found.readings[0].years) for title in (about.title, about.original_title) if title]
    inside = dict.fromkeys(_embedded(show.kind, file.embedded) for file in local.files)
    tagged = [NameReading(title, (*years, *found.readings[0].years), doubt=TAGGED) for title, years in inside if title]
    episodes = dict(found.episodes)
    for season, number in (pair for file in local.files for pair in file.chosen or []):
        episodes[season] = max(episodes.get(season, 0), number)
    return replace(found, readings=(*written, *found.readings, *tagged[:3]), episodes=episodes)


def _embedded(kind: ShowKind, said: Embedded) -> tuple[str | None, tuple[int, ...]]:
    """A title that the tags of a file give its show."""
    if kind == "serie":
        return said.show, ()
    return (None, ()) if said.is_episode else (said.title, (said.year,) if said.year else ())


async def _languages(context: ScannerContext, connection: Connection, local: LocalShow) -> dict[str, int]:
    """Of what lies beside the show's own folder. A root of the library holds everything, which says nothing of one."""
    if not local.files:
        return {}
    folder = local.files[0].folder
    while folder in local.own_folders and folder != "/":
        folder = os.path.dirname(folder)  # noqa: PTH120 (paths are strings here)
    if folder in {text_of(root) for root in context.settings.library}:
        return {}
    return await records.languages_below(connection, folder, local.show.id or 0, NEIGHBOURS)
