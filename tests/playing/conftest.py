"""A transcoder over a library of the test's own, as the tests of the transcoder have it; one that players can reach."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from kyoo.serve.postgres.embedded import EmbeddedPostgres
from tests.integration.transcoder.conftest import kept_launchers, service, start
from tests.playing.served import Served, serving

__all__ = ["kept_launchers", "service", "start"]


@pytest.fixture(scope="module")
def served(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A transcoder that listens on a port of this machine, for all tests of a module."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f'create database "{name}" template kyoo strategy file_copy')
        with serving(postgres.conninfo(name), tmp_path_factory.mktemp("served"), preset="superfast") as site:
            yield site
        connection.execute(f'drop database "{name}" with (force)')
