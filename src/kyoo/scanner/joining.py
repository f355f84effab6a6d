"""Parts of one serie that the library holds as shows of their own: a season under a title of its own, a film that
stands between two seasons. What the lists of anime know of their ids brings them together.

A film joins only a serie that is in the library; a season makes it. What a person chose stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from kyoo.core.postgres import Connection
from kyoo.scanner import names
from kyoo.scanner.anime import lookup
from kyoo.scanner.anime.model import Anime, Family
from kyoo.scanner.anime.translating import as_part
from kyoo.scanner.grouping import Show
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.queries import files, shows
from kyoo.scanner.registration import load_shelf, store_shelf, to_show


async def join(connection: Connection, show: Show) -> set[int]:
    """Bring this show to the serie it is a part of, and the films of this serie to it. Returns the shows that got
    files; one that lost all of its own has nothing left to be identified."""
    if show.kind == "movie":
        return await _film(connection, show)
    part = await _part(connection, show)
    return part or await _films_of(connection, show)


async def _film(connection: Connection, show: Show) -> set[int]:
    for anime in await lookup.known(connection, "movie", show.external_ids):
        if not (anime.inside and anime.serie):
            continue
        family = await lookup.family(connection, anime.serie)
        target = await _serie(connection, family)
        if target is not None:
            return await _move(connection, show, target, anime, family)
    return set()


async def _part(connection: Connection, show: Show) -> set[int]:
    """A serie that is one season of another, by an id of AniDB, AniList or MyAnimeList. TheTVDB's and TMDB's ids are
    those of the whole."""
    ids = {key: value for key, value in show.external_ids.items() if key in ("anidb", "anilist", "mal")}
    known = [anime for anime in await lookup.known(connection, "serie", ids) if anime.serie and anime.tvdb]
    parts = [anime for anime in known if anime.tvdb and not anime.tvdb.main]
    if not parts or len(parts) < len(known):
        return set()
    anime = parts[0]
    family = await lookup.family(connection, anime.serie or "")
    if family.main is None or show.external_ids.get("tvdb") == family.serie:
        return set()
    target = await _serie(connection, family) or await _new_serie(connection, family, family.main)
    return await _move(connection, show, target, anime, family) if target.id != show.id else set()


async def _films_of(connection: Connection, show: Show) -> set[int]:
    """The films of the library that stand in this serie, by what their names say or by their ids."""
    ids = {provider: value for provider, value in show.external_ids.items() if provider != "imdb"}
    series = {anime.serie for anime in await lookup.known(connection, "serie", ids) if anime.serie}
    titles = await shows.title_keys(connection, show.id or 0)
    gained: set[int] = set()
    for row in await files.films_inside(connection, sorted(series), sorted({names.plain_key(key) for key in titles})):
        parsed = names.from_json(row["parsed"])
        if parsed.film_of and show.external_ids.get("tvdb", parsed.film_of.serie) == parsed.film_of.serie:
            gained |= await _hand_over(connection, to_show(row["show"]), show, {row["path"]: parsed})
    for family in (await lookup.families(connection, series)).values():
        for source, anime in await _films_held(connection, family):
            gained |= await _move(connection, source, show, anime, family)
    return gained


async def _films_held(connection: Connection, family: Family) -> list[tuple[Show, Anime]]:
    """The films of the library that are anime of this family, by their ids."""
    services = lookup.SERVICES["movie"].items()
    inside = {
        (provider, value): anime
        for anime in family.members
        if anime.inside
        for provider, service in services
        for value in anime.ids.get(service, ())
    }
    if not inside:
        return []
    _, stored = await load_shelf(connection, [], [{provider: value} for provider, value in inside])
    held = [
        (found, next((pair for pair in found.external_ids.items() if pair in inside), None))
        for found in stored.values()
    ]
    return [(found, inside[pair]) for found, pair in held if found.kind == "movie" and pair]


async def _serie(connection: Connection, family: Family) -> Show | None:
    """The serie of a family in the library: by any of the ids that stand for the whole, else by its title."""
    main = family.main
    ids = [{"tvdb": family.serie}]
    if main is not None:
        services = lookup.SERVICES["serie"]
        ids += [{provider: value} for provider, service in services.items() for value in main.ids.get(service, ())]
    keys = names.show_keys(main.name) if main is not None else []
    _, stored = await load_shelf(connection, keys, ids)
    series = [found for found in stored.values() if found.kind == "serie"]
    known = {(provider, value) for one in ids for provider, value in one.items()}
    by_id = [found for found in series if known & found.external_ids.items()]
    titled = [found for found in series if "tvdb" not in found.external_ids]
    held = [found for found in by_id or titled if await files.count_of_show(connection, found.id or 0)]
    return held[0] if len(held) == 1 or (held and by_id) else None


async def _new_serie(connection: Connection, family: Family, main: Anime) -> Show:
    await shows.lock(connection)
    shelf, _ = await load_shelf(connection, names.show_keys(main.name), [{"tvdb": family.serie}])
    show = shelf.place(ParsedName(kind="episode", title=main.name, rendering="", external_ids={"tvdb": family.serie}))
    await store_shelf(connection, shelf, [show])
    return show


async def _move(connection: Connection, source: Show, target: Show, anime: Anime, family: Family) -> set[int]:
    """Give the files of `source`, which is this anime, their places in `target`."""
    position = next(
        (
            anime.film(service, value)
            for provider, service in lookup.SERVICES["movie"].items()
            if (value := source.external_ids.get(provider)) and len(anime.ids.get(service, ())) > 1
        ),
        None,
    )
    moved: dict[str, ParsedName] = {}
    for row in await files.of_show(connection, source.id or 0):
        parsed = names.from_json(row["parsed"])
        better = as_part(replace(parsed, film_of=None), anime, family, position)
        if not row["pinned"] and not row["chosen_episodes"] and (better.film_of or better.read_as):
            moved[row["path"]] = better
    return await _hand_over(connection, source, target, moved)


async def _hand_over(connection: Connection, source: Show, target: Show, moved: dict[str, ParsedName]) -> set[int]:
    if not moved or source.id is None or target.id is None or source.id == target.id:
        return set()
    await files.hand_over(connection, target.id, {path: names.to_json(parsed) for path, parsed in moved.items()})
    await _replace(connection, source, target.id)
    return {target.id}


async def give_up(connection: Connection, show_id: int, videos: list[str]) -> set[int]:
    """After a show was written: the shows that took these videos of it meanwhile. They link them anew, and take the
    place of the show if it has no file left."""
    row = await shows.by_id(connection, show_id)
    takers = {taker for taker in (await files.shows_of(connection, videos)).values() if taker != show_id}
    if not takers or row is None:
        return set()
    await files.forget_identification(connection, await files.paths_of(connection, videos, sorted(takers)))
    await _replace(connection, to_show(row), min(takers))
    return takers


async def inherit(connection: Connection, moved: dict[str, int | None]) -> set[int]:
    """After files were given shows anew (path → the show before): the shows that take the place of one that has no file
    left."""
    now = await files.shows_at(connection, list(moved))
    heirs = {
        before: now[path] for path, before in moved.items() if before is not None and now.get(path, before) != before
    }
    found: set[int] = set()
    for before, heir in heirs.items():
        row = await shows.by_id(connection, before)
        if row is not None and await _replace(connection, to_show(row), heir):
            found.add(heir)
    return found


async def _replace(connection: Connection, show: Show, heir: int) -> bool:
    """Have the api drop a show once the heir stands, if it was seeded and has no file left."""
    if show.slug is None or await files.count_of_show(connection, show.id or 0):
        return False
    await shows.add_replaced(connection, heir, f"{show.kind}:{show.slug}")
    return True
