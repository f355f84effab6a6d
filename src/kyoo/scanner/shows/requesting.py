"""What people ask for: adding a show, refreshing its metadata, giving its files to another show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection
from kyoo.core.errors import NotFoundError
from kyoo.scanner import work
from kyoo.scanner.api_client import Collection
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.file_names import from_json, numbered_title, show_keys, title_key
from kyoo.scanner.models.match import ChosenMatch
from kyoo.scanner.models.request import NewRequest, Remap
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.providers.records import ShowKind
from kyoo.scanner.queries import belonging, files, records, requests, shows
from kyoo.scanner.shows import adopting
from kyoo.scanner.shows.grouping import Show, fitting, to_show
from kyoo.scanner.shows.registration import load_index, store_index

#: Seconds until what files were taken from is described without them.
LATER = 5.0


def show_kind(collection: Collection) -> ShowKind:
    return "movie" if collection == "movies" else "serie"


def collection_of(kind: ShowKind) -> Collection:
    return "movies" if kind == "movie" else "series"


async def add(context: ScannerContext, collection: Collection, wanted: NewRequest) -> DictRow:
    """Queue the metadata of a show and give it the videos named in the request, wherever they were. Returns the
    request."""
    target = await adopting.known(context, collection, wanted.slug) if wanted.slug else None
    async with context.runtime.database.transaction() as connection:
        show = await _find_or_make(connection, show_kind(collection), wanted, target)
        before = set((await belonging.shows_of(connection, [str(video.id) for video in wanted.videos])).values())
        await _pin(connection, show, wanted)
        await _names_follow(connection, before - {show.id or 0}, show, wanted)
        left = [await _left(connection, each, show) for each in before if each != show.id]
        left += [show.id] if show.id in before and _renumbers(wanted) else []
        row = await _enqueue(connection, show, wanted.external_id, _videos(wanted))
    await _begin(context, show)
    # What they were taken for is described without them, after the new show has them; so is a serie that counts them
    # otherwise now.
    await work.refresh(context.runtime.queue, [each for each in left if each], delay=LATER, prune=True)
    return row


async def refresh(context: ScannerContext, collection: Collection, slug: str) -> DictRow:
    """Queue a show of the api again, with its own ids and no videos. NotFoundError when there is none."""
    known = await adopting.known(context, collection, slug)
    async with context.runtime.database.transaction() as connection:
        row = await _enqueue(connection, known, known.external_ids, [])
    await work.identify(context.runtime.queue, [known.id or 0], urgent=True)
    await work.describe(context.runtime.queue, [known.id or 0], again=True, urgent=True)
    return row


async def remap(context: ScannerContext, collection: Collection, slug: str, wanted: Remap) -> DictRow:
    """Give the videos of a show to the one that `wanted` names. The old one stays as it is until the new one stands."""
    old = await adopting.known(context, collection, slug)
    return await _give(context, old, wanted.kind or old.kind, wanted)


async def choose(context: ScannerContext, show_id: int, wanted: ChosenMatch) -> DictRow:
    """A person says what a show is that nobody was sure about. NotFoundError when there is no such show."""
    async with context.runtime.database.connection() as connection:
        row = await shows.by_id(connection, show_id)
    if row is None:
        raise NotFoundError("There is no such show")
    return await _give(context, to_show(row), wanted.kind, wanted)


async def dismiss(context: ScannerContext, show_id: int) -> None:
    """A person says that no service knows it: it stays what its files are called."""
    async with context.runtime.database.transaction() as connection:
        if not await records.dismiss(connection, show_id):
            raise NotFoundError("There is no such show, or it is known which one it is")


async def _give(context: ScannerContext, old: Show, kind: ShowKind, wanted: NewRequest) -> DictRow:
    linked: list[str] = []
    if old.slug:
        linked = [str(video["id"]) for video in await context.api.videos_of(collection_of(old.kind), old.slug)]
    target = await adopting.known(context, collection_of(kind), wanted.slug) if wanted.slug else None
    async with context.runtime.database.transaction() as connection:
        show = await _find_or_make(connection, kind, wanted, target)
        if show.id != old.id:
            replaced = f"{old.kind}:{old.slug}" if old.slug else None
            await shows.take_over(connection, old.id or 0, show.id or 0, replaced=replaced)
        else:
            ids = {**show.external_ids, **wanted.external_id}
            await shows.update(connection, show.id or 0, wanted.year or show.year, ids)
        for video_id in linked:
            await belonging.pin(connection, video_id, show.id or 0, None)
        await _number(connection, show)
        await _pin(connection, show, wanted)
        named = {str(video.id) for video in wanted.videos}
        others = [{"id": video_id} for video_id in linked if video_id not in named]
        row = await _enqueue(connection, show, wanted.external_id, [*_videos(wanted), *others])
    await _begin(context, show)
    if show.id == old.id and _renumbers(wanted):
        await work.refresh(context.runtime.queue, [old.id or 0], delay=LATER, prune=True)
    return row


def _renumbers(wanted: NewRequest) -> bool:
    return any(video.episodes for video in wanted.videos)


async def _number(connection: Connection, show: Show) -> None:
    """A film that turns out to be a serie: the number that its title ends with is an episode's (`Title 8`)."""
    if show.kind != "serie":
        return
    for row in await belonging.of_show(connection, show.id or 0):
        numbered = numbered_title(from_json(row["parsed"])) if row["parsed"] else None
        if numbered and not row["chosen_episodes"]:
            await belonging.pin(connection, str(row["video_id"]), show.id or 0, [(None, numbered[1])])


