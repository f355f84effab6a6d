"""Senders that are killed: between the commit of a mark and its request, and between the answer and its record. Nothing
is lost, nothing is told twice, whatever the tracker makes of a repeat."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.serving import served
from tests.integration.api.seeds import episode_seed, serie_seed
from tests.integration.api.trackers.test_tracker_orders import ids, play, record
from tests.integration.api.trackers.tracked import KEY, Tracked, tracked
from tests.samples import sampled

from kyoo.core.http.service import Runtime

#: For each line with a place and an account, a process that sends what is due to it, as a worker does, and dies there;
#: how it ended.
SENDERS = """
import asyncio, os, signal, sys, traceback
import procrastinate
from procrastinate.testing import InMemoryConnector
from pydantic import SecretStr
from kyoo.api.settings import ApiSettings
from kyoo.api.trackers import delivery, wire
from kyoo.api.trackers.service import Trackers
from kyoo.core.database.postgres import Database

conninfo, key, service, url = sys.argv[1:]
where = ""

def die():
    os.kill(os.getpid(), signal.SIGKILL)

ask = wire.Outside.ask

async def dying(self, title, method, address, **more):
    if where == "before" and method != "GET":
        die()
    answer = await ask(self, title, method, address, **more)
    if where == "after" and method != "GET":
        die()
    return answer

wire.Outside.ask = dying

async def main(pk):
    database = Database(conninfo, name="child", max_size=3)
    await database.open()
    given = {"secret_key": SecretStr(key), f"{service}_client_id": "client-of-the-tests",
             f"{service}_client_secret": SecretStr("secret-of-the-tests"),
             f"{service}_url": url, f"{service}_auth_url": url}
    queue = procrastinate.App(connector=InMemoryConnector())
    trackers = Trackers(ApiSettings(**given), database, queue, "http://kyoo.test")
    if where == "lease":
        delivery.Delivery._deliver = lambda *_, **__: die()
    await trackers.delivery.deliver(pk, hurried=True)

for line in sys.stdin:
    where, pk = line.split()
    sender = os.fork()
    if not sender:
        try:
            asyncio.run(main(int(pk)))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(sender, 0)[1]), flush=True)
"""

#: Between the local commit and the request, and between its answer and the record of that.
UNSENT, UNRECORDED = ("lease", "before"), ("after",)


@pytest.fixture
async def kyoo(runtime: Runtime, tmp_path: Path) -> AsyncIterator[Tracked]:
    """Nobody sends by himself: what is due waits for whom the test starts."""
    async with tracked(runtime, tmp_path, tracker_wait=0) as running:
        running.delivery.soon = lambda _: None
        running.fakes.trakt.add("show", 1, "The Wire", tmdb=1438)
        running.fakes.simkl.add("anime", 1, "The Wire", seasons={1: 60}, tmdb=1438, anilist=7)
        running.fakes.anilist.add(7, "The Wire", 60)
        entries = [
            episode_seed(1, n, order=n, externalId=ids(themoviedatabase=(1438, 1, n), anilist=(7, None, n)))
            for n in range(1, 52)
        ]
        seed = serie_seed("wire", externalId=ids(themoviedatabase=1438), entries=entries)
        assert (await running.api.post("/series", json=seed)).status_code == 201
        yield running


@asynccontextmanager
async def senders_of(kyoo: Tracked, service: str) -> AsyncIterator[Process]:
    async with served(kyoo.fakes.every()[service].app) as url:
        database = kyoo.app.state.context.runtime.database
        senders = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SENDERS, database.conninfo, KEY, service, url,
            env={**os.environ, "STDOUT_LOG_LEVEL": "error"}, stdin=PIPE, stdout=PIPE,
        )  # fmt: skip
        try:
            yield senders
        finally:
            assert senders.stdin is not None
            senders.stdin.close()
            await senders.wait()


async def send(kyoo: Tracked, senders: Process, service: str, where: str) -> None:
    database = kyoo.app.state.context.runtime.database
    async with database.connection() as connection:
        cursor = await connection.execute(
            "update api.trackers set leased_until = '-infinity' where service = %s returning pk", [service]
        )
        pk = (await cursor.fetchone())["pk"]
        await connection.execute("update api.tracker_outbox set next_try = now()")
        await connection.execute("update api.tracker_budgets set next_at = '-infinity', blocked_until = '-infinity'")
    assert senders.stdin is not None
    assert senders.stdout is not None
    senders.stdin.write(f"{where} {pk}\n".encode())
    assert int(await senders.stdout.readline()) == (0 if where == "nowhere" else -signal.SIGKILL)


def told(kyoo: Tracked, service: str) -> Any:
    match service:
        case "trakt":
            return sorted(one["episode"]["number"] for one in kyoo.fakes.trakt.plays)
        case "simkl":
            plays = kyoo.fakes.simkl.entries.get(1, {"plays": {}})["plays"]
            return sorted(number for (_, number), dates in plays.items() for _ in dates)
        case _:
            return list(range(1, kyoo.fakes.anilist.list.get(7, {"progress": 0})["progress"] + 1))


async def killed(kyoo: Tracked, service: str, places: list[str]) -> None:
    await kyoo.link(service)
    async with senders_of(kyoo, service) as senders:
        for number, where in enumerate(places, start=1):
            await record(kyoo, play(f"wire-s1e{number}"))
            await send(kyoo, senders, service, where)
            assert (await kyoo.item(service))["queued"] == 1, "it is not lost"
            # Whoever takes over asks first where a repeat would count twice.
            await send(kyoo, senders, service, "nowhere")
            assert (await kyoo.item(service))["queued"] == 0
            assert told(kyoo, service) == list(range(1, number + 1)), where


@pytest.mark.parametrize("service", sampled(["trakt", "simkl", "anilist"], "trakt".__eq__))
async def test_a_killed_sender_loses_nothing_and_doubles_nothing(kyoo: Tracked, service: str) -> None:
    await killed(kyoo, service, ["before", "after"])


@pytest.mark.exhaustive
@pytest.mark.parametrize("service", ["trakt", "simkl", "anilist"])
@pytest.mark.parametrize("places", [UNSENT, UNRECORDED], ids=["unsent", "unrecorded"])
async def test_a_sender_that_is_killed_fifty_times(kyoo: Tracked, service: str, places: tuple[str, ...]) -> None:
    await killed(kyoo, service, [places[number % len(places)] for number in range(50)])
