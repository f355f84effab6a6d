"""How both ends of a connection to Postgres come to know that the other one is cut off, and not only silent."""

from __future__ import annotations

import os

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

#: Seconds of silence after which an end asks whether the other one is there, between two such questions, and how many
#: of them are not answered before the connection is over.
IDLE, INTERVAL, COUNT = 5, 2, 3
#: Seconds after which it is over when what was sent has not arrived, and seconds for an attempt to connect.
LOST = 10


def with_keepalives(conninfo: str) -> str:
    """`conninfo` for a connection that ends within some ten seconds on both sides when the machines do not reach each
    other any more; without it a request waits for a quarter of an hour, and the server keeps the locks and the
    transaction of a machine that is gone for two hours. What `conninfo` says itself holds.

    Not for copies of whole tables: what is not read for LOST seconds counts as not arrived. A connection string that
    libpq does not take comes back as it is, and a socket of this machine needs none of this and ignores it."""
    try:
        given = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        return conninfo
    ours: dict[str, int | str] = {
        "keepalives_idle": IDLE,
        "keepalives_interval": INTERVAL,
        "keepalives_count": COUNT,
        "tcp_user_timeout": LOST * 1000,
    }
    if not os.environ.get("PGCONNECT_TIMEOUT"):
        ours["connect_timeout"] = LOST
    options = str(given.get("options") or os.environ.get("PGOPTIONS") or "")
    for name, value in {
        "tcp_keepalives_idle": IDLE,
        "tcp_keepalives_interval": INTERVAL,
        "tcp_keepalives_count": COUNT,
        "tcp_user_timeout": LOST * 1000,
    }.items():
        if name not in options:
            options += f" -c {name}={value}"
    return make_conninfo(
        conninfo, **{key: value for key, value in ours.items() if key not in given}, options=options.strip()
    )
