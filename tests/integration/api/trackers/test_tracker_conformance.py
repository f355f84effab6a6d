"""What every tracker keeps, whatever its service is. A new one is one line in tests/trackers/subjects.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from tests.integration.api.seeds import USER
from tests.integration.api.trackers.test_tracker_orders import play, record, say
from tests.integration.api.trackers.tracked import ME, Tracked, many_films, tracked
from tests.trackers.subjects import SUBJECTS, Account
from tests.trackers.world import FILM, PLACES, TMDB, Place, Title, path_of, seed, slug_of

from kyoo.api.trackers.base import Live, Renewing, Revoking, Status
from kyoo.api.trackers.registry import NAMES, SERVICES
from kyoo.core.http.service import Runtime

AT = datetime(2026, 2, 1, 20, 15, tzinfo=UTC)
#: Answers of a service that is out of order, or of what stands before it.
OUTAGES: tuple[dict[str, Any], ...] = (
    {"status": 503, "body": "<html>down</html>"},
    {"status": 500, "body": None},
    {"status": 502, "body": "<html>", "after": True},
    {"status": 200, "body": "<html>log in to this hotel</html>"},
    {"status": 200, "body": "", "after": True},
    {"status": 302, "body": None, "headers": {"location": "http://127.0.0.1:1/private"}},
    {"status": 429, "body": None, "headers": {"retry-after": "120"}},
    {"status": 429, "body": "slow", "headers": {"retry-after": format_datetime(AT + timedelta(days=9000))}},
    {"status": 429, "body": [], "headers": {"retry-after": "-1e400"}},
)


@dataclass
class Kept:
    """A linked account, both sides."""

    kyoo: Tracked
    there: Account

    @property
    def service(self) -> str:
        return self.there.name

    @property
    def serie(self) -> Title:
        return self.there.serie

    async def watch(self, title: Title, place: Place, at: datetime | None = AT) -> dict[str, Any]:
        said = at.strftime("%Y-%m-%dT%H:%M:%S.000Z") if at else None
        body = await record(self.kyoo, play(slug_of(title, place), at=said))
        found: dict[str, Any] = body["sync"][self.service]
        return found

    async def say(self, title: Title, **word: Any) -> dict[str, Any]:
        found: dict[str, Any] = (await say(self.kyoo, path_of(title), **word))["sync"][self.service]
        return found

    async def here(self, title: Title) -> dict[str, Any]:
        found: dict[str, Any] | None = (await self.kyoo.api.get(path_of(title))).json()["watchStatus"]
        return found or {"status": None, "score": None}

    async def plays_here(self, title: Title, place: Place) -> list[datetime]:
        async with self.kyoo.app.state.context.runtime.database.connection() as connection:
            cursor = await connection.execute(
                """
                select played_date as at from api.history play join api.entries entry on entry.pk = play.entry_pk
                where entry.slug = %s order by 1
                """,
                [slug_of(title, place)],
            )
            return [row["at"] for row in await cursor.fetchall()]

    async def take_in(self, rule: str = "merge") -> dict[str, Any]:
        path = f"{ME}/{self.service}/import"
        begun = await self.kyoo.api.post(path, json={"rule": rule, "dryRun": False})
        assert begun.status_code == 202, begun.text
        await self.kyoo.app.state.context.trackers.take_in(begun.json()["id"])
        await self.kyoo.settled()
        report: dict[str, Any] = (await self.kyoo.api.get(f"{path}/{begun.json()['id']}")).json()
        return report

    async def look(self, *, thorough: bool = False) -> None:
        async with self.kyoo.app.state.context.runtime.database.connection() as connection:
            query = "select pk from api.trackers where service = %s"
            row = await (await connection.execute(query, [self.service])).fetchone()
        await self.kyoo.app.state.context.trackers.importing.look(row["pk"], thorough=thorough)
        await self.kyoo.settled()

    def expected(self, title: Title, status: Status) -> Status | None:
        return self.there.other.get((title, status), status)


@pytest.fixture(params=SUBJECTS, ids=lambda subject: subject.name)
async def kept(request: pytest.FixtureRequest, runtime: Runtime, tmp_path: Path) -> AsyncIterator[Kept]:
    async with tracked(runtime, tmp_path) as kyoo:
        there = request.param(kyoo.fakes.every()[request.param.name])
        there.learn()
        await seed(kyoo.api)
        yield Kept(kyoo, there)


def test_there_is_a_subject_for_each_service() -> None:
    assert [subject.name for subject in SUBJECTS] == list(NAMES)


async def test_it_is_linked_told_when_a_token_ends_and_unlinked(kept: Kept) -> None:
    kyoo, service = kept.kyoo, kept.service
    kind = next(kind for kind in SERVICES if kind.name == service)
    fake = kyoo.fakes.every()[service]
    assert not (await kyoo.item(service))["linked"]
    await kyoo.link(service)
    item = await kyoo.item(service)
    assert (item["linked"], item["account"], item["mode"], item["queued"]) == (True, "someone", "both", 0)
    renewable = issubclass(kind, Renewing) and any(grant.given for grant in fake.grants)
    kept.there.expire()
    said = await kept.watch(FILM, None)
    if renewable:
        assert said["status"] == "synced", said
    else:
        assert said["status"] == "queued"
        assert said["reason"]
        assert (await kyoo.item(service))["lastError"]["code"] == "unlinked"
        kept.there.agree()
        await kyoo.link(service)
        await kyoo.settled()
        assert "lastError" not in await kyoo.item(service)
    assert kept.there.times(FILM, None) == 1
    kept.there.expire()
    fake.grants.clear()
    assert (await kept.say(kept.serie, status="planned"))["status"] == "queued"
    tokens = [asked.token for asked in fake.log if asked.token]
    assert (await kyoo.api.delete(f"{ME}/{service}")).status_code == 204
    item = await kyoo.item(service)
    assert (item["linked"], item["queued"], item["mode"]) == (False, 0, "off")
    assert (fake.revoked[-1:] == tokens[-1:]) == issubclass(kind, Revoking)
    assert (await kyoo.api.delete(f"{ME}/{service}")).status_code == 404
    assert "sync" not in await record(kyoo, play(FILM))


async def test_it_holds_what_it_is_told(kept: Kept) -> None:
    there, serie = kept.there, kept.serie
    await kept.kyoo.link(kept.service)
    for title in (FILM, serie):
        assert (await kept.say(title, status="planned", score=84))["status"] == "synced"
        assert (there.status(title), there.score(title)) == ("planned", 8)
        assert (await kept.say(title, status="dropped"))["status"] == "synced"
        assert (there.status(title), there.score(title)) == (kept.expected(title, "dropped"), 8)
        await kept.say(title, status="planned")
        assert there.status(title) == "planned"
        assert (await kept.say(title, status="planned", score=None))["status"] == "synced"
        assert there.score(title) is None
        removed = (await kept.kyoo.api.delete(f"{path_of(title)}/watchstatus")).json()["sync"]
        assert (removed[kept.service]["status"], there.status(title)) == ("synced", None)
    # A film that is completed by word has been watched; off the list, it still has.
    assert (await kept.say(FILM, status="completed", completedAt="2026-01-31T20:15:00.000Z"))["status"] == "synced"
    assert (there.times(FILM, None), there.status(FILM)) == (1, kept.expected(FILM, "completed"))
    # Of a serie, that episode and no other.
    assert (await kept.watch(serie, (2, 1)))["status"] == "synced"
    assert {place: there.times(serie, place) for place in PLACES} == {**dict.fromkeys(PLACES, 0), (2, 1): 1}
    assert (await kept.watch(FILM, None))["status"] == "synced"
    if there.dated:
        assert there.dates(serie, (2, 1)) == there.dates(FILM, None)[-1:] == ["2026-02-01T20:15:00.000Z"]
    # Completed: what was not seen by itself, and all of it once.
    assert (await kept.say(serie, status="completed"))["status"] == "synced"
    assert {place: there.times(serie, place) for place in PLACES} == dict.fromkeys(PLACES, 1)
    assert there.status(serie) == kept.expected(serie, "completed")
    # Watched again, each once more.
    twice = 2 if there.counts else 1
    await say(kept.kyoo, path_of(serie), status="rewatching")
    for place in PLACES:
        assert (await kept.watch(serie, place, None))["status"] == "synced"
    assert {place: there.times(serie, place) for place in PLACES} == dict.fromkeys(PLACES, twice)
    # What was watched there stays, when it is taken off the list here or is no longer seen here.
    await kept.kyoo.api.delete(f"{path_of(serie)}/watchstatus")
    await kept.kyoo.api.delete(f"{path_of(serie)}/seen")
    await kept.kyoo.settled()
    assert {place: there.times(serie, place) for place in PLACES} == dict.fromkeys(PLACES, twice)
    item = await kept.kyoo.item(kept.service)
    assert (item["queued"], item["failed"]) == (0, 0)


async def test_it_is_not_asked_what_it_cannot_know(kept: Kept) -> None:
    """What has no exact coordinates there marks nothing."""
    await kept.kyoo.link(kept.service)
    other: Title = "abyss" if kept.serie == "wire" else "wire"
    writes = kept.kyoo.fakes.every()[kept.service].writes
    if kept.serie == "abyss":
        assert "sync" not in await record(kept.kyoo, play(slug_of(other, (1, 1))))
    for word in ({"status": "completed"}, {"status": "dropped"}):
        await say(kept.kyoo, path_of(other), **word)
    await kept.kyoo.settled()
    for _, _, body in writes():
        assert f"{TMDB[kept.serie]}" not in f"{body}"
    assert [there for there in (kept.there.status(kept.serie), kept.there.status(FILM)) if there] == []


async def test_it_shows_what_is_watched_now(kept: Kept) -> None:
    kind = next(kind for kind in SERVICES if kind.name == kept.service)
    await kept.kyoo.link(kept.service)
    watching = kept.kyoo.app.state.context.trackers.watching
    fake = kept.kyoo.fakes.every()[kept.service]
    before = len(fake.writes())
    for happens, percent in (("started", 3), ("paused", 40), ("resumed", 40), ("stopped", 60), ("stopped", 99)):
        watching.show(USER, happens, slug_of(kept.serie, (1, 2)), percent)
        await asyncio.gather(*watching._tasks)
    told = [path for _, path, _ in fake.writes()[before:]]
    expected = ["start", "pause", "start", "stop"] if issubclass(kind, Live) else []
    assert [path.rpartition("/")[2] for path in told] == expected
    assert kept.there.times(kept.serie, (1, 2)) == 0
    assert (await kept.kyoo.item(kept.service))["queued"] == 0


async def test_an_outage_loses_and_doubles_nothing(kept: Kept) -> None:
    kyoo, there, serie = kept.kyoo, kept.there, kept.serie
    await kyoo.link(kept.service)
    fake = kyoo.fakes.every()[kept.service]
    done: list[Place] = []
    for number, outage in enumerate(OUTAGES):
        place = PLACES[number % len(PLACES)]
        title: Title = serie
        if not there.dated:
            # What is seen already is not written again.
            there.say(serie, None)
            done.clear()
        fake.faults.append(there.fault(**outage))
        said = await kept.watch(title, place, AT + timedelta(days=number))
        assert (said["status"], bool(said["reason"])) == ("queued", True), outage
        fake.faults.clear()
        # What is about something else does not wait behind it, unless nothing may be asked.
        await kyoo.settled()
        item = await kyoo.item(kept.service)
        assert (item["queued"], item["failed"]) == (0, 0), outage
        assert "lastError" not in item
        done.append(place)
        if there.dated and there.counts:
            assert {p: there.times(serie, p) for p in PLACES} == {p: done.count(p) for p in PLACES}, outage
        else:
            assert all(there.times(serie, p) == 1 for p in done), outage


async def test_what_is_refused_says_why_and_holds_nothing_up(kept: Kept) -> None:
    kyoo, there = kept.kyoo, kept.there
    await kyoo.link(kept.service)
    fake = kyoo.fakes.every()[kept.service]
    for number, (status, body) in enumerate(there.refusals):
        fake.faults.append(there.fault(status, body))
        said = await kept.say(FILM, status=("planned", "dropped")[number % 2])
        assert (said["status"], kept.kyoo.fakes.every()[kept.service].faults) == ("failed", []), said
        assert said["reason"]
        assert (await kept.say(kept.serie, status=("planned", "dropped")[number % 2]))["status"] == "synced"
    letters = (await kyoo.api.get(f"{ME}/{kept.service}/outbox")).json()["items"]
    assert [letter["state"] for letter in letters] == ["failed"] * len(there.refusals)
    for letter in letters:
        assert (await kyoo.api.post(f"{ME}/{kept.service}/outbox/{letter['id']}/retry")).status_code == 202
        await kyoo.settled()
    last: Status = ("planned", "dropped")[(len(letters) - 1) % 2]
    assert there.status(FILM) == kept.expected(FILM, last)
    assert (await kyoo.api.get(f"{ME}/{kept.service}/outbox")).json()["items"] == []


async def test_what_is_there_is_taken_in_and_then_what_changes(kept: Kept) -> None:
    there, serie = kept.there, kept.serie
    fake = kept.kyoo.fakes.every()[kept.service]
    there.watch(FILM, None, AT)
    there.watch(serie, (1, 1), AT)
    there.rate(serie, 7)
    await kept.kyoo.link(kept.service)
    report = await kept.take_in()
    assert (report["state"], report["counts"]["removed"], report["counts"]["unmatched"]) == ("done", 0, 0), report
    assert (await kept.here(FILM))["status"] == "completed"
    here = await kept.here(serie)
    assert (here["status"], here["score"], here["seenCount"]) == ("watching", 70, 1)
    if there.dated:
        assert await kept.plays_here(serie, (1, 1)) == [AT]
    asked = len(fake.log)
    await kept.look()
    assert len(fake.log) - asked <= 2, "nothing changed: it is asked that, and nothing else"
    fake.ahead = timedelta(seconds=60)
    there.watch(serie, (1, 2), AT + timedelta(days=1))
    there.rate(serie, 9)
    await kept.look()
    here = await kept.here(serie)
    assert (here["status"], here["score"], here["seenCount"]) == ("watching", 90, 2)
    assert len(await kept.plays_here(serie, (1, 1))) == len(await kept.plays_here(serie, (1, 2))) == 1
    fake.ahead = timedelta(seconds=120)
    there.say(serie, "dropped")
    await kept.look()
    assert (await kept.here(serie))["status"] == "dropped"
    # It was said there: it is not told there again.
    assert fake.writes() == []
    assert (await kept.kyoo.item(kept.service))["lastSync"].endswith("Z")


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
@pytest.mark.parametrize("count", [300, pytest.param(5000, marks=pytest.mark.exhaustive)])
async def test_many_titles_are_taken_in(runtime: Runtime, tmp_path: Path, subject: type[Account], count: int) -> None:
    async with tracked(runtime, tmp_path) as kyoo:
        there = subject(kyoo.fakes.every()[subject.name])
        there.many(count, AT)
        await many_films(kyoo, count)
        await kyoo.link(subject.name)
        report = await Kept(kyoo, there).take_in()
        assert (report["state"], report["counts"]["unmatched"]) == ("done", 0)
        assert report["counts"]["added"] >= count
        assert len(report["changes"]) == 100
        assert kyoo.fakes.every()[subject.name].writes() == []
