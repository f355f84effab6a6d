"""The queue in tests: its tables, and the jobs of a service that a test runs itself."""

from __future__ import annotations

import copy

from procrastinate import Blueprint
from psycopg.conninfo import make_conninfo

from kyoo.core.database.queue import SEARCH_PATH, Queue


def queue_conninfo(conninfo: str) -> str:
    """`conninfo` with the queue's schema in the search path."""
    return make_conninfo(conninfo, options=f"-c search_path={SEARCH_PATH.replace(' ', '')}")


def add_tasks(queue: Queue, blueprint: Blueprint, service: str) -> None:
    """The jobs of a service, none of which runs by the clock: a worker that begins within ten minutes after its time
    would run it, and a test would end otherwise at that time of day."""
    # A blueprint keeps the namespace it was added under.
    queue.add_tasks_from(copy.deepcopy(blueprint), namespace=service)
    queue.periodic_registry.periodic_tasks.clear()
