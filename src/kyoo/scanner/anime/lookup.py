"""Finding anime in the kept lists: by title, by the ids of any service, by their serie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kyoo.core.database.postgres import Connection
from kyoo.scanner.anime import translating
from kyoo.scanner.anime.model import Anime, Family
from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.providers.records import ShowKind
from kyoo.scanner.queries import anime as queries

#: Our name of a provider → that of the lists, by the kind of the show.
SERVICES: dict[ShowKind, dict[str, str]] = {
    "movie": {"themoviedatabase": "tmdb_movie", "imdb": "imdb", "anidb": "anidb", "anilist": "anilist", "mal": "mal"},
    "serie": {"tvdb": "tvdb", "themoviedatabase": "tmdb_tv", "anidb": "anidb", "anilist": "anilist", "mal": "mal"},
}


async def titled(connection: Connection, title_keys: Iterable[str]) -> dict[str, list[Anime]]:
    """The anime with each of these titles; titles that none has are missing."""
    found: dict[str, list[Anime]] = {}
    for row in await queries.titled(connection, sorted(set(title_keys))):
        found.setdefault(row["title_key"], []).append(Anime.loaded(row["record"]))
    return found


async def known(connection: Connection, kind: ShowKind, ids: Mapping[str, str]) -> list[Anime]:
    """The anime that a show with these ids (provider → id) is, or is a part of."""
    services = SERVICES[kind]
    wanted = [(services[provider], value) for provider, value in ids.items() if provider in services]
    rows = await queries.identified(connection, wanted) if wanted else []
    return list({row["record"]["key"]: Anime.loaded(row["record"]) for row in rows}.values())


async def families(connection: Connection, series: Iterable[str]) -> dict[str, Family]:
    """The families of these series of TheTVDB, by their ids."""
    members: dict[str, list[Anime]] = {}
    for row in await queries.of_series(connection, sorted(set(series))):
        members.setdefault(row["serie"], []).append(Anime.loaded(row["record"]))
    return {serie: Family.of(serie, anime) for serie, anime in members.items()}


async def family(connection: Connection, serie: str) -> Family:
    """The family of one serie; without members when the lists do not know it."""
    return (await families(connection, [serie])).get(serie) or Family(serie, ())


async def translated(connection: Connection, names: list[ParsedName]) -> list[ParsedName]:
    """These names as the lists read them."""
    wanted = {key for parsed in names if parsed.kind != "extra" for key in translating.keys(parsed.title)}
    hits = await titled(connection, wanted) if wanted else {}
    known = await families(connection, {anime.serie for found in hits.values() for anime in found if anime.serie})
    return [translating.translate(parsed, hits, known) for parsed in names] if hits else names
