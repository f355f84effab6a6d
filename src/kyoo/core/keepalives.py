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


#: What each end is told of it: libpq's parameters, and settings of the server.
CLIENT = {"keepalives_idle": IDLE, "keepalives_interval": INTERVAL, "keepalives_count": COUNT}
SERVER = {f"tcp_{name}": value for name, value in CLIENT.items()}
ARRIVAL = {"tcp_user_timeout": LOST * 1000}


def with_keepalives(conninfo: str, *, copies: bool = False) -> str:
    """`conninfo` for a connection that ends within some ten seconds on both sides when the machines do not reach each
    other any more; without it a request waits for a quarter of an hour, and the server keeps the locks and the
    transaction of a machine that is gone for two hours. What `conninfo` says itself holds.

    `copies`: for whole tables. What is not read for LOST seconds counts as not arrived, unless this is said. A
    connection string that libpq does not take comes back as it is; sockets of this machine ignore all of this."""
    try:
        given = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        return conninfo
    arrival = {} if copies else ARRIVAL
    client = CLIENT | arrival
    if not os.environ.get("PGCONNECT_TIMEOUT"):
        client["connect_timeout"] = LOST
    options = str(given.get("options") or os.environ.get("PGOPTIONS") or "")
    options += "".join(f" -c {name}={value}" for name, value in (SERVER | arrival).items() if name not in options)
    ours = {name: value for name, value in client.items() if name not in given}
    return make_conninfo(conninfo, **ours, options=options.strip())
