"""Replicas on hosts of their own: packets are lost, and single hosts are cut off from others while their processes
live."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from kyoo.core.files import encode_path
from kyoo.scanner.scanning.watcher import LEADER_LOCK
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from tests import media
from tests.conftest import FAST, scratch
from tests.e2e.server import descendants
from tests.integration.transcoder.test_sessions import long_movie
from tests.replicas.cluster import GATEWAY, Cluster, Replica, cluster
from tests.replicas.hosts import NETWORK, Namespace, Network, NotAllowedError, network
from tests.replicas.test_stores import FILM, Witness
from tests.waiting import PATIENCE, until

ANOTHER = "Another Film (2011)/Another Film (2011).mkv"
#: Seconds in which another transcoder has taken over: 2.5 (decision 0033), and what this machine may stall.
TAKEN_OVER = 12.0

pytestmark = pytest.mark.exhaustive


@pytest.fixture
def hosts() -> Iterator[Network]:
    with contextlib.ExitStack() as there:
        try:
            made = there.enter_context(network("front", "store", "one", "two", "three"))
        except NotAllowedError as error:
            pytest.skip(f"no hosts can be made: {error}")
        yield made


class DistantPostgres(EmbeddedPostgres):
    """Listens on a host, and here on its socket."""

    def __init__(self, folder: Path, host: Namespace) -> None:
        trusted = folder.parent / "trusted"
        trusted.write_text(f"local all all trust\nhost all all {NETWORK}.0.0/16 trust\n")
        folder.parent.chmod(0o755)
        super().__init__(
            folder,
            settings=FAST | {"listen_addresses": host.address, "hba_file": str(trusted), "max_connections": "90"},
        )
        self.host = host

    def reached_from_hosts(self) -> str:
        return make_conninfo(self.conninfo(), host=self.host.address)

    def _spawn(self, *command: Any, **options: Any) -> Any:
        with self.host.entered():
            return super()._spawn(*command, **options)


@pytest.fixture
async def postgres(hosts: Network) -> AsyncIterator[DistantPostgres]:
    with scratch() as folder:
        server = DistantPostgres(folder / "postgres", hosts["store"])
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


class Site:
    """The cluster as its clients see it, and the database as Postgres does."""

    def __init__(self, running: Cluster, hosts: Network, postgres: DistantPostgres, headers: dict[str, str]) -> None:
        self.running, self.hosts, self.headers = running, hosts, headers
        self._postgres = postgres

    async def rows(self, query: str, *params: object) -> list[dict[str, Any]]:
        connection = await psycopg.AsyncConnection.connect(self._postgres.conninfo(), row_factory=dict_row)
        async with connection:
            return await (await connection.execute(query, params)).fetchall()

    def at(self, service: str, host: str) -> Replica:
        """The replica of `service` on a host."""
        return next(one for one in self.running.replicas[service] if one.host is self.hosts[host])

    async def token(self) -> dict[str, str]:
        async with self.running.client as client:
            answer = await client.get("/auth/jwt", headers=self.headers)
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    async def ask(self, one: Replica, path: str, headers: dict[str, str]) -> httpx2.Response:
        """What a replica answers by itself."""
        async with httpx2.AsyncClient(base_url=one.url, timeout=PATIENCE) as client:
            return await client.get(path, headers=headers)

    async def insist(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Through the gateway, and again when it is told to."""
        answers: list[httpx2.Response] = []

        async def answered() -> bool:
            answers.append(await client.request(method, path, headers=self.headers, **options))
            return answers[-1].status_code != 503

        async with self.running.client as client:
            await until(answered)
        assert answers[-1].status_code == 200, answers[-1].text
        return answers[-1]

    async def film(self) -> dict[str, Any]:
        answer = await self.insist("GET", "/api/movies")
        return next(film for film in answer.json()["items"] if film["slug"].startswith("long-film"))


async def test_networks_fail_and_come_back(hosts: Network, postgres: DistantPostgres, tmp_path: Path) -> None:
    """One story, as starting all of it is what costs."""
    pair = [hosts["one"], hosts["two"]]
    places = {GATEWAY: [hosts["front"]], "scanner": [hosts["three"]], "worker": [hosts["three"], hosts["two"]]}
    places |= dict.fromkeys(("auth", "api", "transcoder"), pair)
    conninfo = postgres.reached_from_hosts()
    async with cluster(conninfo, tmp_path, hosts=places, auth=2, api=2, transcoder=2, scanner=1, worker=2) as running:
        film = running.library / FILM
        media.placed(long_movie(), film)
        async with running.client as client:
            headers = await running.log_in(client)
            assert (await client.put("/scanner/scan", headers=headers)).status_code < 300

            async def is_known() -> bool:
                return bool((await client.get("/api/movies", headers=headers)).json()["items"])

            await until(is_known)
        before = [one.process.pid for one in running.all]
        site = Site(running, hosts, postgres, headers)
        await packets_are_lost(site)
        await a_host_loses_postgres(site)
        await a_transcoder_is_cut_off(site)
        await a_leader_is_cut_off(site)
        assert [one.process.pid for one in running.all] == before
        assert [one.process.poll() for one in running.all] == [None] * len(before)


