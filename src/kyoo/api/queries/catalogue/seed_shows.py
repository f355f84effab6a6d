"""The writes of a seed but for its entries: the show, its collection, studios, and staff with their roles."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one

Row = dict[str, Any]

_TEXT_COLUMNS = "name, latin_name, description, tagline, aliases, tags, poster, thumbnail, banner, logo, trailer_url"
_EXCLUDED = ", ".join(f"excluded.{column.strip()}" for column in _TEXT_COLUMNS.split(","))
_STORED = ", ".join(f"stored.{column.strip()}" for column in _TEXT_COLUMNS.split(","))

#: Writes the texts of the show in the CTE `saved`; those in other languages stay, unchanged ones are not touched.
_TEXTS = f"""
    texts as (
        insert into api.show_translations as stored (show_pk, language, {_TEXT_COLUMNS})
        select saved.pk, given.language, {", ".join(f"given.{column.strip()}" for column in _TEXT_COLUMNS.split(","))}
        from saved cross join jsonb_to_recordset(%(translations)s) as given (
            language text, name text, latin_name text, description text, tagline text, aliases text[], tags text[],
            poster jsonb, thumbnail jsonb, banner jsonb, logo jsonb, trailer_url text
        )
        on conflict (show_pk, language) do update set ({_TEXT_COLUMNS}) = ({_EXCLUDED})
        where ({_STORED}) is distinct from ({_EXCLUDED})
    )"""


async def save_show(connection: Connection, show: Row, translations: list[Row]) -> Row | None:
    """Create the movie or serie, or overwrite the one of its slug that seeds have dated in the same year or not at all:
    `{pk, id, slug, created, ended, aged, locks}`. `ended`: a serie of which nothing new is expected, unlike before;
    `aged`: its age is another one. None when the slug belongs to another one. A row of `show` is named as its columns;
    `leaves_collection` takes it out of the collection it is in."""
    return await fetch_one(
        connection,
        f"""
        with saved as (
            insert into api.shows as stored (
                kind, slug, genres, rating, min_age, status, runtime, start_air, end_air, original_language,
                external_id, next_refresh, seeded_air
            ) values (
                %(kind)s, %(slug)s, %(genres)s::text[], %(rating)s, %(min_age)s::smallint, %(status)s, %(runtime)s,
                %(start_air)s::date, %(end_air)s::date, %(original_language)s, %(external_id)s,
                api.next_refresh(%(start_air)s::date), %(start_air)s::date
            )
            on conflict (kind, slug) do update set
                genres = excluded.genres, rating = excluded.rating, status = excluded.status,
                min_age = coalesce(excluded.min_age, stored.min_age), runtime = excluded.runtime,
                start_air = excluded.start_air, end_air = excluded.end_air,
                original_language = excluded.original_language, external_id = excluded.external_id,
                -- What a serie is refreshed by is seen from its entries (schedule_refresh).
                next_refresh = case when stored.kind = 'serie' then stored.next_refresh else excluded.next_refresh end,
                seeded_air = excluded.seeded_air, updated_at = now(),
                collection_pk = case when not %(leaves_collection)s then stored.collection_pk end
            where stored.seeded_air is null
                or extract(year from stored.seeded_air) = extract(year from excluded.seeded_air)
            returning pk, id, slug, xmax = 0 as created, locks, kind, status, min_age
        ), {_TEXTS}
        -- The row of before the statement.
        select saved.pk, saved.id, saved.slug, saved.created, saved.locks, coalesce(
            saved.kind = 'serie' and known.status in ('airing', 'planned')
            and saved.status not in ('airing', 'planned'), false
        ) as ended, known.pk is not null and known.min_age is distinct from saved.min_age as aged
        from saved left join api.shows known on known.pk = saved.pk
        """,
        {**_json(show, "rating", "external_id"), "translations": Jsonb(translations)},
    )


async def save_collection(connection: Connection, collection: Row, translations: list[Row]) -> Row:
    """Create a collection or add to the one of its slug what a member brings: genres, and the years it spans."""
    row = await fetch_one(
        connection,
        f"""
        with saved as (
            insert into api.shows as stored (
                kind, slug, genres, rating, original_language, external_id, start_air, end_air, next_refresh
            ) values (
                'collection', %(slug)s, %(genres)s::text[], %(rating)s, %(original_language)s, %(external_id)s,
                %(start_air)s::date, %(end_air)s::date, api.next_refresh(%(start_air)s::date)
            )
            on conflict (kind, slug) do update set
                genres = array(select distinct unnest(stored.genres || excluded.genres) order by 1),
                rating = excluded.rating, original_language = excluded.original_language,
                external_id = excluded.external_id,
                start_air = least(stored.start_air, excluded.start_air),
                end_air = greatest(stored.end_air, excluded.end_air),
                next_refresh = excluded.next_refresh, updated_at = now()
            returning pk, id, slug, xmax = 0 as created
        ), {_TEXTS}
        select pk, id, slug, created from saved
        """,
        {**_json(collection, "rating", "external_id"), "translations": Jsonb(translations)},
    )
    assert row is not None
    return row


async def put_into_collection(connection: Connection, show: int, collection: int) -> None:
    await execute(
        connection,
        "update api.shows set collection_pk = %(collection)s"
        " where pk = %(show)s and collection_pk is distinct from %(collection)s",
        {"show": show, "collection": collection},
    )


async def find_show(connection: Connection, kind: str, slug: str) -> Row | None:
    return await fetch_one(connection, "select id, slug from api.shows where kind = %s and slug = %s", [kind, slug])


async def save_studios(connection: Connection, show: int, studios: list[Row]) -> list[Row]:
    """Create or overwrite studios and add them to the show: `{pk, id, slug}` each. A row is
    `{slug, external_id, translations: [{language, name, logo}]}`, every slug once."""
    return await fetch_all(
        connection,
        """
        with given as (
            select * from jsonb_to_recordset(%(studios)s) as given (slug text, external_id jsonb, translations jsonb)
        ), saved as (
            insert into api.studios as stored (slug, external_id)
            select slug, external_id from given order by slug
            on conflict (slug) do update set
                external_id = excluded.external_id,
                updated_at = case when stored.external_id = excluded.external_id then stored.updated_at else now() end
            returning pk, id, slug
        ), texts as (
            insert into api.studio_translations as stored (studio_pk, language, name, logo)
            select saved.pk, text.language, text.name, text.logo
            from saved join given using (slug)
            cross join jsonb_to_recordset(given.translations) as text (language text, name text, logo jsonb)
            on conflict (studio_pk, language) do update set name = excluded.name, logo = excluded.logo
            where (stored.name, stored.logo) is distinct from (excluded.name, excluded.logo)
        ), linked as (
            insert into api.show_studios (show_pk, studio_pk) select %(show)s, pk from saved on conflict do nothing
        )
        select pk, id, slug from saved
        """,
        {"show": show, "studios": Jsonb(studios)},
    )


async def remove_studios(connection: Connection, show: int, but: list[str]) -> None:
    """Take the studios of other slugs than `but` from the show."""
    await execute(
        connection,
        """
        delete from api.show_studios
        where show_pk = %s and studio_pk not in (select pk from api.studios where slug = any(%s))
        """,
        [show, but],
    )


async def save_staff(connection: Connection, show: int, staff: list[Row], roles: list[Row]) -> Row:
    """Create or overwrite people and replace the roles of the show: `{staff: [{pk, id, slug}], roles: [{pk, order}]}`.
    A person is `{slug, name, latin_name, image, external_id}`, every slug once; a role `{slug, kind, order,
    character_name, character_latin_name, character_image}`."""
    row = await fetch_one(
        connection,
        """
        with saved as (
            insert into api.staff as stored (slug, name, latin_name, image, external_id)
            select slug, name, latin_name, image, external_id
            from jsonb_to_recordset(%(staff)s) as given (
                slug text, name text, latin_name text, image jsonb, external_id jsonb
            )
            order by slug
            on conflict (slug) do update set
                name = excluded.name, latin_name = excluded.latin_name, image = excluded.image,
                external_id = excluded.external_id,
                updated_at = case
                    when (stored.name, stored.latin_name, stored.image, stored.external_id)
                        is distinct from (excluded.name, excluded.latin_name, excluded.image, excluded.external_id)
                    then now() else stored.updated_at end
            returning pk, id, slug
        ), removed as (
            delete from api.roles where show_pk = %(show)s
        ), roles as (
            insert into api.roles (
                show_pk, staff_pk, kind, "order", character_name, character_latin_name, character_image
            )
            select %(show)s, saved.pk, kind, "order", character_name, character_latin_name, character_image
            from jsonb_to_recordset(%(roles)s) as given (
                slug text, kind text, "order" integer, character_name text, character_latin_name text,
                character_image jsonb
            )
            join saved using (slug)
            returning pk, "order"
        )
        select
            coalesce((select jsonb_agg(to_jsonb(saved)) from saved), '[]') as staff,
            coalesce((select jsonb_agg(to_jsonb(roles)) from roles), '[]') as roles
        """,
        {"show": show, "staff": Jsonb(staff), "roles": Jsonb(roles)},
    )
    assert row is not None
    return row


def _json(row: Row, *columns: str) -> Row:
    return {**row, **{column: Jsonb(row[column]) for column in columns}}