async def _names_follow(connection: Connection, before: set[int], show: Show, wanted: NewRequest) -> None:
    """Where the last files of a name went, those go that come under it later."""
    titles = await belonging.titles_of_videos(connection, [str(video.id) for video in wanted.videos])
    for old_id in before:
        kept = await belonging.titles_of_show(connection, old_id)
        keys = _keys(titles) - _keys(kept)
        await shows.move_names(connection, old_id, show.id or 0, show.kind, sorted(keys))


def _keys(titles: Iterable[str]) -> set[str]:
    return {key for title in titles for key in show_keys(title)}


async def _left(connection: Connection, old_id: int, show: Show) -> int | None:
    """The show that files were taken from, if it has others; one that has none goes, once the new one stands."""
    row = await shows.by_id(connection, old_id)
    if row is None or await files.has_any(connection, old_id):
        return old_id
    replaced = f"{row['kind']}:{row['slug']}" if row["api_id"] else None
    await shows.take_over(connection, old_id, show.id or 0, replaced=replaced)
    return None


async def _find_or_make(connection: Connection, kind: ShowKind, wanted: NewRequest, target: Show | None) -> Show:
    await shows.lock(connection)
    if target is not None:
        return target
    ids = [wanted.external_id] if wanted.external_id else []
    index, _ = await load_index(connection, show_keys(wanted.title), ids)
    named = ParsedName(
        kind="movie" if kind == "movie" else "episode",
        title=wanted.title,
        rendering="",
        years=(wanted.year,) if wanted.year else (),
        external_ids=dict(wanted.external_id),
    )
    show = index.place(named)
    known = show.external_ids.items() & wanted.external_id.items()
    if show.id is not None and not known and title_key(show.title) != title_key(wanted.title):
        # Files of that name are its, but a person who says the name means another one: the one that is called so.
        titled = [to_show(row) for row in await shows.titled(connection, kind, wanted.title)]
        named_so = [each for each in fitting(titled, wanted.year) if not _contradict(each, wanted)]
        show = (
            named_so[0] if named_so else Show(kind, wanted.title, wanted.year, dict(wanted.external_id), changed=True)
        )
        index.new_names.clear()
    await store_index(connection, index, [show])
    return show


def _contradict(show: Show, wanted: NewRequest) -> bool:
    return any(show.external_ids.get(provider, value) != value for provider, value in wanted.external_id.items())


async def _begin(context: ScannerContext, show: Show) -> None:
    """On the page at once, by its name; then the providers are asked, before all others."""
    await work.identify(context.runtime.queue, [show.id or 0], urgent=True)
    await work.describe(context.runtime.queue, [show.id or 0], urgent=True)


async def _pin(connection: Connection, show: Show, wanted: NewRequest) -> None:
    if wanted.external_id:
        await records.choose(connection, show.id or 0, wanted.external_id)
    for video in wanted.videos:
        episodes = [(episode.season, episode.episode) for episode in video.episodes]
        await belonging.pin(connection, str(video.id), show.id or 0, episodes or None)


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
