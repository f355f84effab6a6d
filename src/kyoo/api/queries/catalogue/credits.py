"""Reading studios, people and their roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, get_args

from kyoo.api.models.base import RoleKind
from kyoo.api.queries.catalogue.search import by_name
from kyoo.api.queries.catalogue.shows import SHOWS, identified
from kyoo.api.queries.fragments import (
    as_json,
    character_json,
    pairs,
    show_joins,
    show_json,
    show_translation,
    staff_json,
    studio_json,
    studio_translation,
)
from kyoo.api.queries.lists.listing import Owner
from kyoo.api.queries.lists.resources import UNDRAWN, Listing, Property, Resource, Search, Type
from kyoo.api.reader import Reader
from kyoo.core.database.postgres import Connection, fetch_one, fetch_value

STUDIOS = Listing(
    resource=Resource(
        properties={
            "slug": Property(Type.TEXT, "u.slug", filterable=False, nullable=False),
            "createdAt": Property(Type.TIMESTAMP, "u.created_at", filterable=False, nullable=False),
        },
        default=("slug",),
        key="u.pk",
    ),
    source="api.studios u",
    search=by_name("studio", "u.pk"),
    item=studio_json("u"),
    item_from=f"join api.studios u on u.pk = page.pk {studio_translation('u')}",
)

STAFF = Listing(
    resource=Resource(
        properties={
            "slug": Property(Type.TEXT, "p.slug", filterable=False, nullable=False),
            "name": Property(Type.TEXT, "p.name", filterable=False, nullable=False),
            "latinName": Property(Type.TEXT, "p.latin_name", filterable=False),
        },
        default=("slug",),
        key="p.pk",
    ),
    source="api.staff p",
    search=by_name("staff", "p.pk"),
    item=staff_json("p"),
    item_from="join api.staff p on p.pk = page.pk",
    unindexed={"random": UNDRAWN},
)

#: The people of the show `%(show)s`.
SHOW_ROLES = Listing(
    resource=Resource(
        properties={
            "order": Property(Type.INT, 'r."order"', filterable=False, nullable=False),
            "slug": Property(Type.TEXT, "p.slug", filterable=False, nullable=False),
            "name": Property(Type.TEXT, "p.name", filterable=False, nullable=False),
            "latinName": Property(Type.TEXT, "p.latin_name", filterable=False),
            "characterName": Property(Type.TEXT, "r.character_name", filterable=False),
            "characterLatinName": Property(Type.TEXT, "r.character_latin_name", filterable=False),
            "kind": Property(Type.ENUM, "r.kind", values=get_args(RoleKind), sortable=False),
        },
        default=("order",),
        key="r.pk",
    ),
    source="api.roles r join api.staff p on p.pk = r.staff_pk",
    where=("r.show_pk = %(show)s",),
    search=Search(
        where="api.fold(%(query)s) <%% p.search_text",
        score="word_similarity(api.fold(%(query)s), p.search_text)",
    ),
    item=pairs(kind="r.kind", character=character_json("r"), staff=staff_json("p")),
    item_from="join api.roles r on r.pk = page.pk join api.staff p on p.pk = r.staff_pk",
)

#: The roles of the person `%(staff)s`, each with its show.
STAFF_ROLES = Listing(
    resource=replace(SHOWS, key="r.pk"),
    source="api.roles r join api.shows s on s.pk = r.show_pk",
    where=("r.staff_pk = %(staff)s",),
    search=Search(
        needs=(show_translation("s"),),
        where="api.fold(%(query)s) <%% api.fold(s_t.name)",
        score="word_similarity(api.fold(%(query)s), api.fold(s_t.name))",
    ),
    item=pairs(kind="r.kind", character=character_json("r"), show=as_json(show_json("s"))),
    item_from=f"join api.roles r on r.pk = page.pk join api.shows s on s.pk = r.show_pk {show_joins('s')}",
)


def staff_owner(name: str) -> Owner:
    """The person whose roles are listed."""
    condition, params = identified("owning", name)
    select = f"select owning.pk from api.staff owning where {condition}"
    return Owner(("staff",), select, params, f"No person found with the id or slug: {name}")


def studio_owner(name: str) -> Owner:
    """The studio whose works are listed."""
    condition, params = identified("owning", name)
    select = f"select owning.pk from api.studios owning where {condition}"
    return Owner(("studio",), select, params, f"No studio found with the id or slug: {name}")


async def get_staff(connection: Connection, name: str) -> str | None:
    """The JSON of a person."""
    condition, params = identified("p", name)
    found: str | None = await fetch_value(
        connection, f"select ({staff_json('p')})::text from api.staff p where {condition}", params
    )
    return found


async def get_studio(
    connection: Connection, name: str, relations: Collection[str], reader: Reader
) -> dict[str, Any] | None:
    """`{studio, language}`: the JSON of a studio in the strict language mode; see `shows.get_show`."""
    condition, params = identified("u", name)
    translations = f"""(select json_object_agg(t.language, {pairs(name="t.name", logo="t.logo")} order by t.language)
        from api.studio_translations t where t.studio_pk = u.pk)"""
    more = {"translations": translations} if "translations" in relations else {}
    return await fetch_one(
        connection,
        f"""
        select ({studio_json("u", more)})::text as studio, u_t.language
        from api.studios u {studio_translation("u", strict=True)} where {condition}
        """,
        {**reader.params(), **params},
    )


async def random_slug(connection: Connection, table: str) -> str | None:
    """The slug of any row of `api.studios` or `api.staff`."""
    slug: str | None = await fetch_value(connection, f"select slug from {table} order by random() limit 1")
    return slug


async def staff_image(connection: Connection, name: str) -> dict[str, Any] | None:
    """`{id}` of a person's picture, null if there is none; None when there is no such person. `name` may be random: any
    who has one."""
    condition, params = identified("p", name) if name != "random" else ("p.image is not null", {})
    return await fetch_one(
        connection,
        f"select p.image ->> 'id' as id from api.staff p where {condition} order by random() limit 1",
        params,
    )


async def studio_logo(connection: Connection, name: str, reader: Reader) -> dict[str, Any] | None:
    """`{id, language}` of a studio's logo in the strict language mode; None when there is no such studio. `name` may be
    random: any that has one."""
    pictured = "exists (select from api.studio_translations t where t.studio_pk = u.pk and t.logo is not null)"
    condition, params = identified("u", name) if name != "random" else (pictured, {})
    return await fetch_one(
        connection,
        f"""
        select u_t.logo ->> 'id' as id, u_t.language
        from (select * from api.studios u where {condition} order by random() limit 1) u
        {studio_translation("u", strict=True)}
        """,
        {**reader.params(), **params},
    )
