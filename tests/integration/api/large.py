"""A large library written straight into the tables, for plans and benchmarks: no rule of the api makes it.

At full scale 5,000 shows in 6 languages, 100,000 entries in 3, 100,000 files, and a reader with 20,000 plays and 1,000
listed shows (issue "Catalogue"). Everything follows from numbers, so that every run has the same library.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import psycopg
from psycopg.rows import dict_row
from tests.integration.api.seeds import OTHER_USER, USER

from kyoo.core.database.postgres import Connection, execute

LANGUAGES = ["en", "fr", "ja", "de", "es", "zh"]
ENTRY_LANGUAGES = ["en", "fr", "ja"]

WORDS = (
    "river winter garden shadow copper island letter summer engine harvest marble signal forest silver captain"
    " orchard mirror lantern thunder velvet compass meadow crystal hollow falcon harbor ember autumn glacier prairie"
    " sparrow cobalt canyon willow magnet beacon saffron tundra violet anchor feather granite journey kingdom ladder"
    " monsoon nebula oasis phantom quarry raven scarlet temple umbrella voyage whisper zephyr bridge circus dynamo"
)

#: Words by number, in SQL: `%(words)s` is the list, the number any bigint.
WORD = "(%(words)s::text[])[1 + abs(hashint8extended({number}, {salt})) %% array_length(%(words)s::text[], 1)]"


def _word(number: str, salt: int) -> str:
    return WORD.format(number=number, salt=salt)


@dataclass(frozen=True)
class Scale:
    """How much there is. One serie, `long`, has that many entries more than the others."""

    shows: int = 5_000
    entries: int = 40
    long: int = 1_500
    unmatched: int = 1_500
    staff: int = 20_000
    plays: int = 20_000
    listed: int = 1_000


FULL = Scale()
#: Made in seconds. Postgres reads some lists from end to end that it would not at full scale.
SMALL = Scale(shows=1000, entries=20, long=0, unmatched=100, staff=1000, plays=2000, listed=200)

_IMAGE = """jsonb_build_object('id', md5(({0})::text) || md5(({0})::text || 'x'), 'source',
    'https://images.example.org/' || ({0}) || '.jpg', 'blurhash', 'L6PZfSi_.AyE_3t7t7R**0o#DgR4')"""

#: Shows, seasons and entries; what comes after needs them.
SHOWS = [
    # Every 50th show is a collection, the others are films and series in turn; films of a tenth are in collections.
    f"""
    insert into api.shows (kind, slug, genres, rating, status, runtime, start_air, end_air, original_language,
        external_id, next_refresh, created_at)
    select kind, lower({_word("i", 1)} || '-' || {_word("i", 2)} || '-' || i),
        array[(%(genres)s::text[])[1 + i %% 22], (%(genres)s::text[])[1 + (i / 22) %% 22]],
        case when i %% 20 = 3 then '{{}}'
            else jsonb_build_object('themoviedatabase', i * 7 %% 101, 'imdb', i * 3 %% 101) end,
        case when i %% 97 = 0 then 'planned' when kind = 'serie' and i %% 5 = 0 then 'airing' else 'finished' end,
        case when i %% 30 = 1 then null else 20 + i %% 140 end,
        case when i %% 40 = 7 then null else date '1950-01-01' + (i * 7919 %% 27000)::int end,
        case when kind = 'serie' and i %% 3 = 0 then date '1960-01-01' + (i * 7907 %% 24000)::int end,
        (%(languages)s::text[])[1 + i %% 3], jsonb_build_object('tmdb', jsonb_build_array(jsonb_build_object(
            'dataId', i::text, 'link', 'https://www.example.org/' || i))),
        date '2026-01-01' + (i * 31 %% 400)::int, timestamptz '2020-01-01' + i * interval '7 minutes'
    from (
        select i, case when i %% 50 = 0 then 'collection' when i %% 2 = 1 then 'movie' else 'serie' end as kind
        from generate_series(1, %(shows)s::bigint) i
    ) numbered
    """,
    """
    update api.shows set collection_pk = 50 * (1 + pk %% (%(shows)s / 50)) where kind <> 'collection' and pk %% 10 = 1
    """,
    # A reader who is limited to the hall and to 12 years sees some three in five of the shows.
    "update api.shows set min_age = pk %% 5 * 4 where kind <> 'collection' and pk %% 20 <> 0",
    """
    insert into api.libraries (slug, name, path)
    values ('hall', 'Hall', '/library/hall'), ('attic', 'Attic', '/library/attic')
    """,
    """
    insert into api.seasons (show_pk, slug, season_number, start_air)
    select pk, slug || '-s' || number, number, start_air from api.shows, generate_series(1, 2) number
    where kind = 'serie'
    """,
    f"""
    insert into api.season_translations (season_pk, language, name, poster)
    select pk, language, 'Season ' || season_number, {_IMAGE.format("pk")}
    from api.seasons, unnest(%(entry_languages)s::text[]) language
    """,
    """
    insert into api.entries (show_pk, key, slug, kind, content, "order", air_date, runtime)
    select pk, 'movie', slug, 'movie', 'story', 1, start_air, runtime from api.shows where kind = 'movie'
    """,
    f"""
    insert into api.entries (show_pk, key, slug, kind, content, "order", season_number, episode_number, air_date,
        runtime, thumbnail, external_id)
    select pk, case when special then 'sp' else 's' || 1 + n / %(half)s || 'e' end || n,
        slug || case when special then '-sp' else '-s' || 1 + n / %(half)s || 'e' end || n,
        case when special then 'special' else 'episode' end,
        case when special then 'ova' when n %% 50 = 30 then 'filler' else 'story' end, n,
        case when not special then 1 + n / %(half)s end, n, start_air + n * 7, 24, {_IMAGE.format("pk * 10000 + n")},
        jsonb_build_object('tvdb',
            jsonb_build_array(jsonb_build_object('serieId', pk::text, 'season', 1, 'episode', n)))
    from (
        select shows.*, n, n %% 25 = 20 as special
        from api.shows, generate_series(1, case when pk = 2 then %(entries)s + %(long)s else %(entries)s end) n
        where kind = 'serie'
    ) numbered
    """,
]

#: Written at the same time as FILES: each keeps a processor busy for a minute.
NAMES = [
    f"""
    insert into api.show_translations (show_pk, language, name, latin_name, description, tagline, aliases, tags,
        poster, thumbnail, banner, logo)
    select pk, language,
        initcap({_word("pk", 1)} || ' ' || {_word("pk * 6 + place", 2)}) || ' ' || pk
            || case language when 'ja' then ' の物語' when 'zh' then ' 的故事' when 'fr' then ' été' else '' end,
        case when language in ('ja', 'zh') then initcap({_word("pk", 1)} || ' ' || {_word("pk", 3)}) end,
        repeat('A description that says what this is about. ', 6), 'A tagline',
        array[initcap({_word("pk", 4)} || ' ' || {_word("pk", 5)})], array[{_word("pk", 6)}, {_word("pk", 7)}],
        {_IMAGE.format("pk * 100 + place")}, {_IMAGE.format("pk * 100 + 10 + place")},
        {_IMAGE.format("pk * 100 + 20 + place")}, {_IMAGE.format("pk * 100 + 30 + place")}
    from api.shows, unnest(%(languages)s::text[]) with ordinality as spoken (language, place)
    """,
    f"""
    insert into api.entry_translations (entry_pk, language, name, description)
    select pk, language, case when pk %% 4 = 0 then 'Episode ' || "order" else
            initcap({_word("pk", 1)} || ' of the ' || {_word("pk * 3 + place", 2)}) end,
        repeat('What happens in this episode. ', 4)
    from api.entries, unnest(%(entry_languages)s::text[]) with ordinality as spoken (language, place)
    """,
    f"""
    insert into api.studios (slug) select {_word("i", 1)} || '-' || i from generate_series(1, %(shows)s / 10 + 1) i
    """,
    """
    insert into api.studio_translations (studio_pk, language, name)
    select pk, language, initcap(replace(slug, '-', ' ')) from api.studios, unnest(%(entry_languages)s::text[]) language
    """,
    """
    insert into api.show_studios (show_pk, studio_pk)
    select pk, 1 + pk %% (%(shows)s / 10) from api.shows where kind <> 'collection'
    """,
    f"""
    insert into api.staff (slug, name, latin_name, image)
    select {_word("i", 1)} || '-' || {_word("i", 2)} || '-' || i, initcap({_word("i", 1)} || ' ' || {_word("i", 2)}),
        case when i %% 3 = 0 then initcap({_word("i", 3)}) end, {_IMAGE.format("i")}
    from generate_series(1, %(staff)s::bigint) i
    """,
    f"""
    insert into api.roles (show_pk, staff_pk, kind, "order", character_name)
    select pk, 1 + abs(hashint8extended(pk, place)) %% %(staff)s, case place when 1 then 'director' else 'actor' end,
        place, case when place > 1 then initcap({_word("pk * 10 + place", 1)}) end
    from api.shows, generate_series(1, 10) place where kind <> 'collection'
    """,
]

FILES = [
    # A file for each entry but every 60th, and files of nothing.
    """
    insert into api.videos (path, rendering, version, guess, created_at)
    select '/library/' || case s.pk %% 4 when 3 then 'attic/' else 'hall/' end || s.slug || '/Season '
            || coalesce(e.season_number, 1) || '/' || e.slug || ' 1080p WEB.mkv',
        md5(e.pk::text), 1, jsonb_build_object('title', s.slug, 'kind', 'episode', 'years',
            jsonb_build_array(extract(year from s.start_air)), 'episodes',
            jsonb_build_array(jsonb_build_object('season', e.season_number, 'episode', e.episode_number)),
            'externalId', '{}'::jsonb, 'from', 'names', 'history', '[]'::jsonb),
        timestamptz '2021-01-01' + e.pk * interval '11 minutes'
    from api.entries e join api.shows s on s.pk = e.show_pk where e.pk %% 60 <> 0
    """,
    """
    insert into api.videos (path, rendering, version, guess, created_at)
    select '/library/unknown/thing number ' || i || '.mkv', md5('u' || i), 1,
        jsonb_build_object('title', 'thing number ' || i, 'from', 'names', 'history', '[]'::jsonb),
        timestamptz '2022-01-01' + i * interval '1 hour'
    from generate_series(1, %(unmatched)s) i
    """,
    "analyze api.entries",
    "analyze api.videos",
    """
    insert into api.entry_videos (entry_pk, video_pk, slug)
    select e.pk, v.pk, e.slug from api.entries e join api.videos v on v.rendering = md5(e.pk::text)
    """,
    """
    update api.entries e set available_since = timestamptz '2021-01-01' + (e.pk * 7919 %% 100003) * interval '1 minute'
    where exists (select from api.entry_videos ev where ev.entry_pk = e.pk)
    """,
    """
    update api.shows s set entries_count = counted.entries, available_count = counted.available
    from (
        select show_pk, count(*) as entries, count(available_since) as available from api.entries group by show_pk
    ) counted
    where counted.show_pk = s.pk
    """,
    "select api.mark_files(array_agg(pk)), (select api.gather_libraries(array_agg(pk)) from api.shows) from api.videos",
]

#: Who has watched what.
READERS = [
    "insert into api.profiles (id) values (%(user)s), (%(other)s)",
    # Somebody else has seen things, too.
    """
    insert into api.history (profile_pk, entry_pk, video_pk, percent, time, external, played_date)
    select profile.pk, e.pk, ev.video_pk, case when n %% 10 = 0 then 40 else 100 end, 600, n %% 20 = 19,
        timestamptz '2022-01-01' + n * interval '37 minutes'
    from api.profiles profile, generate_series(1, %(plays)s) n
    join api.entries e on e.pk = 1 + (n::bigint * 4801) %% (select count(*) from api.entries)
    left join api.entry_videos ev on ev.entry_pk = e.pk
    """,
    # Of a table of which a reader has half, Postgres reads all.
    "insert into api.profiles (id) select md5('reader ' || n)::uuid from generate_series(1, 8) n",
    """
    insert into api.watchlist (profile_pk, show_pk, status, score, seen_count, next_entry_pk, started_at,
        last_played_at)
    select profile.pk, s.pk, (array['watching', 'completed', 'planned', 'dropped', 'watching'])[1 + n %% 5]
            ::api.watch_status,
        case when n %% 3 = 0 then n %% 101 end, 10,
        case when n %% 5 in (0, 4) then (
            select e.pk from api.entries e where e.show_pk = s.pk order by "order" offset 10 limit 1
        ) end,
        timestamptz '2022-01-01' + n * interval '1 day',
        timestamptz '2024-01-01' + (n * 7919 %% 1009) * interval '1 hour'
    from api.profiles profile, generate_series(1, %(listed)s) n
    join api.shows s on s.pk = 1 + (n::bigint * (%(shows)s / %(listed)s)) %% %(shows)s
    where s.kind <> 'collection'
    """,
]

#: What came first is the newest, as after a first scan, so that no table is in the order of its index by chance.
TABLES = "shows show_translations seasons season_translations entries entry_translations videos entry_videos studios"
TABLES += " studio_translations show_studios staff roles profiles history watchlist"
TABLES += " search_names search_words search_entries search_file_words"

GENRES = (
    "action adventure animation comedy crime documentary drama family fantasy history horror music mystery romance"
    " science-fiction thriller war western kids reality politics soap"
)


async def fill(connection: Connection, scale: Scale = FULL) -> None:
    """Write the library into an empty, migrated database, and let Postgres know its statistics."""
    params = {
        "shows": scale.shows,
        "entries": scale.entries,
        "half": scale.entries // 2 + 1,
        "long": scale.long,
        "unmatched": scale.unmatched,
        "staff": scale.staff,
        "plays": scale.plays,
        "listed": scale.listed,
        "languages": LANGUAGES,
        "entry_languages": ENTRY_LANGUAGES,
        "words": WORDS.split(),
        "genres": GENRES.split(),
        "user": USER,
        "other": OTHER_USER,
    }

    async def write(statements: list[str]) -> None:
        async with await psycopg.AsyncConnection.connect(connection.info.dsn, row_factory=dict_row) as writing:
            for statement in statements:
                await execute(writing, statement, params)

    await write(SHOWS)
    await asyncio.gather(write(NAMES), write(FILES))
    await write(READERS)
    for table in TABLES.split():
        await execute(connection, f"vacuum (analyze) api.{table}")
