"""How the server is reached: the public URL and its certificate, gateways in front, and the server that takes mail."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

from kyoo.auth.context import make_mailer
from kyoo.auth.mail import MailError
from kyoo.auth.settings import AuthSettings
from kyoo.core.http.forwarded import PEER, is_trusted
from kyoo.serve.doctor.findings import Finding
from kyoo.serve.doctor.subject import Subject

#: Seconds for an answer.
PATIENCE = 10.0
#: Days before its end at which a certificate should long have been renewed.
RENEWED = 14
LOCAL = {"localhost", "127.0.0.1", "::1"}
KEYS = "/.well-known/jwks.json"


def public_url(subject: Subject) -> Iterator[Finding]:
    parts = urlsplit(subject.public_url)
    settings = subject.settings.get("auth")
    if parts.hostname in LOCAL:
        needs = settings.leads_back if isinstance(settings, AuthSettings) else None
        if needs:
            yield Finding(
                "public URL",
                f"{subject.public_url} leads other devices to themselves, and {needs} need it",
                "Set --public-url to the address that other devices use",
            )
            return
    if not subject.running:
        yield Finding("public URL", f"{subject.public_url} is not asked, as the server does not run")
        return
    try:
        answer = httpx2.get(f"{subject.public_url}{KEYS}", timeout=PATIENCE, trust_env=False)
        there = {str(key["kid"]) for key in answer.json()["keys"]} if answer.status_code == 200 else None
    except (httpx2.HTTPError, ValueError, KeyError, TypeError, ssl.SSLError) as error:
        yield Finding(
            "public URL",
            f"{subject.public_url} does not answer: {str(error) or type(error).__name__}",
            "Start the server; then look at the name (DNS), the port that the router forwards, and the gateway",
        )
        return
    if there is None or (subject.keys is not None and not subject.keys & there):
        yield Finding(
            "public URL",
            f"at {subject.public_url} something else answers",
            "Let the gateway lead there, with /.well-known: see the files in deploy/",
        )
    else:
        yield Finding("public URL", f"{subject.public_url} leads here")
    if parts.scheme == "https":
        yield from _certificate(parts.hostname or "", parts.port or 443)
    elif parts.hostname not in LOCAL:
        yield Finding("public URL", "it is http: passkeys and installing the page on a phone need https")


def _certificate(host: str, port: int) -> Iterator[Finding]:
    try:
        with (
            socket.create_connection((host, port), PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            ends = str((wrapped.getpeercert() or {})["notAfter"])
    except (OSError, KeyError) as error:
        yield Finding("public URL", f"its certificate cannot be read: {error}", "Renew it, for this very name")
        return
    days = (ssl.cert_time_to_seconds(ends) - time.time()) / 86400
    what = f"its certificate is good for {days:.0f} days"
    if days < RENEWED:
        yield Finding("public URL", what, "Renew it; certbot and Caddy do so by themselves when port 80 reaches them")
    else:
        yield Finding("public URL", what)


def gateway(subject: Subject, scope: Mapping[str, Any]) -> Iterator[Finding]:
    """What a request says of the way that it came: `scope` as the server sees it, its peer as the socket has it."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    peer, client = scope.get(PEER), scope.get("client")
    who = peer[0] if peer else "a socket"
    named = [name for name in ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host") if name in headers]
    if peer and named and not is_trusted(who):
        yield Finding(
            "gateway",
            f"requests come through a gateway at {who} that is not trusted: all clients count as one",
            f"Set FORWARDED_ALLOW_IPS={who}, or its network, and start again",
        )
    elif named and "x-forwarded-for" not in headers:
        yield Finding(
            "gateway",
            f"the gateway at {who} does not say for whom it asks",
            "Have it set X-Forwarded-For: see the files in deploy/",
        )
    elif named:
        yield Finding("gateway", f"the gateway at {who} is trusted; you come from {client[0] if client else who}")
    else:
        yield Finding("gateway", f"none; you come from {who}")
    used = f"{scope['scheme'].replace('ws', 'http')}://{headers.get('host', '')}"
    if used != subject.public_url and urlsplit(subject.public_url).hostname not in LOCAL:
        yield Finding(
            "gateway",
            f"you use {used}, and the public URL is {subject.public_url}",
            "Set --public-url to what is used, or have the gateway send X-Forwarded-Proto and X-Forwarded-Host",
        )


def mail(subject: Subject) -> Iterator[Finding]:
    settings = subject.settings.get("auth")
    if not isinstance(settings, AuthSettings):
        return
    mailer = make_mailer(settings, subject.public_url)
    if mailer is None:
        yield Finding("mail", "none is sent: administrators hand out links for new passwords (KYOO_SMTP_URL)")
        return
    try:
        mailer.check()
    except MailError as error:
        yield Finding("mail", str(error), "Look at KYOO_SMTP_URL: host, port, user, password, and TLS of the server")
        return
    yield Finding("mail", "the mail server lets us in")
