"""AniList: one entry for each title with a status and a count of episodes (GraphQL; docs.anilist.co). It allows 30
requests a minute to all users of a server together, and answers 403 while it is down."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from kyoo.api.trackers import oauth
from kyoo.api.trackers.base import (
    EVERYTHING,
    Answer,
    Application,
    ByRedirect,
    Complete,
    LaterError,
    Limit,
    Login,
    RefusedError,
    Remote,
    Renewing,
    Session,
    Status,
    Tokens,
    TrackerError,
    UnlinkedError,
    Wire,
)
from kyoo.api.trackers.coordinates import ANILIST, MAL
from kyoo.api.trackers.counting import Counting
from kyoo.api.trackers.lists import Entry
from kyoo.api.trackers.remote import number, text

READ: dict[str, Status] = {
    "CURRENT": "watching",
    "PAUSED": "watching",
    "REPEATING": "rewatching",
    "COMPLETED": "completed",
    "DROPPED": "dropped",
    "PLANNING": "planned",
}
WRITTEN: dict[Status, str] = {
    "watching": "CURRENT",
    "rewatching": "REPEATING",
    "completed": "COMPLETED",
    "dropped": "DROPPED",
    "planned": "PLANNING",
}
ENTRY = """id status progress repeat score(format: POINT_100) updatedAt
    startedAt { year month day } completedAt { year month day }"""
FIND = f"query ($id: Int) {{ Media(id: $id, type: ANIME) {{ id episodes mediaListEntry {{ {ENTRY} }} }} }}"
SAVE = f"""mutation ($mediaId: Int, $status: MediaListStatus, $progress: Int, $repeat: Int, $scoreRaw: Int,
    $startedAt: FuzzyDateInput, $completedAt: FuzzyDateInput) {{
  SaveMediaListEntry(mediaId: $mediaId, status: $status, progress: $progress, repeat: $repeat, scoreRaw: $scoreRaw,
    startedAt: $startedAt, completedAt: $completedAt) {{ {ENTRY} }} }}"""
DELETE = "mutation ($id: Int) { DeleteMediaListEntry(id: $id) { deleted } }"
VIEWER = "query { Viewer { id name } }"
MEDIA = "media { id idMal format episodes seasonYear title { romaji english } }"
NEWEST = f"""query ($user: Int, $page: Int, $perPage: Int) {{ Page(page: $page, perPage: $perPage) {{
  pageInfo {{ hasNextPage }}
  mediaList(userId: $user, type: ANIME, sort: UPDATED_TIME_DESC) {{ {ENTRY} {MEDIA} }} }} }}"""
ALL = f"""query ($user: Int, $chunk: Int, $perChunk: Int) {{
  MediaListCollection(userId: $user, type: ANIME, chunk: $chunk, perChunk: $perChunk) {{ hasNextChunk lists {{
    isCustomList entries {{ {ENTRY} {MEDIA} }} }} }} }}"""
PAGE, CHUNK, CHUNKS = 50, 500, 400


class AniList(Counting, ByRedirect, Renewing):
    name = "anilist"
    title = "AniList"
    # All is one POST.
    reads = Limit(2.7, 8, shared=True)
    writes = Limit(2.7, 8, shared=True)
    only = frozenset({ANILIST})
    provider = ANILIST
    providers = (ANILIST,)

    def budget(self, answer: Answer) -> tuple[int | None, float | None]:
        allowed: int | None = None
        with contextlib.suppress(ValueError, KeyError):
            allowed = int(answer.headers["x-ratelimit-limit"])
        with contextlib.suppress(ValueError, KeyError):
            if int(answer.headers["x-ratelimit-remaining"]) <= 0:
                reset = answer.headers.get("x-ratelimit-reset")
                wait = float(reset) - datetime.now(UTC).timestamp() if reset else 60.0
                return allowed, min(60.0, max(1.0, wait))
        return allowed if allowed and 0 < allowed < 10_000 else None, None

    def fault(self, answer: Answer) -> TrackerError | None:
        """GraphQL's errors come with a status of HTTP, too; with 200 they are the answer all the same."""
        errors = answer.body.get("errors") if isinstance(answer.body, dict) else None
        said = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
        message, status = str(said.get("message", "")).lower(), said.get("status", answer.status)
        if answer.status == 429 or status == 429:
            return None if answer.status == 429 else LaterError("limited", "AniList asks for a pause", after=60)
        if status == 401 or "invalid token" in message or "unauthorized" in message:
            return UnlinkedError("unlinked", "AniList no longer accepts this account: link it anew")
        if answer.status == 403:
            return LaterError("down", "AniList is out of order", after=120, sent=True)
        if not errors:
            return None
        if status == 404 or "not found" in message:
            return RefusedError("unknown", "AniList does not know it")
        if isinstance(status, int) and status >= 500:
            return LaterError("down", "AniList is out of order", sent=True)
        return RefusedError("invalid", "AniList does not take it")

    # --- the link

    def page(self, application: Application, state: str, redirect: str, verifier: str) -> str:
        del verifier
        return oauth.page(f"{self.auth_url}/api/v2/oauth/authorize", application, state, redirect)

    async def redeem(self, login: Login, code: str, redirect: str, verifier: str) -> Tokens:
        del verifier
        return await self._ask(login, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect})

    async def renew(self, login: Login, tokens: Tokens) -> Tokens:
        """Its tokens last a year, and mostly come without another one to renew them."""
        if not tokens.refresh:
            raise UnlinkedError("unlinked", "AniList's links last a year, and this one is over: link it anew")
        return await self._ask(login, {"grant_type": "refresh_token", "refresh_token": tokens.refresh}, renews=True)

    async def _ask(self, login: Login, given: dict[str, str], *, renews: bool = False) -> Tokens:
        url = f"{self.auth_url}/api/v2/oauth/token"
        return oauth.tokens_of(self.title, await oauth.ask(self.title, login, url, given, as_form=False, renews=renews))

    async def account(self, session: Session) -> str | None:
        name = (await self._viewer(session)).get("name")
        return name if isinstance(name, str) else None

    async def _viewer(self, session: Session) -> Mapping[str, Any]:
        viewer = await self._query(session.wire, VIEWER, {}, "Viewer")
        return viewer if isinstance(viewer, Mapping) else {}

    async def _query(self, wire: Wire, query: str, variables: Mapping[str, Any], field: str) -> Any:
        answer = await wire("POST", self.url, json={"query": query, "variables": dict(variables)})
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        return data.get(field) if isinstance(data, dict) else None

    # --- one entry

    async def entry(self, session: Session, title: str) -> Entry | None:
        try:
            media = await self._query(session.wire, FIND, {"id": int(title)}, "Media")
        except RefusedError as error:
            if error.code == "unknown":
                return None
            raise
        if not isinstance(media, dict):
            return None
        total = number(media.get("episodes")) or None
        listed = media.get("mediaListEntry")
        return listing(listed, total) if isinstance(listed, dict) else Entry(total)

    async def write(self, session: Session, title: str, before: Entry, after: Entry) -> None:
        """What is not written stays as it is."""
        changed: dict[str, Any] = {"mediaId": int(title)}
        if after.status and (after.status != before.status or after.paused != before.paused):
            changed["status"] = WRITTEN[after.status]
        if after.progress != before.progress:
            changed["progress"] = after.progress
        if after.repeats != before.repeats:
            changed["repeat"] = after.repeats
        if after.score != before.score and session.scores:
            changed["scoreRaw"] = after.score or 0
        if after.started != before.started:
            changed["startedAt"] = _fuzzy(after.started)
        if after.completed != before.completed:
            changed["completedAt"] = _fuzzy(after.completed)
        if len(changed) > 1:
            await self._query(session.wire, SAVE, changed, "SaveMediaListEntry")

    async def delete(self, session: Session, title: str, entry: Entry) -> None:
        del title
        assert entry.id is not None
        try:
            await self._query(session.wire, DELETE, {"id": int(entry.id)}, "DeleteMediaListEntry")
        except RefusedError as error:
            if error.code != "unknown":
                raise

    # --- what is read

    async def activities(self, session: Session) -> dict[str, Any]:
        """It says no such thing: when the entry that changed last did. A removal leaves no trace."""
        user = (await self._viewer(session)).get("id")
        page = await self._query(session.wire, NEWEST, {"user": user, "page": 1, "perPage": 1}, "Page")
        rows = page.get("mediaList") if isinstance(page, dict) else None
        return {"user": user, "updated": rows[0].get("updatedAt") if rows else None}

    async def read(
        self, session: Session, before: Mapping[str, Any], now: Mapping[str, Any]
    ) -> AsyncIterator[Remote | Complete]:
        """The whole list in large pieces at first, then the newest until what was known."""
        since, user = before.get("updated"), now.get("user")
        if not isinstance(since, int):
            async for found in self._whole(session, user):
                yield found
            return
        for page in range(1, CHUNKS):
            variables = {"user": user, "page": page, "perPage": PAGE}
            answer = await self._query(session.wire, NEWEST, variables, "Page")
            body = answer if isinstance(answer, dict) else {}
            for row in body.get("mediaList") or ():
                if isinstance(row, dict) and isinstance(row.get("updatedAt"), int) and row["updatedAt"] < since:
                    return
                if (one := remote(row)) is not None:
                    yield one
            if not (body.get("pageInfo") or {}).get("hasNextPage"):
                return

    async def _whole(self, session: Session, user: Any) -> AsyncIterator[Remote | Complete]:
        seen: set[str] = set()
        sound = True
        for chunk in range(1, CHUNKS):
            variables = {"user": user, "chunk": chunk, "perChunk": CHUNK}
            answer = await self._query(session.wire, ALL, variables, "MediaListCollection")
            body = answer if isinstance(answer, dict) else {}
            sound = sound and isinstance(body.get("lists"), list) and isinstance(body.get("hasNextChunk"), bool)
            for group in body.get("lists") or ():
                for row in group.get("entries") or ():
                    found = remote(row)
                    sound = sound and found is not None
                    # Lists that a user made have entries of the others in them.
                    if found is not None and found.ids[ANILIST] not in seen:
                        seen.add(found.ids[ANILIST])
                        yield found
            if not body.get("hasNextChunk"):
                if sound and seen:
                    yield EVERYTHING
                return


