"""What a user of a server like this one took along (`GET /api/users/me/export`): plays, list and scores as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from kyoo.api.imports.archives import Part, json_rows
from kyoo.api.imports.titles import Played, Title, Titles
from kyoo.api.imports.values import integer, score, when, words
from kyoo.api.trackers.base import Status
from kyoo.api.trackers.coordinates import title_ids

STATUSES: tuple[str, ...] = get_args(Status)


def take(part: Part, titles: Titles) -> None:
    for name, row in json_rows(part):
        show = row.get("show")
        if not isinstance(show, dict) or show.get("kind") not in ("movie", "serie"):
            continue
        title = _title(show, titles)
        if name == "watchlist":
            _listed(row, title)
        elif name == "history" and (play := _play(row, title)) is not None:
            titles.add(title, play)


def _title(show: Mapping[str, Any], titles: Titles) -> Title:
    external = show.get("externalId")
    slug = words(show.get("slug"))
    ids = title_ids(external) if isinstance(external, dict) else {}
    title = titles.get(show["kind"], ids, words(show.get("name")), None, key=slug or None)
    title.slug = slug or None
    return title


def _listed(row: Mapping[str, Any], title: Title) -> None:
    if row.get("status") in STATUSES:
        title.status = row["status"]
    title.score = score(row.get("score"), of=100)
    title.started_at, title.completed_at = when(row.get("startedAt"))[0], when(row.get("completedAt"))[0]
    for name in ("createdAt", "startedAt", "lastPlayedAt", "completedAt", "updatedAt"):
        title.changed(when(row.get(name))[0])


def _play(row: Mapping[str, Any], title: Title) -> Played | None:
    entry, at = row.get("entry"), when(row.get("playedDate"))[0]
    if not isinstance(entry, dict) or at is None or entry.get("kind") == "extra":
        return None
    percent = integer(row.get("percent"), 100)
    return Played(
        at,
        integer(entry.get("seasonNumber")),
        integer(entry.get("episodeNumber")) if title.kind == "serie" else None,
        100 if percent is None else percent,
        integer(row.get("time"), 2**31 - 1) or 0,
        seen=row.get("external") is True,
        slug=words(entry.get("slug")) or None,
    )
