"""Registering files in the api: each file once, with what its name says and, when its show is known, its entries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import structlog
from psycopg.rows import DictRow

from kyoo.core.database.postgres import Connection
from kyoo.scanner import work
from kyoo.scanner.api_client import ApiConflictError, ApiError, ApiUnavailableError
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.file_names import from_json, guess, show_keys
from kyoo.scanner.models.video import CreatedVideo, SeedVideo
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.queries import belonging, files, naming, requests, shows
from kyoo.scanner.shows import wishing
from kyoo.scanner.shows.grouping import Show, ShowIndex, to_show
from kyoo.scanner.shows.placement import places

log = structlog.get_logger()


@dataclass
class Pending:
    """A file that waits for its registration."""

    row: DictRow
    parsed: ParsedName
    show: Show | None = None
    #: Of an extra: the shows of its title, one of which it belongs to.
    titled: list[Show] = field(default_factory=list)

    @property
    def path(self) -> str:
        return str(self.row["path"])


async def register(context: ScannerContext, paths: list[str]) -> None:
    """Register the files of the table that wait for it among `paths`, and have their shows identified. Safe to repeat.
    Raises ApiUnavailableError when the api cannot be reached; the files then wait on."""
    database = context.runtime.database
    async with database.connection() as connection:
        rows = await files.by_paths(connection, paths)
    await wishing.keep(context, [row for row in rows if row["state"] == "found"])
    async with database.transaction() as connection:
        pending = [Pending(row, from_json(row["parsed"])) for row in rows if row["state"] == "found"]
        await assign_shows(connection, pending)
    for relink in (False, True):
        wanted = [item for item in pending if item.row["relink"] is relink]
        for item, created in await _send(context, wanted, relink=relink):
            # The entry of an extra comes with its show's seed; being registered is all that can become of it here.
            done = bool(created.entries) or item.parsed.kind == "extra"
            item.row["video_id"], item.row["state"] = created.id, "identified" if done else "registered"
    await _store(context, [item for item in pending if item.row["state"] != "found"])
    await context.reporter.progress()


async def assign_shows(connection: Connection, pending: list[Pending]) -> None:
    """Give each film and episode its show, by the rules of `grouping`. Extras wait for a show of their title."""
    await shows.lock(connection)
    films = [item.parsed.film_of for item in pending if item.parsed.film_of]
    titles = {item.parsed.title for item in pending} | {film.title for film in films}
    keys = list({key for title in titles for key in show_keys(title)})
    ids = [item.parsed.external_ids for item in pending if item.parsed.external_ids]
    ids += [{"tvdb": film.serie} for film in films]
    index, stored = await load_index(connection, keys, ids)
    missing = {item.row["show_id"] for item in pending if item.row["show_id"]} - stored.keys()
    for show_id in missing:
        row = await shows.by_id(connection, show_id)
        if row:
            stored[show_id] = to_show(row)
    for item in pending:
        if item.row["show_id"]:
            item.show = stored.get(item.row["show_id"])
        elif item.parsed.kind == "extra":
            item.titled = index.titled(item.parsed.title)
        else:
            item.show = index.place(item.parsed)
    await store_index(connection, index, [item.show for item in pending if item.show])
    assigned = [
        (item.path, item.show.id) for item in pending if item.show and item.show.id and item.parsed.kind != "extra"
    ]
    await belonging.assign_shows(connection, assigned)


async def load_index(
    connection: Connection, keys: list[str], ids: list[dict[str, str]]
) -> tuple[ShowIndex, dict[int, Show]]:
    index, stored = ShowIndex(), {}
    for row in await shows.candidates(connection, keys, ids):
        show = to_show(row)
        stored[row["id"]] = show
        index.add(show, [(key, year) for key, year in row["names"]])
    return index, stored


async def store_index(connection: Connection, index: ShowIndex, used: list[Show]) -> None:
    """Write new and changed shows and names; afterwards every show in `used` has its id."""
    for show in dict.fromkeys(used):
        if show.id is None:
            show.id = await shows.insert(connection, show.kind, show.title, show.year, show.external_ids)
        elif show.changed:
            await shows.update(connection, show.id, show.year, show.external_ids)
        show.changed = False
    names = [(kind, key, year, show.id) for kind, key, year, show in index.new_names if show.id is not None]
    if names:
        await shows.add_names(connection, names)
    index.new_names.clear()


def seed(item: Pending) -> SeedVideo:
    row = item.row
    return SeedVideo(
        path=item.path,
        rendering=row["rendering"],
        part=row["part"],
        version=row["version"],
        guess=guess(item.parsed),
        for_=links(item.parsed, item.show, row["chosen_episodes"]),
        moved_from=row["moved_from"],
    )


def links(parsed: ParsedName, show: Show | None, chosen: Any = None) -> list[dict[str, Any]]:
    """The entries of a file whose show the api knows."""
    # Whose numbers are in another order is linked with its seed.
    if show is None or show.slug is None or show.reordered or parsed.kind == "extra":
        return []
    if show.kind == "movie":
        return [{"movie": show.slug}]
    return [place.link(show.slug) for place in places(parsed, chosen)]


async def _send(context: ScannerContext, items: list[Pending], *, relink: bool) -> list[tuple[Pending, CreatedVideo]]:
    """Register together; when the api refuses, find the file it refuses and say why, so that it holds up no other."""
    if not items:
        return []
    try:
        created = await context.api.register([seed(item) for item in items], replace_links=relink)
    except ApiUnavailableError:
        raise
    except ApiError as error:
        if len(items) > 1:
            half = len(items) // 2
            return [
                *await _send(context, items[:half], relink=relink),
                *await _send(context, items[half:], relink=relink),
            ]
        return await _refused(context, items[0], error, relink=relink)
    by_path = {video.path: video for video in created}
    return [(item, by_path[item.path]) for item in items if item.path in by_path]


async def _refused(
    context: ScannerContext, item: Pending, error: ApiError, *, relink: bool
) -> list[tuple[Pending, CreatedVideo]]:
    own = own_rendering(item.path)
    if isinstance(error, ApiConflictError) and item.row["rendering"] != own:
        # The api holds another file of this rendering, part and version that the scanner does not know.
        item.row["rendering"] = own
        async with context.runtime.database.connection() as connection:
            await naming.set_rendering(connection, item.path, own)
        return await _send(context, [item], relink=relink)
    log.warning("the api refuses a file", path=item.path, reason=error.message)
    async with context.runtime.database.connection() as connection:
        await files.set_failed(connection, item.path, error.message)
    return []


def own_rendering(path: str) -> str:
    """A rendering that no other file has."""
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()


async def _store(context: ScannerContext, registered: list[Pending]) -> None:
    if not registered:
        return
    shows_in: dict[str, set[int]] = {"registered": set(), "identified": set()}
    for item in registered:
        about = [item.show] if item.show else item.titled
        shows_in[item.row["state"]].update(show.id for show in about if show.id)
    waiting, renewed = shows_in["registered"], shows_in["identified"] - shows_in["registered"]
    async with context.runtime.database.transaction() as connection:
        await belonging.set_registered(
            connection, [(item.path, str(item.row["video_id"]), item.row["state"]) for item in registered]
        )
        if waiting:
            await requests.enqueue_shows(connection, sorted(waiting))
    queue = context.runtime.queue
    await work.identify(queue, waiting)
    await work.refresh(queue, renewed, delay=context.settings.refresh_delay)
    await work.probe(queue)
