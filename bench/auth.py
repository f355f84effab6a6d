"""Exchanges of a credential for a JWT, a second, on one core: remembered, looked up, and without any JWT kept; the
floor is one indexed look-up. And how long other requests take while people log in, and how long a login takes while
films are encoded; the floor is the same without them.
Needs no server: it starts the embedded Postgres in a folder of its own."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import structlog
from fastapi import FastAPI
from starlette.types import Message, Scope

from kyoo.auth.app import create_app
from kyoo.auth.context import create_context
from kyoo.auth.factors.passwords import Passwords
from kyoo.auth.queries import sessions, users
from kyoo.auth.settings import AuthSettings
from kyoo.auth.tokens.exchange import Exchange
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.core.database.migrations import migrate
from kyoo.core.database.postgres import Database, execute
from kyoo.core.database.queue import make_queue
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.serve.postgres.embedded import EmbeddedPostgres
from kyoo.transcoder.ffmpeg import commands
from kyoo.transcoder.ffmpeg.running import Ffmpeg
from kyoo.transcoder.settings import TranscoderSettings

SECONDS = 0.7
ROUNDS = 4
#: Requests at the same time, so that one waits for the database while another is worked on.
CONCURRENCY = 8
LOGINS = 50
TURNS = 2
ENCODERS = (0, 2, 4)
#: Logins of a round with encoders: one after the other, and at once.
FEW_LOGINS = 5
#: Between two of the other requests, in seconds: 50 of them a second.
PAUSE = 0.02
PASSWORD = "correct horse"


async def rates(works: dict[str, Callable[[], Awaitable[object]]]) -> dict[str, float]:
    """Calls a second of each with CONCURRENCY callers: the best round, the rounds taken in turns."""

    async def call_until(end: float, work: Callable[[], Awaitable[object]]) -> int:
        calls = 0
        while time.perf_counter() < end:
            await work()
            calls += 1
        return calls

    best = dict.fromkeys(works, 0.0)
    for _ in range(ROUNDS):
        for name, work in works.items():
            begun = time.perf_counter()
            calls = await asyncio.gather(*(call_until(begun + SECONDS, work) for _ in range(CONCURRENCY)))
            best[name] = max(best[name], sum(calls) / (time.perf_counter() - begun))
    return best


class Forgetful(Exchange):
    """Signs a new JWT each time."""

    async def token_of_bearer(self, token: str, *, from_gateway: bool, by_cookie: bool) -> str:
        self._issued.clear()
        return await super().token_of_bearer(token, from_gateway=from_gateway, by_cookie=by_cookie)


async def measure(conninfo: str) -> None:
    database = Database(conninfo)
    await database.open()
    peer = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(404)))
    runtime = Runtime(database, make_queue(conninfo), Authentication(None), peer, "https://kyoo.test")
    remembering = create_context(AuthSettings(exchange_cache_seconds=5), runtime)
    asking = create_context(AuthSettings(exchange_cache_seconds=0), runtime)
    async with remembering.running(), asking.running():
        token = await fill(database)
        lifetime = remembering.settings.session_lifetime

        async def look_up() -> None:
            async with database.connection() as connection:
                await sessions.account_of_token(connection, hash_secret(token), lifetime, second_factor=False)

        async def exchange(exchange: Exchange) -> None:
            await exchange.token_of_bearer(token, from_gateway=True, by_cookie=False)

        jwt = await remembering.exchange.token_of_bearer(token, from_gateway=True, by_cookie=False)
        forgetful = Forgetful(asking.principals, asking.keys, "https://kyoo.test")
        unlimited = AuthSettings(login_attempts_per_account=0, login_attempts_per_address=0)
        app = create_app(unlimited, runtime)
        await app.state.context.keys.load()

        async def route() -> None:
            """As the gateway of the same process asks."""
            await request(app, "GET", "/auth/jwt", token)

        best = await rates(
            {
                "one indexed look-up (floor)": look_up,
                "remembered session token": lambda: exchange(remembering.exchange),
                "remembered JWT": lambda: remembering.exchange.token_of_bearer(jwt, from_gateway=True, by_cookie=False),
                "remembered session token, by its route": route,
                "session token, looked up": lambda: exchange(asking.exchange),
                "session token, looked up and signed anew": lambda: exchange(forgetful),
            }
        )
        floor = best["one indexed look-up (floor)"]
        for name, measured in best.items():
            print(f"{name:42} {measured:10,.0f}/s   {measured / floor:7.2f} × the floor")
        await measure_logins(database, Passwords(1), create_app(unlimited, runtime), token)
    await database.close()


async def measure_logins(database: Database, passwords: Passwords, app: FastAPI, token: str) -> None:
    begun = time.perf_counter()
    hashed = await passwords.hash(PASSWORD)
    print(f"{'one password hash (argon2id, 64 MiB)':42} {(time.perf_counter() - begun) * 1000:10.0f} ms")
    async with database.connection() as connection:
        await execute(connection, "update auth.users set password = %s", [hashed])
    async with app.router.lifespan_context(app):

        async def log_in(number: int) -> None:
            await request(app, "POST", "/auth/sessions", body={"login": f"user{number}", "password": PASSWORD})

        async def delays(until: asyncio.Future[Any]) -> list[float]:
            """Of requests that begin every PAUSE, however long those before them take: what a visitor waits."""
            taken: list[float] = []

            async def one(due: float) -> None:
                await request(app, "GET", "/auth/users/me", token)
                taken.append(time.perf_counter() - due)

            due = time.perf_counter()
            async with asyncio.TaskGroup() as group:
                while not until.done():
                    due += PAUSE
                    await asyncio.sleep(due - time.perf_counter())
                    group.create_task(one(due))
            return taken

        print(
            f"{'encoders':>8}   one login, median   GET /auth/users/me: median, p99, p99 while {FEW_LOGINS} log in (ms)"
        )
        for number in ENCODERS:
            async with encoding(number):
                alone = await delays(asyncio.ensure_future(asyncio.sleep(3)))
                taken = []
                for user in range(FEW_LOGINS):
                    begun = time.perf_counter()
                    await log_in(user)
                    taken.append(time.perf_counter() - begun)
                during = await delays(asyncio.gather(*map(log_in, range(FEW_LOGINS))))
            login, median = statistics.median(taken) * 1000, statistics.median(alone) * 1000
            print(f"{number:8}   {login:17.0f}   {median:26.1f} {p99(alone):6.1f} {p99(during):6.1f}")

        floor: list[float] = []
        busy: list[float] = []
        waited = 0.0
        # In turns, as the machine is not always equally busy.
        for turn in range(TURNS):
            begun = time.perf_counter()
            logins = asyncio.gather(*(log_in(turn * LOGINS + number) for number in range(LOGINS)))
            busy += await delays(logins)
            await logins
            seconds = time.perf_counter() - begun
            waited += seconds
            floor += await delays(asyncio.ensure_future(asyncio.sleep(seconds)))
        print(f"{f'{LOGINS} logins at once':42} {waited / TURNS:10.1f} s")
    for name, taken in (("GET /auth/users/me, p99, alone (floor)", floor), ("the same while they log in", busy)):
        print(f"{name:42} {p99(taken):10.1f} ms   (median {statistics.median(taken) * 1000:.1f} ms, n = {len(taken)})")


def p99(seconds: list[float]) -> float:
    """In milliseconds."""
    return sorted(seconds)[len(seconds) * 99 // 100] * 1000


@asynccontextmanager
async def encoding(number: int) -> AsyncIterator[None]:
    """Encoders as they are while a film begins: as fast as they can, and of the priority that the transcoder gives."""
    picture = ("-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=24")
    command = [
        *commands.arguments(TranscoderSettings().ffmpeg_path()),
        *picture,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
    ]
    encoder = Ffmpeg(command[0], memory=2**34)
    running = [await encoder.start([*command, "-f", "null", "-"]) for _ in range(number)]
    try:
        # Until they are under way.
        await asyncio.sleep(0.5)
        yield
    finally:
        for process in running:
            await process.close()
        await encoder.close()


async def request(app: FastAPI, method: str, path: str, token: str = "", body: Any = None) -> None:
    """A request without a socket; fails unless it succeeds."""
    headers = [(b"x-forwarded-uri", b"/api/shows"), (b"content-type", b"application/json")]
    if token:
        headers.append((b"authorization", b"Bearer " + token.encode()))
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "server": None,
        "client": None,
        "state": {},
        "headers": headers,
    }
    sent = b"" if body is None else json.dumps(body).encode()

    async def receive() -> Message:
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: Message) -> None:
        assert message.get("status", 200) < 300, message

    await app(scope, receive, send)


async def fill(database: Database) -> str:
    """Make a thousand users with a session each; gives the token of one."""
    claims = AuthSettings().extra_claims
    token = ""
    async with database.transaction() as connection:
        for number in range(1000):
            user = await users.insert(
                connection, username=f"user{number}", email=f"{number}@kyoo.test", password=None, claims=claims
            )
            token = new_secret()
            await sessions.insert(
                connection, user["id"], hash_secret(token), None, app_password=None, by_device_login=False
            )
    return token


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    folder = Path(tempfile.mkdtemp(prefix="kyoo-bench-"))
    server = EmbeddedPostgres(folder / "postgres")
    await server.start()
    try:
        for schema in ("events", "auth"):
            await asyncio.to_thread(migrate, server.conninfo(), schema)
        await measure(server.conninfo())
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
