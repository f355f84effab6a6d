"""What a database holds that this release did not make: a dump is taken in when it holds nothing else than ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager

from kyoo.core.database.migrations import folder_of
from kyoo.core.database.queue import SCHEMA as QUEUE
from kyoo.core.database.tables import fingerprint, hashed
from kyoo.serve.services import SCHEMAS

EXTENSIONS = ["plpgsql", "pg_trgm", "unaccent", "fuzzystrmatch"]
#: What the queue's tables call.
CALLED_BY_QUEUE = {"now", "any", "check", "and", "or", "not"}

#: What belongs to no extension and to no schema of Postgres itself, and is of a kind that we never make.
OTHER_KINDS = """
with of_extensions as (select classid, objid from pg_depend where deptype = 'e')
select 'the schema ' || nspname from pg_namespace
where nspname !~ '^pg_' and nspname <> all (%(schemas)s || array['information_schema', 'public'])
union all
select 'the extension ' || extname from pg_extension where extname <> all (%(extensions)s)
union all
select 'the function ' || oid::regprocedure from pg_proc where pronamespace = 'public'::regnamespace
    and ('pg_proc'::regclass, oid) not in (select * from of_extensions)
union all
select 'the relation ' || oid::regclass from pg_class where relnamespace = 'public'::regnamespace
    and ('pg_class'::regclass, oid) not in (select * from of_extensions)
union all
select 'the relation ' || oid::regclass from pg_class
where relnamespace::regnamespace::text = any (%(schemas)s) and (
    relkind not in ('r', 'i', 'S', 'v', 't', 'c') or exists (select from pg_inherits where inhrelid = pg_class.oid)
)
union all
select 'a rule of ' || ev_class::regclass from pg_rewrite where rulename <> '_RETURN' and oid >= 16384
union all
select 'the language ' || lanname from pg_language where oid >= 16384
union all
select 'the event trigger ' || evtname from pg_event_trigger
union all
select 'the foreign server ' || srvname from pg_foreign_server
union all
select 'the publication ' || pubname from pg_publication
union all
select object.kind || ' ' || object.oid from (
    select 'the operator', 'pg_operator'::regclass, oid from pg_operator
    union all select 'the class of operators', 'pg_opclass'::regclass, oid from pg_opclass
    union all select 'the cast', 'pg_cast'::regclass, oid from pg_cast
    union all select 'the conversion', 'pg_conversion'::regclass, oid from pg_conversion
    union all select 'the collation', 'pg_collation'::regclass, oid from pg_collation
    union all select 'the configuration of texts', 'pg_ts_config'::regclass, oid from pg_ts_config
    union all select 'the dictionary of texts', 'pg_ts_dict'::regclass, oid from pg_ts_dict
) as object (kind, catalog, oid)
where object.oid >= 16384 and (object.catalog, object.oid) not in (select * from of_extensions)
"""

#: Of a table that says which migrations were applied (core/database/migrations.py).
BOOKKEEPING = [("name", None), ("hash", None), ("release", None), ("applied_at", "now()")]
COUNTER = re.compile(r"nextval\('[\w.\"]+'::regclass\)")
CALL = re.compile(r"([\w.\"]+)\s*\(")


def strangers(connection: psycopg.Connection) -> Iterator[str]:
    """A name for each. The database was migrated to this release."""
    given = {"schemas": [*SCHEMAS, QUEUE], "extensions": EXTENSIONS}
    for (name,) in connection.execute(OTHER_KINDS, given):
        yield name
    for schema in SCHEMAS:
        shipped = (folder_of(schema) / "schema" / "tables.sql").read_text()
        if fingerprint(connection, schema) != hashed(shipped):
            yield f"other tables in {schema}"
        if _columns(connection, f"{schema}.migrations") != BOOKKEEPING:
            yield f"another table {schema}.migrations"
        yield from _functions(connection, schema, "".join(map(Path.read_text, folder_of(schema).rglob("*.sql"))))
    of_queue = SchemaManager.get_schema()
    of_queue += "".join(path.read_text() for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    yield from _functions(connection, QUEUE, of_queue)
    yield from _calls(connection)


def _columns(connection: psycopg.Connection, table: str) -> list[tuple[str, str | None]]:
    query = """
        select attname::text, pg_get_expr(adbin, adrelid) from pg_attribute
        left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum
    """
    return connection.execute(query, [table]).fetchall()


def _functions(connection: psycopg.Connection, schema: str, files: str) -> Iterator[str]:
    """Those whose bodies are in no file. A body that is no text holds no commands."""
    query = """
        select oid::regprocedure::text, prosrc from pg_proc
        where pronamespace = %s::regnamespace and (prosqlbody is null or prosrc <> '')
    """
    for name, body in connection.execute(query, [schema]):
        if body.strip() not in files:
            yield f"the function {name}"


def _calls(connection: psycopg.Connection) -> Iterator[str]:
    """What is called where a row is written: by the tables of the queue, and where a column counts."""
    query = """
        select adrelid::regclass::text, pg_get_expr(adbin, adrelid), relnamespace = %(queue)s::regnamespace
        from pg_attrdef join pg_class on pg_class.oid = adrelid
        union all
        select conrelid::regclass::text, pg_get_constraintdef(pg_constraint.oid), true from pg_constraint
        where connamespace = %(queue)s::regnamespace and contype = 'c'
        union all
        select indrelid::regclass::text, concat(pg_get_expr(indexprs, indrelid), pg_get_expr(indpred, indrelid)), true
        from pg_index join pg_class on pg_class.oid = indexrelid where relnamespace = %(queue)s::regnamespace
    """
    for table, text, of_queue in connection.execute(query, {"queue": QUEUE}):
        counts = text.startswith("nextval(")
        called = {name.lower() for name in CALL.findall(text)}
        if (counts and not COUNTER.fullmatch(text)) or (of_queue and not counts and not called <= CALLED_BY_QUEUE):
            yield f"what {table} calls ({text[:80]})"