def listing(listed: Mapping[str, Any], total: int | None) -> Entry:
    updated, score = listed.get("updatedAt"), listed.get("score")
    return Entry(
        total,
        str(listed.get("id")),
        READ.get(str(listed.get("status"))),
        listed.get("status") == "PAUSED",
        number(listed.get("progress")) or 0,
        number(listed.get("repeat")) or 0,
        round(score) if isinstance(score, int | float) and 0 < score <= 100 else None,
        _date(listed.get("startedAt")),
        _date(listed.get("completedAt")),
        datetime.fromtimestamp(updated, UTC) if isinstance(updated, int) and 0 < updated < 10**11 else None,
    )


def remote(row: Any) -> Remote | None:
    media = row.get("media") if isinstance(row, dict) else None
    if not isinstance(media, dict) or not number(media.get("id")):
        return None
    known = listing(row, number(media.get("episodes")) or None)
    ids = {ANILIST: str(media["id"])}
    if number(media.get("idMal")):
        ids[MAL] = str(media["idMal"])
    titles = media.get("title")
    named = titles if isinstance(titles, dict) else {}
    return Remote(
        "movie" if media.get("format") == "MOVIE" else "serie",
        ids,
        text(named.get("english")) or text(named.get("romaji")),
        number(media.get("seasonYear")),
        known.status,
        known.score,
        known.total if known.status == "completed" and known.total else known.progress,
        known.repeats,
        updated_at=known.updated_at,
        started_at=_midnight(known.started),
        completed_at=_midnight(known.completed),
    )


def _date(value: Any) -> date | None:
    """A fuzzy date of which all parts are known."""
    try:
        return date(value["year"], value["month"], value["day"])
    except (TypeError, KeyError, ValueError, OverflowError):
        return None


def _fuzzy(value: date | None) -> dict[str, int | None]:
    if value is None:
        return {"year": None, "month": None, "day": None}
    return {"year": value.year, "month": value.month, "day": value.day}


def _midnight(value: date | None) -> datetime | None:
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if value else None
