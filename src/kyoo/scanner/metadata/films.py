"""Films that stand in a serie of the library: what providers say of each, kept beside what they say of the serie."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from kyoo.core.database.postgres import Connection
from kyoo.scanner import work
from kyoo.scanner.anime import lookup
from kyoo.scanner.anime.arranging import Hint, hints
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.file_names import from_json
from kyoo.scanner.metadata import describing
from kyoo.scanner.metadata.merging import merge
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.providers.records import ShowRecord
from kyoo.scanner.queries import belonging, records

#: Films among the specials have its numbers.
TVDB = "tvdb"


async def describe(context: ScannerContext, show_id: int, *, again: bool = False) -> None:
    """Ask about the films of a serie that nobody was asked about, or `again` about all. Safe to repeat."""
    database = context.runtime.database
    async with database.connection() as connection:
        wanted = await _inside(connection, show_id)
        kept = {row["number"] for row in await records.films_of(connection, show_id)} if wanted else set()
    providers = await context.sources.active("movie") if wanted else []
    changed = False
    for number, ids in wanted.items():
        if not ids or not providers or (number in kept and not again):
            continue
        outcome = describing.Outcome()
        await describing.hear(context, "movie", dict(ids), providers, outcome)
        async with database.transaction() as connection:
            for provider, record in outcome.heard.items():
                if record is not None:
                    said = record.model_dump(mode="json", exclude_defaults=True)
                    changed |= await records.keep_film(connection, show_id, number, provider, said)
    if changed:
        await work.identify(context.runtime.queue, [show_id])


async def is_due(connection: Connection, show_id: int) -> bool:
    """Whether a film joined that nobody was asked about."""
    wanted = await _inside(connection, show_id)
    kept = {row["number"] for row in await records.films_of(connection, show_id)} if wanted else set()
    return any(ids for number, ids in wanted.items() if number not in kept)


async def known(connection: Connection, show_id: int) -> dict[int, ShowRecord]:
    """What is known of the films of a serie, by their numbers."""
    found: dict[int, list[ShowRecord]] = {}
    for row in await records.films_of(connection, show_id):
        if record := _read(row["record"]):
            found.setdefault(row["number"], []).append(record)
    return {number: whole for number, heard in found.items() if (whole := merge(heard))}


async def _inside(connection: Connection, show_id: int) -> dict[int, dict[str, str]]:
    """The films of a serie, each with the ids that the lists and its name give it."""
    found: dict[int, dict[str, str]] = {}
    known: dict[str, dict[tuple[int, int], Hint]] = {}
    for parsed in await _films(connection, show_id):
        assert parsed.film_of is not None
        serie, number = parsed.film_of.serie, parsed.film_of.number
        if serie not in known:
            known[serie] = hints(await lookup.family(connection, serie))
        hint = known[serie].get((0, number))
        found[number] = found.get(number, {}) | (hint.ids if hint else {}) | dict(parsed.external_ids)
    told = await said(connection, show_id) if found else {}
    return {number: told.get(number, {}) | ids for number, ids in found.items()}


async def said(connection: Connection, show_id: int) -> dict[int, dict[str, str]]:
    """The specials of a serie that TheTVDB says are films, with the ids of those."""
    row = await records.one(connection, show_id, TVDB)
    record = _read(row["record"]) if row else None
    if record is None or record.kind != "serie":
        return {}
    return {
        episode.number: dict(episode.ids)
        for episode in record.episodes
        if episode.season == 0 and episode.is_movie and episode.ids
    }


async def _films(connection: Connection, show_id: int) -> list[ParsedName]:
    rows = await belonging.films_of_show(connection, show_id)
    return [from_json(row["parsed"]) for row in rows]


def _read(value: dict[str, Any]) -> ShowRecord | None:
    try:
        return ShowRecord.model_validate(value)
    except ValidationError:  # kept by another release: it is heard again
        return None
