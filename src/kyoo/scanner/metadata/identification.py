"""Identifying a show: its metadata from providers or from what lies in the library, written to the api as one seed."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any
from uuid import UUID

import structlog
from psycopg.rows import DictRow
from pydantic import ValidationError

from kyoo.core.database.postgres import Connection
from kyoo.scanner import reporting, work
from kyoo.scanner.anime import lookup
from kyoo.scanner.api_client import ApiConflictError
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.file_names import from_json, plain_key, show_keys
from kyoo.scanner.metadata import composing, describing, films, joining, ordering
from kyoo.scanner.metadata.loading import local_show
from kyoo.scanner.metadata.local_show import LocalShow, folders_above
from kyoo.scanner.metadata.merging import merge
from kyoo.scanner.metadata.seeding import counted_otherwise, fingerprint, place_anew, with_air, with_slug
from kyoo.scanner.models.seed import Seeded, SeedEpisode, SeedMovie, SeedSerie, SeedSpecial
from kyoo.scanner.naming.titles import marks
from kyoo.scanner.providers.base import fetch
from kyoo.scanner.providers.local import Library
from kyoo.scanner.providers.records import ShowRecord
from kyoo.scanner.queries import belonging, records, requests, shows
from kyoo.scanner.shows.grouping import Show, fitting, to_show
from kyoo.scanner.shows.placement import numbered

log = structlog.get_logger()


async def identify(context: ScannerContext, show_id: int, *, prune: bool = False, only_changed: bool = False) -> None:
    """Write the show to the api with all its files; with `prune` entries go that have none, with `only_changed` nothing
    is written that the api was told already. Safe to repeat. A failure is kept with the show's request, where GET
    /scanner/scan shows it, and raised."""
    database = context.runtime.database
    await _join(context, show_id)
    async with database.transaction() as connection:
        row = await shows.by_id(connection, show_id)
        if row is None:
            return
        asked = await requests.start(connection, show_id)
        rows = await belonging.of_show(connection, show_id)
        extras = await _extras(context, connection, show_id)
        local = await local_show(context, connection, to_show(row), rows, extras)
        named = any(request["videos"] for request in asked)
        if named and not rows and not await _unheld(connection, asked):
            await requests.finish(connection, asked)
            asked = []
        match = await records.match(connection, show_id)
    if not rows and not asked:
        return
    try:
        seeded, seed, moved = await _write(context, row, local, prune=prune, only_changed=only_changed and not asked)
        await _link_requested(context, local.show, seeded, asked)
        await _finish_remap(context, row, local, seed, moved)
    except Exception as error:
        log.warning("a show could not be identified", title=row["title"], reason=str(error))
        async with database.transaction() as connection:
            await requests.fail(connection, show_id, _reason(error))
            await reporting.failed(connection, row["title"], [file["path"] for file in rows], str(error)[:500])
        raise
    async with database.transaction() as connection:
        await belonging.set_identified(connection, show_id, [str(file.video_id) for file in local.files])
        await shows.set_translated(connection, show_id, seed.translated if isinstance(seed, SeedSerie) else {})
        if asked:
            await requests.finish(connection, asked)
        # Another show may have taken files while this one was written.
        gained = await joining.give_up(connection, show_id, [str(file.video_id) for file in local.files])
        await requests.enqueue_shows(connection, sorted(gained))
    await work.identify(context.runtime.queue, gained)
    if moved or (row["api_id"] and isinstance(seed, SeedSerie) and counted_otherwise(seed, row["translated"])):
        # Where they stood before is nothing now, and neither is a film without a file that is a special now.
        await work.refresh(context.runtime.queue, [show_id], delay=context.settings.refresh_delay, prune=True)
    await context.reporter.progress()
    async with database.connection() as connection:
        lacking = await films.is_due(connection, show_id)
    if lacking or await describing.is_due(context, local, match):
        await work.describe(context.runtime.queue, [show_id])


async def _join(context: ScannerContext, show_id: int) -> None:
    """In a transaction of its own, as it writes files and requests of other shows."""
    async with context.runtime.database.transaction() as connection:
        row = await shows.by_id(connection, show_id)
        match = await records.match(connection, show_id)
        gained = set()
        if row is not None:
            show = to_show(row)
            # What the providers know it by leads to its serie as well as what its names say.
            show.external_ids = (match["ids"] if match else {}) | show.external_ids
            gained = await joining.join(connection, show) - {show_id}
        await requests.enqueue_shows(connection, sorted(gained))
    await work.identify(context.runtime.queue, gained)


async def _unheld(connection: Connection, asked: list[DictRow]) -> list[dict[str, Any]]:
    """The videos of a request that the scanner has no file of: somebody else registered them. A file that is of no show
    now is being given another one."""
    videos = [video for request in asked for video in request["videos"]]
    held = await belonging.held(connection, [str(video["id"]) for video in videos])
    return [video for video in videos if str(video["id"]) not in held]


async def _extras(context: ScannerContext, connection: Connection, show_id: int) -> list[DictRow]:
    """The extras of a show: those of its title that no other show of that title is nearer to."""
    own = {plain_key(key) for key in await shows.title_keys(connection, show_id)}
    titled = await belonging.extras_titled(connection, sorted(own))
    keys = {key for extra in titled for key in show_keys(extra["parsed"]["title"])}
    candidates = [to_show(row) for row in await shows.candidates(connection, sorted(own | keys), [])] if titled else []
    return [extra for extra in titled if await _owner(context, connection, extra, candidates) == show_id]


async def _owner(context: ScannerContext, connection: Connection, extra: DictRow, candidates: list[Show]) -> int | None:
    """The show of an extra: the one that somebody chose, the only one of its title and year, or the one with a file in
    the nearest folder. Beside a film and a serie of one title it is the film's, whose extras have no folder."""
    if extra["show_id"] is not None:
        return int(extra["show_id"])
    parsed = from_json(extra["parsed"])
    spelled = [show for show in candidates if marks(show.title) == marks(parsed.title)]
    able = {show.id: show.kind for show in fitting(spelled or candidates, parsed.year)}
    if len(able) < 2:
        return next(iter(able), None)
    for folder in folders_above([extra["path"]], context.settings.library):
        near = able.keys() & set(await belonging.shows_below(connection, [folder]))
        if near:
            return min(near, key=lambda show: (able[show] != "movie", show))
    return None


