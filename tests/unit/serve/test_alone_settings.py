"""Default deny at the start: when a service by itself could not tell its callers apart, or would believe a stranger."""

from __future__ import annotations

import os

import pytest

from kyoo.core import kinds
from kyoo.core.settings import OptionError, read
from kyoo.serve.options import listen
from kyoo.serve.processes.alone_settings import AloneSettings

STRONG = "a secret of more than thirty-two bytes"
KEYS = "http://auth:4568/.well-known/jwks.json"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("KYOO_", "JW", "AUTH_", "PUBLIC_")):
            monkeypatch.delenv(name)


def started(service: str, monkeypatch: pytest.MonkeyPatch, **variables: str) -> AloneSettings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings = read(AloneSettings)
    if lines := list(settings.openness(service)):
        raise OptionError("\n".join(lines))
    return settings


@pytest.mark.parametrize("service", ["auth", "api", "scanner", "transcoder"])
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"KYOO_AUTH": "off", "JWKS_URL": KEYS}, "KYOO_AUTH=off"),
        ({"KYOO_AUTH": "off", "JWT_SECRET": STRONG}, "KYOO_AUTH=off"),
        ({"KYOO_AUTH": "no"}, "KYOO_AUTH must be one of on, off, not 'no'"),
        ({"JWKS_URL": KEYS, "JWT_SECRET": STRONG}, "JWT_SECRET, which is for tests, contradicts JWKS_URL"),
        ({"AUTH_SERVER": "http://auth", "JWT_SECRET": STRONG}, "JWT_SECRET, which is for tests, contradicts AUTH"),
        ({"JWT_SECRET": "hunter2"}, "JWT_SECRET must have at least 32 bytes"),
        ({"JWKS_URL": " "}, "JWKS_URL must have no blanks"),
        ({"JWKS_URL": "auth:4568"}, "JWKS_URL must begin with http"),
        ({"JWKS_URL": "file:///keys.json"}, "JWKS_URL must begin with http"),
        ({"JWKS_URL": "http://8.8.8.8/keys"}, "JWKS_URL must begin with https://, as the host is on the public"),
        ({"AUTH_SERVER": "http://[2001:4860:4860::8888]"}, "AUTH_SERVER must begin with https://, as the host"),
        ({"KYOO_URL": "http://1.1.1.1/api", "KYOO_APIKEY": "k"}, "KYOO_URL must begin with https://, as the host"),
        ({"AUTH_SERVER": "https://me:hunter2@films.example"}, "AUTH_SERVER must be an address without a user"),
        ({"JWT_ISSUER": "\t"}, "JWT_ISSUER must have no blanks"),
    ],
)
def test_what_no_service_starts_with(
    service: str, variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OptionError, match=f"^{said}") as refused:
        started(service, monkeypatch, **variables)
    assert "\n" not in refused.value.message
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize("variables", [{}, {"JWKS_URL": "", "AUTH_SERVER": "", "JWT_SECRET": "", "KYOO_AUTH": ""}])
def test_only_a_transcoder_that_is_told_so_starts_without_keys(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OptionError, match="kyoo transcoder cannot tell who may play"):
        started("transcoder", monkeypatch, **variables)
    for service in ("api", "scanner"):
        assert started(service, monkeypatch, **variables).keys_url == KEYS
    assert started("transcoder", monkeypatch, **variables | {"KYOO_AUTH": "off"}).auth == "off"
    for service in ("auth", "api", "scanner"):
        with pytest.raises(OptionError, match="is for kyoo transcoder only"):
            started(service, monkeypatch, **variables | {"KYOO_AUTH": "off"})


def test_a_name_that_leads_to_the_public_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.215.14", 0))])  # type: ignore[attr-defined]
    with pytest.raises(OptionError, match="JWKS_URL must begin with https"):
        started("api", monkeypatch, JWKS_URL="http://films.example/keys")
    assert started("api", monkeypatch, JWKS_URL="https://films.example/keys").keys_url == "https://films.example/keys"
    # A container beside this one, whatever a search domain makes of its name.
    assert started("api", monkeypatch, JWKS_URL=KEYS).keys_url == KEYS


def test_the_keys_of_an_auth_server(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = started("transcoder", monkeypatch, AUTH_SERVER="http://127.0.0.1:4568/", KYOO_URL="http://api:3567/api")
    assert settings.keys_url == "http://127.0.0.1:4568/.well-known/jwks.json"
    assert settings.gateway == "http://api:3567"


def test_an_empty_host_does_not_open_a_service_to_everybody() -> None:
    with pytest.raises(OptionError, match="--host must not be empty"):
        listen("", 0)
