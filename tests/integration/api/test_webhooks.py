"""Webhooks of administrators: who is told what, how often, until when, and who may set them up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from procrastinate.testing import InMemoryConnector
from standardwebhooks import Webhook
from tests.fakes.receiver import Receiver, receiving
from tests.integration.api.conftest import Library, Peer
from tests.integration.api.seeds import OTHER_USER, PUBLIC_URL, USER, bearer, episode_seed
from tests.integration.api.viewers.watching import EPISODE, play, record, seed_abyss

from kyoo.api import history
from kyoo.api.facts import Moment
from kyoo.api.models.profile import SeedHistory
from kyoo.api.webhooks import service
from kyoo.api.webhooks.service import Webhooks
from kyoo.core import events
from kyoo.core.database.postgres import Database
from kyoo.core.events import Fact

ADMINISTRATOR = ("core.read", "core.write", "users.write")
#: Of the callers of these tests.
ADMIN = bearer(USER, ADMINISTRATOR)
EVERYTHING = ["play.started", "play.finished", "play.stopped", "title.added", "scan.ended", "user.registered"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


@pytest.fixture
def hooks(app: FastAPI) -> Webhooks:
    found: Webhooks = app.state.context.webhooks
    return found


Make = Callable[..., Any]


@pytest.fixture
def make(api: httpx2.AsyncClient, receiver: Receiver) -> Make:
    async def made(**more: Any) -> dict[str, Any]:
        body = {"name": "Lamp", "url": f"{receiver.url}/hook", "events": EVERYTHING, "private": True, **more}
        answer = await api.post("/webhooks", json=body, headers=ADMIN)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    return made


async def flush(hooks: Webhooks, database: Database) -> None:
    """What the queue would do, and no pauses."""
    await hooks.copy()
    async with database.connection() as connection:
        await connection.execute("update api.webhook_deliveries set next_try = now() where state = 'waiting'")
        await connection.execute("update api.webhooks set paused_until = '-infinity'")
        pks = [row["pk"] for row in await (await connection.execute("select pk from api.webhooks")).fetchall()]
    for pk in pks:
        await hooks.deliver(pk)


async def log(api: httpx2.AsyncClient, hook: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await api.get(f"/webhooks/{hook['id']}/deliveries", headers=ADMIN)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def started(database: Database, entry: str = EPISODE, kind: Any = "started", percent: int = 3) -> None:
    seed = SeedHistory(entry=entry, video_id=None, percent=percent, time=30, played_date=None)
    async with database.transaction() as connection:
        await history.record(connection, USER, [seed], Moment(kind, "a socket"))


async def test_what_happens_is_told_and_signed(
    api: httpx2.AsyncClient,
    library: Library,
    database: Database,
    peer: Peer,
    hooks: Webhooks,
    receiver: Receiver,
    make: Make,
) -> None:
    peer.answers[f"/auth/users/{USER}"] = lambda _: httpx2.Response(200, json={"username": "riko"})
    await library.movie("before")
    hook = await make()
    assert "secret" in hook
    assert hook["origin"] == receiver.url
    await seed_abyss(library)
    await started(database)
    await record(api, play(EPISODE, 10))
    await started(database, kind="stopped", percent=99)
    async with database.transaction() as connection:
        counts = {"running": False, "found": 4, "failed": 1}
        made = {"key": "user.registered", "values": {"id": str(OTHER_USER), "username": "reg"}}
        await events.record(
            connection,
            Fact("scan", "ended", counts),
            Fact("notices", "notice", made),
            Fact("notices", "notice", {"key": "tracker.failed", "values": {}}),
        )
    await flush(hooks, database)
    told = [Webhook(hook["secret"]).verify(got.body, got.headers) for got in receiver.got]
    assert [one["type"] for one in told] == [
        "play.started", "play.finished", "play.stopped", "scan.ended", "user.registered", "title.added",
    ]  # fmt: skip
    assert told[0]["data"]["user"] == {"id": str(USER), "username": "riko"}
    assert told[0]["data"]["show"]["name"] == "Made In Abyss"
    entry = told[0]["data"]["entry"]
    assert (entry["slug"], entry["seasonNumber"], entry["episodeNumber"]) == (EPISODE, 1, 13)
    assert told[0]["data"]["progress"]["percent"] == 3
    assert [item["slug"] for item in told[-1]["data"]["items"]] == ["bubble", "made-in-abyss"]
    assert told[3]["data"] == counts
    assert told[4]["data"]["user"]["username"] == "reg"
    # Once.
    await flush(hooks, database)
    assert len(receiver.got) == 6
    assert {one["state"] for one in await log(api, hook)} == {"done"}


async def test_each_is_told_what_it_wants(
    database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    await seed_abyss(library)
    await make(events=["play.started"], url=f"{receiver.url}/one")
    await make(events=["play.finished"], url=f"{receiver.url}/two")
    await make(enabled=False, url=f"{receiver.url}/three")
    await started(database)
    await flush(hooks, database)
    assert [got.path for got in receiver.got] == ["/one"]


async def test_episodes_that_arrive_together_are_one_message(
    app: FastAPI, database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    """Of series that nobody follows, too."""
    episodes = app.state.context.episodes
    await episodes.announce()
    for slug in ("one", "other"):
        await library.serie(slug, entries=[episode_seed(1, n, order=n) for n in (1, 2, 3)])
    await make(events=["episode.added"])
    await make(events=["episode.added"], form="ntfy", url=f"{receiver.url}/topic")
    for slug in ("one-s1e2", "one-s1e3", "other-s1e1"):
        await library.video(f"/library/{slug}.mkv", **{"for": [{"slug": slug}]})
    for _ in range(2):
        await episodes.announce()
        await flush(hooks, database)
    message, line = sorted(receiver.got, key=lambda got: got.path)
    told = json.loads(message.body)
    assert told["type"] == "episode.added"
    found = [(item["show"]["slug"], item["entry"]["slug"], item["number"]) for item in told["data"]["items"]]
    assert sorted(found) == [("one", "one-s1e2", 2), ("other", "other-s1e1", 1)]
    assert {"name", "kind", "seasonNumber", "episodeNumber"} < told["data"]["items"][0]["entry"].keys()
    names = line.body.decode().removeprefix("New episodes: ").split(", ")
    assert any(name.startswith("One S01E02") and name.endswith("+ 1") for name in names), names


async def test_several_who_copy_at_once_double_nothing(
    database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make, api: httpx2.AsyncClient
) -> None:
    await seed_abyss(library)
    hook = await make(events=["play.started"])
    for _ in range(20):
        await started(database)
    await asyncio.gather(*(hooks.copy() for _ in range(5)))
    pk = await _pk(database)
    await asyncio.gather(*(hooks.deliver(pk) for _ in range(5)))
    assert len(receiver.got) == len(set(receiver.ids())) == 20
    assert len(await log(api, hook)) == 20


async def test_a_message_is_sent_again_under_its_id(
    api: httpx2.AsyncClient, database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    await seed_abyss(library)
    hook = await make(events=["play.started"])
    receiver.statuses = [500, 429]
    await started(database)
    await flush(hooks, database)
    (one,) = await log(api, hook)
    assert (one["state"], one["status"], one["tries"], one["reason"]) == (
        "waiting", 500, 1, "It is out of order (status 500)",
    )  # fmt: skip
    shown = (await api.get(f"/webhooks/{hook['id']}", headers=ADMIN)).json()
    assert shown["failingSince"] is not None
    # Not before its time: nothing is due.
    await hooks.deliver(await _pk(database))
    assert len(receiver.got) == 1
    await flush(hooks, database)
    await flush(hooks, database)
    (one,) = await log(api, hook)
    assert (one["state"], one["status"], one["tries"], one["reason"]) == ("done", 204, 3, None)
    assert len(set(receiver.ids())) == 1
    assert len(receiver.got) == 3
    assert (await api.get(f"/webhooks/{hook['id']}", headers=ADMIN)).json()["failingSince"] is None


async def test_who_is_out_of_order_holds_up_its_messages_and_a_refused_one_nothing(
    api: httpx2.AsyncClient, database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    await seed_abyss(library)
    await make(events=["play.started"])
    await started(database)
    await started(database)
    receiver.statuses = [503]
    await flush(hooks, database)
    assert len(receiver.got) == 1
    await flush(hooks, database)
    assert len(receiver.got) == 3
    await started(database)
    await started(database)
    receiver.statuses = [400]
    await flush(hooks, database)
    assert len(receiver.got) == 5


async def test_one_whose_sender_died_is_sent_by_somebody_else(
    database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make, queued: InMemoryConnector
) -> None:
    await seed_abyss(library)
    await make(events=["play.started"])
    await started(database)
    await hooks.copy()
    async with database.connection() as connection:
        claimed = await service.deliveries.claim(connection, await _pk(database), lease=0)  # type: ignore[attr-defined]
        assert claimed is not None
    queued.reset()
    await hooks.defer_due()
    assert [job["task_name"] for job in queued.jobs.values()] == ["api:deliver_webhook"]
    await hooks.deliver(await _pk(database))
    assert len(receiver.got) == 1


async def test_what_waits_for_long_holds_up_nothing_new(
    api: httpx2.AsyncClient, database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make,
    queued: InMemoryConnector,
) -> None:  # fmt: skip
    await seed_abyss(library)
    hook = await make(events=["play.started"])
    receiver.statuses = [400]
    await started(database)
    await hooks.copy()
    await hooks.deliver(await _pk(database))
    queued.reset()
    await started(database)
    await hooks.deliver(await _pk(database))
    await hooks.copy()
    waits = [(job["queueing_lock"][-6:], job["scheduled_at"] is None) for job in queued.jobs.values()]
    assert waits == [(":later", False), (f"hook:{await _pk(database)}", True)]
    await hooks.deliver(await _pk(database))
    assert [one["state"] for one in await log(api, hook)] == ["done", "waiting"]
    # A test that arrives says that the receiver is there again.
    await api.post(f"/webhooks/{hook['id']}/test", headers=ADMIN)
    await hooks.deliver(await _pk(database))
    assert [one["state"] for one in await log(api, hook)] == ["done", "done", "done"]


async def test_it_ends(
    api: httpx2.AsyncClient, database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    await seed_abyss(library)
    hook = await make(events=["play.started"])
    await started(database)
    receiver.statuses = [500, 500]
    await flush(hooks, database)
    async with database.connection() as connection:
        await connection.execute("update api.webhook_deliveries set created_at = now() - interval '2 days'")
    await flush(hooks, database)
    (one,) = await log(api, hook)
    assert one["state"] == "failed"
    # By hand, it is tried once more.
    again = await api.post(f"/webhooks/{hook['id']}/deliveries/{one['id']}/retry", headers=ADMIN)
    assert again.status_code == 202
    await flush(hooks, database)
    assert (await log(api, hook))[0]["state"] == "done"
    again = await api.post(f"/webhooks/{hook['id']}/deliveries/{one['id']}/retry", headers=ADMIN)
    assert again.status_code == 404


@pytest.mark.parametrize("how", ["long", "gone"])
async def test_one_that_fails_for_long_is_switched_off_with_a_notice(
    api: httpx2.AsyncClient, database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make,
    how: str,
) -> None:  # fmt: skip
    await seed_abyss(library)
    hook = await make(events=["play.started"])
    receiver.statuses = [500] if how == "long" else [410]
    if how == "long":
        async with database.connection() as connection:
            await connection.execute("update api.webhooks set failing_since = now() - interval '6 days'")
    await started(database)
    await started(database)
    await flush(hooks, database)
    shown = (await api.get(f"/webhooks/{hook['id']}", headers=ADMIN)).json()
    assert (shown["enabled"], bool(shown["reason"])) == (False, True)
    assert {one["state"] for one in await log(api, hook)} == {"failed"}
    async with database.connection() as connection:
        notices = await events.since(connection, 0, ["notices"])
    assert [(event.body["key"], event.body["values"]["name"]) for event in notices] == [("webhook.off", "Lamp")]
    assert receiver.url not in str(notices[0].body)
    # Switched on again, it is told of what happens from then on.
    await started(database)
    await api.patch(f"/webhooks/{hook['id']}", json={"enabled": True}, headers=ADMIN)
    await started(database)
    await flush(hooks, database)
    assert len(receiver.got) == 2


async def test_no_more_wait_than_may(
    database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make
) -> None:
    await seed_abyss(library)
    hooks.settings.webhook_backlog = 3
    await make(events=["play.started"])
    for percent in range(1, 6):
        await started(database, percent=percent)
    await flush(hooks, database)
    assert [got.json["data"]["progress"]["percent"] for got in receiver.got] == [3, 4, 5]


async def test_addresses_of_the_network_only_when_allowed(
    api: httpx2.AsyncClient, receiver: Receiver, make: Make
) -> None:
    hook = await make(private=False)
    answer = await api.post(f"/webhooks/{hook['id']}/test", headers=ADMIN)
    assert answer.json() == {"status": None, "reason": "It is not on the public internet"}
    await api.patch(f"/webhooks/{hook['id']}", json={"private": True}, headers=ADMIN)
    answer = await api.post(f"/webhooks/{hook['id']}/test", headers=ADMIN)
    assert answer.json() == {"status": 204, "reason": None}
    ((_, failed), (_, done)) = [(one["type"], one["state"]) for one in reversed(await log(api, hook))]
    assert (failed, done) == ("failed", "done")
    assert PUBLIC_URL in receiver.got[0].json["data"]["message"]


async def test_a_redirect_is_not_followed(api: httpx2.AsyncClient, receiver: Receiver, make: Make) -> None:
    hook = await make()
    receiver.statuses, receiver.headers = [307], {"location": f"{receiver.url}/other"}
    answer = await api.post(f"/webhooks/{hook['id']}/test", headers=ADMIN)
    assert answer.json()["reason"] == "It sends elsewhere: give the address that it leads to"
    assert [got.path for got in receiver.got] == ["/hook"]


@pytest.mark.parametrize(
    ("form", "path", "header", "expected"),
    [
        ("discord", "/hook", "content-type", "application/json"),
        ("ntfy", "/hook", "authorization", "Bearer t0ken"),
        ("gotify", "/hook/message", "x-gotify-key", "t0ken"),
        ("json", "/hook", "authorization", "Bearer t0ken"),
    ],
)
async def test_ready_forms(
    database: Database, library: Library, hooks: Webhooks, receiver: Receiver, make: Make, peer: Peer,
    form: str, path: str, header: str, expected: str,
) -> None:  # fmt: skip
    peer.answers[f"/auth/users/{USER}"] = lambda _: httpx2.Response(200, json={"username": "@everyone *riko*"})
    await seed_abyss(library)
    await make(form=form, token="t0ken", events=["play.started"])
    await started(database)
    await flush(hooks, database)
    (got,) = receiver.got
    assert (got.path, got.headers[header]) == (path, expected)
    text = "@everyone *riko* started Made In Abyss S01E13"
    match form:
        case "discord":
            assert got.json["allowed_mentions"] == {"parse": []}
            assert got.json["content"].startswith("\\@everyone \\*riko\\* started Made In Abyss S01E13")
        case "ntfy":
            assert got.body.decode().startswith(text)
        case "gotify":
            assert got.json["message"].startswith(text)


async def test_secrets_are_kept_and_not_shown(
    api: httpx2.AsyncClient, conninfo: str, receiver: Receiver, make: Make
) -> None:
    hook = await make(url=f"{receiver.url}/s3cret-path", token="t0ken")
    with psycopg.connect(conninfo) as connection:
        stored = str(connection.execute("select origin, secrets from api.webhooks").fetchall())
    shown = (await api.get("/webhooks", headers=ADMIN)).text
    for hidden in ("s3cret-path", "t0ken", hook["secret"]):
        assert hidden not in stored
        assert hidden not in shown
    renewed = (await api.post(f"/webhooks/{hook['id']}/secret", headers=ADMIN)).json()["secret"]
    await api.post(f"/webhooks/{hook['id']}/test", headers=ADMIN)
    (got,) = receiver.got
    assert got.headers["authorization"] == "Bearer t0ken"
    assert Webhook(renewed).verify(got.body, got.headers)["type"] == "test"
    # The token is for the place that it was given for.
    async with receiving() as other:
        await api.patch(f"/webhooks/{hook['id']}", json={"url": f"{other.url}/x"}, headers=ADMIN)
        await api.post(f"/webhooks/{hook['id']}/test", headers=ADMIN)
        assert "authorization" not in other.got[0].headers


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"url": "ftp://x.example/"}, 422),
        ({"url": "https://user:password@x.example/"}, 422),
        ({"url": "nonsense"}, 422),
        ({"events": []}, 422),
        ({"events": ["play.nonsense"]}, 422),
        ({"form": "fax"}, 422),
        ({"name": " "}, 422),
        ({"token": "a b"}, 422),
        ({"token": "a\r\nHost: x"}, 422),
    ],
)
async def test_what_cannot_be_is_refused(api: httpx2.AsyncClient, body: dict[str, Any], status: int) -> None:
    given = {"name": "Lamp", "url": "https://x.example/", "events": ["play.started"], **body}
    assert (await api.post("/webhooks", json=given, headers=ADMIN)).status_code == status
    assert (await api.get("/webhooks", headers=ADMIN)).json() == {"items": []}


async def test_only_administrators_without_limits(api: httpx2.AsyncClient, hooks: Webhooks, make: Make) -> None:
    hook = await make()
    for headers in (
        bearer(USER, ("core.read", "core.write")),
        bearer(USER, ("core.read", "users.write")),
        bearer(USER, ADMINISTRATOR, maxAge=12),
    ):
        for method, path in (
            ("GET", "/webhooks"),
            ("GET", f"/webhooks/{hook['id']}"),
            ("DELETE", f"/webhooks/{hook['id']}"),
            ("POST", f"/webhooks/{hook['id']}/test"),
        ):
            assert (await api.request(method, path, headers=headers)).status_code == 403
    hooks.settings.webhooks = 1
    given = {"name": "Lamp", "url": "https://x.example/", "events": ["play.started"]}
    assert (await api.post("/webhooks", json=given, headers=ADMIN)).status_code == 409
    assert (await api.delete(f"/webhooks/{hook['id']}", headers=ADMIN)).status_code == 204
    assert (await api.delete(f"/webhooks/{hook['id']}", headers=ADMIN)).status_code == 404


async def test_the_process_that_hears_of_it_has_it_copied(
    app: FastAPI, database: Database, library: Library, hooks: Webhooks, make: Make, queued: InMemoryConnector
) -> None:
    from tests.waiting import until

    await seed_abyss(library)
    await make(events=["play.started"])
    queued.reset()
    async with app.router.lifespan_context(app):
        await until(lambda: app.state.context.hub._feed.seen is not None)
        await started(database)
        await until(lambda: [job["task_name"] for job in queued.jobs.values()] == ["api:copy_for_webhooks"])


async def _pk(database: Database) -> int:
    async with database.connection() as connection:
        row = await (await connection.execute("select pk from api.webhooks")).fetchone()
    assert row is not None
    return int(row["pk"])
