"""Parts of one serie that the library holds as shows of their own: a season under a title of its own, a film that
stands between two seasons. What the lists of anime, or TheTVDB, know of their ids brings them together.
So are shows that are one title under several names (`uniting.py`).

A film joins only a serie that is in the library; a season makes it. What a person chose stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from kyoo.core.database.postgres import Connection
from kyoo.scanner.anime import lookup
from kyoo.scanner.anime.model import Anime, Family
from kyoo.scanner.anime.translating import as_part
from kyoo.scanner.local import file_names
from kyoo.scanner.metadata import films
from kyoo.scanner.metadata.uniting import unite
from kyoo.scanner.naming.model import FilmOf, ParsedName
from kyoo.scanner.queries import belonging, records, shows
from kyoo.scanner.shows.grouping import Show, to_show
from kyoo.scanner.shows.registration import load_index, store_index


async def join(connection: Connection, show: Show) -> set[int]:
    """Bring this show to the serie it is a part of, and the films of this serie to it. Returns the shows that got
    files; one that lost all of its own has nothing left to be identified."""
    match = await records.match(connection, show.id or 0)
    found = dict(match["ids"]) if match is not None and match["state"] != "unsure" else {}
    ids = found | show.external_ids
    gained = await unite(connection, show, ids)
    if show.kind == "movie":
        return gained | await _film(connection, show, ids)
    return gained | (await _part(connection, show, ids) or await _films_of(connection, show, ids))


async def _film(connection: Connection, show: Show, ids: dict[str, str]) -> set[int]:
    for anime in await lookup.known(connection, "movie", ids):
        if not (anime.inside and anime.serie):
            continue
        family = await lookup.family(connection, anime.serie)
        target = await _serie(connection, family)
        if target is not None:
            return await _move(connection, (show, ids), target, (anime, family))
    gained: set[int] = set()
    for row in await records.series_with_film(connection, ids["tvdb"]) if "tvdb" in ids else []:
        serie = await shows.by_id(connection, row["show_id"])
        if serie is not None and not gained:
            gained = await _films_said(connection, to_show(serie), {"tvdb": ids["tvdb"]})
    return gained


async def _part(connection: Connection, show: Show, ids: dict[str, str]) -> set[int]:
    """A serie that is one season of another, by an id of AniDB, AniList or MyAnimeList. TheTVDB's and TMDB's ids are
    those of the whole, and so is its title."""
    own = {key: value for key, value in ids.items() if key in ("anidb", "anilist", "mal")}
    known = [anime for anime in await lookup.known(connection, "serie", own) if anime.serie and anime.tvdb]
    parts = [anime for anime in known if anime.tvdb and not anime.tvdb.main]
    if not parts or len(parts) < len(known) or show.external_ids.get("tvdb"):
        return set()
    anime = parts[0]
    family = await lookup.family(connection, anime.serie or "")
    title = file_names.title_key(show.title)
    whole = (await lookup.titled(connection, [title])).get(title, [])
    if family.main is None or any(one.key == family.main.key for one in whole):
        return set()
    target = await _serie(connection, family) or await _new_serie(connection, family, family.main)
    return await _move(connection, (show, ids), target, (anime, family)) if target.id != show.id else set()


async def _films_of(connection: Connection, show: Show, ids: dict[str, str]) -> set[int]:
    """The films of the library that stand in this serie, by what their names say or by their ids."""
    series = {anime.serie for anime in await lookup.known(connection, "serie", ids) if anime.serie}
    titles = await shows.title_keys(connection, show.id or 0)
    gained: set[int] = set()
    for row in await belonging.films_inside(
        connection, sorted(series), sorted({file_names.plain_key(key) for key in titles})
    ):
        parsed = file_names.from_json(row["parsed"])
        if parsed.film_of and ids.get("tvdb", parsed.film_of.serie) == parsed.film_of.serie:
            gained |= await _hand_over(connection, to_show(row["show"]), show, {row["path"]: parsed})
    for family in (await lookup.families(connection, series)).values():
        for source, known, anime in await _films_held(connection, family):
            gained |= await _move(connection, (source, known), show, (anime, family))
    return gained | await _films_said(connection, show)


async def _films_said(connection: Connection, serie: Show, only: dict[str, str] | None = None) -> set[int]:
    """The films of the library that TheTVDB lists among the specials of this serie; `only` the one with this id."""
    told = {number: ids for number, ids in (await films.said(connection, serie.id or 0)).items() if only in (None, ids)}
    known = await records.one(connection, serie.id or 0, films.TVDB) if told else None
    if known is None:
        return set()
    gained: set[int] = set()
    for number, ids in told.items():
        place = FilmOf(known["id"], serie.title, number, file_names.title_key(serie.title))
        for row in await shows.matched(connection, [ids]):
            if row["kind"] != "movie":
                continue
            held = await belonging.of_show(connection, row["id"])
            moved = {
                file["path"]: replace(file_names.from_json(file["parsed"]), film_of=place)
                for file in held
                if not file["pinned"] and not file["chosen_episodes"]
            }
            gained |= await _hand_over(connection, to_show(row), serie, moved)
    return gained


async def _films_held(connection: Connection, family: Family) -> list[tuple[Show, dict[str, str], Anime]]:
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
    found = []
    for row in await shows.matched(connection, [{provider: value} for provider, value in inside]):
        pair = next((pair for pair in row["external_ids"].items() if pair in inside), None)
        if row["kind"] == "movie" and pair:
            found.append((to_show(row), dict(row["external_ids"]), inside[pair]))
    return found


async def _serie(connection: Connection, family: Family) -> Show | None:
    """The serie of a family in the library: by any of the ids that stand for the whole, else by its title."""
    main = family.main
    ids = [{"tvdb": family.serie}]
    if main is not None:
        services = lookup.SERVICES["serie"]
        ids += [{provider: value} for provider, service in services.items() for value in main.ids.get(service, ())]
    by_id = [to_show(row) for row in await shows.matched(connection, ids) if row["kind"] == "serie"]
    _, stored = await load_index(connection, file_names.show_keys(main.name) if main is not None else [], [])
    titled = [found for found in stored.values() if found.kind == "serie" and "tvdb" not in found.external_ids]
    held = [found for found in by_id or titled if await belonging.count_of_show(connection, found.id or 0)]
    return held[0] if len(held) == 1 or (held and by_id) else None


async def _new_serie(connection: Connection, family: Family, main: Anime) -> Show:
    await shows.lock(connection)
    index, _ = await load_index(connection, file_names.show_keys(main.name), [{"tvdb": family.serie}])
    show = index.place(ParsedName(kind="episode", title=main.name, rendering="", external_ids={"tvdb": family.serie}))
    await store_index(connection, index, [show])
    return show


async def _move(
    connection: Connection, known: tuple[Show, dict[str, str]], target: Show, part: tuple[Anime, Family]
) -> set[int]:
    """Give the files of a show, which is that part of a family by its ids, their places in `target`."""
    (source, ids), (anime, family) = known, part
    position = next(
        (
            anime.film(service, value)
            for provider, service in lookup.SERVICES["movie"].items()
            if (value := ids.get(provider)) and len(anime.ids.get(service, ())) > 1
        ),
        None,
    )
    moved: dict[str, ParsedName] = {}
    for row in await belonging.of_show(connection, source.id or 0):
        parsed = file_names.from_json(row["parsed"])
        better = as_part(replace(parsed, film_of=None), anime, family, position)
        if not row["pinned"] and not row["chosen_episodes"] and (better.film_of or better.read_as):
            moved[row["path"]] = better
    return await _hand_over(connection, source, target, moved)


async def _hand_over(connection: Connection, source: Show, target: Show, moved: dict[str, ParsedName]) -> set[int]:
    if not moved or source.id is None or target.id is None or source.id == target.id:
        return set()
    await belonging.hand_over(
        connection, target.id, {path: file_names.to_json(parsed) for path, parsed in moved.items()}
    )
    await _replace(connection, source, target.id)
    return {target.id}


async def give_up(connection: Connection, show_id: int, videos: list[str]) -> set[int]:
    """After a show was written: the shows that took these videos of it meanwhile. They link them anew, and take the
    place of the show if it has no file left."""
    row = await shows.by_id(connection, show_id)
    takers = {taker for taker in (await belonging.shows_of(connection, videos)).values() if taker != show_id}
    if not takers or row is None:
        return set()
    await belonging.forget_identification(connection, await belonging.paths_of(connection, videos, sorted(takers)))
    await _replace(connection, to_show(row), min(takers))
    return takers


async def inherit(connection: Connection, moved: dict[str, int | None]) -> set[int]:
    """After files were given shows anew (path → the show before): the shows that take the place of one that has no file
    left."""
    now = await belonging.shows_at(connection, list(moved))
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
    if show.slug is None or await belonging.count_of_show(connection, show.id or 0):
        return False
    await shows.add_replaced(connection, heir, f"{show.kind}:{show.slug}")
    return True