async def packets_are_lost(site: Site) -> None:
    """No request fails, a film plays to its end, and what one screen does is seen on another one."""
    for host in site.hosts.hosts.values():
        host.lose(5)
        host.slow_down()
    async with site.running.client as client:
        site.headers = await site.running.log_in(client)
        for path in ["/api/shows", "/auth/users/me", "/api/news", "/scanner/progress"] * 5:
            answer = await client.get(path, headers=site.headers)
            assert answer.status_code == 200, f"{path}: {answer.text[:200]}"
        base = f"/video/{encode_path(site.running.library / FILM)}"
        player = site.headers | {"X-CLIENT-ID": "tv"}
        playlist = (await client.get(f"{base}/0/transcode/index.m3u8", headers=player)).text
        names = re.findall(r"segment-\d+\.mp4", playlist)
        assert len(names) > 10, playlist
        for name in names:
            answer = await client.get(f"{base}/0/transcode/{name}", headers=player)
            assert answer.status_code == 200, answer.text[:200]
    film = await site.film()
    sides = [site.at("api", "one"), site.at("api", "two")]
    async with connected(sides[0], await site.token()) as screen, connected(sides[1], await site.token()) as other:
        await follow(other)
        videos = (await site.insist("GET", f"/api/movies/{film['slug']}?with=videos")).json()["videos"]
        for percent in (1, 30, 60, 99):
            seen = {"entry": film["slug"], "videoId": videos[0]["id"], "percent": percent, "time": percent}
            await screen.send(json.dumps({"action": "watch", **seen}))
            answer_to_screen = await frame(screen)
            assert answer_to_screen["status"] == 201, answer_to_screen
        heard: list[str] = []
        while "finished" not in heard:
            heard.append((await frame(other)).get("type", ""))
        assert heard[0] == "started"
    for host in site.hosts.hosts.values():
        host.lose(0)
        host.speed_up()


async def a_host_loses_postgres(site: Site) -> None:
    """Whoever asks there is told to come again, and nobody waits for the end of it."""
    film = await site.film()
    api, auth = site.at("api", "one"), site.at("auth", "one")
    token = await site.token()
    # What is about to end, in all memories.
    async with site.running.client as client:
        ending = await site.running.log_in(client)
        session = (await client.get("/auth/jwt", headers=ending)).json()["token"]
    ended = {"Authorization": f"Bearer {session}"}
    assert (await site.ask(auth, "/auth/jwt", ending)).status_code == 200
    assert (await site.ask(api, "/api/shows", ended)).status_code == 200
    await site.insist("POST", f"/api/movies/{film['slug']}/watchstatus", json={"status": "planned"})
    async with Witness(site.running, site.headers) as witness, connected(api, token) as socket:
        await witness.well()
        after = await follow(socket)
        witness.answers.clear()
        with site.hosts.cut("one", "store"):
            answers = await asyncio.gather(*(site.ask(api, "/api/shows", token) for _ in range(12)))
            assert [answer.status_code for answer in answers] == [503] * 12
            assert all("retry-after" in answer.headers for answer in answers)
            await site.insist("POST", f"/api/movies/{film['slug']}/watchstatus", json={"status": "completed"})
            async with httpx2.AsyncClient(base_url=site.at("auth", "two").url, timeout=PATIENCE) as direct:
                assert (await direct.delete("/auth/sessions/current", headers=ending)).status_code == 200
            asked = witness.answers.total()
            await until(lambda: witness.answers.total() > asked + 20)
        # Whom the gateway asks, and who waits how long, is its own; but who only looks notices nothing else.
        assert witness.statuses(witness.segments) == {200}
        assert witness.statuses(witness.pages) == {200}
        assert witness.without_hint == 0
        await until(lambda: _is(site.ask(api, "/api/shows", token), 200))
        await until(lambda: _is(site.ask(api, "/api/shows", ended), 403))
        await until(lambda: _is(site.ask(auth, "/auth/jwt", ending), 401, 403))
        seen = (await site.ask(api, f"/api/movies/{film['slug']}", token)).json()
        assert seen["watchStatus"]["status"] == "completed"
        await hears_of_it(socket, api, token, after)
        await witness.well()


async def hears_of_it(socket: ClientConnection, api: Replica, token: dict[str, str], after: str) -> None:
    """What happened while the host was cut off, on the socket of before, or on a new one once it is closed."""

    async def on(one: ClientConnection) -> None:
        """What was done before may be told late."""
        status = None
        while status != "completed":
            event = await frame(one)
            assert event["action"] == "event", event
            status = (event.get("watchStatus") or {}).get("status")

    try:
        await on(socket)
    except ConnectionClosed:
        async with connected(api, token) as anew:
            await follow(anew, after)
            await on(anew)


