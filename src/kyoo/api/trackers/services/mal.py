"""MyAnimeList: one entry for each title with a status and a count of episodes (its API v2; PKCE with the challenge in
plain text). It applies no rule of its own: what belongs together is written together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
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
)
from kyoo.api.trackers.coordinates import MAL
from kyoo.api.trackers.counting import Counting
from kyoo.api.trackers.lists import Entry
from kyoo.api.trackers.moments import day, moment
from kyoo.api.trackers.remote import hundred, number, scored, text

READ: dict[str, Status] = {
    "watching": "watching",
    "completed": "completed",
    "on_hold": "watching",
    "dropped": "dropped",
    "plan_to_watch": "planned",
}
WRITTEN: dict[Status, str] = {
    "watching": "watching",
    "rewatching": "completed",
    "completed": "completed",
    "dropped": "dropped",
    "planned": "plan_to_watch",
}
FIELDS = "status,score,num_episodes_watched,is_rewatching,num_times_rewatched,start_date,finish_date,updated_at"
PAGE = 500
PAGES = 400


class MyAnimeList(Counting, ByRedirect, Renewing):
    name = "mal"
    title = "MyAnimeList"
    reads = Limit(1.0, 4)
    writes = Limit(1.0, 4)
    only = frozenset({MAL})
    provider = MAL
    providers = (MAL,)
    # An application for a page without a server behind it has none.
    needs_secret = False

    def headers(self, application: Application, token: str | None) -> dict[str, str]:
        return super().headers(application, token) or {"X-MAL-CLIENT-ID": application.client_id}

    def fault(self, answer: Answer) -> TrackerError | None:
        match answer.status:
            case 403:
                # It shuts out whoever asks too much.
                return LaterError("limited", "MyAnimeList asks for a pause", after=300)
            case 404:
                return RefusedError("unknown", "MyAnimeList does not know it")
        return None

    def page(self, application: Application, state: str, redirect: str, verifier: str) -> str:
        url = f"{self.auth_url}/v1/oauth2/authorize"
        return oauth.page(url, application, state, redirect, code_challenge=verifier, code_challenge_method="plain")

    async def redeem(self, login: Login, code: str, redirect: str, verifier: str) -> Tokens:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        return oauth.tokens_of(self.title, await self._ask(login, given))

    async def renew(self, login: Login, tokens: Tokens) -> Tokens:
        given = {"grant_type": "refresh_token", "refresh_token": tokens.refresh or ""}
        return oauth.tokens_of(self.title, await self._ask(login, given, renews=True), tokens)

    async def _ask(self, login: Login, given: dict[str, str], *, renews: bool = False) -> Answer:
        url = f"{self.auth_url}/v1/oauth2/token"
        return await oauth.ask(self.title, login, url, given, as_form=True, renews=renews)

    async def account(self, session: Session) -> str | None:
        answer = await session.wire("GET", f"{self.url}/v2/users/@me")
        name = answer.body.get("name") if isinstance(answer.body, dict) else None
        return name if isinstance(name, str) else None

    async def entry(self, session: Session, title: str) -> Entry | None:
        answer = await session.wire(
            "GET",
            f"{self.url}/v2/anime/{title}",
            params={"fields": f"num_episodes,my_list_status{{{FIELDS}}}"},
            expected=(404,),
        )
        if answer.status == 404 or not isinstance(answer.body, dict):
            return None
        total = number(answer.body.get("num_episodes")) or None
        listed = answer.body.get("my_list_status")
        return listing(listed, total, title) if isinstance(listed, dict) else Entry(total)

    async def write(self, session: Session, title: str, before: Entry, after: Entry) -> None:
        """Only what is another, but the status, which a new entry needs. A day that is cleared is an empty text."""
        again = after.status == "rewatching"
        form: dict[str, str] = {}
        if after.status and (after.status != before.status or after.paused != before.paused or before.id is None):
            form |= {"status": WRITTEN[after.status], "is_rewatching": str(again).lower()}
        if after.progress != before.progress or (before.id is None and after.progress):
            form["num_watched_episodes"] = str(after.progress)
        if after.repeats != before.repeats:
            form["num_times_rewatched"] = str(after.repeats)
        if after.score != before.score and session.scores:
            form["score"] = str(scored(after.score)) if after.score is not None else "0"
        for name, was, is_ in (
            ("start_date", before.started, after.started),
            ("finish_date", before.completed, after.completed),
        ):
            if was != is_:
                form[name] = is_.isoformat() if is_ else ""
        if form:
            await session.wire("PATCH", f"{self.url}/v2/anime/{title}/my_list_status", form=form)

    async def delete(self, session: Session, title: str, entry: Entry) -> None:
        del entry
        await session.wire("DELETE", f"{self.url}/v2/anime/{title}/my_list_status", expected=(404,))

    async def activities(self, session: Session) -> dict[str, Any]:
        """It says no such thing: when the entry that changed last did. A removal leaves no trace."""
        answer = await session.wire("GET", f"{self.url}/v2/users/@me/animelist", params=self._list(1, 0))
        rows = answer.body.get("data") if isinstance(answer.body, dict) else None
        first = rows[0].get("list_status") if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None
        return {"updated": first.get("updated_at")} if isinstance(first, dict) else {"updated": None}

    @staticmethod
    def _list(limit: int, offset: int) -> dict[str, str]:
        return {
            "fields": f"list_status{{{FIELDS}}},num_episodes,media_type,start_season",
            "sort": "list_updated_at",
            "nsfw": "true",
            "limit": str(limit),
            "offset": str(offset),
        }

    async def read(
        self, session: Session, before: Mapping[str, Any], now: Mapping[str, Any]
    ) -> AsyncIterator[Remote | Complete]:
        """The newest first, until what was known before."""
        del now
        since, sound, any_ = moment(before.get("updated")), True, False
        for page in range(PAGES):
            answer = await session.wire(
                "GET", f"{self.url}/v2/users/@me/animelist", params=self._list(PAGE, page * PAGE)
            )
            body = answer.body if isinstance(answer.body, dict) else {}
            sound = sound and isinstance(body.get("data"), list) and isinstance(body.get("paging"), dict)
            for row in body.get("data") or ():
                found = remote(row)
                if found is None:
                    sound = False
                    continue
                if since is not None and found.updated_at is not None and found.updated_at < since:
                    return
                any_ = True
                yield found
            if not (body.get("paging") or {}).get("next"):
                if since is None and sound and any_:
                    yield EVERYTHING
                return


def listing(listed: Mapping[str, Any], total: int | None, title: str) -> Entry:
    """What is not set is not there."""
    status = READ.get(str(listed.get("status")))
    if listed.get("is_rewatching") is True:
        status = "rewatching"
    return Entry(
        total,
        title,
        status,
        listed.get("status") == "on_hold",
        number(listed.get("num_episodes_watched")) or 0,
        number(listed.get("num_times_rewatched")) or 0,
        hundred(listed.get("score")),
        day(listed.get("start_date")),
        day(listed.get("finish_date")),
        moment(listed.get("updated_at")),
    )


def remote(row: Any) -> Remote | None:
    node = row.get("node") if isinstance(row, dict) else None
    listed = row.get("list_status") if isinstance(row, dict) else None
    if not isinstance(node, dict) or not isinstance(listed, dict) or not number(node.get("id")):
        return None
    known = listing(listed, number(node.get("num_episodes")) or None, str(node["id"]))
    season = node.get("start_season")
    return Remote(
        "movie" if node.get("media_type") == "movie" else "serie",
        {MAL: str(node["id"])},
        text(node.get("title")),
        number(season.get("year")) if isinstance(season, dict) else None,
        known.status,
        known.score,
        known.total if known.status == "completed" and known.total else known.progress,
        known.repeats,
        updated_at=known.updated_at,
        started_at=moment(listed.get("start_date")),
        completed_at=moment(listed.get("finish_date")),
    )
