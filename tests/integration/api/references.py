"""Which columns of the api's tables refer to which tables, found in the schema, and the rows that refer to nothing."""

from __future__ import annotations

from dataclasses import dataclass

from kyoo.core.database.postgres import Connection, fetch_all, fetch_value


@dataclass(frozen=True)
class Reference:
    table: str
    column: str
    parent: str
    #: Of which rows, as SQL.
    rows: str = "true"

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of {self.parent}"


async def references(connection: Connection) -> list[Reference]:
    """Every column that is called `…_pk`: a foreign key says of what, else the word before does, or, of an owner, the
    text beside it."""
    tables = {
        row["name"]
        for row in await fetch_all(
            connection,
            "select relname as name from pg_class where relnamespace = 'api'::regnamespace and relkind = 'r'",
        )
    }

    def plural(word: str) -> str:
        (table,) = {word, f"{word}s", f"{word.removesuffix('y')}ies"} & tables
        return table

    found = []
    for row in await fetch_all(
        connection,
        """
        select relname as "table", attname as "column", (
            select parent.relname from pg_constraint key join pg_class parent on parent.oid = key.confrelid
            where key.contype = 'f' and key.conrelid = pg_class.oid and key.conkey = array[attnum]
        ) as parent
        from pg_class join pg_attribute on attrelid = pg_class.oid
        where relnamespace = 'api'::regnamespace and relkind = 'r' and attname like '%\\_pk' and not attisdropped
        order by 1, 2
        """,
    ):
        table, column = row["table"], row["column"]
        word = column.removesuffix("_pk").split("_")[-1]
        if word != "owner":
            found.append(Reference(table, column, row["parent"] or plural(word)))
            continue
        columns = await fetch_all(
            connection,
            "select attname as name from pg_attribute where attrelid = %s::regclass and attname = any(%s)",
            [f"api.{table}", ["owner", "subject"]],
        )
        beside = columns[0]["name"]
        owners = await fetch_all(connection, f"select distinct {beside} as owner from api.{table} order by 1")
        found += [Reference(table, column, plural(o["owner"]), f"{beside} = '{o['owner']}'") for o in owners]
    return found


async def used(connection: Connection) -> dict[str, int]:
    """Of each reference, how many rows have one."""
    return {
        str(of): await fetch_value(
            connection, f"select count(*) from api.{of.table} where {of.rows} and {of.column} is not null"
        )
        for of in await references(connection)
    }


async def orphans(connection: Connection) -> dict[str, int]:
    """How many rows refer to what is not there, by reference."""
    counts = {
        str(of): await fetch_value(
            connection,
            f"select count(*) from api.{of.table} child where {of.rows} and child.{of.column} is not null"
            f" and not exists (select from api.{of.parent} parent where parent.pk = child.{of.column})",
        )
        for of in await references(connection)
    }
    return {name: count for name, count in counts.items() if count}
