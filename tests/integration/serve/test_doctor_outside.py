"""What the doctor says of services outside: one that refuses us is another matter than one that cannot be reached."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount
from tests.fakes.metadata import tmdb, tvdb
from tests.fakes.metadata.faults import Faulty
from tests.fakes.serving import served

from kyoo.auth.settings import AuthSettings
from kyoo.core.database.postgres import Database
from kyoo.scanner.keyring import Keyring
from kyoo.scanner.settings import ScannerSettings
from kyoo.serve.composition import settings_of
from kyoo.serve.doctor import metadata, network
from kyoo.serve.doctor.findings import Finding
from kyoo.serve.doctor.subject import Subject
from kyoo.serve.options import ServeOptions

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978"
WRONG = "f" * 32


@pytest.fixture
def subject(conninfo: str, tmp_path: Path) -> Subject:
    options = ServeOptions((), tmp_path / "data", "localhost", 1, "http://localhost:1")
    settings = settings_of(options, "k" * 32, "serve")
    return Subject(options.data_dir, (), options.public_url, settings, conninfo, embedded=False, running=True)


async def said(look: Any, subject: Subject) -> list[Finding]:
    found: list[Finding] = await asyncio.to_thread(lambda: list(look(subject)))
    assert all(finding.todo for finding in found if not finding.well)
    return found


@dataclass
class Services:
    tmdb: Faulty
    tvdb: Faulty
    addresses: dict[str, str]
    subject: Subject

    async def say(self, **options: Any) -> dict[str, Finding]:
        """By the service that is told of."""
        if "secret_key" not in options:
            options["secrets_folder"] = self.subject.data_dir / "secrets"
        settings = ScannerSettings(switched_on=("tmdb", "tvdb", "tvmaze"), **self.addresses | options)
        findings = await said(metadata.keys, replace(self.subject, settings={"scanner": settings}))
        words = " | ".join(f"{finding.what} {finding.todo}" for finding in findings)
        assert not any(secret in words for secret in (tmdb.KEY, tvdb.KEY, WRONG))
        return {name: next(one for one in findings if name in one.what) for name in ("TMDB", "TheTVDB")}


@pytest.fixture
async def services(subject: Subject) -> AsyncIterator[Services]:
    one, two = Faulty(tmdb.tmdb()), Faulty(tvdb.tvdb())
    async with served(one) as first, served(two) as second:
        yield Services(one, two, {"tmdb_url": f"{first}/3", "tvdb_url": f"{second}/v4"}, subject)


async def test_without_a_key_nobody_is_asked(services: Services) -> None:
    found = await services.say()
    assert [(finding.well, finding.what) for finding in found.values()] == [
        (True, "TMDB is not asked, as no key is there"),
        (True, "TheTVDB is not asked, as no key is there"),
    ]
    assert services.tmdb.log == services.tvdb.log == []
    assert not (services.subject.data_dir / "secrets").exists(), "nothing is made"


async def test_keys_are_tried_where_they_are_for(services: Services) -> None:
    good = await services.say(tmdb_key=tmdb.KEY, tvdb_key=tvdb.KEY, tvdb_pin=tvdb.PIN)
    assert [(finding.well, finding.what) for finding in good.values()] == [
        (True, "TMDB takes the key"),
        (True, "TheTVDB takes the key"),
    ]
    bad = await services.say(tmdb_key=WRONG, tvdb_key=tvdb.KEY, tvdb_pin="9")
    assert bad["TMDB"].what == "TMDB refuses the key (the key is wrong)"
    assert "KYOO_TMDB_KEY" in str(bad["TMDB"].todo)
    assert "PIN" in bad["TheTVDB"].what
    assert not bad["TMDB"].well
    assert not bad["TheTVDB"].well


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("500", "TMDB does not answer (answers 500): its key was not tried"),
        ("limited", "TMDB does not answer (over its limit): its key was not tried"),
        ("html", "what answers for TMDB is another service (answers no JSON): its key was not tried"),
        ("no object", "TMDB does not answer (answers an error: nothing that was asked for): its key was not tried"),
        ("401", "TMDB refuses the key (the key is wrong)"),
    ],
)
async def test_a_service_that_fails_says_nothing_of_its_key(services: Services, fault: str, words: str) -> None:
    services.tmdb.fault = fault
    found = await services.say(tmdb_key=tmdb.KEY, tvdb_key=tvdb.KEY, tvdb_pin=tvdb.PIN)
    assert found["TMDB"].what == words
    assert len(services.tmdb.log) == 1, "asked once"
    assert found["TheTVDB"].well


async def test_a_service_that_cannot_be_reached(services: Services) -> None:
    found = await services.say(tmdb_key=tmdb.KEY, tmdb_url="http://127.0.0.1:1/3")
    assert found["TMDB"].what == "TMDB does not answer (cannot be reached (ConnectError)): its key was not tried"
    assert "DNS" in str(found["TMDB"].todo)


async def test_keys_that_were_typed_in(services: Services, conninfo: str) -> None:
    database = Database(conninfo)
    await database.open()
    try:
        keyring = Keyring(ScannerSettings(secret_key=SecretStr(SECRET)), database)
        await keyring.store("tmdb", {"key": tmdb.KEY})
        await keyring.store("tvdb", {"key": WRONG})
    finally:
        await database.close()
    found = await services.say(secret_key=SECRET)
    assert (found["TMDB"].what, found["TheTVDB"].well) == ("TMDB takes the key", False)
    for lost in ({"secret_key": SECRET[::-1]}, {}):
        found = await services.say(**lost)
        assert "was encrypted with another key" in found["TMDB"].what
        assert not found["TMDB"].well
    assert not (services.subject.data_dir / "secrets").exists(), "nothing is made"


@asynccontextmanager
async def answering(data: bytes) -> AsyncIterator[int]:
    """A server that says this to whoever comes, and hangs up."""

    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def of_mail(subject: Subject, address: str) -> str:
    settings = AuthSettings(smtp_url=SecretStr(address))
    [finding] = await said(network.mail, replace(subject, settings={"auth": settings}))
    assert not finding.well
    assert "hunter2" not in finding.what
    return finding.what.removeprefix("The mail server does not take mail: ")


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\xff" * 2000, b"421 go away\r\n"])
async def test_what_is_no_mail_server(subject: Subject, data: bytes) -> None:
    async with answering(data) as port:
        assert await of_mail(subject, f"smtp://me:hunter2@127.0.0.1:{port}")
        assert await of_mail(subject, f"smtps://me:hunter2@127.0.0.1:{port}")


async def test_why_no_mail_is_taken(subject: Subject, closed: int) -> None:
    assert await of_mail(subject, f"smtp://me:hunter2@127.0.0.1:{closed}") == "nobody listens at its port"
    assert await of_mail(subject, "smtp://me:hunter2@no-such-host.invalid") == "its name is unknown"


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("not here", 404),
        PlainTextResponse("<html>Log in</html>"),
        JSONResponse({"keys": [{"kid": "of-another-server"}]}),
        JSONResponse({"keys": "none"}),
        JSONResponse([]),
        JSONResponse({"keys": [{"kid": None}, 7]}),
        Response(status_code=302, headers={"location": "http://127.0.0.1:1/login"}),
    ],
)
async def test_what_is_not_this_server(subject: Subject, answer: Response) -> None:
    async with served(Starlette(routes=[Mount("/", answer)])) as url:
        there = replace(subject, public_url=url, keys=frozenset({"ours"}))
        [finding] = await said(network.public_url, there)
        assert not finding.well
        assert url in finding.what


@pytest.fixture
def closed() -> Iterator[int]:
    """A port where nobody listens, and nobody will."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]


async def test_a_public_url_that_leads_nowhere(subject: Subject, closed: int) -> None:
    for url in (f"http://127.0.0.1:{closed}", "http://no-such-host.invalid", f"https://127.0.0.1:{closed}"):
        [finding] = await said(network.public_url, replace(subject, public_url=url))
        assert f"{url} does not answer" in finding.what
    async with answering(b"HTTP/1.1 200 OK\r\n\r\n") as port:
        [finding] = await said(network.public_url, replace(subject, public_url=f"https://127.0.0.1:{port}"))
        assert "does not answer" in finding.what


@pytest.mark.parametrize("value", ["", ",", "unknown", "1.2.3.4, 5.6.7.8", "\xff\xfe", "x" * 5000, "[::1", "<script>"])
def test_headers_of_a_gateway_may_be_nonsense(subject: Subject, value: str) -> None:
    names = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "host")
    for there in (names, names[:1], names[1:3], names[3:]):
        scope = {
            "headers": [(name.encode(), value.encode("latin-1")) for name in there],
            "scheme": "http",
            "client": ("10.9.8.7", 1),
        }
        for finding in network.gateway(replace(subject, public_url="https://films.example"), scope):
            assert finding.area == "gateway"
            assert len(finding.what) < 6000
