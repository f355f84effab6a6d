"""The writes of a seed for what is inside a show: its seasons, entries and extras."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all

Row = dict[str, Any]


async def save_entries(connection: Connection, show: int, suffix: str, entries: list[Row]) -> list[Row]:
    """Create or overwrite the entries and extras of a show: `{pk, id, slug, added, placed}` each, in the given order;
    `placed`: it is new, or has another place in the watch order.

    A row is named as its columns, with `translations: [{language, name, description, tagline, poster}]`; its `key` says
    which entry it is. An entry keeps the slug it was created with; a slug that another show's entry has gets `suffix`.
    What is not given stays; what is given unchanged is not touched."""
    return await fetch_all(
        connection,
        """
        with given as (
            select * from jsonb_to_recordset(%(entries)s) as given (
                place integer, key text, slug text, kind text, extra_kind text, content text, "order" double precision,
                season_number integer, episode_number integer, air_date date, runtime integer, thumbnail jsonb,
                external_id jsonb, translations jsonb
            )
        ), saved as (
            insert into api.entries as stored (
                show_pk, key, slug, kind, extra_kind, content, "order", season_number, episode_number, air_date,
                runtime, thumbnail, external_id
            )
            select %(show)s, given.key,
                case when other.pk is null then given.slug else given.slug || '-' || %(suffix)s end,
                given.kind, given.extra_kind, given.content, given."order", given.season_number,
                given.episode_number, given.air_date, given.runtime, given.thumbnail, given.external_id
            from given
            left join api.entries other on other.slug = given.slug and other.show_pk <> %(show)s
            -- What is known as it is would have its JSON made before it is found to be there.
            where not exists (
                select from api.entries known
                where known.show_pk = %(show)s and known.key = given.key and (
                    known.extra_kind, known.content, known."order", known.air_date, known.runtime, known.thumbnail,
                    known.external_id
                ) is not distinct from (
                    given.extra_kind, given.content, given."order", given.air_date, given.runtime, given.thumbnail,
                    given.external_id
                )
            )
            order by given.place
            on conflict (show_pk, key) do update set
                extra_kind = excluded.extra_kind, content = excluded.content, "order" = excluded."order",
                air_date = excluded.air_date, runtime = excluded.runtime, thumbnail = excluded.thumbnail,
                external_id = excluded.external_id, updated_at = now()
            where (
                stored.extra_kind, stored.content, stored."order", stored.air_date, stored.runtime, stored.thumbnail,
                stored.external_id
            ) is distinct from (
                excluded.extra_kind, excluded.content, excluded."order", excluded.air_date, excluded.runtime,
                excluded.thumbnail, excluded.external_id
            )
            returning pk, id, slug, key, content, "order"
        ), known as (
            -- The rows of before the statement stand in for those that were given unchanged.
            select given.place, given.translations, coalesce(saved.pk, stored.pk) as pk,
                coalesce(saved.id, stored.id) as id, coalesce(saved.slug, stored.slug) as slug,
                stored.pk is null as added, saved.pk is not null and (
                    stored.pk is null
                    or (saved.content, saved."order") is distinct from (stored.content, stored."order")
                ) as placed
            from given
            left join saved on saved.key = given.key
            left join api.entries stored on stored.show_pk = %(show)s and stored.key = given.key
        ), texts as (
            insert into api.entry_translations as stored (entry_pk, language, name, description, tagline, poster)
            select known.pk, text.language, text.name, text.description, text.tagline, text.poster
            from known cross join jsonb_to_recordset(known.translations) as text (
                language text, name text, description text, tagline text, poster jsonb
            )
            -- Looked up one by one: joined, the texts of all entries of the library were read for each title.
            where coalesce((
                select (named.name, named.description, named.tagline, named.poster)
                    is distinct from (text.name, text.description, text.tagline, text.poster)
                from api.entry_translations named
                where named.entry_pk = known.pk and named.language = text.language
            ), true)
            on conflict (entry_pk, language) do update set
                name = excluded.name, description = excluded.description, tagline = excluded.tagline,
                poster = excluded.poster
            where (stored.name, stored.description, stored.tagline, stored.poster)
                is distinct from (excluded.name, excluded.description, excluded.tagline, excluded.poster)
        )
        select pk, id, slug, added, placed from known order by place
        """,
        {"show": show, "suffix": suffix, "entries": Jsonb(entries)},
    )


async def save_seasons(connection: Connection, show: int, seasons: list[Row]) -> list[Row]:
    """Create or overwrite the seasons of a serie: `{pk, id, slug}` each, in the given order. A row is named as its
    columns, with `translations: [{language, name, description, poster, thumbnail, banner}]`. Others stay."""
    return await fetch_all(
        connection,
        """
        with given as (
            select * from jsonb_to_recordset(%(seasons)s) as given (
                place integer, slug text, season_number integer, start_air date, end_air date, external_id jsonb,
                translations jsonb
            )
        ), saved as (
            insert into api.seasons (show_pk, slug, season_number, start_air, end_air, external_id)
            select %(show)s, slug, season_number, start_air, end_air, external_id from given order by place
            on conflict (show_pk, season_number) do update set
                start_air = excluded.start_air, end_air = excluded.end_air, external_id = excluded.external_id,
                updated_at = now()
            returning pk, id, slug, season_number
        ), texts as (
            insert into api.season_translations as stored (
                season_pk, language, name, description, poster, thumbnail, banner
            )
            select saved.pk, text.language, text.name, text.description, text.poster, text.thumbnail, text.banner
            from saved join given using (season_number)
            cross join jsonb_to_recordset(given.translations) as text (
                language text, name text, description text, poster jsonb, thumbnail jsonb, banner jsonb
            )
            on conflict (season_pk, language) do update set
                name = excluded.name, description = excluded.description, poster = excluded.poster,
                thumbnail = excluded.thumbnail, banner = excluded.banner
            where (stored.name, stored.description, stored.poster, stored.thumbnail, stored.banner) is distinct from
                (excluded.name, excluded.description, excluded.poster, excluded.thumbnail, excluded.banner)
        )
        select saved.pk, saved.id, saved.slug from saved join given using (season_number) order by given.place
        """,
        {"show": show, "seasons": Jsonb(seasons)},
    )


async def drop_unnamed(connection: Connection, show: int, keys: list[str], seasons: list[int]) -> int:
    """Delete the entries of a show with other keys that nobody has a file of, watched or edited, and then the seasons
    with other numbers that have no entry; how many entries that were."""
    dropped = await execute(
        connection,
        """
        delete from api.entries entry
        where show_pk = %s and key <> all(%s) and locks = '{}'
          and not exists (select from api.entry_videos link where link.entry_pk = entry.pk)
          and not exists (select from api.history play where play.entry_pk = entry.pk)
        """,
        [show, keys],
    )
    await execute(
        connection,
        """
        delete from api.seasons season
        where show_pk = %s and season_number <> all(%s) and locks = '{}'
          and not exists (
              select from api.entries entry
              where entry.show_pk = season.show_pk and (
                  entry.season_number = season.season_number or season.season_number = 0 and entry.kind = 'special'
              )
          )
        """,
        [show, seasons],
    )
    return dropped


async def schedule_refresh(connection: Connection, serie: int) -> None:
    """A serie is next refreshed by its next entry to come, else by its latest one, else by its own first day."""
    await execute(
        connection,
        """
        update api.shows set next_refresh = aired.refresh
        from (
            select show.pk, api.next_refresh(coalesce(aired.coming, aired.latest, show.start_air)) as refresh
            from api.shows show cross join (
                select min(air_date) filter (where air_date > current_date) as coming, max(air_date) as latest
                from api.entries where show_pk = %(serie)s and kind <> 'extra'
            ) aired
            where show.pk = %(serie)s
        ) aired
        where shows.pk = aired.pk and shows.next_refresh is distinct from aired.refresh
        """,
        {"serie": serie},
    )
