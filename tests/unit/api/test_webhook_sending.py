"""One message of a webhook: how it is signed, where it may go, and what the answers mean."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from tests.fakes.serving import served

from kyoo.api.webhooks.sending import Message, Sender, SendError, new_secret
from kyoo.core import public_internet

BODY = '{"type":"test","name":"Füße"}'.encode()


@dataclass
class Receiver:
    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()

    async def take(request: Request) -> Response:
        found.got.append((dict(request.headers), await request.body()))
        return Response(status_code=204)

    async def status(request: Request) -> Response:
        return Response(status_code=request.path_params["code"], headers={"Retry-After": "7"})

    async def endless(request: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            while True:
                await asyncio.sleep(0)  # else nobody else has a turn once the client is gone
                yield b"x" * 65536

        return StreamingResponse(chunks())

    async def silent(request: Request) -> Response:
        while not await request.is_disconnected():
            await asyncio.sleep(0.05)
        return Response()

    async def elsewhere(request: Request) -> Response:
        return RedirectResponse("/take", 307)

    app = Starlette(
        routes=[
            Route("/take", take, methods=["GET", "POST"]),
            Route("/status/{code:int}", status, methods=["POST"]),
            Route("/endless", endless, methods=["POST"]),
            Route("/silent", silent, methods=["POST"]),
            Route("/elsewhere", elsewhere, methods=["POST"]),
        ]
    )
    async with served(app) as found.url:
        yield found


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    made = Sender(30)
    yield made
    await made.close()


async def test_what_is_signed_is_verified_by_the_library_of_the_standard(receiver: Receiver, sender: Sender) -> None:
    secret = new_secret()
    message = Message("msg_1", BODY, secret=secret, headers={"Authorization": "Bearer x", "webhook-id": "forged"})
    assert await sender.send(f"{receiver.url}/take", message, private=True) == 204
    ((headers, body),) = receiver.got
    assert Webhook(secret).verify(body, headers) == {"type": "test", "name": "Füße"}
    assert (headers["webhook-id"], headers["authorization"]) == ("msg_1", "Bearer x")
    with pytest.raises(Exception, match="signature"):
        Webhook(new_secret()).verify(body, headers)
    with pytest.raises(Exception, match="signature"):
        Webhook(secret).verify(body.replace(b"test", b"tost"), headers)


async def test_without_a_secret_nothing_is_signed(receiver: Receiver, sender: Sender) -> None:
    await sender.send(f"{receiver.url}/take", Message("msg_1", BODY), private=True)
    assert "webhook-signature" not in receiver.got[0][0]
    assert "secret" not in repr(Message("msg_1", BODY, secret="whsec_secret", headers={"a": "secret"}))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "10.0.0.1", "169.254.169.254"])
async def test_a_private_address_is_reached_only_when_that_is_allowed(
    receiver: Receiver, sender: Sender, host: str
) -> None:
    port = receiver.url.rpartition(":")[2]
    with pytest.raises(SendError) as failure:
        await sender.send(f"http://{host}:{port}/take", Message("msg_1", BODY))
    assert failure.value.code in ("private", "unreachable")
    assert receiver.got == []


async def test_a_name_server_that_changes_its_mind_leads_nowhere(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that was checked is the one that is connected to: the second answer is not asked for."""
    port = int(receiver.url.rpartition(":")[2])
    answers = iter(["192.0.2.1", "127.0.0.1", "127.0.0.1"])
    asked: list[str] = []

    async def resolve(*args: Any, **more: Any) -> list[Any]:
        asked.append(next(answers))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (asked[-1], port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    monkeypatch.setattr(public_internet, "is_public", lambda address: address == "192.0.2.1")
    sender = Sender(0.5)
    with pytest.raises(SendError) as failure:
        await sender.send(f"http://rebinding.example:{port}/take", Message("msg_1", BODY))
    assert failure.value.code in ("unreachable", "no_answer")
    assert asked[0] == "192.0.2.1"
    assert receiver.got == []
    await sender.close()


@pytest.mark.parametrize(
    ("path", "code", "again"),
    [
        ("status/400", "refused", False),
        ("status/401", "refused", False),
        ("status/404", "refused", False),
        ("status/408", "down", True),
        ("status/429", "down", True),
        ("status/500", "down", True),
        ("status/503", "down", True),
        ("status/410", "gone", False),
        ("elsewhere", "redirect", True),
    ],
)
async def test_what_answers_mean(receiver: Receiver, sender: Sender, path: str, code: str, again: bool) -> None:
    with pytest.raises(SendError) as failure:
        await sender.send(f"{receiver.url}/{path}", Message("msg_1", BODY, secret=new_secret()), private=True)
    error = failure.value
    assert (error.code, error.again, error.gone) == (code, again, code == "gone")
    assert error.after == (7 if code == "down" else None)
    assert receiver.got == []
    assert receiver.url not in error.message


async def test_an_answer_without_end_is_not_read_to_its_end(receiver: Receiver, sender: Sender) -> None:
    assert await sender.send(f"{receiver.url}/endless", Message("msg_1", BODY), private=True) == 200


async def test_who_does_not_answer_is_left(receiver: Receiver) -> None:
    sender = Sender(0.3)
    with pytest.raises(SendError) as failure:
        await sender.send(f"{receiver.url}/silent", Message("msg_1", BODY), private=True)
    assert (failure.value.code, failure.value.again) == ("no_answer", True)
    await sender.close()


@pytest.mark.parametrize("url", ["ftp://example.com/x", "http://", "nonsense", "http://a b/", "http://\ud800/"])
async def test_what_is_no_address_is_said_to_be_none(sender: Sender, url: str) -> None:
    with pytest.raises(SendError):
        await sender.send(url, Message("msg_1", BODY))