async def _write(
    context: ScannerContext, row: DictRow, local: LocalShow, *, prune: bool, only_changed: bool
) -> tuple[Seeded, SeedMovie | SeedSerie, set[UUID]]:
    """And the files that stand elsewhere than before."""
    seed = await _metadata(context, row, local)
    moved = place_anew(seed, local, row["translated"]) if isinstance(seed, SeedSerie) else set()
    written = await asyncio.to_thread(fingerprint, seed)
    is_told = row["api_id"] and row["written"] == written and not moved and not any(file.link for file in local.files)
    if only_changed and is_told:
        return Seeded(id=row["api_id"], slug=row["slug"]), with_slug(seed, row["slug"]), moved
    if isinstance(seed, SeedSerie):
        await ordering.renumber(context, row, seed)
    if prune and isinstance(seed, SeedSerie):
        seed = seed.model_copy(update={"complete": True})
    seeded, seed = await _seed(context, row, seed)
    air = seed.air_date if isinstance(seed, SeedMovie) else seed.start_air
    async with context.runtime.database.transaction() as connection:
        await shows.set_seeded(
            connection, row["id"], kind=row["kind"], slug=seeded.slug, api_id=str(seeded.id), air=air, written=written
        )
    local.show.slug = seeded.slug
    return seeded, seed, moved


async def _metadata(context: ScannerContext, row: DictRow, local: LocalShow) -> SeedMovie | SeedSerie:
    """What the providers have said, with the files of the library; what the library says alone when none has."""
    is_movie = local.show.kind == "movie"
    own: SeedMovie | SeedSerie = await asyncio.to_thread(local.movie if is_movie else local.serie)
    async with context.runtime.database.connection() as connection:
        kept = await records.of_show(connection, local.show.id or 0)
        order = await ordering.chosen(connection, row)
    heard = [record for each in kept if (record := _read(each)) and record.kind == local.show.kind]
    if not heard:
        return own
    library = await fetch(Library(local), local.show.kind, local.slug())
    if order is not None and order.provider and order.episodes:
        heard = ordering.led_by(heard, order.provider)
    merged = await asyncio.to_thread(merge, [*([library] if library else []), *heard])
    assert merged is not None
    if isinstance(own, SeedMovie):
        return composing.movie(merged, own)
    async with context.runtime.database.connection() as connection:
        serie = merged.ids.get("tvdb")
        family = await lookup.family(connection, serie) if serie else None
        inside = await films.known(connection, local.show.id or 0)
    moves: dict[tuple[int, int], tuple[int, int]] = {}
    if order is not None and order.episodes:
        merged, moves = ordering.reordered(merged, order.episodes)
        known = {(episode.season, episode.number) for episode in merged.episodes}
        # What a name says counts by the chosen order as far as that has the number.
        moves = {key: place for key, place in moves.items() if not order.follow or key not in known}
    return await asyncio.to_thread(composing.serie, merged, own, family, inside, moves)


