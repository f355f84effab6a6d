"""The environment of the auth service."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from kyoo.auth.settings import ApiKeyConfig, AuthSettings
from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.core.settings import OptionError, read


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in os.environ:
        if name.startswith(("KYOO_", "KEIBI_")):
            monkeypatch.delenv(name)


#: What nobody sets for themselves.
PROTECTED = {
    *("permissions", "verified", "libraries", "maxAge"),
    *("maxStreams", "maxHeight", "maxBitrate", "maxLocalBitrate", "noTranscoding"),
}


def test_nothing_needs_to_be_set() -> None:
    settings = AuthSettings()
    assert settings.first_user_claims == {"permissions": list(EVERY_PERMISSION), "verified": True}
    assert settings.extra_claims == {"permissions": ["core.read", "core.play"], "verified": False}
    assert settings.guest_claims is None
    assert settings.protected_claims == PROTECTED
    assert settings.session_lifetime == (timedelta(days=30), None)
    assert (settings.disable_registration, settings.gravatar, settings.api_keys) == (False, False, {})


def test_kyoos_names_and_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PUBLIC_URL": "https://kyoo.example/",
        "RSA_PRIVATE_KEY_PATH": "/keys/a.pem",
        "PROFILE_PICTURE_PATH": "/pictures",
        "KYOO_PROFILE_PICTURE_PATH": "/ours",
        "DISABLE_REGISTRATION": "T",
        "EXTRA_CLAIMS": '{"a": 1}',
        "FIRST_USER_CLAIMS": '{"permissions": ["users.read"]}',
        "GUEST_CLAIMS": "",
        "PROTECTED_CLAIMS": "plan, seats,",
        "KYOO_SESSION_DAYS": "7",
        "KYOO_GRAVATAR": "true",
    }.items():
        monkeypatch.setenv(name, value)
    settings = AuthSettings()
    assert settings.public_url == "https://kyoo.example"
    assert settings.rsa_private_key_path == Path("/keys/a.pem")
    assert settings.profile_picture_path == "/ours"
    assert settings.disable_registration
    assert settings.extra_claims == {"a": 1}
    assert settings.first_user_claims == {"permissions": ["users.read"]}
    assert settings.guest_claims is None
    assert settings.protected_claims == PROTECTED | {"plan", "seats"}
    assert settings.session_days == 7
    assert settings.gravatar


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISABLE_REGISTRATION", "maybe"),
        ("EXTRA_CLAIMS", "[]"),
        ("EXTRA_CLAIMS", "{"),
        ("GUEST_CLAIMS", "core.read"),
        ("KYOO_EXPORT_LINKS", "null"),
        ("EXTRA_CLAIMS", '{"permissions": "core.read"}'),
        ("KYOO_SESSION_DAYS", "0"),
        ("KYOO_EXCHANGE_CACHE_SECONDS", "-1"),
    ],
)
def test_an_invalid_value_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name):
        AuthSettings()


def test_api_keys_of_the_environment_are_added_to_those_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEIBI_APIKEY_KYOO_SCANNER", "with=equals=signs")
    monkeypatch.setenv("KEIBI_APIKEY_KYOO_SCANNER_CLAIMS", '{"permissions": ["core.read"]}')
    monkeypatch.setenv("KYOO_APIKEY_OTHER", "b")
    monkeypatch.setenv("KYOO_APIKEY_OTHER_CLAIMS", "{}")
    service = ApiKeyConfig(token="c", claims={"permissions": ["core.write"]})
    keys = AuthSettings(api_keys={"service": service}).api_keys
    assert set(keys) == {"kyoo_scanner", "other", "service"}
    assert keys["kyoo_scanner"].token.get_secret_value() == "with=equals=signs"
    assert keys["kyoo_scanner"].claims == {"permissions": ["core.read"]}
    assert keys["service"] == service


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"KEIBI_APIKEY_A": "x"}, "KEIBI_APIKEY_A needs KEIBI_APIKEY_A_CLAIMS beside it"),
        ({"KEIBI_APIKEY_A_CLAIMS": "{}"}, "KEIBI_APIKEY_A_CLAIMS needs KEIBI_APIKEY_A beside it"),
        ({"KEIBI_APIKEY_A": "x", "KEIBI_APIKEY_A_CLAIMS": "{"}, "must be a JSON object"),
        ({"KEIBI_APIKEY_A": "x", "KEIBI_APIKEY_A_CLAIMS": "[]"}, "must be a JSON object"),
        ({"KEIBI_APIKEY_A": "x" * 129, "KEIBI_APIKEY_A_CLAIMS": "{}"}, "128 bytes"),
    ],
)
def test_incomplete_api_keys_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], message: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OptionError, match=message) as caught:
        read(AuthSettings)
    assert "x" * 129 not in str(caught.value)


def test_settings_do_not_show_their_secrets() -> None:
    settings = AuthSettings(api_keys={"a": ApiKeyConfig(token="hunter2", claims={})})
    assert "hunter2" not in repr(settings)
