"""The order of episodes that somebody chose for a serie: as aired, as on DVD, counted through, a group of TMDB.

An episode stays what it is in every order, with its files and what was watched of it: the api gives it another number.
Files are read as they were aired, unless somebody says that their names count by the chosen order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg.rows import DictRow
from pydantic import ValidationError

from kyoo.core.database.postgres import Connection
from kyoo.core.errors import InvalidError, NotFoundError
from kyoo.scanner import work
from kyoo.scanner.api_client import ApiError, ApiUnavailableError
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.metadata.merging import ORDER, Finder
from kyoo.scanner.models.seed import SeedEpisode, SeedSerie
from kyoo.scanner.providers.base import Order, Orders, ProviderError
from kyoo.scanner.providers.records import EpisodeRecord, SeasonRecord, ShowRecord
from kyoo.scanner.queries import belonging, orders, records, shows

log = structlog.get_logger()

#: Season and number.
Key = tuple[int, int]
#: Added to the number of an episode that the chosen order leaves out and whose own number it gives to another one.
LEFT_OUT = 6000


@dataclass(frozen=True)
class Chosen:
    """`name` None: as aired. `follow`: the names of the files count by it."""

    provider: str | None
    name: str | None
    follow: bool
    episodes: tuple[EpisodeRecord, ...]


async def chosen(connection: Connection, show: DictRow) -> Chosen | None:
    """None: nobody ever chose one."""
    row = await orders.chosen(connection, show["id"])
    if row is None:
        return None
    try:
        episodes = tuple(EpisodeRecord.model_validate(episode) for episode in row["episodes"])
    except ValidationError:  # kept by another release: it is heard again
        episodes = ()
    return Chosen(row["provider"], row["name"], not show["reordered"], episodes)


def led_by(heard: list[ShowRecord], provider: str) -> list[ShowRecord]:
    """What was heard, so that the episodes are numbered by this provider: those that would come before it have none.
    Its own say what they are at the one that numbers usually, by which they are known until now."""
    anime = any(record.is_anime for record in heard)
    ranks = ORDER["anime" if anime else "serie"]["episodes"]
    own = ranks.index(provider) if provider in ranks else len(ranks)
    before = [record for record in heard if record.provider in ranks[:own] and record.episodes]
    usual = min(before, key=lambda record: ranks.index(record.provider), default=None)

    def changes(record: ShowRecord) -> dict[str, Any]:
        if record.provider in ranks[:own]:
            return {"episodes": [], "seasons": []}
        if record.provider == provider and usual is not None:
            return {"episodes": _known_elsewhere(record.episodes, usual)}
        return {}

    return [record.model_copy(update=changes(record)) for record in heard]


def _known_elsewhere(episodes: list[EpisodeRecord], usual: ShowRecord) -> list[EpisodeRecord]:
    """These episodes with what surely is the same one there."""
    finder = Finder(usual.episodes)
    same = [finder.find(episode) for episode in episodes]
    times = Counter((one.season, one.number) for one in same if one is not None)
    return [
        episode.model_copy(update={"elsewhere": {usual.provider: (one.season, one.number)}})
        if one is not None and times[one.season, one.number] == 1
        else episode
        for episode, one in zip(episodes, same, strict=True)
    ]


def reordered(record: ShowRecord, episodes: tuple[EpisodeRecord, ...]) -> tuple[ShowRecord, dict[Key, Key]]:
    """The serie with its episodes in this order, and where each is that was elsewhere as it was aired."""
    aired = {episode.id: episode for episode in record.episodes if episode.id}
    found: dict[Key, EpisodeRecord] = {}
    moves: dict[Key, Key] = {}
    for episode in episodes:
        key = (episode.season, episode.number)
        known = aired.get(episode.id) if episode.id else None
        if key in found or (known is not None and (known.season, known.number) in moves):
            continue
        if known is not None:
            moves[known.season, known.number] = key
        changes = {"season": episode.season, "number": episode.number, "absolute": None}
        place = (known.season, known.number) if known is not None else None
        found[key] = (known or episode).model_copy(update={**changes, "aired": place})
    for episode in record.episodes:
        key = (episode.season, episode.number)
        if key in moves:
            continue
        if key in found:
            moves[key] = key = (0, episode.number + LEFT_OUT + 100 * episode.season)
        stays = {"season": key[0], "number": key[1], "aired": (episode.season, episode.number)}
        found[key] = episode.model_copy(update=stays)
    numbers = sorted({season for season, _ in found})
    pictures = {season.number: season.pictures for season in record.seasons}
    seasons = [SeasonRecord(number=number, pictures=pictures.get(number, [])) for number in numbers]
    return record.model_copy(update={"episodes": list(found.values()), "seasons": seasons}), moves


async def renumber(context: ScannerContext, show: DictRow, seed: SeedSerie) -> None:
    """Have the api give its episodes the numbers of the seed, by those that a provider gives them."""
    async with context.runtime.database.connection() as connection:
        order = await chosen(connection, show)
    if order is None or not show["api_id"]:
        return
    wanted = [
        {
            "externalId": {provider: {key: known[0][key] for key in ("serieId", "season", "episode")}},
            "season": entry.season_number,
            "episode": entry.episode_number,
        }
        for entry in seed.entries
        if isinstance(entry, SeedEpisode)
        for provider, known in list(entry.external_id.items())[:1]
    ]
    try:
        await context.api.renumber(show["slug"], wanted)
    except ApiUnavailableError:
        raise
    except ApiError as error:
        log.warning("episodes keep their numbers", title=show["title"], reason=error.message)


async def available(context: ScannerContext, slug: str) -> tuple[list[tuple[str, Order]], Chosen | None]:
    """The orders that providers have for a serie, and the one that was chosen."""
    async with context.runtime.database.connection() as connection:
        show = await shows.by_slug(connection, "serie", slug)
        if show is None:
            raise NotFoundError(f"There is no serie {slug}")
        order_now = await chosen(connection, show)
        ids = await _ids(connection, show)
    found: list[tuple[str, Order]] = []
    for provider in await context.sources.active("serie"):
        if isinstance(provider, Orders) and provider.name in ids:
            try:
                found += [(provider.name, order) for order in await provider.orders(ids[provider.name])]
            except ProviderError as error:
                log.info("the orders of a serie cannot be had", provider=provider.name, reason=error.message)
    return found, order_now


async def choose(context: ScannerContext, slug: str, order: tuple[str, str] | None, *, follow: bool) -> DictRow:
    """Take this order (provider, name), or that of airing. Raises NotFoundError without the serie, InvalidError when
    the provider has no such order."""
    async with context.runtime.database.connection() as connection:
        show = await shows.by_slug(connection, "serie", slug)
        ids = await _ids(connection, show) if show else {}
    if show is None:
        raise NotFoundError(f"There is no serie {slug}")
    episodes: list[EpisodeRecord] = []
    if order is not None:
        provider = await _provider(context, order[0], ids)
        episodes = await provider.episodes(ids[order[0]], order[1])
        if not episodes:
            raise InvalidError(f"{order[0]} has no order {order[1]} of this serie", {"in": order[1]})
    async with context.runtime.database.transaction() as connection:
        stored = [episode.model_dump(mode="json", exclude_defaults=True) for episode in episodes]
        await orders.choose(connection, show["id"], order, stored, follow=follow)
        paths = [row["path"] for row in await belonging.of_show(connection, show["id"])]
        await belonging.forget_identification(connection, paths)
    await work.identify(context.runtime.queue, [show["id"]], urgent=True)
    return show


async def refresh(context: ScannerContext, show_id: int) -> None:
    """Hear the chosen order again: a serie goes on."""
    async with context.runtime.database.connection() as connection:
        row = await orders.chosen(connection, show_id)
        show = await shows.by_id(connection, show_id) if row and row["name"] else None
        ids = await _ids(connection, show) if show else {}
    if row is None or show is None:
        return
    try:
        provider = await _provider(context, row["provider"], ids)
        episodes = await provider.episodes(ids[row["provider"]], row["name"])
    except (ProviderError, InvalidError) as error:
        log.info("the order of a serie cannot be had", title=show["title"], reason=error.message)
        return
    stored = [episode.model_dump(mode="json", exclude_defaults=True) for episode in episodes]
    async with context.runtime.database.transaction() as connection:
        changed = bool(stored) and await orders.renew(connection, show_id, stored)
    if changed:
        await work.identify(context.runtime.queue, [show_id])


async def _ids(connection: Connection, show: DictRow) -> dict[str, str]:
    match = await records.match(connection, show["id"])
    kept = {row["provider"]: row["id"] for row in await records.of_show(connection, show["id"])}
    found: Mapping[str, Any] = match["ids"] if match is not None and match["state"] != "unsure" else {}
    return {**found, **show["external_ids"], **kept}


async def _provider(context: ScannerContext, name: str, ids: Mapping[str, str]) -> Orders:
    for provider in await context.sources.active("serie"):
        if provider.name == name and name in ids and isinstance(provider, Orders):
            return provider
    raise InvalidError(f"{name} has no orders of this serie", {"in": name})