def _read(row: DictRow) -> ShowRecord | None:
    try:
        return ShowRecord.model_validate(row["record"])
    except ValidationError:  # kept by another release: it is heard again
        return None


async def _seed(
    context: ScannerContext, row: DictRow, seed: SeedMovie | SeedSerie
) -> tuple[Seeded, SeedMovie | SeedSerie]:
    """Post the seed under the show's slug; a new show gets the first one that no other show has."""
    if row["api_id"]:
        seed = with_slug(seed, row["slug"])
        air = seed.air_date if isinstance(seed, SeedMovie) else seed.start_air
        before = row["seeded_air"]
        if before is not None and (air is None or air.year != before.year):
            # The api takes another year for another show of that slug.
            seed = with_air(seed, before)
        return await _post(context, seed), seed
    years = [f"{seed.slug}-{row['year']}"] if row["year"] else []
    # The last one cannot be taken: the number is this show's own.
    *attempts, last = [seed.slug, *years, f"{seed.slug}-{row['kind']}-{row['id']}"]
    for slug in attempts:
        # Reserved here first, because the api would let a second show of the scanner overwrite one without a date.
        async with context.runtime.database.transaction() as connection:
            free = await shows.reserve_slug(connection, row["id"], row["kind"], slug)
        if not free:
            continue
        try:
            named = with_slug(seed, slug)
            return await _post(context, named), named
        except ApiConflictError as conflict:
            log.info("the slug of a show is taken", slug=slug, holder=conflict.slug)
    named = with_slug(seed, last)
    return await _post(context, named), named


async def _post(context: ScannerContext, seed: SeedMovie | SeedSerie) -> Seeded:
    return await (context.api.seed_movie(seed) if isinstance(seed, SeedMovie) else context.api.seed_serie(seed))


async def _link_requested(context: ScannerContext, show: Show, seeded: Seeded, asked: list[DictRow]) -> None:
    """The videos of a request that no file is behind are linked by number."""
    async with context.runtime.database.connection() as connection:
        unheld = await _unheld(connection, asked)
    links = []
    for video in unheld:
        if show.kind == "movie":
            wanted = [{"movie": seeded.slug}]
        else:
            wanted = [
                numbered(episode["season"], episode["episode"]).link(seeded.slug)
                for episode in video.get("episodes", [])
            ]
        if wanted:
            links.append({"id": video["id"], "for": wanted})
    if links:
        await context.api.replace_links(links)


async def _finish_remap(
    context: ScannerContext, row: DictRow, local: LocalShow, seed: SeedMovie | SeedSerie, moved: set[UUID]
) -> None:
    """The new show stands, with its files. Only now do the links to the old one go, and the old one with them; and
    those that files have elsewhere whose show, numbers or order somebody chose, or that lists or providers count
    otherwise (`moved`)."""
    async with context.runtime.database.connection() as connection:
        whole = bool(row["replaces"]) or await ordering.chosen(connection, row) is not None
    entries = links_of(seed)
    links = [
        {"id": str(file.video_id), "for": entries[file.video_id]}
        for file in local.files
        if (whole or file.chosen or file.pinned or file.parsed.film_of or file.parsed.read_as or file.video_id in moved)
        and file.video_id in entries
    ]
    if links:
        await context.api.replace_links(links)
    for replaced in row["replaces"]:
        named, found, slug = replaced.rpartition(":")
        kind = named if found else row["kind"]
        if (kind, slug) != (row["kind"], seed.slug):
            await context.api.delete_show("movies" if kind == "movie" else "series", slug)
        async with context.runtime.database.transaction() as connection:
            await shows.drop_replaced(connection, row["id"], replaced, kind, slug)


def links_of(seed: SeedMovie | SeedSerie) -> dict[UUID, list[dict[str, Any]]]:
    """The entries of each file that is linked anew, as the api names them."""
    if isinstance(seed, SeedMovie):
        return {video: [{"movie": seed.slug}] for video in seed.videos}
    found: dict[UUID, list[dict[str, Any]]] = {}
    for entry in seed.entries:
        link: dict[str, Any] = {"serie": seed.slug}
        if isinstance(entry, SeedEpisode):
            link |= {"season": entry.season_number, "episode": entry.episode_number}
        elif isinstance(entry, SeedSpecial):
            link |= {"special": entry.number}
        else:
            link = {"slug": entry.slug}
        for video in entry.videos:
            found.setdefault(video, []).append(link)
    return found


def _reason(error: Exception) -> dict[str, Any]:
    return {
        "title": type(error).__name__,
        "message": str(error)[:2000],
        "traceback": traceback.format_exception(error)[-20:],
    }
