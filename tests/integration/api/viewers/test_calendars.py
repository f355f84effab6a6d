"""The calendar of what somebody follows, and notices of episodes that arrive: what is in them, for whom, until when."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from icalendar import Calendar
from icalendar.cal import Event
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.seeds import GUEST, OTHER_USER, PUBLIC_URL, USER, bearer, episode_seed, texts
from tests.integration.api.viewers.watching import say

from kyoo.api.following.icalendar import LINE, Occasion, calendar
from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.request_log import without_secrets

TODAY = datetime.now(UTC).date()
NASTY = "Kind; of, a \\ trap\r\nBEGIN:VEVENT\nSUMMARY:forged\x07 " + "ü漢🎬" * 40


def in_days(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.fixture
def owner(peer: Peer) -> dict[str, Any]:
    """What auth says of the user of these tests; may be changed."""
    user: dict[str, Any] = {"id": str(USER), "username": "tester", "claims": {"permissions": ["core.read"]}}
    peer.answers[f"/auth/users/{USER}"] = lambda _: httpx2.Response(200, json=user)
    return user


async def serie(library: Library, slug: str, *days: int, **more: Any) -> None:
    entries = [episode_seed(1, n, order=n, airDate=in_days(day)) for n, day in enumerate(days, 1)]
    await library.serie(slug, entries=entries, **more)


async def address(api: httpx2.AsyncClient, **options: Any) -> str:
    answer = await api.post("/profiles/me/calendar", **options)
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    assert url.startswith(f"{PUBLIC_URL}/api/")
    return url.removeprefix(f"{PUBLIC_URL}/api")


async def read(api: httpx2.AsyncClient, path: str) -> list[Event]:
    """As a calendar program does: without a credential."""
    answer = await api.get(path, headers={"Authorization": ""})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def summaries(found: list[Event]) -> list[str]:
    return [str(event["SUMMARY"]) for event in found]


async def test_what_airs_and_what_arrived(api: httpx2.AsyncClient, library: Library, owner: Any) -> None:
    await serie(library, "followed", -400, -3, 4, 11)
    await serie(library, "planned", 2)
    await serie(library, "dropped", 3)
    await serie(library, "stranger", 3)
    for slug, status in (("followed", "watching"), ("planned", "planned"), ("dropped", "dropped")):
        await say(api, f"series/{slug}", status)
    path = await address(api)
    found = await read(api, path)
    assert summaries(found) == ["Followed S01E02", "Planned S01E01", "Followed S01E03", "Followed S01E04"]
    assert [event["DTSTART"].dt for event in found] == [date.fromisoformat(in_days(day)) for day in (-3, 2, 4, 11)]
    assert found[0]["DTEND"].dt == date.fromisoformat(in_days(-2))
    assert found[0]["URL"] == f"{PUBLIC_URL}/series/followed"
    await library.video("/library/followed.mkv", **{"for": [{"slug": "followed-s1e1"}]})
    arrived = next(event for event in await read(api, path) if "watched" in event["SUMMARY"])
    assert str(arrived["SUMMARY"]) == "Followed S01E01 can be watched"
    assert abs(arrived["DTSTART"].dt - datetime.now(UTC)) < timedelta(minutes=10)


async def test_uids_stay(api: httpx2.AsyncClient, library: Library, owner: Any) -> None:
    await serie(library, "followed", 4)
    await say(api, "series/followed", "watching")
    path = await address(api)
    (before,) = await read(api, path)
    await serie(library, "followed", 5)
    (after,) = await read(api, path)
    assert before["UID"] == after["UID"]
    assert before["DTSTART"].dt != after["DTSTART"].dt


async def test_names_are_in_the_languages_of_whoever_made_it(
    api: httpx2.AsyncClient, library: Library, owner: Any
) -> None:
    await serie(library, "followed", 4, translations={"en": texts("The Followed"), "fr": texts("Le suivi")})
    await say(api, "series/followed", "watching")
    assert summaries(await read(api, await address(api, headers={**bearer(), "Accept-Language": "fr"}))) == [
        "Le suivi S01E01"
    ]


async def test_limits_hold_at_the_time_of_reading(
    api: httpx2.AsyncClient, library: Library, owner: dict[str, Any]
) -> None:
    for slug, age in (("children", 6), ("adult", 18)):
        await serie(library, slug, 4)
        await api.patch(f"/series/{slug}", json={"minAge": age})
        await say(api, f"series/{slug}", "watching")
    path = await address(api)
    assert len(await read(api, path)) == 2
    owner["claims"]["maxAge"] = 12
    assert summaries(await read(api, path)) == ["Children S01E01"]
    owner["claims"] = {"permissions": ["core.read"], "libraries": []}
    assert await read(api, path) == []


@pytest.mark.parametrize(
    "change",
    [
        {"disabled": True},
        {"claims": {"permissions": []}},
        {"claims": {"permissions": ["core.read"], "verified": False}},
    ],
)
async def test_who_may_not_read_has_no_calendar(
    api: httpx2.AsyncClient, owner: dict[str, Any], change: dict[str, Any]
) -> None:
    path = await address(api)
    assert await read(api, path) == []
    owner.update(change)
    assert (await api.get(path, headers={"Authorization": ""})).status_code == 404


async def test_the_address_opens_nothing_else_and_ends(
    api: httpx2.AsyncClient, library: Library, owner: Any, peer: Peer
) -> None:
    path = await address(api)
    token = path.split("/")[2]
    # No log of requests has it.
    assert token not in without_secrets(f"/api{path}")
    for headers in ({"Authorization": f"Bearer {token}"}, {"X-Api-Key": token, "Authorization": ""}):
        assert (await api.get("/profiles/me/calendar", headers=headers)).status_code in (401, 403)
    assert (await api.get("/profiles/me/calendar")).json()["since"] is not None
    other = await address(api)
    assert (await api.get(path)).status_code == 404
    assert (await api.get(other)).status_code == 200
    assert (await api.delete("/profiles/me/calendar")).status_code == 204
    assert (await api.get(other)).status_code == 404
    assert (await api.delete("/profiles/me/calendar")).status_code == 404
    assert (await api.get("/profiles/me/calendar")).json() == {"since": None}
    assert (await api.post("/profiles/me/calendar", headers=GUEST)).status_code == 403
    for nonsense in ("x", "%00", "%ff", "a" * 86):
        assert (await api.get(f"/calendars/{nonsense}/episodes.ics")).status_code in (400, 404, 422)
    # Auth has forgotten the user, or does not answer.
    path = await address(api)
    peer.answers[f"/auth/users/{USER}"] = lambda _: httpx2.Response(404)
    assert (await api.get(path)).status_code == 404
    peer.answers[f"/auth/users/{USER}"] = lambda _: httpx2.Response(500)
    assert (await api.get(path)).status_code == 503


def test_any_name_is_a_text_and_no_line_is_too_long() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    made = calendar(NASTY, [Occasion(NASTY, date(2026, 12, 31), NASTY, at, NASTY, "https://x.example/\r\nX:1")])
    assert b"\n" not in made.replace(b"\r\n", b"")
    for line in made.split(b"\r\n"):
        assert len(line) <= LINE
        line.decode()
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    expected = re.sub("\x07", " ", NASTY.replace("\r\n", "\n"))
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == (expected, expected)
    assert event["DTSTAMP"].dt == at
    assert event["DTEND"].dt == date(2027, 1, 1)
    assert str(event["URL"]) == "https://x.example/X:1"
    assert "X" not in event


async def test_followers_are_told_of_what_arrives_once(
    api: httpx2.AsyncClient, app: FastAPI, database: Database, library: Library, owner: dict[str, Any]
) -> None:
    episodes = app.state.context.episodes
    await episodes.announce()
    for slug in ("followed", "stranger"):
        await serie(library, slug, -3, -2, -1)
        await api.patch(f"/series/{slug}", json={"minAge": 12})
    await say(api, "series/followed", "watching")

    async def told() -> list[Any]:
        await episodes.announce()
        async with database.connection() as connection:
            found = await events.since(connection, 0, ["notices"])
        return [(event.owner, event.body["key"], event.body["values"]) for event in found]

    assert await told() == []
    await library.video("/library/1.mkv", **{"for": [{"slug": "followed-s1e1"}]})
    await library.video("/library/2.mkv", **{"for": [{"slug": "stranger-s1e1"}]})
    one = (USER, "episode.new", {"user": str(USER), "show": "Followed", "entry": "S01E01", "number": "1"})
    assert await told() == [one]
    # Not again for what was said, nor for what its followers may not see any more.
    owner["claims"]["maxAge"] = 6
    await library.video("/library/3.mkv", **{"for": [{"slug": "followed-s1e2"}]})
    assert await told() == [one]
    owner["claims"]["maxAge"] = 12
    await api.patch("/series/followed", json={"genres": ["drama"]})
    assert await told() == [one]
    await library.video("/library/4.mkv", **{"for": [{"slug": "followed-s1e3"}]})
    assert (await told())[-1][2]["entry"] == "S01E03"


async def test_other_users_have_their_own(api: httpx2.AsyncClient, library: Library, owner: Any, peer: Peer) -> None:
    peer.answers[f"/auth/users/{OTHER_USER}"] = lambda _: httpx2.Response(
        200, json={"claims": {"permissions": ["core.read"]}}
    )
    await serie(library, "followed", 4)
    await say(api, "series/followed", "watching")
    mine, theirs = await address(api), await address(api, headers=bearer(OTHER_USER))
    assert len(await read(api, mine)) == 1
    assert await read(api, theirs) == []
