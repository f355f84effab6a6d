"""What people ask for: adding a show, refreshing its metadata, giving its files to another show."""

from __future__ import annotations

from typing import Any

from psycopg.rows import DictRow

from kyoo.core.errors import NotFoundError
from kyoo.core.postgres import Connection
from kyoo.scanner import work
from kyoo.scanner.api import Collection
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.grouping import Show
from kyoo.scanner.models.request import NewRequest
from kyoo.scanner.names import show_keys
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.providers.records import ShowKind
from kyoo.scanner.queries import files, records, requests, shows
from kyoo.scanner.registration import load_shelf, store_shelf, to_show


def show_kind(collection: Collection) -> ShowKind:
    return "movie" if collection == "movies" else "serie"


async def add(context: ScannerContext, collection: Collection, wanted: NewRequest) -> DictRow:
    """Queue the metadata of a show and give it the videos named in the request. Returns the request."""
    async with context.runtime.database.transaction() as connection:
        show = await _find_or_make(connection, show_kind(collection), wanted)
        await _pin(connection, show, wanted)
        row = await _enqueue(connection, show, wanted.external_id, _videos(wanted))
    await _begin(context, show)
    return row


async def refresh(context: ScannerContext, collection: Collection, slug: str) -> DictRow:
    """Queue a show of the api again, with its own ids and no videos. NotFoundError when there is none."""
    known = await _known(context, collection, slug)
    async with context.runtime.database.transaction() as connection:
        row = await _enqueue(connection, known, known.external_ids, [])
    await work.identify(context.runtime.queue, [known.id or 0])
    await work.describe(context.runtime.queue, [known.id or 0], again=True, urgent=True)
    return row


async def remap(context: ScannerContext, collection: Collection, slug: str, wanted: NewRequest) -> DictRow:
    """Give the videos of a show to the one that `wanted` names. The old one stays as it is until the new one stands."""
    old = await _known(context, collection, slug)
    linked = [str(video["id"]) for video in await context.api.videos_of(collection, slug)]
    async with context.runtime.database.transaction() as connection:
        show = await _find_or_make(connection, show_kind(collection), wanted)
        if show.id != old.id:
            await shows.take_over(connection, old.id or 0, show.id or 0, slug)
        else:
            await shows.update(connection, show.id or 0, wanted.year or show.year, show.external_ids)
        for video_id in linked:
            await files.pin(connection, video_id, show.id or 0, None)
        await _pin(connection, show, wanted)
        named = {str(video.id) for video in wanted.videos}
        others = [{"id": video_id} for video_id in linked if video_id not in named]
        row = await _enqueue(connection, show, wanted.external_id, [*_videos(wanted), *others])
    await _begin(context, show)
    return row


async def _known(context: ScannerContext, collection: Collection, slug: str) -> Show:
    """The scanner's record of a show of the api, made now if something else seeded the show."""
    kind = show_kind(collection)
    found = await context.api.show(collection, slug)
    if found is None:
        raise NotFoundError(f"There is no {kind} {slug}")
    async with context.runtime.database.transaction() as connection:
        await shows.lock(connection)
        row = await shows.by_slug(connection, kind, found["slug"])
        if row is not None:
            return to_show(row)
        air = found.get("airDate") or found.get("startAir")
        year = int(air[:4]) if air else None
        ids = {
            provider: str(values[0]["dataId"])
            for provider, values in (found.get("externalId") or {}).items()
            if values and "dataId" in values[0]
        }
        show = Show(kind, found["name"], year, ids)
        show.id = await shows.insert(connection, kind, show.title, year, ids)
        show.slug = found["slug"]
        await shows.add_names(connection, [(kind, key, year, show.id) for key in show_keys(show.title)])
        await shows.set_seeded(connection, show.id, kind=kind, slug=found["slug"], api_id=found["id"], air=air)
        return show


async def _find_or_make(connection: Connection, kind: ShowKind, wanted: NewRequest) -> Show:
    await shows.lock(connection)
    ids = [wanted.external_id] if wanted.external_id else []
    shelf, _ = await load_shelf(connection, show_keys(wanted.title), ids)
    named = ParsedName(
        kind="movie" if kind == "movie" else "episode",
        title=wanted.title,
        rendering="",
        years=(wanted.year,) if wanted.year else (),
        external_ids=dict(wanted.external_id),
    )
    show = shelf.place(named)
    await store_shelf(connection, shelf, [show])
    return show


async def _begin(context: ScannerContext, show: Show) -> None:
    """On the page at once, by its name; then the providers are asked, before all others."""
    await work.identify(context.runtime.queue, [show.id or 0])
    await work.describe(context.runtime.queue, [show.id or 0], urgent=True)


async def _pin(connection: Connection, show: Show, wanted: NewRequest) -> None:
    if wanted.external_id:
        await records.choose(connection, show.id or 0, wanted.external_id)
    for video in wanted.videos:
        episodes = [(episode.season, episode.episode) for episode in video.episodes]
        await files.pin(connection, str(video.id), show.id or 0, episodes or None)


async def _enqueue(
    connection: Connection, show: Show, external_id: dict[str, str], videos: list[dict[str, Any]]
) -> DictRow:
    return await requests.enqueue(
        connection,
        show_id=show.id or 0,
        kind="movie" if show.kind == "movie" else "episode",
        title=show.title,
        year=show.year,
        external_id=external_id,
        videos=videos,
    )


def _videos(wanted: NewRequest) -> list[dict[str, Any]]:
    return [video.wire() for video in wanted.videos]
