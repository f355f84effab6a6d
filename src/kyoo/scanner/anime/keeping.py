"""Fetching the public lists, keeping them in Postgres for all replicas, and what they say together.

A list that cannot be had, or is not what it should be, leaves the one that is held; without any, names count as they
stand.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx2
import structlog

from kyoo.core.database.postgres import Database
from kyoo.scanner.anime import lists
from kyoo.scanner.anime.lists import Title, UnreadableListError
from kyoo.scanner.anime.model import Anime
from kyoo.scanner.local.file_names import title_key
from kyoo.scanner.queries import anime as queries

log = structlog.get_logger()

#: Seconds for one list, and between two of its bytes.
TOTAL_TIME = 300
SILENCE = 30


@dataclass(frozen=True)
class PublicList:
    """A list and where it is: below GitHub's address of raw files, or by its mere name on a mirror."""

    name: str
    paths: tuple[str, ...]
    check: Callable[[bytes], object]


LISTS = (
    PublicList(
        "anime-list",
        (
            "Anime-Lists/anime-lists/master/anime-list-master.xml",
            "anime-list-master.xml",
            "anime-list.xml",
        ),
        lists.anime_list,
    ),
    PublicList("titles", ("Anime-Lists/anime-lists/master/animetitles.xml", "animetitles.xml"), lists.titles),
    PublicList(
        "fribb",
        (
            "Fribb/anime-lists/master/anime-list-full.json",
            "anime-list-full.json",
            "Fribb/anime-lists/master/anime-lists-reduced.json",
            "anime-lists-reduced.json",
        ),
        lists.ids,
    ),
    PublicList("kometa", ("Kometa-Team/Anime-IDs/master/anime_ids.json", "anime_ids.json"), lists.kometa_ids),
    PublicList("bridge", ("eliasbenb/PlexAniBridge-Mappings/v2/mappings.json", "mappings.json"), lists.bridge),
)


class UnavailableListError(Exception):
    """The list cannot be had now."""


async def refresh(
    database: Database, base: str, *, every: float, limit: int, transport: httpx2.AsyncBaseTransport | None = None
) -> bool:
    """Ask for the lists, unless that was done within `every` seconds. Whether they say something new."""
    async with database.connection() as connection:
        last: datetime | None = await queries.youngest_check(connection)
        known = await queries.lists(connection)
    if every <= 0 or (last is not None and datetime.now(UTC) - last < timedelta(seconds=every)):
        return False
    changed = False
    async with httpx2.AsyncClient(
        transport=transport, timeout=SILENCE, follow_redirects=True, max_redirects=3, trust_env=False
    ) as client:
        for public in LISTS:
            held = known.get(public.name)
            validators = (held["etag"], held["last_modified"]) if held and held["held"] else (None, None)
            error: str | None = None
            try:
                async with asyncio.timeout(TOTAL_TIME):
                    found = await _fetch(client, base, public, validators, limit)
                    if found is not None:
                        await asyncio.to_thread(public.check, found[0])
            except (UnavailableListError, UnreadableListError, httpx2.HTTPError, TimeoutError, OSError) as problem:
                error, found = f"{public.name}: {str(problem) or type(problem).__name__}"[:500], None
                log.info("a list of anime cannot be had", list=public.name, reason=error)
            async with database.transaction() as connection:
                if found is None:
                    await queries.checked(connection, public.name, error)
                else:
                    packed = await asyncio.to_thread(zlib.compress, found[0])
                    await queries.store_list(connection, public.name, packed, found[1], found[2])
                    changed = True
    if changed:
        await rebuild(database)
    return changed


async def _fetch(
    client: httpx2.AsyncClient,
    base: str,
    public: PublicList,
    validators: tuple[str | None, str | None],
    limit: int,
) -> tuple[bytes, str | None, str | None] | None:
    """Content, ETag and Last-Modified; None when it is as before."""
    etag, modified = validators
    headers = {key: value for key, value in [("If-None-Match", etag), ("If-Modified-Since", modified)] if value}
    status = 404
    for path in public.paths:
        async with client.stream("GET", f"{base}/{path}", headers=headers) as response:
            status = response.status_code
            if status == 304:
                return None
            if status == 200:
                content = await _limited(response.aiter_bytes(), limit)
                return content, _header(response, "etag"), _header(response, "last-modified")
            if status not in (403, 404, 410):
                break
    raise UnavailableListError(f"it answered {status}")


