"""A database of Kyoo 5: who has an account there, and what each of them watched, listed and scored. It is only read;
which tables it has is in docs/operating/moving.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import psycopg

from kyoo.api.imports.titles import Played, Title, Titles
from kyoo.api.imports.values import integer, score, when, words
from kyoo.api.queries import kyoo5 as queries
from kyoo.api.trackers.base import Status
from kyoo.api.trackers.coordinates import title_ids

STATUSES: tuple[str, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Account:
    """`password` is an argon2id hash in PHC form, None for who only logs in by a provider."""

    id: UUID
    username: str
    email: str
    password: str | None
    claims: Mapping[str, Any]
    created: datetime
    seen: datetime


def accounts(connection: psycopg.Connection[Any]) -> list[Account]:
    """The oldest first."""
    return [
        Account(
            row["id"],
            row["username"],
            row["email"],
            row["password"],
            row["claims"] if isinstance(row["claims"], dict) else {},
            row["created_date"],
            row["last_seen"],
        )
        for row in queries.accounts(connection)
    ]


def titles_of(connection: psycopg.Connection[Any], user: UUID, most: int) -> Titles:
    """What one account watched, listed and scored. TooMuchError."""
    titles = Titles(most)
    for row in queries.listed(connection, user):
        title = _title(row, titles)
        if row["status"] in STATUSES:
            title.status = row["status"]
        title.score = score(row["score"], of=100)
        title.started_at, title.completed_at = when(row["started_at"])[0], when(row["completed_at"])[0]
        title.changed(when(row["updated_at"])[0])
    for row in queries.played(connection, user):
        title = _title(row, titles)
        percent = integer(row["percent"], 100)
        play = Played(
            when(row["played_date"])[0],
            row["season"],
            row["number"],
            100 if percent is None else percent,
            integer(row["time"], 2**31 - 1) or 0,
            seen=bool(row["external"]),
            path=row["path"],
            slug=row["entry_slug"],
        )
        title.plays.append(play)
        title.changed(play.at)
    return titles


def _title(row: Mapping[str, Any], titles: Titles) -> Title:
    ids = title_ids(row["ids"]) if isinstance(row["ids"], dict) else {}
    title = titles.get(row["kind"], ids, words(row["name"]), row["year"], key=row["show"])
    title.slug = row["slug"]
    return title
