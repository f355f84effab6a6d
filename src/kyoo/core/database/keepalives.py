"""How both ends of a connection to Postgres come to know that the other one is cut off, and not only silent."""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

#: Seconds of silence after which an end asks whether the other one is there, between two such questions, and how many
#: of them are not answered before the connection is over.
IDLE, INTERVAL, COUNT = 5, 2, 3
#: Seconds after which it is over when what was sent has not arrived, and seconds for an attempt to connect.
LOST = 10

CLIENT = {"keepalives_idle": IDLE, "keepalives_interval": INTERVAL, "keepalives_count": COUNT}
ARRIVAL = {"tcp_user_timeout": LOST * 1000}
#: What the server is told of the same.
SERVER = {f"tcp_{name}": value for name, value in CLIENT.items()} | ARRIVAL
#: One round trip. Not an option of the connection, as poolers refuse those that they do not know.
TELL: LiteralString = "select set_config(name, value, false) from unnest(%s::text[], %s::text[]) as told (name, value)"


def with_keepalives(conninfo: str, *, copies: bool = False) -> str:
    """`conninfo` for a connection that ends within some ten seconds when the machines do not reach each other any more;
    without it a request waits for a quarter of an hour. What `conninfo` says itself holds. The server knows by what
    `configuration` says.

    `copies`: for whole tables. What is not read for LOST seconds counts as not arrived, unless this is said. A
    connection string that libpq does not take comes back as it is; sockets of this machine ignore all of this."""
    try:
        given = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        return conninfo
    client = CLIENT | ({} if copies else ARRIVAL)
    defaults = {one.keyword: one.val for one in pq.Conninfo.get_defaults()}
    if not defaults.get(b"connect_timeout"):
        client["connect_timeout"] = LOST
    return make_conninfo(conninfo, **{name: value for name, value in client.items() if name not in given})


def configuration(connection: psycopg.AsyncConnection[Any] | psycopg.Connection[Any], **more: str) -> list[list[str]]:
    """The parameters of TELL, which has the server give this connection up in the same time; else it keeps the locks
    and the transaction of a machine that is gone for two hours. What is in the connection's `options` holds. `more`:
    settings to make with them."""
    options = connection.info.options
    told = {name: str(value) for name, value in SERVER.items() if name not in options} | more
    return [list(told), list(told.values())]