async def _limited(chunks: object, limit: int) -> bytes:
    """What comes, up to `limit` bytes unpacked."""
    found = bytearray()
    async for chunk in chunks:  # type: ignore[attr-defined]
        found += chunk
        if len(found) > limit:
            raise UnavailableListError(f"it is larger than {limit} bytes")
    return bytes(found)


def _header(response: httpx2.Response, name: str) -> str | None:
    value: str | None = response.headers.get(name)
    return value if value and len(value) <= 500 and value.isprintable() else None


async def rebuild(database: Database) -> None:
    """Read the lists that are held, and write what they say together."""
    async with database.connection() as connection:
        held = await queries.contents(connection)
    found, names = await asyncio.to_thread(_read_all, held)
    async with database.transaction() as connection:
        await queries.replace(
            connection,
            ((anime.key, anime.serie, anime.stored()) for anime in found.values()),
            (
                (service, value, anime.key)
                for anime in found.values()
                for service, ids in anime.ids.items()
                for value in ids
            ),
            names,
        )


def _read_all(held: dict[str, bytes]) -> tuple[dict[str, Anime], list[tuple[str, str]]]:
    read: dict[str, list[object]] = {}
    for public in LISTS:
        if public.name in held:
            try:
                read[public.name] = public.check(zlib.decompress(held[public.name]))  # type: ignore[assignment]
            except (UnreadableListError, zlib.error) as error:  # stored by a release that read it otherwise
                log.warning("a list of anime cannot be read", list=public.name, reason=str(error))
    found = together(
        read.get("anime-list", []),  # type: ignore[arg-type]
        [*read.get("fribb", []), *read.get("kometa", [])],  # type: ignore[list-item]
        read.get("bridge", []),  # type: ignore[arg-type]
    )
    return found, title_keys(found, read.get("titles", []))  # type: ignore[arg-type]


def together(main: Iterable[Anime], ids: Iterable[tuple[str, str, str]], bridge: Iterable[Anime]) -> dict[str, Anime]:
    """All lists as one. What stands in the XML is believed before the others, which add what it does not say."""
    found = {anime.key: anime for anime in main}
    more: dict[str, dict[str, tuple[str, ...]]] = {}

    def add(key: str, service: str, value: str) -> None:
        mine = more.setdefault(key, {})
        if value not in mine.get(service, ()):
            mine[service] = (*mine.get(service, ()), value)

    for key, service, value in ids:
        if key in found or service != "tvdb":  # a serie without numbers is of no use
            add(key, service, value)
    for anime in bridge:
        keys = [key for value in anime.ids.get("anidb", ()) if (key := f"anidb:{value}") in found]
        for key in keys:
            add(key, "anilist", anime.ids["anilist"][0])
        if not keys:
            found[anime.key] = anime
    for key, known in more.items():
        anime = found.get(key) or Anime(key, "", ids={"anidb": (key.removeprefix("anidb:"),)})
        added = {service: values for service, values in known.items() if service not in anime.ids}
        if added:
            found[key] = replace(anime, ids=anime.ids | added)
    return found


def title_keys(found: dict[str, Anime], titles: Iterable[Title]) -> list[tuple[str, str]]:
    """(title key, anime) for each title that names something."""
    keys = {(title_key(anime.name), key): None for key, anime in found.items() if anime.name}
    for title in titles:
        # Short forms and synonyms of one word mean too much.
        word = title.kind == "synonym" and title.text.isascii() and " " not in title.text
        if title.key in found and title.kind != "short" and not word:
            keys[title_key(lists.split_year(title.text)[0]), title.key] = None
    return [(title, key) for title, key in keys if 2 <= len(title) <= lists.MAX_TEXT and "\0" not in title]
