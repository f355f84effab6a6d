"""The tables of a schema as SQL, read back from Postgres: what `schema/tables.sql` shows, and what tells one state of a
schema from another. Functions, triggers, policies and views are not in it: they are in the other files of `schema/`."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from graphlib import TopologicalSorter
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

TYPES = """
select typname as name, string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) as labels
from pg_type join pg_enum on enumtypid = pg_type.oid
where typnamespace = %(schema)s::regnamespace
group by typname order by typname
"""

TABLES = """
select relname as name, relpersistence = 'u' as unlogged, array_to_string(reloptions, ', ') as options,
    obj_description(oid) as comment
from pg_class where relnamespace = %(schema)s::regnamespace and relkind = 'r' order by relname
"""

COLUMNS = """
select class.relname as of_table, quote_ident(attname) as name, format_type(atttypid, atttypmod) as type,
    attnotnull as required, attidentity as identity, attgenerated as generated, pg_get_expr(adbin, adrelid) as value,
    case when attcollation <> typcollation then quote_ident(collname) end as collation,
    col_description(class.oid, attnum) as comment
from pg_attribute
join pg_class class on class.oid = attrelid
join pg_type on pg_type.oid = atttypid
left join pg_attrdef on adrelid = attrelid and adnum = attnum
left join pg_collation on pg_collation.oid = attcollation
where relnamespace = %(schema)s::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
order by relname, attnum
"""

#: Keys first, checks last. Postgres 18 lists what is not null among the constraints, too.
CONSTRAINTS = """
select class.relname as of_table, conname as name, pg_get_constraintdef(pg_constraint.oid) as definition,
    (select relname from pg_class where pg_class.oid = confrelid) as target
from pg_constraint
join pg_class class on class.oid = conrelid
where relnamespace = %(schema)s::regnamespace and relkind = 'r' and contype in ('p', 'u', 'x', 'f', 'c')
order by relname, position(contype in 'puxfc'), conname
"""

INDEXES = """
select class.relname as of_table, pg_get_indexdef(indexrelid) as definition
from pg_index
join pg_class class on class.oid = indrelid
where relnamespace = %(schema)s::regnamespace and not exists (select from pg_constraint where conindid = indexrelid)
order by relname, pg_get_indexdef(indexrelid)
"""

#: Tables of the migrations themselves (migrations.py), today and before 0.1.0.
BOOKKEEPING = {"migrations", "alembic_version"}

#: What Postgres writes in capitals, outside of quotes.
KEYWORDS = re.compile(r"\b[A-Z][A-Z]+\b(?=(?:[^']*'[^']*')*[^']*$)")
AS_THEY_ARE = {"NULL", "UTC"}

Row = dict[str, Any]


def describe(connection: psycopg.Connection, schema: str) -> str:
    """The types, tables and indexes of `schema` as the SQL that would make them, each table after those that it refers
    to, with their comments."""
    (before,) = _rows(connection, "select current_setting('search_path') as path", schema)
    # Postgres leaves out the names of schemas that are searched.
    connection.execute("select set_config('search_path', 'pg_catalog', false)")
    try:
        types = _rows(connection, TYPES, schema)
        tables = {row["name"]: row for row in _rows(connection, TABLES, schema) if row["name"] not in BOOKKEEPING}
        columns = _by_table(_rows(connection, COLUMNS, schema))
        constraints = _by_table(_rows(connection, CONSTRAINTS, schema))
        indexes = _by_table(_rows(connection, INDEXES, schema))
    finally:
        connection.execute("select set_config('search_path', %s, false)", [before["path"]])
    needs = {name: {one["target"] for one in constraints[name]} & tables.keys() - {name} for name in tables}
    made = [f"create type {schema}.{row['name']} as enum ({row['labels']});\n" for row in types]
    for name in TopologicalSorter(needs).static_order():
        made += [_table(schema, tables[name], columns[name], constraints[name], indexes[name])]
    return "\n".join(made)


def names_of_tables(connection: psycopg.Connection, schema: str) -> list[str]:
    """The tables of `schema`, each after those that it refers to."""
    found = re.findall(rf"^create (?:unlogged )?table {schema}\.(\w+) \($", describe(connection, schema), re.MULTILINE)
    return [str(name) for name in found]


def fingerprint(connection: psycopg.Connection, schema: str) -> str:
    """A hash of the tables of `schema`: the same for two that differ in comments and in the order of columns alone."""
    return hashed(describe(connection, schema))


def hashed(description: str) -> str:
    """The fingerprint of tables that are described so."""
    lines = [line.strip().rstrip(",") for line in description.splitlines()]
    said = sorted(line for line in lines if line and not line.startswith("--"))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _table(schema: str, table: Row, columns: list[Row], constraints: list[Row], indexes: list[Row]) -> str:
    parts = [_commented(_column(column), column["comment"]) for column in columns]
    parts += [f"    constraint {one['name']} {_plain(one['definition'])}" for one in constraints]
    comment = f"-- {table['comment']}\n" if table["comment"] else ""
    unlogged = "unlogged " if table["unlogged"] else ""
    options = f" with ({table['options']})" if table["options"] else ""
    made = f"{comment}create {unlogged}table {schema}.{table['name']} (\n" + ",\n".join(parts) + f"\n){options};\n"
    return made + "".join(f"{_plain(one['definition'].replace(' USING btree', ''))};\n" for one in indexes)


def _column(column: Row) -> str:
    kind, value = column["type"], column["value"]
    if value is not None and value.startswith("nextval("):
        kind, value = {"integer": "serial", "bigint": "bigserial"}[kind], None
    text = f"    {column['name']} {kind}"
    if column["collation"]:
        text += f" collate {column['collation']}"
    if column["required"]:
        text += " not null"
    if column["identity"]:
        text += f" generated {'always' if column['identity'] == 'a' else 'by default'} as identity"
    elif column["generated"]:
        text += f" generated always as ({_plain(value)}) stored"
    elif value is not None:
        text += f" default {value}"
    return text


def _commented(text: str, comment: str | None) -> str:
    return f"    -- {comment}\n{text}" if comment else text


def _plain(definition: str) -> str:
    """In one line, key words small as everywhere in our SQL."""
    joined = " ".join(definition.split())
    return KEYWORDS.sub(lambda match: match[0] if match[0] in AS_THEY_ARE else match[0].lower(), joined)


def _rows(connection: psycopg.Connection, query: LiteralString, schema: str) -> list[Row]:
    return connection.cursor(row_factory=dict_row).execute(query, {"schema": schema}).fetchall()


def _by_table(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["of_table"]].append(row)
    return found
