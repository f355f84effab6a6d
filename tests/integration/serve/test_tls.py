"""`kyoo serve` with a certificate: new connections have the one in the files, and what is half keeps the former."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.waiting import PATIENCE, until

from kyoo.core.settings import OptionError
from kyoo.serve.checks import check
from kyoo.serve.http import tls
from kyoo.serve.http.server import make_server
from kyoo.serve.http.tls import TlsSettings, follow
from kyoo.serve.options import ListenSettings, PlaceSettings, serve_options


def write(folder: Path, name: str, *, password: bytes | None = None) -> tuple[Path, Path]:
    """A certificate for localhost that calls itself `name`, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection))
    return files


async def application(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["scheme"].encode()})


def asked(port: int) -> tuple[str, bytes]:
    """Whose certificate a new connection is shown, and what is answered."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), 10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as wrapped,
    ):
        shown = x509.load_der_x509_certificate(wrapped.getpeercert(binary_form=True) or b"")
        wrapped.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        answer = b""
        while piece := wrapped.recv(4096):
            answer += piece
    return str(shown.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value), answer


@contextlib.asynccontextmanager
async def serving(settings: TlsSettings) -> AsyncIterator[int]:
    context = settings.context()
    listener = socket.create_server(("127.0.0.1", 0))
    server = make_server(application, tls=context)
    running = [asyncio.create_task(server.serve(sockets=[listener])), asyncio.create_task(follow(settings, context))]
    await until(lambda: server.started)
    try:
        yield listener.getsockname()[1]
    finally:
        running[1].cancel()
        server.should_exit = True
        await running[0]


async def test_a_certificate_that_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "LOOK_AGAIN", 0.05)
    certificate, key = write(tmp_path, "first")

    async def shown() -> str:
        return (await asyncio.to_thread(asked, port))[0]

    async with serving(TlsSettings(tls_certificate=certificate, tls_key=key)) as port:
        name, answer = await asyncio.to_thread(asked, port)
        assert name == "first"
        assert b"\r\nhttps\r\n" in answer
        write(tmp_path, "second")
        await until(lambda: _is(shown, "second"))
        # Half of the next pair, for a moment.
        whole = key.read_bytes()
        key.write_bytes(whole[:50])
        await asyncio.sleep(0.2)
        assert await shown() == "second"
        key.unlink()
        await asyncio.sleep(0.2)
        assert await shown() == "second"
        write(tmp_path, "third")
        await until(lambda: _is(shown, "third"))


async def _is(shown: Any, name: str) -> bool:
    return bool(await shown() == name)


async def test_whoever_speaks_plain_http_is_sent_away(tmp_path: Path) -> None:
    certificate, key = write(tmp_path, "first")
    async with serving(TlsSettings(tls_certificate=certificate, tls_key=key)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert b"200" not in await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()


def test_what_does_not_fit_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    certificate, key = write(tmp_path, "first")
    other = tmp_path / "other"
    other.mkdir()
    _, foreign = write(other, "other")
    locked = tmp_path / "locked"
    locked.mkdir()
    _, encrypted = write(locked, "locked", password=b"hunter2")

    def said(**files: Path) -> str:
        given = {"library": (str(tmp_path / "videos"),), "host": "127.0.0.1", "data_dir": str(tmp_path / "data")}
        with pytest.raises(OptionError) as refused:
            check("serve", given | {name: str(path) for name, path in files.items()})
        return refused.value.message

    assert (
        said(tls_certificate=certificate)
        == "KYOO_TLS_CERTIFICATE needs KYOO_TLS_KEY beside it: a certificate and its key"
    )
    assert said(tls_key=key).startswith("KYOO_TLS_KEY needs KYOO_TLS_CERTIFICATE beside it")
    assert "key values mismatch" in said(tls_certificate=certificate, tls_key=foreign)
    for wrong in (certificate, encrypted):
        assert "its key without a password" in said(tls_certificate=certificate, tls_key=wrong)
    assert said(tls_certificate=certificate, tls_key=tmp_path / "gone").startswith("--tls-key must be a file")


def test_the_public_url_is_https(tmp_path: Path) -> None:
    certificate, key = write(tmp_path, "first")
    places = PlaceSettings(library=(tmp_path,), data_dir=tmp_path)
    settings = TlsSettings(tls_certificate=certificate, tls_key=key)
    assert serve_options(places, ListenSettings(host="0.0.0.0"), settings).public_url == "https://localhost:8901"
    assert serve_options(places, ListenSettings(host="0.0.0.0"), TlsSettings()).public_url == "http://localhost:8901"
