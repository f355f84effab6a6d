"""Files and links: what happens when the scanner registers, moves, links or forgets files
(docs/protocol/api.md#files)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from pydantic import TypeAdapter

from kyoo.api import facts
from kyoo.api.catalogue import rematching
from kyoo.api.models.video import Link, LinkRequest, SeedVideo
from kyoo.api.queries.catalogue import links, video_writes, videos, wishes
from kyoo.api.queries.catalogue import rematching as queries
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import ConflictError

Wanted = list[tuple[UUID, dict[str, Any]]]
_ROWS = TypeAdapter(list[SeedVideo])
#: Members of a file that are not kept with it.
_NO_COLUMNS = {"__all__": {"links", "moved_from"}}


async def register(connection: Connection, seeds: Sequence[SeedVideo], *, replace: bool) -> str:
    """Register files and link them: the JSON of `CreatedVideo`s in the order given. `replace`: their other links go.

    ConflictError when another path has the same rendering, part and version. A path given twice counts once: its
    last mention, with the links of all."""
    by_path = {seed.path: seed for seed in seeds}
    moved = {old: path for path, seed in by_path.items() if (old := seed.moved_from) is not None and old != path}
    # Whoever links takes the shows before the files, too; which files they are does not matter yet.
    unknown = [(UUID(int=0), row) for seed in seeds for link in seed.links for row in _links(link)]
    if unknown or replace or moved:
        entries = [row["entry_pk"] for row in await links.match(connection, unknown)] if unknown else []
        await links.lock_shows(connection, entries, paths=[*by_path, *moved])
    if moved and (elsewhere := await video_writes.move_videos(connection, moved)):
        # Those that somebody has just linked them to, too.
        await links.refresh(connection, await links.shows_of(connection, elsewhere), elsewhere)
    rows = _ROWS.dump_json(list(by_path.values()), by_alias=True, exclude=_NO_COLUMNS).decode()
    try:
        if not (unknown or replace):
            told = await video_writes.save_and_tell(connection, rows, len(by_path))
            return told or await videos.results(connection, paths=list(by_path))
        await video_writes.save_videos(connection, rows)
    except UniqueViolation as error:
        raise ConflictError("Another file has the same rendering, part and version", _taken(error)) from error
    ids = await videos.ids_of(connection, list(by_path))
    id_of = dict(zip(by_path, ids, strict=True))
    wanted = [(id_of[seed.path], row) for seed in seeds for link in seed.links for row in _links(link)]
    await _apply(connection, ids, wanted, replace=replace)
    return await videos.results(connection, ids=ids)


def without_links(seeds: Sequence[SeedVideo]) -> bool:
    """Whether to register these files is one statement: no link is added, and none was known under another path."""
    return not any(seed.links or seed.moved_from is not None for seed in seeds)


async def link(connection: Connection, requests: Sequence[LinkRequest], *, replace: bool) -> str:
    """Link known files: the JSON of `LinkResult`s; unknown ids are left out. `replace`: the other links of them go."""
    ids = list(dict.fromkeys(request.id for request in requests))
    wanted = [(request.id, row) for request in requests for link in request.links for row in _links(link)]
    await _apply(connection, ids, wanted, replace=replace)
    return await videos.results(connection, ids=ids, guess=False)


async def forget(connection: Connection, paths: Sequence[str]) -> list[str]:
    """Forget files; the paths that were known."""
    await links.lock_shows(connection, paths=paths)
    held = await video_writes.hold_videos(connection, paths)
    # Nobody links them any more: those that somebody has just linked them to, too.
    shows = await links.shows_of(connection, held)
    deleted = await video_writes.delete_videos(connection, paths)
    if shows:
        await links.refresh(connection, shows, held)
    await facts.changed(connection, shows, "videos")
    return deleted


async def unlink(connection: Connection, slugs: Sequence[str]) -> list[str]:
    """Remove links; the slugs that there were."""
    shows = await links.lock_shows(connection, slugs=slugs)
    unlinked = await queries.videos_of_links(connection, slugs)
    await queries.remember_shows(connection, slugs)
    removed = await video_writes.unlink(connection, slugs)
    await links.refresh(connection, shows, unlinked)
    await rematching.follow(connection, unlinked, shows)
    await facts.changed(connection, shows, "videos")
    return removed


async def _apply(connection: Connection, ids: Sequence[UUID], wanted: Wanted, *, replace: bool) -> None:
    if replace:
        await wishes.withdraw(connection, ids)
    matched = await _match(connection, wanted) if wanted else []
    pairs = [(row["entry_pk"], row["video"]) for row in matched]
    shows = set(await links.lock_shows(connection, [entry for entry, _ in pairs], ids if replace else ()))
    if replace and (emptied := set(ids).difference(video for _, video in pairs)):
        known = await videos.links_of(connection, emptied)
        await queries.remember_shows(connection, [slug for video in known.values() for slug in video["slugs"]])
    removed = await video_writes.unlink_others(connection, ids, pairs) if replace else set()
    linked = await links.link(connection, pairs) if pairs else []
    if removed or any(row["created"] for row in linked):
        shows |= removed
        await links.refresh(connection, sorted(shows), ids)
        await rematching.follow(connection, ids, shows if replace else ())
        await facts.changed(connection, shows, "videos")


async def _match(connection: Connection, wanted: Wanted) -> list[dict[str, Any]]:
    """The entries that there are; what is wished for otherwise is linked when it comes."""
    matched = await links.match(connection, wanted)
    if not (unmet := _unmet(wanted, matched)):
        return matched
    # A seed that is being written brings it, or finds the wish.
    await wishes.lock(connection, [named[1] for _, link in unmet if (named := wishes.slug_of(link))])
    matched = await links.match(connection, wanted)
    if unmet := _unmet(wanted, matched):
        await wishes.keep(connection, unmet)
    return matched


def _unmet(wanted: Wanted, matched: Sequence[dict[str, Any]]) -> Wanted:
    met = {place for row in matched for place in row["places"]}
    return [pair for place, pair in enumerate(wanted) if place not in met and wishes.slug_of(pair[1])]


def _taken(error: UniqueViolation) -> dict[str, str | int | None] | None:
    """What another file has; Postgres tells it in words only."""
    found = re.search(r"=\((.+), (\w+), (\d+)\)", error.diag.message_detail or "")
    if found is None:
        return None
    return {"rendering": found[1], "part": None if found[2] == "null" else int(found[2]), "version": int(found[3])}


def _links(link: Link) -> list[dict[str, Any]]:
    """A link as `links.match` takes it: of one show at most, an external id as the containment that finds it."""
    row = link.model_dump(exclude_none=True, exclude={"external_id"})
    if link.external_id:
        row["external_id"] = {provider: [item.model_dump(by_alias=True)] for provider, item in link.external_id.items()}
    if link.movie is None or link.serie is None:
        return [row]
    return [{key: value for key, value in row.items() if key != other} for other in ("movie", "serie")]
