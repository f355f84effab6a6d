"""The SQL of edits by hand: columns of a show, season, entry, person or studio and of its translations, their locks.

An edit begins with `begin`, which lets its transaction write what is locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from psycopg import sql

from kyoo.api.queries.catalogue.images import Owner
from kyoo.api.queries.catalogue.shows import identified
from kyoo.core.database.postgres import Connection, execute, fetch_all, fetch_one, fetch_value

Row = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """Tables of ours, not names from outside. `own` and `texts` are the columns that can be edited, `lists` what else
    of it; `kinds` restricts the rows."""

    owner: Owner
    table: str
    own: tuple[str, ...]
    texts_table: str = ""
    key: str = ""
    texts: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """New values of columns, and all the columns that are locked from now on."""

    values: Mapping[str, Any]
    locked: list[str]


_SHOW_OWN = ("genres", "min_age", "rating", "start_air", "original_language", "external_id")
_SHOW_TEXTS = (
    "name",
    "latin_name",
    "description",
    "tagline",
    "aliases",
    "tags",
    "poster",
    "thumbnail",
    "banner",
    "logo",
)
_SHOW = Target("show", "shows", _SHOW_OWN, "show_translations", "show_pk", _SHOW_TEXTS)
_PRODUCTION = replace(
    _SHOW,
    own=(*_SHOW_OWN, "status", "runtime", "collection_pk"),
    texts=(*_SHOW_TEXTS, "trailer_url"),
    lists=("studios", "staff"),
)
MOVIE = replace(_PRODUCTION, kinds=("movie",))
SERIE = replace(_PRODUCTION, own=(*_PRODUCTION.own, "end_air"), kinds=("serie",))
COLLECTION = replace(_SHOW, own=(*_SHOW_OWN, "end_air"), kinds=("collection",))
SEASON = Target(
    "season", "seasons", ("start_air", "end_air", "external_id"),
    "season_translations", "season_pk", ("name", "description", "poster", "thumbnail", "banner"),
)  # fmt: skip
ENTRY = Target(
    "entry", "entries", ("content", "order", "air_date", "runtime", "thumbnail", "external_id"),
    "entry_translations", "entry_pk", ("name", "description", "tagline", "poster"),
    kinds=("episode", "special", "movie"),
)  # fmt: skip
EXTRA = replace(ENTRY, own=("extra_kind", "runtime", "thumbnail"), texts=("name",), kinds=("extra",))
STAFF = Target("staff", "staff", ("name", "latin_name", "image", "external_id"))
STUDIO = Target("studio", "studios", ("external_id",), "studio_translations", "studio_pk", ("name", "logo"))


async def find(connection: Connection, target: Target, name: str, *, hold: bool) -> Row | None:
    """`{pk, id, slug}` of a row; `hold` it until the transaction ends."""
    condition, params = identified("t", name)
    of_kind = " and t.kind = any(%(kinds)s)" if target.kinds else ""
    return await fetch_one(
        connection,
        f"""select t.pk, t.id, t.slug from api.{target.table} t
        where {condition}{of_kind}{" for no key update" if hold else ""}""",
        {**params, "kinds": list(target.kinds)},
    )


async def show_of(connection: Connection, owner: Owner, pk: int) -> int:
    """The show of a season or an entry."""
    query = f"select show_pk from api.{'seasons' if owner == 'season' else 'entries'} where pk = %s"
    return int(await fetch_value(connection, query, [pk]))


async def aired(connection: Connection, show: int) -> Row:
    """`{start_air, end_air}`."""
    row = await fetch_one(connection, "select start_air, end_air from api.shows where pk = %s", [show])
    assert row is not None
    return row


async def entry_of_movie(connection: Connection, movie: int) -> int | None:
    row = await fetch_one(connection, "select pk from api.entries where show_pk = %s and kind = 'movie'", [movie])
    return None if row is None else int(row["pk"])


async def begin(connection: Connection) -> None:
    await execute(connection, "select set_config('api.editing', 'on', true)")


async def locks(connection: Connection, target: Target, pk: int) -> tuple[list[str], dict[str, list[str]]]:
    """The locked columns of a row, and of each of its translations by language."""
    own = await fetch_one(connection, f"select locks from api.{target.table} where pk = %s", [pk])
    assert own is not None
    if not target.texts_table:
        return own["locks"], {}
    texts = await fetch_all(
        connection,
        f"select language, locks from api.{target.texts_table} where {target.key} = %s order by language",
        [pk],
    )
    return own["locks"], {row["language"]: row["locks"] for row in texts}


async def values(connection: Connection, target: Target, pk: int) -> tuple[Row, dict[str, Row]]:
    """What is in the columns of a row, and of each of its translations by language, as JSON."""
    own = await fetch_one(
        connection,
        sql.SQL("select to_jsonb(t) row from (select {} from {} where pk = %s) t").format(
            _columns(target.own), sql.Identifier("api", target.table)
        ),
        [pk],
    )
    assert own is not None
    if not target.texts_table:
        return own["row"], {}
    texts = await fetch_all(
        connection,
        sql.SQL(
            "select language, to_jsonb(t) - 'language' row from (select language, {} from {} where {} = %s) t"
        ).format(_columns(target.texts), sql.Identifier("api", target.texts_table), sql.Identifier(target.key)),
        [pk],
    )
    return own["row"], {row["language"]: row["row"] for row in texts}


async def write(connection: Connection, target: Target, pk: int, change: Change) -> None:
    """Change a row."""
    await execute(
        connection,
        sql.SQL("update {} set {}, updated_at = now() where pk = %(pk)s").format(
            sql.Identifier("api", target.table), _set(change)
        ),
        {**change.values, "locked": change.locked, "pk": pk},
    )


async def write_texts(connection: Connection, target: Target, pk: int, language: str, change: Change) -> None:
    """Change a translation, which is made if there was none."""
    table, key = sql.Identifier("api", target.texts_table), sql.Identifier(target.key)
    params = {**change.values, "locked": change.locked, "pk": pk, "language": language}
    update = sql.SQL("update {} set {} where {} = %(pk)s and language = %(language)s").format(table, _set(change), key)
    if await execute(connection, update, params) or not change.values:
        return
    insert = sql.SQL("insert into {} ({}, language, locks, {}) values (%(pk)s, %(language)s, %(locked)s, {})").format(
        table,
        key,
        sql.SQL(", ").join(sql.Identifier(column) for column in change.values),
        sql.SQL(", ").join(sql.Placeholder(column) for column in change.values),
    )
    await execute(connection, insert, params)


def _columns(names: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _set(change: Change) -> sql.Composed:
    columns = [sql.SQL("{} = {}").format(sql.Identifier(c), sql.Placeholder(c)) for c in change.values]
    return sql.SQL(", ").join([*columns, sql.SQL("locks = %(locked)s")])
