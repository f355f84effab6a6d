"""Connections to Postgres that end on both sides when the machines do not reach each other."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from kyoo.core.database.keepalives import with_keepalives


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGCONNECT_TIMEOUT", raising=False)


def test_this_side_looks_after_the_other() -> None:
    made = conninfo_to_dict(with_keepalives("postgresql://kyoo:secret@db:5433/films"))
    assert made == {
        "user": "kyoo",
        "password": "secret",
        "host": "db",
        "port": "5433",
        "dbname": "films",
        "keepalives_idle": "5",
        "keepalives_interval": "2",
        "keepalives_count": "3",
        "tcp_user_timeout": "10000",
        "connect_timeout": "10",
    }


def test_what_somebody_says_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "4")
    given = "host=db keepalives_idle=60 tcp_user_timeout=0 options='-c statement_timeout=9s'"
    made = conninfo_to_dict(with_keepalives(given))
    assert (made["keepalives_idle"], made["tcp_user_timeout"]) == ("60", "0")
    assert "connect_timeout" not in made
    assert made["options"] == "-c statement_timeout=9s"


def test_a_second_time_changes_nothing() -> None:
    once = with_keepalives("postgresql://db/films")
    assert conninfo_to_dict(with_keepalives(once)) == conninfo_to_dict(once)


def test_what_libpq_does_not_take_is_nobodys_to_change() -> None:
    assert with_keepalives("postgresql://[") == "postgresql://["


def test_copies_may_be_read_slowly() -> None:
    made = conninfo_to_dict(with_keepalives("host=db", copies=True))
    assert made["keepalives_idle"] == "5"
    assert "tcp_user_timeout" not in made
