"""Mail over a real SMTP connection: TLS, passwords, failures, and addresses that name more than one recipient."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.fakes.smtp import PASSWORD, USER, FakeSmtp

from kyoo.auth.mail import Mailer, MailError

QUOTED = PASSWORD.replace("@", "%40").replace(":", "%3A")


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The certificate of a server on 127.0.0.1 that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path / "mail.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


async def test_a_password_is_sent_over_tls(trusted: ssl.SSLContext) -> None:
    with FakeSmtp(trusted) as smtp:
        mailer = Mailer(f"smtp://{USER}:{QUOTED}@127.0.0.1:{smtp.port}", "server@kyoo.test")
        await mailer.send("zoe@example.org", "Grüße", "Hello Zoë\n")
        ((recipients, message),) = smtp.messages
        assert recipients == ["zoe@example.org"]
        assert message["Subject"] == "Grüße"
        assert message.get_content().strip() == "Hello Zoë"
        assert message["Auto-Submitted"] == "auto-generated"
        wrong = Mailer(f"smtp://{USER}:wrong@127.0.0.1:{smtp.port}", "server@kyoo.test")
        with pytest.raises(MailError, match="refuses the user or the password"):
            await wrong.send("zoe@example.org", "x", "x")


async def test_a_password_is_never_sent_without_tls() -> None:
    with FakeSmtp() as smtp:
        mailer = Mailer(f"smtp://{USER}:{QUOTED}@127.0.0.1:{smtp.port}", "server@kyoo.test")
        with pytest.raises(MailError, match="offers no TLS"):
            await mailer.send("zoe@example.org", "x", "x")
        assert smtp.messages == []


async def test_a_server_that_is_not_trusted_gets_nothing(
    trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with FakeSmtp(trusted) as smtp:
        for scheme, reason in (("smtp", "certificate is not good"), ("smtps", "no TLS at its port")):
            with pytest.raises(MailError, match=reason):
                await Mailer(f"{scheme}://127.0.0.1:{smtp.port}", "server@kyoo.test").send("zoe@example.org", "x", "x")


async def test_an_address_names_one_recipient() -> None:
    with FakeSmtp() as smtp:
        mailer = Mailer(f"smtp://127.0.0.1:{smtp.port}", "server@kyoo.test")
        for address in ("a,victim@example.org", "a <victim@example.org>", "a@b\r\nBcc: victim@example.org", "", "@"):
            await mailer.send(address, "x", "x")
        assert smtp.messages == []


async def test_no_server_at_all() -> None:
    with pytest.raises(MailError) as failure:
        await Mailer("smtp://127.0.0.1:9", "server@kyoo.test").send("zoe@example.org", "x", "x")
    assert "zoe" not in failure.value.message


@pytest.mark.parametrize("sender", ["", "nobody", "a@b, c@d", "a\n@b"])
def test_a_sender_that_is_no_address(sender: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        Mailer("smtp://127.0.0.1", sender)
