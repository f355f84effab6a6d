"""Looks at the tables of the queue."""

from __future__ import annotations

from psycopg.conninfo import make_conninfo

from kyoo.core.database.queue import SEARCH_PATH


def queue_conninfo(conninfo: str) -> str:
    """`conninfo` with the queue's schema in the search path."""
    return make_conninfo(conninfo, options=f"-c search_path={SEARCH_PATH.replace(' ', '')}")
