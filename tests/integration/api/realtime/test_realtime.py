"""What the websocket tells: topics, what was missed, whom it concerns, and what becomes of bad and slow clients."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from tests.integration.api.conftest import Library
from tests.integration.api.realtime.sockets import Client, opened
from tests.integration.api.seeds import GUEST, OTHER_USER, READ, USER, USERS, bearer, make_token
from tests.integration.api.viewers.watching import EPISODE, SERIE, seed_abyss, seed_video
from tests.waiting import PATIENCE, until

from kyoo.api.realtime import hub as hub_module
from kyoo.api.realtime import playing, session, sockets
from kyoo.core import events
from kyoo.core.database.postgres import Database, execute
from kyoo.core.events import Fact

ADMIN = bearer(USER, (READ, "core.write", USERS, "users.write", "scanner.trigger"))


@pytest.fixture(autouse=True)
async def hub(app: FastAPI) -> AsyncIterator[Any]:
    hub = app.state.context.hub
    async with hub.running():
        await until(lambda: hub._feed.seen is not None)
        yield hub


async def happen(database: Database, *facts: Fact) -> None:
    async with database.transaction() as connection:
        await events.record(connection, *facts)


def note(n: int, **more: Any) -> Fact:
    return Fact("catalogue", "added", {"items": [], "n": n}, **more)


async def numbers(client: Client, count: int) -> list[int]:
    return [(await client.event())["n"] for _ in range(count)]


async def score(api: httpx2.AsyncClient, value: int, **options: Any) -> None:
    response = await api.put("/movies/bubble/score", json={"score": value}, **options)
    assert response.status_code == 200, response.text


# ------------------------------------------------------------------------------------------------------------ topics


async def test_who_follows_nothing_is_told_nothing(app: FastAPI, database: Database) -> None:
    async with opened(app) as client, opened(app) as follower:
        await follower.follow("catalogue")
        await happen(database, note(1))
        assert await numbers(follower, 1) == [1]
        await client.nothing()


async def test_an_event(app: FastAPI, api: httpx2.AsyncClient, library: Library) -> None:
    await library.movie("bubble")
    async with opened(app) as client:
        answer = await client.follow("watch")
        assert (answer["topics"], answer["after"].isdigit()) == (["watch"], True)
        await score(api, 70)
        event = await client.event()
        assert (event["topic"], event["type"], event["score"], event["entry"]) == ("watch", "score", 70, None)
        assert event["show"]["slug"] == "bubble"
        assert event["watchStatus"]["score"] == 70
        assert int(event["id"]) > int(answer["after"])
        assert event["at"].endswith("Z")
        assert "owner" not in event


async def test_what_is_ones_own_is_for_nobody_else(app: FastAPI, api: httpx2.AsyncClient, library: Library) -> None:
    await library.movie("bubble")
    async with opened(app) as mine, opened(app, bearer(OTHER_USER)) as other:
        await mine.follow("watch")
        await other.follow("watch")
        await score(api, 70)
        assert (await mine.event())["score"] == 70
        await other.nothing()


async def test_notices_are_for_their_owner_and_administrators(app: FastAPI, database: Database) -> None:
    async with opened(app, ADMIN) as admin, opened(app) as other, opened(app, bearer(OTHER_USER)) as owner:
        for client in (admin, other, owner):
            await client.follow("notices")
        await happen(database, Fact("notices", "notice", {"n": 1}, owner=OTHER_USER))
        assert await numbers(owner, 1) == [1]
        assert await numbers(admin, 1) == [1]
        await other.nothing()


async def test_who_unsubscribes_is_told_no_more(app: FastAPI, database: Database) -> None:
    async with opened(app) as client:
        await client.follow("catalogue", "watch")
        answer = await client.ask({"action": "unsubscribe", "topics": ["catalogue", "scan"]})
        assert answer == {"action": "unsubscribe", "status": 200, "topics": ["watch"]}
        await happen(database, note(1))
        await client.nothing()


@pytest.mark.parametrize(
    ("caller", "topics", "status", "followed"),
    [
        (bearer(), ["catalogue", "weather"], 422, ["catalogue"]),
        (bearer(), ["jobs", "catalogue"], 403, ["catalogue"]),
        (bearer(), ["scan"], 403, []),
        (bearer(), ["room:nowhere"], 403, []),
        (GUEST, ["watch", "catalogue", "devices", "notices"], 403, ["catalogue"]),
        (bearer(USER, ()), ["catalogue"], 403, []),
        (bearer(wsRoutes=["watch/x"]), ["watch", "catalogue"], 403, []),
        (ADMIN, ["jobs", "streams", "scan"], 200, ["jobs", "scan", "streams"]),
        (bearer(USER, (READ, "users.write", "scanner.trigger"), maxAge=12), ["jobs", "scan", "watch"], 403, ["watch"]),
    ],
)
async def test_who_may_follow_what(
    app: FastAPI, caller: dict[str, str], topics: list[str], status: int, followed: list[str]
) -> None:
    async with opened(app, caller) as client:
        answer = await client.ask({"action": "subscribe", "topics": topics})
        assert (answer["status"], answer["topics"]) == (status, followed), answer


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"topics": []},
        {"topics": "watch"},
        {"topics": [1]},
        {"topics": ["watch"], "after": 5},
        {"topics": ["x"] * 65},
    ],
)
async def test_a_wrong_subscription(app: FastAPI, wrong: dict[str, Any]) -> None:
    async with opened(app) as client:
        answer = await client.ask({"action": "subscribe", **wrong})
        assert (answer["action"], answer["status"]) == ("subscribe", 422)
        await client.nothing()


async def test_an_account_that_may_less_from_now_on(
    app: FastAPI, database: Database, peer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "SESSION_CHECK", 0)
    token = make_token(USER, (READ, "users.write"), sid=str(OTHER_USER))
    peer.answers["/auth/jwt"] = lambda _: httpx2.Response(200, json={"token": token})
    async with opened(app, {"Authorization": f"Bearer {token}"}) as client:
        await client.follow("jobs", "catalogue")
        token = bearer(USER, (READ,))["Authorization"].partition(" ")[2]
        refused = await client.ask({"action": "unsubscribe", "topics": ["watch"]})
        assert (refused["status"], refused["message"]) == (403, "You may not follow any more: jobs")
        assert (await client.told())["topics"] == ["catalogue"]


# ------------------------------------------------------------------------------------------------------------ missed


async def test_what_was_missed_comes_first(app: FastAPI, database: Database) -> None:
    async with opened(app) as client:
        after = (await client.follow("catalogue"))["after"]
        await happen(database, *map(note, range(3)))
        first, *_ = [await client.event() for _ in range(3)]
    await happen(database, note(3), Fact("watch", "score", {"n": 4}, owner=OTHER_USER))
    async with opened(app) as client:
        for n, known in ((3, first["id"]), (4, after)):
            again = await client.follow("catalogue", "watch", after=known)
            assert await numbers(client, n) == list(range(4 - n, 4))
            assert int(again["after"]) > int(first["id"])
        await happen(database, note(5))
        assert await numbers(client, 1) == [5]


async def test_what_happens_while_it_is_told_of_what_it_missed(app: FastAPI, database: Database) -> None:
    """Nothing twice, nothing left out, all in order."""
    async with opened(app) as client:
        after = (await client.follow("catalogue"))["after"]
    writing = asyncio.gather(*(happen(database, note(n)) for n in range(40)))
    got: list[int] = []
    for _ in range(8):
        async with opened(app) as client:
            await client.follow("catalogue", after=after)
            for _ in range(5):
                event = await client.event()
                after = event["id"]
                got.append(event["n"])
    await writing
    assert sorted(got) == list(range(40))


@pytest.mark.parametrize("after", ["0", "999999999", "nonsense", "", "-1", "9" * 30, "²"])
async def test_who_knows_nothing_of_use_fetches_anew(app: FastAPI, database: Database, after: str) -> None:
    await happen(database, note(1))
    async with database.connection() as connection:
        await execute(connection, "update events.log set at = now() - interval '2 days'")
        await events.forget(connection)
    async with opened(app) as client:
        await client.follow("catalogue", "watch", after=after)
        assert await client.told() == {"action": "reload", "topics": ["catalogue", "watch"]}


async def test_who_has_missed_too_much_fetches_anew(
    app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kyoo.api.realtime.hub.MISSED", 5)
    async with opened(app) as client:
        after = (await client.follow("catalogue"))["after"]
    await happen(database, *map(note, range(5)))
    async with opened(app) as client:
        await client.follow("catalogue", after=after)
        assert await numbers(client, 5) == list(range(5))
    await happen(database, note(5))
    await until(lambda: app.state.context.hub.position == int(after) + 6)
    async with opened(app) as client:
        await client.follow("catalogue", after=after)
        assert (await client.told())["action"] == "reload"


# ------------------------------------------------------------------------------------------------------------ limits


async def test_what_others_did_is_not_searched_without_end(
    app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(app) as client:
        after = (await client.follow("watch"))["after"]
    monkeypatch.setattr(hub_module, "MOST_LOOKED", 10)
    async with database.transaction() as connection:
        for topic in ("watch", *["scan"] * 20):
            body = {"show": {"id": str(OTHER_USER)}}
            await events.record(connection, Fact(topic, "progress", body, owner=OTHER_USER))
    await until(lambda: app.state.context.hub.position >= int(after) + 21)
    async with opened(app) as client:
        # Of other topics nothing has to be looked at.
        await client.follow("watch", after=after)
        await client.nothing()
    async with database.transaction() as connection:
        for _ in range(20):
            await events.record(connection, Fact("watch", "progress", {"show": {"id": "x"}}, owner=OTHER_USER))
    await until(lambda: app.state.context.hub.position >= int(after) + 41)
    async with opened(app) as client:
        await client.follow("watch", after=after)
        assert await client.told() == {"action": "reload", "topics": ["watch"]}


async def test_readers_with_limits_learn_of_nothing_that_they_may_not_see(
    app: FastAPI, api: httpx2.AsyncClient, library: Library
) -> None:
    child = bearer(OTHER_USER, maxAge=12)
    async with opened(app, child) as client:
        after = (await client.follow("catalogue", "watch"))["after"]
        await library.movie("horror")
        await library.movie("bubble")
        await api.patch("/movies/bubble", json={"minAge": 6})
        event = await client.event()
        if event["type"] == "added":
            # What is told late is told as it may be seen then.
            assert [item["slug"] for item in event["items"]] == ["bubble"]
            event = await client.event()
        assert (event["type"], [item["slug"] for item in event["items"]]) == ("changed", ["bubble"])
        await score(api, 50, headers=child)
        assert (await client.event())["show"]["slug"] == "bubble"
        await api.delete("/movies/horror")
        await api.delete("/movies/bubble")
        event = await client.event()
        assert (event["type"], event["items"]) == (
            "removed", [{"kind": "movie", "id": event["items"][0]["id"], "slug": "bubble"}],
        )  # fmt: skip
        await client.nothing()
    # Later, too, when nothing of it is there any more.
    async with opened(app, child) as client:
        await client.follow("catalogue", "watch", after=after)
        assert (await client.event())["type"] == "removed"
        await client.nothing()


async def test_readers_of_a_library_learn_of_what_is_removed_from_it(
    app: FastAPI, api: httpx2.AsyncClient, library: Library
) -> None:
    for slug in ("films", "others"):
        await api.put(f"/libraries/{slug}", json={"name": slug, "path": f"/{slug}"})
    await library.movie("bubble")
    await library.movie("ghost")
    await library.video("/films/bubble.mkv", **{"for": [{"slug": "bubble"}]})
    await library.video("/others/ghost.mkv", **{"for": [{"slug": "ghost"}]})
    async with opened(app, bearer(OTHER_USER, libraries=["films"])) as client:
        await client.follow("catalogue")
        await api.delete("/movies/ghost")
        await api.delete("/movies/bubble")
        assert [item["slug"] for item in (await client.event())["items"]] == ["bubble"]


# ---------------------------------------------------------------------------------------------------------- watching


async def test_a_play_from_its_start_to_its_end(app: FastAPI, library: Library) -> None:
    await seed_abyss(library)
    video = await seed_video(library)
    report = {"action": "watch", "entry": EPISODE, "videoId": video, "percent": 10, "time": 60}
    async with opened(app) as screen, opened(app) as player:
        await screen.follow("watch")
        await player.follow("watch")
        for change, expected in (
            ({}, "started"),
            ({"time": 65}, "progress"),
            ({"time": 65}, "paused"),
            ({"time": 65}, "progress"),
            ({"time": 70}, "resumed"),
            ({"time": 75, "state": "paused"}, "paused"),
            ({"time": 75, "state": "playing"}, "resumed"),
            ({"time": 100, "percent": 96, "state": "playing"}, "finished"),
        ):
            assert (await player.ask(report | change))["status"] == 201
            event = await screen.event()
            assert event["type"] == expected, change
            assert event["progress"]["time"] == (report | change)["time"]
        assert (await screen.event())["type"] == "progress"
        assert (await player.ask(report | {"state": "stopped"}))["status"] == 201
        assert (await screen.event())["type"] == "stopped"
        # Who said it is not told.
        await player.nothing()


async def test_a_player_that_leaves_or_falls_silent_has_stopped(
    app: FastAPI, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seed_abyss(library)
    video = await seed_video(library)
    report = {"action": "watch", "entry": EPISODE, "videoId": video, "percent": 10, "time": 60}
    monkeypatch.setattr("kyoo.api.routes.socket.SESSION_CHECK", 0.05)
    async with opened(app) as screen:
        await screen.follow("watch")
        async with opened(app) as player:
            await player.ask(report)
            assert (await screen.event())["type"] == "started"
            await player.ask({**report, "entry": SERIE + "-s2e1"})
            assert [(await screen.event())["type"] for _ in range(2)] == ["stopped", "started"]
            monkeypatch.setattr(playing, "SILENCE", 0)
            assert (await screen.event())["type"] == "stopped"
            monkeypatch.undo()
            await player.ask(report)
            assert (await screen.event())["type"] == "started"
        event = await screen.event()
        assert (event["type"], event["progress"]["time"], event["entry"]["slug"]) == ("stopped", 60, EPISODE)


# ------------------------------------------------------------------------------------------------- bad and slow clients


@pytest.mark.parametrize(
    "text",
    [
        '{"action":"\\ud800"}',
        '{"action":"subscribe","topics":["\\ud800"]}',
        '{"action":"watch","entry":"\\ud800","videoId":"39158be0-3f59-4c45-b00d-d25b3bc2b884","percent":1,"time":1}',
        '{"action":"watch","entry":"a\\u0000","videoId":"39158be0-3f59-4c45-b00d-d25b3bc2b884","percent":1,"time":1}',
        '{"\\udfff":1}',
        "[" * 4000,
        '{"action":' * 400,
        "1e999",
        "NaN",
        '{"action":NaN}',
        '{"action":{}}',
        '{"action":["subscribe"]}',
        '{"action":"subscribe","topics":{"a":1}}',
        "x" * 5000,
        "\ud800",
    ],
)
async def test_nonsense_is_answered_and_others_do_not_notice(app: FastAPI, database: Database, text: str) -> None:
    async with opened(app) as client, opened(app) as other:
        await other.follow("catalogue")
        assert (await client.ask(text))["status"] == 422
        await client.nothing()
        await happen(database, note(1))
        assert await numbers(other, 1) == [1]


async def test_bytes_end_the_socket_politely(app: FastAPI) -> None:
    client = Client(app, bearer())
    await client.message()
    client.say_bytes(b"\0\1")
    closed = await client.message()
    assert (closed["type"], closed["code"]) == ("websocket.close", 1003)


async def test_a_flood_ends_the_socket(app: FastAPI) -> None:
    client = Client(app, bearer())
    await client.message()
    for _ in range(int(app.state.context.settings.socket_messages * sockets.BURST_SECONDS) + 50):
        client.say({"action": "ping"})
    while (last := await client.message())["type"] == "websocket.send":
        pass
    assert (last["type"], last["code"], last["reason"]) == ("websocket.close", 1008, "Too many messages")


async def test_who_does_not_read_is_cut_off_and_others_are_not(app: FastAPI, database: Database) -> None:
    slow = Client(app, bearer())
    await slow.message()
    await slow.follow("catalogue")
    async with opened(app) as client:
        await client.follow("catalogue")
        slow.reading.clear()
        text = "x" * 20_000
        for n in range(20):
            await happen(database, Fact("catalogue", "added", {"items": [], "n": n, "text": text}))
            assert await numbers(client, 1) == [n]
        await asyncio.wait_for(slow.task, PATIENCE)
        hub = app.state.context.hub
        assert sum(map(len, hub._following.values())) == 1


async def test_nothing_is_left_of_a_socket_that_is_closed(app: FastAPI) -> None:
    async with opened(app) as client:
        await client.follow("catalogue", "watch")
    hub = app.state.context.hub
    assert not hub._following
    assert not [task for task in asyncio.all_tasks() if "_send_all" in repr(task)]


async def test_one_text_for_all(app: FastAPI, database: Database) -> None:
    """Members of an event never hide those of its head."""
    async with opened(app) as client:
        await client.follow("catalogue")
        await happen(database, Fact("catalogue", "added", {"items": [], "id": "x", "topic": "watch"}))
        event = await client.event()
        assert (event["topic"], event["id"].isdigit()) == ("catalogue", True)
        assert json.dumps(event)


async def test_a_database_that_is_away_is_said_and_the_socket_stays(
    app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(app) as client:
        after = (await client.follow("catalogue"))["after"]
        for failure, status in ((psycopg.OperationalError("away"), 503), (psycopg.ProgrammingError("wrong"), 500)):

            async def fail(*_: Any, failure: Exception = failure) -> Any:
                raise failure

            with monkeypatch.context() as patch:
                patch.setattr(events, "has_all_since", fail)
                client.say({"action": "subscribe", "topics": ["catalogue"], "after": after})
                assert (await client.told())["status"] == 200
                assert (await client.told())["status"] == status
        await happen(database, note(1))
        assert await numbers(client, 1) == [1]


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_cut_off_every_client_ends_with_the_state_of_the_rows(
    app: FastAPI, database: Database, seed: int
) -> None:
    """Facts that overlap and some that are undone, the connection that listens killed again and again (what is said
    meanwhile is said to nobody), clients that leave and come back."""
    chance = random.Random(seed)
    kill = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%% listening'"
    truth: dict[int, int] = {}
    over = asyncio.Event()

    async def writer(key: int) -> None:
        for value in range(12):
            with contextlib.suppress(ZeroDivisionError):
                async with database.transaction() as connection:
                    body = {"items": [], "key": key, "value": value}
                    await events.record(connection, Fact("catalogue", "changed", body, replaces=f"test {key}"))
                    await asyncio.sleep(chance.choice([0, 0.003, 0.01]))
                    if chance.random() < 0.2:
                        raise ZeroDivisionError
                truth[key] = value

    async def cutter() -> None:
        for _ in range(3):
            await asyncio.sleep(chance.uniform(0.02, 0.2))
            async with database.connection() as connection:
                await execute(connection, kill)

    async def client(after: str) -> None:
        known: dict[int, int] = {}
        while not (over.is_set() and known == truth):
            async with opened(app) as socket:
                await socket.follow("catalogue", after=after)
                for _ in range(chance.randint(1, 6)):
                    if over.is_set() and known == truth:
                        break
                    event = await socket.event()
                    after = event["id"]
                    # Of one thing, nothing comes after what is newer.
                    assert known.get(event["key"], -1) < event["value"]
                    known[event["key"]] = event["value"]

    async with opened(app) as first:
        after = (await first.follow("catalogue"))["after"]
    clients = asyncio.gather(*(client(after) for _ in range(3)))
    await asyncio.gather(cutter(), *(writer(key) for key in range(4)))
    over.set()
    # Who has heard everything before waits for something more.
    truth[0] = 12
    body = {"items": [], "key": 0, "value": 12}
    await happen(database, Fact("catalogue", "changed", body, replaces="test 0"))
    await asyncio.wait_for(clients, PATIENCE)
