"""The calendar of what somebody follows, and who is told of episodes that arrived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import httpx2
import structlog

from kyoo.api.following.icalendar import Occasion, calendar
from kyoo.api.following.people import limits_of_user
from kyoo.api.limits import Limits, instead
from kyoo.api.queries import following as queries
from kyoo.api.queries import visible
from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.errors import KyooError
from kyoo.core.events import Fact

log = structlog.get_logger()

#: Who copies events here (core/events).
CONSUMER = "episodes"


def number(row: Mapping[str, Any]) -> str:
    """`S01E02`, `SP3`, or nothing."""
    if row["kind"] == "episode":
        return f"S{row['season_number']:02d}E{row['episode_number']:02d}"
    return f"SP{row['episode_number']}" if row["kind"] == "special" and row["episode_number"] is not None else ""


def occasions(rows: Iterable[Mapping[str, Any]], public_url: str) -> list[Occasion]:
    host = public_url.partition("://")[2]
    found = []
    for row in rows:
        of_movie = row["show_kind"] == "movie"
        title = row["show_name"] if of_movie else f"{row['show_name']} {number(row)}".strip()
        arrived = row["what"] == "arrived"
        found.append(
            Occasion(
                uid=f"{row['what']}-{row['id']}@{host}",
                begins=row["available_since"] if arrived else row["air_date"],
                summary=f"{title} can be watched" if arrived else title,
                changed=row["available_since"] if arrived else row["updated_at"],
                description=None if of_movie else row["name"],
                url=f"{public_url}/{'movies' if of_movie else 'series'}/{row['show_slug']}",
            )
        )
    return found


def arrivals(rows: Iterable[Mapping[str, Any]]) -> list[Fact]:
    """What arrived, a fact for each show. No socket follows them: they name what some may not see."""
    shows = {
        row["show_id"]: {
            "show": {"id": str(row["show_id"]), "slug": row["show_slug"], "kind": "serie"},
            "entry": {"id": str(row["id"]), "slug": row["slug"]},
            "number": row["number"],
        }
        for row in rows
    }
    return [Fact("arrivals", "episodes", body) for body in shows.values()]


class Episodes:
    """`database` as nobody limits it, `limited` as a reader sees it."""

    def __init__(self, database: Database, limited: Database, peer: httpx2.AsyncClient, public_url: str) -> None:
        self._database, self._limited, self._peer, self._public_url = database, limited, peer, public_url

    async def feed(self, token_hash: bytes) -> bytes | None:
        """The calendar at an address, as its owner may see it now; None when there is none."""
        async with self._database.connection() as connection:
            owner = await queries.owner_of(connection, token_hash)
        if owner is None:
            return None
        limits = await limits_of_user(self._peer, owner["id"])
        if limits is None:
            return None
        with instead(limits):
            async with self._limited.connection() as connection:
                rows = await queries.occasions(connection, owner["pk"], owner["languages"])
        return calendar("Kyoo", occasions(rows, self._public_url))

    async def announce(self) -> None:
        """Tell followers, and whoever is told of all, of what has arrived since the last time."""
        while True:
            async with self._database.transaction() as connection:
                found = await events.take(connection, CONSUMER, ["catalogue"])
                shows = {
                    str(item["id"])
                    for event in found
                    if event.type != "removed"
                    for item in event.body["items"]
                    if item["kind"] == "serie"
                }
                if shows:
                    rows = await queries.announce(connection, shows)
                    followed = [row for row in rows if row["user"] is not None]
                    await events.record(connection, *arrivals(rows), *await self._notices(followed))
            if not found:
                break
        async with self._database.connection() as connection:
            await queries.forget_announced(connection)

    async def _notices(self, rows: list[dict[str, Any]]) -> list[Fact]:
        known: dict[UUID, set[str]] = {}
        facts = []
        for row in rows:
            user = row["user"]
            if user not in known:
                shows = {str(other["show_id"]) for other in rows if other["user"] == user}
                known[user] = await self._visible(user, shows)
            if str(row["show_id"]) in known[user]:
                values = {
                    "user": str(user),
                    "show": row["show_name"],
                    "entry": number(row) or row["name"] or row["slug"],
                    "number": str(row["number"]),
                }
                key = "episode.new" if row["number"] == 1 else "episodes.new"
                link = f"/series/{row['show_slug']}"
                facts.append(Fact("notices", "notice", {"key": key, "values": values, "link": link}, owner=user))
        return facts

    async def _visible(self, user: UUID, shows: set[str]) -> set[str]:
        try:
            limits: Limits | None = await limits_of_user(self._peer, user)
        except KyooError as error:
            log.warning("a follower is not notified", reason=error.message)
            return set()
        if limits is None:
            return set()
        if not limits.any:
            return shows
        with instead(limits):
            async with self._limited.connection() as connection:
                return await visible.visible(connection, shows)
