"""Requests to a service of metadata: what is asked, how often, and what each kind of answer becomes."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from tests.fakes.gate import MemoryCache, OpenGate

from kyoo.scanner.providers.answer import Answer
from kyoo.scanner.providers.base import KeyRefusedError, NonsenseError, ProviderError, UnavailableError
from kyoo.scanner.providers.client import URGENT, Client, Line, Options, Pace, outside_client

Handle = Callable[[httpx2.Request], Any]


class Service:
    """A service that answers as `handle` says, and a client of it."""

    def __init__(self, handle: Handle, **options: Any) -> None:
        self.requests: list[httpx2.Request] = []
        self.gate, self.cache = OpenGate(), MemoryCache()

        async def answer(request: httpx2.Request) -> httpx2.Response:
            self.requests.append(request)
            found = handle(request)
            return await found if asyncio.iscoroutine(found) else found

        http = outside_client(httpx2.MockTransport(answer))
        line = Line(http, self.gate, self.cache, Options(**options))
        self.client = Client("tmdb", "https://tmdb.example/3/", Pace(40, 10), line, keyed=True)


def ok(body: Any = None, **headers: str) -> Handle:
    return lambda _: httpx2.Response(200, json=body if body is not None else {"id": 1}, headers=headers)


async def test_an_answer_is_asked_for_once() -> None:
    service = Service(ok())
    for _ in range(3):
        answer = await service.client.get("/movie/1", {"language": "en"}, secret={"api_key": "the-secret-key"})
        assert answer is not None
        assert answer["id"].number == 1
    # Another key asks the same.
    await service.client.get("/movie/1", {"language": "en"}, secret={"api_key": "another"})
    assert len(service.requests) == 1
    assert "the-secret-key" not in repr(service.cache.kept)
    await service.client.get("/movie/1", {"language": "fr"})
    assert len(service.requests) == 2
    assert service.requests[0].headers["user-agent"].startswith("Kyoo/")


@pytest.mark.parametrize(
    "identifier",
    [
        "../account",
        "..",
        "1/../../account",
        "1?append_to_response=account",
        "1#x",
        "a b",
        "1\\..",
        '1"',
        "1'",
        "é",
        "1\r\nX: y",
    ],
)
async def test_an_id_leads_nowhere_else(identifier: str) -> None:
    service = Service(ok())
    assert await service.client.get(f"/movie/{identifier}") is None
    assert await service.client.get(f"/movie/{identifier}/extended") is None
    assert service.requests == []


async def test_what_is_not_there_is_not_asked_for_again_either() -> None:
    service = Service(lambda _: httpx2.Response(404, json={"status_code": 34}))
    assert await service.client.get("/movie/999") is None
    assert await service.client.get("/movie/999") is None
    assert len(service.requests) == 1


async def test_a_refresh_costs_an_answer_without_a_body() -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        if request.headers.get("if-none-match") == '"abc"':
            return httpx2.Response(304)
        return httpx2.Response(200, json={"id": 7}, headers={"etag": '"abc"'})

    service = Service(handle, keep=0)
    for _ in range(3):
        answer = await service.client.get("/movie/7")
        assert answer is not None
        assert answer["id"].number == 7
    assert [("if-none-match" in request.headers) for request in service.requests] == [False, True, True]


async def test_what_is_fresh_is_asked_for_again_when_somebody_wants_to_know() -> None:
    service = Service(ok())
    await service.client.get("/movie/1")
    await service.client.get("/movie/1", again=True)
    assert len(service.requests) == 2


async def test_a_service_over_its_limit_is_waited_for_and_its_pace_kept() -> None:
    answers = [
        httpx2.Response(429, headers={"retry-after": "7", "x-ratelimit-limit": "20"}, json={"errors": []}),
        httpx2.Response(200, json={"id": 1}, headers={"x-ratelimit-limit": "20", "x-ratelimit-remaining": "0",
                                                      "x-ratelimit-reset": str(int(time.time()) + 30)}),
    ]  # fmt: skip
    service = Service(lambda _: answers.pop(0))
    assert await service.client.get("/movie/1") is not None
    limited, passed = service.gate.reports
    assert (limited.state, limited.blocked, limited.interval, limited.failed) == ("limited", 7, 0.5, False)
    assert passed.state == "ok"
    assert 28 < passed.blocked <= 30
    assert len(service.gate.entered) == 2


async def test_a_service_that_stays_over_its_limit_says_when_to_come_back() -> None:
    service = Service(lambda _: httpx2.Response(429, headers={"retry-after": "999999"}))
    with pytest.raises(UnavailableError) as raised:
        await service.client.get("/movie/1")
    # Not for eleven days, whatever it says.
    assert raised.value.retry_after == 3600
    assert len(service.requests) == 3


async def sleeping() -> httpx2.Response:
    await asyncio.sleep(60)
    raise AssertionError


async def dripping() -> AsyncIterator[bytes]:
    """A byte now and then, so that the connection is never silent."""
    while True:
        yield b" "
        await asyncio.sleep(0.01)


def raising(error: Exception) -> Handle:
    def handle(_: httpx2.Request) -> httpx2.Response:
        raise error

    return handle


FAULTS: list[tuple[str, Handle, type[ProviderError], str]] = [
    ("500", lambda _: httpx2.Response(500, text="<html>"), UnavailableError, "down"),
    ("503", lambda _: httpx2.Response(503), UnavailableError, "down"),
    ("401", lambda _: httpx2.Response(401, json={"status_code": 7}), KeyRefusedError, "refused"),
    ("403", lambda _: httpx2.Response(403), KeyRefusedError, "refused"),
    ("418", lambda _: httpx2.Response(418), NonsenseError, "ok"),
    ("html", lambda _: httpx2.Response(200, text="<html>Log in to the hotel</html>"), NonsenseError, "down"),
    ("empty", lambda _: httpx2.Response(200), NonsenseError, "down"),
    ("deep", lambda _: httpx2.Response(200, text="[" * 100_000), NonsenseError, "down"),
    ("large", lambda _: httpx2.Response(200, content=b" " * 5000), NonsenseError, "down"),
    ("unreachable", raising(httpx2.ConnectError("refused")), UnavailableError, "down"),
    ("silent", raising(httpx2.ReadTimeout("silent")), UnavailableError, "slow"),
    ("cut", raising(httpx2.RemoteProtocolError("cut")), UnavailableError, "down"),
    ("slow", lambda _: sleeping(), UnavailableError, "slow"),
    ("drops", lambda _: httpx2.Response(200, content=dripping()), UnavailableError, "slow"),
    ("circle", lambda _: httpx2.Response(302, headers={"location": "https://tmdb.example/3/x"}), UnavailableError,
     "down"),
]  # fmt: skip


@pytest.mark.parametrize(("handle", "error", "state"), [pytest.param(*f[1:], id=f[0]) for f in FAULTS])
async def test_every_fault_is_one_of_our_errors_and_is_reported(
    handle: Handle, error: type[ProviderError], state: str
) -> None:
    service = Service(handle, seconds=0.2, limit=4096)
    with pytest.raises(error) as raised:
        await service.client.get("/movie/1", secret={"api_key": "the-secret-key"})
    assert type(raised.value) is error
    assert "the-secret-key" not in raised.value.message
    assert service.gate.reports[-1].state == state
    assert service.gate.reports[-1].failed == (state != "ok")
    assert service.cache.kept == {}


async def test_a_refusal_without_a_key_is_an_outage() -> None:
    service = Service(lambda _: httpx2.Response(403, json={"errors": [{"message": "disabled"}]}))
    keyless = Client(
        "anilist", "https://anilist.example", Pace(30, 60), Line(service.client._http, service.gate, service.cache)
    )
    with pytest.raises(UnavailableError):
        await keyless.post("", {"query": "{}"})


@pytest.mark.parametrize(
    ("to", "asked"),
    [("https://tmdb.example/3/login/", 2), ("https://elsewhere.example/", 1), ("http://tmdb.example/3/login/", 1)],
)
async def test_what_is_posted_follows_a_redirect_to_its_own_host_only(to: str, asked: int) -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        assert request.content == b'{"apikey": "the-secret-key"}'
        here = str(request.url) == "https://tmdb.example/3/login"
        return httpx2.Response(307, headers={"location": to}) if here else httpx2.Response(200, json={})

    service = Service(handle)
    with contextlib.nullcontext() if asked == 2 else pytest.raises(UnavailableError):
        assert await service.client.post("/login", {"apikey": "the-secret-key"}) is not None
    assert len(service.requests) == asked


async def test_a_person_goes_before_the_queue() -> None:
    service = Service(ok())
    URGENT.set(True)
    try:
        await service.client.get("/movie/1")
    finally:
        URGENT.set(False)
    await service.client.get("/movie/2")
    assert service.gate.urgent == [True, False]


def test_a_parser_that_stumbles_is_an_answer_that_makes_no_sense() -> None:
    service = Service(ok())

    def parse(answer: Answer) -> int:
        return int(answer.value["missing"])

    with pytest.raises(NonsenseError):
        service.client.parsed(parse, Answer({}))