async def a_transcoder_is_cut_off(site: Site) -> None:
    """Another one takes over, and nobody else owns the file when it is there again."""
    path = encode_path(site.running.library / FILM)
    base = f"/video/{path}/0/transcode"
    numbers = itertools.cycle(range(2, 14))
    player = site.headers | {"X-CLIENT-ID": "player"}

    async def next_segment() -> None:
        """As players do, it is asked for again when it does not come."""
        url = f"{base}/segment-{next(numbers)}.mp4"

        async def arrives() -> bool:
            with contextlib.suppress(httpx2.TransportError):
                async with httpx2.AsyncClient(base_url=site.running.url, timeout=10) as client:
                    answer = await client.get(url, headers=player)
                    assert answer.status_code == 200, answer.text
                    return True
            return False

        await until(arrives)

    async def owners() -> list[str]:
        rows = await site.rows(
            "select address from transcoder.leases join transcoder.replicas on replicas.id = leases.replica"
        )
        return [row["address"] for row in rows]

    async def silence() -> float:
        rows = await site.rows(
            "select extract(epoch from now() - seen)::float as silent from transcoder.replicas where address = %s",
            owner.url,
        )
        return float(rows[0]["silent"])

    await next_segment()
    await until(owners)
    [address] = await owners()
    here = next(name for name in ("one", "two") if site.at("transcoder", name).url == address)
    owner, other = site.at("transcoder", here), site.at("transcoder", "two" if here == "one" else "one")
    token = await site.token()
    with site.hosts.cut(here):
        answer = await site.ask(other, f"{base}/segment-{next(numbers)}.mp4", token | {"X-CLIENT-ID": "player"})
        assert answer.status_code == 200
        assert await silence() < TAKEN_OVER

        async def is_passed_on() -> bool:
            """Who does not reach the owner encodes at once, and owns the file once the owner counts as gone."""
            await next_segment()
            return await owners() == [other.url]

        await until(is_passed_on)
    await until(owner.is_ready)
    await until(lambda: _below(silence(), 2))

    async def is_handed_over() -> bool:
        for one in (owner, other):
            answer = await site.ask(one, f"{base}/segment-{next(numbers)}.mp4", token | {"X-CLIENT-ID": "player"})
            assert answer.status_code == 200
        return not encoders(owner)

    await until(is_handed_over)
    assert await owners() == [other.url]
    for one in (owner, other):
        streams = (await site.ask(one, "/video/streams", token)).json()
        assert [stream["path"] for stream in streams] == [str(site.running.library / FILM)]


async def a_leader_is_cut_off(site: Site) -> None:
    """Another worker watches the folders once Postgres knows that the first one's connection is over."""

    async def leaders() -> list[str]:
        rows = await site.rows(
            """
            select host(client_addr) as address from pg_locks join pg_stat_activity using (pid)
            where locktype = 'advisory' and classid = 0 and objid = %s and granted
            """,
            LEADER_LOCK,
        )
        return [row["address"] for row in rows]

    await until(leaders)
    [first] = await leaders()
    here, there = ("two", "three") if first == site.hosts["two"].address else ("three", "two")
    assert first == site.hosts[here].address
    cut_off = site.at("worker", here)
    with site.hosts.cut(here, "store"):
        await until(lambda: _equals(leaders(), [site.hosts[there].address]))
        await until(lambda: "the watcher starts again" in cut_off.log.read_text())
        media.placed(media.movie(seconds=2, size="64x36"), site.running.library / ANOTHER)

        async def is_known() -> bool:
            videos = (await site.insist("GET", "/api/videos?limit=50")).json()["items"]
            return str(site.running.library / ANOTHER) in [video["path"] for video in videos]

        await until(is_known)
    assert await leaders() == [site.hosts[there].address]


def encoders(one: Replica) -> list[int]:
    """The ffmpegs below a transcoder."""
    found = []
    for pid in descendants(one.process.pid):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip() == "ffmpeg":
                found.append(pid)
    return found


@contextlib.asynccontextmanager
async def connected(api: Replica, token: dict[str, str]) -> AsyncIterator[ClientConnection]:
    url = api.url.replace("http", "ws") + "/api/ws"
    async with connect(url, proxy=None, additional_headers=token, open_timeout=PATIENCE, ping_timeout=None) as socket:
        yield socket


async def frame(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        return dict(json.loads(await socket.recv()))


async def follow(socket: ClientConnection, after: str | None = None) -> str:
    """What a user watches; gives the last id of before."""
    asked = {"action": "subscribe", "topics": ["watch"]} | ({"after": after} if after else {})
    await socket.send(json.dumps(asked))
    answer = await frame(socket)
    assert answer["status"] == 200, answer
    return str(answer["after"])


async def _is(asking: Any, *statuses: int) -> bool:
    with contextlib.suppress(httpx2.TransportError, InvalidHandshake):
        return (await asking).status_code in statuses
    return False


async def _equals(found: Any, wanted: object) -> bool:
    return bool(await found == wanted)


async def _below(found: Any, most: float) -> bool:
    return bool(await found < most)
